#include "app/journal/bs-journal-reader.h"

#include <string.h>

#include "app/journal/bs-journal-schema.h"
#include "app/journal/bs-journal-stages.h"

#define BUSY_MSEC 2000

struct _BsJournalReader
{
  char *path;
  sqlite3 *db;
};

struct _BsJournalCursor
{
  sqlite3_stmt *statement;
  GPtrArray *configs;
  BsJournalBar bar;
};

void
bs_journal_run_row_free (BsJournalRunRow *self)
{
  if (self == NULL)
    return;
  g_free (self->instrument);
  g_free (self->origin);
  g_free (self->model_name);
  g_free (self->model_hash);
  g_free (self);
}

BsJournalRunRow *
bs_journal_run_row_copy (const BsJournalRunRow *self)
{
  BsJournalRunRow *copy = g_memdup2 (self, sizeof *self);
  copy->instrument = g_strdup (self->instrument);
  copy->origin = g_strdup (self->origin);
  copy->model_name = g_strdup (self->model_name);
  copy->model_hash = g_strdup (self->model_hash);
  return copy;
}

static void
config_free (gpointer data)
{
  BsJournalConfig *config = data;
  g_free (config->model_name);
  g_free (config->model_hash);
  g_free (config->switches);
  g_free (config->stages);
  g_free (config);
}

void
bs_journal_reader_free (BsJournalReader *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->db, bs_sql_close);
  g_free (self->path);
  g_free (self);
}

BsJournalReader *
bs_journal_reader_open (const char *path, GError **error)
{
  g_autoptr (BsJournalReader) self = g_new0 (BsJournalReader, 1);
  self->path = g_strdup (path);
  self->db = bs_sql_open (path, BS_SQL_READ, BUSY_MSEC, error);
  if (self->db == NULL || !bs_journal_schema_check (self->db, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Figures of a run that goes on are those of a second ago. */
#define WHERE " WHERE NOT deleted AND (?1 IS NULL OR instrument = ?1) AND (?2 IS NULL OR kind = ?2)" \
              " AND (NOT ?3 OR kind <> 'replay') AND (?4 = 0 OR run.id = ?4) AND (?5 = 0 OR watch = ?5)" \
              " AND (NOT ?6 OR watch = 0 OR run.id = (SELECT min (first.id) FROM run first" \
              " WHERE first.watch = run.watch AND first.watch <> 0 AND NOT first.deleted))"

/* A figure of a row: of all that were watched together, where they are one row. */
#define OF_ALL(expression, column)                                                                                     \
  " CASE WHEN ?6 AND watch <> 0 THEN (SELECT " expression " FROM run one WHERE one.watch = run.watch AND one.watch <> 0"  \
  " AND NOT one.deleted) ELSE " column " END,"

static const char list_sql[]
  = "SELECT run.id, kind, instrument, origin, bar_length_us, stamp, secondary_length_us, secondary_stamp, decimals,"
    " started_us," OF_ALL ("CASE WHEN count (ended_us) < count (*) THEN 0 ELSE max (ended_us) END", "coalesce (ended_us, 0)")
    " continues, watch," OF_ALL ("count (*)", "1") OF_ALL ("sum (n_bars)", "n_bars") OF_ALL ("sum (n_signals)", "n_signals")
    OF_ALL ("sum (n_long)", "n_long") OF_ALL ("sum (n_short)", "n_short") OF_ALL ("sum (n_lost)", "n_lost")
    OF_ALL ("min (first_us)", "first_us") OF_ALL ("max (last_us)", "last_us")
    " (SELECT count (*) FROM config WHERE config.run = run.id),"
    " (SELECT model_name FROM config WHERE config.run = run.id ORDER BY bar, id LIMIT 1),"
    " (SELECT model_hash FROM config WHERE config.run = run.id ORDER BY bar, id LIMIT 1) FROM run" WHERE
    " ORDER BY run.id DESC LIMIT ?7 OFFSET ?8";

static void
bind_filter (sqlite3_stmt *s, const BsJournalRunFilter *filter, gint64 run)
{
  bs_sql_bind_text (s, 1, filter->instrument);
  bs_sql_bind_text (s, 2, filter->kind >= 0 ? bs_journal_run_kind_word ((BsJournalRunKind) filter->kind) : NULL);
  sqlite3_bind_int (s, 3, filter->feeds_only);
  sqlite3_bind_int64 (s, 4, run);
  sqlite3_bind_int64 (s, 5, filter->watch);
  sqlite3_bind_int (s, 6, filter->sessions);
}

static BsJournalRunRow *
row_of (sqlite3_stmt *s)
{
  BsJournalRunRow *row = g_new0 (BsJournalRunRow, 1);
  int n = 0;
  row->id = sqlite3_column_int64 (s, n++);
  /* One of a kind that is not known came from somewhere all the same. */
  int kind = bs_journal_run_kind_by_word ((const char *) sqlite3_column_text (s, n++));
  row->kind = kind >= 0 ? (BsJournalRunKind) kind : BS_JOURNAL_RUN_REPLAY;
  row->instrument = bs_sql_text (s, n++);
  row->origin = bs_sql_text (s, n++);
  row->bar_length_us = CLAMP (sqlite3_column_int64 (s, n), 0, BS_BAR_MAX_LENGTH_US);
  row->stamp = sqlite3_column_int (s, n + 1) == BS_STAMP_START ? BS_STAMP_START : BS_STAMP_END;
  row->secondary_length_us = CLAMP (sqlite3_column_int64 (s, n + 2), 0, BS_BAR_MAX_LENGTH_US);
  row->secondary_stamp = sqlite3_column_int (s, n + 3) == BS_STAMP_START ? BS_STAMP_START : BS_STAMP_END;
  n += 4;
  row->decimals = (guint) CLAMP (sqlite3_column_int (s, n), 0, 10);
  n++;
  row->started_us = sqlite3_column_int64 (s, n++);
  row->ended_us = sqlite3_column_int64 (s, n++);
  row->continues = sqlite3_column_int64 (s, n++);
  row->watch = sqlite3_column_int64 (s, n++);
  row->n_instruments = (guint) CLAMP (sqlite3_column_int64 (s, n), 1, G_MAXINT);
  n++;
  guint64 *const counts[] = { &row->n_bars, &row->n_signals, &row->n_long, &row->n_short, &row->n_lost };
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      gint64 count = sqlite3_column_int64 (s, n++);
      *counts[i] = (guint64) MAX (0, count);
    }
  row->first_us = sqlite3_column_int64 (s, n++);
  row->last_us = sqlite3_column_int64 (s, n++);
  row->n_configs = (guint64) sqlite3_column_int64 (s, n++);
  row->model_name = bs_sql_text (s, n++);
  row->model_hash = bs_sql_text (s, n++);
  if (row->instrument == NULL)
    row->instrument = g_strdup ("");
  return row;
}

gboolean
bs_journal_reader_count_runs (BsJournalReader *self, const BsJournalRunFilter *filter, guint64 *n, GError **error)
{
  g_autoptr (sqlite3_stmt) s = bs_sql_prepare (self->db, "SELECT count (*) FROM run" WHERE, error);
  if (s == NULL)
    return FALSE;
  bind_filter (s, filter, 0);
  if (bs_sql_step (s, error) != SQLITE_ROW)
    return FALSE;
  *n = (guint64) sqlite3_column_int64 (s, 0);
  return TRUE;
}

static GPtrArray *
list_runs (BsJournalReader *self, const BsJournalRunFilter *filter, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_journal_run_row_free);
  g_autoptr (sqlite3_stmt) s = bs_sql_prepare (self->db, list_sql, error);
  if (s == NULL)
    return NULL;
  bind_filter (s, filter, run);
  sqlite3_bind_int64 (s, 7, filter->limit > 0 ? (gint64) MIN (filter->limit, G_MAXINT64) : -1);
  sqlite3_bind_int64 (s, 8, (gint64) MIN (filter->offset, G_MAXINT64));
  int code;
  while ((code = bs_sql_step (s, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, row_of (s));
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
bs_journal_reader_list_runs (BsJournalReader *self, const BsJournalRunFilter *filter, GError **error)
{
  return list_runs (self, filter, 0, error);
}

BsJournalRunRow *
bs_journal_reader_get_run (BsJournalReader *self, gint64 run, GError **error)
{
  const BsJournalRunFilter filter = BS_JOURNAL_RUN_FILTER_INIT;
  g_autoptr (GPtrArray) rows = run > 0 ? list_runs (self, &filter, run, error) : g_ptr_array_new ();
  if (rows == NULL)
    return NULL;
  if (rows->len == 0)
    {
      g_autofree char *name = g_filename_display_name (self->path);
      g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_MISSING, "%s: no run %" G_GINT64_FORMAT, name, run);
      return NULL;
    }
  return g_ptr_array_steal_index (rows, 0);
}

GPtrArray *
bs_journal_reader_get_configs (BsJournalReader *self, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) configs = g_ptr_array_new_with_free_func (config_free);
  g_autoptr (sqlite3_stmt) s
    = bs_sql_prepare (self->db,
                      "SELECT id, bar, model_name, model_hash, switches, stages FROM config WHERE run = ? ORDER BY bar, id",
                      error);
  if (s == NULL)
    return NULL;
  sqlite3_bind_int64 (s, 1, run);
  int code;
  while ((code = bs_sql_step (s, error)) == SQLITE_ROW)
    {
      BsJournalConfig *config = g_new0 (BsJournalConfig, 1);
      config->id = sqlite3_column_int64 (s, 0);
      config->bar = (guint64) sqlite3_column_int64 (s, 1);
      config->model_name = bs_sql_text (s, 2);
      config->model_hash = bs_sql_text (s, 3);
      config->switches = bs_sql_text (s, 4);
      config->stages = bs_sql_text (s, 5);
      g_ptr_array_add (configs, config);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&configs) : NULL;
}

static const BsJournalConfig *
find_config (const GPtrArray *configs, gint64 id)
{
  for (guint i = 0; i < configs->len; i++)
    if (((BsJournalConfig *) g_ptr_array_index (configs, i))->id == id)
      return g_ptr_array_index (configs, i);
  return NULL;
}

static const char bars_sql[]
  = "SELECT bar.bar, time_us, arrival_us, open, high, low, close, volume, bid_volume, ask_volume, daily_pnl, daily_goal,"
    " daily_max_loss, config, ready, class, raw_class, filtered, in_range, n_out_of_range, rows_missing, input_row,"
    " confidence, p_short, p_hold, p_long, threshold, hurst, hurst_c, hurst_computed, atr, stages"
    " FROM bar LEFT JOIN signal ON signal.run = bar.run AND signal.bar = bar.bar"
    " WHERE bar.run = ? AND bar.bar >= ? ORDER BY bar.bar";

static BsClass
class_of (sqlite3_stmt *s, int column)
{
  return (BsClass) CLAMP (sqlite3_column_int (s, column), 0, BS_N_CLASSES - 1);
}

static void
read_signal (sqlite3_stmt *s, int n, const GPtrArray *configs, BsJournalBar *bar)
{
  BsSignal *signal = &bar->signal;
  bar->config = find_config (configs, sqlite3_column_int64 (s, n++));
  signal->time_us = bar->bar.time_us;
  signal->state = sqlite3_column_int (s, n++) != 0 ? BS_SIGNAL_READY : BS_SIGNAL_WARMING_UP;
  signal->klass = class_of (s, n++);
  signal->raw_class = class_of (s, n++);
  signal->filtered = sqlite3_column_int (s, n++) != 0;
  signal->in_range = sqlite3_column_int (s, n++) != 0;
  signal->n_out_of_range = (guint) sqlite3_column_int64 (s, n++);
  signal->rows_missing = (guint) sqlite3_column_int64 (s, n++);
  signal->row = (guint64) sqlite3_column_int64 (s, n++);
  signal->confidence = sqlite3_column_double (s, n++);
  for (guint i = 0; i < BS_N_CLASSES; i++)
    signal->probabilities[i] = sqlite3_column_double (s, n++);
  bar->threshold = sqlite3_column_double (s, n++);
  signal->hurst = sqlite3_column_double (s, n++);
  signal->hurst_c = sqlite3_column_double (s, n++);
  signal->hurst_computed = sqlite3_column_int (s, n++) != 0;
  signal->atr = sqlite3_column_double (s, n++);
  bs_journal_stages_unpack (sqlite3_column_blob (s, n), (gsize) sqlite3_column_bytes (s, n),
                            bar->config != NULL ? bar->config->stages : NULL, signal->stage_ns);
}

BsJournalCursor *
bs_journal_cursor_new (BsJournalReader *reader, gint64 run, guint64 begin, GError **error)
{
  g_autoptr (BsJournalCursor) self = g_new0 (BsJournalCursor, 1);
  self->configs = bs_journal_reader_get_configs (reader, run, error);
  self->statement = self->configs != NULL ? bs_sql_prepare (reader->db, bars_sql, error) : NULL;
  if (self->statement == NULL)
    return NULL;
  sqlite3_bind_int64 (self->statement, 1, run);
  sqlite3_bind_int64 (self->statement, 2, (gint64) MIN (begin, G_MAXINT64));
  return g_steal_pointer (&self);
}

void
bs_journal_cursor_free (BsJournalCursor *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->statement);
  g_clear_pointer (&self->configs, g_ptr_array_unref);
  g_free (self);
}

const BsJournalBar *
bs_journal_cursor_next (BsJournalCursor *self, GError **error)
{
  sqlite3_stmt *s = self->statement;
  if (bs_sql_step (s, error) != SQLITE_ROW)
    return NULL;
  BsJournalBar *bar = &self->bar;
  *bar = (BsJournalBar){ .index = (guint64) sqlite3_column_int64 (s, 0),
                         .arrival_us = sqlite3_column_int64 (s, 2),
                         .bar = { .time_us = sqlite3_column_int64 (s, 1) } };
  double *const columns[]
    = { &bar->bar.open,       &bar->bar.high,       &bar->bar.low,       &bar->bar.close,      &bar->bar.volume,
        &bar->bar.bid_volume, &bar->bar.ask_volume, &bar->bar.daily_pnl, &bar->bar.daily_goal, &bar->bar.daily_max_loss };
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    *columns[i] = sqlite3_column_double (s, 3 + (int) i);
  int n = 3 + (int) G_N_ELEMENTS (columns);
  bar->answered = sqlite3_column_type (s, n) != SQLITE_NULL;
  if (bar->answered)
    read_signal (s, n, self->configs, bar);
  return bar;
}

gboolean
bs_journal_reader_each_bar (BsJournalReader *self, gint64 run, guint64 begin, BsJournalBarFunc func, gpointer data,
                            GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (BsJournalCursor) cursor = bs_journal_cursor_new (self, run, begin, error);
  const BsJournalBar *bar = NULL;
  if (cursor == NULL)
    return FALSE;
  while ((bar = bs_journal_cursor_next (cursor, &local)) != NULL && func (bar, data))
    ;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
bs_journal_reader_each_secondary (BsJournalReader *self, gint64 run, BsJournalBarFunc func, gpointer data,
                                  GError **error)
{
  g_autoptr (sqlite3_stmt) s = bs_sql_prepare (
    self->db, "SELECT bar, time_us, open, high, low, close, volume FROM secondary_bar WHERE run = ? ORDER BY bar", error);
  if (s == NULL)
    return FALSE;
  sqlite3_bind_int64 (s, 1, run);
  int code;
  while ((code = bs_sql_step (s, error)) == SQLITE_ROW)
    {
      BsJournalBar bar = { .index = (guint64) sqlite3_column_int64 (s, 0), .bar = BS_BAR_INIT };
      bar.bar.time_us = sqlite3_column_int64 (s, 1);
      bar.bar.open = sqlite3_column_double (s, 2);
      bar.bar.high = sqlite3_column_double (s, 3);
      bar.bar.low = sqlite3_column_double (s, 4);
      bar.bar.close = sqlite3_column_double (s, 5);
      bar.bar.volume = sqlite3_column_double (s, 6);
      if (!func (&bar, data))
        return TRUE;
    }
  return code == SQLITE_DONE;
}

gboolean
bs_journal_reader_each_event (BsJournalReader *self, gint64 run, BsJournalEventFunc func, gpointer data, GError **error)
{
  g_autoptr (sqlite3_stmt) s
    = bs_sql_prepare (self->db,
                      "SELECT 0, bar, time_us, kind, text, id FROM feed_event WHERE run = ?1 UNION ALL"
                      " SELECT 1, bar, time_us, kind, text, id FROM alert WHERE run = ?1 ORDER BY 1, 6",
                      error);
  if (s == NULL)
    return FALSE;
  sqlite3_bind_int64 (s, 1, run);
  int code;
  while ((code = bs_sql_step (s, error)) == SQLITE_ROW)
    {
      g_autofree char *kind = bs_sql_text (s, 3), *text = bs_sql_text (s, 4);
      const BsJournalEvent event = { sqlite3_column_int (s, 0) != 0, (guint64) sqlite3_column_int64 (s, 1),
                                     sqlite3_column_int64 (s, 2), kind != NULL ? kind : "", text };
      if (!func (&event, data))
        return TRUE;
    }
  return code == SQLITE_DONE;
}
