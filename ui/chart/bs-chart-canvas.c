/* bs-chart-canvas.c: the image of a pane, of which only what has changed is painted */
#include "ui/chart/bs-chart-canvas.h"

#include <string.h>

/** Bytes of a line of the cache, and the pixels in it. */
#define LINE_BYTES 64
#define LINE_PX (LINE_BYTES / 4)
/** Columns painted together: 600 rows of them fit into 512 KiB beside what else is at work. */
#define STRIP_PX 128

void
bs_chart_canvas_clear (BsChartCanvas *self)
{
  g_clear_pointer (&self->image, cairo_surface_destroy);
  g_clear_pointer (&self->dirt, g_free);
  self->width = self->height = self->ring = 0;
}

/* Where a column of the view lies in the image. */
static int
place_of (const BsChartCanvas *self, int x)
{
  gint64 at = (self->left + x) % self->ring;

  return (int) (at < 0 ? at + self->ring : at);
}

void
bs_chart_canvas_resize (BsChartCanvas *self, int width, int height)
{
  static const cairo_user_data_key_t key;
  gsize stride;
  guint8 *memory, *data;

  if (self->image != NULL && self->width == width && self->height == height)
    return;
  bs_chart_canvas_clear (self);
  self->width = width;
  self->height = height;
  self->ring = (width + LINE_PX - 1) / LINE_PX * LINE_PX;
  self->dirt = g_malloc (self->ring);
  memset (self->dirt, BS_CHART_CANVAS_ALL, self->ring);
  /*
   * Rows begin at a line of the cache, and are an odd number of lines apart: with a power of two between them, the rows of a
   * strip would all want the same few places in the cache.
   */
  stride = ((gsize) self->ring / LINE_PX | 1) * LINE_BYTES;
  memory = g_malloc (stride * (gsize) height + LINE_BYTES);
  data = memory + (LINE_BYTES - (guintptr) memory % LINE_BYTES) % LINE_BYTES;
  /* Opaque: that is copied where anything else is blended. */
  self->image = cairo_image_surface_create_for_data (data, CAIRO_FORMAT_RGB24, self->ring, height, (int) stride);
  cairo_surface_set_user_data (self->image, &key, memory, g_free);
}

void
bs_chart_canvas_add_dirt (BsChartCanvas *self, gint64 from, gint64 to, BsChartCanvasDirt dirt)
{
  from = MAX (from, 0);
  to = MIN (to, self->width);
  for (gint64 x = from; x < to; x++)
    {
      guint8 *at = &self->dirt[place_of (self, (int) x)];

      *at = MAX (*at, (guint8) dirt);
    }
}

void
bs_chart_canvas_move (BsChartCanvas *self, gint64 left)
{
  gint64 by = left - self->left;

  self->left = left;
  if (by > 0)
    bs_chart_canvas_add_dirt (self, self->width - MIN (by, self->width), self->width, BS_CHART_CANVAS_ALL);
  else if (by < 0)
    bs_chart_canvas_add_dirt (self, 0, MIN (-by, self->width), BS_CHART_CANVAS_ALL);
}

static void
paint_strip (BsChartCanvas *self, int x, int width, int top, BsChartCanvasFunc paint, gpointer data)
{
  cairo_t *cr = cairo_create (self->image);
  int at = place_of (self, x);

  cairo_rectangle (cr, at, top, width, self->height - top);
  cairo_clip (cr);
  cairo_translate (cr, at - x, 0);
  paint (data, x, x + width, cr);
  cairo_destroy (cr);
}

void
bs_chart_canvas_paint (BsChartCanvas *self, int foot, BsChartCanvasFunc paint, gpointer data)
{
  for (int x = 0; x < self->width;)
    {
      int at = place_of (self, x), n = 1;
      guint8 dirt = self->dirt[at];

      /* A strip ends with its kind, at the end of the view and of the ring, and where it would be too wide. */
      while (x + n < self->width && (at + n) % STRIP_PX != 0 && at + n < self->ring && self->dirt[at + n] == dirt)
        n++;
      if (dirt != BS_CHART_CANVAS_CLEAN)
        {
          paint_strip (self, x, n, dirt == BS_CHART_CANVAS_FOOT ? MAX (0, self->height - foot) : 0, paint, data);
          memset (self->dirt + at, BS_CHART_CANVAS_CLEAN, (gsize) n);
        }
      x += n;
    }
}

static cairo_surface_t *
acquire (cairo_pattern_t *pattern, void *image, cairo_surface_t *target, const cairo_rectangle_int_t *extents)
{
  return cairo_surface_reference (image);
}

static void
release (cairo_pattern_t *pattern, void *image, cairo_surface_t *acquired)
{
  cairo_surface_destroy (acquired);
}

static cairo_status_t
copy (cairo_pattern_t *pattern, void *image, const cairo_pattern_t *other)
{
  cairo_surface_reference (image);
  return CAIRO_STATUS_SUCCESS;
}

static void
finish (cairo_pattern_t *pattern, void *image)
{
  cairo_surface_destroy (image);
}

/* Columns @x.. of the view, @n that follow each other in the image. @bounds: where the view is. */
static void
append_part (BsChartCanvas *self, cairo_t *cr, int x, int n, const graphene_rect_t *bounds, double scale)
{
  cairo_pattern_t *pattern = cairo_pattern_create_raster_source (cairo_surface_reference (self->image),
                                                                 CAIRO_CONTENT_COLOR, self->ring, self->height);
  cairo_matrix_t matrix;
  double left = (double) bounds->origin.x * scale + x;

  /*
   * cairo copies an image that is the source of a recorded drawing before the next stroke is laid on it, whether or not
   * anybody still looks at the recording: megabytes a frame. So the recording asks for the pixels when it is drawn.
   */
  cairo_raster_source_pattern_set_acquire (pattern, acquire, release);
  cairo_raster_source_pattern_set_copy (pattern, copy);
  cairo_raster_source_pattern_set_finish (pattern, finish);
  cairo_matrix_init (&matrix, scale, 0, 0, scale, place_of (self, x) - left, -(double) bounds->origin.y * scale);
  cairo_pattern_set_matrix (pattern, &matrix);
  cairo_pattern_set_filter (pattern, CAIRO_FILTER_NEAREST);
  cairo_set_source (cr, pattern);
  cairo_rectangle (cr, left / scale, (double) bounds->origin.y, n / scale, (double) bounds->size.height);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);
}

void
bs_chart_canvas_append (BsChartCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds, int scale)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);
  int n = MIN (self->width, self->ring - place_of (self, 0));

  append_part (self, cr, 0, n, bounds, scale);
  if (n < self->width)
    append_part (self, cr, n, self->width - n, bounds, scale);
  cairo_destroy (cr);
}
