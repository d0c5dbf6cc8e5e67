/* bs-chart-crosshair.c: one crosshair through all panes, on a layer of its own */
#include <math.h>

#include "ui/bs-number.h"
#include "ui/chart/bs-chart-private.h"
#include "ui/chart/layers/bs-layers.h"

/* The pane that a height (logical pixels) lies in, or NULL. */
static BsPane *
pane_at (BsChart *self, double y)
{
  for (guint i = 0; i < BS_N_PANES; i++)
    if (y * self->scale >= self->panes[i].top && y * self->scale < self->panes[i].top + self->panes[i].height)
      return &self->panes[i];
  return NULL;
}

static void
draw_time_label (BsChart *self, GtkSnapshot *snapshot, double x)
{
  char buffer[BS_TIME_LABEL_LENGTH];
  int plot = self->width - self->axis_width, width, height = bs_chart_text_height (self->text);
  int axis_top = self->height - bs_chart_time_axis_height (self);
  PangoLayout *layout;
  GskRoundedRect box;
  double left;

  bs_time_axis_format (bs_chart_data_time (self->data, self->crosshair_bar), bs_chart_data_bar_length (self->data),
                       self->zone, buffer);
  layout = bs_chart_text_layout (self->text, buffer, FALSE);
  pango_layout_get_pixel_size (layout, &width, NULL);
  left
    = CLAMP (round (x - width / 2.0), BS_CHART_MARGIN_PX, MAX (BS_CHART_MARGIN_PX, plot - width - BS_CHART_MARGIN_PX));
  gsk_rounded_rect_init_from_rect (&box,
                                   &GRAPHENE_RECT_INIT ((float) left - BS_CHART_MARGIN_PX, (float) axis_top + 2,
                                                        (float) width + 2 * BS_CHART_MARGIN_PX, (float) height + 6),
                                   3);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_LABEL), &box.bounds);
  gtk_snapshot_pop (snapshot);
  bs_chart_text_draw (snapshot, layout, left, axis_top + BS_CHART_MARGIN_PX - 1,
                      bs_palette_get (&self->palette, BS_COLOR_ON_LABEL));
}

void
bs_chart_draw_crosshair (BsChart *self, GtkSnapshot *snapshot)
{
  BsPane *pane = pane_at (self, self->crosshair_y);
  int plot = bs_chart_plot_width (self), bottom = (self->height - bs_chart_time_axis_height (self)) * self->scale;
  int x, y = pane != NULL ? (int) floor (self->crosshair_y * self->scale) : -1;
  cairo_t *cr;

  if (!self->crosshair_shown || plot <= 0 || bottom <= 0)
    return;
  x = bs_chart_view_center (&self->view, self->crosshair_bar);
  if (x < 0 || x >= plot)
    return;
  cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) plot / (float) self->scale, (float) bottom / (float) self->scale));
  cairo_scale (cr, 1.0 / self->scale, 1.0 / self->scale);
  bs_layer_crosshair (cr, x, y, plot, bottom, self->scale, bs_palette_get (&self->palette, BS_COLOR_CROSSHAIR));
  cairo_destroy (cr);

  draw_time_label (self, snapshot, (x + 0.5) / self->scale);
  if (pane != NULL && pane->settled)
    {
      char buffer[BS_NUMBER_LENGTH];
      double value = bs_chart_scale_value (&pane->scale, y - pane->top + 0.5);

      bs_chart_format_value (self, pane, value, buffer);
      bs_chart_draw_axis_label (self, snapshot, buffer, self->crosshair_y,
                                bs_palette_get (&self->palette, BS_COLOR_LABEL),
                                bs_palette_get (&self->palette, BS_COLOR_ON_LABEL));
    }
}

gint64
bs_chart_get_crosshair_time (BsChart *self)
{
  g_return_val_if_fail (BS_IS_CHART (self), BS_CHART_NO_TIME);

  if (self->crosshair_linked)
    return self->linked_time;
  if (!self->crosshair_shown || self->data == NULL || self->crosshair_bar < bs_chart_data_first (self->data)
      || self->crosshair_bar >= bs_chart_data_end (self->data))
    return BS_CHART_NO_TIME;
  return bs_chart_data_time (self->data, self->crosshair_bar);
}

void
bs_chart_crosshair_tell (BsChart *self)
{
  g_autofree char *text = NULL;
  gint64 time_us = bs_chart_get_crosshair_time (self);

  if (self->told_shown != self->crosshair_shown || (self->crosshair_shown && self->told_bar != self->crosshair_bar))
    {
      self->told_shown = self->crosshair_shown;
      self->told_bar = self->crosshair_bar;
      g_signal_emit_by_name (self, "crosshair-moved", self->crosshair_bar, self->crosshair_shown);
      text = bs_chart_describe (self);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      text != NULL ? text : "", -1);
      bs_chart_tell_view (self);
    }
  if (time_us != self->told_time)
    {
      self->told_time = time_us;
      bs_chart_notify_crosshair_time (self);
    }
}

void
bs_chart_crosshair_to_pointer (BsChart *self, double x, double y)
{
  if (!bs_chart_view_nearest (&self->view, x * self->scale, &self->crosshair_bar))
    return;
  self->crosshair_shown = TRUE;
  self->crosshair_linked = FALSE;
  self->crosshair_at_pointer = TRUE;
  self->crosshair_y = y;
  bs_chart_crosshair_tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_chart_crosshair_to_bar (BsChart *self, guint64 index)
{
  BsPane *pane = &self->panes[BS_PANE_PRICE];
  BsChartPoint point;

  g_return_if_fail (self->data != NULL);

  bs_chart_data_get (self->data, index, &point);
  self->crosshair_shown = TRUE;
  self->crosshair_linked = FALSE;
  self->crosshair_at_pointer = FALSE;
  self->crosshair_bar = index;
  if (self->measure.by_key)
    bs_chart_measure_to (self, index, point.bar.close);
  if (pane->settled)
    self->crosshair_y
      = (pane->top + CLAMP (bs_chart_scale_y (&pane->scale, point.bar.close), 0, pane->height - 1)) / self->scale;
  bs_chart_crosshair_tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_chart_crosshair_hide (BsChart *self)
{
  if (!self->crosshair_shown && !self->crosshair_linked)
    return;
  self->crosshair_shown = FALSE;
  self->crosshair_linked = FALSE;
  self->crosshair_at_pointer = FALSE;
  bs_chart_crosshair_tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The bar that linked_time lies in: the last that begins by then, or the first that ends by then or later. */
static gboolean
linked_bar (BsChart *self, guint64 *index)
{
  guint64 first, end, at;

  if (self->data == NULL)
    return FALSE;
  first = bs_chart_data_first (self->data);
  end = bs_chart_data_end (self->data);
  at = bs_chart_data_find_time (self->data, self->linked_time);
  if (bs_chart_data_stamp (self->data) == BS_STAMP_START)
    {
      if (at < end && bs_chart_data_time (self->data, at) == self->linked_time)
        at++;
      if (at == first)
        return FALSE;
      at--;
      /* Beyond the newest bar there is none. */
      if (at == end - 1 && bs_chart_data_bar_length (self->data) > 0
          && self->linked_time >= bs_chart_data_time (self->data, at) + bs_chart_data_bar_length (self->data))
        return FALSE;
    }
  *index = at;
  return at < end;
}

static void
place_linked (BsChart *self)
{
  guint64 from, to, bar;

  bs_chart_view_visible (&self->view, &from, &to);
  self->crosshair_shown = linked_bar (self, &bar) && bar >= from && bar < to;
  self->crosshair_at_pointer = FALSE;
  self->crosshair_y = -1;
  if (self->crosshair_shown)
    self->crosshair_bar = bar;
  bs_chart_crosshair_tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_chart_set_crosshair_time (BsChart *self, gint64 time_us)
{
  g_return_if_fail (BS_IS_CHART (self));

  if (time_us == bs_chart_get_crosshair_time (self))
    return;
  if (time_us == BS_CHART_NO_TIME)
    {
      bs_chart_crosshair_hide (self);
      return;
    }
  self->crosshair_linked = TRUE;
  self->linked_time = time_us;
  place_linked (self);
}

void
bs_chart_crosshair_keep (BsChart *self)
{
  guint64 from, to;

  if (self->crosshair_linked)
    {
      place_linked (self);
      return;
    }
  if (!self->crosshair_shown)
    return;
  bs_chart_view_visible (&self->view, &from, &to);
  if (from >= to)
    bs_chart_crosshair_hide (self);
  else if (self->crosshair_at_pointer)
    bs_chart_crosshair_to_pointer (self, self->pointer_x, self->pointer_y);
  else if (self->crosshair_bar < from || self->crosshair_bar >= to)
    bs_chart_crosshair_hide (self);
}
