/* bs-lab-page.h: the ablation lab in the window: what each optimization does to speed and to the answer, here and now */
#pragma once

#include "app/bs-presenter.h"
#include "app/bs-sidebar.h"

G_BEGIN_DECLS

#define BS_TYPE_LAB_PAGE (bs_lab_page_get_type ())
G_DECLARE_FINAL_TYPE (BsLabPage, bs_lab_page, BS, LAB_PAGE, GtkWidget)

/**
 * bs_lab_page_setup:
 * @presenter: whose bars are measured with: those on the chart when a run begins; a reference is taken
 * @sidebar: whose switches are the baseline; a reference is taken
 */
void bs_lab_page_setup (BsLabPage *self, BsPresenter *presenter, BsSidebar *sidebar);

/**
 * bs_lab_page_set_loaded:
 * @loaded: (nullable): bars and model of the next run; not kept longer than until the next call
 *
 * A run that is under way goes on with the bars that it began with.
 */
void bs_lab_page_set_loaded (BsLabPage *self, const BsLoaded *loaded);

G_END_DECLS
