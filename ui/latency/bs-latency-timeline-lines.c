/* bs-latency-timeline-lines.c: one line a stage, rasterised into an image */
#include "ui/latency/bs-latency-timeline-private.h"

#include <math.h>

#include "ui/latency/bs-line-raster.h"
#include "ui/latency/bs-stage-style.h"

#define FAINT 0.25f /* of a line's own alpha, where another is highlighted */
#define DOT_PX 3.0f

/* The largest time of each column, ns, right to left; returns what is smallest and largest of all. */
static void
read_columns (BsLatencyTimeline *self, BsStage stage, guint n, guint32 *values, guint32 *min, guint32 *max)
{
  guint64 end = bs_latency_timeline_view_end (self), from, to;

  for (guint back = 0; back < n; back++)
    {
      bs_latency_scale_column (&self->scale, end, back, &from, &to);
      values[back] = from < to ? bs_latency_history_max (self->history, stage, from, to) : 0;
      if (values[back] > 0)
        *min = MIN (*min, values[back]);
      *max = MAX (*max, values[back]);
    }
}

static float
column_y (const BsLogAxis *axis, int height, guint32 ns)
{
  return ns == 0 ? NAN : (float) (height * (1.0 - bs_log_axis_position (axis, ns)));
}

/* Heights of device columns, left to right, from the values of predictions, right to left: straight between them. */
static void
map_line (const BsLogAxis *axis, const guint32 *values, guint n, guint px, int width, int height, float *y)
{
  if (px == 1)
    {
      for (int x = 0; x < width; x++)
        y[x] = column_y (axis, height, values[width - 1 - x]);
      return;
    }
  for (int x = 0; x < width; x++)
    y[x] = NAN;
  for (guint back = 0; back < n; back++)
    {
      int middle = width - 1 - (int) (back * px + px / 2);
      float here = column_y (axis, height, values[back]);
      float next = back > 0 ? column_y (axis, height, values[back - 1]) : NAN;

      if (middle >= 0 && middle < width)
        y[middle] = here;
      for (guint i = 1; back > 0 && i < px; i++)
        if (middle + (int) i >= 0 && middle + (int) i < width)
          y[middle + (int) i] = here + (next - here) * (float) i / (float) px;
    }
}

static void
draw_line (BsLatencyTimeline *self, cairo_surface_t *image, const float *y, const BsStageStyle *style, float alpha,
           const GdkRGBA *color)
{
  GdkRGBA drawn = *color;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  drawn.alpha *= alpha;
  bs_line_raster_draw ((guint32 *) (gpointer) cairo_image_surface_get_data (image),
                       cairo_image_surface_get_stride (image), cairo_image_surface_get_width (image),
                       cairo_image_surface_get_height (image), y, style->thickness * (float) scale,
                       style->dash * (guint) scale, &drawn);
}

/* A value without neighbours (Hurst, computed every tenth bar) would be a speck: it is drawn as a dot instead. Takes such
 * values out of @y. */
static void
draw_points (BsLatencyTimeline *self, cairo_surface_t *image, float *y, float *points, const BsStageStyle *style,
             float alpha)
{
  int width = cairo_image_surface_get_width (image), scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  BsStageStyle dot = { style->color, DOT_PX, 0 };
  int last = -1; /* column that a dot has reached */
  gboolean any = FALSE;

  for (int x = 0; x < width; x++)
    points[x] = NAN;
  for (int x = 1; x + 1 < width; x++)
    if (!isnan (y[x]) && isnan (y[x - 1]) && isnan (y[x + 1]))
      {
        /* A gap to the dot before, else the two would be joined by a line. */
        for (int i = MAX (x - scale, last + 2); i <= MIN (x + scale, width - 1); i++)
          points[i] = y[x];
        last = x + scale;
        any = TRUE;
        y[x] = NAN;
      }
  if (any)
    draw_line (self, image, points, &dot, alpha, style->color);
}

/* Over the budget the total is drawn once more, in the colour of what is wrong. */
static void
draw_over_budget (BsLatencyTimeline *self, cairo_surface_t *image, float *y, const BsStageStyle *style)
{
  int height = cairo_image_surface_get_height (image);
  float line = column_y (&self->axis, height, (guint32) CLAMP (self->budget_ns, 1, G_MAXUINT32));

  for (int x = 0; x < cairo_image_surface_get_width (image); x++)
    if (!(y[x] < line))
      y[x] = NAN;
  draw_line (self, image, y, style, 1, bs_palette_get (&self->palette, BS_COLOR_ERROR));
}

void
bs_latency_timeline_ensure_lines (BsLatencyTimeline *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = (int) self->plot.size.width * scale, height = (int) self->plot.size.height * scale;

  if (self->image != NULL && cairo_image_surface_get_width (self->image) == width
      && cairo_image_surface_get_height (self->image) == height)
    return;
  g_clear_pointer (&self->image, cairo_surface_destroy);

  guint n = MAX (bs_latency_timeline_columns (self), 1);
  guint32 min = G_MAXUINT32, max = 0;
  g_autofree guint32 *values = g_new0 (guint32, (gsize) BS_N_STAGES * MAX (n, (guint) width));
  g_autofree float *y = g_new (float, (gsize) width), *points = g_new (float, (gsize) width);

  for (guint s = 0; s < BS_N_STAGES; s++)
    if (bs_latency_history_has_stage (self->history, s))
      read_columns (self, s, n, values + s * (gsize) n, &min, &max);
  if (max == 0)
    min = max = BS_LATENCY_EMPTY_MIN_NS;
  /* The axis keeps still as long as it can: it is the data that should move. */
  double low = MIN (min, self->budget_ns), high = MAX (max, self->budget_ns);
  if (!bs_log_axis_still_fits (&self->axis, low, high))
    bs_log_axis_fit (&self->axis, low, high);

  self->image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_surface_flush (self->image);
  for (guint s = 0; s < BS_N_STAGES; s++)
    {
      if (!bs_latency_history_has_stage (self->history, s))
        continue;
      BsStageStyle style = bs_stage_style (s, &self->palette);
      gboolean faint = self->highlight != BS_N_STAGES && self->highlight != s;
      if (self->highlight == s)
        style.thickness = MAX (style.thickness, 2);
      map_line (&self->axis, values + s * (gsize) n, n, self->scale.px, width, height, y);
      draw_points (self, self->image, y, points, &style, faint ? FAINT : 1);
      draw_line (self, self->image, y, &style, faint ? FAINT : 1, style.color);
      if (s == BS_STAGE_TOTAL && !faint)
        draw_over_budget (self, self->image, y, &style);
    }
  cairo_surface_mark_dirty (self->image);
  cairo_surface_set_device_scale (self->image, scale, scale);
}
