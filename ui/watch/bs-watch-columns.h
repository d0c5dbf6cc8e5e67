/* bs-watch-columns.h: the columns of the watchlist, one table */
#pragma once

#include "ui/watch/bs-watch-row.h"

G_BEGIN_DECLS

/** Room for the text of any cell. */
#define BS_WATCH_TEXT_LENGTH 128

typedef enum
{
  BS_WATCH_TEXT,
  BS_WATCH_SIGNAL, /* the shape of the class stands before the text */
  BS_WATCH_SPARK,  /* a line, no text */
} BsWatchColumnKind;

/** Which way a cell's text points, beside its sign or word: for its colour. */
typedef enum
{
  BS_WATCH_PLAIN,
  BS_WATCH_QUIET,
  BS_WATCH_UP,
  BS_WATCH_DOWN,
  BS_WATCH_WARNING,
} BsWatchTone;

typedef struct
{
  const char *id;
  const char *title;  /* untranslated */
  const char *widest; /* text that the column has room for */
  BsWatchColumnKind kind;
  gboolean right;   /* figures stand right */
  gboolean changes; /* with the bars or the clock: an order by it has to be made anew */

  /* What the column says: @buffer [BS_WATCH_TEXT_LENGTH], or a static text. @now_us: monotonic clock. */
  const char *(*text) (const BsWatchValues *values, gint64 now_us, char *buffer);
  BsWatchTone (*tone) (const BsWatchValues *values, gint64 now_us); /* (nullable): plain */
  /* < 0 where @a stands before @b in rising order; what has no value comes last in it. */
  int (*compare) (const BsWatchValues *a, const BsWatchValues *b);
} BsWatchColumn;

/** bs_watch_column_nth: (nullable): column @i from the left; %NULL past the last. Static. */
const BsWatchColumn *bs_watch_column_nth (guint i);

/** bs_watch_row_summary: (transfer full): the row in a sentence, for a screen reader: "ES, long, 72 %, last 4,750.25 ..." */
char *bs_watch_row_summary (const BsWatchValues *values, gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
