/* prune.c: `barscope prune`: a smaller variant of a model, stored beside it */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/bs-paths.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "inference/model/bs-safetensors-write.h"
#include "inference/train/bs-prune.h"
#include "inference/train/bs-trainer.h"

#define DEFAULT_KEEP 0.7
#define DEFAULT_EPOCHS 20
#define HELD_BACK 0.15    /* the newest part of the bars, which the fine-tuning only stops by */
#define WARM_UP_ROWS 100  /* at the start, whose features have too short a history */
#define PROGRESS_PERIOD_US 100000

typedef struct
{
  BsBarArguments bars;
  char *output, *finetune;
  double keep;
  gint epochs;
  gint64 seed;
} Arguments;

static gint interrupted;

static void
arguments_clear (Arguments *self)
{
  bs_bar_arguments_clear (&self->bars);
  g_free (self->output);
  g_free (self->finetune);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
on_interrupt (int number)
{
  g_atomic_int_set (&interrupted, 1);
  signal (number, SIG_DFL);
}

static void
show (const char *what, double fraction)
{
  static gint64 shown;
  const gint64 now = g_get_monotonic_time ();

  if (!isatty (STDERR_FILENO) || now - shown < PROGRESS_PERIOD_US)
    return;
  shown = now;
  fprintf (stderr, "\r\033[K%s %3.0f %%", what, 100 * fraction);
}

static void
on_measured (double fraction, gpointer user_data)
{
  show ("measuring units", fraction);
}

static void
on_epoch (const BsTrainProgress *progress, gpointer user_data)
{
  show ("fine-tuning", progress->fraction);
}

/* --- how the two compare on the bars held back --- */

typedef struct
{
  gsize n, n_agree;
  gsize n_right[2]; /* of the full network and the pruned one */
  double sum, max;  /* |difference of confidence| */
} Comparison;

/* (transfer full): the features of @set after the scaler of @model: [n_rows, BS_N_FEATURES] */
static float *
scale_rows (const BsTrainingSet *set, const BsModel *model)
{
  float *inputs = g_new (float, set->n_rows *BS_N_FEATURES);

  for (gsize i = 0; i < set->n_rows * BS_N_FEATURES; i++)
    inputs[i] = (float) ((set->features[i] - model->mean[i % BS_N_FEATURES]) / model->scale[i % BS_N_FEATURES]);
  return inputs;
}

static double *
answer (const BsModel *model, const float *inputs, BsFitRows rows)
{
  const gsize n = rows.end - rows.begin;
  g_autofree float *values = NULL;
  g_autofree float *logits = g_new (float, n *BS_N_CLASSES);
  double *probabilities = g_new (double, n *BS_N_CLASSES);
  const BsFitData data = { .inputs = inputs };
  BsParameterLayout layout;

  bs_parameter_layout_init (&layout, model);
  values = g_new (float, layout.n);
  bs_parameters_read (&layout, model, values);
  bs_fit_logits (&layout, values, &data, rows, logits);
  for (gsize i = 0; i < n; i++)
    bs_fit_softmax (logits + i * BS_N_CLASSES, model->temperature, probabilities + i * BS_N_CLASSES);
  return probabilities;
}

static guint
most_probable (const double *probabilities)
{
  guint best = BS_CLASS_HOLD;

  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    if (probabilities[klass] > probabilities[best])
      best = klass;
  return best;
}

static void
compare (const BsTrainingSet *set, const BsModel *full, const BsModel *pruned, const float *inputs, BsFitRows rows,
         Comparison *comparison)
{
  g_autofree double *full_answers = answer (full, inputs, rows);
  g_autofree double *pruned_answers = answer (pruned, inputs, rows);
  BsTrainingView *view = bs_training_view_new (set, (BsFitRows){ WARM_UP_ROWS, rows.begin }, full);

  *comparison = (Comparison){ .n = rows.end - rows.begin };
  for (gsize i = 0; i < comparison->n; i++)
    {
      const double *a = full_answers + i * BS_N_CLASSES, *b = pruned_answers + i * BS_N_CLASSES;
      const guint best = most_probable (a), other = most_probable (b);
      const double difference = fabs (a[best] - b[best]);

      comparison->n_agree += best == other;
      comparison->n_right[0] += best == view->labels[rows.begin + i];
      comparison->n_right[1] += other == view->labels[rows.begin + i];
      comparison->sum += difference;
      comparison->max = MAX (comparison->max, difference);
    }
  bs_training_view_free (view);
}

static char *
describe (const Comparison *self, const BsModel *pruned, const Arguments *arguments)
{
  char keep[G_ASCII_DTOSTR_BUF_SIZE];
  const double n = (double) self->n;

  g_ascii_formatd (keep, sizeof keep, "%.4g", arguments->keep);
  return g_strdup_printf ("{\"keep\": %s, \"hidden\": %u, \"finetuned\": %s, \"bars\": %" G_GSIZE_FORMAT
                          ", \"agreement_ppm\": %.0f, \"mean_difference_ppm\": %.0f, \"accuracy_ppm\": %.0f, "
                          "\"full_accuracy_ppm\": %.0f}",
                          keep, pruned->hidden, arguments->finetune ? "true" : "false", self->n,
                          1e6 * (double) self->n_agree / n, 1e6 * self->sum / n, 1e6 * (double) self->n_right[1] / n,
                          1e6 * (double) self->n_right[0] / n);
}

static void
print (const Comparison *self, const BsModel *full, const BsModel *pruned, const char *output)
{
  const double n = (double) self->n;

  printf ("%s: hidden units %u -> %u in each of %u layers\n", output, full->hidden, pruned->hidden, full->n_layers);
  printf ("on the newest %" G_GSIZE_FORMAT " bars: the same class %.1f %%, confidence %.4f apart on average, %.4f at most\n",
          self->n, 100 * (double) self->n_agree / n, self->sum / n, self->max);
  printf ("accuracy there: full %.1f %%, pruned %.1f %%\n", 100 * (double) self->n_right[0] / n,
          100 * (double) self->n_right[1] / n);
}

/* --- the command --- */

/* Measured, removed and, where asked for, trained further. (transfer full): %NULL with an exit status */
static BsModel *
prune (const Arguments *arguments, const BsModel *model, const BsTrainingSet *set, const float *inputs, gsize n_rows,
       const BsBarFile *primary, const BsBarFile *secondary, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) pruned = bs_prune (model, arguments->keep, inputs + (gsize) WARM_UP_ROWS * BS_N_FEATURES,
                                         n_rows - WARM_UP_ROWS, on_measured, NULL, &interrupted);
  BsModel *tuned;
  BsTrainOptions options;

  if (!pruned)
    {
      *status = bs_command_failed ("prune", g_atomic_int_get (&interrupted) ? "cancelled: nothing is written"
                                                                             : "not enough memory");
      return NULL;
    }
  if (!arguments->finetune)
    return g_steal_pointer (&pruned);
  bs_train_options_init (&options);
  options.epochs = (guint) arguments->epochs;
  options.horizon = set->horizon;
  options.seed = (guint64) arguments->seed;
  options.n_threads = MIN (g_get_num_processors (), BS_FIT_SHARDS);
  tuned = bs_fine_tune (pruned, primary->series, secondary ? secondary->series : NULL, &options, on_epoch, NULL,
                        &interrupted, &error);
  if (!tuned)
    *status = bs_command_failed ("prune", "%s: %s", arguments->finetune, error->message);
  else
    bs_prune_share_temperature (tuned, model);
  return tuned;
}

static int
run (const Arguments *arguments, const char *path)
{
  g_autofree char *sample = bs_path_resource_file ("sample-1m.csv.gz");
  const char *bars = arguments->finetune ? arguments->finetune : sample;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (path, &error);
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  g_autoptr (BsTrainingSet) set = NULL;
  g_autoptr (BsModel) pruned = NULL;
  g_autoptr (GTree) metadata = NULL;
  g_autofree float *inputs = NULL;
  g_autofree char *entry = NULL;
  Comparison comparison;
  BsFitRows held_back;
  int status;

  if (!model)
    return bs_command_failed ("prune", "%s", error->message);
  if (model->n_inputs != BS_N_FEATURES || model->feature_set != BS_FEATURE_SET_CAUSAL)
    return bs_command_failed ("prune", "%s: only a model of the %d causal features can be measured on bars", path,
                              BS_N_FEATURES);
  if (bs_prune_hidden (model->hidden, arguments->keep) >= model->hidden)
    return bs_command_failed ("prune", "--keep %g leaves all %u hidden units", arguments->keep, model->hidden);
  status = bs_bar_arguments_load (&arguments->bars, "prune", bars, 0, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  set = bs_training_set_new (primary->series, secondary ? secondary->series : NULL, model->sequence_length, 1, 0, &error);
  if (!set)
    return bs_command_failed ("prune", "%s: %s", bars, error->message);
  held_back.end = set->n_rows - set->horizon;
  held_back.begin = (gsize) ((1 - HELD_BACK) * (double) held_back.end);
  if (held_back.begin < 2 * WARM_UP_ROWS + model->sequence_length)
    return bs_command_failed ("prune", "%s: too few bars; expected at least %u", bars,
                              (guint) ((2 * WARM_UP_ROWS + model->sequence_length) / (1 - HELD_BACK)) + 2);

  signal (SIGINT, on_interrupt);
  inputs = scale_rows (set, model);
  pruned = prune (arguments, model, set, inputs, held_back.begin, primary, secondary, &status);
  signal (SIGINT, SIG_DFL);
  if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  if (!pruned)
    return status;
  compare (set, model, pruned, inputs, held_back, &comparison);
  metadata = bs_model_metadata_copy (model);
  entry = describe (&comparison, pruned, arguments);
  bs_model_metadata_set (metadata, "pruned", entry);
  if (!bs_model_save (model, pruned, metadata, arguments->output, &error))
    return bs_command_failed ("prune", "%s", error->message);
  print (&comparison, model, pruned, arguments->output);
  return BS_EXIT_DONE;
}

static int
prune_run (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .keep = DEFAULT_KEEP, .epochs = DEFAULT_EPOCHS, .seed = 1 };
  const GOptionEntry entries[] = {
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &arguments.output, "Where the model with both networks goes (required)",
      "MODEL" },
    { "keep", 0, 0, G_OPTION_ARG_DOUBLE, &arguments.keep, "Part of each layer's hidden units that stays (default 0.7)",
      "PART" },
    { "finetune", 0, 0, G_OPTION_ARG_FILENAME, &arguments.finetune,
      "Measure on the bars of FILE and train the smaller network further on them (default: the sample, no training)",
      "FILE" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &arguments.epochs, "Epochs of that at most (default 20)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &arguments.seed, "Of its order and dropout (default 1)", "N" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("MODEL");
  int status;

  g_option_context_set_summary (context, "Makes a smaller variant of MODEL and stores it beside the full network.");
  g_option_context_set_description (
    context, "Each hidden unit is measured by doing without it; the least useful go. The switch prune=on runs the variant.\n"
             "Its agreement with the full network is measured on the newest bars, which nothing was measured or trained on.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add (&arguments.bars, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("prune", "MODEL is missing");
  if (argc > 2)
    return bs_command_usage_error ("prune", "'%s' is one argument too many", argv[2]);
  if (!arguments.output)
    return bs_command_usage_error ("prune", "--output MODEL is missing: where the model is to be written");
  if (!(arguments.keep > 0 && arguments.keep < 1))
    return bs_command_usage_error ("prune", "--keep: expected a number between 0 and 1, got %g", arguments.keep);
  if (arguments.epochs < 1 || arguments.seed < 0)
    return bs_command_usage_error ("prune", "--epochs: expected a number from 1 on; --seed: one from 0 on");
  if (!arguments.finetune && !arguments.bars.secondary)
    arguments.bars.secondary = bs_path_resource_file ("sample-5m.csv.gz");
  return run (&arguments, argv[1]);
}

const BsCommand bs_command_prune = { "prune", "Make a smaller, faster variant of a model", prune_run };
