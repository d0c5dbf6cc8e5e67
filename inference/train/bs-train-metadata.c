/* bs-train-metadata.c: what a trained model's file says of itself (docs/model-format.md) */
#include "inference/train/bs-trainer-private.h"

#include "inference/model/bs-safetensors-write.h"

#include <math.h>
#include <string.h>

/* "2024-01-31T14:59:00Z" */
static char *
iso_time (gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);

  return time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

static void
append_number (GString *json, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (json, g_ascii_formatd (text, sizeof text, format, value));
}

/* "name":0.1234, or nothing where there is no such figure */
static void
add_figure (GString *json, const char *name, double value)
{
  if (isnan (value))
    return;
  g_string_append_printf (json, "\"%s\":", name);
  append_number (json, "%.4f", value);
  g_string_append_c (json, ',');
}

static void
add_interval (GString *json, const char *name, const BsFigure *figure)
{
  if (isnan (figure->low))
    return;
  g_string_append_printf (json, "\"%s\":[", name);
  append_number (json, "%.4f", figure->low);
  g_string_append_c (json, ',');
  append_number (json, "%.4f", figure->high);
  g_string_append (json, "],");
}

/* With its interval: "name" and "name_interval_95". */
static void
add_both (GString *json, const char *name, const BsFigure *figure)
{
  g_autofree char *interval = g_strconcat (name, "_interval_95", NULL);

  add_figure (json, name, figure->value);
  add_interval (json, interval, figure);
}

/* Ends an object or array: the last comma goes. */
static void
close_with (GString *json, const char *end)
{
  if (json->len && json->str[json->len - 1] == ',')
    g_string_truncate (json, json->len - 1);
  g_string_append (json, end);
}

static void
add_classes (GString *json, const BsScore *score)
{
  g_string_append (json, "\"per_class\":{");
  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      g_string_append_printf (json, "\"%s\":{", bs_class_name (c));
      add_figure (json, "share", score->share[c]);
      add_both (json, "recall", &score->recall[c]);
      add_both (json, "precision", &score->precision[c]);
      close_with (json, "},");
    }
  close_with (json, "},");
}

static void
add_bins (GString *json, const BsScore *score)
{
  g_string_append (json, "\"confidence_bins\":[");
  for (guint b = 0; b < BS_SCORE_BINS; b++)
    if (score->bins[b].n)
      {
        g_string_append_c (json, '{');
        add_figure (json, "from", (double) b / BS_SCORE_BINS);
        add_figure (json, "to", (double) (b + 1) / BS_SCORE_BINS);
        g_string_append_printf (json, "\"n_bars\":%" G_GSIZE_FORMAT ",", score->bins[b].n);
        add_figure (json, "confidence", score->bins[b].confidence);
        add_both (json, "hit_rate", &score->bins[b].hit_rate);
        close_with (json, "},");
      }
  close_with (json, "],");
}

static void
add_folds (GString *json, const BsTrainResult *result)
{
  g_string_append (json, "\"folds\":[");
  for (guint f = 0; f < result->options.folds; f++)
    {
      const BsTrainFold *fold = &result->folds[f];
      g_autofree char *from = iso_time (fold->test_from_us);
      g_autofree char *to = iso_time (fold->test_to_us);

      g_string_append_printf (json,
                              "{\"test_from\":\"%s\",\"test_to\":\"%s\",\"n_training\":%" G_GSIZE_FORMAT
                              ",\"n_test\":%" G_GSIZE_FORMAT ",\"epochs\":%u,",
                              from, to, fold->n_training, fold->n_test, fold->epochs);
      add_figure (json, "accuracy", fold->accuracy);
      for (guint b = 0; b < BS_N_BASELINES; b++)
        {
          g_autofree char *name = g_strconcat ("baseline_", bs_baseline_name (b), NULL);

          add_figure (json, name, fold->baselines[b]);
        }
      add_figure (json, "temperature", fold->temperature);
      close_with (json, "},");
    }
  close_with (json, "],");
}

char *
bs_train_validation_json (const BsTrainResult *result)
{
  const BsScore *score = &result->score;
  const guint folds = result->options.folds;
  GString *json = g_string_new ("{");
  g_autofree char *from = iso_time (result->folds[0].test_from_us);
  g_autofree char *to = iso_time (result->folds[folds - 1].test_to_us);
  char threshold[G_ASCII_DTOSTR_BUF_SIZE];

  add_both (json, "accuracy", &score->accuracy);
  add_both (json, "balanced_accuracy", &score->balanced_accuracy);
  for (guint b = 0; b < BS_N_BASELINES; b++)
    {
      g_autofree char *name = g_strconcat ("baseline_", bs_baseline_name (b), NULL);

      add_both (json, name, &score->baselines[b]);
    }
  g_string_append_printf (json, "\"best_baseline\":\"%s\",", bs_baseline_name (score->best_baseline));
  add_both (json, "advantage", &score->advantage);
  add_both (json, "brier_score", &score->brier);
  add_both (json, "expected_calibration_error", &score->calibration_error);
  add_classes (json, score);
  add_bins (json, score);
  add_figure (json, "signals_share", score->signals_share);
  add_both (json, "signals_precision", &score->signals_precision);
  add_figure (json, "signal_threshold", BS_SCORE_SIGNAL_THRESHOLD);
  g_string_append_printf (json, "\"n_bars\":%" G_GSIZE_FORMAT ",\"test_from\":\"%s\",\"test_to\":\"%s\",", score->n, from,
                          to);
  g_ascii_formatd (threshold, sizeof threshold, "%.6e", result->threshold);
  g_string_append_printf (json, "\"label_threshold\":%s,\"horizon\":%u,", threshold, result->options.horizon);
  g_string_append_printf (json,
                          "\"label\":\"close %u bar%s on more than %s (half a standard deviation of the training part) above: "
                          "long, below: short, else hold\",",
                          result->options.horizon, result->options.horizon == 1 ? "" : "s", threshold);
  g_string_append_printf (json,
                          "\"method\":\"walk-forward in %u folds, each tested on bars after all that it learnt from, with a "
                          "gap of %u bars; intervals by a block bootstrap\",",
                          folds, result->options.sequence_length + result->options.horizon);
  add_folds (json, result);
  g_string_append_printf (json, "\"int8\":{\"n_bars\":%" G_GSIZE_FORMAT ",\"n_agree\":%" G_GSIZE_FORMAT ",",
                          result->int8.n, result->int8.n_agree);
  add_figure (json, "mean", result->int8.mean);
  add_figure (json, "p99", result->int8.p99);
  add_figure (json, "max", result->int8.max);
  close_with (json, "},");
  g_string_append_printf (json, "\"verdict\":\"%s\"}", result->verdict);
  return g_string_free (json, FALSE);
}

GTree *
bs_train_metadata (const BsTrainResult *result, const BsTrainOptions *options, gint64 bar_length_us)
{
  GTree *metadata = g_tree_new_full ((GCompareDataFunc) (void (*) (void)) strcmp, NULL, g_free, g_free);
  g_autofree char *from = iso_time (result->trained_from_us);
  g_autofree char *to = iso_time (result->trained_to_us);
  g_autofree char *validation = bs_train_validation_json (result);
  g_autofree char *by = g_strdup_printf (
    "barscope train: seed %" G_GUINT64_FORMAT ", at most %u epochs (%u run), horizon %u; %" G_GSIZE_FORMAT " of %d inputs without weight",
    options->seed, options->epochs, result->epochs, options->horizon, result->n_unused, BS_N_FEATURES);

  bs_model_metadata_set (metadata, "name", options->name);
  bs_model_metadata_set (metadata, "description", options->description);
  bs_model_metadata_set (metadata, "instrument", options->instrument);
  if (bar_length_us > 0)
    {
      g_autofree char *length = g_strdup_printf ("%" G_GINT64_FORMAT, bar_length_us / G_USEC_PER_SEC);

      bs_model_metadata_set (metadata, "bar_length_s", length);
    }
  bs_model_metadata_set (metadata, "trained_from", from);
  bs_model_metadata_set (metadata, "trained_to", to);
  bs_model_metadata_set (metadata, "trained_on", result->trained_on);
  bs_model_metadata_set (metadata, "trained_by", by);
  bs_model_metadata_set (metadata, "validation", validation);
  return metadata;
}
