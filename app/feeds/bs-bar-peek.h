/* bs-bar-peek.h: what a file of bars would be read as, without reading it all */
#pragma once

#include "app/feeds/bs-bar-format.h"

G_BEGIN_DECLS

/** Bytes of the head that are read, unpacked; of each sample. */
#define BS_BAR_PEEK_HEAD_BYTES (128 * 1024)
#define BS_BAR_PEEK_SAMPLE_BYTES (64 * 1024)

/** The beginning of a file. */
typedef struct
{
  guint64 max_bytes;  /* in: read no further */
  BsBarLayout layout; /* out: how its columns lie */
  char line_end;
  gboolean cut;     /* there is more */
  gboolean gzipped;
  guint64 n_bytes; /* read, unpacked */
} BsBarHead;

/**
 * bs_bar_file_load_head: as bs_bar_file_load(), of the first @head->max_bytes; a last line or record that is cut is left out.
 * That no row is good is no error here. Thread: any.
 */
BsBarFile *bs_bar_file_load_head (const char *path, const BsBarFileOptions *options, BsBarHead *head,
                                  GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** What may be wrong with the way a file would be read: bits. */
typedef enum
{
  BS_BAR_DOUBT_LOOKALIKE = 1 << 0, /* another format looks the same */
  BS_BAR_DOUBT_ZONE = 1 << 1,      /* times without offset, and nobody said of which zone */
  BS_BAR_DOUBT_REFUSED = 1 << 2,   /* rows that would be left out */
  BS_BAR_DOUBT_NO_BARS = 1 << 3,   /* not one good row among those looked at */
} BsBarDoubts;

/** What was seen of a file. */
typedef struct
{
  BsBarFile *head;            /* its first bars, and what would be refused among them, by line */
  const BsBarFormat *lookalike; /* (nullable) */
  BsBarDoubts doubts;
  gboolean has_header;        /* the format was found by the names in the first line */
  gboolean whole;             /* @head is all there is */
  gboolean gzipped;           /* how much there is is not known */
  guint64 size;               /* of the file, bytes */
  guint64 n_estimated;        /* rows of the whole file, about; 0: not known */
  guint64 n_sampled, n_sampled_refused; /* rows further on that were looked at, too */
  char *sampled_reason;       /* (nullable): of the first of them that would be refused */
  gint64 last_close_us;       /* when the last bar closed; G_MININT64: not known */
} BsBarPeek;

/**
 * bs_bar_peek:
 * @options: (nullable): as for bs_bar_file_load()
 *
 * Reads the first 128 KiB of a plain file (gzipped or not), and of what is not gzipped 64 KiB in the middle and at the end:
 * as long for 100 MB as for one. What it tells of the rest is a sample. Thread: any (it blocks: use a worker).
 *
 * Returns: (transfer full): %NULL with %BS_BAR_FILE_ERROR where no format fits or it cannot be read, or with
 * %G_IO_ERROR_CANCELLED
 */
BsBarPeek *bs_bar_peek (const char *path, const BsBarFileOptions *options, GCancellable *cancellable,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_bar_peek_free (BsBarPeek *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarPeek, bs_bar_peek_free)

G_END_DECLS
