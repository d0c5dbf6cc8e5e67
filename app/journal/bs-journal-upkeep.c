#include "app/journal/bs-journal-upkeep.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#endif
#include <glib/gstdio.h>

#include "app/journal/bs-journal-schema.h"

/* How long another connection's lock is waited for. */
#define BUSY_MSEC 2000
/* Records deleted in one transaction. */
#define DELETE_CHUNK 2000
/* Pages given back to the system in one transaction. */
#define VACUUM_PAGES 500
/* Virtual machine steps between two looks at whether to stop. */
#define STEPS_A_LOOK 100000
/* Size of the log, in bytes, over which it is begun anew. */
#define MAX_LOG_BYTES (16 * 1024 * 1024)
#define DAY_USEC (24 * G_TIME_SPAN_HOUR)

static int
on_progress (void *stopping)
{
  return g_atomic_int_get ((const volatile gint *) stopping);
}

gboolean
bs_journal_check_file (const char *path, gboolean full, const volatile gint *stopping, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autoptr (GError) local = NULL;
  /* A file after a crash must be recovered first, which only who may write can; else what is there is looked at. */
  g_autoptr (sqlite3) db = bs_sql_open (path, BS_SQL_EXISTING, BUSY_MSEC, NULL);
  if (db == NULL)
    db = bs_sql_open (path, BS_SQL_READ, BUSY_MSEC, error);
  if (db == NULL)
    return FALSE;
  if (stopping != NULL)
    sqlite3_progress_handler (db, STEPS_A_LOOK, on_progress, (void *) stopping);
  g_autoptr (sqlite3_stmt) statement
    = bs_sql_prepare (db, full ? "PRAGMA integrity_check (1)" : "PRAGMA quick_check (1)", error);
  if (statement == NULL)
    return FALSE;
  int code = bs_sql_step (statement, &local);
  if ((code & 0xff) == SQLITE_INTERRUPT)
    return TRUE;
  if (code != SQLITE_ROW)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_autofree char *said = bs_sql_text (statement, 0);
  if (g_strcmp0 (said, "ok") == 0)
    return TRUE;
  g_autofree char *name = g_filename_display_name (path);
  g_strdelimit (said, "\n", ' ');
  g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_DAMAGED, "%s: damaged: %s", name, said);
  return FALSE;
}

char *
bs_journal_set_aside (const char *path, GError **error)
{
  static const char *const suffixes[] = { "-wal", "-shm", "" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *stem = g_str_has_suffix (path, ".sqlite") ? g_strndup (path, strlen (path) - 7) : g_strdup (path);
  g_autofree char *aside = g_strdup_printf ("%s-damaged-%s.sqlite", stem, stamp);
  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS); i++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s-damaged-%s-%u.sqlite", stem, stamp, i);
    }
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (aside, suffixes[i], NULL);
      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          int code = errno;
          g_autofree char *name = g_filename_display_name (from);
          g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_OPEN, "%s: damaged, and cannot be set aside: %s", name,
                       g_strerror (code));
          return NULL;
        }
    }
  return g_steal_pointer (&aside);
}

static sqlite3 *
open_journal (const char *path, GError **error)
{
  g_autoptr (sqlite3) db = bs_sql_open (path, BS_SQL_EXISTING, BUSY_MSEC, error);
  if (db == NULL || !bs_journal_schema_prepare (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

static gboolean
process_is_alive (gint64 pid, gint64 started_us, gint64 own_since_us)
{
#ifdef G_OS_UNIX
  if (pid == getpid () && started_us < own_since_us)
    return FALSE;
  return pid > 0 && (kill ((pid_t) pid, 0) == 0 || errno == EPERM);
#else
  return TRUE; /* not known: its runs stay open */
#endif
}

gboolean
bs_journal_finish_runs (const char *path, gint64 own_since_us, GError **error)
{
  g_autoptr (sqlite3) db = open_journal (path, error);
  if (db == NULL)
    return FALSE;
  g_autoptr (sqlite3_stmt) open_runs
    = bs_sql_prepare (db, "SELECT id, pid, started_us FROM run WHERE ended_us IS NULL AND NOT deleted", error);
  if (open_runs == NULL)
    return FALSE;
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  int code;
  while ((code = bs_sql_step (open_runs, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (open_runs, 0);
      if (!process_is_alive (sqlite3_column_int64 (open_runs, 1), sqlite3_column_int64 (open_runs, 2), own_since_us))
        g_array_append_val (gone, id);
    }
  sqlite3_reset (open_runs);
  if (code != SQLITE_DONE)
    return FALSE;

  /* Its end is when its last bar came. */
  g_autoptr (sqlite3_stmt) finish = bs_sql_prepare (
    db,
    "UPDATE run SET n_bars = (SELECT count (*) FROM bar WHERE run = ?1),"
    " n_signals = (SELECT count (*) FROM signal WHERE run = ?1 AND ready),"
    " n_long = (SELECT count (*) FROM signal WHERE run = ?1 AND ready AND class = 2),"
    " n_short = (SELECT count (*) FROM signal WHERE run = ?1 AND ready AND class = 0),"
    " first_us = coalesce ((SELECT time_us FROM bar WHERE run = ?1 ORDER BY bar LIMIT 1), 0),"
    " last_us = coalesce ((SELECT time_us FROM bar WHERE run = ?1 ORDER BY bar DESC LIMIT 1), 0),"
    " ended_us = coalesce ((SELECT max (started_us, arrival_us) FROM bar WHERE run = ?1 ORDER BY bar DESC LIMIT 1),"
    " started_us) WHERE id = ?1",
    error);
  for (guint i = 0; finish != NULL && i < gone->len; i++)
    {
      sqlite3_bind_int64 (finish, 1, g_array_index (gone, gint64, i));
      if (!bs_sql_run (finish, error))
        return FALSE;
    }
  return finish != NULL;
}

static gboolean
run_with_id (sqlite3 *db, const char *sql, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = bs_sql_prepare (db, sql, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  return bs_sql_run (statement, error);
}

/* Deletes the rows of @table that belong to a run, some thousand at a time, by their place in its primary key. */
static gboolean
delete_in_steps (sqlite3 *db, const char *table, gint64 run, GError **error)
{
  g_autofree char *find
    = g_strdup_printf ("SELECT bar FROM %s WHERE run = ? ORDER BY bar LIMIT 1 OFFSET %d", table, DELETE_CHUNK);
  g_autofree char *delete = g_strdup_printf ("DELETE FROM %s WHERE run = ? AND bar < ?", table);
  g_autoptr (sqlite3_stmt) find_statement = bs_sql_prepare (db, find, error);
  g_autoptr (sqlite3_stmt) delete_statement = bs_sql_prepare (db, delete, error);
  if (find_statement == NULL || delete_statement == NULL)
    return FALSE;
  for (gboolean more = TRUE; more;)
    {
      sqlite3_bind_int64 (find_statement, 1, run);
      int code = bs_sql_step (find_statement, error);
      more = code == SQLITE_ROW;
      gint64 end = more ? sqlite3_column_int64 (find_statement, 0) : G_MAXINT64;
      sqlite3_reset (find_statement);
      sqlite3_bind_int64 (delete_statement, 1, run);
      sqlite3_bind_int64 (delete_statement, 2, end);
      if ((code != SQLITE_ROW && code != SQLITE_DONE) || !bs_sql_run (delete_statement, error))
        return FALSE;
    }
  return TRUE;
}

/* The run's row goes last, so that what is broken off is found again. */
static gboolean
delete_run (sqlite3 *db, gint64 run, GError **error)
{
  return run_with_id (db, "UPDATE run SET deleted = 1 WHERE id = ?", run, error)
         && delete_in_steps (db, "signal", run, error) && delete_in_steps (db, "bar", run, error)
         && delete_in_steps (db, "secondary_bar", run, error)
         && run_with_id (db, "DELETE FROM feed_event WHERE run = ?", run, error)
         && run_with_id (db, "DELETE FROM alert WHERE run = ?", run, error)
         && run_with_id (db, "DELETE FROM config WHERE run = ?", run, error)
         && run_with_id (db, "DELETE FROM run WHERE id = ?", run, error);
}

/* Gives free pages back, little by little. */
static gboolean
give_back (sqlite3 *db, GError **error)
{
  gint64 n_free = 0;
  g_autofree char *sql = g_strdup_printf ("PRAGMA incremental_vacuum (%d)", VACUUM_PAGES);
  if (!bs_sql_get_int (db, "PRAGMA freelist_count", &n_free, error))
    return FALSE;
  for (; n_free > 0; n_free -= VACUUM_PAGES)
    if (!bs_sql_exec (db, sql, error))
      return FALSE;
  return TRUE;
}

gboolean
bs_journal_delete_run (const char *path, gint64 run, GError **error)
{
  gint64 there = 0;
  g_autoptr (sqlite3) db = open_journal (path, error);
  g_autofree char *sql = g_strdup_printf ("SELECT id FROM run WHERE id = %" G_GINT64_FORMAT, run);
  if (db == NULL || !bs_sql_get_int (db, sql, &there, error))
    return FALSE;
  if (there == 0)
    {
      g_autofree char *name = g_filename_display_name (path);
      g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_MISSING, "%s: no run %" G_GINT64_FORMAT, name, run);
      return FALSE;
    }
  return delete_run (db, run, error) && give_back (db, error) && bs_journal_checkpoint (db, error);
}

/* The runs of a row; those that go on are none of a session that is deleted. */
#define LISTED "(id = ?1 OR (?2 <> 0 AND watch = ?2 AND watch <> 0))"

gboolean
bs_journal_hide (const char *path, const BsJournalListed *rows, guint n, gboolean hidden, GError **error)
{
  g_autoptr (sqlite3) db = open_journal (path, error);
  g_autoptr (sqlite3_stmt) s
    = db != NULL ? bs_sql_prepare (db, hidden ? "UPDATE run SET deleted = 1 WHERE NOT deleted AND " LISTED
                                              : "UPDATE run SET deleted = 0 WHERE deleted AND " LISTED,
                                   error)
                 : NULL;
  if (s == NULL || !bs_sql_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  gboolean good = TRUE;
  for (guint i = 0; i < n && good; i++)
    {
      sqlite3_bind_int64 (s, 1, rows[i].run);
      sqlite3_bind_int64 (s, 2, rows[i].watch);
      good = bs_sql_run (s, error);
      if (!good || hidden || sqlite3_changes (db) > 0)
        continue;
      g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_MISSING, "run %" G_GINT64_FORMAT " is gone already", rows[i].run);
      good = FALSE;
    }
  if (good)
    return bs_sql_exec (db, "COMMIT", error);
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gboolean
bs_journal_delete_listed (const char *path, const BsJournalListed *rows, guint n, GError **error)
{
  g_autoptr (sqlite3) db = open_journal (path, error);
  g_autoptr (sqlite3_stmt) s = db != NULL ? bs_sql_prepare (db, "SELECT id FROM run WHERE deleted AND " LISTED, error) : NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (s == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      int code;
      sqlite3_bind_int64 (s, 1, rows[i].run);
      sqlite3_bind_int64 (s, 2, rows[i].watch);
      while ((code = bs_sql_step (s, error)) == SQLITE_ROW)
        {
          gint64 id = sqlite3_column_int64 (s, 0);
          g_array_append_val (ids, id);
        }
      sqlite3_reset (s);
      if (code != SQLITE_DONE)
        return FALSE;
    }
  for (guint i = 0; i < ids->len; i++)
    if (!delete_run (db, g_array_index (ids, gint64, i), error))
      return FALSE;
  return give_back (db, error) && bs_journal_checkpoint (db, error);
}

gboolean
bs_journal_prune (const char *path, const BsJournalOptions *options, gboolean dry, guint *n_runs, GError **error)
{
  *n_runs = 0;
  g_autoptr (sqlite3) db = open_journal (path, error);
  if (db == NULL)
    return FALSE;
  g_autoptr (sqlite3_stmt) old = bs_sql_prepare (db,
                                                 "SELECT id FROM run WHERE deleted OR (ended_us IS NOT NULL AND ended_us"
                                                 " < CASE kind WHEN 'replay' THEN ?1 ELSE ?2 END) ORDER BY id",
                                                 error);
  if (old == NULL)
    return FALSE;
  gint64 now = g_get_real_time ();
  const guint days[] = { options->keep_replay_days, options->keep_days };
  for (int i = 0; i < 2; i++)
    sqlite3_bind_int64 (old, i + 1, days[i] > 0 ? now - days[i] * DAY_USEC : G_MININT64);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int code;
  while ((code = bs_sql_step (old, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (old, 0);
      g_array_append_val (ids, id);
    }
  sqlite3_reset (old);
  if (code != SQLITE_DONE)
    return FALSE;
  *n_runs = ids->len;
  if (dry)
    return TRUE;
  for (guint i = 0; i < ids->len; i++)
    if (!delete_run (db, g_array_index (ids, gint64, i), error))
      return FALSE;
  return give_back (db, error) && bs_journal_checkpoint (db, error);
}

gboolean
bs_journal_checkpoint (gpointer db, GError **error)
{
  int n_log = 0, n_done = 0;
  gint64 n_tables;
  /* A connection that has not read anything yet does not know that there is a log, and would do nothing at all. */
  if (!bs_sql_get_int (db, "SELECT count (*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  int code = sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_PASSIVE, &n_log, &n_done);
  gint64 page = 4096;
  if (code == SQLITE_OK && bs_sql_get_int (db, "PRAGMA page_size", &page, NULL) && n_log * page > MAX_LOG_BYTES)
    code = sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
  /* Somebody reads or writes: the next time will do. */
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
    return TRUE;
  bs_sql_set_error (db, code, error);
  return FALSE;
}
