/* bs-layer-markers.c: signal markers and dots */
#include <math.h>
#include <string.h>

#include "ui/chart/layers/bs-layers.h"
#include "ui/chart/layers/bs-raster.h"

static void
add_mark (cairo_t *cr, BsMark mark, double x, double y, double size)
{
  double half = size / 2, down = mark == BS_MARK_DOWN || mark == BS_MARK_HOLLOW_DOWN ? -1 : 1;

  switch (mark)
    {
    case BS_MARK_UP:
    case BS_MARK_DOWN:
    case BS_MARK_HOLLOW_UP:
    case BS_MARK_HOLLOW_DOWN:
      cairo_move_to (cr, x, y);
      cairo_line_to (cr, x - half, y + down * size * 0.9);
      cairo_line_to (cr, x + half, y + down * size * 0.9);
      cairo_close_path (cr);
      break;
    case BS_MARK_DOT:
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, half, 0, 2 * G_PI);
      cairo_close_path (cr);
      break;
    case BS_MARK_NONE:
    case BS_N_MARKS:
    default:
      break;
    }
}

/* Draws marks of one colour that are filled, or outlines. */
static void
draw_marks (cairo_t *cr, double size, gboolean hollow)
{
  cairo_set_line_width (cr, MAX (1, size / 7));
  if (hollow)
    cairo_stroke (cr);
  else
    cairo_fill (cr);
}

static gboolean
is_hollow (guint8 mark)
{
  return mark == BS_MARK_HOLLOW_UP || mark == BS_MARK_HOLLOW_DOWN;
}

/** What a mark covers, drawn once: marks are few kinds and many. */
typedef struct
{
  guint8 mark;
  guint8 phase; /* of its point below a whole pixel, in PHASES of one */
  double size;
  int side;         /* the point is in the middle of the top of pixel side / 2, side / 2 */
  guint8 *coverage; /* [side][side] */
} Stamp;

#define PHASES 8
/* Two scale factors of a screen, three sizes, four triangles at whole pixels and dots at each phase. */
#define MAX_STAMPS 64

/* Main thread only, as all painting is. */
static Stamp stamps[MAX_STAMPS];
static guint n_stamps;

static const Stamp *
find_stamp (guint8 mark, guint8 phase, double size)
{
  Stamp *stamp;
  cairo_surface_t *surface;
  cairo_t *cr;

  for (guint i = 0; i < n_stamps; i++)
    if (stamps[i].mark == mark && stamps[i].phase == phase && stamps[i].size == size)
      return &stamps[i];
  if (n_stamps == MAX_STAMPS)
    g_free (stamps[--n_stamps].coverage);
  stamp = &stamps[n_stamps++];
  *stamp = (Stamp){ .mark = mark, .phase = phase, .size = size, .side = 2 * (int) ceil (size + 2) + 1 };
  stamp->coverage = g_malloc ((gsize) stamp->side * (gsize) stamp->side);
  surface = cairo_image_surface_create (CAIRO_FORMAT_A8, stamp->side, stamp->side);
  cr = cairo_create (surface);
  add_mark (cr, mark, stamp->side / 2 + 0.5, stamp->side / 2 + phase / (double) PHASES, size);
  draw_marks (cr, size, is_hollow (mark));
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int row = 0; row < stamp->side; row++)
    memcpy (stamp->coverage + row * stamp->side,
            cairo_image_surface_get_data (surface) + row * cairo_image_surface_get_stride (surface), (gsize) stamp->side);
  cairo_surface_destroy (surface);
  return stamp;
}

void
bs_layer_markers (cairo_t *cr, guint n, const int *x, const double *y, const guint8 *marks, const guint8 *color_of,
                  double size, const GdkRGBA *colors, guint n_colors)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      for (guint i = 0; i < n; i++)
        if (marks[i] != BS_MARK_NONE && color_of[i] < n_colors && !isnan (y[i]))
          {
            double at = floor (y[i] * PHASES + 0.5) / PHASES;
            const Stamp *stamp = find_stamp (marks[i], (guint8) ((at - floor (at)) * PHASES), size);

            bs_raster_stamp (&raster, x[i] - stamp->side / 2, (int) floor (at) - stamp->side / 2, stamp->side,
                             stamp->side, stamp->coverage, &colors[color_of[i]]);
          }
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  for (guint c = 0; c < n_colors; c++)
    for (guint hollow = 0; hollow < 2; hollow++)
      {
        for (guint i = 0; i < n; i++)
          if (color_of[i] == c && !isnan (y[i]) && is_hollow (marks[i]) == (hollow == 1))
            add_mark (cr, marks[i], x[i] + 0.5, y[i], size);
        gdk_cairo_set_source_rgba (cr, &colors[c]);
        draw_marks (cr, size, hollow == 1);
      }
  cairo_restore (cr);
}
