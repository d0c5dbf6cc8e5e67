/* bs-bar-file.h: bars from a file: one parser, a table of formats (../shared/design/feeds.md, docs/files.md) */
#pragma once

#include <gio/gio.h>

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

typedef enum
{
  BS_BAR_FILE_ERROR_READ,    /* cannot be opened, read or unpacked */
  BS_BAR_FILE_ERROR_FORMAT,  /* no format fits, or not the one that was asked for */
  BS_BAR_FILE_ERROR_NO_BARS, /* not one good row */
  BS_BAR_FILE_ERROR_OPTION,  /* unknown format name or time zone */
} BsBarFileError;

#define BS_BAR_FILE_ERROR (bs_bar_file_error_quark ())
GQuark bs_bar_file_error_quark (void);

/** One row of the table of formats. */
typedef struct _BsBarFormat BsBarFormat;

/** The formats, one by one: (nullable) past the last. Static. */
const BsBarFormat *bs_bar_format_nth (guint n);
/** bs_bar_format_names: (transfer full): the names of all, in words: "sierra, binance or generic" */
char *bs_bar_format_names (void) G_GNUC_WARN_UNUSED_RESULT;
const char *bs_bar_format_name (const BsBarFormat *format);
/** One line in words, for --help and the open dialog. */
const char *bs_bar_format_description (const BsBarFormat *format);

/** How to read a file; %NULL or BS_BAR_FILE_OPTIONS_INIT for "find out". */
typedef struct
{
  const char *format;   /* (nullable): a format's name; %NULL detects it from the first lines */
  const char *timezone; /* (nullable): IANA name or "UTC" or "+01:00", where the format fixes none; %NULL is UTC */
  int stamp;            /* a BsStamp, or -1 for the format's own */
  gsize max_bars;       /* bars kept (the newest); 0 for the default */
} BsBarFileOptions;

#define BS_BAR_FILE_OPTIONS_INIT                                                                                       \
  {                                                                                                                    \
    .stamp = -1                                                                                                        \
  }

/** Refused rows listed by line at most; all are counted. */
#define BS_BAR_FILE_MAX_LISTED 1000

typedef struct
{
  guint64 line; /* from 1 */
  char *reason; /* names the field and what was expected */
} BsRefusedRow;

typedef struct
{
  guint64 after;    /* index of the bar before the hole */
  gint64 closed_us; /* when that bar closed */
  gint64 length_us; /* of the hole: close of that bar to start of the next */
} BsBarGap;

/** What a file held. */
typedef struct
{
  char *path;
  BsBarSeries *series;       /* bar length and stamp set */
  guint64 n_older;           /* bars that the file held before those in @series, which are no longer kept */
  gint64 older_closed_us;    /* when the first of them closed */
  const BsBarFormat *format; /* the one used; %NULL where it was a recording */
  gboolean format_detected;
  char *timezone; /* the one used */
  gboolean has_local_times; /* times without an offset, which @timezone was needed for */
  guint decimals; /* the most decimals that a price was written with: the instrument's tick, for display */
  guint64 n_rows; /* data rows, good and bad */
  guint64 n_refused;
  GArray *refused; /* of BsRefusedRow, the first BS_BAR_FILE_MAX_LISTED */
  guint64 n_gaps;
  GArray *gaps; /* of BsBarGap, the first BS_BAR_FILE_MAX_LISTED */
} BsBarFile;

/** Called now and then while loading, on the loading thread. @fraction: of the bytes, 0..1. */
typedef void (*BsProgressFunc) (double fraction, gpointer data);

/** bs_bar_file_options_check: FALSE with %BS_BAR_FILE_ERROR_OPTION where no format or no time zone has such a name */
gboolean bs_bar_file_options_check (const BsBarFileOptions *options, GError **error);

/**
 * bs_bar_file_load:
 * @options: (nullable)
 * @progress: (nullable)
 * @cancellable: (nullable): looked at every few thousand rows
 *
 * Reads a file, gzipped or not. Bad rows are counted, listed and left out; only a file without one good row is an error.
 * Thread: any (it blocks: use a worker).
 *
 * Returns: (transfer full): what it held; %NULL with %BS_BAR_FILE_ERROR or %G_IO_ERROR_CANCELLED
 */
BsBarFile *bs_bar_file_load (const char *path, const BsBarFileOptions *options, BsProgressFunc progress,
                             gpointer progress_data, GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_bar_file_load_bytes: the same from memory; @name is used in messages. */
BsBarFile *bs_bar_file_load_bytes (const guint8 *data, gsize size, const char *name, const BsBarFileOptions *options,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_bar_file_newest: (transfer full): the same with the newest @n bars alone; nothing of @self changes, or is shared that may */
BsBarFile *bs_bar_file_newest (const BsBarFile *self, gsize n) G_GNUC_WARN_UNUSED_RESULT;
/** bs_bar_file_new: one without bars, for what reads bars from elsewhere; @path is for display. Its series is to be made. */
BsBarFile *bs_bar_file_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
void bs_bar_file_free (BsBarFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarFile, bs_bar_file_free)

G_END_DECLS
