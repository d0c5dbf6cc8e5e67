/* bs-predictor-arguments.h: --model, --threshold, --device and --set: the same for predict and backtest */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** What the command line said. Begin with BS_PREDICTOR_ARGUMENTS_INIT, clear with bs_predictor_arguments_clear(). */
typedef struct
{
  char *model; /* path; the demonstration model's once checked */
  char *device;
  char **assignments;
  double threshold;
  BsOptions options; /* once checked */
} BsPredictorArguments;

#define BS_PREDICTOR_ARGUMENTS_INIT                                                                                    \
  {                                                                                                                    \
    .threshold = BS_DEFAULT_THRESHOLD                                                                                  \
  }

/** bs_predictor_arguments_add: adds the options to @context; @self outlives the parsing */
void bs_predictor_arguments_add (BsPredictorArguments *self, GOptionContext *context);
void bs_predictor_arguments_clear (BsPredictorArguments *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsPredictorArguments, bs_predictor_arguments_clear)

/** bs_predictor_arguments_describe: (transfer full): the options that --set knows, for the end of --help */
char *bs_predictor_arguments_describe (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_predictor_arguments_check: %BS_EXIT_DONE, or the exit status to end with; what was asked wrongly goes to stderr */
int bs_predictor_arguments_check (BsPredictorArguments *self, const char *command);

/**
 * bs_predictor_arguments_make:
 * @self: checked
 * @secondary: (nullable): its bars are pushed
 * @status: (out): the exit status where it returns %NULL
 *
 * Returns: (transfer full): a predictor for @primary's bars, none of which it has
 */
BsPredictor *bs_predictor_arguments_make (const BsPredictorArguments *self, const char *command, const BsBarFile *primary,
                                          const BsBarFile *secondary, int *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
