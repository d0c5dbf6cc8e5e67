/* bs-byte-source.h: bytes of a file, unpacked on the way where it is gzipped */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Unpacked bytes taken from a gzip file, or from what is not a plain file (a pipe), at most: 4 GiB. */
#define BS_BYTE_SOURCE_MAX_BYTES (G_GUINT64_CONSTANT (4) << 30)

typedef struct _BsByteSource BsByteSource;

/**
 * bs_byte_source_open:
 *
 * Returns: (transfer full): the file, with its first bytes read; %NULL with %BS_BAR_FILE_ERROR_READ
 */
BsByteSource *bs_byte_source_open (const char *path, GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_byte_source_new_from_memory: the same over @data, which must outlive it; @name is for messages */
BsByteSource *bs_byte_source_new_from_memory (const guint8 *data, gsize size, const char *name,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_byte_source_free (BsByteSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsByteSource, bs_byte_source_free)

/**
 * bs_byte_source_read:
 * @n: bytes that @buffer takes, above 0
 *
 * Returns: bytes put into @buffer, 0 only at the end; -1 with %BS_BAR_FILE_ERROR_READ (data that ends early, a wrong
 * checksum, more than %BS_BYTE_SOURCE_MAX_BYTES) or %G_IO_ERROR_CANCELLED
 */
gssize bs_byte_source_read (BsByteSource *self, guint8 *buffer, gsize n, GCancellable *cancellable, GError **error);

/** bs_byte_source_is_gzipped: whether what is read has been unpacked on the way */
gboolean bs_byte_source_is_gzipped (const BsByteSource *self);

/** bs_byte_source_fraction: how much of the (packed) bytes has been read, 0..1; 0 where the size is not known */
double bs_byte_source_fraction (const BsByteSource *self);

G_END_DECLS
