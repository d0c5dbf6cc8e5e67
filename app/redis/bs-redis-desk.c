#include "app/redis/bs-redis-desk.h"

#include <stdlib.h>
#include <string.h>

#include "inference/predict/bs-predictor-tick.h"

typedef struct
{
  BsPredictor *predictor; /* (nullable): %NULL before the first primary bar */
  gint64 bar_length_us, secondary_length_us; /* 0: no such bar yet */
  BsStamp stamp, secondary_stamp;
  GArray *early;     /* (element-type BsBar) (nullable): secondary bars before the first primary one */
  BsBarSeries *past; /* (nullable): history that the predictor has not got yet */
  guint round;       /* of the batch that is being answered: its next free one */
} Instrument;

struct _BsRedisDesk
{
  BsPredictor *leader; /* has no bars: its engine is everybody's */
  gsize max_bars;
  GHashTable *instruments; /* name -> Instrument */
};

/* One bar of a batch: what its instrument does with it in round @round. */
typedef struct
{
  guint bar, round;
  Instrument *instrument;
} Step;

void
bs_redis_answer_clear (BsRedisAnswer *self)
{
  g_clear_pointer (&self->problem, g_free);
}

static void
instrument_free (gpointer data)
{
  Instrument *self = data;
  g_clear_pointer (&self->predictor, bs_predictor_free);
  g_clear_pointer (&self->past, bs_bar_series_free);
  g_clear_pointer (&self->early, g_array_unref);
  g_free (self);
}

BsRedisDesk *
bs_redis_desk_new (BsModel *model, const BsOptions *options, double threshold, gsize max_bars, GError **error)
{
  /* The leader never gets a bar, so its bar length does not matter. */
  g_autoptr (BsPredictor) leader = bs_predictor_new (model, options, 1, G_USEC_PER_SEC, BS_STAMP_END, error);
  if (leader == NULL)
    return NULL;
  bs_predictor_set_threshold (leader, threshold);
  BsRedisDesk *self = g_new0 (BsRedisDesk, 1);
  self->leader = g_steal_pointer (&leader);
  self->max_bars = max_bars > 0 ? max_bars : BS_REDIS_DEFAULT_BARS;
  self->instruments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, instrument_free);
  return self;
}

void
bs_redis_desk_free (BsRedisDesk *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->instruments);
  bs_predictor_free (self->leader);
  g_free (self);
}

guint
bs_redis_desk_n_instruments (const BsRedisDesk *self)
{
  return g_hash_table_size (self->instruments);
}

void
bs_redis_desk_forget (BsRedisDesk *self, guint shard, guint n_shards)
{
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, self->instruments);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (bs_redis_shard_of (name, n_shards) == shard)
      g_hash_table_iter_remove (&iter);
}

static Instrument *
find_instrument (BsRedisDesk *self, const char *name)
{
  Instrument *instrument = g_hash_table_lookup (self->instruments, name);
  if (instrument == NULL)
    {
      instrument = g_new0 (Instrument, 1);
      g_hash_table_insert (self->instruments, g_strdup (name), instrument);
    }
  return instrument;
}

static void
make_predictor (BsRedisDesk *self, Instrument *instrument, const BsRedisBar *bar)
{
  if (instrument->predictor != NULL)
    return;
  instrument->predictor = bs_predictor_new_beside (self->leader, self->max_bars, bar->bar_length_us, bar->stamp);
  if (instrument->early == NULL)
    return;
  bs_predictor_set_secondary_shape (instrument->predictor, instrument->secondary_length_us, instrument->secondary_stamp);
  for (guint i = 0; i < instrument->early->len; i++)
    bs_predictor_push_secondary (instrument->predictor, &g_array_index (instrument->early, BsBar, i), NULL);
  g_clear_pointer (&instrument->early, g_array_unref);
}

/* Whether the bar is one of this instrument's series; the predictor is made with the first primary one. @problem: (out): why not */
static gboolean
fits (BsRedisDesk *self, Instrument *instrument, const BsRedisBar *bar, char **problem)
{
  if (!bar->secondary)
    make_predictor (self, instrument, bar);
  gint64 *length = bar->secondary ? &instrument->secondary_length_us : &instrument->bar_length_us;
  BsStamp *stamp = bar->secondary ? &instrument->secondary_stamp : &instrument->stamp;
  if (*length == 0)
    {
      *length = bar->bar_length_us;
      *stamp = bar->stamp;
      if (bar->secondary && instrument->predictor != NULL)
        bs_predictor_set_secondary_shape (instrument->predictor, bar->bar_length_us, bar->stamp);
    }
  if (*length == bar->bar_length_us && *stamp == bar->stamp)
    return TRUE;
  *problem = g_strdup_printf ("bar_length_us, stamp: expected those of the bars before, %" G_GINT64_FORMAT " and %s", *length,
                              *stamp == BS_STAMP_START ? "start" : "end");
  return FALSE;
}

/* A bar whose time is not after the last one's: the same once more, or another? */
static gboolean
is_known (const BsBarSeries *series, const BsBar *bar)
{
  const gint64 *times = bs_bar_series_times (series);
  gsize low = 0, high = bs_bar_series_length (series);
  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (times[middle] < bar->time_us)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == bs_bar_series_length (series) || times[low] != bar->time_us)
    return FALSE;
  BsBar known;
  bs_bar_series_get (series, bs_bar_series_first (series) + low, &known);
  return known.open == bar->open && known.high == bar->high && known.low == bar->low && known.close == bar->close
         && known.volume == bar->volume && known.bid_volume == bar->bid_volume && known.ask_volume == bar->ask_volume
         && known.daily_pnl == bar->daily_pnl && known.daily_goal == bar->daily_goal
         && known.daily_max_loss == bar->daily_max_loss;
}

/* A secondary bar before the first primary one. */
static void
keep_early (Instrument *instrument, const BsBar *bar, BsRedisAnswer *answer)
{
  const BsBar *last = NULL;
  if (instrument->early == NULL)
    instrument->early = g_array_new (FALSE, FALSE, sizeof (BsBar));
  if (instrument->early->len > 0)
    last = &g_array_index (instrument->early, BsBar, instrument->early->len - 1);
  if (last != NULL && bar->time_us <= last->time_us)
    {
      answer->outcome = BS_REDIS_DUPLICATE;
      return;
    }
  answer->outcome = BS_REDIS_TAKEN;
  g_array_append_vals (instrument->early, bar, 1);
}

static gboolean
is_late (const BsBarSeries *series, const BsBar *bar)
{
  gsize n = series != NULL ? bs_bar_series_length (series) : 0;
  return n > 0 && bar->time_us <= bs_bar_series_times (series)[n - 1];
}

static void
answer_late (const BsBarSeries *series, const BsBar *bar, BsRedisAnswer *answer)
{
  if (is_known (series, bar))
    {
      answer->outcome = BS_REDIS_DUPLICATE;
      return;
    }
  answer->outcome = BS_REDIS_REFUSED;
  answer->problem = g_strdup ("time_us: expected a time after the last bar's, or that bar as it was");
}

static void
push_secondary (Instrument *instrument, const BsBar *bar, BsRedisAnswer *answer)
{
  if (instrument->predictor == NULL)
    {
      keep_early (instrument, bar, answer);
      return;
    }
  const BsBarSeries *series = bs_predictor_secondary (instrument->predictor);
  g_autoptr (GError) error = NULL;
  if (is_late (series, bar))
    {
      answer_late (series, bar, answer);
      return;
    }
  answer->outcome = BS_REDIS_TAKEN;
  if (bs_predictor_push_secondary (instrument->predictor, bar, &error))
    return;
  answer->outcome = BS_REDIS_REFUSED;
  answer->problem = g_strdup (error->message);
}

static void
take_past (Instrument *instrument)
{
  if (instrument->past == NULL)
    return;
  /* Each of them was taken by a series of the same rules. */
  bs_predictor_append (instrument->predictor, instrument->past, bs_bar_series_first (instrument->past),
                       bs_bar_series_end (instrument->past), NULL);
  g_clear_pointer (&instrument->past, bs_bar_series_free);
}

void
bs_redis_desk_history (BsRedisDesk *self, const BsRedisBar *bars, guint n)
{
  GHashTableIter iter;
  gpointer value;
  for (guint i = 0; i < n; i++)
    {
      const BsRedisBar *bar = &bars[i];
      Instrument *instrument = find_instrument (self, bar->instrument);
      g_autofree char *problem = NULL;
      if (!fits (self, instrument, bar, &problem))
        continue;
      if (bar->secondary)
        {
          BsRedisAnswer unused = { 0 };
          push_secondary (instrument, &bar->bar, &unused);
          bs_redis_answer_clear (&unused);
          continue;
        }
      if (is_late (bs_predictor_series (instrument->predictor), &bar->bar))
        continue;
      if (instrument->past == NULL)
        instrument->past = bs_bar_series_new (0, bar->bar_length_us, bar->stamp);
      bs_bar_series_append (instrument->past, &bar->bar, NULL);
    }
  g_hash_table_iter_init (&iter, self->instruments);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    take_past (value);
}

static void
answer_tick (const Step *steps, guint n, const BsRedisBar *bars, BsRedisAnswer *answers)
{
  g_autofree BsPredictor **predictors = g_new (BsPredictor *, n);
  g_autofree BsBar *tick = g_new (BsBar, n);
  g_autofree BsSignal *signals = g_new (BsSignal, n);
  g_autofree GError **errors = g_new0 (GError *, n);
  for (guint i = 0; i < n; i++)
    {
      predictors[i] = steps[i].instrument->predictor;
      tick[i] = bars[steps[i].bar].bar;
      answers[steps[i].bar].index = bs_bar_series_end (bs_predictor_series (predictors[i]));
    }
  bs_predictor_push_tick (predictors, tick, n, signals, errors);
  for (guint i = 0; i < n; i++)
    {
      BsRedisAnswer *answer = &answers[steps[i].bar];
      answer->signal = signals[i];
      answer->outcome = errors[i] != NULL && errors[i]->domain == BS_BAR_ERROR ? BS_REDIS_REFUSED : BS_REDIS_ANSWERED;
      answer->problem = errors[i] != NULL ? g_strdup (errors[i]->message) : NULL;
      g_clear_error (&errors[i]);
    }
}

static int
compare_steps (gconstpointer a, gconstpointer b)
{
  const Step *x = a, *y = b;
  return x->round != y->round ? (x->round > y->round) - (x->round < y->round) : (x->bar > y->bar) - (x->bar < y->bar);
}

/* One round: what each instrument does next, secondary bars before the tick. */
static void
answer_round (const Step *steps, guint n, const BsRedisBar *bars, BsRedisAnswer *answers, Step *tick)
{
  guint n_tick = 0;
  for (guint i = 0; i < n; i++)
    {
      const BsRedisBar *bar = &bars[steps[i].bar];
      BsRedisAnswer *answer = &answers[steps[i].bar];
      const BsPredictor *predictor = steps[i].instrument->predictor;
      if (bar->secondary)
        push_secondary (steps[i].instrument, &bar->bar, answer);
      else if (is_late (bs_predictor_series (predictor), &bar->bar))
        answer_late (bs_predictor_series (predictor), &bar->bar, answer);
      else
        tick[n_tick++] = steps[i];
    }
  if (n_tick > 0)
    answer_tick (tick, n_tick, bars, answers);
}

void
bs_redis_desk_answer (BsRedisDesk *self, const BsRedisBar *bars, guint n, BsRedisAnswer *answers)
{
  g_autofree Step *steps = g_new (Step, n);
  g_autofree Step *tick = g_new (Step, n);
  guint n_steps = 0;
  memset (answers, 0, n * sizeof *answers);
  for (guint i = 0; i < n; i++)
    {
      Instrument *instrument = find_instrument (self, bars[i].instrument);
      if (!fits (self, instrument, &bars[i], &answers[i].problem))
        {
          answers[i].outcome = BS_REDIS_REFUSED;
          continue;
        }
      steps[n_steps++] = (Step){ i, instrument->round++, instrument };
    }
  for (guint i = 0; i < n_steps; i++)
    steps[i].instrument->round = 0;
  if (n_steps > 1)
    qsort (steps, n_steps, sizeof *steps, compare_steps);
  for (guint begin = 0, end; begin < n_steps; begin = end)
    {
      for (end = begin; end < n_steps && steps[end].round == steps[begin].round; end++)
        ;
      answer_round (steps + begin, end - begin, bars, answers, tick);
    }
}
