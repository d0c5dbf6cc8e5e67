/* bs-chart-properties.c: a chart's properties and signals */
#include <math.h>

#include "ui/chart/bs-chart-private.h"

/** No pane gets less than this share of the height. */
#define MIN_PANE_SHARE 0.04

enum
{
  PROP_0,
  PROP_DATA,
  PROP_FOLLOW,
  PROP_THRESHOLD,
  PROP_ATR_MULTIPLE,
  PROP_ATR_PERIOD,
  PROP_PRICE_STYLE,
  PROP_PRICE_AXIS,
  PROP_TRUE_TIME,
  PROP_TIME_ZONE,
  PROP_PANE_SIZES,
  PROP_CROSSHAIR_TIME,
  PROP_SHOWS, /* and the others of BsChartShows */
  N_PROPS = PROP_SHOWS + BS_CHART_N_SHOWS
};

enum
{
  SIGNAL_CROSSHAIR_MOVED,
  SIGNAL_THRESHOLD_CHANGED,
  SIGNAL_COPY,
  SIGNAL_SAVE,
  SIGNAL_SETTINGS,
  SIGNAL_EXPLAIN_BAR,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_zone (BsChart *self, const char *name)
{
  g_autoptr (GTimeZone) zone = NULL;

  if (name == NULL || name[0] == '\0' || g_str_equal (name, "UTC"))
    zone = g_time_zone_new_utc ();
  else if (g_str_equal (name, "local"))
    zone = g_time_zone_new_local ();
  else
    zone = g_time_zone_new_identifier (name);
  if (zone == NULL)
    {
      g_warning ("There is no time zone \"%s\"; the chart keeps %s", name, self->zone_id);
      return;
    }
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->zone = g_steal_pointer (&zone);
  g_free (self->zone_id);
  self->zone_id = g_strdup (name != NULL && name[0] != '\0' ? name : "UTC");
  bs_chart_invalidate (self);
}

static void
set_pane_sizes (BsChart *self, const char *sizes)
{
  g_auto (GStrv) words = g_strsplit (sizes != NULL ? sizes : "", ",", -1);
  double weights[BS_N_PANES], sum = 0;

  /* Settings are written by people too: all or nothing. */
  if (g_strv_length (words) != BS_N_PANES)
    return;
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      weights[i] = g_ascii_strtod (words[i], NULL);
      if (!isfinite (weights[i]) || weights[i] <= 0)
        return;
      sum += weights[i];
    }
  for (guint i = 0; i < BS_N_PANES; i++)
    self->panes[i].weight = MAX (weights[i] / sum, MIN_PANE_SHARE);
  bs_chart_invalidate (self);
}

static char *
get_pane_sizes (BsChart *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < BS_N_PANES; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%.3f", self->panes[i].weight);
      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", number);
    }
  return g_string_free (text, FALSE);
}

/* The price range is found anew. */
static void
fit_price (BsChart *self)
{
  self->panes[BS_PANE_PRICE].settled = FALSE;
  self->panes[BS_PANE_PRICE].automatic = TRUE;
  self->axis_width = 0;
  bs_chart_tell_view (self);
  bs_chart_invalidate (self);
}

static void
set_axis (BsChart *self, BsChartAxis axis)
{
  BsChartScale *scale = &self->panes[BS_PANE_PRICE].scale;

  self->axis = axis;
  scale->log = axis == BS_CHART_AXIS_LOG;
  scale->percent_of = 0;
  fit_price (self);
}

static void
set_shows (BsChart *self, BsChartShows what, gboolean shows)
{
  static const BsPaneKind panes[BS_CHART_N_SHOWS] = {
    [BS_CHART_SHOWS_HURST] = BS_PANE_HURST,
    [BS_CHART_SHOWS_ATR] = BS_PANE_ATR,
    [BS_CHART_SHOWS_CONFIDENCE] = BS_PANE_CONFIDENCE,
  };

  self->shows[what] = shows;
  if (panes[what] != BS_PANE_PRICE)
    {
      self->panes[panes[what]].shown = shows;
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
  bs_chart_invalidate (self);
}

void
bs_chart_change_threshold (BsChart *self, double threshold)
{
  threshold = round (CLAMP (threshold, 0, 1) * 100) / 100;
  if (fabs (threshold - self->threshold) < 1e-9)
    return;
  g_object_set (self, "threshold", threshold, NULL);
  g_signal_emit (self, signals[SIGNAL_THRESHOLD_CHANGED], 0, threshold);
}

void
bs_chart_notify_crosshair_time (BsChart *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CROSSHAIR_TIME]);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BsChart *self = BS_CHART (object);

  switch (id)
    {
    case PROP_DATA:
      g_value_set_object (value, self->data);
      break;
    case PROP_FOLLOW:
      g_value_set_boolean (value, self->view.follow);
      break;
    case PROP_THRESHOLD:
      g_value_set_double (value, self->threshold);
      break;
    case PROP_ATR_MULTIPLE:
      g_value_set_double (value, self->atr_multiple);
      break;
    case PROP_ATR_PERIOD:
      g_value_set_uint (value, self->atr_period);
      break;
    case PROP_PRICE_STYLE:
      g_value_set_enum (value, self->style);
      break;
    case PROP_PRICE_AXIS:
      g_value_set_enum (value, self->axis);
      break;
    case PROP_TRUE_TIME:
      g_value_set_boolean (value, self->true_time);
      break;
    case PROP_TIME_ZONE:
      g_value_set_string (value, self->zone_id);
      break;
    case PROP_PANE_SIZES:
      g_value_take_string (value, get_pane_sizes (self));
      break;
    case PROP_CROSSHAIR_TIME:
      g_value_set_int64 (value, bs_chart_get_crosshair_time (self));
      break;
    default:
      if (id >= PROP_SHOWS && id < N_PROPS)
        g_value_set_boolean (value, self->shows[id - PROP_SHOWS]);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BsChart *self = BS_CHART (object);

  switch (id)
    {
    case PROP_DATA:
      bs_chart_set_data (self, g_value_get_object (value));
      break;
    case PROP_FOLLOW:
      if (g_value_get_boolean (value) != self->view.follow)
        {
          if (g_value_get_boolean (value))
            bs_chart_view_go_to_newest (&self->view);
          else
            self->view.follow = FALSE;
          bs_chart_view_moved (self, !self->view.follow);
        }
      break;
    case PROP_THRESHOLD:
      self->threshold = g_value_get_double (value);
      bs_chart_invalidate (self);
      break;
    case PROP_ATR_MULTIPLE:
      self->atr_multiple = g_value_get_double (value);
      bs_chart_invalidate (self);
      break;
    case PROP_ATR_PERIOD:
      self->atr_period = g_value_get_uint (value);
      g_clear_pointer (&self->own_atr, bs_chart_atr_free);
      bs_chart_invalidate (self);
      break;
    case PROP_PRICE_STYLE:
      self->style = g_value_get_enum (value);
      fit_price (self);
      break;
    case PROP_PRICE_AXIS:
      set_axis (self, g_value_get_enum (value));
      break;
    case PROP_TRUE_TIME:
      self->true_time = g_value_get_boolean (value);
      bs_chart_set_view_range (self);
      bs_chart_view_moved (self, self->view.follow);
      break;
    case PROP_TIME_ZONE:
      set_zone (self, g_value_get_string (value));
      break;
    case PROP_PANE_SIZES:
      set_pane_sizes (self, g_value_get_string (value));
      break;
    case PROP_CROSSHAIR_TIME:
      bs_chart_set_crosshair_time (self, g_value_get_int64 (value));
      break;
    default:
      if (id >= PROP_SHOWS && id < N_PROPS)
        set_shows (self, (BsChartShows) (id - PROP_SHOWS), g_value_get_boolean (value));
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

void
bs_chart_properties_class_init (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  klass->get_property = get_property;
  klass->set_property = set_property;

  props[PROP_DATA] = g_param_spec_object ("data", NULL, NULL, BS_TYPE_CHART_DATA, flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, TRUE, flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_THRESHOLD] = g_param_spec_double ("threshold", NULL, NULL, 0, 1, BS_CHART_DEFAULT_THRESHOLD, flags);
  props[PROP_ATR_MULTIPLE] = g_param_spec_double ("atr-multiple", NULL, NULL, 0, 100, BS_CHART_DEFAULT_ATR_MULTIPLE, flags);
  props[PROP_ATR_PERIOD]
    = g_param_spec_uint ("atr-period", NULL, NULL, 0, BS_CHART_ATR_MAX_PERIOD, 0, flags);
  props[PROP_PRICE_STYLE]
    = g_param_spec_enum ("price-style", NULL, NULL, BS_TYPE_CHART_STYLE, BS_CHART_CANDLES, flags);
  props[PROP_PRICE_AXIS]
    = g_param_spec_enum ("price-axis", NULL, NULL, BS_TYPE_CHART_AXIS, BS_CHART_AXIS_LINEAR, flags);
  for (guint i = 0; i < BS_CHART_N_SHOWS; i++)
    props[PROP_SHOWS + i] = g_param_spec_boolean (bs_chart_shows_name ((BsChartShows) i), NULL, NULL, TRUE, flags);
  props[PROP_TRUE_TIME] = g_param_spec_boolean ("true-time", NULL, NULL, FALSE, flags);
  props[PROP_TIME_ZONE] = g_param_spec_string ("time-zone", NULL, NULL, "UTC", flags);
  props[PROP_PANE_SIZES] = g_param_spec_string ("pane-sizes", NULL, NULL, NULL, flags);
  props[PROP_CROSSHAIR_TIME] = g_param_spec_int64 ("crosshair-time", NULL, NULL, G_MININT64, G_MAXINT64, BS_CHART_NO_TIME,
                                                   flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (klass, N_PROPS, props);

  signals[SIGNAL_CROSSHAIR_MOVED] = g_signal_new ("crosshair-moved", BS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                  NULL, G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_BOOLEAN);

  signals[SIGNAL_THRESHOLD_CHANGED] = g_signal_new ("threshold-changed", BS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                    NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[SIGNAL_COPY]
    = g_signal_new ("copy", BS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAVE]
    = g_signal_new ("save", BS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SETTINGS]
    = g_signal_new ("settings", BS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EXPLAIN_BAR]
    = g_signal_new ("explain-bar", BS_TYPE_CHART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}
