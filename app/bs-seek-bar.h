/* bs-seek-bar.h: where a replay stands, as a slider and in words */
#pragma once

#include "app/bs-transport.h"

G_BEGIN_DECLS

#define BS_TYPE_SEEK_BAR (bs_seek_bar_get_type ())
G_DECLARE_FINAL_TYPE (BsSeekBar, bs_seek_bar, BS, SEEK_BAR, GtkWidget)

/** Shows @transport, of which a reference is taken, and seeks in it a moment after the slider has come to rest. */
void bs_seek_bar_set_transport (BsSeekBar *self, BsTransport *transport);

G_END_DECLS
