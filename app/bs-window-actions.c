#include <glib/gi18n.h>

#include "app/bs-accelerators.h"
#include "app/bs-file-details.h"
#include "app/bs-window-private.h"

/* What a press of a pan key moves: part of the bars in view. */
#define PAN_FRACTION 0.1
#define ZOOM_FACTOR 1.25

/* Opening */

static void
open_file (BsWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  if (path == NULL)
    {
      bs_window_toast (self, _ ("Only files of this machine can be opened"), NULL, NULL);
      return;
    }
  bs_window_import (self, bs_load_request_new (path));
}

/* One file into the chart; several, or a folder, into the watchlist. */
static void
open_files (BsWindow *self, GListModel *files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = g_list_model_get_n_items (files);
  g_autoptr (GFile) first = g_list_model_get_item (files, 0);
  if (n == 1 && g_file_query_file_type (first, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
    {
      open_file (self, first);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *path = g_file_get_path (file);
      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  if (g_strv_length (paths) < n)
    bs_window_toast (self, _ ("Only files of this machine can be opened"), NULL, NULL);
  if (paths[0] != NULL)
    bs_window_watch (self, (const char *const *) paths, 0, 0, NULL);
}

static void
open_secondary_file (BsWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  if (path == NULL || self->request == NULL)
    return;
  BsLoadRequest *request = bs_load_request_copy (self->request);
  g_free (request->secondary_path);
  request->secondary_path = g_steal_pointer (&path);
  bs_window_open (self, request);
}

static void
on_chooser_response (GtkNativeDialog *dialog, int response, BsWindow *self)
{
  gboolean secondary = g_object_get_data (G_OBJECT (dialog), "bs-secondary") != NULL;
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GFile) file = g_list_model_get_item (files, 0);
      g_autoptr (GFile) folder = gtk_file_chooser_get_current_folder (GTK_FILE_CHOOSER (dialog));
      g_autofree char *uri = folder != NULL ? g_file_get_uri (folder) : NULL;
      if (self->settings != NULL && uri != NULL)
        g_settings_set_string (self->settings, "last-folder", uri);
      if (secondary)
        open_secondary_file (self, file);
      else
        open_files (self, files);
    }
  g_clear_object (&self->chooser);
}

static void
choose_file (BsWindow *self, const char *title, gboolean secondary)
{
  if (self->chooser != NULL)
    {
      gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
      return;
    }
  self->chooser
    = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (self->chooser);
  g_object_set_data (G_OBJECT (chooser), "bs-secondary", secondary ? self : NULL);
  gtk_file_chooser_set_select_multiple (chooser, !secondary);

  g_autoptr (GtkFileFilter) bars = gtk_file_filter_new ();
  gtk_file_filter_set_name (bars, _ ("Price bars"));
  static const char *const suffixes[] = { "csv", "txt", "tsv", "gz", "scid", "bsrec" };
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (bars, suffixes[i]);
  gtk_file_chooser_add_filter (chooser, bars);
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, all);

  g_autofree char *uri = self->settings != NULL ? g_settings_get_string (self->settings, "last-folder") : NULL;
  if (uri != NULL && *uri != '\0')
    {
      g_autoptr (GFile) folder = g_file_new_for_uri (uri);
      gtk_file_chooser_set_current_folder (chooser, folder, NULL);
    }
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chooser_response), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose_file (data, _ ("Open Bars"), FALSE);
}

static void
on_open_secondary (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose_file (data, _ ("Open Secondary Bars"), TRUE);
}

static void
on_open_recent (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_window_open (data, bs_load_request_new (g_variant_get_bytestring (parameter)));
}

static void
on_open_sample (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_window_open_sample (data);
}

static void
on_reload (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  if (self->request != NULL)
    bs_window_open (self, self->request);
}

static void
on_cancel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
}

static void
on_close_bars (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_window_close_bars (data);
}

static void
on_file_details (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  if (self->loaded != NULL)
    gtk_window_present (GTK_WINDOW (bs_file_details_new (GTK_WINDOW (self), self->loaded->bars)));
}

void
bs_window_show_recent (BsWindow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) recent = g_menu_new ();
  g_auto (GStrv) paths = self->settings != NULL ? g_settings_get_strv (self->settings, "recent-files") : NULL;
  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    {
      g_autofree char *name = g_filename_display_basename (paths[i]);
      /* An underscore in a file's name is no mnemonic. */
      g_auto (GStrv) parts = g_strsplit (name, "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target_value (item, "win.open-recent", g_variant_new_bytestring (paths[i]));
      g_menu_append_item (recent, item);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (recent));
  g_autoptr (GMenu) sample = g_menu_new ();
  g_menu_append (sample, _ ("Show the Sam_ple"), "win.open-sample");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (sample));
  adw_split_button_set_menu_model (self->open_button, G_MENU_MODEL (menu));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, BsWindow *self)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  for (GSList *link = g_value_get_boxed (value); link != NULL; link = link->next)
    g_list_store_append (files, link->data);
  if (g_list_model_get_n_items (G_LIST_MODEL (files)) == 0)
    return FALSE;
  open_files (self, G_LIST_MODEL (files));
  return TRUE;
}

/* Chart */

static double
bars_in_view (BsWindow *self)
{
  guint64 from, to;
  bs_chart_get_visible (self->chart, &from, &to);
  return MAX (1.0, (double) (to - from));
}

static void
on_newest (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_chart_go_to_newest (BS_WINDOW (data)->chart);
}

static void
on_oldest (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_chart_go_to_oldest (BS_WINDOW (data)->chart);
}

static void
on_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_chart_zoom (BS_WINDOW (data)->chart, ZOOM_FACTOR);
}

static void
on_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_chart_zoom (BS_WINDOW (data)->chart, 1.0 / ZOOM_FACTOR);
}

static void
on_zoom_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_chart_show_all (BS_WINDOW (data)->chart);
}

static void
on_pan_left (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  bs_chart_pan (self->chart, -PAN_FRACTION * bars_in_view (self));
}

static void
on_pan_right (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  bs_chart_pan (self->chart, PAN_FRACTION * bars_in_view (self));
}

void
bs_window_add_actions (BsWindow *self)
{
  static const GActionEntry entries[] = {
    { "open", on_open },
    { "open-secondary", on_open_secondary },
    { "open-recent", on_open_recent, "ay" },
    { "open-sample", on_open_sample },
    { "reload", on_reload },
    { "cancel", on_cancel },
    { "close-bars", on_close_bars },
    { "file-details", on_file_details },
    { "newest", on_newest },
    { "oldest", on_oldest },
    { "zoom-in", on_zoom_in },
    { "zoom-out", on_zoom_out },
    { "zoom-all", on_zoom_all },
    { "pan-left", on_pan_left },
    { "pan-right", on_pan_right },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);

  g_autoptr (GPropertyAction) sidebar = g_property_action_new ("sidebar", self->flap, "reveal-flap");
  g_autoptr (GPropertyAction) fullscreen = g_property_action_new ("fullscreen", self, "fullscreened");
  g_autoptr (GPropertyAction) page = g_property_action_new ("page", self->views, "visible-child-name");
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (sidebar));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (fullscreen));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (page));

  bs_window_feed_add_actions (self);
  bs_window_serve_add_actions (self);
  gtk_widget_add_controller (GTK_WIDGET (self), bs_accelerators_new_plain ());
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}
