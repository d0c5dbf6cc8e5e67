#include "app/bs-window.h"

#include <glib/gi18n.h>

#include "app/bs-bar-name.h"
#include "app/bs-loop-monitor.h"
#include "app/bs-option-settings.h"
#include "app/bs-settings.h"
#include "app/bs-window-private.h"
#include "ui/bs-accessible.h"
#include "ui/bs-number.h"

/* Bars of the sample that are there at once; the others stream in after them. */
#define SAMPLE_HISTORY 1500
/* A file's replay begins anew after this part of its bars, and at most SAMPLE_HISTORY of them: enough for every feature. */
#define RESTART_FRACTION 3
/* A load that is done sooner shows no progress: a page that only flashes up says nothing. */
#define SHOW_LOADING_MSEC 150
#define PROGRESS_PERIOD_MSEC 50
/* Bars in range, one after the other, before the warning about the model's range goes: it must not flicker. */
#define IN_RANGE_BARS 50

G_DEFINE_FINAL_TYPE (BsWindow, bs_window, ADW_TYPE_APPLICATION_WINDOW)

static void
show_page (BsWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->pages, name);
  gboolean session = g_str_equal (name, "session");
  gtk_widget_set_visible (GTK_WIDGET (self->replay_controls), session);
  gtk_widget_set_visible (self->sidebar_button, session);
}

static const char *
shown_page (BsWindow *self)
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

/* Banner: one line for what is wrong, until it is right again or the user has put it away. */

void
bs_window_show_banner (BsWindow *self, BsBanner kind, const char *text)
{
  self->banner_kind = kind;
  gtk_label_set_text (self->banner_label, text);
  gtk_info_bar_set_message_type (self->banner, kind == BS_BANNER_PROBLEM ? GTK_MESSAGE_ERROR : GTK_MESSAGE_WARNING);
  gtk_info_bar_set_revealed (self->banner, TRUE);
}

void
bs_window_hide_banner (BsWindow *self, BsBanner kind)
{
  if (self->banner_kind != kind)
    return;
  self->banner_kind = BS_BANNER_NONE;
  gtk_info_bar_set_revealed (self->banner, FALSE);
}

static void
on_banner_response (GtkInfoBar *banner, int response, BsWindow *self)
{
  self->range_dismissed = self->range_dismissed || self->banner_kind == BS_BANNER_RANGE;
  self->notice_dismissed = self->notice_dismissed || self->banner_kind == BS_BANNER_NOTICE;
  self->feed_dismissed = self->feed_dismissed || self->banner_kind == BS_BANNER_FEED;
  self->journal_dismissed = self->journal_dismissed || self->banner_kind == BS_BANNER_JOURNAL;
  bs_window_hide_banner (self, self->banner_kind);
}

static void
check_range (BsWindow *self)
{
  double threshold;
  const BsSignal *signal = bs_presenter_signal (self->presenter, &threshold);
  if (signal == NULL || signal->state != BS_SIGNAL_READY || bs_presenter_state (self->presenter) == BS_FEED_CATCHING_UP)
    return;
  if (!self->signal_seen)
    bs_loop_monitor_note ("first live signal");
  self->signal_seen = TRUE;
  if (!signal->in_range)
    {
      self->in_range_since = bs_presenter_position (self->presenter);
      if (self->banner_kind == BS_BANNER_NONE && !self->range_dismissed)
        bs_window_show_banner (self, BS_BANNER_RANGE,
                     _ ("These bars are unlike those that the model was trained on: its signals mean little here."));
    }
  else if (bs_presenter_position (self->presenter) > self->in_range_since + IN_RANGE_BARS)
    bs_window_hide_banner (self, BS_BANNER_RANGE);
}

static void
check_notice (BsWindow *self)
{
  const char *notice = bs_presenter_notice (self->presenter);
  if (g_strcmp0 (notice, self->notice) != 0)
    {
      bs_window_hide_banner (self, BS_BANNER_NOTICE);
      g_free (self->notice);
      self->notice = g_strdup (notice);
      self->notice_dismissed = FALSE;
    }
  if (notice == NULL || self->notice_dismissed)
    return;
  if (self->banner_kind != BS_BANNER_NONE && self->banner_kind != BS_BANNER_RANGE)
    return;
  g_autofree char *text = g_strdup_printf (_ ("Another engine answers than the one chosen. %c%s."),
                                           g_ascii_toupper (notice[0]), notice + 1);
  bs_window_show_banner (self, BS_BANNER_NOTICE, text);
}

/* What the session says */

static void
show_state (BsWindow *self)
{
  BsFeedState state = bs_presenter_state (self->presenter);
  if (self->loaded == NULL)
    {
      bs_status_title_set_state (self->status, BS_STATUS_IDLE, "");
      return;
    }
  if (self->loaded->run != NULL)
    {
      bs_window_journal_show_run (self);
      return;
    }
  if (bs_presenter_session (self->presenter) == NULL)
    {
      bs_status_title_set_state (self->status, BS_STATUS_ERROR, _ ("no signals"));
      return;
    }

  if (bs_presenter_is_live (self->presenter))
    {
      bs_window_feed_show (self);
      return;
    }
  bs_status_title_set_details (self->status, "");

  g_autofree char *text = NULL;
  BsStatusLevel level = BS_STATUS_IDLE;
  char number[BS_NUMBER_LENGTH];
  switch (state)
    {
    case BS_FEED_CATCHING_UP:
      {
        guint64 all = MAX (1, bs_transport_position (self->transport));
        double done = (double) bs_presenter_position (self->presenter) / (double) all;
        text = g_strdup_printf (_ ("computing signals, %s"), bs_number_format_percent (number, MIN (done, 1.0), 0));
        level = BS_STATUS_BUSY;
        break;
      }
    case BS_FEED_REPLAYING:
      {
        const BsReplaySpeed *speed = bs_replay_speed_nth (bs_transport_speed (self->transport));
        text = g_strdup_printf (speed->real_time > 0 ? _ ("replaying, %s real time") : _ ("replaying, %s"), _ (speed->title));
      }
      level = BS_STATUS_GOOD;
      break;
    default:
      text = g_strdup (_ (bs_feed_state_word (state)));
      break;
    }
  bs_status_title_set_state (self->status, level, text);
}

static void
on_transport_changed (BsWindow *self)
{
  show_state (self);
  check_notice (self);
  check_range (self);
  const char *failure = bs_presenter_failure (self->presenter);
  if (failure != NULL && self->banner_kind != BS_BANNER_PROBLEM)
    bs_window_show_banner (self, BS_BANNER_PROBLEM, failure);
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

static void
show_timing (BsWindow *self, const BsOptions *options)
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
  show_timing (self, options);
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

/* Loading */

static void
present (BsWindow *self)
{
  self->present_soon = FALSE;
  gtk_window_present (GTK_WINDOW (self));
}

static void
end_loading (BsWindow *self)
{
  g_clear_handle_id (&self->loading_timer, g_source_remove);
  g_clear_object (&self->loading);
}

static void
end_session (BsWindow *self)
{
  bs_latency_record_set_trace (self->latency, NULL, NULL);
  bs_presenter_stop (self->presenter);
  bs_signal_log_clear (self->log);
  bs_lab_page_set_loaded (self->lab, NULL);
  bs_models_page_set_loaded (self->models, NULL);
  g_clear_pointer (&self->loaded, bs_loaded_free);
}

static void
show_title (BsWindow *self)
{
  if (self->loaded == NULL)
    {
      bs_status_title_set_title (self->status, _ ("Barscope"));
      gtk_window_set_title (GTK_WINDOW (self), _ ("Barscope"));
      return;
    }
  const BsBars *bars = self->loaded->bars;
  g_autofree char *length = bs_bar_length_text (bs_bar_series_bar_length (bars->primary->series));
  g_autofree char *title
    = *length != '\0' ? g_strdup_printf ("%s · %s", bars->instrument, length) : g_strdup (bars->instrument);
  g_autofree char *window_title = g_strdup_printf (_ ("%s – Barscope"), title);
  bs_status_title_set_title (self->status, title);
  gtk_window_set_title (GTK_WINDOW (self), window_title);
}

static void
update_actions (BsWindow *self)
{
  gboolean session = self->loaded != NULL;
  static const char *const names[] = { "open-secondary", "file-details", "close-bars", "newest",   "oldest",
                                       "zoom-in",        "zoom-out",     "zoom-all",   "pan-left", "pan-right" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), names[i])), session);
  /* A recording has its own secondary bars, or none. */
  if (session && self->loaded->recording != NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "open-secondary")),
                                 FALSE);
}

/* "Loaded 5,000 bars, 3 rows refused, 2 gaps" */
static void
toast_loaded (BsWindow *self)
{
  const BsBarFile *file = self->loaded->bars->primary;
  char number[BS_NUMBER_LENGTH];
  guint64 n_bars = bs_bar_series_length (file->series);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, g_dngettext (NULL, "Loaded %s bar", "Loaded %s bars", n_bars),
                          bs_number_format_count (number, n_bars));
  if (file->n_refused > 0)
    g_string_append_printf (text, g_dngettext (NULL, ", %s row refused", ", %s rows refused", file->n_refused),
                            bs_number_format_count (number, file->n_refused));
  if (file->n_gaps > 0)
    g_string_append_printf (text, g_dngettext (NULL, ", %s gap", ", %s gaps", file->n_gaps),
                            bs_number_format_count (number, file->n_gaps));
  bs_window_toast (self, text->str, _ ("Details"), "win.file-details");
}

/* "Recording of 2024-01-31 14:59: 1,234 bars, 3 switch changes" */
static void
toast_recording (BsWindow *self)
{
  const BsRecordedBars *recording = self->loaded->recording;
  char number[BS_NUMBER_LENGTH];
  guint64 n_bars = bs_bar_series_length (self->loaded->bars->primary->series) - recording->n_history;
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_local (recording->started_us / G_USEC_PER_SEC);
  g_autofree char *time = started != NULL ? g_date_time_format (started, "%Y-%m-%d %H:%M") : g_strdup ("");
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, g_dngettext (NULL, "Recording of %s: %s bar", "Recording of %s: %s bars", n_bars), time,
                          bs_number_format_count (number, n_bars));
  if (recording->n_switches > 0)
    g_string_append_printf (text,
                            g_dngettext (NULL, ", %u switch change", ", %u switch changes", recording->n_switches),
                            recording->n_switches);
  if (!recording->ended)
    g_string_append (text, _ (", broken off"));
  bs_window_toast (self, text->str, _ ("Details"), "win.file-details");
}

/* Switches and threshold as the session begins with them. */
static void
show_switches (BsWindow *self, const BsLoaded *loaded)
{
  guint64 n_traced;
  double threshold = bs_sidebar_own_threshold (self->sidebar);
  const BsOptions *options = bs_presenter_session (self->presenter) != NULL
                               ? bs_presenter_options (self->presenter, &n_traced)
                               : bs_sidebar_own_options (self->sidebar);
  if (loaded->recording != NULL)
    threshold = g_array_index (loaded->recording->changes, BsSessionChange, 0).threshold;
  bs_sidebar_begin (self->sidebar, options, threshold);
  g_object_set (self->chart, "threshold", threshold, NULL);
  show_timing (self, options);
}

static void
begin_session (BsWindow *self, BsLoaded *loaded)
{
  gboolean sample = self->request->path == NULL && self->request->feed == NULL && loaded->run == NULL;
  end_session (self);
  self->loaded = loaded;
  bs_lab_page_set_loaded (self->lab, loaded);
  bs_models_page_set_loaded (self->models, loaded);
  bs_presenter_start (self->presenter, loaded);

  bs_chart_set_data (self->chart, loaded->data);
  bs_chart_go_to_newest (self->chart);
  bs_signal_log_set_decimals (self->log, loaded->bars->primary->decimals);
  bs_sidebar_set_model (self->sidebar, loaded->model, loaded->model_path);
  show_switches (self, loaded);
  bs_record_action_set_instrument (self->record, loaded->predictor_problem == NULL ? loaded->bars->instrument : NULL,
                                   loaded->bars->primary->decimals);
  BsSession *session = bs_presenter_session (self->presenter);
  if (session != NULL)
    bs_latency_record_set_trace (self->latency, bs_session_trace (session), &self->request->options);

  guint64 n_bars = bs_bar_series_length (loaded->bars->primary->series);
  if (loaded->recording != NULL)
    bs_transport_begin (self->transport, bs_chart_data_end (loaded->data), TRUE);
  else
    bs_transport_begin (self->transport, sample ? SAMPLE_HISTORY : MIN (n_bars / RESTART_FRACTION, SAMPLE_HISTORY),
                        sample);
  self->range_dismissed = self->notice_dismissed = self->feed_dismissed = FALSE;
  g_clear_pointer (&self->notice, g_free);
  self->in_range_since = 0;
  bs_window_hide_banner (self, self->banner_kind);
  if (loaded->predictor_problem != NULL)
    bs_window_show_banner (self, BS_BANNER_PROBLEM, loaded->predictor_problem);
  else if (loaded->recording_problem != NULL)
    bs_window_show_banner (self, BS_BANNER_PROBLEM, loaded->recording_problem);
  else
    bs_window_journal_show (self);
  show_title (self);
  show_state (self);
  update_actions (self);
  show_page (self, "session");
  bs_window_feed_begin (self);
  bs_window_watch_session_began (self);
  if (!self->request->watched)
    gtk_widget_grab_focus (GTK_WIDGET (self->chart));

  if (loaded->run != NULL)
    bs_window_journal_begin_run (self);
  else if (self->request->watched)
    ;
  else if (self->request->feed != NULL)
    toast_loaded (self);
  else if (!sample)
    {
      bs_settings_add_recent (self->settings, self->request->path);
      if (loaded->recording != NULL)
        toast_recording (self);
      else
        toast_loaded (self);
    }
  if (loaded->secondary_problem != NULL)
    bs_window_toast (self, loaded->secondary_problem, NULL, NULL);
}

static void
show_load_error (BsWindow *self, const GError *error)
{
  g_autofree char *path
    = self->request->path != NULL || self->request->feed != NULL ? bs_window_feed_name (self->request)
                                                                 : g_strdup (_ ("The sample"));
  if (self->loaded != NULL)
    {
      /* What runs goes on running. */
      bs_window_show_banner (self, BS_BANNER_PROBLEM, error->message);
      show_page (self, "session");
      return;
    }
  g_autofree char *title = g_strdup_printf (_ ("%s Cannot Be Opened"), path);
  g_autofree char *description = g_markup_escape_text (error->message, -1);
  adw_status_page_set_title (self->error_page, title);
  adw_status_page_set_description (self->error_page, description);
  show_page (self, "error");
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BsWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsLoaded) loaded = bs_load_finish (result, &error);
  bs_loop_monitor_note ("bars loaded");
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));

  /* Another file was asked for meanwhile, or the window has been closed. */
  if (self->loading != cancellable || self->presenter == NULL)
    return;
  end_loading (self);
  if (loaded != NULL)
    begin_session (self, g_steal_pointer (&loaded));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_page (self, self->loaded != NULL ? "session" : "empty");
  else
    show_load_error (self, error);
  if (self->present_soon)
    present (self);
}

static gboolean
on_loading_timer (gpointer data)
{
  BsWindow *self = data;
  char number[BS_NUMBER_LENGTH];
  double fraction = bs_load_progress (self->loading);
  gtk_progress_bar_set_fraction (self->loading_bar, fraction);
  gtk_progress_bar_set_text (self->loading_bar, bs_number_format_percent (number, fraction, 0));
  if (self->request->watched && self->loaded != NULL)
    {
      /* The watchlist stays in sight. */
      g_autofree char *text = g_strdup_printf (_ ("loading, %s"), number);
      bs_status_title_set_state (self->status, BS_STATUS_BUSY, text);
      return G_SOURCE_CONTINUE;
    }
  if (!g_str_equal (shown_page (self), "loading"))
    {
      show_page (self, "loading");
      self->loading_timer = g_timeout_add (PROGRESS_PERIOD_MSEC, on_loading_timer, self);
      if (self->present_soon)
        present (self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

void
bs_window_open (BsWindow *self, BsLoadRequest *request)
{
  g_return_if_fail (BS_IS_WINDOW (self));

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  end_loading (self);
  if (request != self->request)
    {
      g_clear_pointer (&self->request, bs_load_request_free);
      self->request = request;
    }
  request->options = *bs_sidebar_own_options (self->sidebar);
  request->threshold = bs_sidebar_own_threshold (self->sidebar);
  if (self->journal != NULL && request->journal_path == NULL)
    request->journal_path = g_strdup (bs_journal_path (self->journal));
  g_free (request->model_path);
  request->model_path = g_strdup (self->model_path);
  request->n_shown = request->path == NULL && request->feed == NULL ? SAMPLE_HISTORY : 0;

  g_autofree char *name
    = request->path != NULL || request->feed != NULL ? bs_window_feed_name (request) : g_strdup (_ ("the Sample"));
  g_autofree char *title = g_strdup_printf (_ ("Loading %s"), name);
  adw_status_page_set_title (self->loading_page, title);
  self->loading = g_cancellable_new ();
  self->loading_timer = g_timeout_add (SHOW_LOADING_MSEC, on_loading_timer, self);
  bs_load_async (request, self->loading, on_loaded, g_object_ref (self));
}

void
bs_window_present_soon (BsWindow *self)
{
  g_return_if_fail (BS_IS_WINDOW (self));
  if (self->loading != NULL)
    self->present_soon = TRUE;
  else
    present (self);
}

void
bs_window_open_sample (BsWindow *self)
{
  bs_window_open (self, bs_load_request_new (NULL));
}

void
bs_window_close_bars (BsWindow *self)
{
  bs_window_watch_stop (self);
  end_session (self);
  bs_chart_set_data (self->chart, NULL);
  bs_sidebar_set_model (self->sidebar, NULL, NULL);
  bs_transport_begin (self->transport, 0, FALSE);
  bs_record_action_set_instrument (self->record, NULL, 0);
  bs_window_hide_banner (self, self->banner_kind);
  show_title (self);
  show_state (self);
  update_actions (self);
  show_page (self, "empty");
}

/* State that is kept */

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
  end_loading (self);
  bs_window_serve_stop (self);
  /* Here, not when it is disposed of: a load that is being cancelled still holds it then, and the program would be gone with
   * threads at work. */
  end_session (self);
  bs_window_watch_stop (self);
  return GTK_WINDOW_CLASS (bs_window_parent_class)->close_request (window);
}

static void
bs_window_dispose (GObject *object)
{
  BsWindow *self = BS_WINDOW (object);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  end_loading (self);
  bs_window_serve_stop (self);
  if (self->presenter != NULL)
    end_session (self);
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
  gtk_widget_class_bind_template_child (widget_class, BsWindow, lab);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, models);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, journal_page);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, alert_button);
  gtk_widget_class_bind_template_child (widget_class, BsWindow, seek_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_banner_response);
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
  bs_window_chart_init (self);
  bs_window_watch_init (self);
  name_parts (self);
  self->presenter = bs_presenter_new (GTK_WIDGET (self), self->log);
  bs_window_why_init (self);
  self->transport = bs_transport_new (self->presenter, G_ACTION_MAP (self));
  bs_window_add_actions (self);
  bs_window_models_init (self);
  bs_replay_controls_set_transport (self->replay_controls, self->transport);
  bs_seek_bar_set_transport (self->seek_bar, self->transport);
  g_signal_connect_object (self->transport, "changed", G_CALLBACK (on_transport_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->presenter, "switched", G_CALLBACK (on_switched), self, G_CONNECT_SWAPPED);
  update_actions (self);
  show_page (self, "empty");
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
  show_timing (self, &setup->options);
  bs_window_show_recent (self);
  if (setup->repaired != NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("As last time, but %s"), setup->repaired);
      bs_window_toast (self, text, NULL, NULL);
    }
  return self;
}
