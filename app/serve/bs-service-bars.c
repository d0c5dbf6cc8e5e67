#include "app/serve/bs-service-bars.h"

#include <math.h>
#include <string.h>

#include "app/feeds/bs-time-text.h"

/* clang-format off */
G_DEFINE_QUARK (bs_service_error, bs_service_error)
/* clang-format on */

#define MAX_DECIMALS 8

/* The numbers of a bar. */
static const struct
{
  const char *name;
  gsize offset;
  gboolean needed;
} numbers[] = {
  { "open", G_STRUCT_OFFSET (BsBar, open), TRUE },
  { "high", G_STRUCT_OFFSET (BsBar, high), TRUE },
  { "low", G_STRUCT_OFFSET (BsBar, low), TRUE },
  { "close", G_STRUCT_OFFSET (BsBar, close), TRUE },
  { "volume", G_STRUCT_OFFSET (BsBar, volume), TRUE },
  { "bid_volume", G_STRUCT_OFFSET (BsBar, bid_volume), FALSE },
  { "ask_volume", G_STRUCT_OFFSET (BsBar, ask_volume), FALSE },
};

static const struct
{
  const char *name;
  gsize offset;
} daily[] = {
  { "dailyPnL", G_STRUCT_OFFSET (BsBar, daily_pnl) },
  { "dailyGoal", G_STRUCT_OFFSET (BsBar, daily_goal) },
  { "dailyMaxLoss", G_STRUCT_OFFSET (BsBar, daily_max_loss) },
};

static gboolean G_GNUC_PRINTF (4, 5)
refuse (GError **error, const char *field, const char *name, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_SERVICE_ERROR, BS_SERVICE_ERROR_BODY, "%s%s%s: %s", field,
               *field != '\0' && *name != '\0' ? "." : "", name, reason);
  return FALSE;
}

static gboolean
read_number (const BsJsonValue *value, const char *field, const char *name, double *number, GError **error)
{
  if (bs_json_type (value) != BS_JSON_NUMBER)
    return refuse (error, field, name, "expected a number, got %s", bs_json_type_name (bs_json_type (value)));
  return bs_json_get_number (value, number, error);
}

static gboolean
read_time (const BsJsonValue *value, const char *field, BsBar *bar, gboolean *is_utc, GError **error)
{
  BsDateCache cache = { 0 };
  BsTimeText time;

  if (value == NULL)
    return refuse (error, field, "time", "is missing");
  if (bs_json_type (value) != BS_JSON_STRING)
    return refuse (error, field, "time", "expected yyyy-MM-ddTHH:mm:ss in quotes, got %s",
                   bs_json_type_name (bs_json_type (value)));
  const char *text = bs_json_get_string (value, NULL);
  if (strlen (text) < 5 || text[4] != '-' || !bs_time_text_parse (BS_TIME_STYLE_ANY, text, strlen (text), &cache, &time)
      || time.is_date)
    {
      g_autofree char *quoted = bs_json_quote (text);
      return refuse (error, field, "time", "expected yyyy-MM-ddTHH:mm:ss, got %s", quoted);
    }
  bar->time_us = time.us;
  *is_utc = time.is_utc;
  return TRUE;
}

gboolean
bs_service_read_bar (const BsJsonValue *value, const char *field, BsBar *bar, gboolean *is_utc, GError **error)
{
  g_autoptr (GError) reason = NULL;

  *bar = (BsBar)BS_BAR_INIT;
  if (bs_json_type (value) != BS_JSON_OBJECT)
    return refuse (error, field, "", "expected an object with time, open, high, low, close, volume; got %s",
                   bs_json_type_name (bs_json_type (value)));
  if (!read_time (bs_json_find (value, "time"), field, bar, is_utc, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      const BsJsonValue *member = bs_json_find (value, numbers[i].name);
      if (member == NULL && numbers[i].needed)
        return refuse (error, field, numbers[i].name, "is missing");
      if (member != NULL
          && !read_number (member, field, numbers[i].name, &G_STRUCT_MEMBER (double, bar, numbers[i].offset), error))
        return FALSE;
    }
  if (bs_bar_validate (bar, &reason))
    return TRUE;
  return refuse (error, field, "", "%s", reason->message);
}

gboolean
bs_service_read_daily (const BsJsonValue *body, BsBar *bar, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (daily); i++)
    {
      const BsJsonValue *member = bs_json_find (body, daily[i].name);
      if (member != NULL && bs_json_type (member) != BS_JSON_NULL
          && !read_number (member, "", daily[i].name, &G_STRUCT_MEMBER (double, bar, daily[i].offset), error))
        return FALSE;
    }
  return TRUE;
}

void
bs_service_series_clear (BsServiceSeries *self)
{
  g_clear_pointer (&self->zone, bs_zone_free);
}

/* But for the time. */
static gboolean
same_numbers (const BsBar *a, const BsBar *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (G_STRUCT_MEMBER (double, a, numbers[i].offset) != G_STRUCT_MEMBER (double, b, numbers[i].offset))
      return FALSE;
  return TRUE;
}

BsServicePlace
bs_service_place (BsServiceSeries *self, BsBar *bar, gboolean is_utc, const char *field, gint64 *local_us, GError **error)
{
  *local_us = bar->time_us;
  /* Before the zone has its say: what comes twice is not an hour that does. */
  if (self->has_last && *local_us == self->last_local_us && same_numbers (bar, &self->last))
    {
      bar->time_us = self->last.time_us;
      return BS_SERVICE_AGAIN;
    }
  if (!is_utc && !bs_zone_to_utc (self->zone, *local_us, &bar->time_us))
    {
      refuse (error, field, "time", "expected a time that exists: the clock was put forward over it");
      return BS_SERVICE_BAD;
    }
  if (!self->has_last || bar->time_us > self->last.time_us)
    return BS_SERVICE_NEW;

  g_autofree char *time = bs_bar_format_time (bar->time_us);
  g_autofree char *last = bs_bar_format_time (self->last.time_us);
  if (bar->time_us == self->last.time_us)
    refuse (error, field, "time", "the bar of %s has come already, with other numbers", time);
  else
    refuse (error, field, "time", "%s is not after the last bar's, %s", time, last);
  return BS_SERVICE_CONFLICT;
}

void
bs_service_take (BsServiceSeries *self, const BsBar *bar, gboolean is_utc, gint64 local_us)
{
  if (!is_utc)
    bs_zone_taken (self->zone, local_us, bar->time_us);
  self->last = *bar;
  self->last_local_us = local_us;
  self->has_last = TRUE;
}

guint
bs_service_decimals (double price)
{
  double scaled = fabs (price);
  for (guint n = 0; n < MAX_DECIMALS; n++, scaled *= 10.0)
    if (fabs (scaled - round (scaled)) <= scaled * 1e-12)
      return n;
  return MAX_DECIMALS;
}
