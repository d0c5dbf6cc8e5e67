/* bs-window-why.c: which bar is explained: the newest, or the one that the user pins; and which bars mattered for it, on the chart */
#include <glib/gi18n.h>

#include "app/bs-window-private.h"
#include "ui/chart/layers/bs-layer-why.h"

#define LAYER_KEY "bs-why-layer" /* of the chart, which owns the layer */

static void
on_frame (BsWindow *self)
{
  guint64 index;
  gboolean pinned = bs_presenter_explains (self->presenter, &index);
  const BsWhy *why = bs_presenter_why (self->presenter);
  bs_layer_why_set (g_object_get_data (G_OBJECT (self->chart), LAYER_KEY),
                    why != NULL && why->state == BS_WHY_READY ? why : NULL, pinned);
}

/* Once more for the bar that is pinned: to the newest again. */
static void
on_explain_bar (BsWindow *self, guint64 index)
{
  guint64 pinned;
  if (bs_presenter_session (self->presenter) == NULL)
    bs_window_toast (self, _ ("Only bars of a running session can be explained"), NULL, NULL);
  else if (bs_presenter_explains (self->presenter, &pinned) && pinned == index)
    bs_presenter_explain_newest (self->presenter);
  else
    bs_presenter_explain (self->presenter, index);
}

static void
on_explain_newest (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bs_presenter_explain_newest (BS_WINDOW (data)->presenter);
}

/* Who goes to the newest bar wants to know about that one. */
static void
on_follow (BsWindow *self)
{
  gboolean follow;
  g_object_get (self->chart, "follow", &follow, NULL);
  if (follow)
    bs_presenter_explain_newest (self->presenter);
}

void
bs_window_why_init (BsWindow *self)
{
  static const GActionEntry entries[] = { { .name = "explain-newest", .activate = on_explain_newest } };
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_object_set_data (G_OBJECT (self->chart), LAYER_KEY, bs_layer_why_add (self->chart));
  bs_presenter_set_why_wanted (self->presenter, TRUE);
  g_signal_connect_object (self->presenter, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chart, "explain-bar", G_CALLBACK (on_explain_bar), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->log, "explain-bar", G_CALLBACK (on_explain_bar), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chart, "notify::follow", G_CALLBACK (on_follow), self, G_CONNECT_SWAPPED);
}
