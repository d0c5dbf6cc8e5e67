/* bs-session-copy.h: a session's bars, copied for another thread a little between two bars, so that none waits for it */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/**
 * BsSessionCopyFunc:
 * @primary: (transfer full) (nullable): the bars that the session had when it was asked; %NULL: there are none to be had, the session
 *   has ended or its bars have begun anew
 * @secondary: (transfer full) (nullable): those known by the time of the newest primary bar, and some before the first
 *
 * Called once for each copy that is asked for. Thread: any.
 */
typedef void (*BsSessionCopyFunc) (BsBarSeries *primary, BsBarSeries *secondary, gpointer data);

typedef struct _BsSessionCopy BsSessionCopy;

/** bs_session_copy_new: @max_bars: how many at most, the newest; 0 for all. Thread: any. */
BsSessionCopy *bs_session_copy_new (gsize max_bars, BsSessionCopyFunc func, gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/** bs_session_copy_begin: the bars that @predictor holds now are to be copied. Thread, here and below: its owner. */
void bs_session_copy_begin (BsSessionCopy *self, const BsPredictor *predictor);
/** bs_session_copy_go_on: copies some, of the same predictor: about 20 us. Returns: whether there are more */
gboolean bs_session_copy_go_on (BsSessionCopy *self);
/** bs_session_copy_end: hands over what was copied, or nothing where that is not all; frees @self. @self: (nullable) */
void bs_session_copy_end (BsSessionCopy *self);

G_END_DECLS
