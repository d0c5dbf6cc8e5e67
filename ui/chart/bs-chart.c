/* bs-chart.c: the chart: price pane and indicator panes on one time axis with one crosshair */
#include "ui/chart/bs-chart.h"

#include <glib/gi18n.h>

#include <math.h>
#include <string.h>

#include "ui/chart/bs-chart-private.h"
#include "ui/chart/bs-time-places.h"

#define NATURAL_WIDTH_PX 640
#define NATURAL_HEIGHT_PX 420
#define MINIMUM_WIDTH_PX 240
#define MINIMUM_HEIGHT_PX 200

G_DEFINE_FINAL_TYPE (BsChart, bs_chart, GTK_TYPE_WIDGET)

void
bs_chart_invalidate (BsChart *self)
{
  self->repaint = TRUE;
  bs_chart_refresh (self);
}

void
bs_chart_refresh (BsChart *self)
{
  self->moved = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
bs_chart_has_bars (BsChart *self)
{
  return self->data != NULL && bs_chart_data_end (self->data) > bs_chart_data_first (self->data);
}

int
bs_chart_plot_width (BsChart *self)
{
  return MAX (self->width - self->axis_width, 1) * self->scale;
}

static void
show_newest_button (BsChart *self)
{
  gboolean shown = !self->view.follow && bs_chart_has_bars (self);

  if (gtk_widget_get_visible (self->newest_button) != shown)
    {
      gtk_widget_set_visible (self->newest_button, shown);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
}

void
bs_chart_view_moved (BsChart *self, gboolean followed)
{
  self->wanted.pending = FALSE;
  if (followed != self->view.follow)
    g_object_notify (G_OBJECT (self), "follow");
  show_newest_button (self);
  bs_chart_crosshair_keep (self);
  bs_chart_tell_view (self);
  bs_chart_refresh (self);
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
data_changed (BsChart *self, guint64 from, guint64 to)
{
  bs_chart_bars_changed (self, from, to);
  if (self->own_atr != NULL)
    bs_chart_atr_extend (self->own_atr, self->data, 0);
  bs_chart_set_view_range (self);
  bs_chart_measure_keep (self);
  bs_chart_crosshair_keep (self);
  show_newest_button (self);
  bs_chart_refresh (self);
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
  self->wanted.pending = FALSE;
  self->repaint = TRUE;
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
  g_object_notify (G_OBJECT (self), "data");
}

BsChartData *
bs_chart_get_data (BsChart *self)
{
  g_return_val_if_fail (BS_IS_CHART (self), NULL);

  return self->data;
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
    bs_chart_canvas_clear (&self->panes[i].canvas);
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

  object_class->dispose = bs_chart_dispose;
  object_class->finalize = bs_chart_finalize;
  widget_class->measure = bs_chart_measure;
  widget_class->size_allocate = bs_chart_size_allocate;
  widget_class->snapshot = bs_chart_snapshot;
  widget_class->css_changed = bs_chart_css_changed;
  widget_class->root = bs_chart_root;

  bs_chart_properties_class_init (object_class);
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  bs_chart_actions_class_init (widget_class);
}

static void
bs_chart_init (BsChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  bs_chart_view_init (&self->view);
  self->scale = 1;
  self->threshold = BS_CHART_DEFAULT_THRESHOLD;
  self->atr_multiple = BS_CHART_DEFAULT_ATR_MULTIPLE;
  self->zone = g_time_zone_new_utc ();
  self->zone_id = g_strdup ("UTC");
  self->text = bs_chart_text_new (widget);
  self->told_time = BS_CHART_NO_TIME;
  self->moved = self->repaint = TRUE;
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
