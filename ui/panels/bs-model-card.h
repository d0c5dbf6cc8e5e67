/* bs-model-card.h: what the model in use is: its name, its training, its shape, and its honest validation figures */
#pragma once

#include <gtk/gtk.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

#define BS_TYPE_MODEL_CARD (bs_model_card_get_type ())
G_DECLARE_FINAL_TYPE (BsModelCard, bs_model_card, BS, MODEL_CARD, GtkWidget)

/** bs_model_card_new: a card that says that no model is loaded. Thread: main. */
GtkWidget *bs_model_card_new (void);

/** bs_model_card_set_heading: "Model" at first; %NULL for none */
void bs_model_card_set_heading (BsModelCard *self, const char *heading);

/**
 * bs_model_card_set_model:
 * @model: (nullable): takes a reference
 * @path: (nullable): where it was loaded from, in the file system's encoding; shown as a tooltip of the name
 *
 * Everything shown comes from @model and its metadata; a `validation` entry that is not the JSON expected is shown as the
 * text that it is.
 */
void bs_model_card_set_model (BsModelCard *self, BsModel *model, const char *path);

G_END_DECLS
