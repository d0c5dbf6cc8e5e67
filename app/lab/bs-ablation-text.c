/* bs-ablation-text.c: a report to read (table, Markdown) and for a spreadsheet (CSV) */
#include <math.h>
#include <string.h>

#include "app/lab/bs-ablation-report.h"

#define NAME_WIDTH_MIN 22
#define NAME_WIDTH_MAX 44

/* Four significant digits, without an exponent. */
static const char *
format_us (char buffer[G_ASCII_DTOSTR_BUF_SIZE], double us)
{
  int decimals = us > 0 ? 3 - (int) floor (log10 (us)) : 0;
  char format[8];
  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 4));
  return g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, format, us);
}

static const char *
format_agreement (char buffer[32], const BsFidelity *fidelity)
{
  if (fidelity->n == 0)
    g_strlcpy (buffer, "-", 32);
  else if (fidelity->n_agree == fidelity->n)
    g_strlcpy (buffer, "100 %", 32);
  else
    g_snprintf (buffer, 32, "%.2f %%", 100.0 * (double) fidelity->n_agree / (double) fidelity->n);
  return buffer;
}

/* "20 rounds", or that it was cancelled. */
static char *
rounds_text (const BsAblationReport *report)
{
  const guint done = report->ablation->n_rounds;
  if (report->ablation->cancelled)
    return g_strdup_printf ("cancelled after %u of %u rounds", done, report->rounds);
  return g_strdup_printf ("%u %s", done, done == 1 ? "round" : "rounds");
}

/* Notes that belong under every table, one string each. */
static char **
notes (const BsAblationReport *report)
{
  const BsAblation *ablation = report->ablation;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *reference = bs_ablation_options_text (&ablation->reference);
  g_autofree char *region = g_strdup_printf (
    "Bars timed lie among the newest %" G_GSIZE_FORMAT ", with all before them as history; \"bars\" is how many an arm "
    "timed in each round. Time is read outside of the predictor, once a bar; what counts of a round is the median of "
    "its bars "
    "(those with a Hurst computation and those without weighted by their number).",
    ablation->n_region);
  g_autofree char *answers = g_strdup_printf (
    "Agreement and |dC| (difference of confidence, mean and largest) are of every answer that was timed, against %s.",
    reference);
  g_autofree char *verdicts = g_strdup_printf (
    "A verdict is given where the whole 95 %% interval of the ratio of medians (bootstrap over rounds) lies more than "
    "%.0f %% from 1 and the rounds agree on the direction (sign test, 5 %%).",
    100 * BS_STATISTICS_NOISE_BAND);

  g_strv_builder_add (builder, region);
  g_strv_builder_add (builder, verdicts);
  g_strv_builder_add (builder, answers);
  for (guint i = 0; i < ablation->plan->arms->len; i++)
    {
      const BsArmResult *arm = &ablation->arms[i];
      if (arm->left_out != NULL || arm->n_outliers == 0)
        continue;
      g_autoptr (GString) text = g_string_new (NULL);
      g_string_append_printf (text,
                              "Outliers of %s (kept):", g_array_index (ablation->plan->arms, BsAblationArm, i).name);
      for (guint round = 0; round < ablation->n_rounds; round++)
        if (arm->outliers[round])
          {
            char buffer[G_ASCII_DTOSTR_BUF_SIZE];
            g_string_append_printf (text, " round %u %s us", round + 1, format_us (buffer, arm->us[round]));
          }
      g_strv_builder_add (builder, text->str);
    }
  return g_strv_builder_end (builder);
}

static guint
name_width (const GArray *rows)
{
  guint width = NAME_WIDTH_MIN;
  for (guint i = 0; i < rows->len; i++)
    width = MAX (width, (guint) strlen (g_array_index (rows, BsAblationRow, i).name));
  return MIN (width, NAME_WIDTH_MAX);
}

static void
table_head (const BsAblationReport *report, GString *text)
{
  g_autofree char *machine = bs_ablation_report_machine (report);
  g_autofree char *options
    = bs_ablation_options_text (&g_array_index (report->ablation->plan->arms, BsAblationArm, 0).options);
  g_autofree char *rounds = rounds_text (report);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "Plan      %s, %s, seed %u, %.1f s\n", report->ablation->plan->text, rounds,
                          report->seed, report->ablation->seconds);
  g_string_append_printf (text, "Bars      %s, %" G_GSIZE_FORMAT " bars", report->bars_path, report->n_bars);
  if (report->secondary_path != NULL)
    g_string_append_printf (text, "; %s, %" G_GSIZE_FORMAT, report->secondary_path, report->n_secondary);
  g_string_append_printf (text, "\nModel     %s\nMachine   %s\n", report->model_name, machine);
  if (report->warning != NULL)
    g_string_append_printf (text, "Warning   %s: times are unsteady, ratios hold\n", report->warning);
  g_string_append_printf (text, "Baseline  %s us a bar: %s\n\n", format_us (buffer, report->ablation->arms[0].median),
                          options);
}

void
bs_ablation_write_table (const BsAblationReport *report, const char *const *changes, GString *text)
{
  g_autoptr (GArray) rows = bs_ablation_rows (report->ablation);
  g_auto (GStrv) lines = notes (report);
  const int width = (int) name_width (rows);
  gboolean any_left_out = FALSE;

  table_head (report, text);
  g_string_append_printf (text, "%-*s %11s %11s %9s %20s  %-13s %9s %9s %9s %7s %5s\n", width, "changed to", "base us",
                          "us", "ratio", "95 % interval", "verdict", "agree", "mean |dC|", "max |dC|", "answers",
                          "bars");
  for (guint i = 0; i < rows->len; i++)
    {
      const BsAblationRow *row = &g_array_index (rows, BsAblationRow, i);
      char base_us[G_ASCII_DTOSTR_BUF_SIZE], us[G_ASCII_DTOSTR_BUF_SIZE], agreement[32];
      if (row->reason != NULL)
        {
          g_string_append_printf (text, "%s%-*s %s\n", any_left_out ? "" : "\nNot measured here:\n", width, row->name,
                                  row->reason);
          any_left_out = TRUE;
          continue;
        }
      g_autofree char *interval = g_strdup_printf ("%.4g .. %.4g", row->ratio.low, row->ratio.high);
      g_string_append_printf (text, "%-*s %11s %11s %9.4g %20s  %-13s %9s %9.1e %9.1e %7" G_GUINT64_FORMAT " %5u\n",
                              width, row->name, format_us (base_us, row->base_us), format_us (us, row->us),
                              row->ratio.ratio, interval, bs_verdict_name (row->verdict),
                              format_agreement (agreement, &row->fidelity), row->fidelity.mean, row->fidelity.max,
                              row->fidelity.n, row->n_bars);
      if (row->forced != NULL)
        g_string_append_printf (text, "%-*s   from %s, compared where %s already\n", width, "", row->from, row->forced);
      if (row->work == BS_ABLATION_BULK)
        g_string_append_printf (text, "%-*s   bars that are all there, taken at once\n", width, "");
    }
  g_string_append_c (text, '\n');
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", lines[i]);
  for (guint i = 0; changes != NULL && changes[i] != NULL; i++)
    g_string_append_printf (text, "%s  %s\n", i == 0 ? "\nSince the earlier report:\n" : "", changes[i]);
}

static void
append_csv (GString *text, const char *field, gboolean last)
{
  if (field != NULL && strpbrk (field, ",\"\r\n") != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (field, "\"", -1);
      g_autofree char *escaped = g_strjoinv ("\"\"", parts);
      g_string_append_printf (text, "\"%s\"", escaped);
    }
  else if (field != NULL)
    g_string_append (text, field);
  g_string_append_c (text, last ? '\n' : ',');
}

void
bs_ablation_write_csv (const BsAblationReport *report, const char *const *changes, GString *text)
{
  g_autoptr (GArray) rows = bs_ablation_rows (report->ablation);

  g_string_append (text,
                   "name,from,forced,work,base_us,us,ratio,low,high,verdict,rounds,outliers,bars_per_round,answers,"
                   "agree,mean_difference,max_difference,max_probability_difference,not_measured\n");
  for (guint i = 0; i < rows->len; i++)
    {
      const BsAblationRow *row = &g_array_index (rows, BsAblationRow, i);
      append_csv (text, row->name, FALSE);
      append_csv (text, row->from, FALSE);
      append_csv (text, row->forced, FALSE);
      if (row->reason == NULL)
        g_string_append_printf (
          text, "%s,%.6g,%.6g,%.6g,%.6g,%.6g,%s,%u,%u,%u,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%.6g,%.6g,%.6g,",
          bs_ablation_work_name (row->work), row->base_us, row->us, row->ratio.ratio, row->ratio.low, row->ratio.high,
          bs_verdict_name (row->verdict), row->ratio.n, row->n_outliers, row->n_bars, row->fidelity.n,
          row->fidelity.n_agree, row->fidelity.mean, row->fidelity.max, row->fidelity.max_probability);
      else
        g_string_append (text, ",,,,,,,,,,,,,,,");
      append_csv (text, row->reason, TRUE);
    }
}

/* A vertical line would end a cell. */
static char *
cell (const char *field)
{
  g_auto (GStrv) parts = g_strsplit (field, "|", -1);
  return g_strjoinv ("\\|", parts);
}

static void
markdown_head (const BsAblationReport *report, GString *text)
{
  g_autofree char *machine = bs_ablation_report_machine (report);
  g_autofree char *rounds = rounds_text (report);
  g_autofree char *options
    = bs_ablation_options_text (&g_array_index (report->ablation->plan->arms, BsAblationArm, 0).options);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "# Ablation: %s\n\n", report->ablation->plan->text);
  g_string_append_printf (text, "- Bars: `%s`, %" G_GSIZE_FORMAT, report->bars_path, report->n_bars);
  if (report->secondary_path != NULL)
    g_string_append_printf (text, "; `%s`, %" G_GSIZE_FORMAT, report->secondary_path, report->n_secondary);
  g_string_append_printf (text, "\n- Model: %s (`%.12s`)\n- Machine: %s\n", report->model_name, report->model_hash,
                          machine);
  if (report->warning != NULL)
    g_string_append_printf (text, "- **Warning**: %s: times are unsteady, ratios hold\n", report->warning);
  g_string_append_printf (text, "- Program: %s\n- Run: %s, seed %u, %.1f s\n- Baseline: %s us a bar with `%s`\n\n",
                          report->program, rounds, report->seed, report->ablation->seconds,
                          format_us (buffer, report->ablation->arms[0].median), options);
}

void
bs_ablation_write_markdown (const BsAblationReport *report, const char *const *changes, GString *text)
{
  g_autoptr (GArray) rows = bs_ablation_rows (report->ablation);
  g_auto (GStrv) lines = notes (report);
  gboolean any_left_out = FALSE;

  markdown_head (report, text);
  g_string_append (text,
                   "| changed to | from | base us | us | ratio (95 %) | verdict | agreement | mean \\|dC\\| | max "
                   "\\|dC\\| | answers | bars |\n|---|---|---:|---:|---:|---|---:|---:|---:|---:|---:|\n");
  for (guint i = 0; i < rows->len; i++)
    {
      const BsAblationRow *row = &g_array_index (rows, BsAblationRow, i);
      char base_us[G_ASCII_DTOSTR_BUF_SIZE], us[G_ASCII_DTOSTR_BUF_SIZE], agreement[32];
      if (row->reason != NULL)
        {
          g_autofree char *reason = cell (row->reason);
          g_string_append_printf (text, "%s| `%s` | %s |\n",
                                  any_left_out ? "" : "\nNot measured here:\n\n| setting | why |\n|---|---|\n",
                                  row->name, reason);
          any_left_out = TRUE;
          continue;
        }
      g_string_append_printf (
        text,
        "| `%s`%s%s%s%s | `%s` | %s | %s | %.4g (%.4g .. %.4g) | %s | %s | %.1e | %.1e | %" G_GUINT64_FORMAT
        " | %u |\n",
        row->name, row->forced != NULL ? ", where `" : "", row->forced != NULL ? row->forced : "",
        row->forced != NULL ? "` already" : "", row->work == BS_ABLATION_BULK ? ", in bulk" : "", row->from,
        format_us (base_us, row->base_us), format_us (us, row->us), row->ratio.ratio, row->ratio.low, row->ratio.high,
        bs_verdict_name (row->verdict), format_agreement (agreement, &row->fidelity), row->fidelity.mean,
        row->fidelity.max, row->fidelity.n, row->n_bars);
    }
  g_string_append_c (text, '\n');
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text, "- %s\n", lines[i]);
  for (guint i = 0; changes != NULL && changes[i] != NULL; i++)
    g_string_append_printf (text, "%s- %s\n", i == 0 ? "\n## Since the earlier report\n\n" : "", changes[i]);
}
