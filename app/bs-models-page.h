/* bs-models-page.h: the models that there are, side by side, and training another on the bars of the window */
#pragma once

#include "app/bs-presenter.h"

G_BEGIN_DECLS

#define BS_TYPE_MODELS_PAGE (bs_models_page_get_type ())
G_DECLARE_FINAL_TYPE (BsModelsPage, bs_models_page, BS, MODELS_PAGE, GtkWidget)

/**
 * bs_models_page_setup:
 * @presenter: whose bars are learnt from: those on the chart when a training begins; a reference is taken
 *
 * Signals: "use-model" (BsModel *model, const char *path): the user wants it to answer from the next bar on;
 * "trained" (const char *words): a training has ended: its verdict, or what went wrong. Thread: main.
 */
void bs_models_page_setup (BsModelsPage *self, BsPresenter *presenter);

/**
 * bs_models_page_set_loaded:
 * @loaded: (nullable): bars of the next training and the model that is in use; not kept longer than until the next call
 *
 * A training that is under way goes on with the bars that it began with.
 */
void bs_models_page_set_loaded (BsModelsPage *self, const BsLoaded *loaded);

/** bs_models_page_set_in_use: @model answers now; @model and @path are (nullable) */
void bs_models_page_set_in_use (BsModelsPage *self, BsModel *model, const char *path);

G_END_DECLS
