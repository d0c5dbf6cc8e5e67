/* bs-raster.c: fills that run from left to right, straight into the pixels of an image */
#include <math.h>
#include <string.h>

#include "ui/chart/layers/bs-raster.h"

/** Coverage of one pixel column, gathered from all that crosses it and then laid on at once. */
typedef struct
{
  BsRaster *raster;
  guint32 color;   /* premultiplied */
  float *coverage; /* [bottom - top], 0 outside of first..last */
  int x;           /* the column, or below left for none */
  int first, last; /* rows touched, from raster->top */
} Column;

gboolean
bs_raster_begin (BsRaster *self, cairo_t *cr)
{
  cairo_surface_t *surface = cairo_get_group_target (cr);
  cairo_matrix_t matrix;
  double left, top, right, bottom, device_x, device_y;

  if (cairo_surface_get_type (surface) != CAIRO_SURFACE_TYPE_IMAGE
      || (cairo_image_surface_get_format (surface) != CAIRO_FORMAT_ARGB32
          && cairo_image_surface_get_format (surface) != CAIRO_FORMAT_RGB24))
    return FALSE;
  cairo_get_matrix (cr, &matrix);
  cairo_surface_get_device_scale (surface, &device_x, &device_y);
  if (matrix.xx != 1 || matrix.yy != 1 || matrix.xy != 0 || matrix.yx != 0 || device_x != 1 || device_y != 1
      || matrix.x0 != floor (matrix.x0) || matrix.y0 != floor (matrix.y0))
    return FALSE;

  cairo_surface_get_device_offset (surface, &device_x, &device_y);
  cairo_surface_flush (surface);
  self->surface = surface;
  self->data = cairo_image_surface_get_data (surface);
  if (self->data == NULL)
    return FALSE;
  self->stride = cairo_image_surface_get_stride (surface);
  self->dx = (int) (matrix.x0 + device_x);
  self->dy = (int) (matrix.y0 + device_y);
  cairo_clip_extents (cr, &left, &top, &right, &bottom);
  self->left = MAX ((int) ceil (left), -self->dx);
  self->top = MAX ((int) ceil (top), -self->dy);
  self->right = MIN ((int) floor (right), cairo_image_surface_get_width (surface) - self->dx);
  self->bottom = MIN ((int) floor (bottom), cairo_image_surface_get_height (surface) - self->dy);
  return self->right > self->left && self->bottom > self->top;
}

void
bs_raster_end (BsRaster *self)
{
  cairo_surface_mark_dirty (self->surface);
}

static inline guint32 *
pixel (BsRaster *self, int x, int y)
{
  return (guint32 *) (gpointer) (self->data + (gsize) (y + self->dy) * (gsize) self->stride) + x + self->dx;
}

/* Each of the four bytes of @p times @share / 256, two at a time. */
static inline guint32
scale_bytes (guint32 p, guint share)
{
  return ((p & 0x00ff00ff) * share >> 8 & 0x00ff00ff) | ((p >> 8 & 0x00ff00ff) * share & 0xff00ff00);
}

static inline void
blend (guint32 *at, guint32 source)
{
  guint rest = 255 - (source >> 24);

  *at = source + scale_bytes (*at, rest + (rest >> 7));
}

static guint32
premultiply (const GdkRGBA *color)
{
  float a = color->alpha * 255;

  return (guint32) lrintf (a) << 24 | (guint32) lrintf (color->red * a) << 16 | (guint32) lrintf (color->green * a) << 8
         | (guint32) lrintf (color->blue * a);
}

void
bs_raster_column (BsRaster *self, int x, int width, double top, double bottom, const GdkRGBA *color)
{
  int left = MAX (x, self->left), n = MIN (x + width, self->right) - left;
  guint32 full = premultiply (color);
  int first, last;

  top = MAX (top, self->top);
  bottom = MIN (bottom, self->bottom);
  if (n <= 0 || !(top < bottom))
    return;
  first = (int) floor (top);
  last = (int) ceil (bottom) - 1;
  for (int y = first; y <= last; y++)
    {
      double coverage = MIN (bottom, y + 1) - MAX (top, y);
      guint32 source = coverage >= 1 ? full : scale_bytes (full, (guint) (coverage * 256));
      guint32 *at = pixel (self, left, y);

      if (source >> 24 == 0xff)
        for (int i = 0; i < n; i++)
          at[i] = source;
      else
        for (int i = 0; i < n; i++)
          blend (at + i, source);
    }
}

static void
column_flush (Column *self)
{
  BsRaster *raster = self->raster;

  for (int row = self->first; row <= self->last; row++)
    {
      float coverage = self->coverage[row];

      self->coverage[row] = 0;
      if (coverage > 0)
        blend (pixel (raster, self->x, raster->top + row),
               coverage >= 1 ? self->color : scale_bytes (self->color, (guint) (coverage * 256)));
    }
  self->first = G_MAXINT;
  self->last = -1;
}

static void
column_init (Column *self, BsRaster *raster, const GdkRGBA *color)
{
  self->raster = raster;
  self->color = premultiply (color);
  self->coverage = g_new0 (float, raster->bottom - raster->top);
  self->x = G_MININT;
  self->first = G_MAXINT;
  self->last = -1;
}

static void
column_clear (Column *self)
{
  column_flush (self);
  g_free (self->coverage);
}

static void
column_move_to (Column *self, int x)
{
  if (x == self->x)
    return;
  column_flush (self);
  self->x = x;
}

/* The integral of clamp (u, 0, most) from minus infinity to @u. */
static inline double
ramp (double u, double most)
{
  if (u <= 0)
    return 0;
  return u <= most ? u * u / 2 : most * u - most * most / 2;
}

/* The mean of clamp (y - edge, 0, most) while edge goes from @a to @b. */
static inline double
mean_below (double y, double a, double b, double most)
{
  if (fabs (b - a) < 1e-6)
    return CLAMP (y - a, 0, most);
  return (ramp (y - a, most) - ramp (y - b, most)) / (b - a);
}

/* Adds a piece of a line: @share of the column, along which its middle goes from @a to @b; @thick is measured down. */
static void
column_add_line (Column *self, double share, double a, double b, double thick, double half_width)
{
  BsRaster *raster = self->raster;
  double from = MAX (MIN (a, b) - half_width, raster->top), to = MIN (MAX (a, b) + half_width, raster->bottom);
  int first, last;
  double above;

  if (!(from < to))
    return;
  first = (int) floor (from) - raster->top;
  last = (int) ceil (to) - 1 - raster->top;
  above = mean_below (from, a - thick / 2, b - thick / 2, thick);
  for (int row = first; row <= last; row++)
    {
      double y = MIN (raster->top + row + 1, to);
      double below = mean_below (y, a - thick / 2, b - thick / 2, thick);

      self->coverage[row] += (float) (MIN (below - above, 1) * share);
      above = below;
    }
  self->first = MIN (self->first, first);
  self->last = MAX (self->last, last);
}

/* Adds a piece of an area: its top goes from @top_a to @top_b, its bottom likewise. */
static void
column_add_area (Column *self, double share, double top_a, double top_b, double bottom_a, double bottom_b)
{
  BsRaster *raster = self->raster;
  double from = MAX (MIN (top_a, top_b), raster->top), to = MIN (MAX (bottom_a, bottom_b), raster->bottom);
  double inner_from = MAX (top_a, top_b), inner_to = MIN (bottom_a, bottom_b);
  int first, last;

  if (!(from < to))
    return;
  first = (int) floor (from) - raster->top;
  last = (int) ceil (to) - 1 - raster->top;
  for (int row = first; row <= last; row++)
    {
      double y = raster->top + row + 1;

      /* Most of an area is its inside: nothing else comes to a column that one piece fills. */
      if (share >= 1 && y - 1 >= inner_from && y <= inner_to)
        {
          int end = MIN ((int) floor (inner_to), raster->bottom) - raster->top;

          for (; row < end; row++)
            blend (pixel (raster, self->x, raster->top + row), self->color);
          row--;
          continue;
        }
      if (y - 1 >= inner_from && y <= inner_to)
        self->coverage[row] += (float) share;
      else
        self->coverage[row]
          += (float) (share * (mean_below (y, top_a, top_b, 1) - mean_below (y, bottom_a, bottom_b, 1)));
    }
  self->first = MIN (self->first, first);
  self->last = MAX (self->last, last);
}

void
bs_raster_line (BsRaster *self, guint n, const double *x, const double *y, double line_width, const GdkRGBA *color)
{
  Column column;

  column_init (&column, self, color);
  for (guint i = 0; i < n; i++)
    {
      gboolean alone = !isnan (y[i]) && (i == 0 || isnan (y[i - 1])) && (i + 1 == n || isnan (y[i + 1]));
      double x0 = x[i] - line_width / 2, x1 = x[i] + line_width / 2, y0 = y[i], slope = 0, thick = line_width;

      if (!alone)
        {
          if (i + 1 == n || isnan (y[i]) || isnan (y[i + 1]) || !(x[i + 1] > x[i]))
            continue;
          x0 = x[i];
          x1 = x[i + 1];
          slope = (y[i + 1] - y[i]) / (x1 - x0);
          thick = line_width * sqrt (1 + slope * slope);
        }
      for (int at = MAX ((int) floor (x0), self->left); at < x1 && at < self->right; at++)
        {
          double from = MAX (x0, at), to = MIN (x1, at + 1);

          column_move_to (&column, at);
          column_add_line (&column, to - from, y0 + slope * (from - x0), y0 + slope * (to - x0), thick, line_width / 2);
        }
    }
  column_clear (&column);
}

void
bs_raster_area (BsRaster *self, guint n, const double *x, const double *top, const double *bottom, const GdkRGBA *color)
{
  Column column;

  column_init (&column, self, color);
  for (guint i = 0; i + 1 < n; i++)
    {
      double width = x[i + 1] - x[i], top_slope, bottom_slope;

      if (isnan (top[i]) || isnan (top[i + 1]) || isnan (bottom[i]) || isnan (bottom[i + 1]) || !(width > 0))
        continue;
      top_slope = (top[i + 1] - top[i]) / width;
      bottom_slope = (bottom[i + 1] - bottom[i]) / width;
      for (int at = MAX ((int) floor (x[i]), self->left); at < x[i + 1] && at < self->right; at++)
        {
          double from = MAX (x[i], at) - x[i], to = MIN (x[i + 1], at + 1) - x[i];

          column_move_to (&column, at);
          column_add_area (&column, to - from, top[i] + top_slope * from, top[i] + top_slope * to,
                           bottom[i] + bottom_slope * from, bottom[i] + bottom_slope * to);
        }
    }
  column_clear (&column);
}
