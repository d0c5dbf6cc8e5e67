#include "inference/predict/bs-fidelity-report.h"

#include "inference/engine/bs-engine.h"

/* By BsPrecision: FP32 differs in the order of its sums alone. */
static const double limits[] = {
  [BS_PRECISION_FP32] = 1e-5,
  [BS_PRECISION_INT8] = 0.01,
  [BS_PRECISION_FP16] = 0.001,
};

/* A pruned network is another one: no number format's promise, but what would be noticed. */
#define PRUNED_LIMIT 0.1

/* The switches that may change the answer, as the plain path has them. The others give the same bits, or last bits alone. */
static const struct
{
  BsOption option;
  int plain;
} plain_values[] = {
  { BS_OPTION_HURST_CACHE, FALSE },
  { BS_OPTION_TAIL_WINDOW, FALSE },
  { BS_OPTION_PRECISION, BS_PRECISION_FP32 },
  { BS_OPTION_PRUNE, FALSE },
};

void
bs_fidelity_figures_add (BsFidelityFigures *self, gboolean agree, double difference, double limit)
{
  self->n++;
  self->n_agree += agree;
  self->n_over += difference > limit;
  self->sum += difference;
  self->max = MAX (self->max, difference);
}

double
bs_fidelity_figures_mean (const BsFidelityFigures *self)
{
  return self->n > 0 ? self->sum / (double) self->n : 0;
}

double
bs_fidelity_figures_agreement (const BsFidelityFigures *self)
{
  return self->n > 0 ? (double) self->n_agree / (double) self->n : 1;
}

double
bs_fidelity_limit (const BsOptions *options)
{
  g_return_val_if_fail (bs_option_value_valid (BS_OPTION_PRECISION, options->value[BS_OPTION_PRECISION]), 0);
  return options->value[BS_OPTION_PRUNE] ? PRUNED_LIMIT : limits[options->value[BS_OPTION_PRECISION]];
}

char *
bs_fidelity_differences (const BsOptions *options)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (plain_values); i++)
    {
      BsOption option = plain_values[i].option;
      if (options->value[option] == plain_values[i].plain)
        continue;
      g_autofree char *value = bs_options_value_string (options, option);
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", bs_option_info (option)->name, value);
    }
  return g_string_free (text, FALSE);
}
