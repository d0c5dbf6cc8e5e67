/* bs-journal-export.h: a run's bars and signals as a file for other programs */
#pragma once

#include "app/journal/bs-journal-reader.h"

G_BEGIN_DECLS

/** Takes what is written, piece by piece. Returns: %FALSE with an error */
typedef gboolean (*BsJournalWriteFunc) (const char *text, gsize size, gpointer data, GError **error);

/**
 * bs_journal_export:
 * @format: a name of bs_journal_export_format_nth()
 * @n: (out) (optional): bars written
 *
 * "csv": a row a bar, times in ISO 8601, numbers as short as tells any two doubles apart; what a bar without a signal does not have is
 * empty. "json": one object: the run, its configs, events, and bars. Costs no memory but a bar's.
 */
gboolean bs_journal_export (BsJournalReader *reader, gint64 run, const char *format, BsJournalWriteFunc write,
                            gpointer data, guint64 *n, GError **error);

/** bs_journal_export_to_file: the same into a file that is there whole or not at all (gzipped where its name ends in .gz) */
gboolean bs_journal_export_to_file (const char *journal, gint64 run, const char *format, const char *path, guint64 *n,
                                    GError **error);

/** bs_journal_run_row_to_json: (transfer full): one object, without a line's end */
char *bs_journal_run_row_to_json (const BsJournalRunRow *row) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
