/* bs-layer-band.c: a translucent band between two lines */
#include <math.h>

#include "ui/chart/layers/bs-layers.h"
#include "ui/chart/layers/bs-raster.h"

/* The next run of points that are all there: from *start to before the return value. */
static guint
next_run (guint n, const double *top, const double *bottom, guint *start)
{
  guint i = *start;

  while (i < n && (isnan (top[i]) || isnan (bottom[i])))
    i++;
  *start = i;
  while (i < n && !isnan (top[i]) && !isnan (bottom[i]))
    i++;
  return i;
}

static void
fill_band (cairo_t *cr, guint n, const double *x, const double *top, const double *bottom, const GdkRGBA *fill)
{
  for (guint start = 0, end; (end = next_run (n, top, bottom, &start)) > start; start = end)
    {
      cairo_move_to (cr, x[start], top[start]);
      for (guint i = start + 1; i < end; i++)
        cairo_line_to (cr, x[i], top[i]);
      for (guint i = end; i-- > start;)
        cairo_line_to (cr, x[i], bottom[i]);
      cairo_close_path (cr);
    }
  gdk_cairo_set_source_rgba (cr, fill);
  cairo_fill (cr);
}

void
bs_layer_band (cairo_t *cr, guint n, const double *x, const double *top, const double *bottom, int line_width,
               const GdkRGBA *fill, const GdkRGBA *edge)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      bs_raster_area (&raster, n, x, top, bottom, fill);
      bs_raster_end (&raster);
    }
  else
    fill_band (cr, n, x, top, bottom, fill);
  if (edge == NULL)
    return;
  bs_layer_line (cr, n, x, top, line_width, edge);
  bs_layer_line (cr, n, x, bottom, line_width, edge);
}
