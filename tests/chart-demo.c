/*
 * chart-demo.c: the chart by itself with made-up bars, to look at
 *
 * Usage: chart-demo [--bars N] [--bar-length SECONDS] [--stream BARS_PER_SECOND] [--dark] [--log] [--fit] [--zone ZONE]
 *                   [--blue-orange] [--empty] [--measure]
 *
 * --measure prints the CPU time of a frame: "ours" is the snapshot and the painting of what it holds, of which "snapshot"
 * is the first part.
 */
#include <adwaita.h>

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "ui/bs-palette.h"
#include "ui/chart/bs-chart.h"

static int n_bars = 3000, bar_seconds = 60, per_second;
static gboolean dark, log_scale, fit, blue_orange, empty, measure;
static char *zone;

static const GOptionEntry entries[] = {
  { "bars", 0, 0, G_OPTION_ARG_INT, &n_bars, NULL, NULL },
  { "bar-length", 0, 0, G_OPTION_ARG_INT, &bar_seconds, NULL, NULL },
  { "stream", 0, 0, G_OPTION_ARG_INT, &per_second, NULL, NULL },
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, NULL, NULL },
  { "log", 0, 0, G_OPTION_ARG_NONE, &log_scale, NULL, NULL },
  { "fit", 0, 0, G_OPTION_ARG_NONE, &fit, NULL, NULL },
  { "blue-orange", 0, 0, G_OPTION_ARG_NONE, &blue_orange, NULL, NULL },
  { "empty", 0, 0, G_OPTION_ARG_NONE, &empty, NULL, NULL },
  { "measure", 0, 0, G_OPTION_ARG_NONE, &measure, NULL, NULL },
  { "zone", 0, 0, G_OPTION_ARG_STRING, &zone, NULL, NULL },
  { NULL },
};

/* A walk with regimes, five sessions a week from 13:30 to 20:00 UTC. */
typedef struct
{
  GRand *rand;
  gint64 time_us;
  double price, volatility, drift, hurst, atr, lean;
  guint n;
} Maker;

static double
gauss (GRand *rand)
{
  double sum = 0;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum - 6;
}

static void
next_time (Maker *m)
{
  m->time_us += (gint64) bar_seconds * G_USEC_PER_SEC;
  for (;;)
    {
      gint64 seconds = m->time_us / G_USEC_PER_SEC, day = seconds / 86400, of_day = seconds % 86400;
      int weekday = (int) ((day + 3) % 7);

      if (weekday >= 5)
        m->time_us = (day + 1) * 86400 * G_USEC_PER_SEC;
      else if (bar_seconds >= 86400)
        break;
      else if (of_day < 13 * 3600 + 1800)
        m->time_us = (day * 86400 + 13 * 3600 + 1800) * G_USEC_PER_SEC;
      else if (of_day >= 20 * 3600)
        m->time_us = (day + 1) * 86400 * G_USEC_PER_SEC;
      else
        break;
    }
}

static void
next_point (Maker *m, BsChartPoint *p)
{
  double tick = 0.25, step, x;

  if (m->n % 200 == 0)
    {
      m->volatility = 0.00012 * exp (gauss (m->rand) * 0.5);
      m->drift = gauss (m->rand) * 0.00001;
    }
  next_time (m);
  *p = (BsChartPoint){ .bar = BS_BAR_INIT };
  p->bar.time_us = m->time_us;
  p->bar.open = round (m->price / tick) * tick;
  m->price *= exp (m->drift + m->volatility * gauss (m->rand));
  p->bar.close = round (m->price / tick) * tick;
  step = m->price * m->volatility;
  p->bar.high = round ((MAX (p->bar.open, p->bar.close) + fabs (gauss (m->rand)) * step * 0.5) / tick) * tick;
  p->bar.low = round ((MIN (p->bar.open, p->bar.close) - fabs (gauss (m->rand)) * step * 0.5) / tick) * tick;
  p->bar.volume = round (900 * exp (gauss (m->rand) * 0.5) * (m->volatility / 0.00012));
  m->atr += (p->bar.high - p->bar.low - m->atr) / 14;
  if (m->n % 10 == 0)
    m->hurst = 0.5 + (m->hurst - 0.5) * 0.9 + gauss (m->rand) * 0.018;
  m->lean = m->lean * 0.97 + gauss (m->rand) * 0.12;
  x = tanh (fabs (m->lean));
  p->hurst = m->n < 100 ? NAN : m->hurst;
  p->hurst_computed = m->n % 10 == 0;
  p->atr = m->n < 14 ? NAN : m->atr;
  p->confidence = m->n < 20 ? NAN : 0.36 + 0.6 * x;
  p->raw_signal = m->n < 20     ? BS_CHART_NO_SIGNAL
                  : x < 0.2     ? BS_CLASS_HOLD
                  : m->lean > 0 ? BS_CLASS_LONG
                                : BS_CLASS_SHORT;
  p->signal = m->n < 20 ? BS_CHART_NO_SIGNAL : p->confidence < 0.65 ? (guint8) BS_CLASS_HOLD : p->raw_signal;
  p->in_range = TRUE;
  m->n++;
}

static Maker maker
  = { .price = 4321, .atr = 1, .hurst = 0.5, .time_us = G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC };
static gint64 streamed_us;

static gboolean
stream (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  gint64 n;
  g_autofree BsChartPoint *points = NULL;

  if (streamed_us == 0)
    streamed_us = now;
  n = (now - streamed_us) * per_second / G_USEC_PER_SEC;
  if (n <= 0)
    return G_SOURCE_CONTINUE;
  streamed_us += n * G_USEC_PER_SEC / per_second;
  points = g_new (BsChartPoint, n);
  for (gint64 i = 0; i < n; i++)
    next_point (&maker, &points[i]);
  bs_chart_data_append (data, points, (gsize) n);
  return G_SOURCE_CONTINUE;
}

typedef enum
{
  MEASURE_IN,
  MEASURE_OUT,
  MEASURE_PAN,
  MEASURE_STREAM,
  MEASURE_CROSSHAIR,
  N_MEASURES
} Measure;

#define MEASURE_FRAMES 200

static double
cpu_ms (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

static int
compare_doubles (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
measure_frame (BsChart *chart, BsChartData *data, Measure what, guint frame)
{
  BsChartPoint points[16];
  guint64 end = bs_chart_data_end (data);

  switch (what)
    {
    case MEASURE_IN:
    case MEASURE_OUT:
      bs_chart_zoom (chart, frame % 2 ? 1.01 : 1 / 1.01);
      break;
    case MEASURE_PAN:
      bs_chart_pan (chart, frame % 40 < 20 ? -3 : 3);
      break;
    case MEASURE_STREAM:
      for (guint i = 0; i < G_N_ELEMENTS (points); i++)
        next_point (&maker, &points[i]);
      bs_chart_data_append (data, points, G_N_ELEMENTS (points));
      break;
    case MEASURE_CROSSHAIR:
    case N_MEASURES:
    default:
      if (frame == 0)
        bs_chart_show_bar (chart, end - 50);
      gtk_widget_activate_action (GTK_WIDGET (chart), "chart.move-crosshair", "i", frame % 40 < 20 ? -1 : 1);
      break;
    }
}

static gboolean
run_measures (gpointer user_data)
{
  static const char *const names[] = { "in", "out", "pan", "stream", "crosshair" };
  BsChart *chart = user_data;
  BsChartData *data = bs_chart_get_data (chart);
  int width = gtk_widget_get_width (GTK_WIDGET (chart)), height = gtk_widget_get_height (GTK_WIDGET (chart));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  g_print ("%d bars, %d x %d\n", n_bars, width, height);
  for (Measure m = 0; m < N_MEASURES; m++)
    {
      double ours[MEASURE_FRAMES], snapshots[MEASURE_FRAMES];

      gtk_widget_activate_action (GTK_WIDGET (chart), "chart.reset", NULL);
      if (m == MEASURE_OUT)
        bs_chart_show_all (chart);
      for (guint i = 0; i < MEASURE_FRAMES; i++)
        {
          GtkSnapshot *snapshot = gtk_snapshot_new ();
          cairo_t *cr = cairo_create (surface);
          GskRenderNode *node;
          double start = cpu_ms ();

          measure_frame (chart, data, m, i);
          bs_chart_draw (chart, snapshot);
          node = gtk_snapshot_free_to_node (snapshot);
          snapshots[i] = cpu_ms () - start;
          gsk_render_node_draw (node, cr);
          ours[i] = cpu_ms () - start;
          gsk_render_node_unref (node);
          cairo_destroy (cr);
        }
      qsort (ours, MEASURE_FRAMES, sizeof *ours, compare_doubles);
      qsort (snapshots, MEASURE_FRAMES, sizeof *snapshots, compare_doubles);
      g_print ("%-10s ours p50 %.2f p99 %.2f ms, snapshot p50 %.2f p99 %.2f ms\n", names[m], ours[MEASURE_FRAMES / 2],
               ours[MEASURE_FRAMES * 99 / 100], snapshots[MEASURE_FRAMES / 2], snapshots[MEASURE_FRAMES * 99 / 100]);
    }
  cairo_surface_destroy (surface);
  gtk_window_close (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (chart))));
  return G_SOURCE_REMOVE;
}

static void
activate (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *chart = bs_chart_new ();
  BsChartData *data = bs_chart_data_new ((gint64) bar_seconds * G_USEC_PER_SEC, BS_STAMP_START, 2);
  g_autofree BsChartPoint *points = g_new (BsChartPoint, MAX (n_bars, 1));

  if (dark)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  if (blue_orange)
    bs_palette_set_up_down (BS_UP_DOWN_BLUE_ORANGE);
  maker.rand = g_rand_new_with_seed (7);
  for (int i = 0; i < n_bars && !empty; i++)
    next_point (&maker, &points[i]);
  bs_chart_data_append (data, points, empty ? 0 : (gsize) n_bars);
  g_object_set (chart, "price-axis", log_scale ? BS_CHART_AXIS_LOG : BS_CHART_AXIS_LINEAR, "time-zone", zone != NULL ? zone : "UTC", NULL);
  bs_chart_set_data (BS_CHART (chart), data);
  if (per_second > 0)
    gtk_widget_add_tick_callback (chart, stream, g_object_ref (data), g_object_unref);
  if (fit)
    bs_chart_show_all (BS_CHART (chart));
  g_object_unref (data);

  gtk_widget_set_vexpand (chart, TRUE);
  gtk_widget_add_css_class (chart, "view");
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), chart);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), "ES · 1 min");
  gtk_window_set_default_size (GTK_WINDOW (window), 1600, 1046);
  if (!measure)
    gtk_window_maximize (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (chart);
  if (measure)
    g_timeout_add (1500, run_measures, chart);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  application = adw_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
