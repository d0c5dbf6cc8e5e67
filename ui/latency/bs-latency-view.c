/* bs-latency-view.c: where the time of a prediction goes, in a strip under the chart */
#include "ui/latency/bs-latency-view.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-table.h"
#include "ui/latency/bs-latency-tally.h"
#include "ui/latency/bs-latency-timeline.h"

#define SUMMARY_INTERVAL_US (2 * G_USEC_PER_SEC)

#define PADDING_PX 6
#define SPACING_PX 12
#define TABLE_PART 0.46 /* of the width, at most */
#define MIN_TIMELINE_PX 220

struct _BsLatencyView
{
  GtkWidget parent_instance;
  BsLatencyRecord *record;
  BsLatencyTally *tally;
  gint64 summary_time; /* us */

  BsLatencyTimeline *timeline;
  GtkWidget *scroller;
  BsLatencyTable *table;
  GtkLabel *message;
};

G_DEFINE_FINAL_TYPE (BsLatencyView, bs_latency_view, GTK_TYPE_WIDGET)

static void
update_message (BsLatencyView *self)
{
  const char *text = bs_latency_record_message (self->record);

  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
  if (text != NULL && g_strcmp0 (gtk_label_get_text (self->message), text) != 0)
    gtk_label_set_text (self->message, text);
}

static void
update_last (BsLatencyView *self)
{
  guint32 values[BS_N_STAGES];
  gboolean cursor = bs_latency_timeline_read_last (self->timeline, values);

  bs_latency_table_set_last (self->table, values, cursor);
}

static void
on_changed (BsLatencyView *self)
{
  update_message (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_last (self);
}

static void
on_reset (BsLatencyView *self)
{
  bs_latency_tally_reset (self->tally);
  bs_latency_table_clear (self->table);
}

static void
on_highlight (BsLatencyTable *table, int stage, gpointer data)
{
  bs_latency_timeline_set_highlight (BS_LATENCY_VIEW (data)->timeline, (BsStage) stage);
}

static void
update_summary (BsLatencyView *self, gint64 now)
{
  char p50[BS_NUMBER_LENGTH], p99[BS_NUMBER_LENGTH], max[BS_NUMBER_LENGTH], budget[BS_NUMBER_LENGTH];
  const BsLatencyFigures *total = bs_latency_tally_figures (self->tally, BS_STAGE_TOTAL);

  if (now - self->summary_time < SUMMARY_INTERVAL_US || total->count == 0)
    return;
  self->summary_time = now;
  g_autofree char *text = g_strdup_printf (
    _ ("Total: median %s, 99 %% under %s, longest %s, budget %s"), bs_number_format_duration (p50, total->p50),
    bs_number_format_duration (p99, total->p99), bs_number_format_duration (max, total->max),
    bs_number_format_duration (budget, (gint64) (1000 * bs_latency_record_get_budget_us (self->record))));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean
on_frame (BsLatencyView *self, gint64 now)
{
  BsStage stage;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return FALSE;
  gboolean busy = bs_latency_tally_step (self->tally, now, &stage);
  if (stage != BS_N_STAGES)
    bs_latency_table_set_figures (self->table, stage, bs_latency_tally_figures (self->tally, stage), NULL);
  update_summary (self, now);
  return busy;
}

static void
bs_latency_view_map (GtkWidget *widget)
{
  BsLatencyView *self = BS_LATENCY_VIEW (widget);

  GTK_WIDGET_CLASS (bs_latency_view_parent_class)->map (widget);
  if (self->record != NULL)
    update_last (self);
}

static void
bs_latency_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int unused;
      gtk_widget_measure (child, orientation, -1, &unused, NULL, NULL, NULL);
    }
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 900 : 160;
}

/* Within the padding. */
static void
place (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation){ x + PADDING_PX, y + PADDING_PX, MAX (width, 1), MAX (height, 1) },
                            -1);
}

static int
width_of (GtkWidget *child, gboolean natural)
{
  int least, wished;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &wished, NULL, NULL);
  return natural ? wished : least;
}

/* The table stands beside the timeline, where it has room. */
static void
bs_latency_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BsLatencyView *self = BS_LATENCY_VIEW (widget);

  if (self->record == NULL)
    return;
  width -= 2 * PADDING_PX;
  height -= 2 * PADDING_PX;
  int least = width_of (self->scroller, FALSE), wished = width_of (self->scroller, TRUE);
  int room = MIN ((int) (TABLE_PART * width), width - MIN_TIMELINE_PX - SPACING_PX);
  int table_width = MIN (MAX (room, least), wished), plot_width = width;

  gtk_widget_set_child_visible (self->scroller, room >= least);
  if (room >= least)
    {
      place (self->scroller, width - table_width, 0, table_width, height);
      plot_width = width - table_width - SPACING_PX;
    }
  place (GTK_WIDGET (self->timeline), 0, 0, plot_width, height);

  int message_width = MIN (width_of (GTK_WIDGET (self->message), TRUE), plot_width), message_height;
  gtk_widget_measure (GTK_WIDGET (self->message), GTK_ORIENTATION_VERTICAL, message_width, NULL, &message_height, NULL,
                      NULL);
  place (GTK_WIDGET (self->message), (plot_width - message_width) / 2, (height - message_height) / 2, message_width,
         message_height);
}

static void
bs_latency_view_dispose (GObject *object)
{
  BsLatencyView *self = BS_LATENCY_VIEW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->tally, bs_latency_tally_free);
  g_clear_object (&self->record);
  G_OBJECT_CLASS (bs_latency_view_parent_class)->dispose (object);
}

static void
bs_latency_view_class_init (BsLatencyViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_latency_view_dispose;
  widget_class->map = bs_latency_view_map;
  widget_class->measure = bs_latency_view_measure;
  widget_class->size_allocate = bs_latency_view_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "latencyview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_latency_view_init (BsLatencyView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latency"), -1);
}

GtkWidget *
bs_latency_view_new (void)
{
  return g_object_new (BS_TYPE_LATENCY_VIEW, NULL);
}

void
bs_latency_view_set_record (BsLatencyView *self, BsLatencyRecord *record)
{
  g_return_if_fail (BS_IS_LATENCY_VIEW (self));
  g_return_if_fail (BS_IS_LATENCY_RECORD (record));
  g_return_if_fail (self->record == NULL);

  GtkWidget *widget = GTK_WIDGET (self);
  self->record = g_object_ref (record);
  self->tally = bs_latency_tally_new (record);
  bs_latency_tally_set_all (self->tally);

  self->timeline = BS_LATENCY_TIMELINE (bs_latency_timeline_new (record));
  gtk_widget_set_parent (GTK_WIDGET (self->timeline), widget);
  self->table = BS_LATENCY_TABLE (bs_latency_table_new ());
  g_signal_connect_object (self->table, "highlight", G_CALLBACK (on_highlight), self, 0);
  g_signal_connect_object (self->timeline, "cursor-moved", G_CALLBACK (update_last), self, G_CONNECT_SWAPPED);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->table));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Percentiles by stage"), -1);
  gtk_widget_set_parent (self->scroller, widget);

  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "bs-plot-message");
  gtk_widget_set_can_target (GTK_WIDGET (self->message), FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->message), widget);

  g_signal_connect_object (record, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "reset", G_CALLBACK (on_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "notify::timing", G_CALLBACK (update_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  bs_latency_record_follow (record, widget);
  update_message (self);
}
