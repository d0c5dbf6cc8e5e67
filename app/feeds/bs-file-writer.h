/* bs-file-writer.h: a file that is there whole or not at all */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BsFileWriter:
 *
 * Writes to a temporary file beside @path and puts it in place at the end; what was there before stays until then, and
 * for good where anything fails. Compresses (gzip, the same bytes on every run) where the name ends in ".gz". What is not
 * a plain file (a pipe, /dev/stdout) is written to as it is. Not thread-safe.
 */
typedef struct _BsFileWriter BsFileWriter;

/** bs_file_writer_new: (transfer full): %NULL with %G_FILE_ERROR, which names @path */
BsFileWriter *bs_file_writer_new (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_file_writer_free: without bs_file_writer_commit() nothing is left of it */
void bs_file_writer_free (BsFileWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFileWriter, bs_file_writer_free)

/** bs_file_writer_write: %FALSE with %G_FILE_ERROR */
gboolean bs_file_writer_write (BsFileWriter *self, const char *data, gsize size, GError **error);

/** bs_file_writer_commit: writes the rest and puts the file in place; %FALSE with %G_FILE_ERROR. Once, at the end. */
gboolean bs_file_writer_commit (BsFileWriter *self, GError **error);

G_END_DECLS
