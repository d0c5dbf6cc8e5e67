/* bs-ablation-json.c: a report as JSON: everything in it, so that bs-ablation-earlier.c can run it again */
#include <string.h>

#include "app/commands/bs-json-text.h"
#include "app/lab/bs-ablation-report.h"

static void
add_string (GString *json, const char *name, const char *value, gboolean first)
{
  g_autofree char *quoted = bs_json_text_quote (value);
  g_string_append_printf (json, "%s\"%s\": %s", first ? "" : ", ", name, quoted);
}

static void
add_number (GString *json, const char *name, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf (json, ", \"%s\": %s", name, g_ascii_formatd (buffer, sizeof buffer, "%.9g", value));
}

static void
add_count (GString *json, const char *name, guint64 value)
{
  g_string_append_printf (json, ", \"%s\": %" G_GUINT64_FORMAT, name, value);
}

static void
add_arm (GString *json, const BsAblationArm *arm, const BsArmResult *result, guint n_rounds)
{
  g_autofree char *options = bs_options_to_json (&arm->options);

  add_string (json, "name", arm->name, TRUE);
  add_string (json, "work", bs_ablation_work_name (arm->work), FALSE);
  g_string_append_printf (json, ", \"options\": %s", options);
  if (result->left_out != NULL)
    {
      add_string (json, "left_out", result->left_out, FALSE);
      return;
    }
  add_count (json, "bars_per_round", result->n_bars);
  add_number (json, "median_us", result->median);
  g_string_append (json, ",\n     \"round_us\": [");
  for (guint i = 0; i < n_rounds; i++)
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append_printf (json, "%s%s", i > 0 ? ", " : "",
                              g_ascii_formatd (buffer, sizeof buffer, "%.6g", result->us[i]));
    }
  g_string_append (json, "], \"outlier_rounds\": [");
  for (guint i = 0, n = 0; i < n_rounds; i++)
    if (result->outliers[i])
      g_string_append_printf (json, "%s%u", n++ > 0 ? ", " : "", i + 1);
  g_string_append (json, "]");
  add_count (json, "answers", result->fidelity.n);
  add_count (json, "agree", result->fidelity.n_agree);
  add_number (json, "mean_difference", result->fidelity.mean);
  add_number (json, "max_difference", result->fidelity.max);
  add_number (json, "max_probability_difference", result->fidelity.max_probability);
}

static void
add_row (GString *json, const BsAblationRow *row, const GArray *arms)
{
  add_string (json, "name", row->name, TRUE);
  if (row->reason != NULL)
    {
      add_string (json, "not_measured", row->reason, FALSE);
      return;
    }
  add_string (json, "from", row->from, FALSE);
  add_string (json, "forced", row->forced, FALSE);
  add_string (json, "base", g_array_index (arms, BsAblationArm, row->base).name, FALSE);
  add_string (json, "arm", g_array_index (arms, BsAblationArm, row->arm).name, FALSE);
  add_number (json, "base_us", row->base_us);
  add_number (json, "us", row->us);
  add_number (json, "ratio", row->ratio.ratio);
  add_number (json, "low", row->ratio.low);
  add_number (json, "high", row->ratio.high);
  add_string (json, "verdict", bs_verdict_name (row->verdict), FALSE);
  add_count (json, "answers", row->fidelity.n);
  add_count (json, "agree", row->fidelity.n_agree);
  add_number (json, "max_difference", row->fidelity.max);
}

static void
add_head (GString *json, const BsAblationReport *report)
{
  const BsAblation *ablation = report->ablation;
  g_autofree char *options = bs_options_to_json (&ablation->plan->options);
  g_autofree char *reference = bs_options_to_json (&ablation->reference);

  add_string (json, "format", BS_ABLATION_FORMAT_NAME, TRUE);
  add_count (json, "version", BS_ABLATION_FORMAT_VERSION);
  add_string (json, "program", report->program, FALSE);
  add_string (json, "since", report->since, FALSE);
  add_number (json, "seconds", ablation->seconds);
  g_string_append (json, ",\n  ");
  add_string (json, "plan", ablation->plan->text, TRUE);
  add_count (json, "rounds", report->rounds);
  add_count (json, "rounds_done", ablation->n_rounds);
  g_string_append_printf (json, ", \"cancelled\": %s", ablation->cancelled ? "true" : "false");
  add_count (json, "seed", report->seed);
  g_string_append (json, ",\n  \"bars\": {");
  add_string (json, "file", report->bars_path, TRUE);
  add_string (json, "secondary", report->secondary_path, FALSE);
  add_count (json, "n", report->n_bars);
  add_count (json, "n_secondary", report->n_secondary);
  add_count (json, "max_bars", report->max_bars);
  add_string (json, "hash", report->bars_hash, FALSE);
  g_string_append (json, "},\n  \"model\": {");
  add_string (json, "file", report->model_path, TRUE);
  add_string (json, "name", report->model_name, FALSE);
  add_string (json, "hash", report->model_hash, FALSE);
  g_string_append (json, "},\n  \"machine\": {");
  add_string (json, "cpu", report->cpu, TRUE);
  add_string (json, "isa", report->isa, FALSE);
  add_count (json, "cores", report->n_cores);
  add_string (json, "governor", report->governor, FALSE);
  if (report->load >= 0)
    add_number (json, "load", report->load);
  add_string (json, "warning", report->warning, FALSE);
  g_string_append_printf (json, "},\n  \"options\": %s,\n  \"reference\": %s", options, reference);
}

void
bs_ablation_write_json (const BsAblationReport *report, const char *const *changes, GString *text)
{
  const BsAblation *ablation = report->ablation;
  const GArray *arms = ablation->plan->arms;
  g_autoptr (GArray) rows = bs_ablation_rows (ablation);

  g_string_append (text, "{\n  ");
  add_head (text, report);
  g_string_append (text, ",\n  \"comparisons\": [");
  for (guint i = 0; i < rows->len; i++)
    {
      g_string_append (text, i > 0 ? ",\n    {" : "\n    {");
      add_row (text, &g_array_index (rows, BsAblationRow, i), arms);
      g_string_append_c (text, '}');
    }
  g_string_append (text, "\n  ],\n  \"arms\": [");
  for (guint i = 0; i < arms->len; i++)
    {
      g_string_append (text, i > 0 ? ",\n    {" : "\n    {");
      add_arm (text, &g_array_index (arms, BsAblationArm, i), &ablation->arms[i], ablation->n_rounds);
      g_string_append_c (text, '}');
    }
  g_string_append (text, "\n  ]");
  for (guint i = 0; changes != NULL && changes[i] != NULL; i++)
    {
      g_autofree char *quoted = bs_json_text_quote (changes[i]);
      g_string_append_printf (text, "%s%s", i == 0 ? ",\n  \"changes\": [\n    " : ",\n    ", quoted);
    }
  g_string_append (text, changes != NULL && changes[0] != NULL ? "\n  ]\n}\n" : "\n}\n");
}
