/* bs-fidelity-panel.h: what the switches do to the answer: the live path beside the plain FP32 path */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-fidelity-report.h"

G_BEGIN_DECLS

/** Bars from one comparison to the next at most. */
#define BS_FIDELITY_PANEL_MAX_EVERY 1000

#define BS_TYPE_FIDELITY_PANEL (bs_fidelity_panel_get_type ())
G_DECLARE_FINAL_TYPE (BsFidelityPanel, bs_fidelity_panel, BS, FIDELITY_PANEL, GtkWidget)

/** bs_fidelity_panel_new: Signal "every-changed" (uint every): the user wants another interval. Thread: main. */
GtkWidget *bs_fidelity_panel_new (void);

/** bs_fidelity_panel_set_report: @report: (nullable): there is none; @options: those in force. Both are copied. */
void bs_fidelity_panel_set_report (BsFidelityPanel *self, const BsFidelityReport *report, const BsOptions *options);
/** bs_fidelity_panel_set_every: bars from one comparison to the next, 0 for none. Emits nothing. */
void bs_fidelity_panel_set_every (BsFidelityPanel *self, guint every);

G_END_DECLS
