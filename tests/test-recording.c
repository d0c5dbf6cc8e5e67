/* test-recording.c: what is recorded is replayed to the bit; what is broken is read as far as it is whole, or refused */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/bs-session.h"
#include "app/feeds/bs-replay-feed.h"
#include "app/record/bs-recorded-bars.h"
#include "app/record/bs-recording-replay.h"
#include "app/record/bs-recording-text.h"
#include "tests/bs-test-bars.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define TIMEOUT_US (60 * (gint64) G_USEC_PER_SEC) /* only a test that hangs gets there */
#define N_BARS 1500

typedef struct
{
  char *folder, *path;
  BsModel *model;
  BsBarSeries *primary, *secondary;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("barscope-recording-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "session.bsrec", NULL);
  self->model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
  self->primary = bs_test_bars_series (3, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  self->secondary = bs_test_bars_series (4, N_BARS / 4, 0, 5 * MINUTE_US, BS_STAMP_END);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->folder);
  bs_model_unref (self->model);
  bs_bar_series_free (self->primary);
  bs_bar_series_free (self->secondary);
}

/* A session over the fixture's bars, as the window has it. */
typedef struct
{
  BsSession *session;
  BsReplayFeed *feed;
  guint64 n_bars;    /* answered, by index */
  guint64 n_answers; /* in all */
  guint64 n_switched;
  BsFeedState state;
} Run;

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  Run *self = data;
  if (event->kind == BS_SESSION_SIGNAL)
    {
      /* Exactly one answer for every bar, in order. */
      g_assert_cmpuint (event->index, ==, self->n_bars);
      self->n_bars++;
      self->n_answers++;
    }
  else if (event->kind == BS_SESSION_RESET)
    self->n_bars = 0;
  else if (event->kind == BS_SESSION_STATE)
    self->state = event->state;
  else if (event->kind == BS_SESSION_SWITCHED)
    self->n_switched++;
  else
    g_error ("%s", event->message);
}

static void
run_begin (Run *self, const Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  BsPredictor *predictor = bs_predictor_new (fixture->model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_END);
  *self = (Run){ .state = BS_FEED_CONNECTING };
  self->session = bs_session_new (predictor, NULL, NULL);
  self->feed = bs_replay_feed_new (fixture->primary, fixture->secondary, NULL, NULL);
  bs_session_start (self->session, BS_FEED (g_object_ref (self->feed)));
}

static void
run_end (Run *self)
{
  bs_session_free (self->session);
  g_object_unref (self->feed);
}

/* Lets it come to rest with @n bars. */
static void
run_to (Run *self, guint64 n, guint epoch)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  bs_replay_feed_seek (self->feed, n, epoch);
  while (self->n_bars != n || (self->state != BS_FEED_PAUSED && self->state != BS_FEED_ENDED))
    {
      bs_session_drain (self->session, on_event, self, 1000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (100);
    }
}

static void
wait_caught_up (BsRecorder *recorder)
{
  while (!bs_recorder_is_caught_up (recorder))
    g_usleep (100);
}

static void
wait_done (BsRecorder *recorder)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  while (!bs_recorder_is_done (recorder))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (100);
    }
}

static void
set_option (Run *self, BsOptions *options, const char *assignment)
{
  guint64 n = self->n_switched;
  g_assert_true (bs_options_set (options, assignment, NULL));
  bs_session_set_options (self->session, options);
  while (self->n_switched == n)
    {
      bs_session_drain (self->session, on_event, self, 1000);
      g_usleep (100);
    }
}

/* Records bars 300.. with a few switches on the way. */
static void
record_some (const Fixture *fixture)
{
  Run run;
  BsOptions options;
  bs_options_init (&options);
  run_begin (&run, fixture);
  run_to (&run, 300, 0);
  g_autoptr (BsRecorder) recorder = bs_recorder_new (fixture->path, "A \"name\"", 2);
  bs_session_record (run.session, recorder);
  wait_caught_up (recorder);
  run_to (&run, 500, 0);
  set_option (&run, &options, "precision=int8");
  run_to (&run, 700, 0);
  set_option (&run, &options, "hurst-every=7");
  bs_session_set_threshold (run.session, 0.4);
  run_to (&run, 1000, 0);
  bs_session_record (run.session, NULL);
  run_to (&run, 1100, 0);
  wait_done (recorder);
  g_assert_null (bs_recorder_problem (recorder));
  g_assert_cmpuint (bs_recorder_n_bars (recorder), ==, 700);
  run_end (&run);
}

static gboolean
replay (const char *path, const BsReplayOptions *options, BsReplayResult *result, GError **error)
{
  g_autoptr (BsRecordingReader) reader = bs_recording_reader_open (path, error);
  return reader != NULL && bs_recording_replay (reader, options, result, error);
}

static void
test_replay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BsReplayOptions options = { .models = &fixture->model, .n_models = 1 };
  BsReplayResult result;
  record_some (fixture);
  g_assert_true (bs_recording_is (fixture->path));
  g_assert_true (replay (fixture->path, &options, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_history, ==, 300);
  g_assert_cmpuint (result.n_bars, ==, 700);
  g_assert_cmpuint (result.n_compared, ==, 700);
  g_assert_cmpuint (result.n_same, ==, 700);
  g_assert_cmpuint (result.n_switches, ==, 2);
  g_assert_cmpfloat (result.max, ==, 0);
  g_assert_true (result.ended);

  g_autoptr (BsRecordingReader) reader = bs_recording_reader_open (fixture->path, &error);
  const BsRecordingHeader *header = bs_recording_reader_header (reader);
  g_autofree char *build = bs_recording_build ();
  g_assert_cmpstr (header->instrument, ==, "A \"name\"");
  g_assert_cmpstr (header->model_hash, ==, fixture->model->hash);
  g_assert_cmpstr (header->build, ==, build);
  g_assert_cmpuint (header->decimals, ==, 2);
}

/* Opened as the window opens it: a session over its bars, with its switches at their bars, says what was recorded; also after
 * a seek back. */
typedef struct
{
  Run run;
  GArray *recorded; /* (element-type BsSignal): from bar @first on */
  guint64 first;
  guint64 n_compared;
  guint64 n_scheduled;
} Opened;

static void
on_opened_event (const BsSessionEvent *event, gpointer data)
{
  Opened *self = data;
  if (event->kind == BS_SESSION_SIGNAL && event->index >= self->first)
    {
      g_assert_true (bs_record_same_signal (
        &event->signal, &g_array_index (self->recorded, BsSignal, (guint) (event->index - self->first))));
      self->n_compared++;
    }
  self->n_scheduled += event->kind == BS_SESSION_SWITCHED && event->scheduled;
  on_event (event, &self->run);
}

static void
keep_recorded (const BsReplayedBar *bar, gpointer data)
{
  g_array_append_vals (data, bar->recorded, 1);
}

static void
opened_run (Opened *self, guint64 n, guint epoch)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  bs_replay_feed_seek (self->run.feed, n, epoch);
  while (self->run.n_bars != n || (self->run.state != BS_FEED_PAUSED && self->run.state != BS_FEED_ENDED))
    {
      bs_session_drain (self->run.session, on_opened_event, self, 1000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (100);
    }
}

static void
test_opened (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) recorded = g_array_new (FALSE, FALSE, sizeof (BsSignal));
  BsReplayOptions options = { .models = &fixture->model, .n_models = 1, .func = keep_recorded, .data = recorded };
  BsReplayResult result;
  record_some (fixture);
  g_assert_true (replay (fixture->path, &options, &result, &error));

  g_autoptr (BsRecordedBars) bars = bs_recorded_bars_load (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (bars->primary->series), ==, 1000);
  g_assert_cmpuint (bars->n_history, ==, 300);
  g_assert_cmpuint (bars->n_switches, ==, 2);
  g_assert_cmpuint (bars->changes->len, ==, 3); /* the second with a threshold */
  g_assert_cmpuint (g_array_index (bars->changes, BsSessionChange, 1).index, ==, 500);
  g_assert_cmpfloat (g_array_index (bars->changes, BsSessionChange, 2).threshold, ==, 0.4);
  g_assert_true (bars->ended);

  const BsSessionChange *first = &g_array_index (bars->changes, BsSessionChange, 0);
  BsPredictor *predictor = bs_predictor_new (fixture->model, &first->options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_END);
  Opened opened = { .recorded = recorded, .first = bars->n_history, .run = { .state = BS_FEED_CONNECTING } };
  opened.run.session = bs_session_new (predictor, NULL, NULL);
  opened.run.feed = bs_replay_feed_new (bars->primary->series, bars->secondary->series, NULL, NULL);
  bs_session_set_schedule (opened.run.session, g_array_ref (bars->changes));
  bs_session_start (opened.run.session, BS_FEED (g_object_ref (opened.run.feed)));
  opened_run (&opened, 1000, 0);
  g_assert_cmpuint (opened.n_compared, ==, 700);
  g_assert_cmpuint (opened.n_scheduled, ==, 2);
  guint epoch = bs_session_new_epoch (opened.run.session);
  opened_run (&opened, 600, epoch);
  opened_run (&opened, 900, epoch);
  g_assert_cmpuint (opened.n_compared, ==, 700 + 600);
  g_assert_cmpuint (opened.n_scheduled, ==, 2 + 3);
  run_end (&opened.run);

  /* What is no recording, or one without bars, is not opened as one. */
  g_assert_true (g_file_set_contents (fixture->path, "time,open\n", -1, NULL));
  g_assert_false (bs_recording_is (fixture->path));
  g_assert_null (bs_recorded_bars_load (fixture->path, NULL, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_FORMAT);
}

/* With other switches: what a predictor with those says of the same bars. */
typedef struct
{
  BsPredictor *predictor;
  guint64 n;
} Beside;

static void
compare_beside (const BsReplayedBar *bar, gpointer data)
{
  Beside *self = data;
  BsSignal signal;
  g_assert_true (bs_predictor_push (self->predictor, bar->bar, &signal, NULL));
  g_assert_true (bs_record_same_signal (&signal, bar->replayed));
  self->n++;
}

static void
test_other_switches (Fixture *fixture, gconstpointer data)
{
  static const char *const assignments[] = { "precision=fp32", "hurst-cache=off", NULL };
  g_autoptr (GError) error = NULL;
  BsOptions options;
  BsReplayResult result;
  Run run;
  g_autoptr (BsRecorder) recorder = bs_recorder_new (fixture->path, "", 0);
  BsOptions recorded;
  bs_options_init (&recorded);
  run_begin (&run, fixture);
  bs_session_record (run.session, recorder);
  wait_caught_up (recorder);
  run_to (&run, 400, 0);
  set_option (&run, &recorded, "precision=int8");
  run_to (&run, 800, 0);
  run_end (&run); /* which ends the recording too */
  wait_done (recorder);

  bs_options_init (&options);
  for (guint i = 0; assignments[i] != NULL; i++)
    g_assert_true (bs_options_set (&options, assignments[i], NULL));
  g_autoptr (BsPredictor) predictor = bs_predictor_new (fixture->model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_END);
  for (guint64 i = 0; i < bs_bar_series_end (fixture->secondary); i++)
    {
      BsBar bar;
      bs_bar_series_get (fixture->secondary, i, &bar);
      g_assert_true (bs_predictor_push_secondary (predictor, &bar, NULL));
    }
  Beside beside = { .predictor = predictor };
  BsReplayOptions replay_options
    = { .assignments = assignments, .models = &fixture->model, .n_models = 1, .func = compare_beside, .data = &beside };
  g_assert_true (replay (fixture->path, &replay_options, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (beside.n, ==, 800);
  g_assert_cmpuint (result.n_same, <, 800);
  g_assert_cmpfloat (result.max, >, 0);
  g_assert_cmpuint (result.n_compared, ==, 800 - 3);

  /* What cannot be had together is said with its line. */
  static const char *const impossible[] = { "precision=fp16", "backend=cpu", NULL };
  replay_options.assignments = impossible;
  replay_options.func = NULL;
  g_assert_false (replay (fixture->path, &replay_options, &result, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_REPLAY);
  g_assert_nonnull (strstr (error->message, "session.bsrec: line 1: precision=fp16"));
  g_clear_error (&error);

  /* Another model is no accident. */
  g_autoptr (BsModel) other = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 8);
  replay_options.assignments = NULL;
  replay_options.models = &other;
  g_assert_false (replay (fixture->path, &replay_options, &result, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_REPLAY);
  g_clear_error (&error);
  replay_options.other_model = other;
  g_assert_true (replay (fixture->path, &replay_options, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_same, <, 800);
}

/* Switches flipped from another thread at random bars while bars come as fast as they can, with seeks back and another model
 * on the way: one answer for every bar, in order, and the same bits when it is replayed. */
typedef struct
{
  BsSession *session;
  BsModel *models[2];
  gint stop;
} Flipper;

static gpointer
flip_switches (gpointer data)
{
  static const char *const flips[] = {
    "precision=int8", "hurst-cache=off",   "fused=off",     "incremental=off", "hurst-cache=on",
    "precision=fp32", "incremental=on",    "hurst-every=3", "fused=on",        "vector-atr=off",
    "timing=off",     "backend=reference", "backend=cpu",   "vector-atr=on",   "timing=on",
  };
  Flipper *self = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  BsOptions options;
  bs_options_init (&options);
  while (!g_atomic_int_get (&self->stop))
    {
      BsOptions next = options;
      g_assert_true (bs_options_set (&next, flips[g_rand_int_range (random, 0, G_N_ELEMENTS (flips))], NULL));
      if (bs_options_check (&next, NULL))
        {
          options = next;
          bs_session_set_options (self->session, &options);
        }
      if (g_rand_int_range (random, 0, 10) == 0)
        bs_session_set_model (self->session, self->models[g_rand_int_range (random, 0, 2)]);
      if (g_rand_int_range (random, 0, 10) == 0)
        bs_session_set_threshold (self->session, g_rand_double (random));
      g_usleep ((gulong) g_rand_int_range (random, 100, 3000));
    }
  return NULL;
}

static void
test_flips (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) other = bs_model_new_random (BS_N_FEATURES, 16, 1, 6, 8);
  BsModel *const models[] = { fixture->model, other };
  Flipper flipper = { .models = { fixture->model, other } };
  Run run;
  guint epoch = 0;
  run_begin (&run, fixture);
  flipper.session = run.session;
  GThread *thread = g_thread_new ("flipper", flip_switches, &flipper);
  run_to (&run, 100, 0);
  g_autoptr (BsRecorder) recorder = bs_recorder_new (fixture->path, "", 0);
  bs_session_record (run.session, recorder);
  for (guint i = 1; i < 5; i++)
    {
      bs_replay_feed_set_speed (run.feed, BS_REPLAY_SPEED_MAX);
      run_to (&run, N_BARS - i * 100, epoch);
      run_to (&run, N_BARS - i * 50, epoch);
      epoch = bs_session_new_epoch (run.session);
      run_to (&run, i * 200, epoch);
    }
  run_to (&run, N_BARS, epoch);
  g_atomic_int_set (&flipper.stop, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (run.n_bars, ==, N_BARS);
  run_end (&run);
  wait_done (recorder);
  g_assert_null (bs_recorder_problem (recorder));

  BsReplayOptions options = { .models = models, .n_models = 2 };
  BsReplayResult result;
  g_assert_true (replay (fixture->path, &options, &result, &error));
  g_assert_no_error (error);
  g_test_message ("%" G_GUINT64_FORMAT " bars, %" G_GUINT64_FORMAT " switches, %" G_GUINT64_FORMAT " resets",
                  result.n_bars, result.n_switches, result.n_resets);
  g_assert_cmpuint (result.n_resets, ==, 4);
  g_assert_cmpuint (result.n_switches, >, 0); /* how many depends on how fast engines are made */
  g_assert_cmpuint (result.n_bars, >, 3000);
  g_assert_cmpuint (result.n_same, ==, result.n_bars);
}

/* Cut off anywhere, all whole lines are read, and it is known that it was cut off. */
static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  gsize length;
  BsReplayOptions options = { .models = &fixture->model, .n_models = 1 };
  record_some (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  for (gsize cut = 1; cut < 4000; cut += cut < 40 ? 1 : 97)
    {
      g_autoptr (GError) error = NULL;
      BsReplayResult result;
      guint64 n_lines = 0;
      for (gsize i = 0; i < length - cut; i++)
        n_lines += text[i] == '\n';
      g_autoptr (BsRecordingReader) reader
        = bs_recording_reader_new_from_memory ((const guint8 *) text, length - cut, "cut", &error);
      g_assert_no_error (error);
      g_assert_true (bs_recording_replay (reader, &options, &result, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (bs_recording_reader_line (reader), ==, n_lines);
      g_assert_false (result.ended);
      g_assert_cmpuint (result.n_same, ==, result.n_bars);
      g_assert_cmpuint (result.n_bars, >, 680);
      if (cut > 500)
        cut += 500; /* a replay takes a while */
    }
}

#define HEADER                                                                                                         \
  "{\"barscope_recording\":1,\"started_us\":1,\"build\":\"b\",\"machine\":\"m\",\"instrument\":\"i\",\"decimals\":2,"  \
  "\"model_name\":\"n\",\"model_hash\":"                                                                               \
  "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"threshold\":0.65,"                           \
  "\"primary\":{\"bar_length_us\":60000000,\"stamp\":\"end\"},\"options\":{\"hurst-cache\":true}}\n"
#define BAR "\"bar\":[1000,10,12,9,11,5,2,3,0,500,250]"
#define SIGNAL                                                                                                         \
  "\"signal\":{\"row\":0,\"hurst\":0.5,\"hurst_c\":1,\"atr\":0,\"signal\":\"hold\",\"raw_signal\":\"long\","           \
  "\"confidence\":0.5,\"probabilities\":[0.2,0.3,0.5],\"filtered\":true,\"in_range\":true,\"n_out_of_range\":0}"

/* Every refusal names line, field and what was expected. */
static void
test_refused (void)
{
  static const struct
  {
    const char *text, *message;
  } rows[] = {
    { "", "line 1: expected a recording, there is no whole line" },
    { "time,open\n", "line 1: expected a recording, whose first line begins with" },
    { "{\"barscope_recording\":2}\n", "line 1: barscope_recording: expected version 1, got 2" },
    { "{\"barscope_recording\":1}\n", "line 1: started_us: expected a number, there is none" },
    { HEADER "what\n", "line 2: " },
    { HEADER "[]\n", "line 2: expected an object, got an array" },
    { HEADER "{\"kind\":7}\n", "line 2: kind: expected a string, got a number" },
    { HEADER "{\"kind\":\"tick\",\"index\":0}\n", "line 2: kind: expected bar, history" },
    { HEADER "{\"kind\":\"reset\",\"index\":-1}\n", "line 2: index: " },
    { HEADER "{\"kind\":\"history\",\"index\":0}\n", "line 2: bar: expected an array, there is none" },
    { HEADER "{\"kind\":\"history\",\"index\":0,\"bar\":[1,2]}\n", "line 2: bar: expected a time and 10 numbers" },
    { HEADER "{\"kind\":\"history\",\"index\":0,\"bar\":[1000,10,8,9,11,5,2,3,0,500,250]}\n",
      "line 2: bar: high 8: expected at least low 9" },
    { HEADER "{\"kind\":\"history\",\"index\":0,\"bar\":[1.5,10,12,9,11,5,2,3,0,500,250]}\n", "line 2: bar: " },
    { HEADER "{\"kind\":\"history\",\"index\":0,\"bar\":[1000,1e999,12,9,11,5,2,3,0,500,250]}\n", "line 2: " },
    { HEADER "{\"kind\":\"bar\",\"index\":0," BAR "}\n", "line 2: arrival_us: expected a number, there is none" },
    { HEADER "{\"kind\":\"bar\",\"index\":0," BAR ",\"arrival_us\":0}\n", "line 2: signal: expected an object" },
    { HEADER "{\"kind\":\"switch\",\"index\":0,\"options\":{\"no-such\":true}}\n",
      "line 2: options: no option \"no-such\"" },
    { HEADER "{\"kind\":\"switch\",\"index\":0,\"options\":{\"hurst-every\":100000}}\n",
      "line 2: options: hurst-every: expected an integer" },
    { HEADER "{\"kind\":\"threshold\",\"index\":0,\"threshold\":1.5}\n",
      "line 2: threshold: expected a number 0..1, got 1.5" },
    { HEADER "{\"kind\":\"model\",\"index\":0,\"model_hash\":\"../x\"}\n",
      "line 2: model_hash: expected 64 hexadecimal digits" },
    { HEADER "{\"kind\":\"end\",\"index\":0}\n{\"kind\":\"reset\",\"index\":0}\n", "line 3: expected nothing after" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (BsRecord) record = { 0 };
      g_autoptr (BsRecordingReader) reader
        = bs_recording_reader_new_from_memory ((const guint8 *) rows[i].text, strlen (rows[i].text), "name", &error);
      while (reader != NULL && error == NULL && bs_recording_reader_next (reader, &record, &error))
        bs_record_clear (&record);
      g_assert_nonnull (error);
      g_assert_true (error->domain == BS_RECORDING_ERROR);
      if (strstr (error->message, rows[i].message) == NULL || !g_str_has_prefix (error->message, "name: line "))
        g_error ("%u: \"%s\" does not say \"%s\"", i, error->message, rows[i].message);
    }

  /* A line that never ends is not read to its end. */
  g_autoptr (GString) text = g_string_new (HEADER);
  g_autoptr (GError) error = NULL;
  BsRecord record;
  for (guint i = 0; i < 3 * BS_RECORDING_MAX_LINE; i++)
    g_string_append_c (text, ' ');
  g_autoptr (BsRecordingReader) reader
    = bs_recording_reader_new_from_memory ((const guint8 *) text->str, text->len, "name", &error);
  g_assert_no_error (error);
  g_assert_false (bs_recording_reader_next (reader, &record, &error));
  g_assert_nonnull (strstr (error->message, "line 2: expected at most 65536 bytes"));
}

/* What no predictor would have said is not replayed as if it had. */
static void
test_refused_replay (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *lines, *message;
  } rows[] = {
    { "{\"kind\":\"bar\",\"index\":3," BAR ",\"arrival_us\":0," SIGNAL "}\n", "line 2: index: expected 0, got 3" },
    { "{\"kind\":\"bar\",\"index\":0," BAR ",\"arrival_us\":0," SIGNAL "}\n"
      "{\"kind\":\"bar\",\"index\":1," BAR ",\"arrival_us\":0," SIGNAL "}\n",
      "line 3: bar: time" },
    { "{\"kind\":\"history\",\"index\":0," BAR "}\n{\"kind\":\"history\",\"index\":1," BAR "}\n", "line 3: bar: time" },
    { "{\"kind\":\"switch\",\"index\":0,\"options\":{\"backend\":\"cpu\",\"precision\":\"fp16\"}}\n",
      "line 2: precision=fp16 cannot be had" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (HEADER, rows[i].lines, NULL);
      BsReplayOptions options = { .other_model = fixture->model };
      BsReplayResult result;
      g_autoptr (BsRecordingReader) reader
        = bs_recording_reader_new_from_memory ((const guint8 *) text, strlen (text), "name", &error);
      g_assert_no_error (error);
      g_assert_false (bs_recording_replay (reader, &options, &result, &error));
      if (strstr (error->message, rows[i].message) == NULL)
        g_error ("%u: \"%s\" does not say \"%s\"", i, error->message, rows[i].message);
    }
}

/* Bits survive the text, whatever they are. */
static void
test_bits (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  for (guint i = 0; i < 3000; i++)
    {
      double p = i == 0 ? 0.0 : i == 1 ? 1.0 : i == 2 ? 5e-324 : g_rand_double (random) * pow (10, -(int) (i % 40));
      BsRecord record = {
        .kind = BS_RECORD_BAR,
        .index = i,
        .bar = { .time_us = G_GINT64_CONSTANT (1700000000000001) + i,
                 .open = 1 + p,
                 .high = 3 + p,
                 .low = 0.1 * (1 + p),
                 .close = 2 - p,
                 .volume = p,
                 .daily_pnl = -p * 1e300,
                 .daily_goal = p },
        .arrival_us = (gint64) i - 10,
        .has_due = i % 2 == 0,
        .due_us = i % 2 == 0 ? (gint64) i : 0,
        .answered = TRUE,
        .signal = { .state = BS_SIGNAL_READY,
                    .time_us = G_GINT64_CONSTANT (1700000000000001) + i,
                    .row = i,
                    .klass = i % 3,
                    .raw_class = (i + 1) % 3,
                    .confidence = p,
                    .probabilities = { p, 1 - p, p / 3 },
                    .filtered = i % 2,
                    .in_range = i % 5 != 0,
                    .n_out_of_range = i,
                    .hurst = p,
                    .hurst_c = -p,
                    .atr = p * 1e-300 },
      };
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_auto (BsRecord) again = { 0 };
      bs_recording_text_record (text, &record);
      g_assert_true (bs_recording_parse_record (text->str, text->len - 1, &again, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (&again.bar, sizeof again.bar, &record.bar, sizeof record.bar);
      g_assert_true (bs_record_same_signal (&again.signal, &record.signal));
      g_assert_cmpint (again.arrival_us, ==, record.arrival_us);
      g_assert_cmpint (again.has_due, ==, record.has_due);
      g_assert_cmpint (again.due_us, ==, record.due_us);
    }
}

/* A disk that is full, a folder that is not there: said, and the session goes on. */
static void
test_no_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no", "such", "folder", NULL);
  const char *const paths[] = { nowhere, "/dev/full" };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      if (i == 1 && !g_file_test (paths[i], G_FILE_TEST_EXISTS))
        continue;
      Run run;
      run_begin (&run, fixture);
      g_autoptr (BsRecorder) recorder = bs_recorder_new (paths[i], "", 0);
      bs_session_record (run.session, recorder);
      run_to (&run, N_BARS, 0);
      g_assert_cmpuint (run.n_answers, ==, N_BARS);
      bs_session_record (run.session, NULL);
      wait_done (recorder);
      g_test_message ("%s", bs_recorder_problem (recorder));
      g_assert_nonnull (strstr (bs_recorder_problem (recorder), "cannot be written"));
      g_assert_cmpuint (bs_recorder_n_bars (recorder), ==, 0);
      run_end (&run);
    }
}

/* Begun and ended at any moment, twice in a row, and never begun at all. */
static void
test_moments (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      Run run;
      run_begin (&run, fixture);
      bs_replay_feed_set_speed (run.feed, BS_REPLAY_SPEED_MAX);
      bs_replay_feed_set_playing (run.feed, TRUE);
      g_usleep (i * 500);
      g_autoptr (BsRecorder) first = bs_recorder_new (fixture->path, "", 0);
      bs_session_record (run.session, first);
      if (i % 2 == 0)
        g_usleep (i * 300);
      if (i % 3 == 0)
        bs_session_record (run.session, NULL);
      if (i % 4 == 0)
        {
          g_autoptr (BsRecorder) second = bs_recorder_new (fixture->path, "", 0);
          bs_session_record (run.session, second);
        }
      bs_session_drain (run.session, on_event, &run, 1000);
      run_end (&run);
      wait_done (first);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/recording/replay", Fixture, NULL, set_up, test_replay, tear_down);
  g_test_add ("/recording/opened", Fixture, NULL, set_up, test_opened, tear_down);
  g_test_add ("/recording/other-switches", Fixture, NULL, set_up, test_other_switches, tear_down);
  g_test_add ("/recording/flips", Fixture, NULL, set_up, test_flips, tear_down);
  g_test_add ("/recording/cut-off", Fixture, NULL, set_up, test_cut_off, tear_down);
  g_test_add_func ("/recording/refused", test_refused);
  g_test_add ("/recording/refused-replay", Fixture, NULL, set_up, test_refused_replay, tear_down);
  g_test_add_func ("/recording/bits", test_bits);
  g_test_add ("/recording/no-disk", Fixture, NULL, set_up, test_no_disk, tear_down);
  g_test_add ("/recording/moments", Fixture, NULL, set_up, test_moments, tear_down);
  return g_test_run ();
}
