#include "app/bs-file-details.h"

#include <glib/gi18n.h>

#include "app/bs-bar-name.h"
#include "ui/bs-number.h"
#include "ui/bs-bar-time.h"

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  GtkWidget *label = gtk_label_new (value);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
  /* Without a least width GTK 4.8 may ask for less than none, and warns of it. */
  gtk_label_set_width_chars (GTK_LABEL (label), 3);
  gtk_widget_set_tooltip_text (label, value);
  gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_RELATION_LABELLED_BY, row, NULL, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (group, row);
}

static void
add_count (AdwPreferencesGroup *group, const char *title, guint64 count)
{
  char number[BS_NUMBER_LENGTH];
  add_row (group, title, bs_number_format_count (number, count));
}

/* A list of many lines that only makes the widgets in view. */
static GtkWidget *
make_list (const char *name, GtkStringList *lines)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (lines)));
  GtkListItemFactory *factory
    = gtk_builder_list_item_factory_new_from_resource (NULL, "/org/barscope/Barscope/line.ui");
  GtkWidget *list = gtk_list_view_new (selection, factory);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_widget_set_size_request (scroller, -1, 180);
  return scroller;
}

/* (transfer full): what stands under a list that was cut off, of n more */
static char *
more_text (guint64 n)
{
  char number[BS_NUMBER_LENGTH];
  return g_strdup_printf (ngettext ("… and %s more", "… and %s more", n), bs_number_format_count (number, n));
}

static void
add_refused (AdwPreferencesPage *page, const BsBarFile *file)
{
  if (file->n_refused == 0)
    return;
  g_autoptr (GtkStringList) lines = gtk_string_list_new (NULL);
  for (guint i = 0; i < file->refused->len; i++)
    {
      const BsRefusedRow *row = &g_array_index (file->refused, BsRefusedRow, i);
      char number[BS_NUMBER_LENGTH];
      gtk_string_list_take (lines, g_strdup_printf (_ ("Line %s: %s"), bs_number_format_count (number, row->line), row->reason));
    }
  if (file->n_refused > file->refused->len)
    gtk_string_list_take (lines, more_text (file->n_refused - file->refused->len));
  GtkWidget *group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Refused Rows"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group),
                                         _ ("They were left out; all others are there."));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_list (_ ("Refused rows"), g_object_ref (lines)));
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
}

static void
add_gaps (AdwPreferencesPage *page, const BsBarFile *file)
{
  if (file->n_gaps == 0)
    return;
  g_autoptr (GtkStringList) lines = gtk_string_list_new (NULL);
  for (guint i = 0; i < file->gaps->len; i++)
    {
      const BsBarGap *gap = &g_array_index (file->gaps, BsBarGap, i);
      char time[BS_BAR_TIME_LENGTH];
      g_autofree char *length = bs_bar_length_text (gap->length_us);
      bs_bar_time_format (time, gap->closed_us);
      gtk_string_list_take (lines, g_strdup_printf (_ ("After %s: %s without a bar"), time, length));
    }
  if (file->n_gaps > file->gaps->len)
    gtk_string_list_take (lines, more_text (file->n_gaps - file->gaps->len));
  GtkWidget *group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Gaps"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), _ ("Nothing was put in their place."));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_list (_ ("Gaps"), g_object_ref (lines)));
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
}

static void
add_file (AdwPreferencesPage *page, const char *title, const BsBarFile *file)
{
  GtkWidget *widget = adw_preferences_group_new ();
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (widget);
  const BsBarSeries *series = file->series;
  guint64 first = bs_bar_series_first (series), end = bs_bar_series_end (series);
  char time[BS_BAR_TIME_LENGTH];
  g_autofree char *name = g_filename_display_name (file->path);
  g_autofree char *length = bs_bar_length_text (bs_bar_series_bar_length (series));
  g_autofree char *format = file->format == NULL ? g_strdup (_ ("recording of a session"))
                                                 : g_strdup_printf (file->format_detected ? _ ("%s (found out)") : "%s",
                                                                    bs_bar_format_name (file->format));

  adw_preferences_group_set_title (group, title);
  add_row (group, _ ("File"), name);
  add_row (group, _ ("Format"), format);
  add_row (group, _ ("Bar length"), length);
  add_row (group, _ ("Time zone of the file"), file->timezone);
  add_row (group, _ ("Times are"),
           bs_bar_series_stamp (series) == BS_STAMP_START ? _ ("starts of bars") : _ ("ends of bars"));
  add_count (group, _ ("Bars"), end - first + file->n_older);
  if (end > first)
    {
      add_row (group, _ ("First bar closed"), bs_bar_time_format (time, file->n_older > 0 ? file->older_closed_us
                                                                              : bs_bar_series_close_time (series, first)));
      add_row (group, _ ("Last bar closed"), bs_bar_time_format (time, bs_bar_series_close_time (series, end - 1)));
    }
  add_count (group, _ ("Rows"), file->n_rows);
  add_count (group, _ ("Refused rows"), file->n_refused);
  add_count (group, _ ("Gaps"), file->n_gaps);
  adw_preferences_page_add (page, group);
  add_refused (page, file);
  add_gaps (page, file);
}

GtkWidget *
bs_file_details_new (GtkWindow *parent, BsBars *bars)
{
  GtkWidget *window = adw_preferences_window_new ();
  GtkWidget *page = adw_preferences_page_new ();
  g_autofree char *title = g_strdup_printf (_ ("Bars of %s"), bars->instrument);

  add_file (ADW_PREFERENCES_PAGE (page), _ ("Primary Bars"), bars->primary);
  if (bars->secondary != NULL)
    add_file (ADW_PREFERENCES_PAGE (page), _ ("Secondary Bars"), bars->secondary);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  return window;
}
