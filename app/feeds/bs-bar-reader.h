/* bs-bar-reader.h: lines of a bar file to bars */
#pragma once

#include "app/feeds/bs-bar-format.h"

G_BEGIN_DECLS

/** A longer line is refused unread, in bytes. */
#define BS_BAR_READER_MAX_LINE (16 * 1024)

/** Turns the lines of one file into bars of its series. Not thread-safe. */
typedef struct _BsBarReader BsBarReader;

/**
 * bs_bar_reader_new:
 * @layout: how the columns lie; copied
 * @zone_name: of times that have no offset
 * @file: where bars, refused rows and counts go; its series is there
 *
 * Returns: (transfer full) (nullable): %NULL where there is no such zone
 */
BsBarReader *bs_bar_reader_new (const BsBarLayout *layout, const char *zone_name,
                                BsBarFile *file) G_GNUC_WARN_UNUSED_RESULT;
void bs_bar_reader_free (BsBarReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarReader, bs_bar_reader_free)

/** bs_bar_reader_take: one line without its end: a bar, a refused row, the header or blank. Allocates nothing for a bar. */
void bs_bar_reader_take (BsBarReader *self, const char *line, gsize length);

/** bs_bar_reader_take_overlong: a line longer than %BS_BAR_READER_MAX_LINE was left unread */
void bs_bar_reader_take_overlong (BsBarReader *self);

/**
 * bs_bar_reader_continue:
 * @file: where bars, refused rows and counts go from here on; its series is there
 *
 * After bs_bar_reader_finish(): for rows that are appended to the file while one reads. Each is taken at once, since nobody knows when
 * another one will come; zone and last time go on as they were.
 */
void bs_bar_reader_continue (BsBarReader *self, BsBarFile *file);

/** bs_bar_find_gaps: finds the gaps of @file's series: for bs_bar_reader_finish() and readers like it */
void bs_bar_find_gaps (BsBarFile *file, gint64 bar_length_us);

/** bs_bar_reader_finish: all lines are taken: finds bar length and gaps */
void bs_bar_reader_finish (BsBarReader *self);

G_END_DECLS
