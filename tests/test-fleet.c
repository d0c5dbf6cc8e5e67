/* test-fleet.c: many instruments on one worker: no bar lost, none out of order, every answer the one that it has alone */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/fleet/bs-fleet-feed.h"
#include "app/fleet/bs-fleet-loader.h"
#include "app/journal/bs-journal-reader.h"
#include "app/journal/bs-sql.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-model.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define SEQUENCE_LENGTH 20
#define PATIENCE_USEC (60 * G_USEC_PER_SEC)

/* What the main thread has seen of one instrument. */
typedef struct
{
  const BsFleetInstrument *info;
  guint64 begin, end; /* indices of the bars seen */
  gint64 time_us;     /* of the newest */
  BsPredictor *alone; /* (nullable): answers the same bars by itself */
  guint64 n_compared, n_refused;
  GArray *newest; /* (nullable): of the last BS_FLEET_NEWEST */
} Seen;

typedef struct
{
  BsModel *model;
  BsOptions options;
  BsPredictor *leader; /* of the instruments, on the main thread */
  BsFleet *fleet;
  Seen seen[BS_FLEET_MAX_INSTRUMENTS];
  guint n_added, n_switched, n_not_switched;
  guint64 n_signals;
  char *message;
  sqlite3_stmt *kept; /* (nullable): asks whether a signal is in the journal */
} Fixture;

static BsPredictor *
new_predictor (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  BsPredictor *predictor = bs_predictor_new (self->model, &self->options, 1, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_log_slow (predictor, FALSE);
  return predictor;
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  self->model = bs_test_model (BS_FEATURE_SET_CAUSAL, SEQUENCE_LENGTH, 3);
  bs_options_init (&self->options);
  self->options.value[BS_OPTION_PRECISION] = BS_PRECISION_INT8;
  self->leader = new_predictor (self);
  self->fleet = bs_fleet_new (new_predictor (self), NULL, NULL);
  return self;
}

static void
fixture_free (Fixture *self)
{
  if (self->fleet != NULL)
    bs_fleet_close (self->fleet);
  g_clear_pointer (&self->fleet, bs_fleet_unref);
  for (guint i = 0; i < BS_FLEET_MAX_INSTRUMENTS; i++)
    {
      g_clear_pointer (&self->seen[i].alone, bs_predictor_free);
      g_clear_pointer (&self->seen[i].newest, g_array_unref);
    }
  bs_predictor_free (self->leader);
  g_clear_pointer (&self->model, bs_model_unref);
  g_free (self->message);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static BsFleetInstrument *
new_instrument (Fixture *self, guint i)
{
  g_autofree char *name = g_strdup_printf ("I%03u", i);
  return bs_fleet_instrument_new (self->leader, name, NULL, 2, MINUTE_US, BS_STAMP_END);
}

static void
compare (Seen *seen, const BsFleetEvent *event)
{
  BsSignal expected;
  g_assert_true (bs_predictor_push (seen->alone, &event->bar, &expected, NULL));
  g_assert_cmpint (event->signal.state, ==, expected.state);
  g_assert_cmpint (event->signal.time_us, ==, expected.time_us);
  g_assert_cmpuint (event->signal.row, ==, expected.row);
  g_assert_cmpint (event->signal.klass, ==, expected.klass);
  g_assert_cmpmem (event->signal.probabilities, sizeof expected.probabilities, expected.probabilities,
                   sizeof expected.probabilities);
  g_assert_cmpfloat (event->signal.hurst, ==, expected.hurst);
  seen->n_compared++;
}

/* What is told is in the file already. */
static void
expect_kept (Fixture *self, const BsFleetEvent *event)
{
  double confidence = NAN;
  g_assert_false (event->not_kept);
  g_assert_cmpint (event->ready_us, >=, event->arrival_us);
  sqlite3_reset (self->kept);
  sqlite3_bind_int64 (self->kept, 1, bs_journal_run_id (event->info->run));
  sqlite3_bind_int64 (self->kept, 2, (gint64) event->index);
  if (sqlite3_step (self->kept) == SQLITE_ROW)
    confidence = sqlite3_column_double (self->kept, 0);
  g_assert_cmpfloat (confidence, ==, event->signal.confidence);
  sqlite3_reset (self->kept);
}

static void
on_event (const BsFleetEvent *event, gpointer data)
{
  Fixture *self = data;
  if (self->kept != NULL && event->kind == BS_FLEET_SIGNAL)
    expect_kept (self, event);
  Seen *seen = event->instrument < BS_FLEET_MAX_INSTRUMENTS ? &self->seen[event->instrument] : NULL;
  switch (event->kind)
    {
    case BS_FLEET_ADDED:
      seen->info = event->info;
      seen->begin = seen->end = event->index;
      self->n_added++;
      break;
    case BS_FLEET_SIGNAL:
    case BS_FLEET_NO_SIGNAL:
      /* None is missing, none comes twice, none before the one before it. */
      g_assert_nonnull (seen->info);
      g_assert_true (seen->info == event->info);
      g_assert_cmpuint (event->index, ==, seen->end);
      g_assert_cmpint (event->bar.time_us, >, seen->time_us);
      seen->end++;
      seen->time_us = event->bar.time_us;
      if (event->kind == BS_FLEET_SIGNAL)
        self->n_signals++;
      if (seen->alone != NULL)
        compare (seen, event);
      break;
    case BS_FLEET_REFUSED:
      g_assert_nonnull (event->message);
      seen->n_refused++;
      break;
    case BS_FLEET_NEWEST:
      g_clear_pointer (&seen->newest, g_array_unref);
      seen->newest = g_array_ref (event->newest);
      g_assert_cmpuint (event->index, ==, seen->end);
      break;
    case BS_FLEET_SWITCHED:
      self->n_switched++;
      break;
    case BS_FLEET_NOT_SWITCHED:
      self->n_not_switched++;
      g_free (self->message);
      self->message = g_strdup (event->message);
      break;
    }
}

/* Drains until @n signals have come. */
static void
wait_for_signals (Fixture *self, guint64 n)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_USEC;
  while (self->n_signals < n)
    {
      bs_fleet_drain (self->fleet, on_event, self, G_USEC_PER_SEC);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (500);
    }
}

static void
wait_for_count (Fixture *self, const guint *count, guint n)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_USEC;
  while (*count < n)
    {
      bs_fleet_drain (self->fleet, on_event, self, G_USEC_PER_SEC);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (500);
    }
}

/* 500 instruments, 40 bars a second each: every bar is answered once, in order, and as it would be alone. */
static void
test_five_hundred (void)
{
  enum
  {
    RATE = 40,
    ROUNDS = 80
  };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (BsFleetSimulation) simulation = bs_fleet_simulation_new (fixture->fleet);
  for (guint i = 0; i < BS_FLEET_MAX_INSTRUMENTS; i++)
    {
      guint number;
      g_assert_true (bs_fleet_add (fixture->fleet, new_instrument (fixture, i), &number));
      g_assert_cmpuint (number, ==, i);
      if (i % 50 == 0)
        fixture->seen[i].alone = new_predictor (fixture);
      bs_fleet_simulation_add_generated (simulation, i,
                                         bs_bar_generator_new (i, BS_BAR_GENERATOR_START_US, MINUTE_US));
    }
  g_assert_false (bs_fleet_add (fixture->fleet, new_instrument (fixture, 0), NULL));
  bs_fleet_simulation_set_rate (simulation, RATE);
  wait_for_signals (fixture, (guint64) ROUNDS * BS_FLEET_MAX_INSTRUMENTS);
  bs_fleet_simulation_set_rate (simulation, 0);

  /* What is on its way is not lost either. */
  gint64 end = g_get_monotonic_time () + PATIENCE_USEC;
  guint64 delivered;
  do
    {
      delivered = bs_fleet_simulation_delivered (simulation);
      wait_for_signals (fixture, delivered);
      g_usleep (20000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  while (delivered != bs_fleet_simulation_delivered (simulation));
  g_assert_cmpuint (fixture->n_signals, ==, delivered);
  g_assert_cmpuint (fixture->n_added, ==, BS_FLEET_MAX_INSTRUMENTS);
  for (guint i = 0; i < BS_FLEET_MAX_INSTRUMENTS; i++)
    {
      g_assert_cmpuint (fixture->seen[i].begin, ==, 0);
      g_assert_cmpuint (fixture->seen[i].end, >=, ROUNDS);
      if (i % 50 == 0)
        g_assert_cmpuint (fixture->seen[i].n_compared, ==, fixture->seen[i].end);
    }

  /* Together, not one by one. */
  guint64 n_ticks, n_bars;
  g_autoptr (BsHistogram) latency = bs_histogram_new ();
  bs_fleet_ticks (fixture->fleet, &n_ticks, &n_bars);
  bs_fleet_latency (fixture->fleet, latency);
  g_assert_cmpuint (n_bars, ==, delivered);
  g_assert_cmpuint (n_ticks, <, n_bars);
  g_assert_cmpuint (bs_histogram_count (latency), ==, delivered);
  g_test_message ("%" G_GUINT64_FORMAT " bars in %" G_GUINT64_FORMAT " ticks; bar to signal p50 %.2f ms, p99 %.2f ms, max %.2f ms",
                  n_bars, n_ticks, (double) bs_histogram_percentile (latency, 50) / 1e6,
                  (double) bs_histogram_percentile (latency, 99) / 1e6, (double) bs_histogram_max (latency) / 1e6);
}

/* The journal and what SQLite keeps beside it. */
static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (folder);
}

/* With a journal: each signal is committed before it can be seen, switches are kept with every run, and all is one session. */
static void
test_journal (void)
{
  enum
  {
    N = 120,
    ROUNDS = 12
  };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("test-fleet-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "journal.sqlite", NULL);
  BsJournal *journal = bs_journal_new (path, NULL);
  const BsJournalRunInfo info = { .kind = BS_JOURNAL_RUN_REPLAY, .watch = 77 };
  bs_fleet_set_journal (fixture->fleet, journal);
  BsFleetSimulation *simulation = bs_fleet_simulation_new (fixture->fleet);
  for (guint i = 0; i < N; i++)
    {
      BsFleetInstrument *instrument = new_instrument (fixture, i);
      bs_fleet_instrument_begin_run (instrument, journal, &info);
      g_assert_true (bs_fleet_add (fixture->fleet, instrument, NULL));
      bs_fleet_simulation_add_generated (simulation, i, bs_bar_generator_new (i, BS_BAR_GENERATOR_START_US, MINUTE_US));
    }
  wait_for_count (fixture, &fixture->n_added, N);
  g_autoptr (sqlite3) db = NULL;
  bs_fleet_simulation_set_rate (simulation, 20);
  for (gint64 end = g_get_monotonic_time () + PATIENCE_USEC; db == NULL; g_usleep (1000))
    {
      db = bs_sql_open (path, BS_SQL_READ, 1000, NULL);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  fixture->kept = bs_sql_prepare (db, "SELECT confidence FROM signal WHERE run = ? AND bar = ?", &error);
  g_assert_no_error (error);
  wait_for_signals (fixture, N * ROUNDS / 2);
  BsOptions options = fixture->options;
  options.value[BS_OPTION_PRECISION] = BS_PRECISION_FP32;
  bs_fleet_set_options (fixture->fleet, &options);
  wait_for_count (fixture, &fixture->n_switched, 1);
  wait_for_signals (fixture, fixture->n_signals + N * ROUNDS / 2);
  guint64 n_signals = fixture->n_signals;
  g_clear_pointer (&fixture->kept, sqlite3_finalize);
  bs_fleet_simulation_set_rate (simulation, 0);
  bs_fleet_close (fixture->fleet);
  bs_fleet_simulation_free (simulation);
  g_clear_pointer (&fixture->fleet, bs_fleet_unref);
  bs_journal_unref (journal);

  const BsJournalRunFilter filter = BS_JOURNAL_RUN_FILTER_INIT;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) rows = bs_journal_reader_list_runs (reader, &filter, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, N);
  guint64 n_kept = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      const BsJournalRunRow *row = g_ptr_array_index (rows, i);
      g_assert_cmpint (row->ended_us, >, 0);
      g_assert_cmpuint (row->n_configs, ==, 2);
      g_assert_cmpint (row->watch, ==, 77);
      n_kept += row->n_bars;
    }
  /* All that were seen, and those that were on their way. */
  g_assert_cmpuint (n_kept, >=, n_signals);

  /* As one session. */
  const BsJournalRunFilter sessions = { .kind = -1, .sessions = TRUE }, members = { .kind = -1, .watch = 77 };
  guint64 n = 0;
  g_assert_true (bs_journal_reader_count_runs (reader, &sessions, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (bs_journal_reader_count_runs (reader, &members, &n, &error));
  g_assert_cmpuint (n, ==, N);
  g_autoptr (GPtrArray) one = bs_journal_reader_list_runs (reader, &sessions, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);
  const BsJournalRunRow *session = g_ptr_array_index (one, 0);
  g_assert_cmpuint (session->n_instruments, ==, N);
  g_assert_cmpuint (session->n_bars, ==, n_kept);
  g_assert_cmpint (session->ended_us, >, 0);
  remove_folder (folder);
}

/* A main thread that does not look: worker and feed wait, and nothing is lost when it does. */
static void
test_slow_consumer (void)
{
  enum
  {
    N = 10,
    ROUNDS = 2000
  };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (BsFleetSimulation) simulation = bs_fleet_simulation_new (fixture->fleet);
  for (guint i = 0; i < N; i++)
    {
      g_assert_true (bs_fleet_add (fixture->fleet, new_instrument (fixture, i), NULL));
      bs_fleet_simulation_add_generated (simulation, i,
                                         bs_bar_generator_new (i, BS_BAR_GENERATOR_START_US, MINUTE_US));
    }
  fixture->seen[0].alone = new_predictor (fixture);
  bs_fleet_simulation_set_rate (simulation, 100000);
  gint64 end = g_get_monotonic_time () + PATIENCE_USEC;
  guint64 delivered;
  do
    {
      delivered = bs_fleet_simulation_delivered (simulation);
      g_usleep (100000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  while (delivered < BS_FLEET_MAX_WAITING || delivered != bs_fleet_simulation_delivered (simulation));
  g_assert_cmpuint (delivered, <, N * ROUNDS);
  wait_for_signals (fixture, N * ROUNDS);
  /* Ending while all are waiting. */
  bs_fleet_close (fixture->fleet);
}

/* Bars that are there before: the answers go on as if all had come one by one; the newest can be asked for. */
static void
test_history (void)
{
  enum
  {
    N = 6000,
    LIVE = 50
  };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (8, N + LIVE, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_bars_series (9, N / 5, 0, 5 * MINUTE_US, BS_STAMP_END);
  BsFleetInstrument *instrument = new_instrument (fixture, 0);
  g_assert_true (bs_fleet_instrument_take_history (instrument, bars, 0, N, secondary, &error));
  g_assert_no_error (error);
  g_assert_true (bs_fleet_add (fixture->fleet, instrument, NULL));
  wait_for_count (fixture, &fixture->n_added, 1);
  g_assert_cmpuint (fixture->seen[0].begin, ==, N);

  BsPredictor *alone = fixture->seen[0].alone = new_predictor (fixture);
  bs_predictor_set_secondary_shape (alone, 5 * MINUTE_US, BS_STAMP_END);
  for (guint i = 0; i < N / 5; i++)
    {
      BsBar bar;
      bs_bar_series_get (secondary, i, &bar);
      g_assert_true (bs_predictor_push_secondary (alone, &bar, NULL));
    }
  g_autofree BsSignal *expected = g_new (BsSignal, N);
  for (guint i = 0; i < N; i++)
    {
      BsBar bar;
      bs_bar_series_get (bars, i, &bar);
      g_assert_true (bs_predictor_push (alone, &bar, &expected[i], NULL));
    }

  bs_fleet_ask_newest (fixture->fleet, 0, 2 * BS_FLEET_ANSWERED_BARS);
  for (guint i = N; i < N + LIVE; i++)
    {
      BsFleetItem item = { .instrument = 0, .arrival_us = g_get_monotonic_time () };
      bs_bar_series_get (bars, i, &item.bar);
      g_assert_true (bs_fleet_deliver (fixture->fleet, &item));
    }
  wait_for_signals (fixture, LIVE);
  g_assert_cmpuint (fixture->seen[0].n_compared, ==, LIVE);

  GArray *newest = fixture->seen[0].newest;
  g_assert_nonnull (newest);
  guint n_answered = 0;
  for (guint i = 0; i < newest->len; i++)
    {
      const BsFleetBar *bar = &g_array_index (newest, BsFleetBar, i);
      guint64 index = 0;
      BsBar same;
      if (bar->answer.klass == BS_FLEET_NO_CLASS)
        continue;
      n_answered++;
      /* Some of the live bars may be in before the question is. */
      while (index < N - 1 && expected[index].time_us != bar->bar.time_us)
        index++;
      if (expected[index].time_us != bar->bar.time_us)
        continue;
      bs_bar_series_get (bars, index, &same);
      g_assert_cmpmem (&bar->bar, sizeof same, &same, sizeof same);
      g_assert_cmpfloat (bar->answer.confidence, ==, (float) expected[index].confidence);
      g_assert_cmpint (bar->answer.klass, ==, expected[index].klass);
      g_assert_cmpfloat (bar->answer.atr, ==, (float) expected[index].atr);
    }
  g_assert_cmpuint (newest->len, ==, 2 * BS_FLEET_ANSWERED_BARS);
  g_assert_cmpuint (n_answered, >=, BS_FLEET_ANSWERED_BARS);
}

/* A bar that is refused is told and leaves no trace; switches reach all. */
static void
test_refused_and_switches (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  BsTestBars bars[3];
  for (guint i = 0; i < G_N_ELEMENTS (bars); i++)
    {
      g_assert_true (bs_fleet_add (fixture->fleet, new_instrument (fixture, i), NULL));
      bs_test_bars_init (&bars[i], i + 1, MINUTE_US);
      fixture->seen[i].alone = new_predictor (fixture);
    }
  guint64 n = 0;
  for (guint round = 0; round < 120; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (bars); i++)
        {
          BsFleetItem item = { .instrument = i, .arrival_us = g_get_monotonic_time () };
          bs_test_bars_next (&bars[i], &item.bar);
          if (round == 30 && i == 1)
            {
              BsFleetItem bad = item;
              bad.bar.high = NAN;
              g_assert_true (bs_fleet_deliver (fixture->fleet, &bad));
            }
          g_assert_true (bs_fleet_deliver (fixture->fleet, &item));
          n++;
        }
      wait_for_signals (fixture, n);
      if (round == 60)
        {
          BsOptions options = fixture->options;
          options.value[BS_OPTION_PRECISION] = BS_PRECISION_FP32;
          options.value[BS_OPTION_HURST_EVERY] = 3;
          bs_fleet_set_options (fixture->fleet, &options);
          bs_fleet_set_threshold (fixture->fleet, 0.4);
          wait_for_count (fixture, &fixture->n_switched, 2);
          for (guint i = 0; i < G_N_ELEMENTS (bars); i++)
            {
              g_assert_true (bs_predictor_set_options (fixture->seen[i].alone, &options, NULL));
              bs_predictor_set_threshold (fixture->seen[i].alone, 0.4);
            }
        }
      if (round == 90)
        {
          BsOptions options = fixture->options;
          options.value[BS_OPTION_INFERENCE_MODE] = FALSE;
          options.value[BS_OPTION_FUSED] = TRUE;
          bs_fleet_set_options (fixture->fleet, &options);
          wait_for_count (fixture, &fixture->n_not_switched, 1);
          g_assert_nonnull (strstr (fixture->message, "inference-mode"));
        }
    }
  g_assert_cmpuint (fixture->seen[0].n_refused + fixture->seen[2].n_refused, ==, 0);
  g_assert_cmpuint (fixture->seen[1].n_refused, ==, 1);
  g_assert_cmpuint (fixture->seen[1].n_compared, ==, 120);
}

/* Bars of a file at a rate, to its last one. */
static void
test_replay (void)
{
  enum
  {
    N = 200,
    HISTORY = 100
  };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (BsFleetSimulation) simulation = bs_fleet_simulation_new (fixture->fleet);
  BsBarFile *file = bs_bar_file_new ("made-up.csv");
  file->series = bs_test_bars_series (4, N, 0, MINUTE_US, BS_STAMP_END);
  BsFleetInstrument *instrument = new_instrument (fixture, 0);
  g_assert_true (bs_fleet_instrument_take_history (instrument, file->series, 0, HISTORY, NULL, NULL));
  g_assert_true (bs_fleet_add (fixture->fleet, instrument, NULL));
  bs_fleet_simulation_add_replay (simulation, 0, file, HISTORY);
  bs_fleet_simulation_set_rate (simulation, 1000);
  wait_for_signals (fixture, N - HISTORY);
  g_usleep (20000);
  g_assert_cmpuint (bs_fleet_simulation_delivered (simulation), ==, N - HISTORY);
  g_assert_cmpuint (fixture->seen[0].end, ==, N);
}

/* Whoever follows an instrument has the bars so far and then each one, without a hole; it may leave, or the fleet may end. */
typedef struct
{
  GMutex lock;
  guint64 n_bars;
  gint64 time_us;
  gboolean ended;
} Follower;

static gboolean
on_item (const BsFeedItem *item, gpointer data)
{
  Follower *self = data;
  g_mutex_lock (&self->lock);
  if (item->kind == BS_FEED_ITEM_PRIMARY)
    {
      g_assert_cmpint (item->bar.time_us, >, self->time_us);
      self->time_us = item->bar.time_us;
      self->n_bars++;
    }
  self->ended = item->kind == BS_FEED_ITEM_STATE && item->state == BS_FEED_ENDED;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
wait_for_follower (Fixture *fixture, Follower *follower, guint64 n_bars, gboolean ended)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_USEC;
  for (gboolean there = FALSE; !there; g_usleep (1000))
    {
      if (!ended)
        bs_fleet_drain (fixture->fleet, on_event, fixture, G_USEC_PER_SEC);
      g_mutex_lock (&follower->lock);
      there = follower->n_bars >= n_bars && follower->ended == ended;
      g_mutex_unlock (&follower->lock);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
}

static void
test_feed (void)
{
  enum
  {
    HISTORY = 300,
    LIVE = 200
  };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (BsFleetSimulation) simulation = bs_fleet_simulation_new (fixture->fleet);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (4, HISTORY + 100 * LIVE, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (GError) error = NULL;
  BsFleetInstrument *instrument = new_instrument (fixture, 0);
  g_assert_true (bs_fleet_instrument_take_history (instrument, bars, 0, HISTORY, NULL, NULL));
  g_assert_true (bs_fleet_add (fixture->fleet, instrument, NULL));
  BsBarFile *file = bs_bar_file_new ("made-up.csv");
  file->series = g_steal_pointer (&bars);
  bs_fleet_simulation_add_replay (simulation, 0, file, HISTORY);
  bs_fleet_simulation_set_rate (simulation, 500);
  wait_for_signals (fixture, 50);

  /* Two at once, the second one leaves early. */
  BsFeedOpened opened[2];
  Follower followers[2] = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (opened); i++)
    {
      g_assert_true (bs_fleet_open_feed (fixture->fleet, 0, &opened[i], NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (opened[i].instrument, ==, "I000");
      const BsBarSeries *series = opened[i].primary->series;
      g_assert_cmpuint (bs_bar_series_length (series), >=, HISTORY + 50);
      followers[i].time_us = bs_bar_series_times (series)[bs_bar_series_length (series) - 1];
      bs_feed_start (opened[i].feed, on_item, &followers[i]);
    }
  wait_for_follower (fixture, &followers[0], LIVE, FALSE);
  wait_for_follower (fixture, &followers[1], 1, FALSE);
  bs_feed_stop (opened[1].feed);
  wait_for_follower (fixture, &followers[0], 2 * LIVE, FALSE);

  /* The second bar after the other: nothing is missing between the history and what came after. */
  gint64 last_us = bs_bar_series_times (opened[0].primary->series)[bs_bar_series_length (opened[0].primary->series) - 1];
  guint64 at = 0;
  while (bs_bar_series_times (file->series)[at] != last_us)
    at++;
  bs_fleet_close (fixture->fleet);
  wait_for_follower (fixture, &followers[0], 2 * LIVE, TRUE);
  g_assert_cmpint (bs_bar_series_times (file->series)[at + followers[0].n_bars], ==, followers[0].time_us);

  BsFeedOpened late;
  g_assert_false (bs_fleet_open_feed (fixture->fleet, 0, &late, NULL, &error));
  g_assert_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN);
  bs_feed_stop (opened[0].feed);
  for (guint i = 0; i < G_N_ELEMENTS (opened); i++)
    bs_feed_opened_clear (&opened[i]);
}

static void
write_file (const char *folder, const char *name, const char *head, guint n, guint step_minutes)
{
  g_autoptr (GString) text = g_string_new (head);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  for (guint i = 0; i < n; i++)
    {
      guint minute = i * step_minutes;
      double price = 100 + (i * 7) % 11 * 0.25;
      g_string_append_printf (text, "2024-01-%02uT%02u:%02u:00,%.2f,%.2f,%.2f,%.2f,%u\n", 2 + minute / 1440,
                              minute / 60 % 24, minute % 60, price, price + 1, price - 1, price + 0.5, 10 + i % 5);
    }
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

static void
no_notice (gpointer data)
{
}

/* A folder: its files of bars become instruments, those of the longer bars do not, and what cannot be read is said. */
static void
test_folder (void)
{
  static const char head[] = "time,open,high,low,close,volume\n";
  g_autofree char *folder = g_dir_make_tmp ("fleet-XXXXXX", NULL);
  g_autofree char *model_path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "resources", "default-model.safetensors", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  write_file (folder, "ES-1m.csv", head, 400, 1);
  write_file (folder, "ES-5m.csv", head, 80, 5);
  write_file (folder, "NQ-1m.csv", head, 400, 1);
  write_file (folder, "bad.csv", "no bars at all\n", 0, 1);
  write_file (folder, "notes.md", "not even a name of bars\n", 0, 1);

  const char *paths[] = { folder, empty, NULL };
  BsFleetRequest request = { .paths = paths, .n_generated = 1, .stamp = -1, .model_path = model_path, .threshold = 0.5, .rate = 200 };
  bs_options_init (&request.options);
  BsFleetLoader *loader = bs_fleet_loader_new (&request, no_notice, NULL);
  g_auto (BsFleetProgress) progress = { 0 };
  gint64 end = g_get_monotonic_time () + PATIENCE_USEC;
  do
    {
      bs_fleet_progress_clear (&progress);
      bs_fleet_loader_progress (loader, &progress);
      g_usleep (1000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  while (!progress.done);
  g_assert_cmpuint (progress.n_found, ==, 4);
  g_assert_cmpuint (progress.n_done, ==, 4);
  g_assert_cmpuint (progress.n_problems, ==, 2);
  g_autofree char *problems = g_strjoinv ("\n", progress.problems);
  g_assert_nonnull (strstr (problems, "bad.csv"));
  g_assert_nonnull (strstr (problems, "empty"));

  g_autoptr (Fixture) fixture = g_new0 (Fixture, 1);
  fixture->fleet = bs_fleet_ref (bs_fleet_loader_fleet (loader));
  wait_for_count (fixture, &fixture->n_added, 3);
  /* A third of each file, and as long as one likes of the made-up one. */
  wait_for_signals (fixture, 3 * 134);
  g_assert_cmpstr (fixture->seen[0].info->name, ==, "ES");
  g_assert_cmpstr (fixture->seen[1].info->name, ==, "NQ");
  g_assert_cmpstr (fixture->seen[2].info->name, ==, "SIM001");
  g_assert_cmpuint (fixture->seen[0].end, ==, 400);
  g_assert_cmpuint (fixture->seen[1].end, ==, 400);
  bs_fleet_loader_free (loader);

  static const char *const names[] = { "ES-1m.csv", "ES-5m.csv", "NQ-1m.csv", "bad.csv", "notes.md", "empty" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fleet/five-hundred", test_five_hundred);
  g_test_add_func ("/fleet/journal", test_journal);
  g_test_add_func ("/fleet/slow-consumer", test_slow_consumer);
  g_test_add_func ("/fleet/history", test_history);
  g_test_add_func ("/fleet/refused-and-switches", test_refused_and_switches);
  g_test_add_func ("/fleet/replay", test_replay);
  g_test_add_func ("/fleet/feed", test_feed);
  g_test_add_func ("/fleet/folder", test_folder);
  return g_test_run ();
}
