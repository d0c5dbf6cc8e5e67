/* bs-serve-training.h: a training on the bars that have been posted, one at a time, in the background */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "inference/model/bs-model.h"

G_BEGIN_DECLS

typedef struct _BsServeTraining BsServeTraining;

/**
 * bs_serve_training_new:
 * @path: where the model is written, whole or not at all, once it is trained
 * @done: called on the training's thread once @path has been written
 */
BsServeTraining *bs_serve_training_new (const char *path, void (*done) (gpointer data),
                                        gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/** Cancels what runs and waits for it (an epoch at most). */
void bs_serve_training_free (BsServeTraining *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsServeTraining, bs_serve_training_free)

/**
 * bs_serve_training_begin:
 * @primary, @secondary: (nullable for @secondary): copied
 *
 * Begins to train at low priority, unless a training runs already. Thread: one, always the same.
 *
 * Returns: whether it has begun
 */
gboolean bs_serve_training_begin (BsServeTraining *self, const char *instrument, const BsBarFile *primary,
                                  const BsBarFile *secondary);

/** bs_serve_training_status: whether one runs; @fraction: done, 0..1; @problem: (transfer full) (nullable): why the last one failed */
gboolean bs_serve_training_status (BsServeTraining *self, double *fraction, char **problem);

G_END_DECLS
