/* bs-signal-text.h: what is said of a signal, in words; the widgets only place it */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** bs_signal_text_class: "LONG", "HOLD" or "SHORT" in the user's language, as the tile writes it. Static. */
const char *bs_signal_text_class (BsClass klass);
/** bs_signal_text_class_word: the same inside a sentence: "long", "hold", "short". Static. */
const char *bs_signal_text_class_word (BsClass klass);
/** bs_signal_text_class_title: the same as a label: "Long", "Hold", "Short". Static. */
const char *bs_signal_text_class_title (BsClass klass);

/** bs_signal_text_runner_up: the second most probable class. */
BsClass bs_signal_text_runner_up (const BsSignal *signal);

/**
 * bs_signal_text_verdict:
 * @signal: (nullable)
 * @threshold: that it was judged with, 0..1
 * @sequence_length: bars that the window needs, 0 where not known
 *
 * One sentence: why the signal is what it is. "Held back: long at 61 % is under the threshold of 65 %." has as many
 * decimals as it takes to tell the two numbers apart.
 *
 * Returns: (transfer full)
 */
char *bs_signal_text_verdict (const BsSignal *signal, double threshold, guint sequence_length);

/** bs_signal_text_range: (transfer full): whether the inputs look like the model's training data. "" while warming up. */
char *bs_signal_text_range (const BsSignal *signal);

/** bs_signal_text_summary: (transfer full): all of it for a screen reader. */
char *bs_signal_text_summary (const BsSignal *signal, double threshold, guint sequence_length);

G_END_DECLS
