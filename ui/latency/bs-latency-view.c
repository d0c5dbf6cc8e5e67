/* bs-latency-view.c: where the time of a prediction goes */
#include "ui/latency/bs-latency-view.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-distribution.h"
#include "ui/latency/bs-latency-history.h"
#include "ui/latency/bs-latency-table.h"
#include "ui/latency/bs-latency-timeline.h"

/* Entries copied a frame: 0.1 MB each thousand. Behind by more, it catches up over the next frames. */
#define READ_MAX 2048
/* A quiet trace is looked at this often, without keeping the frame clock running. */
#define QUIET_INTERVAL_MS 100
#define QUIET_FRAMES 20
/* Figures of one stage are read anew at most this often: digits that change faster cannot be read. */
#define FIGURES_INTERVAL_US (400 * 1000)
#define SUMMARY_INTERVAL_US (2 * G_USEC_PER_SEC)

#define PADDING_PX 6
#define SPACING_PX 12
#define DISTRIBUTION_MIN_PX 280
#define PAGE_HEIGHT_PX 300    /* from here on the table stands under the timeline, the histogram beside it */
#define STRIP_TABLE_PART 0.46 /* of the width, at most */
#define STRIP_MIN_TIMELINE_PX 220
#define PAGE_TIMELINE_PART 0.56 /* of the height */

struct _BsLatencyView
{
  GtkWidget parent_instance;
  BsTrace *trace;
  BsLatencyHistory *history;
  guint64 seen;          /* bs_trace_count() at the last poll */
  guint64 next;          /* number of the next entry to read */
  BsTraceEntry *entries; /* [READ_MAX] */
  guint32 last[BS_N_STAGES];
  BsHistogram *histogram;            /* scratch */
  guint next_stage;                  /* whose figures are read next */
  guint64 figures_of;                /* count when the current round of figures began */
  gint64 figures_time, summary_time; /* us */
  gint64 total_p50, total_p99, total_max;
  double budget_us;
  gboolean timing;

  guint tick, source, quiet_frames;
  BsLatencyTimeline *timeline;
  GtkWidget *scroller;
  BsLatencyTable *table;
  BsLatencyDistribution *distribution;
  GtkLabel *message;
};

G_DEFINE_FINAL_TYPE (BsLatencyView, bs_latency_view, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_BUDGET_US,
  PROP_TIMING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static gboolean
has_times (BsLatencyView *self)
{
  return bs_latency_history_has_stage (self->history, BS_STAGE_TOTAL);
}

static void
update_message (BsLatencyView *self)
{
  const char *text = NULL;

  if (!self->timing)
    text = has_times (self) ? _ ("Timing is off: nothing new is measured") : _ ("Timing is off");
  else if (!has_times (self))
    text = self->seen > 0 ? _ ("Predictions without times: timing is off") : _ ("No predictions yet");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
  if (text != NULL && g_strcmp0 (gtk_label_get_text (self->message), text) != 0)
    gtk_label_set_text (self->message, text);
}

/* The column "last": the newest prediction, or what is under the cursor. */
static void
update_last (BsLatencyView *self)
{
  guint64 from, to;
  gboolean cursor = bs_latency_timeline_get_cursor (self->timeline, &from, &to);
  guint32 values[BS_N_STAGES];

  for (guint s = 0; s < BS_N_STAGES; s++)
    values[s] = cursor ? bs_latency_history_max (self->history, (BsStage) s, from, to) : self->last[s];
  bs_latency_table_set_last (self->table, values, cursor);
}

static void
on_cursor_moved (BsLatencyTimeline *timeline, gpointer data)
{
  BsLatencyView *self = data;
  char total[BS_NUMBER_LENGTH], bar[BS_NUMBER_LENGTH];
  guint64 from, to, row;
  gint64 time_us;

  update_last (self);
  if (!bs_latency_timeline_get_cursor (self->timeline, &from, &to))
    return;
  bs_latency_history_get_bar (self->history, from, &row, &time_us);
  guint32 ns = bs_latency_history_max (self->history, BS_STAGE_TOTAL, from, to);
  g_autofree char *text = g_strdup_printf (_ ("Bar %s: total %s"), bs_number_format_count (bar, row),
                                           bs_number_format_duration (total, ns));
  gtk_accessible_update_property (GTK_ACCESSIBLE (timeline), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
on_highlight (BsLatencyTable *table, int stage, gpointer data)
{
  bs_latency_timeline_set_highlight (BS_LATENCY_VIEW (data)->timeline, (BsStage) stage);
}

static void
forget (BsLatencyView *self)
{
  self->next = self->seen = 0;
  self->total_p50 = self->total_p99 = self->total_max = 0;
  memset (self->last, 0, sizeof self->last);
  bs_latency_history_reset (self->history, 0);
  bs_latency_timeline_clear_marks (self->timeline);
  bs_latency_timeline_changed (self->timeline);
  bs_latency_table_clear (self->table);
  bs_latency_distribution_set_histogram (self->distribution, NULL);
  update_message (self);
}

/* Figures of one stage: a histogram is a copy of some hundred kilobytes, so one a frame. */
static void
read_figures (BsLatencyView *self, BsStage stage)
{
  BsLatencyFigures figures;

  bs_histogram_reset (self->histogram);
  bs_trace_histogram (self->trace, stage, self->histogram);
  figures.p50 = bs_histogram_percentile (self->histogram, 50);
  figures.p95 = bs_histogram_percentile (self->histogram, 95);
  figures.p99 = bs_histogram_percentile (self->histogram, 99);
  figures.p999 = bs_histogram_percentile (self->histogram, 99.9);
  figures.max = bs_histogram_max (self->histogram);
  figures.count = bs_histogram_count (self->histogram);
  bs_latency_table_set_figures (self->table, stage, &figures);
  if (stage != BS_STAGE_TOTAL)
    return;
  self->total_p50 = figures.p50;
  self->total_p99 = figures.p99;
  self->total_max = figures.max;
  bs_latency_distribution_set_histogram (self->distribution, self->histogram);
}

/* One stage a frame, those that have times; returns whether there is more to do. */
static gboolean
update_figures (BsLatencyView *self, gint64 now)
{
  if (self->next_stage >= BS_N_STAGES)
    {
      if (self->figures_of == self->seen)
        return FALSE;
      if (now - self->figures_time < FIGURES_INTERVAL_US)
        return TRUE;
      self->figures_time = now;
      self->figures_of = self->seen;
      self->next_stage = 0;
    }
  while (self->next_stage < BS_N_STAGES && !bs_latency_history_has_stage (self->history, (BsStage) self->next_stage))
    self->next_stage++;
  if (self->next_stage < BS_N_STAGES)
    read_figures (self, (BsStage) self->next_stage++);
  return TRUE;
}

static void
update_summary (BsLatencyView *self, gint64 now)
{
  char p50[BS_NUMBER_LENGTH], p99[BS_NUMBER_LENGTH], max[BS_NUMBER_LENGTH], budget[BS_NUMBER_LENGTH];

  if (now - self->summary_time < SUMMARY_INTERVAL_US || self->total_max == 0)
    return;
  self->summary_time = now;
  g_autofree char *text = g_strdup_printf (
    _ ("Total: median %s, 99 %% under %s, longest %s, budget %s"), bs_number_format_duration (p50, self->total_p50),
    bs_number_format_duration (p99, self->total_p99), bs_number_format_duration (max, self->total_max),
    bs_number_format_duration (budget, (gint64) (1000 * self->budget_us)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* Takes over what is new. Returns whether anything was, or is still open. */
static gboolean
poll_trace (BsLatencyView *self, gint64 now)
{
  gboolean busy = FALSE;

  if (self->trace == NULL)
    return FALSE;
  guint64 count = bs_trace_count (self->trace);
  if (count > self->next)
    {
      /* Far behind, only the end counts: what has left the trace cannot be had anyway. */
      guint64 from = MAX (self->next, count > BS_TRACE_LENGTH ? count - BS_TRACE_LENGTH : 0), after = from;
      gsize n = bs_trace_read (self->trace, &after, self->entries, READ_MAX);
      if (n > 0)
        {
          bs_latency_history_append (self->history, after - n, self->entries, n);
          memcpy (self->last, self->entries[n - 1].stage_ns, sizeof self->last);
          self->next = after;
          bs_latency_timeline_changed (self->timeline);
          update_last (self);
          busy = TRUE;
        }
      if (self->seen != count)
        {
          self->seen = count;
          update_message (self);
        }
    }
  busy |= update_figures (self, now);
  update_summary (self, now);
  return busy;
}

static void start_quiet (BsLatencyView *self);

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsLatencyView *self = BS_LATENCY_VIEW (widget);

  self->quiet_frames = poll_trace (self, gdk_frame_clock_get_frame_time (clock)) ? 0 : self->quiet_frames + 1;
  if (self->quiet_frames < QUIET_FRAMES)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  start_quiet (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_quiet (gpointer data)
{
  BsLatencyView *self = data;

  if (self->trace == NULL || bs_trace_count (self->trace) == self->next)
    return G_SOURCE_CONTINUE;
  self->source = 0;
  self->quiet_frames = 0;
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
start_quiet (BsLatencyView *self)
{
  if (self->source == 0 && self->tick == 0)
    self->source = g_timeout_add (QUIET_INTERVAL_MS, on_quiet, self);
}

static void
stop_polling (BsLatencyView *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
bs_latency_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bs_latency_view_parent_class)->map (widget);
  start_quiet (BS_LATENCY_VIEW (widget));
}

static void
bs_latency_view_unmap (GtkWidget *widget)
{
  stop_polling (BS_LATENCY_VIEW (widget));
  GTK_WIDGET_CLASS (bs_latency_view_parent_class)->unmap (widget);
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

/* Low: the table stands beside the timeline, where it has room. Returns the timeline's width. */
static int
allocate_strip (BsLatencyView *self, int width, int height)
{
  int least = width_of (self->scroller, FALSE), wished = width_of (self->scroller, TRUE);
  int room = MIN ((int) (STRIP_TABLE_PART * width), width - STRIP_MIN_TIMELINE_PX - SPACING_PX);
  int table_width = MIN (MAX (room, least), wished);
  gboolean beside = room >= least;

  gtk_widget_set_child_visible (GTK_WIDGET (self->distribution), FALSE);
  gtk_widget_set_child_visible (self->scroller, beside);
  if (!beside)
    return width;
  place (self->scroller, width - table_width, 0, table_width, height);
  return width - table_width - SPACING_PX;
}

/* High: the table under the timeline, the histogram beside the table, where it has room. Returns the timeline's height. */
static int
allocate_page (BsLatencyView *self, int width, int height)
{
  int least = width_of (self->scroller, FALSE), wished = width_of (self->scroller, TRUE);
  int room = width - SPACING_PX - DISTRIBUTION_MIN_PX;
  int plot_height = (int) (PAGE_TIMELINE_PART * (height - SPACING_PX)), y = plot_height + SPACING_PX;
  gboolean beside = room >= least;
  int table_width = beside ? MIN (wished, room) : width;

  gtk_widget_set_child_visible (self->scroller, TRUE);
  gtk_widget_set_child_visible (GTK_WIDGET (self->distribution), beside);
  place (self->scroller, 0, y, table_width, height - y);
  if (beside)
    place (GTK_WIDGET (self->distribution), table_width + SPACING_PX, y, width - table_width - SPACING_PX, height - y);
  return plot_height;
}

static void
bs_latency_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BsLatencyView *self = BS_LATENCY_VIEW (widget);
  gboolean page = height >= PAGE_HEIGHT_PX;

  width -= 2 * PADDING_PX;
  height -= 2 * PADDING_PX;
  int plot_height = page ? allocate_page (self, width, height) : height;
  int plot_width = page ? width : allocate_strip (self, width, height);
  place (GTK_WIDGET (self->timeline), 0, 0, plot_width, plot_height);

  int message_width = MIN (width_of (GTK_WIDGET (self->message), TRUE), plot_width), message_height;
  gtk_widget_measure (GTK_WIDGET (self->message), GTK_ORIENTATION_VERTICAL, message_width, NULL, &message_height, NULL,
                      NULL);
  place (GTK_WIDGET (self->message), (plot_width - message_width) / 2, (plot_height - message_height) / 2,
         message_width, message_height);
}

static void
bs_latency_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BsLatencyView *self = BS_LATENCY_VIEW (object);

  switch (id)
    {
    case PROP_BUDGET_US:
      g_value_set_double (value, self->budget_us);
      break;
    case PROP_TIMING:
      g_value_set_boolean (value, self->timing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_latency_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BsLatencyView *self = BS_LATENCY_VIEW (object);

  switch (id)
    {
    case PROP_BUDGET_US:
      bs_latency_view_set_budget_us (self, g_value_get_double (value));
      break;
    case PROP_TIMING:
      bs_latency_view_set_timing (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_latency_view_dispose (GObject *object)
{
  BsLatencyView *self = BS_LATENCY_VIEW (object);
  GtkWidget *child;

  stop_polling (self);
  self->trace = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_latency_view_parent_class)->dispose (object);
}

static void
bs_latency_view_finalize (GObject *object)
{
  BsLatencyView *self = BS_LATENCY_VIEW (object);

  g_free (self->entries);
  bs_histogram_free (self->histogram);
  bs_latency_history_free (self->history);
  G_OBJECT_CLASS (bs_latency_view_parent_class)->finalize (object);
}

static void
bs_latency_view_class_init (BsLatencyViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  object_class->get_property = bs_latency_view_get_property;
  object_class->set_property = bs_latency_view_set_property;
  object_class->dispose = bs_latency_view_dispose;
  object_class->finalize = bs_latency_view_finalize;
  widget_class->map = bs_latency_view_map;
  widget_class->unmap = bs_latency_view_unmap;
  widget_class->measure = bs_latency_view_measure;
  widget_class->size_allocate = bs_latency_view_size_allocate;
  properties[PROP_BUDGET_US]
    = g_param_spec_double ("budget-us", NULL, NULL, 0.001, 1e9, BS_LATENCY_DEFAULT_BUDGET_US,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TIMING] = g_param_spec_boolean ("timing", NULL, NULL, TRUE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "latencyview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_latency_view_init (BsLatencyView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->budget_us = BS_LATENCY_DEFAULT_BUDGET_US;
  self->timing = TRUE;
  self->next_stage = BS_N_STAGES;
  self->history = bs_latency_history_new ();
  self->histogram = bs_histogram_new ();
  self->entries = g_new (BsTraceEntry, READ_MAX);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latency"), -1);

  self->timeline = BS_LATENCY_TIMELINE (bs_latency_timeline_new (self->history));
  g_signal_connect_object (self->timeline, "cursor-moved", G_CALLBACK (on_cursor_moved), self, 0);
  gtk_widget_set_parent (GTK_WIDGET (self->timeline), widget);

  self->table = BS_LATENCY_TABLE (bs_latency_table_new ());
  g_signal_connect_object (self->table, "highlight", G_CALLBACK (on_highlight), self, 0);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->table));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Percentiles by stage"), -1);
  gtk_widget_set_parent (self->scroller, widget);

  self->distribution = BS_LATENCY_DISTRIBUTION (bs_latency_distribution_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->distribution), widget);

  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "bs-plot-message");
  gtk_widget_set_can_target (GTK_WIDGET (self->message), FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->message), widget);
  update_message (self);
}

GtkWidget *
bs_latency_view_new (void)
{
  return g_object_new (BS_TYPE_LATENCY_VIEW, NULL);
}

void
bs_latency_view_set_trace (BsLatencyView *self, BsTrace *trace)
{
  g_return_if_fail (BS_IS_LATENCY_VIEW (self));

  if (self->trace == trace)
    return;
  self->trace = trace;
  self->next_stage = BS_N_STAGES;
  self->figures_of = 0;
  forget (self);
}

void
bs_latency_view_add_mark (BsLatencyView *self, guint64 entry_number, const char *text)
{
  g_return_if_fail (BS_IS_LATENCY_VIEW (self));
  g_return_if_fail (text != NULL);

  bs_latency_timeline_add_mark (self->timeline, entry_number, text);
}

void
bs_latency_view_set_budget_us (BsLatencyView *self, double budget_us)
{
  g_return_if_fail (BS_IS_LATENCY_VIEW (self));
  g_return_if_fail (budget_us > 0);

  if (self->budget_us == budget_us)
    return;
  self->budget_us = budget_us;
  bs_latency_timeline_set_budget (self->timeline, 1000 * budget_us);
  bs_latency_distribution_set_budget (self->distribution, 1000 * budget_us);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUDGET_US]);
}

double
bs_latency_view_get_budget_us (BsLatencyView *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_VIEW (self), BS_LATENCY_DEFAULT_BUDGET_US);
  return self->budget_us;
}

void
bs_latency_view_set_timing (BsLatencyView *self, gboolean timing)
{
  g_return_if_fail (BS_IS_LATENCY_VIEW (self));

  if (self->timing == !!timing)
    return;
  self->timing = !!timing;
  update_message (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIMING]);
}

gboolean
bs_latency_view_get_timing (BsLatencyView *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_VIEW (self), FALSE);
  return self->timing;
}
