#include "app/feeds/bs-bar-generator.h"

#include <math.h>

#include "app/feeds/bs-random.h"

#define SECOND_US ((gint64) G_USEC_PER_SEC)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define WEEK_US (7 * DAY_US)
#define BREAK_HOUR 22 /* the market is closed for the hour from here, UTC */
/* 1970-01-01 was a Thursday: days from a Monday to it. */
#define EPOCH_WEEKDAY 3
#define FRIDAY 4
#define SUNDAY 6

#define LEVEL 4800.0       /* points */
#define MINUTE_SIGMA 0.85  /* points: standard deviation of a minute at factor 1 */
#define LEVEL_PULL 3.0e-4  /* of the distance to LEVEL, a minute: keeps prices within a few hundredths of it */
#define MINUTE_VOLUME 420  /* contracts */
#define SUB_STEPS 8        /* of the path within a bar, which gives its high and low */
#define WICK_SIGMAS 0.22   /* of single trades around the path: they make the wicks */
#define OPEN_NOISE 0.12    /* points: a bar does not always open where the last one closed */
#define MEAN_BARS 20.0     /* of the recent mean that prices turn back to */
#define GAP_SIGMAS 3.0     /* of the opening after a break */
#define WEEKEND_SIGMAS 7.0 /* and after a weekend */

/* Missing minutes. */
#define OUTAGE_PROBABILITY (1.0 / 2500)
#define OUTAGE_MIN_BARS 2
#define OUTAGE_MAX_BARS 12

/* The edge: somebody works a large order for some bars; its weight in the volume shows in one bar and moves the next. */
#define ORDER_PROBABILITY (1.0 / 110)
#define ORDER_MIN_BARS 4
#define ORDER_MAX_BARS 10
#define ORDER_DRIFT 1.25   /* sigmas a bar */
#define ORDER_SKEW 0.17    /* of the volume moves from one side to the other */
#define ORDER_VOLUME 0.6   /* more volume while it is worked */
#define FLOW_DRIFT 0.10    /* sigmas a bar, for a flow of 1 */
#define FLOW_SKEW 0.035    /* of the volume, for a flow of 1 */
#define FLOW_MEMORY 0.6    /* of the last bar's flow */
#define OWN_SKEW 0.02      /* of the volume, for a bar that itself moved by a sigma */
#define SKEW_NOISE 0.035   /* of the volume */
#define TURN_DRIFT 0.25    /* sigmas a bar for each sigma from the recent mean, in a mood to turn back */
#define MAX_TURN_DRIFT 0.6 /* sigmas */

/* How lively the market is in each hour UTC: activity (volume) and volatility. */
static const double hour_activity[24] = { 0.35, 0.35, 0.30, 0.28, 0.28, 0.30, 0.45, 0.75, 0.85, 0.75, 0.65, 0.65,
                                          0.80, 1.10, 2.20, 2.40, 1.80, 1.45, 1.35, 1.60, 2.10, 0.70, 0.00, 0.40 };
static const double hour_volatility[24] = { 0.75, 0.75, 0.70, 0.68, 0.68, 0.70, 0.80, 0.95, 1.00, 0.95, 0.90, 0.90,
                                            1.00, 1.15, 1.50, 1.55, 1.35, 1.20, 1.15, 1.25, 1.40, 0.90, 0.75, 0.80 };

/* Volatility regimes: factor, and bars that one lasts on average. */
static const struct
{
  double factor;
  double bars;
} regimes[] = { { 0.75, 700 }, { 1.0, 900 }, { 1.55, 300 } };

/* Moods: which way orders lean, whether prices turn back, and bars that one lasts on average. */
static const struct
{
  double lean;
  gboolean turns;
  double bars;
} moods[] = { { 0.0, FALSE, 120 }, { 0.35, FALSE, 90 }, { -0.35, FALSE, 90 }, { 0.0, TRUE, 150 } };

struct _BsBarGenerator
{
  BsRandom random;
  gint64 length_us;
  double bar_sigma;  /* points */
  double bar_volume; /* contracts */
  double bar_pull;   /* LEVEL_PULL, a bar */

  gint64 start_us; /* of the next bar */
  double price;    /* points, between ticks too */
  double gap_sigmas;
  double recent_mean;
  guint regime;
  double regime_factor; /* on its way to the regime's */
  guint mood;
  double flow;
  int order; /* -1, 0 or 1 */
  guint order_left;
};

static gboolean
chance (BsBarGenerator *self, double probability)
{
  return bs_random_uniform (&self->random) < probability;
}

/* One of @n, each as likely. */
static guint
pick (BsBarGenerator *self, guint n)
{
  return (guint) (bs_random_uniform (&self->random) * n);
}

/* Days and us from a Monday's midnight. */
static gint64
time_of_week (gint64 time_us)
{
  gint64 rest = (time_us + EPOCH_WEEKDAY * DAY_US) % WEEK_US;
  return rest < 0 ? rest + WEEK_US : rest;
}

/* Whether a bar that starts at @start_us is in opening hours; if not, *@opening_us is when they begin. */
static gboolean
is_open (gint64 start_us, gint64 *opening_us)
{
  gint64 of_week = time_of_week (start_us);
  gint64 close_us = FRIDAY * DAY_US + BREAK_HOUR * HOUR_US;
  gint64 open_us = SUNDAY * DAY_US + (BREAK_HOUR + 1) * HOUR_US;

  if (of_week >= close_us && of_week < open_us)
    {
      *opening_us = start_us + open_us - of_week;
      return FALSE;
    }
  gint64 of_day = of_week % DAY_US;
  if (of_day / HOUR_US == BREAK_HOUR)
    {
      *opening_us = start_us + (BREAK_HOUR + 1) * HOUR_US - of_day;
      return FALSE;
    }
  return TRUE;
}

/* Moves on to opening hours; a break or a weekend makes the price jump. */
static void
skip_closed_hours (BsBarGenerator *self)
{
  gint64 opening_us;

  if (is_open (self->start_us, &opening_us))
    return;
  self->gap_sigmas = opening_us - self->start_us > DAY_US ? WEEKEND_SIGMAS : GAP_SIGMAS;
  self->start_us = opening_us;
}

BsBarGenerator *
bs_bar_generator_new (guint64 seed, gint64 start_us, gint64 bar_length_us)
{
  g_return_val_if_fail (bar_length_us >= SECOND_US && HOUR_US % bar_length_us == 0, NULL);

  BsBarGenerator *self = g_new0 (BsBarGenerator, 1);
  double minutes = (double) bar_length_us / (60 * SECOND_US);
  bs_random_init (&self->random, seed);
  self->length_us = bar_length_us;
  self->bar_sigma = MINUTE_SIGMA * sqrt (minutes);
  self->bar_volume = MINUTE_VOLUME * minutes;
  self->bar_pull = LEVEL_PULL * minutes;

  gint64 into_bar_us = start_us % bar_length_us;
  if (into_bar_us < 0)
    into_bar_us += bar_length_us;
  self->start_us = into_bar_us == 0 ? start_us : start_us - into_bar_us + bar_length_us;
  skip_closed_hours (self);
  self->gap_sigmas = 0;

  self->price = LEVEL + 15.0 * bs_random_normal (&self->random);
  self->recent_mean = self->price;
  self->regime = 1;
  self->regime_factor = regimes[1].factor;
  return self;
}

void
bs_bar_generator_free (BsBarGenerator *self)
{
  g_free (self);
}

/* A profile at a time of day, straight from hour to hour. */
static double
profile_at (const double profile[24], gint64 start_us)
{
  gint64 of_day = time_of_week (start_us) % DAY_US;
  guint hour = (guint) (of_day / HOUR_US);
  double part = (double) (of_day % HOUR_US) / HOUR_US;
  /* the hour before the break does not fade into it */
  double next = hour + 1 == BREAK_HOUR ? profile[hour] : profile[(hour + 1) % 24];
  return profile[hour] + (next - profile[hour]) * part;
}

static void
change_regimes (BsBarGenerator *self)
{
  if (chance (self, 1.0 / regimes[self->regime].bars))
    self->regime = pick (self, G_N_ELEMENTS (regimes));
  self->regime_factor += 0.05 * (regimes[self->regime].factor - self->regime_factor);
  if (chance (self, 1.0 / moods[self->mood].bars))
    self->mood = pick (self, G_N_ELEMENTS (moods));
}

/* What this bar's flow is; it shows in its volumes and moves the next bar. */
static void
change_flow (BsBarGenerator *self)
{
  self->flow
    = FLOW_MEMORY * self->flow + (1 - FLOW_MEMORY) * (moods[self->mood].lean + bs_random_normal (&self->random));
  if (self->order_left > 0)
    {
      if (--self->order_left == 0)
        self->order = 0;
    }
  else if (chance (self, ORDER_PROBABILITY))
    {
      self->order = chance (self, 0.5 + moods[self->mood].lean / 2) ? 1 : -1;
      self->order_left = ORDER_MIN_BARS + pick (self, ORDER_MAX_BARS - ORDER_MIN_BARS + 1);
    }
}

/* Expected move of a bar, in its sigmas, from what was known when it began. */
static double
drift_sigmas (const BsBarGenerator *self, double sigma)
{
  double drift = FLOW_DRIFT * self->flow + ORDER_DRIFT * self->order;

  if (moods[self->mood].turns)
    drift += CLAMP (TURN_DRIFT * (self->recent_mean - self->price) / sigma, -MAX_TURN_DRIFT, MAX_TURN_DRIFT);
  return drift + self->bar_pull * (LEVEL - self->price) / sigma;
}

static double
to_tick (double price)
{
  return floor (price / BS_BAR_GENERATOR_TICK + 0.5) * BS_BAR_GENERATOR_TICK;
}

/* The path of prices through a bar. */
static void
make_prices (BsBarGenerator *self, double sigma, BsBar *bar)
{
  double drift = drift_sigmas (self, sigma) * sigma / SUB_STEPS;
  double step_sigma = sigma / sqrt (SUB_STEPS);

  self->price += self->gap_sigmas * sigma * bs_random_normal (&self->random);
  self->gap_sigmas = 0;
  bar->open = bar->high = bar->low = to_tick (self->price + OPEN_NOISE * bs_random_normal (&self->random));
  for (guint i = 0; i < SUB_STEPS; i++)
    {
      self->price += drift + step_sigma * bs_random_normal (&self->random);
      bar->close = to_tick (self->price);
      double traded = to_tick (self->price + WICK_SIGMAS * sigma * bs_random_normal (&self->random));
      bar->high = MAX (bar->high, MAX (traded, bar->close));
      bar->low = MIN (bar->low, MIN (traded, bar->close));
    }
  self->recent_mean += (self->price - self->recent_mean) / MEAN_BARS;
}

static void
make_volumes (BsBarGenerator *self, double sigma, BsBar *bar)
{
  double moved = (bar->close - bar->open) / sigma;
  double volume = self->bar_volume * profile_at (hour_activity, self->start_us) * self->regime_factor
                  * (1 + ORDER_VOLUME * ABS (self->order)) * (1 + 0.3 * fabs (moved))
                  * (0.6 + 0.8 * bs_random_uniform (&self->random));
  double ask_part = 0.5 + FLOW_SKEW * self->flow + ORDER_SKEW * self->order + OWN_SKEW * moved
                    + SKEW_NOISE * bs_random_normal (&self->random);

  bar->volume = MAX (1, floor (volume));
  bar->ask_volume = floor (bar->volume * CLAMP (ask_part, 0.02, 0.98) + 0.5);
  bar->bid_volume = bar->volume - bar->ask_volume;
}

void
bs_bar_generator_next (BsBarGenerator *self, BsBar *bar)
{
  static const BsBar defaults = BS_BAR_INIT;

  *bar = defaults;
  change_regimes (self);
  double sigma = self->bar_sigma * profile_at (hour_volatility, self->start_us) * self->regime_factor
                 * (0.75 + 0.5 * bs_random_uniform (&self->random));
  make_prices (self, sigma, bar);
  change_flow (self);
  make_volumes (self, sigma, bar);

  self->start_us += self->length_us;
  bar->time_us = self->start_us;
  if (chance (self, OUTAGE_PROBABILITY))
    self->start_us += self->length_us * (OUTAGE_MIN_BARS + pick (self, OUTAGE_MAX_BARS - OUTAGE_MIN_BARS + 1));
  skip_closed_hours (self);
}

static gint64
end_of_longer_bar (gint64 time_us, gint64 length_us)
{
  gint64 into_us = time_us % length_us;
  if (into_us < 0)
    into_us += length_us;
  return into_us == 0 ? time_us : time_us - into_us + length_us;
}

guint
bs_bar_aggregator_take (BsBarAggregator *self, const BsBar *bar, BsBar done[2])
{
  gint64 end_us = end_of_longer_bar (bar->time_us, self->length_us);
  guint n = 0;

  if (self->started && end_us != self->bar.time_us)
    {
      done[n++] = self->bar;
      self->started = FALSE;
    }
  if (!self->started)
    {
      self->bar = *bar;
      self->bar.time_us = end_us;
      self->started = TRUE;
    }
  else
    {
      self->bar.high = MAX (self->bar.high, bar->high);
      self->bar.low = MIN (self->bar.low, bar->low);
      self->bar.close = bar->close;
      self->bar.volume += bar->volume;
      self->bar.bid_volume += bar->bid_volume;
      self->bar.ask_volume += bar->ask_volume;
    }
  if (bar->time_us == end_us)
    {
      done[n++] = self->bar;
      self->started = FALSE;
    }
  return n;
}
