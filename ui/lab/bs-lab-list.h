/* bs-lab-list.h: comparisons as a table with a whisker chart in it */
#pragma once

#include <gtk/gtk.h>

#include "ui/lab/bs-lab-whisker.h"

G_BEGIN_DECLS

/** One comparison, ready to be shown. Strings are translated; all but those said to be nullable are there. */
typedef struct
{
  const char *name;
  const char *note;  /* (nullable): a second line */
  const char *words; /* all of it in one sentence, for a tooltip and a screen reader */
  BsLabKind kind;
  double ratio, low, high;
  const char *time;       /* of the arm: "48.5 µs" */
  const char *ratio_text; /* "×1.45" */
  const char *verdict;
  const char *agreement;
  const char *difference; /* largest |difference of confidence| */
} BsLabRow;

/** Signal "selected" (guint index): another row is the selected one. */
#define BS_TYPE_LAB_LIST (bs_lab_list_get_type ())
G_DECLARE_FINAL_TYPE (BsLabList, bs_lab_list, BS, LAB_LIST, GtkWidget)

/** bs_lab_list_set_rows: @rows: [n], copied; @band: ratios this close to 1 are noise */
void bs_lab_list_set_rows (BsLabList *self, const BsLabRow *rows, guint n, double band);

/** bs_lab_list_parts: (transfer none): header and rows, whole, however much of them is in view: for a picture */
void bs_lab_list_parts (BsLabList *self, GtkWidget **header, GtkWidget **rows);

G_END_DECLS
