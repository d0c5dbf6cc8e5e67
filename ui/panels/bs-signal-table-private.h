/* bs-signal-table-private.h: what the parts of the signal table share */
#pragma once

#include "ui/bs-palette.h"
#include "ui/panels/bs-signal-columns.h"
#include "ui/panels/bs-signal-table.h"

G_BEGIN_DECLS

/** Rows whose texts are kept laid out: more than are ever in sight. A power of two. */
#define BS_SIGNAL_TABLE_N_CACHED 256

/** Texts of a row, laid out. A row keeps its number while it moves down, so a new signal costs one row's texts. */
typedef struct
{
  gboolean used;
  guint64 number;
  PangoLayout *cells[BS_N_SIGNAL_COLUMNS];
} BsSignalTableRow;

struct _BsSignalTable
{
  GtkWidget parent_instance;
  BsSignalLogModel *model;
  GtkAdjustment *adjustments[2]; /* by GtkOrientation; horizontally nothing scrolls: columns leave instead */
  guint decimals;
  BsSignalTableRow *cache; /* [BS_SIGNAL_TABLE_N_CACHED], number n at n % BS_SIGNAL_TABLE_N_CACHED */
  int widths[BS_N_SIGNAL_COLUMNS]; /* px; 0: not measured */
  int row_height;                  /* px */
  guint64 selected;                /* number, or BS_SIGNAL_LOG_NO_NUMBER */
  guint64 anchor;                  /* number of the row at the top */
  double anchor_offset;            /* px of it that are scrolled away */
  gboolean follows;                /* the newest row, which is in sight */
  double pointer;                  /* px from the top, negative: outside */
  BsPalette palette;
  gboolean palette_read;
};

/* bs-signal-table.c */
guint bs_signal_table_n_rows (BsSignalTable *self);
/** How far it is scrolled, px from the top of the first row. */
double bs_signal_table_scrolled (BsSignalTable *self);

/* bs-signal-table-draw.c */
/** Forgets the texts of all rows. */
void bs_signal_table_drop_rows (BsSignalTable *self);
/** Forgets all texts and what was measured from them: the font has changed. */
void bs_signal_table_drop_layouts (BsSignalTable *self);
/** Reads the colours and measures the widths and the height of a row, where that is missing. */
void bs_signal_table_ensure_layouts (BsSignalTable *self);
void bs_signal_table_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                              int *minimum_baseline, int *natural_baseline);
void bs_signal_table_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

G_END_DECLS
