/* bs-fidelity-view.h: takes what the session's fidelity monitor says to the panel and the status line */
#pragma once

#include "app/bs-presenter.h"
#include "app/bs-status-title.h"
#include "ui/panels/bs-fidelity-panel.h"

G_BEGIN_DECLS

#define BS_TYPE_FIDELITY_VIEW (bs_fidelity_view_get_type ())
G_DECLARE_FINAL_TYPE (BsFidelityView, bs_fidelity_view, BS, FIDELITY_VIEW, GObject)

/**
 * bs_fidelity_view_new:
 * @presenter: whose session is looked at, a few times a second at most, and for a little while after its last bar
 * @panel, @status: where it is shown; not referenced: they live as long as the presenter works
 * @settings: (nullable): where the interval is kept
 *
 * Thread: main.
 */
BsFidelityView *bs_fidelity_view_new (BsPresenter *presenter, BsFidelityPanel *panel, BsStatusTitle *status,
                                      GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
