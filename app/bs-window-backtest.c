/* bs-window-backtest.c: the Backtest page follows the chart; its costs are kept, its trades exported */
#include <glib/gi18n.h>

#include "app/backtest/bs-backtest-export.h"
#include "app/bs-settings.h"
#include "app/bs-window-private.h"
#include "ui/backtest/bs-backtest-follower.h"
#include "ui/bs-number.h"

#define STATE_KEY "bs-window-backtest"
/* Time of a frame that counting may take, on the main thread. */
#define STEP_USEC 1500
/* How often the bars in view are looked at while the page is seen, beside each frame of the session. */
#define LOOK_PERIOD_MSEC 200
/* A result of more bars is let go while nobody sees it. */
#define MAX_KEPT_BARS 100000

typedef struct
{
  BsWindow *window;
  BsBacktestFollower *follower;
  GSettings *settings; /* (nullable) */
  const BsModel *model; /* (nullable): whose training the page tells; only compared */
  BsTrainingPeriod period;
  gboolean has_period;
  guint tick, timer; /* while the page is seen */
} State;

static void
state_free (gpointer data)
{
  State *state = data;

  g_clear_handle_id (&state->timer, g_source_remove);
  bs_backtest_follower_free (state->follower);
  bs_settings_flush (state->settings);
  g_clear_object (&state->settings);
  g_free (state);
}

static void
show_training (State *state)
{
  const BsModel *model = state->window->loaded != NULL ? state->window->loaded->model : NULL;

  if (model == state->model && model != NULL)
    return;
  state->model = model;
  state->has_period = bs_training_period_read (model, &state->period);
  bs_backtest_page_set_training (state->window->backtest_page, state->has_period ? &state->period : NULL);
}

/* Brings what is followed up to date. */
static void
look (State *state)
{
  BsWindow *self = state->window;
  guint64 from = 0, to = G_MAXUINT64;
  BsBacktestCosts costs;

  bs_backtest_page_get_costs (self->backtest_page, &costs);
  bs_backtest_follower_set_costs (state->follower, &costs);
  bs_backtest_follower_set_data (state->follower, bs_presenter_data (self->presenter));
  if (!bs_backtest_page_get_all (self->backtest_page))
    bs_chart_get_visible (self->chart, &from, &to);
  bs_backtest_follower_set_range (state->follower, from, to);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  State *state = data;
  BsWindow *self = state->window;
  gboolean changed;

  look (state);
  const gboolean more = bs_backtest_follower_step (state->follower, STEP_USEC, &changed);
  if (changed)
    {
      if (self->loaded != NULL)
        bs_backtest_page_set_decimals (self->backtest_page, self->loaded->bars->primary->decimals);
      show_training (state);
      bs_backtest_page_show (self->backtest_page, bs_backtest_follower_get (state->follower), bs_presenter_data (self->presenter));
    }
  if (more)
    return G_SOURCE_CONTINUE;
  state->tick = 0;
  return G_SOURCE_REMOVE;
}

/* Something may be other than it was: looked at with the next frame, where the page is seen. */
static void
on_news (State *state)
{
  GtkWidget *page = GTK_WIDGET (state->window->backtest_page);

  if (state->tick == 0 && gtk_widget_get_mapped (page))
    state->tick = gtk_widget_add_tick_callback (page, on_tick, state, NULL);
}

static void
on_frame (BsWindow *self)
{
  on_news (g_object_get_data (G_OBJECT (self), STATE_KEY));
}

static gboolean
on_timer (gpointer data)
{
  on_news (data);
  return G_SOURCE_CONTINUE;
}

static void
on_map (GtkWidget *page, State *state)
{
  if (state->timer == 0)
    state->timer = g_timeout_add (LOOK_PERIOD_MSEC, on_timer, state);
  on_news (state);
}

static void
on_unmap (GtkWidget *page, State *state)
{
  const BsBacktest *backtest = bs_backtest_follower_get (state->follower);

  if (state->tick != 0)
    gtk_widget_remove_tick_callback (page, state->tick);
  state->tick = 0;
  g_clear_handle_id (&state->timer, g_source_remove);
  if (backtest != NULL && bs_backtest_end (backtest) - bs_backtest_first (backtest) > MAX_KEPT_BARS)
    {
      bs_backtest_follower_set_data (state->follower, NULL);
      bs_backtest_page_show (BS_BACKTEST_PAGE (page), NULL, NULL);
    }
}

static void
on_costs_changed (BsBacktestPage *page, State *state)
{
  BsBacktestCosts costs;

  bs_backtest_page_get_costs (page, &costs);
  if (state->settings != NULL)
    {
      g_settings_set_double (state->settings, "cost-points", costs.points);
      g_settings_set_double (state->settings, "cost-percent", costs.percent);
      g_settings_set_double (state->settings, "point-value", costs.point_value);
    }
  on_news (state);
}

static void
on_range_changed (BsBacktestPage *page, State *state)
{
  if (state->settings != NULL)
    g_settings_set_boolean (state->settings, "all-bars", bs_backtest_page_get_all (page));
  on_news (state);
}

static void
restore (State *state)
{
  BsBacktestPage *page = state->window->backtest_page;

  if (state->settings == NULL)
    return;
  bs_settings_debounce (state->settings);
  const BsBacktestCosts costs = {
    .points = g_settings_get_double (state->settings, "cost-points"),
    .percent = g_settings_get_double (state->settings, "cost-percent"),
    .point_value = g_settings_get_double (state->settings, "point-value"),
  };
  if (bs_backtest_costs_check (&costs, NULL))
    bs_backtest_page_set_costs (page, &costs);
  bs_backtest_page_set_all (page, g_settings_get_boolean (state->settings, "all-bars"));
}

static void
on_bar_activated (BsBacktestPage *page, guint64 index, BsWindow *self)
{
  BsChartData *data = bs_presenter_data (self->presenter);

  if (data == NULL || index < bs_chart_data_first (data) || index >= bs_chart_data_end (data))
    {
      bs_window_toast (self, _ ("That bar is no longer held"), NULL, NULL);
      return;
    }
  adw_view_stack_set_visible_child_name (self->views, "chart");
  bs_chart_show_bar (self->chart, index);
  gtk_widget_grab_focus (GTK_WIDGET (self->chart));
}

/* Export */

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BsWindow) self = data;
  g_autoptr (GError) error = NULL;
  char count[BS_NUMBER_LENGTH];
  guint64 n;

  if (self->presenter == NULL)
    return; /* the window has been closed; the file is there */
  g_autofree char *text = NULL;
  if (bs_backtest_export_finish (result, &n, &error))
    text = g_strdup_printf (ngettext ("Exported %s hypothetical trade", "Exported %s hypothetical trades", n),
                            bs_number_format_count (count, n));
  else
    text = g_strdup_printf (_ ("Not exported: %s"), error->message);
  bs_window_toast (self, text, NULL, NULL);
}

static void
export_to (BsWindow *self, const char *path, const char *format)
{
  State *state = g_object_get_data (G_OBJECT (self), STATE_KEY);
  g_autoptr (BsBacktest) backtest = bs_backtest_follower_freeze (state->follower);
  BsChartData *data = bs_presenter_data (self->presenter);

  if (backtest == NULL || self->loaded == NULL || data == NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("Not exported: %s"), _ ("there is no result"));
      bs_window_toast (self, text, NULL, NULL);
      return;
    }
  const BsModel *model = self->loaded->model;
  BsBacktestExport *export = bs_backtest_export_new (path, format, backtest);
  export->instrument = g_strdup (self->loaded->bars->instrument);
  export->model_name = g_strdup (model != NULL ? bs_model_metadata (model, "name") : NULL);
  export->model_hash = g_strdup (model != NULL ? model->hash : NULL);
  export->threshold = bs_sidebar_own_threshold (self->sidebar);
  export->decimals = self->loaded->bars->primary->decimals;
  export->has_period = state->has_period;
  export->period = state->period;
  export->n_trained = state->has_period ? bs_backtest_count_trained (backtest, data, &state->period) : 0;
  bs_backtest_export_async (export, on_exported, g_object_ref (self));
}

/* The user wants the trades as a file: asks where to. */
static void
on_export (BsBacktestPage *page, const char *format, BsWindow *self)
{
  bs_window_ask_export (self, _ ("Export Backtest"), "backtest", format, export_to);
}

void
bs_window_backtest_init (BsWindow *self)
{
  State *state = g_new0 (State, 1);

  state->window = self;
  state->follower = bs_backtest_follower_new ();
  state->settings = bs_settings_new_for (BS_SETTINGS_SCHEMA ".backtest");
  g_object_set_data_full (G_OBJECT (self), STATE_KEY, state, state_free);
  restore (state);
  g_signal_connect (self->backtest_page, "map", G_CALLBACK (on_map), state);
  g_signal_connect (self->backtest_page, "unmap", G_CALLBACK (on_unmap), state);
  g_signal_connect (self->backtest_page, "costs-changed", G_CALLBACK (on_costs_changed), state);
  g_signal_connect (self->backtest_page, "range-changed", G_CALLBACK (on_range_changed), state);
  g_signal_connect_object (self->presenter, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->backtest_page, "bar-activated", G_CALLBACK (on_bar_activated), self, 0);
  g_signal_connect_object (self->backtest_page, "export", G_CALLBACK (on_export), self, 0);
}
