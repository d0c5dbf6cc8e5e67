/* bs-sql.h: SQLite with GError: connections and statements of the journal */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef enum
{
  BS_SQL_CREATE,   /* for writing; made where it is missing */
  BS_SQL_EXISTING, /* for writing; must be there */
  BS_SQL_READ,     /* for reading alone; must be there. Nothing is made beside a file that cannot be written */
} BsSqlMode;

/**
 * bs_sql_open:
 * @busy_ms: how long a statement waits for another connection's lock
 *
 * Returns: (transfer full): a connection for one thread at a time, closed by bs_sql_close(); %NULL with a %BS_JOURNAL_ERROR that
 * names the file. A file that can only be read is an error unless it is asked for so
 */
sqlite3 *bs_sql_open (const char *path, BsSqlMode mode, int busy_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_sql_close (sqlite3 *db);

/** bs_sql_exec: runs one or several statements that give no rows */
gboolean bs_sql_exec (sqlite3 *db, const char *sql, GError **error);
/** bs_sql_prepare: (transfer full): a statement that is used often; freed by sqlite3_finalize() */
sqlite3_stmt *bs_sql_prepare (sqlite3 *db, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_sql_step: Returns: %SQLITE_ROW, %SQLITE_DONE, or another code with @error set */
int bs_sql_step (sqlite3_stmt *statement, GError **error);
/** bs_sql_run: a statement that gives no rows; it is reset for the next time, its values are kept */
gboolean bs_sql_run (sqlite3_stmt *statement, GError **error);
/** bs_sql_get_int: the first column of the first row; @value is left alone where there is none or it is null */
gboolean bs_sql_get_int (sqlite3 *db, const char *sql, gint64 *value, GError **error);

/** bs_sql_set_error: fills @error from what @db has just said, in words */
void bs_sql_set_error (sqlite3 *db, int code, GError **error);

/** bs_sql_bind_text: @text: (nullable): copied */
void bs_sql_bind_text (sqlite3_stmt *statement, int column, const char *text);
/** bs_sql_text: (transfer full) (nullable): a column as text */
char *bs_sql_text (sqlite3_stmt *statement, int column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, bs_sql_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

G_END_DECLS
