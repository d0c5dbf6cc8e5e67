/* bs-service-instrument.c: one instrument that is served: its session, and the calls that wait for its answers. */
#include "app/serve/bs-service-private.h"

#include <string.h>

#define MAX_SYMBOL_BYTES 32

/* Nobody will answer any more. */
static void
give_up_pending (BsServiceInstrument *self, const char *message)
{
  BsServicePending *pending;
  while ((pending = g_queue_pop_head (&self->pending)) != NULL)
    {
      BsServiceCall call = { .done = pending->done, .data = pending->data };
      bs_service_reply_error (&call, 503, message);
      g_free (pending);
    }
}

void
bs_service_instrument_close (BsServiceInstrument *self)
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

void
bs_service_instrument_free (gpointer data)
{
  BsServiceInstrument *self = data;
  bs_service_instrument_close (self);
  g_free (self->name);
  g_free (self);
}

static gboolean
symbol_is_good (const char *symbol)
{
  gsize length = strlen (symbol);
  for (const char *p = symbol; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._/=^:-@#$ ", *p) == NULL)
      return FALSE;
  return length > 0 && length <= MAX_SYMBOL_BYTES;
}

/* Names that somebody tried without a history take nobody's place. */
static gboolean
was_never_opened (gpointer name, gpointer instrument, gpointer unused)
{
  return !((const BsServiceInstrument *) instrument)->was_opened;
}

BsServiceInstrument *
bs_service_find_instrument (const BsServiceCall *call)
{
  BsService *service = call->service;
  const char *name = call->symbol != NULL ? call->symbol : service->symbol;

  if (call->symbol != NULL && !symbol_is_good (name))
    {
      bs_service_reply_error (call, 400, "symbol: expected 1 to 32 letters, digits and . _ - / = ^ : @ # $");
      return NULL;
    }
  BsServiceInstrument *self = g_hash_table_lookup (service->instruments, name);
  if (self != NULL)
    return self;
  if (g_hash_table_size (service->instruments) >= BS_SERVICE_MAX_INSTRUMENTS)
    g_hash_table_foreach_remove (service->instruments, was_never_opened, NULL);
  if (g_hash_table_size (service->instruments) >= BS_SERVICE_MAX_INSTRUMENTS)
    {
      bs_service_reply_error (call, 503, "too many instruments are served already");
      return NULL;
    }
  self = g_new0 (BsServiceInstrument, 1);
  self->service = service;
  self->name = g_strdup (name);
  self->is_default = strcmp (name, service->symbol) == 0;
  self->answered_us = G_MININT64;
  g_queue_init (&self->pending);
  g_hash_table_insert (service->instruments, self->name, self);
  return self;
}

/* An answer on its way from the thread that drains the session. */
typedef struct
{
  BsPostFeed *feed;
  BsServiceInstrument *instrument; /* good while @feed is its feed */
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
  return ((BsServiceInstrument *) instrument)->feed == feed;
}

static gboolean
on_arrival (gpointer data)
{
  Arrival *arrival = data;
  /* The session may have been closed meanwhile, and its instrument be gone. */
  BsServiceInstrument *self = g_hash_table_find (arrival->service->instruments, is_feed_of, arrival->feed);
  if (self == NULL)
    return G_SOURCE_REMOVE;
  self->answered_us = arrival->time_us;
  self->status = arrival->status;
  g_free (self->body);
  self->body = g_strdup (arrival->body);

  GList *next;
  for (GList *item = self->pending.head; item != NULL; item = next)
    {
      BsServicePending *pending = item->data;
      next = item->next;
      if (pending->time_us > arrival->time_us)
        continue;
      g_queue_delete_link (&self->pending, item);
      if (pending->time_us == arrival->time_us)
        pending->done (arrival->status, arrival->body, NULL, pending->data);
      else
        {
          BsServiceCall call = { .done = pending->done, .data = pending->data };
          bs_service_reply_error (&call, 503, "there is no signal for this bar");
        }
      g_free (pending);
      /* What is done may have led to other calls of the same instrument. */
      next = self->pending.head;
    }
  return G_SOURCE_REMOVE;
}

/* Thread: the one that drains the session. */
static void
on_answer (BsPostFeed *feed, const BsFeedAnswer *answer, gpointer data)
{
  BsServiceInstrument *instrument = data;
  if (answer->bar->time_us < atomic_load (&instrument->from_us))
    return;
  Arrival *arrival = g_new0 (Arrival, 1);
  arrival->feed = g_object_ref (feed);
  arrival->service = instrument->service;
  arrival->time_us = answer->bar->time_us;
  arrival->body = bs_service_answer_body (instrument->service, answer, &arrival->status);
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, on_arrival, arrival, arrival_free);
  g_source_attach (source, instrument->service->context);
}

gboolean
bs_service_instrument_open (BsServiceInstrument *self, BsBarFile *primary, BsBarFile *secondary, BsServiceSeries series[2], GError **error)
{
  gint64 length_us = bs_bar_series_bar_length (primary->series);
  bs_service_instrument_close (self);
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
  self->was_opened = self->was_opened || opened;
  g_clear_pointer (&opening.primary, bs_bar_file_free);
  g_clear_pointer (&opening.secondary, bs_bar_file_free);
  g_clear_object (&opening.feed);
  if (!opened)
    bs_service_instrument_close (self);
  return opened;
}

void
bs_service_instrument_wait (const BsServiceCall *call, BsServiceInstrument *self, gint64 time_us)
{
  if (self->answered_us == time_us && self->body != NULL)
    {
      call->done (self->status, self->body, NULL, call->data);
      return;
    }
  if (self->pending.length >= BS_SERVICE_MAX_PENDING)
    {
      bs_service_reply_error (call, 503, "too many bars wait for their signals already");
      return;
    }
  BsServicePending *pending = g_new (BsServicePending, 1);
  *pending = (BsServicePending){ time_us, call->done, call->data };
  g_queue_push_tail (&self->pending, pending);
}
