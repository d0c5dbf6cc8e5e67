/* bs-replay-controls.h: play, step and speed, for the header bar */
#pragma once

#include "app/bs-transport.h"

G_BEGIN_DECLS

#define BS_TYPE_REPLAY_CONTROLS (bs_replay_controls_get_type ())
G_DECLARE_FINAL_TYPE (BsReplayControls, bs_replay_controls, BS, REPLAY_CONTROLS, GtkWidget)

/** Shows @transport, of which a reference is taken. Its buttons activate win.play, win.step and win.speed. */
void bs_replay_controls_set_transport (BsReplayControls *self, BsTransport *transport);

G_END_DECLS
