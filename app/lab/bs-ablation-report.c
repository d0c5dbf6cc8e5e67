#include "app/lab/bs-ablation-report.h"

#include <string.h>

#include "app/bench/bs-machine.h"

static const BsAblationFormat formats[] = {
  { "table", "txt", bs_ablation_write_table },
  { "json", "json", bs_ablation_write_json },
  { "csv", "csv", bs_ablation_write_csv },
  { "markdown", "md", bs_ablation_write_markdown },
};

const BsAblationFormat *
bs_ablation_format_nth (guint n)
{
  return n < G_N_ELEMENTS (formats) ? &formats[n] : NULL;
}

const BsAblationFormat *
bs_ablation_format_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      return &formats[i];
  return NULL;
}

static void
hash_series (GChecksum *checksum, const BsBarSeries *bars)
{
  const gsize n = bs_bar_series_length (bars);
  /* The cumulative delta follows from the others, and from bars that are not here. */
  g_checksum_update (checksum, (const guchar *) bs_bar_series_times (bars), (gssize) (n * sizeof (gint64)));
  for (int column = 0; column < BS_COLUMN_CUMULATIVE_DELTA; column++)
    g_checksum_update (checksum, (const guchar *) bs_bar_series_column (bars, (BsColumn) column),
                       (gssize) (n * sizeof (double)));
}

static char *
hash_bars (const BsBarSeries *primary, const BsBarSeries *secondary)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  hash_series (checksum, primary);
  if (secondary != NULL)
    hash_series (checksum, secondary);
  return g_strdup (g_checksum_get_string (checksum));
}

BsAblationReport *
bs_ablation_report_run (BsAblationPlan *plan, const BsAblationSetup *setup, const BsAblationSource *source,
                        GError **error)
{
  g_return_val_if_fail (plan != NULL && setup != NULL && source != NULL, NULL);

  g_autoptr (BsAblationReport) self = g_new0 (BsAblationReport, 1);
  const char *model_name = bs_model_metadata (setup->model, "name");
  self->load = bs_machine_load ();
  self->warning = bs_machine_timing_warning ();
  self->ablation = bs_ablation_run (plan, setup, error);
  if (self->ablation == NULL)
    return NULL;
  self->program = g_strdup (source->program);
  self->since = g_strdup (source->since);
  self->bars_path = g_strdup (source->bars_path);
  self->secondary_path = g_strdup (source->secondary_path);
  self->bars_hash = hash_bars (setup->primary, setup->secondary);
  self->n_bars = bs_bar_series_length (setup->primary);
  self->n_secondary = setup->secondary != NULL ? bs_bar_series_length (setup->secondary) : 0;
  self->max_bars = source->max_bars;
  self->model_path = g_strdup (source->model_path);
  self->model_name = model_name != NULL ? g_strdup (model_name) : g_path_get_basename (source->model_path);
  self->model_hash = g_strdup (setup->model->hash);
  self->rounds = setup->rounds;
  self->seed = setup->seed;
  self->cpu = bs_machine_cpu ();
  self->isa = bs_machine_isa ();
  self->governor = bs_machine_governor ();
  self->n_cores = g_get_num_processors ();
  return g_steal_pointer (&self);
}

void
bs_ablation_report_free (BsAblationReport *self)
{
  if (self == NULL)
    return;
  bs_ablation_free (self->ablation);
  g_free (self->program);
  g_free (self->since);
  g_free (self->bars_path);
  g_free (self->secondary_path);
  g_free (self->bars_hash);
  g_free (self->model_path);
  g_free (self->model_name);
  g_free (self->model_hash);
  g_free (self->cpu);
  g_free (self->isa);
  g_free (self->governor);
  g_free (self->warning);
  g_free (self);
}

GArray *
bs_ablation_rows (const BsAblation *ablation)
{
  const BsAblationPlan *plan = ablation->plan;
  g_autoptr (GArray) left_out = g_array_new (FALSE, TRUE, sizeof (BsAblationRow));
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (BsAblationRow));

  for (guint i = 0; i < plan->comparisons->len; i++)
    {
      const BsAblationComparison *comparison = &g_array_index (plan->comparisons, BsAblationComparison, i);
      const BsArmResult *base = &ablation->arms[comparison->base], *arm = &ablation->arms[comparison->arm];
      BsAblationRow row = { .name = comparison->name,
                            .from = comparison->from,
                            .forced = comparison->forced,
                            .base = comparison->base,
                            .arm = comparison->arm,
                            .work = g_array_index (plan->arms, BsAblationArm, comparison->arm).work };
      if (!ablation->comparisons[i].measured)
        {
          row.reason = arm->left_out != NULL ? arm->left_out : base->left_out;
          g_array_append_val (left_out, row);
          continue;
        }
      row.base_us = base->median;
      row.us = arm->median;
      row.ratio = ablation->comparisons[i].ratio;
      row.verdict = ablation->comparisons[i].verdict;
      row.fidelity = arm->fidelity;
      row.n_bars = arm->n_bars;
      row.n_outliers = arm->n_outliers;
      g_array_append_val (rows, row);
    }
  g_array_append_vals (rows, left_out->data, left_out->len);
  for (guint i = 0; i < plan->left_out->len; i++)
    {
      const BsAblationLeftOut *one = &g_array_index (plan->left_out, BsAblationLeftOut, i);
      BsAblationRow row = { .name = one->name, .from = "", .reason = one->reason };
      g_array_append_val (rows, row);
    }
  return rows;
}

char *
bs_ablation_options_text (const BsOptions *options)
{
  GString *text = g_string_new (NULL);
  for (int option = 0; option < BS_N_OPTIONS; option++)
    {
      g_autofree char *value = bs_options_value_string (options, (BsOption) option);
      g_string_append_printf (text, "%s%s=%s", option > 0 ? " " : "", bs_option_info ((BsOption) option)->name, value);
    }
  return g_string_free (text, FALSE);
}

char *
bs_ablation_report_machine (const BsAblationReport *self)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%s; %s; %u %s; governor %s", self->cpu, self->isa, self->n_cores,
                          self->n_cores == 1 ? "core" : "cores", self->governor != NULL ? self->governor : "unknown");
  if (self->load >= 0)
    g_string_append_printf (text, "; load %.1f before the run", self->load);
  return g_string_free (text, FALSE);
}
