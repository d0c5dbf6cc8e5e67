/* bs-window-why.c: on the chart, which bars mattered for the newest signal */
#include "app/bs-window-private.h"
#include "ui/chart/layers/bs-layer-why.h"

#define LAYER_KEY "bs-why-layer" /* of the chart, which owns the layer */

static void
on_frame (BsWindow *self)
{
  bs_layer_why_set (g_object_get_data (G_OBJECT (self->chart), LAYER_KEY), bs_presenter_why (self->presenter));
}

void
bs_window_why_init (BsWindow *self)
{
  g_object_set_data (G_OBJECT (self->chart), LAYER_KEY, bs_layer_why_add (self->chart));
  bs_presenter_set_why_wanted (self->presenter, TRUE);
  g_signal_connect_object (self->presenter, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
}
