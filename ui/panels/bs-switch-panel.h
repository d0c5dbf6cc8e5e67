/* bs-switch-panel.h: every option of the option table as a row with its control */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-options.h"

G_BEGIN_DECLS

#define BS_TYPE_SWITCH_PANEL (bs_switch_panel_get_type ())
G_DECLARE_FINAL_TYPE (BsSwitchPanel, bs_switch_panel, BS, SWITCH_PANEL, GtkWidget)

/**
 * bs_switch_panel_new:
 *
 * One row an option, in the table's order, showing the defaults. Signal "option-changed" (int option, int value): the user
 * asks for a value that the table says can be had; where the owner cannot grant it, it calls
 * bs_switch_panel_set_options() with what holds. Thread: main.
 */
GtkWidget *bs_switch_panel_new (void);

/** bs_switch_panel_set_options: shows @options (copied) and what can be had with them. Emits nothing. */
void bs_switch_panel_set_options (BsSwitchPanel *self, const BsOptions *options);
/** bs_switch_panel_set_effect: @text: (nullable): what @option was last measured to do here; shown under what it is for */
void bs_switch_panel_set_effect (BsSwitchPanel *self, BsOption option, const char *text);
/** The options as shown. Owned by @self. */
const BsOptions *bs_switch_panel_get_options (BsSwitchPanel *self);

G_END_DECLS
