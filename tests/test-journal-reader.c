/* Reading the journal: runs, comparing two, exports, the history that a session goes on from; and `barscope journal` as it is typed */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "app/journal/bs-journal-compare.h"
#include "app/journal/bs-journal-export.h"
#include "app/journal/bs-journal-history.h"
#include "inference/model/bs-json.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define PATIENCE_USEC (30 * G_USEC_PER_SEC)

typedef struct
{
  char *folder, *path;
} Place;

static BsBar
bar_nth (guint64 n)
{
  BsBar bar = BS_BAR_INIT;
  bar.time_us = (gint64) (n + 1) * MINUTE_US;
  bar.open = bar.low = 100.0 + (double) n / 3.0;
  bar.close = bar.high = bar.open + 1.0 / 7.0;
  return bar;
}

/* A run of bars @begin..@end with signals; every @other th is another than that of n. */
static void
keep_run (BsJournal *journal, BsJournalRunKind kind, const char *instrument, guint64 begin, guint64 end, guint64 other)
{
  BsJournalRunInfo info = { .kind = kind,
                            .instrument = instrument,
                            .origin = "a, \"b\"",
                            .bar_length_us = MINUTE_US,
                            .secondary_length_us = 5 * MINUTE_US,
                            .decimals = 2,
                            .model_name = "model",
                            .model_hash = "abc" };
  bs_options_init (&info.options);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  for (guint64 n = begin; n < end; n++)
    {
      BsBar bar = bar_nth (n);
      BsSignal signal = { .state = n < begin + 3 ? BS_SIGNAL_WARMING_UP : BS_SIGNAL_READY, .klass = n % 3, .confidence = 0.5,
                          .probabilities = { 0.1, 0.2, 1.0 / (double) (n + 3) }, .hurst = 0.25, .in_range = TRUE };
      if (other > 0 && n % other == 0)
        {
          signal.klass = (n + 1) % 3;
          signal.confidence = 0.75;
        }
      signal.raw_class = signal.klass;
      signal.stage_ns[BS_STAGE_TOTAL] = 1000;
      if (n % 5 == 0)
        {
          BsJournalRecord record = { .kind = BS_JOURNAL_RECORD_SECONDARY, .index = n / 5, .bar = bar };
          bs_journal_append (journal, run, &record);
        }
      bs_journal_append_signal (journal, run, n - begin, &bar, &signal, 0.65);
    }
  bs_journal_append_alert (journal, run, 1, "signal", "it is \"long\"");
  g_assert_cmpint (bs_journal_wait (journal, bs_journal_end_run (journal, run), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
}

static void
place_up (Place *place, gconstpointer unused)
{
  place->folder = g_dir_make_tmp ("barscope-reader-XXXXXX", NULL);
  place->path = g_build_filename (place->folder, "journal.sqlite", NULL);
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  keep_run (journal, BS_JOURNAL_RUN_HTTP, "ES", 0, 100, 0);
  keep_run (journal, BS_JOURNAL_RUN_HTTP, "ES", 50, 200, 10);
  keep_run (journal, BS_JOURNAL_RUN_REPLAY, "ES", 150, 300, 0);
  keep_run (journal, BS_JOURNAL_RUN_REDIS, "NQ", 0, 10, 0);
}

static void
place_down (Place *place, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (place->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (place->folder);
  g_free (place->folder);
  g_free (place->path);
}

static void
test_runs (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (place->path, &error);
  g_assert_no_error (error);
  BsJournalRunFilter filter = BS_JOURNAL_RUN_FILTER_INIT;
  guint64 n;
  g_assert_true (bs_journal_reader_count_runs (reader, &filter, &n, &error));
  g_assert_cmpuint (n, ==, 4);
  filter.instrument = "ES";
  filter.limit = 2;
  filter.offset = 1;
  g_autoptr (GPtrArray) rows = bs_journal_reader_list_runs (reader, &filter, &error);
  g_assert_cmpuint (rows->len, ==, 2);
  const BsJournalRunRow *row = g_ptr_array_index (rows, 0);
  g_assert_cmpint (row->id, ==, 2);
  g_assert_cmpuint (row->n_bars, ==, 150);
  g_assert_cmpuint (row->n_signals, ==, 147);
  g_assert_cmpstr (row->origin, ==, "a, \"b\"");
  g_assert_cmpstr (row->model_name, ==, "model");
  g_assert_cmpint (row->first_us, ==, 51 * MINUTE_US);
  g_assert_cmpint (row->last_us, ==, 200 * MINUTE_US);
  g_assert_cmpint (row->ended_us, >, 0);
  filter = (BsJournalRunFilter){ .kind = BS_JOURNAL_RUN_REPLAY };
  g_assert_true (bs_journal_reader_count_runs (reader, &filter, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_null (bs_journal_reader_get_run (reader, 99, &error));
  g_assert_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_null (bs_journal_reader_open ("/nowhere/journal.sqlite", &error));
  g_assert_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_OPEN);
}

static void
test_compare (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (place->path, &error);
  /* Run 1 has signals for bars 3..99, run 2 for 53..199, with others at 60, 70, 80, 90. */
  g_autoptr (BsJournalComparison) c = bs_journal_compare (reader, 1, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (c->n_common, ==, 47);
  g_assert_cmpuint (c->n_only[0], ==, 50);
  g_assert_cmpuint (c->n_only[1], ==, 100);
  g_assert_cmpuint (c->n_same_class, ==, 43);
  g_assert_cmpuint (c->n_same_bits, ==, 47);
  g_assert_cmpuint (c->n_other_bar, ==, 0);
  g_assert_cmpfloat (c->max, ==, 0.25);
  g_assert_cmpfloat (c->sum, ==, 1.0);
  g_assert_cmpuint (c->differences->len, ==, 4);
  const BsJournalDifference *d = &g_array_index (c->differences, BsJournalDifference, 1);
  g_assert_cmpint (d->time_us, ==, 71 * MINUTE_US);
  g_assert_cmpuint (d->index[0], ==, 70);
  g_assert_cmpuint (d->index[1], ==, 20);
  g_assert_cmpint (d->klass[0], ==, 1);
  g_assert_cmpint (d->klass[1], ==, 2);

  g_autoptr (BsJournalComparison) same = bs_journal_compare (reader, 2, 2, NULL, &error);
  g_assert_cmpuint (same->n_common, ==, same->n_same_class);
  g_assert_cmpuint (same->n_only[0] + same->n_only[1], ==, 0);
  gint cancelled = 1;
  g_assert_null (bs_journal_compare (reader, 1, 2, &cancelled, &error));
}

/* The newest bars of all feeds' runs, where two have the same time the newer run's, no replay's. */
static void
test_history (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalHistory) all = bs_journal_history_load (place->path, "ES", MINUTE_US, BS_STAMP_END, 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpint (all->run, ==, 2);
  g_assert_cmpuint (all->decimals, ==, 2);
  g_assert_cmpuint (bs_bar_series_length (all->primary), ==, 200);
  g_assert_cmpuint (all->answers->len, ==, 200);
  for (guint64 n = 0; n < 200; n++)
    {
      BsBar bar, expected = bar_nth (n);
      bs_bar_series_get (all->primary, n, &bar);
      g_assert_cmpint (bar.time_us, ==, expected.time_us);
      g_assert_cmpfloat (bar.close, ==, expected.close);
    }
  /* Bar 60 has the answer of the newer run. */
  g_assert_cmpfloat (g_array_index (all->answers, BsJournalBar, 60).signal.confidence, ==, 0.75);
  g_assert_cmpuint (bs_bar_series_length (all->secondary), ==, 40);
  g_assert_cmpint (bs_bar_series_bar_length (all->secondary), ==, 5 * MINUTE_US);

  g_autoptr (BsJournalHistory) few = bs_journal_history_load (place->path, "ES", 0, -1, 30, &error);
  g_assert_cmpuint (bs_bar_series_length (few->primary), ==, 30);
  g_assert_cmpint (bs_bar_series_times (few->primary)[29], ==, 200 * MINUTE_US);
  g_autoptr (BsJournalHistory) other = bs_journal_history_load (place->path, "ES", 5 * MINUTE_US, BS_STAMP_END, 30, &error);
  g_assert_cmpuint (bs_bar_series_length (other->primary), ==, 0);
  g_autoptr (BsJournalHistory) none = bs_journal_history_load ("/nowhere/journal.sqlite", "ES", 0, -1, 30, &error);
  g_assert_no_error (error);
  g_assert_cmpint (none->run, ==, 0);

  BsJournalRunRow *row = NULL;
  g_autoptr (BsJournalHistory) replay = bs_journal_history_load_run (place->path, 3, &row, &error);
  g_assert_cmpuint (bs_bar_series_length (replay->primary), ==, 150);
  g_assert_cmpint (row->kind, ==, BS_JOURNAL_RUN_REPLAY);
  bs_journal_run_row_free (row);
}

/* A session that goes on from the journal answers as one that has seen all bars. */
static void
test_go_on (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
  BsOptions options;
  bs_options_init (&options);
  g_autoptr (BsPredictor) always = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_autoptr (BsPredictor) goes_on = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_autoptr (BsJournalHistory) history = bs_journal_history_load (place->path, "ES", 0, -1, 1000, &error);
  g_assert_true (bs_predictor_append (goes_on, history->primary, 0, bs_bar_series_end (history->primary), &error));
  g_assert_no_error (error);
  BsSignal expected, got;
  for (guint64 n = 0; n < 220; n++)
    {
      BsBar bar = bar_nth (n);
      g_assert_true (bs_predictor_push (always, &bar, &expected, &error));
      if (n < 200)
        continue;
      g_assert_true (bs_predictor_push (goes_on, &bar, &got, &error));
      g_assert_cmpmem (expected.probabilities, sizeof expected.probabilities, got.probabilities, sizeof got.probabilities);
    }
}

typedef struct
{
  char *out, *err;
  int status;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static Result
run (const char *journal, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf ("'%s' journal --journal %s %s", g_getenv ("BARSCOPE"), journal, words);
  char *argv[] = { (char *) "sh", (char *) "-c", line, NULL };
  Result result = { 0 };
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &result.out, &result.err, &result.status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (result.status));
  result.status = WEXITSTATUS (result.status);
  return result;
}

static void
check_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = bs_json_parse (text, strlen (text), 0, &error);
  if (json == NULL)
    g_error ("%s:\n%s", error->message, text);
}

static guint
count_lines (const char *text)
{
  guint n = 0;
  for (; (text = strchr (text, '\n')) != NULL; text++)
    n++;
  return n;
}

static void
test_command (Place *place, gconstpointer unused)
{
  g_auto (Result) table = run (place->path, "list");
  g_assert_cmpint (table.status, ==, 0);
  g_assert_cmpuint (count_lines (table.out), ==, 5);
  g_auto (Result) csv = run (place->path, "list --format csv --instrument ES --limit 1");
  g_assert_cmpuint (count_lines (csv.out), ==, 2);
  g_assert_nonnull (strstr (csv.out, "\n3,replay,ES,\"a, \"\"b\"\"\",60,"));
  g_auto (Result) json = run (place->path, "list --format json --kind http");
  check_json (json.out);
  g_assert_nonnull (strstr (json.out, "\"signals\": 147"));

  g_auto (Result) bars = run (place->path, "export 1");
  g_assert_cmpuint (count_lines (bars.out), ==, 101);
  g_assert_nonnull (strstr (bars.out, "\n3,1970-01-01T00:04:00Z,"));
  g_assert_nonnull (strstr (bars.out, ",100.33333333333333,")); /* to the bit */
  g_auto (Result) as_json = run (place->path, "export 2 --format json");
  check_json (as_json.out);
  g_assert_nonnull (strstr (as_json.out, "it is \\\"long\\\""));
  g_assert_nonnull (strstr (as_json.out, "\"stage_ns\": {\"total\": 1000}"));
  g_autofree char *file = g_build_filename (place->folder, "out.csv", NULL);
  g_autofree char *words = g_strdup_printf ("export 1 --output %s", file);
  g_auto (Result) to_file = run (place->path, words);
  g_autofree char *text = NULL;
  g_assert_cmpint (to_file.status, ==, 0);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, bars.out);

  g_auto (Result) compared = run (place->path, "compare 1 2");
  g_assert_nonnull (strstr (compared.out, "91.4894 %"));
  g_auto (Result) compared_json = run (place->path, "compare 1 2 --format json");
  check_json (compared_json.out);
  g_auto (Result) compared_csv = run (place->path, "compare 1 2 --format csv");
  g_assert_cmpuint (count_lines (compared_csv.out), ==, 5);

  g_auto (Result) check = run (place->path, "check");
  g_assert_cmpint (check.status, ==, 0);
  g_assert_nonnull (strstr (check.out, "sound, 4 runs"));

  g_auto (Result) dry = run (place->path, "prune 4 --dry-run");
  g_assert_cmpstr (dry.out, ==, "1 run would be deleted\n");
  g_auto (Result) prune = run (place->path, "prune 4");
  g_assert_cmpstr (prune.out, ==, "1 run deleted\n");
  g_auto (Result) again = run (place->path, "prune 4");
  g_assert_cmpint (again.status, ==, 1);
  g_assert_nonnull (strstr (again.err, "no run 4"));
  g_auto (Result) nothing_old = run (place->path, "prune");
  g_assert_cmpstr (nothing_old.out, ==, "0 runs deleted\n");
}

static void
test_command_wrong (Place *place, gconstpointer unused)
{
  static const struct
  {
    const char *words;
    int status;
    const char *said;
  } rows[] = {
    { "", 2, "expected list, export" },
    { "lost", 2, "got 'lost'" },
    { "export", 2, "RUN is missing" },
    { "export one", 2, "got 'one'" },
    { "export 1 2", 2, "'2' is one argument too many" },
    { "export 1 --format table", 2, "csv, json" },
    { "export 99", 1, "no run 99" },
    { "list --kind fax", 2, "got 'fax'" },
    { "check --limit 3", 2, "--limit does not go with 'check'" },
    { "prune 1 --keep-days 3", 2, "not both" },
    { "compare 1", 2, "RUN is missing" },
    { "compare 1 98", 1, "no run 98" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Result) result = run (place->path, rows[i].words);
      g_assert_cmpint (result.status, ==, rows[i].status);
      g_assert_nonnull (strstr (result.err, rows[i].said));
    }
  g_auto (Result) missing = run ("/nowhere/journal.sqlite", "list");
  g_assert_cmpint (missing.status, ==, 1);
  g_assert_nonnull (strstr (missing.err, "/nowhere/journal.sqlite"));

  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (place->path, &data, &size, NULL));
  memset (data + 5000, 0x5a, 20000);
  g_assert_true (g_file_set_contents (place->path, data, (gssize) size, NULL));
  g_auto (Result) damaged = run (place->path, "check");
  g_assert_cmpint (damaged.status, ==, 1);
  g_auto (Result) damaged_json = run (place->path, "check --format json");
  g_assert_cmpint (damaged_json.status, ==, 1);
  check_json (damaged_json.out);
  g_assert_nonnull (strstr (damaged_json.out, "\"sound\": false"));
}

#define ADD(name, func) g_test_add (name, Place, NULL, place_up, func, place_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/journal-reader/runs", test_runs);
  ADD ("/journal-reader/compare", test_compare);
  ADD ("/journal-reader/history", test_history);
  ADD ("/journal-reader/go-on", test_go_on);
  ADD ("/journal-reader/command", test_command);
  ADD ("/journal-reader/command-wrong", test_command_wrong);
  return g_test_run ();
}
