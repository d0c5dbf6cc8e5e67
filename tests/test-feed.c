/* What every feed has in common: its status, counters, lateness by the clock, history before its own bars */
#include <string.h>

#include "app/feeds/bs-feed.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define TIMEOUT_US (60 * G_USEC_PER_SEC) /* only a test that hangs gets there */

/* A feed of the test's own: it does on its thread what the test asks, one thing after another. */
typedef struct
{
  enum
  {
    STATE,
    PUSH,
    PUSH_PAST,
    PUSH_SECONDARY,
    RECONNECT
  } what;
  BsFeedState state;
  BsBar bar;
  BsFeedVerdict verdict;
} Step;

#define TYPE_TEST_FEED (test_feed_get_type ())
G_DECLARE_FINAL_TYPE (TestFeed, test_feed, TEST, FEED, BsFeed)

struct _TestFeed
{
  BsFeed parent_instance;
  GAsyncQueue *steps, *done;
};

G_DEFINE_FINAL_TYPE (TestFeed, test_feed, BS_TYPE_FEED)

static BsFeedVerdict
push (BsFeed *feed, BsFeedItemKind kind, const Step *step)
{
  return bs_feed_push (feed, kind, &step->bar, step->what == PUSH_PAST ? BS_FEED_DUE_PAST : BS_FEED_DUE_ON_ARRIVAL);
}

static void
test_feed_run (BsFeed *feed)
{
  TestFeed *self = TEST_FEED (feed);
  do
    for (Step *step; (step = g_async_queue_try_pop (self->steps)) != NULL; g_async_queue_push (self->done, step))
      switch (step->what)
        {
        case STATE:
          bs_feed_set_state (feed, step->state, "as the test says");
          break;
        case PUSH:
        case PUSH_PAST:
          step->verdict = push (feed, BS_FEED_ITEM_PRIMARY, step);
          break;
        case PUSH_SECONDARY:
          step->verdict = push (feed, BS_FEED_ITEM_SECONDARY, step);
          break;
        case RECONNECT:
          bs_feed_count_reconnect (feed);
          break;
        default:
          g_assert_not_reached ();
        }
  while (bs_feed_sleep (feed, g_get_monotonic_time () + TIMEOUT_US));
}

static void
test_feed_finalize (GObject *object)
{
  g_async_queue_unref (TEST_FEED (object)->steps);
  g_async_queue_unref (TEST_FEED (object)->done);
  G_OBJECT_CLASS (test_feed_parent_class)->finalize (object);
}

static void
test_feed_class_init (TestFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_feed_finalize;
  BS_FEED_CLASS (klass)->run = test_feed_run;
}

static void
test_feed_init (TestFeed *self)
{
  self->steps = g_async_queue_new ();
  self->done = g_async_queue_new ();
}

static BsFeedVerdict
ask (TestFeed *self, Step step)
{
  g_async_queue_push (self->steps, &step);
  bs_feed_wake (BS_FEED (self));
  g_assert_true (g_async_queue_timeout_pop (self->done, TIMEOUT_US) == &step);
  return step.verdict;
}

static BsBar
bar_nth (guint i)
{
  BsBar bar = BS_BAR_INIT;
  bar.time_us = G_GINT64_CONSTANT (1700000040000000) + (gint64) i * MINUTE_US;
  bar.open = bar.close = 4000.0 + i;
  bar.high = bar.open + 1.0;
  bar.low = bar.open - 1.0;
  bar.volume = 10.0;
  return bar;
}

/* What the consumer got. */
typedef struct
{
  GMutex mutex;
  GArray *items;
  gboolean refuse;
} Sink;

static gboolean
sink (const BsFeedItem *item, gpointer data)
{
  Sink *self = data;
  g_mutex_lock (&self->mutex);
  g_array_append_val (self->items, *item);
  gboolean listening = !self->refuse;
  g_mutex_unlock (&self->mutex);
  return listening;
}

static void
sink_init (Sink *self)
{
  g_mutex_init (&self->mutex);
  self->items = g_array_new (FALSE, FALSE, sizeof (BsFeedItem));
}

static void
sink_clear (Sink *self)
{
  g_array_unref (self->items);
  g_mutex_clear (&self->mutex);
}

static void
test_counters (void)
{
  g_autoptr (TestFeed) feed = g_object_new (TYPE_TEST_FEED, NULL);
  Sink got = { 0 };
  BsFeedStatus status;
  BsBar bar = bar_nth (0), bad = bar_nth (1);

  sink_init (&got);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_cmpint (status.state, ==, BS_FEED_CONNECTING);
  g_assert_false (status.live);
  g_assert_cmpint (status.last_bar_us, ==, G_MININT64);
  g_assert_cmpint (status.age_us, ==, 0);

  bs_feed_set_live (BS_FEED (feed), MINUTE_US);
  bs_feed_start (BS_FEED (feed), sink, &got);
  ask (feed, (Step){ STATE, .state = BS_FEED_CONNECTED });
  ask (feed, (Step){ STATE, .state = BS_FEED_CONNECTED }); /* no news */
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar }), ==, BS_FEED_TAKEN);
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar }), ==, BS_FEED_DUPLICATE);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_cmpuint (status.counters.duplicates, ==, 1);
  g_assert_cmpuint (status.counters.refused, ==, 0);
  g_assert_cmpstr (status.refused, ==, "");

  bar.close += 0.5;
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar }), ==, BS_FEED_REFUSED);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_nonnull (strstr (status.refused, "came again with other numbers"));
  bar.time_us -= MINUTE_US;
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar }), ==, BS_FEED_REFUSED);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_nonnull (strstr (status.refused, "expected after the last bar's"));
  bad.high = bad.low - 1.0;
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bad }), ==, BS_FEED_REFUSED);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_nonnull (strstr (status.refused, "high"));

  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (1) }), ==, BS_FEED_TAKEN);
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (3) }), ==, BS_FEED_TAKEN);
  g_assert_cmpint (ask (feed, (Step){ PUSH_SECONDARY, .bar = bar_nth (3) }), ==, BS_FEED_TAKEN);
  g_assert_cmpint (ask (feed, (Step){ PUSH_SECONDARY, .bar = bar_nth (3) }), ==, BS_FEED_DUPLICATE);
  ask (feed, (Step){ RECONNECT });
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_cmpuint (status.counters.bars, ==, 3);
  g_assert_cmpuint (status.counters.refused, ==, 3);
  g_assert_cmpuint (status.counters.duplicates, ==, 2);
  g_assert_cmpuint (status.counters.gaps, ==, 1);
  g_assert_cmpuint (status.counters.reconnects, ==, 1);
  g_assert_cmpint (status.last_bar_us, ==, bar_nth (3).time_us);
  g_assert_cmpint (status.last_arrival_us, >, 0);
  g_assert_cmpstr (status.message, ==, "as the test says");

  bs_feed_stop (BS_FEED (feed));
  /* connected, three bars, one secondary bar: what was refused or came twice has not been delivered */
  g_assert_cmpuint (got.items->len, ==, 5);
  gint64 last_us = 0;
  for (guint i = 0; i < got.items->len; i++)
    {
      const BsFeedItem *item = &g_array_index (got.items, BsFeedItem, i);
      g_assert_cmpint (item->arrival_us, >=, last_us);
      last_us = item->arrival_us;
      if (item->kind == BS_FEED_ITEM_PRIMARY)
        g_assert_cmpint (item->due_us, ==, item->arrival_us);
    }
  sink_clear (&got);
}

static BsFeedState
state_after (TestFeed *feed, gint64 monotonic_us, gint64 real_us)
{
  BsFeedStatus status;
  bs_feed_status_at (BS_FEED (feed), monotonic_us, real_us, &status);
  return status.state;
}

static void
test_stale (void)
{
  g_autoptr (TestFeed) feed = g_object_new (TYPE_TEST_FEED, NULL);
  const gint64 limit_us = 2 * MINUTE_US + 5 * G_USEC_PER_SEC, second_us = G_USEC_PER_SEC, hour_us = 60 * MINUTE_US;
  Sink got = { 0 };

  sink_init (&got);
  bs_feed_start (BS_FEED (feed), sink, &got);
  ask (feed, (Step){ STATE, .state = BS_FEED_CONNECTED });
  gint64 now_us = g_get_monotonic_time (), real_us = g_get_real_time ();
  /* Nobody knows when a bar is due. */
  g_assert_cmpint (state_after (feed, now_us + hour_us, real_us + hour_us), ==, BS_FEED_CONNECTED);

  /* Connected, and no first bar. */
  bs_feed_set_live (BS_FEED (feed), MINUTE_US);
  g_assert_cmpint (state_after (feed, now_us + limit_us - second_us, real_us), ==, BS_FEED_CONNECTED);
  g_assert_cmpint (state_after (feed, now_us + limit_us + second_us, real_us), ==, BS_FEED_STALE);

  /* A bar makes it well again, for as long. */
  ask (feed, (Step){ PUSH, .bar = bar_nth (0) });
  now_us = g_get_monotonic_time ();
  real_us = g_get_real_time ();
  g_assert_cmpint (state_after (feed, now_us, real_us), ==, BS_FEED_CONNECTED);
  g_assert_cmpint (state_after (feed, now_us + limit_us - second_us, real_us), ==, BS_FEED_CONNECTED);
  g_assert_cmpint (state_after (feed, now_us + limit_us + second_us, real_us), ==, BS_FEED_STALE);
  /* The machine has slept: its monotonic clock stood still. A clock put back is no reason. */
  g_assert_cmpint (state_after (feed, now_us, real_us + limit_us + second_us), ==, BS_FEED_STALE);
  g_assert_cmpint (state_after (feed, now_us, real_us - hour_us), ==, BS_FEED_CONNECTED);
  BsFeedStatus status;
  bs_feed_status_at (BS_FEED (feed), now_us + hour_us, real_us, &status);
  g_assert_cmpint (status.age_us, >=, hour_us);
  g_assert_cmpint (status.age_us, <, hour_us + MINUTE_US);

  /* A bar of the past, filled in, is not news. */
  ask (feed, (Step){ PUSH_PAST, .bar = bar_nth (1) });
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_cmpint (status.last_arrival_us, <=, now_us);
  g_assert_cmpint (status.last_bar_us, ==, bar_nth (1).time_us);

  /* What is lost is not stale, and says so itself. */
  ask (feed, (Step){ STATE, .state = BS_FEED_LOST });
  g_assert_cmpint (state_after (feed, now_us + hour_us, real_us + hour_us), ==, BS_FEED_LOST);
  /* Connected again: it has its time. */
  ask (feed, (Step){ STATE, .state = BS_FEED_CONNECTED });
  now_us = g_get_monotonic_time ();
  g_assert_cmpint (state_after (feed, now_us + limit_us - second_us, real_us), ==, BS_FEED_CONNECTED);
  bs_feed_stop (BS_FEED (feed));
  sink_clear (&got);
}

static gint n_freed;

static void
free_series (gpointer series)
{
  bs_bar_series_free (series);
  g_atomic_int_inc (&n_freed);
}

static void
test_history (void)
{
  g_autoptr (TestFeed) feed = g_object_new (TYPE_TEST_FEED, NULL);
  BsBarSeries *primary = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_bar_series_new (0, 5 * MINUTE_US, BS_STAMP_END);
  Sink got = { 0 };
  BsFeedStatus status;

  for (guint i = 0; i < 10; i++)
    {
      BsBar bar = bar_nth (i);
      g_assert_true (bs_bar_series_append (primary, &bar, NULL));
      if (i % 5 == 4)
        g_assert_true (bs_bar_series_append (secondary, &bar, NULL));
    }
  sink_init (&got);
  bs_feed_set_live (BS_FEED (feed), MINUTE_US);
  bs_feed_set_history (BS_FEED (feed), primary, secondary, primary, free_series);
  bs_feed_start (BS_FEED (feed), sink, &got);
  ask (feed, (Step){ STATE, .state = BS_FEED_CONNECTED });
  /* It is not kept once it is delivered. */
  g_assert_cmpint (g_atomic_int_get (&n_freed), ==, 1);
  /* The history counts for what follows it, but is not what the feed brought. */
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (9) }), ==, BS_FEED_DUPLICATE);
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (8) }), ==, BS_FEED_REFUSED);
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (10) }), ==, BS_FEED_TAKEN);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_cmpuint (status.counters.bars, ==, 1);
  g_assert_cmpuint (status.counters.gaps, ==, 0);
  bs_feed_stop (BS_FEED (feed));

  /* catching up, 4 bars, secondary, bar, 4 bars, secondary, bar, connected, bar */
  static const BsFeedItemKind expected[] = { BS_FEED_ITEM_STATE, 0, 0, 0, 0, BS_FEED_ITEM_SECONDARY, 0,
                                             0,                  0, 0, 0, BS_FEED_ITEM_SECONDARY, 0, BS_FEED_ITEM_STATE,
                                             0 };
  g_assert_cmpuint (got.items->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < got.items->len; i++)
    {
      const BsFeedItem *item = &g_array_index (got.items, BsFeedItem, i);
      g_assert_cmpint (item->kind, ==, expected[i]);
      if (item->kind == BS_FEED_ITEM_PRIMARY && i + 1 < got.items->len)
        g_assert_cmpint (item->due_us, ==, BS_FEED_DUE_PAST);
    }
  g_assert_cmpint (g_array_index (got.items, BsFeedItem, 0).state, ==, BS_FEED_CATCHING_UP);
  g_assert_cmpint (n_freed, ==, 1);
  sink_clear (&got);
}

static void
test_message (void)
{
  g_autoptr (TestFeed) feed = g_object_new (TYPE_TEST_FEED, NULL);
  g_autoptr (GString) text = g_string_new ("x");
  BsFeedStatus status;

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "é");
  bs_feed_refuse (BS_FEED (feed), "%s", text->str);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_cmpuint (strlen (status.refused), ==, 199);
  g_assert_true (g_utf8_validate (status.refused, -1, NULL));
  bs_feed_refuse (BS_FEED (feed), "not UTF-8: %c", 0xff);
  bs_feed_status (BS_FEED (feed), &status);
  g_assert_true (g_utf8_validate (status.refused, -1, NULL));
}

/* Read from many threads while it delivers: for ThreadSanitizer, too. */
static gpointer
read_status (gpointer data)
{
  BsFeedStatus status;
  guint64 last = 0;
  do
    {
      bs_feed_status (data, &status);
      g_assert_cmpuint (status.counters.bars, >=, last);
      last = status.counters.bars;
    }
  while (last < 1000);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (TestFeed) feed = g_object_new (TYPE_TEST_FEED, NULL);
  GThread *readers[3];
  Sink got = { 0 };

  sink_init (&got);
  bs_feed_start (BS_FEED (feed), sink, &got);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("reader", read_status, feed);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (i) }), ==, BS_FEED_TAKEN);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    g_thread_join (readers[i]);
  got.refuse = TRUE;
  g_assert_cmpint (ask (feed, (Step){ PUSH, .bar = bar_nth (1000) }), ==, BS_FEED_CLOSED);
  bs_feed_stop (BS_FEED (feed));
  sink_clear (&got);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed/counters", test_counters);
  g_test_add_func ("/feed/stale", test_stale);
  g_test_add_func ("/feed/history", test_history);
  g_test_add_func ("/feed/message", test_message);
  g_test_add_func ("/feed/threads", test_threads);
  return g_test_run ();
}
