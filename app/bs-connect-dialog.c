#include "app/bs-connect-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/feeds/bs-feed-kind.h"
#include "app/feeds/bs-zone.h"
#include "ui/bs-accessible.h"

#define LAST_FEED_SETTING "last-feed"
#define WIDTH 460

struct _BsConnectDialog
{
  AdwWindow parent_instance;

  GSettings *settings; /* (nullable) */
  AdwPreferencesGroup *group;
  GtkDropDown *kind_choice, *format_choice;
  GtkWidget *format_row;
  AdwEntryRow *address_row, *zone_row;
  GtkWidget *browse_button, *connect_button;
  GtkLabel *problem;
  GtkFileChooserNative *chooser; /* (nullable): open */
};

G_DEFINE_FINAL_TYPE (BsConnectDialog, bs_connect_dialog, ADW_TYPE_WINDOW)

enum
{
  CONNECT_REQUESTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const BsFeedKind *
chosen_kind (BsConnectDialog *self)
{
  return bs_feed_kind_nth (gtk_drop_down_get_selected (self->kind_choice));
}

static const char *
typed (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* What is wrong with what has been typed, in place. */
static void
check (BsConnectDialog *self)
{
  g_autofree char *zone_name = g_strstrip (g_strdup (typed (self->zone_row)));
  g_autoptr (BsZone) zone = *zone_name != '\0' ? bs_zone_new (zone_name) : bs_zone_new ("UTC");
  gboolean has_zone = gtk_widget_get_visible (GTK_WIDGET (self->zone_row));
  gboolean zone_is_wrong = has_zone && zone == NULL;
  g_autofree char *address = g_strstrip (g_strdup (typed (self->address_row)));

  gtk_label_set_text (self->problem, zone_is_wrong ? _ ("There is no such time zone: expected a name such as "
                                                        "America/New_York, UTC, local, or +01:00")
                                                   : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), zone_is_wrong);
  if (zone_is_wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->zone_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->zone_row), "error");
  gtk_widget_set_sensitive (self->connect_button, !zone_is_wrong && *address != '\0');
}

static void
on_kind_changed (BsConnectDialog *self)
{
  const BsFeedKind *kind = chosen_kind (self);
  if (kind == NULL)
    return;
  g_autofree char *title = g_strdup_printf (_ ("%s, such as %s"), _ (kind->address_title), kind->example);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address_row), title);
  adw_preferences_group_set_description (self->group, _ (kind->summary));
  gtk_widget_set_visible (self->browse_button, kind->is_file);
  gtk_widget_set_visible (self->format_row, kind->is_file);
  gtk_widget_set_visible (GTK_WIDGET (self->zone_row), kind->has_zone);
  check (self);
}

static void
on_connect (BsConnectDialog *self)
{
  const BsFeedKind *kind = chosen_kind (self);
  if (kind == NULL || !gtk_widget_get_sensitive (self->connect_button))
    return;
  g_autofree char *address = g_strstrip (g_strdup (typed (self->address_row)));
  g_autofree char *zone = g_strstrip (g_strdup (typed (self->zone_row)));
  g_autoptr (BsLoadRequest) request = bs_load_request_new (NULL);
  request->feed = g_strdup_printf ("%s:%s", kind->name, address);
  if (kind->has_zone && *zone != '\0')
    request->timezone = g_steal_pointer (&zone);
  guint format = gtk_drop_down_get_selected (self->format_choice);
  if (kind->is_file && format > 0)
    request->format = g_strdup (bs_bar_format_name (bs_bar_format_nth (format - 1)));
  if (self->settings != NULL)
    g_settings_set_string (self->settings, LAST_FEED_SETTING, request->feed);
  g_signal_emit (self, signals[CONNECT_REQUESTED], 0, request);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_file_chosen (GtkNativeDialog *chooser, int response, BsConnectDialog *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (path != NULL)
        gtk_editable_set_text (GTK_EDITABLE (self->address_row), path);
    }
  g_clear_object (&self->chooser);
}

static void
on_browse (BsConnectDialog *self)
{
  if (self->chooser == NULL)
    self->chooser = gtk_file_chooser_native_new (_ ("Follow a File"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                                 _ ("_Follow"), NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
bs_connect_dialog_dispose (GObject *object)
{
  BsConnectDialog *self = BS_CONNECT_DIALOG (object);
  g_clear_object (&self->settings);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (bs_connect_dialog_parent_class)->dispose (object);
}

static void
bs_connect_dialog_class_init (BsConnectDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_connect_dialog_dispose;
  signals[CONNECT_REQUESTED] = g_signal_new ("connect-requested", BS_TYPE_CONNECT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
make_header (BsConnectDialog *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  self->connect_button = gtk_button_new_with_mnemonic (_ ("C_onnect"));
  gtk_widget_add_css_class (self->connect_button, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  g_signal_connect_swapped (self->connect_button, "clicked", G_CALLBACK (on_connect), self);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->connect_button);
  return header;
}

static GtkDropDown *
make_choice (BsConnectDialog *self, const char *title, const char *const *words, GtkWidget **row)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (words);
  *row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (*row), title);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  bs_accessible_name_parts (choice, GTK_TYPE_TOGGLE_BUTTON, title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (*row), choice);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (*row), choice);
  adw_preferences_group_add (self->group, *row);
  return GTK_DROP_DOWN (choice);
}

static AdwEntryRow *
make_entry (BsConnectDialog *self, const char *title)
{
  GtkWidget *row = adw_entry_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (check), self);
  g_signal_connect_swapped (row, "entry-activated", G_CALLBACK (on_connect), self);
  adw_preferences_group_add (self->group, row);
  return ADW_ENTRY_ROW (row);
}

static void
make_rows (BsConnectDialog *self)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();
  g_autoptr (GPtrArray) formats = g_ptr_array_new ();
  for (guint i = 0; bs_feed_kind_nth (i) != NULL; i++)
    g_ptr_array_add (kinds, (gpointer) _ (bs_feed_kind_nth (i)->title));
  g_ptr_array_add (kinds, NULL);
  g_ptr_array_add (formats, (gpointer) _ ("Found out"));
  for (guint i = 0; bs_bar_format_nth (i) != NULL; i++)
    g_ptr_array_add (formats, (gpointer) bs_bar_format_name (bs_bar_format_nth (i)));
  g_ptr_array_add (formats, NULL);

  GtkWidget *kind_row;
  self->kind_choice = make_choice (self, _ ("Feed"), (const char *const *) kinds->pdata, &kind_row);
  self->address_row = make_entry (self, "");
  self->browse_button = gtk_button_new_from_icon_name ("document-open-symbolic");
  gtk_widget_set_valign (self->browse_button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->browse_button, "flat");
  gtk_widget_set_tooltip_text (self->browse_button, _ ("Choose a file"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->browse_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose a file"), -1);
  g_signal_connect_swapped (self->browse_button, "clicked", G_CALLBACK (on_browse), self);
  adw_entry_row_add_suffix (self->address_row, self->browse_button);
  self->format_choice = make_choice (self, _ ("Format"), (const char *const *) formats->pdata, &self->format_row);
  self->zone_row = make_entry (self, _ ("Time zone of times without one (UTC)"));
  g_signal_connect_swapped (self->kind_choice, "notify::selected", G_CALLBACK (on_kind_changed), self);
}

static void
bs_connect_dialog_init (BsConnectDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  gtk_box_append (GTK_BOX (box), make_header (self));
  make_rows (self);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), page);
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_label_set_xalign (self->problem, 0.0f);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "error");
  gtk_widget_set_margin_start (GTK_WIDGET (self->problem), 18);
  gtk_widget_set_margin_end (GTK_WIDGET (self->problem), 18);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->problem), 18);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->problem));
  adw_window_set_content (ADW_WINDOW (self), box);
  bs_accessible_name_parts (page, GTK_TYPE_SCROLLED_WINDOW, _ ("Connect"));
  bs_accessible_name_parts (GTK_WIDGET (self->group), GTK_TYPE_LIST_BOX, _ ("Feed"));
  gtk_window_set_title (GTK_WINDOW (self), _ ("Connect"));
  gtk_window_set_default_size (GTK_WINDOW (self), WIDTH, -1);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
}

/* As the last time. */
static void
restore (BsConnectDialog *self)
{
  g_autofree char *last = self->settings != NULL ? g_settings_get_string (self->settings, LAST_FEED_SETTING) : NULL;
  const char *address;
  const BsFeedKind *kind = last != NULL && *last != '\0' ? bs_feed_kind_parse (last, &address, NULL) : NULL;
  for (guint i = 0; kind != NULL && bs_feed_kind_nth (i) != NULL; i++)
    if (bs_feed_kind_nth (i) == kind)
      gtk_drop_down_set_selected (self->kind_choice, i);
  if (kind != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
}

GtkWidget *
bs_connect_dialog_new (GtkWindow *parent, GSettings *settings)
{
  BsConnectDialog *self = g_object_new (BS_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  restore (self);
  on_kind_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
  return GTK_WIDGET (self);
}
