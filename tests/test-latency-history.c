/* test-latency-history.c: no peak is lost between the trace and the pixel: history, columns, drawn line */
#include "ui/latency/bs-latency-history.h"

#include <math.h>

#include "ui/latency/bs-latency-scale.h"
#include "ui/latency/bs-line-raster.h"

static BsTraceEntry
entry_of (guint64 number, guint32 total)
{
  BsTraceEntry entry = { .row = number + 7, .time_us = (gint64) number * 1000 };

  entry.stage_ns[BS_STAGE_TOTAL] = total;
  return entry;
}

/* Every maximum against the plainest loop, over several turns of the ring. */
static void
test_maximum (void)
{
  const guint64 n = 3 * BS_LATENCY_HISTORY_LENGTH + 12345;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (BsLatencyHistory) history = bs_latency_history_new ();
  g_autofree guint32 *values = g_new (guint32, n);
  BsTraceEntry batch[777];
  guint64 number = 0;

  while (number < n)
    {
      /* Drawn outside of MIN, which would draw twice. */
      guint64 drawn = (guint64) g_rand_int_range (rand, 1, G_N_ELEMENTS (batch));
      guint64 length = (guint64) g_rand_int_range (rand, 0, 20000);
      gsize size = (gsize) MIN (drawn, n - number);

      for (gsize i = 0; i < size; i++)
        {
          values[number + i] = g_rand_int (rand) >> g_rand_int_range (rand, 0, 31);
          batch[i] = entry_of (number + i, values[number + i]);
        }
      bs_latency_history_append (history, number, batch, size);
      number += size;

      guint64 first = bs_latency_history_first (history), end = bs_latency_history_end (history);
      g_assert_cmpuint (end, ==, number);
      g_assert_cmpuint (end - first, >=, MIN (end, BS_TRACE_LENGTH));
      g_assert_cmpuint (end - first, <=, BS_LATENCY_HISTORY_LENGTH);
      guint64 from = first + (guint64) (g_rand_double (rand) * (double) (end - first));
      guint64 to = MIN (end, from + length);
      guint32 max = 0;
      for (guint64 k = from; k < to; k++)
        max = MAX (max, values[k]);
      g_assert_cmpuint (bs_latency_history_max (history, BS_STAGE_TOTAL, from, to), ==, max);
    }

  guint64 row;
  gint64 time_us;
  bs_latency_history_get_bar (history, n - 1, &row, &time_us);
  g_assert_cmpuint (row, ==, n + 6);
  g_assert_cmpint (time_us, ==, (gint64) (n - 1) * 1000);
  g_assert_true (bs_latency_history_has_stage (history, BS_STAGE_TOTAL));
  g_assert_false (bs_latency_history_has_stage (history, BS_STAGE_HURST));
  g_assert_cmpuint (bs_latency_history_max (history, BS_STAGE_HURST, 0, G_MAXUINT64), ==, 0);
}

/* Entries that were never seen leave no stale values behind. */
static void
test_jump (void)
{
  g_autoptr (BsLatencyHistory) history = bs_latency_history_new ();
  BsTraceEntry big = entry_of (0, 1000000), small = entry_of (0, 10);

  for (guint64 i = 0; i < 5000; i++)
    bs_latency_history_append (history, i, &big, 1);
  bs_latency_history_append (history, 70001, &small, 1);
  g_assert_cmpuint (bs_latency_history_first (history), ==, 70001);
  g_assert_cmpuint (bs_latency_history_end (history), ==, 70002);
  g_assert_cmpuint (bs_latency_history_max (history, BS_STAGE_TOTAL, 0, G_MAXUINT64), ==, 10);
  bs_latency_history_reset (history, 0);
  g_assert_cmpuint (bs_latency_history_end (history), ==, 0);
  g_assert_false (bs_latency_history_has_stage (history, BS_STAGE_TOTAL));
}

/* Columns hold every prediction once, and a column keeps its predictions while new ones come. */
static void
test_columns (void)
{
  for (guint per_column = 1; per_column <= 64; per_column *= 2)
    {
      BsLatencyScale scale = { per_column, 1 };

      for (guint64 end = 0; end < 300; end++)
        {
          guint64 from, to, expected = end;

          for (guint back = 0; back < 400; back++)
            {
              bs_latency_scale_column (&scale, end, back, &from, &to);
              if (expected == 0)
                {
                  g_assert_cmpuint (from, ==, to);
                  break;
                }
              g_assert_cmpuint (to, ==, expected);
              g_assert_cmpuint (from % per_column, ==, 0);
              g_assert_cmpuint (from, <, to);
              expected = from;
            }
        }
    }
}

static void
test_zoom (void)
{
  BsLatencyScale scale = { 1, 2 };

  bs_latency_scale_zoom (&scale, -2);
  g_assert_cmpuint (scale.per_column, ==, 2);
  g_assert_cmpuint (scale.px, ==, 1);
  bs_latency_scale_zoom (&scale, 2);
  g_assert_cmpuint (scale.per_column, ==, 1);
  g_assert_cmpuint (scale.px, ==, 2);
  bs_latency_scale_zoom (&scale, 1000);
  g_assert_cmpuint (scale.px, ==, 16);
  g_assert_cmpuint (bs_latency_scale_columns (&scale, 100), ==, 7);
  bs_latency_scale_zoom (&scale, -1000);
  g_assert_cmpuint (scale.per_column, ==, 1024);
  g_assert_cmpuint (scale.px, ==, 1);
  g_assert_cmpuint (bs_latency_scale_columns (&scale, 100), ==, 100);
}

#define WIDTH 50
#define HEIGHT 40

static guint
alpha_at (const guint32 *pixels, int x, int y)
{
  return pixels[y * WIDTH + x] >> 24;
}

/* A peak of one column is drawn to its full height, a gap stays empty, and nothing is written outside. */
static void
test_raster (void)
{
  const GdkRGBA red = { 1, 0, 0, 1 };
  guint32 all[(HEIGHT + 2) * WIDTH] = { 0 }, *pixels = all + WIDTH;
  float y[WIDTH];

  for (int x = 0; x < WIDTH; x++)
    y[x] = 30.5f;
  y[20] = 3.5f;
  y[40] = NAN;
  y[10] = -100;
  y[11] = 1e6f;
  bs_line_raster_draw (pixels, WIDTH * 4, WIDTH, HEIGHT, y, 1, BS_LINE_RASTER_SOLID, &red);
  g_assert_cmphex (pixels[30 * WIDTH + 5], ==, 0xffff0000);
  g_assert_cmpuint (alpha_at (pixels, 5, 29), ==, 0);
  g_assert_cmpuint (alpha_at (pixels, 5, 31), ==, 0);
  /* The peak's column goes half way down, its neighbours the other half. */
  for (int row = 3; row <= 16; row++)
    g_assert_cmpuint (alpha_at (pixels, 20, row), ==, 255);
  for (int row = 17; row <= 30; row++)
    g_assert_cmpuint (alpha_at (pixels, 21, row), ==, 255);
  g_assert_cmpuint (alpha_at (pixels, 20, 2), ==, 0);
  for (int row = 0; row < HEIGHT; row++)
    g_assert_cmpuint (alpha_at (pixels, 40, row), ==, 0);
  for (int x = 0; x < WIDTH; x++)
    {
      g_assert_cmphex (all[x], ==, 0);
      g_assert_cmphex (all[(HEIGHT + 1) * WIDTH + x], ==, 0);
    }
}

/* Half a pixel of cover is half the colour; half a colour over another mixes. */
static void
test_raster_cover (void)
{
  const GdkRGBA white = { 1, 1, 1, 1 }, half = { 0, 0, 0, 0.5f };
  guint32 pixels[HEIGHT * WIDTH] = { 0 };
  float y[WIDTH];

  for (int x = 0; x < WIDTH; x++)
    y[x] = 10;
  bs_line_raster_draw (pixels, WIDTH * 4, WIDTH, HEIGHT, y, 1, BS_LINE_RASTER_SOLID, &white);
  g_assert_cmpint (ABS ((int) alpha_at (pixels, 25, 9) - 127), <=, 1);
  g_assert_cmpint (ABS ((int) alpha_at (pixels, 25, 10) - 127), <=, 1);

  for (int x = 0; x < WIDTH; x++)
    y[x] = 20.5f;
  bs_line_raster_draw (pixels, WIDTH * 4, WIDTH, HEIGHT, y, 1, BS_LINE_RASTER_SOLID, &white);
  bs_line_raster_draw (pixels, WIDTH * 4, WIDTH, HEIGHT, y, 1, 4, &half);
  guint mixed = pixels[20 * WIDTH + 1];
  g_assert_cmpint (ABS ((int) (mixed & 0xff) - 127), <=, 2);
  g_assert_cmpuint (mixed >> 24, >=, 253);
  /* Columns 4 to 7 are the gap of the dashes. */
  g_assert_cmphex (pixels[20 * WIDTH + 5], ==, 0xffffffff);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latency-history/maximum", test_maximum);
  g_test_add_func ("/latency-history/jump", test_jump);
  g_test_add_func ("/latency-history/columns", test_columns);
  g_test_add_func ("/latency-history/zoom", test_zoom);
  g_test_add_func ("/latency-history/raster", test_raster);
  g_test_add_func ("/latency-history/raster-cover", test_raster_cover);
  return g_test_run ();
}
