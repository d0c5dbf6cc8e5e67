/* bs-layer-why.h: which bars of the window mattered for the newest signal, at the top of the price pane */
#pragma once

#include "inference/train/bs-explain-monitor.h"
#include "ui/chart/bs-chart-layer.h"

G_BEGIN_DECLS

typedef struct _BsLayerWhy BsLayerWhy;

/**
 * bs_layer_why_add: adds the layer to @chart, which owns it
 *
 * A column above each bar of the window: as high as its part is large, above the line where it speaks for the class (in the class's
 * colour), below where against it (dim).
 */
BsLayerWhy *bs_layer_why_add (BsChart *chart);

/**
 * bs_layer_why_set:
 * @why: (nullable): copied; %NULL: nothing is drawn
 * @pinned: whether it is of a bar that the user has chosen: a line through the pane shows which
 *
 * Cheap where nothing changed. Thread: main.
 */
void bs_layer_why_set (BsLayerWhy *self, const BsWhy *why, gboolean pinned);

G_END_DECLS
