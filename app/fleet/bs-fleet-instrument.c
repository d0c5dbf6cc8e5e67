#include "app/fleet/bs-fleet-instrument.h"

#include <math.h>

BsFleetAnswer
bs_fleet_answer_from_signal (const BsSignal *signal, guint64 index)
{
  BsFleetAnswer answer = { .confidence = NAN,
                           .hurst = NAN,
                           .atr = NAN,
                           .klass = BS_FLEET_NO_CLASS,
                           .raw_class = BS_FLEET_NO_CLASS,
                           .in_range = TRUE };
  if (signal == NULL)
    return answer;
  /* Before its warm-up a feature has a fixed value that says nothing. */
  if (index >= bs_feature_info (BS_FEATURE_HURST_H)->warm_up)
    {
      answer.hurst = (float) signal->hurst;
      answer.hurst_computed = signal->hurst_computed != FALSE;
    }
  if (index >= bs_feature_info (BS_FEATURE_ATR)->warm_up)
    answer.atr = (float) signal->atr;
  if (signal->state != BS_SIGNAL_READY)
    return answer;
  answer.confidence = (float) signal->confidence;
  answer.klass = (guint8) signal->klass;
  answer.raw_class = (guint8) signal->raw_class;
  answer.in_range = signal->in_range != FALSE;
  return answer;
}

BsFleetInstrument *
bs_fleet_instrument_new (BsPredictor *leader, const char *name, const char *path, guint decimals, gint64 bar_length_us,
                         BsStamp stamp)
{
  g_return_val_if_fail (leader != NULL && name != NULL, NULL);

  BsFleetInstrument *self = g_new0 (BsFleetInstrument, 1);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->decimals = decimals;
  self->bar_length_us = bar_length_us;
  self->stamp = stamp;
  self->predictor = bs_predictor_new_beside (leader, BS_FLEET_MAX_BARS, bar_length_us, stamp);
  self->answers = g_new (BsFleetAnswer, BS_FLEET_MAX_BARS);
  return self;
}

void
bs_fleet_instrument_free (BsFleetInstrument *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->path);
  bs_predictor_free (self->predictor);
  g_clear_pointer (&self->run, bs_journal_run_unref);
  g_clear_object (&self->feed);
  g_free (self->answers);
  g_free (self);
}

void
bs_fleet_instrument_begin_run (BsFleetInstrument *self, BsJournal *journal, const BsJournalRunInfo *info)
{
  g_return_if_fail (self->run == NULL);
  const BsModel *model = bs_predictor_model (self->predictor);
  BsJournalRunInfo whole = *info;
  whole.instrument = self->name;
  whole.bar_length_us = self->bar_length_us;
  whole.stamp = self->stamp;
  whole.decimals = self->decimals;
  whole.model_name = bs_model_metadata (model, "name");
  whole.model_hash = model->hash;
  whole.options = *bs_predictor_options (self->predictor);
  self->run = bs_journal_begin_run (journal, &whole);
}

void
bs_fleet_instrument_note (BsFleetInstrument *self, const BsSignal *signal)
{
  guint64 end = bs_bar_series_end (bs_predictor_series (self->predictor));
  if (self->signal_end != end - 1)
    self->answers_from = end - 1; /* what lies between has none */
  self->answers[(end - 1) % BS_FLEET_MAX_BARS] = bs_fleet_answer_from_signal (signal, end - 1);
  self->signal = signal != NULL ? *signal : (BsSignal){ .state = BS_SIGNAL_WARMING_UP };
  self->signal_end = end;
}

/* The predictor is some thousand bars ahead of what is reported: the bar is known by its time. */
typedef struct
{
  BsFleetInstrument *instrument;
  guint64 index;
} History;

static gboolean
on_signal (const BsSignal *signal, gpointer data)
{
  History *history = data;
  BsFleetInstrument *self = history->instrument;
  self->answers[history->index % BS_FLEET_MAX_BARS] = bs_fleet_answer_from_signal (signal, history->index);
  self->signal = *signal;
  self->signal_end = ++history->index;
  return TRUE;
}

gboolean
bs_fleet_instrument_take_history (BsFleetInstrument *self, const BsBarSeries *primary, guint64 begin, guint64 end,
                                  const BsBarSeries *secondary, GError **error)
{
  g_return_val_if_fail (begin <= end, FALSE);

  if (secondary != NULL)
    {
      bs_predictor_set_secondary_shape (self->predictor, bs_bar_series_bar_length (secondary),
                                        bs_bar_series_stamp (secondary));
      for (guint64 i = bs_bar_series_first (secondary); i < bs_bar_series_end (secondary); i++)
        {
          BsBar bar;
          bs_bar_series_get (secondary, i, &bar);
          if (!bs_predictor_push_secondary (self->predictor, &bar, error))
            return FALSE;
        }
    }
  guint64 answered = end - MIN (end - begin, BS_FLEET_ANSWERED_BARS);
  if (!bs_predictor_append (self->predictor, primary, begin, answered, error))
    return FALSE;
  History history = { self, bs_bar_series_end (bs_predictor_series (self->predictor)) };
  self->answers_from = history.index;
  return bs_predictor_push_many (self->predictor, primary, answered, end, on_signal, &history, error);
}

GArray *
bs_fleet_instrument_newest (const BsFleetInstrument *self, guint n)
{
  const BsBarSeries *series = bs_predictor_series (self->predictor);
  guint64 end = bs_bar_series_end (series), first = bs_bar_series_first (series);
  guint64 begin = end - MIN (end - first, n);
  guint64 oldest = MAX (self->answers_from, self->signal_end - MIN (self->signal_end, BS_FLEET_MAX_BARS));
  GArray *bars = g_array_sized_new (FALSE, FALSE, sizeof (BsFleetBar), (guint) (end - begin));
  for (guint64 index = begin; index < end; index++)
    {
      BsFleetBar bar;
      bs_bar_series_get (series, index, &bar.bar);
      bar.answer = index >= oldest && index < self->signal_end ? self->answers[index % BS_FLEET_MAX_BARS]
                                                               : bs_fleet_answer_from_signal (NULL, index);
      g_array_append_val (bars, bar);
    }
  return bars;
}
