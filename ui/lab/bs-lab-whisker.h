/* bs-lab-whisker.h: one ratio with its interval on an axis that many share, or that axis itself */
#pragma once

#include <gtk/gtk.h>

#include "ui/lab/bs-lab-scale.h"

G_BEGIN_DECLS

/** What is said of a comparison; shown by colour and by shape. */
typedef enum
{
  BS_LAB_NONE, /* not measured: nothing is drawn */
  BS_LAB_FASTER,
  BS_LAB_SLOWER,
  BS_LAB_NOISE,
} BsLabKind;

#define BS_TYPE_LAB_WHISKER (bs_lab_whisker_get_type ())
G_DECLARE_FINAL_TYPE (BsLabWhisker, bs_lab_whisker, BS, LAB_WHISKER, GtkWidget)

/** bs_lab_whisker_new: @scale: copied; @band: ratios this close to 1 are noise: drawn as a band */
GtkWidget *bs_lab_whisker_new (const BsLabScale *scale, double band);
/** bs_lab_whisker_new_axis: the labels of @scale */
GtkWidget *bs_lab_whisker_new_axis (const BsLabScale *scale);
void bs_lab_whisker_set_ratio (BsLabWhisker *self, double ratio, double low, double high, BsLabKind kind);

G_END_DECLS
