#include "app/bs-serve-preferences.h"

#include <glib/gi18n.h>

#include "app/bs-preference-row.h"
#include "app/bs-window-serve.h"
#include "ui/bs-accessible.h"

static const BsPreferenceRow port_row = { "serve-port", N_ ("Port"), NULL, .step = 1 };

/* What the rows of one group have in common; belongs to the group. */
typedef struct
{
  GtkWindow *window; /* (nullable) (weak) */
  GSettings *settings;
  GtkWidget *serve_row, *serve, *address, *port, *token_row, *token, *names;
  gboolean updating;
} Rows;

static void
rows_free (gpointer data)
{
  Rows *self = data;
  g_clear_weak_pointer (&self->window);
  g_object_unref (self->settings);
  g_free (self);
}

static void
set_error (GtkWidget *row, gboolean error)
{
  if (error)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");
}

/* What the address says of the token: beyond this machine there is no choice. */
static void
update_token (Rows *self)
{
  gboolean local, good = bs_window_serve_check_address (gtk_editable_get_text (GTK_EDITABLE (self->address)), &local);
  gboolean wanted = g_settings_get_boolean (self->settings, "serve-with-token");
  set_error (self->address, !good);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address),
                                 good ? _ ("Address") : _ ("Address (expected figures, such as 127.0.0.1 or 0.0.0.0)"));
  self->updating = TRUE;
  gtk_switch_set_active (GTK_SWITCH (self->token), wanted || (good && !local));
  gtk_widget_set_sensitive (self->token, !good || local);
  self->updating = FALSE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->token_row),
                               good && !local ? _ ("Whoever can reach another address than this machine's own must know it")
                                              : _ ("Made anew at every start, shown once and stored nowhere"));
}

static void
update_state (Rows *self)
{
  gboolean on = FALSE;
  const char *problem = NULL;
  g_autofree char *text = self->window != NULL ? bs_window_serve_describe (self->window, &on, &problem) : g_strdup ("");
  self->updating = TRUE;
  gtk_switch_set_active (GTK_SWITCH (self->serve), on);
  self->updating = FALSE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->serve_row), text);
  set_error (self->serve_row, problem != NULL);
  GtkWidget *const fixed[] = { self->address, self->port, self->token_row, self->names };
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    gtk_widget_set_sensitive (fixed[i], !on);
}

static void
on_action_state (GActionGroup *group, const char *name, GVariant *state, GtkWidget *widget)
{
  update_state (g_object_get_data (G_OBJECT (widget), "rows"));
}

static void
on_serve (GtkSwitch *control, GParamSpec *pspec, Rows *self)
{
  if (!self->updating && self->window != NULL)
    g_action_group_change_action_state (G_ACTION_GROUP (self->window), "serve",
                                        g_variant_new_boolean (gtk_switch_get_active (control)));
}

static void
on_token (GtkSwitch *control, GParamSpec *pspec, Rows *self)
{
  if (!self->updating)
    g_settings_set_boolean (self->settings, "serve-with-token", gtk_switch_get_active (control));
}

/* Only what is an address is kept. */
static void
on_address (GtkEditable *editable, Rows *self)
{
  gboolean local;
  const char *text = gtk_editable_get_text (editable);
  if (bs_window_serve_check_address (text, &local))
    g_settings_set_string (self->settings, "serve-address", text);
  update_token (self);
}

static GtkWidget *
add_switch_row (AdwPreferencesGroup *group, const char *title, GtkWidget **control)
{
  GtkWidget *row = adw_action_row_new ();
  *control = gtk_switch_new ();
  gtk_widget_set_valign (*control, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), *control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), *control);
  adw_preferences_group_add (group, row);
  return row;
}

static GtkWidget *
add_entry_row (AdwPreferencesGroup *group, const char *title)
{
  GtkWidget *row = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  bs_accessible_name_parts (row, GTK_TYPE_TEXT, title);
  adw_preferences_group_add (group, row);
  return row;
}

AdwPreferencesGroup *
bs_serve_preferences_new (GtkWindow *window, GSettings *settings)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  Rows *self = g_new0 (Rows, 1);
  g_autofree char *address = g_settings_get_string (settings, "serve-address");
  self->settings = g_object_ref (settings);
  g_set_weak_pointer (&self->window, window);
  g_object_set_data_full (G_OBJECT (group), "rows", self, rows_free);
  adw_preferences_group_set_title (group, _ ("Signals over HTTP"));
  adw_preferences_group_set_description (group, _ ("For a strategy that posts its bars and trades on the answers"));

  self->serve_row = add_switch_row (group, _ ("Serve Signals"), &self->serve);
  self->address = add_entry_row (group, _ ("Address"));
  gtk_editable_set_text (GTK_EDITABLE (self->address), address);
  self->port = bs_preference_row_new (settings, &port_row);
  adw_preferences_group_add (group, self->port);
  self->token_row = add_switch_row (group, _ ("Require a Token"), &self->token);
  self->names = add_entry_row (group, _ ("Other Names of This Machine That Clients Use"));
  g_settings_bind (settings, "serve-names", self->names, "text", G_SETTINGS_BIND_DEFAULT);

  update_token (self);
  update_state (self);
  g_signal_connect (self->serve, "notify::active", G_CALLBACK (on_serve), self);
  g_signal_connect (self->token, "notify::active", G_CALLBACK (on_token), self);
  g_signal_connect (self->address, "changed", G_CALLBACK (on_address), self);
  g_signal_connect_object (window, "action-state-changed::serve", G_CALLBACK (on_action_state), group, 0);
  return group;
}

/* The token */

static void
on_copy (GtkButton *button, gpointer token)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), token);
  gtk_button_set_label (button, _ ("Copied"));
}

void
bs_serve_show_token (GtkWindow *parent, const char *address, const char *token)
{
  g_autofree char *heading = g_strdup_printf (_ ("Serving Signals at %s"), address);
  GtkWidget *dialog = adw_message_dialog_new (
    parent, heading,
    _ ("Every request must carry this token: Authorization: Bearer TOKEN. It is stored nowhere and not shown again; the next start makes "
       "another."));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *label = gtk_label_new (token);
  GtkWidget *copy = gtk_button_new_with_label (_ ("Copy Token"));
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, "monospace");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Token"), -1);
  gtk_widget_set_halign (copy, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), copy);
  g_signal_connect_data (copy, "clicked", G_CALLBACK (on_copy), g_strdup (token), (GClosureNotify) (void (*) (void)) g_free, 0);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}
