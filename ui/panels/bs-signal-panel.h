/* bs-signal-panel.h: the newest signal, large: class, confidence, probabilities, and why it is what it is */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

#define BS_TYPE_SIGNAL_PANEL (bs_signal_panel_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalPanel, bs_signal_panel, BS, SIGNAL_PANEL, GtkWidget)

/**
 * bs_signal_panel_new:
 *
 * Properties: "threshold" (double, 0..1: what the control shows; setting it does not emit "threshold-changed").
 * Signal "threshold-changed" (double threshold): the user asks for another threshold; it is judged by at the next bar,
 * and the panel says so until a signal comes that was.
 *
 * Thread: main.
 */
GtkWidget *bs_signal_panel_new (void);

/**
 * bs_signal_panel_set_signal:
 * @signal: (nullable): copied; %NULL: nothing yet
 * @threshold: the confidence threshold that @signal was judged with, 0..1
 *
 * Cheap: call it at most once a frame with the newest signal. While the user's own threshold has not yet come back in a
 * signal, @threshold does not move the control.
 */
void bs_signal_panel_set_signal (BsSignalPanel *self, const BsSignal *signal, double threshold);

/**
 * bs_signal_panel_set_stale:
 * @stale: the signal is old: it loses its colour and says why, so that nobody acts on it
 * @reason: (nullable): translated: "No bar for 3 minutes"
 */
void bs_signal_panel_set_stale (BsSignalPanel *self, gboolean stale, const char *reason);

void bs_signal_panel_set_threshold (BsSignalPanel *self, double threshold);
double bs_signal_panel_get_threshold (BsSignalPanel *self);

/**
 * bs_signal_panel_set_sequence_length:
 * @sequence_length: bars that the model's window needs (T); 0 where no model is loaded
 *
 * Lets the warm-up say "12 of 20 bars", with a bar that grows. Property "sequence-length".
 */
void bs_signal_panel_set_sequence_length (BsSignalPanel *self, guint sequence_length);

G_END_DECLS
