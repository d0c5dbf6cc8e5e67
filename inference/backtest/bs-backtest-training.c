/* bs-backtest-training.c: when a model was trained, as its file says */
#include "inference/backtest/bs-backtest-training.h"

#include <string.h>

#define DATE_LENGTH 10 /* yyyy-MM-dd */

static gboolean
parse (const char *text, gboolean last, gint64 *time_us)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *whole = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  if (strlen (text) == DATE_LENGTH)
    whole = g_strconcat (text, last ? "T23:59:59" : "T00:00:00", NULL);
  time = g_date_time_new_from_iso8601 (whole != NULL ? whole : text, utc);
  if (time == NULL)
    return FALSE;
  *time_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + (whole != NULL && last ? G_USEC_PER_SEC - 1 : 0);
  return TRUE;
}

gboolean
bs_training_period_parse (const char *from, const char *to, BsTrainingPeriod *period)
{
  return parse (from, FALSE, &period->from_us) && parse (to, TRUE, &period->to_us) && period->from_us <= period->to_us;
}

gboolean
bs_training_period_read (const BsModel *model, BsTrainingPeriod *period)
{
  return model != NULL
         && bs_training_period_parse (bs_model_metadata (model, "trained_from"), bs_model_metadata (model, "trained_to"), period);
}
