/* A live feed in the window: how it stands in the header bar, in words and colour, and the banner where its signal is old */
#include <glib/gi18n.h>

#include "app/bs-feed-text.h"
#include "app/bs-window-private.h"

/* By BsFeedState. */
static const BsStatusLevel levels[BS_N_FEED_STATES] = {
  [BS_FEED_CONNECTING] = BS_STATUS_BUSY,    [BS_FEED_CONNECTED] = BS_STATUS_GOOD,
  [BS_FEED_STALE] = BS_STATUS_WARNING,      [BS_FEED_LOST] = BS_STATUS_ERROR,
  [BS_FEED_CATCHING_UP] = BS_STATUS_BUSY,   [BS_FEED_REPLAYING] = BS_STATUS_GOOD,
  [BS_FEED_PAUSED] = BS_STATUS_IDLE,        [BS_FEED_ENDED] = BS_STATUS_IDLE,
};

static void
show_banner (BsWindow *self, const BsFeedStatus *status)
{
  if (status->state != BS_FEED_STALE && status->state != BS_FEED_LOST)
    {
      bs_window_hide_banner (self, BS_BANNER_FEED);
      self->feed_dismissed = FALSE;
      return;
    }
  if (self->feed_dismissed
      || (self->banner_kind != BS_BANNER_NONE && self->banner_kind != BS_BANNER_FEED
          && self->banner_kind != BS_BANNER_RANGE))
    return;
  const char *text = status->state == BS_FEED_STALE
                       ? _ ("The feed is late: its last signal is old and shown in grey, and alerts are silenced.")
                       : _ ("The connection is lost: its last signal is old and shown in grey, and alerts are silenced.");
  bs_window_show_banner (self, BS_BANNER_FEED, text);
}

void
bs_window_feed_show (BsWindow *self)
{
  BsFeedStatus status;
  if (!bs_presenter_feed_status (self->presenter, &status))
    return;
  g_autofree char *text = bs_feed_text_state (&status);
  g_autofree char *counters = bs_feed_text_counters (&status);
  bs_status_title_set_state (self->status, levels[status.state], text);
  bs_status_title_set_details (self->status, counters);
  show_banner (self, &status);
}
