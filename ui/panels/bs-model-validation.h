/* bs-model-validation.h: the figures in a model's `validation` metadata, as docs/model-format.md names them */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Longest text looked at, bytes: a model's metadata is a stranger's. */
#define BS_MODEL_VALIDATION_MAX_LENGTH (64 * 1024)

/** Parts of one, 0..1; NAN where the text does not say. */
typedef struct
{
  double accuracy, accuracy_low, accuracy_high; /* with its 95 % interval */
  double majority, last_direction, logistic;    /* accuracy of the baselines */
  double calibration_error;                     /* expected, of the confidence */
  double signals_share;                         /* of bars that get a long or a short at signal_threshold */
  double signals_precision;                     /* of those that were right */
  double signal_threshold;
  double n_bars;             /* of the test part */
  char *test_from, *test_to; /* (nullable): as written */
} BsModelValidation;

/**
 * bs_model_validation_parse:
 * @text: the metadata entry
 *
 * Returns: (transfer full): the figures; %NULL where @text is not a JSON object, says no accuracy, or a figure that is
 * named here is not a number in its range
 */
BsModelValidation *bs_model_validation_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_model_validation_free (BsModelValidation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsModelValidation, bs_model_validation_free)

typedef enum
{
  BS_MODEL_VALIDATION_UNKNOWN, /* no baseline to compare with */
  BS_MODEL_VALIDATION_WORSE,   /* a baseline is better */
  BS_MODEL_VALIDATION_UNSURE,  /* better, but a baseline lies within the interval */
  BS_MODEL_VALIDATION_BETTER,  /* better than every baseline by more than chance */
} BsModelVerdict;

/** bs_model_validation_verdict: how the model stands against the better of its baselines. */
BsModelVerdict bs_model_validation_verdict (const BsModelValidation *self);

G_END_DECLS
