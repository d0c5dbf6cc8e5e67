#include "ui/watch/bs-watch-columns.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/bs-number.h"

#define SECOND_US G_USEC_PER_SEC
#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

/* The least |change| that is told from none, of a hundredth of a percent. */
#define LEAST_CHANGE 0.5e-4

static double
change (const BsWatchValues *values)
{
  return values->last / values->reference - 1;
}

static const char *
symbol_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  return values->symbol;
}

static const char *
last_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  return bs_number_format (buffer, values->last, values->decimals);
}

static const char *
change_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  char number[BS_NUMBER_LENGTH];
  double percent = 100 * change (values);
  if (!isfinite (percent))
    return "–";
  g_strlcpy (buffer, bs_number_format_signed (number, fabs (percent) < 100 * LEAST_CHANGE ? 0 : percent, 2), BS_WATCH_TEXT_LENGTH);
  return buffer;
}

static BsWatchTone
change_tone (const BsWatchValues *values, gint64 now_us)
{
  double part = change (values);
  if (!isfinite (part) || fabs (part) < LEAST_CHANGE)
    return BS_WATCH_QUIET;
  return part > 0 ? BS_WATCH_UP : BS_WATCH_DOWN;
}

static const char *
signal_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  static const char *const words[] = { [BS_CLASS_SHORT] = N_ ("Short"), [BS_CLASS_HOLD] = N_ ("Hold"), [BS_CLASS_LONG] = N_ ("Long") };
  return values->klass < G_N_ELEMENTS (words) ? _ (words[values->klass]) : "–";
}

/* An old signal, or one on bars that the model does not know, is not shouted. */
static BsWatchTone
signal_tone (const BsWatchValues *values, gint64 now_us)
{
  gboolean quiet = values->klass == BS_WATCH_NO_CLASS || values->klass == BS_CLASS_HOLD || !values->in_range
                   || bs_watch_values_freshness (values, now_us) == BS_WATCH_LATE;
  return quiet ? BS_WATCH_QUIET : values->klass == BS_CLASS_LONG ? BS_WATCH_UP : BS_WATCH_DOWN;
}

static const char *
confidence_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  return isfinite (values->confidence) ? bs_number_format_percent (buffer, values->confidence, 0) : "–";
}

static BsWatchTone
confidence_tone (const BsWatchValues *values, gint64 now_us)
{
  return signal_tone (values, now_us) == BS_WATCH_QUIET ? BS_WATCH_QUIET : BS_WATCH_PLAIN;
}

static const char *
hurst_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  return bs_number_format (buffer, values->hurst, 2);
}

static const char *
age_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  static const struct
  {
    gint64 unit_us;
    const char *name;
  } units[] = { { DAY_US, N_ ("d") }, { HOUR_US, N_ ("h") }, { MINUTE_US, N_ ("min") }, { SECOND_US, N_ ("s") } };
  gint64 age_us = now_us - values->arrival_us;
  if (values->interval_us == 0 || values->arrival_us == 0)
    return "–";
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (age_us >= units[i].unit_us)
      {
        g_snprintf (buffer, BS_WATCH_TEXT_LENGTH, "%" G_GINT64_FORMAT "\u00a0%s", age_us / units[i].unit_us,
                    _ (units[i].name));
        return buffer;
      }
  return _ ("now");
}

static BsWatchTone
age_tone (const BsWatchValues *values, gint64 now_us)
{
  return bs_watch_values_freshness (values, now_us) == BS_WATCH_LATE ? BS_WATCH_WARNING : BS_WATCH_QUIET;
}

/* In words: colour alone tells too few. */
static const char *
feed_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  static const char *const words[BS_N_WATCH_FEEDS] = {
    [BS_WATCH_NO_FEED] = "–",
    [BS_WATCH_FEED_CONNECTING] = N_ ("connecting"),
    [BS_WATCH_FEED_CONNECTED] = N_ ("live"),
    [BS_WATCH_FEED_STALE] = N_ ("stale"),
    [BS_WATCH_FEED_LOST] = N_ ("lost"),
    [BS_WATCH_FEED_ENDED] = N_ ("ended"),
  };
  return _ (words[values->feed]);
}

static BsWatchTone
feed_tone (const BsWatchValues *values, gint64 now_us)
{
  return values->feed == BS_WATCH_FEED_STALE || values->feed == BS_WATCH_FEED_LOST ? BS_WATCH_WARNING : BS_WATCH_QUIET;
}

/* What is wrong first. */
static int
compare_feeds (const BsWatchValues *a, const BsWatchValues *b)
{
  static const int ranks[BS_N_WATCH_FEEDS] = { 5, 2, 4, 1, 0, 3 };
  return ranks[a->feed] - ranks[b->feed];
}

static const char *
no_text (const BsWatchValues *values, gint64 now_us, char *buffer)
{
  return "";
}

static int
compare_doubles (double a, double b)
{
  if (isnan (a) || isnan (b))
    return isnan (a) - isnan (b);
  return (a > b) - (a < b);
}

static int
compare_symbols (const BsWatchValues *a, const BsWatchValues *b)
{
  return g_utf8_collate (a->symbol, b->symbol);
}

static int
compare_last (const BsWatchValues *a, const BsWatchValues *b)
{
  return compare_doubles (a->last, b->last);
}

static int
compare_change (const BsWatchValues *a, const BsWatchValues *b)
{
  return compare_doubles (change (a), change (b));
}

/* Long first, then hold, short and none; the surer first. */
static int
compare_signals (const BsWatchValues *a, const BsWatchValues *b)
{
  int rank_a = a->klass == BS_WATCH_NO_CLASS ? -1 : a->klass, rank_b = b->klass == BS_WATCH_NO_CLASS ? -1 : b->klass;
  return rank_a != rank_b ? rank_b - rank_a : compare_doubles (b->confidence, a->confidence);
}

static int
compare_confidence (const BsWatchValues *a, const BsWatchValues *b)
{
  return compare_doubles (a->confidence, b->confidence);
}

static int
compare_hurst (const BsWatchValues *a, const BsWatchValues *b)
{
  return compare_doubles (a->hurst, b->hurst);
}

/* The youngest first. */
static int
compare_age (const BsWatchValues *a, const BsWatchValues *b)
{
  return (a->arrival_us < b->arrival_us) - (a->arrival_us > b->arrival_us);
}

/* Translators: of the context "widest": the longest text of the column in your language, which its width is made for */
static const BsWatchColumn columns[] = {
  { "symbol", N_ ("Symbol"), "EURUSD", BS_WATCH_TEXT, FALSE, FALSE, symbol_text, NULL, compare_symbols },
  { "feed", N_ ("Feed"), NC_ ("widest", "connecting"), BS_WATCH_TEXT, FALSE, TRUE, feed_text, feed_tone, compare_feeds },
  { "signal", N_ ("Signal"), NC_ ("widest", "Short"), BS_WATCH_SIGNAL, FALSE, TRUE, signal_text, signal_tone, compare_signals },
  { "confidence", N_ ("Conf."), "100 %", BS_WATCH_TEXT, TRUE, TRUE, confidence_text, confidence_tone,
    compare_confidence },
  { "last", N_ ("Last"), "88,888.88", BS_WATCH_TEXT, TRUE, TRUE, last_text, NULL, compare_last },
  { "change", N_ ("Chg %"), "−88.88", BS_WATCH_TEXT, TRUE, TRUE, change_text, change_tone, compare_change },
  { "spark", N_ ("Trend"), "MMMMM", BS_WATCH_SPARK, FALSE, TRUE, no_text, change_tone, compare_change },
  { "hurst", N_ ("Hurst"), "0.88", BS_WATCH_TEXT, TRUE, TRUE, hurst_text, NULL, compare_hurst },
  { "age", N_ ("Age"), "88 min", BS_WATCH_TEXT, TRUE, TRUE, age_text, age_tone, compare_age },
};

const BsWatchColumn *
bs_watch_column_nth (guint i)
{
  return i < G_N_ELEMENTS (columns) ? &columns[i] : NULL;
}

char *
bs_watch_row_summary (const BsWatchValues *values, gint64 now_us)
{
  char buffer[BS_WATCH_TEXT_LENGTH];
  g_autoptr (GString) text = g_string_new (values->symbol);
  for (guint i = 1; i < G_N_ELEMENTS (columns); i++)
    {
      const char *cell = columns[i].text (values, now_us, buffer);
      if (*cell != '\0' && strcmp (cell, "–") != 0)
        g_string_append_printf (text, ", %s %s", _ (columns[i].title), cell);
    }
  if (values->feed == BS_WATCH_NO_FEED && bs_watch_values_freshness (values, now_us) == BS_WATCH_LATE)
    g_string_append_printf (text, ", %s", _ ("late"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
