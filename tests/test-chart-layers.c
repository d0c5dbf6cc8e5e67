/* test-chart-layers.c: what the layers paint, looked at pixel by pixel; a single extreme bar among a million is seen */
#include <math.h>
#include <string.h>

#include "ui/chart/bs-chart-slots.h"
#include "ui/chart/layers/bs-layers.h"

#define WIDTH 200
#define HEIGHT 100

static const GdkRGBA red = { 1, 0, 0, 1 }, green = { 0, 1, 0, 1 }, half_blue = { 0, 0, 1, 0.5 };

typedef struct
{
  cairo_surface_t *surface;
  cairo_t *cr;
} Canvas;

static void
canvas_init (Canvas *self, int width, int height)
{
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  self->cr = cairo_create (self->surface);
}

static void
canvas_clear (Canvas *self)
{
  g_assert_cmpint (cairo_status (self->cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
}

static guint32
pixel_at (Canvas *self, int x, int y)
{
  guint32 pixel;

  cairo_surface_flush (self->surface);
  memcpy (&pixel,
          cairo_image_surface_get_data (self->surface) + y * cairo_image_surface_get_stride (self->surface) + x * 4, 4);
  return pixel;
}

static void
test_candle (void)
{
  Canvas canvas;
  int x[] = { 50, 60 }, open[] = { 60, 30 }, high[] = { 20, 25 }, low[] = { 80, 70 }, close[] = { 40, 55 };
  guint8 rising[] = { 1, 0 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_candles (canvas.cr, 2, x, open, high, low, close, rising, 1, 7, &green, &red);
  /* Crisp: full colour on the wick and the body, nothing beside them. */
  g_assert_cmphex (pixel_at (&canvas, 50, 20), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 50, 19), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 50, 79), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 50, 80), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 49, 30), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 51, 30), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 47, 40), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 53, 59), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 46, 50), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 54, 50), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 60, 26), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (&canvas, 57, 54), ==, 0xffff0000);
  canvas_clear (&canvas);
}

/* A bar that opens and closes at one price is still seen. */
static void
test_doji (void)
{
  Canvas canvas;
  int x[] = { 50 }, y[] = { 40 };
  guint8 rising[] = { 1 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_candles (canvas.cr, 1, x, y, y, y, y, rising, 1, 5, &green, &red);
  g_assert_cmphex (pixel_at (&canvas, 48, 40), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 52, 40), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 53, 40), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 50, 41), ==, 0);
  canvas_clear (&canvas);
}

/* An OHLC bar: the open to the left of the line, the close to the right, and nothing beside it elsewhere. */
static void
test_bar (void)
{
  Canvas canvas;
  int x[] = { 20, 60 }, open[] = { 70, 30 }, high[] = { 10, 10 }, low[] = { 90, 90 }, close[] = { 30, 90 };
  guint8 rising[] = { 1, 0 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_bars (canvas.cr, 2, x, open, high, low, close, rising, 1, 4, &green, &red);
  for (int y = 0; y < HEIGHT; y++)
    {
      g_assert_cmphex (pixel_at (&canvas, 20, y), ==, y >= 10 && y < 90 ? 0xff00ff00 : 0);
      g_assert_cmphex (pixel_at (&canvas, 16, y), ==, y == 70 ? 0xff00ff00 : 0);
      g_assert_cmphex (pixel_at (&canvas, 24, y), ==, y == 30 ? 0xff00ff00 : 0);
      g_assert_cmphex (pixel_at (&canvas, 15, y), ==, 0);
      g_assert_cmphex (pixel_at (&canvas, 25, y), ==, 0);
      /* A close at the low does not stick out of the line. */
      g_assert_cmphex (pixel_at (&canvas, 64, y), ==, y == 89 ? 0xffff0000 : 0);
      g_assert_cmphex (pixel_at (&canvas, 56, y), ==, y == 30 ? 0xffff0000 : 0);
    }
  canvas_clear (&canvas);
}

static void
test_columns (void)
{
  Canvas canvas;
  int x[] = { 10, 20, 30 };
  double top[] = { 40, NAN, 100 };
  guint8 which[] = { 0, 0, 1 };
  GdkRGBA colors[] = { red, green };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_columns (canvas.cr, 3, x, top, which, 5, HEIGHT, colors, 2);
  g_assert_cmphex (pixel_at (&canvas, 10, 40), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (&canvas, 14, 99), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (&canvas, 15, 99), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 10, 39), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 22, 99), ==, 0);
  /* Small is not nothing. */
  g_assert_cmphex (pixel_at (&canvas, 32, 99), ==, 0xff00ff00);
  canvas_clear (&canvas);
}

/* Where grid lines cross, the translucent colour is not laid on twice. */
static void
test_grid (void)
{
  Canvas canvas;
  int x[] = { 30 }, y[] = { 50 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_grid (canvas.cr, x, 1, y, 1, WIDTH, HEIGHT, 1, &half_blue);
  g_assert_cmphex (pixel_at (&canvas, 30, 10), ==, pixel_at (&canvas, 30, 50));
  g_assert_cmphex (pixel_at (&canvas, 100, 50), ==, pixel_at (&canvas, 30, 50));
  g_assert_cmphex (pixel_at (&canvas, 31, 10), ==, 0);
  canvas_clear (&canvas);
}

static void
test_line_gap (void)
{
  Canvas canvas;
  double x[] = { 10.5, 50.5, 90.5, 130.5, 170.5 }, y[] = { 50, 50, NAN, 20, NAN };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_line (canvas.cr, 5, x, y, 2, &red);
  g_assert_cmphex (pixel_at (&canvas, 30, 50), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (&canvas, 70, 50), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 110, 35), ==, 0);
  /* A value alone is a dot. */
  g_assert_cmphex (pixel_at (&canvas, 130, 20), !=, 0);
  g_assert_cmphex (pixel_at (&canvas, 150, 20), ==, 0);
  canvas_clear (&canvas);
}

static void
test_envelope (void)
{
  Canvas canvas;
  int x[] = { 10, 11, 12 };
  double top[] = { 80, 10, 80 }, bottom[] = { 82, 12, 82 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_envelope (canvas.cr, 3, x, top, bottom, 2, &red);
  g_assert_cmphex (pixel_at (&canvas, 11, 10), ==, 0xffff0000);
  /* The jump is joined from both sides. */
  for (int y = 14; y < 80; y++)
    g_assert_true (pixel_at (&canvas, 10, y) != 0 || pixel_at (&canvas, 11, y) != 0);
  canvas_clear (&canvas);
}

static void
test_band (void)
{
  Canvas canvas;
  double x[] = { 10, 50, 90, 130, 170 }, top[] = { 20, 20, NAN, 20, 20 }, bottom[] = { 60, 60, 60, 60, 60 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_band (canvas.cr, 5, x, top, bottom, 1, &half_blue, &red);
  g_assert_cmphex (pixel_at (&canvas, 30, 40), ==, 0x80000080);
  g_assert_cmphex (pixel_at (&canvas, 150, 40), ==, 0x80000080);
  g_assert_cmphex (pixel_at (&canvas, 90, 40), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 30, 70), ==, 0);
  canvas_clear (&canvas);
}

static void
test_shading (void)
{
  Canvas canvas;
  double x[] = { 0, 100, 200 }, y[] = { 20, 20, 80 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_shading (canvas.cr, 3, x, y, 50, &green, &red);
  g_assert_cmphex (pixel_at (&canvas, 50, 30), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 50, 60), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 195, 60), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (&canvas, 195, 40), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 50, 15), ==, 0);
  canvas_clear (&canvas);
}

/* Zoomed out, a column each: side by side, alone, in two colours, and up to the last pixel of the image. */
static void
test_band_columns (void)
{
  Canvas canvas;
  int x[WIDTH];
  double top[WIDTH], bottom[WIDTH];

  canvas_init (&canvas, WIDTH, HEIGHT);
  for (int i = 0; i < WIDTH; i++)
    {
      x[i] = i;
      top[i] = i == 50 ? NAN : i % 7 == 0 ? 10 : 20;
      bottom[i] = i % 5 == 0 ? 30 : 40.5;
    }
  bs_layer_band_columns (canvas.cr, WIDTH, x, top, bottom, 1, &half_blue, NULL);
  for (int i = 0; i < WIDTH; i++)
    for (int y = 0; y < 60; y++)
      if (i == 50 || y < top[i] || y >= bottom[i])
        g_assert_cmphex (pixel_at (&canvas, i, y), ==, 0);
      else if (y + 1 > bottom[i])
        g_assert_cmphex (pixel_at (&canvas, i, y), ==, 0x40000040);
      else
        g_assert_cmphex (pixel_at (&canvas, i, y), ==, 0x80000080);
  canvas_clear (&canvas);

  /* Twice over the same pixels, in another colour: the second lies on the first. */
  canvas_init (&canvas, WIDTH, HEIGHT);
  for (int i = 0; i < WIDTH; i++)
    {
      top[i] = 20;
      bottom[i] = 40;
    }
  bs_layer_band_columns (canvas.cr, WIDTH, x, top, bottom, 1, &half_blue, NULL);
  bs_layer_band_columns (canvas.cr, WIDTH / 2, x, top, bottom, 1, &green, &red);
  g_assert_cmphex (pixel_at (&canvas, 10, 30), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, WIDTH - 1, 30), ==, 0x80000080);
  g_assert_cmphex (pixel_at (&canvas, 10, 19), ==, 0x7f7f0000);
  canvas_clear (&canvas);

  canvas_init (&canvas, WIDTH, HEIGHT);
  top[0] = 20;
  top[1] = 80;
  top[2] = NAN;
  bs_layer_shading_columns (canvas.cr, 3, x, top, 50, &green, &red);
  g_assert_cmphex (pixel_at (&canvas, 0, 30), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (&canvas, 0, 60), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 1, 60), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (&canvas, 2, 60), ==, 0);
  canvas_clear (&canvas);
}

/* Long and short are told apart by shape: one has its tip above, the other below. */
static void
test_markers (void)
{
  Canvas canvas;
  int x[] = { 50, 100, 150 };
  double y[] = { 40, 40, NAN };
  guint8 marks[] = { BS_MARK_UP, BS_MARK_DOWN, BS_MARK_UP }, which[] = { 0, 0, 0 };

  canvas_init (&canvas, WIDTH, HEIGHT);
  bs_layer_markers (canvas.cr, 3, x, y, marks, which, 12, &red, 1);
  g_assert_cmphex (pixel_at (&canvas, 46, 49), !=, 0);
  g_assert_cmphex (pixel_at (&canvas, 46, 42), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 50, 36), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 96, 30), !=, 0);
  g_assert_cmphex (pixel_at (&canvas, 96, 38), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 100, 44), ==, 0);
  g_assert_cmphex (pixel_at (&canvas, 150, 45), ==, 0);
  canvas_clear (&canvas);
}

static BsChartData *
make_flat (guint n, guint spike)
{
  BsChartData *data = bs_chart_data_new (60 * G_USEC_PER_SEC, BS_STAMP_END, 2);
  BsChartPoint point = {
    .bar = { .open = 100, .high = 101, .low = 99, .close = 100, .volume = 10 },
    .hurst = NAN,
    .atr = NAN,
    .confidence = NAN,
    .signal = BS_CHART_NO_SIGNAL,
    .raw_signal = BS_CHART_NO_SIGNAL,
  };

  for (guint i = 0; i < n; i++)
    {
      point.bar.time_us = (gint64) i * 60 * G_USEC_PER_SEC;
      point.bar.high = i == spike ? 180 : 101;
      bs_chart_data_append (data, &point, 1);
    }
  return data;
}

/* Each bar lies in exactly one slot, at every width. */
static void
test_slots_cover (void)
{
  g_autoptr (BsChartData) data = make_flat (200000, 0);
  BsChartSlots slots = { 0 };
  BsChartView view;

  bs_chart_view_init (&view);
  bs_chart_view_set_size (&view, 1000, 1);
  bs_chart_view_set_range (&view, 0, 200000);
  for (guint k = 0; k < 80; k++)
    {
      guint64 from, to;

      bs_chart_view_zoom (&view, k < 60 ? 0.93 : 1.2, 500);
      bs_chart_view_visible (&view, &from, &to);
      bs_chart_slots_read (&slots, data, &view, 0);
      g_assert_cmpuint (slots.n, >, 0);
      g_assert_cmpuint (slots.n, <=, 1002);
      /* All in view and, in the columns at its ends, those beside it. */
      g_assert_cmpuint (slots.slots[0].from, <=, from);
      g_assert_cmpuint (slots.slots[slots.n - 1].to, >=, to);
      if (!slots.columns)
        {
          g_assert_cmpuint (slots.slots[0].from, ==, from);
          g_assert_cmpuint (slots.slots[slots.n - 1].to, ==, to);
        }
      for (guint i = 0; i < slots.n; i++)
        {
          const BsChartSlot *slot = &slots.slots[i];

          g_assert_cmpuint (slot->to, >, slot->from);
          if (i > 0)
            {
              g_assert_cmpuint (slot->from, ==, slot[-1].to);
              g_assert_cmpint (slot->x, >, slot[-1].x);
            }
          /* In the column of its middle, or with many in a column an eighth of a pixel beside it. */
          if (view.bar_width * 64 > 1)
            {
              g_assert_cmpint (bs_chart_view_center (&view, slot->from), ==, slot->x);
              g_assert_cmpint (bs_chart_view_center (&view, slot->to - 1), ==, slot->x);
            }
          else
            {
              g_assert_cmpfloat (bs_chart_view_x (&view, (double) slot->from + 0.5), >=, slot->x - 0.126);
              g_assert_cmpfloat (bs_chart_view_x (&view, (double) slot->to - 0.5), <, slot->x + 1.126);
            }
        }
    }
  bs_chart_slots_clear (&slots);
}

/* A million bars on 1,000 pixels, one of them far out: painted, the column it lies in reaches up to it. */
static void
test_extreme_is_seen (void)
{
  for (guint k = 0; k < 3; k++)
    {
      guint spike = (guint) g_test_rand_int_range (0, 1000000);
      g_autoptr (BsChartData) data = make_flat (1000000, spike);
      BsChartSlots slots = { 0 };
      BsChartView view;
      Canvas canvas;
      int x[1100], high[1100], low[1100], n_seen = 0, seen = 0;
      guint8 rising[1100] = { 0 };

      bs_chart_view_init (&view);
      bs_chart_view_set_size (&view, 1000, 1);
      bs_chart_view_set_range (&view, 0, 1000000);
      bs_chart_view_show_all (&view);
      bs_chart_slots_read (&slots, data, &view, 0);
      g_assert_true (slots.columns);
      g_assert_cmpuint (slots.n, <=, 1000);
      for (guint i = 0; i < slots.n; i++)
        {
          x[i] = slots.slots[i].x;
          high[i] = 200 - (int) slots.slots[i].range.high;
          low[i] = 200 - (int) slots.slots[i].range.low;
        }
      canvas_init (&canvas, 1000, 200);
      bs_layer_candles (canvas.cr, slots.n, x, high, high, low, low, rising, 1, 1, &green, &red);
      for (int i = 0; i < 1000; i++)
        if (pixel_at (&canvas, i, 30) == 0xffff0000)
          {
            n_seen++;
            seen = i;
          }
      g_assert_cmpint (n_seen, ==, 1);
      g_assert_cmphex (pixel_at (&canvas, seen, 20), ==, 0xffff0000);
      /* Where it belongs, to an eighth of a pixel. */
      g_assert_cmpfloat (fabs (bs_chart_view_x (&view, spike + 0.5) - (seen + 0.5)), <=, 0.626);
      canvas_clear (&canvas);
      bs_chart_slots_clear (&slots);
    }
}

/* Beside the definition, from the very first bar on; and wherever the view begins. */
static void
test_heikin_ashi (void)
{
  enum { N = 3000 };
  g_autoptr (BsChartData) data = bs_chart_data_new (60000000, BS_STAMP_END, 2);
  double open[N], close[N], high[N], low[N], price = 100;
  BsChartSlots slots = { 0 };
  BsChartView view;

  for (guint i = 0; i < N; i++)
    {
      BsChartPoint p = { .bar = { .time_us = i, .open = price }, .signal = BS_CHART_NO_SIGNAL };

      price += g_test_rand_double_range (-2, 2);
      p.bar.close = price;
      p.bar.high = MAX (p.bar.open, price) + g_test_rand_double ();
      p.bar.low = MIN (p.bar.open, price) - g_test_rand_double ();
      bs_chart_data_append (data, &p, 1);
      open[i] = i == 0 ? (p.bar.open + p.bar.close) / 2 : (open[i - 1] + close[i - 1]) / 2;
      close[i] = (p.bar.open + p.bar.high + p.bar.low + p.bar.close) / 4;
      high[i] = MAX (p.bar.high, MAX (open[i], close[i]));
      low[i] = MIN (p.bar.low, MIN (open[i], close[i]));
    }
  bs_chart_view_init (&view);
  bs_chart_view_set_size (&view, 800, 1);
  bs_chart_view_set_range (&view, 0, N);
  for (guint k = 0; k < 5; k++)
    {
      bs_chart_view_center_on (&view, k * 700);
      bs_chart_slots_read (&slots, data, &view, 0);
      bs_chart_slots_heikin_ashi (&slots, data);
      g_assert_cmpuint (slots.n, >, 90);
      for (guint i = 0; i < slots.n; i++)
        {
          guint64 at = slots.slots[i].from;

          g_assert_cmpfloat_with_epsilon (slots.slots[i].open, open[at], 1e-9);
          g_assert_cmpfloat_with_epsilon (slots.slots[i].close, close[at], 1e-9);
          g_assert_cmpfloat_with_epsilon (slots.slots[i].range.high, high[at], 1e-9);
          g_assert_cmpfloat_with_epsilon (slots.slots[i].range.low, low[at], 1e-9);
        }
    }
  bs_chart_slots_clear (&slots);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-layers/candle", test_candle);
  g_test_add_func ("/chart-layers/doji", test_doji);
  g_test_add_func ("/chart-layers/bar", test_bar);
  g_test_add_func ("/chart-layers/columns", test_columns);
  g_test_add_func ("/chart-layers/grid", test_grid);
  g_test_add_func ("/chart-layers/line-gap", test_line_gap);
  g_test_add_func ("/chart-layers/envelope", test_envelope);
  g_test_add_func ("/chart-layers/band", test_band);
  g_test_add_func ("/chart-layers/band-columns", test_band_columns);
  g_test_add_func ("/chart-layers/shading", test_shading);
  g_test_add_func ("/chart-layers/markers", test_markers);
  g_test_add_func ("/chart-slots/cover", test_slots_cover);
  g_test_add_func ("/chart-slots/extreme-is-seen", test_extreme_is_seen);
  g_test_add_func ("/chart-slots/heikin-ashi", test_heikin_ashi);
  return g_test_run ();
}
