/* bs-ablation-plan.h: what an ablation measures and compares, generated from the table of options */
#pragma once

#include "inference/predict/bs-options.h"

G_BEGIN_DECLS

typedef enum
{
  BS_ABLATION_ERROR_PLAN,      /* no such plan, or an option or value that is none */
  BS_ABLATION_ERROR_BARS,      /* too few bars, or none that can be predicted */
  BS_ABLATION_ERROR_REPORT,    /* a report that is not one */
  BS_ABLATION_ERROR_CANCELLED, /* before anything was measured */
} BsAblationError;

#define BS_ABLATION_ERROR (bs_ablation_error_quark ())
GQuark bs_ablation_error_quark (void);

/** How an arm is run. */
typedef enum
{
  BS_ABLATION_LIVE, /* one bar after the other, each with its signal: bs_predictor_push() */
  BS_ABLATION_BULK, /* bars that are all there: bs_predictor_push_many(). What batch is about */
} BsAblationWork;
#define BS_N_ABLATION_WORKS (BS_ABLATION_BULK + 1)

/** bs_ablation_work_name: "live" or "bulk". Static. */
const char *bs_ablation_work_name (BsAblationWork work);

/** One setting that is measured. */
typedef struct
{
  char *name; /* "baseline", "hurst-cache=off" ...: unlike any other's */
  BsOptions options;
  BsAblationWork work;
} BsAblationArm;

/** A comparison: one line of the report. */
typedef struct
{
  char *name;   /* "hurst-cache=off"; "baseline again", "everything off", "everything on" */
  char *from;   /* what it was changed from: "hurst-cache=on" */
  char *forced; /* (nullable): what had to be changed in both arms first: "incremental=off" */
  guint base;   /* arms: compared with ... */
  guint arm;    /* ... this one */
} BsAblationComparison;

/** What cannot be measured here, and why. */
typedef struct
{
  char *name;
  char *reason;
} BsAblationLeftOut;

/** Immutable once made. */
typedef struct
{
  char *text;          /* as given: "leave-one-out" */
  BsOptions options;   /* as given */
  GArray *arms;        /* of BsAblationArm; the first is the baseline */
  GArray *comparisons; /* of BsAblationComparison */
  GArray *left_out;    /* of BsAblationLeftOut */
} BsAblationPlan;

/** The plans that have a name, for --help and the page: (nullable) past the last. Static. */
const char *bs_ablation_plan_nth (guint n);
/** bs_ablation_plan_summary: one line on plan @n, untranslated. Static. */
const char *bs_ablation_plan_summary (guint n);

/**
 * bs_ablation_plan_new:
 * @text: "leave-one-out": each switch thrown to its other side (each other value) by itself, from @options;
 *   "add-one": the same, from everything off; "pairs": as leave-one-out, and every two switches together;
 *   "NAME=VALUE,VALUE...": the values of one option
 * @options: checked (bs_options_check())
 *
 * Every row of the options table is in it: as comparisons, or left out with the reason. A value that cannot be had as the
 * other options are is compared with a baseline in which what stands in its way is off already (@forced). Each plan also
 * compares the baseline with itself: a verdict there shows what the machine does to all the others.
 *
 * Returns: (transfer full): %NULL with %BS_ABLATION_ERROR_PLAN or an option error
 */
BsAblationPlan *bs_ablation_plan_new (const char *text, const BsOptions *options,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_ablation_plan_free (BsAblationPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAblationPlan, bs_ablation_plan_free)

/** bs_ablation_plan_off: @options with everything off that can be off together: the honest plain way. */
void bs_ablation_plan_off (const BsOptions *options, BsOptions *off);

G_END_DECLS
