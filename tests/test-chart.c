/* test-chart.c: the chart as a widget: its life, its properties and actions, and what it paints */
#include <adwaita.h>

#include <math.h>
#include <string.h>

#include "ui/bs-palette.h"
#include "ui/chart/bs-chart.h"
#include "ui/chart/bs-chart-export.h"
#include "ui/chart/bs-chart-layer.h"

#define MINUTE_US G_GINT64_CONSTANT (60000000)
#define WIDTH 900
#define HEIGHT 600

static BsChartData *
make_data (guint n)
{
  BsChartData *data = bs_chart_data_new (MINUTE_US, BS_STAMP_START, 2);
  g_autofree BsChartPoint *points = g_new0 (BsChartPoint, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    {
      double close = 100 + 10 * sin (i * 0.05), open = 100 + 10 * sin (i * 0.05 - 0.05);

      points[i].bar = (BsBar){
        .time_us = (gint64) i * MINUTE_US,
        .open = open,
        .close = close,
        .high = MAX (open, close) + 0.5,
        .low = MIN (open, close) - 0.5,
        .volume = 1000,
      };
      points[i].hurst = i < 100 ? NAN : 0.5 + 0.1 * sin (i * 0.01);
      points[i].hurst_computed = i % 10 == 0;
      points[i].atr = i < 14 ? NAN : 1;
      points[i].confidence = i < 20 ? NAN : 0.7;
      points[i].signal = points[i].raw_signal = i < 20 ? BS_CHART_NO_SIGNAL : (guint8) (i / 30 % BS_N_CLASSES);
    }
  bs_chart_data_append (data, points, n);
  return data;
}

static GtkWidget *
make_window (GtkWidget **chart, BsChartData *data)
{
  GtkWidget *window = gtk_window_new ();

  *chart = bs_chart_new ();
  bs_chart_set_data (BS_CHART (*chart), data);
  gtk_window_set_child (GTK_WINDOW (window), *chart);
  gtk_widget_add_css_class (*chart, "view");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 500 && gtk_widget_get_width (*chart) < WIDTH; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  g_assert_cmpint (gtk_widget_get_width (*chart), >=, WIDTH);
  return window;
}

static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 50000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* What the chart paints, as pixels 0xaarrggbb. */
static cairo_surface_t *
paint (GtkWidget *chart)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_surface_t *surface
    = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, gtk_widget_get_width (chart), gtk_widget_get_height (chart));
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;

  bs_chart_draw (BS_CHART (chart), snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint
count_color (cairo_surface_t *surface, const GdkRGBA *color)
{
  guint32 wanted = 0xff000000u | (guint32) lrint (color->red * 255) << 16 | (guint32) lrint (color->green * 255) << 8
                   | (guint32) lrint (color->blue * 255);
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        guint32 pixel;

        memcpy (&pixel, cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + x * 4,
                4);
        n += pixel == wanted;
      }
  return n;
}

static void
test_life (void)
{
  BsChartData *data = make_data (500);
  GtkWidget *chart;

  /* Never shown, without data and with. */
  chart = g_object_ref_sink (bs_chart_new ());
  g_assert_finalize_object (chart);
  chart = g_object_ref_sink (bs_chart_new ());
  bs_chart_set_data (BS_CHART (chart), data);
  bs_chart_go_to_oldest (BS_CHART (chart));
  bs_chart_show_all (BS_CHART (chart));
  g_assert_finalize_object (chart);

  /* In a window; the data live on and change. */
  {
    GtkWidget *window = make_window (&chart, data);

    g_object_ref (chart);
    settle ();
    gtk_window_destroy (GTK_WINDOW (window));
    g_assert_finalize_object (chart);
  }
  bs_chart_data_truncate (data, 100);
  g_assert_finalize_object (data);
}

static void
test_empty (void)
{
  BsChartData *data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);
  GtkWidget *chart, *window = make_window (&chart, data);
  static const char *const all[]
    = { "chart.zoom-in",  "chart.zoom-out",   "chart.newest",         "chart.oldest",   "chart.reset",
        "chart.show-all", "chart.auto-scale", "chart.hide-crosshair", "chart.toggle-log" };
  guint64 from = 1, to = 2;

  settle ();
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_assert_true (gtk_widget_activate_action (chart, all[i], NULL));
      cairo_surface_destroy (paint (chart));
    }
  g_assert_true (gtk_widget_activate_action (chart, "chart.move-crosshair", "i", 1));
  g_assert_true (gtk_widget_activate_action (chart, "chart.pan-screens", "i", -1));
  bs_chart_get_visible (BS_CHART (chart), &from, &to);
  g_assert_cmpuint (from, ==, to);
  bs_chart_set_data (BS_CHART (chart), NULL);
  cairo_surface_destroy (paint (chart));
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (data);
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static gboolean
follows (GtkWidget *chart)
{
  gboolean follow;

  g_object_get (chart, "follow", &follow, NULL);
  return follow;
}

static void
test_follow (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  guint n = 0;
  guint64 from, to;
  BsChartPoint point;

  g_signal_connect (chart, "notify::follow", G_CALLBACK (count_notify), &n);
  g_assert_true (follows (chart));
  gtk_widget_activate_action (chart, "chart.pan", "i", -10);
  g_assert_false (follows (chart));
  g_assert_cmpuint (n, ==, 1);
  gtk_widget_activate_action (chart, "chart.pan", "i", -10);
  g_assert_cmpuint (n, ==, 1);
  gtk_widget_activate_action (chart, "chart.newest", NULL);
  g_assert_true (follows (chart));
  g_assert_cmpuint (n, ==, 2);
  g_object_set (chart, "follow", FALSE, NULL);
  g_assert_false (follows (chart));
  g_assert_cmpuint (n, ==, 3);

  /* Not followed, the view rests; followed, it goes along. */
  bs_chart_pan (BS_CHART (chart), -20);
  bs_chart_get_visible (BS_CHART (chart), &from, &to);
  bs_chart_data_get (data, 2999, &point);
  point.bar.time_us += MINUTE_US;
  bs_chart_data_append (data, &point, 1);
  {
    guint64 now_from, now_to;

    bs_chart_get_visible (BS_CHART (chart), &now_from, &now_to);
    g_assert_cmpuint (now_from, ==, from);
    bs_chart_go_to_newest (BS_CHART (chart));
    bs_chart_get_visible (BS_CHART (chart), &now_from, &now_to);
    g_assert_cmpuint (now_to, ==, 3001);
  }
  bs_chart_go_to_oldest (BS_CHART (chart));
  bs_chart_get_visible (BS_CHART (chart), &from, &to);
  g_assert_cmpuint (from, ==, 0);
  bs_chart_show_all (BS_CHART (chart));
  bs_chart_get_visible (BS_CHART (chart), &from, &to);
  g_assert_cmpuint (from, ==, 0);
  g_assert_cmpuint (to, ==, 3001);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

typedef struct
{
  guint n;
  guint64 index;
  gboolean shown;
} Crosshair;

static void
on_crosshair (BsChart *chart, guint64 index, gboolean shown, Crosshair *crosshair)
{
  crosshair->n++;
  crosshair->index = index;
  crosshair->shown = shown;
}

static void
test_crosshair (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  Crosshair crosshair = { 0 };
  guint64 from, to;

  g_signal_connect (chart, "crosshair-moved", G_CALLBACK (on_crosshair), &crosshair);
  settle ();
  bs_chart_show_bar (BS_CHART (chart), 1000);
  g_assert_true (crosshair.shown);
  g_assert_cmpuint (crosshair.index, ==, 1000);
  bs_chart_get_visible (BS_CHART (chart), &from, &to);
  g_assert_cmpuint (from, <, 1000);
  g_assert_cmpuint (to, >, 1001);
  gtk_widget_activate_action (chart, "chart.move-crosshair", "i", 1);
  g_assert_cmpuint (crosshair.index, ==, 1001);
  gtk_widget_activate_action (chart, "chart.move-crosshair", "i", -10);
  g_assert_cmpuint (crosshair.index, ==, 991);

  /* A screen reader hears of it. */
  gtk_test_accessible_assert_role (chart, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL, "Price chart");
  {
    g_autofree char *wrong = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "what it says is given back");

    g_assert_nonnull (wrong);
    g_assert_nonnull (strstr (wrong, "16:31 UTC: open"));
  }
  /* Beyond the edge, the view comes along; at the end of the data, it stays. */
  for (guint i = 0; i < 60; i++)
    gtk_widget_activate_action (chart, "chart.move-crosshair", "i", -10);
  bs_chart_get_visible (BS_CHART (chart), &from, &to);
  g_assert_cmpuint (crosshair.index, ==, 391);
  g_assert_cmpuint (from, <=, 391);
  g_assert_cmpuint (to, >, 391);
  for (guint i = 0; i < 60; i++)
    gtk_widget_activate_action (chart, "chart.move-crosshair", "i", -10);
  g_assert_cmpuint (crosshair.index, ==, 0);
  for (guint i = 0; i < 320; i++)
    gtk_widget_activate_action (chart, "chart.move-crosshair", "i", 10);
  g_assert_cmpuint (crosshair.index, ==, 2999);

  gtk_widget_activate_action (chart, "chart.hide-crosshair", NULL);
  g_assert_false (crosshair.shown);
  /* Where its bar has left the view, nothing is read out of it. */
  bs_chart_show_bar (BS_CHART (chart), 2000);
  bs_chart_go_to_oldest (BS_CHART (chart));
  g_assert_false (crosshair.shown);
  /* The bar under it is taken back: it goes. */
  bs_chart_show_bar (BS_CHART (chart), 2000);
  bs_chart_data_truncate (data, 1500);
  g_assert_false (crosshair.shown);
  settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

/* Two charts, of a minute and of five, linked as a grid links them: one crosshair, and none out of view. */
static void
test_linked_crosshair (void)
{
  BsChartData *data = make_data (3000), *slow = bs_chart_data_new (5 * MINUTE_US, BS_STAMP_START, 2);
  GtkWidget *chart, *other, *window = make_window (&chart, data), *other_window;
  guint n = 0;

  for (guint i = 0; i < 600; i++)
    {
      BsChartPoint point;

      bs_chart_data_get (data, 5 * i, &point);
      bs_chart_data_append (slow, &point, 1);
    }
  other_window = make_window (&other, slow);
  settle ();
  g_object_bind_property (chart, "crosshair-time", other, "crosshair-time", G_BINDING_BIDIRECTIONAL);
  g_signal_connect (chart, "notify::crosshair-time", G_CALLBACK (count_notify), &n);
  g_assert_cmpint (bs_chart_get_crosshair_time (BS_CHART (other)), ==, BS_CHART_NO_TIME);

  /* 2,993 is within the bar that begins at 2,990, that is number 598. */
  {
    Crosshair crosshair = { 0 };

    g_signal_connect (other, "crosshair-moved", G_CALLBACK (on_crosshair), &crosshair);
    bs_chart_show_bar (BS_CHART (chart), 2993);
    g_assert_cmpuint (n, ==, 1);
    g_assert_true (crosshair.shown);
    g_assert_cmpuint (crosshair.index, ==, 598);
    g_assert_cmpint (bs_chart_get_crosshair_time (BS_CHART (other)), ==, 2993 * MINUTE_US);
    /* The other way round, with its own bar's time. */
    gtk_widget_activate_action (other, "chart.move-crosshair", "i", -1);
    g_assert_cmpuint (n, ==, 2);
    g_assert_cmpint (bs_chart_get_crosshair_time (BS_CHART (chart)), ==, 2985 * MINUTE_US);
    gtk_widget_activate_action (other, "chart.hide-crosshair", NULL);
    g_assert_cmpint (bs_chart_get_crosshair_time (BS_CHART (chart)), ==, BS_CHART_NO_TIME);
    g_assert_false (crosshair.shown);
    /* Out of the other's view: nothing is panned, and nothing shown until it comes into view. */
    bs_chart_show_bar (BS_CHART (chart), 100);
    g_assert_false (crosshair.shown);
    bs_chart_show_all (BS_CHART (other));
    g_assert_true (crosshair.shown);
    g_assert_cmpuint (crosshair.index, ==, 20);
    /* After its last bar, or before the first, there is none. */
    bs_chart_set_crosshair_time (BS_CHART (other), 3000 * MINUTE_US);
    g_assert_false (crosshair.shown);
    bs_chart_set_crosshair_time (BS_CHART (other), -1);
    g_assert_false (crosshair.shown);
    bs_chart_set_crosshair_time (BS_CHART (other), 2999 * MINUTE_US);
    g_assert_true (crosshair.shown);
    g_assert_cmpuint (crosshair.index, ==, 599);
  }
  gtk_window_destroy (GTK_WINDOW (other_window));
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (slow);
  g_object_unref (data);
}

static const GdkRGBA layer_color = { 1, 0, 1, 1 };

/* A square pixel at the middle of each bar from 2,980 on, at a price of 100. */
static void
draw_layer (const BsChartLayerArea *area, cairo_t *cr, gpointer data)
{
  guint *n = data;

  gdk_cairo_set_source_rgba (cr, &layer_color);
  for (guint i = 0; i < area->n; i++)
    if (area->from[i] >= 2980)
      {
        g_assert_cmpuint (area->from[i + 1], ==, area->from[i] + 1);
        cairo_rectangle (cr, area->x[i], floor (bs_chart_layer_y (area, 100)), 1, 1);
      }
  cairo_fill (cr);
  (*n)++;
}

static void
count_destroy (gpointer data)
{
  *(guint *) data += 1000;
}

static void
test_added_layer (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  cairo_surface_t *surface;
  guint n = 0, id;

  settle ();
  id = bs_chart_add_layer (BS_CHART (chart), BS_CHART_LAYER_OVER, draw_layer, &n, count_destroy);
  surface = paint (chart);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (count_color (surface, &layer_color), ==, 20);
  cairo_surface_destroy (surface);
  /* Drawn again when it says so, and not when it does not. */
  cairo_surface_destroy (paint (chart));
  g_assert_cmpuint (n, ==, 1);
  bs_chart_layer_changed (BS_CHART (chart), id);
  cairo_surface_destroy (paint (chart));
  g_assert_cmpuint (n, ==, 2);
  bs_chart_remove_layer (BS_CHART (chart), id);
  g_assert_cmpuint (n, ==, 1002);
  surface = paint (chart);
  g_assert_cmpuint (count_color (surface, &layer_color), ==, 0);
  cairo_surface_destroy (surface);
  /* The chart takes those that are left with it. */
  bs_chart_add_layer (BS_CHART (chart), BS_CHART_LAYER_UNDER, draw_layer, &n, count_destroy);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_cmpuint (n, >=, 2002);
  g_object_unref (data);
}

static void
test_settings (void)
{
  GtkWidget *chart = g_object_ref_sink (bs_chart_new ());
  g_autofree char *before = NULL, *after = NULL, *zone = NULL;

  g_object_get (chart, "pane-sizes", &before, NULL);
  g_object_set (chart, "pane-sizes", "0.4,0.2,0.2,0.2", NULL);
  g_object_get (chart, "pane-sizes", &after, NULL);
  g_assert_cmpstr (after, ==, "0.400,0.200,0.200,0.200");
  g_assert_cmpstr (after, !=, before);
  /* Nonsense in the settings changes nothing. */
  for (guint i = 0; i < 6; i++)
    {
      static const char *const nonsense[] = { "", "1,2,3", "a,b,c,d", "1,1,1,-1", "nan,1,1,1", "1,1,1,1,1" };
      g_autofree char *now = NULL;

      g_object_set (chart, "pane-sizes", nonsense[i], NULL);
      g_object_get (chart, "pane-sizes", &now, NULL);
      g_assert_cmpstr (now, ==, after);
    }
  g_test_expect_message ("barscope", G_LOG_LEVEL_WARNING, "*no time zone \"Mars/Olympus\"*");
  g_object_set (chart, "time-zone", "Mars/Olympus", NULL);
  g_test_assert_expected_messages ();
  g_object_get (chart, "time-zone", &zone, NULL);
  g_assert_cmpstr (zone, ==, "UTC");
  g_assert_finalize_object (chart);
}

/* Candles of both colours, indicators, and nothing but a quiet frame without data; the same in the dark. */
static void
test_paint (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  for (guint dark = 0; dark < 2; dark++)
    {
      BsPalette palette;
      cairo_surface_t *surface;
      guint n_up;

      adw_style_manager_set_color_scheme (manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      settle ();
      bs_palette_read (&palette, chart);
      surface = paint (chart);
      n_up = count_color (surface, bs_palette_get (&palette, BS_COLOR_UP));
      g_assert_cmpuint (n_up, >, 500);
      g_assert_cmpuint (count_color (surface, bs_palette_get (&palette, BS_COLOR_DOWN)), >, 500);
      g_assert_cmpuint (count_color (surface, bs_palette_get (&palette, BS_COLOR_ATR)), >, 200);
      g_assert_cmpuint (count_color (surface, bs_palette_get (&palette, BS_COLOR_CONFIDENCE)), >, 200);
      g_assert_cmpuint (count_color (surface, bs_palette_get (&palette, BS_COLOR_HURST)), >, 100);
      cairo_surface_destroy (surface);

      /* A log scale and other widths paint as well. */
      g_object_set (chart, "price-axis", BS_CHART_AXIS_LOG, NULL);
      bs_chart_show_all (BS_CHART (chart));
      surface = paint (chart);
      g_assert_cmpuint (count_color (surface, bs_palette_get (&palette, BS_COLOR_UP)), >, 500);
      cairo_surface_destroy (surface);
      g_object_set (chart, "price-axis", BS_CHART_AXIS_LINEAR, NULL);

      bs_chart_set_data (BS_CHART (chart), NULL);
      surface = paint (chart);
      g_assert_cmpuint (count_color (surface, bs_palette_get (&palette, BS_COLOR_UP)), ==, 0);
      cairo_surface_destroy (surface);
      bs_chart_set_data (BS_CHART (chart), data);
    }
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

static guint
count_role (GtkWidget *chart, BsColorRole role)
{
  cairo_surface_t *surface = paint (chart);
  BsPalette palette;
  guint n;

  bs_palette_read (&palette, chart);
  n = count_color (surface, bs_palette_get (&palette, role));
  cairo_surface_destroy (surface);
  return n;
}

/* Each style paints what the others do not, and each overlay and pane can be left out. */
static void
test_looks (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  guint candles, bars, n;

  settle ();
  g_object_set (chart, "show-signals", FALSE, "show-last-price", FALSE, NULL);
  candles = count_role (chart, BS_COLOR_UP);
  g_object_set (chart, "price-style", BS_CHART_BARS, NULL);
  bars = count_role (chart, BS_COLOR_UP);
  g_assert_cmpuint (bars, >, 100);
  g_assert_cmpuint (bars, <, candles);
  g_object_set (chart, "price-style", BS_CHART_LINE, NULL);
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), ==, 0);
  g_assert_cmpuint (count_role (chart, BS_COLOR_SERIES_0), >, 200);
  bs_chart_show_all (BS_CHART (chart));
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), ==, 0);
  gtk_widget_activate_action (chart, "chart.reset", NULL);
  /* The next of the styles, by its key's action. */
  gtk_widget_activate_action (chart, "chart.next-style", NULL);
  g_object_get (chart, "price-style", &n, NULL);
  g_assert_cmpuint (n, ==, BS_CHART_HEIKIN_ASHI);
  n = count_role (chart, BS_COLOR_UP);
  g_assert_cmpuint (n, >, 500);
  g_assert_cmpuint (n, !=, candles);
  gtk_widget_activate_action (chart, "chart.price-style", "s", "candles");
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), ==, candles);

  g_assert_cmpuint (count_role (chart, BS_COLOR_HURST), >, 0);
  gtk_widget_activate_action (chart, "chart.show-hurst", NULL);
  g_object_set (chart, "show-atr", FALSE, "show-confidence", FALSE, NULL);
  settle ();
  g_assert_cmpuint (count_role (chart, BS_COLOR_ATR), ==, 0);
  g_assert_cmpuint (count_role (chart, BS_COLOR_CONFIDENCE), ==, 0);
  /* Their room is the candles'. */
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), >, candles);
  g_object_set (chart, "show-hurst", TRUE, "show-atr", TRUE, "show-confidence", TRUE, "show-last-price", TRUE, NULL);
  settle ();
  g_assert_cmpuint (count_role (chart, BS_COLOR_ATR), >, 200);

  /* Percent: the scale of the first bar's close is 0, and the axis goes with the view. */
  gtk_widget_activate_action (chart, "chart.toggle-percent", NULL);
  g_object_get (chart, "price-axis", &n, NULL);
  g_assert_cmpuint (n, ==, BS_CHART_AXIS_PERCENT);
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), >, 500);
  gtk_widget_activate_action (chart, "chart.toggle-percent", NULL);
  /* True time, in and out; the band of another period is another. */
  gtk_widget_activate_action (chart, "chart.true-time", NULL);
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), >, 500);
  bs_chart_show_all (BS_CHART (chart));
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), >, 500);
  bs_chart_data_truncate (data, 2500);
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), >, 500);
  gtk_widget_activate_action (chart, "chart.true-time", NULL);
  gtk_widget_activate_action (chart, "chart.reset", NULL);
  {
    cairo_surface_t *before = paint (chart), *after;
    guint differs = 0;

    g_object_set (chart, "atr-period", 100, NULL);
    after = paint (chart);
    for (int y = 40; y < 300; y++)
      differs += memcmp (cairo_image_surface_get_data (before) + y * cairo_image_surface_get_stride (before),
                         cairo_image_surface_get_data (after) + y * cairo_image_surface_get_stride (after), 3000)
                 != 0;
    g_assert_cmpuint (differs, >, 20);
    cairo_surface_destroy (before);
    cairo_surface_destroy (after);
    g_object_set (chart, "atr-period", 0, NULL);
  }
  gtk_widget_activate_action (chart, "chart.toggle-log", NULL);
  g_object_get (chart, "price-axis", &n, NULL);
  g_assert_cmpuint (n, ==, BS_CHART_AXIS_LOG);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

static void
on_threshold (BsChart *chart, double threshold, double *told)
{
  *told = threshold;
}

static char *
told_description (GtkWidget *chart)
{
  return gtk_test_accessible_check_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                             "what it says is given back");
}

/* By key: the threshold in steps of 1 %, told once each and never beyond 0 and 1; the measure tool and what it says. */
static void
test_tools (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  g_autofree char *before = NULL, *after = NULL;
  double threshold, told = -1;
  GdkRGBA down;
  BsPalette palette;

  settle ();
  g_signal_connect (chart, "threshold-changed", G_CALLBACK (on_threshold), &told);
  g_object_set (chart, "threshold", 0.655, NULL);
  g_assert_cmpfloat (told, ==, -1);
  gtk_widget_activate_action (chart, "chart.change-threshold", "i", 1);
  g_object_get (chart, "threshold", &threshold, NULL);
  g_assert_cmpfloat_with_epsilon (threshold, 0.67, 0.0051);
  g_assert_cmpfloat (told, ==, threshold);
  for (guint i = 0; i < 50; i++)
    gtk_widget_activate_action (chart, "chart.change-threshold", "i", 1);
  g_assert_cmpfloat (told, ==, 1);

  bs_chart_show_bar (BS_CHART (chart), 2000);
  gtk_widget_activate_action (chart, "chart.measure", NULL);
  gtk_widget_activate_action (chart, "chart.move-crosshair", "i", -10);
  gtk_widget_activate_action (chart, "chart.move-crosshair", "i", -2);
  after = told_description (chart);
  /* From 100 + 10 sin (100) to 100 + 10 sin (99.4). */
  g_assert_nonnull (strstr (after, "Measured: −3.98 (−4.20 %), −12 bars, 12 min. "));
  bs_palette_read (&palette, chart);
  down = *bs_palette_get (&palette, BS_COLOR_DOWN);
  {
    cairo_surface_t *surface = paint (chart);
    guint with = count_color (surface, &down), without;

    cairo_surface_destroy (surface);
    gtk_widget_activate_action (chart, "chart.hide-crosshair", NULL);
    surface = paint (chart);
    without = count_color (surface, &down);
    cairo_surface_destroy (surface);
    /* Its label. */
    g_assert_cmpuint (with, >, without + 500);
  }
  /* Escape has ended it and left the crosshair; the second time it goes. */
  gtk_widget_activate_action (chart, "chart.move-crosshair", "i", -1);
  before = told_description (chart);
  g_assert_null (strstr (before, "Measured"));
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

static GtkWidget *
find_button (GtkWidget *chart, const char *tooltip)
{
  for (GtkWidget *child = gtk_widget_get_first_child (chart); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (gtk_widget_get_tooltip_text (child), tooltip) == 0)
      return child;
  return NULL;
}

/* A chart that is moved to another parent keeps its buttons. */
static void
test_moved (void)
{
  BsChartData *data = make_data (300);
  GtkWidget *chart, *window = make_window (&chart, data), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  settle ();
  g_assert_true (gtk_widget_is_sensitive (find_button (chart, "Chart menu")));
  g_object_ref (chart);
  gtk_window_set_child (GTK_WINDOW (window), NULL);
  gtk_box_append (GTK_BOX (box), chart);
  gtk_window_set_child (GTK_WINDOW (window), box);
  g_object_unref (chart);
  settle ();
  g_assert_true (gtk_widget_is_sensitive (find_button (chart, "Chart menu")));
  g_assert_true (gtk_widget_is_sensitive (find_button (chart, "Go to the newest bar")));
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

/* Of LeakSanitizer, where it is there: for this thread. */
void __lsan_disable (void) __attribute__ ((weak));
void __lsan_enable (void) __attribute__ ((weak));

/* Pictures: what is on the screen without the crosshair, its title above; vectors that hold no image of the panes. */
static void
test_export (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) svg = NULL, pdf = NULL;
  cairo_surface_t *image, *plain;
  const char *text;
  BsPalette palette;
  gsize size;
  int n_same = 0, title;

  settle ();
  bs_palette_read (&palette, chart);
  plain = paint (chart);
  bs_chart_show_bar (BS_CHART (chart), 2990);
  bs_chart_go_to_newest (BS_CHART (chart));
  image = bs_chart_paint_image (BS_CHART (chart), "ES · 1 min");
  g_assert_cmpint (cairo_image_surface_get_width (image), ==, gtk_widget_get_width (chart));
  title = cairo_image_surface_get_height (image) - gtk_widget_get_height (chart);
  g_assert_cmpint (title, >, 10);
  for (int y = 0; y < gtk_widget_get_height (chart); y++)
    n_same += memcmp (cairo_image_surface_get_data (plain) + y * cairo_image_surface_get_stride (plain),
                      cairo_image_surface_get_data (image) + (y + title) * cairo_image_surface_get_stride (image),
                      (gsize) gtk_widget_get_width (chart) * 4)
              == 0;
  g_assert_cmpint (n_same, ==, gtk_widget_get_height (chart));
  cairo_surface_destroy (image);
  cairo_surface_destroy (plain);

  /* cairo 1.16 leaks recordings that a vector surface has drawn. */
  if (__lsan_disable != NULL)
    __lsan_disable ();
  svg = bs_chart_paint_vectors (BS_CHART (chart), "svg", "ES · 1 min", &error);
  g_assert_no_error (error);
  text = g_bytes_get_data (svg, &size);
  g_assert_true (g_str_has_prefix (text, "<?xml"));
  g_assert_null (g_strstr_len (text, (gssize) size, "<image"));
  g_assert_nonnull (g_strstr_len (text, (gssize) size, "<path"));
  g_assert_cmpuint (size, >, 20000);
  pdf = bs_chart_paint_vectors (BS_CHART (chart), "pdf", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (pdf, NULL), "%PDF-"));
  if (__lsan_enable != NULL)
    __lsan_enable ();
  /* And on the screen it goes on as before. */
  g_assert_cmpuint (count_role (chart, BS_COLOR_UP), >, 500);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

/* Moving the crosshair lets the data layers be: their nodes are the same ones. */
static void
test_data_layer_is_kept (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *window = make_window (&chart, data);
  GskRenderNode *nodes[2];

  settle ();
  for (guint i = 0; i < 2; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      bs_chart_show_bar (BS_CHART (chart), 1000);
      if (i == 1)
        gtk_widget_activate_action (chart, "chart.move-crosshair", "i", 1);
      bs_chart_draw (BS_CHART (chart), snapshot);
      nodes[i] = gtk_snapshot_free_to_node (snapshot);
      g_assert_cmpint (gsk_render_node_get_node_type (nodes[i]), ==, GSK_CONTAINER_NODE);
      settle ();
    }
  {
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    GskRenderNode *node;

    gtk_widget_activate_action (chart, "chart.move-crosshair", "i", 1);
    bs_chart_draw (BS_CHART (chart), snapshot);
    node = gtk_snapshot_free_to_node (snapshot);
    /* The background, four panes and the frame; the background is but a colour. */
    for (guint i = 1; i < 6; i++)
      g_assert_true (gsk_container_node_get_child (node, i) == gsk_container_node_get_child (nodes[1], i));
    gsk_render_node_unref (node);
  }
  gsk_render_node_unref (nodes[0]);
  gsk_render_node_unref (nodes[1]);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

static void
random_points (BsChartPoint *points, guint n, guint64 index)
{
  static double price = 100;

  for (guint i = 0; i < n; i++)
    {
      double open = price;

      price = MAX (10, price + g_test_rand_double_range (-0.6, 0.6));
      points[i] = (BsChartPoint){
        .bar = {
          /* A night after each 390 minutes. */
          .time_us = (gint64) (index + i + (index + i) / 390 * 600) * MINUTE_US,
          .open = open,
          .close = price,
          .high = MAX (open, price) + g_test_rand_double_range (0, 0.3),
          .low = MIN (open, price) - g_test_rand_double_range (0, 0.3),
          .volume = g_test_rand_double_range (0, 1000),
        },
        .hurst = g_test_rand_double_range (0.3, 0.7),
        .hurst_computed = (index + i) % 10 == 0,
        .atr = g_test_rand_double_range (0.5, 1),
        .confidence = g_test_rand_double_range (0.34, 0.9),
        .raw_signal = (guint8) g_test_rand_int_range (0, BS_N_CLASSES),
        .in_range = TRUE,
      };
      points[i].signal = points[i].confidence < 0.65 ? (guint8) BS_CLASS_HOLD : points[i].raw_signal;
    }
}

/* One step of anything that a user, a feed or the settings may do. Returns what it was. */
static const char *
random_step (BsChart *chart, BsChartData *data)
{
  BsChartPoint points[40];
  guint64 first = bs_chart_data_first (data), end = bs_chart_data_end (data);
  guint n = (guint) g_test_rand_int_range (1, G_N_ELEMENTS (points));

  switch (g_test_rand_int_range (0, 22))
    {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      bs_chart_pan (chart, g_test_rand_double_range (-30, 30));
      return "pan";
    case 5:
      bs_chart_pan (chart, g_test_rand_double_range (-0.5, 0.5));
      return "pan a little";
    case 6:
      bs_chart_pan (chart, g_test_rand_double_range (-2000, 2000));
      return "pan far";
    case 7:
    case 8:
      bs_chart_zoom (chart, exp (g_test_rand_double_range (-1, 1)));
      return "zoom";
    case 9:
      bs_chart_go_to_newest (chart);
      return "newest";
    case 10:
    case 11:
    case 12:
    case 13:
      random_points (points, n, end);
      bs_chart_data_append (data, points, n);
      return "append";
    case 14:
    case 15:
    case 16:
      {
        guint64 from, to;

        /* Bars in view, mostly. */
        bs_chart_get_visible (chart, &from, &to);
        from += (guint64) g_test_rand_int_range (0, (gint32) MAX (to - from, 1));
        n = (guint) MIN ((guint64) n, end - from);
        for (guint i = 0; i < n; i++)
          bs_chart_data_get (data, from + i, &points[i]);
        for (guint i = 0; i < n; i++)
          {
            points[i].signal = points[i].raw_signal = (guint8) g_test_rand_int_range (0, BS_N_CLASSES);
            points[i].confidence = g_test_rand_double_range (0.34, 0.9);
            points[i].hurst = g_test_rand_double_range (0.4, 0.6);
          }
        bs_chart_data_update (data, from, points, n);
        return "update";
      }
    case 17:
      if (end - first > 1000)
        bs_chart_data_truncate (data, end - n);
      return "truncate";
    case 18:
      g_object_set (chart, "price-style", g_test_rand_int_range (0, BS_CHART_HEIKIN_ASHI + 1), "atr-period",
                    g_test_rand_bit () ? 0 : 20, NULL);
      return "style";
    case 19:
      g_object_set (chart, "price-axis", g_test_rand_int_range (0, BS_CHART_AXIS_PERCENT + 1), NULL);
      return "axis";
    case 20:
      g_object_set (chart, "true-time", g_test_rand_bit (), NULL);
      return "true time";
    default:
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), g_test_rand_bit ()
                                                                              ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                                              : ADW_COLOR_SCHEME_FORCE_DARK);
      return "colours";
    }
}

/* Only what has changed is painted: to the pixel the same as all of it painted anew. */
static void
test_repaint (void)
{
  BsChartData *data = bs_chart_data_new (MINUTE_US, BS_STAMP_START, 2);
  g_autofree BsChartPoint *points = g_new (BsChartPoint, 6000);
  GtkWidget *chart, *window;
  gboolean animated;

  random_points (points, 6000, 0);
  bs_chart_data_append (data, points, 6000);
  bs_chart_data_set_max_bars (data, 6500);
  window = make_window (&chart, data);
  g_object_get (gtk_widget_get_settings (chart), "gtk-enable-animations", &animated, NULL);
  g_object_set (gtk_widget_get_settings (chart), "gtk-enable-animations", FALSE, NULL);
  for (guint step = 0; step < 600; step++)
    {
      const char *what = random_step (BS_CHART (chart), data);
      cairo_surface_t *cached = paint (chart), *anew;
      guint8 *a, *b;
      gsize stride = (gsize) cairo_image_surface_get_stride (cached);

      /* Makes all of it out of date, changed or not. */
      g_object_set (chart, "threshold", 0.65, NULL);
      anew = paint (chart);
      a = cairo_image_surface_get_data (cached);
      b = cairo_image_surface_get_data (anew);
      for (int y = 0; y < cairo_image_surface_get_height (anew); y++)
        for (int x = 0; x < cairo_image_surface_get_width (anew); x++)
          if (memcmp (a + (gsize) y * stride + 4 * x, b + (gsize) y * stride + 4 * x, 4) != 0)
            g_error ("step %u, %s: pixel %d, %d is %08x, %08x when all is painted anew", step, what, x, y, *(guint32 *) (gpointer) (a + (gsize) y * stride + 4 * x), *(guint32 *) (gpointer) (b + (gsize) y * stride + 4 * x));
      cairo_surface_destroy (cached);
      cairo_surface_destroy (anew);
      if (step % 50 == 0)
        settle ();
    }
  g_object_set (gtk_widget_get_settings (chart), "gtk-enable-animations", animated, NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (data);
}

/* What was in view comes back to the bar, also in a chart that has had no size yet. */
static void
test_times (void)
{
  BsChartData *data = make_data (3000);
  GtkWidget *chart, *other = bs_chart_new (), *window = make_window (&chart, data), *other_window;
  gint64 from, to, other_from, other_to;
  gboolean follow;

  bs_chart_zoom (BS_CHART (chart), 0.6);
  bs_chart_show_bar (BS_CHART (chart), 1200);
  g_assert_true (bs_chart_get_times (BS_CHART (chart), &from, &to));
  g_assert_cmpint (from, >, 900 * MINUTE_US);
  g_assert_cmpint (to, <, 1500 * MINUTE_US);

  g_object_ref_sink (other);
  g_assert_false (bs_chart_get_times (BS_CHART (other), &other_from, &other_to));
  bs_chart_set_data (BS_CHART (other), data);
  bs_chart_show_times (BS_CHART (other), from, to, FALSE);
  g_assert_true (bs_chart_get_times (BS_CHART (other), &other_from, &other_to));
  g_assert_cmpint (other_from, ==, from);
  g_assert_cmpint (other_to, ==, to);
  other_window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (other_window), other);
  gtk_window_set_default_size (GTK_WINDOW (other_window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (other_window));
  settle ();
  settle ();
  bs_chart_get_times (BS_CHART (other), &other_from, &other_to);
  g_assert_cmpint (ABS (other_from - from), <=, 3 * MINUTE_US);
  g_assert_cmpint (ABS (other_to - to), <=, 3 * MINUTE_US);
  g_object_get (other, "follow", &follow, NULL);
  g_assert_false (follow);

  /* Following: as many bars, and the newest. */
  bs_chart_show_times (BS_CHART (other), from, to, TRUE);
  settle ();
  bs_chart_get_times (BS_CHART (other), &other_from, &other_to);
  g_assert_cmpint (other_to, ==, 2999 * MINUTE_US);
  g_assert_cmpint (ABS (other_to - other_from - (to - from)), <=, 20 * MINUTE_US);
  g_object_get (other, "follow", &follow, NULL);
  g_assert_true (follow);

  /* Times that there are none of. */
  bs_chart_show_times (BS_CHART (other), G_MAXINT64 - 5, G_MININT64 + 5, FALSE);
  bs_chart_show_times (BS_CHART (other), G_MININT64 + 5, G_MAXINT64 - 5, FALSE);
  settle ();
  bs_chart_get_times (BS_CHART (other), &other_from, &other_to);
  g_assert_cmpint (other_from, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (other_window));
  g_object_unref (other);
  g_object_unref (data);
}

int
main (int argc, char **argv)
{
  gtk_disable_setlocale ();
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  adw_init ();
  /* Ranges are there at once, not on their way. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/chart/life", test_life);
  g_test_add_func ("/chart/empty", test_empty);
  g_test_add_func ("/chart/follow", test_follow);
  g_test_add_func ("/chart/crosshair", test_crosshair);
  g_test_add_func ("/chart/linked-crosshair", test_linked_crosshair);
  g_test_add_func ("/chart/added-layer", test_added_layer);
  g_test_add_func ("/chart/settings", test_settings);
  g_test_add_func ("/chart/paint", test_paint);
  g_test_add_func ("/chart/looks", test_looks);
  g_test_add_func ("/chart/tools", test_tools);
  g_test_add_func ("/chart/moved", test_moved);
  g_test_add_func ("/chart/export", test_export);
  g_test_add_func ("/chart/data-layer-is-kept", test_data_layer_is_kept);
  g_test_add_func ("/chart/repaint", test_repaint);
  g_test_add_func ("/chart/times", test_times);
  return g_test_run ();
}
