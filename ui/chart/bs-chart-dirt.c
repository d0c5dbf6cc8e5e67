/* bs-chart-dirt.c: what of the panes' images is out of date in a frame, so that nothing else is painted again */
#include <math.h>
#include <string.h>

#include "ui/chart/bs-chart-private.h"

/** Beside the middle of a bar, logical pixels: half a marker with its outline. */
#define MARKER_REACH_PX 8
/** Bars after the oldest whose values may change when that leaves: the longest average of the band. */
#define WARM_UP_BARS (BS_CHART_ATR_MAX_PERIOD + 128)

void
bs_chart_bars_changed (BsChart *self, guint64 from, guint64 to)
{
  if (from >= to)
    return;
  self->changes.from = MIN (self->changes.from, from);
  self->changes.to = MAX (self->changes.to, to);
}

int
bs_chart_reach (BsChart *self)
{
  return MARKER_REACH_PX * self->scale + (int) ceil (self->view.bar_width) + 2;
}

/* Pixel columns of the view that changed bars, and what is drawn between them and their neighbours, lie in. */
static void
changed_columns (BsChart *self, gint64 *from, gint64 *to)
{
  BsChartChanges *changes = &self->changes;
  guint64 first, end;

  *from = *to = 0;
  if (changes->from >= changes->to)
    return;
  *to = self->view.width;
  if (self->data == NULL)
    return;
  first = bs_chart_data_first (self->data);
  end = bs_chart_data_end (self->data);
  if (first == end)
    return;
  *from = bs_chart_view_center (&self->view, CLAMP (changes->from, first + 1, end) - 1) - bs_chart_reach (self);
  /* Bars that have gone leave nothing behind, to the right edge. */
  if (changes->to < end)
    *to = bs_chart_view_center (&self->view, MAX (changes->to, first)) + bs_chart_reach (self);
}

/* Vertical lines in view: of the time axis, and of session breaks. */
static guint
read_lines (BsChart *self, gint64 *lines)
{
  gint64 left = bs_chart_view_left (&self->view);
  guint n = 0, i = 0, k = 0;

  while (i < self->n_ticks || k < self->n_breaks)
    {
      gint64 tick = G_MAXINT64, at = G_MAXINT64;

      if (i < self->n_ticks)
        tick = left + (gint64) floor (bs_chart_view_x (&self->view, self->ticks[i].place));
      if (k < self->n_breaks)
        at = left + (gint64) floor (bs_chart_view_x (&self->view, bs_chart_view_place (&self->view, self->breaks[k])));
      /* Twice at one place is another thing to see than once: a sum tells the two from each other. */
      lines[n++] = 2 * MIN (tick, at) + (at < tick);
      if (tick <= at)
        i++;
      else
        k++;
    }
  return n;
}

/* Where a line has come or gone. */
static void
compare_lines (BsChart *self, BsChartCanvas *canvas, const gint64 *lines, guint n)
{
  const BsChartChanges *was = &self->changes;
  guint i = 0, k = 0;

  while (i < n || k < was->n_lines)
    {
      gint64 a = i < n ? lines[i] : G_MAXINT64, b = k < was->n_lines ? was->lines[k] : G_MAXINT64;

      if (a != b)
        {
          gint64 x = (MIN (a, b) >> 1) - canvas->left;

          bs_chart_canvas_add_dirt (canvas, x, x + self->scale, BS_CHART_CANVAS_ALL);
        }
      i += a <= b;
      k += b <= a;
    }
}

static void
pane_key (BsChart *self, const BsPane *pane, BsPaneKey *key)
{
  memset (key, 0, sizeof *key);
  key->bar_width = self->view.bar_width;
  key->low = pane->scale.low;
  key->high = pane->scale.high;
  key->percent_of = pane->scale.percent_of;
  key->places = self->view.places;
  key->places_data = self->view.places_data;
  key->scale = self->scale;
  key->log = pane->scale.log;
}

void
bs_chart_find_dirt (BsChart *self)
{
  BsChartChanges *changes = &self->changes;
  guint64 first = self->data != NULL ? bs_chart_data_first (self->data) : 0;
  gint64 from, to, lines[G_N_ELEMENTS (changes->lines)];
  guint n_lines = read_lines (self, lines);

  /* Averages and Heikin-Ashi candles begin anew with the oldest bar. */
  if (first != changes->first && self->slots.n > 0 && self->slots.slots[0].from < first + WARM_UP_BARS)
    self->repaint = TRUE;
  changed_columns (self, &from, &to);
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      BsPane *pane = &self->panes[i];
      gboolean price = i == BS_PANE_PRICE;
      BsPaneKey key;

      if (!pane->shown)
        {
          bs_chart_canvas_clear (&pane->canvas);
          continue;
        }
      pane_key (self, pane, &key);
      bs_chart_canvas_resize (&pane->canvas, bs_chart_plot_width (self), pane->height);
      bs_chart_canvas_move (&pane->canvas, bs_chart_view_left (&self->view));
      if (self->repaint || memcmp (&key, &pane->key, sizeof key) != 0
          || (price && (changes->atr_missing || self->atr_missing || bs_chart_has_layers (self, BS_CHART_LAYER_UNDER))))
        bs_chart_canvas_add_dirt (&pane->canvas, 0, G_MAXINT, BS_CHART_CANVAS_ALL);
      else
        {
          bs_chart_canvas_add_dirt (&pane->canvas, from, to, BS_CHART_CANVAS_ALL);
          compare_lines (self, &pane->canvas, lines, n_lines);
          if (price && changes->volume_max != self->total.volume_max)
            bs_chart_canvas_add_dirt (&pane->canvas, 0, G_MAXINT, BS_CHART_CANVAS_FOOT);
        }
      pane->key = key;
    }
  self->repaint = FALSE;
  changes->from = G_MAXUINT64;
  changes->to = 0;
  changes->first = first;
  changes->atr_missing = self->atr_missing;
  changes->volume_max = self->total.volume_max;
  memcpy (changes->lines, lines, n_lines * sizeof *lines);
  changes->n_lines = n_lines;
}
