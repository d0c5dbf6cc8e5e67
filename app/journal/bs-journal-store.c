#include "app/journal/bs-journal-store.h"

#include <string.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#endif

#include "app/bs-config.h"
#include "app/journal/bs-journal-schema.h"
#include "app/journal/bs-journal-stages.h"

/* How long the thread waits for another process's commit before it says that the file is locked. */
#define BUSY_MSEC 250

typedef enum
{
  BEGIN,
  COMMIT,
  ADD_RUN,
  ADD_CONFIG,
  ADD_BAR,
  ADD_SIGNAL,
  ADD_SECONDARY,
  ADD_FEED_EVENT,
  ADD_ALERT,
  SET_FIGURES,
  N_STATEMENTS
} Statement;

/* A record that is written a second time (after a commit whose success was not seen) is there already. */
static const char *const sql[N_STATEMENTS] = {
  [BEGIN] = "BEGIN IMMEDIATE",
  [COMMIT] = "COMMIT",
  [ADD_RUN] = "INSERT INTO run (kind, instrument, origin, bar_length_us, stamp, secondary_length_us, secondary_stamp,"
              " decimals, started_us, program, pid, continues, watch)"
              " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
  [ADD_CONFIG]
  = "INSERT INTO config (run, bar, model_name, model_hash, switches, stages) VALUES (?,?,?,?,?,?)",
  [ADD_BAR] = "INSERT INTO bar VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
  [ADD_SIGNAL] = "INSERT INTO signal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
  [ADD_SECONDARY] = "INSERT INTO secondary_bar VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
  [ADD_FEED_EVENT] = "INSERT INTO feed_event (run, bar, time_us, kind, text) VALUES (?,?,?,?,?)",
  [ADD_ALERT] = "INSERT INTO alert (run, bar, time_us, kind, text) VALUES (?,?,?,?,?)",
  [SET_FIGURES] = "UPDATE run SET n_bars = ?2, n_signals = ?3, n_long = ?4, n_short = ?5, n_lost = ?6, first_us = ?7,"
                  " last_us = ?8, ended_us = ?9 WHERE id = ?1",
};

struct _BsJournalStore
{
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  gint64 file;
  GPtrArray *touched; /* (element-type BsJournalRun): by this transaction; references */
  gboolean in_transaction;
};

void
bs_journal_store_close (BsJournalStore *self)
{
  if (self == NULL)
    return;
  bs_journal_store_rollback (self);
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_clear_pointer (&self->db, bs_sql_close);
  g_ptr_array_unref (self->touched);
  g_free (self);
}

BsJournalStore *
bs_journal_store_open (const char *path, GError **error)
{
  g_autoptr (BsJournalStore) self = g_new0 (BsJournalStore, 1);
  self->touched = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_journal_run_unref);
  self->db = bs_sql_open (path, BS_SQL_CREATE, BUSY_MSEC, error);
  if (self->db == NULL || !bs_journal_schema_prepare (self->db, error))
    return NULL;
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      self->statements[i] = bs_sql_prepare (self->db, sql[i], error);
      if (self->statements[i] == NULL)
        return NULL;
    }
  if (!bs_sql_get_int (self->db, "SELECT value FROM meta WHERE key = 'file'", &self->file, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
bs_journal_store_is_gone (const BsJournalStore *self)
{
  int moved = 0;
  return sqlite3_file_control (self->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

static void
touch (BsJournalStore *self, BsJournalRun *run)
{
  if (run->touched)
    return;
  run->touched = TRUE;
  run->before = run->state;
  g_ptr_array_add (self->touched, bs_journal_run_ref (run));
}

static gboolean
run_statement (BsJournalStore *self, Statement statement, GError **error)
{
  return bs_sql_run (self->statements[statement], error);
}

gboolean
bs_journal_store_begin (BsJournalStore *self, GError **error)
{
  self->in_transaction = run_statement (self, BEGIN, error);
  return self->in_transaction;
}

gboolean
bs_journal_store_commit (BsJournalStore *self, GError **error)
{
  if (!run_statement (self, COMMIT, error))
    return FALSE;
  self->in_transaction = FALSE;
  for (guint i = 0; i < self->touched->len; i++)
    {
      BsJournalRun *run = g_ptr_array_index (self->touched, i);
      run->touched = FALSE;
      atomic_store (&run->id, run->state.id);
    }
  g_ptr_array_set_size (self->touched, 0);
  return TRUE;
}

void
bs_journal_store_rollback (BsJournalStore *self)
{
  /* It may have been rolled back already by what went wrong. */
  if (self->in_transaction)
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->in_transaction = FALSE;
  for (guint i = 0; i < self->touched->len; i++)
    {
      BsJournalRun *run = g_ptr_array_index (self->touched, i);
      run->touched = FALSE;
      run->state = run->before;
    }
  g_ptr_array_set_size (self->touched, 0);
}

static gboolean
add_run (BsJournalStore *self, BsJournalRun *run, GError **error)
{
  sqlite3_stmt *s = self->statements[ADD_RUN];
  const BsJournalRunInfo *info = &run->info;
  int n = 1;
  bs_sql_bind_text (s, n++, bs_journal_run_kind_word (run->kind));
  bs_sql_bind_text (s, n++, run->instrument);
  bs_sql_bind_text (s, n++, run->origin);
  sqlite3_bind_int64 (s, n++, info->bar_length_us);
  sqlite3_bind_int (s, n++, info->stamp);
  sqlite3_bind_int64 (s, n++, info->secondary_length_us);
  sqlite3_bind_int (s, n++, info->secondary_stamp);
  sqlite3_bind_int64 (s, n++, info->decimals);
  sqlite3_bind_int64 (s, n++, run->started_us);
  bs_sql_bind_text (s, n++, "barscope " BS_VERSION);
#ifdef G_OS_UNIX
  sqlite3_bind_int64 (s, n++, getpid ());
#else
  sqlite3_bind_int64 (s, n++, 0);
#endif
  sqlite3_bind_int64 (s, n++, info->continues);
  sqlite3_bind_int64 (s, n++, info->watch);
  if (!run_statement (self, ADD_RUN, error))
    return FALSE;
  run->state.id = sqlite3_last_insert_rowid (self->db);
  run->state.config = 0;
  run->state.file = self->file;
  /* In a new file a run begins anew. */
  run->state.figures = (BsJournalFigures){ .n_lost = run->state.figures.n_lost };
  return TRUE;
}

static gboolean
add_config (BsJournalStore *self, BsJournalRun *run, guint64 index, GError **error)
{
  sqlite3_stmt *s = self->statements[ADD_CONFIG];
  g_autofree char *switches = bs_options_to_json (&run->state.options);
  g_autofree char *stages = bs_journal_stages_names ();
  int n = 1;
  sqlite3_bind_int64 (s, n++, run->state.id);
  sqlite3_bind_int64 (s, n++, (gint64) index);
  bs_sql_bind_text (s, n++, strcmp (run->model_hash, run->state.model_hash) == 0 ? run->model_name : NULL);
  bs_sql_bind_text (s, n++, run->state.has_model ? run->state.model_hash : NULL);
  bs_sql_bind_text (s, n++, switches);
  bs_sql_bind_text (s, n++, stages);
  if (!run_statement (self, ADD_CONFIG, error))
    return FALSE;
  run->state.config = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

static gboolean
add_signal (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  if (run->state.config == 0 && !add_config (self, run, record->index, error))
    return FALSE;
  sqlite3_stmt *s = self->statements[ADD_SIGNAL];
  const BsSignal *signal = &record->signal;
  guint8 stages[BS_JOURNAL_STAGES_SIZE];
  gsize size = bs_journal_stages_pack (signal->stage_ns, stages);
  int n = 1;
  sqlite3_bind_int64 (s, n++, run->state.id);
  sqlite3_bind_int64 (s, n++, (gint64) record->index);
  sqlite3_bind_int64 (s, n++, run->state.config);
  sqlite3_bind_int (s, n++, signal->state == BS_SIGNAL_READY);
  sqlite3_bind_int (s, n++, (int) signal->klass);
  sqlite3_bind_int (s, n++, (int) signal->raw_class);
  sqlite3_bind_int (s, n++, signal->filtered);
  sqlite3_bind_int (s, n++, signal->in_range);
  sqlite3_bind_int64 (s, n++, signal->n_out_of_range);
  sqlite3_bind_int64 (s, n++, signal->rows_missing);
  sqlite3_bind_int64 (s, n++, (gint64) signal->row);
  sqlite3_bind_double (s, n++, signal->confidence);
  for (guint i = 0; i < BS_N_CLASSES; i++)
    sqlite3_bind_double (s, n++, signal->probabilities[i]);
  sqlite3_bind_double (s, n++, record->threshold);
  sqlite3_bind_double (s, n++, signal->hurst);
  sqlite3_bind_double (s, n++, signal->hurst_c);
  sqlite3_bind_int (s, n++, signal->hurst_computed);
  sqlite3_bind_double (s, n++, signal->atr);
  if (size > 0)
    sqlite3_bind_blob (s, n++, stages, (int) size, SQLITE_STATIC);
  else
    sqlite3_bind_null (s, n++);
  if (!run_statement (self, ADD_SIGNAL, error))
    return FALSE;
  if (sqlite3_changes (self->db) > 0 && signal->state == BS_SIGNAL_READY)
    {
      BsJournalFigures *figures = &run->state.figures;
      figures->n_signals++;
      figures->n_long += signal->klass == BS_CLASS_LONG;
      figures->n_short += signal->klass == BS_CLASS_SHORT;
    }
  return TRUE;
}

static gboolean
add_event (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, Statement statement,
           const char *word, const char *text, GError **error)
{
  sqlite3_stmt *s = self->statements[statement];
  sqlite3_bind_int64 (s, 1, run->state.id);
  sqlite3_bind_int64 (s, 2, (gint64) record->index);
  sqlite3_bind_int64 (s, 3, record->arrival_us);
  bs_sql_bind_text (s, 4, word);
  bs_sql_bind_text (s, 5, text);
  return run_statement (self, statement, error);
}

static gboolean
write_bar (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  sqlite3_stmt *s = self->statements[ADD_BAR];
  const BsBar *bar = &record->bar;
  const double values[] = { bar->open,       bar->high,       bar->low,       bar->close,      bar->volume,
                            bar->bid_volume, bar->ask_volume, bar->daily_pnl, bar->daily_goal, bar->daily_max_loss };
  sqlite3_bind_int64 (s, 1, run->state.id);
  sqlite3_bind_int64 (s, 2, (gint64) record->index);
  sqlite3_bind_int64 (s, 3, bar->time_us);
  sqlite3_bind_int64 (s, 4, record->arrival_us);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    sqlite3_bind_double (s, 5 + (int) i, values[i]);
  if (!run_statement (self, ADD_BAR, error))
    return FALSE;
  BsJournalFigures *figures = &run->state.figures;
  if (sqlite3_changes (self->db) > 0)
    {
      figures->n_bars++;
      figures->first_us = figures->n_bars == 1 ? bar->time_us : MIN (figures->first_us, bar->time_us);
      figures->last_us = figures->n_bars == 1 ? bar->time_us : MAX (figures->last_us, bar->time_us);
    }
  run->state.figures_changed = TRUE;
  if (record->answered)
    return add_signal (self, run, record, error);
  return record->text == NULL || add_event (self, run, record, ADD_FEED_EVENT, "no-signal", record->text, error);
}

static gboolean
write_secondary (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  sqlite3_stmt *s = self->statements[ADD_SECONDARY];
  const BsBar *bar = &record->bar;
  const double values[] = { bar->open, bar->high, bar->low, bar->close, bar->volume };
  sqlite3_bind_int64 (s, 1, run->state.id);
  sqlite3_bind_int64 (s, 2, (gint64) record->index);
  sqlite3_bind_int64 (s, 3, bar->time_us);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    sqlite3_bind_double (s, 4 + (int) i, values[i]);
  return run_statement (self, ADD_SECONDARY, error);
}

static gboolean
write_feed_event (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  return add_event (self, run, record, ADD_FEED_EVENT, record->word, record->text, error);
}

static gboolean
write_alert (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  return add_event (self, run, record, ADD_ALERT, record->word, record->text, error);
}

static gboolean
write_end (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  run->state.ended = run->state.figures_changed = TRUE;
  return bs_journal_store_write_figures (self, run, error);
}

/* By BsJournalRecordKind; a CONFIG only changes what the next signal is written with. */
static gboolean (*const writers[BS_N_JOURNAL_RECORD_KINDS]) (BsJournalStore *self, BsJournalRun *run,
                                                             const BsJournalRecord *record, GError **error)
  = {
      [BS_JOURNAL_RECORD_BAR] = write_bar,         [BS_JOURNAL_RECORD_SECONDARY] = write_secondary,
      [BS_JOURNAL_RECORD_FEED] = write_feed_event, [BS_JOURNAL_RECORD_ALERT] = write_alert,
      [BS_JOURNAL_RECORD_END] = write_end,
    };

/* Whether a run that has no row yet gets one for this. A replay's comings and goings before its first bar are nobody's business. */
static gboolean
begins_run (const BsJournalRun *run, const BsJournalRecord *record)
{
  return record->kind == BS_JOURNAL_RECORD_BAR || record->kind == BS_JOURNAL_RECORD_ALERT
         || (run->kind != BS_JOURNAL_RUN_REPLAY && record->kind != BS_JOURNAL_RECORD_END);
}

gboolean
bs_journal_store_write (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error)
{
  if (!bs_journal_run_keeps (run, record))
    return TRUE;
  touch (self, run);
  if (record->kind == BS_JOURNAL_RECORD_CONFIG)
    {
      bs_journal_run_take_config (run, record);
      return TRUE;
    }
  gboolean has_row = run->state.id != 0 && run->state.file == self->file;
  if (!has_row && !begins_run (run, record))
    return TRUE;
  if (!has_row && !add_run (self, run, error))
    return FALSE;
  g_autoptr (GError) local = NULL;
  if (writers[record->kind](self, run, record, &local))
    return TRUE;
  if ((sqlite3_errcode (self->db) & 0xff) == SQLITE_CONSTRAINT)
    {
      /* It will not be taken at any other time either: it must not stand in the way of all that comes. */
      g_warning ("journal: a record is not taken: %s", local->message);
      run->state.figures.n_lost++;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
bs_journal_store_write_figures (BsJournalStore *self, BsJournalRun *run, GError **error)
{
  if (!run->state.figures_changed || run->state.id == 0 || run->state.file != self->file)
    return TRUE;
  touch (self, run);
  sqlite3_stmt *s = self->statements[SET_FIGURES];
  const BsJournalFigures *figures = &run->state.figures;
  sqlite3_bind_int64 (s, 1, run->state.id);
  sqlite3_bind_int64 (s, 2, (gint64) figures->n_bars);
  sqlite3_bind_int64 (s, 3, (gint64) figures->n_signals);
  sqlite3_bind_int64 (s, 4, (gint64) figures->n_long);
  sqlite3_bind_int64 (s, 5, (gint64) figures->n_short);
  sqlite3_bind_int64 (s, 6, (gint64) figures->n_lost);
  sqlite3_bind_int64 (s, 7, figures->first_us);
  sqlite3_bind_int64 (s, 8, figures->last_us);
  if (run->state.ended)
    sqlite3_bind_int64 (s, 9, g_get_real_time ());
  else
    sqlite3_bind_null (s, 9);
  run->state.figures_changed = FALSE;
  return run_statement (self, SET_FIGURES, error);
}
