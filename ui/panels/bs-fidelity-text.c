#include "ui/panels/bs-fidelity-text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-number.h"

/* Digits after the point that tell a difference from a limit. */
#define DECIMALS 4
#define FINE_DECIMALS 6
#define FINE_LIMIT 1e-4

static guint
decimals_for (double limit)
{
  return limit < FINE_LIMIT ? FINE_DECIMALS : DECIMALS;
}

/* A difference that is not 0 does not look like 0. */
static char *
difference_text (double value, guint decimals)
{
  char number[BS_NUMBER_LENGTH];
  double least = pow (10.0, -(double) decimals);
  if (value > 0 && value < least)
    return g_strdup_printf ("<%s", bs_number_format (number, least, decimals));
  return g_strdup (bs_number_format (number, value, decimals));
}

/* "0.01": as it is written, without zeros at its end. */
static char *
limit_text (double limit)
{
  char number[BS_NUMBER_LENGTH];
  guint decimals = 0;
  while (decimals < FINE_DECIMALS && fabs (limit * pow (10.0, decimals) - 1.0) > 0.5)
    decimals++;
  return g_strdup (bs_number_format (number, limit, decimals));
}

/* All or not all must be told apart, whatever rounding makes of it. */
static char *
agreement_text (const BsFidelityFigures *figures)
{
  char number[BS_NUMBER_LENGTH];
  double agreement = bs_fidelity_figures_agreement (figures);
  if (agreement < 1.0)
    agreement = MIN (agreement, 0.999);
  return g_strdup (bs_number_format_percent (number, agreement, agreement < 1.0 ? 1 : 0));
}

gboolean
bs_fidelity_text_is_over (const BsFidelityReport *report)
{
  return report->since_switch[BS_FIDELITY_NETWORK].n_over > 0;
}

char *
bs_fidelity_text_difference (const BsFidelityFigures *figures, const BsOptions *options)
{
  return figures->n > 0 ? difference_text (figures->max, decimals_for (bs_fidelity_limit (options))) : g_strdup ("–");
}

/* "mean 0.0003, 99.7 % same signal, 240 bars compared" */
static char *
figures_text (const BsFidelityFigures *figures, guint decimals)
{
  char count[BS_NUMBER_LENGTH];
  g_autofree char *mean = difference_text (bs_fidelity_figures_mean (figures), decimals);
  g_autofree char *agreement = agreement_text (figures);
  return g_strdup_printf (g_dngettext (NULL, "mean %s, %s same signal, %s bar compared",
                                       "mean %s, %s same signal, %s bars compared", figures->n),
                          mean, agreement, bs_number_format_count (count, figures->n));
}

char *
bs_fidelity_text_network (const BsFidelityReport *report, const BsOptions *options)
{
  const BsFidelityFigures *figures = &report->since_switch[BS_FIDELITY_NETWORK];
  double value = bs_fidelity_limit (options);
  g_autofree char *limit = limit_text (value);
  if (figures->n == 0)
    return g_strdup_printf (_ ("Not compared yet. Limit %s"), limit);

  g_autofree char *text = figures_text (figures, decimals_for (value));
  if (figures->n_over == 0)
    return g_strdup_printf (_ ("Within the limit of %s: %s"), limit, text);
  char over[BS_NUMBER_LENGTH];
  return g_strdup_printf (_ ("Over the limit of %s at %s: %s"), limit, bs_number_format_count (over, figures->n_over),
                          text);
}

char *
bs_fidelity_text_all (const BsFidelityReport *report, const BsOptions *options)
{
  const BsFidelityFigures *figures = &report->since_switch[BS_FIDELITY_ALL];
  g_autofree char *differences = bs_fidelity_differences (options);
  g_autofree char *which = *differences != '\0' ? g_strdup_printf (_ ("Not as on the plain path: %s"), differences)
                                                : g_strdup (_ ("All as on the plain path"));
  if (figures->n == 0)
    return g_steal_pointer (&which);
  g_autofree char *text = figures_text (figures, decimals_for (bs_fidelity_limit (options)));
  return g_strdup_printf ("%s; %s", which, text);
}

char *
bs_fidelity_text_session (const BsFidelityReport *report)
{
  const BsFidelityFigures *network = &report->session[BS_FIDELITY_NETWORK];
  const BsFidelityFigures *all = &report->session[BS_FIDELITY_ALL];
  char compared[BS_NUMBER_LENGTH], left_out[BS_NUMBER_LENGTH], over[BS_NUMBER_LENGTH];
  g_autofree char *network_max = difference_text (network->max, DECIMALS);
  g_autofree char *all_max = difference_text (all->max, DECIMALS);
  g_autofree char *agreement = agreement_text (all);
  return g_strdup_printf (
    _ ("%s compared, %s left out; largest %s (network), %s (all); %s same signal; %s over a limit"),
    bs_number_format_count (compared, all->n), bs_number_format_count (left_out, report->n_left_out), network_max,
    all_max, agreement, bs_number_format_count (over, network->n_over));
}

char *
bs_fidelity_text_status (const BsFidelityReport *report, const BsOptions *options)
{
  const BsFidelityFigures *figures = &report->since_switch[BS_FIDELITY_NETWORK];
  if (figures->n == 0)
    return g_strdup ("");
  g_autofree char *difference = bs_fidelity_text_difference (figures, options);
  g_autofree char *agreement = agreement_text (figures);
  if (figures->n_over == 0)
    return g_strdup_printf (_ ("ΔP %s, %s"), difference, agreement);
  g_autofree char *limit = limit_text (bs_fidelity_limit (options));
  return g_strdup_printf (_ ("ΔP %s over %s, %s"), difference, limit, agreement);
}
