/* bs-chart-actions.c: what can be done with a chart by name, and the keys that do it */
#include <math.h>
#include <string.h>

#include "ui/chart/bs-chart-private.h"

#define KEY_ZOOM 1.25
#define KEY_PAN_BARS 10

static void
zoom_in (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_zoom (BS_CHART (widget), KEY_ZOOM);
}

static void
zoom_out (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_zoom (BS_CHART (widget), 1 / KEY_ZOOM);
}

static void
newest (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_go_to_newest (BS_CHART (widget));
}

static void
oldest (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_go_to_oldest (BS_CHART (widget));
}

static void
reset (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);
  gboolean followed = self->view.follow;

  bs_chart_stop_kinetic (self);
  bs_chart_auto_scale (self);
  bs_chart_view_reset (&self->view);
  bs_chart_view_moved (self, followed);
}

static void
show_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_show_all (BS_CHART (widget));
}

static void
auto_scale (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_auto_scale (BS_CHART (widget));
}

static void
pan (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_pan (BS_CHART (widget), g_variant_get_int32 (parameter));
}

static void
pan_screens (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);

  /* A bar of the screen before stays in view: one sees where one came from. */
  bs_chart_pan (self, g_variant_get_int32 (parameter) * MAX (self->view.width / self->view.bar_width - 1, 1));
}

static void
scale_values (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bs_chart_zoom_values (BS_CHART (widget), BS_PANE_PRICE, pow (KEY_ZOOM, g_variant_get_int32 (parameter)));
}

/* With a bar of room to the edge of the view, so that one sees that it goes on. */
static void
bring_into_view (BsChart *self, guint64 bar)
{
  double left = bs_chart_view_bar_at (&self->view, 0), right = self->view.right;
  double place = bs_chart_view_place (&self->view, bar);

  if (place - 1 < left)
    bs_chart_pan (self, place - 1 - left);
  else if (place + 2 > right)
    bs_chart_pan (self, place + 2 - right);
}

static void
move_crosshair (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);
  int by = g_variant_get_int32 (parameter);
  guint64 from, to, first, end, bar;

  if (self->data == NULL)
    return;
  first = bs_chart_data_first (self->data);
  end = bs_chart_data_end (self->data);
  if (first == end)
    return;
  bs_chart_view_visible (&self->view, &from, &to);
  /* It appears on the newest bar in view, and goes on from where it is. */
  if (!self->crosshair_shown)
    bar = to > from ? to - 1 : end - 1;
  else
    {
      /* Zoomed out, a step is a pixel: the next bar would be at the same place. */
      guint64 step = (guint64) (ABS (by) * MAX (1, ceil (1 / self->view.bar_width)));

      bar = CLAMP (self->crosshair_bar, first, end - 1);
      bar = by < 0 ? bar - MIN (step, bar - first) : bar + MIN (step, end - 1 - bar);
    }
  bring_into_view (self, bar);
  bs_chart_crosshair_to_bar (self, bar);
}

static void
hide_crosshair (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);

  if (self->measure.shown)
    {
      bs_chart_measure_end (self);
      self->measure.by_key = FALSE;
    }
  else
    bs_chart_crosshair_hide (self);
}

/* From the bar under the crosshair, or the newest in view, to where the crosshair goes; again: over. */
static void
measure (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);
  gboolean measuring = self->measure.shown;
  BsChartPoint point;

  bs_chart_measure_end (self);
  self->measure.by_key = FALSE;
  if (measuring || self->data == NULL)
    return;
  if (!self->crosshair_shown)
    gtk_widget_activate_action (widget, "chart.move-crosshair", "i", 1);
  if (!self->crosshair_shown)
    return;
  bs_chart_data_get (self->data, self->crosshair_bar, &point);
  bs_chart_measure_begin (self, self->crosshair_bar, point.bar.close, TRUE);
}

static void
change_threshold (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);

  bs_chart_change_threshold (self, self->threshold + g_variant_get_int32 (parameter) * 0.01);
}

static void
emit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit_by_name (widget, name + strlen ("chart."));
}

/* The bar under the crosshair; else the one that the menu was opened on, or the newest in view. */
static void
explain_bar (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);
  guint64 bar, from, to;

  if (self->data == NULL || bs_chart_data_first (self->data) == bs_chart_data_end (self->data))
    return;
  bs_chart_view_visible (&self->view, &from, &to);
  bar = self->crosshair_shown ? self->crosshair_bar : self->menu_bar_known ? self->menu_bar : MAX (to, 1) - 1;
  self->menu_bar_known = FALSE; /* the menu has closed */
  g_signal_emit_by_name (self, "explain-bar",
                         CLAMP (bar, bs_chart_data_first (self->data), bs_chart_data_end (self->data) - 1));
}

static void
popup_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BsChart *self = BS_CHART (widget);
  gboolean corner = g_str_equal (name, "chart.corner-menu");

  if (corner)
    bs_chart_menu_popup (self, self->width - BS_CHART_MENU_PX / 2.0, self->height - BS_CHART_MENU_PX);
  else
    bs_chart_menu_popup (self, self->width / 2.0, self->height / 3.0);
}

static void
toggle_axis (GtkWidget *widget, BsChartAxis axis)
{
  g_object_set (widget, "price-axis", BS_CHART (widget)->axis == axis ? BS_CHART_AXIS_LINEAR : axis, NULL);
}

static void
toggle_log (GtkWidget *widget, const char *name, GVariant *parameter)
{
  toggle_axis (widget, BS_CHART_AXIS_LOG);
}

static void
toggle_percent (GtkWidget *widget, const char *name, GVariant *parameter)
{
  toggle_axis (widget, BS_CHART_AXIS_PERCENT);
}

static void
next_style (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_object_set (widget, "price-style", (BS_CHART (widget)->style + 1) % (BS_CHART_HEIKIN_ASHI + 1), NULL);
}

static const struct
{
  const char *name, *parameter;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "chart.zoom-in", NULL, zoom_in },
  { "chart.zoom-out", NULL, zoom_out },
  { "chart.newest", NULL, newest },
  { "chart.oldest", NULL, oldest },
  { "chart.reset", NULL, reset },
  { "chart.show-all", NULL, show_all },
  { "chart.auto-scale", NULL, auto_scale },
  { "chart.pan", "i", pan },
  { "chart.pan-screens", "i", pan_screens },
  { "chart.scale-values", "i", scale_values },
  { "chart.move-crosshair", "i", move_crosshair },
  { "chart.hide-crosshair", NULL, hide_crosshair },
  { "chart.toggle-log", NULL, toggle_log },
  { "chart.toggle-percent", NULL, toggle_percent },
  { "chart.next-style", NULL, next_style },
  { "chart.measure", NULL, measure },
  { "chart.explain-bar", NULL, explain_bar },
  { "chart.change-threshold", "i", change_threshold },
  { "chart.copy", NULL, emit },
  { "chart.save", NULL, emit },
  { "chart.settings", NULL, emit },
  { "chart.menu", NULL, popup_menu },
  { "chart.corner-menu", NULL, popup_menu },
};

static const struct
{
  guint key;
  GdkModifierType modifiers;
  const char *action;
  int parameter; /* where the action takes one */
} keys[] = {
  { GDK_KEY_plus, 0, "chart.zoom-in" },
  { GDK_KEY_plus, GDK_SHIFT_MASK, "chart.zoom-in" },
  { GDK_KEY_equal, 0, "chart.zoom-in" },
  { GDK_KEY_KP_Add, 0, "chart.zoom-in" },
  { GDK_KEY_minus, 0, "chart.zoom-out" },
  { GDK_KEY_KP_Subtract, 0, "chart.zoom-out" },
  { GDK_KEY_0, 0, "chart.reset" },
  { GDK_KEY_KP_0, 0, "chart.reset" },
  { GDK_KEY_f, 0, "chart.show-all" },
  { GDK_KEY_a, 0, "chart.auto-scale" },
  { GDK_KEY_l, 0, "chart.toggle-log" },
  { GDK_KEY_p, 0, "chart.toggle-percent" },
  { GDK_KEY_s, 0, "chart.next-style" },
  { GDK_KEY_t, 0, "chart.true-time" },
  { GDK_KEY_m, 0, "chart.measure" },
  { GDK_KEY_e, 0, "chart.explain-bar" },
  { GDK_KEY_Up, GDK_SHIFT_MASK, "chart.change-threshold", 1 },
  { GDK_KEY_Down, GDK_SHIFT_MASK, "chart.change-threshold", -1 },
  { GDK_KEY_c, GDK_CONTROL_MASK, "chart.copy" },
  { GDK_KEY_s, GDK_CONTROL_MASK, "chart.save" },
  { GDK_KEY_Menu, 0, "chart.menu" },
  { GDK_KEY_F10, GDK_SHIFT_MASK, "chart.menu" },
  { GDK_KEY_Home, 0, "chart.oldest" },
  { GDK_KEY_KP_Home, 0, "chart.oldest" },
  { GDK_KEY_End, 0, "chart.newest" },
  { GDK_KEY_KP_End, 0, "chart.newest" },
  { GDK_KEY_Left, 0, "chart.move-crosshair", -1 },
  { GDK_KEY_Right, 0, "chart.move-crosshair", 1 },
  { GDK_KEY_KP_Left, 0, "chart.move-crosshair", -1 },
  { GDK_KEY_KP_Right, 0, "chart.move-crosshair", 1 },
  /* Ctrl with an arrow are the replay's, everywhere in the window. */
  { GDK_KEY_Left, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "chart.move-crosshair", -10 },
  { GDK_KEY_Right, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "chart.move-crosshair", 10 },
  { GDK_KEY_Left, GDK_SHIFT_MASK, "chart.pan", -KEY_PAN_BARS },
  { GDK_KEY_Right, GDK_SHIFT_MASK, "chart.pan", KEY_PAN_BARS },
  { GDK_KEY_Page_Up, 0, "chart.pan-screens", -1 },
  { GDK_KEY_Page_Down, 0, "chart.pan-screens", 1 },
  { GDK_KEY_KP_Page_Up, 0, "chart.pan-screens", -1 },
  { GDK_KEY_KP_Page_Down, 0, "chart.pan-screens", 1 },
  { GDK_KEY_Up, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "chart.scale-values", -1 },
  { GDK_KEY_Down, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "chart.scale-values", 1 },
  { GDK_KEY_Escape, 0, "chart.hide-crosshair" },
};

void
bs_chart_actions_class_init (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, actions[i].parameter, actions[i].activate);
  gtk_widget_class_install_property_action (klass, "chart.price-style", "price-style");
  gtk_widget_class_install_property_action (klass, "chart.price-axis", "price-axis");
  gtk_widget_class_install_property_action (klass, "chart.true-time", "true-time");
  for (guint i = 0; i < BS_CHART_N_SHOWS; i++)
    {
      const char *name = bs_chart_shows_name ((BsChartShows) i);
      g_autofree char *action = g_strconcat ("chart.", name, NULL);

      gtk_widget_class_install_property_action (klass, action, name);
    }
  gtk_widget_class_install_property_action (klass, "chart.follow", "follow");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].parameter != 0)
      gtk_widget_class_add_binding_action (klass, keys[i].key, keys[i].modifiers, keys[i].action, "i",
                                           keys[i].parameter);
    else
      gtk_widget_class_add_binding_action (klass, keys[i].key, keys[i].modifiers, keys[i].action, NULL);
}
