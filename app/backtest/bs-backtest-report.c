/* bs-backtest-report.c: a backtest as text, CSV and JSON */
#include "app/backtest/bs-backtest-report.h"

#include <math.h>
#include <string.h>

#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"

/* Text is handed on when so much has gathered. */
#define PIECE_BYTES 32768
/* Digits of a price, which comes from a decimal, and of what is computed from it. */
#define PRICE "%.15g"
#define POINTS "%.10g"

typedef struct
{
  GString *text;
  BsBacktestWriteFunc write;
  gpointer data;
} Out;

static gboolean
flush (Out *out, gsize least, GError **error)
{
  if (out->text->len < least || out->text->len == 0)
    return TRUE;
  const gboolean written = out->write (out->text->str, out->text->len, out->data, error);

  g_string_truncate (out->text, 0);
  return written;
}

/* A number as files have it, whatever the locale; "null" and nothing where there is none. */
static void
append_number (GString *text, const char *format, double value, const char *none)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, isfinite (value) ? g_ascii_formatd (number, sizeof number, format, value) : none);
}

static const char *
side_name (const BsBacktestTrade *trade)
{
  return bs_class_name (trade->side > 0 ? BS_CLASS_LONG : BS_CLASS_SHORT);
}

/* Text */

static void
append_figure (GString *text, const char *title, double value, guint decimals, const char *unit)
{
  char format[16], number[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (format, sizeof format, "%%.%uf", MIN (decimals, 12));
  g_string_append_printf (text, "%-15s %s%s\n", title,
                          isnan (value)   ? "-"
                          : isinf (value) ? "no loss"
                                          : g_ascii_formatd (number, sizeof number, format, value),
                          isfinite (value) ? unit : "");
}

char *
bs_backtest_report_training (const BsBacktestReport *report)
{
  BsBacktestSummary summary;
  char from[BS_ISO_TIME_SIZE], to[BS_ISO_TIME_SIZE];

  bs_backtest_summary (report->backtest, &summary);
  if (report->period == NULL)
    return g_strdup ("the model does not say which bars it has learnt from: these may be among them");
  bs_iso_time_format (from, report->period->from_us);
  bs_iso_time_format (to, report->period->to_us);
  if (report->n_trained > 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                            " bars are of the time that the model has learnt from (%s to %s): it may have seen them",
                            report->n_trained, summary.n_bars, from, to);
  return g_strdup_printf ("no bar is of the time that the model has learnt from (%s to %s)", from, to);
}

static void
append_summary (GString *text, const BsBacktestReport *report)
{
  const BsBacktestCosts *costs = bs_backtest_costs (report->backtest);
  g_autofree char *training = bs_backtest_report_training (report);
  BsBacktestSummary summary;
  char from[BS_ISO_TIME_SIZE], to[BS_ISO_TIME_SIZE];
  char points[G_ASCII_DTOSTR_BUF_SIZE], percent[G_ASCII_DTOSTR_BUF_SIZE], value[G_ASCII_DTOSTR_BUF_SIZE];
  const guint decimals = report->decimals + 2;

  bs_backtest_summary (report->backtest, &summary);
  bs_iso_time_format (from, summary.first_us);
  bs_iso_time_format (to, summary.last_us);
  g_string_append_printf (text, "%s\n\n", BS_BACKTEST_LABEL);
  g_string_append_printf (text, "%-15s %" G_GUINT64_FORMAT " of %s, %s to %s\n", "Bars", summary.n_bars, report->instrument, from, to);
  g_string_append_printf (text, "%-15s %s, threshold %g\n", "Model", report->model_name != NULL ? report->model_name : "-",
                          report->threshold);
  g_string_append_printf (text, "%-15s %s\n", "Training", training);
  g_string_append_printf (text, "%-15s %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " of them outside the model's training range\n",
                          "Signals", summary.n_signals, summary.n_out_of_range);
  g_string_append_printf (text, "%-15s %s points and %s %% a side; a point is worth %s\n\n", "Cost",
                          g_ascii_formatd (points, sizeof points, "%g", costs->points),
                          g_ascii_formatd (percent, sizeof percent, "%g", costs->percent),
                          g_ascii_formatd (value, sizeof value, "%g", costs->point_value));

  append_figure (text, "Net", summary.net, decimals, " points");
  append_figure (text, "Net value", summary.net * costs->point_value, 2, "");
  append_figure (text, "Gross", summary.gross, decimals, " points");
  append_figure (text, "Costs", summary.cost, decimals, " points");
  append_figure (text, "Max drawdown", summary.max_drawdown, decimals, " points");
  if (summary.max_drawdown > 0)
    {
      bs_iso_time_format (from, summary.peak_us);
      bs_iso_time_format (to, summary.trough_us);
      g_string_append_printf (text, "%-15s %s to %s\n", "  from, to", from, to);
    }
  g_string_append_printf (text, "%-15s %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT " long)%s\n", "Trades", summary.n_trades,
                          summary.n_long, summary.open ? ", one more is open: marked at the last close" : "");
  append_figure (text, "Hit rate", 100 * bs_backtest_hit_rate (&summary), 1, " %");
  append_figure (text, "Profit factor", bs_backtest_profit_factor (&summary), 2, "");
  append_figure (text, "Mean trade", bs_backtest_mean_trade (&summary), decimals, " points");
  append_figure (text, "Best, worst", summary.best, decimals, " points");
  append_figure (text, "", summary.worst, decimals, " points");
  append_figure (text, "Exposure", 100 * bs_backtest_exposure (&summary), 1, " %");
  append_figure (text, "Buy and hold", summary.hold_net, decimals, " points");
  append_figure (text, "  max drawdown", summary.hold_max_drawdown, decimals, " points");
}

static gboolean
write_table (const BsBacktestReport *report, BsBacktestWriteFunc write, gpointer data, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Out out = { text, write, data };

  append_summary (text, report);
  return flush (&out, 0, error);
}

static gboolean
write_trades (const BsBacktestReport *report, BsBacktestWriteFunc write, gpointer data, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Out out = { text, write, data };
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (report->backtest, &n);
  const int price = (int) MIN (report->decimals, 12), points = (int) MIN (report->decimals + 2, 12);

  append_summary (text, report);
  g_string_append_printf (text, "\n%6s  %-5s  %-20s  %12s  %-20s  %12s  %12s  %12s\n", "trade", "side", "entry", "price", "exit", "price",
                          "cost", "net");
  for (gsize i = 0; i < n; i++)
    {
      char entry[BS_ISO_TIME_SIZE], exit[BS_ISO_TIME_SIZE];

      bs_iso_time_format (entry, trades[i].entry_us);
      bs_iso_time_format (exit, trades[i].exit_us);
      g_string_append_printf (text, "%6" G_GSIZE_FORMAT "  %-5s  %-20s  %12.*f  %-20s  %12.*f  %12.*f  %12.*f%s\n", i + 1,
                              side_name (&trades[i]), entry, price, trades[i].entry_price, exit, price, trades[i].exit_price, points,
                              trades[i].cost, points, trades[i].net, trades[i].open ? "  open" : "");
      if (!flush (&out, PIECE_BYTES, error))
        return FALSE;
    }
  return flush (&out, 0, error);
}

/* CSV */

static gboolean
write_csv (const BsBacktestReport *report, BsBacktestWriteFunc write, gpointer data, GError **error)
{
  g_autoptr (GString) text = g_string_new ("trade,side,entry_bar,entry_time,entry_price,exit_bar,exit_time,exit_price,state,gross,cost,"
                                           "net,net_value,hypothetical\n");
  Out out = { text, write, data };
  const double point_value = bs_backtest_costs (report->backtest)->point_value;
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (report->backtest, &n);

  for (gsize i = 0; i < n; i++)
    {
      char entry[BS_ISO_TIME_SIZE], exit[BS_ISO_TIME_SIZE];
      const double points[] = { trades[i].gross, trades[i].cost, trades[i].net, trades[i].net * point_value };

      bs_iso_time_format (entry, trades[i].entry_us);
      bs_iso_time_format (exit, trades[i].exit_us);
      g_string_append_printf (text, "%" G_GSIZE_FORMAT ",%s,%" G_GUINT64_FORMAT ",%s,", i + 1, side_name (&trades[i]), trades[i].entry,
                              entry);
      append_number (text, PRICE, trades[i].entry_price, "");
      g_string_append_printf (text, ",%" G_GUINT64_FORMAT ",%s,", trades[i].exit, exit);
      append_number (text, PRICE, trades[i].exit_price, "");
      g_string_append (text, trades[i].open ? ",open" : ",closed");
      for (guint k = 0; k < G_N_ELEMENTS (points); k++)
        {
          g_string_append_c (text, ',');
          append_number (text, POINTS, points[k], "");
        }
      g_string_append (text, ",true\n");
      if (!flush (&out, PIECE_BYTES, error))
        return FALSE;
    }
  return flush (&out, 0, error);
}

/* JSON */

static void
append_member (GString *text, const char *name, double value)
{
  g_string_append_printf (text, ",\n  \"%s\": ", name);
  append_number (text, POINTS, value, "null");
}

static void
append_count (GString *text, const char *name, guint64 value)
{
  g_string_append_printf (text, ",\n  \"%s\": %" G_GUINT64_FORMAT, name, value);
}

static void
append_text (GString *text, const char *name, const char *value)
{
  g_autofree char *quoted = bs_json_text_quote (value);

  g_string_append_printf (text, ",\n  \"%s\": %s", name, quoted);
}

static void
append_time (GString *text, const char *name, gint64 time_us)
{
  char time[BS_ISO_TIME_SIZE];

  bs_iso_time_format (time, time_us);
  append_text (text, name, time);
}

static void
append_json_summary (GString *text, const BsBacktestReport *report)
{
  const BsBacktestCosts *costs = bs_backtest_costs (report->backtest);
  BsBacktestSummary summary;

  bs_backtest_summary (report->backtest, &summary);
  g_string_append (text, "{\n  \"hypothetical\": true");
  append_text (text, "label", BS_BACKTEST_LABEL);
  append_text (text, "instrument", report->instrument);
  append_text (text, "model", report->model_name);
  append_text (text, "model_hash", report->model_hash);
  append_member (text, "threshold", report->threshold);
  if (report->period != NULL)
    {
      append_time (text, "trained_from", report->period->from_us);
      append_time (text, "trained_to", report->period->to_us);
      append_count (text, "bars_trained_on", report->n_trained);
    }
  append_member (text, "cost_points", costs->points);
  append_member (text, "cost_percent", costs->percent);
  append_member (text, "point_value", costs->point_value);
  append_count (text, "first_bar", summary.first);
  append_count (text, "bars", summary.n_bars);
  if (summary.n_bars > 0)
    {
      append_time (text, "first_time", summary.first_us);
      append_time (text, "last_time", summary.last_us);
    }
  append_count (text, "signals", summary.n_signals);
  append_count (text, "signals_out_of_range", summary.n_out_of_range);
  append_count (text, "trades_closed", summary.n_trades);
  append_count (text, "trades_long", summary.n_long);
  append_count (text, "trades_won", summary.n_won);
  append_count (text, "trades_lost", summary.n_lost);
  g_string_append_printf (text, ",\n  \"position_open\": %s", summary.open ? "true" : "false");
  append_member (text, "gross", summary.gross);
  append_member (text, "cost", summary.cost);
  append_member (text, "net", summary.net);
  append_member (text, "net_value", summary.net * costs->point_value);
  append_member (text, "hit_rate", bs_backtest_hit_rate (&summary));
  append_member (text, "profit_factor", bs_backtest_profit_factor (&summary));
  append_member (text, "mean_trade", bs_backtest_mean_trade (&summary));
  append_member (text, "best_trade", summary.best);
  append_member (text, "worst_trade", summary.worst);
  append_member (text, "exposure", bs_backtest_exposure (&summary));
  append_member (text, "max_drawdown", summary.max_drawdown);
  if (summary.max_drawdown > 0)
    {
      append_time (text, "max_drawdown_from", summary.peak_us);
      append_time (text, "max_drawdown_to", summary.trough_us);
    }
  append_member (text, "buy_and_hold_net", summary.hold_net);
  append_member (text, "buy_and_hold_max_drawdown", summary.hold_max_drawdown);
}

static gboolean
write_json (const BsBacktestReport *report, BsBacktestWriteFunc write, gpointer data, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Out out = { text, write, data };
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (report->backtest, &n);

  append_json_summary (text, report);
  g_string_append (text, ",\n  \"trades\": [");
  for (gsize i = 0; i < n; i++)
    {
      char entry[BS_ISO_TIME_SIZE], exit[BS_ISO_TIME_SIZE];
      const struct
      {
        const char *name, *format;
        double value;
      } numbers[] = {
        { "entry_price", PRICE, trades[i].entry_price }, { "exit_price", PRICE, trades[i].exit_price },
        { "gross", POINTS, trades[i].gross },            { "cost", POINTS, trades[i].cost },
        { "net", POINTS, trades[i].net },
      };

      bs_iso_time_format (entry, trades[i].entry_us);
      bs_iso_time_format (exit, trades[i].exit_us);
      g_string_append_printf (text,
                              "%s\n    {\"side\": \"%s\", \"entry_bar\": %" G_GUINT64_FORMAT
                              ", \"entry_time\": \"%s\", \"exit_bar\": %" G_GUINT64_FORMAT ", \"exit_time\": \"%s\", \"open\": %s",
                              i > 0 ? "," : "", side_name (&trades[i]), trades[i].entry, entry, trades[i].exit, exit,
                              trades[i].open ? "true" : "false");
      for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
        {
          g_string_append_printf (text, ", \"%s\": ", numbers[k].name);
          append_number (text, numbers[k].format, numbers[k].value, "null");
        }
      g_string_append_c (text, '}');
      if (!flush (&out, PIECE_BYTES, error))
        return FALSE;
    }
  g_string_append (text, n > 0 ? "\n  ]\n}\n" : "]\n}\n");
  return flush (&out, 0, error);
}

static const BsBacktestFormat formats[] = {
  { "table", write_table },
  { "trades", write_trades },
  { "csv", write_csv },
  { "json", write_json },
};

const BsBacktestFormat *
bs_backtest_format_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      return &formats[i];
  return NULL;
}
