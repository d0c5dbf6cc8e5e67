#include "app/feeds/bs-feed.h"

#include <stdatomic.h>

typedef struct
{
  GThread *thread;
  atomic_bool stopping;
  BsFeedSink sink;
  gpointer sink_data;
} BsFeedPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BsFeed, bs_feed, G_TYPE_OBJECT)

static const char *const state_words[BS_N_FEED_STATES] = {
  [BS_FEED_CONNECTING] = "connecting",
  [BS_FEED_CONNECTED] = "connected",
  [BS_FEED_STALE] = "stale",
  [BS_FEED_LOST] = "lost",
  [BS_FEED_CATCHING_UP] = "catching up",
  [BS_FEED_REPLAYING] = "replaying",
  [BS_FEED_PAUSED] = "paused",
  [BS_FEED_ENDED] = "ended",
};

const char *
bs_feed_state_word (BsFeedState state)
{
  g_return_val_if_fail (state < BS_N_FEED_STATES, NULL);
  return state_words[state];
}

static gpointer
thread_main (gpointer data)
{
  BsFeed *self = data;
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
bs_feed_stop (BsFeed *self)
{
  g_return_if_fail (BS_IS_FEED (self));
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);

  atomic_store (&priv->stopping, TRUE);
  if (priv->thread == NULL)
    return;
  BS_FEED_GET_CLASS (self)->wake (self);
  g_clear_pointer (&priv->thread, g_thread_join);
}

gboolean
bs_feed_is_stopping (BsFeed *self)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  return atomic_load_explicit (&priv->stopping, memory_order_acquire);
}

gboolean
bs_feed_deliver (BsFeed *self, BsFeedItem *item)
{
  BsFeedPrivate *priv = bs_feed_get_instance_private (self);
  item->arrival_us = g_get_monotonic_time ();
  if (item->due_us == BS_FEED_DUE_ON_ARRIVAL)
    item->due_us = item->arrival_us;
  return priv->sink (item, priv->sink_data);
}

static void
bs_feed_dispose (GObject *object)
{
  bs_feed_stop (BS_FEED (object));
  G_OBJECT_CLASS (bs_feed_parent_class)->dispose (object);
}

static void
bs_feed_class_init (BsFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_feed_dispose;
}

static void
bs_feed_init (BsFeed *self)
{
}
