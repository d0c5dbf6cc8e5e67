/* bs-switcher.h: options and models for a predictor that takes bars meanwhile */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

typedef enum
{
  BS_SWITCHER_BUSY, /* nothing to say: no answer is due, or it takes a while */
  BS_SWITCHER_DONE, /* the predictor has what was asked for last */
  BS_SWITCHER_REFUSED,
} BsSwitcherAnswer;

/**
 * BsSwitcher:
 *
 * Takes what is asked of a predictor between two bars. What needs another engine is made on a thread of its own while bars
 * go on with the old one, and swapped in when it is there; the old one is freed there, too. Asked anew meanwhile, only the
 * newest wish counts, and gets the one answer. Thread: the predictor's, but for what is said to be another.
 */
typedef struct _BsSwitcher BsSwitcher;

/**
 * bs_switcher_new:
 * @predictor: must live as long
 * @wake: called on another thread when bs_switcher_poll() has something to do
 */
BsSwitcher *bs_switcher_new (BsPredictor *predictor, void (*wake) (gpointer data),
                             gpointer wake_data) G_GNUC_WARN_UNUSED_RESULT;
/** Waits for what is being made. Thread: any, once nobody else uses it. */
void bs_switcher_free (BsSwitcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsSwitcher, bs_switcher_free)

/**
 * bs_switcher_ask:
 * @options: (nullable): %NULL for those that were asked for last
 * @model: (nullable): likewise
 *
 * Returns: %BS_SWITCHER_DONE; %BS_SWITCHER_REFUSED with @error set and the predictor as it was; %BS_SWITCHER_BUSY where the
 * answer comes from bs_switcher_poll()
 */
BsSwitcherAnswer bs_switcher_ask (BsSwitcher *self, const BsOptions *options, BsModel *model, GError **error);

/** bs_switcher_poll: applies what has become ready. Cheap where there is nothing: for every bar. Returns: as bs_switcher_ask() */
BsSwitcherAnswer bs_switcher_poll (BsSwitcher *self, GError **error);

G_END_DECLS
