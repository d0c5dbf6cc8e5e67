/* test-ablation.c: plans from the options table, runs, reports in every format, and reports read back */
#include <math.h>
#include <string.h>

#include "app/lab/bs-ablation-earlier.h"
#include "inference/model/bs-json.h"
#include "tests/bs-test-bars.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define N_BARS 400
#define T 8

static BsAblationPlan *
plan_new (const char *text, const char *setting)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  if (setting != NULL)
    g_assert_true (bs_options_set (&options, setting, NULL));
  BsAblationPlan *plan = bs_ablation_plan_new (text, &options, &error);
  g_assert_no_error (error);
  return plan;
}

static const BsAblationComparison *
find_comparison (const BsAblationPlan *plan, const char *name)
{
  for (guint i = 0; i < plan->comparisons->len; i++)
    if (strcmp (g_array_index (plan->comparisons, BsAblationComparison, i).name, name) == 0)
      return &g_array_index (plan->comparisons, BsAblationComparison, i);
  return NULL;
}

static const BsOptions *
arm_options (const BsAblationPlan *plan, guint arm)
{
  return &g_array_index (plan->arms, BsAblationArm, arm).options;
}

static gboolean
is_left_out (const BsAblationPlan *plan, const char *name)
{
  for (guint i = 0; i < plan->left_out->len; i++)
    if (strcmp (g_array_index (plan->left_out, BsAblationLeftOut, i).name, name) == 0)
      return g_array_index (plan->left_out, BsAblationLeftOut, i).reason[0] != '\0';
  return FALSE;
}

/* Every row of the table is there, thrown to another value or left out with a reason; whatever rows there are. */
static void
test_every_option (void)
{
  for (guint i = 0; bs_ablation_plan_nth (i) != NULL; i++)
    {
      g_autoptr (BsAblationPlan) plan = plan_new (bs_ablation_plan_nth (i), NULL);
      g_assert_nonnull (bs_ablation_plan_summary (i));
      for (int option = 0; option < BS_N_OPTIONS; option++)
        {
          g_autofree char *prefix = g_strconcat (bs_option_info ((BsOption) option)->name, "=", NULL);
          gboolean found = FALSE;
          for (guint k = 0; k < plan->comparisons->len; k++)
            found |= g_str_has_prefix (g_array_index (plan->comparisons, BsAblationComparison, k).name, prefix);
          for (guint k = 0; k < plan->left_out->len; k++)
            found |= g_str_has_prefix (g_array_index (plan->left_out, BsAblationLeftOut, k).name, prefix);
          if (!found)
            g_error ("%s: %s is not there", plan->text, prefix);
        }
      /* What is measured can be had, and its names tell it apart. */
      for (guint k = 0; k < plan->arms->len; k++)
        {
          g_autoptr (GError) error = NULL;
          const BsAblationArm *arm = &g_array_index (plan->arms, BsAblationArm, k);
          g_assert_true (bs_options_check (&arm->options, &error));
          g_assert_no_error (error);
          for (guint other = 0; other < k; other++)
            g_assert_cmpstr (g_array_index (plan->arms, BsAblationArm, other).name, !=, arm->name);
        }
      /* Two arms of a comparison differ in what its name says, but for the control. */
      for (guint k = 0; k < plan->comparisons->len; k++)
        {
          const BsAblationComparison *c = &g_array_index (plan->comparisons, BsAblationComparison, k);
          gboolean same = memcmp (arm_options (plan, c->base), arm_options (plan, c->arm), sizeof (BsOptions)) == 0;
          g_assert_cmpint (same, ==, strcmp (c->name, "baseline again") == 0);
          g_assert_cmpint (g_array_index (plan->arms, BsAblationArm, c->base).work, ==,
                           g_array_index (plan->arms, BsAblationArm, c->arm).work);
        }
    }
}

static void
test_leave_one_out (void)
{
  g_autoptr (BsAblationPlan) plan = plan_new ("leave-one-out", NULL);
  const BsAblationComparison *c = find_comparison (plan, "hurst-cache=off");
  g_assert_nonnull (c);
  g_assert_cmpuint (c->base, ==, 0);
  g_assert_null (c->forced);
  g_assert_cmpstr (c->from, ==, "hurst-cache=on");

  /* What another switch forbids is compared where that one is off already, and says so. */
  c = find_comparison (plan, "tail-window=on");
  g_assert_nonnull (c);
  g_assert_cmpstr (c->forced, ==, "incremental=off");
  g_assert_false (arm_options (plan, c->base)->value[BS_OPTION_INCREMENTAL]);
  g_assert_false (arm_options (plan, c->base)->value[BS_OPTION_TAIL_WINDOW]);
  g_assert_true (arm_options (plan, c->arm)->value[BS_OPTION_TAIL_WINDOW]);

  /* So is what counts only there. */
  c = find_comparison (plan, "vector-atr=off");
  g_assert_nonnull (c);
  g_assert_cmpstr (c->forced, ==, "incremental=off");

  c = find_comparison (plan, "inference-mode=off");
  g_assert_nonnull (c);
  g_assert_cmpstr (c->forced, ==, "fused=off");
  g_assert_true (is_left_out (plan, "prune=on"));

  c = find_comparison (plan, "batch=off");
  g_assert_nonnull (c);
  g_assert_cmpint (g_array_index (plan->arms, BsAblationArm, c->arm).work, ==, BS_ABLATION_BULK);
  g_assert_nonnull (find_comparison (plan, "timing=off"));
  g_assert_nonnull (find_comparison (plan, "everything off"));
  g_assert_nonnull (find_comparison (plan, "baseline again"));
}

static void
test_add_one (void)
{
  g_autoptr (BsAblationPlan) plan = plan_new ("add-one", NULL);
  const BsOptions *base = arm_options (plan, 0);
  const BsAblationComparison *c = find_comparison (plan, "everything on");

  g_assert_false (base->value[BS_OPTION_HURST_CACHE]);
  g_assert_false (base->value[BS_OPTION_INCREMENTAL]);
  g_assert_false (base->value[BS_OPTION_FUSED]);
  g_assert_cmpint (base->value[BS_OPTION_PRECISION], ==, BS_PRECISION_FP32);
  g_assert_nonnull (c);
  g_assert_true (arm_options (plan, c->arm)->value[BS_OPTION_INCREMENTAL]);
  c = find_comparison (plan, "incremental=on");
  g_assert_nonnull (c);
  g_assert_cmpuint (c->base, ==, 0);
  /* It does nothing while the cache is off. */
  c = find_comparison (plan, "hurst-every=1");
  g_assert_nonnull (c);
  g_assert_cmpstr (c->forced, ==, "hurst-cache=on");
}

static void
test_pairs (void)
{
  g_autoptr (BsAblationPlan) plan = plan_new ("pairs", NULL);
  const BsAblationComparison *c = find_comparison (plan, "hurst-cache=off, fused=off");

  g_assert_nonnull (c);
  g_assert_nonnull (find_comparison (plan, "hurst-cache=off"));
  g_assert_null (find_comparison (plan, "hurst-cache=off, vector-atr=off")); /* which counts with incremental=off */
  g_assert_nonnull (find_comparison (plan, "vector-atr=off, incremental=off"));
  g_assert_false (arm_options (plan, c->arm)->value[BS_OPTION_HURST_CACHE]);
  g_assert_false (arm_options (plan, c->arm)->value[BS_OPTION_FUSED]);
}

static void
test_values (void)
{
  g_autoptr (BsAblationPlan) plan = plan_new ("hurst-every=1,5,10,5", NULL);
  g_autoptr (BsAblationPlan) impossible = plan_new ("tail-window=on", "backend=reference");

  g_assert_nonnull (find_comparison (plan, "hurst-every=1"));
  g_assert_nonnull (find_comparison (plan, "hurst-every=5"));
  g_assert_null (find_comparison (plan, "hurst-every=10")); /* what it is compared with */
  g_assert_cmpuint (plan->comparisons->len, ==, 3);
  g_assert_nonnull (find_comparison (impossible, "tail-window=on"));

  /* No other switch makes a device or another engine's format. */
  plan = (bs_ablation_plan_free (g_steal_pointer (&plan)), plan_new ("precision=fp16", NULL));
  g_assert_true (find_comparison (plan, "precision=fp16") != NULL || is_left_out (plan, "precision=fp16"));
}

static void
test_bad_plans (void)
{
  static const char *const wrong[][2] = {
    { "", "no plan" },
    { "leave-one", "expected leave-one-out" },
    { "speed=1,2", "speed" },
    { "hurst-every=0", "1..1000" },
    { "hurst-every=", "1..1000" },
    { "hurst-every=5,,6", "1..1000" },
    { "hurst-every=10", "nothing to compare" },
    { "precision=fp64", "fp32" },
    { "hurst-every=1,2,3,4,5,6,7,8,9,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "at most" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      BsOptions options;
      bs_options_init (&options);
      g_assert_null (bs_ablation_plan_new (wrong[i][0], &options, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, wrong[i][1]));
    }
}

/* Runs */

typedef struct
{
  guint calls;
  guint stop_after; /* calls; 0: never */
  double fraction;
} Watch;

static gboolean
watch_progress (const BsAblationProgress *progress, gpointer data)
{
  Watch *watch = data;
  g_assert_cmpfloat (progress->fraction, >=, watch->fraction);
  g_assert_cmpfloat (progress->fraction, <=, 1);
  g_assert_nonnull (progress->doing);
  watch->fraction = progress->fraction;
  watch->calls++;
  return watch->stop_after == 0 || watch->calls < watch->stop_after;
}

static BsAblationReport *
run (const char *plan_text, guint rounds, guint n_bars, Watch *watch, GError **error)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, T, 3);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (1, n_bars, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) longer = bs_test_bars_series (1, n_bars / 5, 0, 5 * MINUTE_US, BS_STAMP_END);
  const BsAblationSetup setup = { .primary = bars,
                                  .secondary = longer,
                                  .model = model,
                                  .rounds = rounds,
                                  .seed = 5,
                                  .progress = watch_progress,
                                  .data = watch };
  const BsAblationSource source = { .program = "test \"1\"",
                                    .bars_path = "a,b|\"c\".csv",
                                    .secondary_path = "longer.csv",
                                    .model_path = "m.safetensors",
                                    .since = "2026-01-01T00:00:00Z" };
  return bs_ablation_report_run (plan_new (plan_text, NULL), &setup, &source, error);
}

static const BsAblationRow *
find_row (const GArray *rows, const char *name)
{
  for (guint i = 0; i < rows->len; i++)
    if (strcmp (g_array_index (rows, BsAblationRow, i).name, name) == 0)
      return &g_array_index (rows, BsAblationRow, i);
  return NULL;
}

static void
test_run (void)
{
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };
  g_autoptr (BsAblationReport) report = run ("leave-one-out", 6, N_BARS, &watch, &error);
  g_assert_no_error (error);
  const BsAblation *ablation = report->ablation;

  g_assert_cmpfloat (watch.fraction, ==, 1);
  g_assert_cmpuint (ablation->n_rounds, ==, 6);
  g_assert_false (ablation->cancelled);
  for (guint i = 0; i < ablation->plan->arms->len; i++)
    {
      const BsArmResult *arm = &ablation->arms[i];
      guint n_outliers = 0;
      if (arm->left_out != NULL)
        continue;
      g_assert_cmpuint (arm->n_bars, >=, 1);
      g_assert_cmpuint (arm->n_samples, >=, 6);
      g_assert_cmpfloat (arm->median, >, 0);
      for (guint round = 0; round < 6; round++)
        {
          g_assert_cmpfloat (arm->us[round], >, 0);
          n_outliers += arm->outliers[round] != 0;
        }
      g_assert_cmpuint (arm->n_outliers, ==, n_outliers);
      g_assert_cmpuint (arm->fidelity.n, >=, arm->n_bars);
    }

  /* What must not change the answer does not; what does is told. */
  g_autoptr (GArray) rows = bs_ablation_rows (ablation);
  static const char *const same[] = { "incremental=off", "fused=off", "batch=off", "timing=off", "backend=reference" };
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      const BsAblationRow *row = find_row (rows, same[i]);
      g_assert_nonnull (row);
      g_assert_null (row->reason);
      g_assert_cmpuint (row->fidelity.n_agree, ==, row->fidelity.n);
      g_assert_cmpfloat (row->fidelity.max, <, 1e-5);
      g_assert_cmpfloat (row->ratio.low, <=, row->ratio.high);
      g_assert_cmpuint (row->ratio.n, ==, 6);
    }
  const BsAblationRow *int8 = find_row (rows, "precision=int8"), *tail = find_row (rows, "tail-window=on");
  g_assert_cmpfloat (int8->fidelity.max, >, 1e-6);
  g_assert_cmpfloat (int8->fidelity.max_probability, >=, int8->fidelity.max);
  g_assert_cmpfloat (tail->fidelity.max, >, 1e-4);
}

/* Cancelled at whatever moment, whole rounds are kept, or there is an error that says that there are none. */
static void
test_cancel (void)
{
  Watch all = { 0 };
  g_autoptr (BsAblationReport) whole = run ("hurst-every=1", 4, N_BARS, &all, NULL);
  g_assert_nonnull (whole);
  guint n_kept = 0;

  for (guint stop = 1; stop < all.calls; stop++)
    {
      g_autoptr (GError) error = NULL;
      Watch watch = { .stop_after = stop };
      g_autoptr (BsAblationReport) report = run ("hurst-every=1", 4, N_BARS, &watch, &error);
      g_assert_cmpuint (watch.calls, ==, stop);
      if (report == NULL)
        {
          g_assert_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_CANCELLED);
          continue;
        }
      g_assert_true (report->ablation->cancelled);
      g_assert_cmpuint (report->ablation->n_rounds, >=, 1);
      g_assert_cmpuint (report->ablation->n_rounds, <, 4);
      /* Too few rounds for a verdict. */
      g_autoptr (GArray) rows = bs_ablation_rows (report->ablation);
      g_assert_cmpint (g_array_index (rows, BsAblationRow, 0).verdict, ==, BS_VERDICT_TOO_FEW);
      g_autoptr (GString) text = g_string_new (NULL);
      bs_ablation_write_table (report, NULL, text);
      g_assert_nonnull (strstr (text->str, "cancelled after"));
      n_kept++;
    }
  g_assert_cmpuint (n_kept, >, 0);
}

static void
test_too_few_bars (void)
{
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };
  g_assert_null (run ("hurst-every=1", 1, 100, &watch, &error));
  g_assert_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_BARS);
  g_assert_nonnull (strstr (error->message, "100"));
}

/* Reports */

static void
test_formats (void)
{
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };
  g_autoptr (BsAblationReport) report = run ("leave-one-out", 6, N_BARS, &watch, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) rows = bs_ablation_rows (report->ablation);
  static const char *const changes[] = { "one \"thing\"", "another", NULL };

  for (guint i = 0; bs_ablation_format_nth (i) != NULL; i++)
    {
      const BsAblationFormat *format = bs_ablation_format_nth (i);
      g_autoptr (GString) text = g_string_new (NULL), changed = g_string_new (NULL);
      g_assert_true (bs_ablation_format_by_name (format->name) == format);
      format->write (report, NULL, text);
      format->write (report, changes, changed);
      g_assert_true (g_str_has_suffix (text->str, "\n"));
      g_assert_null (strstr (text->str, "nan"));
      for (guint k = 0; k < rows->len; k++)
        g_assert_nonnull (strstr (text->str, g_array_index (rows, BsAblationRow, k).name));
      g_assert_cmpint (strstr (changed->str, "another") != NULL, ==, strcmp (format->name, "csv") != 0);
    }
  g_assert_null (bs_ablation_format_by_name ("xml"));

  /* CSV: every line as many fields as the first. */
  g_autoptr (GString) csv = g_string_new (NULL);
  bs_ablation_write_csv (report, NULL, csv);
  g_auto (GStrv) lines = g_strsplit (csv->str, "\n", -1);
  guint n_commas = 0;
  for (guint i = 0; lines[i][0] != '\0'; i++)
    {
      gboolean quoted = FALSE;
      guint n = 0;
      for (const char *c = lines[i]; *c != '\0'; c++)
        {
          quoted ^= *c == '"';
          n += !quoted && *c == ',';
        }
      if (i == 0)
        n_commas = n;
      g_assert_cmpuint (n, ==, n_commas);
    }
}

static char *
report_json (void)
{
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };
  g_autoptr (BsAblationReport) report = run ("hurst-every=1,2", 6, N_BARS, &watch, &error);
  g_assert_no_error (error);
  GString *text = g_string_new (NULL);
  bs_ablation_write_json (report, NULL, text);
  return g_string_free (text, FALSE);
}

static void
test_read_back (void)
{
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };
  g_autoptr (BsAblationReport) report = run ("hurst-every=1,2", 6, N_BARS, &watch, &error);
  g_autoptr (GString) json = g_string_new (NULL);
  bs_ablation_write_json (report, NULL, json);
  g_autoptr (BsAblationEarlier) earlier = bs_ablation_earlier_parse (json->str, json->len, &error);
  g_assert_no_error (error);

  g_assert_cmpstr (earlier->plan, ==, "hurst-every=1,2");
  g_assert_cmpuint (earlier->rounds, ==, 6);
  g_assert_cmpuint (earlier->seed, ==, 5);
  g_assert_cmpmem (earlier->options.value, sizeof earlier->options.value, report->ablation->plan->options.value,
                   sizeof earlier->options.value);
  g_assert_cmpstr (earlier->bars_path, ==, "a,b|\"c\".csv");
  g_assert_cmpstr (earlier->bars_hash, ==, report->bars_hash);
  g_assert_null (earlier->unknown_options);
  g_assert_cmpuint (earlier->rows->len, ==, 3);

  /* Compared with itself nothing has changed. */
  g_auto (GStrv) changes = bs_ablation_earlier_changes (earlier, report);
  g_assert_cmpuint (g_strv_length (changes), ==, 1);
  g_assert_true (g_str_has_prefix (changes[0], "Nothing"));

  /* Each thing that is another is told. */
  BsAblationEarlierRow *row = &g_array_index (earlier->rows, BsAblationEarlierRow, 0);
  g_free (earlier->cpu);
  earlier->cpu = g_strdup ("Z80");
  earlier->bars_hash[0] ^= 1;
  row->ratio = (BsRatio){ 99, 98, 100, 6, 6, 0 };
  row->verdict = BS_VERDICT_SLOWER;
  row->max_difference += 0.5;
  g_free (g_array_index (earlier->rows, BsAblationEarlierRow, 1).name);
  g_array_index (earlier->rows, BsAblationEarlierRow, 1).name = g_strdup ("gone=on");
  g_auto (GStrv) more = bs_ablation_earlier_changes (earlier, report);
  g_autofree char *all = g_strjoinv ("\n", more);
  static const char *const told[] = {
    "CPU: Z80 then",      "The bars are others",     "hurst-every=1: ", "98 .. 100)", "hurst-every=1: other answers",
    "hurst-every=2: new", "gone=on: no longer there"
  };
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    if (strstr (all, told[i]) == NULL)
      g_error ("\"%s\" is not told in:\n%s", told[i], all);
}

/* What is not a report is refused, wherever it is broken. */
static void
test_hostile (void)
{
  g_autofree char *good = report_json ();
  static const char *const edits[][3] = {
    { "\"barscope-ablation\"", "\"other\"", "format" },
    { "\"version\": 1", "\"version\": 2", "version" },
    { "\"rounds\": 6", "\"rounds\": 1000000", "rounds" },
    { "\"rounds\": 6", "\"rounds\": \"6\"", "rounds" },
    { "\"seed\": 5", "\"seed\": -1", "seed" },
    { "\"plan\": \"hurst-every=1,2\"", "\"plan\": 7", "plan" },
    { "\"options\": {", "\"options\": {\"speed\": 1, ", "speed" },
    { "\"hurst-every\": 10", "\"hurst-every\": 10.5", "hurst-every" },
    { "\"hurst-every\": 10", "\"hurst-every\": 0", "hurst-every" },
    { "\"comparisons\": [", "\"comparisons\": [7, ", "number 1" },
    { "\"agree\": ", "\"agree\": 99999", "agree" },
    { "\"ratio\": ", "\"ratio\": -", "ratio" },
    { "\"verdict\": \"", "\"verdict\": \"much ", "verdict" },
    { "\"model\": {", "\"model\": [{", "" },
    { "\"cpu\": ", "\"gpu\": ", "cpu" },
    { "\"max_bars\": 0", "\"max_bars\": 99999999999999999999", "max_bars" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *place = strstr (good, edits[i][0]);
      g_assert_nonnull (place);
      g_autofree char *before = g_strndup (good, (gsize) (place - good));
      g_autofree char *bad = g_strconcat (before, edits[i][1], place + strlen (edits[i][0]), NULL);
      g_autoptr (BsAblationEarlier) earlier = bs_ablation_earlier_parse (bad, strlen (bad), &error);
      if (earlier != NULL)
        g_error ("taken though %s is now %s", edits[i][0], edits[i][1]);
      g_assert_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT);
      if (strstr (error->message, edits[i][2]) == NULL)
        g_error ("%s: %s", edits[i][1], error->message);
    }
  /* Cut anywhere. */
  for (gsize length = 0; length + 2 < strlen (good); length += 7)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (bs_ablation_earlier_parse (good, length, &error));
      g_assert_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT);
    }
  /* Any byte another: refused or taken, never worse. */
  for (gsize i = 0; i < strlen (good); i += 3)
    {
      g_autofree char *bad = g_strdup (good);
      bad[i] ^= 0x15;
      bs_ablation_earlier_free (bs_ablation_earlier_parse (bad, strlen (bad), NULL));
    }
}

/* An option that came after the report has its default, which is said. */
static void
test_older_report (void)
{
  g_autofree char *good = report_json ();
  g_autoptr (GError) error = NULL;
  char *place = strstr (strstr (good, "\"options\": {"), ", \"timing\": true");
  g_assert_nonnull (place);
  g_autofree char *before = g_strndup (good, (gsize) (place - good));
  g_autofree char *older = g_strconcat (before, place + strlen (", \"timing\": true"), NULL);
  g_autoptr (BsAblationEarlier) earlier = bs_ablation_earlier_parse (older, strlen (older), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (earlier->unknown_options, ==, "timing");
  g_assert_true (earlier->options.value[BS_OPTION_TIMING]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What its engine does is tested elsewhere; on a machine without a GPU it takes seconds. */
  g_setenv ("BARSCOPE_VULKAN", "off", TRUE);
  g_test_add_func ("/ablation/plan/every-option", test_every_option);
  g_test_add_func ("/ablation/plan/leave-one-out", test_leave_one_out);
  g_test_add_func ("/ablation/plan/add-one", test_add_one);
  g_test_add_func ("/ablation/plan/pairs", test_pairs);
  g_test_add_func ("/ablation/plan/values", test_values);
  g_test_add_func ("/ablation/plan/bad", test_bad_plans);
  g_test_add_func ("/ablation/run", test_run);
  g_test_add_func ("/ablation/cancel", test_cancel);
  g_test_add_func ("/ablation/too-few-bars", test_too_few_bars);
  g_test_add_func ("/ablation/formats", test_formats);
  g_test_add_func ("/ablation/read-back", test_read_back);
  g_test_add_func ("/ablation/hostile", test_hostile);
  g_test_add_func ("/ablation/older-report", test_older_report);
  return g_test_run ();
}
