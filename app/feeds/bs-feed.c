#include "app/feeds/bs-feed.h"

#include <glib/gi18n.h>
#include <stdatomic.h>
#include <string.h>

#include "inference/predict/bs-thread.h"

typedef struct
{
  GThread *thread;
  atomic_bool stopping;
  BsFeedSink sink;
  gpointer sink_data;

  const BsBarSeries *history, *secondary_history; /* (nullable) */
  gpointer history_owner;
  GDestroyNotify history_release;

  BsBar last[2]; /* by BsFeedItemKind: delivered last; the thread's own */
  gboolean has_last[2];

  GMutex mutex; /* over all below */
  GCond woken;
  gboolean awake; /* bs_feed_wake() has been called since the last sleep */
  gboolean delivering_history;
  BsFeedStatus status;
  gint64 since_us, since_real_us; /* the last arrival, or when it was connected; 0: neither */
} BsFeedPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BsFeed, bs_feed, G_TYPE_OBJECT)

static const char *const state_words[BS_N_FEED_STATES] = {
  [BS_FEED_CONNECTING] = N_ ("connecting"),
  [BS_FEED_CONNECTED] = N_ ("connected"),
  [BS_FEED_STALE] = N_ ("stale"),
  [BS_FEED_LOST] = N_ ("lost"),
  [BS_FEED_CATCHING_UP] = N_ ("catching up"),
  [BS_FEED_REPLAYING] = N_ ("replaying"),
  [BS_FEED_PAUSED] = N_ ("paused"),
  [BS_FEED_ENDED] = N_ ("ended"),
};

const char *
bs_feed_state_word (BsFeedState state)
{
  g_return_val_if_fail (state < BS_N_FEED_STATES, NULL);
  return state_words[state];
}

static gboolean
deliver_history_bar (BsFeed *self, BsFeedItemKind kind, const BsBarSeries *series, guint64 index)
{
  BsFeedItem item = { .kind = kind, .due_us = BS_FEED_DUE_PAST };
  bs_bar_series_get (series, index, &item.bar);
  return bs_feed_deliver (self, &item);
}

/* Returns %FALSE where nobody listens any more. */
static gboolean
deliver_history (BsFeed *self, BsFeedPrivate *priv)
{
  const BsBarSeries *primary = priv->history, *secondary = priv->secondary_history;
  guint64 next = secondary != NULL ? bs_bar_series_first (secondary) : 0;
  guint64 end = secondary != NULL ? bs_bar_series_end (secondary) : 0;

  if (!bs_feed_set_state (self, BS_FEED_CATCHING_UP, NULL))
    return FALSE;
  for (guint64 i = bs_bar_series_first (primary); i < bs_bar_series_end (primary) && !bs_feed_is_stopping (self); i++)
    {
      gint64 now_us = bs_bar_series_close_time (primary, i);
      for (; next < end && bs_bar_series_close_time (secondary, next) <= now_us; next++)
        if (!deliver_history_bar (self, BS_FEED_ITEM_SECONDARY, secondary, next))
          return FALSE;
      if (!deliver_history_bar (self, BS_FEED_ITEM_PRIMARY, primary, i))
        return FALSE;
    }
  for (; next < end; next++)
    if (!deliver_history_bar (self, BS_FEED_ITEM_SECONDARY, secondary, next))
      return FALSE;
  return TRUE;
}

static void
release_history (BsFeedPrivate *priv)
{
  priv->history = priv->secondary_history = NULL;
  if (priv->history_release != NULL)
    priv->history_release (priv->history_owner);
  priv->history_release = NULL;
}

static gpointer
thread_main (gpointer data)
{
  BsFeed *self = data;
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  if (priv->history != NULL && bs_bar_series_length (priv->history) > 0)
    {
      priv->delivering_history = TRUE;
      gboolean listening = deliver_history (self, priv);
      priv->delivering_history = FALSE;
      release_history (priv);
      if (!listening)
        return NULL;
    }
  bs_thread_wake_soon ();
  BS_FEED_GET_CLASS (self)->run (self);
  return NULL;
}

void
bs_feed_start (BsFeed *self, BsFeedSink sink, gpointer data)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_return_if_fail (priv->thread == NULL);

  priv->sink = sink;
  priv->sink_data = data;
  priv->thread = g_thread_new ("feed", thread_main, self);
}

void
bs_feed_drive (BsFeed *self, BsFeedSink sink, gpointer data)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  priv->sink = sink;
  priv->sink_data = data;
}

void
bs_feed_seed (BsFeed *self, const BsBar *bar)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  priv->last[BS_FEED_ITEM_PRIMARY] = *bar;
  priv->has_last[BS_FEED_ITEM_PRIMARY] = TRUE;
  priv->status.last_bar_us = bar->time_us;
}

void
bs_feed_stop (BsFeed *self)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);

  atomic_store (&priv->stopping, TRUE);
  if (priv->thread == NULL)
    return;
  bs_feed_wake (self);
  if (BS_FEED_GET_CLASS (self)->wake != NULL)
    BS_FEED_GET_CLASS (self)->wake (self);
  g_clear_pointer (&priv->thread, g_thread_join);
}

gboolean
bs_feed_wants_answers (BsFeed *self)
{
  return BS_FEED_GET_CLASS (self)->answered != NULL;
}

void
bs_feed_answer (BsFeed *self, const BsFeedAnswer *answer)
{
  if (BS_FEED_GET_CLASS (self)->answered != NULL)
    BS_FEED_GET_CLASS (self)->answered (self, answer);
}

gboolean
bs_feed_is_stopping (BsFeed *self)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  return atomic_load_explicit (&priv->stopping, memory_order_acquire);
}

gboolean
bs_feed_sleep (BsFeed *self, gint64 until_us)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_lock (&priv->mutex);
  while (!priv->awake && !bs_feed_is_stopping (self) && g_cond_wait_until (&priv->woken, &priv->mutex, until_us))
    ;
  priv->awake = FALSE;
  g_mutex_unlock (&priv->mutex);
  return !bs_feed_is_stopping (self);
}

void
bs_feed_wake (BsFeed *self)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_lock (&priv->mutex);
  priv->awake = TRUE;
  g_cond_signal (&priv->woken);
  g_mutex_unlock (&priv->mutex);
}

/* What the status says of an item, before the consumer has it. */
static void
note_item (BsFeedPrivate *priv, const BsFeedItem *item)
{
  g_mutex_lock (&priv->mutex);
  if (item->kind == BS_FEED_ITEM_PRIMARY)
    {
      priv->status.last_bar_us = item->bar.time_us;
      if (!priv->delivering_history)
        priv->status.counters.bars++;
      if (item->due_us != BS_FEED_DUE_PAST)
        {
          priv->status.last_arrival_us = priv->since_us = item->arrival_us;
          priv->since_real_us = g_get_real_time ();
        }
    }
  else if (item->kind == BS_FEED_ITEM_RESET)
    priv->status.last_bar_us = G_MININT64;
  else if (item->kind == BS_FEED_ITEM_STATE)
    {
      if (item->state == BS_FEED_CONNECTED && priv->status.state != BS_FEED_CONNECTED)
        {
          /* A connection has its time for a first bar, too. */
          priv->since_us = item->arrival_us;
          priv->since_real_us = g_get_real_time ();
        }
      priv->status.state = item->state;
    }
  g_mutex_unlock (&priv->mutex);
}

gboolean
bs_feed_deliver (BsFeed *self, BsFeedItem *item)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  item->arrival_us = g_get_monotonic_time ();
  if (item->due_us == BS_FEED_DUE_ON_ARRIVAL)
    item->due_us = item->arrival_us;
  note_item (priv, item);
  if (item->kind <= BS_FEED_ITEM_SECONDARY)
    {
      priv->last[item->kind] = item->bar;
      priv->has_last[item->kind] = TRUE;
    }
  else if (item->kind == BS_FEED_ITEM_RESET)
    priv->has_last[BS_FEED_ITEM_PRIMARY] = priv->has_last[BS_FEED_ITEM_SECONDARY] = FALSE;
  return priv->sink (item, priv->sink_data);
}

const BsBar *
bs_feed_last (BsFeed *self, BsFeedItemKind kind)
{
  g_return_val_if_fail (BS_IS_FEED (self) && kind <= BS_FEED_ITEM_SECONDARY, NULL);
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  return priv->has_last[kind] ? &priv->last[kind] : NULL;
}

static gboolean
bars_equal (const BsBar *a, const BsBar *b)
{
  return a->time_us == b->time_us && a->open == b->open && a->high == b->high && a->low == b->low
         && a->close == b->close && a->volume == b->volume && a->bid_volume == b->bid_volume
         && a->ask_volume == b->ask_volume;
}

static void
refuse_time (BsFeed *self, const BsBar *bar, const BsBar *last)
{
  g_autofree char *time = bs_bar_format_time (bar->time_us);
  g_autofree char *last_time = bs_bar_format_time (last->time_us);
  if (bar->time_us == last->time_us)
    bs_feed_refuse (self, "the bar of %s came again with other numbers", time);
  else
    bs_feed_refuse (self, "time %s: expected after the last bar's, %s", time, last_time);
}

BsFeedVerdict
bs_feed_push (BsFeed *self, BsFeedItemKind kind, const BsBar *bar, gint64 due_us)
{
  g_return_val_if_fail (kind <= BS_FEED_ITEM_SECONDARY, BS_FEED_REFUSED);
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_autoptr (GError) error = NULL;
  const BsBar *last = bs_feed_last (self, kind);

  if (!bs_bar_validate (bar, &error))
    {
      bs_feed_refuse (self, "%s", error->message);
      return BS_FEED_REFUSED;
    }
  if (last != NULL && bars_equal (bar, last))
    {
      bs_feed_count_duplicate (self);
      return BS_FEED_DUPLICATE;
    }
  if (last != NULL && bar->time_us <= last->time_us)
    {
      refuse_time (self, bar, last);
      return BS_FEED_REFUSED;
    }
  /* As in files: a hole that a whole bar fits into. */
  if (kind == BS_FEED_ITEM_PRIMARY && last != NULL && priv->status.bar_length_us > 0
      && (bar->time_us - last->time_us) / 2 >= priv->status.bar_length_us)
    bs_feed_count_gap (self);
  BsFeedItem item = { .kind = kind, .due_us = due_us, .bar = *bar };
  return bs_feed_deliver (self, &item) ? BS_FEED_TAKEN : BS_FEED_CLOSED;
}

static void
set_text (char text[BS_FEED_MESSAGE_BYTES], const char *said)
{
  g_autofree char *valid = g_utf8_make_valid (said, -1);
  gsize length = strlen (valid);
  if (length >= BS_FEED_MESSAGE_BYTES)
    {
      /* Cut between two characters. */
      const char *end = g_utf8_find_prev_char (valid, valid + BS_FEED_MESSAGE_BYTES);
      length = end != NULL ? (gsize) (end - valid) : 0;
    }
  memcpy (text, valid, length);
  text[length] = '\0';
}

gboolean
bs_feed_set_state (BsFeed *self, BsFeedState state, const char *message)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_lock (&priv->mutex);
  gboolean news = priv->status.state != state;
  set_text (priv->status.message, message != NULL ? message : "");
  g_mutex_unlock (&priv->mutex);
  if (!news)
    return TRUE;
  BsFeedItem item = { .kind = BS_FEED_ITEM_STATE, .state = state };
  return bs_feed_deliver (self, &item);
}

static void
count (BsFeed *self, gsize offset)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_lock (&priv->mutex);
  G_STRUCT_MEMBER (guint64, &priv->status.counters, offset) += 1;
  g_mutex_unlock (&priv->mutex);
}

void
bs_feed_count_duplicate (BsFeed *self)
{
  count (self, G_STRUCT_OFFSET (BsFeedCounters, duplicates));
}

void
bs_feed_count_gap (BsFeed *self)
{
  count (self, G_STRUCT_OFFSET (BsFeedCounters, gaps));
}

void
bs_feed_count_reconnect (BsFeed *self)
{
  count (self, G_STRUCT_OFFSET (BsFeedCounters, reconnects));
}

void
bs_feed_refuse (BsFeed *self, const char *format, ...)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_mutex_lock (&priv->mutex);
  priv->status.counters.refused++;
  set_text (priv->status.refused, reason);
  g_mutex_unlock (&priv->mutex);
}

void
bs_feed_set_history (BsFeed *self, const BsBarSeries *primary, const BsBarSeries *secondary, gpointer owner,
                     GDestroyNotify release)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_return_if_fail (priv->thread == NULL && priv->history == NULL);

  priv->history = primary;
  priv->secondary_history = secondary;
  priv->history_owner = owner;
  priv->history_release = release;
}

void
bs_feed_set_live (BsFeed *self, gint64 bar_length_us)
{
  g_return_if_fail (BS_IS_FEED (self));
  g_return_if_fail (bar_length_us > 0);
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_lock (&priv->mutex);
  priv->status.live = TRUE;
  priv->status.bar_length_us = bar_length_us;
  g_mutex_unlock (&priv->mutex);
}

void
bs_feed_status_at (BsFeed *self, gint64 monotonic_us, gint64 real_us, BsFeedStatus *status)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_lock (&priv->mutex);
  *status = priv->status;
  gint64 since_us = priv->since_us, since_real_us = priv->since_real_us;
  g_mutex_unlock (&priv->mutex);

  if (since_us != 0)
    /* The monotonic clock stands still while the machine sleeps; the other one may be set back. */
    status->age_us = MAX (0, MAX (monotonic_us - since_us, real_us - since_real_us));
  gint64 length_us = MIN (status->bar_length_us, BS_BAR_MAX_LENGTH_US);
  if (status->live && status->state == BS_FEED_CONNECTED && status->age_us > 2 * length_us + BS_FEED_GRACE_USEC)
    status->state = BS_FEED_STALE;
}

void
bs_feed_status (BsFeed *self, BsFeedStatus *status)
{
  bs_feed_status_at (self, g_get_monotonic_time (), g_get_real_time (), status);
}

static void
bs_feed_dispose (GObject *object)
{
  bs_feed_stop (BS_FEED (object));
  G_OBJECT_CLASS (bs_feed_parent_class)->dispose (object);
}

static void
bs_feed_finalize (GObject *object)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (BS_FEED (object));
  release_history (priv);
  g_mutex_clear (&priv->mutex);
  g_cond_clear (&priv->woken);
  G_OBJECT_CLASS (bs_feed_parent_class)->finalize (object);
}

static void
bs_feed_class_init (BsFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_feed_dispose;
  G_OBJECT_CLASS (klass)->finalize = bs_feed_finalize;
}

static void
bs_feed_init (BsFeed *self)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  g_mutex_init (&priv->mutex);
  g_cond_init (&priv->woken);
  priv->status.state = BS_FEED_CONNECTING;
  priv->status.last_bar_us = G_MININT64;
}
