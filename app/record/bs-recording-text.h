/* bs-recording-text.h: records to lines of a recording, and back */
#pragma once

#include "app/record/bs-recording.h"

G_BEGIN_DECLS

/** A longer line is no line of a recording, in bytes. */
#define BS_RECORDING_MAX_LINE (64 * 1024)

/** Appends the line of @header, its end with it. */
void bs_recording_text_header (GString *text, const BsRecordingHeader *header);
/** Appends the line of @record, its end with it. */
void bs_recording_text_record (GString *text, const BsRecord *record);

/** bs_recording_parse_header: @line: without its end. (transfer full): %NULL with an error that names the field */
BsRecordingHeader *bs_recording_parse_header (const char *line, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_recording_parse_record: @record: (out caller-allocates): cleared by the caller; %FALSE with an error that names the
 * field, and nothing to clear */
gboolean bs_recording_parse_record (const char *line, gsize length, BsRecord *record, GError **error);

G_END_DECLS
