#include "app/bench/bs-fidelity.h"

#include "app/bench/bs-bench.h"
#include "inference/engine/bs-engine.h"
#include "inference/vulkan/bs-vulkan-list.h"

#include <math.h>
#include <string.h>

#define MAX_SETTINGS 4
#define MAX_DEVICES 16

/* The paths; the first is what the others are compared with. */
static const struct
{
  const char *name;
  const char *settings[MAX_SETTINGS + 1];
  double limit; /* of |difference of confidence| */
  double clear; /* between FP32's two best classes */
  gboolean vulkan;
} paths[] = {
  { "reference/fp32", { "backend=reference" }, 0, 0, FALSE },
  { "cpu/fp32", { "backend=cpu", "precision=fp32" }, 1e-5, 0.01, FALSE },
  { "cpu/fp32/unfused", { "backend=cpu", "precision=fp32", "fused=off" }, 1e-5, 0.01, FALSE },
  { "cpu/int8", { "backend=cpu", "precision=int8" }, 0.01, 0.02, FALSE },
  { "cpu/int8/unfused", { "backend=cpu", "precision=int8", "fused=off" }, 0.01, 0.02, FALSE },
  { "cpu/fp32/inference-mode-off",
    { "backend=cpu", "precision=fp32", "fused=off", "inference-mode=off" },
    1e-5,
    0.01,
    FALSE },
  { "vulkan/fp32", { "backend=vulkan", "precision=fp32" }, 1e-5, 0.01, TRUE },
  { "vulkan/fp16", { "backend=vulkan", "precision=fp16" }, 0.001, 0.01, TRUE },
};

BsAnswer
bs_answer_from_signal (const BsSignal *signal)
{
  BsAnswer answer = { .klass = signal->raw_class };
  memcpy (answer.probabilities, signal->probabilities, sizeof answer.probabilities);
  return answer;
}

/* How much more probable the class is than the second. */
static double
margin (const BsAnswer *answer)
{
  double second = 0;
  for (guint c = 0; c < BS_N_CLASSES; c++)
    if (c != answer->klass)
      second = MAX (second, answer->probabilities[c]);
  return answer->probabilities[answer->klass] - second;
}

static gboolean
keep_answer (const BsSignal *signal, gpointer data)
{
  GArray *answers = data;

  if (signal->state != BS_SIGNAL_READY)
    return TRUE;
  BsAnswer answer = bs_answer_from_signal (signal);
  g_array_append_val (answers, answer);
  return TRUE;
}

/* Bar at which a Vulkan path starts: the first, or on a device that is really the CPU one of the newest. */
static guint64
vulkan_first (const BsBarSeries *primary)
{
  BsVulkanDeviceInfo devices[MAX_DEVICES];
  g_autofree char *reason = NULL;
  guint n = bs_vulkan_list_devices (devices, MAX_DEVICES, &reason);
  guint64 first = bs_bar_series_first (primary), end = bs_bar_series_end (primary);

  for (guint i = 0; i < n; i++)
    if (strcmp (devices[i].type, "cpu") != 0)
      return first;
  return end - first > BS_FIDELITY_CPU_DEVICE_BARS ? end - BS_FIDELITY_CPU_DEVICE_BARS : first;
}

/* @first: the bar to begin with. (transfer full) (element-type BsAnswer) */
static GArray *
answers_of_path (guint path, BsModel *model, const BsBarSeries *primary, guint64 first, const BsBarSeries *secondary,
                 GError **error)
{
  g_autoptr (GArray) answers = g_array_new (FALSE, FALSE, sizeof (BsAnswer));
  g_autoptr (BsPredictor) predictor = NULL;
  BsOptions options;

  bs_options_init (&options);
  for (const char *const *setting = paths[path].settings; *setting != NULL; setting++)
    if (!bs_options_set (&options, *setting, error))
      return NULL;
  predictor
    = bs_predictor_new (model, &options, 0, bs_bar_series_bar_length (primary), bs_bar_series_stamp (primary), error);
  if (predictor == NULL)
    return NULL;
  if (secondary != NULL)
    {
      bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (secondary),
                                        bs_bar_series_stamp (secondary));
      for (guint64 i = bs_bar_series_first (secondary); i < bs_bar_series_end (secondary); i++)
        {
          BsBar bar;

          bs_bar_series_get (secondary, i, &bar);
          if (!bs_predictor_push_secondary (predictor, &bar, error))
            return NULL;
        }
    }
  if (!bs_predictor_push_many (predictor, primary, first, bs_bar_series_end (primary), keep_answer, answers, error))
    return NULL;
  return g_steal_pointer (&answers);
}

void
bs_fidelity_compare (const BsAnswer *reference, const BsAnswer *answers, gsize n, BsFidelity *result)
{
  g_return_if_fail (reference != NULL && answers != NULL && n >= 1 && result != NULL);

  g_autofree double *differences = g_new (double, n);
  BsBenchResult summary;
  double sum = 0;

  result->n = n;
  result->n_agree = result->n_clear = result->n_clear_agree = 0;
  result->max_probability = 0;
  for (gsize i = 0; i < n; i++)
    {
      const BsAnswer *a = &reference[i], *b = &answers[i];
      const gboolean agree = a->klass == b->klass, is_clear = margin (a) > result->clear;

      result->n_agree += agree;
      result->n_clear += is_clear;
      result->n_clear_agree += is_clear && agree;
      differences[i] = fabs (a->probabilities[a->klass] - b->probabilities[b->klass]);
      sum += differences[i];
      for (guint c = 0; c < BS_N_CLASSES; c++)
        result->max_probability = MAX (result->max_probability, fabs (a->probabilities[c] - b->probabilities[c]));
    }
  bs_bench_summarize (differences, n, &summary);
  result->mean = sum / (double) n;
  result->p99 = summary.p99;
  result->max = summary.max;
}

gboolean
bs_fidelity_kept (const BsFidelity *self)
{
  return self->max <= self->limit && self->n_clear_agree == self->n_clear;
}

GArray *
bs_fidelity_measure (BsModel *model, const BsBarSeries *primary, const BsBarSeries *secondary, GError **error)
{
  const BsEngineClass *vulkan = bs_engine_class_by_name ("vulkan");
  g_autofree char *no_vulkan = NULL;
  const gboolean has_vulkan = vulkan != NULL && vulkan->available (&no_vulkan);
  guint64 first = bs_bar_series_first (primary);
  g_autoptr (GArray) reference = answers_of_path (0, model, primary, first, secondary, error);
  g_autoptr (GArray) results = g_array_new (FALSE, TRUE, sizeof (BsFidelity));

  if (reference == NULL)
    return NULL;
  if (reference->len == 0)
    {
      g_set_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED,
                   "nothing to compare: the bars hold no full window of %u rows", model->sequence_length);
      return NULL;
    }
  for (guint path = 1; path < G_N_ELEMENTS (paths); path++)
    {
      BsFidelity result = { .name = paths[path].name, .limit = paths[path].limit, .clear = paths[path].clear };
      g_autoptr (GArray) answers = NULL;

      if (paths[path].vulkan && !has_vulkan)
        continue;
      if (paths[path].vulkan && first != vulkan_first (primary))
        {
          /* Features look back, so that fewer bars need a reference of their own. */
          first = vulkan_first (primary);
          g_array_unref (reference);
          reference = answers_of_path (0, model, primary, first, secondary, error);
        }
      if (reference != NULL)
        answers = answers_of_path (path, model, primary, first, secondary, error);
      if (answers == NULL)
        return NULL;
      g_assert (answers->len == reference->len);
      bs_fidelity_compare ((const BsAnswer *) (gconstpointer) reference->data,
                           (const BsAnswer *) (gconstpointer) answers->data, reference->len, &result);
      g_array_append_val (results, result);
    }
  return g_steal_pointer (&results);
}

char *
bs_fidelity_to_text (const GArray *results)
{
  GString *text = g_string_new (NULL);
  int width = 0;

  for (guint i = 0; i < results->len; i++)
    width = MAX (width, (int) strlen (g_array_index (results, BsFidelity, i).name));
  g_string_append_printf (text, "%-*s %9s %11s %11s %12s %12s %12s %9s\n", width, "path", "windows", "agree",
                          "clear agree", "mean", "p99", "max", "limit");
  for (guint i = 0; i < results->len; i++)
    {
      const BsFidelity *r = &g_array_index (results, BsFidelity, i);
      g_autofree char *clear_agree
        = r->n_clear == 0 ? g_strdup ("-")
                          : g_strdup_printf ("%.4f %%", 100.0 * (double) r->n_clear_agree / (double) r->n_clear);

      g_string_append_printf (text, "%-*s %9" G_GUINT64_FORMAT " %9.4f %% %11s %12.3e %12.3e %12.3e %9g%s\n", width,
                              r->name, r->n, 100.0 * (double) r->n_agree / (double) r->n, clear_agree, r->mean, r->p99,
                              r->max, r->limit, bs_fidelity_kept (r) ? "" : "  NOT KEPT");
    }
  return g_string_free (text, FALSE);
}

static void
append_number (GString *json, const char *name, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (json, ", \"%s\": %s", name, g_ascii_dtostr (buffer, sizeof buffer, value));
}

char *
bs_fidelity_to_json (const GArray *results)
{
  GString *json = g_string_new ("[");

  for (guint i = 0; i < results->len; i++)
    {
      const BsFidelity *r = &g_array_index (results, BsFidelity, i);

      g_string_append_printf (json,
                              "%s\n  {\"path\": \"%s\", \"windows\": %" G_GUINT64_FORMAT
                              ", \"agree\": %" G_GUINT64_FORMAT ", \"clear\": %" G_GUINT64_FORMAT
                              ", \"clear_agree\": %" G_GUINT64_FORMAT,
                              i > 0 ? "," : "", r->name, r->n, r->n_agree, r->n_clear, r->n_clear_agree);
      append_number (json, "mean", r->mean);
      append_number (json, "p99", r->p99);
      append_number (json, "max", r->max);
      append_number (json, "limit", r->limit);
      g_string_append_printf (json, ", \"kept\": %s}", bs_fidelity_kept (r) ? "true" : "false");
    }
  g_string_append (json, "\n]\n");
  return g_string_free (json, FALSE);
}
