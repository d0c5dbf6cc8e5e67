/* bs-chart-layer.c: layers that others add to a chart's price pane */
#include "ui/chart/bs-chart-layer.h"

#include "ui/chart/bs-chart-private.h"

typedef struct
{
  guint id;
  BsChartLayerPlace place;
  BsChartLayerFunc draw;
  gpointer data;
  GDestroyNotify destroy;
} Layer;

static void
layer_clear (gpointer data)
{
  Layer *layer = data;

  if (layer->destroy != NULL)
    layer->destroy (layer->data);
}

double
bs_chart_layer_y (const BsChartLayerArea *area, double price)
{
  g_return_val_if_fail (area != NULL, 0);

  return bs_chart_scale_y (area->axis, price);
}

guint
bs_chart_add_layer (BsChart *self, BsChartLayerPlace place, BsChartLayerFunc draw, gpointer data,
                    GDestroyNotify destroy)
{
  Layer layer = { 0, place, draw, data, destroy };

  g_return_val_if_fail (BS_IS_CHART (self), 0);
  g_return_val_if_fail (draw != NULL, 0);

  if (self->layers == NULL)
    {
      self->layers = g_array_new (FALSE, FALSE, sizeof (Layer));
      g_array_set_clear_func (self->layers, layer_clear);
    }
  layer.id = ++self->last_layer_id;
  g_array_append_val (self->layers, layer);
  bs_chart_invalidate (self);
  return layer.id;
}

void
bs_chart_layer_changed (BsChart *self, guint id)
{
  g_return_if_fail (BS_IS_CHART (self));
  g_return_if_fail (id > 0 && id <= self->last_layer_id);

  bs_chart_refresh (self);
}

void
bs_chart_remove_layer (BsChart *self, guint id)
{
  g_return_if_fail (BS_IS_CHART (self));

  for (guint i = 0; self->layers != NULL && i < self->layers->len; i++)
    if (g_array_index (self->layers, Layer, i).id == id)
      {
        g_array_remove_index (self->layers, i);
        bs_chart_invalidate (self);
        return;
      }
  g_return_if_reached ();
}

gboolean
bs_chart_has_layers (BsChart *self, BsChartLayerPlace place)
{
  for (guint i = 0; self->layers != NULL && i < self->layers->len; i++)
    if (g_array_index (self->layers, Layer, i).place == place)
      return TRUE;
  return FALSE;
}

void
bs_chart_draw_layers (BsChart *self, BsPane *pane, BsChartLayerPlace place, int body_width, cairo_t *cr)
{
  BsChartLayerArea area;
  const BsChartSlot *slots;
  guint n;
  g_autofree int *x = NULL;
  g_autofree guint64 *from = NULL;

  n = self->slots.shown_to - self->slots.shown_from;
  if (!bs_chart_has_layers (self, place) || n == 0)
    return;
  slots = self->slots.slots + self->slots.shown_from;
  x = g_new (int, n);
  from = g_new (guint64, n + 1);
  for (guint i = 0; i < n; i++)
    {
      x[i] = slots[i].x;
      from[i] = slots[i].from;
    }
  from[n] = slots[n - 1].to;
  area = (BsChartLayerArea){
    .n = n,
    .x = x,
    .from = from,
    .slot_width = MAX (self->view.bar_width, 1),
    .body_width = body_width,
    .width = bs_chart_plot_width (self),
    .height = pane->height,
    .scale = self->scale,
    .palette = &self->palette,
    .axis = &pane->scale,
  };
  for (guint i = 0; i < self->layers->len; i++)
    {
      const Layer *layer = &g_array_index (self->layers, Layer, i);

      if (layer->place != place)
        continue;
      cairo_save (cr);
      layer->draw (&area, cr, layer->data);
      cairo_restore (cr);
    }
}
