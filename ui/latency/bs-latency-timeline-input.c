/* bs-latency-timeline-input.c: pointer, keys and gestures: zoom, pan, cursor */
#include "ui/latency/bs-latency-timeline-private.h"

#include <math.h>

#define PAN_PART 0.25 /* of the view that Shift+arrow goes */
#define DRAG_PX 3     /* a press that moves less is a click */

void
bs_latency_timeline_follow_pointer (BsLatencyTimeline *self)
{
  guint64 from, to;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double back = (bs_latency_timeline_right (self) - self->pointer) * scale / self->scale.px;

  if (self->pointer < 0)
    return;
  bs_latency_scale_column (&self->scale, bs_latency_timeline_view_end (self), back > 0 ? (guint) back : 0, &from, &to);
  from = MAX (from, bs_latency_history_first (self->history));
  bs_latency_timeline_set_cursor (self, from < to ? from : BS_LATENCY_NO_CURSOR);
}

/* Brings @end into view at the right edge; at the newest it follows. */
static void
show_end (BsLatencyTimeline *self, double end)
{
  double newest = (double) bs_latency_history_end (self->history);
  double oldest
    = (double) bs_latency_history_first (self->history) + MIN ((double) bs_latency_timeline_span (self), newest);

  self->follow = end >= newest;
  self->end = (guint64) CLAMP (end, MIN (oldest, newest), newest);
  bs_latency_timeline_follow_pointer (self);
  bs_latency_timeline_describe_view (self);
  bs_latency_timeline_invalidate (self);
}

/* Zooms about @x, px: what is there stays there; at the right edge while it follows. */
static void
zoom (BsLatencyTimeline *self, int steps, double x)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double pixels = (bs_latency_timeline_right (self) - x) * scale;
  double before = pixels * self->scale.per_column / self->scale.px;

  bs_latency_scale_zoom (&self->scale, steps);
  if (self->follow)
    {
      bs_latency_timeline_describe_view (self);
      bs_latency_timeline_invalidate (self);
    }
  else
    show_end (self, (double) self->end - before + pixels * self->scale.per_column / self->scale.px);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  BsLatencyTimeline *self = data;

  if (dx != 0)
    show_end (self, (double) bs_latency_timeline_view_end (self) + dx * 0.1 * (double) bs_latency_timeline_span (self));
  self->scrolled += dy;
  int steps = (int) self->scrolled;
  self->scrolled -= steps;
  if (steps != 0)
    zoom (self, -steps, self->pointer >= 0 ? self->pointer : bs_latency_timeline_right (self));
  return GDK_EVENT_STOP;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  BsLatencyTimeline *self = data;

  self->pointer = x >= self->plot.origin.x && x <= bs_latency_timeline_right (self) ? x : -1;
  if (self->pointer < 0)
    bs_latency_timeline_set_cursor (self, BS_LATENCY_NO_CURSOR);
  bs_latency_timeline_follow_pointer (self);
}

static void
on_leave (GtkEventControllerMotion *controller, gpointer data)
{
  BsLatencyTimeline *self = data;

  self->pointer = -1;
  bs_latency_timeline_set_cursor (self, BS_LATENCY_NO_CURSOR);
}

/* The predictions of the column at @x, px, cut to what is held. Returns FALSE where none are. */
static gboolean
column_at (BsLatencyTimeline *self, double x, guint64 *from, guint64 *to)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double back = (bs_latency_timeline_right (self) - MAX (x, self->plot.origin.x)) * scale / self->scale.px;
  guint64 first = bs_latency_history_first (self->history), end = bs_latency_timeline_view_end (self);

  if (first >= end)
    return FALSE;
  bs_latency_scale_column (&self->scale, end, back > 0 ? (guint) back : 0, from, to);
  /* Left of the oldest prediction: that one. */
  *from = CLAMP (*from, first, end - 1);
  *to = CLAMP (*to, *from + 1, end);
  return TRUE;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  BsLatencyTimeline *self = data;
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_end = bs_latency_timeline_view_end (self);
  self->drag_x = x;
  self->drag_pans = self->drag == BS_LATENCY_N_SIDES || (modifiers & GDK_SHIFT_MASK) != 0;
  self->selecting = BS_LATENCY_N_SIDES;
}

static void
drag_selection (BsLatencyTimeline *self, double dx, gboolean done)
{
  guint64 from, to;

  if (self->selecting == BS_LATENCY_N_SIDES)
    {
      if (fabs (dx) < DRAG_PX || done || !column_at (self, self->drag_x, &self->anchor_from, &self->anchor_to))
        return;
      self->selecting = self->drag;
    }
  if (column_at (self, self->drag_x + dx, &from, &to))
    bs_latency_timeline_select (self, from, to, done);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  BsLatencyTimeline *self = data;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (!self->drag_pans)
    drag_selection (self, dx, FALSE);
  else if (fabs (dx) >= 2)
    show_end (self, (double) self->drag_end - dx * scale * self->scale.per_column / self->scale.px);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  BsLatencyTimeline *self = data;

  if (!self->drag_pans)
    drag_selection (self, dx, TRUE);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  BsLatencyTimeline *self = data;

  if (n_press == 2)
    show_end (self, (double) G_MAXINT64);
}

static gboolean
zoom_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);

  zoom (self, g_variant_get_int32 (args), self->plot.origin.x + self->plot.size.width / 2);
  return TRUE;
}

static gboolean
pan_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);

  show_end (self, (double) bs_latency_timeline_view_end (self)
                    + g_variant_get_int32 (args) * PAN_PART * (double) bs_latency_timeline_span (self));
  return TRUE;
}

/* -1 to the oldest, 1 to the newest. */
static gboolean
go_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  show_end (BS_LATENCY_TIMELINE (widget), g_variant_get_int32 (args) < 0 ? 0 : (double) G_MAXINT64);
  return TRUE;
}

/* One column left or right, the view following the cursor; 0 puts the cursor away. */
static gboolean
cursor_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);
  gint32 step = g_variant_get_int32 (args);
  guint64 first = bs_latency_history_first (self->history), end = bs_latency_history_end (self->history);
  gint64 cursor = (gint64) self->cursor;

  if (step == 0 || first >= end)
    {
      self->selecting = BS_LATENCY_N_SIDES;
      bs_latency_timeline_set_cursor (self, BS_LATENCY_NO_CURSOR);
      return step == 0;
    }
  if (self->cursor == BS_LATENCY_NO_CURSOR)
    cursor = (gint64) bs_latency_timeline_view_end (self) - 1;
  else
    cursor += step * (gint64) self->scale.per_column;
  cursor = CLAMP (cursor, (gint64) first, (gint64) end - 1);
  self->pointer = -1;
  if ((guint64) cursor >= bs_latency_timeline_view_end (self))
    show_end (self, (double) cursor + 1);
  else if ((guint64) cursor + bs_latency_timeline_span (self) < bs_latency_timeline_view_end (self))
    show_end (self, (double) cursor + (double) bs_latency_timeline_span (self));
  bs_latency_timeline_set_cursor (self, (guint64) cursor);
  guint64 from, to;
  if (self->selecting != BS_LATENCY_N_SIDES && bs_latency_timeline_get_cursor (self, &from, &to))
    bs_latency_timeline_select (self, from, to, FALSE);
  return TRUE;
}

/* Begins a selection for a side at the cursor, or ends the one that was begun. */
static gboolean
select_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (widget);
  BsLatencySide side = (BsLatencySide) g_variant_get_int32 (args);
  guint64 from, to;

  if (!self->selectable)
    return FALSE;
  if (!bs_latency_timeline_get_cursor (self, &from, &to))
    {
      gtk_widget_error_bell (widget);
      return TRUE;
    }
  if (self->selecting == side)
    {
      bs_latency_timeline_select (self, from, to, TRUE);
      return TRUE;
    }
  self->selecting = side;
  self->anchor_from = from;
  self->anchor_to = to;
  bs_latency_timeline_select (self, from, to, FALSE);
  return TRUE;
}

void
bs_latency_timeline_input_class_init (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    GtkShortcutFunc func;
    int argument;
  } bindings[] = {
    { GDK_KEY_plus, 0, zoom_binding, 1 },
    { GDK_KEY_plus, GDK_SHIFT_MASK, zoom_binding, 1 },
    { GDK_KEY_equal, 0, zoom_binding, 1 },
    { GDK_KEY_KP_Add, 0, zoom_binding, 1 },
    { GDK_KEY_minus, 0, zoom_binding, -1 },
    { GDK_KEY_KP_Subtract, 0, zoom_binding, -1 },
    { GDK_KEY_Left, GDK_SHIFT_MASK, pan_binding, -1 },
    { GDK_KEY_Right, GDK_SHIFT_MASK, pan_binding, 1 },
    { GDK_KEY_Left, 0, cursor_binding, -1 },
    { GDK_KEY_Right, 0, cursor_binding, 1 },
    { GDK_KEY_Escape, 0, cursor_binding, 0 },
    { GDK_KEY_a, 0, select_binding, BS_LATENCY_A },
    { GDK_KEY_b, 0, select_binding, BS_LATENCY_B },
    { GDK_KEY_Home, 0, go_binding, -1 },
    { GDK_KEY_End, 0, go_binding, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding (klass, bindings[i].key, bindings[i].modifiers, bindings[i].func, "i",
                                  bindings[i].argument);
}

void
bs_latency_timeline_input_init (BsLatencyTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}
