/* bs-service-realtime.c: a bar that has just closed, and the signal for it. */
#include "app/serve/bs-service-private.h"

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
place (const BsServiceCall *call, BsServiceInstrument *self, BsFeedItemKind kind, const char *field, Placed *placed)
{
  g_autoptr (GError) error = NULL;
  placed->place
    = bs_service_place (&self->series[kind], &placed->bar, placed->is_utc, field, &placed->local_us, &error);
  if (placed->place <= BS_SERVICE_AGAIN)
    return TRUE;
  if (self->feed != NULL)
    bs_feed_refuse (BS_FEED (self->feed), "%s", error->message);
  bs_service_reply_error (call, placed->place == BS_SERVICE_CONFLICT ? 409 : 400, error->message);
  return FALSE;
}

/* The first bar of an instrument, without a history: a session begins with it. */
static void
begin_without_history (const BsServiceCall *call, BsServiceInstrument *self, Placed *primary)
{
  g_autoptr (GError) error = NULL;
  BsServiceSeries series[2];

  bs_service_begin_series (call->service, &series[0]);
  bs_service_begin_series (call->service, &series[1]);
  gint64 local_us = primary->bar.time_us;
  BsServicePlace at = bs_service_place (&series[0], &primary->bar, primary->is_utc, "time", &local_us, &error);
  g_autoptr (BsBarFile) file = bs_service_file_new (call->service);
  if (at != BS_SERVICE_NEW || !bs_service_file_append (file, &primary->bar, &error))
    bs_service_reply_error (call, 400, error->message);
  else
    {
      bs_bar_series_set_bar_length (file->series, BS_SERVICE_DEFAULT_BAR_LENGTH_US);
      bs_service_take (&series[0], &primary->bar, primary->is_utc, local_us);
      if (bs_service_instrument_open (self, g_steal_pointer (&file), NULL, series, &error))
        bs_service_reply_error (call, 503, "the history is too short: this is the first bar");
      else
        bs_service_reply_error (call, 503, error->message);
    }
  bs_service_series_clear (&series[0]);
  bs_service_series_clear (&series[1]);
}

void
bs_service_answer_realtime (const BsServiceCall *call)
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
      bs_service_reply_error (call, 400, error->message);
      return;
    }
  BsServiceInstrument *self = bs_service_find_instrument (call);
  if (self == NULL)
    return;
  if (self->feed != NULL && bs_feed_is_stopping (BS_FEED (self->feed)))
    bs_service_instrument_close (self);
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
      bs_service_instrument_wait (call, self, primary.bar.time_us);
      return;
    }

  gboolean with_secondary = has_secondary && secondary.place == BS_SERVICE_NEW;
  if (self->pending.length >= BS_SERVICE_MAX_PENDING)
    {
      bs_service_reply_error (call, 503, "too many bars wait for their signals already");
      return;
    }
  if (!bs_post_feed_put (self->feed, with_secondary ? &secondary.bar : NULL, &primary.bar))
    {
      bs_service_instrument_close (self);
      bs_service_reply_error (call, 503, "the session has been closed: post the history again");
      return;
    }
  if (with_secondary)
    bs_service_take (&self->series[BS_FEED_ITEM_SECONDARY], &secondary.bar, secondary.is_utc, secondary.local_us);
  bs_service_take (&self->series[BS_FEED_ITEM_PRIMARY], &primary.bar, primary.is_utc, primary.local_us);
  bs_service_instrument_wait (call, self, primary.bar.time_us);
}
