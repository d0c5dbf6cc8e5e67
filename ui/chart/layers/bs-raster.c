/* bs-raster.c: fills that run from left to right, straight into the pixels of an image */
#include <math.h>
#include <string.h>

#include "ui/chart/layers/bs-raster.h"

/** Of an area, within one pixel column: its top goes from @top_a to @top_b over @share of the column, its bottom likewise. */
typedef struct
{
  double share, top_a, top_b, bottom_a, bottom_b;
} Piece;

/** Of an area with more points in a column than that, the first are added up. */
#define MAX_PIECES 8

/** Coverage of one pixel column, gathered from all that crosses it and then laid on at once. */
typedef struct
{
  BsRaster *raster;
  guint32 color;   /* premultiplied */
  float *coverage; /* [bottom - top], 0 outside of first..last */
  int x;           /* the column, or below left for none */
  int first, last; /* rows touched, from raster->top */
  Piece pieces[MAX_PIECES];
  guint n_pieces; /* of an area, not yet added */
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
  self->block_end = cairo_image_surface_get_width (surface);
  self->block.left = -1;
  self->block.n = 0;
  return self->right > self->left && self->bottom > self->top;
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

/* Four pixels, and the halves of their bytes. The compiler makes of it what the machine has. */
typedef guint32 Pixels __attribute__ ((vector_size (16)));
typedef gint32 Rows __attribute__ ((vector_size (16)));
typedef guint16 Halves __attribute__ ((vector_size (16)));

#define GROUPS (BS_RASTER_BLOCK_PX / 4)

/* scale_bytes() and blend() of four pixels; @rest: 0..256 in each half. */
static inline Pixels
blend_pixels (Pixels at, Pixels source, Halves rest)
{
  const Pixels low = { 0x00ff00ff, 0x00ff00ff, 0x00ff00ff, 0x00ff00ff };
  Halves even = ((Halves) (at & low) * rest) >> 8;
  Halves odd = (Halves) (at >> 8 & low) * rest;

  return source + ((Pixels) even | ((Pixels) odd & ~low));
}

/** A block's columns, laid out for that. */
typedef struct
{
  Rows first[GROUPS], end[GROUPS];
  Pixels color[GROUPS];
  Halves rest[GROUPS];
} Lanes;

/* Fills rows @from <= row < @to, where all columns are filled; @at: their first. Returns the row after them. */
static guint8 *
fill_rows (const Lanes *lanes, guint8 *at, int stride, int from, int to)
{
  for (int row = from; row < to; row++, at += stride)
    for (guint i = 0; i < GROUPS; i++)
      {
        Pixels pixels;

        memcpy (&pixels, at + 16 * i, sizeof pixels);
        pixels = blend_pixels (pixels, lanes->color[i], lanes->rest[i]);
        memcpy (at + 16 * i, &pixels, sizeof pixels);
      }
  return at;
}

/* The same where only some of them may be. */
static guint8 *
fill_rows_in_part (const Lanes *lanes, guint8 *at, int stride, int from, int to)
{
  for (int row = from; row < to; row++, at += stride)
    {
      const Rows rows = { row, row, row, row };

      for (guint i = 0; i < GROUPS; i++)
        {
          Pixels pixels, mask = (Pixels) ((rows >= lanes->first[i]) & (rows < lanes->end[i]));

          memcpy (&pixels, at + 16 * i, sizeof pixels);
          pixels = (blend_pixels (pixels, lanes->color[i], lanes->rest[i]) & mask) | (pixels & ~mask);
          memcpy (at + 16 * i, &pixels, sizeof pixels);
        }
    }
  return at;
}

/*
 * Goes down the rows and not the columns: neighbours lie in one line of the cache, where each row of a column has one of its
 * own.
 */
static void
block_flush (BsRaster *self)
{
  BsRasterBlock *block = &self->block;
  Lanes lanes;
  int top = G_MAXINT, bottom = 0, all_from = 0, all_to = G_MAXINT;
  guint8 *at;

  if (block->n == 0)
    return;
  block->n = 0;
  for (guint i = 0; i < BS_RASTER_BLOCK_PX; i++)
    {
      guint share = 255 - (block->color[i] >> 24);

      lanes.first[i / 4][i % 4] = block->first[i];
      lanes.end[i / 4][i % 4] = block->end[i];
      lanes.color[i / 4][i % 4] = block->color[i];
      lanes.rest[i / 4][i % 4 * 2] = lanes.rest[i / 4][i % 4 * 2 + 1] = (guint16) (share + (share >> 7));
      if (block->first[i] < block->end[i])
        {
          top = MIN (top, block->first[i]);
          bottom = MAX (bottom, block->end[i]);
        }
      all_from = MAX (all_from, block->first[i]);
      all_to = MIN (all_to, block->end[i]);
      block->first[i] = block->end[i] = 0;
    }
  all_from = MIN (all_from, bottom);
  all_to = CLAMP (all_to, all_from, bottom);
  at = self->data + (gsize) top * (gsize) self->stride + (gsize) block->left * 4;
  at = fill_rows_in_part (&lanes, at, self->stride, top, all_from);
  at = fill_rows (&lanes, at, self->stride, all_from, all_to);
  fill_rows_in_part (&lanes, at, self->stride, all_to, bottom);
}

/* Whole pixels of one column, rows @first <= row < @end of the context, within what may be painted. */
static void
fill_column (BsRaster *self, int x, int first, int end, guint32 color)
{
  BsRasterBlock *block = &self->block;
  int left, lane;

  if (first >= end)
    return;
  left = (x + self->dx) / BS_RASTER_BLOCK_PX * BS_RASTER_BLOCK_PX;
  if (left + BS_RASTER_BLOCK_PX > self->block_end)
    {
      for (int y = first; y < end; y++)
        blend (pixel (self, x, y), color);
      return;
    }
  lane = x + self->dx - left;
  if (block->left != left || block->first[lane] < block->end[lane])
    {
      block_flush (self);
      if (block->left != left)
        memset (block, 0, sizeof *block);
      block->left = left;
    }
  block->first[lane] = first + self->dy;
  block->end[lane] = end + self->dy;
  block->color[lane] = color;
  block->n++;
}

void
bs_raster_end (BsRaster *self)
{
  block_flush (self);
  cairo_surface_mark_dirty (self->surface);
}

/* Part of a pixel, @coverage of it, in each of @n columns. */
static void
soften (BsRaster *self, int x, int n, int y, double coverage, guint32 color)
{
  guint32 source = scale_bytes (color, (guint) (coverage * 256));

  for (int i = 0; i < n; i++)
    blend (pixel (self, x + i, y), source);
}

void
bs_raster_column (BsRaster *self, int x, int width, double top, double bottom, const GdkRGBA *color)
{
  int left = MAX (x, self->left), n = MIN (x + width, self->right) - left;
  guint32 full = premultiply (color);
  int first, end;

  top = MAX (top, self->top);
  bottom = MIN (bottom, self->bottom);
  if (n <= 0 || !(top < bottom))
    return;
  first = (int) ceil (top);
  end = (int) floor (bottom);
  if (first > end)
    {
      /* Within one pixel. */
      soften (self, left, n, end, bottom - top, full);
      return;
    }
  if (top < first)
    soften (self, left, n, first - 1, first - top, full);
  if (end < bottom)
    soften (self, left, n, end, bottom - end, full);
  /* Wide and opaque: each row is a run already. */
  if (n > 1 && full >> 24 == 0xff)
    for (int y = first; y < end; y++)
      {
        guint32 *at = pixel (self, left, y);

        for (int i = 0; i < n; i++)
          at[i] = full;
      }
  else
    for (int i = 0; i < n; i++)
      fill_column (self, left + i, first, end, full);
}

/* @n pixels side by side. */
static void
blend_row (guint32 *at, int n, guint32 source)
{
  const guint16 rest = (guint16) (255 - (source >> 24) + ((255 - (source >> 24)) >> 7));
  const Pixels sources = { source, source, source, source };
  const Halves rests = { rest, rest, rest, rest, rest, rest, rest, rest };
  int i = 0;

  for (; i + 4 <= n; i += 4)
    {
      Pixels pixels;

      memcpy (&pixels, at + i, sizeof pixels);
      pixels = blend_pixels (pixels, sources, rests);
      memcpy (at + i, &pixels, sizeof pixels);
    }
  for (; i < n; i++)
    blend (at + i, source);
}

void
bs_raster_box (BsRaster *self, int x, int y, int width, int height, const GdkRGBA *color)
{
  int left = MAX (x, self->left), n = MIN (x + width, self->right) - left;
  guint32 full = premultiply (color);

  block_flush (self);
  for (int row = MAX (y, self->top); row < MIN (y + height, self->bottom); row++)
    blend_row (pixel (self, left, row), n, full);
}

void
bs_raster_stamp (BsRaster *self, int x, int y, int width, int height, const guint8 *coverage, const GdkRGBA *color)
{
  int left = MAX (x, self->left), right = MIN (x + width, self->right);
  guint32 full = premultiply (color);

  block_flush (self);
  for (int row = MAX (y, self->top); row < MIN (y + height, self->bottom); row++)
    for (int at = left; at < right; at++)
      {
        guint share = coverage[(row - y) * width + at - x];

        if (share > 0)
          blend (pixel (self, at, row), scale_bytes (full, share + (share >> 7)));
      }
}

void
bs_raster_fill (BsRaster *self, const GdkRGBA *color)
{
  guint32 full = premultiply (color);
  guint n = (guint) (self->right - self->left);
  guint32 *first = pixel (self, self->left, self->top);

  for (guint i = 0; i < n; i++)
    first[i] = full;
  for (int y = self->top + 1; y < self->bottom; y++)
    memcpy (pixel (self, self->left, y), first, n * sizeof *first);
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
  self->n_pieces = 0;
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

/** An edge within one pixel column: it goes from @a to @b, and what lies below it is covered, to @most. */
typedef struct
{
  double a, b, most, inverse; /* inverse: of b - a; 0 where the two are the same */
} Edge;

static inline Edge
edge_init (double a, double b, double most)
{
  return (Edge){ a, b, most, fabs (b - a) < 1e-6 ? 0 : 1 / (b - a) };
}

/* The integral of clamp (u, 0, most) from minus infinity to @u. */
static inline double
ramp (double u, double most)
{
  double inside = u < 0 ? 0 : u;

  inside = inside > most ? most : inside;
  return inside * (u - inside / 2);
}

/* The mean of clamp (y - edge, 0, most) along the edge. */
static inline double
mean_below (const Edge *edge, double y)
{
  if (edge->inverse == 0)
    return CLAMP (y - edge->a, 0, edge->most);
  return (ramp (y - edge->a, edge->most) - ramp (y - edge->b, edge->most)) * edge->inverse;
}

/* Adds a piece of a line: @share of the column, along which its middle goes from @a to @b; @thick is measured down. */
static void
column_add_line (Column *self, double share, double a, double b, double thick, double half_width)
{
  BsRaster *raster = self->raster;
  double from = MAX (MIN (a, b) - half_width, raster->top), to = MIN (MAX (a, b) + half_width, raster->bottom);
  const Edge edge = edge_init (a - thick / 2, b - thick / 2, thick);
  int first, last, inner_first, inner_end;
  float *coverage = self->coverage, inner;
  double above;

  if (!(from < to))
    return;
  first = (int) floor (from) - raster->top;
  last = (int) ceil (to) - 1 - raster->top;
  /* A steep line crosses all rows but those at its ends in the same way. */
  inner_first = (int) CLAMP (ceil (MAX (MIN (a, b) + thick / 2, from)) - raster->top, first, last + 1);
  inner_end = (int) CLAMP (floor (MIN (MAX (a, b) - thick / 2, to)) - raster->top, inner_first, last + 1);
  above = mean_below (&edge, from);
  for (int row = first; row < inner_first; row++)
    {
      double below = mean_below (&edge, MIN (raster->top + row + 1, to));

      coverage[row] += (float) (MIN (below - above, 1) * share);
      above = below;
    }
  inner = (float) (MIN (thick * fabs (edge.inverse), 1) * share);
  for (int row = inner_first; row < inner_end; row++)
    coverage[row] += inner;
  if (inner_end > inner_first)
    above = mean_below (&edge, raster->top + inner_end);
  for (int row = inner_end; row <= last; row++)
    {
      double below = mean_below (&edge, MIN (raster->top + row + 1, to));

      coverage[row] += (float) (MIN (below - above, 1) * share);
      above = below;
    }
  self->first = MIN (self->first, first);
  self->last = MAX (self->last, last);
}

/* Adds rows @first..@end of a piece of an area. */
static void
add_area_rows (Column *self, const Piece *p, int first, int end)
{
  BsRaster *raster = self->raster;
  const Edge top = edge_init (p->top_a, p->top_b, 1), bottom = edge_init (p->bottom_a, p->bottom_b, 1);

  first = MAX (first, (int) floor (MIN (p->top_a, p->top_b)));
  end = MIN (end, (int) ceil (MAX (p->bottom_a, p->bottom_b)));
  for (int y = first; y < end; y++)
    self->coverage[y - raster->top] += (float) (p->share * (mean_below (&top, y + 1) - mean_below (&bottom, y + 1)));
  if (first < end)
    {
      self->first = MIN (self->first, first - raster->top);
      self->last = MAX (self->last, end - 1 - raster->top);
    }
}

/* Most of an area is its inside, which all pieces together fill: only above and below it are they added up. */
static void
flush_area (Column *self)
{
  BsRaster *raster = self->raster;
  int inner_first = raster->top, inner_end = raster->bottom;
  double share = 0;

  for (guint i = 0; i < self->n_pieces; i++)
    {
      const Piece *p = &self->pieces[i];

      share += p->share;
      inner_first = (int) CLAMP (ceil (MAX (p->top_a, p->top_b)), inner_first, raster->bottom);
      inner_end = (int) CLAMP (floor (MIN (p->bottom_a, p->bottom_b)), raster->top, inner_end);
    }
  if (share < 0.999 || inner_end <= inner_first || self->last >= 0)
    inner_first = inner_end = raster->bottom;
  else
    fill_column (raster, self->x, inner_first, inner_end, self->color);
  for (guint i = 0; i < self->n_pieces; i++)
    add_area_rows (self, &self->pieces[i], raster->top, inner_first);
  column_flush (self);
  for (guint i = 0; i < self->n_pieces; i++)
    add_area_rows (self, &self->pieces[i], inner_end, raster->bottom);
  column_flush (self);
  self->n_pieces = 0;
}

static void
column_add_area (Column *self, const Piece *piece)
{
  if (self->n_pieces == MAX_PIECES)
    {
      for (guint i = 0; i < self->n_pieces; i++)
        add_area_rows (self, &self->pieces[i], self->raster->top, self->raster->bottom);
      self->n_pieces = 0;
    }
  self->pieces[self->n_pieces++] = *piece;
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

          if (at != column.x)
            flush_area (&column);
          column.x = at;
          column_add_area (&column, &(Piece){ to - from, top[i] + top_slope * from, top[i] + top_slope * to,
                                              bottom[i] + bottom_slope * from, bottom[i] + bottom_slope * to });
        }
    }
  flush_area (&column);
  column_clear (&column);
}
