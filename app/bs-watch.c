#include "app/bs-watch.h"

#include <math.h>
#include <string.h>

/* Time a frame may take over what has come, on the main thread; the rest comes with the next frame. */
#define DRAIN_BUDGET_USEC 1000
/* Where no frame comes (the list is hidden), look this often. */
#define HIDDEN_PERIOD_USEC (G_USEC_PER_SEC / 8)
/* Frames without news after which the frame clock is let go. */
#define IDLE_FRAMES 3
/* What the clock alone changes: ages. */
#define CLOCK_PERIOD_SEC 1
/* Bars gathered for a chart before they are handed on. */
#define MAX_GATHERED 64
#define DAY_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

/* A chart that follows an instrument. */
typedef struct
{
  guint number;
  BsChartData *data; /* (owned) */
  gboolean begun;    /* the newest bars have come */
  BsChartPoint points[MAX_GATHERED];
  guint n_points;
} Follower;

struct _BsWatch
{
  GObject parent_instance;

  BsWatchList *list;
  GSource *source; /* made ready by the fleet; also the clock while there are no frames */
  guint tick, idle_frames;
  guint clock; /* timeout, while it runs */

  BsFleetLoader *loader; /* (nullable) */
  BsFleet *fleet;        /* (nullable) (owned) */
  double rate;
  gboolean has_feeds;
  gboolean loaded;
  guint n_instruments;
  const BsFleetInstrument *infos[BS_FLEET_MAX_INSTRUMENTS];
  BsWatchRow *rows[BS_FLEET_MAX_INSTRUMENTS];
  gint64 day[BS_FLEET_MAX_INSTRUMENTS]; /* of the newest bar, UTC */
  GPtrArray *followers;                 /* of Follower */
  BsFleetFunc signal_func; /* (nullable) */
  gpointer signal_data;
};

G_DEFINE_FINAL_TYPE (BsWatch, bs_watch, G_TYPE_OBJECT)

enum
{
  ADDED,
  LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
follower_free (gpointer data)
{
  Follower *follower = data;
  g_object_unref (follower->data);
  g_free (follower);
}

static void
flush_follower (Follower *follower)
{
  if (follower->n_points > 0)
    bs_chart_data_append (follower->data, follower->points, follower->n_points);
  follower->n_points = 0;
}

static void
gather (Follower *follower, const BsBar *bar, const BsFleetAnswer *answer)
{
  if (follower->n_points == MAX_GATHERED)
    flush_follower (follower);
  follower->points[follower->n_points++]
    = (BsChartPoint){ .bar = *bar,
                      .hurst = answer->hurst,
                      .atr = answer->atr,
                      .confidence = answer->confidence,
                      .signal = answer->klass == BS_FLEET_NO_CLASS ? BS_CHART_NO_SIGNAL : answer->klass,
                      .raw_signal = answer->raw_class == BS_FLEET_NO_CLASS ? BS_CHART_NO_SIGNAL : answer->raw_class,
                      .hurst_computed = answer->hurst_computed,
                      .in_range = answer->in_range };
}

static void
show_signal (BsWatchValues *values, const BsSignal *signal, guint64 index)
{
  BsFleetAnswer answer = bs_fleet_answer_from_signal (signal, index);
  values->klass = answer.klass == BS_FLEET_NO_CLASS ? BS_WATCH_NO_CLASS : answer.klass;
  values->raw_class = answer.raw_class == BS_FLEET_NO_CLASS ? BS_WATCH_NO_CLASS : answer.raw_class;
  values->confidence = answer.confidence;
  values->hurst = answer.hurst;
  values->in_range = answer.in_range;
}

/* How an instrument's feed stands now. */
static void
show_feed (BsWatch *self, guint number)
{
  static const BsWatchFeed feeds[BS_N_FEED_STATES] = {
    [BS_FEED_CONNECTING] = BS_WATCH_FEED_CONNECTING, [BS_FEED_CONNECTED] = BS_WATCH_FEED_CONNECTED,
    [BS_FEED_STALE] = BS_WATCH_FEED_STALE,           [BS_FEED_LOST] = BS_WATCH_FEED_LOST,
    [BS_FEED_CATCHING_UP] = BS_WATCH_FEED_CONNECTING, [BS_FEED_REPLAYING] = BS_WATCH_FEED_CONNECTED,
    [BS_FEED_PAUSED] = BS_WATCH_FEED_CONNECTED,      [BS_FEED_ENDED] = BS_WATCH_FEED_ENDED,
  };
  BsFeedStatus status;
  if (self->infos[number] == NULL || self->infos[number]->feed == NULL)
    return;
  bs_feed_status (self->infos[number]->feed, &status);
  const BsWatchValues *before = bs_watch_row_values (self->rows[number]);
  gint64 since_us = status.age_us > 0 ? g_get_monotonic_time () - status.age_us : 0;
  if (before->feed == feeds[status.state] && (before->arrival_us != 0 || since_us == 0))
    return;
  BsWatchValues *values = bs_watch_row_change (self->rows[number]);
  values->feed = feeds[status.state];
  if (values->arrival_us == 0)
    values->arrival_us = since_us; /* without a bar the age is the connection's */
}

static void
take_added (BsWatch *self, const BsFleetEvent *event)
{
  guint number = event->instrument;
  self->infos[number] = event->info;
  self->rows[number] = bs_watch_list_add (self->list, event->info->name, event->info->decimals, number);
  self->n_instruments++;
  BsWatchValues *values = bs_watch_row_change (self->rows[number]);
  for (guint i = 0; i < event->newest->len; i++)
    bs_watch_values_add_close (values, g_array_index (event->newest, BsFleetBar, i).bar.close);
  values->reference = event->reference;
  values->interval_us = event->info->feed != NULL ? event->info->bar_length_us
                        : self->rate > 0 ? (gint64) (G_USEC_PER_SEC / self->rate) : 0;
  self->day[number] = event->bar.time_us / DAY_US;
  if (event->index > 0)
    show_signal (values, &event->signal, event->index - 1);
  if (event->info->feed != NULL)
    {
      self->has_feeds = TRUE;
      bs_watch_list_show_feeds (self->list, TRUE);
      show_feed (self, number);
    }
  g_signal_emit (self, signals[ADDED], 0, number);
}

static void
take_bar (BsWatch *self, const BsFleetEvent *event)
{
  guint number = event->instrument;
  BsWatchValues *values = bs_watch_row_change (self->rows[number]);
  gint64 day = event->bar.time_us / DAY_US;
  if (day != self->day[number] && isfinite (values->last))
    values->reference = values->last;
  self->day[number] = day;
  bs_watch_values_add_close (values, event->bar.close);
  if (event->due_us != BS_FEED_DUE_PAST)
    values->arrival_us = event->arrival_us;
  show_feed (self, number);
  const BsSignal *signal = event->kind == BS_FLEET_SIGNAL ? &event->signal : NULL;
  show_signal (values, signal, event->index);
  if (signal != NULL && signal->state == BS_SIGNAL_READY && self->signal_func != NULL)
    self->signal_func (event, self->signal_data);

  for (guint i = 0; i < self->followers->len; i++)
    {
      Follower *follower = g_ptr_array_index (self->followers, i);
      BsFleetAnswer answer = bs_fleet_answer_from_signal (signal, event->index);
      if (follower->number == number && follower->begun)
        gather (follower, &event->bar, &answer);
    }
}

static void
take_newest (BsWatch *self, const BsFleetEvent *event)
{
  for (guint i = 0; i < self->followers->len; i++)
    {
      Follower *follower = g_ptr_array_index (self->followers, i);
      if (follower->number != event->instrument || follower->begun)
        continue;
      follower->begun = TRUE;
      for (guint k = 0; k < event->newest->len; k++)
        {
          const BsFleetBar *bar = &g_array_index (event->newest, BsFleetBar, k);
          gather (follower, &bar->bar, &bar->answer);
        }
      flush_follower (follower);
    }
}

static void
on_event (const BsFleetEvent *event, gpointer data)
{
  BsWatch *self = data;
  switch (event->kind)
    {
    case BS_FLEET_ADDED:
      take_added (self, event);
      break;
    case BS_FLEET_SIGNAL:
    case BS_FLEET_NO_SIGNAL:
      take_bar (self, event);
      break;
    case BS_FLEET_NEWEST:
      take_newest (self, event);
      break;
    case BS_FLEET_REFUSED:
    case BS_FLEET_SWITCHED:
    case BS_FLEET_NOT_SWITCHED: /* the session, which was asked the same, says so */
      break;
    }
}

/* Takes over what has come. Returns whether there was anything. */
static gboolean
drain (BsWatch *self)
{
  if (self->loader == NULL)
    return FALSE;
  g_object_ref (self);
  if (self->fleet == NULL && bs_fleet_loader_fleet (self->loader) != NULL)
    self->fleet = bs_fleet_ref (bs_fleet_loader_fleet (self->loader));
  guint64 before, after;
  gboolean more = FALSE;
  if (self->fleet != NULL)
    {
      bs_fleet_ticks (self->fleet, NULL, &before);
      guint n_before = self->n_instruments;
      more = bs_fleet_drain (self->fleet, on_event, self, DRAIN_BUDGET_USEC);
      for (guint i = 0; i < self->followers->len; i++)
        flush_follower (g_ptr_array_index (self->followers, i));
      bs_fleet_ticks (self->fleet, NULL, &after);
      more = more || after != before || n_before != self->n_instruments;
    }
  /* A handler may have stopped it. */
  if (self->loader != NULL)
    {
      g_auto (BsFleetProgress) progress = { 0 };
      bs_watch_list_flush (self->list);
      bs_fleet_loader_progress (self->loader, &progress);
      if (!more && progress.done && !self->loaded && self->n_instruments + progress.n_problems >= progress.n_found)
        {
          self->loaded = TRUE;
          g_signal_emit (self, signals[LOADED], 0);
        }
    }
  g_object_unref (self);
  return more;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsWatch *self = data;
  g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
  self->idle_frames = drain (self) ? 0 : self->idle_frames + 1;
  if (self->tick == 0)
    return G_SOURCE_REMOVE; /* stopped meanwhile */
  if (self->idle_frames < IDLE_FRAMES)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  g_source_set_ready_time (self->source, -1);
  /* What came between the last look and the line above has told nobody who listens: look once more. */
  if (drain (self))
    g_source_set_ready_time (self->source, 0);
  return G_SOURCE_REMOVE;
}

/* The fleet has news, or no frame has come for a while. */
static gboolean
on_source (gpointer data)
{
  BsWatch *self = data;
  if (self->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    {
      self->idle_frames = 0;
      self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->list), on_tick, self, NULL);
      g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
      return G_SOURCE_CONTINUE;
    }
  g_source_set_ready_time (self->source, -1);
  if (drain (self))
    g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch_source };

/* Thread: any. */
static void
on_notify (gpointer source)
{
  g_source_set_ready_time (source, 0);
}

static gboolean
on_clock (gpointer data)
{
  BsWatch *self = data;
  for (guint i = 0; self->has_feeds && i < self->n_instruments; i++)
    show_feed (self, i);
  bs_watch_list_flush (self->list);
  return G_SOURCE_CONTINUE;
}

static void
bs_watch_finalize (GObject *object)
{
  BsWatch *self = BS_WATCH (object);
  bs_watch_stop (self);
  g_ptr_array_unref (self->followers);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  G_OBJECT_CLASS (bs_watch_parent_class)->finalize (object);
}

static void
bs_watch_class_init (BsWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_watch_finalize;
  signals[ADDED]
    = g_signal_new ("added", BS_TYPE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[LOADED] = g_signal_new ("loaded", BS_TYPE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bs_watch_init (BsWatch *self)
{
  self->followers = g_ptr_array_new_with_free_func (follower_free);
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_callback (self->source, on_source, self, NULL);
  g_source_set_static_name (self->source, "barscope watch");
  g_source_attach (self->source, NULL);
}

BsWatch *
bs_watch_new (BsWatchList *list)
{
  BsWatch *self = g_object_new (BS_TYPE_WATCH, NULL);
  self->list = list;
  return self;
}

void
bs_watch_set_signal_func (BsWatch *self, BsFleetFunc func, gpointer data)
{
  g_return_if_fail (BS_IS_WATCH (self));
  self->signal_func = func;
  self->signal_data = data;
}

void
bs_watch_start (BsWatch *self, const BsFleetRequest *request)
{
  g_return_if_fail (BS_IS_WATCH (self));
  bs_watch_stop (self);
  self->rate = request->rate;
  self->has_feeds = FALSE;
  bs_watch_list_show_feeds (self->list, FALSE);
  self->loaded = FALSE;
  self->loader = bs_fleet_loader_new (request, on_notify, g_source_ref (self->source));
  self->clock = g_timeout_add_seconds (CLOCK_PERIOD_SEC, on_clock, self);
}

/* A fleet that is being ended on a thread of its own. */
typedef struct
{
  BsFleetLoader *loader;
  BsFleet *fleet;            /* (nullable) */
  GSource *source;           /* the fleet may still make it ready: the reference that bs_watch_start() took */
  GApplication *application; /* (nullable): held until then */
} Ending;

static gboolean
release_application (gpointer application)
{
  g_application_release (application);
  return G_SOURCE_REMOVE;
}

static gpointer
end_fleet (gpointer data)
{
  Ending *ending = data;
  bs_fleet_loader_free (ending->loader);
  g_clear_pointer (&ending->fleet, bs_fleet_unref);
  g_source_unref (ending->source);
  if (ending->application != NULL)
    g_idle_add (release_application, ending->application);
  g_free (ending);
  return NULL;
}

void
bs_watch_stop (BsWatch *self)
{
  g_return_if_fail (BS_IS_WATCH (self));
  if (self->loader == NULL)
    return;
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->list), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->clock, g_source_remove);
  g_source_set_ready_time (self->source, -1);
  Ending *ending = g_new (Ending, 1);
  *ending = (Ending){ g_steal_pointer (&self->loader), g_steal_pointer (&self->fleet), self->source,
                      g_application_get_default () };
  if (ending->application != NULL)
    g_application_hold (ending->application);
  g_thread_unref (g_thread_new ("end-fleet", end_fleet, ending));
  g_ptr_array_set_size (self->followers, 0);
  memset (self->rows, 0, sizeof self->rows);
  memset (self->infos, 0, sizeof self->infos);
  self->n_instruments = 0;
  bs_watch_list_clear (self->list);
}

gboolean
bs_watch_is_running (BsWatch *self)
{
  return self->loader != NULL;
}

BsFleet *
bs_watch_fleet (BsWatch *self)
{
  return self->fleet;
}

void
bs_watch_progress (BsWatch *self, BsFleetProgress *progress)
{
  if (self->loader != NULL)
    bs_fleet_loader_progress (self->loader, progress);
  else
    *progress = (BsFleetProgress){ .done = TRUE, .problems = g_new0 (char *, 1) };
}

const BsFleetInstrument *
bs_watch_info (BsWatch *self, guint number)
{
  return number < BS_FLEET_MAX_INSTRUMENTS ? self->infos[number] : NULL;
}

gboolean
bs_watch_is_live (BsWatch *self)
{
  return self->loader != NULL && (self->rate > 0 || self->has_feeds);
}

guint
bs_watch_n_instruments (BsWatch *self)
{
  return self->n_instruments;
}

BsChartData *
bs_watch_follow (BsWatch *self, guint number)
{
  const BsFleetInstrument *info = bs_watch_info (self, number);
  g_return_val_if_fail (info != NULL, NULL);
  Follower *follower = g_new0 (Follower, 1);
  follower->number = number;
  follower->data = bs_chart_data_new (info->bar_length_us, info->stamp, info->decimals);
  bs_chart_data_set_max_bars (follower->data, 4 * BS_FLEET_MAX_BARS);
  g_ptr_array_add (self->followers, follower);
  bs_fleet_ask_newest (self->fleet, number, BS_FLEET_MAX_BARS);
  return g_object_ref (follower->data);
}

void
bs_watch_unfollow (BsWatch *self, BsChartData *data)
{
  for (guint i = 0; i < self->followers->len; i++)
    if (((Follower *) g_ptr_array_index (self->followers, i))->data == data)
      {
        g_ptr_array_remove_index (self->followers, i);
        return;
      }
}
