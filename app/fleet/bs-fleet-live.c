#include "app/fleet/bs-fleet-live.h"

#include <glib/gi18n.h>

#include "app/feeds/bs-feed-kind.h"
#include "app/journal/bs-journal-history.h"

/* One feed and where its bars go. */
typedef struct
{
  BsFleet *fleet; /* (owned) */
  guint number;
  const BsFeedKind *kind;
  BsFeed *feed; /* (owned) */
} Source;

struct _BsFleetLive
{
  BsFleetLiveOptions options;
  GPtrArray *sources; /* of Source */
};

static void
source_free (gpointer data)
{
  Source *source = data;
  bs_feed_stop (source->feed);
  g_object_unref (source->feed);
  bs_fleet_unref (source->fleet);
  g_free (source);
}

BsFleetLive *
bs_fleet_live_new (const BsFleetLiveOptions *options)
{
  BsFleetLive *self = g_new0 (BsFleetLive, 1);
  self->options = *options;
  self->sources = g_ptr_array_new_with_free_func (source_free);
  return self;
}

void
bs_fleet_live_free (BsFleetLive *self)
{
  if (self == NULL)
    return;
  /* All of a connection are its first one's, which is the first to stop. */
  g_ptr_array_unref (self->sources);
  g_free (self);
}

/* Thread: the feed's. */
static gboolean
on_item (const BsFeedItem *item, gpointer data)
{
  const Source *source = data;
  if (item->kind != BS_FEED_ITEM_PRIMARY)
    return TRUE;
  const BsFleetItem bar = { source->number, item->arrival_us, item->due_us, item->bar };
  return bs_fleet_deliver (source->fleet, &bar);
}

/* Puts the journal's bars before those that the venue has given. */
static void
go_on (BsFleetLive *self, BsFeedOpened *opened, BsJournalRunInfo *info)
{
  BsBarFile *file = opened->primary;
  g_autoptr (BsJournalHistory) history
    = bs_journal_history_load (bs_journal_path (self->options.journal), opened->instrument, bs_bar_series_bar_length (file->series),
                               (int) bs_bar_series_stamp (file->series), BS_FLEET_MAX_BARS, NULL);
  gsize n = history != NULL ? bs_bar_series_length (history->primary) : 0;
  if (n == 0)
    return;
  info->continues = history->run;
  info->kept_until_us = bs_bar_series_times (history->primary)[n - 1];
  BsBarSeries *merged = bs_journal_history_merge (history->primary, file->series);
  bs_bar_series_free (file->series);
  file->series = merged;
  file->decimals = MAX (file->decimals, history->decimals);
}

/* The bars of the past that the journal has not: nobody has waited for a signal of theirs. */
static void
keep_past (BsFleetLive *self, BsFleetInstrument *instrument, const BsBarSeries *series, gint64 kept_until_us)
{
  for (guint64 i = bs_bar_series_first (series); i < bs_bar_series_end (series); i++)
    {
      BsJournalRecord record = { .kind = BS_JOURNAL_RECORD_BAR, .index = i, .past = TRUE, .arrival_us = g_get_real_time () };
      bs_bar_series_get (series, i, &record.bar);
      if (record.bar.time_us > kept_until_us)
        bs_journal_append (self->options.journal, instrument->run, &record);
    }
}

static void
keep (BsFleetLive *self, const BsFeedKind *kind, const char *text, BsFleetInstrument *instrument, const BsBarSeries *series,
      BsJournalRunInfo *info)
{
  int named = bs_journal_run_kind_by_word (kind->name);
  info->kind = kind->is_file ? BS_JOURNAL_RUN_FILE : named >= 0 ? (BsJournalRunKind) named : BS_JOURNAL_RUN_WEBSOCKET;
  info->origin = text;
  info->watch = self->options.watch;
  bs_fleet_instrument_begin_run (instrument, self->options.journal, info);
  if (!kind->is_file)
    keep_past (self, instrument, series, info->kept_until_us != 0 ? info->kept_until_us : G_MININT64);
}

gboolean
bs_fleet_live_add (BsFleetLive *self, const char *text, GCancellable *cancellable, GError **error)
{
  g_auto (BsFeedOpened) opened = { 0 };
  BsFeedRequest how = BS_FEED_REQUEST_INIT;
  BsJournalRunInfo info = { 0 };
  const char *address;
  const BsFeedKind *kind = bs_feed_kind_parse (text, &address, error);
  how.timezone = self->options.timezone;
  how.has_past = self->options.journal != NULL ? bs_journal_history_has : NULL;
  how.past_data = self->options.journal != NULL ? (gpointer) bs_journal_path (self->options.journal) : NULL;
  if (kind == NULL || !bs_feed_open (text, &how, &opened, cancellable, error))
    return FALSE;
  if (self->options.journal != NULL && !kind->is_file)
    go_on (self, &opened, &info);

  const BsBarSeries *series = opened.primary->series;
  guint64 begin = bs_bar_series_first (series), end = bs_bar_series_end (series);
  g_autoptr (BsFleetInstrument) instrument
    = bs_fleet_instrument_new (self->options.leader, opened.instrument, NULL, opened.primary->decimals,
                               bs_bar_series_bar_length (series), bs_bar_series_stamp (series));
  instrument->feed = g_object_ref (opened.feed);
  if (!bs_fleet_instrument_take_history (instrument, series, begin, end, opened.secondary != NULL ? opened.secondary->series : NULL,
                                         error))
    return FALSE;
  /* Only now: of what is not watched there is no run. */
  if (self->options.journal != NULL)
    keep (self, kind, text, instrument, series, &info);
  if (end > begin)
    {
      BsBar last;
      bs_bar_series_get (series, end - 1, &last);
      bs_feed_seed (opened.feed, &last);
    }
  guint number;
  if (!bs_fleet_add (self->options.fleet, g_steal_pointer (&instrument), &number))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s: no more than %d instruments can be watched"), opened.instrument,
                   BS_FLEET_MAX_INSTRUMENTS);
      return FALSE;
    }
  Source *source = g_new0 (Source, 1);
  *source = (Source){ bs_fleet_ref (self->options.fleet), number, kind, g_steal_pointer (&opened.feed) };
  g_ptr_array_add (self->sources, source);
  return TRUE;
}

void
bs_fleet_live_start (BsFleetLive *self)
{
  g_autoptr (GPtrArray) joined = g_ptr_array_new ();
  const BsFeedKind *kind = NULL;
  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = g_ptr_array_index (self->sources, i);
      if (source->kind->join != NULL && (kind == NULL || kind == source->kind))
        {
          kind = source->kind;
          g_ptr_array_add (joined, source);
        }
      else
        bs_feed_start (source->feed, on_item, source);
    }
  if (joined->len == 0)
    return;
  g_autofree BsFeed **feeds = g_new (BsFeed *, joined->len);
  for (guint i = 0; i < joined->len; i++)
    {
      Source *source = g_ptr_array_index (joined, i);
      feeds[i] = source->feed;
      if (i > 0)
        bs_feed_drive (source->feed, on_item, source);
    }
  kind->join (feeds, joined->len);
  bs_feed_start (feeds[0], on_item, g_ptr_array_index (joined, 0));
}
