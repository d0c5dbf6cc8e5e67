#include "app/fleet/bs-fleet-feed.h"

#include "app/fleet/bs-fleet-tap.h"

/* Between two looks at whether it is to stop, beside being woken. */
#define PERIOD_USEC (G_USEC_PER_SEC / 2)

struct _BsFleetFeed
{
  BsFeed parent_instance;

  BsFleetTap *tap;
  BsFeed *source; /* (nullable): where the fleet has the bars from */
};

G_DEFINE_FINAL_TYPE (BsFleetFeed, bs_fleet_feed, BS_TYPE_FEED)

static void
bs_fleet_feed_run (BsFeed *feed)
{
  BsFleetFeed *self = BS_FLEET_FEED (feed);
  gboolean listening = bs_feed_set_state (feed, BS_FEED_CONNECTED, NULL);
  while (listening && !bs_feed_is_stopping (feed))
    {
      BsFleetItem item;
      BsFleetTapTaken taken = bs_fleet_tap_take (self->tap, g_get_monotonic_time () + PERIOD_USEC, &item);
      if (taken == BS_FLEET_TAP_END)
        {
          bs_feed_set_state (feed, BS_FEED_ENDED, NULL);
          break;
        }
      if (taken == BS_FLEET_TAP_NONE && self->source != NULL)
        {
          /* As the one that it comes from, whose lateness it finds out itself. */
          BsFeedStatus status;
          bs_feed_status (self->source, &status);
          listening = bs_feed_set_state (feed, status.state == BS_FEED_STALE ? BS_FEED_CONNECTED : status.state, status.message);
        }
      if (taken == BS_FLEET_TAP_BAR)
        listening = bs_feed_push (feed, BS_FEED_ITEM_PRIMARY, &item.bar, item.due_us) != BS_FEED_CLOSED;
    }
  bs_fleet_tap_leave (self->tap);
}

static void
bs_fleet_feed_wake (BsFeed *feed)
{
  bs_fleet_tap_wake (BS_FLEET_FEED (feed)->tap);
}

static void
bs_fleet_feed_finalize (GObject *object)
{
  BsFleetFeed *self = BS_FLEET_FEED (object);
  bs_fleet_tap_leave (self->tap);
  bs_fleet_tap_unref (self->tap);
  g_clear_object (&self->source);
  G_OBJECT_CLASS (bs_fleet_feed_parent_class)->finalize (object);
}

static void
bs_fleet_feed_class_init (BsFleetFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_fleet_feed_finalize;
  BS_FEED_CLASS (klass)->run = bs_fleet_feed_run;
  BS_FEED_CLASS (klass)->wake = bs_fleet_feed_wake;
}

static void
bs_fleet_feed_init (BsFleetFeed *self)
{
}

gboolean
bs_fleet_open_feed (BsFleet *fleet, guint instrument, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  g_autoptr (BsFleetTap) tap = bs_fleet_tap_new ();
  g_auto (BsFleetTapStart) start = { 0 };
  *opened = (BsFeedOpened){ 0 };
  bs_fleet_add_tap (fleet, instrument, tap);
  if (!bs_fleet_tap_wait_start (tap, cancellable, &start))
    {
      bs_fleet_tap_leave (tap);
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        g_set_error_literal (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                             "the instrument is watched no longer");
      return FALSE;
    }
  opened->instrument = g_strdup (start.name);
  opened->primary = bs_bar_file_new (start.name);
  opened->primary->decimals = start.decimals;
  opened->primary->n_rows = start.newest->len;
  opened->primary->series = bs_bar_series_new (0, start.bar_length_us, start.stamp);
  for (guint i = 0; i < start.newest->len; i++)
    if (!bs_bar_series_append (opened->primary->series, &g_array_index (start.newest, BsFleetBar, i).bar, error))
      {
        bs_feed_opened_clear (opened);
        return FALSE;
      }
  BsFleetFeed *feed = g_object_new (BS_TYPE_FLEET_FEED, NULL);
  feed->tap = g_steal_pointer (&tap);
  feed->source = g_steal_pointer (&start.feed);
  if (start.bar_length_us > 0)
    bs_feed_set_live (BS_FEED (feed), start.bar_length_us);
  opened->feed = BS_FEED (feed);
  return TRUE;
}
