/* bs-lab-histogram.h: the times of two runs over each other */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BS_TYPE_LAB_HISTOGRAM (bs_lab_histogram_get_type ())
G_DECLARE_FINAL_TYPE (BsLabHistogram, bs_lab_histogram, BS, LAB_HISTOGRAM, GtkWidget)

/**
 * bs_lab_histogram_set_run:
 * @which: 0 or 1
 * @name: (nullable): %NULL for none
 * @us: [n], > 0; copied
 */
void bs_lab_histogram_set_run (BsLabHistogram *self, guint which, const char *name, const double *us, guint n);

G_END_DECLS
