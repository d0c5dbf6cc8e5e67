#include "app/journal/bs-journal-schema.h"

#include "app/journal/bs-journal.h"

/* Row n leads from version n to version n + 1; version 0 is an empty file. What has been released is never changed: a new
   version is a new row. docs/journal.md describes the columns. */
static const char *const scripts[] = {
  /* Times are us since 1970 UTC, or 0 where not known. A bar is known by its run and its index in the run's series: that it is the
     primary key keeps any signal from being there twice. */
  "CREATE TABLE run ("
  " id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, instrument TEXT NOT NULL, origin TEXT,"
  " bar_length_us INTEGER NOT NULL, stamp INTEGER NOT NULL, secondary_length_us INTEGER NOT NULL,"
  " secondary_stamp INTEGER NOT NULL, decimals INTEGER NOT NULL, started_us INTEGER NOT NULL, ended_us INTEGER,"
  " program TEXT NOT NULL, pid INTEGER NOT NULL);"
  "CREATE TABLE config ("
  " id INTEGER PRIMARY KEY, run INTEGER NOT NULL, bar INTEGER NOT NULL, model_name TEXT, model_hash TEXT,"
  " switches TEXT NOT NULL, stages TEXT NOT NULL);"
  "CREATE INDEX config_of_run ON config (run, bar);"
  "CREATE TABLE bar ("
  " run INTEGER NOT NULL, bar INTEGER NOT NULL, time_us INTEGER NOT NULL, arrival_us INTEGER NOT NULL,"
  " open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL,"
  " bid_volume REAL NOT NULL, ask_volume REAL NOT NULL, daily_pnl REAL NOT NULL, daily_goal REAL NOT NULL,"
  " daily_max_loss REAL NOT NULL, PRIMARY KEY (run, bar)) WITHOUT ROWID;"
  "CREATE TABLE secondary_bar ("
  " run INTEGER NOT NULL, bar INTEGER NOT NULL, time_us INTEGER NOT NULL, open REAL NOT NULL, high REAL NOT NULL,"
  " low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL, PRIMARY KEY (run, bar)) WITHOUT ROWID;"
  "CREATE TABLE signal ("
  " run INTEGER NOT NULL, bar INTEGER NOT NULL, config INTEGER NOT NULL, ready INTEGER NOT NULL,"
  " class INTEGER NOT NULL, raw_class INTEGER NOT NULL, filtered INTEGER NOT NULL, in_range INTEGER NOT NULL,"
  " n_out_of_range INTEGER NOT NULL, rows_missing INTEGER NOT NULL, input_row INTEGER NOT NULL,"
  " confidence REAL NOT NULL, p_short REAL NOT NULL, p_hold REAL NOT NULL, p_long REAL NOT NULL,"
  " threshold REAL NOT NULL, hurst REAL NOT NULL, hurst_c REAL NOT NULL, hurst_computed INTEGER NOT NULL,"
  " atr REAL NOT NULL, stages BLOB, PRIMARY KEY (run, bar)) WITHOUT ROWID;"
  "CREATE TABLE feed_event ("
  " id INTEGER PRIMARY KEY, run INTEGER NOT NULL, bar INTEGER NOT NULL, time_us INTEGER NOT NULL, kind TEXT NOT NULL,"
  " text TEXT);"
  "CREATE INDEX feed_event_of_run ON feed_event (run, id);"
  /* Tells one file from another that takes its place. */
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
  "INSERT INTO meta VALUES ('file', abs (random () / 2));",

  /* Alerts; a run's figures, so that a list of runs reads no signals; runs that follow each other; deletion in small steps. */
  "CREATE TABLE alert ("
  " id INTEGER PRIMARY KEY, run INTEGER NOT NULL, bar INTEGER NOT NULL, time_us INTEGER NOT NULL, kind TEXT NOT NULL,"
  " text TEXT);"
  "CREATE INDEX alert_of_run ON alert (run, id);"
  "ALTER TABLE run ADD COLUMN continues INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN n_bars INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN n_signals INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN n_long INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN n_short INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN n_lost INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN first_us INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE run ADD COLUMN last_us INTEGER NOT NULL DEFAULT 0;"
  "UPDATE run SET n_bars = (SELECT count (*) FROM bar WHERE bar.run = run.id),"
  " n_signals = (SELECT count (*) FROM signal WHERE signal.run = run.id AND ready),"
  " n_long = (SELECT count (*) FROM signal WHERE signal.run = run.id AND ready AND class = 2),"
  " n_short = (SELECT count (*) FROM signal WHERE signal.run = run.id AND ready AND class = 0),"
  " first_us = coalesce ((SELECT min (time_us) FROM bar WHERE bar.run = run.id), 0),"
  " last_us = coalesce ((SELECT max (time_us) FROM bar WHERE bar.run = run.id), 0);",

  /* Instruments that are watched together are one session. */
  "ALTER TABLE run ADD COLUMN watch INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX run_of_watch ON run (watch, id) WHERE watch <> 0;",
};

G_STATIC_ASSERT (G_N_ELEMENTS (scripts) == BS_JOURNAL_SCHEMA_VERSION);

const char *
bs_journal_schema_script (guint from)
{
  return from < G_N_ELEMENTS (scripts) ? scripts[from] : NULL;
}

/* The file's version; 0 also where it is empty. FALSE where it cannot be this program's. */
static gboolean
read_version (sqlite3 *db, gint64 *version, GError **error)
{
  gint64 n_tables = 0;
  *version = 0;
  if (!bs_sql_get_int (db, "PRAGMA user_version", version, error)
      || !bs_sql_get_int (db, "SELECT count (*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  g_autofree char *name = g_filename_display_name (sqlite3_db_filename (db, "main"));
  if (*version > BS_JOURNAL_SCHEMA_VERSION)
    {
      g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_VERSION,
                   "%s: written by a newer version of Barscope (schema %" G_GINT64_FORMAT
                   "; this one knows those up to %d)",
                   name, *version, BS_JOURNAL_SCHEMA_VERSION);
      return FALSE;
    }
  if (*version < 0 || (*version == 0 && n_tables > 0))
    {
      g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_DAMAGED, "%s: a SQLite file, but no journal", name);
      return FALSE;
    }
  return TRUE;
}

gboolean
bs_journal_schema_check (sqlite3 *db, GError **error)
{
  gint64 version;
  if (!read_version (db, &version, error))
    return FALSE;
  if (version == BS_JOURNAL_SCHEMA_VERSION)
    return TRUE;
  g_autofree char *name = g_filename_display_name (sqlite3_db_filename (db, "main"));
  g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_VERSION,
               "%s: %s", name, version == 0 ? "empty" : "of an older version of Barscope: it is brought up to date when the program opens it for writing");
  return FALSE;
}

gboolean
bs_journal_schema_prepare (sqlite3 *db, GError **error)
{
  gint64 version;
  if (!read_version (db, &version, error))
    return FALSE;
  /* auto_vacuum counts only before the first table is made. */
  if (version == 0 && !bs_sql_exec (db, "PRAGMA auto_vacuum = INCREMENTAL", error))
    return FALSE;
  if (!bs_sql_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0", error))
    return FALSE;
  if (version == BS_JOURNAL_SCHEMA_VERSION)
    return TRUE;

  if (!bs_sql_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  /* Another process may have been faster. */
  gboolean good = read_version (db, &version, error);
  for (; good && version < BS_JOURNAL_SCHEMA_VERSION; version++)
    {
      g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version + 1);
      good = bs_sql_exec (db, scripts[version], error) && bs_sql_exec (db, mark, error);
    }
  good = good && bs_sql_exec (db, "COMMIT", error);
  if (!good)
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return good;
}
