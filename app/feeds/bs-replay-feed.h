/* bs-replay-feed.h: bars that are known already, played as if they came in now */
#pragma once

#include "app/feeds/bs-feed.h"
#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

/** Speed that waits for nothing but the consumer. */
#define BS_REPLAY_SPEED_MAX 0.0

#define BS_TYPE_REPLAY_FEED (bs_replay_feed_get_type ())
G_DECLARE_FINAL_TYPE (BsReplayFeed, bs_replay_feed, BS, REPLAY_FEED, BsFeed)

/**
 * bs_replay_feed_new:
 * @primary: the bars to play; not appended to while the feed lives
 * @secondary: (nullable): the longer bars; each is delivered before the first primary bar that closes when it has closed
 * @owner: (nullable) (transfer full): keeps the two series alive
 * @release: (nullable): called on @owner when the feed goes
 *
 * A feed at position 0, paused, at 1 bar a second. Positions count the bars that @primary holds, from 0. The functions below
 * take effect at once and never block. Thread: any, one at a time.
 */
BsReplayFeed *bs_replay_feed_new (const BsBarSeries *primary, const BsBarSeries *secondary, gpointer owner,
                                  GDestroyNotify release) G_GNUC_WARN_UNUSED_RESULT;

/** Number of bars it can play. */
guint64 bs_replay_feed_length (BsReplayFeed *self);
/** bs_replay_feed_time: time (us, UTC) of the bar at @index (< length). */
gint64 bs_replay_feed_time (BsReplayFeed *self, guint64 index);
/** Bars delivered since the beginning: where it stands. */
guint64 bs_replay_feed_position (BsReplayFeed *self);

void bs_replay_feed_set_playing (BsReplayFeed *self, gboolean playing);
gboolean bs_replay_feed_is_playing (BsReplayFeed *self);
/** @bars_per_second: > 0, or %BS_REPLAY_SPEED_MAX. */
void bs_replay_feed_set_speed (BsReplayFeed *self, double bars_per_second);
/**
 * bs_replay_feed_set_real_time:
 * @multiple: > 0: 1 for as fast as the bars came on the market, 60 for sixty times that
 *
 * Instead of a speed: each bar waits as long as passed from the close of the one before it, divided by @multiple. Hours without
 * bars, a gap of more than half an hour and more than two bars, pass as one bar does.
 */
void bs_replay_feed_set_real_time (BsReplayFeed *self, double multiple);

/** A clock to play by instead of the monotonic one, for tests. Both are called on the feed's thread. */
typedef struct
{
  gint64 (*now) (gpointer data);                  /* us */
  void (*wait) (gint64 until_us, gpointer data); /* may return before */
} BsReplayClock;

/** bs_replay_feed_set_clock: @clock: static. Before bs_feed_start(). */
void bs_replay_feed_set_clock (BsReplayFeed *self, const BsReplayClock *clock, gpointer data);

/** One bar more, while it is paused. */
void bs_replay_feed_step (BsReplayFeed *self);

/**
 * bs_replay_feed_seek:
 * @position: 0..length; bars before it run through as fast as the consumer takes them, in the state "catching up"
 * @epoch: the same as before: goes on from where it is (never backwards); another: begins anew, with a reset first
 *
 * Then plays on, or rests, as set. Where several seeks come quickly, the last one counts.
 */
void bs_replay_feed_seek (BsReplayFeed *self, guint64 position, guint epoch);

G_END_DECLS
