/* explain.c: `barscope explain`: why this signal */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/bs-paths.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"
#include "inference/predict/bs-input-window.h"
#include "inference/predict/bs-options.h"
#include "inference/train/bs-explain-bar.h"
#include "inference/train/bs-explain.h"

#define DEFAULT_TOP 10 /* features of a table */

typedef struct
{
  BsBarArguments bars;
  char *model, *klass, *method, *format;
  gint64 row;
  gint top;
  gboolean pruned;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  bs_bar_arguments_clear (&self->bars);
  g_free (self->model);
  g_free (self->klass);
  g_free (self->method);
  g_free (self->format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static const char *const methods[] = { "integrated", "gradient" }; /* in the order of BsExplainMethod */
static const char *const group_names[BS_N_FEATURE_GROUPS] = {
  [BS_FEATURE_GROUP_HURST] = "hurst",         [BS_FEATURE_GROUP_ATR] = "atr", [BS_FEATURE_GROUP_ROLLING] = "rolling",
  [BS_FEATURE_GROUP_FLOW] = "flow",           [BS_FEATURE_GROUP_SECONDARY] = "secondary",
};

/* What is written. */
typedef struct
{
  const BsExplanation *explanation;
  const BsBarSeries *bars;
  guint64 row;
  guint top;
  gboolean in_range;
  guint order[BS_N_FEATURES];
  double groups[BS_N_FEATURE_GROUPS];
} Report;

static void
format_time (const Report *report, guint bars_ago, char time[BS_ISO_TIME_SIZE])
{
  const BsBarSeries *bars = report->bars;

  bs_iso_time_format (time, bs_bar_series_times (bars)[report->row - bars_ago - bs_bar_series_first (bars)]);
}

/* A bar of signs as long as the part is large, among those of its list. */
static void
print_part (const char *name, double part, double largest)
{
  const guint width = 24;
  const guint length = largest > 0 ? (guint) lround (width * fabs (part) / largest) : 0;

  printf ("  %-22s %+9.4f  ", name, part);
  for (guint i = 0; i < length; i++)
    putchar (part < 0 ? '-' : '+');
  putchar ('\n');
}

static void
print_table (const Report *report)
{
  const BsExplanation *explanation = report->explanation;
  const double largest = fabs (explanation->features[report->order[0]]);
  double largest_group = 0, largest_bar = 0;
  char time[BS_ISO_TIME_SIZE];

  format_time (report, 0, time);
  printf ("row %" G_GUINT64_FORMAT ", %s: short %.3f, hold %.3f, long %.3f\n", report->row, time,
          (double) explanation->probabilities[0], (double) explanation->probabilities[1],
          (double) explanation->probabilities[2]);
  printf ("why %s: its logit is %.4f, that of an average window %.4f; the parts add up to %+.4f of %+.4f (%s, %u steps)\n",
          bs_class_name (explanation->klass), explanation->logit, explanation->baseline, explanation->sum,
          explanation->logit - explanation->baseline, methods[explanation->method], explanation->n_steps);
  printf ("\nfeatures, the %u that matter most\n", report->top);
  for (guint i = 0; i < report->top; i++)
    print_part (bs_feature_info (report->order[i])->name, explanation->features[report->order[i]], largest);
  printf ("\ngroups\n");
  for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++)
    largest_group = MAX (largest_group, fabs (report->groups[i]));
  for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++)
    print_part (group_names[i], report->groups[i], largest_group);
  printf ("\nbars\n");
  for (guint i = 0; i < explanation->n_bars; i++)
    largest_bar = MAX (largest_bar, fabs (explanation->bars[i]));
  for (guint i = 0; i < explanation->n_bars; i++)
    {
      format_time (report, explanation->n_bars - 1 - i, time);
      print_part (time, explanation->bars[i], largest_bar);
    }
}

/* A number as JSON and CSV have it, whatever the locale. */
static void
print_number (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  fputs (g_ascii_formatd (text, sizeof text, "%.9g", number), stdout);
}

static void
print_member (const char *name, double number, const char *before)
{
  printf ("%s\"%s\": ", before, name);
  print_number (number);
}

static void
print_json (const Report *report)
{
  const BsExplanation *explanation = report->explanation;
  char time[BS_ISO_TIME_SIZE];

  format_time (report, 0, time);
  printf ("{\n  \"row\": %" G_GUINT64_FORMAT ",\n  \"time\": \"%s\",\n  \"class\": \"%s\",\n  \"method\": \"%s\",\n", report->row,
          time, bs_class_name (explanation->klass), methods[explanation->method]);
  printf ("  \"in_range\": %s,\n  \"complete\": %s,\n  \"steps\": %u,\n", report->in_range ? "true" : "false",
          explanation->complete ? "true" : "false", explanation->n_steps);
  print_member ("logit", explanation->logit, "  ");
  print_member ("baseline", explanation->baseline, ",\n  ");
  print_member ("sum", explanation->sum, ",\n  ");
  printf (",\n  \"probabilities\": {");
  for (guint i = 0; i < BS_N_CLASSES; i++)
    print_member (bs_class_name ((BsClass) i), (double) explanation->probabilities[i], i ? ", " : "");
  printf ("},\n  \"features\": {");
  for (guint i = 0; i < BS_N_FEATURES; i++)
    print_member (bs_feature_info (i)->name, explanation->features[i], i ? ",\n    " : "\n    ");
  printf ("\n  },\n  \"groups\": {");
  for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++)
    print_member (group_names[i], report->groups[i], i ? ", " : "");
  printf ("},\n  \"bars\": [");
  for (guint i = 0; i < explanation->n_bars; i++)
    {
      format_time (report, explanation->n_bars - 1 - i, time);
      printf ("%s{\"time\": \"%s\", ", i ? ",\n    " : "\n    ", time);
      print_member ("part", explanation->bars[i], "");
      putchar ('}');
    }
  printf ("\n  ]\n}\n");
}

/* The parts of every feature at every bar. */
static void
print_csv (const Report *report)
{
  const BsExplanation *explanation = report->explanation;
  char time[BS_ISO_TIME_SIZE];

  printf ("time");
  for (guint i = 0; i < BS_N_FEATURES; i++)
    printf (",%s", bs_feature_info (i)->name);
  putchar ('\n');
  for (guint t = 0; t < explanation->n_bars; t++)
    {
      format_time (report, explanation->n_bars - 1 - t, time);
      fputs (time, stdout);
      for (guint i = 0; i < BS_N_FEATURES; i++)
        {
          putchar (',');
          print_number (explanation->parts[(gsize) t * BS_N_FEATURES + i]);
        }
      putchar ('\n');
    }
}

static const struct
{
  const char *name;
  void (*print) (const Report *report);
} formats[] = { { "table", print_table }, { "json", print_json }, { "csv", print_csv } };

/* The row that is asked for, or the newest; of legacy the newest bar's is not final. */
static int
find_row (const Arguments *arguments, const BsModel *model, const BsBarSeries *bars, guint64 *row)
{
  const guint64 provisional = model->feature_set == BS_FEATURE_SET_LEGACY;
  const guint64 first = bs_bar_series_first (bars) + model->sequence_length - 1;
  const guint64 end = bs_bar_series_end (bars);

  if (end < provisional + first + 1)
    return bs_command_failed ("explain", "no signal: the model needs %u bars, there are %" G_GSIZE_FORMAT,
                              model->sequence_length + (guint) provisional, bs_bar_series_length (bars));
  *row = arguments->row < 0 ? end - 1 - provisional : (guint64) arguments->row;
  if (*row >= first && *row < end - provisional)
    return BS_EXIT_DONE;
  return bs_command_usage_error ("explain", "--row: expected %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ", got %" G_GUINT64_FORMAT,
                                 first, end - 1 - provisional, *row);
}

static int
run (const Arguments *arguments, const char *path, guint format, int klass, BsExplainMethod method)
{
  g_autofree char *default_model = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (arguments->model ? arguments->model : default_model, &error);
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  g_autoptr (BsExplainer) explainer = NULL;
  g_auto (BsExplanation) explanation = { 0 };
  g_autofree float *window = NULL;
  Report report = { .explanation = &explanation };
  BsFeatureOptions features = BS_FEATURE_OPTIONS_INIT;
  guint n_out_of_range = 0;
  int status;

  if (!model)
    return bs_command_failed ("explain", "%s", error->message);
  if (model->n_inputs != BS_N_FEATURES)
    return bs_command_failed ("explain", "the model reads %u inputs; bars give %d", model->n_inputs, BS_N_FEATURES);
  if (arguments->pruned && !bs_model_pruned (model))
    return bs_command_usage_error ("explain", "--pruned: the model file has no pruned variant");
  status = bs_bar_arguments_load (&arguments->bars, "explain", path, 0, &primary, &secondary);
  if (status == BS_EXIT_DONE)
    status = find_row (arguments, model, primary->series, &report.row);
  if (status != BS_EXIT_DONE)
    return status;
  features.set = model->feature_set;
  window = g_new (float, (gsize) model->sequence_length * BS_N_FEATURES);
  if (!bs_explain_window (model, primary->series, secondary ? secondary->series : NULL, &features, report.row, window,
                          &n_out_of_range, &error))
    return bs_command_failed ("explain", "%s", error->message);
  explainer = bs_explainer_new (arguments->pruned ? bs_model_pruned (model) : model, &error);
  if (!explainer || !bs_explainer_run (explainer, window, klass, method, &explanation, &error))
    return bs_command_failed ("explain", "%s", error->message);

  report.bars = primary->series;
  report.top = (guint) CLAMP (arguments->top, 1, BS_N_FEATURES);
  report.in_range = bs_input_in_range (model, n_out_of_range);
  bs_explanation_rank (&explanation, report.order);
  bs_explanation_groups (&explanation, report.groups);
  formats[format].print (&report);
  if (!report.in_range)
    fprintf (stderr, "barscope explain: these bars are outside the model's training range: its signal is not to be trusted\n");
  if (method == BS_EXPLAIN_INTEGRATED && !explanation.complete)
    fprintf (stderr, "barscope explain: the parts do not add up within 1 %% after %u steps: inputs this far out jump\n",
             explanation.n_steps);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return BS_EXIT_DONE;
  return bs_command_failed ("explain", "standard output: %s", g_strerror (errno));
}

static int
explain_run (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .row = -1, .top = DEFAULT_TOP };
  const GOptionEntry entries[] = {
    { "row", 0, 0, G_OPTION_ARG_INT64, &arguments.row, "Bar to explain, counted from 0 (default: the newest)", "N" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &arguments.model, "Model file (default: the demonstration model)", "FILE" },
    { "pruned", 0, 0, G_OPTION_ARG_NONE, &arguments.pruned, "Explain the pruned variant's answer", NULL },
    { "class", 0, 0, G_OPTION_ARG_STRING, &arguments.klass, "Class to explain (default: the most probable one)",
      "short|hold|long" },
    { "method", 0, 0, G_OPTION_ARG_STRING, &arguments.method,
      "integrated gradients (default), or gradient x input: quicker, and its parts need not add up", "integrated|gradient" },
    { "top", 0, 0, G_OPTION_ARG_INT, &arguments.top, "Features of the table (default 10)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format,
      "Format of the output (default table); csv has every feature at every bar", "table|json|csv" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("FILE");
  guint format = 0, method = BS_EXPLAIN_INTEGRATED;
  int klass = -1, status;

  g_option_context_set_summary (context, "Says which features and which bars made the signal of a bar, and by how much.");
  g_option_context_set_description (
    context, "A part is in logits of the class, and speaks for it where it is positive. The parts add up to what sets this window\n"
             "apart from one whose every input is the training mean.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add_beside_format (&arguments.bars, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("explain", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("explain", "'%s' is one argument too many", argv[2]);
  if (arguments.row < -1)
    return bs_command_usage_error ("explain", "--row: expected 0 or more, got %" G_GINT64_FORMAT, arguments.row);
  while (arguments.format && format < G_N_ELEMENTS (formats) && strcmp (arguments.format, formats[format].name) != 0)
    format++;
  if (format == G_N_ELEMENTS (formats))
    return bs_command_usage_error ("explain", "--format: expected table, json or csv, got '%s'", arguments.format);
  while (arguments.method && method < G_N_ELEMENTS (methods) && strcmp (arguments.method, methods[method]) != 0)
    method++;
  if (method == G_N_ELEMENTS (methods))
    return bs_command_usage_error ("explain", "--method: expected integrated or gradient, got '%s'", arguments.method);
  if (arguments.klass)
    for (klass = 0; klass < BS_N_CLASSES && strcmp (arguments.klass, bs_class_name ((BsClass) klass)) != 0;)
      klass++;
  if (klass == BS_N_CLASSES)
    return bs_command_usage_error ("explain", "--class: expected short, hold or long, got '%s'", arguments.klass);
  return run (&arguments, argv[1], format, klass, (BsExplainMethod) method);
}

const BsCommand bs_command_explain = { "explain", "Say why: the features and bars behind a signal", explain_run };
