/* bs-fidelity-report.h: how far the live path's answers are from the plain FP32 path's */
#pragma once

#include "inference/predict/bs-options.h"

G_BEGIN_DECLS

/** Comparisons of one kind. */
typedef struct
{
  guint64 n;       /* comparisons */
  guint64 n_agree; /* of them, with the same most probable class */
  guint64 n_over;  /* of them, further apart than the limit in force then */
  double sum, max; /* of |difference of confidence| */
} BsFidelityFigures;

/** What is compared: the answers by the plain FP32 network. */
typedef enum
{
  /* On the very inputs that the live path took: what the number format and the backend change. It has a limit. */
  BS_FIDELITY_NETWORK,
  /* With the features computed plainly from the same bars too: what all switches together change. Those that change the
   * features by their nature have no limit: what they do is shown. */
  BS_FIDELITY_ALL,
  BS_N_FIDELITY_KINDS
} BsFidelityKind;

/** Both kinds, of the bars since the switches or the model were changed last, and of all since the monitor was made. */
typedef struct
{
  BsFidelityFigures since_switch[BS_N_FIDELITY_KINDS];
  BsFidelityFigures session[BS_N_FIDELITY_KINDS];
  guint64 n_left_out; /* comparisons of the session that were due and not made: the monitor was behind */
} BsFidelityReport;

/** bs_fidelity_figures_add: one comparison */
void bs_fidelity_figures_add (BsFidelityFigures *self, gboolean agree, double difference, double limit);
/** bs_fidelity_figures_mean: |difference| on average, 0 where there was no comparison */
double bs_fidelity_figures_mean (const BsFidelityFigures *self);
/** bs_fidelity_figures_agreement: part of the comparisons that agree, 0..1; 1 where there was none */
double bs_fidelity_figures_agreement (const BsFidelityFigures *self);

/** bs_fidelity_limit: of the network's |difference of confidence| with @options: what their precision promises; with
 * prune=on the difference from the full network that would be noticed, 0.1 */
double bs_fidelity_limit (const BsOptions *options);

/**
 * bs_fidelity_differences:
 *
 * Returns: (transfer full): the switches of @options that may change the answer and are not as on the plain path, as
 * --set takes them ("hurst-cache=on precision=int8"); "" where there are none
 */
char *bs_fidelity_differences (const BsOptions *options);

G_END_DECLS
