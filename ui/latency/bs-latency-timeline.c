/* bs-latency-timeline.c: one line a stage over the predictions, on a log axis, with budget and marks */
#include "ui/latency/bs-latency-timeline.h"

#include <glib/gi18n.h>

#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-timeline-private.h"

#define MAX_MARKS 1000

G_DEFINE_FINAL_TYPE (BsLatencyTimeline, bs_latency_timeline, GTK_TYPE_WIDGET)

enum
{
  CURSOR_MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear_mark (gpointer data)
{
  g_free (((BsLatencyMark *) data)->text);
}

void
bs_latency_timeline_invalidate (BsLatencyTimeline *self)
{
  g_clear_pointer (&self->image, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint64
bs_latency_timeline_view_end (BsLatencyTimeline *self)
{
  guint64 end = bs_latency_history_end (self->history);

  return self->follow ? end : MIN (self->end, end);
}

guint
bs_latency_timeline_columns (BsLatencyTimeline *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return bs_latency_scale_columns (&self->scale, (guint) MAX (1, self->plot.size.width * (float) scale));
}

guint64
bs_latency_timeline_span (BsLatencyTimeline *self)
{
  return (guint64) bs_latency_timeline_columns (self) * self->scale.per_column;
}

void
bs_latency_timeline_set_cursor (BsLatencyTimeline *self, guint64 number)
{
  if (self->cursor == number)
    return;
  self->cursor = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0);
}

static void
bs_latency_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 72;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 140;
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LATENCY_TIMELINE (widget)->palette_read = FALSE;
  bs_latency_timeline_invalidate (BS_LATENCY_TIMELINE (widget));
}

static void
bs_latency_timeline_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_latency_timeline_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_LATENCY_TIMELINE (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_latency_timeline_dispose (GObject *object)
{
  BsLatencyTimeline *self = BS_LATENCY_TIMELINE (object);

  g_clear_object (&self->layout);
  g_clear_pointer (&self->image, cairo_surface_destroy);
  g_clear_pointer (&self->marks, g_array_unref);
  G_OBJECT_CLASS (bs_latency_timeline_parent_class)->dispose (object);
}

static void
bs_latency_timeline_class_init (BsLatencyTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_latency_timeline_dispose;
  widget_class->measure = bs_latency_timeline_measure;
  widget_class->snapshot = bs_latency_timeline_snapshot;
  widget_class->css_changed = bs_latency_timeline_css_changed;
  signals[CURSOR_MOVED]
    = g_signal_new ("cursor-moved", BS_TYPE_LATENCY_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "latencytimeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  bs_latency_timeline_input_class_init (widget_class);
}

static void
bs_latency_timeline_init (BsLatencyTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->scale = (BsLatencyScale){ .per_column = 1, .px = 2 };
  self->follow = TRUE;
  self->cursor = BS_LATENCY_NO_CURSOR;
  self->pointer = -1;
  self->budget_ns = BS_TRACE_SLOW_NS;
  self->highlight = BS_N_STAGES;
  self->marks = g_array_new (FALSE, FALSE, sizeof (BsLatencyMark));
  g_array_set_clear_func (self->marks, clear_mark);
  bs_log_axis_fit (&self->axis, BS_LATENCY_EMPTY_MIN_NS, self->budget_ns);

  gtk_widget_set_focusable (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latency by stage"), -1);
  bs_palette_watch (widget, on_palette_changed);
  bs_latency_timeline_input_init (self);
}

GtkWidget *
bs_latency_timeline_new (const BsLatencyHistory *history)
{
  g_return_val_if_fail (history != NULL, NULL);

  BsLatencyTimeline *self = g_object_new (BS_TYPE_LATENCY_TIMELINE, NULL);
  self->history = history;
  return GTK_WIDGET (self);
}

void
bs_latency_timeline_changed (BsLatencyTimeline *self)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  guint64 first = bs_latency_history_first (self->history);
  guint gone = 0;

  while (gone < self->marks->len && g_array_index (self->marks, BsLatencyMark, gone).number < first)
    gone++;
  if (gone > 0)
    g_array_remove_range (self->marks, 0, gone);
  if (self->cursor != BS_LATENCY_NO_CURSOR
      && (self->cursor < first || self->cursor >= bs_latency_history_end (self->history)))
    bs_latency_timeline_set_cursor (self, BS_LATENCY_NO_CURSOR);
  bs_latency_timeline_follow_pointer (self);
  bs_latency_timeline_invalidate (self);
}

void
bs_latency_timeline_set_budget (BsLatencyTimeline *self, double budget_ns)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));
  g_return_if_fail (budget_ns > 0);

  self->budget_ns = budget_ns;
  bs_latency_timeline_invalidate (self);
}

void
bs_latency_timeline_add_mark (BsLatencyTimeline *self, guint64 number, const char *text)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));
  g_return_if_fail (text != NULL);

  BsLatencyMark mark = { number, g_strdup (text) };
  guint at = self->marks->len;

  if (self->marks->len >= MAX_MARKS)
    {
      g_array_remove_index (self->marks, 0);
      at--;
    }
  while (at > 0 && g_array_index (self->marks, BsLatencyMark, at - 1).number > number)
    at--;
  g_array_insert_val (self->marks, at, mark);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_timeline_clear_marks (BsLatencyTimeline *self)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  g_array_set_size (self->marks, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_timeline_set_highlight (BsLatencyTimeline *self, BsStage stage)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  if (self->highlight == stage)
    return;
  self->highlight = stage;
  bs_latency_timeline_invalidate (self);
}

gboolean
bs_latency_timeline_get_cursor (BsLatencyTimeline *self, guint64 *from, guint64 *to)
{
  g_return_val_if_fail (BS_IS_LATENCY_TIMELINE (self), FALSE);

  if (self->cursor == BS_LATENCY_NO_CURSOR || self->cursor >= bs_latency_history_end (self->history)
      || self->cursor < bs_latency_history_first (self->history))
    return FALSE;
  *from = self->cursor;
  *to = MIN ((self->cursor / self->scale.per_column + 1) * self->scale.per_column,
             bs_latency_history_end (self->history));
  return TRUE;
}

void
bs_latency_timeline_get_visible (BsLatencyTimeline *self, guint64 *from, guint64 *to)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  guint64 first = bs_latency_history_first (self->history), span = bs_latency_timeline_span (self);
  *to = bs_latency_timeline_view_end (self);
  *from = MIN (*to, MAX (first, *to > span ? *to - span : 0));
}
