/* bs-loss-curves.h: how a training's losses fall from epoch to epoch */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BS_TYPE_LOSS_CURVES (bs_loss_curves_get_type ())
G_DECLARE_FINAL_TYPE (BsLossCurves, bs_loss_curves, BS, LOSS_CURVES, GtkWidget)

/**
 * bs_loss_curves_begin:
 * @n_fits: fits to come; the last is the model's own, the others are folds of its validation, drawn faintly
 * @n_epochs: of each at most
 *
 * Forgets what was shown. Thread: main, as of all functions here.
 */
void bs_loss_curves_begin (BsLossCurves *self, guint n_fits, guint n_epochs);

/**
 * bs_loss_curves_add:
 * @fit: below n_fits
 * @epoch: 1.., one more than the last of this fit
 * @training, @validation: mean cross entropy, nats
 * @best: whether no epoch of this fit had a lower validation loss so far
 */
void bs_loss_curves_add (BsLossCurves *self, guint fit, guint epoch, double training, double validation, gboolean best);

G_END_DECLS
