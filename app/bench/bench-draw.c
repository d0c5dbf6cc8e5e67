/*
 * bench-draw.c: a frame of the real chart, 1600 x 1000: CPU time of our own snapshot and drawing, and apart from it what GTK's
 * renderer then takes to compose the frame
 */
#include "app/bench/bs-bench-cases.h"

#include <adwaita.h>

#include <time.h>

#include "app/bs-renderer.h"
#include "app/feeds/bs-bar-generator.h"
#include "ui/chart/bs-chart.h"

#define SEED 3
#define WIDTH_PX 1600
#define HEIGHT_PX 1000
/* 1,000 bars a second at 60 frames a second: 17 bars in two frames of three. */
#define STREAM_BARS 17
#define PAN_BARS 3
#define ZOOM 1.01
/* The motion turns round after so many frames. */
#define TURN_FRAMES 20
#define WAIT_FOR_WINDOW_US (5 * G_USEC_PER_SEC)

typedef enum
{
  MOTION_IN,
  MOTION_OUT,
  MOTION_PAN,
  MOTION_STREAM,
  N_MOTIONS
} Motion;

static const guint sizes[] = { 1000, 100000, 1000000 };

/** A window with a chart of so many bars that moves in one way; the two cases that time it share it. */
typedef struct
{
  guint users;
  Motion motion;
  BsChartData *data;
  GtkWidget *window, *chart;
  BsBarGenerator *generator; /* (nullable): of the bars that stream in */
  guint frame;
  gint64 own_ns, compose_ns; /* of the last frame */
} Scene;

/** What a case is given: its scene, and which of the two times it tells. */
typedef struct
{
  Scene **scene;
  gboolean compose;
} State;

static Scene *scenes[G_N_ELEMENTS (sizes)][N_MOTIONS];
/* (nullable): the bars of the charts that do not change them, shared by these. */
static BsChartData *still_data[G_N_ELEMENTS (sizes)];

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Bars as they come, with values that look like those of the features and the model: what is drawn costs the same. */
static void
next_point (BsBarGenerator *generator, guint64 index, BsChartPoint *point)
{
  *point = (BsChartPoint){ .bar = BS_BAR_INIT };
  bs_bar_generator_next (generator, &point->bar);
  point->hurst = 0.5 + 0.1 * sin ((double) (index / 10) * 0.05);
  point->hurst_computed = index % 10 == 0;
  point->atr = 1 + 0.3 * sin ((double) index * 0.03);
  point->confidence = 0.6 + 0.3 * sin ((double) index * 0.21) * sin ((double) index * 0.013);
  point->raw_signal = (guint8) (index / 7 % BS_N_CLASSES);
  point->signal = point->confidence < 0.65 ? (guint8) BS_CLASS_HOLD : point->raw_signal;
  point->in_range = TRUE;
}

static BsChartData *
make_data (guint n_bars, BsBarGenerator *generator)
{
  BsChartData *data = bs_chart_data_new (BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END, 2);
  g_autofree BsChartPoint *points = g_new (BsChartPoint, n_bars);

  for (guint i = 0; i < n_bars; i++)
    next_point (generator, i, &points[i]);
  bs_chart_data_set_max_bars (data, n_bars);
  bs_chart_data_append (data, points, n_bars);
  return data;
}

static gboolean
have_display (GError **error)
{
  static int have = -1;

  if (have < 0)
    {
      bs_renderer_choose ();
      have = gtk_init_check ();
      if (have)
        adw_init ();
    }
  if (!have)
    g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_UNAVAILABLE,
                         "no display: set DISPLAY or WAYLAND_DISPLAY, or run it by xvfb-run");
  return have;
}

static void
scene_free (Scene *scene)
{
  gtk_window_destroy (GTK_WINDOW (scene->window));
  g_clear_object (&scene->data);
  g_clear_pointer (&scene->generator, bs_bar_generator_free);
  g_free (scene);
}

static Scene *
scene_new (guint size, Motion motion)
{
  Scene *scene = g_new0 (Scene, 1);
  gint64 end = g_get_monotonic_time () + WAIT_FOR_WINDOW_US;
  BsBarGenerator *generator
    = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);

  scene->motion = motion;
  if (motion == MOTION_STREAM)
    {
      scene->data = make_data (sizes[size], generator);
      scene->generator = g_steal_pointer (&generator);
    }
  else
    {
      if (still_data[size] == NULL)
        {
          still_data[size] = make_data (sizes[size], generator);
          g_object_add_weak_pointer (G_OBJECT (still_data[size]), (gpointer *) &still_data[size]);
          scene->data = still_data[size];
        }
      else
        scene->data = g_object_ref (still_data[size]);
      bs_bar_generator_free (generator);
    }
  scene->window = gtk_window_new ();
  scene->chart = bs_chart_new ();
  bs_chart_set_data (BS_CHART (scene->chart), scene->data);
  gtk_widget_add_css_class (scene->chart, "view");
  gtk_window_set_child (GTK_WINDOW (scene->window), scene->chart);
  gtk_window_set_decorated (GTK_WINDOW (scene->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (scene->window), WIDTH_PX, HEIGHT_PX);
  gtk_window_present (GTK_WINDOW (scene->window));
  while (gtk_widget_get_width (scene->chart) < 2 && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  /* The size asked for, whatever a window manager or a small screen made of it. */
  gtk_widget_allocate (scene->chart, WIDTH_PX, HEIGHT_PX, -1, NULL);
  if (motion == MOTION_OUT)
    bs_chart_show_all (BS_CHART (scene->chart));
  return scene;
}

static void
move (Scene *scene)
{
  BsChart *chart = BS_CHART (scene->chart);
  gboolean back = scene->frame++ % (2 * TURN_FRAMES) < TURN_FRAMES;

  switch (scene->motion)
    {
    case MOTION_STREAM:
      {
        BsChartPoint points[STREAM_BARS];
        guint64 end = bs_chart_data_end (scene->data);

        for (guint i = 0; i < STREAM_BARS; i++)
          next_point (scene->generator, end + i, &points[i]);
        bs_chart_data_append (scene->data, points, STREAM_BARS);
        break;
      }
    case MOTION_PAN:
      bs_chart_pan (chart, back ? -PAN_BARS : PAN_BARS);
      break;
    case MOTION_IN:
    case MOTION_OUT:
    case N_MOTIONS:
    default:
      bs_chart_zoom (chart, back ? ZOOM : 1 / ZOOM);
      break;
    }
}

/* A frame as GTK makes it: our layout and snapshot, with all that we paint for it, and its composition by the window's renderer. */
static void
frame (Scene *scene)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (scene->window));
  GskRenderNode *node;
  GdkTexture *texture;
  gint64 start;

  start = cpu_ns ();
  move (scene);
  /* As GTK's layout before each paint; without it buttons that have come into sight would have no place. */
  gtk_widget_allocate (scene->chart, WIDTH_PX, HEIGHT_PX, -1, NULL);
  GTK_WIDGET_GET_CLASS (scene->chart)->snapshot (scene->chart, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  scene->own_ns = cpu_ns () - start;

  start = cpu_ns ();
  texture = gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, WIDTH_PX, HEIGHT_PX));
  scene->compose_ns = cpu_ns () - start;
  g_object_unref (texture);
  gsk_render_node_unref (node);
}

/* @row->arg: size, motion and which time, the last varying fastest. */
static gpointer
setup (const BsBenchCase *row, GError **error)
{
  guint size = (guint) row->arg / 2 / N_MOTIONS;
  Motion motion = (Motion) (row->arg / 2 % N_MOTIONS);
  State *state;

  if (!have_display (error))
    return NULL;
  if (scenes[size][motion] == NULL)
    scenes[size][motion] = scene_new (size, motion);
  scenes[size][motion]->users++;
  state = g_new (State, 1);
  *state = (State){ &scenes[size][motion], row->arg % 2 };
  return state;
}

static void
teardown (gpointer data)
{
  State *state = data;

  if (--(*state->scene)->users == 0)
    g_clear_pointer (state->scene, scene_free);
  g_free (state);
}

static gboolean
run (gpointer data, GError **error)
{
  frame (*((State *) data)->scene);
  return TRUE;
}

static gint64
elapsed_ns (gpointer data)
{
  const State *state = data;

  return state->compose ? (*state->scene)->compose_ns : (*state->scene)->own_ns;
}

#define CASE(size, motion, name, words)                                                                                \
  { "draw/" name, "a frame of the chart at 1600 x 1000, our own CPU time: " words, setup, run, teardown,               \
    .arg = ((size) * N_MOTIONS + (motion)) * 2, .elapsed_ns = elapsed_ns },                                            \
  { "draw/" name "/compose", "CPU time of the renderer's composition of the same frame", setup, run, teardown,         \
    .arg = ((size) * N_MOTIONS + (motion)) * 2 + 1, .elapsed_ns = elapsed_ns }
#define CASES(size, name, words)                                                                                       \
  CASE (size, MOTION_IN, name "/in", words ", zooming near the newest"),                                               \
  CASE (size, MOTION_OUT, name "/out", words ", zooming with all in view"),                                            \
  CASE (size, MOTION_PAN, name "/pan", words ", panning"),                                                             \
  CASE (size, MOTION_STREAM, name "/stream", words ", 1,000 more a second")

const BsBenchCase bs_bench_draw_cases[] = {
  CASES (0, "1000", "1,000 bars"),
  CASES (1, "100000", "100,000 bars"),
  CASES (2, "1000000", "1,000,000 bars"),
  { NULL },
};
