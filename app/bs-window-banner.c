/* bs-window-banner.c: one line for what is wrong, until it is right again or the user has put it away */
#include "app/bs-window-private.h"

#include <glib/gi18n.h>

#include "app/bs-loop-monitor.h"

/* Bars in range, one after the other, before the warning about the model's range goes: it must not flicker. */
#define IN_RANGE_BARS 50

void
bs_window_show_banner (BsWindow *self, BsBanner kind, const char *text)
{
  self->banner_kind = kind;
  gtk_label_set_text (self->banner_label, text);
  gtk_info_bar_set_message_type (self->banner, kind == BS_BANNER_PROBLEM ? GTK_MESSAGE_ERROR : GTK_MESSAGE_WARNING);
  gtk_widget_set_visible (GTK_WIDGET (self->banner), TRUE);
  gtk_info_bar_set_revealed (self->banner, TRUE);
}

void
bs_window_hide_banner (BsWindow *self, BsBanner kind)
{
  if (self->banner_kind != kind)
    return;
  self->banner_kind = BS_BANNER_NONE;
  gtk_info_bar_set_revealed (self->banner, FALSE);
  /* A reader would still come to a warning that is merely folded away. */
  gtk_widget_set_visible (GTK_WIDGET (self->banner), FALSE);
}

void
bs_window_banner_response (GtkInfoBar *banner, int response, BsWindow *self)
{
  self->range_dismissed = self->range_dismissed || self->banner_kind == BS_BANNER_RANGE;
  self->notice_dismissed = self->notice_dismissed || self->banner_kind == BS_BANNER_NOTICE;
  self->feed_dismissed = self->feed_dismissed || self->banner_kind == BS_BANNER_FEED;
  self->journal_dismissed = self->journal_dismissed || self->banner_kind == BS_BANNER_JOURNAL;
  bs_window_hide_banner (self, self->banner_kind);
}

static void
check_range (BsWindow *self)
{
  double threshold;
  const BsSignal *signal = bs_presenter_signal (self->presenter, &threshold);
  if (signal == NULL || signal->state != BS_SIGNAL_READY || bs_presenter_state (self->presenter) == BS_FEED_CATCHING_UP)
    return;
  if (!self->signal_seen)
    bs_loop_monitor_note ("first live signal");
  self->signal_seen = TRUE;
  if (!signal->in_range)
    {
      self->in_range_since = bs_presenter_position (self->presenter);
      if (self->banner_kind == BS_BANNER_NONE && !self->range_dismissed)
        bs_window_show_banner (self, BS_BANNER_RANGE,
                     _ ("These bars are unlike those that the model was trained on: its signals mean little here."));
    }
  else if (bs_presenter_position (self->presenter) > self->in_range_since + IN_RANGE_BARS)
    bs_window_hide_banner (self, BS_BANNER_RANGE);
}

static void
check_notice (BsWindow *self)
{
  const char *notice = bs_presenter_notice (self->presenter);
  if (g_strcmp0 (notice, self->notice) != 0)
    {
      bs_window_hide_banner (self, BS_BANNER_NOTICE);
      g_free (self->notice);
      self->notice = g_strdup (notice);
      self->notice_dismissed = FALSE;
    }
  if (notice == NULL || self->notice_dismissed)
    return;
  if (self->banner_kind != BS_BANNER_NONE && self->banner_kind != BS_BANNER_RANGE)
    return;
  g_autofree char *text = g_strdup_printf (_ ("Another engine answers than the one chosen. %c%s."),
                                           g_ascii_toupper (notice[0]), notice + 1);
  bs_window_show_banner (self, BS_BANNER_NOTICE, text);
}

void
bs_window_check_banner (BsWindow *self)
{
  check_notice (self);
  check_range (self);
  const char *failure = bs_presenter_failure (self->presenter);
  if (failure != NULL && self->banner_kind != BS_BANNER_PROBLEM)
    bs_window_show_banner (self, BS_BANNER_PROBLEM, failure);
}
