/* bs-window-session.c: what the window shows of a session, from its beginning to its end */
#include "app/bs-window-private.h"

#include <glib/gi18n.h>

#include "app/bs-bar-name.h"
#include "app/bs-settings.h"
#include "ui/bs-number.h"

/* A file's replay begins anew after this part of its bars, and at most BS_WINDOW_SAMPLE_HISTORY of them: enough for every
 * feature. */
#define RESTART_FRACTION 3

void
bs_window_show_state (BsWindow *self)
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

void
bs_window_end_session (BsWindow *self)
{
  bs_window_view_keep (self);
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

void
bs_window_update_actions (BsWindow *self)
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
  guint64 n_bars = bs_bar_series_length (file->series) + file->n_older;
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
  bs_window_show_timing (self, options);
}

void
bs_window_begin_session (BsWindow *self, BsLoaded *loaded)
{
  gboolean sample = self->request->path == NULL && self->request->feed == NULL && loaded->run == NULL;
  bs_window_end_session (self);
  self->loaded = loaded;
  bs_lab_page_set_loaded (self->lab, loaded);
  bs_models_page_set_loaded (self->models, loaded);
  bs_presenter_start (self->presenter, loaded);

  bs_chart_set_data (self->chart, loaded->data);
  bs_chart_go_to_newest (self->chart);
  bs_window_view_restore (self, self->request->feed == NULL && loaded->run == NULL ? self->request->path : NULL);
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
    bs_transport_begin (self->transport,
                        sample ? BS_WINDOW_SAMPLE_HISTORY : MIN (n_bars / RESTART_FRACTION, BS_WINDOW_SAMPLE_HISTORY),
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
  bs_window_show_state (self);
  bs_window_update_actions (self);
  bs_window_show_page (self, "session");
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

void
bs_window_close_bars (BsWindow *self)
{
  bs_window_watch_stop (self);
  bs_window_end_session (self);
  bs_chart_set_data (self->chart, NULL);
  bs_sidebar_set_model (self->sidebar, NULL, NULL);
  bs_transport_begin (self->transport, 0, FALSE);
  bs_record_action_set_instrument (self->record, NULL, 0);
  bs_window_hide_banner (self, self->banner_kind);
  show_title (self);
  bs_window_show_state (self);
  bs_window_update_actions (self);
  bs_window_show_page (self, "empty");
}
