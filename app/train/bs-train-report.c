/* bs-train-report.c: a training as a document */
#include "app/train/bs-train-report.h"

#include <math.h>
#include <string.h>

#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"

static const struct
{
  const char *suffix;
  char *(*write) (const BsTrainResult *result, const char *model_path);
} formats[] = {
  { ".json", bs_train_report_json },
  { ".md", bs_train_report_markdown },
};

static void
add_number (GString *text, const char *name, const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return;
  g_string_append_printf (text, "\"%s\": %s, ", name, g_ascii_formatd (number, sizeof number, format, value));
}

static void
add_string (GString *text, const char *name, const char *value)
{
  g_autofree char *quoted = bs_json_text_quote (value);

  g_string_append_printf (text, "  \"%s\": %s,\n", name, quoted);
}

char *
bs_train_report_json (const BsTrainResult *result, const char *model_path)
{
  const BsTrainOptions *options = &result->options;
  GString *text = g_string_new ("{\n");
  char from[BS_ISO_TIME_SIZE], to[BS_ISO_TIME_SIZE];
  g_autofree char *validation = bs_train_validation_json (result);

  bs_iso_time_format (from, result->trained_from_us);
  bs_iso_time_format (to, result->trained_to_us);
  add_string (text, "format", "barscope-training/1");
  add_string (text, "model", model_path);
  add_string (text, "model_sha256", result->model->hash);
  add_string (text, "verdict", result->verdict);
  add_string (text, "trained_on", result->trained_on);
  add_string (text, "trained_from", from);
  add_string (text, "trained_to", to);
  g_string_append_printf (text,
                          "  \"settings\": {\"hidden\": %u, \"layers\": %u, \"sequence_length\": %u, \"epochs\": %u, "
                          "\"folds\": %u, \"horizon\": %u, \"threads\": %u, \"seed\": %" G_GUINT64_FORMAT "},\n",
                          options->hidden, options->n_layers, options->sequence_length, options->epochs, options->folds,
                          options->horizon, options->n_threads, options->seed);
  g_string_append (text, "  ");
  add_number (text, "temperature", "%.6g", result->temperature);
  add_number (text, "label_threshold", "%.6e", result->threshold);
  add_number (text, "seconds", "%.2f", result->seconds);
  g_string_append (text, "\n  \"learning_curve\": [");
  for (guint i = 0; i < result->epochs; i++)
    {
      const BsFitEpoch *epoch = &result->curve[i];

      g_string_append_printf (text, "%s\n    {\"epoch\": %u, ", i ? "," : "", epoch->epoch);
      add_number (text, "training_loss", "%.5f", epoch->training_loss);
      add_number (text, "validation_loss", "%.5f", epoch->validation_loss);
      add_number (text, "validation_accuracy", "%.4f", epoch->validation_accuracy);
      add_number (text, "learning_rate", "%.6g", epoch->learning_rate);
      g_string_append_printf (text, "\"best\": %s}", epoch->best ? "true" : "false");
    }
  g_string_append_printf (text, "\n  ],\n  \"validation\": %s\n}\n", validation);
  return g_string_free (text, FALSE);
}

/* --- to read --- */

static void
add_cell (GString *text, const BsFigure *figure, double factor, const char *unit)
{
  if (isnan (figure->value))
    g_string_append (text, " - |");
  else if (isnan (figure->low))
    g_string_append_printf (text, " %.1f%s |", factor * figure->value, unit);
  else
    g_string_append_printf (text, " %.1f%s (%.1f to %.1f) |", factor * figure->value, unit, factor * figure->low,
                            factor * figure->high);
}

static void
add_row (GString *text, const char *name, const BsFigure *figure)
{
  g_string_append_printf (text, "| %s |", name);
  add_cell (text, figure, 100, " %");
  g_string_append_c (text, '\n');
}

static void
add_figures (GString *text, const BsScore *score)
{
  g_string_append (text, "| | value (95 % interval) |\n|---|---|\n");
  add_row (text, "Accuracy", &score->accuracy);
  add_row (text, "Baseline: the most frequent class", &score->baselines[BS_BASELINE_MAJORITY]);
  add_row (text, "Baseline: the last direction", &score->baselines[BS_BASELINE_LAST_DIRECTION]);
  add_row (text, "Baseline: logistic regression on the newest bar", &score->baselines[BS_BASELINE_LOGISTIC]);
  add_row (text, "Over the best baseline", &score->advantage);
  add_row (text, "Balanced accuracy", &score->balanced_accuracy);
  add_row (text, "Expected calibration error", &score->calibration_error);
  g_string_append_printf (text, "| Brier score | %.4f (%.4f to %.4f) |\n", score->brier.value, score->brier.low,
                          score->brier.high);
  g_string_append_printf (text, "| Signals at confidence %.2f | %.1f %% of bars |\n", BS_SCORE_SIGNAL_THRESHOLD,
                          100 * score->signals_share);
  add_row (text, "Of those right", &score->signals_precision);
}

static void
add_classes (GString *text, const BsScore *score)
{
  g_string_append (text, "\n## By class\n\n| class | share | precision | recall |\n|---|---|---|---|\n");
  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      g_string_append_printf (text, "| %s | %.1f %% |", bs_class_name (c), 100 * score->share[c]);
      add_cell (text, &score->precision[c], 100, " %");
      add_cell (text, &score->recall[c], 100, " %");
      g_string_append_c (text, '\n');
    }
}

static void
add_bins (GString *text, const BsScore *score)
{
  g_string_append (text, "\n## Calibration\n\nOf the bars whose confidence was in a range, how many were right. A calibrated model's two "
                         "columns are equal.\n\n| confidence | bars | mean confidence | right |\n|---|---|---|---|\n");
  for (guint b = 0; b < BS_SCORE_BINS; b++)
    if (score->bins[b].n)
      {
        g_string_append_printf (text, "| %u to %u %% | %" G_GSIZE_FORMAT " | %.1f %% |", 100 * b / BS_SCORE_BINS,
                                100 * (b + 1) / BS_SCORE_BINS, score->bins[b].n, 100 * score->bins[b].confidence);
        add_cell (text, &score->bins[b].hit_rate, 100, " %");
        g_string_append_c (text, '\n');
      }
}

static void
add_folds (GString *text, const BsTrainResult *result)
{
  g_string_append (text, "\n## Folds\n\n| tested from | to | learnt from | tested | epochs | accuracy | best baseline | temperature "
                         "|\n|---|---|---|---|---|---|---|---|\n");
  for (guint f = 0; f < result->options.folds; f++)
    {
      const BsTrainFold *fold = &result->folds[f];
      char from[BS_ISO_TIME_SIZE], to[BS_ISO_TIME_SIZE];
      double best = 0;

      for (guint b = 0; b < BS_N_BASELINES; b++)
        best = fmax (best, fold->baselines[b]);
      bs_iso_time_format (from, fold->test_from_us);
      bs_iso_time_format (to, fold->test_to_us);
      g_string_append_printf (text,
                              "| %s | %s | %" G_GSIZE_FORMAT " | %" G_GSIZE_FORMAT " | %u | %.1f %% | %.1f %% | %.2f |\n",
                              from, to, fold->n_training, fold->n_test, fold->epochs, 100 * fold->accuracy, 100 * best,
                              fold->temperature);
    }
}

char *
bs_train_report_markdown (const BsTrainResult *result, const char *model_path)
{
  const BsTrainOptions *options = &result->options;
  GString *text = g_string_new ("# Training report\n\n");

  g_string_append_printf (text, "**%s.**\n\n", result->verdict);
  g_string_append_printf (text, "Model: `%s`, SHA-256 `%.16s`, %u layers of %u over %u bars, horizon %u.\n",
                          model_path, result->model->hash, options->n_layers, options->hidden, options->sequence_length,
                          options->horizon);
  g_string_append_printf (text, "Trained on %s. %.1f s.\n\n", result->trained_on, result->seconds);
  g_string_append_printf (text,
                          "## Walk-forward validation\n\n%u folds, %" G_GSIZE_FORMAT
                          " bars, each answered by a network that had learnt from earlier bars alone. "
                          "Label: the change over the next %u bars beyond %.3e is long or short, else hold.\n\n",
                          options->folds, result->score.n, options->horizon, result->threshold);
  add_figures (text, &result->score);
  add_classes (text, &result->score);
  add_bins (text, &result->score);
  add_folds (text, result);
  g_string_append_printf (text,
                          "\n## INT8\n\nOver the newest %" G_GSIZE_FORMAT " bars the quantized network agrees with FP32 on "
                          "%.2f %%; its confidence differs by %.5f on average, %.5f at the 99th percentile, %.5f at most.\n",
                          result->int8.n, 100 * (double) result->int8.n_agree / (double) result->int8.n,
                          result->int8.mean, result->int8.p99, result->int8.max);
  g_string_append (text, "\n## Learning curve of the model\n\n| epoch | training loss | validation loss | accuracy | learning rate | "
                         "|\n|---|---|---|---|---|---|\n");
  for (guint i = 0; i < result->epochs; i++)
    {
      const BsFitEpoch *epoch = &result->curve[i];

      g_string_append_printf (text, "| %u | %.4f | %.4f | %.1f %% | %g | %s |\n", epoch->epoch, epoch->training_loss,
                              epoch->validation_loss, 100 * epoch->validation_accuracy, epoch->learning_rate,
                              epoch->best ? "best" : "");
    }
  return g_string_free (text, FALSE);
}

/* --- files --- */

static guint
format_of (const char *path)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (formats) && !g_str_has_suffix (path, formats[i].suffix); i++)
    ;
  return i;
}

gboolean
bs_train_report_path_is_known (const char *path)
{
  return format_of (path) < G_N_ELEMENTS (formats);
}

gboolean
bs_train_report_write (const BsTrainResult *result, const char *model_path, const char *path, GError **error)
{
  const guint format = format_of (path);
  g_autofree char *text = NULL;

  g_return_val_if_fail (format < G_N_ELEMENTS (formats), FALSE);

  text = formats[format].write (result, model_path);
  return g_file_set_contents (path, text, -1, error);
}
