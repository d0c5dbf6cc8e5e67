/* bs-backtest-figures.c: the figures of a backtest beside those of buy and hold */
#include "ui/backtest/bs-backtest-figures.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-number.h"

#define TEXT_LENGTH 128
#define MONEY_DECIMALS 2
#define VALUE_CHARS 11 /* figures do not push the columns about */

/* What is shown. */
typedef struct
{
  const BsBacktestSummary *summary;
  const BsBacktestCosts *costs;
  guint decimals;
} Figures;

static void
write_percent (char *text, double part)
{
  if (isfinite (part))
    bs_number_format_percent (text, part, 1);
  else
    g_strlcpy (text, "–", TEXT_LENGTH);
}

static void
write_net (char *text, const Figures *figures, gboolean hold)
{
  bs_number_format_signed (text, hold ? figures->summary->hold_net : figures->summary->net, figures->decimals);
}

static void
write_money (char *text, const Figures *figures, gboolean hold)
{
  bs_number_format_signed (text, figures->costs->point_value * (hold ? figures->summary->hold_net : figures->summary->net),
                           MONEY_DECIMALS);
}

static void
write_drawdown (char *text, const Figures *figures, gboolean hold)
{
  bs_number_format (text, hold ? figures->summary->hold_max_drawdown : figures->summary->max_drawdown, figures->decimals);
}

static void
write_costs (char *text, const Figures *figures, gboolean hold)
{
  if (!hold)
    bs_number_format (text, figures->summary->cost, figures->decimals);
}

static void
write_trades (char *text, const Figures *figures, gboolean hold)
{
  if (!hold)
    bs_number_format_count (text, figures->summary->n_trades + figures->summary->open);
}

static void
write_hit_rate (char *text, const Figures *figures, gboolean hold)
{
  const double rate = bs_backtest_hit_rate (figures->summary);

  if (!hold)
    write_percent (text, rate);
}

static void
write_factor (char *text, const Figures *figures, gboolean hold)
{
  const double factor = bs_backtest_profit_factor (figures->summary);

  if (hold)
    return;
  if (isinf (factor))
    g_strlcpy (text, "∞", TEXT_LENGTH);
  else
    bs_number_format (text, factor, 2);
}

static void
write_mean (char *text, const Figures *figures, gboolean hold)
{
  if (!hold)
    bs_number_format_signed (text, bs_backtest_mean_trade (figures->summary), figures->decimals);
}

static void
write_exposure (char *text, const Figures *figures, gboolean hold)
{
  const double exposure = hold ? (figures->summary->n_bars > 1 ? 1 - 1.0 / (double) figures->summary->n_bars : NAN)
                               : bs_backtest_exposure (figures->summary);

  write_percent (text, exposure);
}

static const struct
{
  const char *title, *tooltip;
  void (*write) (char *text, const Figures *figures, gboolean hold);
} rows[] = {
  { N_ ("Net, points"), N_ ("What all trades would have earned, costs taken off; the open one as marked at the last close"), write_net },
  { N_ ("Net, money"), N_ ("Net times the value of a point"), write_money },
  { N_ ("Maximum drawdown"), N_ ("How far the equity fell under its highest value at most, points"), write_drawdown },
  { N_ ("Costs"), N_ ("Of all fills, points"), write_costs },
  { N_ ("Trades"), N_ ("The open one among them"), write_trades },
  { N_ ("Hit rate"), N_ ("Closed trades that earned something, of all that were closed"), write_hit_rate },
  { N_ ("Profit factor"), N_ ("What the winners won over what the losers lost"), write_factor },
  { N_ ("Mean trade"), N_ ("Net of a closed trade, points"), write_mean },
  { N_ ("Exposure"), N_ ("Bars with a position, of all"), write_exposure },
};

struct _BsBacktestFigures
{
  GtkWidget parent_instance;
  GtkLabel *values[G_N_ELEMENTS (rows)][2];
};

G_DEFINE_FINAL_TYPE (BsBacktestFigures, bs_backtest_figures, GTK_TYPE_WIDGET)

static void
bs_backtest_figures_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_backtest_figures_parent_class)->dispose (object);
}

static void
bs_backtest_figures_class_init (BsBacktestFiguresClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_backtest_figures_dispose;
  gtk_widget_class_set_css_name (widget_class, "backtestfigures");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_GRID_LAYOUT);
}

static GtkWidget *
attach (BsBacktestFigures *self, const char *text, int column, int row, double xalign)
{
  GtkWidget *label = gtk_label_new (text);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_label_set_xalign (GTK_LABEL (label), (float) xalign);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  GtkGridLayoutChild *child = GTK_GRID_LAYOUT_CHILD (gtk_layout_manager_get_layout_child (layout, label));
  gtk_grid_layout_child_set_column (child, column);
  gtk_grid_layout_child_set_row (child, row);
  return label;
}

static void
bs_backtest_figures_init (BsBacktestFigures *self)
{
  static const char *const heads[2] = { N_ ("Signals"), N_ ("Buy and hold") };
  GtkGridLayout *layout = GTK_GRID_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_grid_layout_set_column_spacing (layout, 12);
  gtk_grid_layout_set_row_spacing (layout, 3);
  for (int k = 0; k < 2; k++)
    gtk_widget_add_css_class (attach (self, _ (heads[k]), 1 + k, 0, 1), "dim-label");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *title = attach (self, _ (rows[i].title), 0, (int) i + 1, 0);

      gtk_widget_set_tooltip_text (title, _ (rows[i].tooltip));
      for (int k = 0; k < 2; k++)
        {
          self->values[i][k] = GTK_LABEL (attach (self, NULL, 1 + k, (int) i + 1, 1));
          gtk_label_set_width_chars (self->values[i][k], VALUE_CHARS);
          gtk_widget_add_css_class (GTK_WIDGET (self->values[i][k]), "bs-numbers");
          if (i == 0)
            gtk_widget_add_css_class (GTK_WIDGET (self->values[i][k]), "bs-strong");
        }
    }
}

GtkWidget *
bs_backtest_figures_new (void)
{
  return g_object_new (BS_TYPE_BACKTEST_FIGURES, NULL);
}

void
bs_backtest_figures_set (BsBacktestFigures *self, const BsBacktest *backtest, guint decimals)
{
  BsBacktestSummary summary;

  g_return_if_fail (BS_IS_BACKTEST_FIGURES (self));

  if (backtest != NULL)
    bs_backtest_summary (backtest, &summary);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int k = 0; k < 2; k++)
      {
        char text[TEXT_LENGTH] = "";

        if (backtest != NULL)
          rows[i].write (text, &(Figures){ &summary, bs_backtest_costs (backtest), decimals }, k == 1);
        else
          g_strlcpy (text, "–", TEXT_LENGTH);
        if (g_strcmp0 (gtk_label_get_text (self->values[i][k]), text) != 0)
          gtk_label_set_text (self->values[i][k], text);
      }
}
