/* bs-fidelity.h: how far the faster paths through the network are from FP32 by the reference engine, over real bars */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** Bars whose answers are compared on a Vulkan device that is really the CPU, which takes milliseconds a window: the newest. */
#define BS_FIDELITY_CPU_DEVICE_BARS 300

/** One path against the reference, over all full windows. */
typedef struct
{
  const char *name; /* "cpu/int8" */
  double limit;     /* of max: what the path promises */
  double clear;     /* a class is clear where FP32's two best are further apart: there the path must say the same */
  guint64 n;        /* windows */
  guint64 n_agree;  /* of them, with the same class */
  guint64 n_clear;  /* windows where the reference's class is clear ... */
  guint64 n_clear_agree;  /* ... and of these, with the same class */
  double mean, p99, max;  /* |difference of confidence| */
  double max_probability; /* |difference of a class's probability|, over all classes */
} BsFidelity;

/** What is compared of a signal that is ready. */
typedef struct
{
  BsClass klass; /* before the threshold */
  double probabilities[BS_N_CLASSES];
} BsAnswer;

/** bs_answer_from_signal: @signal is ready */
BsAnswer bs_answer_from_signal (const BsSignal *signal);

/**
 * bs_fidelity_compare:
 * @reference, @answers: [n], n >= 1: element i of both answers the same bar
 * @result: (inout): counts and differences are filled in; name, limit and clear are the caller's
 */
void bs_fidelity_compare (const BsAnswer *reference, const BsAnswer *answers, gsize n, BsFidelity *result);

/** bs_fidelity_kept: whether @self is within its limit and agrees wherever the class is clear */
gboolean bs_fidelity_kept (const BsFidelity *self);

/**
 * bs_fidelity_measure:
 * @primary: the bars
 * @secondary: (nullable)
 *
 * Takes the bars through the network by the reference engine, by every path of the cpu engine and, where there is a Vulkan
 * device, by those of the vulkan engine.
 *
 * Returns: (transfer full) (element-type BsFidelity): one for each path; %NULL with an error, also where there is no full
 * window
 */
GArray *bs_fidelity_measure (BsModel *model, const BsBarSeries *primary, const BsBarSeries *secondary,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_fidelity_to_text: (transfer full): a table */
char *bs_fidelity_to_text (const GArray *results);
/** bs_fidelity_to_json: (transfer full): an array of objects */
char *bs_fidelity_to_json (const GArray *results);

G_END_DECLS
