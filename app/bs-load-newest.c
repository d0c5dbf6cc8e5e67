#include "app/bs-load-newest.h"

#include "app/bs-signal-point.h"

typedef struct
{
  const BsBarSeries *series;
  BsChartData *data;
  guint64 index; /* of the next bar in the series */
} Filling;

static gboolean
fill_in (const BsSignal *signal, gpointer data)
{
  Filling *filling = data;
  guint64 shown = filling->index - bs_bar_series_first (filling->series);
  BsBar bar;
  bs_bar_series_get (filling->series, filling->index, &bar);
  BsChartPoint point = bs_signal_point (&bar, signal, shown);
  bs_chart_data_update (filling->data, shown, &point, 1);
  filling->index++;
  return TRUE;
}

/* A bar that is refused here is refused by the session too, which says so. */
static gboolean
push_secondary (BsPredictor *predictor, const BsBarSeries *secondary)
{
  bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (secondary), bs_bar_series_stamp (secondary));
  for (guint64 i = bs_bar_series_first (secondary); i < bs_bar_series_end (secondary); i++)
    {
      BsBar bar;
      bs_bar_series_get (secondary, i, &bar);
      if (!bs_predictor_push_secondary (predictor, &bar, NULL))
        return FALSE;
    }
  return TRUE;
}

void
bs_load_newest (BsLoaded *loaded)
{
  const BsBarSeries *series = loaded->bars->primary->series;
  guint64 first = bs_bar_series_first (series), end = bs_bar_series_end (series);
  if (loaded->predictor == NULL || end - first < BS_LOAD_NEWEST_LEAST_BARS
      || bs_chart_data_end (loaded->data) != end - first
      || !bs_predictor_options (loaded->predictor)->value[BS_OPTION_INCREMENTAL])
    return;
  /* It keeps the few bars that features look back on. */
  g_autoptr (BsPredictor) predictor = bs_predictor_new_beside (loaded->predictor, 1, bs_bar_series_bar_length (series),
                                                               bs_bar_series_stamp (series));
  if (loaded->bars->secondary != NULL && !push_secondary (predictor, loaded->bars->secondary->series))
    return;
  Filling filling = { series, loaded->data, end - BS_LOAD_NEWEST_BARS };
  if (bs_predictor_append (predictor, series, first, filling.index, NULL))
    bs_predictor_push_many (predictor, series, filling.index, end, fill_in, &filling, NULL);
}
