/* test-latency-choice.c: marks, stretches and states of a trace, what can be chosen of it, and figures over what was */
#include "ui/latency/bs-latency-choice.h"

#include "ui/latency/bs-latency-columns.h"
#include "ui/latency/bs-latency-summary.h"

static void
add (BsLatencyMarks *marks, guint64 number, BsOption option, int to)
{
  BsTraceSwitch change = { .n_traced = number, .option = option, .to = to };
  bs_latency_marks_add (marks, &change);
}

static BsLatencyMarks *
marks_new (void)
{
  BsLatencyMarks *marks = bs_latency_marks_new (NULL);

  add (marks, 100, BS_OPTION_HURST_CACHE, 0);
  add (marks, 250, BS_OPTION_HURST_CACHE, 1);
  add (marks, 300, BS_OPTION_FUSED, 0);
  add (marks, 300, BS_OPTION_HURST_CACHE, 0);
  add (marks, 400, BS_OPTION_FUSED, 1);
  return marks;
}

static void
assert_ranges (GArray *ranges, const BsLatencyRange *expected, guint n)
{
  g_assert_cmpuint (ranges->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (g_array_index (ranges, BsLatencyRange, i).from, ==, expected[i].from);
      g_assert_cmpuint (g_array_index (ranges, BsLatencyRange, i).to, ==, expected[i].to);
    }
}

static void
test_marks (void)
{
  g_autoptr (BsLatencyMarks) marks = marks_new ();
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (BsLatencyRange));

  /* Two switches before the same prediction are one mark. */
  g_assert_cmpuint (bs_latency_marks_length (marks), ==, 4);
  g_assert_cmpstr (bs_latency_marks_nth (marks, 0)->text, ==, "hurst-cache off");
  g_assert_cmpstr (bs_latency_marks_nth (marks, 2)->text, ==, "fused off, hurst-cache off");
  g_assert_cmpstr (bs_latency_marks_first_state (marks), ==, "defaults");
  g_assert_cmpstr (bs_latency_marks_stretch_state (marks, 2), ==, "defaults");
  g_assert_cmpstr (bs_latency_marks_stretch_state (marks, 3), ==, "hurst-cache off, fused off");
  g_assert_cmpuint (bs_latency_marks_find (marks, 99), ==, 0);
  g_assert_cmpuint (bs_latency_marks_find (marks, 100), ==, 1);
  g_assert_cmpuint (bs_latency_marks_find (marks, 1000), ==, 4);

  bs_latency_marks_state_ranges (marks, "defaults", ranges);
  assert_ranges (ranges, (BsLatencyRange[]){ { 0, 100 }, { 250, 300 } }, 2);
  bs_latency_marks_state_ranges (marks, "hurst-cache off", ranges);
  assert_ranges (ranges, (BsLatencyRange[]){ { 100, 250 }, { 400, G_MAXUINT64 } }, 2);
  bs_latency_marks_state_ranges (marks, "fused off", ranges);
  g_assert_cmpuint (ranges->len, ==, 0);

  /* What leaves takes no state with it. */
  g_autoptr (BsLatencyMarks) copy = bs_latency_marks_copy (marks);
  bs_latency_marks_trim (marks, 301);
  g_assert_cmpuint (bs_latency_marks_length (marks), ==, 1);
  g_assert_cmpstr (bs_latency_marks_first_state (marks), ==, "hurst-cache off, fused off");
  add (marks, 500, BS_OPTION_HURST_CACHE, 1);
  g_assert_cmpstr (bs_latency_marks_stretch_state (marks, 2), ==, "defaults");
  g_assert_cmpuint (bs_latency_marks_length (copy), ==, 4);

  BsOptions options;
  bs_options_init (&options);
  options.value[BS_OPTION_HURST_EVERY] = 20;
  g_autoptr (BsLatencyMarks) other = bs_latency_marks_new (&options);
  g_assert_cmpstr (bs_latency_marks_first_state (other), ==, "hurst-every 20");
}

static void
test_choices (void)
{
  g_autoptr (BsLatencyMarks) none = bs_latency_marks_new (NULL);
  g_autoptr (BsLatencyMarks) marks = marks_new ();
  g_autoptr (GPtrArray) few = bs_latency_choices (none, FALSE);
  g_autoptr (GPtrArray) many = bs_latency_choices (marks, TRUE);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (BsLatencyRange));
  const BsLatencyRange selected = { 10, 20 };
  guint n_states = 0, n_stretches = 0;

  g_assert_cmpuint (few->len, ==, 2); /* all, the range */
  for (guint i = 0; i < many->len; i++)
    {
      const BsLatencyChoice *choice = many->pdata[i];
      g_autoptr (BsLatencyChoice) copy = bs_latency_choice_copy (choice);
      g_assert_true (bs_latency_choice_equal (choice, copy));
      for (guint k = 0; k < i; k++)
        g_assert_false (bs_latency_choice_equal (choice, many->pdata[k]));
      bs_latency_choice_ranges (choice, marks, &selected, ranges);
      n_states += choice->kind == BS_LATENCY_CHOICE_STATE;
      n_stretches += choice->kind == BS_LATENCY_CHOICE_STRETCH;
      if (choice->kind == BS_LATENCY_CHOICE_NOTHING)
        g_assert_cmpuint (ranges->len, ==, 0);
      if (choice->kind == BS_LATENCY_CHOICE_RANGE)
        {
          assert_ranges (ranges, &selected, 1);
          bs_latency_choice_ranges (choice, marks, NULL, ranges);
          g_assert_cmpuint (ranges->len, ==, 0);
        }
      if (choice->kind == BS_LATENCY_CHOICE_STRETCH && choice->number == 250)
        assert_ranges (ranges, (BsLatencyRange[]){ { 250, 300 } }, 1);
    }
  g_assert_cmpuint (n_states, ==, 3);
  g_assert_cmpuint (n_stretches, ==, 5);
}

/* Time of stage @s of prediction @number; 0: it did not run. */
static guint32
time_of (guint64 number, guint s)
{
  guint32 mixed = (guint32) (number * 2654435761u) ^ (s * 40503u);

  return s % 5 == 4 ? 0 : s == BS_STAGE_HURST && number % 10 != 0 ? 0 : 1 + mixed % (1000u << s % 12);
}

static void
append (BsLatencyHistory *history, guint64 from, guint64 to)
{
  static BsTraceEntry entries[1000];

  for (guint64 number = from; number < to;)
    {
      gsize n = (gsize) MIN (to - number, G_N_ELEMENTS (entries));
      for (gsize i = 0; i < n; i++)
        for (guint s = 0; s < BS_N_STAGES; s++)
          entries[i].stage_ns[s] = time_of (number + i, s);
      bs_latency_history_append (history, number, entries, n);
      number += n;
    }
}

/* Against the plainest loop: every stage, count, smallest and largest exactly, percentiles by rank. */
static int
compare_times (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return (x > y) - (x < y);
}

static void
assert_summary (const BsLatencySummary *summary, const BsLatencyRange *ranges, guint n, guint64 first, guint64 end)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint s = 0; s < BS_N_STAGES; s++)
    {
      BsLatencyFigures figures;
      g_array_set_size (times, 0);
      for (guint i = 0; i < n; i++)
        for (guint64 number = MAX (ranges[i].from, first); number < MIN (ranges[i].to, end); number++)
          {
            guint32 ns = time_of (number, s);
            if (ns > 0)
              g_array_append_val (times, ns);
          }
      g_array_sort (times, compare_times);
      bs_latency_figures_read (&figures, bs_latency_summary_histogram (summary, s));
      g_assert_cmpuint (figures.count, ==, times->len);
      if (times->len == 0)
        continue;
      g_assert_cmpint (figures.min, ==, g_array_index (times, guint32, 0));
      g_assert_cmpint (figures.max, ==, g_array_index (times, guint32, times->len - 1));
      guint32 median = g_array_index (times, guint32, (times->len + 1) / 2 - 1);
      g_assert_cmpfloat_with_epsilon ((double) figures.p50, median, 0.001 * median + 1);
    }
}

static void
test_summary (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (BsLatencyHistory) history = bs_latency_history_new ();
  const guint64 n = BS_LATENCY_HISTORY_LENGTH + 20000; /* the ring has turned */

  append (history, 0, n);
  guint64 first = bs_latency_history_first (history);
  g_assert_cmpuint (first, >, 0);
  for (guint round = 0; round < 8; round++)
    {
      g_autoptr (BsLatencySummary) summary = bs_latency_summary_new ();
      BsLatencyRange ranges[3];
      guint64 at = round % 2 == 0 ? first - 500 : first + 100; /* some of it has left */
      for (guint i = 0; i < 3; i++)
        {
          ranges[i].from = at + (guint64) g_rand_int_range (rand, 0, 3000);
          ranges[i].to = ranges[i].from + (guint64) g_rand_int_range (rand, 0, 6000);
          at = ranges[i].to;
        }
      bs_latency_summary_set_ranges (summary, ranges, 3);
      guint steps = 0;
      while (bs_latency_summary_step (summary, history, (guint) g_rand_int_range (rand, 1, 2000)))
        steps++;
      g_assert_cmpuint (steps, >, 0);
      g_assert_true (bs_latency_summary_is_done (summary, history));
      assert_summary (summary, ranges, 3, first, n);
    }
}

/* A range without an end goes on with what comes; when it gets one, or another is added, nothing is counted twice. */
static void
test_summary_open (void)
{
  g_autoptr (BsLatencyHistory) history = bs_latency_history_new ();
  g_autoptr (BsLatencySummary) summary = bs_latency_summary_new ();
  BsLatencyRange ranges[2] = { { 100, G_MAXUINT64 }, { 2500, G_MAXUINT64 } };

  append (history, 0, 1000);
  bs_latency_summary_set_ranges (summary, ranges, 1);
  while (bs_latency_summary_step (summary, history, 300))
    ;
  assert_summary (summary, ranges, 1, 0, 1000);
  append (history, 1000, 1500);
  g_assert_false (bs_latency_summary_is_done (summary, history));
  while (bs_latency_summary_step (summary, history, 300))
    ;
  assert_summary (summary, ranges, 1, 0, 1500);

  ranges[0].to = 2000;
  bs_latency_summary_set_ranges (summary, ranges, 2);
  g_assert_cmpuint (bs_latency_summary_count (summary), ==, 1400); /* what was counted stays */
  append (history, 1500, 3000);
  while (bs_latency_summary_step (summary, history, 300))
    ;
  assert_summary (summary, ranges, 2, 0, 3000);

  /* Made shorter than what was counted, it begins anew. */
  ranges[1].to = 2600;
  bs_latency_summary_set_ranges (summary, ranges, 2);
  while (bs_latency_summary_step (summary, history, 300))
    ;
  assert_summary (summary, ranges, 2, 0, 3000);
  bs_latency_summary_set_ranges (summary, NULL, 0);
  g_assert_false (bs_latency_summary_step (summary, history, 300));
  g_assert_cmpuint (bs_latency_summary_count (summary), ==, 0);
  g_assert_null (bs_latency_summary_histogram (summary, BS_STAGE_TOTAL));
}

/* What the table says of two sides. */
static void
test_columns (void)
{
  const BsLatencyFigures a
    = { .count = 10, .min = 1000, .p50 = 2000, .p95 = 3000, .p99 = 4000, .p999 = 5000, .max = 6000 };
  const BsLatencyFigures b
    = { .count = 20, .min = 1000, .p50 = 1000, .p95 = 3000, .p99 = 8000, .p999 = 500000, .max = 600000 };
  static const char *const expected[]
    = { NULL,    "2.00 µs", "1.00 µs", "×0.50", "3.00 µs", "3.00 µs", "×1.00", "4.00 µs", "8.00 µs",
        "×2.00", "5.00 µs", "500 µs",  "×100",  "6.00 µs", "600 µs",  "×100",  "10",      "20" };
  char text[64];
  guint n, n_alone;
  const BsLatencyColumn *columns = bs_latency_columns (TRUE, &n), *alone = bs_latency_columns (FALSE, &n_alone);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (guint i = 1; i < n; i++)
    {
      g_autofree char *plain = g_strdup (bs_latency_column_text (&columns[i], &a, &b, text));
      g_auto (GStrv) parts = g_strsplit (plain, "\u00a0", -1);
      g_autofree char *said = g_strjoinv (" ", parts);
      g_assert_cmpstr (said, ==, expected[i]);
      /* A side without predictions has no figures and no ratio. */
      g_assert_cmpstr (bs_latency_column_text (&columns[i], NULL, NULL, text), ==, i >= n - 2 ? "0" : "–");
    }
  g_assert_cmpstr (bs_latency_column_text (&alone[n_alone - 2], &b, NULL, text), ==, "20");
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latency-choice/marks", test_marks);
  g_test_add_func ("/latency-choice/choices", test_choices);
  g_test_add_func ("/latency-choice/summary", test_summary);
  g_test_add_func ("/latency-choice/summary-open", test_summary_open);
  g_test_add_func ("/latency-choice/columns", test_columns);
  return g_test_run ();
}
