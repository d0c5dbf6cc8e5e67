/* bs-latency-record.c: a trace taken over as it grows */
#include "ui/latency/bs-latency-record.h"

#include <glib/gi18n.h>
#include <string.h>

/* Entries copied a frame: 0.1 MB each thousand. Behind by more, it catches up over the next frames. */
#define READ_MAX 2048
#define SWITCHES_MAX 64
/* A quiet trace is looked at this often, without keeping the frame clock running. */
#define QUIET_INTERVAL_MS 100
#define QUIET_FRAMES 20

struct _BsLatencyRecord
{
  GObject parent_instance;
  BsTrace *trace; /* (nullable) */
  BsLatencyHistory *history;
  BsLatencyMarks *marks;
  guint64 seen;          /* bs_trace_count() at the last poll */
  guint64 next;          /* number of the next entry to read */
  guint64 next_switch;   /* likewise */
  BsTraceEntry *entries; /* [READ_MAX] */
  guint32 last[BS_N_STAGES];
  double budget_us;
  gboolean timing;

  GPtrArray *mapped;  /* widgets that follow, not referenced: they leave when they are unmapped */
  GtkWidget *ticking; /* (nullable): the one whose frame clock is used */
  guint tick, source, quiet_frames;
};

G_DEFINE_FINAL_TYPE (BsLatencyRecord, bs_latency_record, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_BUDGET_US,
  PROP_TIMING,
  N_PROPS,
};

enum
{
  CHANGED,
  MARKS_CHANGED,
  RESET,
  FRAME,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
read_switches (BsLatencyRecord *self)
{
  BsTraceSwitch switches[SWITCHES_MAX];
  gsize n = bs_trace_read_switches (self->trace, &self->next_switch, switches, SWITCHES_MAX);

  for (gsize i = 0; i < n; i++)
    bs_latency_marks_add (self->marks, &switches[i]);
  if (n > 0)
    g_signal_emit (self, signals[MARKS_CHANGED], 0);
}

static gboolean
read_entries (BsLatencyRecord *self)
{
  guint64 count = bs_trace_count (self->trace);
  gboolean news = count != self->seen;

  self->seen = count;
  if (count > self->next)
    {
      /* Far behind, only the end counts: what has left the trace cannot be had anyway. */
      guint64 from = MAX (self->next, count > BS_TRACE_LENGTH ? count - BS_TRACE_LENGTH : 0), after = from;
      gsize n = bs_trace_read (self->trace, &after, self->entries, READ_MAX);
      self->next = MAX (self->next, after);
      if (n > 0)
        {
          bs_latency_history_append (self->history, after - n, self->entries, n);
          memcpy (self->last, self->entries[n - 1].stage_ns, sizeof self->last);
          guint n_marks = bs_latency_marks_length (self->marks);
          bs_latency_marks_trim (self->marks, bs_latency_history_first (self->history));
          if (bs_latency_marks_length (self->marks) != n_marks)
            g_signal_emit (self, signals[MARKS_CHANGED], 0);
          news = TRUE;
        }
    }
  if (news)
    g_signal_emit (self, signals[CHANGED], 0);
  return news;
}

/* Takes over what is new. Returns whether anything was, or is still open. */
static gboolean
poll_trace (BsLatencyRecord *self, gint64 now)
{
  gboolean busy = FALSE, more = FALSE;

  if (self->trace == NULL)
    return FALSE;
  read_switches (self);
  busy = read_entries (self);
  g_signal_emit (self, signals[FRAME], 0, now, &more);
  return busy || more;
}

static void start_quiet (BsLatencyRecord *self);

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsLatencyRecord *self = data;

  self->quiet_frames = poll_trace (self, gdk_frame_clock_get_frame_time (clock)) ? 0 : self->quiet_frames + 1;
  if (self->quiet_frames < QUIET_FRAMES)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  self->ticking = NULL;
  start_quiet (self);
  return G_SOURCE_REMOVE;
}

static void
start_ticking (BsLatencyRecord *self)
{
  if (self->tick != 0 || self->mapped->len == 0)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  self->quiet_frames = 0;
  self->ticking = g_ptr_array_index (self->mapped, self->mapped->len - 1);
  self->tick = gtk_widget_add_tick_callback (self->ticking, on_tick, self, NULL);
}

static gboolean
on_quiet (gpointer data)
{
  BsLatencyRecord *self = data;

  if (self->trace == NULL || bs_trace_count (self->trace) == self->next)
    return G_SOURCE_CONTINUE;
  self->source = 0;
  start_ticking (self);
  return G_SOURCE_REMOVE;
}

static void
start_quiet (BsLatencyRecord *self)
{
  if (self->source == 0 && self->tick == 0 && self->mapped->len > 0)
    self->source = g_timeout_add (QUIET_INTERVAL_MS, on_quiet, self);
}

static void
stop_ticking (BsLatencyRecord *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->ticking, self->tick);
  self->tick = 0;
  self->ticking = NULL;
}

static void
on_map (BsLatencyRecord *self, GtkWidget *widget)
{
  g_ptr_array_add (self->mapped, widget);
  start_ticking (self);
}

static void
on_unmap (BsLatencyRecord *self, GtkWidget *widget)
{
  gboolean was_ticking = self->ticking == widget;

  g_ptr_array_remove (self->mapped, widget);
  if (was_ticking || self->mapped->len == 0)
    stop_ticking (self);
  start_ticking (self);
}

static void
bs_latency_record_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BsLatencyRecord *self = BS_LATENCY_RECORD (object);

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
bs_latency_record_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BsLatencyRecord *self = BS_LATENCY_RECORD (object);

  switch (id)
    {
    case PROP_BUDGET_US:
      bs_latency_record_set_budget_us (self, g_value_get_double (value));
      break;
    case PROP_TIMING:
      bs_latency_record_set_timing (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_latency_record_finalize (GObject *object)
{
  BsLatencyRecord *self = BS_LATENCY_RECORD (object);

  stop_ticking (self);
  g_ptr_array_unref (self->mapped);
  g_clear_pointer (&self->trace, bs_trace_unref);
  g_free (self->entries);
  bs_latency_marks_free (self->marks);
  bs_latency_history_free (self->history);
  G_OBJECT_CLASS (bs_latency_record_parent_class)->finalize (object);
}

static gboolean
any_true (GSignalInvocationHint *hint, GValue *result, const GValue *answer, gpointer data)
{
  g_value_set_boolean (result, g_value_get_boolean (result) || g_value_get_boolean (answer));
  return TRUE;
}

static void
bs_latency_record_class_init (BsLatencyRecordClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bs_latency_record_get_property;
  object_class->set_property = bs_latency_record_set_property;
  object_class->finalize = bs_latency_record_finalize;
  properties[PROP_BUDGET_US] = g_param_spec_double (
    "budget-us", NULL, NULL, BS_LATENCY_MIN_BUDGET_US, BS_LATENCY_MAX_BUDGET_US, BS_LATENCY_DEFAULT_BUDGET_US,
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TIMING] = g_param_spec_boolean ("timing", NULL, NULL, TRUE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED]
    = g_signal_new ("changed", BS_TYPE_LATENCY_RECORD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MARKS_CHANGED]
    = g_signal_new ("marks-changed", BS_TYPE_LATENCY_RECORD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESET]
    = g_signal_new ("reset", BS_TYPE_LATENCY_RECORD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FRAME] = g_signal_new ("frame", BS_TYPE_LATENCY_RECORD, G_SIGNAL_RUN_LAST, 0, any_true, NULL, NULL,
                                 G_TYPE_BOOLEAN, 1, G_TYPE_INT64);
}

static void
bs_latency_record_init (BsLatencyRecord *self)
{
  self->budget_us = BS_LATENCY_DEFAULT_BUDGET_US;
  self->timing = TRUE;
  self->history = bs_latency_history_new ();
  self->marks = bs_latency_marks_new (NULL);
  self->entries = g_new (BsTraceEntry, READ_MAX);
  self->mapped = g_ptr_array_new ();
}

BsLatencyRecord *
bs_latency_record_new (void)
{
  return g_object_new (BS_TYPE_LATENCY_RECORD, NULL);
}

void
bs_latency_record_follow (BsLatencyRecord *self, GtkWidget *widget)
{
  g_return_if_fail (BS_IS_LATENCY_RECORD (self));
  g_return_if_fail (GTK_IS_WIDGET (widget));

  g_signal_connect_object (widget, "map", G_CALLBACK (on_map), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (widget, "unmap", G_CALLBACK (on_unmap), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (widget))
    on_map (self, widget);
}

void
bs_latency_record_wake (BsLatencyRecord *self)
{
  g_return_if_fail (BS_IS_LATENCY_RECORD (self));

  self->quiet_frames = 0;
  start_ticking (self);
}

void
bs_latency_record_set_trace (BsLatencyRecord *self, BsTrace *trace, const BsOptions *options)
{
  g_return_if_fail (BS_IS_LATENCY_RECORD (self));

  g_clear_pointer (&self->trace, bs_trace_unref);
  self->trace = trace != NULL ? bs_trace_ref (trace) : NULL;
  self->next = self->seen = self->next_switch = 0;
  memset (self->last, 0, sizeof self->last);
  bs_latency_history_reset (self->history, 0);
  bs_latency_marks_free (self->marks);
  self->marks = bs_latency_marks_new (options);
  g_signal_emit (self, signals[RESET], 0);
  g_signal_emit (self, signals[MARKS_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

BsTrace *
bs_latency_record_trace (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), NULL);
  return self->trace;
}

const BsLatencyHistory *
bs_latency_record_history (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), NULL);
  return self->history;
}

const BsLatencyMarks *
bs_latency_record_marks (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), NULL);
  return self->marks;
}

guint64
bs_latency_record_count (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), 0);
  return self->seen;
}

const guint32 *
bs_latency_record_last (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), NULL);
  return self->last;
}

const char *
bs_latency_record_message (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), NULL);

  gboolean has_times = bs_latency_history_has_stage (self->history, BS_STAGE_TOTAL);
  if (!self->timing)
    return has_times ? _ ("Timing is off: nothing new is measured") : _ ("Timing is off");
  if (!has_times)
    return self->seen > 0 ? _ ("Predictions without times: timing is off") : _ ("No predictions yet");
  return NULL;
}

void
bs_latency_record_set_budget_us (BsLatencyRecord *self, double budget_us)
{
  g_return_if_fail (BS_IS_LATENCY_RECORD (self));
  g_return_if_fail (budget_us > 0);

  budget_us = CLAMP (budget_us, BS_LATENCY_MIN_BUDGET_US, BS_LATENCY_MAX_BUDGET_US);
  if (self->budget_us == budget_us)
    return;
  self->budget_us = budget_us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUDGET_US]);
}

double
bs_latency_record_get_budget_us (BsLatencyRecord *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (self), BS_LATENCY_DEFAULT_BUDGET_US);
  return self->budget_us;
}

void
bs_latency_record_set_timing (BsLatencyRecord *self, gboolean timing)
{
  g_return_if_fail (BS_IS_LATENCY_RECORD (self));

  if (self->timing == !!timing)
    return;
  self->timing = !!timing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIMING]);
}
