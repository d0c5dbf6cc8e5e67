/* bs-chart-panes.c: the four panes: which range each has, and what it draws */
#include <glib/gi18n.h>

#include <math.h>

#include "ui/chart/bs-chart-private.h"
#include "ui/chart/layers/bs-layers.h"

#define LINE_WIDTH_PX 1.5
/** Of the price pane's height. */
#define VOLUME_SHARE 0.16
/** Bars narrower than this (logical pixels) show signals as a strip, and no dots. */
#define MIN_MARKER_BAR_PX 3.0
#define MIN_DOT_BAR_PX 6.0
#define MARKER_PX 9.0
#define MARKER_GAP_PX 5.0
#define STRIP_PX 3
/** With more bars in a pixel than this, the strip would be full everywhere. */
#define MAX_STRIP_BARS_PER_PX 16
#define ENVELOPE_ALPHA 0.6f

/** Arrays for the layers, [n] each, one element a slot. Made for a frame. */
typedef struct
{
  guint n;
  const BsChartSlot *slots;
  int left, right; /* pixel columns to be painted: left <= x < right */
  int *x;         /* pixel column of the middle */
  double *center; /* middle of that column */
  double *top, *bottom;
  int *open, *high, *low, *close;
  guint8 *which, *marks;
  gpointer block;
} Arrays;

static void
arrays_init (Arrays *self, guint n)
{
  guint8 *at;

  /* One block for all: they are large and live for a moment. */
  self->n = n;
  self->block = at = g_malloc ((gsize) MAX (n, 1) * (3 * sizeof (double) + 5 * sizeof (int) + 2));
  self->center = (double *) at, at += n * sizeof (double);
  self->top = (double *) at, at += n * sizeof (double);
  self->bottom = (double *) at, at += n * sizeof (double);
  self->x = (int *) at, at += n * sizeof (int);
  self->open = (int *) at, at += n * sizeof (int);
  self->high = (int *) at, at += n * sizeof (int);
  self->low = (int *) at, at += n * sizeof (int);
  self->close = (int *) at, at += n * sizeof (int);
  self->which = at, at += n;
  self->marks = at;
}

static void
arrays_clear (Arrays *self)
{
  g_free (self->block);
}

static int
pixel (const BsChartScale *scale, double value)
{
  double y = bs_chart_scale_y (scale, value);

  /* Far outside is as good as outside, and cairo's numbers end at 2^23. */
  return isnan (y) ? scale->bottom : (int) lrint (CLAMP (y, -100000, 100000));
}

static double
line_pixel (const BsChartScale *scale, double value)
{
  return CLAMP (bs_chart_scale_y (scale, value), -100000, 100000);
}

/* An empty pair of extremes is nothing to draw. */
static void
map_pair (const BsChartScale *scale, double min, double max, double *top, double *bottom)
{
  if (min > max)
    {
      *top = *bottom = NAN;
      return;
    }
  *top = line_pixel (scale, max);
  *bottom = line_pixel (scale, min);
}

/*
 * Where the run of slots that begins at @start ends: lines and areas are not drawn across a session break that has room on the
 * axis. Without such room, and in pixel columns, all is one run.
 */
static guint
run_end (const Arrays *a, guint start)
{
  guint i = start + 1;

  while (i < a->n && !a->slots[i].after_gap)
    i++;
  return MIN (i, a->n);
}

static void
draw_grid (BsChart *self, BsPane *pane, int left, int right, cairo_t *cr)
{
  double values[64];
  int x[G_N_ELEMENTS (self->ticks) + G_N_ELEMENTS (self->breaks)], y[G_N_ELEMENTS (values)];
  guint n = bs_chart_axis_ticks (self, pane, values, G_N_ELEMENTS (values)), n_x = 0;

  for (guint i = 0; i < n; i++)
    y[i] = pixel (&pane->scale, values[i]);
  for (guint i = 0; i < self->n_ticks; i++)
    {
      x[n_x] = (int) floor (bs_chart_view_x (&self->view, self->ticks[i].place));
      n_x += x[n_x] > left - self->scale && x[n_x] < right;
    }
  bs_layer_grid (cr, x, n_x, y, n, right, pane->height, self->scale, bs_palette_get (&self->palette, BS_COLOR_GRID));
  if (!self->shows[BS_CHART_SHOWS_SESSION_BREAKS])
    return;
  n_x = 0;
  for (guint i = 0; i < self->n_breaks; i++)
    {
      x[n_x] = (int) floor (bs_chart_view_x (&self->view, bs_chart_view_place (&self->view, self->breaks[i])));
      n_x += x[n_x] > left - self->scale && x[n_x] < right;
    }
  bs_layer_breaks (cr, x, n_x, pane->height, self->scale, bs_palette_get (&self->palette, BS_COLOR_BORDER));
}

/* A line across the pane, its dashes staying where they are on the time axis. */
static void
draw_level (BsChart *self, const BsChartScale *scale, double value, const Arrays *a, BsColorRole role, cairo_t *cr)
{
  if (bs_chart_has_bars (self))
    bs_layer_level (cr, pixel (scale, value), a->left, a->right, bs_chart_view_left (&self->view), self->scale,
                    bs_palette_get (&self->palette, role));
}

/* Widths in device pixels: odd with an odd wick, a pixel apart at least. */
static void
candle_widths (BsChart *self, int *wick, int *body)
{
  double bar = self->view.bar_width;

  *wick = MAX (1, self->scale);
  *body = MAX ((int) floor (bar * 0.8), 1);
  /* Too narrow for a body beside a wick: one bar from low to high, without gaps that would only dim it. */
  if (bar < 3 * self->scale)
    *body = *wick = MAX (1, (int) floor (bar));
  else if ((*body - *wick) % 2 != 0)
    *body -= 1;
  *body = MAX (*body, *wick);
}

int
bs_chart_body_width (BsChart *self)
{
  int wick, body;

  candle_widths (self, &wick, &body);
  return body;
}

int
bs_chart_volume_height (const BsPane *pane)
{
  return (int) ceil (pane->height * VOLUME_SHARE) + 1;
}

static gboolean
price_range (BsChart *self, const BsChartSummary *total, double *low, double *high)
{
  if (total->low > total->high)
    return FALSE;
  *low = self->style == BS_CHART_LINE ? total->close_min : total->low;
  *high = self->style == BS_CHART_LINE ? total->close_max : total->high;
  if (self->atr_multiple > 0 && self->shows[BS_CHART_SHOWS_BAND])
    for (guint i = self->slots.shown_from; i < self->slots.shown_to; i++)
      {
        const BsChartSlot *slot = &self->slots.slots[i];

        if (isnan (slot->band_atr))
          continue;
        *low = MIN (*low, slot->range.close_min - self->atr_multiple * slot->band_atr);
        *high = MAX (*high, slot->range.close_max + self->atr_multiple * slot->band_atr);
      }
  return TRUE;
}

static void
draw_volume (BsChart *self, BsPane *pane, Arrays *a, cairo_t *cr)
{
  GdkRGBA colors[2]
    = { *bs_palette_get (&self->palette, BS_COLOR_VOLUME_DOWN), *bs_palette_get (&self->palette, BS_COLOR_VOLUME_UP) };
  double height = pane->height * VOLUME_SHARE;
  int wick, body;

  if (!(self->total.volume_max > 0) || !self->shows[BS_CHART_SHOWS_VOLUME])
    return;
  candle_widths (self, &wick, &body);
  for (guint i = 0; i < a->n; i++)
    {
      double volume = a->slots[i].range.volume_max;

      a->open[i] = a->x[i] - (body - wick) / 2;
      a->top[i] = volume > 0 ? pane->height - height * volume / self->total.volume_max : NAN;
    }
  bs_layer_columns (cr, a->n, a->open, a->top, a->which, body, pane->height, colors, 2);
}

static void
draw_band (BsChart *self, BsPane *pane, Arrays *a, cairo_t *cr)
{
  if (!(self->atr_multiple > 0) || !self->shows[BS_CHART_SHOWS_BAND])
    return;
  for (guint i = 0; i < a->n; i++)
    {
      const BsChartSlot *slot = &a->slots[i];
      double half = self->atr_multiple * slot->band_atr;

      /* Of a pixel column, the widest that the band can have been there. */
      map_pair (&pane->scale, slot->range.close_min - half, slot->range.close_max + half, &a->top[i], &a->bottom[i]);
    }
  if (self->slots.columns)
    bs_layer_band_columns (cr, a->n, a->x, a->top, a->bottom, self->scale,
                           bs_palette_get (&self->palette, BS_COLOR_ATR_BAND),
                           bs_palette_get (&self->palette, BS_COLOR_ATR_BAND_EDGE));
  else
    for (guint i = 0, end; i < a->n; i = end)
      {
        end = run_end (a, i);
        bs_layer_band (cr, end - i, a->center + i, a->top + i, a->bottom + i, self->scale,
                       bs_palette_get (&self->palette, BS_COLOR_ATR_BAND),
                       bs_palette_get (&self->palette, BS_COLOR_ATR_BAND_EDGE));
      }
}

/* A line of one value: its top and bottom are in a. Where it is an envelope, a light one: much ink would say nothing. */
static void
draw_series (BsChart *self, Arrays *a, BsColorRole role, cairo_t *cr)
{
  double width = LINE_WIDTH_PX * self->scale;

  if (self->slots.columns)
    {
      GdkRGBA color = *bs_palette_get (&self->palette, role);

      color.alpha *= ENVELOPE_ALPHA;
      bs_layer_envelope (cr, a->n, a->x, a->top, a->bottom, width, &color);
    }
  else
    for (guint i = 0, end; i < a->n; i = end)
      {
        end = run_end (a, i);
        bs_layer_line (cr, end - i, a->center + i, a->top + i, width, bs_palette_get (&self->palette, role));
      }
}

static void
draw_candles (BsChart *self, BsPane *pane, Arrays *a, cairo_t *cr)
{
  const GdkRGBA *up = bs_palette_get (&self->palette, BS_COLOR_UP), *down = bs_palette_get (&self->palette, BS_COLOR_DOWN);
  int wick, body;

  candle_widths (self, &wick, &body);
  for (guint i = 0; i < a->n; i++)
    {
      const BsChartSlot *slot = &a->slots[i];

      a->open[i] = pixel (&pane->scale, slot->open);
      a->close[i] = pixel (&pane->scale, slot->close);
      a->high[i] = pixel (&pane->scale, slot->range.high);
      a->low[i] = pixel (&pane->scale, slot->range.low);
      a->x[i] -= (wick - 1) / 2;
    }
  if (self->style == BS_CHART_BARS)
    bs_layer_bars (cr, a->n, a->x, a->open, a->high, a->low, a->close, a->which, wick, (body - wick) / 2, up, down);
  else
    bs_layer_candles (cr, a->n, a->x, a->open, a->high, a->low, a->close, a->which, wick, body, up, down);
  for (guint i = 0; i < a->n; i++)
    a->x[i] += (wick - 1) / 2;
}

static void
draw_close_line (BsChart *self, BsPane *pane, Arrays *a, cairo_t *cr)
{
  for (guint i = 0; i < a->n; i++)
    {
      const BsChartSlot *slot = &a->slots[i];

      /* A bar's close in full precision; in a column, the extremes. */
      if (self->slots.columns)
        map_pair (&pane->scale, slot->range.close_min, slot->range.close_max, &a->top[i], &a->bottom[i]);
      else
        a->top[i] = line_pixel (&pane->scale, slot->close);
    }
  draw_series (self, a, BS_COLOR_SERIES_0, cr);
}

static BsMark
mark_of (const BsChartSlot *slot)
{
  switch (slot->signal)
    {
    case BS_CLASS_LONG:
      return slot->starts ? BS_MARK_UP : BS_MARK_DOT;
    case BS_CLASS_SHORT:
      return slot->starts ? BS_MARK_DOWN : BS_MARK_DOT;
    case BS_CLASS_HOLD:
      /* Held back by the threshold: seen where it would have begun. */
      if (slot->raw_starts && slot->raw_signal == BS_CLASS_LONG)
        return BS_MARK_HOLLOW_UP;
      if (slot->raw_starts && slot->raw_signal == BS_CLASS_SHORT)
        return BS_MARK_HOLLOW_DOWN;
      return BS_MARK_NONE;
    default:
      return BS_MARK_NONE;
    }
}

/* A triangle where a signal begins, a dot for each bar that it goes on. */
static void
draw_markers (BsChart *self, BsPane *pane, Arrays *a, cairo_t *cr)
{
  GdkRGBA colors[2]
    = { *bs_palette_get (&self->palette, BS_COLOR_SHORT), *bs_palette_get (&self->palette, BS_COLOR_LONG) };
  double gap = MARKER_GAP_PX * self->scale;

  for (guint pass = 0; pass < 2; pass++)
    {
      /* Dots are small, triangles are not: one pass each. */
      for (guint i = 0; i < a->n; i++)
        {
          const BsChartSlot *slot = &a->slots[i];
          BsMark mark = mark_of (slot);
          guint8 klass = slot->signal == BS_CLASS_HOLD ? slot->raw_signal : slot->signal;

          a->which[i] = klass == BS_CLASS_LONG;
          a->marks[i] = (guint8) ((mark == BS_MARK_DOT) == (pass == 0) ? mark : BS_MARK_NONE);
          a->top[i] = klass == BS_CLASS_LONG ? pixel (&pane->scale, slot->range.low) + gap
                                             : pixel (&pane->scale, slot->range.high) - gap;
        }
      bs_layer_markers (cr, a->n, a->x, a->top, a->marks, a->which, (pass == 0 ? 3 : MARKER_PX) * self->scale, colors,
                        2);
    }
}

/* Zoomed out, two thin rows at the foot: where there was any long, and any short. */
static void
draw_signal_strip (BsChart *self, BsPane *pane, Arrays *a, cairo_t *cr)
{
  static const BsClass classes[2] = { BS_CLASS_SHORT, BS_CLASS_LONG };
  int height = STRIP_PX * self->scale, width = MAX (1, (int) floor (self->view.bar_width));

  for (guint row = 0; row < 2; row++)
    {
      GdkRGBA color = *bs_palette_get (&self->palette, row == 0 ? BS_COLOR_SHORT : BS_COLOR_LONG);
      int bottom = pane->height - (int) row * height;

      for (guint i = 0; i < a->n; i++)
        {
          a->marks[i] = 0;
          a->top[i] = a->slots[i].range.signals & (1u << classes[row]) ? bottom - height : NAN;
        }
      bs_layer_columns (cr, a->n, a->x, a->top, a->marks, width, bottom, &color, 1);
    }
}

/* The slots of which anything can be seen in pixel columns @left <= x < @right, and two more on either side for the lines there. */
static void
read_arrays (BsChart *self, Arrays *a, int left, int right)
{
  const BsChartSlot *slots = self->slots.slots;
  int reach = bs_chart_reach (self);
  guint from = 0, to = self->slots.n;

  for (guint end = to; from < end;)
    {
      guint middle = from + (end - from) / 2;

      if (slots[middle].x < left - reach)
        from = middle + 1;
      else
        end = middle;
    }
  while (to > from && slots[to - 1].x >= right + reach)
    to--;
  from -= MIN (from, 2);
  to = MIN (to + 2, self->slots.n);
  arrays_init (a, to - from);
  a->slots = slots != NULL ? slots + from : NULL;
  a->left = left;
  a->right = right;
  for (guint i = 0; i < a->n; i++)
    {
      const BsChartSlot *slot = &a->slots[i];

      a->x[i] = slot->x;
      a->center[i] = slot->x + 0.5;
      a->which[i] = slot->close >= slot->open;
    }
}

static void
price_draw (BsChart *self, BsPane *pane, int left, int right, cairo_t *cr)
{
  Arrays a;

  draw_grid (self, pane, left, right, cr);
  read_arrays (self, &a, left, right);
  bs_chart_draw_layers (self, pane, BS_CHART_LAYER_UNDER, bs_chart_body_width (self), cr);
  draw_volume (self, pane, &a, cr);
  draw_band (self, pane, &a, cr);
  if (self->style == BS_CHART_LINE)
    draw_close_line (self, pane, &a, cr);
  else
    draw_candles (self, pane, &a, cr);
  if (!self->shows[BS_CHART_SHOWS_SIGNALS])
    ;
  else if (self->view.bar_width >= MIN_MARKER_BAR_PX * self->scale)
    draw_markers (self, pane, &a, cr);
  else if (self->view.bar_width * MAX_STRIP_BARS_PER_PX >= 1)
    draw_signal_strip (self, pane, &a, cr);
  arrays_clear (&a);
}

static gboolean
hurst_range (BsChart *self, const BsChartSummary *total, double *low, double *high)
{
  *low = 0.4;
  *high = 0.6;
  if (total->hurst_min <= total->hurst_max)
    {
      *low = MIN (*low, total->hurst_min);
      *high = MAX (*high, total->hurst_max);
    }
  return TRUE;
}

static void
hurst_draw (BsChart *self, BsPane *pane, int left, int right, cairo_t *cr)
{
  double middle = bs_chart_scale_y (&pane->scale, 0.5);
  Arrays a;

  draw_grid (self, pane, left, right, cr);
  read_arrays (self, &a, left, right);
  for (guint i = 0; i < a.n; i++)
    {
      const BsChartSummary *r = &a.slots[i].range;

      map_pair (&pane->scale, r->hurst_min, r->hurst_max, &a.top[i], &a.bottom[i]);
      a.top[i] = (a.top[i] + a.bottom[i]) / 2;
    }
  if (self->slots.columns)
    bs_layer_shading_columns (cr, a.n, a.x, a.top, middle, bs_palette_get (&self->palette, BS_COLOR_TRENDING),
                              bs_palette_get (&self->palette, BS_COLOR_REVERTING));
  else
    for (guint i = 0, end; i < a.n; i = end)
      {
        end = run_end (&a, i);
        bs_layer_shading (cr, end - i, a.center + i, a.top + i, middle, bs_palette_get (&self->palette, BS_COLOR_TRENDING),
                          bs_palette_get (&self->palette, BS_COLOR_REVERTING));
      }
  draw_level (self, &pane->scale, 0.5, &a, BS_COLOR_BORDER, cr);
  for (guint i = 0; i < a.n; i++)
    {
      const BsChartSummary *r = &a.slots[i].range;

      map_pair (&pane->scale, r->hurst_min, r->hurst_max, &a.top[i], &a.bottom[i]);
    }
  draw_series (self, &a, BS_COLOR_HURST, cr);
  if (self->view.bar_width >= MIN_DOT_BAR_PX * self->scale)
    {
      for (guint i = 0; i < a.n; i++)
        {
          a.which[i] = 0;
          a.marks[i] = a.slots[i].hurst_computed ? BS_MARK_DOT : BS_MARK_NONE;
        }
      bs_layer_markers (cr, a.n, a.x, a.top, a.marks, a.which, 4.0 * self->scale,
                        bs_palette_get (&self->palette, BS_COLOR_HURST), 1);
    }
  arrays_clear (&a);
}

static gboolean
atr_range (BsChart *self, const BsChartSummary *total, double *low, double *high)
{
  *low = total->atr_min;
  *high = total->atr_max;
  return *low <= *high;
}

static void
atr_draw (BsChart *self, BsPane *pane, int left, int right, cairo_t *cr)
{
  Arrays a;

  draw_grid (self, pane, left, right, cr);
  read_arrays (self, &a, left, right);
  for (guint i = 0; i < a.n; i++)
    {
      const BsChartSummary *r = &a.slots[i].range;

      map_pair (&pane->scale, r->atr_min, r->atr_max, &a.top[i], &a.bottom[i]);
    }
  draw_series (self, &a, BS_COLOR_ATR, cr);
  arrays_clear (&a);
}

static gboolean
confidence_range (BsChart *self, const BsChartSummary *total, double *low, double *high)
{
  /* The largest of three probabilities is a third at least. */
  *low = 0.3;
  *high = 1.0;
  return TRUE;
}

static void
confidence_draw (BsChart *self, BsPane *pane, int left, int right, cairo_t *cr)
{
  GdkRGBA colors[BS_N_CLASSES];
  int wick, body;
  Arrays a;

  for (guint i = 0; i < BS_N_CLASSES; i++)
    {
      colors[i] = *bs_palette_get (&self->palette, i == BS_CLASS_LONG    ? BS_COLOR_LONG
                                                   : i == BS_CLASS_SHORT ? BS_COLOR_SHORT
                                                                         : BS_COLOR_HOLD);
      colors[i].alpha *= i == BS_CLASS_HOLD ? 0.25f : 0.5f;
    }
  draw_grid (self, pane, left, right, cr);
  read_arrays (self, &a, left, right);
  candle_widths (self, &wick, &body);
  for (guint i = 0; i < a.n; i++)
    {
      const BsChartSlot *slot = &a.slots[i];

      map_pair (&pane->scale, slot->range.confidence_min, slot->range.confidence_max, &a.top[i], &a.bottom[i]);
      a.which[i] = slot->signal;
      a.open[i] = a.x[i] - (body - wick) / 2;
    }
  if (!self->slots.columns)
    bs_layer_columns (cr, a.n, a.open, a.top, a.which, body, pane->height, colors, BS_N_CLASSES);
  draw_level (self, &pane->scale, self->threshold, &a, BS_COLOR_THRESHOLD, cr);
  draw_series (self, &a, BS_COLOR_CONFIDENCE, cr);
  arrays_clear (&a);
}

const BsPaneClass bs_pane_classes[BS_N_PANES] = {
  [BS_PANE_PRICE] = { "price", N_ ("Price"), 0.60, 30, 0.20, price_range, price_draw },
  [BS_PANE_HURST] = { "hurst", N_ ("Hurst"), 0.14, 20, 0.08, hurst_range, hurst_draw },
  [BS_PANE_ATR] = { "atr", N_ ("ATR"), 0.12, 20, 0.08, atr_range, atr_draw },
  [BS_PANE_CONFIDENCE] = { "confidence", N_ ("Confidence"), 0.14, 14, 0, confidence_range, confidence_draw },
};
