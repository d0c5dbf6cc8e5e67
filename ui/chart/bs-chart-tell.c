/* What is in view, in words: the description of a chart without a crosshair, so that what a key did is told as well as seen */
#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/chart/bs-chart-private.h"

/* A view that goes on moving is told once it rests: this long after the last key, ms. */
#define TELL_AFTER_MS 150

static const char *
style_word (BsChartStyle style)
{
  static const char *const words[]
    = { [BS_CHART_CANDLES] = N_ ("Candles"), [BS_CHART_BARS] = N_ ("OHLC Bars"), [BS_CHART_LINE] = N_ ("Line"),
        [BS_CHART_HEIKIN_ASHI] = N_ ("Heikin-Ashi") };

  return _ (words[style]);
}

/* (transfer full) (nullable): where there are no bars */
static char *
describe_view (BsChart *self)
{
  BsPane *pane = &self->panes[BS_PANE_PRICE];
  char first[BS_NUMBER_LENGTH], last[BS_NUMBER_LENGTH], n[BS_NUMBER_LENGTH];
  char begin[BS_TIME_LABEL_LENGTH], end[BS_TIME_LABEL_LENGTH];
  guint64 from, to, held;
  gint64 length;

  if (self->data == NULL)
    return NULL;
  held = bs_chart_data_end (self->data);
  length = bs_chart_data_bar_length (self->data);
  bs_chart_view_visible (&self->view, &from, &to);
  from = MAX (from, bs_chart_data_first (self->data));
  to = MIN (to, held);
  if (from >= to)
    return NULL;
  gint64 from_us = bs_chart_data_time (self->data, from), to_us = bs_chart_data_time (self->data, to - 1);
  g_autoptr (GString) text = g_string_new (NULL);
  /* Translators: way to draw prices; first and last bar in view, bars there are; their times and the time zone */
  g_string_append_printf (text, _ ("%s: bars %s to %s of %s, %s to %s %s"), style_word (self->style),
                          bs_number_format_count (first, from + 1), bs_number_format_count (last, to),
                          bs_number_format_count (n, held), bs_time_axis_format (from_us, length, self->zone, begin),
                          bs_time_axis_format (to_us, length, self->zone, end),
                          bs_time_axis_zone_name (to_us, self->zone));
  if (pane->settled)
    {
      char low[BS_NUMBER_LENGTH], high[BS_NUMBER_LENGTH];
      guint decimals = bs_chart_data_decimals (self->data);
      g_string_append_printf (text, _ (", prices %s to %s"),
                              bs_number_format (low, bs_chart_scale_value (&pane->scale, pane->height), decimals),
                              bs_number_format (high, bs_chart_scale_value (&pane->scale, 0), decimals));
    }
  if (self->axis == BS_CHART_AXIS_LOG)
    g_string_append (text, _ (", logarithmic price axis"));
  else if (self->axis == BS_CHART_AXIS_PERCENT)
    g_string_append (text, _ (", percent price axis"));
  if (!pane->automatic)
    g_string_append (text, _ (", price axis set by hand"));
  if (self->true_time)
    g_string_append (text, _ (", with room for hours without bars"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
tell (gpointer data)
{
  BsChart *self = data;

  /* The price axis is still on its way. */
  if (self->glide_id != 0)
    return G_SOURCE_CONTINUE;
  self->tell_id = 0;
  if (self->crosshair_shown)
    return G_SOURCE_REMOVE;
  g_autofree char *text = describe_view (self);
  if (text != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  return G_SOURCE_REMOVE;
}

void
bs_chart_tell_view (BsChart *self)
{
  if (self->crosshair_shown)
    return;
  g_clear_handle_id (&self->tell_id, g_source_remove);
  self->tell_id = g_timeout_add (TELL_AFTER_MS, tell, self);
}

void
bs_chart_tell_stop (BsChart *self)
{
  g_clear_handle_id (&self->tell_id, g_source_remove);
}
