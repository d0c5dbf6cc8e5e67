/* test-trace.c: the ring and the histograms, alone and with a reader on another thread */
#include <stdatomic.h>

#include "inference/predict/bs-stage.h"
#include "inference/predict/bs-trace.h"

/* Times that can be told from the entry's number, so that a torn entry shows. */
static void
fill_stages (guint64 number, gint64 *stage_ns)
{
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    stage_ns[stage] = (gint64) ((number * 31 + stage * 7) % 100000) + 1;
}

static void
check_entry (const BsTraceEntry *entry)
{
  gint64 stage_ns[BS_N_STAGES];
  fill_stages (entry->row, stage_ns);
  g_assert_cmpint (entry->time_us, ==, (gint64) entry->row * 60);
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    g_assert_cmpuint (entry->stage_ns[stage], ==, (guint64) stage_ns[stage]);
}

static void
add (BsTrace *trace, guint64 number)
{
  gint64 stage_ns[BS_N_STAGES];
  fill_stages (number, stage_ns);
  bs_trace_add (trace, number, (gint64) number * 60, stage_ns);
}

static void
test_ring (void)
{
  g_autoptr (BsTrace) trace = bs_trace_new ();
  static BsTraceEntry entries[1000];
  guint64 from = 0;
  g_assert_cmpuint (bs_trace_read (trace, &from, entries, 1000), ==, 0);
  for (guint64 number = 0; number < BS_TRACE_LENGTH + 5000; number++)
    add (trace, number);
  g_assert_cmpuint (bs_trace_count (trace), ==, BS_TRACE_LENGTH + 5000);

  /* The oldest 5,000 have left; all others are there, in order. */
  guint64 expected = 5000;
  gsize n;
  while ((n = bs_trace_read (trace, &from, entries, 999)) > 0)
    for (gsize i = 0; i < n; i++)
      {
        g_assert_cmpuint (entries[i].row, ==, expected++);
        check_entry (&entries[i]);
      }
  g_assert_cmpuint (expected, ==, BS_TRACE_LENGTH + 5000);
  g_assert_cmpuint (from, ==, BS_TRACE_LENGTH + 5000);

  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  bs_trace_histogram (trace, BS_STAGE_TOTAL, histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, BS_TRACE_LENGTH + 5000);
}

static void
test_values (void)
{
  g_autoptr (BsTrace) trace = bs_trace_new ();
  gint64 stage_ns[BS_N_STAGES] = { 0 };
  stage_ns[BS_STAGE_ATR] = G_GINT64_CONSTANT (5000000000);
  bs_trace_add (trace, 7, -60, stage_ns);
  BsTraceEntry entry;
  guint64 from = 0;
  g_assert_cmpuint (bs_trace_read (trace, &from, &entry, 1), ==, 1);
  g_assert_cmpint (entry.time_us, ==, -60);
  g_assert_cmpuint (entry.stage_ns[BS_STAGE_ATR], ==, G_MAXUINT32); /* saturated */
  g_assert_cmpuint (entry.stage_ns[BS_STAGE_HURST], ==, 0);

  /* A stage that did not run counts nowhere; one that did counts with its full time. */
  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  bs_trace_histogram (trace, BS_STAGE_HURST, histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, 0);
  bs_trace_histogram (trace, BS_STAGE_ATR, histogram);
  g_assert_cmpint (bs_histogram_max (histogram), ==, 5000000000);
}

static void
test_reset (void)
{
  g_autoptr (BsTrace) trace = bs_trace_new ();
  BsTraceEntry entries[4];
  for (guint64 number = 0; number < 10; number++)
    add (trace, number);
  bs_trace_reset (trace);
  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  guint64 from = 0;
  bs_trace_histogram (trace, BS_STAGE_TOTAL, histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, 0);
  g_assert_cmpuint (bs_trace_read (trace, &from, entries, 4), ==, 0);
  g_assert_cmpuint (from, ==, 10);

  add (trace, 10);
  bs_trace_histogram (trace, BS_STAGE_TOTAL, histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, 1);
  from = 0;
  g_assert_cmpuint (bs_trace_read (trace, &from, entries, 4), ==, 1);
  g_assert_cmpuint (entries[0].row, ==, 10);
  g_assert_cmpuint (bs_trace_count (trace), ==, 11);
}

#define THREADED_ENTRIES 400000

static gpointer
write_entries (gpointer data)
{
  BsTrace *trace = data;
  for (guint64 number = 0; number < THREADED_ENTRIES; number++)
    add (trace, number);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (BsTrace) trace = bs_trace_new ();
  g_autofree BsTraceEntry *entries = g_new (BsTraceEntry, BS_TRACE_LENGTH);
  GThread *writer = g_thread_new ("writer", write_entries, trace);
  guint64 from = 0, last_row = 0, seen = 0;
  while (from < THREADED_ENTRIES)
    {
      /* Now from where it was, now from the oldest, which the writer is about to overwrite. */
      if (seen % 2 == 0)
        from = 0;
      gsize n = bs_trace_read (trace, &from, entries, BS_TRACE_LENGTH);
      for (gsize i = 0; i < n; i++)
        {
          check_entry (&entries[i]);
          if (i > 0)
            g_assert_cmpuint (entries[i].row, ==, last_row + 1);
          last_row = entries[i].row;
        }
      g_autoptr (BsHistogram) histogram = bs_histogram_new ();
      bs_trace_histogram (trace, BS_STAGE_TOTAL, histogram);
      g_assert_cmpuint (bs_histogram_count (histogram), <=, THREADED_ENTRIES);
      seen++;
    }
  g_thread_join (writer);
  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  bs_trace_histogram (trace, BS_STAGE_TOTAL, histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, THREADED_ENTRIES);
}

static void
test_stage_table (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    {
      const BsStageInfo *info = bs_stage_info (stage);
      g_assert_nonnull (info->title);
      g_assert_nonnull (info->group);
      g_assert_true (g_hash_table_add (names, (gpointer) info->name));
    }
  g_assert_cmpstr (bs_stage_info (BS_STAGE_LSTM_7)->name, ==, "lstm7");
  g_assert_cmpstr (bs_stage_info (BS_STAGE_TOTAL)->name, ==, "total");

  gint64 before = bs_clock_ns ();
  g_usleep (2000);
  g_assert_cmpint (bs_clock_ns () - before, >=, 2000000);
}

/* Marks: a bounded ring of its own, numbered on, forgotten with a reset. */
static void
test_switches (void)
{
  g_autoptr (BsTrace) trace = bs_trace_new ();
  g_autofree BsTraceSwitch *marks = g_new (BsTraceSwitch, 2 * BS_TRACE_SWITCHES);
  guint64 from = 0;
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 10), ==, 0);
  g_assert_cmpuint (from, ==, 0);

  for (guint i = 0; i < BS_TRACE_SWITCHES + 10; i++)
    bs_trace_add_switch (trace,
                         &(BsTraceSwitch){ .bar = i, .option = BS_OPTION_TIMING, .from = i % 2, .to = 1 - i % 2 });
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 3), ==, 3);
  g_assert_cmpuint (from, ==, 13);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (marks[i].bar, ==, 10 + i);
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 2 * BS_TRACE_SWITCHES), ==, BS_TRACE_SWITCHES - 3);
  g_assert_cmpuint (marks[0].bar, ==, 13);
  g_assert_cmpuint (from, ==, BS_TRACE_SWITCHES + 10);

  bs_trace_reset (trace);
  from = 0;
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 10), ==, 0);
  bs_trace_add_switch (trace, &(BsTraceSwitch){ .bar = 1000 });
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 10), ==, 1);
  g_assert_cmpuint (marks[0].bar, ==, 1000);
  g_assert_cmpuint (from, ==, BS_TRACE_SWITCHES + 11);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/stage-table", test_stage_table);
  g_test_add_func ("/trace/ring", test_ring);
  g_test_add_func ("/trace/values", test_values);
  g_test_add_func ("/trace/reset", test_reset);
  g_test_add_func ("/trace/threads", test_threads);
  g_test_add_func ("/trace/switches", test_switches);
  return g_test_run ();
}
