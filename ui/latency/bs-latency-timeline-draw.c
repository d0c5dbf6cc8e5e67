/* bs-latency-timeline-draw.c: the frame of the timeline: axes, budget, marks, cursor */
#include "ui/latency/bs-latency-timeline-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-bar-time.h"
#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"

#define MARGIN_PX 6
#define TEXT_SIZE 0.82  /* of the widget's font: axis labels are read second */
#define LABEL_ROOM 1.25 /* of a label's height, along the axis */
#define RANGE_ALPHA 0.16f
#define PLATE_ALPHA 0.8f /* of what lies behind a text that stands on the lines */

/* Middle of column @back, px. */
static double
column_x (BsLatencyTimeline *self, double back)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return bs_latency_timeline_right (self) - (back + 0.5) * self->scale.px / scale;
}

/* Column of prediction @number, counted from the right; negative: beyond the view. */
static gint64
column_of (BsLatencyTimeline *self, guint64 number)
{
  guint64 end = bs_latency_timeline_view_end (self);

  if (end == 0)
    return -1;
  return (gint64) ((end - 1) / self->scale.per_column) - (gint64) (number / self->scale.per_column);
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
  float right = bs_latency_timeline_right (self);
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
  const BsLatencyMarks *marks = bs_latency_record_marks (self->record);
  const GdkRGBA *color = bs_palette_get (&self->palette, BS_COLOR_ACCENT);
  double taken = G_MAXDOUBLE; /* left edge of the text before: newer marks win */
  /* At the top, or under the budget's label where that is at the top. */
  double top = self->plot.origin.y,
         text_y = budget_label_end < top + 3 * self->text_height ? budget_label_end + 1 : top;
  GdkRGBA text_color;

  bs_palette_readable (&self->palette, BS_COLOR_ACCENT, &text_color);
  for (guint i = bs_latency_marks_length (marks); i-- > 0;)
    {
      const BsLatencyMark *mark = bs_latency_marks_nth (marks, i);
      gint64 back = column_of (self, mark->number);
      double x = round (column_x (self, (double) back + 0.5));

      if (back < 0 || mark->number < bs_latency_history_first (self->history) || x < self->plot.origin.x)
        continue;
      gtk_snapshot_append_color (snapshot, color,
                                 &GRAPHENE_RECT_INIT ((float) x, self->plot.origin.y, 1, self->plot.size.height));
      double width = bs_draw_text_width (self->layout, mark->text);
      double right = bs_latency_timeline_right (self);
      double text_x = x + 4 + width <= right ? x + 4 : x - 4 - width;
      if (text_x + width + MARGIN_PX > taken || text_x < self->plot.origin.x)
        continue;
      append_on_plate (self, snapshot, text_x, text_y, (int) width, &text_color);
      taken = text_x;
    }
}

/* Where the column of prediction @number begins, px, cut to the plot. */
static double
edge_x (BsLatencyTimeline *self, guint64 number)
{
  double left = self->plot.origin.x, right = bs_latency_timeline_right (self);

  if (number >= bs_latency_timeline_view_end (self))
    return right;
  return CLAMP (round (column_x (self, (double) column_of (self, number) + 0.5)), left, right);
}

/* What a side of the comparison stands for: shaded, behind the lines. */
static void
append_ranges (BsLatencyTimeline *self, GtkSnapshot *snapshot, BsLatencySide side)
{
  GdkRGBA color = *bs_latency_side_color (side, &self->palette);
  float bottom = self->plot.origin.y + self->plot.size.height;

  for (guint i = 0; i < self->ranges[side]->len; i++)
    {
      const BsLatencyRange *range = &g_array_index (self->ranges[side], BsLatencyRange, i);
      double from = edge_x (self, MAX (range->from, bs_latency_history_first (self->history)));
      double to = edge_x (self, range->to);
      if (to <= from)
        continue;
      color.alpha = RANGE_ALPHA;
      gtk_snapshot_append_color (
        snapshot, &color,
        &GRAPHENE_RECT_INIT ((float) from, self->plot.origin.y, (float) (to - from), self->plot.size.height));
      color.alpha = 1;
      /* A brace at the foot, on a line of its own for each side: they may overlap. */
      float y = bottom - 3.0f - 4.0f * (float) side;
      gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT ((float) from, y, (float) (to - from), 3));
    }
}

/* The letters of the sides, each at the middle of what is seen of its first range. */
static void
append_letters (BsLatencyTimeline *self, GtkSnapshot *snapshot)
{
  double bottom = self->plot.origin.y + self->plot.size.height, taken = -1;

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    for (guint i = 0; i < self->ranges[side]->len; i++)
      {
        const BsLatencyRange *range = &g_array_index (self->ranges[side], BsLatencyRange, i);
        double from = edge_x (self, MAX (range->from, bs_latency_history_first (self->history)));
        double to = edge_x (self, range->to);
        int width = bs_draw_text_width (self->layout, bs_latency_side_letter (side));
        double x = floor ((from + to - width) / 2);

        if (to <= from)
          continue;
        if (fabs (x - taken) < 2 * width)
          x = taken + 2 * width;
        taken = x;
        append_on_plate (self, snapshot, x, bottom - 12 - self->text_height, width,
                         bs_palette_get (&self->palette, BS_COLOR_FOREGROUND));
        break;
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

void
bs_latency_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);

  ensure_layout (self);
  update_plot (self);
  bs_latency_timeline_ensure_lines (self);

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    append_ranges (self, snapshot, side);
  append_axis (self, snapshot);
  gtk_snapshot_push_clip (snapshot, &self->plot);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &self->plot);
  cairo_set_source_surface (cr, self->image, self->plot.origin.x, self->plot.origin.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
  append_marks (self, snapshot, append_budget (self, snapshot));
  append_letters (self, snapshot);
  append_cursor_and_footer (self, snapshot);
}
