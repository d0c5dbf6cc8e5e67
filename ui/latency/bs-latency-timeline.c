/* bs-latency-timeline.c: one line a stage over the predictions, on a log axis, with budget and marks */
#include "ui/latency/bs-latency-timeline.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-scale.h"
#include "ui/latency/bs-line-raster.h"
#include "ui/latency/bs-log-axis.h"
#include "ui/latency/bs-stage-style.h"

#define MARGIN_PX 6
#define MAX_MARKS 1000
#define FAINT 0.25f      /* of a line's own alpha, where another is highlighted */
#define TEXT_SIZE 0.82   /* of the widget's font: axis labels are read second */
#define LABEL_ROOM 1.25  /* of a label's height, along the axis */
#define PLATE_ALPHA 0.8f /* of what lies behind a text that stands on the lines */
#define DOT_PX 3.0f
#define PAN_PART 0.25    /* of the view that Shift+arrow goes */
#define EMPTY_MIN_NS 1e3 /* axis where nothing was measured yet */

typedef struct
{
  guint64 number;
  char *text;
} Mark;

struct _BsLatencyTimeline
{
  GtkWidget parent_instance;
  const BsLatencyHistory *history;
  BsLatencyScale scale;
  gboolean follow;
  guint64 end;    /* one past the newest prediction in view, where it does not follow */
  guint64 cursor; /* prediction, or BS_LATENCY_NO_CURSOR */
  double pointer; /* px, negative: not over the plot */
  guint64 drag_end;
  double scrolled; /* part of a wheel step */
  double budget_ns;
  GArray *marks; /* Mark, ascending */
  BsStage highlight;

  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
  int label_width, text_height; /* px */

  cairo_surface_t *image; /* lines, device pixels; NULL: to be drawn */
  graphene_rect_t plot;   /* where it lies, px */
  BsLogAxis axis;
};

G_DEFINE_FINAL_TYPE (BsLatencyTimeline, bs_latency_timeline, GTK_TYPE_WIDGET)

enum
{
  CURSOR_MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear_mark (gpointer data)
{
  g_free (((Mark *) data)->text);
}

static void
invalidate (BsLatencyTimeline *self)
{
  g_clear_pointer (&self->image, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static guint64
view_end (BsLatencyTimeline *self)
{
  guint64 end = bs_latency_history_end (self->history);

  return self->follow ? end : MIN (self->end, end);
}

static guint
device_columns (BsLatencyTimeline *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return bs_latency_scale_columns (&self->scale, (guint) MAX (1, self->plot.size.width * (float) scale));
}

/* Middle of column @back, px. */
static double
column_x (BsLatencyTimeline *self, double back)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return self->plot.origin.x + self->plot.size.width - (back + 0.5) * self->scale.px / scale;
}

/* Column of prediction @number, counted from the right; negative: beyond the view. */
static gint64
column_of (BsLatencyTimeline *self, guint64 number)
{
  guint64 end = view_end (self);

  if (end == 0)
    return -1;
  return (gint64) ((end - 1) / self->scale.per_column) - (gint64) (number / self->scale.per_column);
}

/* Predictions that the view has room for. */
static guint64
span (BsLatencyTimeline *self)
{
  return (guint64) device_columns (self) * self->scale.per_column;
}

static void
set_cursor (BsLatencyTimeline *self, guint64 number)
{
  if (self->cursor == number)
    return;
  self->cursor = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0);
}

/* The prediction under the pointer: the data moves under a pointer that rests. */
static void
follow_pointer (BsLatencyTimeline *self)
{
  guint64 from, to;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double back = (self->plot.origin.x + self->plot.size.width - self->pointer) * scale / self->scale.px;

  if (self->pointer < 0)
    return;
  bs_latency_scale_column (&self->scale, view_end (self), back > 0 ? (guint) back : 0, &from, &to);
  from = MAX (from, bs_latency_history_first (self->history));
  set_cursor (self, from < to ? from : BS_LATENCY_NO_CURSOR);
}

static void
ensure_layout (BsLatencyTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->layout == NULL)
    {
      self->layout = bs_draw_text_layout (widget, TEXT_SIZE * bs_draw_text_size (widget), PANGO_WEIGHT_NORMAL);
      self->label_width = bs_draw_text_width (self->layout, "500\u00a0µs");
      pango_layout_get_pixel_size (self->layout, NULL, &self->text_height);
    }
}

static void
update_plot (BsLatencyTimeline *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  float left = (float) (self->label_width + 2 * MARGIN_PX);
  float top = (float) ceil (self->text_height / 2.0);
  float footer = (float) (self->text_height + 4);

  self->plot
    = GRAPHENE_RECT_INIT (left, top, MAX (1, (float) width - left - MARGIN_PX), MAX (1, (float) height - top - footer));
}

/* The largest time of each column, ns, right to left; returns what is smallest and largest of all. */
static void
read_columns (BsLatencyTimeline *self, BsStage stage, guint n, guint32 *values, guint32 *min, guint32 *max)
{
  guint64 end = view_end (self), from, to;

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

static void
ensure_image (BsLatencyTimeline *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = (int) self->plot.size.width * scale, height = (int) self->plot.size.height * scale;

  if (self->image != NULL && cairo_image_surface_get_width (self->image) == width
      && cairo_image_surface_get_height (self->image) == height)
    return;
  g_clear_pointer (&self->image, cairo_surface_destroy);

  guint n = MAX (device_columns (self), 1);
  guint32 min = G_MAXUINT32, max = 0;
  g_autofree guint32 *values = g_new0 (guint32, (gsize) BS_N_STAGES * MAX (n, (guint) width));
  g_autofree float *y = g_new (float, (gsize) width), *points = g_new (float, (gsize) width);

  for (guint s = 0; s < BS_N_STAGES; s++)
    if (bs_latency_history_has_stage (self->history, s))
      read_columns (self, s, n, values + s * (gsize) n, &min, &max);
  if (max == 0)
    min = max = EMPTY_MIN_NS;
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

static double
value_y (BsLatencyTimeline *self, double ns)
{
  return self->plot.origin.y + self->plot.size.height * (1.0 - bs_log_axis_position (&self->axis, ns));
}

static void
append_axis (BsLatencyTimeline *self, GtkSnapshot *snapshot)
{
  BsLogTick ticks[BS_LOG_AXIS_MAX_TICKS];
  guint n = bs_log_axis_ticks (&self->axis, self->plot.size.height, LABEL_ROOM * self->text_height, ticks);
  const GdkRGBA *grid = bs_palette_get (&self->palette, BS_COLOR_GRID);
  const GdkRGBA *dim = bs_palette_get (&self->palette, BS_COLOR_DIM);
  char label[BS_NUMBER_LENGTH];

  for (guint i = 0; i < n; i++)
    {
      double y = round (value_y (self, ticks[i].value));

      if (!ticks[i].major)
        continue;
      gtk_snapshot_append_color (snapshot, grid,
                                 &GRAPHENE_RECT_INIT (self->plot.origin.x, (float) y, self->plot.size.width, 1));
      int width = bs_draw_text_width (self->layout, bs_log_axis_label (label, ticks[i].value));
      bs_draw_text_at (snapshot, self->layout, self->plot.origin.x - MARGIN_PX - width, y - self->text_height / 2.0,
                       dim);
    }
}

/* A text within the plot, on a plate: the lines behind it must not make it unreadable. */
static void
append_on_plate (BsLatencyTimeline *self, GtkSnapshot *snapshot, double x, double y, int width, const GdkRGBA *color)
{
  GdkRGBA plate = *bs_palette_get (&self->palette, BS_COLOR_BACKGROUND);

  plate.alpha = PLATE_ALPHA;
  gtk_snapshot_append_color (
    snapshot, &plate, &GRAPHENE_RECT_INIT ((float) x - 2, (float) y, (float) width + 4, (float) self->text_height));
  bs_draw_text_at (snapshot, self->layout, x, y, color);
}

/* Returns where its label ends, px from the top. */
static double
append_budget (BsLatencyTimeline *self, GtkSnapshot *snapshot)
{
  const GdkRGBA *color = bs_palette_get (&self->palette, BS_COLOR_THRESHOLD);
  double y = round (value_y (self, self->budget_ns));
  float right = self->plot.origin.x + self->plot.size.width;
  char duration[BS_NUMBER_LENGTH];

  for (float x = self->plot.origin.x; x < right; x += 8)
    gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, (float) y, MIN (5, right - x), 1));

  /* Translators: "budget 10.0 ms" */
  g_autofree char *text
    = g_strdup_printf (_ ("budget %s"), bs_number_format_duration (duration, (gint64) self->budget_ns));
  int width = bs_draw_text_width (self->layout, text);
  gboolean room_above = y - self->text_height - 1 >= self->plot.origin.y - 1;
  double label_y = room_above ? y - self->text_height - 1 : y + 2;
  append_on_plate (self, snapshot, right - (float) width, label_y, width,
                   bs_palette_get (&self->palette, BS_COLOR_DIM));
  return label_y + self->text_height;
}

static void
append_marks (BsLatencyTimeline *self, GtkSnapshot *snapshot, double budget_label_end)
{
  const GdkRGBA *color = bs_palette_get (&self->palette, BS_COLOR_ACCENT);
  double taken = G_MAXDOUBLE; /* left edge of the text before: newer marks win */
  /* At the top, or under the budget's label where that is at the top. */
  double top = self->plot.origin.y,
         text_y = budget_label_end < top + 3 * self->text_height ? budget_label_end + 1 : top;
  GdkRGBA text_color;

  bs_palette_readable (&self->palette, BS_COLOR_ACCENT, &text_color);
  for (guint i = self->marks->len; i-- > 0;)
    {
      const Mark *mark = &g_array_index (self->marks, Mark, i);
      gint64 back = column_of (self, mark->number);
      double x = round (column_x (self, (double) back + 0.5));

      if (back < 0 || mark->number < bs_latency_history_first (self->history) || x < self->plot.origin.x)
        continue;
      gtk_snapshot_append_color (snapshot, color,
                                 &GRAPHENE_RECT_INIT ((float) x, self->plot.origin.y, 1, self->plot.size.height));
      double width = bs_draw_text_width (self->layout, mark->text);
      double right = self->plot.origin.x + self->plot.size.width;
      double text_x = x + 4 + width <= right ? x + 4 : x - 4 - width;
      if (text_x + width + MARGIN_PX > taken || text_x < self->plot.origin.x)
        continue;
      append_on_plate (self, snapshot, text_x, text_y, (int) width, &text_color);
      taken = text_x;
    }
}

/* A text of the footer, where it does not reach into @taken_from..@taken_to. */
static void
append_footer_text (BsLatencyTimeline *self, GtkSnapshot *snapshot, double x, int width, double taken_from,
                    double taken_to)
{
  if (x + width + MARGIN_PX <= taken_from || x >= taken_to + MARGIN_PX)
    bs_draw_text_at (snapshot, self->layout, x, self->plot.origin.y + self->plot.size.height + 4,
                     bs_palette_get (&self->palette, BS_COLOR_DIM));
}

/* First and last time and how many; what would collide with the cursor's label is left out. */
static void
append_footer (BsLatencyTimeline *self, GtkSnapshot *snapshot, double taken_from, double taken_to)
{
  double left = self->plot.origin.x, right = left + self->plot.size.width;
  guint64 from, to, row;
  gint64 time_us;
  char text[MAX (BS_BAR_TIME_LENGTH, BS_NUMBER_LENGTH)];

  bs_latency_timeline_get_visible (self, &from, &to);
  if (from >= to)
    return;

  bs_latency_history_get_bar (self->history, to - 1, &row, &time_us);
  int width = bs_draw_text_width (self->layout, bs_bar_time_format (text, time_us));
  append_footer_text (self, snapshot, right - width, width, taken_from, taken_to);
  right -= width;

  bs_latency_history_get_bar (self->history, from, &row, &time_us);
  width = bs_draw_text_width (self->layout, bs_bar_time_format (text, time_us));
  if (left + width + 2 * MARGIN_PX > right)
    return;
  append_footer_text (self, snapshot, left, width, taken_from, taken_to);
  left += width;

  g_autofree char *count = g_strdup_printf (ngettext ("%s prediction", "%s predictions", (gulong) (to - from)),
                                            bs_number_format_count (text, to - from));
  width = bs_draw_text_width (self->layout, count);
  if (left + width + 2 * MARGIN_PX < right)
    append_footer_text (self, snapshot, floor ((left + right - width) / 2.0), width, taken_from, taken_to);
}

/* Where the cursor's line is, px; negative: nowhere in view. */
static double
cursor_x (BsLatencyTimeline *self)
{
  guint64 from, to;
  gint64 back;

  if (!bs_latency_timeline_get_cursor (self, &from, &to) || (back = column_of (self, from)) < 0)
    return -1;
  double x = floor (column_x (self, (double) back));
  return x >= self->plot.origin.x ? x : -1;
}

/* The line, and its time on the axis, as the chart's crosshair has it; then the footer beside it. */
static void
append_cursor_and_footer (BsLatencyTimeline *self, GtkSnapshot *snapshot)
{
  double x = cursor_x (self);
  guint64 row;
  gint64 time_us;
  char time[BS_BAR_TIME_LENGTH];

  if (x < 0)
    {
      append_footer (self, snapshot, G_MAXDOUBLE, G_MAXDOUBLE);
      return;
    }
  bs_latency_history_get_bar (self->history, MAX (self->cursor, bs_latency_history_first (self->history)), &row,
                              &time_us);
  int width = bs_draw_text_width (self->layout, bs_bar_time_format (time, time_us));
  double left = self->plot.origin.x, right = left + self->plot.size.width;
  double text_x = CLAMP (floor (x - width / 2.0), left + 3, MAX (left + 3, right - width - 3));
  double y = self->plot.origin.y + self->plot.size.height + 2;

  append_footer (self, snapshot, text_x - 4, text_x + width + 4);
  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_CROSSHAIR),
                             &GRAPHENE_RECT_INIT ((float) x, self->plot.origin.y, 1, self->plot.size.height));
  gtk_snapshot_append_color (
    snapshot, bs_palette_get (&self->palette, BS_COLOR_LABEL),
    &GRAPHENE_RECT_INIT ((float) text_x - 4, (float) y, (float) width + 8, (float) self->text_height + 2));
  bs_draw_text_width (self->layout, time);
  bs_draw_text_at (snapshot, self->layout, text_x, y + 1, bs_palette_get (&self->palette, BS_COLOR_ON_LABEL));
}

static void
bs_latency_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);

  ensure_layout (self);
  update_plot (self);
  ensure_image (self);

  append_axis (self, snapshot);
  gtk_snapshot_push_clip (snapshot, &self->plot);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &self->plot);
  cairo_set_source_surface (cr, self->image, self->plot.origin.x, self->plot.origin.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
  append_marks (self, snapshot, append_budget (self, snapshot));
  append_cursor_and_footer (self, snapshot);
}

static void
bs_latency_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 72;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 140;
}

/* Brings @end into view at the right edge; at the newest it follows. */
static void
show_end (BsLatencyTimeline *self, double end)
{
  double newest = (double) bs_latency_history_end (self->history);
  double oldest = (double) bs_latency_history_first (self->history) + MIN ((double) span (self), newest);

  self->follow = end >= newest;
  self->end = (guint64) CLAMP (end, MIN (oldest, newest), newest);
  follow_pointer (self);
  invalidate (self);
}

/* Zooms about @x, px: what is there stays there; at the right edge while it follows. */
static void
zoom (BsLatencyTimeline *self, int steps, double x)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double pixels = (self->plot.origin.x + self->plot.size.width - x) * scale;
  double before = pixels * self->scale.per_column / self->scale.px;

  bs_latency_scale_zoom (&self->scale, steps);
  if (!self->follow)
    show_end (self, (double) self->end - before + pixels * self->scale.per_column / self->scale.px);
  invalidate (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  BsLatencyTimeline *self = data;

  if (dx != 0)
    show_end (self, (double) view_end (self) + dx * 0.1 * (double) span (self));
  self->scrolled += dy;
  int steps = (int) self->scrolled;
  self->scrolled -= steps;
  if (steps != 0)
    zoom (self, -steps, self->pointer >= 0 ? self->pointer : self->plot.origin.x + self->plot.size.width);
  return GDK_EVENT_STOP;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  BsLatencyTimeline *self = data;

  self->pointer = x >= self->plot.origin.x && x <= self->plot.origin.x + self->plot.size.width ? x : -1;
  if (self->pointer < 0)
    set_cursor (self, BS_LATENCY_NO_CURSOR);
  follow_pointer (self);
}

static void
on_leave (GtkEventControllerMotion *controller, gpointer data)
{
  BsLatencyTimeline *self = data;

  self->pointer = -1;
  set_cursor (self, BS_LATENCY_NO_CURSOR);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  BsLatencyTimeline *self = data;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_end = view_end (self);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  BsLatencyTimeline *self = data;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (fabs (dx) >= 2)
    show_end (self, (double) self->drag_end - dx * scale * self->scale.per_column / self->scale.px);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  BsLatencyTimeline *self = data;

  if (n_press == 2)
    show_end (self, (double) G_MAXINT64);
}

static gboolean
zoom_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);

  zoom (self, g_variant_get_int32 (args), self->plot.origin.x + self->plot.size.width / 2);
  return TRUE;
}

static gboolean
pan_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);

  show_end (self, (double) view_end (self) + g_variant_get_int32 (args) * PAN_PART * (double) span (self));
  return TRUE;
}

/* -1 to the oldest, 1 to the newest. */
static gboolean
go_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  show_end (BS_LATENCY_TIMELINE (widget), g_variant_get_int32 (args) < 0 ? 0 : (double) G_MAXINT64);
  return TRUE;
}

/* One column left or right, the view following the cursor; 0 puts the cursor away. */
static gboolean
cursor_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);
  gint32 step = g_variant_get_int32 (args);
  guint64 first = bs_latency_history_first (self->history), end = bs_latency_history_end (self->history);
  gint64 cursor = (gint64) self->cursor;

  if (step == 0 || first >= end)
    {
      set_cursor (self, BS_LATENCY_NO_CURSOR);
      return step == 0;
    }
  if (self->cursor == BS_LATENCY_NO_CURSOR)
    cursor = (gint64) view_end (self) - 1;
  else
    cursor += step * (gint64) self->scale.per_column;
  cursor = CLAMP (cursor, (gint64) first, (gint64) end - 1);
  self->pointer = -1;
  if ((guint64) cursor >= view_end (self))
    show_end (self, (double) cursor + 1);
  else if ((guint64) cursor + span (self) < view_end (self))
    show_end (self, (double) cursor + (double) span (self));
  set_cursor (self, (guint64) cursor);
  return TRUE;
}

static void
add_bindings (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    GtkShortcutFunc func;
    int argument;
  } bindings[] = {
    { GDK_KEY_plus, 0, zoom_binding, 1 },
    { GDK_KEY_plus, GDK_SHIFT_MASK, zoom_binding, 1 },
    { GDK_KEY_equal, 0, zoom_binding, 1 },
    { GDK_KEY_KP_Add, 0, zoom_binding, 1 },
    { GDK_KEY_minus, 0, zoom_binding, -1 },
    { GDK_KEY_KP_Subtract, 0, zoom_binding, -1 },
    { GDK_KEY_Left, GDK_SHIFT_MASK, pan_binding, -1 },
    { GDK_KEY_Right, GDK_SHIFT_MASK, pan_binding, 1 },
    { GDK_KEY_Left, 0, cursor_binding, -1 },
    { GDK_KEY_Right, 0, cursor_binding, 1 },
    { GDK_KEY_Escape, 0, cursor_binding, 0 },
    { GDK_KEY_Home, 0, go_binding, -1 },
    { GDK_KEY_End, 0, go_binding, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding (klass, bindings[i].key, bindings[i].modifiers, bindings[i].func, "i",
                                  bindings[i].argument);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LATENCY_TIMELINE (widget)->palette_read = FALSE;
  invalidate (BS_LATENCY_TIMELINE (widget));
}

static void
bs_latency_timeline_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_latency_timeline_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_LATENCY_TIMELINE (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_latency_timeline_dispose (GObject *object)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (object);

  g_clear_object (&self->layout);
  g_clear_pointer (&self->image, cairo_surface_destroy);
  g_clear_pointer (&self->marks, g_array_unref);
  G_OBJECT_CLASS (bs_latency_timeline_parent_class)->dispose (object);
}

static void
bs_latency_timeline_class_init (BsLatencyTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_latency_timeline_dispose;
  widget_class->measure = bs_latency_timeline_measure;
  widget_class->snapshot = bs_latency_timeline_snapshot;
  widget_class->css_changed = bs_latency_timeline_css_changed;
  signals[CURSOR_MOVED]
    = g_signal_new ("cursor-moved", BS_TYPE_LATENCY_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "latencytimeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  add_bindings (widget_class);
}

static void
bs_latency_timeline_init (BsLatencyTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->scale = (BsLatencyScale){ .per_column = 1, .px = 2 };
  self->follow = TRUE;
  self->cursor = BS_LATENCY_NO_CURSOR;
  self->pointer = -1;
  self->budget_ns = BS_TRACE_SLOW_NS;
  self->highlight = BS_N_STAGES;
  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_set_clear_func (self->marks, clear_mark);
  bs_log_axis_fit (&self->axis, EMPTY_MIN_NS, self->budget_ns);

  gtk_widget_set_focusable (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latency by stage"), -1);
  bs_palette_watch (widget, on_palette_changed);

  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
bs_latency_timeline_new (const BsLatencyHistory *history)
{
  g_return_val_if_fail (history != NULL, NULL);

  BsLatencyTimeline *self = g_object_new (BS_TYPE_LATENCY_TIMELINE, NULL);
  self->history = history;
  return GTK_WIDGET (self);
}

void
bs_latency_timeline_changed (BsLatencyTimeline *self)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  guint64 first = bs_latency_history_first (self->history);
  guint gone = 0;

  while (gone < self->marks->len && g_array_index (self->marks, Mark, gone).number < first)
    gone++;
  if (gone > 0)
    g_array_remove_range (self->marks, 0, gone);
  if (self->cursor != BS_LATENCY_NO_CURSOR
      && (self->cursor < first || self->cursor >= bs_latency_history_end (self->history)))
    set_cursor (self, BS_LATENCY_NO_CURSOR);
  follow_pointer (self);
  invalidate (self);
}

void
bs_latency_timeline_set_budget (BsLatencyTimeline *self, double budget_ns)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));
  g_return_if_fail (budget_ns > 0);

  self->budget_ns = budget_ns;
  invalidate (self);
}

void
bs_latency_timeline_add_mark (BsLatencyTimeline *self, guint64 number, const char *text)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));
  g_return_if_fail (text != NULL);

  Mark mark = { number, g_strdup (text) };
  guint at = self->marks->len;

  if (self->marks->len >= MAX_MARKS)
    {
      g_array_remove_index (self->marks, 0);
      at--;
    }
  while (at > 0 && g_array_index (self->marks, Mark, at - 1).number > number)
    at--;
  g_array_insert_val (self->marks, at, mark);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_timeline_clear_marks (BsLatencyTimeline *self)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  g_array_set_size (self->marks, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_timeline_set_highlight (BsLatencyTimeline *self, BsStage stage)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  if (self->highlight == stage)
    return;
  self->highlight = stage;
  invalidate (self);
}

gboolean
bs_latency_timeline_get_cursor (BsLatencyTimeline *self, guint64 *from, guint64 *to)
{
  g_return_val_if_fail (BS_IS_LATENCY_TIMELINE (self), FALSE);

  if (self->cursor == BS_LATENCY_NO_CURSOR || self->cursor >= bs_latency_history_end (self->history)
      || self->cursor < bs_latency_history_first (self->history))
    return FALSE;
  *from = self->cursor;
  *to = MIN ((self->cursor / self->scale.per_column + 1) * self->scale.per_column,
             bs_latency_history_end (self->history));
  return TRUE;
}

void
bs_latency_timeline_get_visible (BsLatencyTimeline *self, guint64 *from, guint64 *to)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  guint64 first = bs_latency_history_first (self->history);
  *to = view_end (self);
  *from = MIN (*to, MAX (first, *to > span (self) ? *to - span (self) : 0));
}
