/* bs-backtest-training.h: when a model was trained, as its file says: bars of that time prove nothing about it */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/** The bars that a model learnt from, both ends included, us UTC. */
typedef struct
{
  gint64 from_us, to_us;
} BsTrainingPeriod;

/**
 * bs_training_period_read:
 * @model: (nullable)
 * @period: (out caller-allocates)
 *
 * From the entries trained_from and trained_to: ISO 8601, a date alone standing for the whole day; without an offset, UTC. Thread: any.
 *
 * Returns: %FALSE where the model does not say, or not so that it can be understood
 */
gboolean bs_training_period_read (const BsModel *model, BsTrainingPeriod *period);

/** bs_training_period_parse: the same from text; @from, @to: (nullable) */
gboolean bs_training_period_parse (const char *from, const char *to, BsTrainingPeriod *period);

G_END_DECLS
