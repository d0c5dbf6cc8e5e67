/* bs-chart-input.c: the user's hands: wheel, drag and touch */
#include <math.h>

#include "ui/chart/bs-chart-private.h"

#define WHEEL_ZOOM 1.2 /* a notch of the wheel */
#define TOUCHPAD_ZOOM_PER_PX 1.006
#define WHEEL_PAN_PX 60 /* a notch sideways */
#define SEPARATOR_REACH_PX 4 /* how near a hairline can be taken hold of */
#define THRESHOLD_REACH_PX 5
#define AXIS_ZOOM_PER_PX 1.006
#define KINETIC_DECAY_US 325000 /* time constant, as GTK's own kinetic scrolling feels */
#define KINETIC_LEAST_PX_S 20
#define MIN_PANE_HEIGHT_PX 36

/* The pane shown below @kind, BS_N_PANES for none. */
static BsPaneKind
next_pane (BsChart *self, BsPaneKind kind)
{
  guint i = kind + 1;

  while (i < BS_N_PANES && !self->panes[i].shown)
    i++;
  return (BsPaneKind) i;
}

BsZone
bs_chart_zone_at (BsChart *self, double x, double y, BsPaneKind *pane)
{
  double at = y * self->scale;

  *pane = BS_PANE_PRICE;
  if (y >= self->height - bs_chart_time_axis_height (self))
    return BS_ZONE_TIME_AXIS;
  for (guint i = 0; i < BS_N_PANES; i++)
    {
      int bottom = self->panes[i].top + self->panes[i].height;

      if (!self->panes[i].shown)
        continue;
      if (next_pane (self, (BsPaneKind) i) < BS_N_PANES && fabs (at - bottom) <= SEPARATOR_REACH_PX * self->scale)
        {
          *pane = (BsPaneKind) i;
          return BS_ZONE_SEPARATOR;
        }
      if (at < bottom)
        {
          *pane = (BsPaneKind) i;
          break;
        }
    }
  if (*pane == BS_PANE_CONFIDENCE && self->panes[*pane].settled
      && fabs (at - self->panes[*pane].top - bs_chart_scale_y (&self->panes[*pane].scale, self->threshold))
           <= THRESHOLD_REACH_PX * self->scale)
    return BS_ZONE_THRESHOLD;
  return x >= self->width - self->axis_width ? BS_ZONE_VALUE_AXIS : BS_ZONE_PLOT;
}

static void
pan_pixels (BsChart *self, double pixels)
{
  double whole;

  /* The view moves by whole pixels; what is left over waits for the next motion. */
  self->drag_rest += pixels * self->scale;
  whole = trunc (self->drag_rest);
  self->drag_rest -= whole;
  if (whole != 0)
    bs_chart_pan (self, -whole / self->view.bar_width);
}

static gboolean
kinetic_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsChart *self = BS_CHART (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double elapsed = (double) (now - self->kinetic_us);
  double decay = exp (-elapsed / KINETIC_DECAY_US), right = self->view.right;

  self->kinetic_us = now;
  if (elapsed <= 0)
    return G_SOURCE_CONTINUE;
  pan_pixels (self, self->velocity * elapsed / G_USEC_PER_SEC);
  self->velocity *= decay;
  /* At an end of the data, or slower than one sees. */
  if (fabs (self->velocity) < KINETIC_LEAST_PX_S
      || (self->view.right == right && fabs (self->velocity * elapsed) > 4.0 * G_USEC_PER_SEC))
    {
      self->kinetic_id = 0;
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

void
bs_chart_stop_kinetic (BsChart *self)
{
  if (self->kinetic_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->kinetic_id);
  self->kinetic_id = 0;
}

static void
start_kinetic (BsChart *self, double velocity)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  bs_chart_stop_kinetic (self);
  if (clock == NULL || fabs (velocity) < KINETIC_LEAST_PX_S)
    return;
  self->velocity = velocity;
  self->kinetic_us = gdk_frame_clock_get_frame_time (clock);
  self->kinetic_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), kinetic_tick, NULL, NULL);
}

static void
zoom_at (BsChart *self, double factor, double x)
{
  gboolean followed = self->view.follow;

  bs_chart_view_zoom (&self->view, factor, CLAMP (x * self->scale, 0, bs_chart_plot_width (self)));
  bs_chart_view_moved (self, followed);
}

void
bs_chart_zoom_values (BsChart *self, BsPaneKind kind, double factor)
{
  BsPane *pane = &self->panes[kind];

  if (!pane->settled)
    return;
  pane->automatic = FALSE;
  bs_chart_scale_zoom (&pane->scale, factor);
  bs_chart_tell_view (self);
  bs_chart_invalidate (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, BsChart *self)
{
  gboolean wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  BsPaneKind pane;
  BsZone zone = bs_chart_zone_at (self, self->pointer_x, self->pointer_y, &pane);

  bs_chart_stop_kinetic (self);
  if (modifiers & GDK_SHIFT_MASK && dx == 0)
    {
      dx = dy;
      dy = 0;
    }
  if (dy != 0 && zone == BS_ZONE_VALUE_AXIS)
    bs_chart_zoom_values (self, pane, pow (wheel ? WHEEL_ZOOM : TOUCHPAD_ZOOM_PER_PX, dy));
  else if (dy != 0 && fabs (dy) >= fabs (dx))
    zoom_at (self, pow (wheel ? WHEEL_ZOOM : TOUCHPAD_ZOOM_PER_PX, -dy), self->pointer_x);
  else if (dx != 0)
    pan_pixels (self, -dx * (wheel ? WHEEL_PAN_PX : 1));
  return TRUE;
}

static void
on_decelerate (GtkEventControllerScroll *controller, double velocity_x, double velocity_y, BsChart *self)
{
  if (fabs (velocity_x) > fabs (velocity_y))
    start_kinetic (self, -velocity_x);
}

static void
resize_panes (BsChart *self, BsPaneKind above, double pixels)
{
  BsPane *a = &self->panes[above], *b = &self->panes[next_pane (self, above)];
  double height = (a->height + b->height) / (double) self->scale, least = MIN (MIN_PANE_HEIGHT_PX, height / 2);
  double share = CLAMP (a->height / (double) self->scale + pixels, least, height - least) / height;
  double weight = a->weight + b->weight;

  a->weight = weight * share;
  b->weight = weight - a->weight;
  g_object_notify (G_OBJECT (self), "pane-sizes");
  bs_chart_invalidate (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* The bar and the price at a point of the plot. */
static gboolean
point_at (BsChart *self, double x, double y, guint64 *bar, double *price)
{
  BsPane *pane = &self->panes[BS_PANE_PRICE];

  if (!pane->settled || !bs_chart_view_nearest (&self->view, x * self->scale, bar))
    return FALSE;
  *price = bs_chart_scale_value (&pane->scale, CLAMP (y * self->scale - pane->top, 0, pane->height));
  return TRUE;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BsChart *self)
{
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  guint64 bar;
  double price;

  bs_chart_stop_kinetic (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_zone = bs_chart_zone_at (self, x, y, &self->drag_pane);
  self->drag_x = x;
  self->drag_y = y;
  self->drag_rest = 0;
  bs_chart_measure_end (self);
  if (modifiers & GDK_SHIFT_MASK && self->drag_zone == BS_ZONE_PLOT && self->drag_pane == BS_PANE_PRICE
      && point_at (self, x, y, &bar, &price))
    {
      self->drag_zone = BS_ZONE_MEASURE;
      bs_chart_measure_begin (self, bar, price, FALSE);
    }
}

static void
on_drag_update (GtkGestureDrag *gesture, double offset_x, double offset_y, BsChart *self)
{
  double start_x, start_y, dx, dy;
  BsPane *pane = &self->panes[self->drag_pane];

  if (!gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y))
    return;
  dx = start_x + offset_x - self->drag_x;
  dy = start_y + offset_y - self->drag_y;
  self->drag_x += dx;
  self->drag_y += dy;
  switch (self->drag_zone)
    {
    case BS_ZONE_VALUE_AXIS:
      if (dy != 0)
        bs_chart_zoom_values (self, self->drag_pane, pow (AXIS_ZOOM_PER_PX, dy));
      break;
    case BS_ZONE_TIME_AXIS:
      if (dx != 0)
        zoom_at (self, pow (AXIS_ZOOM_PER_PX, -dx), self->width - self->axis_width);
      break;
    case BS_ZONE_SEPARATOR:
      resize_panes (self, self->drag_pane, dy);
      break;
    case BS_ZONE_THRESHOLD:
      bs_chart_change_threshold (self, bs_chart_scale_value (&pane->scale, self->drag_y * self->scale - pane->top));
      break;
    case BS_ZONE_MEASURE:
      {
        guint64 bar;
        double price;

        if (point_at (self, self->drag_x, self->drag_y, &bar, &price))
          bs_chart_measure_to (self, bar, price);
        break;
      }
    case BS_ZONE_PLOT:
    case BS_N_ZONES:
    default:
      /* A range set by hand is moved by hand. */
      if (!pane->automatic && dy != 0)
        {
          bs_chart_scale_pan (&pane->scale, dy * self->scale);
          bs_chart_invalidate (self);
        }
      pan_pixels (self, dx);
      break;
    }
}

static void
on_swipe (GtkGestureSwipe *gesture, double velocity_x, double velocity_y, BsChart *self)
{
  GdkDevice *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (gesture));

  if (self->drag_zone == BS_ZONE_PLOT && device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN)
    start_kinetic (self, velocity_x);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, BsChart *self)
{
  BsPaneKind pane;

  if (n_press != 2)
    return;
  switch (bs_chart_zone_at (self, x, y, &pane))
    {
    case BS_ZONE_VALUE_AXIS:
      self->panes[pane].automatic = TRUE;
      bs_chart_invalidate (self);
      break;
    case BS_ZONE_SEPARATOR:
      for (guint i = 0; i < BS_N_PANES; i++)
        self->panes[i].weight = bs_pane_classes[i].weight;
      g_object_notify (G_OBJECT (self), "pane-sizes");
      bs_chart_invalidate (self);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
      break;
    case BS_ZONE_THRESHOLD:
      break;
    case BS_ZONE_PLOT:
    case BS_ZONE_TIME_AXIS:
    case BS_ZONE_MEASURE:
    case BS_N_ZONES:
    default:
      gtk_widget_activate_action (GTK_WIDGET (self), "chart.reset", NULL);
      break;
    }
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, BsChart *self)
{
  bs_chart_stop_kinetic (self);
  self->pinch = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, BsChart *self)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y) || !(scale > 0))
    return;
  zoom_at (self, scale / self->pinch, x);
  self->pinch = scale;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, BsChart *self)
{
  static const char *const cursors[] = {
    [BS_ZONE_PLOT] = "crosshair",
    [BS_ZONE_VALUE_AXIS] = "ns-resize",
    [BS_ZONE_TIME_AXIS] = "ew-resize",
    [BS_ZONE_SEPARATOR] = "row-resize",
    [BS_ZONE_THRESHOLD] = "ns-resize",
  };
  BsPaneKind pane;
  BsZone zone = bs_chart_zone_at (self, x, y, &pane);

  /* GTK makes up motions when the widget moves under the pointer; a crosshair set by key stays where it is then. */
  if (x == self->pointer_x && y == self->pointer_y)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), cursors[zone]);
  if (zone == BS_ZONE_PLOT || zone == BS_ZONE_SEPARATOR || zone == BS_ZONE_THRESHOLD)
    bs_chart_crosshair_to_pointer (self, x, y);
  else
    bs_chart_crosshair_hide (self);
}

static void
on_enter (GtkEventControllerMotion *controller, double x, double y, BsChart *self)
{
  self->pointer_x = self->pointer_y = -1;
  on_motion (controller, x, y, self);
}

static void
on_leave (GtkEventControllerMotion *controller, BsChart *self)
{
  if (self->crosshair_at_pointer)
    bs_chart_crosshair_hide (self);
}

void
bs_chart_input_init (BsChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;
  GtkGesture *drag, *gesture;

  controller
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES | GTK_EVENT_CONTROLLER_SCROLL_KINETIC);
  g_signal_connect (controller, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (controller, "decelerate", G_CALLBACK (on_decelerate), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_motion_new ();
  g_signal_connect (controller, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (controller, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (controller, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, controller);

  drag = gtk_gesture_drag_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  gesture = gtk_gesture_swipe_new ();
  g_signal_connect (gesture, "swipe", G_CALLBACK (on_swipe), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
  gtk_gesture_group (gesture, drag);

  gesture = gtk_gesture_click_new ();
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
  gtk_gesture_group (gesture, drag);

  gesture = gtk_gesture_zoom_new ();
  g_signal_connect (gesture, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (gesture, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
}
