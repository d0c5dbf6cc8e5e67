/* bs-chart-axes.c: what stands on the axes: round values, the newest price, times, and the hairlines between panes */
#include <math.h>

#include "ui/bs-number.h"
#include "ui/chart/bs-chart-private.h"

/** Between two labels of a value axis, logical pixels. */
#define VALUE_LABEL_DISTANCE_PX 38

int
bs_chart_time_axis_height (BsChart *self)
{
  return bs_chart_text_height (self->text) + 2 * BS_CHART_MARGIN_PX - 2;
}

guint
bs_chart_pane_decimals (BsChart *self, const BsPane *pane)
{
  guint decimals = self->data != NULL ? bs_chart_data_decimals (self->data) : 2;

  switch ((BsPaneKind) (pane - self->panes))
    {
    case BS_PANE_PRICE:
      return decimals;
    case BS_PANE_ATR:
      return decimals + 1;
    case BS_PANE_HURST:
    case BS_PANE_CONFIDENCE:
    case BS_N_PANES:
    default:
      return 2;
    }
}

const char *
bs_chart_format_value (BsChart *self, const BsPane *pane, double value, char *buffer)
{
  char number[BS_NUMBER_LENGTH];
  double percent;

  if (!(pane->scale.percent_of > 0))
    return bs_number_format (buffer, value, bs_chart_pane_decimals (self, pane));
  percent = bs_chart_scale_percent (&pane->scale, value);
  if (fabs (percent) < 0.005)
    percent = 0;
  g_snprintf (buffer, BS_NUMBER_LENGTH, "%s %%", bs_number_format_signed (number, percent, 2));
  return buffer;
}

guint
bs_chart_axis_ticks (BsChart *self, const BsPane *pane, double *ticks, guint max)
{
  double distance = MIN (VALUE_LABEL_DISTANCE_PX, MAX (20, pane->height / self->scale / 3)) * self->scale;

  return bs_chart_scale_ticks (&pane->scale, pow (10, -(double) bs_chart_pane_decimals (self, pane)), distance, ticks,
                               max);
}

void
bs_chart_draw_axis_label (BsChart *self, GtkSnapshot *snapshot, const char *text, double y, const GdkRGBA *background,
                          const GdkRGBA *color)
{
  PangoLayout *layout = bs_chart_text_layout (self->text, text, FALSE);
  int left = self->width - self->axis_width, width, height = bs_chart_text_height (self->text);
  double top = round (y - height / 2.0);

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (background != NULL)
    {
      GskRoundedRect box;

      gsk_rounded_rect_init_from_rect (
        &box, &GRAPHENE_RECT_INIT ((float) left + 1, (float) top - 2, (float) self->axis_width - 2, (float) height + 4),
        3);
      gtk_snapshot_push_rounded_clip (snapshot, &box);
      gtk_snapshot_append_color (snapshot, background, &box.bounds);
      gtk_snapshot_pop (snapshot);
    }
  bs_chart_text_draw (snapshot, layout, self->width - BS_CHART_MARGIN_PX - width, top, color);
}

/* The price label of the newest bar, in its colour; elsewhere the axis has only round values. */
static gboolean
last_price (BsChart *self, double *price, gboolean *rising)
{
  BsChartPoint point;

  if (self->data == NULL || bs_chart_data_end (self->data) == bs_chart_data_first (self->data))
    return FALSE;
  bs_chart_data_get (self->data, bs_chart_data_end (self->data) - 1, &point);
  *price = point.bar.close;
  *rising = point.bar.close >= point.bar.open;
  return TRUE;
}

void
bs_chart_draw_value_axis (BsChart *self, BsPane *pane, GtkSnapshot *snapshot)
{
  double values[64], label_y = -1e9, price = 0;
  gboolean rising = FALSE, has_price = pane == &self->panes[BS_PANE_PRICE] && self->shows[BS_CHART_SHOWS_LAST_PRICE]
                                       && last_price (self, &price, &rising);
  guint n = bs_chart_axis_ticks (self, pane, values, G_N_ELEMENTS (values));
  guint decimals = bs_chart_pane_decimals (self, pane);
  int text_height = bs_chart_text_height (self->text);
  double top = (double) pane->top / self->scale, height = (double) pane->height / self->scale;
  char buffer[BS_NUMBER_LENGTH];

  if (pane == &self->panes[BS_PANE_CONFIDENCE])
    label_y = top + bs_chart_scale_y (&pane->scale, self->threshold) / self->scale;
  if (has_price)
    label_y = top + bs_chart_scale_y (&pane->scale, price) / self->scale;
  if (pane != &self->panes[BS_PANE_PRICE] && pane != &self->panes[BS_PANE_ATR])
    decimals = MAX (1, bs_chart_scale_decimals (values, n, decimals));
  for (guint i = 0; i < n; i++)
    {
      double y = top + bs_chart_scale_y (&pane->scale, values[i]) / self->scale;

      if (y - text_height / 2.0 < top || y + text_height / 2.0 > top + height || fabs (y - label_y) < text_height + 2)
        continue;
      if (pane->scale.percent_of > 0)
        bs_chart_format_value (self, pane, values[i], buffer);
      else
        bs_number_format (buffer, values[i], decimals);
      bs_chart_draw_axis_label (self, snapshot, buffer, y, NULL, bs_palette_get (&self->palette, BS_COLOR_DIM));
    }
  if (pane == &self->panes[BS_PANE_CONFIDENCE] && label_y >= top && label_y <= top + height)
    {
      bs_number_format (buffer, self->threshold, 2);
      bs_chart_draw_axis_label (self, snapshot, buffer,
                                CLAMP (label_y, top + text_height / 2.0, top + height - text_height / 2.0),
                                bs_palette_get (&self->palette, BS_COLOR_BORDER),
                                bs_palette_get (&self->palette, BS_COLOR_FOREGROUND));
    }
  if (has_price && label_y >= top && label_y <= top + height)
    {
      const GdkRGBA *color = bs_palette_get (&self->palette, rising ? BS_COLOR_UP : BS_COLOR_DOWN);
      GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
      double width = self->width - self->axis_width;
      cairo_t *cr
        = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, (float) floor (label_y), (float) width, 2));

      /* Dotted, so that it is not taken for data. */
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
      cairo_scale (cr, 1.0 / self->scale, 1.0 / self->scale);
      for (double x = 0; x < width * self->scale; x += 4 * self->scale)
        cairo_rectangle (cr, x, floor (label_y * self->scale), self->scale, self->scale);
      gdk_cairo_set_source_rgba (cr, color);
      cairo_fill (cr);
      cairo_destroy (cr);

      bs_chart_format_value (self, pane, price, buffer);
      bs_chart_draw_axis_label (
        self, snapshot, buffer, CLAMP (label_y, top + text_height / 2.0, top + height - text_height / 2.0), color,
        bs_palette_contrast (color, &white) > bs_palette_contrast (color, &black) * 0.6 ? &white : &black);
    }
}

GskRenderNode *
bs_chart_make_frame_node (BsChart *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  const GdkRGBA *border = bs_palette_get (&self->palette, BS_COLOR_BORDER);
  float plot = (float) (self->width - self->axis_width),
        axis_top = (float) (self->height - bs_chart_time_axis_height (self));
  double right = 0;

  for (guint i = 1; i < BS_N_PANES; i++)
    if (self->panes[i].shown)
      gtk_snapshot_append_color (
        snapshot, border,
        &GRAPHENE_RECT_INIT (0, (float) self->panes[i].top / (float) self->scale - 1, (float) self->width, 1));
  gtk_snapshot_append_color (snapshot, border, &GRAPHENE_RECT_INIT (plot, 0, 1, axis_top));
  gtk_snapshot_append_color (snapshot, border, &GRAPHENE_RECT_INIT (0, axis_top, (float) self->width, 1));

  right = -1e9;
  for (guint i = 0; i < self->n_ticks; i++)
    {
      PangoLayout *layout = bs_chart_text_layout (self->text, self->ticks[i].label, self->ticks[i].major);
      double x = (floor (bs_chart_view_x (&self->view, self->ticks[i].place)) + 0.5) / self->scale;
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      x = round (x - width / 2.0);
      /* Whole labels only, and never one over another. */
      if (x < 0 || x + width > plot || x < right + BS_CHART_MARGIN_PX)
        continue;
      bs_chart_text_draw (snapshot, layout, x, axis_top + BS_CHART_MARGIN_PX - 1,
                          bs_palette_get (&self->palette, self->ticks[i].major ? BS_COLOR_FOREGROUND : BS_COLOR_DIM));
      right = x + width;
    }
  if (bs_chart_has_bars (self))
    {
      gint64 newest = bs_chart_data_time (
        self->data, self->slots.n > 0 ? self->slots.slots[self->slots.n - 1].from : bs_chart_data_end (self->data) - 1);
      PangoLayout *layout = bs_chart_text_layout (self->text, bs_time_axis_zone_name (newest, self->zone), FALSE);
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      bs_chart_text_draw (snapshot, layout, self->width - BS_CHART_MENU_PX - 4 - width, axis_top + BS_CHART_MARGIN_PX - 1,
                          bs_palette_get (&self->palette, BS_COLOR_DIM));
    }
  return gtk_snapshot_free_to_node (snapshot);
}
