/* bs-latency-columns.h: which columns the percentile table has: of one choice of predictions, or of two side by side */
#pragma once

#include "ui/latency/bs-latency-figures.h"

G_BEGIN_DECLS

typedef enum
{
  BS_LATENCY_SHOWS_STAGE,
  BS_LATENCY_SHOWS_A,     /* a figure of A, which is all that is shown where there is no B */
  BS_LATENCY_SHOWS_B,     /* the same of B */
  BS_LATENCY_SHOWS_RATIO, /* B / A */
  BS_LATENCY_SHOWS_LAST,  /* the newest prediction, or the one under the cursor */
} BsLatencyShows;

typedef struct
{
  const char *title;  /* untranslated */
  const char *widest; /* text that the column has room for */
  guint rank;         /* who stays where there is little room: 0 always */
  BsLatencyShows shows;
  gsize figure; /* offset in BsLatencyFigures */
} BsLatencyColumn;

#define BS_LATENCY_MAX_COLUMNS 18
#define BS_LATENCY_MAX_RANK 8

/** bs_latency_columns: the columns of one choice, or with @compared of two; @n: (out): how many. Static. */
const BsLatencyColumn *bs_latency_columns (gboolean compared, guint *n);

/**
 * bs_latency_column_text:
 * @text: (out): [BS_NUMBER_LENGTH]
 * @a, @b: (nullable): of the row's stage
 *
 * What a column of figures says; "–" where nothing was counted: no figure, and not "0 ns".
 */
const char *bs_latency_column_text (const BsLatencyColumn *self, const BsLatencyFigures *a, const BsLatencyFigures *b,
                                    char *text);

G_END_DECLS
