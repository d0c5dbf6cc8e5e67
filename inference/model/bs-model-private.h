/* bs-model-private.h: how a model is made; for the files of this folder */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_inputs; /* F */
  guint hidden;   /* H */
  guint n_layers;
  guint n_linear;
  guint linear_outputs[BS_MODEL_MAX_LINEAR]; /* [n_linear] */
} BsModelShape;

/**
 * bs_model_alloc:
 * @metadata: (nullable): takes a reference
 *
 * A model of @shape whose numbers are all zero and still to be written (through casts: they are const to everybody else).
 *
 * Returns: (transfer full): the model; %NULL where there is not so much memory
 */
BsModel *bs_model_alloc (const BsModelShape *shape, GTree *metadata) G_GNUC_WARN_UNUSED_RESULT;

/** bs_model_read_file: (transfer full): all of a regular file of at most 1 GiB; %NULL with %BS_MODEL_ERROR_FILE */
guint8 *bs_model_read_file (const char *path, gsize *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the required metadata say. */
typedef struct
{
  guint sequence_length; /* T, 1..BS_MODEL_MAX_SEQUENCE */
  BsFeatureSet feature_set;
  double temperature; /* > 0 */
} BsModelFacts;

/** bs_model_facts_read: from @metadata, string to string; %FALSE with %BS_MODEL_ERROR_METADATA, which names the entry */
gboolean bs_model_facts_read (BsModelFacts *self, GTree *metadata, GError **error);
void bs_model_set_facts (BsModel *self, const BsModelFacts *facts);

/** bs_model_metadata_tree: (nullable) (transfer none): all metadata, string to string. */
GTree *bs_model_metadata_tree (const BsModel *self);

/** bs_model_take_pruned: makes @pruned (transfer full) the pruned variant of @self. */
void bs_model_take_pruned (BsModel *self, BsModel *pruned);

G_END_DECLS
