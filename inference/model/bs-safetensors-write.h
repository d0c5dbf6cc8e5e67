/* bs-safetensors-write.h: a model to the file that bs_model_load() reads (docs/model-format.md) */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/**
 * bs_model_metadata_copy:
 *
 * All metadata entries of @self, string to string, owning copies, to change and to hand to bs_model_save(); empty where the
 * model has none.
 *
 * Returns: (transfer full): a tree ordered by key
 */
GTree *bs_model_metadata_copy (const BsModel *self) G_GNUC_WARN_UNUSED_RESULT;

/** bs_model_metadata_new: (transfer full): no entries yet: string to string, ordered by key */
GTree *bs_model_metadata_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_model_metadata_set: sets @key in such a tree to a copy of @value; with @value %NULL removes it. */
void bs_model_metadata_set (GTree *metadata, const char *key, const char *value);

/** bs_model_metadata_merge: copies every entry of @from (nullable) into @metadata */
void bs_model_metadata_merge (GTree *metadata, GTree *from);

/** bs_model_metadata_add_facts: `format`, `feature_set`, `sequence_length`, `classes` and `temperature` as the fields of
 * @model say */
void bs_model_metadata_add_facts (GTree *metadata, const BsModel *model);

/**
 * bs_model_to_bytes:
 * @pruned: (nullable): a smaller network to store beside @self under `pruned.`; its scaler is not stored
 * @metadata: (nullable): string to string; %NULL for those of @self
 *
 * The bytes of a safetensors file: the scaler in F64, the weights in F32, so that bs_model_load_bytes() gives every number
 * back to the bit. `format`, `feature_set`, `sequence_length`, `classes` and `temperature` are written from the fields of
 * @self, whatever @metadata says of them. The same model and metadata give the same bytes. What has been written is loaded
 * again before it is returned: a weight that is not finite, or text that is not UTF-8, is an error here and not later.
 *
 * @self and @pruned are only read: any thread. A model's two LSTM biases are one sum (see #BsLstmLayer): it is stored as
 * `bias_ih`, and `bias_hh` is 0.
 *
 * Returns: (transfer full): the file; %NULL with a %BS_MODEL_ERROR
 */
GBytes *bs_model_to_bytes (const BsModel *self, const BsModel *pruned, GTree *metadata,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_model_save:
 *
 * Writes bs_model_to_bytes() to @path: whole or not at all, what was there before stays until the new file is complete on
 * disk.
 *
 * Returns: %FALSE with a %BS_MODEL_ERROR that names @path
 */
gboolean bs_model_save (const BsModel *self, const BsModel *pruned, GTree *metadata, const char *path, GError **error);

G_END_DECLS
