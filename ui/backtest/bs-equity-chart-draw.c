/* bs-equity-chart-draw.c: how equity and drawdown are drawn */
#include <glib/gi18n.h>
#include <math.h>

#include "ui/backtest/bs-equity-chart-private.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/chart/bs-time-axis.h"

#define MARGIN_PX 6
#define LINE_PX 1.5
#define DRAWDOWN_PART 0.3 /* of the height */
#define PANE_GAP_PX 12
#define HEADROOM 0.06 /* of a range, above and below */
#define DRAWDOWN_ALPHA 0.25
#define LABEL_GAP_PX 24 /* between two times */
#define MAX_TICKS 24
#define SWATCH_PX 14

typedef enum
{
  EQUITY,
  HOLD,
  DRAWDOWN,
} Line;

/* One frame's way from bars to pixels. */
typedef struct
{
  BsEquityChart *self;
  cairo_t *cr;
  guint64 first, n;
  double left, width;
  int line_height;
} Frame;

gboolean
bs_equity_chart_bars (BsEquityChart *self, guint64 *first, guint64 *n)
{
  *first = self->backtest != NULL ? bs_backtest_first (self->backtest) : 0;
  *n = self->backtest != NULL ? bs_backtest_end (self->backtest) - *first : 0;
  return *n > 0;
}

guint64
bs_equity_chart_bar_at (BsEquityChart *self, double x)
{
  guint64 first, n;

  if (!bs_equity_chart_bars (self, &first, &n))
    return BS_EQUITY_CHART_NO_CURSOR;
  const double bar = floor ((x - self->plot.origin.x) / self->plot.size.width * (double) n);
  return first + (guint64) CLAMP (bar, 0, (double) n - 1);
}

/* The middle of bar @i, counted from the first. */
static double
x_of (const Frame *frame, guint64 i)
{
  return frame->left + ((double) i + 0.5) / (double) frame->n * frame->width;
}

static double
value_at (const BsBacktest *backtest, Line line, guint64 i)
{
  return line == EQUITY ? bs_backtest_equity (backtest)[i] : line == HOLD ? bs_backtest_hold (backtest)[i] : -bs_backtest_drawdown (backtest)[i];
}

/* As it is written: a drawdown is told as how deep it is. */
static double
shown_value (const BsBacktest *backtest, Line line, guint64 i)
{
  return line == DRAWDOWN ? bs_backtest_drawdown (backtest)[i] : value_at (backtest, line, i);
}

static const BsChartScale *
scale_of (const BsEquityChart *self, Line line)
{
  return line == DRAWDOWN ? &self->drawdown : &self->equity;
}

static void
set_scales (BsEquityChart *self, double top, double height)
{
  guint64 first, n;
  BsBacktestExtremes all = { 0 };
  const double equity_height = floor ((height - PANE_GAP_PX) * (1 - DRAWDOWN_PART));

  if (bs_equity_chart_bars (self, &first, &n))
    bs_backtest_extremes (self->backtest, first, first + n, &all);
  const double low = fmin (0, fmin (all.equity_low, all.hold_low)), high = fmax (0, fmax (all.equity_high, all.hold_high));
  const double room = high > low ? HEADROOM * (high - low) : 1;
  self->equity = (BsChartScale){ .top = top, .bottom = top + equity_height };
  bs_chart_scale_set_range (&self->equity, low - room, high + room);
  self->drawdown = (BsChartScale){ .top = top + equity_height + PANE_GAP_PX, .bottom = top + height };
  bs_chart_scale_set_range (&self->drawdown, all.drawdown > 0 ? -all.drawdown * (1 + HEADROOM) : -1, 0);
}

static void
draw_text (const Frame *frame, const char *text, double x, double y, double align, BsColorRole role)
{
  const int width = bs_draw_text_width (frame->self->layout, text);

  bs_palette_set_source (&frame->self->palette, role, frame->cr);
  cairo_move_to (frame->cr, round (x - align * width), round (y - frame->line_height / 2.0));
  pango_cairo_show_layout (frame->cr, frame->self->layout);
}

static void
draw_axis (const Frame *frame, const BsChartScale *scale)
{
  double ticks[MAX_TICKS];
  const guint n = bs_chart_scale_ticks (scale, 0, frame->line_height * 1.8, ticks, MAX_TICKS);
  const guint decimals = bs_chart_scale_decimals (ticks, n, 6);
  char text[BS_NUMBER_LENGTH];

  cairo_set_line_width (frame->cr, 1);
  bs_palette_set_source (&frame->self->palette, BS_COLOR_GRID, frame->cr);
  for (guint i = 0; i < n; i++)
    {
      const double y = floor (bs_chart_scale_y (scale, ticks[i])) + 0.5;

      cairo_move_to (frame->cr, frame->left, y);
      cairo_line_to (frame->cr, frame->left + frame->width, y);
    }
  cairo_stroke (frame->cr);
  for (guint i = 0; i < n; i++)
    draw_text (frame, bs_number_format (text, ticks[i], decimals), frame->left + frame->width + MARGIN_PX,
               bs_chart_scale_y (scale, ticks[i]), 0, BS_COLOR_DIM);
  /* Nothing earned, nothing lost. */
  const double zero = floor (bs_chart_scale_y (scale, 0)) + 0.5;
  cairo_new_path (frame->cr);
  bs_palette_set_source (&frame->self->palette, BS_COLOR_CROSSHAIR, frame->cr);
  cairo_move_to (frame->cr, frame->left, zero);
  cairo_line_to (frame->cr, frame->left + frame->width, zero);
  cairo_stroke (frame->cr);
}

/* Times, where the chart still has the bars that they are of. */
static void
draw_times (const Frame *frame)
{
  BsEquityChart *self = frame->self;
  BsTimeTick ticks[BS_TIME_AXIS_MAX_TICKS];
  BsChartView view;
  double last = -G_MAXDOUBLE;

  if (self->data == NULL || frame->first < bs_chart_data_first (self->data) || frame->first + frame->n > bs_chart_data_end (self->data))
    return;
  bs_chart_view_init (&view);
  view.width = MAX (1, (int) frame->width);
  view.bar_width = frame->width / (double) frame->n;
  view.first = frame->first;
  view.end = frame->first + frame->n;
  view.right = (double) view.end;
  view.follow = FALSE;
  const int label = bs_draw_text_width (self->layout, "00:00:00");
  const guint n = bs_time_axis_ticks (self->data, &view, bs_bar_time_get_zone (), label + LABEL_GAP_PX, ticks, BS_TIME_AXIS_MAX_TICKS);
  for (guint i = 0; i < n; i++)
    {
      const double x = frame->left + (ticks[i].place - (double) frame->first) * view.bar_width;
      const int width = bs_draw_text_width (self->layout, ticks[i].label);

      if (x - width / 2.0 < MAX (frame->left, last + MARGIN_PX) || x + width / 2.0 > frame->left + frame->width)
        continue;
      draw_text (frame, ticks[i].label, x, self->plot.origin.y + self->plot.size.height + MARGIN_PX + frame->line_height / 2.0, 0.5,
                 ticks[i].major ? BS_COLOR_FOREGROUND : BS_COLOR_DIM);
      last = x + width / 2.0;
    }
}

/* More bars than pixels: a column from its lowest to its highest, joined with the one before. One path, one fill. */
static void
add_columns (const Frame *frame, Line line, double step)
{
  const BsChartScale *scale = scale_of (frame->self, line);
  const BsBacktest *backtest = frame->self->backtest;
  const guint64 n_columns = (guint64) MAX (1, frame->width / step);
  double before = bs_chart_scale_y (scale, value_at (backtest, line, 0));

  for (guint64 c = 0; c < n_columns; c++)
    {
      const guint64 from = c * frame->n / n_columns, to = MAX (from + 1, (c + 1) * frame->n / n_columns);
      BsBacktestExtremes extremes;

      bs_backtest_extremes (backtest, frame->first + from, frame->first + to, &extremes);
      double top = bs_chart_scale_y (scale, line == EQUITY ? extremes.equity_high : line == HOLD ? extremes.hold_high : 0);
      double bottom = bs_chart_scale_y (scale, line == EQUITY ? extremes.equity_low : line == HOLD ? extremes.hold_low : -extremes.drawdown);
      if (line != DRAWDOWN)
        {
          top = fmin (top, before) - LINE_PX / 2;
          bottom = fmax (bottom, before) + LINE_PX / 2;
          before = bs_chart_scale_y (scale, value_at (backtest, line, to - 1));
        }
      cairo_rectangle (frame->cr, frame->left + (double) c * step, top, step, bottom - top);
    }
}

static void
add_line (const Frame *frame, Line line)
{
  const BsChartScale *scale = scale_of (frame->self, line);

  for (guint64 i = 0; i < frame->n; i++)
    cairo_line_to (frame->cr, x_of (frame, i), bs_chart_scale_y (scale, value_at (frame->self->backtest, line, i)));
}

static void
draw_line (const Frame *frame, Line line, BsColorRole role)
{
  const double step = 1.0 / gtk_widget_get_scale_factor (GTK_WIDGET (frame->self));
  GdkRGBA color = *bs_palette_get (&frame->self->palette, role);

  cairo_new_path (frame->cr);
  if (line == DRAWDOWN)
    color.alpha *= (float) DRAWDOWN_ALPHA;
  gdk_cairo_set_source_rgba (frame->cr, &color);
  if ((double) frame->n * step > frame->width)
    {
      add_columns (frame, line, step);
      cairo_fill (frame->cr);
      return;
    }
  add_line (frame, line);
  if (line == DRAWDOWN)
    {
      const double zero = bs_chart_scale_y (&frame->self->drawdown, 0);

      cairo_line_to (frame->cr, x_of (frame, frame->n - 1), zero);
      cairo_line_to (frame->cr, x_of (frame, 0), zero);
      cairo_close_path (frame->cr);
      cairo_fill (frame->cr);
      gdk_cairo_set_source_rgba (frame->cr, bs_palette_get (&frame->self->palette, role));
      add_line (frame, line);
      cairo_set_line_width (frame->cr, 1);
    }
  else
    cairo_set_line_width (frame->cr, LINE_PX);
  cairo_set_line_join (frame->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (frame->cr);
}

static GskRenderNode *
draw_all (BsEquityChart *self, int width, int height, int line_height)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  Frame frame = { .self = self, .left = self->plot.origin.x, .width = self->plot.size.width, .line_height = line_height };

  frame.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (bs_equity_chart_bars (self, &frame.first, &frame.n))
    {
      draw_axis (&frame, &self->equity);
      draw_axis (&frame, &self->drawdown);
      draw_times (&frame);
      draw_line (&frame, DRAWDOWN, BS_COLOR_DOWN);
      draw_line (&frame, HOLD, BS_COLOR_DIM);
      draw_line (&frame, EQUITY, BS_COLOR_ACCENT);
    }
  cairo_destroy (frame.cr);
  return gtk_snapshot_to_node (snapshot);
}

/* The figures at the top: of the bar under the cursor, or of the newest. */
static void
append_figures (BsEquityChart *self, GtkSnapshot *snapshot, guint64 i)
{
  const struct
  {
    const char *title;
    Line line;
    BsColorRole role;
  } figures[] = {
    { _ ("Signals"), EQUITY, BS_COLOR_ACCENT },
    { _ ("Buy and hold"), HOLD, BS_COLOR_DIM },
    { _ ("Drawdown"), DRAWDOWN, BS_COLOR_DOWN },
  };
  double x = MARGIN_PX;

  for (guint k = 0; k < G_N_ELEMENTS (figures); k++)
    {
      char number[BS_NUMBER_LENGTH];
      g_autofree char *text = g_strdup_printf (
        "%s %s", figures[k].title, bs_number_format (number, shown_value (self->backtest, figures[k].line, i), MIN (self->decimals, 12)));
      int height;

      const int width = bs_draw_text_width (self->layout, text);
      pango_layout_get_pixel_size (self->layout, NULL, &height);
      gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, figures[k].role),
                                 &GRAPHENE_RECT_INIT ((float) x, (float) (MARGIN_PX + height / 2 - 1), SWATCH_PX, 3));
      bs_draw_text_at (snapshot, self->layout, x + SWATCH_PX + MARGIN_PX, MARGIN_PX, bs_palette_get (&self->palette, BS_COLOR_FOREGROUND));
      x += SWATCH_PX + width + 4 * MARGIN_PX;
    }
  if (self->cursor == BS_EQUITY_CHART_NO_CURSOR || self->data == NULL || self->cursor < bs_chart_data_first (self->data)
      || self->cursor >= bs_chart_data_end (self->data))
    return;
  char time[BS_BAR_TIME_LENGTH];
  const int width = bs_draw_text_width (self->layout, bs_bar_time_format (time, bs_chart_data_time (self->data, self->cursor)));
  if (x + width < gtk_widget_get_width (GTK_WIDGET (self)))
    bs_draw_text_at (snapshot, self->layout, x, MARGIN_PX, bs_palette_get (&self->palette, BS_COLOR_DIM));
}

static void
append_cursor (BsEquityChart *self, GtkSnapshot *snapshot, guint64 first, guint64 n)
{
  const guint64 i = self->cursor - first;
  const float x = floorf (self->plot.origin.x + ((float) i + 0.5f) / (float) n * self->plot.size.width);
  const struct
  {
    Line line;
    BsColorRole role;
  } dots[] = { { EQUITY, BS_COLOR_ACCENT }, { HOLD, BS_COLOR_DIM }, { DRAWDOWN, BS_COLOR_DOWN } };

  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_CROSSHAIR),
                             &GRAPHENE_RECT_INIT (x, self->plot.origin.y, 1, self->plot.size.height));
  for (guint k = 0; k < G_N_ELEMENTS (dots); k++)
    {
      const float y = (float) round (bs_chart_scale_y (scale_of (self, dots[k].line), value_at (self->backtest, dots[k].line, i)));
      GskRoundedRect dot;

      gsk_rounded_rect_init_from_rect (&dot, &GRAPHENE_RECT_INIT (x - 3, y - 3.5f, 7, 7), 3.5f);
      gtk_snapshot_push_rounded_clip (snapshot, &dot);
      gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, dots[k].role), &dot.bounds);
      gtk_snapshot_pop (snapshot);
    }
}

/* Room for the labels of the axes, px, which does not change with every bar. */
static int
axis_width (BsEquityChart *self, guint64 first, guint64 n)
{
  BsBacktestExtremes all;
  char text[BS_NUMBER_LENGTH];
  int width = bs_draw_text_width (self->layout, "-000.00");

  bs_backtest_extremes (self->backtest, first, first + n, &all);
  const double values[] = { all.equity_low, all.equity_high, all.hold_low, all.hold_high, -all.drawdown };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    width = MAX (width, bs_draw_text_width (self->layout, bs_number_format (text, values[i], 1)));
  return width + 2 * MARGIN_PX;
}

void
bs_equity_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsEquityChart *self = BS_EQUITY_CHART (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  guint64 first, n;
  int line;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->layout == NULL)
    self->layout = bs_draw_text_layout (widget, 0, PANGO_WEIGHT_NORMAL);
  if (!bs_equity_chart_bars (self, &first, &n))
    return;
  if (self->node == NULL)
    {
      const int label = axis_width (self, first, n);

      pango_layout_get_pixel_size (self->layout, NULL, &line);
      self->plot = GRAPHENE_RECT_INIT (MARGIN_PX, (float) (line + 3 * MARGIN_PX), (float) MAX (1, width - label - MARGIN_PX),
                                       (float) MAX (2 * PANE_GAP_PX, height - 2 * line - 5 * MARGIN_PX));
      set_scales (self, self->plot.origin.y, self->plot.size.height);
      self->node = draw_all (self, width, height, line);
    }
  if (self->node != NULL)
    gtk_snapshot_append_node (snapshot, self->node);
  const gboolean cursor = self->cursor >= first && self->cursor < first + n;
  append_figures (self, snapshot, cursor ? self->cursor - first : n - 1);
  if (cursor)
    append_cursor (self, snapshot, first, n);
}
