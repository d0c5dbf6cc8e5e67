/* bs-sidebar.h: signal, switches and model card beside the chart, and what the user changes there */
#pragma once

#include "app/bs-presenter.h"
#include "ui/panels/bs-fidelity-panel.h"

G_BEGIN_DECLS

#define BS_TYPE_SIDEBAR (bs_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (BsSidebar, bs_sidebar, BS, SIDEBAR, GtkWidget)

/**
 * bs_sidebar_setup:
 * @presenter: whose session is shown and commanded; a reference is taken
 * @options: in force before the first session
 *
 * Signals "threshold-changed" (double) and "options-changed" (what they were before: gpointer const BsOptions *), both after
 * they were passed on; "options-adjusted" (string: which switches give way to one that the user has thrown, and why).
 */
void bs_sidebar_setup (BsSidebar *self, BsPresenter *presenter, const BsOptions *options, double threshold);

/** bs_sidebar_set_model: @model: (nullable) */
void bs_sidebar_set_model (BsSidebar *self, BsModel *model, const char *path);
/** bs_sidebar_fidelity_panel: (transfer none) */
BsFidelityPanel *bs_sidebar_fidelity_panel (BsSidebar *self);
/** bs_sidebar_set_effect: what @option was last measured to do here, in words, see bs_switch_panel_set_effect() */
void bs_sidebar_set_effect (BsSidebar *self, BsOption option, const char *text);
/** What a session begins with, for all to see. Emits nothing. */
void bs_sidebar_begin (BsSidebar *self, const BsOptions *options, double threshold);
/** What the user has chosen: for the next session, unless that is a recording with its own. Owned by @self. */
const BsOptions *bs_sidebar_own_options (BsSidebar *self);
double bs_sidebar_own_threshold (BsSidebar *self);
/** The options in force. Owned by @self. */
const BsOptions *bs_sidebar_options (BsSidebar *self);
/** Sets the threshold as the user does with the panel's own control: for the session, and told by "threshold-changed". */
void bs_sidebar_set_threshold (BsSidebar *self, double threshold);

G_END_DECLS
