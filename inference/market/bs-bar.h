/* bs-bar.h: one price bar and what makes it acceptable */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Why a bar was refused. */
typedef enum
{
  BS_BAR_ERROR_RANGE, /* a number is missing, not finite, not positive, or the prices contradict each other */
  BS_BAR_ERROR_TIME,  /* its time is not after the last bar's */
} BsBarError;

#define BS_BAR_ERROR (bs_bar_error_quark ())
GQuark bs_bar_error_quark (void);

/** What the reference assumes where a file has no such column. In account currency. */
#define BS_BAR_DEFAULT_DAILY_GOAL 500.0
#define BS_BAR_DEFAULT_DAILY_MAX_LOSS 250.0

/**
 * BsBar:
 * @time_us: microseconds since 1970-01-01 UTC; the bar's start or its end, the series says which
 *
 * One bar. Prices in the instrument's own unit, volumes in contracts or shares, P&L in account currency.
 */
typedef struct
{
  gint64 time_us;
  double open, high, low, close;
  double volume, bid_volume, ask_volume;
  double daily_pnl, daily_goal, daily_max_loss;
} BsBar;

/** BS_BAR_INIT: a bar with the defaults of the columns that a file may lack. Prices are 0, and so not valid yet. */
#define BS_BAR_INIT                                                                                                    \
  {                                                                                                                    \
    .daily_goal = BS_BAR_DEFAULT_DAILY_GOAL, .daily_max_loss = BS_BAR_DEFAULT_DAILY_MAX_LOSS                           \
  }

/** A bar is no longer than this, us: 10,000 years, more than lies between any two times that are accepted. */
#define BS_BAR_MAX_LENGTH_US (G_GINT64_CONSTANT (10000) * 366 * 24 * 3600 * G_USEC_PER_SEC)

/**
 * bs_bar_validate:
 * @bar: the bar to look at
 * @error: return location, or %NULL; names the field, the value and the rule
 *
 * Checks one bar by itself: every number finite, prices > 0, high >= low, open and close within low..high, volumes >= 0,
 * the time in the years 1 to 9999.
 * Whether its time follows the last one's is the series' business. Thread: any.
 *
 * Returns: %TRUE where the bar is good; %FALSE with %BS_BAR_ERROR_RANGE
 */
gboolean bs_bar_validate (const BsBar *bar, GError **error);

/**
 * bs_bar_add_delta:
 * @sum: cumulative delta of the bar before
 * @delta: ask - bid volume of this bar
 *
 * Every running sum of delta is taken by this one addition, so that all have the same bits. It stays finite: volumes that
 * are finite each can add up to more than a double holds.
 */
static inline double
bs_bar_add_delta (double sum, double delta)
{
  return CLAMP (sum + delta, -G_MAXDOUBLE, G_MAXDOUBLE);
}

/** bs_bar_format_time: (transfer full): @time_us as messages show it: "2024-01-02 09:31:00", UTC, a fraction where there is one */
char *bs_bar_format_time (gint64 time_us) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
