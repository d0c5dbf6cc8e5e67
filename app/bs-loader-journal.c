#include "app/bs-loader-journal.h"

#include "app/bs-signal-point.h"
#include "app/journal/bs-journal-history.h"

/* Bars of the journal that a feed goes on from at most: two weeks of minutes; more than any feature looks at. */
#define MAX_CONTINUED 20000
#define POINTS_AT_ONCE 4096

static BsBarFile *
file_of (BsBarSeries *series, guint decimals)
{
  BsBarFile *file = g_new0 (BsBarFile, 1);
  file->path = g_strdup ("");
  file->series = series;
  file->timezone = g_strdup ("UTC");
  file->decimals = decimals;
  file->n_rows = bs_bar_series_length (series);
  file->refused = g_array_new (FALSE, TRUE, sizeof (BsRefusedRow));
  file->gaps = g_array_new (FALSE, TRUE, sizeof (BsBarGap));
  return file;
}

gboolean
bs_load_run (const BsLoadRequest *request, BsLoaded *loaded, GError **error)
{
  g_autoptr (BsJournalHistory) history
    = bs_journal_history_load_run (request->journal_path, request->run, &loaded->run, error);
  if (history == NULL)
    return FALSE;
  if (bs_bar_series_length (history->primary) == 0)
    {
      g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_MISSING, "run %" G_GINT64_FORMAT " holds no bars",
                   request->run);
      return FALSE;
    }
  g_free (loaded->bars->instrument);
  loaded->bars->instrument = g_strdup (loaded->run->instrument);
  loaded->bars->primary = file_of (g_steal_pointer (&history->primary), loaded->run->decimals);
  if (history->secondary != NULL)
    loaded->bars->secondary = file_of (g_steal_pointer (&history->secondary), loaded->run->decimals);
  loaded->answers = g_steal_pointer (&history->answers);
  return TRUE;
}

void
bs_load_answers (BsLoaded *loaded)
{
  g_autofree BsChartPoint *points = g_new (BsChartPoint, POINTS_AT_ONCE);
  for (guint done = 0; done < loaded->answers->len;)
    {
      guint n = MIN (POINTS_AT_ONCE, loaded->answers->len - done);
      for (guint i = 0; i < n; i++)
        {
          const BsJournalBar *bar = &g_array_index (loaded->answers, BsJournalBar, done + i);
          points[i] = bs_signal_point (&bar->bar, bar->answered ? &bar->signal : NULL, bar->index);
        }
      bs_chart_data_update (loaded->data, done, points, n);
      done += n;
    }
}

static void
put_before (BsBarFile *file, const BsBarSeries *older)
{
  BsBarSeries *merged = bs_journal_history_merge (older, file->series);
  bs_bar_series_free (file->series);
  file->series = merged;
}

void
bs_load_continue (const BsLoadRequest *request, BsLoaded *loaded)
{
  BsBarFile *primary = loaded->bars->primary;
  if (request->journal_path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalHistory) history
    = bs_journal_history_load (request->journal_path, loaded->bars->instrument, bs_bar_series_bar_length (primary->series),
                               (int) bs_bar_series_stamp (primary->series), MAX_CONTINUED, &error);
  if (history == NULL)
    {
      g_message ("the journal's bars are not there: %s", error->message);
      return;
    }
  gsize n = bs_bar_series_length (history->primary);
  if (n == 0)
    return;
  loaded->continues = history->run;
  loaded->kept_until_us = bs_bar_series_times (history->primary)[n - 1];
  put_before (primary, history->primary);
  primary->decimals = MAX (primary->decimals, history->decimals);
  if (history->secondary != NULL && loaded->bars->secondary != NULL
      && bs_bar_series_bar_length (history->secondary) == bs_bar_series_bar_length (loaded->bars->secondary->series))
    put_before (loaded->bars->secondary, history->secondary);
  else if (history->secondary != NULL && loaded->bars->secondary == NULL
           && bs_bar_series_bar_length (history->secondary) == loaded->secondary_length_us)
    loaded->bars->secondary = file_of (g_steal_pointer (&history->secondary), history->decimals);
}
