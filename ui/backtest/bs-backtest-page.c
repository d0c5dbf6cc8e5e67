/* bs-backtest-page.c: what the signals would have earned */
#include "ui/backtest/bs-backtest-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/backtest/bs-backtest-figures.h"
#include "ui/backtest/bs-equity-chart.h"
#include "ui/backtest/bs-trade-list.h"
#include "ui/bs-accessible.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-number-spin.h"
#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"

/* The list takes what has come at most this often: nobody reads faster. */
#define LIST_INTERVAL_MS 100
#define PERCENT_DIGITS 4
#define TIME_DATE_LENGTH 10 /* of what bs_bar_time_format() writes, the date */

typedef enum
{
  POINTS,
  PERCENT,
  POINT_VALUE,
  N_COSTS
} Cost;

struct _BsBacktestPage
{
  GtkWidget parent_instance;

  GtkLabel *bars, *training;
  GtkToggleButton *shown, *all;
  GtkSpinButton *costs[N_COSTS];
  GtkWidget *export_button;
  BsEquityChart *chart;
  BsBacktestFigures *figures;
  BsTradeList *trades;
  GtkStack *stack;

  BsBacktest *backtest; /* (nullable) */
  BsChartData *data;    /* (nullable) */
  BsTrainingPeriod period;
  gboolean has_period;
  guint decimals;
  guint list_timer;
  gboolean list_behind; /* the list has something to take */
  gboolean setting;     /* not the user */
};

G_DEFINE_FINAL_TYPE (BsBacktestPage, bs_backtest_page, GTK_TYPE_WIDGET)

enum
{
  COSTS_CHANGED,
  RANGE_CHANGED,
  BAR_ACTIVATED,
  EXPORT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

guint64
bs_backtest_count_trained (const BsBacktest *backtest, BsChartData *data, const BsTrainingPeriod *period)
{
  const guint64 first = MAX (bs_backtest_first (backtest), bs_chart_data_first (data));
  const guint64 end = MIN (bs_backtest_end (backtest), bs_chart_data_end (data));

  if (first >= end)
    return 0;
  const guint64 from = MAX (first, bs_chart_data_find_time (data, period->from_us));
  const guint64 to = MIN (end, bs_chart_data_find_time (data, period->to_us + 1));
  return to > from ? to - from : 0;
}

/* "5,000 bars, 2024-01-03 to 2024-01-09, 4,981 signals" */
static void
show_bars (BsBacktestPage *self)
{
  char bars[BS_NUMBER_LENGTH], with_signal[BS_NUMBER_LENGTH], from[BS_BAR_TIME_LENGTH], to[BS_BAR_TIME_LENGTH];
  BsBacktestSummary summary;

  bs_backtest_summary (self->backtest, &summary);
  bs_bar_time_format (from, summary.first_us);
  bs_bar_time_format (to, summary.last_us);
  g_autofree char *count
    = g_strdup_printf (ngettext ("%s bar", "%s bars", summary.n_bars), bs_number_format_count (bars, summary.n_bars));
  g_autofree char *signal = g_strdup_printf (ngettext ("%s signal", "%s signals", summary.n_signals),
                                             bs_number_format_count (with_signal, summary.n_signals));
  g_autofree char *text = g_strdup_printf ("%s · %.16s – %.16s · %s", count, from, to, signal);
  set_text (self->bars, text);
}

static void
show_training (BsBacktestPage *self)
{
  char from[BS_BAR_TIME_LENGTH], to[BS_BAR_TIME_LENGTH], trained[BS_NUMBER_LENGTH], all[BS_NUMBER_LENGTH];
  guint64 n = 0;
  g_autofree char *text = NULL;

  if (!self->has_period || self->data == NULL)
    text = g_strdup (_ ("The model does not say which bars it was trained on: these may be among them."));
  else
    {
      const guint64 n_bars = bs_backtest_end (self->backtest) - bs_backtest_first (self->backtest);

      n = bs_backtest_count_trained (self->backtest, self->data, &self->period);
      bs_bar_time_format (from, self->period.from_us);
      bs_bar_time_format (to, self->period.to_us);
      from[TIME_DATE_LENGTH] = to[TIME_DATE_LENGTH] = '\0';
      if (n > 0)
        text = g_strdup_printf (_ ("%s of %s bars are of the time that the model was trained on (%s – %s): no evidence."),
                                bs_number_format_count (trained, n), bs_number_format_count (all, n_bars), from, to);
      else
        text = g_strdup_printf (_ ("None of these bars is of the time that the model was trained on (%s – %s)."), from, to);
    }
  set_text (self->training, text);
  if (n > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->training), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->training), "warning");
}

static void
show_list (BsBacktestPage *self)
{
  self->list_behind = FALSE;
  bs_trade_list_set (self->trades, self->backtest, self->decimals);
}

static gboolean
on_list_timer (gpointer data)
{
  BsBacktestPage *self = data;

  if (self->list_behind)
    {
      show_list (self);
      return G_SOURCE_CONTINUE;
    }
  self->list_timer = 0;
  return G_SOURCE_REMOVE;
}

void
bs_backtest_page_show (BsBacktestPage *self, const BsBacktest *backtest, BsChartData *data)
{
  g_return_if_fail (BS_IS_BACKTEST_PAGE (self));

  const gboolean any = backtest != NULL && bs_backtest_end (backtest) > bs_backtest_first (backtest);
  g_autoptr (BsBacktest) before = g_steal_pointer (&self->backtest);
  self->backtest = any ? bs_backtest_ref ((BsBacktest *) backtest) : NULL;
  g_set_object (&self->data, data);
  bs_equity_chart_set (self->chart, self->backtest, data, self->decimals);
  bs_backtest_figures_set (self->figures, self->backtest, self->decimals);
  if (any)
    {
      show_bars (self);
      show_training (self);
    }
  gtk_stack_set_visible_child_name (self->stack, any ? "result" : "empty");
  gtk_widget_set_sensitive (self->export_button, any);
  self->list_behind = TRUE;
  if (self->list_timer == 0)
    {
      show_list (self);
      self->list_timer = g_timeout_add (LIST_INTERVAL_MS, on_list_timer, self);
    }
}

static void
on_cost_changed (BsBacktestPage *self)
{
  if (!self->setting)
    g_signal_emit (self, signals[COSTS_CHANGED], 0);
}

static void
on_range_toggled (BsBacktestPage *self)
{
  if (!self->setting)
    g_signal_emit (self, signals[RANGE_CHANGED], 0);
}

static void
on_bar_activated (GtkWidget *widget, guint64 index, BsBacktestPage *self)
{
  g_signal_emit (self, signals[BAR_ACTIVATED], 0, index);
}

static void
on_export (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[EXPORT], 0, g_variant_get_string (parameter, NULL));
}

/* Making it */

static GtkWidget *
append_label (GtkWidget *box, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkLabel *
new_line (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "bs-numbers");
  return GTK_LABEL (label);
}

static void
append_cost (BsBacktestPage *self, GtkWidget *box, Cost cost)
{
  static const struct
  {
    double low, high, step;
    guint digits;
    const char *name, *tooltip;
  } costs[N_COSTS] = {
    [POINTS] = { 0, BS_BACKTEST_MAX_POINTS, 0.01, 2, N_ ("Cost a side in points"),
                 N_ ("Commission, half the spread and slippage of one fill, in the unit of the price") },
    [PERCENT] = { 0, BS_BACKTEST_MAX_PERCENT, 0.001, PERCENT_DIGITS, N_ ("Cost a side in percent of the price"),
                  N_ ("Of the price that is filled at, on top of the points") },
    [POINT_VALUE] = { 0.0001, BS_BACKTEST_MAX_POINT_VALUE, 1, 2, N_ ("Value of a point"),
                      N_ ("Money that one point of the price is worth: 50 for an E-mini S&P 500") },
  };
  GtkAdjustment *adjustment = gtk_adjustment_new (costs[cost].low, costs[cost].low, costs[cost].high, costs[cost].step,
                                                  10 * costs[cost].step, 0);
  GtkWidget *spin = gtk_spin_button_new (adjustment, 0, costs[cost].digits);

  bs_number_spin_localize (GTK_SPIN_BUTTON (spin));
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 6);
  gtk_widget_set_tooltip_text (spin, _ (costs[cost].tooltip));
  bs_accessible_name_parts (spin, GTK_TYPE_WIDGET, _ (costs[cost].name));
  self->costs[cost] = GTK_SPIN_BUTTON (spin);
  g_signal_connect_object (spin, "value-changed", G_CALLBACK (on_cost_changed), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), spin);
}

static GtkWidget *
new_controls (BsBacktestPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *group = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autoptr (GMenu) menu = g_menu_new ();

  gtk_widget_add_css_class (group, "linked");
  gtk_accessible_update_property (GTK_ACCESSIBLE (group), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Bars that count"), -1);
  self->shown = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_ ("Shown Bars")));
  self->all = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_ ("All Bars")));
  gtk_toggle_button_set_group (self->all, self->shown);
  gtk_toggle_button_set_active (self->shown, TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->shown), _ ("The bars that the chart shows"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->all), _ ("Every bar that has come"));
  g_signal_connect_object (self->all, "toggled", G_CALLBACK (on_range_toggled), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (group), GTK_WIDGET (self->shown));
  gtk_box_append (GTK_BOX (group), GTK_WIDGET (self->all));
  gtk_box_append (GTK_BOX (box), group);

  gtk_widget_set_margin_start (append_label (box, _ ("Cost a side")), 6);
  append_cost (self, box, POINTS);
  append_label (box, _ ("points +"));
  append_cost (self, box, PERCENT);
  append_label (box, "%");
  gtk_widget_set_margin_start (append_label (box, _ ("Point value")), 6);
  append_cost (self, box, POINT_VALUE);

  self->export_button = gtk_menu_button_new ();
  g_menu_append (menu, _ ("Trades (_CSV)…"), "backtest.export::csv");
  g_menu_append (menu, _ ("Figures and Trades (_JSON)…"), "backtest.export::json");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->export_button), _ ("Export"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->export_button), G_MENU_MODEL (menu));
  bs_accessible_name_parts (self->export_button, GTK_TYPE_MENU_BUTTON, _ ("Export the backtest"));
  gtk_widget_set_hexpand (self->export_button, TRUE);
  gtk_widget_set_halign (self->export_button, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), self->export_button);
  return box;
}

static GtkWidget *
new_heading (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *title = gtk_label_new (_ ("Hypothetical"));
  GtkLabel *text = new_line (_ ("Nothing was traded: signals of the past, each filled at the next bar’s open at the costs below."));

  gtk_widget_add_css_class (title, "title-4");
  gtk_widget_add_css_class (GTK_WIDGET (text), "dim-label");
  gtk_widget_set_tooltip_text (GTK_WIDGET (text), gtk_label_get_text (text));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (text));
  return box;
}

static GtkWidget *
new_result (BsBacktestPage *self)
{
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL), *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->chart = BS_EQUITY_CHART (bs_equity_chart_new ());
  self->figures = BS_BACKTEST_FIGURES (bs_backtest_figures_new ());
  self->trades = BS_TRADE_LIST (bs_trade_list_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->chart), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->figures), GTK_ALIGN_START);
  gtk_widget_set_margin_top (GTK_WIDGET (self->figures), 6);
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (self->chart));
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (self->figures));
  gtk_widget_set_margin_bottom (top, 6);
  gtk_paned_set_start_child (GTK_PANED (paned), top);
  gtk_paned_set_end_child (GTK_PANED (paned), GTK_WIDGET (self->trades));
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_size_request (GTK_WIDGET (self->trades), -1, 140);
  gtk_accessible_update_property (GTK_ACCESSIBLE (paned), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Result and trades"), -1);
  g_signal_connect_object (self->chart, "bar-activated", G_CALLBACK (on_bar_activated), self, 0);
  g_signal_connect_object (self->trades, "bar-activated", G_CALLBACK (on_bar_activated), self, 0);
  return paned;
}

static void
bs_backtest_page_dispose (GObject *object)
{
  BsBacktestPage *self = BS_BACKTEST_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->list_timer, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->backtest, bs_backtest_unref);
  g_clear_object (&self->data);
  G_OBJECT_CLASS (bs_backtest_page_parent_class)->dispose (object);
}

static void
bs_backtest_page_class_init (BsBacktestPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_backtest_page_dispose;
  signals[COSTS_CHANGED]
    = g_signal_new ("costs-changed", BS_TYPE_BACKTEST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RANGE_CHANGED]
    = g_signal_new ("range-changed", BS_TYPE_BACKTEST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BAR_ACTIVATED] = g_signal_new ("bar-activated", BS_TYPE_BACKTEST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                         1, G_TYPE_UINT64);
  signals[EXPORT] = g_signal_new ("export", BS_TYPE_BACKTEST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "backtest.export", "s", on_export);
  gtk_widget_class_set_css_name (widget_class, "backtestpage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
bs_backtest_page_init (BsBacktestPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *result;
  GtkWidget *empty = gtk_label_new (_ ("No bars yet: what their signals would have earned is shown here."));

  self->decimals = 2;
  self->bars = new_line (NULL);
  self->training = new_line (NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->bars), "dim-label");
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (self->bars));
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (self->training));
  result = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (result), lines);
  gtk_box_append (GTK_BOX (result), new_result (self));
  gtk_widget_set_vexpand (gtk_widget_get_last_child (result), TRUE);
  gtk_widget_add_css_class (empty, "dim-label");

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, result, "result");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), new_heading ());
  gtk_box_append (GTK_BOX (box), new_controls (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  bs_backtest_page_set_costs (self, &(BsBacktestCosts) BS_BACKTEST_COSTS_INIT);
  gtk_widget_set_sensitive (self->export_button, FALSE);
}

GtkWidget *
bs_backtest_page_new (void)
{
  return g_object_new (BS_TYPE_BACKTEST_PAGE, NULL);
}

void
bs_backtest_page_set_training (BsBacktestPage *self, const BsTrainingPeriod *period)
{
  g_return_if_fail (BS_IS_BACKTEST_PAGE (self));

  self->has_period = period != NULL;
  if (period != NULL)
    self->period = *period;
  if (self->backtest != NULL)
    show_training (self);
}

void
bs_backtest_page_set_decimals (BsBacktestPage *self, guint decimals)
{
  g_return_if_fail (BS_IS_BACKTEST_PAGE (self));

  self->decimals = MIN (decimals, 12);
  /* A tenth of a tick: half a spread, and commission spread over a contract. The arrows go by a tick. */
  gtk_spin_button_set_digits (self->costs[POINTS], CLAMP (decimals + 1, 2, 8));
  gtk_spin_button_set_increments (self->costs[POINTS], pow (10, -(double) MIN (decimals, 8)), pow (10, 1 - (double) MIN (decimals, 8)));
}

void
bs_backtest_page_get_costs (BsBacktestPage *self, BsBacktestCosts *costs)
{
  g_return_if_fail (BS_IS_BACKTEST_PAGE (self));

  *costs = (BsBacktestCosts){
    .points = gtk_spin_button_get_value (self->costs[POINTS]),
    .percent = gtk_spin_button_get_value (self->costs[PERCENT]),
    .point_value = gtk_spin_button_get_value (self->costs[POINT_VALUE]),
  };
}

void
bs_backtest_page_set_costs (BsBacktestPage *self, const BsBacktestCosts *costs)
{
  g_return_if_fail (BS_IS_BACKTEST_PAGE (self));

  self->setting = TRUE;
  gtk_spin_button_set_value (self->costs[POINTS], costs->points);
  gtk_spin_button_set_value (self->costs[PERCENT], costs->percent);
  gtk_spin_button_set_value (self->costs[POINT_VALUE], costs->point_value);
  self->setting = FALSE;
}

gboolean
bs_backtest_page_get_all (BsBacktestPage *self)
{
  g_return_val_if_fail (BS_IS_BACKTEST_PAGE (self), FALSE);
  return gtk_toggle_button_get_active (self->all);
}

void
bs_backtest_page_set_all (BsBacktestPage *self, gboolean all)
{
  g_return_if_fail (BS_IS_BACKTEST_PAGE (self));

  self->setting = TRUE;
  gtk_toggle_button_set_active (all ? self->all : self->shown, TRUE);
  self->setting = FALSE;
}
