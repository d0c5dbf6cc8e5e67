#include "app/serve/bs-post-feed.h"

#define SLEEP_USEC (3600 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  BsFeedItemKind kind;
  BsBar bar;
} Posted;

struct _BsPostFeed
{
  BsFeed parent_instance;

  GMutex mutex;         /* over all below */
  BsPostFeedFunc func;  /* (nullable) */
  gpointer data;
  GArray *posted; /* of Posted */
};

G_DEFINE_FINAL_TYPE (BsPostFeed, bs_post_feed, BS_TYPE_FEED)

/* (transfer full): what has been put since; @ended: and nothing more will be. */
static GArray *
take_posted (BsPostFeed *self, gboolean *ended)
{
  g_mutex_lock (&self->mutex);
  GArray *posted = self->posted;
  self->posted = g_array_new (FALSE, FALSE, sizeof (Posted));
  *ended = self->func == NULL;
  g_mutex_unlock (&self->mutex);
  return posted;
}

static void
bs_post_feed_run (BsFeed *feed)
{
  BsPostFeed *self = BS_POST_FEED (feed);
  gboolean listening = bs_feed_set_state (feed, BS_FEED_CONNECTED, NULL), ended = FALSE;

  while (listening && !ended)
    {
      g_autoptr (GArray) posted = take_posted (self, &ended);
      for (guint i = 0; i < posted->len && listening; i++)
        {
          const Posted *one = &g_array_index (posted, Posted, i);
          listening = bs_feed_push (feed, one->kind, &one->bar, BS_FEED_DUE_ON_ARRIVAL) != BS_FEED_CLOSED;
        }
      if (posted->len == 0 && !ended)
        listening = listening && bs_feed_sleep (feed, g_get_monotonic_time () + SLEEP_USEC);
    }
  if (listening)
    bs_feed_set_state (feed, BS_FEED_ENDED, NULL);
}

static void
bs_post_feed_answered (BsFeed *feed, const BsFeedAnswer *answer)
{
  BsPostFeed *self = BS_POST_FEED (feed);
  /* Held meanwhile: see bs_post_feed_disconnect(). */
  g_mutex_lock (&self->mutex);
  if (self->func != NULL)
    self->func (self, answer, self->data);
  g_mutex_unlock (&self->mutex);
}

static void
bs_post_feed_finalize (GObject *object)
{
  BsPostFeed *self = BS_POST_FEED (object);
  g_array_unref (self->posted);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (bs_post_feed_parent_class)->finalize (object);
}

static void
bs_post_feed_class_init (BsPostFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_post_feed_finalize;
  BS_FEED_CLASS (klass)->run = bs_post_feed_run;
  BS_FEED_CLASS (klass)->answered = bs_post_feed_answered;
}

static void
bs_post_feed_init (BsPostFeed *self)
{
  g_mutex_init (&self->mutex);
  self->posted = g_array_new (FALSE, FALSE, sizeof (Posted));
}

BsPostFeed *
bs_post_feed_new (gint64 bar_length_us, BsPostFeedFunc func, gpointer data)
{
  BsPostFeed *self = g_object_new (BS_TYPE_POST_FEED, NULL);
  self->func = func;
  self->data = data;
  bs_feed_set_live (BS_FEED (self), bar_length_us);
  return self;
}

gboolean
bs_post_feed_put (BsPostFeed *self, const BsBar *secondary, const BsBar *primary)
{
  const BsBar *bars[] = { primary, secondary };

  if (bs_feed_is_stopping (BS_FEED (self)))
    return FALSE;
  g_mutex_lock (&self->mutex);
  /* The longer one first. */
  for (int kind = BS_FEED_ITEM_SECONDARY; kind >= BS_FEED_ITEM_PRIMARY; kind--)
    if (bars[kind] != NULL)
      {
        Posted one = { kind, *bars[kind] };
        g_array_append_val (self->posted, one);
      }
  g_mutex_unlock (&self->mutex);
  bs_feed_wake (BS_FEED (self));
  return TRUE;
}

void
bs_post_feed_disconnect (BsPostFeed *self)
{
  g_mutex_lock (&self->mutex);
  self->func = NULL;
  g_mutex_unlock (&self->mutex);
  bs_feed_wake (BS_FEED (self));
}
