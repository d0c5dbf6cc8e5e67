/* bs-why-panel.h: the features that mattered most for a signal, and all groups of features, as signed bars */
#pragma once

#include <gtk/gtk.h>

#include "inference/train/bs-explain-monitor.h"

G_BEGIN_DECLS

#define BS_TYPE_WHY_PANEL (bs_why_panel_get_type ())
G_DECLARE_FINAL_TYPE (BsWhyPanel, bs_why_panel, BS, WHY_PANEL, GtkWidget)

#define BS_WHY_PANEL_FEATURES 5

/** bs_why_panel_new: with nothing to explain yet. Thread: main. */
GtkWidget *bs_why_panel_new (void);

/**
 * bs_why_panel_set:
 * @why: (nullable): copied; %NULL: nothing to explain, or not yet
 * @pinned: whether it is of a bar that the user has chosen
 * @stale: drawn without colour
 *
 * Cheap: call it at most once a frame.
 */
void bs_why_panel_set (BsWhyPanel *self, const BsWhy *why, gboolean pinned, gboolean stale);

G_END_DECLS
