#include "app/feeds/bs-replay-feed.h"

#include <stdatomic.h>

/* A replay that has fallen behind its clock by more than this (the machine slept, the consumer was slow) goes on from now
   instead of hurrying after. */
#define MAX_LAG_USEC (G_USEC_PER_SEC / 4)
/* A longer gap is hours without trading, where it is also more than two bars: as the chart's session breaks. */
#define SESSION_BREAK_USEC (30 * 60 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  guint64 position;
  guint epoch;
} Seek;

struct _BsReplayFeed
{
  BsFeed parent_instance;

  const BsBarSeries *primary, *secondary;
  gpointer owner;
  GDestroyNotify release;

  /* Set from outside, read by the thread. */
  atomic_bool playing;
  _Atomic double speed; /* bars/s, BS_REPLAY_SPEED_MAX, or below 0: minus the multiple of real time */
  atomic_uint steps;
  _Atomic (Seek *) seek; /* the latest one asked for, (transfer full) to the thread */
  atomic_uint changes;   /* counts the above, so that a sleeper sees that one came between looking and sleeping */
  GMutex mutex;          /* only for sleeping */
  GCond changed;
  const BsReplayClock *clock; /* (nullable) */
  gpointer clock_data;

  atomic_ullong position; /* written by the thread */

  /* The thread's own. */
  guint64 target; /* bars before it run through without a pause */
  guint64 n_secondary;
  guint epoch;
  int told;          /* the BsFeedState delivered last, -1 for none */
  gint64 due_us;     /* of the bar that plays next, by the speed's schedule; 0: it begins anew */
  gint64 bar_due_us; /* of the bar being delivered, as BsFeedItem has it */
};

G_DEFINE_FINAL_TYPE (BsReplayFeed, bs_replay_feed, BS_TYPE_FEED)

static void
tell_thread (BsReplayFeed *self)
{
  atomic_fetch_add (&self->changes, 1);
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static gint64
now_us (BsReplayFeed *self)
{
  return self->clock != NULL ? self->clock->now (self->clock_data) : g_get_monotonic_time ();
}

/* Sleeps until @until_us (-1: for good) or until something was asked for since @seen. */
static void
sleep_until (BsReplayFeed *self, guint seen, gint64 until_us)
{
  if (self->clock != NULL && until_us >= 0)
    {
      self->clock->wait (until_us, self->clock_data);
      return;
    }
  g_mutex_lock (&self->mutex);
  while (atomic_load (&self->changes) == seen && !bs_feed_is_stopping (BS_FEED (self)))
    {
      if (until_us < 0)
        g_cond_wait (&self->changed, &self->mutex);
      else if (!g_cond_wait_until (&self->changed, &self->mutex, until_us))
        break;
    }
  g_mutex_unlock (&self->mutex);
}

static gboolean
deliver_bar (BsReplayFeed *self, BsFeedItemKind kind, const BsBarSeries *series, guint64 index)
{
  BsFeedItem item = { .kind = kind, .epoch = self->epoch, .due_us = self->bar_due_us };
  bs_bar_series_get (series, index, &item.bar);
  return bs_feed_deliver (BS_FEED (self), &item);
}

/* @due_us: as BsFeedItem has it. */
static gboolean
deliver_next (BsReplayFeed *self, gint64 due_us)
{
  self->bar_due_us = due_us;
  guint64 position = atomic_load_explicit (&self->position, memory_order_relaxed);
  guint64 index = bs_bar_series_first (self->primary) + position;

  if (self->secondary != NULL)
    {
      gint64 now = bs_bar_series_close_time (self->primary, index);
      guint64 first = bs_bar_series_first (self->secondary), end = bs_bar_series_end (self->secondary);
      while (first + self->n_secondary < end
             && bs_bar_series_close_time (self->secondary, first + self->n_secondary) <= now)
        {
          if (!deliver_bar (self, BS_FEED_ITEM_SECONDARY, self->secondary, first + self->n_secondary))
            return FALSE;
          self->n_secondary++;
        }
    }
  atomic_store (&self->position, position + 1);
  return deliver_bar (self, BS_FEED_ITEM_PRIMARY, self->primary, index);
}

static gboolean
tell_state (BsReplayFeed *self, BsFeedState state)
{
  if (self->told == (int) state)
    return TRUE;
  self->told = state;
  BsFeedItem item = { .kind = BS_FEED_ITEM_STATE, .state = state, .epoch = self->epoch };
  return bs_feed_deliver (BS_FEED (self), &item);
}

static gboolean
begin_seek (BsReplayFeed *self, const Seek *seek)
{
  self->target = MIN (seek->position, bs_replay_feed_length (self));
  self->due_us = 0;
  if (seek->epoch == self->epoch)
    return TRUE;

  self->epoch = seek->epoch;
  self->n_secondary = 0;
  self->told = -1;
  atomic_store (&self->position, 0);
  BsFeedItem item = { .kind = BS_FEED_ITEM_RESET, .epoch = self->epoch };
  return bs_feed_deliver (BS_FEED (self), &item);
}

/* From the bar before bar @position to it, us, by the speed. */
static gint64
step_to (BsReplayFeed *self, double speed, guint64 position)
{
  if (speed > 0)
    return MAX (1, (gint64) (G_USEC_PER_SEC / speed));
  gint64 bar = MAX (1, bs_bar_series_bar_length (self->primary)), gap = bar;
  guint64 index = bs_bar_series_first (self->primary) + position;
  if (position > 0 && position < bs_replay_feed_length (self))
    gap = bs_bar_series_close_time (self->primary, index) - bs_bar_series_close_time (self->primary, index - 1);
  if (gap > SESSION_BREAK_USEC && gap > 2 * bar)
    gap = bar;
  return MAX (1, (gint64) ((double) gap / -speed));
}

/* Waits for the next bar's turn. Returns whether it has come; @due_us is when it should have: a bar that the consumer has
 * held up is late by the schedule, not by when there was room for it. Where the replay gives its delay up, so does the
 * schedule. */
static gboolean
wait_for_turn (BsReplayFeed *self, guint seen, gint64 *due_us)
{
  double speed = atomic_load (&self->speed);
  *due_us = BS_FEED_DUE_ON_ARRIVAL;
  if (speed == BS_REPLAY_SPEED_MAX)
    return TRUE;

  guint64 position = atomic_load_explicit (&self->position, memory_order_relaxed);
  gint64 now = now_us (self), step = step_to (self, speed, position);
  /* A first bar comes one step after play; a slower speed's due time is cut short by a faster one. */
  if (self->due_us == 0 || self->due_us > now + step)
    self->due_us = now + step;
  if (self->due_us > now)
    {
      sleep_until (self, seen, self->due_us);
      if (now_us (self) < self->due_us)
        return FALSE;
    }
  *due_us = self->due_us;
  self->due_us = MAX (self->due_us + step_to (self, speed, position + 1), now_us (self) - MAX_LAG_USEC);
  return TRUE;
}

/* One turn: at most one bar. Returns FALSE where nobody listens any more. */
static gboolean
turn (BsReplayFeed *self)
{
  guint seen = atomic_load (&self->changes);
  g_autofree Seek *seek = atomic_exchange (&self->seek, NULL);
  if (seek != NULL && !begin_seek (self, seek))
    return FALSE;

  guint64 position = atomic_load_explicit (&self->position, memory_order_relaxed);
  if (position < self->target)
    return tell_state (self, BS_FEED_CATCHING_UP) && deliver_next (self, BS_FEED_DUE_PAST);

  if (position == bs_replay_feed_length (self))
    {
      atomic_store (&self->steps, 0);
      if (!tell_state (self, BS_FEED_ENDED))
        return FALSE;
      sleep_until (self, seen, -1);
      return TRUE;
    }
  if (atomic_load (&self->playing))
    {
      atomic_store (&self->steps, 0);
      if (!tell_state (self, BS_FEED_REPLAYING))
        return FALSE;
      gint64 due_us;
      return !wait_for_turn (self, seen, &due_us) || deliver_next (self, due_us);
    }

  self->due_us = 0;
  if (!tell_state (self, BS_FEED_PAUSED))
    return FALSE;
  if (atomic_load (&self->steps) > 0)
    {
      atomic_fetch_sub (&self->steps, 1);
      return deliver_next (self, BS_FEED_DUE_ON_ARRIVAL);
    }
  sleep_until (self, seen, -1);
  return TRUE;
}

static void
bs_replay_feed_run (BsFeed *feed)
{
  BsReplayFeed *self = BS_REPLAY_FEED (feed);
  while (!bs_feed_is_stopping (feed) && turn (self))
    ;
}

static void
bs_replay_feed_wake (BsFeed *feed)
{
  tell_thread (BS_REPLAY_FEED (feed));
}

static void
bs_replay_feed_finalize (GObject *object)
{
  BsReplayFeed *self = BS_REPLAY_FEED (object);
  g_free (atomic_exchange (&self->seek, NULL));
  if (self->release != NULL)
    self->release (self->owner);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (bs_replay_feed_parent_class)->finalize (object);
}

static void
bs_replay_feed_class_init (BsReplayFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_replay_feed_finalize;
  BS_FEED_CLASS (klass)->run = bs_replay_feed_run;
  BS_FEED_CLASS (klass)->wake = bs_replay_feed_wake;
}

static void
bs_replay_feed_init (BsReplayFeed *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  atomic_store (&self->speed, 1.0);
  self->told = -1;
}

BsReplayFeed *
bs_replay_feed_new (const BsBarSeries *primary, const BsBarSeries *secondary, gpointer owner, GDestroyNotify release)
{
  g_return_val_if_fail (primary != NULL, NULL);

  BsReplayFeed *self = g_object_new (BS_TYPE_REPLAY_FEED, NULL);
  self->primary = primary;
  self->secondary = secondary;
  self->owner = owner;
  self->release = release;
  return self;
}

guint64
bs_replay_feed_length (BsReplayFeed *self)
{
  g_return_val_if_fail (BS_IS_REPLAY_FEED (self), 0);
  return bs_bar_series_length (self->primary);
}

gint64
bs_replay_feed_time (BsReplayFeed *self, guint64 index)
{
  g_return_val_if_fail (BS_IS_REPLAY_FEED (self), 0);
  g_return_val_if_fail (index < bs_bar_series_length (self->primary), 0);
  return bs_bar_series_times (self->primary)[index];
}

guint64
bs_replay_feed_position (BsReplayFeed *self)
{
  g_return_val_if_fail (BS_IS_REPLAY_FEED (self), 0);
  return atomic_load (&self->position);
}

void
bs_replay_feed_set_playing (BsReplayFeed *self, gboolean playing)
{
  g_return_if_fail (BS_IS_REPLAY_FEED (self));
  atomic_store (&self->playing, playing);
  tell_thread (self);
}

gboolean
bs_replay_feed_is_playing (BsReplayFeed *self)
{
  g_return_val_if_fail (BS_IS_REPLAY_FEED (self), FALSE);
  return atomic_load (&self->playing);
}

void
bs_replay_feed_set_speed (BsReplayFeed *self, double bars_per_second)
{
  g_return_if_fail (BS_IS_REPLAY_FEED (self));
  g_return_if_fail (bars_per_second >= 0.0);
  atomic_store (&self->speed, bars_per_second);
  tell_thread (self);
}

void
bs_replay_feed_set_real_time (BsReplayFeed *self, double multiple)
{
  g_return_if_fail (BS_IS_REPLAY_FEED (self));
  g_return_if_fail (multiple > 0.0);
  atomic_store (&self->speed, -multiple);
  tell_thread (self);
}

void
bs_replay_feed_set_clock (BsReplayFeed *self, const BsReplayClock *clock, gpointer data)
{
  g_return_if_fail (BS_IS_REPLAY_FEED (self));
  self->clock = clock;
  self->clock_data = data;
}

void
bs_replay_feed_step (BsReplayFeed *self)
{
  g_return_if_fail (BS_IS_REPLAY_FEED (self));
  atomic_fetch_add (&self->steps, 1);
  tell_thread (self);
}

void
bs_replay_feed_seek (BsReplayFeed *self, guint64 position, guint epoch)
{
  g_return_if_fail (BS_IS_REPLAY_FEED (self));
  Seek *seek = g_new (Seek, 1);
  *seek = (Seek){ .position = position, .epoch = epoch };
  g_free (atomic_exchange (&self->seek, seek));
  tell_thread (self);
}
