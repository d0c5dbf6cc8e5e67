#include "app/feeds/bs-follow-feed.h"

#include <glib/gi18n.h>

#include "app/bs-bar-name.h"
#include "app/feeds/bs-feed-kind.h"

/* Between two looks at the file. */
#define PERIOD_USEC (50 * 1000)
/* Between two tries to open a file that has gone. */
#define RETRY_PERIOD_USEC (500 * 1000)

/* One of the two files. */
typedef struct
{
  BsFollowFeed *feed;
  BsFeedItemKind kind;
  char *path;      /* (nullable): there is no such series */
  BsBarTail *tail; /* (nullable): the file has gone, or cannot be read */
} Followed;

struct _BsFollowFeed
{
  BsFeed parent_instance;

  BsBarFileOptions options; /* its strings are owned */
  Followed files[2];        /* by BsFeedItemKind */
};

G_DEFINE_FINAL_TYPE (BsFollowFeed, bs_follow_feed, BS_TYPE_FEED)

static gboolean
take_bar (const BsBar *bar, gpointer data)
{
  Followed *self = data;
  return bs_feed_push (BS_FEED (self->feed), self->kind, bar, BS_FEED_DUE_ON_ARRIVAL) != BS_FEED_CLOSED;
}

static void
take_refused (const BsRefusedRow *row, gpointer data)
{
  Followed *self = data;
  bs_feed_refuse (BS_FEED (self->feed), "%s", row->reason != NULL ? row->reason : _ ("a bad row"));
}

/* The bars of a file that is new here: those that have been there before are left out without a word. */
static gboolean
deliver_file (Followed *self, const BsBarFile *file)
{
  BsFeed *feed = BS_FEED (self->feed);
  for (guint64 i = bs_bar_series_first (file->series); i < bs_bar_series_end (file->series); i++)
    {
      BsBar bar;
      bs_bar_series_get (file->series, i, &bar);
      const BsBar *last = bs_feed_last (feed, self->kind);
      if (last != NULL && bar.time_us <= last->time_us)
        continue;
      if (bs_feed_push (feed, self->kind, &bar, BS_FEED_DUE_PAST) == BS_FEED_CLOSED)
        return FALSE;
    }
  return TRUE;
}

/* What becomes of the feed follows from the primary file alone. Returns FALSE where nobody listens any more. */
static gboolean
set_state (Followed *self, BsFeedState state, const char *message)
{
  return self->kind != BS_FEED_ITEM_PRIMARY || bs_feed_set_state (BS_FEED (self->feed), state, message);
}

/* The file has gone or is another one. Returns FALSE where nobody listens any more. */
static gboolean
open_anew (Followed *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) file = NULL;

  g_clear_pointer (&self->tail, bs_bar_tail_free);
  self->tail = bs_bar_tail_open (self->path, &self->feed->options, &file, NULL, &error);
  if (self->tail == NULL)
    return set_state (self, BS_FEED_LOST, error->message);
  bs_feed_count_reconnect (BS_FEED (self->feed));
  return deliver_file (self, file) && set_state (self, BS_FEED_CONNECTED, NULL);
}

/* Returns FALSE where nobody listens any more. */
static gboolean
look (Followed *self)
{
  static const BsBarTailFuncs funcs = { take_bar, take_refused };
  g_autoptr (GError) error = NULL;

  if (self->tail == NULL)
    return open_anew (self);
  switch (bs_bar_tail_read (self->tail, &funcs, self, &error))
    {
    case BS_BAR_TAIL_READ:
      return TRUE;
    case BS_BAR_TAIL_GONE:
      g_clear_pointer (&self->tail, bs_bar_tail_free);
      return set_state (self, BS_FEED_LOST, _ ("the file has gone; waiting for it"));
    case BS_BAR_TAIL_FAILED:
      g_clear_pointer (&self->tail, bs_bar_tail_free);
      return set_state (self, BS_FEED_LOST, error->message);
    case BS_BAR_TAIL_REPLACED:
      return open_anew (self);
    case BS_BAR_TAIL_ENDED:
    default:
      return FALSE;
    }
}

static void
bs_follow_feed_run (BsFeed *feed)
{
  BsFollowFeed *self = BS_FOLLOW_FEED (feed);
  Followed *primary = &self->files[BS_FEED_ITEM_PRIMARY], *secondary = &self->files[BS_FEED_ITEM_SECONDARY];
  gboolean listening = bs_feed_set_state (feed, BS_FEED_CONNECTED, NULL);

  while (listening && !bs_feed_is_stopping (feed))
    {
      /* The longer bar first: the shorter one of the same time may see it. */
      listening = (secondary->path == NULL || look (secondary)) && look (primary);
      if (listening)
        bs_feed_sleep (feed, g_get_monotonic_time () + (primary->tail != NULL ? PERIOD_USEC : RETRY_PERIOD_USEC));
    }
}

static void
bs_follow_feed_finalize (GObject *object)
{
  BsFollowFeed *self = BS_FOLLOW_FEED (object);
  for (guint i = 0; i < G_N_ELEMENTS (self->files); i++)
    {
      g_clear_pointer (&self->files[i].tail, bs_bar_tail_free);
      g_free (self->files[i].path);
    }
  g_free ((char *) self->options.format);
  g_free ((char *) self->options.timezone);
  G_OBJECT_CLASS (bs_follow_feed_parent_class)->finalize (object);
}

static void
bs_follow_feed_class_init (BsFollowFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_follow_feed_finalize;
  BS_FEED_CLASS (klass)->run = bs_follow_feed_run;
}

static void
bs_follow_feed_init (BsFollowFeed *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->files); i++)
    {
      self->files[i].feed = self;
      self->files[i].kind = i;
    }
}

static void
set_file (BsFollowFeed *self, BsFeedItemKind kind, const char *path, BsBarTail *tail)
{
  self->files[kind].path = g_strdup (path);
  self->files[kind].tail = tail;
}

BsFollowFeed *
bs_follow_feed_new (const char *path, const BsBarFileOptions *options, BsBarTail *tail, gint64 bar_length_us)
{
  g_return_val_if_fail (path != NULL && tail != NULL, NULL);

  BsFollowFeed *self = g_object_new (BS_TYPE_FOLLOW_FEED, NULL);
  set_file (self, BS_FEED_ITEM_PRIMARY, path, tail);
  self->options = *options;
  self->options.format = g_strdup (options->format);
  self->options.timezone = g_strdup (options->timezone);
  bs_feed_set_live (BS_FEED (self), bar_length_us);
  return self;
}

void
bs_follow_feed_set_secondary (BsFollowFeed *self, const char *path, BsBarTail *tail)
{
  g_return_if_fail (BS_IS_FOLLOW_FEED (self) && path != NULL && tail != NULL);
  set_file (self, BS_FEED_ITEM_SECONDARY, path, tail);
}

/* Opening: see bs-feed-kind.h. */

/* The file of the longer bars, where there is one: the one beside the primary file need not be readable. */
static gboolean
open_secondary (const BsFeedRequest *request, const BsBarFileOptions *options, BsFeedOpened *opened,
                GCancellable *cancellable, GError **error)
{
  g_autofree char *path = request->secondary_path != NULL ? g_strdup (request->secondary_path)
                                                          : bs_bar_name_sibling (request->address);
  g_autoptr (BsBarFile) file = NULL;
  g_autoptr (GError) problem = NULL;
  if (path == NULL)
    return TRUE;
  g_autoptr (BsBarTail) tail = bs_bar_tail_open (path, options, &file, cancellable, &problem);
  if (tail != NULL
      && bs_bar_series_bar_length (file->series) <= bs_bar_series_bar_length (opened->primary->series))
    {
      g_clear_pointer (&tail, bs_bar_tail_free);
      g_set_error (&problem, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                   "%s: its bars are not longer than the primary ones", path);
    }
  if (tail == NULL)
    {
      if (request->secondary_path == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  bs_follow_feed_set_secondary (BS_FOLLOW_FEED (opened->feed), path, g_steal_pointer (&tail));
  opened->secondary = g_steal_pointer (&file);
  return TRUE;
}

static gboolean
follow_open (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  options.format = request->format;
  options.timezone = request->timezone;
  options.stamp = request->stamp;

  g_autoptr (BsBarTail) tail = bs_bar_tail_open (request->address, &options, &opened->primary, cancellable, error);
  if (tail == NULL)
    return FALSE;
  gint64 bar_length_us = bs_bar_series_bar_length (opened->primary->series);
  if (bar_length_us == 0)
    {
      g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                   "%s: expected two bars at least: one alone does not say when the next is due", request->address);
      return FALSE;
    }
  opened->instrument = bs_bar_name_instrument (request->address);
  opened->feed
    = BS_FEED (bs_follow_feed_new (request->address, &options, g_steal_pointer (&tail), bar_length_us));
  return open_secondary (request, &options, opened, cancellable, error);
}

const BsFeedKind bs_feed_kind_follow = {
  .name = "follow",
  .title = N_ ("Growing File"),
  .summary = N_ ("Bars that another program appends to a file: CSV or Sierra Chart's .scid"),
  .address_title = N_ ("File"),
  .example = "/data/ES-1m.csv",
  .is_file = TRUE,
  .has_zone = TRUE,
  .open = follow_open,
};
