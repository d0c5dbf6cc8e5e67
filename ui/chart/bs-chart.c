/* bs-chart.c: the chart: price pane and indicator panes on one time axis with one crosshair */
#include "ui/chart/bs-chart.h"

#include <glib/gi18n.h>

#include <math.h>
#include <string.h>

#include "ui/chart/bs-chart-private.h"
#include "ui/chart/bs-time-places.h"

#define DEFAULT_THRESHOLD 0.65
#define DEFAULT_ATR_MULTIPLE 2.0
#define NATURAL_WIDTH_PX 640
#define NATURAL_HEIGHT_PX 420
#define MINIMUM_WIDTH_PX 240
#define MINIMUM_HEIGHT_PX 200
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
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BsChart, bs_chart, GTK_TYPE_WIDGET)

void
bs_chart_invalidate (BsChart *self)
{
  self->moved = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int
bs_chart_plot_width (BsChart *self)
{
  return MAX (self->width - self->axis_width, 1) * self->scale;
}

static void
show_newest_button (BsChart *self)
{
  gboolean shown
    = !self->view.follow && self->data != NULL && bs_chart_data_end (self->data) > bs_chart_data_first (self->data);

  if (gtk_widget_get_visible (self->newest_button) != shown)
    {
      gtk_widget_set_visible (self->newest_button, shown);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
}

void
bs_chart_view_moved (BsChart *self, gboolean followed)
{
  if (followed != self->view.follow)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FOLLOW]);
  show_newest_button (self);
  bs_chart_crosshair_keep (self);
  bs_chart_tell_view (self);
  bs_chart_invalidate (self);
}

void
bs_chart_set_view_range (BsChart *self)
{
  guint64 first = self->data != NULL ? bs_chart_data_first (self->data) : 0;
  guint64 end = self->data != NULL ? bs_chart_data_end (self->data) : 0;
  /* Without the length of a bar there is no telling how much room an hour takes. */
  gboolean by_time = self->true_time && end > first && bs_chart_data_bar_length (self->data) > 0;

  /* No place is asked for that is there no more, or not yet. */
  if (!by_time)
    bs_chart_view_set_places (&self->view, NULL, NULL);
  bs_chart_view_set_range (&self->view, first, end);
  if (by_time)
    bs_chart_view_set_places (&self->view, &bs_time_places, self->data);
}

static void
data_changed (BsChart *self)
{
  if (self->own_atr != NULL)
    bs_chart_atr_extend (self->own_atr, self->data, 0);
  bs_chart_set_view_range (self);
  bs_chart_measure_keep (self);
  bs_chart_crosshair_keep (self);
  show_newest_button (self);
  bs_chart_invalidate (self);
}

void
bs_chart_set_data (BsChart *self, BsChartData *data)
{
  g_return_if_fail (BS_IS_CHART (self));
  g_return_if_fail (data == NULL || BS_IS_CHART_DATA (data));

  if (self->data == data)
    return;
  bs_chart_crosshair_hide (self);
  bs_chart_measure_end (self);
  bs_chart_stop_kinetic (self);
  if (self->data != NULL)
    g_signal_handlers_disconnect_by_func (self->data, data_changed, self);
  bs_chart_view_set_range (&self->view, 0, 0);
  bs_chart_view_set_places (&self->view, NULL, NULL);
  g_set_object (&self->data, data);
  g_clear_pointer (&self->own_atr, bs_chart_atr_free);
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      self->panes[i].settled = FALSE;
      self->panes[i].automatic = TRUE;
    }
  self->axis_width = 0;
  if (data != NULL)
    {
      gboolean followed = self->view.follow;

      g_signal_connect_object (data, "changed", G_CALLBACK (data_changed), self, G_CONNECT_SWAPPED);
      bs_chart_set_view_range (self);
      bs_chart_view_go_to_newest (&self->view);
      bs_chart_view_moved (self, followed);
    }
  else
    {
      bs_chart_set_view_range (self);
      show_newest_button (self);
      bs_chart_invalidate (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DATA]);
}

BsChartData *
bs_chart_get_data (BsChart *self)
{
  g_return_val_if_fail (BS_IS_CHART (self), NULL);

  return self->data;
}

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
bs_chart_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
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
bs_chart_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
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

static void
bs_chart_dispose (GObject *object)
{
  BsChart *self = BS_CHART (object);

  bs_chart_stop_kinetic (self);
  bs_chart_tell_stop (self);
  if (self->glide_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->glide_id);
  self->glide_id = 0;
  if (self->data != NULL)
    g_signal_handlers_disconnect_by_func (self->data, data_changed, self);
  g_clear_object (&self->data);
  bs_chart_clear_nodes (self);
  for (guint i = 0; i < BS_N_PANES; i++)
    g_clear_pointer (&self->panes[i].image, cairo_surface_destroy);
  g_clear_pointer (&self->newest_button, gtk_widget_unparent);
  g_clear_pointer (&self->menu_button, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->layers, g_array_unref);

  G_OBJECT_CLASS (bs_chart_parent_class)->dispose (object);
}

static void
bs_chart_finalize (GObject *object)
{
  BsChart *self = BS_CHART (object);

  bs_chart_slots_clear (&self->slots);
  g_clear_pointer (&self->own_atr, bs_chart_atr_free);
  bs_chart_text_free (self->text);
  g_time_zone_unref (self->zone);
  g_free (self->zone_id);

  G_OBJECT_CLASS (bs_chart_parent_class)->finalize (object);
}

static void
bs_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                  int *minimum_baseline, int *natural_baseline)
{
  gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;
  int button;

  /* The button lies on the chart and needs no room of its own, but wants to be asked. */
  gtk_widget_measure (BS_CHART (widget)->menu_button, orientation, -1, &button, NULL, NULL, NULL);
  gtk_widget_measure (BS_CHART (widget)->newest_button, orientation, -1, &button, NULL, NULL, NULL);
  *minimum = MAX (button, horizontal ? MINIMUM_WIDTH_PX : MINIMUM_HEIGHT_PX);
  *natural = MAX (button, horizontal ? NATURAL_WIDTH_PX : NATURAL_HEIGHT_PX);
}

static void
bs_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BsChart *self = BS_CHART (widget);
  int scale = gtk_widget_get_scale_factor (widget);

  if (width != self->width || height != self->height || scale != self->scale || !self->laid_out)
    {
      gboolean first = !self->laid_out;

      self->width = width;
      self->height = height;
      self->scale = scale;
      self->laid_out = TRUE;
      bs_chart_view_set_size (&self->view, bs_chart_plot_width (self), scale);
      for (guint i = 0; i < BS_N_PANES && !first; i++)
        self->panes[i].settled = self->panes[i].settled && !self->panes[i].automatic;
      self->moved = TRUE;
    }
  bs_chart_menu_allocate (self);
  gtk_popover_present (GTK_POPOVER (self->menu));
  if (gtk_widget_get_visible (self->newest_button))
    {
      GtkRequisition size;
      GskTransform *at;
      int bottom;

      bs_chart_prepare (self);
      bottom = (self->panes[BS_PANE_PRICE].top + self->panes[BS_PANE_PRICE].height) / scale;
      gtk_widget_get_preferred_size (self->newest_button, &size, NULL);
      at = gsk_transform_translate (
        NULL, &GRAPHENE_POINT_INIT ((float) (width - self->axis_width - size.width - 2 * BS_CHART_MARGIN_PX),
                                    (float) MAX (0, bottom - size.height - 2 * BS_CHART_MARGIN_PX)));
      gtk_widget_allocate (self->newest_button, size.width, size.height, -1, at);
    }
}

static void
bs_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsChart *self = BS_CHART (widget);

  bs_chart_draw (self, snapshot);
  gtk_widget_snapshot_child (widget, self->newest_button, snapshot);
  gtk_widget_snapshot_child (widget, self->menu_button, snapshot);
  if (gtk_widget_has_visible_focus (widget))
    {
      GskRoundedRect ring;
      GdkRGBA color = *bs_palette_get (&self->palette, BS_COLOR_ACCENT);

      gsk_rounded_rect_init_from_rect (&ring, &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height), 0);
      gtk_snapshot_append_border (snapshot, &ring, (float[4]){ 2, 2, 2, 2 },
                                  (GdkRGBA[4]){ color, color, color, color });
    }
}

static void
palette_changed (GtkWidget *widget)
{
  BsChart *self = BS_CHART (widget);

  self->palette_read = FALSE;
  bs_chart_invalidate (self);
}

static void
bs_chart_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bs_chart_parent_class)->root (widget);
  bs_chart_menu_connect (BS_CHART (widget));
}

static void
bs_chart_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  BsChart *self = BS_CHART (widget);
  BsPalette palette = { 0 };

  GTK_WIDGET_CLASS (bs_chart_parent_class)->css_changed (widget, change);
  /* It is called for every hover and focus, too: only another font or other colours are a reason to paint anew. */
  if (bs_chart_text_update_font (self->text))
    bs_chart_invalidate (self);
  bs_palette_read (&palette, widget);
  if (self->palette_read && memcmp (&palette, &self->palette, sizeof palette) != 0)
    palette_changed (widget);
}

static void
bs_chart_class_init (BsChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = bs_chart_get_property;
  object_class->set_property = bs_chart_set_property;
  object_class->dispose = bs_chart_dispose;
  object_class->finalize = bs_chart_finalize;
  widget_class->measure = bs_chart_measure;
  widget_class->size_allocate = bs_chart_size_allocate;
  widget_class->snapshot = bs_chart_snapshot;
  widget_class->css_changed = bs_chart_css_changed;
  widget_class->root = bs_chart_root;

  props[PROP_DATA] = g_param_spec_object ("data", NULL, NULL, BS_TYPE_CHART_DATA, flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, TRUE, flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_THRESHOLD] = g_param_spec_double ("threshold", NULL, NULL, 0, 1, DEFAULT_THRESHOLD, flags);
  props[PROP_ATR_MULTIPLE] = g_param_spec_double ("atr-multiple", NULL, NULL, 0, 100, DEFAULT_ATR_MULTIPLE, flags);
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
  g_object_class_install_properties (object_class, N_PROPS, props);

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

  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  bs_chart_input_class_init (widget_class);
}

static void
bs_chart_init (BsChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  bs_chart_view_init (&self->view);
  self->scale = 1;
  self->threshold = DEFAULT_THRESHOLD;
  self->atr_multiple = DEFAULT_ATR_MULTIPLE;
  self->zone = g_time_zone_new_utc ();
  self->zone_id = g_strdup ("UTC");
  self->text = bs_chart_text_new (widget);
  self->told_time = BS_CHART_NO_TIME;
  self->moved = TRUE;
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      self->panes[i].weight = bs_pane_classes[i].weight;
      self->panes[i].automatic = TRUE;
      self->panes[i].shown = TRUE;
    }
  for (guint i = 0; i < BS_CHART_N_SHOWS; i++)
    self->shows[i] = TRUE;

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Price chart"), -1);
  bs_palette_watch (widget, palette_changed);

  self->newest_button = gtk_button_new_from_icon_name ("go-last-symbolic");
  gtk_widget_add_css_class (self->newest_button, "osd");
  gtk_widget_add_css_class (self->newest_button, "circular");
  gtk_widget_set_tooltip_text (self->newest_button, _ ("Go to the newest bar"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->newest_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Go to the newest bar"), -1);
  gtk_widget_set_focus_on_click (self->newest_button, FALSE);
  gtk_widget_set_cursor_from_name (self->newest_button, "default");
  gtk_widget_set_parent (self->newest_button, widget);
  gtk_widget_set_visible (self->newest_button, FALSE);
  bs_chart_menu_init (self);
  bs_chart_input_init (self);
}

GtkWidget *
bs_chart_new (void)
{
  return g_object_new (BS_TYPE_CHART, NULL);
}
