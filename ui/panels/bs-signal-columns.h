/* bs-signal-columns.h: the columns of the signal log, one table */
#pragma once

#include "ui/panels/bs-signal-log-model.h"

G_BEGIN_DECLS

#define BS_N_SIGNAL_COLUMNS 7
/** Room for the text of any cell. */
#define BS_SIGNAL_COLUMN_LENGTH 128

typedef struct
{
  const char *title;  /* untranslated */
  const char *widest; /* text that the column has room for */
  guint rank;         /* who stays where there is little room: 0 always */
  gboolean right;     /* figures stand right */
  gboolean shape;     /* the shape of the class stands before the text */
  gboolean quiet;     /* read second */
  gboolean sorts;     /* its head orders the rows: by @order */
  BsSignalLogOrder order;
  /* What the column says of @entry: @buffer [BS_SIGNAL_COLUMN_LENGTH], or a static text. @decimals: of prices. */
  const char *(*text) (const BsSignalLogEntry *entry, guint decimals, char *buffer);
} BsSignalColumn;

/** The column @i < BS_N_SIGNAL_COLUMNS, from the left. Static. */
const BsSignalColumn *bs_signal_column (guint i);

/** bs_signal_column_title: (transfer full): as its head says it: "Time (UTC)". */
char *bs_signal_column_title (guint i) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
