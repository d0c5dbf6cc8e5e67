#include "inference/market/bs-bar.h"

#include <math.h>

G_DEFINE_QUARK (bs_bar_error, bs_bar_error)

/* Years 1 to 9999, what a calendar can show; a bar length added to any of them stays far from overflow. */
#define BS_BAR_MIN_TIME_US (G_GINT64_CONSTANT (-62135596800) * G_USEC_PER_SEC)
#define BS_BAR_MAX_TIME_US (G_GINT64_CONSTANT (253402300800) * G_USEC_PER_SEC - 1)

/* What each number has to be, in the order of BsBar. */
typedef enum
{
  RULE_PRICE,
  RULE_VOLUME,
  RULE_ANY,
} BsFieldRule;

static const struct
{
  const char *name;
  gsize offset;
  BsFieldRule rule;
} fields[] = {
  { "open", G_STRUCT_OFFSET (BsBar, open), RULE_PRICE },
  { "high", G_STRUCT_OFFSET (BsBar, high), RULE_PRICE },
  { "low", G_STRUCT_OFFSET (BsBar, low), RULE_PRICE },
  { "close", G_STRUCT_OFFSET (BsBar, close), RULE_PRICE },
  { "volume", G_STRUCT_OFFSET (BsBar, volume), RULE_VOLUME },
  { "bid volume", G_STRUCT_OFFSET (BsBar, bid_volume), RULE_VOLUME },
  { "ask volume", G_STRUCT_OFFSET (BsBar, ask_volume), RULE_VOLUME },
  { "daily P&L", G_STRUCT_OFFSET (BsBar, daily_pnl), RULE_ANY },
  { "daily goal", G_STRUCT_OFFSET (BsBar, daily_goal), RULE_ANY },
  { "daily max loss", G_STRUCT_OFFSET (BsBar, daily_max_loss), RULE_ANY },
};

static gboolean
refuse (GError **error, const char *name, double value, const char *rule)
{
  g_set_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE, "%s %.10g: %s", name, value, rule);
  return FALSE;
}

static gboolean
validate_field (const char *name, double value, BsFieldRule rule, GError **error)
{
  if (!isfinite (value))
    return refuse (error, name, value, "expected a finite number");
  if (rule == RULE_PRICE && value <= 0.0)
    return refuse (error, name, value, "expected a price above 0");
  if (rule == RULE_VOLUME && value < 0.0)
    return refuse (error, name, value, "expected 0 or more");
  return TRUE;
}

static gboolean
validate_within (const char *name, double value, const BsBar *bar, GError **error)
{
  if (value >= bar->low && value <= bar->high)
    return TRUE;
  g_set_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE, "%s %.10g: expected within low %.10g and high %.10g", name,
               value, bar->low, bar->high);
  return FALSE;
}

gboolean
bs_bar_validate (const BsBar *bar, GError **error)
{
  g_return_val_if_fail (bar != NULL, FALSE);

  if (bar->time_us < BS_BAR_MIN_TIME_US || bar->time_us > BS_BAR_MAX_TIME_US)
    {
      g_set_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE,
                   "time %" G_GINT64_FORMAT " us since 1970: expected one in the years 1 to 9999", bar->time_us);
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      double value = G_STRUCT_MEMBER (double, bar, fields[i].offset);
      if (!validate_field (fields[i].name, value, fields[i].rule, error))
        return FALSE;
    }
  if (bar->high < bar->low)
    {
      g_set_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE, "high %.10g: expected at least low %.10g", bar->high,
                   bar->low);
      return FALSE;
    }
  return validate_within ("open", bar->open, bar, error) && validate_within ("close", bar->close, bar, error);
}

char *
bs_bar_format_time (gint64 time_us)
{
  gint64 seconds = time_us / G_USEC_PER_SEC - (time_us % G_USEC_PER_SEC < 0 ? 1 : 0);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : NULL;
  if (text == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT " us", time_us);
  gint64 fraction_us = time_us - seconds * G_USEC_PER_SEC;
  return fraction_us == 0 ? g_steal_pointer (&text) : g_strdup_printf ("%s.%06d", text, (int) fraction_us);
}
