/* bs-bar-tail.h: the bars that another program appends to a file, as they are written */
#pragma once

#include "app/feeds/bs-bar-reader.h"
#include "app/feeds/bs-scid-reader.h"

G_BEGIN_DECLS

/** Where the reading of a file goes on: one of the two readers. */
typedef struct
{
  BsBarReader *rows;     /* (nullable) (owned) */
  BsScidReader *records; /* (nullable) (owned) */
  guint64 offset;        /* in the file: of the first byte that is not read yet */
  char line_end;
} BsBarFollow;

/** bs_bar_file_load_followed: as bs_bar_file_load(), of a plain file; a last line without an end, or a minute that is not over, is
 * left for later. @follow: (out caller-allocates): where to go on */
BsBarFile *bs_bar_file_load_followed (const char *path, const BsBarFileOptions *options, BsBarFollow *follow,
                                      GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A file that grows. Not thread-safe. */
typedef struct _BsBarTail BsBarTail;

/**
 * bs_bar_tail_open:
 * @options: (nullable)
 * @history: (out) (transfer full): what is in the file by now
 *
 * Returns: (transfer full): what goes on from there; %NULL with %BS_BAR_FILE_ERROR
 */
BsBarTail *bs_bar_tail_open (const char *path, const BsBarFileOptions *options, BsBarFile **history,
                             GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_bar_tail_free (BsBarTail *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarTail, bs_bar_tail_free)

/** Takes what has been found. Returns: whether to go on */
typedef struct
{
  gboolean (*bar) (const BsBar *bar, gpointer data);
  void (*refused) (const BsRefusedRow *row, gpointer data); /* line 1 is the first one appended since the opening */
} BsBarTailFuncs;

typedef enum
{
  BS_BAR_TAIL_READ,     /* all that is there has been read */
  BS_BAR_TAIL_GONE,     /* there is no such file now: it may come again */
  BS_BAR_TAIL_REPLACED, /* another file is there, or it has been cut: it has to be opened anew */
  BS_BAR_TAIL_FAILED,   /* it cannot be read: an error says why */
  BS_BAR_TAIL_ENDED,    /* a function has ended it */
} BsBarTailResult;

/** bs_bar_tail_read: reads what has been appended since the last time. Blocks for no longer than reading takes. */
BsBarTailResult bs_bar_tail_read (BsBarTail *self, const BsBarTailFuncs *funcs, gpointer data, GError **error);

G_END_DECLS
