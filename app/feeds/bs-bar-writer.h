/* bs-bar-writer.h: bars to a file of the generic format */
#pragma once

#include <gio/gio.h>

#include "inference/market/bs-bar.h"

G_BEGIN_DECLS

/**
 * BsBarWriter:
 *
 * Writes time (ISO 8601, UTC), open, high, low, close, volume, bid_volume, ask_volume: what bs_bar_file_load() reads back.
 * Whole or not at all, and gzipped where the name ends in ".gz" (see BsFileWriter). Not thread-safe.
 */
typedef struct _BsBarWriter BsBarWriter;

/** Decimals that prices can be written with. */
#define BS_BAR_WRITER_MAX_DECIMALS 8

/**
 * bs_bar_writer_new:
 * @decimals: that prices are rounded to, at most %BS_BAR_WRITER_MAX_DECIMALS; volumes are rounded to whole ones
 *
 * Returns: (transfer full): %NULL with %G_FILE_ERROR, which names @path; free with bs_bar_writer_free()
 */
BsBarWriter *bs_bar_writer_new (const char *path, guint decimals, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_bar_writer_free: without bs_bar_writer_commit() nothing is left of the file */
void bs_bar_writer_free (BsBarWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarWriter, bs_bar_writer_free)

/** bs_bar_writer_write: one more row; fractions of a second are cut. %FALSE with %G_FILE_ERROR */
gboolean bs_bar_writer_write (BsBarWriter *self, const BsBar *bar, GError **error);

/** bs_bar_writer_commit: puts the file in place; once, at the end. %FALSE with %G_FILE_ERROR */
gboolean bs_bar_writer_commit (BsBarWriter *self, GError **error);

G_END_DECLS
