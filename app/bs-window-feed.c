/* A live feed in the window: how it stands in the header bar, in words and colour, and the banner where its signal is old */
#include <glib/gi18n.h>

#include "app/bs-connect-dialog.h"
#include "app/bs-feed-text.h"
#include "app/bs-window-private.h"
#include "app/feeds/bs-feed-kind.h"

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

void
bs_window_feed_begin (BsWindow *self)
{
  /* A run of the journal's is over: nothing of it is played. */
  gboolean live = bs_presenter_is_live (self->presenter) || self->loaded->run != NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->replay_controls), !live);
  gtk_widget_set_visible (GTK_WIDGET (self->seek_bar), !live);
  /* The switcher of the pages keeps its place. */
  GtkWidget *switcher = gtk_widget_get_next_sibling (GTK_WIDGET (self->seek_bar));
  gtk_widget_set_hexpand (switcher, live);
  gtk_widget_set_halign (switcher, live ? GTK_ALIGN_END : GTK_ALIGN_FILL);
}

char *
bs_window_feed_name (const BsLoadRequest *request)
{
  const char *address;
  const BsFeedKind *kind = request->feed != NULL ? bs_feed_kind_parse (request->feed, &address, NULL) : NULL;
  if (kind == NULL)
    return g_filename_display_basename (request->path != NULL ? request->path : request->feed);
  return kind->is_file ? g_filename_display_basename (address) : g_strdup (request->feed);
}

static void
on_connect_requested (BsConnectDialog *dialog, BsLoadRequest *request, BsWindow *self)
{
  if (!bs_window_watch_feeds (self, request))
    bs_window_open (self, bs_load_request_copy (request));
}

static void
on_connect (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  GtkWindow *dialog = GTK_WINDOW (bs_connect_dialog_new (GTK_WINDOW (self), self->settings));
  g_signal_connect_object (dialog, "connect-requested", G_CALLBACK (on_connect_requested), self, 0);
  gtk_window_present (dialog);
}

void
bs_window_feed_add_actions (BsWindow *self)
{
  static const GActionEntry entries[] = {
    { "connect", on_connect },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
