/* bs-equity-chart.c: equity, buy and hold, and the drawdown under them: state and input */
#include <glib/gi18n.h>

#include "ui/backtest/bs-equity-chart-private.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"

#define MIN_WIDTH_PX 240
#define MIN_HEIGHT_PX 150

G_DEFINE_FINAL_TYPE (BsEquityChart, bs_equity_chart, GTK_TYPE_WIDGET)

enum
{
  BAR_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
invalidate (BsEquityChart *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Tells a screen reader what is under the cursor. */
static void
describe (BsEquityChart *self)
{
  char bar[BS_NUMBER_LENGTH], equity[BS_NUMBER_LENGTH], drawdown[BS_NUMBER_LENGTH], hold[BS_NUMBER_LENGTH], time[BS_BAR_TIME_LENGTH] = "–";
  guint64 first, n;

  if (!bs_equity_chart_bars (self, &first, &n) || self->cursor < first || self->cursor >= first + n)
    {
      /* Nothing is under a cursor that is hidden; the bar that was there last must not be read on. */
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "", -1);
      return;
    }
  const guint64 i = self->cursor - first;
  if (self->data != NULL && self->cursor >= bs_chart_data_first (self->data) && self->cursor < bs_chart_data_end (self->data))
    bs_bar_time_format (time, bs_chart_data_time (self->data, self->cursor));
  g_autofree char *text
    = g_strdup_printf (_ ("Bar %s, %s: equity %s points, drawdown %s, buy and hold %s"), bs_number_format_count (bar, self->cursor), time,
                       bs_number_format (equity, bs_backtest_equity (self->backtest)[i], self->decimals),
                       bs_number_format (drawdown, bs_backtest_drawdown (self->backtest)[i], self->decimals),
                       bs_number_format (hold, bs_backtest_hold (self->backtest)[i], self->decimals));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
set_cursor (BsEquityChart *self, guint64 bar)
{
  if (bar == self->cursor)
    return;
  self->cursor = bar;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  BsEquityChart *self = data;
  const gboolean inside = x >= self->plot.origin.x && x < self->plot.origin.x + self->plot.size.width;

  set_cursor (self, inside ? bs_equity_chart_bar_at (self, x) : BS_EQUITY_CHART_NO_CURSOR);
}

static void
on_leave (GtkEventControllerMotion *controller, gpointer data)
{
  set_cursor (data, BS_EQUITY_CHART_NO_CURSOR);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  BsEquityChart *self = data;
  const guint64 bar = bs_equity_chart_bar_at (self, x);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  set_cursor (self, bar);
  if (n_press == 2 && bar != BS_EQUITY_CHART_NO_CURSOR)
    g_signal_emit (self, signals[BAR_ACTIVATED], 0, bar);
}

/* A bar, or where they are narrower than a pixel that, left or right; 0 hides the cursor; 2 goes to the first or last bar. */
static gboolean
move_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsEquityChart *self = BS_EQUITY_CHART (widget);
  const gint32 by = g_variant_get_int32 (args);
  guint64 first, n;

  if (by == 0 || !bs_equity_chart_bars (self, &first, &n))
    {
      set_cursor (self, BS_EQUITY_CHART_NO_CURSOR);
      return TRUE;
    }
  const guint64 last = first + n - 1, step = MAX (1, n / (guint64) MAX (1, self->plot.size.width));
  if (by == 2 || by == -2)
    set_cursor (self, by > 0 ? last : first);
  else if (self->cursor < first || self->cursor > last)
    set_cursor (self, last);
  else if (by < 0)
    set_cursor (self, self->cursor - MIN (step, self->cursor - first));
  else
    set_cursor (self, MIN (self->cursor + step, last));
  return TRUE;
}

static gboolean
activate_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsEquityChart *self = BS_EQUITY_CHART (widget);

  if (self->cursor == BS_EQUITY_CHART_NO_CURSOR)
    return FALSE;
  g_signal_emit (self, signals[BAR_ACTIVATED], 0, self->cursor);
  return TRUE;
}

static void
bs_equity_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH_PX : MIN_HEIGHT_PX;
}

static void
bs_equity_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  invalidate (BS_EQUITY_CHART (widget));
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_EQUITY_CHART (widget)->palette_read = FALSE;
  invalidate (BS_EQUITY_CHART (widget));
}

static void
bs_equity_chart_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_equity_chart_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_EQUITY_CHART (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_equity_chart_dispose (GObject *object)
{
  BsEquityChart *self = BS_EQUITY_CHART (object);

  g_clear_object (&self->layout);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_pointer (&self->backtest, bs_backtest_unref);
  g_clear_object (&self->data);
  G_OBJECT_CLASS (bs_equity_chart_parent_class)->dispose (object);
}

static void
bs_equity_chart_class_init (BsEquityChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    guint key;
    int by;
  } moves[] = { { GDK_KEY_Left, -1 }, { GDK_KEY_Right, 1 }, { GDK_KEY_Home, -2 }, { GDK_KEY_End, 2 }, { GDK_KEY_Escape, 0 } };

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_equity_chart_dispose;
  widget_class->measure = bs_equity_chart_measure;
  widget_class->size_allocate = bs_equity_chart_size_allocate;
  widget_class->snapshot = bs_equity_chart_snapshot;
  widget_class->css_changed = bs_equity_chart_css_changed;
  signals[BAR_ACTIVATED] = g_signal_new ("bar-activated", BS_TYPE_EQUITY_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_UINT64);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (widget_class, moves[i].key, 0, move_binding, "i", moves[i].by);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, activate_binding, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, activate_binding, NULL);
  gtk_widget_class_set_css_name (widget_class, "equitychart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bs_equity_chart_init (BsEquityChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->cursor = BS_EQUITY_CHART_NO_CURSOR;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Hypothetical equity and drawdown"), -1);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  bs_palette_watch (widget, on_palette_changed);
}

GtkWidget *
bs_equity_chart_new (void)
{
  return g_object_new (BS_TYPE_EQUITY_CHART, NULL);
}

void
bs_equity_chart_set (BsEquityChart *self, const BsBacktest *backtest, BsChartData *data, guint decimals)
{
  g_return_if_fail (BS_IS_EQUITY_CHART (self));

  g_autoptr (BsBacktest) before = g_steal_pointer (&self->backtest);
  self->backtest = backtest != NULL ? bs_backtest_ref ((BsBacktest *) backtest) : NULL;
  g_set_object (&self->data, data);
  self->decimals = decimals;
  describe (self);
  invalidate (self);
}

