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

/* Columns from @top[i] - @outside to @bottom[i] + @outside, all in one colour. */
static void
fill_columns (cairo_t *cr, guint n, const int *x, const double *top, const double *bottom, double outside,
              const GdkRGBA *color)
{
  BsRaster raster;
  gboolean direct = bs_raster_begin (&raster, cr);

  for (guint i = 0; i < n; i++)
    if (isnan (top[i]) || isnan (bottom[i]))
      continue;
    else if (direct)
      bs_raster_column (&raster, x[i], 1, top[i] - outside, bottom[i] + outside, color);
    else
      cairo_rectangle (cr, x[i], top[i] - outside, 1, bottom[i] - top[i] + 2 * outside);
  if (direct)
    {
      bs_raster_end (&raster);
      return;
    }
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
}

void
bs_layer_band_columns (cairo_t *cr, guint n, const int *x, const double *top, const double *bottom, int line_width,
                       const GdkRGBA *fill, const GdkRGBA *edge)
{
  fill_columns (cr, n, x, top, bottom, 0, fill);
  if (edge == NULL)
    return;
  fill_columns (cr, n, x, top, top, line_width / 2.0, edge);
  fill_columns (cr, n, x, bottom, bottom, line_width / 2.0, edge);
}

void
bs_layer_shading_columns (cairo_t *cr, guint n, const int *x, const double *y, double baseline, const GdkRGBA *above,
                          const GdkRGBA *below)
{
  g_autofree double *edges = g_new (double, 2 * (gsize) n + 1);

  for (guint i = 0; i < n; i++)
    {
      edges[i] = isnan (y[i]) ? NAN : MIN (y[i], baseline);
      edges[n + i] = baseline;
    }
  fill_columns (cr, n, x, edges, edges + n, 0, above);
  for (guint i = 0; i < n; i++)
    {
      edges[i] = baseline;
      edges[n + i] = isnan (y[i]) ? NAN : MAX (y[i], baseline);
    }
  fill_columns (cr, n, x, edges, edges + n, 0, below);
}
