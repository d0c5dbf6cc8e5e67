/* bs-recording-reader.h: a recording, line by line */
#pragma once

#include <gio/gio.h>

#include "app/record/bs-recording.h"

G_BEGIN_DECLS

/** Reads one recording, packed with gzip or not. Not thread-safe. Blocks: use a worker. */
typedef struct _BsRecordingReader BsRecordingReader;

/** bs_recording_is: whether the file at @path begins as a recording does; %FALSE too where it cannot be read. Blocks. */
gboolean bs_recording_is (const char *path);

/** bs_recording_reader_open: reads the header. (transfer full): %NULL with a %BS_RECORDING_ERROR that names file and line */
BsRecordingReader *bs_recording_reader_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_recording_reader_new_from_memory: the same over @data, which must outlive it; @name is for messages */
BsRecordingReader *bs_recording_reader_new_from_memory (const guint8 *data, gsize size, const char *name,
                                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_recording_reader_free (BsRecordingReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRecordingReader, bs_recording_reader_free)

/** Owned by the reader. */
const BsRecordingHeader *bs_recording_reader_header (const BsRecordingReader *self);

/**
 * bs_recording_reader_next:
 * @record: (out caller-allocates): to be cleared by bs_record_clear() where it returns %TRUE
 *
 * The next line. A last line without its end was cut off when the recording broke off: it counts as not there.
 *
 * Returns: %TRUE; %FALSE at the end, or with an error that names file, line, field and what was expected
 */
gboolean bs_recording_reader_next (BsRecordingReader *self, BsRecord *record, GError **error);

/** The file's name, for messages. Owned by the reader. */
const char *bs_recording_reader_name (const BsRecordingReader *self);
/** Number of the line that was read last, from 1. */
guint64 bs_recording_reader_line (const BsRecordingReader *self);
/** Whether the last line says that the recording was ended; known at the end. */
gboolean bs_recording_reader_ended (const BsRecordingReader *self);

G_END_DECLS
