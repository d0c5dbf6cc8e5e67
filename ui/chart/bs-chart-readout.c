/* bs-chart-readout.c: the values of the point under the crosshair, on the panes and in words */
#include <glib/gi18n.h>

#include <math.h>

#include "ui/bs-number.h"
#include "ui/chart/bs-chart-private.h"

/** How much the background shows through behind a read-out. */
#define BACKING_ALPHA 0.8f

static gboolean
current_point (BsChart *self, guint64 *index, BsChartPoint *point)
{
  guint64 first, end;

  if (self->data == NULL)
    return FALSE;
  first = bs_chart_data_first (self->data);
  end = bs_chart_data_end (self->data);
  if (first == end)
    return FALSE;
  *index = self->crosshair_shown ? CLAMP (self->crosshair_bar, first, end - 1) : end - 1;
  bs_chart_data_get (self->data, *index, point);
  return TRUE;
}

/* 1,234 as it is, more as 12.3K, 4.56M, 7.89B: a volume needs no more than three digits. */
static const char *
format_volume (char *buffer, double volume)
{
  static const char *const units[] = { "", "K", "M", "B", "T" };
  guint unit = 0;
  char number[BS_NUMBER_LENGTH];

  if (volume < 10000)
    return bs_number_format (buffer, volume, volume == floor (volume) ? 0 : 2);
  while (volume >= 999.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      volume /= 1000;
      unit++;
    }
  bs_number_format (number, volume, volume < 9.995 ? 2 : volume < 99.95 ? 1 : 0);
  g_snprintf (buffer, BS_NUMBER_LENGTH, "%s%s", number, units[unit]);
  return buffer;
}

static const char *
class_word (guint8 signal)
{
  switch (signal)
    {
    case BS_CLASS_LONG:
      return _ ("long");
    case BS_CLASS_SHORT:
      return _ ("short");
    case BS_CLASS_HOLD:
      return _ ("hold");
    default:
      return NULL;
    }
}

static void
append_value (BsChart *self, GString *markup, const char *name, const char *value, BsColorRole role)
{
  GdkRGBA dim, color;

  bs_palette_readable (&self->palette, BS_COLOR_DIM, &dim);
  bs_palette_readable (&self->palette, role, &color);
  if (markup->len > 0)
    g_string_append (markup, "  ");
  if (name[0] != '\0')
    g_string_append_printf (markup, "<span color='#%02x%02x%02x'>%s</span> ", (guint) (dim.red * 255),
                            (guint) (dim.green * 255), (guint) (dim.blue * 255), name);
  g_string_append_printf (markup, "<span color='#%02x%02x%02x'>%s</span>", (guint) (color.red * 255),
                          (guint) (color.green * 255), (guint) (color.blue * 255), value);
}

static void
append_number (BsChart *self, GString *markup, const char *name, double value, guint decimals, BsColorRole role)
{
  char buffer[BS_NUMBER_LENGTH];

  append_value (self, markup, name, bs_number_format (buffer, value, decimals), role);
}

static void
draw_markup (BsChart *self, GtkSnapshot *snapshot, const GString *markup, double top)
{
  PangoLayout *layout
    = bs_chart_text_markup (self->text, markup->str, self->width - self->axis_width - 3 * BS_CHART_MARGIN_PX);
  int width, height;
  GdkRGBA backing = *bs_palette_get (&self->palette, BS_COLOR_BACKGROUND);

  pango_layout_get_pixel_size (layout, &width, &height);
  backing.alpha = BACKING_ALPHA;
  gtk_snapshot_append_color (
    snapshot, &backing, &GRAPHENE_RECT_INIT (BS_CHART_MARGIN_PX - 2, (float) top, (float) width + 4, (float) height));
  bs_chart_text_draw (snapshot, layout, BS_CHART_MARGIN_PX, top, bs_palette_get (&self->palette, BS_COLOR_FOREGROUND));
}

static void
append_price (BsChart *self, GString *markup, guint64 index, const BsChartPoint *p)
{
  guint decimals = bs_chart_data_decimals (self->data);
  BsColorRole role = p->bar.close >= p->bar.open ? BS_COLOR_UP : BS_COLOR_DOWN;
  char buffer[BS_NUMBER_LENGTH], percent[BS_NUMBER_LENGTH];
  const char *word = class_word (p->signal), *raw = class_word (p->raw_signal);

  append_number (self, markup, C_ ("open price", "O"), p->bar.open, decimals, role);
  append_number (self, markup, C_ ("high price", "H"), p->bar.high, decimals, role);
  append_number (self, markup, C_ ("low price", "L"), p->bar.low, decimals, role);
  append_number (self, markup, C_ ("close price", "C"), p->bar.close, decimals, role);
  if (index > bs_chart_data_first (self->data))
    {
      BsChartPoint before;
      double change;
      g_autofree char *text = NULL;

      bs_chart_data_get (self->data, index - 1, &before);
      change = p->bar.close - before.bar.close;
      bs_number_format_signed (buffer, change, decimals);
      bs_number_format_signed (percent, change / fabs (before.bar.close) * 100, 2);
      text = g_strdup_printf ("%s (%s %%)", buffer, percent);
      append_value (self, markup, "", text,
                    change > 0   ? BS_COLOR_UP
                    : change < 0 ? BS_COLOR_DOWN
                                 : BS_COLOR_FOREGROUND);
    }
  append_value (self, markup, C_ ("volume", "V"), format_volume (buffer, p->bar.volume), BS_COLOR_FOREGROUND);
  if (!isnan (p->atr))
    append_number (self, markup, _ ("ATR"), p->atr, decimals + 1, BS_COLOR_ATR);
  if (!isnan (p->hurst))
    append_number (self, markup, C_ ("Hurst exponent", "Hurst"), p->hurst, 3, BS_COLOR_HURST);
  if (word != NULL)
    {
      static const char *const shapes[BS_N_CLASSES] = { "▼", "■", "▲" };
      BsColorRole colors[BS_N_CLASSES] = { BS_COLOR_SHORT, BS_COLOR_FOREGROUND, BS_COLOR_LONG };
      g_autofree char *text = NULL;

      bs_number_format_percent (percent, p->confidence, 0);
      if (p->signal == BS_CLASS_HOLD && raw != NULL && p->raw_signal != BS_CLASS_HOLD)
        text = g_strdup_printf (_ ("%s %s %s (%s below the threshold)"), shapes[p->signal], word, percent, raw);
      else
        text = g_strdup_printf ("%s %s %s", shapes[p->signal], word, percent);
      append_value (self, markup, "", text, colors[p->signal]);
    }
}

void
bs_chart_draw_readouts (BsChart *self, GtkSnapshot *snapshot)
{
  guint64 index;
  BsChartPoint p;

  if (!current_point (self, &index, &p))
    return;
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      g_autoptr (GString) markup = g_string_new (NULL);
      double top = (double) self->panes[i].top / self->scale;

      if (!self->panes[i].shown || self->panes[i].height / self->scale < bs_chart_text_height (self->text) + BS_CHART_MARGIN_PX)
        continue;
      switch ((BsPaneKind) i)
        {
        case BS_PANE_PRICE:
          append_price (self, markup, index, &p);
          top += BS_CHART_MARGIN_PX;
          break;
        case BS_PANE_HURST:
          append_number (self, markup, _ ("Hurst"), p.hurst, 3, BS_COLOR_HURST);
          if (!isnan (p.hurst))
            append_value (self, markup, "",
                          p.hurst > 0.5   ? _ ("trending")
                          : p.hurst < 0.5 ? _ ("reverting")
                                          : _ ("random"),
                          BS_COLOR_DIM);
          break;
        case BS_PANE_ATR:
          append_number (self, markup, _ ("ATR"), p.atr, bs_chart_pane_decimals (self, &self->panes[i]), BS_COLOR_ATR);
          break;
        case BS_PANE_CONFIDENCE:
          append_number (self, markup, _ ("Confidence"), p.confidence, 2, BS_COLOR_CONFIDENCE);
          append_number (self, markup, _ ("threshold"), self->threshold, 2, BS_COLOR_DIM);
          break;
        case BS_N_PANES:
        default:
          break;
        }
      draw_markup (self, snapshot, markup, top + 2);
    }
}

char *
bs_chart_describe (BsChart *self)
{
  guint64 index;
  BsChartPoint p;
  GString *text;
  char time[BS_TIME_LABEL_LENGTH], open[BS_NUMBER_LENGTH], high[BS_NUMBER_LENGTH], low[BS_NUMBER_LENGTH];
  char close[BS_NUMBER_LENGTH], volume[BS_NUMBER_LENGTH], number[BS_NUMBER_LENGTH];
  guint decimals;

  if (!current_point (self, &index, &p))
    return NULL;
  decimals = bs_chart_data_decimals (self->data);
  text = g_string_new (NULL);
  g_string_append_printf (text, _ ("%s %s: open %s, high %s, low %s, close %s, volume %s"),
                          bs_time_axis_format (p.bar.time_us, bs_chart_data_bar_length (self->data), self->zone, time),
                          bs_time_axis_zone_name (p.bar.time_us, self->zone),
                          bs_number_format (open, p.bar.open, decimals), bs_number_format (high, p.bar.high, decimals),
                          bs_number_format (low, p.bar.low, decimals), bs_number_format (close, p.bar.close, decimals),
                          format_volume (volume, p.bar.volume));
  if (self->measure.shown)
    {
      g_autofree char *measured = bs_chart_measure_describe (self);

      g_string_prepend (text, ". ");
      g_string_prepend (text, measured);
    }
  if (!isnan (p.hurst))
    g_string_append_printf (text, _ (", Hurst %s"), bs_number_format (number, p.hurst, 3));
  if (!isnan (p.atr))
    g_string_append_printf (text, _ (", ATR %s"), bs_number_format (number, p.atr, decimals + 1));
  if (class_word (p.signal) != NULL)
    g_string_append_printf (text, _ (", signal %s, confidence %s"), class_word (p.signal),
                            bs_number_format_percent (number, p.confidence, 0));
  return g_string_free (text, FALSE);
}
