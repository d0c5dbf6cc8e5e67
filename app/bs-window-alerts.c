/* Alerts and preferences in the window: every live signal goes by the user's rules; what fits one is told */
#include <glib/gi18n.h>

#include "app/bs-preferences.h"
#include "app/bs-window-private.h"

static void
journal_alert (BsWindow *self, guint64 index, const char *text)
{
  BsSession *session = bs_presenter_session (self->presenter);
  g_autoptr (BsJournalRun) run = session != NULL && self->journal != NULL ? bs_session_run (session) : NULL;
  if (run != NULL)
    bs_journal_append_alert (self->journal, run, index, "signal", text);
}

static void
on_alert (BsAlertCenter *center, BsAlert *alert, BsWindow *self)
{
  const BsAlertEvent *event = bs_alert_event (alert);
  g_autofree char *text = bs_alert_button_text (event);
  journal_alert (self, event->index, text);
  if (!event->live)
    return;
  /* By the desktop, the newest of an instrument taking the place of the one before; where no desktop shows it, and to whom the
     window is in front of, by the window. */
  g_autofree char *id = g_strdup_printf ("signal-%s", event->instrument);
  gboolean shown = bs_notifier_send (self->notifier, G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))), id, text,
                                     _ ("A signal of the model, no advice"));
  if (!shown || gtk_window_is_active (GTK_WINDOW (self)))
    bs_window_toast (self, text, NULL, NULL);
}

/* Called with every signal, in order, on the main thread. */
static void
on_signal (const BsSessionEvent *event, gpointer data)
{
  BsWindow *self = data;
  const char *instrument = self->loaded != NULL ? self->loaded->bars->instrument : "";
  const BsSignal *signal = &event->signal;
  if (event->due_us == BS_FEED_DUE_PAST || bs_presenter_is_silenced (self->presenter))
    {
      bs_alert_center_skip (self->alerts, instrument, signal->klass);
      return;
    }
  const BsAlertEvent alert = {
    .instrument = instrument,
    .time_us = event->bar.time_us,
    .index = event->index,
    .price = event->bar.close,
    .decimals = self->loaded != NULL ? self->loaded->bars->primary->decimals : 2,
    .klass = signal->klass,
    .confidence = signal->confidence,
    .hurst = signal->hurst,
    .live = bs_presenter_is_live (self->presenter),
  };
  bs_alert_center_take (self->alerts, &alert);
}

void
bs_window_alerts_watch (const BsFleetEvent *event, gpointer data)
{
  BsWindow *self = data;
  const char *instrument = event->info->name;
  /* The one on the chart has a session, which says the same. */
  if (self->loaded != NULL && g_str_equal (self->loaded->bars->instrument, instrument))
    return;
  if (event->due_us == BS_FEED_DUE_PAST)
    {
      bs_alert_center_skip (self->alerts, instrument, event->signal.klass);
      return;
    }
  const BsAlertEvent alert = {
    .instrument = instrument,
    .time_us = event->bar.time_us,
    .index = event->index,
    .price = event->bar.close,
    .decimals = event->info->decimals,
    .klass = event->signal.klass,
    .confidence = event->signal.confidence,
    .hurst = event->signal.hurst,
    .live = event->info->feed != NULL,
  };
  bs_alert_center_take (self->alerts, &alert);
}

static void
show_preferences (BsWindow *self, const char *page)
{
  if (self->settings == NULL)
    {
      bs_window_toast (self, _ ("Settings cannot be kept: their schema is not installed"), NULL, NULL);
      return;
    }
  gtk_window_present (bs_preferences_new (GTK_WINDOW (self), self->settings, self->chart_settings, page));
}

static void
on_alerts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_alert_button_popup (BS_WINDOW (data)->alert_button);
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_preferences (data, NULL);
}

static void
on_preferences_page (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_preferences (data, g_variant_get_string (parameter, NULL));
}

/* The bar that an alert was about, where its instrument is on the chart. */
static void
on_show_alert (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  const char *instrument;
  guint64 index;
  g_variant_get (parameter, "(&st)", &instrument, &index);
  adw_view_stack_set_visible_child_name (self->views, "chart");
  if (self->loaded != NULL && g_str_equal (self->loaded->bars->instrument, instrument))
    {
      bs_chart_show_bar (self->chart, index);
      return;
    }
  g_autofree char *text = g_strdup_printf (_ ("%s is not on the chart: choose it in the watchlist"), instrument);
  bs_window_toast (self, text, NULL, NULL);
}

void
bs_window_alerts_init (BsWindow *self, GSettings *settings)
{
  static const GActionEntry entries[] = {
    { "alerts", on_alerts },
    { "preferences", on_preferences },
    { "preferences-page", on_preferences_page, "s" },
    { "show-alert", on_show_alert, "(st)" },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  self->notifier = bs_notifier_new ();
  self->alerts = bs_alert_center_new (settings);
  bs_alert_button_set_center (self->alert_button, self->alerts);
  g_signal_connect_object (self->alerts, "alert", G_CALLBACK (on_alert), self, 0);
  bs_presenter_set_signal_func (self->presenter, on_signal, self);
}
