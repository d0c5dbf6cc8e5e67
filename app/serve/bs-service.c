#include "app/serve/bs-service.h"

#include <stdatomic.h>
#include <string.h>

#include "app/bs-bar-name.h"
#include "app/commands/bs-json-text.h"
#include "app/feeds/bs-step-counter.h"
#include "app/serve/bs-post-feed.h"
#include "app/serve/bs-service-bars.h"

#define MAX_SYMBOL_BYTES 32
/* Calls of one instrument that may wait for the answer to a bar. */
#define MAX_PENDING 1024

/* A call that waits for the answer to a bar. */
typedef struct
{
  gint64 time_us;
  BsServiceDone done;
  gpointer data;
} Pending;

typedef struct
{
  BsService *service;
  char *name;
  gboolean is_default;
  BsPostFeed *feed;          /* (nullable): there is no session */
  BsServiceSeries series[2]; /* by BsFeedItemKind */
  GQueue pending;            /* of Pending */
  _Atomic gint64 from_us;    /* answers to older bars are not asked for */

  /* The newest answer, for a bar that comes again. */
  gint64 answered_us;
  guint status;
  char *body; /* (nullable) */
} Instrument;

struct _BsService
{
  BsServiceOptions options;
  char *symbol, *timezone;
  GMainContext *context;
  const BsServiceHost *host;
  gpointer host_data;
  GHashTable *instruments; /* name -> Instrument */
};

/* One call, on its way through. */
typedef struct
{
  BsService *service;
  const char *symbol;    /* (nullable) */
  const BsJsonValue *body; /* (nullable): of what needs one */
  BsServiceDone done;
  gpointer data;
} Call;

static void
reply_error (const Call *call, guint status, const char *message)
{
  g_autofree char *quoted = bs_json_text_quote (message);
  g_autofree char *body = g_strdup_printf ("{\"status\":\"error\",\"message\":%s}", quoted);
  call->done (status, body, NULL, call->data);
}

static void
pending_free (gpointer data)
{
  g_free (data);
}

/* Nobody will answer any more. */
static void
give_up_pending (Instrument *self, const char *message)
{
  Pending *pending;
  while ((pending = g_queue_pop_head (&self->pending)) != NULL)
    {
      Call call = { .done = pending->done, .data = pending->data };
      reply_error (&call, 503, message);
      pending_free (pending);
    }
}

static void
close_session (Instrument *self)
{
  if (self->feed != NULL)
    bs_post_feed_disconnect (self->feed);
  g_clear_object (&self->feed);
  give_up_pending (self, "the session has been closed: post the history again");
  for (guint i = 0; i < G_N_ELEMENTS (self->series); i++)
    {
      bs_service_series_clear (&self->series[i]);
      self->series[i] = (BsServiceSeries){ 0 };
    }
  self->answered_us = G_MININT64;
  g_clear_pointer (&self->body, g_free);
}

static void
instrument_free (gpointer data)
{
  Instrument *self = data;
  close_session (self);
  g_free (self->name);
  g_free (self);
}

BsService *
bs_service_new (const BsServiceOptions *options, GMainContext *context, const BsServiceHost *host, gpointer data,
                GError **error)
{
  g_autoptr (BsZone) zone = bs_zone_new (options->timezone != NULL ? options->timezone : "UTC");
  if (zone == NULL)
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION,
                   "there is no time zone '%s' (expected a name such as America/New_York, UTC, local, or +01:00)",
                   options->timezone);
      return NULL;
    }
  BsService *self = g_new0 (BsService, 1);
  self->options = *options;
  self->symbol = g_strdup (options->symbol != NULL ? options->symbol : "HTTP");
  self->timezone = g_strdup (options->timezone != NULL ? options->timezone : "UTC");
  self->context = g_main_context_ref (context);
  self->host = host;
  self->host_data = data;
  self->instruments = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, instrument_free);
  return self;
}

void
bs_service_free (BsService *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->instruments);
  g_main_context_unref (self->context);
  g_free (self->symbol);
  g_free (self->timezone);
  g_free (self);
}

/* Instruments */

static gboolean
symbol_is_good (const char *symbol)
{
  gsize length = strlen (symbol);
  for (const char *p = symbol; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._/=^:-@#$ ", *p) == NULL)
      return FALSE;
  return length > 0 && length <= MAX_SYMBOL_BYTES;
}

/* The instrument that a call is about, made where there is none; NULL where the call has been answered with an error. */
static Instrument *
find_instrument (const Call *call)
{
  BsService *service = call->service;
  const char *name = call->symbol != NULL ? call->symbol : service->symbol;

  if (call->symbol != NULL && !symbol_is_good (name))
    {
      reply_error (call, 400, "symbol: expected 1 to 32 letters, digits and . _ - / = ^ : @ # $");
      return NULL;
    }
  Instrument *self = g_hash_table_lookup (service->instruments, name);
  if (self != NULL)
    return self;
  if (g_hash_table_size (service->instruments) >= BS_SERVICE_MAX_INSTRUMENTS)
    {
      reply_error (call, 503, "too many instruments are served already");
      return NULL;
    }
  self = g_new0 (Instrument, 1);
  self->service = service;
  self->name = g_strdup (name);
  self->is_default = strcmp (name, service->symbol) == 0;
  self->answered_us = G_MININT64;
  g_queue_init (&self->pending);
  g_hash_table_insert (service->instruments, self->name, self);
  return self;
}

void
bs_service_close (BsService *self, const char *instrument)
{
  Instrument *found = g_hash_table_lookup (self->instruments, instrument);
  if (found != NULL)
    close_session (found);
}

/* Answers */

static const char *
class_word (BsClass klass)
{
  static const char *const words[BS_N_CLASSES] = { [BS_CLASS_SHORT] = "short", [BS_CLASS_HOLD] = "hold", [BS_CLASS_LONG] = "long" };
  return words[klass];
}

static char *
error_body (const char *message)
{
  g_autofree char *quoted = bs_json_text_quote (message);
  return g_strdup_printf ("{\"status\":\"error\",\"message\":%s}", quoted);
}

static char *
recommendation (const BsSignal *signal, double threshold)
{
  if (signal->filtered)
    return g_strdup_printf ("hold: %s at %.0f %% is under the threshold of %.0f %%", class_word (signal->raw_class),
                            100.0 * signal->confidence, 100.0 * threshold);
  return g_strdup_printf ("%s at %.0f %%", class_word (signal->klass), 100.0 * signal->confidence);
}

/* (transfer full): what is answered to a bar. A hold would close a position: where there is no signal, none is made up. */
static char *
answer_body (const BsService *self, const BsFeedAnswer *answer, guint *status)
{
  const BsSignal *signal = answer->signal;

  if (signal == NULL)
    {
      *status = answer->refused ? 409 : 500;
      return error_body (answer->message != NULL ? answer->message : "there is no signal");
    }
  *status = 503;
  if (signal->state == BS_SIGNAL_WARMING_UP)
    {
      g_autofree char *message = g_strdup_printf ("the history is too short: %u more bars are needed", signal->rows_missing);
      return error_body (message);
    }
  if (!signal->in_range && !self->options.allow_out_of_range)
    {
      g_autofree char *message = g_strdup_printf (
        "%u inputs are out of the range that the model was trained on: its signal would mean little", signal->n_out_of_range);
      return error_body (message);
    }
  *status = 200;
  g_autofree char *said = recommendation (signal, answer->threshold);
  g_autofree char *quoted = bs_json_text_quote (said);
  char confidence[G_ASCII_DTOSTR_BUF_SIZE], threshold[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (confidence, sizeof confidence, "%.6f", signal->confidence);
  g_ascii_formatd (threshold, sizeof threshold, "%.6g", answer->threshold);
  return g_strdup_printf ("{\"status\":\"success\",\"bars_received\":1,\"data_type\":\"realtime\",\"signal\":\"%s\","
                          "\"raw_signal\":\"%s\",\"confidence\":%s,\"confidence_threshold\":%s,\"filtered\":%s,"
                          "\"recommendation\":%s}",
                          class_word (signal->klass), class_word (signal->raw_class), confidence, threshold,
                          signal->filtered ? "true" : "false", quoted);
}

/* An answer on its way from the thread that drains the session. */
typedef struct
{
  BsPostFeed *feed;
  Instrument *instrument; /* good while @feed is its feed */
  BsService *service;
  gint64 time_us;
  guint status;
  char *body;
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *self = data;
  g_object_unref (self->feed);
  g_free (self->body);
  g_free (self);
}

static gboolean
is_feed_of (gpointer name, gpointer instrument, gpointer feed)
{
  return ((Instrument *) instrument)->feed == feed;
}

static gboolean
on_arrival (gpointer data)
{
  Arrival *arrival = data;
  /* The session may have been closed meanwhile, and its instrument be gone. */
  Instrument *self = g_hash_table_find (arrival->service->instruments, is_feed_of, arrival->feed);
  if (self == NULL)
    return G_SOURCE_REMOVE;
  self->answered_us = arrival->time_us;
  self->status = arrival->status;
  g_free (self->body);
  self->body = g_strdup (arrival->body);

  GList *next;
  for (GList *item = self->pending.head; item != NULL; item = next)
    {
      Pending *pending = item->data;
      next = item->next;
      if (pending->time_us > arrival->time_us)
        continue;
      g_queue_delete_link (&self->pending, item);
      if (pending->time_us == arrival->time_us)
        pending->done (arrival->status, arrival->body, NULL, pending->data);
      else
        {
          Call call = { .done = pending->done, .data = pending->data };
          reply_error (&call, 503, "there is no signal for this bar");
        }
      pending_free (pending);
      /* What is done may have led to other calls of the same instrument. */
      next = self->pending.head;
    }
  return G_SOURCE_REMOVE;
}

/* Thread: the one that drains the session. */
static void
on_answer (BsPostFeed *feed, const BsFeedAnswer *answer, gpointer data)
{
  Instrument *instrument = data;
  if (answer->bar->time_us < atomic_load (&instrument->from_us))
    return;
  Arrival *arrival = g_new0 (Arrival, 1);
  arrival->feed = g_object_ref (feed);
  arrival->service = instrument->service;
  arrival->time_us = answer->bar->time_us;
  arrival->body = answer_body (instrument->service, answer, &arrival->status);
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, on_arrival, arrival, arrival_free);
  g_source_attach (source, instrument->service->context);
}

static void
wait_for_answer (const Call *call, Instrument *self, gint64 time_us)
{
  if (self->answered_us == time_us && self->body != NULL)
    {
      call->done (self->status, self->body, NULL, call->data);
      return;
    }
  if (self->pending.length >= MAX_PENDING)
    {
      reply_error (call, 503, "too many bars wait for their signals already");
      return;
    }
  Pending *pending = g_new (Pending, 1);
  *pending = (Pending){ time_us, call->done, call->data };
  g_queue_push_tail (&self->pending, pending);
}

/* Sessions */

static BsBarFile *
file_new (const BsService *service)
{
  BsBarFile *file = bs_bar_file_new ("HTTP");
  file->timezone = g_strdup (service->timezone);
  file->series = bs_bar_series_new (0, 0, BS_STAMP_END);
  return file;
}

static gboolean
append_bar (BsBarFile *file, const BsBar *bar, GError **error)
{
  if (!bs_bar_series_append (file->series, bar, error))
    return FALSE;
  file->n_rows++;
  file->decimals = MAX (file->decimals, bs_service_decimals (bar->close));
  return TRUE;
}

/* Opens a session over the history; @series: (inout): where the history has got to; taken over. */
static gboolean
open_session (Instrument *self, BsBarFile *primary, BsBarFile *secondary, BsServiceSeries series[2], GError **error)
{
  gint64 length_us = bs_bar_series_bar_length (primary->series);
  close_session (self);
  if (secondary != NULL && bs_bar_series_bar_length (secondary->series) == 0)
    bs_bar_series_set_bar_length (secondary->series, BS_SERVICE_SECONDARY_TIMES * length_us);
  memcpy (self->series, series, sizeof self->series);
  memset (series, 0, sizeof self->series);
  atomic_store (&self->from_us, self->series[BS_FEED_ITEM_PRIMARY].last.time_us);
  self->feed = bs_post_feed_new (length_us, on_answer, self);
  BsServiceOpening opening = {
    .instrument = self->name,
    .is_default = self->is_default,
    .primary = primary,
    .secondary = secondary,
    .secondary_length_us = secondary == NULL ? BS_SERVICE_SECONDARY_TIMES * length_us : 0,
    .feed = g_object_ref (BS_FEED (self->feed)),
  };
  gboolean opened = self->service->host->open (&opening, self->service->host_data, error);
  g_clear_pointer (&opening.primary, bs_bar_file_free);
  g_clear_pointer (&opening.secondary, bs_bar_file_free);
  g_clear_object (&opening.feed);
  if (!opened)
    close_session (self);
  return opened;
}

static void
begin_series (const BsService *service, BsServiceSeries *series)
{
  *series = (BsServiceSeries){ .zone = bs_zone_new (service->timezone) };
}

/* Historical bars */

/* (transfer full): the bars of @array, each of which must be good and after the one before it; the same one twice counts once. */
static BsBarFile *
read_history (const BsService *service, const BsJsonValue *array, const char *name, BsServiceSeries *series,
              GError **error)
{
  g_autoptr (BsBarFile) file = file_new (service);
  BsStepCounter steps;
  guint n = 0;

  bs_step_counter_init (&steps);
  for (const BsJsonValue *value = bs_json_first (array); value != NULL; value = bs_json_next (value), n++)
    {
      char field[64];
      BsBar bar;
      gboolean is_utc;
      gint64 local_us;
      g_snprintf (field, sizeof field, "%s[%u]", name, n);
      if (!bs_service_read_bar (value, field, &bar, &is_utc, error))
        break;
      BsServicePlace place = bs_service_place (series, &bar, is_utc, field, &local_us, error);
      if (place == BS_SERVICE_AGAIN)
        continue;
      if (place != BS_SERVICE_NEW || !append_bar (file, &bar, error))
        break;
      if (series->has_last)
        bs_step_counter_add (&steps, bar.time_us - series->last.time_us);
      bs_service_take (series, &bar, is_utc, local_us);
    }
  gint64 length_us = bs_step_counter_most_common (&steps);
  bs_step_counter_clear (&steps);
  if (n < bs_json_length (array))
    return NULL;
  if (length_us > 0)
    bs_bar_series_set_bar_length (file->series, length_us);
  return g_steal_pointer (&file);
}

/* The array called @name, or NULL; FALSE where it is something else. */
static gboolean
find_array (const BsJsonValue *body, const char *name, const BsJsonValue **array, GError **error)
{
  const BsJsonValue *value = bs_json_find (body, name);
  *array = NULL;
  if (value == NULL || bs_json_type (value) == BS_JSON_NULL)
    return TRUE;
  if (bs_json_type (value) != BS_JSON_ARRAY)
    {
      g_set_error (error, BS_SERVICE_ERROR, BS_SERVICE_ERROR_BODY, "%s: expected an array of bars, got %s", name,
                   bs_json_type_name (bs_json_type (value)));
      return FALSE;
    }
  *array = value;
  return TRUE;
}

static gboolean
read_histories (const Call *call, BsServiceSeries series[2], BsBarFile **primary, BsBarFile **secondary, GError **error)
{
  const char *name = "primary_bars";
  const BsJsonValue *primary_array, *secondary_array;

  if (!find_array (call->body, name, &primary_array, error)
      || !find_array (call->body, "secondary_bars", &secondary_array, error))
    return FALSE;
  if (primary_array == NULL)
    {
      name = "bars";
      if (!find_array (call->body, name, &primary_array, error))
        return FALSE;
    }
  if (primary_array == NULL || bs_json_length (primary_array) == 0)
    {
      g_set_error (error, BS_SERVICE_ERROR, BS_SERVICE_ERROR_BODY, "primary_bars: expected an array of bars, got none");
      return FALSE;
    }
  *primary = read_history (call->service, primary_array, name, &series[BS_FEED_ITEM_PRIMARY], error);
  if (*primary == NULL)
    return FALSE;
  if (bs_bar_series_bar_length ((*primary)->series) == 0)
    bs_bar_series_set_bar_length ((*primary)->series, BS_SERVICE_DEFAULT_BAR_LENGTH_US);
  if (secondary_array == NULL || bs_json_length (secondary_array) == 0)
    return TRUE;
  *secondary = read_history (call->service, secondary_array, "secondary_bars", &series[BS_FEED_ITEM_SECONDARY], error);
  return *secondary != NULL;
}

static void
answer_historical (const Call *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  BsServiceSeries series[2];
  Instrument *self = find_instrument (call);
  if (self == NULL)
    return;

  begin_series (call->service, &series[0]);
  begin_series (call->service, &series[1]);
  const BsServiceHost *host = call->service->host;
  if (!read_histories (call, series, &primary, &secondary, &error))
    reply_error (call, 400, error->message);
  else
    {
      guint64 n_bars = bs_bar_series_length (primary->series);
      gint64 length_us = bs_bar_series_bar_length (primary->series);
      gboolean training
        = host->train != NULL && host->train (self->name, primary, secondary, call->service->host_data);
      if (!open_session (self, g_steal_pointer (&primary), g_steal_pointer (&secondary), series, &error))
        reply_error (call, 503, error->message);
      else
        {
          g_autofree char *length = bs_bar_length_text (length_us);
          g_autofree char *body = g_strdup_printf (
            "{\"status\":\"success\",\"bars_received\":%" G_GUINT64_FORMAT
            ",\"data_type\":\"historical\",\"model_training\":%s,\"message\":\"%" G_GUINT64_FORMAT
            " bars of %s taken as history; %s\"}",
            n_bars, training ? "true" : "false", n_bars, length,
            training ? "a training on them has begun" : "the model stays as it is");
          call->done (200, body, NULL, call->data);
        }
    }
  bs_service_series_clear (&series[0]);
  bs_service_series_clear (&series[1]);
}

/* A realtime bar */

/* What a realtime body brings, placed in time. */
typedef struct
{
  BsBar bar;
  gboolean is_utc;
  gint64 local_us;
  BsServicePlace place;
} Placed;

/* FALSE where the call has been answered with an error. */
static gboolean
place (const Call *call, Instrument *self, BsFeedItemKind kind, const char *field, Placed *placed)
{
  g_autoptr (GError) error = NULL;
  placed->place
    = bs_service_place (&self->series[kind], &placed->bar, placed->is_utc, field, &placed->local_us, &error);
  if (placed->place <= BS_SERVICE_AGAIN)
    return TRUE;
  if (self->feed != NULL)
    bs_feed_refuse (BS_FEED (self->feed), "%s", error->message);
  reply_error (call, placed->place == BS_SERVICE_CONFLICT ? 409 : 400, error->message);
  return FALSE;
}

/* The first bar of an instrument, without a history: a session begins with it. */
static void
begin_without_history (const Call *call, Instrument *self, Placed *primary)
{
  g_autoptr (GError) error = NULL;
  BsServiceSeries series[2];

  begin_series (call->service, &series[0]);
  begin_series (call->service, &series[1]);
  gint64 local_us = primary->bar.time_us;
  BsServicePlace at = bs_service_place (&series[0], &primary->bar, primary->is_utc, "time", &local_us, &error);
  g_autoptr (BsBarFile) file = file_new (call->service);
  if (at != BS_SERVICE_NEW || !append_bar (file, &primary->bar, &error))
    reply_error (call, 400, error->message);
  else
    {
      bs_bar_series_set_bar_length (file->series, BS_SERVICE_DEFAULT_BAR_LENGTH_US);
      bs_service_take (&series[0], &primary->bar, primary->is_utc, local_us);
      if (open_session (self, g_steal_pointer (&file), NULL, series, &error))
        reply_error (call, 503, "the history is too short: this is the first bar");
      else
        reply_error (call, 503, error->message);
    }
  bs_service_series_clear (&series[0]);
  bs_service_series_clear (&series[1]);
}

static void
answer_realtime (const Call *call)
{
  g_autoptr (GError) error = NULL;
  const BsJsonValue *nested = bs_json_find (call->body, "primary_bar");
  const BsJsonValue *longer = bs_json_find (call->body, "secondary_bar");
  gboolean has_secondary = longer != NULL && bs_json_type (longer) != BS_JSON_NULL;
  Placed primary = { 0 }, secondary = { 0 };

  if (!bs_service_read_bar (nested != NULL ? nested : call->body, nested != NULL ? "primary_bar" : "", &primary.bar,
                            &primary.is_utc, &error)
      || !bs_service_read_daily (call->body, &primary.bar, &error)
      || (has_secondary && !bs_service_read_bar (longer, "secondary_bar", &secondary.bar, &secondary.is_utc, &error)))
    {
      reply_error (call, 400, error->message);
      return;
    }
  Instrument *self = find_instrument (call);
  if (self == NULL)
    return;
  if (self->feed != NULL && bs_feed_is_stopping (BS_FEED (self->feed)))
    close_session (self);
  if (self->feed == NULL)
    {
      begin_without_history (call, self, &primary);
      return;
    }
  if (!place (call, self, BS_FEED_ITEM_PRIMARY, nested != NULL ? "primary_bar" : "", &primary)
      || (has_secondary && !place (call, self, BS_FEED_ITEM_SECONDARY, "secondary_bar", &secondary)))
    return;
  if (primary.place == BS_SERVICE_AGAIN)
    {
      bs_feed_count_duplicate (BS_FEED (self->feed));
      wait_for_answer (call, self, primary.bar.time_us);
      return;
    }

  gboolean with_secondary = has_secondary && secondary.place == BS_SERVICE_NEW;
  if (self->pending.length >= MAX_PENDING)
    {
      reply_error (call, 503, "too many bars wait for their signals already");
      return;
    }
  if (!bs_post_feed_put (self->feed, with_secondary ? &secondary.bar : NULL, &primary.bar))
    {
      close_session (self);
      reply_error (call, 503, "the session has been closed: post the history again");
      return;
    }
  if (with_secondary)
    bs_service_take (&self->series[BS_FEED_ITEM_SECONDARY], &secondary.bar, secondary.is_utc, secondary.local_us);
  bs_service_take (&self->series[BS_FEED_ITEM_PRIMARY], &primary.bar, primary.is_utc, primary.local_us);
  wait_for_answer (call, self, primary.bar.time_us);
}

static void
answer_analysis (const Call *call)
{
  const BsJsonValue *type = bs_json_find (call->body, "type");
  const char *word = type != NULL && bs_json_type (type) == BS_JSON_STRING ? bs_json_get_string (type, NULL) : NULL;

  if (g_strcmp0 (word, "historical") == 0)
    answer_historical (call);
  else if (g_strcmp0 (word, "realtime") == 0)
    answer_realtime (call);
  else
    reply_error (call, 400, "type: expected \"historical\" or \"realtime\"");
}

/* The rest */

static void
answer_service (const Call *call)
{
  call->done (200, "{\"service\":\"Barscope\",\"status\":\"running\"}", NULL, call->data);
}

static void
answer_health (const Call *call)
{
  const BsServiceHost *host = call->service->host;
  g_autofree char *device = host->device (call->service->host_data);
  g_autofree char *quoted = bs_json_text_quote (device);
  gboolean has_model = host->has_model (call->service->host_data);
  g_autofree char *body = g_strdup_printf ("{\"status\":\"%s\",\"model_trained\":%s,\"device\":%s}",
                                           has_model ? "healthy" : "no model", has_model ? "true" : "false", quoted);
  call->done (200, body, NULL, call->data);
}

static void
answer_training (const Call *call)
{
  const BsServiceHost *host = call->service->host;
  double fraction = 0;
  g_autofree char *problem = NULL;
  gboolean training = host->training != NULL && host->training (&fraction, &problem, call->service->host_data);
  g_autofree char *quoted = problem != NULL ? bs_json_text_quote (problem) : g_strdup ("null");
  char progress[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (progress, sizeof progress, "%.4g", fraction);
  g_autofree char *body = g_strdup_printf ("{\"is_training\":%s,\"progress\":%s,\"error\":%s}",
                                           training ? "true" : "false", progress, quoted);
  call->done (200, body, NULL, call->data);
}

static void
answer_save (const Call *call)
{
  /* What is loaded came from a file, and training writes one: there is never anything that is in memory alone. */
  if (call->service->host->has_model (call->service->host_data))
    call->done (200, "{\"status\":\"success\",\"message\":\"the model is in its file already\"}", NULL, call->data);
  else
    reply_error (call, 503, "there is no model to save");
}

static void
answer_load (const Call *call)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  if (!call->service->host->load_model (&name, call->service->host_data, &error))
    {
      reply_error (call, 500, error->message);
      return;
    }
  g_autofree char *message = g_strdup_printf ("the model has been loaded from its file: %s", name);
  g_autofree char *quoted = bs_json_text_quote (message);
  g_autofree char *body = g_strdup_printf ("{\"status\":\"success\",\"message\":%s}", quoted);
  call->done (200, body, NULL, call->data);
}

static const struct
{
  const char *path, *method;
  gboolean has_body;
  void (*answer) (const Call *call);
} routes[] = {
  { "/analysis", "POST", TRUE, answer_analysis },
  { "/", "GET", FALSE, answer_service },
  { "/health-check", "GET", FALSE, answer_health },
  { "/training-status", "GET", FALSE, answer_training },
  { "/save-model", "POST", FALSE, answer_save },
  { "/load-model", "POST", FALSE, answer_load },
};

void
bs_service_call (BsService *self, const char *method, const char *path, const char *symbol, const char *body,
                 gsize length, BsServiceDone done, gpointer data)
{
  Call call = { .service = self, .symbol = symbol, .done = done, .data = data };

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (strcmp (routes[i].path, path) != 0)
        continue;
      if (strcmp (routes[i].method, method) != 0)
        {
          g_autofree char *text = error_body ("this path does not take this method");
          done (405, text, routes[i].method, data);
          return;
        }
      if (!routes[i].has_body)
        {
          routes[i].answer (&call);
          return;
        }
      g_autoptr (GError) error = NULL;
      g_autoptr (BsJson) json = bs_json_parse (body, length, BS_SERVICE_MAX_VALUES, &error);
      if (json == NULL)
        {
          g_autofree char *message = g_strdup_printf ("the body is not JSON: %s", error->message);
          reply_error (&call, 400, message);
          return;
        }
      call.body = bs_json_root (json);
      if (bs_json_type (call.body) != BS_JSON_OBJECT)
        reply_error (&call, 400, "the body: expected an object");
      else
        routes[i].answer (&call);
      return;
    }
  reply_error (&call, 404, "there is nothing at this path");
}
