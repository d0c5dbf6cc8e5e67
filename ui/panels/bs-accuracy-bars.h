/* bs-accuracy-bars.h: the accuracy of a model beside what needs no model at all */
#pragma once

#include <gtk/gtk.h>

#include "ui/panels/bs-model-validation.h"

G_BEGIN_DECLS

#define BS_TYPE_ACCURACY_BARS (bs_accuracy_bars_get_type ())
G_DECLARE_FINAL_TYPE (BsAccuracyBars, bs_accuracy_bars, BS, ACCURACY_BARS, GtkWidget)

GtkWidget *bs_accuracy_bars_new (void);

/** bs_accuracy_bars_set: a bar for each accuracy that is known, the model's with its interval. */
void bs_accuracy_bars_set (BsAccuracyBars *self, const BsModelValidation *validation);

G_END_DECLS
