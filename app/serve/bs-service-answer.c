/* bs-service-answer.c: what is said, in JSON. */
#include "app/serve/bs-service-private.h"

#include "app/commands/bs-json-text.h"

char *
bs_service_error_body (const char *message)
{
  g_autofree char *quoted = bs_json_text_quote (message);
  return g_strdup_printf ("{\"status\":\"error\",\"message\":%s}", quoted);
}

void
bs_service_reply_error (const BsServiceCall *call, guint status, const char *message)
{
  g_autofree char *body = bs_service_error_body (message);
  call->done (status, body, NULL, call->data);
}

static const char *
class_word (BsClass klass)
{
  static const char *const words[BS_N_CLASSES] = { [BS_CLASS_SHORT] = "short", [BS_CLASS_HOLD] = "hold", [BS_CLASS_LONG] = "long" };
  return words[klass];
}

static char *
recommendation (const BsSignal *signal, double threshold)
{
  if (signal->filtered)
    return g_strdup_printf ("hold: %s at %.0f %% is under the threshold of %.0f %%", class_word (signal->raw_class),
                            100.0 * signal->confidence, 100.0 * threshold);
  return g_strdup_printf ("%s at %.0f %%", class_word (signal->klass), 100.0 * signal->confidence);
}

char *
bs_service_answer_body (const BsService *self, const BsFeedAnswer *answer, guint *status)
{
  const BsSignal *signal = answer->signal;

  if (signal == NULL)
    {
      *status = answer->refused ? 409 : 500;
      return bs_service_error_body (answer->message != NULL ? answer->message : "there is no signal");
    }
  *status = 503;
  if (signal->state == BS_SIGNAL_WARMING_UP)
    {
      g_autofree char *message = g_strdup_printf ("the history is too short: %u more bars are needed", signal->rows_missing);
      return bs_service_error_body (message);
    }
  if (!signal->in_range && !self->options.allow_out_of_range)
    {
      g_autofree char *message = g_strdup_printf (
        "%u inputs are out of the range that the model was trained on: its signal would mean little", signal->n_out_of_range);
      return bs_service_error_body (message);
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
