/* bs-journal-schema.h: the tables of the journal, by version */
#pragma once

#include "app/journal/bs-sql.h"

G_BEGIN_DECLS

/** The version that this program writes. */
#define BS_JOURNAL_SCHEMA_VERSION 3

/**
 * bs_journal_schema_prepare:
 *
 * Makes the tables of a new file, or brings those of an older version up to this one, in one transaction. WAL and
 * synchronous=NORMAL are set, too.
 *
 * Returns: %FALSE with %BS_JOURNAL_ERROR_VERSION where the file is newer, or with an error of SQLite's; the file is as it was
 */
gboolean bs_journal_schema_prepare (sqlite3 *db, GError **error);

/** bs_journal_schema_check: whether a file that is only read is of a version that can be read */
gboolean bs_journal_schema_check (sqlite3 *db, GError **error);

/** bs_journal_schema_script: the statements that lead from version @from to the next. Static. For tests. */
const char *bs_journal_schema_script (guint from);

G_END_DECLS
