#include "app/journal/bs-journal-history.h"

void
bs_journal_history_free (BsJournalHistory *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->primary, bs_bar_series_free);
  g_clear_pointer (&self->secondary, bs_bar_series_free);
  g_clear_pointer (&self->answers, g_array_unref);
  g_free (self);
}

static gboolean
take_bar (const BsJournalBar *bar, gpointer data)
{
  GArray *bars = data;
  BsJournalBar copy = *bar;
  copy.config = NULL;
  if (bs_bar_validate (&bar->bar, NULL))
    g_array_append_val (bars, copy);
  return TRUE;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const BsJournalBar *x = a, *y = b;
  return x->bar.time_us < y->bar.time_us ? -1 : x->bar.time_us > y->bar.time_us;
}

/* Of bars of the same time the first stays, which is the newest run's: the sort keeps their order. */
static void
put_in_order (GArray *bars)
{
  g_array_sort (bars, compare_times);
  guint n = 0;
  for (guint i = 0; i < bars->len; i++)
    {
      const BsJournalBar *bar = &g_array_index (bars, BsJournalBar, i);
      if (n > 0 && g_array_index (bars, BsJournalBar, n - 1).bar.time_us == bar->bar.time_us)
        continue;
      g_array_index (bars, BsJournalBar, n++) = *bar;
    }
  g_array_set_size (bars, n);
}

static BsBarSeries *
series_of (const GArray *bars, gint64 length_us, BsStamp stamp)
{
  BsBarSeries *series = bs_bar_series_new (MAX (bars->len, 1), length_us, stamp);
  for (guint i = 0; i < bars->len; i++)
    bs_bar_series_append (series, &g_array_index (bars, BsJournalBar, i).bar, NULL);
  return series;
}

static BsJournalHistory *
history_new (GArray *bars, GArray *secondary, const BsJournalRunRow *newest, guint max_bars)
{
  BsJournalHistory *self = g_new0 (BsJournalHistory, 1);
  put_in_order (bars);
  put_in_order (secondary);
  if (max_bars > 0 && bars->len > max_bars)
    g_array_remove_range (bars, 0, bars->len - max_bars);
  self->answers = g_array_ref (bars);
  self->primary = series_of (bars, newest != NULL ? newest->bar_length_us : 0, newest != NULL ? newest->stamp : BS_STAMP_END);
  if (secondary->len > 0)
    self->secondary = series_of (secondary, newest->secondary_length_us, newest->secondary_stamp);
  if (newest != NULL && bars->len > 0)
    {
      self->run = newest->id;
      self->decimals = newest->decimals;
    }
  return self;
}

BsJournalHistory *
bs_journal_history_load (const char *path, const char *instrument, gint64 bar_length_us, int stamp, guint max_bars,
                         GError **error)
{
  g_autoptr (GArray) bars = g_array_new (FALSE, FALSE, sizeof (BsJournalBar));
  g_autoptr (GArray) secondary = g_array_new (FALSE, FALSE, sizeof (BsJournalBar));
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return history_new (bars, secondary, NULL, max_bars);
  BsJournalRunFilter filter = BS_JOURNAL_RUN_FILTER_INIT;
  filter.instrument = instrument;
  filter.feeds_only = TRUE;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (path, error);
  g_autoptr (GPtrArray) runs = reader != NULL ? bs_journal_reader_list_runs (reader, &filter, error) : NULL;
  if (runs == NULL)
    return NULL;
  const BsJournalRunRow *newest = NULL;
  for (guint i = 0; i < runs->len && bars->len < max_bars; i++)
    {
      const BsJournalRunRow *row = g_ptr_array_index (runs, i);
      if (row->n_bars == 0 && row->ended_us != 0)
        continue;
      if (newest == NULL && bar_length_us == 0)
        bar_length_us = row->bar_length_us;
      if (newest == NULL && stamp < 0 && row->bar_length_us == bar_length_us)
        stamp = (int) row->stamp;
      if (row->bar_length_us != bar_length_us || (int) row->stamp != stamp)
        continue;
      if (newest == NULL)
        newest = row;
      if (!bs_journal_reader_each_bar (reader, row->id, row->n_bars > max_bars ? row->n_bars - max_bars : 0, take_bar, bars,
                                       error))
        return NULL;
      if (row->secondary_length_us == newest->secondary_length_us
          && !bs_journal_reader_each_secondary (reader, row->id, take_bar, secondary, error))
        return NULL;
    }
  return history_new (bars, secondary, newest, max_bars);
}

BsJournalHistory *
bs_journal_history_load_run (const char *path, gint64 run, BsJournalRunRow **row, GError **error)
{
  g_autoptr (GArray) bars = g_array_new (FALSE, FALSE, sizeof (BsJournalBar));
  g_autoptr (GArray) secondary = g_array_new (FALSE, FALSE, sizeof (BsJournalBar));
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (path, error);
  g_autoptr (BsJournalRunRow) found = reader != NULL ? bs_journal_reader_get_run (reader, run, error) : NULL;
  if (found == NULL || !bs_journal_reader_each_bar (reader, run, 0, take_bar, bars, error)
      || !bs_journal_reader_each_secondary (reader, run, take_bar, secondary, error))
    return NULL;
  BsJournalHistory *history = history_new (bars, secondary, found, 0);
  if (row != NULL)
    *row = g_steal_pointer (&found);
  return history;
}

BsBarSeries *
bs_journal_history_merge (const BsBarSeries *older, const BsBarSeries *newer)
{
  guint64 i = bs_bar_series_first (older), j = bs_bar_series_first (newer);
  guint64 i_end = bs_bar_series_end (older), j_end = bs_bar_series_end (newer);
  BsBarSeries *series = bs_bar_series_new (MAX (bs_bar_series_max_bars (newer), (i_end - i) + (j_end - j)),
                                           bs_bar_series_bar_length (newer), bs_bar_series_stamp (newer));
  BsBar a = { 0 }, b = { 0 };
  while (i < i_end || j < j_end)
    {
      if (i < i_end)
        bs_bar_series_get (older, i, &a);
      if (j < j_end)
        bs_bar_series_get (newer, j, &b);
      gboolean take_newer = j < j_end && (i == i_end || b.time_us <= a.time_us);
      gboolean skip_older = i < i_end && (j == j_end || a.time_us <= b.time_us);
      bs_bar_series_append (series, take_newer ? &b : &a, NULL);
      i += skip_older;
      j += take_newer;
    }
  return series;
}

gboolean
bs_journal_history_has (const char *instrument, gint64 bar_length_us, BsStamp stamp, gpointer path)
{
  g_autoptr (BsJournalHistory) history = bs_journal_history_load (path, instrument, bar_length_us, (int) stamp, 1, NULL);
  return history != NULL && bs_bar_series_length (history->primary) > 0;
}
