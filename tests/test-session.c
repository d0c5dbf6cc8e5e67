/* The way of a bar: ring, replay feed and session; nothing dropped, nothing reordered, a clean end at any moment */
#include <math.h>
#include <string.h>

#include "app/bs-config.h"
#include "app/bs-ring.h"
#include "app/bs-session.h"
#include "app/feeds/bs-replay-feed.h"
#if BS_HAVE_VULKAN
#include "inference/vulkan/bs-vulkan-context.h"
#endif
#include "inference/predict/bs-engine-path.h"
#include "inference/train/bs-explain-bar.h"
#include "inference/train/bs-trainer.h"
#include "tests/bs-test-driver.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)
#define TIMEOUT_US (60 * G_USEC_PER_SEC) /* only a test that hangs gets there */

static BsBar
bar_nth (guint64 i, gint64 length_us)
{
  BsBar bar = BS_BAR_INIT;
  double wave = (double) (i * 2654435761u % 1000) / 1000.0;
  bar.time_us = G_GINT64_CONSTANT (1700000000000000) + (gint64) (i + 1) * length_us;
  bar.open = 4000.0 + wave * 10.0;
  bar.close = 4000.0 + (double) ((i + 1) * 2654435761u % 1000) / 100.0;
  bar.high = MAX (bar.open, bar.close) + 1.0;
  bar.low = MIN (bar.open, bar.close) - 1.0;
  bar.volume = 100.0 + wave * 50.0;
  bar.bid_volume = bar.volume * 0.4;
  bar.ask_volume = bar.volume * 0.6;
  return bar;
}

static BsBarSeries *
series_new (guint64 n, gint64 length_us)
{
  BsBarSeries *series = bs_bar_series_new (0, length_us, BS_STAMP_END);
  for (guint64 i = 0; i < n; i++)
    {
      BsBar bar = bar_nth (i, length_us);
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
    }
  return series;
}

static void
series_free (gpointer series)
{
  bs_bar_series_free (series);
}

static BsReplayFeed *
feed_new (guint64 n)
{
  BsBarSeries *series = series_new (n, MINUTE_US);
  return bs_replay_feed_new (series, NULL, series, series_free);
}

static BsPredictor *
predictor_new (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  BsPredictor *predictor = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  return predictor;
}

/* What a session has said so far, and checks that hold for every event. */
typedef struct
{
  BsSession *session;
  guint64 n_bars, n_signals, n_refused, n_resets, n_switched, n_not_switched, n_notices;
  guint64 switched_at;
  guint64 state_at[BS_N_FEED_STATES]; /* the number of bars when the state came last */
  guint n_states[BS_N_FEED_STATES];
  GArray *signals; /* of BsSignal, by index */
  gint64 length_us;
  int last_notified;
  char *message;
  char *notice;
} Record;

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  Record *record = data;
  switch (event->kind)
    {
    case BS_SESSION_SIGNAL:
      {
        BsBar expected = bar_nth (record->n_bars, MINUTE_US);
        g_assert_cmpuint (event->index, ==, record->n_bars);
        g_assert_cmpint (event->bar.time_us, ==, expected.time_us);
        g_assert_cmpfloat (event->bar.close, ==, expected.close);
        g_assert_cmpint (event->signal.time_us, ==, expected.time_us);
        g_assert_cmpint (event->arrival_us, >, 0);
        record->n_bars++;
        record->n_signals += event->signal.state == BS_SIGNAL_READY;
        if (record->signals != NULL)
          g_array_append_val (record->signals, event->signal);
        break;
      }
    case BS_SESSION_NO_SIGNAL:
      g_error ("no signal: %s", event->message);
    case BS_SESSION_REFUSED:
      g_assert_nonnull (event->message);
      record->n_refused++;
      break;
    case BS_SESSION_STATE:
      record->n_states[event->state]++;
      record->state_at[event->state] = record->n_bars;
      break;
    case BS_SESSION_RESET:
      record->n_resets++;
      record->n_bars = 0;
      if (record->signals != NULL)
        g_array_set_size (record->signals, 0);
      break;
    case BS_SESSION_SWITCHED:
      record->n_switched++;
      record->switched_at = event->index;
      break;
    case BS_SESSION_NOT_SWITCHED:
      record->n_not_switched++;
      g_free (record->message);
      record->message = g_strdup (event->message);
      break;
    case BS_SESSION_SECONDARY:
      g_assert_not_reached ();
    case BS_SESSION_NOTICE:
      record->n_notices++;
      g_free (record->notice);
      record->notice = g_strdup (event->message);
      break;
    }
}

static void
drain_until (Record *record, const guint64 *counter, guint64 at_least)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  while (*counter < at_least)
    {
      bs_session_drain (record->session, on_event, record, 1000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (200);
    }
}

static void
drain_until_state (Record *record, BsFeedState state, guint times)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  while (record->n_states[state] < times)
    {
      bs_session_drain (record->session, on_event, record, 1000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (200);
    }
}

/* Ring */

#define RING_ELEMENTS 300000

static gpointer
ring_producer (gpointer data)
{
  for (guint64 i = 0; i < RING_ELEMENTS; i++)
    {
      guint64 *place = bs_ring_reserve (data);
      g_assert_nonnull (place);
      g_assert_cmpuint (*place, ==, 0);
      *place = i + 1;
      bs_ring_commit (data);
    }
  return NULL;
}

static void
test_ring_order (void)
{
  g_autoptr (BsRing) ring = bs_ring_new (sizeof (guint64), 16);
  GThread *producer = g_thread_new ("producer", ring_producer, ring);
  for (guint64 i = 0; i < RING_ELEMENTS; i++)
    {
      guint64 *element;
      while ((element = bs_ring_peek (ring)) == NULL)
        g_assert_true (bs_ring_wait (ring));
      g_assert_cmpuint (*element, ==, i + 1);
      bs_ring_release (ring);
      if (i % 1000 == 0)
        g_usleep (20); /* so that the ring is also met full */
    }
  g_thread_join (producer);
  g_assert_null (bs_ring_peek (ring));
  g_assert_cmpuint (bs_ring_length (ring), ==, 0);
}

static gpointer
ring_waiter (gpointer data)
{
  return GINT_TO_POINTER (bs_ring_wait (data));
}

static gpointer
ring_filler (gpointer data)
{
  while (bs_ring_reserve (data) != NULL)
    bs_ring_commit (data);
  return NULL;
}

static void
test_ring_close (void)
{
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (BsRing) empty = bs_ring_new (8, 4);
      g_autoptr (BsRing) full = bs_ring_new (8, 4);
      GThread *waiter = g_thread_new ("waiter", ring_waiter, empty);
      GThread *filler = g_thread_new ("filler", ring_filler, full);
      if (i % 2 == 0)
        g_usleep (50);
      bs_ring_close (empty);
      bs_ring_close (full);
      g_assert_false (GPOINTER_TO_INT (g_thread_join (waiter)));
      g_thread_join (filler);
    }
}

static void
test_ring_kick (void)
{
  g_autoptr (BsRing) ring = bs_ring_new (8, 4);
  GThread *waiter = g_thread_new ("waiter", ring_waiter, ring);
  bs_ring_kick (ring);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (waiter)));
  bs_ring_kick (ring); /* before the wait */
  g_assert_true (bs_ring_wait (ring));
}

/* Replay feed, by itself */

typedef struct
{
  GMutex mutex;
  GArray *items; /* of BsFeedItem */
} Sink;

static gboolean
sink_take (const BsFeedItem *item, gpointer data)
{
  Sink *sink = data;
  g_mutex_lock (&sink->mutex);
  g_array_append_val (sink->items, *item);
  g_mutex_unlock (&sink->mutex);
  return TRUE;
}

static guint
sink_length (Sink *sink)
{
  g_mutex_lock (&sink->mutex);
  guint n = sink->items->len;
  g_mutex_unlock (&sink->mutex);
  return n;
}

static void
sink_wait (Sink *sink, guint n)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  while (sink_length (sink) < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (200);
    }
}

static void
test_replay_secondary_first (void)
{
  g_autoptr (BsBarSeries) primary = series_new (12, MINUTE_US);
  g_autoptr (BsBarSeries) secondary = series_new (3, 5 * MINUTE_US);
  g_autoptr (BsReplayFeed) feed = bs_replay_feed_new (primary, secondary, NULL, NULL);
  Sink sink = { .items = g_array_new (FALSE, FALSE, sizeof (BsFeedItem)) };
  g_mutex_init (&sink.mutex);

  g_assert_cmpuint (bs_replay_feed_length (feed), ==, 12);
  bs_replay_feed_seek (feed, 12, 0);
  bs_feed_start (BS_FEED (feed), sink_take, &sink);
  sink_wait (&sink, 1 + 12 + 2 + 1);
  bs_feed_stop (BS_FEED (feed));

  /* Bars of five minutes come before the fifth and the tenth; the third has not closed by the twelfth. */
  const char *expected = "cPPPPsPPPPPsPPPe";
  g_assert_cmpuint (sink.items->len, ==, strlen (expected));
  for (guint i = 0, bar = 0; i < sink.items->len; i++)
    {
      const BsFeedItem *item = &g_array_index (sink.items, BsFeedItem, i);
      switch (expected[i])
        {
        case 'c':
          g_assert_cmpint (item->kind, ==, BS_FEED_ITEM_STATE);
          g_assert_cmpint (item->state, ==, BS_FEED_CATCHING_UP);
          break;
        case 'P':
          g_assert_cmpint (item->kind, ==, BS_FEED_ITEM_PRIMARY);
          g_assert_cmpint (item->bar.time_us, ==, bar_nth (bar++, MINUTE_US).time_us);
          break;
        case 's':
          g_assert_cmpint (item->kind, ==, BS_FEED_ITEM_SECONDARY);
          break;
        default:
          g_assert_cmpint (item->kind, ==, BS_FEED_ITEM_STATE);
          g_assert_cmpint (item->state, ==, BS_FEED_ENDED);
        }
    }
  g_array_unref (sink.items);
  g_mutex_clear (&sink.mutex);
}

/* A sink that holds the feed up at one bar, as a slow consumer does. */
typedef struct
{
  Sink sink;
  guint hold_at; /* items */
} HoldingSink;

static gboolean
sink_hold (const BsFeedItem *item, gpointer data)
{
  HoldingSink *holding = data;
  if (sink_length (&holding->sink) == holding->hold_at)
    g_usleep (60000);
  return sink_take (item, &holding->sink);
}

/* Bars of the past are due at no time, stepped ones as they come, played ones by the schedule, however late they are. */
static void
test_replay_due (void)
{
  const guint n_past = 3, n_stepped = 2, n_played = 12;
  const gint64 step_us = 5000;
  g_autoptr (BsReplayFeed) feed = feed_new (n_past + n_stepped + n_played);
  HoldingSink holding = { { .items = g_array_new (FALSE, FALSE, sizeof (BsFeedItem)) }, G_MAXUINT };
  Sink *sink = &holding.sink;
  g_mutex_init (&sink->mutex);
  bs_replay_feed_set_speed (feed, (double) G_USEC_PER_SEC / (double) step_us);
  bs_replay_feed_seek (feed, n_past, 0);
  bs_feed_start (BS_FEED (feed), sink_hold, &holding);
  sink_wait (sink, 1 + n_past + 1); /* catching up, bars, paused */
  for (guint i = 0; i < n_stepped; i++)
    bs_replay_feed_step (feed);
  sink_wait (sink, 2 + n_past + n_stepped);
  holding.hold_at = 2 + n_past + n_stepped + 1 + 4; /* the fifth bar that is played */
  bs_replay_feed_set_playing (feed, TRUE);
  sink_wait (sink, 2 + n_past + n_stepped + 1 + n_played + 1); /* replaying, bars, ended */
  bs_feed_stop (BS_FEED (feed));

  gint64 first_due = 0;
  gboolean moved = FALSE, late = FALSE;
  for (guint i = 0, bar = 0; i < sink->items->len; i++)
    {
      const BsFeedItem *item = &g_array_index (sink->items, BsFeedItem, i);
      if (item->kind != BS_FEED_ITEM_PRIMARY)
        continue;
      guint played = bar - n_past - n_stepped;
      if (bar < n_past)
        g_assert_cmpint (item->due_us, ==, BS_FEED_DUE_PAST);
      else if (bar < n_past + n_stepped)
        g_assert_cmpint (item->due_us, ==, item->arrival_us);
      else
        {
          if (played == 0)
            first_due = item->due_us;
          /* The schedule goes on by whole steps, unless the machine has stood still for a quarter of a second. */
          g_assert_cmpint (item->due_us, >=, first_due + played * step_us);
          moved = moved || (item->due_us - first_due) % step_us != 0;
          g_assert_false (moved && !late);
          g_assert_cmpint (item->arrival_us, >=, item->due_us);
        }
      /* The bar after the one that was held was due 5 ms after it and came 60 ms after it. */
      if (bar >= n_past + n_stepped && played == 5)
        g_assert_cmpint (item->arrival_us - item->due_us, >=, 60000 - step_us);
      late = late || (bar >= n_past + n_stepped && item->arrival_us - item->due_us > G_USEC_PER_SEC / 4);
      bar++;
    }
  g_array_unref (sink->items);
  g_mutex_clear (&sink->mutex);
}

static void
test_replay_steps (void)
{
  g_autoptr (BsReplayFeed) feed = feed_new (10);
  Sink sink = { .items = g_array_new (FALSE, FALSE, sizeof (BsFeedItem)) };
  g_mutex_init (&sink.mutex);

  bs_feed_start (BS_FEED (feed), sink_take, &sink);
  sink_wait (&sink, 1); /* paused */
  g_usleep (20000);
  g_assert_cmpuint (sink_length (&sink), ==, 1);
  for (guint i = 0; i < 3; i++)
    bs_replay_feed_step (feed);
  sink_wait (&sink, 4);
  g_usleep (20000);
  g_assert_cmpuint (sink_length (&sink), ==, 4);
  g_assert_cmpuint (bs_replay_feed_position (feed), ==, 3);

  /* At a thousand seconds a bar none comes; a faster speed does not wait for the slow one's turn. */
  bs_replay_feed_set_speed (feed, 0.001);
  bs_replay_feed_set_playing (feed, TRUE);
  sink_wait (&sink, 5);
  g_assert_true (bs_replay_feed_is_playing (feed));
  bs_replay_feed_set_speed (feed, 1000.0);
  sink_wait (&sink, 5 + 7 + 1);
  bs_feed_stop (BS_FEED (feed));
  g_assert_cmpint (g_array_index (sink.items, BsFeedItem, 12).state, ==, BS_FEED_ENDED);
  g_array_unref (sink.items);
  g_mutex_clear (&sink.mutex);
}

/* A clock that stands still but where somebody waits. */
typedef struct
{
  gint64 now_us;
} VirtualClock;

static gint64
virtual_now (gpointer data)
{
  return ((VirtualClock *) data)->now_us;
}

static void
virtual_wait (gint64 until_us, gpointer data)
{
  VirtualClock *clock = data;
  clock->now_us = MAX (clock->now_us, until_us);
}

static const BsReplayClock virtual_clock = { virtual_now, virtual_wait };

/* Times real time: every bar is due when it closed on the market, so many times as fast; hours without bars take a bar's time. */
static void
test_replay_real_time (void)
{
  static const double multiples[] = { 1, 10, 60, 600, 1000 };
  const gint64 gaps[] = { MINUTE_US, MINUTE_US, 7 * MINUTE_US, MINUTE_US, (gint64) 16 * 60 * MINUTE_US, MINUTE_US };
  const gint64 passes[] = { MINUTE_US, MINUTE_US, 7 * MINUTE_US, MINUTE_US, MINUTE_US, MINUTE_US };

  for (guint m = 0; m < G_N_ELEMENTS (multiples); m++)
    {
      BsBarSeries *series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
      VirtualClock clock = { 5000000 };
      Sink sink = { .items = g_array_new (FALSE, FALSE, sizeof (BsFeedItem)) };
      BsBar bar = bar_nth (0, MINUTE_US);
      gint64 due_us = clock.now_us;
      for (guint i = 0; i < G_N_ELEMENTS (gaps); i++)
        {
          bar.time_us += gaps[i];
          g_assert_true (bs_bar_series_append (series, &bar, NULL));
        }
      g_autoptr (BsReplayFeed) feed = bs_replay_feed_new (series, NULL, series, series_free);
      g_mutex_init (&sink.mutex);
      bs_replay_feed_set_clock (feed, &virtual_clock, &clock);
      bs_replay_feed_set_real_time (feed, multiples[m]);
      bs_replay_feed_set_playing (feed, TRUE);
      bs_feed_start (BS_FEED (feed), sink_take, &sink);
      sink_wait (&sink, 1 + G_N_ELEMENTS (gaps) + 1); /* replaying, bars, ended */
      bs_feed_stop (BS_FEED (feed));
      for (guint i = 0; i < G_N_ELEMENTS (gaps); i++)
        {
          due_us += (gint64) ((double) passes[i] / multiples[m]);
          g_assert_cmpint (g_array_index (sink.items, BsFeedItem, 1 + i).due_us, ==, due_us);
        }
      g_assert_cmpint (clock.now_us, ==, due_us);
      g_array_unref (sink.items);
      g_mutex_clear (&sink.mutex);
    }
}

static void
test_replay_states (void)
{
  for (guint i = 0; i < BS_N_FEED_STATES; i++)
    {
      g_assert_nonnull (bs_feed_state_word (i));
      for (guint k = 0; k < i; k++)
        g_assert_cmpstr (bs_feed_state_word (i), !=, bs_feed_state_word (k));
    }
}

/* Session */

static void
test_session_slow_consumer (void)
{
  const guint64 n = 3 * BS_SESSION_MAX_WAITING;
  BsReplayFeed *feed = feed_new (n);
  g_autoptr (BsSession) session = bs_session_new (predictor_new (), NULL, NULL);
  Record record = { .session = session };

  bs_replay_feed_set_speed (feed, BS_REPLAY_SPEED_MAX);
  bs_replay_feed_set_playing (feed, TRUE);
  bs_session_start (session, BS_FEED (feed));
  /* Nothing is taken until everything behind has come to a stop: full rings, a waiting feed. */
  guint64 before;
  do
    {
      before = bs_replay_feed_position (feed);
      g_usleep (100000);
    }
  while (before == 0 || before != bs_replay_feed_position (feed));
  g_assert_cmpuint (before, <, n);

  while (record.n_states[BS_FEED_ENDED] == 0)
    {
      bs_session_drain (session, on_event, &record, 0);
      g_usleep (10);
    }
  g_assert_cmpuint (record.n_bars, ==, n);
  g_assert_cmpuint (record.n_signals, ==, n - 3); /* T = 4 */
  g_assert_cmpuint (record.state_at[BS_FEED_ENDED], ==, n);
}

static void
count_notified (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static void
test_session_notify (void)
{
  int notified = 0;
  BsReplayFeed *feed = feed_new (500);
  g_autoptr (BsSession) session = bs_session_new (predictor_new (), count_notified, &notified);
  Record record = { .session = session };

  bs_replay_feed_seek (feed, 500, 0);
  bs_session_start (session, BS_FEED (feed));
  while (bs_replay_feed_position (feed) < 500)
    g_usleep (1000);
  g_usleep (20000);
  /* One word for any number of events, and again one after they have been drained. */
  g_assert_cmpint (g_atomic_int_get (&notified), ==, 1);
  drain_until_state (&record, BS_FEED_ENDED, 1);
  int after = g_atomic_int_get (&notified);
  bs_session_set_threshold (session, 0.5);
  BsOptions options;
  bs_options_init (&options);
  bs_session_set_options (session, &options);
  while (g_atomic_int_get (&notified) == after)
    g_usleep (100);
  drain_until (&record, &record.n_switched, 1);
}

static void
test_session_seek (void)
{
  const guint64 n = 2000;
  BsReplayFeed *feed = feed_new (n);
  g_autoptr (BsSession) session = bs_session_new (predictor_new (), NULL, NULL);
  Record record = { .session = session, .signals = g_array_new (FALSE, FALSE, sizeof (BsSignal)) };

  bs_replay_feed_seek (feed, n, 0);
  bs_session_start (session, BS_FEED (feed));
  drain_until_state (&record, BS_FEED_ENDED, 1);
  g_autoptr (GArray) all = g_steal_pointer (&record.signals);
  g_assert_cmpuint (all->len, ==, n);

  /* Back: begins anew and stops there, with the very signals of before. */
  record.signals = g_array_new (FALSE, FALSE, sizeof (BsSignal));
  bs_replay_feed_seek (feed, 700, bs_session_new_epoch (session));
  drain_until_state (&record, BS_FEED_PAUSED, 1);
  g_assert_cmpuint (record.n_resets, ==, 1);
  g_assert_cmpuint (record.n_bars, ==, 700);
  g_assert_cmpuint (record.state_at[BS_FEED_CATCHING_UP], ==, 0);
  for (guint i = 0; i < 700; i++)
    {
      const BsSignal *a = &g_array_index (all, BsSignal, i), *b = &g_array_index (record.signals, BsSignal, i);
      g_assert_cmpint (a->state, ==, b->state);
      g_assert_cmpmem (a->probabilities, sizeof a->probabilities, b->probabilities, sizeof b->probabilities);
      g_assert_cmpfloat (a->hurst, ==, b->hurst);
    }

  /* On: without a reset. */
  bs_replay_feed_seek (feed, 900, 1);
  drain_until_state (&record, BS_FEED_PAUSED, 2);
  g_assert_cmpuint (record.n_resets, ==, 1);
  g_assert_cmpuint (record.n_bars, ==, 900);

  /* Many at once, on the run: the last one counts, and nothing of the others is seen out of order (on_event checks). */
  bs_replay_feed_set_speed (feed, BS_REPLAY_SPEED_MAX);
  guint epoch = 0;
  for (guint i = 0; i < 300; i++)
    {
      epoch = bs_session_new_epoch (session);
      record.n_bars = 0;
      bs_replay_feed_seek (feed, i * 37 % n, epoch);
      bs_replay_feed_set_playing (feed, i % 2 == 0);
      bs_session_drain (session, on_event, &record, 200);
    }
  bs_replay_feed_seek (feed, n, epoch);
  guint ended = record.n_states[BS_FEED_ENDED];
  drain_until_state (&record, BS_FEED_ENDED, ended + 1);
  g_assert_cmpuint (record.n_bars, ==, n);
  g_array_unref (record.signals);
}

static void
test_session_switch (void)
{
  BsReplayFeed *feed = feed_new (4000);
  g_autoptr (BsSession) session = bs_session_new (predictor_new (), NULL, NULL);
  Record record = { .session = session };
  BsOptions options;
  bs_options_init (&options);

  bs_replay_feed_set_speed (feed, BS_REPLAY_SPEED_MAX);
  bs_replay_feed_set_playing (feed, TRUE);
  bs_session_start (session, BS_FEED (feed));
  drain_until (&record, &record.n_bars, 100);
  g_assert_true (bs_options_set (&options, "hurst-every=5", NULL));
  bs_session_set_options (session, &options);
  /* Right behind it, so that the two may meet in the mailbox: neither is lost. */
  bs_session_set_threshold (session, 0.9);
  drain_until (&record, &record.n_switched, 1);
  g_assert_cmpuint (record.switched_at, >=, 100);
  drain_until_state (&record, BS_FEED_ENDED, 1);
  g_assert_cmpuint (record.n_bars, ==, 4000);

  /* What cannot be had is said, and what was stays: a model for other inputs. */
  g_autoptr (BsModel) other = bs_model_new_random (7, 8, 1, 4, 1);
  bs_session_set_model (session, other);
  drain_until (&record, &record.n_not_switched, 1);
  g_assert_nonnull (record.message);
  g_free (record.message);
}

/* Linked with --wrap=bs_engine_path_new: the reference engine takes as long to make as the gate is shut. */
BsEngine *__real_bs_engine_path_new (const BsOptions *options, BsModel *model, guint max_batch, GError **error);
BsEngine *__wrap_bs_engine_path_new (const BsOptions *options, BsModel *model, guint max_batch, GError **error);
static struct
{
  GMutex mutex;
  GCond cond;
  gboolean shut;
  gint n_made; /* atomic: reference engines */
} gate;

BsEngine *
__wrap_bs_engine_path_new (const BsOptions *options, BsModel *model, guint max_batch, GError **error)
{
  if (options->value[BS_OPTION_BACKEND] == BS_BACKEND_REFERENCE)
    {
      g_mutex_lock (&gate.mutex);
      while (gate.shut)
        g_cond_wait (&gate.cond, &gate.mutex);
      g_mutex_unlock (&gate.mutex);
      g_atomic_int_inc (&gate.n_made);
    }
  return __real_bs_engine_path_new (options, model, max_batch, error);
}

/* Linked with --wrap=bs_clock_ns: every reading of the clock is counted. */
gint64 __real_bs_clock_ns (void);
gint64 __wrap_bs_clock_ns (void);
static gint clock_readings; /* atomic */

gint64
__wrap_bs_clock_ns (void)
{
  g_atomic_int_inc (&clock_readings);
  return __real_bs_clock_ns ();
}

static void
shut_gate (gboolean shut)
{
  g_mutex_lock (&gate.mutex);
  gate.shut = shut;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
}

static gpointer
open_gate_soon (gpointer unused)
{
  g_usleep (20000);
  shut_gate (FALSE);
  return NULL;
}

static void
parse (BsOptions *options, const char *const *assignments)
{
  bs_options_init (options);
  for (; *assignments != NULL; assignments++)
    g_assert_true (bs_options_set (options, *assignments, NULL));
}

/* Signals from @begin to before @end are those of a predictor that has always had @options. */
static void
assert_signals_of (const Record *record, guint64 begin, guint64 end, const BsOptions *options)
{
  g_autoptr (BsPredictor) always = predictor_new ();
  g_assert_true (bs_predictor_set_options (always, options, NULL));
  for (guint64 i = 0; i < end; i++)
    {
      BsBar bar = bar_nth (i, MINUTE_US);
      BsSignal expected, *got = &g_array_index (record->signals, BsSignal, i);
      g_assert_true (bs_predictor_push (always, &bar, &expected, NULL));
      if (i < begin)
        continue;
      g_assert_cmpint (got->state, ==, expected.state);
      g_assert_cmpuint (got->row, ==, expected.row);
      g_assert_cmpfloat (got->hurst, ==, expected.hurst);
      for (guint k = 0; k < BS_N_CLASSES; k++)
        g_assert_cmpfloat (got->probabilities[k], ==, expected.probabilities[k]);
    }
}

/* Bars go on with the old engine while another is made, the newest wish counts, and every bar is answered by one of the two. */
static void
test_session_switch_aside (void)
{
  enum
  {
    N = 3000
  };
  BsReplayFeed *feed = feed_new (N);
  g_autoptr (BsSession) session = bs_session_new (predictor_new (), NULL, NULL);
  Record record = { .session = session, .signals = g_array_new (FALSE, FALSE, sizeof (BsSignal)) };
  BsOptions plain, every, reference, both;
  parse (&plain, (const char *const[]){ NULL });
  parse (&every, (const char *const[]){ "hurst-every=3", NULL });
  parse (&reference, (const char *const[]){ "backend=reference", NULL });
  parse (&both, (const char *const[]){ "backend=reference", "hurst-every=3", NULL });

  bs_session_start (session, BS_FEED (feed));
  bs_replay_feed_seek (feed, 1000, 0);
  drain_until (&record, &record.n_bars, 1000);
  shut_gate (TRUE);
  gint n_made = g_atomic_int_get (&gate.n_made);
  bs_session_set_options (session, &reference);
  bs_replay_feed_seek (feed, 1500, 0);
  drain_until (&record, &record.n_bars, 1500);
  g_assert_cmpuint (record.n_switched, ==, 0);

  /* What needs no other engine takes effect meanwhile. */
  bs_session_set_options (session, &every);
  drain_until (&record, &record.n_switched, 1);
  g_assert_cmpuint (record.switched_at, ==, 1500);
  bs_replay_feed_seek (feed, 2000, 0);
  drain_until (&record, &record.n_bars, 2000);

  /* The engine that is being made serves this, too. */
  bs_session_set_options (session, &both);
  bs_replay_feed_seek (feed, 2500, 0);
  drain_until (&record, &record.n_bars, 2500);
  g_assert_cmpuint (record.n_switched, ==, 1);
  shut_gate (FALSE);
  drain_until (&record, &record.n_switched, 2);
  g_assert_cmpuint (record.switched_at, ==, 2500);
  g_assert_cmpint (g_atomic_int_get (&gate.n_made), ==, n_made + 1);
  bs_replay_feed_seek (feed, N, 0);
  drain_until (&record, &record.n_bars, N);

  assert_signals_of (&record, 0, 1500, &plain);
  assert_signals_of (&record, 1500, 2500, &every);
  assert_signals_of (&record, 2500, N, &both);

  BsTraceSwitch marks[8];
  guint64 from = 0;
  g_assert_cmpuint (bs_trace_read_switches (bs_session_trace (session), &from, marks, 8), ==, 2);
  g_assert_cmpuint (marks[0].bar, ==, 1500);
  g_assert_cmpint (marks[0].option, ==, BS_OPTION_HURST_EVERY);
  g_assert_cmpuint (marks[1].bar, ==, 2500);
  g_assert_cmpint (marks[1].option, ==, BS_OPTION_BACKEND);
  g_assert_cmpint (marks[1].to, ==, BS_BACKEND_REFERENCE);

  /* Wished back before it was there: nothing is swapped. A model that cannot be had meanwhile changes nothing. */
  bs_session_set_options (session, &plain);
  drain_until (&record, &record.n_switched, 3);
  shut_gate (TRUE);
  bs_session_set_options (session, &reference);
  bs_session_set_options (session, &plain);
  drain_until (&record, &record.n_switched, 4);
  g_autoptr (BsModel) other = bs_model_new_random (7, 8, 1, 4, 1);
  bs_session_set_model (session, other);
  g_thread_unref (g_thread_new ("gate", open_gate_soon, NULL));
  drain_until (&record, &record.n_not_switched, 1);
  g_assert_nonnull (strstr (record.message, "7 inputs"));
  g_free (record.message);

  /* And an end in the midst of it. */
  shut_gate (TRUE);
  bs_session_set_options (session, &reference);
  g_thread_unref (g_thread_new ("gate", open_gate_soon, NULL));
  g_clear_pointer (&session, bs_session_free);
  g_array_unref (record.signals);
}

/* With timing off nothing between feed and signal reads the clock; switched on in the midst of it, every bar does. */
static void
test_session_untimed (void)
{
  BsReplayFeed *feed = feed_new (1000);
  BsPredictor *predictor = predictor_new ();
  BsOptions on, off;
  parse (&on, (const char *const[]){ NULL });
  parse (&off, (const char *const[]){ "timing=off", NULL });
  g_assert_true (bs_predictor_set_options (predictor, &off, NULL));
  g_autoptr (BsSession) session = bs_session_new (predictor, NULL, NULL);
  Record record = { .session = session };
  g_atomic_int_set (&clock_readings, 0);
  bs_session_start (session, BS_FEED (feed));
  bs_replay_feed_seek (feed, 500, 0);
  drain_until (&record, &record.n_bars, 500);
  g_assert_cmpint (g_atomic_int_get (&clock_readings), ==, 0);
  g_assert_cmpuint (bs_trace_count (bs_session_trace (session)), ==, 0);

  bs_session_set_options (session, &on);
  drain_until (&record, &record.n_switched, 1);
  bs_replay_feed_seek (feed, 1000, 0);
  drain_until (&record, &record.n_bars, 1000);
  g_assert_cmpint (g_atomic_int_get (&clock_readings), >=, 500);
  g_assert_cmpuint (bs_trace_count (bs_session_trace (session)), ==, 500);
}

#if BS_HAVE_VULKAN
static int submits_left; /* before the device is lost */
static PFN_vkQueueSubmit real_submit;

static VKAPI_ATTR VkResult VKAPI_CALL
losing_submit (VkQueue queue, uint32_t n, const VkSubmitInfo *submits, VkFence fence)
{
  return submits_left-- <= 0 ? VK_ERROR_DEVICE_LOST : real_submit (queue, n, submits, fence);
}

static void
inject_losing_submit (BsVulkanContext *context)
{
  real_submit = context->vk.QueueSubmit;
  context->vk.QueueSubmit = losing_submit;
}

/* Never wrong in silence: that another engine answers is told once, wherever it begins, and once when it is over. */
static void
test_session_notice (void)
{
  g_autofree char *reason = NULL;
  if (!bs_engine_class_by_name ("vulkan")->available (&reason))
    {
      g_test_skip (reason);
      return;
    }

  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) small = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
  g_autoptr (BsModel) large = bs_model_new_random (BS_N_FEATURES, 513, 1, 4, 7);
  BsOptions vulkan, cpu;
  bs_options_init (&cpu);
  bs_options_init (&vulkan);
  g_assert_true (bs_options_set (&vulkan, "backend=vulkan", &error));

  /* From the start, where the model is too large. */
  BsPredictor *predictor = bs_predictor_new (large, &vulkan, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  BsReplayFeed *feed = feed_new (40);
  g_autoptr (BsSession) session = bs_session_new (predictor, NULL, NULL);
  Record record = { .session = session };
  bs_session_start (session, BS_FEED (feed));
  drain_until (&record, &record.n_notices, 1);
  g_assert_nonnull (strstr (record.notice, "cpu engine"));
  g_assert_nonnull (strstr (record.notice, "513"));

  /* Over with the engine that was asked for. */
  bs_session_set_options (session, &cpu);
  drain_until (&record, &record.n_notices, 2);
  g_assert_null (record.notice);
  bs_session_set_model (session, small);
  drain_until (&record, &record.n_switched, 2);

  /* In the midst of the bars, none of which is lost. */
  submits_left = 10;
  bs_vulkan_inject (inject_losing_submit);
  bs_session_set_options (session, &vulkan);
  drain_until (&record, &record.n_switched, 3);
  bs_vulkan_inject (NULL);
  g_assert_cmpuint (record.n_notices, ==, 2);
  bs_replay_feed_seek (feed, 40, 0);
  drain_until_state (&record, BS_FEED_ENDED, 1);
  g_assert_cmpuint (record.n_signals, ==, 40 - 3);
  g_assert_cmpuint (record.n_notices, ==, 3);
  g_assert_nonnull (strstr (record.notice, "cpu engine"));
  g_free (record.notice);
}
#endif

static void
test_session_refused (void)
{
  g_autoptr (BsSession) session = bs_session_new (predictor_new (), NULL, NULL);
  Record record = { .session = session };
  BsFeedItem item = { .kind = BS_FEED_ITEM_PRIMARY, .arrival_us = 1 };

  for (guint i = 0; i < 10; i++)
    {
      item.bar = bar_nth (i, MINUTE_US);
      g_assert_true (bs_session_deliver (&item, session));
      g_assert_true (bs_session_deliver (&item, session)); /* again: its time is not after the last one's */
      item.bar = bar_nth (i + 1, MINUTE_US);
      item.bar.high = NAN;
      g_assert_true (bs_session_deliver (&item, session));
    }
  item.kind = BS_FEED_ITEM_SECONDARY;
  g_assert_true (bs_session_deliver (&item, session));
  drain_until (&record, &record.n_refused, 21);
  g_assert_cmpuint (record.n_bars, ==, 10);
}

/* Bars from the test itself. */
static void
deliver (BsSession *session, BsFeedItemKind kind, const BsBar *bar)
{
  const BsFeedItem item = { .kind = kind, .bar = *bar, .due_us = BS_FEED_DUE_PAST };
  g_assert_true (bs_session_deliver (&item, session));
}

/* Minutes @from to @to - 1, and each five of them that have closed. */
static void
deliver_minutes (BsSession *session, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      BsBar bar = bar_nth (i, MINUTE_US), five = bar_nth (i / 5, 5 * MINUTE_US);
      if (i % 5 == 4)
        deliver (session, BS_FEED_ITEM_SECONDARY, &five);
      deliver (session, BS_FEED_ITEM_PRIMARY, &bar);
    }
}

/* A session that began with @n_history minutes. */
static BsSession *
session_with_history (guint n_history)
{
  g_autoptr (BsBarSeries) history = series_new (n_history, MINUTE_US);
  g_autoptr (GError) error = NULL;
  BsPredictor *predictor = predictor_new ();
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_END);
  for (guint i = 0; i < n_history / 5; i++)
    {
      BsBar five = bar_nth (i, 5 * MINUTE_US);
      g_assert_true (bs_predictor_push_secondary (predictor, &five, NULL));
    }
  g_assert_true (bs_predictor_append (predictor, history, 0, n_history, &error));
  BsSession *session = bs_session_new (predictor, NULL, NULL);
  bs_session_set_explainer (session, bs_explain_monitor_new (NULL, NULL));
  return session;
}

static void
no_event (const BsSessionEvent *event, gpointer data)
{
}

/* Until @n bars have been answered. */
static void
answer_bars (BsSession *session, guint n)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  while (bs_trace_count (bs_session_trace (session)) < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      bs_session_drain (session, no_event, NULL, 0);
      g_usleep (500);
    }
}

/* What bs_session_copy_bars() gave. */
typedef struct
{
  GMutex mutex;
  guint n_calls;
  BsBarSeries *primary, *secondary;
} Copied;

static void
on_copied (BsBarSeries *primary, BsBarSeries *secondary, gpointer data)
{
  Copied *copied = data;
  g_mutex_lock (&copied->mutex);
  copied->n_calls++;
  copied->primary = primary;
  copied->secondary = secondary;
  g_mutex_unlock (&copied->mutex);
}

static void
wait_for_copy (BsSession *session, Copied *copied)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  for (gboolean done = FALSE; !done;)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      bs_session_drain (session, no_event, NULL, 0);
      g_usleep (500);
      g_mutex_lock (&copied->mutex);
      done = copied->n_calls > 0;
      g_mutex_unlock (&copied->mutex);
    }
}

static void
copied_clear (Copied *copied)
{
  g_clear_pointer (&copied->primary, bs_bar_series_free);
  g_clear_pointer (&copied->secondary, bs_bar_series_free);
  copied->n_calls = 0;
}

/* All bars that there are, those that came live too, and no secondary bar from later; and a model learns from them to the last one. */
static void
test_session_copy_bars (void)
{
  enum
  {
    N_HISTORY = 1500,
    N = 1802,
    NEWEST = 702
  };
  BsSession *session = session_with_history (N_HISTORY);
  Copied copied = { 0 };
  g_mutex_init (&copied.mutex);
  deliver_minutes (session, N_HISTORY, N);
  answer_bars (session, N - N_HISTORY);
  bs_session_copy_bars (session, 0, on_copied, &copied);
  deliver_minutes (session, N, N + 100); /* too late for this copy */
  wait_for_copy (session, &copied);
  guint n = (guint) bs_bar_series_end (copied.primary);
  g_assert_cmpuint (n, >=, N);
  g_assert_cmpuint (n, <=, N + 100);
  for (guint i = 0; i < n; i++)
    {
      BsBar bar, expected = bar_nth (i, MINUTE_US);
      bs_bar_series_get (copied.primary, i, &bar);
      g_assert_cmpmem (&bar, sizeof bar, &expected, sizeof expected);
    }
  g_assert_cmpuint (bs_bar_series_end (copied.secondary), ==, n / 5);
  for (guint i = 0; i < n / 5; i++)
    {
      BsBar bar, expected = bar_nth (i, 5 * MINUTE_US);
      bs_bar_series_get (copied.secondary, i, &bar);
      g_assert_cmpmem (&bar, sizeof bar, &expected, sizeof expected);
    }

  /* No look-ahead: the leak check says so, or this would be an error. */
  BsTrainOptions options;
  g_autoptr (GError) error = NULL;
  bs_train_options_init (&options);
  options.hidden = 4;
  options.n_layers = 1;
  options.epochs = 1;
  options.sequence_length = 5;
  g_autoptr (BsTrainResult) result = bs_train (copied.primary, copied.secondary, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *trained_on = g_strdup_printf ("%u bars", n);
  g_assert_true (g_str_has_prefix (result->trained_on, trained_on));
  copied_clear (&copied);

  bs_session_copy_bars (session, NEWEST, on_copied, &copied);
  wait_for_copy (session, &copied);
  g_assert_cmpuint (bs_bar_series_end (copied.primary), ==, NEWEST);
  copied_clear (&copied);

  /* Whoever waits is told, also where the session ends. */
  bs_session_copy_bars (session, 0, on_copied, &copied);
  bs_session_free (session);
  g_assert_cmpuint (copied.n_calls, ==, 1);
  copied_clear (&copied);
  g_mutex_clear (&copied.mutex);
}

/* A feed that has a past, and then brings bars @from to @to - 1. */
#define TYPE_LATE_FEED (late_feed_get_type ())
G_DECLARE_FINAL_TYPE (LateFeed, late_feed, LATE, FEED, BsFeed)

struct _LateFeed
{
  BsFeed parent_instance;
  guint from, to;
};

G_DEFINE_FINAL_TYPE (LateFeed, late_feed, BS_TYPE_FEED)

static void
late_feed_run (BsFeed *feed)
{
  const LateFeed *self = LATE_FEED (feed);
  for (guint i = self->from; i < self->to; i++)
    {
      BsBar bar = bar_nth (i, MINUTE_US);
      if (bs_feed_push (feed, BS_FEED_ITEM_PRIMARY, &bar, BS_FEED_DUE_ON_ARRIVAL) == BS_FEED_CLOSED)
        return;
    }
}

static void
late_feed_class_init (LateFeedClass *klass)
{
  BS_FEED_CLASS (klass)->run = late_feed_run;
}

static void
late_feed_init (LateFeed *self)
{
}

static gint n_pasts_freed; /* atomic */

static void
clear_past (gpointer past)
{
  bs_bar_series_free (*(BsBarSeries **) past);
  g_atomic_int_inc (&n_pasts_freed);
}

static void
past_unref (gpointer past)
{
  g_atomic_rc_box_release_full (past, clear_past);
}

/* What was loaded is the feed's past and the predictor's bars, each on its own thread; it is the predictor's alone once others come. */
static void
test_session_take_over (void)
{
  enum
  {
    N_PAST = 3000,
    N = 3200,
    ROUNDS = 20
  };
  for (guint round = 0; round < ROUNDS; round++)
    {
      BsBarSeries **past = g_atomic_rc_box_new0 (BsBarSeries *);
      BsPredictor *predictor = predictor_new ();
      /* Some rounds end in the middle of the past, or with it. */
      const guint end = round % 4 == 3 ? N_PAST / 2 : round % 4 == 2 ? N_PAST : N;
      Copied copied = { 0 };
      g_mutex_init (&copied.mutex);
      g_atomic_int_set (&n_pasts_freed, 0);
      *past = series_new (N_PAST, MINUTE_US);
      bs_predictor_take_over_bars (predictor, *past, g_atomic_rc_box_acquire (past), past_unref);
      LateFeed *feed = g_object_new (TYPE_LATE_FEED, NULL);
      feed->from = N_PAST;
      feed->to = end;
      bs_feed_set_history (BS_FEED (feed), *past, NULL, past, past_unref);
      Record record = { .session = bs_session_new (predictor, NULL, NULL) };
      bs_session_start (record.session, BS_FEED (feed));
      drain_until (&record, &record.n_bars, end);
      if (end == N)
        {
          bs_session_copy_bars (record.session, 0, on_copied, &copied);
          wait_for_copy (record.session, &copied);
          g_assert_cmpint (g_atomic_int_get (&n_pasts_freed), ==, 1);
          g_assert_cmpuint (bs_bar_series_end (copied.primary), ==, N);
          for (guint i = 0; i < N; i++)
            {
              BsBar bar, expected = bar_nth (i, MINUTE_US);
              bs_bar_series_get (copied.primary, i, &bar);
              g_assert_cmpmem (&bar, sizeof bar, &expected, sizeof expected);
            }
        }
      bs_session_free (record.session);
      g_assert_cmpint (g_atomic_int_get (&n_pasts_freed), ==, 1);
      copied_clear (&copied);
      g_mutex_clear (&copied.mutex);
    }
}

static void
wait_for_why (BsSession *session, guint64 index, guint *generation, BsWhy *why)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  while (!bs_explain_monitor_get_asked (bs_session_explainer (session), generation, why) || why->index != index)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      bs_session_drain (session, no_event, NULL, 0);
      g_usleep (500);
    }
}

/* Any bar: the same as from all bars at once, which is what `barscope explain --row` does. */
static void
test_session_explain (void)
{
  enum
  {
    N_HISTORY = 300,
    N = 400
  };
  static const guint64 indices[] = { 3, 10, 101, 250, 299, 300, 355, N - 1, N + 7 };
  BsSession *session = session_with_history (N_HISTORY);
  g_autoptr (BsBarSeries) primary = series_new (N + 10, MINUTE_US);
  g_autoptr (BsBarSeries) secondary = series_new ((N + 10) / 5, 5 * MINUTE_US);
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
  g_autoptr (BsExplainer) explainer = bs_explainer_new (model, NULL);
  BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  guint generation = 0;
  BsWhy why;
  deliver_minutes (session, N_HISTORY, N);
  for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
    {
      g_auto (BsExplanation) expected = { 0 };
      float window[4 * BS_N_FEATURES];
      double groups[BS_N_FEATURE_GROUPS];
      options.set = model->feature_set;
      g_assert_true (bs_explain_window (model, primary, secondary, &options, indices[i], window, NULL, NULL));
      g_assert_true (bs_explainer_run (explainer, window, -1, BS_EXPLAIN_INTEGRATED, &expected, NULL));
      bs_explanation_groups (&expected, groups);
      bs_session_explain_bar (session, indices[i]);
      if (indices[i] >= N) /* asked for before it is there */
        deliver_minutes (session, N, N + 10);
      wait_for_why (session, indices[i], &generation, &why);
      g_assert_cmpint (why.state, ==, BS_WHY_READY);
      g_assert_cmpuint (why.row, ==, indices[i]);
      g_assert_cmpint (why.time_us, ==, bs_bar_series_times (primary)[indices[i]]);
      g_assert_cmpint (why.klass, ==, expected.klass);
      for (guint f = 0; f < BS_N_FEATURES; f++)
        g_assert_cmpfloat_with_epsilon (why.features[f], expected.features[f], 1e-6);
      for (guint g = 0; g < BS_N_FEATURE_GROUPS; g++)
        g_assert_cmpfloat_with_epsilon (why.groups[g], groups[g], 1e-6);
      for (guint b = 0; b < 4; b++)
        g_assert_cmpfloat_with_epsilon (why.bars[b], expected.bars[b], 1e-6);
    }

  bs_session_explain_bar (session, 1);
  wait_for_why (session, 1, &generation, &why);
  g_assert_cmpint (why.state, ==, BS_WHY_WARMING_UP);
  g_assert_cmpuint (why.rows_missing, ==, 2);

  /* And the newest again, though no bar comes any more. */
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  guint newest = 0;
  bs_session_explain_newest (session);
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (500);
    }
  while (!bs_explain_monitor_get (bs_session_explainer (session), &newest, &why) || why.index != N + 9);
  bs_session_free (session);
}

static void
test_session_shutdown (void)
{
  /* At any moment: before the start, with both rings full and never drained, in the middle of a seek. */
  bs_session_free (bs_session_new (predictor_new (), NULL, NULL));
  for (guint i = 0; i < 20; i++)
    {
      BsReplayFeed *feed = feed_new (i % 2 == 0 ? 2 * BS_SESSION_MAX_WAITING : 50);
      BsSession *session = bs_session_new (predictor_new (), NULL, NULL);
      Record record = { .session = session };
      bs_replay_feed_set_speed (feed, BS_REPLAY_SPEED_MAX);
      bs_replay_feed_set_playing (feed, TRUE);
      bs_session_start (session, BS_FEED (feed));
      g_usleep (i * 3000);
      if (i % 3 == 1)
        bs_session_drain (session, on_event, &record, 1000);
      if (i % 3 == 2)
        bs_replay_feed_seek (feed, 5, bs_session_new_epoch (session));
      if (i % 4 == 3)
        {
          g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 9);
          bs_session_set_model (session, model);
        }
      bs_session_free (session);
    }
}

int
main (int argc, char **argv)
{
  /* A cache of shaders of its own: nothing of the user's is read or written. */
  g_autofree char *cache = g_dir_make_tmp ("barscope-test-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  bs_test_keep_driver ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring/order", test_ring_order);
  g_test_add_func ("/ring/close", test_ring_close);
  g_test_add_func ("/ring/kick", test_ring_kick);
  g_test_add_func ("/replay/secondary-first", test_replay_secondary_first);
  g_test_add_func ("/replay/due", test_replay_due);
  g_test_add_func ("/replay/steps", test_replay_steps);
  g_test_add_func ("/replay/real-time", test_replay_real_time);
  g_test_add_func ("/replay/states", test_replay_states);
  g_test_add_func ("/session/slow-consumer", test_session_slow_consumer);
  g_test_add_func ("/session/notify", test_session_notify);
  g_test_add_func ("/session/seek", test_session_seek);
  g_test_add_func ("/session/switch", test_session_switch);
  g_test_add_func ("/session/switch-aside", test_session_switch_aside);
  g_test_add_func ("/session/untimed", test_session_untimed);
#if BS_HAVE_VULKAN
  g_test_add_func ("/session/notice", test_session_notice);
#endif
  g_test_add_func ("/session/refused", test_session_refused);
  g_test_add_func ("/session/copy-bars", test_session_copy_bars);
  g_test_add_func ("/session/take-over", test_session_take_over);
  g_test_add_func ("/session/explain", test_session_explain);
  g_test_add_func ("/session/shutdown", test_session_shutdown);
  return g_test_run ();
}
