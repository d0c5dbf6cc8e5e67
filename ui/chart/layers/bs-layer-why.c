#include "ui/chart/layers/bs-layer-why.h"

#include <math.h>
#include <string.h>

#define HALF_PX 14  /* logical pixels that the largest part is high */
#define TOP_PX 26   /* over the highest: room for the read-out */

struct _BsLayerWhy
{
  BsChart *chart;
  guint id;
  BsWhy why;
  gboolean has_why, pinned;
};

static BsColorRole
class_role (BsClass klass)
{
  static const BsColorRole roles[BS_N_CLASSES]
    = { [BS_CLASS_SHORT] = BS_COLOR_SHORT, [BS_CLASS_HOLD] = BS_COLOR_HOLD, [BS_CLASS_LONG] = BS_COLOR_LONG };

  return roles[klass];
}

/* The part of the bars @from .. @to - 1 together; NAN where none is of the window. */
static double
part_of (const BsWhy *why, guint64 from, guint64 to)
{
  const guint64 end = why->row + 1, begin = end - MIN (end, why->n_bars);
  double part = 0;

  from = MAX (from, begin);
  to = MIN (to, end);
  if (from >= to)
    return NAN;
  for (guint64 index = from; index < to; index++)
    part += why->bars[index - begin];
  return part;
}

static void
draw (const BsChartLayerArea *area, cairo_t *cr, gpointer data)
{
  const BsLayerWhy *self = data;
  const int half = HALF_PX * area->scale, width = MAX (1, area->body_width);
  const int zero = TOP_PX * area->scale + half;
  double largest = 0;
  int first_x = 0, last_x = 0;
  gboolean any = FALSE;

  if (!self->has_why)
    return;
  for (guint i = 0; i < area->n; i++)
    {
      const double part = part_of (&self->why, area->from[i], area->from[i + 1]);

      if (isnan (part))
        continue;
      largest = MAX (largest, fabs (part));
      first_x = any ? first_x : area->x[i];
      last_x = area->x[i];
      any = TRUE;
    }
  if (self->pinned)
    for (guint i = 0; i < area->n; i++)
      if (self->why.index >= area->from[i] && self->why.index < area->from[i + 1])
        {
          gdk_cairo_set_source_rgba (cr, bs_palette_get (area->palette, BS_COLOR_FOREGROUND));
          cairo_rectangle (cr, area->x[i] - area->scale / 2, TOP_PX * area->scale, area->scale, area->height);
          cairo_fill (cr);
        }
  if (!any || largest <= 0)
    return;
  for (int sign = -1; sign <= 1; sign += 2)
    {
      gdk_cairo_set_source_rgba (
        cr, bs_palette_get (area->palette, sign > 0 ? class_role (self->why.klass) : BS_COLOR_DIM));
      for (guint i = 0; i < area->n; i++)
        {
          const double part = part_of (&self->why, area->from[i], area->from[i + 1]);
          const int height = isnan (part) || part * sign <= 0 ? 0 : (int) ceil (half * fabs (part) / largest);

          if (height > 0)
            cairo_rectangle (cr, area->x[i] - width / 2, sign > 0 ? zero - height : zero, width, height);
        }
      cairo_fill (cr);
    }
  gdk_cairo_set_source_rgba (cr, bs_palette_get (area->palette, BS_COLOR_BORDER));
  cairo_rectangle (cr, first_x - width / 2, zero, last_x - first_x + width, area->scale);
  cairo_fill (cr);
}

BsLayerWhy *
bs_layer_why_add (BsChart *chart)
{
  BsLayerWhy *self = g_new0 (BsLayerWhy, 1);

  self->chart = chart;
  self->id = bs_chart_add_layer (chart, BS_CHART_LAYER_OVER, draw, self, g_free);
  return self;
}

void
bs_layer_why_set (BsLayerWhy *self, const BsWhy *why, gboolean pinned)
{
  if (self->has_why == (why != NULL) && self->pinned == pinned && (why == NULL || memcmp (&self->why, why, sizeof *why) == 0))
    return;
  self->has_why = why != NULL;
  self->pinned = pinned;
  if (why != NULL)
    self->why = *why;
  bs_chart_layer_changed (self->chart, self->id);
}
