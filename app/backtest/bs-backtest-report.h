/* bs-backtest-report.h: a backtest as text, CSV and JSON: what `barscope backtest` prints and the window exports */
#pragma once

#include "inference/backtest/bs-backtest-training.h"
#include "inference/backtest/bs-backtest.h"

G_BEGIN_DECLS

/** What every report says, whatever its format: nobody may take it for money that was made. */
#define BS_BACKTEST_LABEL                                                                                              \
  "Hypothetical: past signals, each filled at the next bar's open with the costs given. Nothing was traded."

/** What there is to tell. Nothing in it belongs to it. */
typedef struct
{
  const BsBacktest *backtest;
  const char *instrument;
  const char *model_name, *model_hash; /* (nullable) */
  double threshold;
  guint decimals;               /* of a price */
  const BsTrainingPeriod *period; /* (nullable): the model's, where it says */
  guint64 n_trained;            /* bars of it within @period */
} BsBacktestReport;

/** Takes a piece of the report. Returns: %FALSE with an error to end it */
typedef gboolean (*BsBacktestWriteFunc) (const char *text, gsize length, gpointer data, GError **error);

/** A format of the report: a row of a table. */
typedef struct
{
  const char *name;
  gboolean (*write) (const BsBacktestReport *report, BsBacktestWriteFunc write, gpointer data, GError **error);
} BsBacktestFormat;

/**
 * bs_backtest_format_by_name: (nullable): "table" (figures in words), "trades" (figures and a line a trade), "csv" (a row a trade) or
 * "json" (figures and trades). Static.
 */
const BsBacktestFormat *bs_backtest_format_by_name (const char *name);

/** bs_backtest_report_training: (transfer full): in a sentence, whether the model has learnt from these bars */
char *bs_backtest_report_training (const BsBacktestReport *report) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
