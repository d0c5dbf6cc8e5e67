/* bs-import-page.c: how a file would be read, before it is */
#include "app/bs-import-page.h"

#include <glib/gi18n.h>

#include "app/bs-bar-name.h"
#include "app/bs-import-rows.h"
#include "app/feeds/bs-zone.h"
#include "ui/bs-accessible.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"

#define WIDTH_PX 820

/* Zones offered; any other one can be typed. */
static const char *const zones[] = {
  "UTC",           "local",        "America/New_York", "America/Chicago", "Europe/London", "Europe/Berlin",
  "Europe/Athens", "Asia/Kolkata", "Asia/Shanghai",    "Asia/Tokyo",      "-05:00",
};
/* Rows of the choice of stamps. */
static const int stamps[] = { -1, BS_STAMP_START, BS_STAMP_END };

struct _BsImportPage
{
  GtkWidget parent_instance;
  GtkLabel *title, *summary, *facts, *problem;
  AdwComboRow *format, *zone, *stamp;
  AdwEntryRow *other_zone;
  GtkStringList *formats;
  GtkWidget *how, *rows_group, *refused_group;
  GtkWidget *rows, *refused; /* (nullable): what the groups show now */
  GtkWidget *open;
  BsLoadRequest *request;    /* (nullable) */
  GCancellable *cancellable; /* (nullable): of the look that is being taken */
  gboolean filling;          /* the choices are being set, by nobody */
};

G_DEFINE_FINAL_TYPE (BsImportPage, bs_import_page, GTK_TYPE_WIDGET)

enum
{
  OPEN,
  CANCEL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What is seen */

static void
set_child (GtkWidget *group, GtkWidget **place, GtkWidget *child)
{
  if (*place != NULL)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), *place);
  *place = child;
  gtk_widget_set_visible (group, child != NULL);
  if (child != NULL)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), child);
}

static char *
describe_format (const BsBarPeek *peek)
{
  const char *name = bs_bar_format_name (peek->head->format);

  if (!peek->head->format_detected)
    return g_strdup_printf (_ ("Format %s, as chosen"), name);
  if (peek->head->format->magic != NULL)
    return g_strdup_printf (_ ("Format %s, told by its first bytes"), name);
  if (peek->has_header)
    return g_strdup_printf (_ ("Format %s, told by the names of its columns"), name);
  if (peek->lookalike != NULL)
    return g_strdup_printf (_ ("Format %s, or %s, which looks the same and has times of another zone: choose it below if this is "
                               "one"),
                            name, bs_bar_format_name (peek->lookalike));
  return g_strdup_printf (_ ("Format %s, told by its columns and times"), name);
}

static void
show_facts (BsImportPage *self, const BsBarPeek *peek)
{
  const BsBarFile *file = peek->head;
  g_autofree char *length = bs_bar_length_text (bs_bar_series_bar_length (file->series));
  gboolean any = bs_bar_series_length (file->series) > 0;
  char from[BS_BAR_TIME_LENGTH] = "–", to[BS_BAR_TIME_LENGTH] = "…", number[BS_NUMBER_LENGTH];

  if (any)
    bs_bar_time_format (from, bs_bar_series_close_time (file->series, bs_bar_series_first (file->series)));
  if (peek->last_close_us != G_MININT64)
    bs_bar_time_format (to, peek->last_close_us);
  bs_number_format_count (number, peek->n_estimated);
  g_autofree char *count
    = peek->n_estimated == 0 ? g_strdup (_ ("how many is known once it is unpacked"))
      : peek->whole
        ? g_strdup_printf (g_dngettext (NULL, "%s row", "%s rows", peek->n_estimated), number)
        : g_strdup_printf (g_dngettext (NULL, "about %s row", "about %s rows", peek->n_estimated), number);
  /* Translators: length of a bar, how many rows, from when, to when */
  g_autofree char *text
    = g_strdup_printf (_ ("Bars of %s · %s · %s – %s"), *length != '\0' ? length : "–", count, from, to);
  gtk_label_set_text (self->facts, text);
}

static void
show_refused (BsImportPage *self, const BsBarPeek *peek)
{
  guint64 n = peek->head->n_refused + peek->n_sampled_refused, of = peek->head->n_rows + peek->n_sampled;
  char a[BS_NUMBER_LENGTH], b[BS_NUMBER_LENGTH];

  bs_number_format_count (a, n);
  bs_number_format_count (b, of);
  g_autofree char *text
    = peek->whole ? g_strdup_printf (g_dngettext (NULL, "%s of %s row would be left out.", "%s of %s rows would be left out.", of), a, b)
                  : g_strdup_printf (g_dngettext (NULL, "%s of the %s row looked at would be left out.",
                                                  "%s of the %s rows looked at would be left out.", of),
                                     a, b);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->refused_group), text);
  set_child (self->refused_group, &self->refused, n > 0 ? bs_import_refused_new (peek) : NULL);
}

static void
show_problem (BsImportPage *self, const char *text)
{
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* The zone row says why there is nothing to choose, or that there is. */
static void
show_zone (BsImportPage *self, const BsBarPeek *peek)
{
  gboolean needed = peek == NULL || (peek->head->has_local_times && peek->head->format->timezone == NULL);
  const char *why = needed && self->request->timezone == NULL ? _ ("The times do not say one: UTC is assumed")
                    : needed                          ? _ ("Of times that are written without one")
                    : peek->head->has_local_times     ? _ ("The format says it")
                                                      : _ ("The times say it themselves");
  g_autofree char *fixed = needed ? NULL : g_strdup_printf ("%s: %s", why, peek->head->timezone);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->zone), fixed != NULL && peek->head->has_local_times ? fixed : why);
  gtk_widget_set_sensitive (GTK_WIDGET (self->zone), needed);
  gtk_widget_set_visible (GTK_WIDGET (self->other_zone),
                          needed && adw_combo_row_get_selected (self->zone) == G_N_ELEMENTS (zones));
}

/* What finding out has come to, in the choice of formats. */
static void
show_found (BsImportPage *self, const BsBarPeek *peek)
{
  gboolean found = peek != NULL && peek->head->format_detected;
  g_autofree char *text
    = found ? g_strdup_printf (_ ("Found out: %s"), bs_bar_format_name (peek->head->format)) : g_strdup (_ ("Found out"));
  const char *const first[] = { text, NULL };
  guint chosen = adw_combo_row_get_selected (self->format);

  self->filling = TRUE;
  gtk_string_list_splice (self->formats, 0, 1, first);
  adw_combo_row_set_selected (self->format, chosen);
  self->filling = FALSE;
}

static void
show_peek (BsImportPage *self, const BsBarPeek *peek, const char *problem)
{
  gboolean good = peek != NULL && (peek->doubts & BS_BAR_DOUBT_NO_BARS) == 0;
  g_autofree char *summary = peek != NULL ? describe_format (peek) : NULL;

  gtk_label_set_text (self->summary, summary != NULL ? summary : _ ("What format is it?"));
  show_zone (self, peek);
  show_problem (self, problem != NULL ? problem
                      : good          ? NULL
                                      : _ ("No row that was looked at can be read this way. Is it another format?"));
  gtk_widget_set_visible (GTK_WIDGET (self->facts), good);
  show_found (self, peek);
  if (peek != NULL)
    {
      show_facts (self, peek);
      show_refused (self, peek);
    }
  else
    set_child (self->refused_group, &self->refused, NULL);
  set_child (self->rows_group, &self->rows, good ? bs_import_rows_new (peek) : NULL);
  gtk_widget_set_sensitive (self->open, good);
}

/* What is chosen */

static void
on_peeked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BsImportPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarPeek) peek = bs_import_peek_finish (result, &error);

  if (self->cancellable == NULL || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return; /* something else has been chosen since, or nothing is to be opened any more */
  g_clear_object (&self->cancellable);
  show_peek (self, peek, error != NULL ? error->message : NULL);
}

static void
stop (BsImportPage *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
peek_again (BsImportPage *self)
{
  stop (self);
  self->cancellable = g_cancellable_new ();
  /* Nothing is opened in a way that has not been looked at. */
  gtk_widget_set_sensitive (self->open, FALSE);
  bs_import_peek_async (self->request, self->cancellable, on_peeked, g_object_ref (self));
}

static void
set_zone (BsImportPage *self, const char *zone)
{
  g_autoptr (BsZone) known = zone != NULL ? bs_zone_new (zone) : NULL;

  if (zone != NULL && known == NULL)
    {
      g_autofree char *text = g_strdup_printf (
        _ ("There is no time zone “%s”. Expected is a name such as America/New_York, or +01:00."), zone);
      show_problem (self, text);
      gtk_widget_add_css_class (GTK_WIDGET (self->other_zone), "error");
      gtk_widget_set_sensitive (self->open, FALSE);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->other_zone), "error");
  g_free (self->request->timezone);
  self->request->timezone = g_strdup (zone);
  peek_again (self);
}

static void
on_other_zone (BsImportPage *self)
{
  if (!self->filling && self->request != NULL)
    set_zone (self, gtk_editable_get_text (GTK_EDITABLE (self->other_zone)));
}

static void
on_chosen (BsImportPage *self)
{
  if (self->filling || self->request == NULL)
    return;
  guint format = adw_combo_row_get_selected (self->format), zone = adw_combo_row_get_selected (self->zone);
  guint stamp = adw_combo_row_get_selected (self->stamp);

  g_free (self->request->format);
  self->request->format = format > 0 ? g_strdup (bs_bar_format_name (bs_bar_format_nth (format - 1))) : NULL;
  self->request->stamp = stamps[MIN (stamp, G_N_ELEMENTS (stamps) - 1)];
  gtk_widget_set_visible (GTK_WIDGET (self->other_zone), zone == G_N_ELEMENTS (zones));
  if (zone < G_N_ELEMENTS (zones))
    set_zone (self, zones[zone]);
  else if (*gtk_editable_get_text (GTK_EDITABLE (self->other_zone)) != '\0')
    on_other_zone (self);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->other_zone));
}

/* The choices as the request has them. */
static void
fill (BsImportPage *self)
{
  const BsLoadRequest *request = self->request;
  const char *zone = request->timezone != NULL ? request->timezone : "UTC";
  guint at = 0;

  self->filling = TRUE;
  for (guint i = 0; request->format != NULL && bs_bar_format_nth (i) != NULL; i++)
    if (g_str_equal (bs_bar_format_name (bs_bar_format_nth (i)), request->format))
      at = i + 1;
  adw_combo_row_set_selected (self->format, at);
  for (at = 0; at < G_N_ELEMENTS (zones) && !g_str_equal (zones[at], zone); at++)
    ;
  gtk_editable_set_text (GTK_EDITABLE (self->other_zone), at == G_N_ELEMENTS (zones) ? zone : "");
  adw_combo_row_set_selected (self->zone, at);
  adw_combo_row_set_selected (self->stamp, request->stamp < 0 ? 0 : request->stamp == BS_STAMP_START ? 1 : 2);
  self->filling = FALSE;
}

void
bs_import_page_begin (BsImportPage *self, BsLoadRequest *request, BsBarPeek *peek, const char *problem)
{
  g_return_if_fail (BS_IS_IMPORT_PAGE (self) && request != NULL);

  bs_import_page_end (self);
  g_autofree char *name = g_filename_display_basename (request->path);
  g_autofree char *title = g_strdup_printf (_ ("Open %s?"), name);
  gtk_label_set_text (self->title, title);
  self->request = request;
  fill (self);
  show_peek (self, peek, problem);
  bs_bar_peek_free (peek);
  gtk_widget_grab_focus (gtk_widget_get_sensitive (self->open) ? self->open : GTK_WIDGET (self->format));
}

BsLoadRequest *
bs_import_page_take_request (BsImportPage *self)
{
  g_return_val_if_fail (BS_IS_IMPORT_PAGE (self), NULL);
  stop (self);
  return g_steal_pointer (&self->request);
}

void
bs_import_page_end (BsImportPage *self)
{
  g_return_if_fail (BS_IS_IMPORT_PAGE (self));
  stop (self);
  g_clear_pointer (&self->request, bs_load_request_free);
  /* A reader may come to what is not in sight. */
  if (self->title != NULL)
    gtk_label_set_text (self->title, "");
}

/* Widgets */

static void
on_open (BsImportPage *self)
{
  g_signal_emit (self, signals[OPEN], 0);
}

static void
on_cancel (BsImportPage *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static gboolean
cancel_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  on_cancel (BS_IMPORT_PAGE (widget));
  return TRUE;
}

static AdwComboRow *
new_choice (BsImportPage *self, const char *title, GtkStringList *names)
{
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  g_object_unref (names);
  bs_accessible_name_parts (row, GTK_TYPE_LIST_VIEW, title);
  bs_accessible_name_parts (row, GTK_TYPE_SEARCH_ENTRY, title);
  bs_accessible_name_parts (row, GTK_TYPE_SCROLLED_WINDOW, title);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->how), row);
  bs_accessible_name_parts (row, GTK_TYPE_LIST_VIEW, title);
  return ADW_COMBO_ROW (row);
}

static GtkWidget *
new_group (GtkWidget *box, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  if (title != NULL)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (box), group);
  return group;
}

static void
add_choices (BsImportPage *self)
{
  GtkStringList *formats = gtk_string_list_new (NULL), *names = gtk_string_list_new (NULL);
  GtkStringList *sides = gtk_string_list_new (NULL);

  gtk_string_list_append (formats, _ ("Found out"));
  for (guint i = 0; bs_bar_format_nth (i) != NULL; i++)
    gtk_string_list_append (formats, bs_bar_format_name (bs_bar_format_nth (i)));
  self->formats = formats; /* the row has it */
  self->format = new_choice (self, _ ("Format"), formats);
  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    gtk_string_list_append (names, g_str_equal (zones[i], "local") ? _ ("Of this machine") : zones[i]);
  gtk_string_list_append (names, _ ("Another one…"));
  self->zone = new_choice (self, _ ("Time Zone"), names);
  self->other_zone = ADW_ENTRY_ROW (adw_entry_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->other_zone), _ ("Name of the Time Zone"));
  adw_entry_row_set_show_apply_button (self->other_zone, TRUE);
  g_signal_connect_object (self->other_zone, "apply", G_CALLBACK (on_other_zone), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->how), GTK_WIDGET (self->other_zone));
  gtk_string_list_append (sides, _ ("As the format has it"));
  gtk_string_list_append (sides, _ ("Starts of bars"));
  gtk_string_list_append (sides, _ ("Ends of bars"));
  self->stamp = new_choice (self, _ ("Times Are"), sides);
}

static GtkLabel *
new_text (GtkWidget *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static GtkWidget *
new_buttons (BsImportPage *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));

  self->open = gtk_button_new_with_mnemonic (_ ("_Open"));
  gtk_widget_add_css_class (self->open, "suggested-action");
  g_signal_connect_object (cancel, "clicked", G_CALLBACK (on_cancel), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->open, "clicked", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (bar), cancel);
  gtk_box_append (GTK_BOX (bar), self->open);
  gtk_widget_set_valign (bar, GTK_ALIGN_START);
  return bar;
}

static void
set_margins (GtkWidget *widget)
{
  gtk_widget_set_margin_top (widget, 18);
  gtk_widget_set_margin_bottom (widget, 18);
  gtk_widget_set_margin_start (widget, 18);
  gtk_widget_set_margin_end (widget, 18);
}

static void
bs_import_page_dispose (GObject *object)
{
  BsImportPage *self = BS_IMPORT_PAGE (object);
  GtkWidget *child;

  bs_import_page_end (self);
  self->title = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_import_page_parent_class)->dispose (object);
}

static void
bs_import_page_class_init (BsImportPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_import_page_dispose;
  signals[OPEN]
    = g_signal_new ("open", BS_TYPE_IMPORT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CANCEL]
    = g_signal_new ("cancel", BS_TYPE_IMPORT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, cancel_binding, NULL);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
bs_import_page_init (BsImportPage *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *top = adw_clamp_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open a file"), -1);
  self->title = new_text (texts, "title-2");
  self->summary = new_text (texts, "body");
  self->facts = new_text (texts, "dim-label");
  self->problem = new_text (texts, "error");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (head), texts);
  gtk_box_append (GTK_BOX (head), new_buttons (self));
  self->how = new_group (box, NULL);
  add_choices (self);
  self->rows_group = new_group (box, _ ("First Bars"));
  self->refused_group = new_group (box, _ ("Refused Rows"));

  /* What it is, and the two buttons, stay in sight. */
  set_margins (head);
  set_margins (box);
  gtk_widget_set_margin_bottom (head, 6);
  gtk_widget_set_margin_top (box, 6);
  adw_clamp_set_maximum_size (ADW_CLAMP (top), WIDTH_PX);
  adw_clamp_set_child (ADW_CLAMP (top), head);
  gtk_box_append (GTK_BOX (page), top);
  gtk_box_append (GTK_BOX (page), scroller);
  gtk_widget_set_vexpand (scroller, TRUE);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), WIDTH_PX);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), WIDTH_PX);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (top), WIDTH_PX);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  bs_accessible_name_parts (scroller, GTK_TYPE_SCROLLED_WINDOW, _ ("Open a file"));
  bs_accessible_name_parts (scroller, GTK_TYPE_LIST_BOX, _ ("How it is read"));
  gtk_widget_set_parent (page, GTK_WIDGET (self));
}

GtkWidget *
bs_import_page_new (void)
{
  return g_object_new (BS_TYPE_IMPORT_PAGE, NULL);
}
