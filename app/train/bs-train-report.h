/* bs-train-report.h: a training as a document: what was trained, on what, and what it is worth */
#pragma once

#include "inference/train/bs-trainer.h"

G_BEGIN_DECLS

/** bs_train_report_json: (transfer full): one JSON object: settings, learning curve, the validation of the model's metadata. */
char *bs_train_report_json (const BsTrainResult *result, const char *model_path) G_GNUC_WARN_UNUSED_RESULT;
/** bs_train_report_markdown: (transfer full): the same to read. */
char *bs_train_report_markdown (const BsTrainResult *result, const char *model_path) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_train_report_write:
 * @path: ends in .json or .md
 *
 * Writes the report: whole or not at all.
 */
gboolean bs_train_report_write (const BsTrainResult *result, const char *model_path, const char *path, GError **error);
/** bs_train_report_path_is_known: whether a report can be written under such a name. */
gboolean bs_train_report_path_is_known (const char *path);

G_END_DECLS
