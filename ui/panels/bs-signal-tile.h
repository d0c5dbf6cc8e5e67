/* bs-signal-tile.h: the class and its confidence as large as its width allows, on the class's colour */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

#define BS_TYPE_SIGNAL_TILE (bs_signal_tile_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalTile, bs_signal_tile, BS, SIGNAL_TILE, GtkWidget)

/**
 * bs_signal_tile_set:
 * @signal: (nullable): copied
 * @progress: while it warms up: how far it is, 0..1; negative where not known
 * @stale: drawn without colour
 * @text: (nullable): instead of a class where @signal has none
 */
void bs_signal_tile_set (BsSignalTile *self, const BsSignal *signal, double progress, gboolean stale, const char *text);

G_END_DECLS
