#include "app/bs-window-private.h"

#include <glib/gi18n.h>

#include "app/bs-option-settings.h"
#include "app/bs-settings.h"
#include "ui/bs-accessible.h"

G_DEFINE_FINAL_TYPE (BsWindow, bs_window, ADW_TYPE_APPLICATION_WINDOW)

void
bs_window_show_page (BsWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->pages, name);
  gboolean session = g_str_equal (name, "session");
  gtk_widget_set_visible (GTK_WIDGET (self->replay_controls), session);
  gtk_widget_set_visible (self->sidebar_button, session);
}

const char *
bs_window_shown_page (BsWindow *self)
{
  return gtk_stack_get_visible_child_name (self->pages);
}

void
bs_window_toast (BsWindow *self, const char *text, const char *button, const char *action)
{
  AdwToast *toast = adw_toast_new (text);
  if (button != NULL)
    {
      adw_toast_set_button_label (toast, button);
      adw_toast_set_action_name (toast, action);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_transport_changed (BsWindow *self)
{
  bs_window_show_state (self);
  bs_window_check_banner (self);
}

static void
on_recording_ended (BsWindow *self, const char *message, gboolean problem)
{
  if (problem)
    bs_window_show_banner (self, BS_BANNER_PROBLEM, message);
  else
    bs_window_toast (self, message, NULL, NULL);
}

static void
on_switched (BsWindow *self, gboolean granted, const char *message)
{
  if (!granted)
    bs_window_toast (self, message, NULL, NULL);
}

void
bs_window_show_timing (BsWindow *self, const BsOptions *options)
{
  gboolean timing = options->value[BS_OPTION_TIMING] != 0;
  bs_latency_record_set_timing (self->latency, timing);
}

static void
on_options_changed (BsSidebar *sidebar, const BsOptions *before, BsWindow *self)
{
  const BsOptions *options = bs_sidebar_options (sidebar);
  BsOptions stored = *options;
  if (self->options_settings != NULL)
    bs_option_settings_read (self->options_settings, &stored);
  for (guint i = 0; i < BS_N_OPTIONS; i++)
    if (options->value[i] != before->value[i])
      stored.value[i] = options->value[i];
  /* Only what was changed here: what --set asked for holds for this once. */
  if (self->options_settings != NULL && !bs_presenter_switch_was_scheduled (self->presenter))
    bs_option_settings_write (self->options_settings, &stored);
  bs_window_show_timing (self, options);
  bs_window_watch_set_options (self, options);
}

static void
on_options_adjusted (BsSidebar *sidebar, const char *why, BsWindow *self)
{
  g_autofree char *text = g_strdup_printf (_ ("Also changed, because %s"), why);
  bs_window_toast (self, text, NULL, NULL);
}

static void
on_threshold_changed (BsSidebar *sidebar, double threshold, BsWindow *self)
{
  g_object_set (self->chart, "threshold", threshold, NULL);
  bs_window_watch_set_threshold (self, threshold);
  if (self->settings != NULL)
    g_settings_set_double (self->settings, "threshold", threshold);
}

static void
on_bar_activated (BsSignalLog *log, guint64 index, BsWindow *self)
{
  adw_view_stack_set_visible_child_name (self->views, "chart");
  bs_chart_show_bar (self->chart, index);
  gtk_widget_grab_focus (GTK_WIDGET (self->chart));
}

static void
on_paned_size (BsWindow *self)
{
  int max = 0;
  g_object_get (self->paned, "max-position", &max, NULL);
  if (self->paned_placed || max <= 1 || max == G_MAXINT)
    return;
  self->paned_placed = TRUE;
  int min_height = 0;
  gtk_widget_measure (GTK_WIDGET (self->latency_strip), GTK_ORIENTATION_VERTICAL, -1, &min_height, NULL, NULL, NULL);
  int extra = g_settings_get_int (self->settings, "latency-height") - min_height;
  if (extra > 0)
    gtk_paned_set_position (self->paned, MAX (1, max - extra));
}

static void
save_state (BsWindow *self)
{
  if (self->settings == NULL)
    return;
  int width, height;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (!self->fixed_size)
    {
      g_settings_set (self->settings, "window-size", "(ii)", width, height);
      g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
    }
  int strip = gtk_widget_get_height (GTK_WIDGET (self->latency_strip));
  if (self->paned_placed && strip > 0)
    g_settings_set_int (self->settings, "latency-height", strip);
  g_settings_set_uint (self->settings, "replay-speed", bs_transport_speed (self->transport));
  bs_window_watch_save (self);
  bs_settings_flush (self->settings);
  bs_settings_flush (self->options_settings);
  bs_settings_flush (self->chart_settings);
}

static gboolean
bs_window_close_request (GtkWindow *window)
{
  BsWindow *self = BS_WINDOW (window);
  save_state (self);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  bs_window_end_loading (self);
  bs_window_serve_stop (self);
  /* Here, not when it is disposed of: a load that is being cancelled still holds it then, and the program would be gone with
   * threads at work. */
  bs_window_end_session (self);
  bs_window_watch_stop (self);
  return GTK_WINDOW_CLASS (bs_window_parent_class)->close_request (window);
}

static void
bs_window_dispose (GObject *object)
{
  BsWindow *self = BS_WINDOW (object);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  bs_window_end_loading (self);
  bs_window_serve_stop (self);
  if (self->presenter != NULL)
    bs_window_end_session (self);
  bs_window_watch_free (self);
  g_clear_object (&self->fidelity);
  g_clear_object (&self->record);
  g_clear_object (&self->latency);
  g_clear_object (&self->transport);
  g_clear_object (&self->presenter);
  g_clear_pointer (&self->journal, bs_journal_unref);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->request, bs_load_request_free);
  g_clear_pointer (&self->model_path, g_free);
  g_clear_pointer (&self->notice, g_free);
  g_clear_object (&self->settings);
  g_clear_object (&self->options_settings);
  g_clear_object (&self->chart_settings);
  g_clear_object (&self->alerts);
  g_clear_pointer (&self->notifier, bs_notifier_free);
  G_OBJECT_CLASS (bs_window_parent_class)->dispose (object);
}

static void
bs_window_class_init (BsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = bs_window_close_request;
  g_type_ensure (BS_TYPE_CHART);
  g_type_ensure (BS_TYPE_LATENCY_VIEW);
  g_type_ensure (BS_TYPE_LATENCY_PAGE);
  g_type_ensure (BS_TYPE_SIGNAL_LOG);
  g_type_ensure (BS_TYPE_BACKTEST_PAGE);
  g_type_ensure (BS_TYPE_LAB_PAGE);
  g_type_ensure (BS_TYPE_MODELS_PAGE);
  g_type_ensure (BS_TYPE_JOURNAL_PAGE);
  g_type_ensure (BS_TYPE_SIDEBAR);
  g_type_ensure (BS_TYPE_ALERT_BUTTON);
  g_type_ensure (BS_TYPE_STATUS_TITLE);
  g_type_ensure (BS_TYPE_REPLAY_CONTROLS);
  g_type_ensure (BS_TYPE_SEEK_BAR);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/window.ui");
  gtk_widget_class_bind_template_child (widget_class, BsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, replay_controls);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, status);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, empty_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, loading_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, loading_bar);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, error_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, views);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, chart);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, latency_strip);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, latency_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, log);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, backtest_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, lab);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, models);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, journal_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, alert_button);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, seek_bar);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_banner_response", G_CALLBACK (bs_window_banner_response));
  gtk_widget_class_bind_template_callback (widget_class, on_bar_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_threshold_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_options_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_options_adjusted);
}

static void
name_parts (BsWindow *self)
{
  bs_accessible_name_parts (GTK_WIDGET (self->open_button), GTK_TYPE_MENU_BUTTON, _ ("Recent files"));
  bs_accessible_name_parts (GTK_WIDGET (self->banner), GTK_TYPE_BUTTON, _ ("Close the warning"));
  bs_accessible_name_parts (GTK_WIDGET (self->empty_page), GTK_TYPE_SCROLLED_WINDOW, _ ("No bars yet"));
  bs_accessible_name_parts (GTK_WIDGET (self->loading_page), GTK_TYPE_SCROLLED_WINDOW, _ ("Loading"));
  bs_accessible_name_parts (GTK_WIDGET (self->error_page), GTK_TYPE_SCROLLED_WINDOW, _ ("Error"));
  bs_accessible_name_parts (GTK_WIDGET (self->latency_strip), GTK_TYPE_SCROLLED_WINDOW, _ ("Latency by stage"));
  bs_accessible_name_parts (GTK_WIDGET (self->log), GTK_TYPE_SCROLLED_WINDOW, _ ("Signal log"));
}

static void
bs_window_init (BsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bs_window_latency_init (self);
  bs_window_log_init (self);
  bs_window_import_init (self);
  bs_window_chart_init (self);
  bs_window_watch_init (self);
  name_parts (self);
  self->presenter = bs_presenter_new (GTK_WIDGET (self), self->log);
  bs_window_why_init (self);
  bs_window_backtest_init (self);
  self->transport = bs_transport_new (self->presenter, G_ACTION_MAP (self));
  bs_window_add_actions (self);
  bs_window_models_init (self);
  bs_replay_controls_set_transport (self->replay_controls, self->transport);
  bs_seek_bar_set_transport (self->seek_bar, self->transport);
  g_signal_connect_object (self->transport, "changed", G_CALLBACK (on_transport_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->presenter, "switched", G_CALLBACK (on_switched), self, G_CONNECT_SWAPPED);
  bs_window_update_actions (self);
  bs_window_show_page (self, "empty");
}

static void
restore_state (BsWindow *self, const BsWindowSetup *setup)
{
  int width, height;
  g_settings_get (self->settings, "window-size", "(ii)", &width, &height);
  if (!self->fixed_size)
    {
      gtk_window_set_default_size (GTK_WINDOW (self), width, height);
      if (g_settings_get_boolean (self->settings, "window-maximized"))
        gtk_window_maximize (GTK_WINDOW (self));
    }
  g_settings_bind (self->settings, "latency-budget-us", self->latency, "budget-us", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "sidebar-shown", self->flap, "reveal-flap", G_SETTINGS_BIND_DEFAULT);
  bs_transport_set_speed (self->transport, g_settings_get_uint (self->settings, "replay-speed"));
  bs_window_watch_restore (self);
  g_signal_connect_object (self->paned, "notify::max-position", G_CALLBACK (on_paned_size), self, G_CONNECT_SWAPPED);
}

BsWindow *
bs_window_new (AdwApplication *application, const BsWindowSetup *setup)
{
  BsWindow *self = g_object_new (BS_TYPE_WINDOW, "application", application, NULL);
  self->settings = setup->settings != NULL ? g_object_ref (setup->settings) : NULL;
  bs_window_alerts_init (self, self->settings);
  self->options_settings = setup->options_settings != NULL ? g_object_ref (setup->options_settings) : NULL;
  self->model_path = g_strdup (setup->model_path);
  self->fixed_size = setup->width > 0;
  if (self->fixed_size)
    gtk_window_set_default_size (GTK_WINDOW (self), setup->width, setup->height);

  bs_transport_set_speed (self->transport, BS_WINDOW_DEFAULT_SPEED);
  if (self->settings != NULL)
    restore_state (self, setup);
  bs_window_journal_init (self, setup->journal);
  bs_sidebar_setup (self->sidebar, self->presenter, &setup->options, setup->threshold);
  bs_lab_page_setup (self->lab, self->presenter, self->sidebar);
  self->fidelity
    = bs_fidelity_view_new (self->presenter, bs_sidebar_fidelity_panel (self->sidebar), self->status, self->settings);
  self->record = bs_record_action_new (GTK_WINDOW (self), self->presenter, self->status, self->settings);
  g_signal_connect_object (self->record, "ended", G_CALLBACK (on_recording_ended), self, G_CONNECT_SWAPPED);
  g_object_set (self->chart, "threshold", setup->threshold, NULL);
  bs_window_show_timing (self, &setup->options);
  bs_window_show_recent (self);
  if (setup->repaired != NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("As last time, but %s"), setup->repaired);
      bs_window_toast (self, text, NULL, NULL);
    }
  return self;
}
