/* bs-chart-measure.c: the measure tool: bars, time, price and percent between two points of the price pane */
#include <glib/gi18n.h>

#include <math.h>

#include "ui/bs-number.h"
#include "ui/chart/bs-chart-private.h"

#define FILL_ALPHA 0.14f
#define EDGE_ALPHA 0.7f

/* "3 h 20 min": the two largest units that there are. */
static char *
format_duration (gint64 us)
{
  static const struct
  {
    gint64 seconds;
    const char *name;
  } units[] = { { 86400, N_ ("d") }, { 3600, N_ ("h") }, { 60, N_ ("min") }, { 1, N_ ("s") } };
  gint64 seconds = us / G_USEC_PER_SEC;
  GString *text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (units) && n < 2; i++)
    {
      if (seconds < units[i].seconds && (n > 0 || i + 1 < G_N_ELEMENTS (units)))
        {
          if (n > 0)
            break;
          continue;
        }
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT " %s", n > 0 ? " " : "", seconds / units[i].seconds,
                              _ (units[i].name));
      seconds %= units[i].seconds;
      n++;
      if (seconds == 0)
        break;
    }
  return g_string_free (text, FALSE);
}

static char *
price_text (BsChart *self)
{
  double from = self->measure.price[0], change = self->measure.price[1] - from;
  char number[BS_NUMBER_LENGTH], percent[BS_NUMBER_LENGTH];

  bs_number_format_signed (number, change, bs_chart_data_decimals (self->data));
  bs_number_format_signed (percent, from != 0 ? change / fabs (from) * 100 : 0, 2);
  return g_strdup_printf ("%s (%s %%)", number, percent);
}

static char *
bars_text (BsChart *self)
{
  guint64 from = self->measure.bar[0], to = self->measure.bar[1];
  gint64 us = bs_chart_data_time (self->data, MAX (from, to)) - bs_chart_data_time (self->data, MIN (from, to));
  guint64 n = MAX (from, to) - MIN (from, to);
  char count[BS_NUMBER_LENGTH];
  g_autofree char *duration = format_duration (us);

  bs_number_format_count (count, n);
  /* Translators: of the measure tool: "12 bars, 1 h 12 min", with a minus where it goes backwards */
  return g_strdup_printf (g_dngettext (NULL, "%s%s bar, %s", "%s%s bars, %s", n), to < from ? "−" : "", count, duration);
}

char *
bs_chart_measure_describe (BsChart *self)
{
  g_autofree char *price = NULL, *bars = NULL;

  if (!self->measure.shown)
    return NULL;
  price = price_text (self);
  bars = bars_text (self);
  return g_strdup_printf (_ ("Measured: %s, %s"), price, bars);
}

void
bs_chart_measure_begin (BsChart *self, guint64 bar, double price, gboolean by_key)
{
  self->measure = (BsChartMeasure){ TRUE, by_key, { bar, bar }, { price, price } };
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_chart_measure_to (BsChart *self, guint64 bar, double price)
{
  if (!self->measure.shown)
    return;
  self->measure.bar[1] = bar;
  self->measure.price[1] = price;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_chart_measure_end (BsChart *self)
{
  if (!self->measure.shown)
    return;
  self->measure.shown = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_chart_measure_keep (BsChart *self)
{
  guint64 first = bs_chart_data_first (self->data), end = bs_chart_data_end (self->data);

  for (guint i = 0; i < 2; i++)
    if (self->measure.bar[i] < first || self->measure.bar[i] >= end)
      bs_chart_measure_end (self);
}

/* Two lines of text in a box, beside the end of what is measured. */
static void
draw_label (BsChart *self, GtkSnapshot *snapshot, double x, double y, gboolean above, const GdkRGBA *color)
{
  g_autofree char *price = price_text (self), *bars = bars_text (self);
  const char *const texts[2] = { price, bars };
  PangoLayout *layouts[2];
  int widths[2], line = bs_chart_text_height (self->text), width = 0;
  int height = 2 * line + BS_CHART_MARGIN_PX;
  double left, top, plot = self->width - self->axis_width;
  GdkRGBA white = { 1, 1, 1, 1 }, black = { 0, 0, 0, 1 };
  const GdkRGBA *on = bs_palette_contrast (color, &white) > bs_palette_contrast (color, &black) * 0.6 ? &white : &black;
  GskRoundedRect box;

  for (guint i = 0; i < 2; i++)
    {
      layouts[i] = g_object_ref (bs_chart_text_layout (self->text, texts[i], i == 0));
      pango_layout_get_pixel_size (layouts[i], &widths[i], NULL);
      width = MAX (width, widths[i]);
    }
  width += 2 * BS_CHART_MARGIN_PX;
  left = CLAMP (round (x - width / 2.0), 2, MAX (2, plot - width - 2));
  top = above ? y - height - BS_CHART_MARGIN_PX : y + BS_CHART_MARGIN_PX;
  /* Below the read-out, which goes on being read. */
  top = CLAMP (top, line + 3 * BS_CHART_MARGIN_PX,
               MAX (line + 3 * BS_CHART_MARGIN_PX, self->panes[BS_PANE_PRICE].height / (double) self->scale - height - 2));
  gsk_rounded_rect_init_from_rect (
    &box, &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) width, (float) height), 4);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, color, &box.bounds);
  gtk_snapshot_pop (snapshot);
  for (guint i = 0; i < 2; i++)
    {
      bs_chart_text_draw (snapshot, layouts[i], round (left + (width - widths[i]) / 2.0),
                          top + BS_CHART_MARGIN_PX / 2 + (double) i * line, on);
      g_object_unref (layouts[i]);
    }
}

void
bs_chart_draw_measure (BsChart *self, GtkSnapshot *snapshot)
{
  BsPane *pane = &self->panes[BS_PANE_PRICE];
  const BsChartMeasure *m = &self->measure;
  GdkRGBA color, fill, edge;
  float x[2], y[2], scale = (float) self->scale, left, top, width, height;

  if (!m->shown || !pane->settled)
    return;
  for (guint i = 0; i < 2; i++)
    {
      x[i] = ((float) bs_chart_view_center (&self->view, m->bar[i]) + 0.5f) / scale;
      x[i] = CLAMP (x[i], -10, (float) self->width);
      y[i] = (float) (pane->top + CLAMP (bs_chart_scale_y (&pane->scale, m->price[i]), 0, pane->height)) / scale;
    }
  color = *bs_palette_get (&self->palette, m->price[1] >= m->price[0] ? BS_COLOR_UP : BS_COLOR_DOWN);
  fill = edge = color;
  fill.alpha *= FILL_ALPHA;
  edge.alpha *= EDGE_ALPHA;
  left = MIN (x[0], x[1]);
  top = MIN (y[0], y[1]);
  width = fabsf (x[1] - x[0]);
  height = fabsf (y[1] - y[0]);

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) (self->width - self->axis_width),
                                                         (float) (pane->top + pane->height) / scale));
  gtk_snapshot_append_color (snapshot, &fill, &GRAPHENE_RECT_INIT (left, top, MAX (width, 1), MAX (height, 1)));
  /* From where to where, as a cross through the middle. */
  gtk_snapshot_append_color (snapshot, &edge,
                             &GRAPHENE_RECT_INIT (left, roundf (top + height / 2), MAX (width, 1), 1));
  gtk_snapshot_append_color (snapshot, &edge,
                             &GRAPHENE_RECT_INIT (roundf (left + width / 2), top, 1, MAX (height, 1)));
  for (guint i = 0; i < 2; i++)
    gtk_snapshot_append_color (snapshot, &edge, &GRAPHENE_RECT_INIT (left, roundf (y[i]), MAX (width, 1), 1));
  draw_label (self, snapshot, x[1], y[1], y[1] < y[0], &color);
  gtk_snapshot_pop (snapshot);
}
