/* bs-scid-reader.h: records of a Sierra Chart intraday file to 1-minute bars */
#pragma once

#include "app/feeds/bs-bar-file.h"

G_BEGIN_DECLS

#define BS_SCID_HEADER_BYTES 56
#define BS_SCID_RECORD_BYTES 40
/** Length of the bars that come out, us. */
#define BS_SCID_BAR_LENGTH_US (60 * G_USEC_PER_SEC)

/**
 * BsScidReader:
 *
 * Takes the records of one file in their order and makes bars of a minute of them. A record is one trade (Open 0, or a marker near
 * -1.999e37: then High is the ask, Low the bid, Close the price) or a bar of up to a minute. Prices are float32 in the file; they come
 * out as the decimal number that was meant. Not thread-safe.
 */
typedef struct _BsScidReader BsScidReader;

/** bs_scid_check_header: whether @header begins a file that is understood; an error does not name the file */
gboolean bs_scid_check_header (const guint8 header[BS_SCID_HEADER_BYTES], GError **error);

/** bs_scid_reader_new: @file: where bars, refused records (by their number, from 1) and counts go; its series is there */
BsScidReader *bs_scid_reader_new (BsBarFile *file) G_GNUC_WARN_UNUSED_RESULT;
void bs_scid_reader_free (BsScidReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsScidReader, bs_scid_reader_free)

/** bs_scid_reader_take: one record. A bar is complete once a record of a later minute comes. */
void bs_scid_reader_take (BsScidReader *self, const guint8 record[BS_SCID_RECORD_BYTES]);
/** bs_scid_reader_take_rest: the file ends within a record, of which there are @n bytes */
void bs_scid_reader_take_rest (BsScidReader *self, gsize n);
/** bs_scid_reader_finish: no further record comes now. @complete: the minute begun is a bar, too */
void bs_scid_reader_finish (BsScidReader *self, gboolean complete);
/** bs_scid_reader_continue: as bs_bar_reader_continue() */
void bs_scid_reader_continue (BsScidReader *self, BsBarFile *file);

G_END_DECLS
