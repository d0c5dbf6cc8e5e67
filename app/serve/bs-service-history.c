/* bs-service-history.c: historical bars, over which a session is opened. */
#include "app/serve/bs-service-private.h"

#include "app/bs-bar-name.h"
#include "app/feeds/bs-step-counter.h"

BsBarFile *
bs_service_file_new (const BsService *service)
{
  BsBarFile *file = bs_bar_file_new ("HTTP");
  file->timezone = g_strdup (service->timezone);
  file->series = bs_bar_series_new (0, 0, BS_STAMP_END);
  return file;
}

gboolean
bs_service_file_append (BsBarFile *file, const BsBar *bar, GError **error)
{
  if (!bs_bar_series_append (file->series, bar, error))
    return FALSE;
  file->n_rows++;
  file->decimals = MAX (file->decimals, bs_service_decimals (bar->close));
  return TRUE;
}

void
bs_service_begin_series (const BsService *service, BsServiceSeries *series)
{
  *series = (BsServiceSeries){ .zone = bs_zone_new (service->timezone) };
}

/* (transfer full): the bars of @array, each of which must be good and after the one before it; the same one twice counts once. */
static BsBarFile *
read_history (const BsService *service, const BsJsonValue *array, const char *name, BsServiceSeries *series,
              GError **error)
{
  g_autoptr (BsBarFile) file = bs_service_file_new (service);
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
      if (place != BS_SERVICE_NEW || !bs_service_file_append (file, &bar, error))
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
read_histories (const BsServiceCall *call, BsServiceSeries series[2], BsBarFile **primary, BsBarFile **secondary, GError **error)
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

void
bs_service_answer_historical (const BsServiceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  BsServiceSeries series[2];
  BsServiceInstrument *self = bs_service_find_instrument (call);
  if (self == NULL)
    return;

  bs_service_begin_series (call->service, &series[0]);
  bs_service_begin_series (call->service, &series[1]);
  const BsServiceHost *host = call->service->host;
  if (!read_histories (call, series, &primary, &secondary, &error))
    bs_service_reply_error (call, 400, error->message);
  else
    {
      guint64 n_bars = bs_bar_series_length (primary->series);
      gint64 length_us = bs_bar_series_bar_length (primary->series);
      gboolean training
        = host->train != NULL && host->train (self->name, primary, secondary, call->service->host_data);
      if (!bs_service_instrument_open (self, g_steal_pointer (&primary), g_steal_pointer (&secondary), series, &error))
        bs_service_reply_error (call, 503, error->message);
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
