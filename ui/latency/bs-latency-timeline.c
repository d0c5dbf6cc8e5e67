/* bs-latency-timeline.c: one line a stage over the predictions, on a log axis, with budget and marks */
#include "ui/latency/bs-latency-timeline.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-timeline-private.h"

G_DEFINE_FINAL_TYPE (BsLatencyTimeline, bs_latency_timeline, GTK_TYPE_WIDGET)

enum
{
  CURSOR_MOVED,
  RANGE_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

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
bs_latency_timeline_describe_view (BsLatencyTimeline *self)
{
  char first[BS_NUMBER_LENGTH], last[BS_NUMBER_LENGTH], n[BS_NUMBER_LENGTH];
  guint64 end = bs_latency_timeline_view_end (self), span = bs_latency_timeline_span (self);
  guint64 from = MAX (bs_latency_history_first (self->history), end > span ? end - span : 0);

  if (self->cursor != BS_LATENCY_NO_CURSOR || from >= end)
    return;
  g_autofree char *text = g_strdup_printf (
    _ ("Predictions %s to %s of %s"), bs_number_format_count (first, from + 1), bs_number_format_count (last, end),
    bs_number_format_count (n, bs_latency_history_end (self->history)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* Tells a screen reader what is under the cursor, or in view. */
static void
describe_cursor (BsLatencyTimeline *self)
{
  char total[BS_NUMBER_LENGTH], bar[BS_NUMBER_LENGTH];
  guint64 from, to, row;
  gint64 time_us;

  if (!bs_latency_timeline_get_cursor (self, &from, &to))
    {
      bs_latency_timeline_describe_view (self);
      return;
    }
  bs_latency_history_get_bar (self->history, from, &row, &time_us);
  guint32 ns = bs_latency_history_max (self->history, BS_STAGE_TOTAL, from, to);
  g_autofree char *text = g_strdup_printf (_ ("Bar %s: total %s"), bs_number_format_count (bar, row),
                                           bs_number_format_duration (total, ns));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
bs_latency_timeline_set_cursor (BsLatencyTimeline *self, guint64 number)
{
  if (self->cursor == number)
    return;
  self->cursor = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  describe_cursor (self);
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
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    g_clear_pointer (&self->ranges[side], g_array_unref);
  g_clear_object (&self->record);
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
  signals[RANGE_SELECTED]
    = g_signal_new ("range-selected", BS_TYPE_LATENCY_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                    G_TYPE_INT, G_TYPE_UINT64, G_TYPE_UINT64, G_TYPE_BOOLEAN);
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
  self->drag = self->selecting = BS_LATENCY_N_SIDES;
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    self->ranges[side] = g_array_new (FALSE, FALSE, sizeof (BsLatencyRange));
  bs_log_axis_fit (&self->axis, BS_LATENCY_EMPTY_MIN_NS, self->budget_ns);

  gtk_widget_set_focusable (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latency by stage"), -1);
  bs_palette_watch (widget, on_palette_changed);
  bs_latency_timeline_input_init (self);
}

static void
on_record_changed (BsLatencyTimeline *self)
{
  if (self->cursor != BS_LATENCY_NO_CURSOR
      && (self->cursor < bs_latency_history_first (self->history)
          || self->cursor >= bs_latency_history_end (self->history)))
    bs_latency_timeline_set_cursor (self, BS_LATENCY_NO_CURSOR);
  bs_latency_timeline_follow_pointer (self);
  bs_latency_timeline_invalidate (self);
}

static void
on_reset (BsLatencyTimeline *self)
{
  self->follow = TRUE;
  self->selecting = BS_LATENCY_N_SIDES;
}

static void
on_budget_changed (BsLatencyTimeline *self)
{
  self->budget_ns = 1000 * bs_latency_record_get_budget_us (self->record);
  bs_latency_timeline_invalidate (self);
}

GtkWidget *
bs_latency_timeline_new (BsLatencyRecord *record)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (record), NULL);

  BsLatencyTimeline *self = g_object_new (BS_TYPE_LATENCY_TIMELINE, NULL);
  self->record = g_object_ref (record);
  self->history = bs_latency_record_history (record);
  g_signal_connect_object (record, "changed", G_CALLBACK (on_record_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "reset", G_CALLBACK (on_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "marks-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "notify::budget-us", G_CALLBACK (on_budget_changed), self, G_CONNECT_SWAPPED);
  on_budget_changed (self);
  return GTK_WIDGET (self);
}

void
bs_latency_timeline_set_drag (BsLatencyTimeline *self, BsLatencySide side)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));
  self->drag = side;
  self->selectable = TRUE;
}

void
bs_latency_timeline_set_ranges (BsLatencyTimeline *self, BsLatencySide side, const BsLatencyRange *ranges, guint n)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));
  g_return_if_fail (side < BS_LATENCY_N_SIDES);

  g_array_set_size (self->ranges[side], 0);
  if (n > 0)
    g_array_append_vals (self->ranges[side], ranges, n);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_timeline_select (BsLatencyTimeline *self, guint64 from, guint64 to, gboolean done)
{
  BsLatencySide side = self->selecting;

  if (done)
    self->selecting = BS_LATENCY_N_SIDES;
  g_signal_emit (self, signals[RANGE_SELECTED], 0, (int) side, MIN (from, self->anchor_from), MAX (to, self->anchor_to),
                 done);
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

gboolean
bs_latency_timeline_read_last (BsLatencyTimeline *self, guint32 *values)
{
  guint64 from = 0, to = 0;

  g_return_val_if_fail (BS_IS_LATENCY_TIMELINE (self), FALSE);

  gboolean cursor = bs_latency_timeline_get_cursor (self, &from, &to);
  const guint32 *last = bs_latency_record_last (self->record);
  for (guint s = 0; s < BS_N_STAGES; s++)
    values[s] = cursor ? bs_latency_history_max (self->history, (BsStage) s, from, to) : last[s];
  return cursor;
}

void
bs_latency_timeline_get_visible (BsLatencyTimeline *self, guint64 *from, guint64 *to)
{
  g_return_if_fail (BS_IS_LATENCY_TIMELINE (self));

  guint64 first = bs_latency_history_first (self->history), span = bs_latency_timeline_span (self);
  *to = bs_latency_timeline_view_end (self);
  *from = MIN (*to, MAX (first, *to > span ? *to - span : 0));
}
