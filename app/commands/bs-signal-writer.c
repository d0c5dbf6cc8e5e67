#include "app/commands/bs-signal-writer.h"

#include <string.h>

#include "app/commands/bs-json-text.h"

/* Digits that tell any two floats apart. */
#define PROBABILITY "%.9g"

static const char *
true_false (gboolean value)
{
  return value ? "true" : "false";
}

static void
table_begin (FILE *out)
{
  fprintf (out, "%8s  %-20s  %8s  %8s  %8s  %-5s  %-6s  %10s  %s\n", "row", "time", "short", "hold", "long", "raw",
           "signal", "confidence", "range");
}

static void
table_row (FILE *out, const BsSignal *signal, const char *time, gboolean is_first)
{
  fprintf (out, "%8" G_GUINT64_FORMAT "  %-20s  %8.4f  %8.4f  %8.4f  %-5s  %-6s  %8.1f %%  %s\n", signal->row, time,
           signal->probabilities[BS_CLASS_SHORT], signal->probabilities[BS_CLASS_HOLD],
           signal->probabilities[BS_CLASS_LONG], bs_class_name (signal->raw_class), bs_class_name (signal->klass),
           100 * signal->confidence, signal->in_range ? "in" : "OUT");
}

static void
table_newest (FILE *out, const BsSignal *signal, const char *time, const BsPredictor *predictor, const char *model_name)
{
  const BsModel *model = bs_predictor_model (predictor);
  g_autofree char *verdict = g_ascii_strup (bs_class_name (signal->klass), -1);
  fprintf (out, "Signal      %s\n", verdict);
  if (signal->filtered)
    fprintf (out, "            %s at %.1f %% is under the threshold of %.1f %%\n", bs_class_name (signal->raw_class),
             100 * signal->confidence, 100 * bs_predictor_threshold (predictor));
  fprintf (out, "Confidence  %.1f %%\n", 100 * signal->confidence);
  fprintf (out, "Short       %.1f %%\n", 100 * signal->probabilities[BS_CLASS_SHORT]);
  fprintf (out, "Hold        %.1f %%\n", 100 * signal->probabilities[BS_CLASS_HOLD]);
  fprintf (out, "Long        %.1f %%\n", 100 * signal->probabilities[BS_CLASS_LONG]);
  fprintf (out, "Bar         %s (row %" G_GUINT64_FORMAT ")\n", time, signal->row);
  if (signal->in_range)
    fprintf (out, "Inputs      within the model's training range\n");
  else
    fprintf (out, "Inputs      OUTSIDE THE MODEL'S TRAINING RANGE: %u of %u are more than %g scales off\n",
             signal->n_out_of_range, model->sequence_length * model->n_inputs, BS_RANGE_MAX_SCALES);
  fprintf (out, "Model       %s\n", model_name);
}

static void
csv_begin (FILE *out)
{
  fputs ("row,time,p_short,p_hold,p_long,raw_signal,signal,confidence,in_range\n", out);
}

static void
csv_row (FILE *out, const BsSignal *signal, const char *time, gboolean is_first)
{
  fprintf (out, "%" G_GUINT64_FORMAT ",%s," PROBABILITY "," PROBABILITY "," PROBABILITY ",%s,%s," PROBABILITY ",%s\n",
           signal->row, time, signal->probabilities[BS_CLASS_SHORT], signal->probabilities[BS_CLASS_HOLD],
           signal->probabilities[BS_CLASS_LONG], bs_class_name (signal->raw_class), bs_class_name (signal->klass),
           signal->confidence, true_false (signal->in_range));
}

static void
csv_newest (FILE *out, const BsSignal *signal, const char *time, const BsPredictor *predictor, const char *model_name)
{
  csv_begin (out);
  csv_row (out, signal, time, TRUE);
}

/* The members that every row has. */
static void
json_members (FILE *out, const BsSignal *signal, const char *time)
{
  fprintf (out,
           "\"row\": %" G_GUINT64_FORMAT ", \"time\": \"%s\", \"p_short\": " PROBABILITY ", \"p_hold\": " PROBABILITY
           ", \"p_long\": " PROBABILITY ", \"raw_signal\": \"%s\", \"signal\": \"%s\", \"confidence\": " PROBABILITY
           ", \"in_range\": %s",
           signal->row, time, signal->probabilities[BS_CLASS_SHORT], signal->probabilities[BS_CLASS_HOLD],
           signal->probabilities[BS_CLASS_LONG], bs_class_name (signal->raw_class), bs_class_name (signal->klass),
           signal->confidence, true_false (signal->in_range));
}

static void
json_begin (FILE *out)
{
  fputc ('[', out);
}

static void
json_row (FILE *out, const BsSignal *signal, const char *time, gboolean is_first)
{
  fputs (is_first ? "\n  {" : ",\n  {", out);
  json_members (out, signal, time);
  fputc ('}', out);
}

static void
json_end (FILE *out)
{
  fputs ("\n]\n", out);
}

static void
json_newest (FILE *out, const BsSignal *signal, const char *time, const BsPredictor *predictor, const char *model_name)
{
  const BsModel *model = bs_predictor_model (predictor);
  g_autofree char *quoted_name = bs_json_text_quote (model_name);
  g_autofree char *options = bs_options_to_json (bs_predictor_options (predictor));
  fputc ('{', out);
  json_members (out, signal, time);
  fprintf (
    out,
    ", \"filtered\": %s, \"threshold\": %.9g, \"n_out_of_range\": %u, \"model\": {\"name\": %s, \"hash\": \"%s\"}"
    ", \"options\": %s}\n",
    true_false (signal->filtered), bs_predictor_threshold (predictor), signal->n_out_of_range, quoted_name, model->hash,
    options);
}

static const BsSignalFormat formats[] = {
  { "table", table_begin, NULL, table_row, table_newest },
  { "csv", csv_begin, NULL, csv_row, csv_newest },
  { "json", json_begin, json_end, json_row, json_newest },
};

const BsSignalFormat *
bs_signal_format_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      return &formats[i];
  return NULL;
}
