#include "app/journal/bs-journal-private.h"
#include "app/journal/bs-journal-upkeep.h"
#include "app/journal/bs-sql.h"

/* From one checkpoint, and one look for what is too old, to the next. */
#define CHECKPOINT_USEC G_USEC_PER_SEC
#define PRUNE_USEC (6 * G_TIME_SPAN_HOUR)
/* The writer goes first: this long another one is waited for. */
#define KEEPER_BUSY_MSEC 200

typedef struct
{
  sqlite3 *db;      /* (nullable) */
  guint n_opened;   /* BsJournal.n_opened as @db was opened */
  guint64 n_synced; /* records committed before the last checkpoint */
  gint64 pruned_us; /* 0: not yet */
} Keeper;

static void
keep_file (BsJournal *self, Keeper *keeper)
{
  g_mutex_lock (&self->mutex);
  gboolean open = self->open;
  guint n_opened = self->n_opened;
  guint64 n_committed = self->n_committed;
  BsJournalOptions options = self->options;
  gboolean prune = open && self->options_changed;
  self->options_changed = self->options_changed && !open; /* else it is done once the file can be kept */
  g_mutex_unlock (&self->mutex);
  if (!open || n_opened != keeper->n_opened)
    g_clear_pointer (&keeper->db, bs_sql_close);
  if (!open)
    return;
  gint64 now = g_get_monotonic_time ();
  if (keeper->pruned_us == 0)
    bs_journal_finish_runs (self->path, self->opened_us, NULL);
  if (prune || keeper->pruned_us == 0 || now - keeper->pruned_us > PRUNE_USEC)
    {
      guint n_runs;
      bs_journal_prune (self->path, &options, FALSE, &n_runs, NULL);
      keeper->pruned_us = now;
    }
  if (keeper->db == NULL)
    {
      keeper->db = bs_sql_open (self->path, BS_SQL_EXISTING, KEEPER_BUSY_MSEC, NULL);
      keeper->n_opened = n_opened;
      keeper->n_synced = 0;
    }
  /* Where that fails, the writer will find out why. */
  if (keeper->db != NULL && n_committed != keeper->n_synced && bs_journal_checkpoint (keeper->db, NULL))
    keeper->n_synced = n_committed;
}

gpointer
bs_journal_keeper_main (gpointer data)
{
  BsJournal *self = data;
  g_autoptr (GError) error = NULL;
  gboolean sound = bs_journal_check_file (self->path, FALSE, &self->stopping, &error);
  g_mutex_lock (&self->mutex);
  self->checked = TRUE;
  self->damaged = !sound && g_error_matches (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_DAMAGED);
  if (self->damaged)
    self->damage = g_strdup (error->message);
  g_mutex_unlock (&self->mutex);
  bs_journal_kick (self);

  Keeper keeper = { 0 };
  while (!g_atomic_int_get (&self->stopping))
    {
      keep_file (self, &keeper);
      g_mutex_lock (&self->mutex);
      gint64 until = g_get_monotonic_time () + CHECKPOINT_USEC;
      while (!g_atomic_int_get (&self->stopping) && !(self->open && self->options_changed)
             && g_cond_wait_until (&self->changed, &self->mutex, until))
        ;
      g_mutex_unlock (&self->mutex);
    }
  bs_sql_close (keeper.db);
  return NULL;
}
