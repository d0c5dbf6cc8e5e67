/* bs-chart-draw.c: a frame: what is in view, the panes' ranges, and the nodes that are kept while nothing changes */
#include <math.h>

#include "ui/bs-number.h"
#include "ui/chart/bs-chart-private.h"
#include "ui/chart/layers/bs-layers.h"

#define MIN_AXIS_WIDTH_PX 60
/** Between two labels of the time axis, logical pixels. */
#define TIME_LABEL_DISTANCE_PX 84
#define BREAK_DISTANCE_PX 24
/** A range that is wider than it must be narrows when the data fill less than this of it. */
#define RANGE_LOOSE 0.8
/** Share of the room around the data that is kept also while the range glides. */
#define RANGE_LEAST_ROOM 0.25
/** Time constant of gliding, us. */
#define GLIDE_US 70000
/** Values of the band's own ATR that a frame computes at most: half a millisecond. */
#define ATR_BARS_A_FRAME 50000
/** Widths of the value axis go in steps, so that it rarely changes. */
#define AXIS_STEP_PX 6

void
bs_chart_clear_nodes (BsChart *self)
{
  for (guint i = 0; i < BS_N_PANES; i++)
    g_clear_pointer (&self->panes[i].node, gsk_render_node_unref);
  g_clear_pointer (&self->frame_node, gsk_render_node_unref);
}

/* The data's range, with room for the read-out above and the volume below. */
static void
pad_range (BsChart *self, const BsPane *pane, const BsPaneClass *klass, double *low, double *high)
{
  double top = MIN (klass->top_room_px * self->scale, pane->height * 0.3);
  double bottom = klass->bottom_room * pane->height;
  double inner = MAX (pane->height - top - bottom, 1);
  double a = *low, b = *high;
  gboolean logarithmic = pane->scale.log && a > 0;

  if (logarithmic)
    {
      a = log (a);
      b = log (b);
    }
  if (b - a <= 0)
    {
      double room = a != 0 ? fabs (a) * 5e-4 : 1;

      a -= room;
      b += room;
    }
  *low = a - (b - a) * bottom / inner;
  *high = b + (b - a) * top / inner;
  if (logarithmic)
    {
      *low = exp (*low);
      *high = exp (*high);
    }
}

/*
 * Sets the range of a pane. The axis rests while the data move within it, and glides once they come near its edge or leave
 * much of it empty. Returns TRUE where it glides on.
 */
static gboolean
settle_range (BsChart *self, BsPane *pane, const BsPaneClass *klass, double share)
{
  double low, high, old_low = pane->scale.low, old_high = pane->scale.high, data_low, data_high;

  if (!pane->automatic || !klass->range (self, &self->total, &low, &high))
    return FALSE;
  data_low = low;
  data_high = high;
  pad_range (self, pane, klass, &low, &high);
  if (!pane->settled || share >= 1)
    {
      if (low != old_low || high != old_high || !pane->settled)
        bs_chart_scale_set_range (&pane->scale, low, high);
      pane->settled = TRUE;
      pane->gliding = FALSE;
      return FALSE;
    }
  /* Nothing in view is cut off, in no frame. */
  old_low = MIN (old_low, data_low + (low - data_low) * RANGE_LEAST_ROOM);
  old_high = MAX (old_high, data_high + (high - data_high) * RANGE_LEAST_ROOM);
  if (old_low > (data_low + low) / 2 || old_high < (data_high + high) / 2
      || high - low < (old_high - old_low) * RANGE_LOOSE)
    pane->gliding = TRUE;
  if (pane->gliding)
    {
      old_low += (low - old_low) * share;
      old_high += (high - old_high) * share;
      if (fabs (low - old_low) + fabs (high - old_high) < (high - low) * 2e-3)
        {
          old_low = low;
          old_high = high;
          pane->gliding = FALSE;
        }
    }
  bs_chart_scale_set_range (&pane->scale, old_low, old_high);
  return pane->gliding;
}

static gboolean
glide_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsChart *self = BS_CHART (widget);

  self->glide_id = 0;
  self->moved = TRUE;
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

/* The share of its way that a gliding range goes in this frame; 1 where nothing is to glide. */
static double
glide_share (BsChart *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  gboolean animated = TRUE;
  gint64 now, last = self->last_frame_us;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animated, NULL);
  if (clock == NULL || !animated)
    return 1;
  now = gdk_frame_clock_get_frame_time (clock);
  self->last_frame_us = now;
  if (last == 0)
    return 1;
  return 1 - exp (-(double) CLAMP (now - last, 1000, 50000) / GLIDE_US);
}

static void
place_panes (BsChart *self)
{
  int space = (self->height - bs_chart_time_axis_height (self)) * self->scale + self->scale;
  double weights = 0, done = 0;
  int top = 0;

  for (guint i = 0; i < BS_N_PANES; i++)
    if (self->panes[i].shown)
      {
        weights += self->panes[i].weight;
        space -= self->scale; /* a hairline above each but the first */
      }
  space = MAX (space, 0);
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      BsPane *pane = &self->panes[i];
      int from = (int) lrint (space * done / weights), to;

      if (!pane->shown)
        {
          pane->top = top;
          pane->height = 0;
          pane->settled = FALSE;
          continue;
        }
      done += pane->weight;
      to = (int) lrint (space * done / weights);
      pane->top = top;
      pane->height = MAX (to - from, 1);
      pane->scale.top = 0;
      pane->scale.bottom = pane->height;
      top += pane->height + self->scale;
    }
}

/* Widens the value axis where a label needs it. Returns TRUE where it did. */
static gboolean
fit_axis (BsChart *self)
{
  int needed = MIN_AXIS_WIDTH_PX;
  char buffer[BS_NUMBER_LENGTH];

  for (guint i = 0; i < BS_N_PANES; i++)
    {
      BsPane *pane = &self->panes[i];

      for (guint end = 0; end < 2 && pane->settled; end++)
        {
          bs_chart_format_value (self, pane, end == 0 ? pane->scale.low : pane->scale.high, buffer);
          needed = MAX (needed, bs_chart_text_width (self->text, buffer, FALSE) + 2 * BS_CHART_MARGIN_PX);
        }
    }
  needed = (needed + AXIS_STEP_PX - 1) / AXIS_STEP_PX * AXIS_STEP_PX;
  if (needed <= self->axis_width)
    return FALSE;
  self->axis_width = needed;
  return TRUE;
}

static void
read_view (BsChart *self)
{
  bs_chart_view_set_size (&self->view, bs_chart_plot_width (self), self->scale);
  if (self->data == NULL)
    {
      self->slots.n = self->slots.shown_from = self->slots.shown_to = 0;
      self->n_ticks = self->n_breaks = 0;
      bs_chart_slots_total (&self->slots, &self->total);
      return;
    }
  bs_chart_set_view_range (self);
  bs_chart_apply_wanted (self);
  bs_chart_slots_read (&self->slots, self->data, &self->view, bs_chart_reach (self));
  self->atr_missing = FALSE;
  if (self->atr_period > 0 && self->shows[BS_CHART_SHOWS_BAND])
    {
      if (self->own_atr == NULL)
        self->own_atr = bs_chart_atr_new (self->atr_period);
      self->atr_missing = !bs_chart_atr_extend (self->own_atr, self->data, ATR_BARS_A_FRAME);
      bs_chart_slots_set_atr (&self->slots, self->own_atr);
    }
  if (self->style == BS_CHART_HEIKIN_ASHI)
    bs_chart_slots_heikin_ashi (&self->slots, self->data);
  if (self->axis == BS_CHART_AXIS_PERCENT && self->slots.shown_to > self->slots.shown_from)
    {
      BsChartPoint first;

      bs_chart_data_get (self->data, self->slots.slots[self->slots.shown_from].from, &first);
      self->panes[BS_PANE_PRICE].scale.percent_of = first.bar.close > 0 ? first.bar.close : 0;
    }
  bs_chart_slots_total (&self->slots, &self->total);
  self->n_ticks = bs_time_axis_ticks (self->data, &self->view, self->zone, TIME_LABEL_DISTANCE_PX * self->scale,
                                      self->ticks, G_N_ELEMENTS (self->ticks));
  self->n_breaks = bs_time_axis_breaks (self->data, &self->view, BREAK_DISTANCE_PX * self->scale, self->breaks,
                                        G_N_ELEMENTS (self->breaks));
}

void
bs_chart_prepare (BsChart *self)
{
  gboolean gliding = FALSE;
  double share;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, GTK_WIDGET (self));
      self->palette_read = self->moved = self->repaint = TRUE;
    }
  if (!self->moved)
    return;
  self->moved = FALSE;
  bs_chart_clear_nodes (self);
  share = glide_share (self);
  place_panes (self);
  do
    {
      read_view (self);
      gliding = FALSE;
      for (guint i = 0; i < BS_N_PANES; i++)
        if (self->panes[i].shown)
          gliding |= settle_range (self, &self->panes[i], &bs_pane_classes[i], share);
      /* A wider axis leaves less room for bars, and other ones may be the extremes. It only ever grows. */
    }
  while (fit_axis (self));
  self->wanted.pending = FALSE;
  bs_chart_find_dirt (self);
  if ((gliding || self->atr_missing) && self->glide_id == 0)
    self->glide_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), glide_tick, NULL, NULL);
}

typedef struct
{
  BsChart *chart;
  BsPane *pane;
} Paint;

static void
paint_strip (gpointer data, int left, int right, cairo_t *cr)
{
  Paint *self = data;

  bs_layer_background (cr, left, right - left, self->pane->height,
                       bs_palette_get (&self->chart->palette, BS_COLOR_BACKGROUND));
  bs_pane_classes[self->pane - self->chart->panes].draw (self->chart, self->pane, left, right, cr);
}

/*
 * Painted into an image once, not kept as what to paint: the renderer then copies the part that it needs when only the
 * crosshair has moved.
 */
static void
append_bars (BsChart *self, BsPane *pane, GtkSnapshot *snapshot)
{
  int width = bs_chart_plot_width (self);
  graphene_rect_t bounds
    = GRAPHENE_RECT_INIT (0, (float) pane->top / (float) self->scale, (float) width / (float) self->scale,
                          (float) pane->height / (float) self->scale);
  gboolean layers = pane == &self->panes[BS_PANE_PRICE] && bs_chart_has_layers (self, BS_CHART_LAYER_OVER);
  cairo_t *cr;

  if (!self->vectors)
    {
      bs_chart_canvas_paint (&pane->canvas, bs_chart_volume_height (pane), paint_strip, &(Paint){ self, pane });
      bs_chart_canvas_append (&pane->canvas, snapshot, &bounds, self->scale);
    }
  if (!self->vectors && !layers)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_scale (cr, 1.0 / self->scale, 1.0 / self->scale);
  cairo_translate (cr, 0, pane->top);
  cairo_rectangle (cr, 0, 0, width, pane->height);
  cairo_clip (cr);
  if (self->vectors)
    bs_pane_classes[pane - self->panes].draw (self, pane, 0, width, cr);
  if (layers)
    bs_chart_draw_layers (self, pane, BS_CHART_LAYER_OVER, bs_chart_body_width (self), cr);
  cairo_destroy (cr);
}

static GskRenderNode *
make_pane_node (BsChart *self, BsPane *pane)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  append_bars (self, pane, snapshot);
  if (pane->settled && bs_chart_has_bars (self))
    bs_chart_draw_value_axis (self, pane, snapshot);
  return gtk_snapshot_free_to_node (snapshot);
}

void
bs_chart_draw (BsChart *self, GtkSnapshot *snapshot)
{
  bs_chart_prepare (self);
  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BACKGROUND),
                             &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height));
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      BsPane *pane = &self->panes[i];

      if (!pane->shown)
        continue;
      if (pane->node == NULL)
        pane->node = make_pane_node (self, pane);
      if (pane->node != NULL)
        gtk_snapshot_append_node (snapshot, pane->node);
    }
  if (self->frame_node == NULL)
    self->frame_node = bs_chart_make_frame_node (self);
  if (self->frame_node != NULL)
    gtk_snapshot_append_node (snapshot, self->frame_node);
  if (bs_chart_has_bars (self))
    {
      bs_chart_draw_measure (self, snapshot);
      bs_chart_draw_crosshair (self, snapshot);
      bs_chart_draw_readouts (self, snapshot);
    }
}
