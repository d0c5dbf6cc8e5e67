/* The journal: what is kept, when it may be shown, and what becomes of it when the file cannot be written */
#include <glib/gstdio.h>
#include <string.h>
#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>
#endif

#include "app/bs-session.h"
#include "app/feeds/bs-replay-feed.h"
#include "app/journal/bs-journal-schema.h"
#include "app/journal/bs-journal-stages.h"
#include "app/journal/bs-journal-upkeep.h"
#include "tests/bs-test-bars.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define PATIENCE_USEC (30 * G_USEC_PER_SEC)
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct
{
  char *folder, *path;
} Place;

static void
place_up (Place *place, gconstpointer unused)
{
  place->folder = g_dir_make_tmp ("barscope-journal-XXXXXX", NULL);
  place->path = g_build_filename (place->folder, "journal.sqlite", NULL);
}

static void
place_down (Place *place, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (place->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (place->folder);
  g_free (place->folder);
  g_free (place->path);
}

/* The number that @sql gives, read as anybody would who opens the file beside the program. */
static gint64
count (const char *path, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (sqlite3) db = bs_sql_open (path, BS_SQL_READ, 5000, &error);
  gint64 n = -1;
  g_assert_no_error (error);
  bs_sql_get_int (db, sql, &n, &error);
  g_assert_no_error (error);
  return n;
}

static BsJournalRunInfo
info_of (BsJournalRunKind kind)
{
  BsJournalRunInfo info = { .kind = kind,
                            .instrument = "ES",
                            .origin = "somewhere",
                            .bar_length_us = MINUTE_US,
                            .decimals = 2,
                            .model_name = "a model",
                            .model_hash = HASH };
  bs_options_init (&info.options);
  return info;
}

static BsSignal
signal_nth (guint64 n)
{
  BsSignal signal = { .state = BS_SIGNAL_READY,
                      .row = n,
                      .klass = n % 3,
                      .raw_class = n % 3,
                      .confidence = 1.0 / (double) (n + 3),
                      .probabilities = { 0.1 + 1e-17 * (double) n, 0.2, 0.7 },
                      .in_range = TRUE,
                      .hurst = 0.5,
                      .hurst_c = 1.0,
                      .atr = (double) n / 7.0 };
  signal.stage_ns[BS_STAGE_HURST] = 123 + (gint64) n;
  signal.stage_ns[BS_STAGE_TOTAL] = G_GINT64_CONSTANT (5000000000); /* more than a u32 holds */
  return signal;
}

static BsBar
bar_nth (guint64 n)
{
  BsBar bar = BS_BAR_INIT;
  bar.time_us = (gint64) (n + 1) * MINUTE_US;
  bar.open = bar.low = 100.0 + (double) n / 3.0;
  bar.close = bar.high = bar.open + 1.0 / 7.0;
  bar.volume = (double) n;
  return bar;
}

static BsJournalTicket
append_nth (BsJournal *journal, BsJournalRun *run, guint64 n)
{
  BsBar bar = bar_nth (n);
  BsSignal signal = signal_nth (n);
  return bs_journal_append_signal (journal, run, n, &bar, &signal, 0.65);
}

static BsJournalTicket
append_many (BsJournal *journal, BsJournalRun *run, guint64 begin, guint64 end)
{
  BsJournalTicket ticket = 0;
  for (guint64 n = begin; n < end; n++)
    ticket = append_nth (journal, run, n);
  return ticket;
}

static void
wait_for_state (BsJournal *journal, BsJournalState state)
{
  for (gint64 until = g_get_monotonic_time () + PATIENCE_USEC; g_get_monotonic_time () < until; g_usleep (2000))
    {
      g_auto (BsJournalStatus) status = { 0 };
      bs_journal_get_status (journal, &status);
      if (status.state == state)
        return;
    }
  g_error ("the journal does not come to state %d", state);
}

static void
test_stages (void)
{
  gint64 stage_ns[BS_N_STAGES] = { 0 }, back[BS_N_STAGES];
  guint8 bytes[BS_JOURNAL_STAGES_SIZE];
  g_autofree char *names = bs_journal_stages_names ();
  g_assert_cmpuint (bs_journal_stages_pack (stage_ns, bytes), ==, 0);
  for (guint i = 0; i < BS_N_STAGES; i++)
    stage_ns[i] = i * 1000 + 1;
  gsize size = bs_journal_stages_pack (stage_ns, bytes);
  g_assert_cmpuint (size, ==, sizeof bytes);
  bs_journal_stages_unpack (bytes, size, names, back);
  g_assert_cmpmem (stage_ns, sizeof stage_ns, back, sizeof back);

  /* By other names: of another version, which had one stage more at the front. Cut short, and with bytes that are none. */
  g_autofree char *older = g_strconcat ("gone,", names, NULL);
  bs_journal_stages_unpack (bytes, 12, older, back);
  g_assert_cmpint (back[0], ==, 1001);
  g_assert_cmpint (back[1], ==, 0);
  memset (bytes, 0xff, sizeof bytes);
  bs_journal_stages_unpack (bytes, sizeof bytes, names, back);
  bs_journal_stages_unpack (bytes, sizeof bytes, NULL, back);
  g_assert_cmpint (back[0], ==, 0);
}

/* To the bit, at once to be seen by others, once. */
static void
test_keep (Place *place, gconstpointer unused)
{
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  BsJournalTicket ticket = append_many (journal, run, 0, 100);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (bs_journal_run_id (run), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal JOIN bar USING (run, bar) WHERE run = 1"), ==, 100);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM config WHERE model_hash = '" HASH "'"), ==, 1);

  g_autoptr (GError) error = NULL;
  g_autoptr (sqlite3) db = bs_sql_open (place->path, BS_SQL_READ, 1000, &error);
  g_autoptr (sqlite3_stmt) s
    = bs_sql_prepare (db, "SELECT p_short, confidence, atr, high, stages, class FROM signal JOIN bar USING (run, bar) ORDER BY bar", &error);
  g_assert_no_error (error);
  for (guint64 n = 0; n < 100; n++)
    {
      BsSignal signal = signal_nth (n);
      BsBar bar = bar_nth (n);
      gint64 stage_ns[BS_N_STAGES];
      g_autofree char *names = bs_journal_stages_names ();
      g_assert_cmpint (bs_sql_step (s, NULL), ==, SQLITE_ROW);
      g_assert_cmpfloat (sqlite3_column_double (s, 0), ==, signal.probabilities[0]);
      g_assert_cmpfloat (sqlite3_column_double (s, 1), ==, signal.confidence);
      g_assert_cmpfloat (sqlite3_column_double (s, 2), ==, signal.atr);
      g_assert_cmpfloat (sqlite3_column_double (s, 3), ==, bar.high);
      bs_journal_stages_unpack (sqlite3_column_blob (s, 4), (gsize) sqlite3_column_bytes (s, 4), names, stage_ns);
      g_assert_cmpint (stage_ns[BS_STAGE_HURST], ==, signal.stage_ns[BS_STAGE_HURST]);
      g_assert_cmpint (stage_ns[BS_STAGE_TOTAL], ==, G_MAXUINT32);
      g_assert_cmpint (sqlite3_column_int (s, 5), ==, signal.klass);
    }
  g_clear_pointer (&s, sqlite3_finalize);
  g_clear_pointer (&db, bs_sql_close);

  /* Other switches from a bar on; the same bar again; an alert and a feed event. */
  BsJournalRecord config = { .kind = BS_JOURNAL_RECORD_CONFIG, .options = info.options, .text = (char *) "another" };
  config.options.value[BS_OPTION_HURST_EVERY] = 7;
  bs_journal_append (journal, run, &config);
  append_nth (journal, run, 99);
  append_nth (journal, run, 100);
  bs_journal_append_alert (journal, run, 100, "signal", "ES is long");
  bs_journal_append_feed_event (journal, run, "gap", "3 bars are missing");
  ticket = bs_journal_end_run (journal, run);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 101);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal, config ON config.id = signal.config WHERE"
                                       " model_hash = 'another' AND model_name IS NULL AND signal.bar = 100"), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM alert WHERE bar = 100 AND kind = 'signal'"), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM feed_event WHERE kind = 'gap'"), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run WHERE n_bars = 101 AND n_signals = 101 AND n_short = 34"
                                       " AND n_long = 33 AND ended_us > 0 AND first_us = 60000000"), ==, 1);

  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (journal, &status);
  g_assert_cmpint (status.state, ==, BS_JOURNAL_WRITING);
  g_assert_cmpuint (status.n_committed, ==, 106);
  g_assert_cmpuint (status.n_lost, ==, 0);
  g_assert_null (status.message);
}

/* A replay is in its file: its past is not kept, and one that shows nothing but the past leaves no trace. */
static void
test_replay (Place *place, gconstpointer unused)
{
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_REPLAY);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info), other = bs_journal_begin_run (journal, &info);
  BsJournalRecord record
    = { .kind = BS_JOURNAL_RECORD_BAR, .past = TRUE, .answered = TRUE, .bar = bar_nth (0), .signal = signal_nth (0) };
  bs_journal_append (journal, run, &record);
  bs_journal_append (journal, other, &record);
  bs_journal_append_feed_event (journal, other, "paused", NULL);
  bs_journal_end_run (journal, other);
  g_assert_cmpint (bs_journal_wait (journal, append_nth (journal, run, 1), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run"), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT bar FROM signal"), ==, 1);
}

static gpointer
append_aside (gpointer data)
{
  BsJournal *journal = data;
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_REDIS);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  for (guint64 n = 0; n < 500; n++)
    {
      BsJournalTicket ticket = append_nth (journal, run, n);
      if (n % 50 == 0)
        g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
    }
  bs_journal_end_run (journal, run);
  return NULL;
}

static void
test_threads (Place *place, gconstpointer unused)
{
  GThread *threads[8];
  BsJournal *journal = bs_journal_new (place->path, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("append", append_aside, journal);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  bs_journal_unref (journal); /* writes what waits */
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run WHERE n_bars = 500 AND ended_us > 0"), ==, 8);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM (SELECT DISTINCT run, bar FROM signal)"), ==, 4000);
}

static void
test_migrate (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = bs_sql_open (place->path, BS_SQL_CREATE, 0, &error);
  g_assert_no_error (error);
  g_assert_true (bs_sql_exec (db, bs_journal_schema_script (0), &error));
  g_assert_true (bs_sql_exec (db,
                              "PRAGMA user_version = 1;"
                              "INSERT INTO run VALUES (1, 'http', 'NQ', NULL, 60000000, 0, 0, 0, 2, 5, 6, 'older', 1);"
                              "INSERT INTO bar VALUES (1, 0, 60000000, 0, 1, 2, 1, 2, 0, 0, 0, 0, 500, 250),"
                              " (1, 1, 120000000, 0, 1, 2, 1, 2, 0, 0, 0, 0, 500, 250);"
                              "INSERT INTO signal VALUES (1, 1, 1, 1, 2, 2, 0, 1, 0, 0, 1, 0.7, 0.1, 0.2, 0.7, 0.65, 0.5, 1,"
                              " 1, 2, NULL);",
                              &error));
  g_assert_no_error (error);
  bs_sql_close (db);

  BsJournal *journal = bs_journal_new (place->path, NULL);
  wait_for_state (journal, BS_JOURNAL_CHECKING); /* it is one from the start */
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_assert_cmpint (bs_journal_wait (journal, append_nth (journal, run, 0), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "PRAGMA user_version"), ==, BS_JOURNAL_SCHEMA_VERSION);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run WHERE id = 1 AND instrument = 'NQ' AND n_bars = 2 AND"
                                       " n_signals = 1 AND n_long = 1 AND last_us = 120000000 AND continues = 0"), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM bar"), ==, 3);
  bs_journal_unref (journal);

  /* What comes from a newer version is left alone, and said. */
  db = bs_sql_open (place->path, BS_SQL_EXISTING, 0, &error);
  g_assert_true (bs_sql_exec (db, "PRAGMA user_version = 99", &error));
  bs_sql_close (db);
  journal = bs_journal_new (place->path, NULL);
  g_assert_cmpint (bs_journal_wait (journal, append_nth (journal, run, 1), PATIENCE_USEC), ==, BS_JOURNAL_NOT_KEPT);
  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (journal, &status);
  g_assert_cmpint (status.state, ==, BS_JOURNAL_BLOCKED);
  g_assert_nonnull (strstr (status.message, "newer version"));
  g_assert_null (status.set_aside);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*1 records are not kept*newer version*");
  bs_journal_unref (journal);
  g_test_assert_expected_messages ();
  g_assert_cmpint (count (place->path, "PRAGMA user_version"), ==, 99);
}

/* How a file can be damaged, and whether that is said by what it begins with. */
static void
damage_head (const char *path)
{
  g_assert_true (g_file_set_contents (path, "this is not SQLite, it is a letter to my mother, and a long one .........................................................................................................................................................................................................................................................................................................................................................................................................................................................................................................................", -1, NULL));
}

static void
damage_middle (const char *path)
{
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (size, >, 40960);
  memset (data + 8192, 0xa5, size - 16384);
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
}

static void
damage_end (const char *path)
{
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize) (size / 2 / 4096 * 4096), NULL));
}

static void
test_damaged (Place *place, gconstpointer unused)
{
  static void (*const damages[]) (const char *path) = { damage_head, damage_middle, damage_end };
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      BsJournal *journal = bs_journal_new (place->path, NULL);
      BsJournalRun *run = bs_journal_begin_run (journal, &info);
      append_many (journal, run, 0, 1000);
      bs_journal_run_unref (run);
      bs_journal_unref (journal);
      damages[i](place->path);
      g_autofree char *before = NULL, *after = NULL;
      gsize size_before, size_after;
      g_assert_true (g_file_get_contents (place->path, &before, &size_before, NULL));

      journal = bs_journal_new (place->path, NULL);
      run = bs_journal_begin_run (journal, &info);
      g_assert_cmpint (bs_journal_wait (journal, append_nth (journal, run, 0), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
      g_auto (BsJournalStatus) status = { 0 };
      bs_journal_get_status (journal, &status);
      g_assert_cmpint (status.state, ==, BS_JOURNAL_WRITING);
      g_assert_nonnull (status.set_aside);
      g_assert_nonnull (status.damage);
      g_assert_nonnull (strstr (status.set_aside, "journal-damaged-"));
      /* Nothing of it is lost: whoever can save more of it has it as it was. */
      g_assert_true (g_file_get_contents (status.set_aside, &after, &size_after, NULL));
      g_assert_cmpmem (before, size_before, after, size_after);
      g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 1);
      bs_journal_run_unref (run);
      bs_journal_unref (journal);
    }
}

/* Another program has it: signals go on, are said not to be kept, and are there when it lets go. */
static void
test_locked (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_assert_cmpint (bs_journal_wait (journal, append_nth (journal, run, 0), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_autoptr (sqlite3) db = bs_sql_open (place->path, BS_SQL_EXISTING, 5000, &error);
  g_assert_true (bs_sql_exec (db, "BEGIN IMMEDIATE", &error));
  BsJournalTicket ticket = append_many (journal, run, 1, 10);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_NOT_KEPT);
  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (journal, &status);
  g_assert_cmpint (status.state, ==, BS_JOURNAL_BLOCKED);
  g_assert_nonnull (strstr (status.message, "another program has locked it"));
  g_assert_cmpuint (status.n_waiting, ==, 9);
  g_assert_true (bs_sql_exec (db, "COMMIT", &error));
  wait_for_state (journal, BS_JOURNAL_WRITING);
  g_assert_cmpint (bs_journal_wait (journal, ticket, 0), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 10);
}

/* Deleted by somebody while it is open: what comes is kept in a new one. */
static void
test_gone (Place *place, gconstpointer unused)
{
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_assert_cmpint (bs_journal_wait (journal, append_many (journal, run, 0, 5), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  for (const char *const *suffix = (const char *const[]){ "", "-wal", "-shm", NULL }; *suffix != NULL; suffix++)
    {
      g_autofree char *path = g_strconcat (place->path, *suffix, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (bs_journal_wait (journal, append_many (journal, run, 5, 8), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal JOIN run ON run.id = signal.run"), ==, 3);
}

/* Within a second or so what is committed is in the file itself, synced, not in its log alone: the file is good without it. */
static void
test_checkpoint (Place *place, gconstpointer unused)
{
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_autofree char *alone = g_strconcat (place->path, "-alone", NULL);
  g_assert_cmpint (bs_journal_wait (journal, append_many (journal, run, 0, 300), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  gint64 there = 0, end = g_get_monotonic_time () + PATIENCE_USEC;
  while (there < 300)
    {
      g_autofree char *contents = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (place->path, &contents, &length, NULL));
      g_assert_true (g_file_set_contents (alone, contents, (gssize) length, NULL));
      /* Before the first time it has no tables; while it is written it may be half there. */
      g_autoptr (sqlite3) db = bs_sql_open (alone, BS_SQL_EXISTING, 1000, NULL);
      if (db != NULL)
        bs_sql_get_int (db, "SELECT count (*) FROM signal", &there, NULL);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (50000);
    }
}

/* More waits than there is room for: the newest are kept, and how many are lost is known. */
static void
test_overflow (Place *place, gconstpointer unused)
{
  const guint n_more = 1000;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_assert_cmpint (bs_journal_wait (journal, append_nth (journal, run, 0), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_autoptr (sqlite3) db = bs_sql_open (place->path, BS_SQL_EXISTING, 5000, &error);
  g_assert_true (bs_sql_exec (db, "BEGIN IMMEDIATE", &error));
  BsJournalTicket ticket = append_many (journal, run, 1, 1 + BS_JOURNAL_MAX_WAITING + n_more);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_NOT_KEPT);
  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (journal, &status);
  g_assert_cmpuint (status.n_waiting, ==, BS_JOURNAL_MAX_WAITING);
  g_assert_cmpuint (status.n_lost, ==, n_more);
  g_assert_true (bs_sql_exec (db, "COMMIT", &error));
  wait_for_state (journal, BS_JOURNAL_WRITING);
  g_assert_cmpint (bs_journal_wait (journal, 2, 0), ==, BS_JOURNAL_NOT_KEPT);
  g_assert_cmpint (bs_journal_wait (journal, ticket, 0), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 1 + BS_JOURNAL_MAX_WAITING);
  g_assert_cmpint (count (place->path, "SELECT max (bar) FROM signal"), ==, BS_JOURNAL_MAX_WAITING + n_more);
  bs_journal_wait (journal, bs_journal_end_run (journal, run), PATIENCE_USEC);
  g_assert_cmpint (count (place->path, "SELECT n_lost FROM run"), ==, n_more);
}

#ifdef __linux__
/* As a user who may not write: since root may write anywhere. In a process of its own. */
static void
test_read_only (Place *place, gconstpointer unused)
{
  if (!g_test_subprocess ())
    {
      if (geteuid () != 0)
        {
          g_test_skip ("only root can become another user");
          return;
        }
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  g_assert_cmpint (chown (place->folder, 65534, 65534), ==, 0);
  g_assert_cmpint (setresgid (65534, 65534, 65534), ==, 0);
  g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);
  g_assert_cmpint (g_chmod (place->folder, 0555), ==, 0);
  BsJournal *journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  BsJournalTicket ticket = append_many (journal, run, 0, 10);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_NOT_KEPT);
  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (journal, &status);
  g_assert_nonnull (strstr (status.message, g_strerror (EACCES)));
  g_assert_cmpint (g_chmod (place->folder, 0755), ==, 0);
  wait_for_state (journal, BS_JOURNAL_WRITING);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 10);
  bs_journal_unref (journal);

  /* And the file, that was written before. */
  g_assert_cmpint (g_chmod (place->path, 0444), ==, 0);
  journal = bs_journal_new (place->path, NULL);
  ticket = append_many (journal, run, 10, 20);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_NOT_KEPT);
  g_assert_cmpint (g_chmod (place->path, 0644), ==, 0);
  wait_for_state (journal, BS_JOURNAL_WRITING);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 20);
  bs_journal_unref (journal);
}

static void
fill_disk (const char *path)
{
  g_autofree char *block = g_malloc0 (4096);
  FILE *file = g_fopen (path, "wb");
  while (fwrite (block, 1, 4096, file) == 4096 && fflush (file) == 0)
    ;
  fclose (file);
}

/* A file system of 2 MB, in a name space of its own. */
static void
test_disk_full (Place *place, gconstpointer unused)
{
  if (!g_test_subprocess ())
    {
      if (geteuid () != 0)
        {
          g_test_skip ("only root can mount a small file system");
          return;
        }
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  if (unshare (CLONE_NEWNS) != 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount ("tmpfs", place->folder, "tmpfs", 0, "size=2m") != 0)
    {
      fprintf (stderr, "# not tested: no file system may be mounted here: %s\n", g_strerror (errno));
      return;
    }
  BsJournal *journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_assert_cmpint (bs_journal_wait (journal, append_many (journal, run, 0, 500), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);

  g_autofree char *filler = g_build_filename (place->folder, "filler", NULL);
  fill_disk (filler);
  BsJournalTicket ticket = append_many (journal, run, 500, 5000);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_NOT_KEPT);
  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (journal, &status);
  g_assert_cmpint (status.state, ==, BS_JOURNAL_BLOCKED);
  g_assert_nonnull (strstr (status.message, "full"));
  g_assert_cmpuint (status.n_waiting, >, 0);
  g_assert_cmpuint (status.n_lost, ==, 0);
  /* Nothing of what was there before is lost, and it can be read. */
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), >=, 500);

  /* There is room again, if not for all of it; then there is. */
  g_assert_cmpint (g_unlink (filler), ==, 0);
  wait_for_state (journal, BS_JOURNAL_WRITING);
  g_assert_cmpint (bs_journal_wait (journal, ticket, PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 5000);
  g_assert_cmpint (count (place->path, "SELECT max (bar) FROM signal"), ==, 4999);
  bs_journal_unref (journal);
  g_assert_true (bs_journal_check_file (place->path, TRUE, NULL, NULL));
  umount2 (place->folder, MNT_DETACH);
}
#endif

static void
make_old_run (const char *path, int id, const char *kind, gint64 days)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (sqlite3) db = bs_sql_open (path, BS_SQL_CREATE, 1000, &error);
  g_assert_true (bs_journal_schema_prepare (db, &error));
  gint64 when = g_get_real_time () - days * 24 * G_TIME_SPAN_HOUR;
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO run (id, kind, instrument, bar_length_us, stamp, secondary_length_us, secondary_stamp, decimals, started_us,"
    " ended_us, program, pid) VALUES (%d, '%s', 'ES', 0, 0, 0, 0, 2, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", '', 1);"
    "WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 4999) INSERT INTO bar SELECT %d, i, i, 0,"
    " 1, 1, 1, 1, 0, 0, 0, 0, 0, 0 FROM n;"
    "INSERT INTO feed_event (run, bar, time_us, kind) VALUES (%d, 0, 0, 'lost')",
    id, kind, when, when, id, id);
  bs_sql_exec (db, sql, &error);
  g_assert_no_error (error);
}

static void
test_prune (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  make_old_run (place->path, 1, "http", 400);
  make_old_run (place->path, 2, "http", 300);
  make_old_run (place->path, 3, "replay", 300);
  make_old_run (place->path, 4, "replay", 1);
  gint64 pages = count (place->path, "PRAGMA page_count");
  const BsJournalOptions options = { 365, 14 };
  guint n_runs;
  g_assert_true (bs_journal_prune (place->path, &options, TRUE, &n_runs, &error));
  g_assert_cmpuint (n_runs, ==, 2);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run"), ==, 4);
  g_assert_true (bs_journal_prune (place->path, &options, FALSE, &n_runs, &error));
  g_assert_cmpuint (n_runs, ==, 2);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run WHERE id IN (2, 4)"), ==, 2);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run"), ==, 2);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM bar"), ==, 10000);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM feed_event"), ==, 2);
  g_assert_cmpint (count (place->path, "PRAGMA page_count"), <, pages * 3 / 4);

  /* 0 is for ever. By hand, what is asked for; what is not there is said. */
  const BsJournalOptions ever = { 0, 0 };
  g_assert_true (bs_journal_prune (place->path, &ever, FALSE, &n_runs, &error));
  g_assert_cmpuint (n_runs, ==, 0);
  g_assert_true (bs_journal_delete_run (place->path, 2, &error));
  g_assert_false (bs_journal_delete_run (place->path, 2, &error));
  g_assert_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_MISSING);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM bar"), ==, 5000);

  /* The program does so by itself, and ends what a program that is gone has left open. */
  g_autoptr (sqlite3) db = bs_sql_open (place->path, BS_SQL_EXISTING, 1000, NULL);
  make_old_run (place->path, 7, "replay", 100);
  g_assert_true (bs_sql_exec (db, "UPDATE run SET ended_us = NULL, pid = 4194304, n_bars = 0 WHERE id = 4", NULL));
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, &options);
  for (guint i = 0; i < 1000 && count (place->path, "SELECT count (*) FROM run") > 1; i++)
    g_usleep (10000);
  g_assert_cmpint (count (place->path, "SELECT id FROM run WHERE n_bars = 5000 AND ended_us > 0"), ==, 4);
}

/* Another retention takes effect at once, however often it is said. */
static void
test_retention (Place *place, gconstpointer unused)
{
  make_old_run (place->path, 1, "http", 10);
  make_old_run (place->path, 2, "http", 1);
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  g_autoptr (BsJournalRun) run = bs_journal_begin_run (journal, &info);
  g_assert_cmpint (bs_journal_wait (journal, append_many (journal, run, 0, 1), PATIENCE_USEC), ==, BS_JOURNAL_KEPT);
  /* The keeper is at work for the first time before that, and then once a second. */
  g_usleep (1500 * 1000);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run"), ==, 3);
  const BsJournalOptions options = { 5, 5 };
  for (guint i = 0; i < 100; i++)
    bs_journal_set_options (journal, &options);
  for (guint i = 0; i < 3000 && count (place->path, "SELECT count (*) FROM run") > 2; i++)
    g_usleep (10000);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run WHERE id = 1"), ==, 0);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM run"), ==, 2);
}

/* A session through the journal. */

static BsPredictor *
predictor_new (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  BsPredictor *predictor = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_END);
  return predictor;
}

typedef struct
{
  const char *path;
  sqlite3 *db;
  sqlite3_stmt *find;
  guint64 n_bars, n_not_kept, n_resets;
  gint64 run;
} Watch;

/* What is handed over is in the file already. */
static void
on_event (const BsSessionEvent *event, gpointer data)
{
  Watch *watch = data;
  if (event->kind == BS_SESSION_RESET)
    watch->n_resets++;
  if (event->kind != BS_SESSION_SIGNAL)
    return;
  watch->n_bars++;
  watch->n_not_kept += event->not_kept;
  if (watch->find == NULL || event->not_kept)
    return;
  sqlite3_bind_int64 (watch->find, 1, event->bar.time_us);
  sqlite3_bind_int64 (watch->find, 2, (gint64) event->index);
  g_assert_cmpint (bs_sql_step (watch->find, NULL), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int64 (watch->find, 0), ==, 1 + (gint64) watch->n_resets);
  g_assert_cmpfloat (sqlite3_column_double (watch->find, 1), ==, event->signal.hurst);
  sqlite3_reset (watch->find);
}

static void
deliver (BsSession *session, BsFeedItemKind kind, guint epoch, guint64 n)
{
  BsFeedItem item = { .kind = kind, .epoch = epoch, .arrival_us = g_get_monotonic_time (), .bar = bar_nth (n) };
  item.due_us = n % 2 == 0 ? BS_FEED_DUE_PAST : item.arrival_us; /* both are kept of a live feed */
  g_assert_true (bs_session_deliver (&item, session));
}

static void
drain_until (BsSession *session, Watch *watch, guint64 n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_USEC;
  while (watch->n_bars < n && g_get_monotonic_time () < until)
    if (!bs_session_drain (session, on_event, watch, 100000))
      g_usleep (200);
  g_assert_cmpuint (watch->n_bars, ==, n);
}

static void
test_session (Place *place, gconstpointer unused)
{
  enum
  {
    N = 2000
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsPredictor *predictor = predictor_new ();
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  info.model_hash = bs_predictor_model (predictor)->hash;
  BsSession *session = bs_session_new (predictor, NULL, NULL);
  bs_session_set_journal (session, journal, &info);
  Watch watch = { .path = place->path };
  deliver (session, BS_FEED_ITEM_PRIMARY, 0, 0);
  drain_until (session, &watch, 1);
  watch.db = bs_sql_open (place->path, BS_SQL_READ, 5000, &error);
  g_assert_no_error (error);
  watch.find = bs_sql_prepare (watch.db,
                               "SELECT signal.run, hurst FROM signal JOIN bar USING (run, bar) WHERE time_us = ? AND bar = ?"
                               " ORDER BY signal.run DESC",
                               &error);
  g_assert_no_error (error);

  for (guint64 n = 1; n < N; n++)
    {
      if (n % 5 == 0)
        deliver (session, BS_FEED_ITEM_SECONDARY, 0, n);
      deliver (session, BS_FEED_ITEM_PRIMARY, 0, n);
      if (n % 700 == 0)
        drain_until (session, &watch, n + 1);
    }
  drain_until (session, &watch, N);
  BsOptions options;
  bs_options_init (&options);
  options.value[BS_OPTION_HURST_EVERY] = 3;
  bs_session_set_options (session, &options);
  deliver (session, BS_FEED_ITEM_PRIMARY, 0, 1); /* refused */
  deliver (session, BS_FEED_ITEM_PRIMARY, 0, N);
  drain_until (session, &watch, N + 1);

  /* Begun anew: another run. */
  guint epoch = bs_session_new_epoch (session);
  deliver (session, BS_FEED_ITEM_RESET, epoch, 0);
  for (guint64 n = 0; n < 100; n++)
    deliver (session, BS_FEED_ITEM_PRIMARY, epoch, n);
  drain_until (session, &watch, N + 101);
  g_autoptr (BsJournalRun) run = bs_session_run (session);
  g_assert_cmpint (bs_journal_run_id (run), ==, 2);
  /* Not drained, and kept all the same. */
  for (guint64 n = 100; n < 200; n++)
    deliver (session, BS_FEED_ITEM_PRIMARY, epoch, n);
  for (guint i = 0; i < 1000 && count (place->path, "SELECT count (*) FROM bar WHERE run = 2") < 200; i++)
    g_usleep (10000);
  sqlite3_finalize (watch.find);
  bs_sql_close (watch.db);
  bs_session_free (session);

  g_assert_cmpuint (watch.n_not_kept, ==, 0);
  g_assert_cmpint (count (place->path, "SELECT n_bars FROM run WHERE id = 1 AND ended_us > 0"), ==, N + 1);
  g_assert_cmpint (count (place->path, "SELECT n_bars FROM run WHERE id = 2 AND ended_us > 0"), ==, 200);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM secondary_bar WHERE run = 1"), ==, (N - 1) / 5);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM config WHERE run = 1"), ==, 2);
  g_assert_cmpint (count (place->path, "SELECT bar FROM config WHERE run = 1 ORDER BY id DESC"), ==, N);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM config WHERE run = 2 AND switches LIKE '%\"hurst-every\": 3%'"), ==, 1);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM feed_event WHERE run = 1 AND kind = 'refused'"), ==, 1);
}

/* Where the journal cannot be written the session goes on, and says so of each signal. */
static void
test_session_blocked (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournal) journal = bs_journal_new (place->path, NULL);
  BsJournalRunInfo info = info_of (BS_JOURNAL_RUN_HTTP);
  BsSession *session = bs_session_new (predictor_new (), NULL, NULL);
  bs_session_set_journal (session, journal, &info);
  Watch watch = { .path = place->path };
  deliver (session, BS_FEED_ITEM_PRIMARY, 0, 0);
  drain_until (session, &watch, 1);
  g_autoptr (sqlite3) db = bs_sql_open (place->path, BS_SQL_EXISTING, 5000, &error);
  g_assert_true (bs_sql_exec (db, "BEGIN IMMEDIATE", &error));
  for (guint64 n = 1; n < 3000; n++)
    {
      deliver (session, BS_FEED_ITEM_PRIMARY, 0, n);
      if (n % 500 == 499)
        drain_until (session, &watch, n + 1);
    }
  g_assert_cmpuint (watch.n_not_kept, ==, 2999);
  g_assert_true (bs_sql_exec (db, "COMMIT", &error));
  wait_for_state (journal, BS_JOURNAL_WRITING);
  deliver (session, BS_FEED_ITEM_PRIMARY, 0, 3000);
  drain_until (session, &watch, 3001);
  g_assert_cmpuint (watch.n_not_kept, ==, 2999);
  g_assert_cmpint (count (place->path, "SELECT count (*) FROM signal"), ==, 3001);
  bs_session_free (session);
}

#define ADD(name, func) g_test_add (name, Place, NULL, place_up, func, place_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/stages", test_stages);
  ADD ("/journal/keep", test_keep);
  ADD ("/journal/replay", test_replay);
  ADD ("/journal/threads", test_threads);
  ADD ("/journal/migrate", test_migrate);
  ADD ("/journal/damaged", test_damaged);
  ADD ("/journal/locked", test_locked);
  ADD ("/journal/checkpoint", test_checkpoint);
  ADD ("/journal/gone", test_gone);
  ADD ("/journal/overflow", test_overflow);
#ifdef __linux__
  ADD ("/journal/read-only", test_read_only);
  ADD ("/journal/disk-full", test_disk_full);
#endif
  ADD ("/journal/prune", test_prune);
  ADD ("/journal/retention", test_retention);
  ADD ("/journal/session", test_session);
  ADD ("/journal/session-blocked", test_session_blocked);
  return g_test_run ();
}
