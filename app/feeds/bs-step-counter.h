/* bs-step-counter.h: the most common distance between times */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Counts the steps from one time to the next; takes bounded memory whatever it is fed. */
typedef struct
{
  GHashTable *counts; /* gint64 * -> guint64 * */
  gint64 run_step_us; /* of the run of equal steps going on */
  guint64 run_count;
} BsStepCounter;

void bs_step_counter_init (BsStepCounter *self);
void bs_step_counter_clear (BsStepCounter *self);
/** bs_step_counter_add: one more step, in us, above 0 */
void bs_step_counter_add (BsStepCounter *self, gint64 step_us);
/** bs_step_counter_most_common: in us; of two as common the shorter; 0 where there was none */
gint64 bs_step_counter_most_common (BsStepCounter *self);

G_END_DECLS
