#include "app/serve/bs-service-private.h"

#include <string.h>

#include "app/commands/bs-json-text.h"

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
  self->instruments = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bs_service_instrument_free);
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

void
bs_service_close (BsService *self, const char *instrument)
{
  BsServiceInstrument *found = g_hash_table_lookup (self->instruments, instrument);
  if (found != NULL)
    bs_service_instrument_close (found);
}

static void
answer_analysis (const BsServiceCall *call)
{
  const BsJsonValue *type = bs_json_find (call->body, "type");
  const char *word = type != NULL && bs_json_type (type) == BS_JSON_STRING ? bs_json_get_string (type, NULL) : NULL;

  if (g_strcmp0 (word, "historical") == 0)
    bs_service_answer_historical (call);
  else if (g_strcmp0 (word, "realtime") == 0)
    bs_service_answer_realtime (call);
  else
    bs_service_reply_error (call, 400, "type: expected \"historical\" or \"realtime\"");
}

static void
answer_service (const BsServiceCall *call)
{
  call->done (200, "{\"service\":\"Barscope\",\"status\":\"running\"}", NULL, call->data);
}

static void
answer_health (const BsServiceCall *call)
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
answer_training (const BsServiceCall *call)
{
  const BsServiceHost *host = call->service->host;
  double fraction = 0;
  g_autofree char *problem = NULL;
  gboolean training = host->training != NULL && host->training (&fraction, &problem, call->service->host_data);
  g_autofree char *quoted = bs_json_text_quote (problem);
  char progress[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (progress, sizeof progress, "%.4g", fraction);
  g_autofree char *body = g_strdup_printf ("{\"is_training\":%s,\"progress\":%s,\"error\":%s}",
                                           training ? "true" : "false", progress, quoted);
  call->done (200, body, NULL, call->data);
}

static void
answer_save (const BsServiceCall *call)
{
  /* What is loaded came from a file, and training writes one: there is never anything that is in memory alone. */
  if (call->service->host->has_model (call->service->host_data))
    call->done (200, "{\"status\":\"success\",\"message\":\"the model is in its file already\"}", NULL, call->data);
  else
    bs_service_reply_error (call, 503, "there is no model to save");
}

static void
answer_load (const BsServiceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  if (!call->service->host->load_model (&name, call->service->host_data, &error))
    {
      bs_service_reply_error (call, 500, error->message);
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
  void (*answer) (const BsServiceCall *call);
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
  BsServiceCall call = { .service = self, .symbol = symbol, .done = done, .data = data };

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (strcmp (routes[i].path, path) != 0)
        continue;
      if (strcmp (routes[i].method, method) != 0)
        {
          g_autofree char *text = bs_service_error_body ("this path does not take this method");
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
          bs_service_reply_error (&call, 400, message);
          return;
        }
      call.body = bs_json_root (json);
      if (bs_json_type (call.body) != BS_JSON_OBJECT)
        bs_service_reply_error (&call, 400, "the body: expected an object");
      else
        routes[i].answer (&call);
      return;
    }
  bs_service_reply_error (&call, 404, "there is nothing at this path");
}
