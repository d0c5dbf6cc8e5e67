#include "app/journal/bs-sql.h"

#include <errno.h>
#include <glib/gstdio.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#endif

#include "app/journal/bs-journal.h"

/* What SQLite says, and what a user needs to know. */
static const struct
{
  int code; /* primary */
  BsJournalError error;
  const char *words; /* (nullable): SQLite's own */
} causes[] = {
  { SQLITE_FULL, BS_JOURNAL_ERROR_WRITE, "the disk is full" },
  { SQLITE_READONLY, BS_JOURNAL_ERROR_WRITE, "it can only be read" },
  { SQLITE_BUSY, BS_JOURNAL_ERROR_WRITE, "another program has locked it" },
  { SQLITE_LOCKED, BS_JOURNAL_ERROR_WRITE, "it is locked" },
  { SQLITE_IOERR, BS_JOURNAL_ERROR_WRITE, NULL },
  { SQLITE_CORRUPT, BS_JOURNAL_ERROR_DAMAGED, NULL },
  { SQLITE_NOTADB, BS_JOURNAL_ERROR_DAMAGED, "it is no SQLite file" },
  { SQLITE_CANTOPEN, BS_JOURNAL_ERROR_OPEN, NULL },
  { SQLITE_PERM, BS_JOURNAL_ERROR_OPEN, "it may not be opened" },
  { SQLITE_AUTH, BS_JOURNAL_ERROR_OPEN, "it may not be opened" },
};

void
bs_sql_set_error (sqlite3 *db, int code, GError **error)
{
  BsJournalError kind = BS_JOURNAL_ERROR_READ;
  const char *words = NULL;
  int system = db != NULL ? sqlite3_system_errno (db) : 0;
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    if (causes[i].code == (code & 0xff))
      {
        kind = causes[i].error;
        words = causes[i].words;
      }
  gboolean of_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  if (of_system && (system == ENOSPC || system == EDQUOT))
    {
      kind = BS_JOURNAL_ERROR_WRITE;
      words = "the disk is full";
    }
  else if (of_system && system != 0)
    words = g_strerror (system);
  if (words == NULL)
    words = db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);
  const char *path = db != NULL ? sqlite3_db_filename (db, "main") : NULL;
  g_autofree char *name = path != NULL && *path != '\0' ? g_filename_display_name (path) : g_strdup ("journal");
  g_set_error (error, BS_JOURNAL_ERROR, kind, "%s: %s", name, words);
}

/* What the system said is lost where SQLite has tried once more to open it for reading: the folder is asked. */
static void
set_open_error (const char *path, sqlite3 *db, int code, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *folder = g_path_get_dirname (path);
  int reason = g_file_test (path, G_FILE_TEST_EXISTS) ? g_access (path, R_OK | W_OK) : g_access (folder, W_OK | X_OK);
  if ((code & 0xff) == SQLITE_CANTOPEN && reason != 0)
    g_set_error (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_OPEN, "%s: %s", name, g_strerror (errno));
  else
    bs_sql_set_error (db, code, error);
}

/* Also who only reads makes an index of the log beside the file, with the file's permissions: one that could not be written later
   on. Where there is no log, and nobody could write one, the file is read as it is. NULL: as any other. */
static char *
read_uri (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  if (g_access (path, W_OK) == 0 || g_file_test (log, G_FILE_TEST_EXISTS))
    return NULL;
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = g_filename_to_uri (full, NULL, NULL);
  return uri != NULL ? g_strconcat (uri, "?immutable=1", NULL) : NULL;
}

sqlite3 *
bs_sql_open (const char *path, BsSqlMode mode, int busy_ms, GError **error)
{
  static const int flags[] = {
    [BS_SQL_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    [BS_SQL_EXISTING] = SQLITE_OPEN_READWRITE,
    [BS_SQL_READ] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
  };
  g_autofree char *uri = mode == BS_SQL_READ ? read_uri (path) : NULL;
  g_autoptr (sqlite3) db = NULL;
  int code = sqlite3_open_v2 (uri != NULL ? uri : path, &db, flags[mode] | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    {
      set_open_error (path, db, db != NULL ? sqlite3_extended_errcode (db) : code, error);
      return NULL;
    }
  sqlite3_extended_result_codes (db, 1);
  sqlite3_busy_timeout (db, busy_ms);
  if (mode != BS_SQL_READ && sqlite3_db_readonly (db, "main") == 1)
    {
      bs_sql_set_error (db, SQLITE_READONLY, error);
      return NULL;
    }
  /* What a damaged or hostile file says of its own schema is not believed. */
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  return g_steal_pointer (&db);
}

void
bs_sql_close (sqlite3 *db)
{
  /* Statements that are still there keep it open until they are gone. */
  sqlite3_close_v2 (db);
}

gboolean
bs_sql_exec (sqlite3 *db, const char *sql, GError **error)
{
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);
  if (code != SQLITE_OK)
    bs_sql_set_error (db, code, error);
  return code == SQLITE_OK;
}

sqlite3_stmt *
bs_sql_prepare (sqlite3 *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (code != SQLITE_OK)
    bs_sql_set_error (db, code, error);
  return statement;
}

int
bs_sql_step (sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    bs_sql_set_error (sqlite3_db_handle (statement), code, error);
  return code;
}

gboolean
bs_sql_run (sqlite3_stmt *statement, GError **error)
{
  int code;
  do
    code = bs_sql_step (statement, error);
  while (code == SQLITE_ROW);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

gboolean
bs_sql_get_int (sqlite3 *db, const char *sql, gint64 *value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = bs_sql_prepare (db, sql, error);
  if (statement == NULL)
    return FALSE;
  int code = bs_sql_step (statement, error);
  if (code == SQLITE_ROW && sqlite3_column_type (statement, 0) != SQLITE_NULL)
    *value = sqlite3_column_int64 (statement, 0);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

void
bs_sql_bind_text (sqlite3_stmt *statement, int column, const char *text)
{
  sqlite3_bind_text (statement, column, text, -1, SQLITE_TRANSIENT);
}

char *
bs_sql_text (sqlite3_stmt *statement, int column)
{
  /* Whatever is in the file: what is shown is UTF-8. */
  const char *text = (const char *) sqlite3_column_text (statement, column);
  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}
