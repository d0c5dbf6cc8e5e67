/* bs-model-validation.c: the figures in a model's `validation` metadata */
#include "ui/panels/bs-model-validation.h"

#include <math.h>
#include <string.h>

#include "inference/model/bs-json.h"

#define MAX_VALUES 4096

static const struct
{
  const char *name;
  gsize offset;
  double max;
} figures[] = {
  { "accuracy", G_STRUCT_OFFSET (BsModelValidation, accuracy), 1 },
  { "baseline_majority", G_STRUCT_OFFSET (BsModelValidation, majority), 1 },
  { "baseline_last_direction", G_STRUCT_OFFSET (BsModelValidation, last_direction), 1 },
  { "baseline_logistic", G_STRUCT_OFFSET (BsModelValidation, logistic), 1 },
  { "expected_calibration_error", G_STRUCT_OFFSET (BsModelValidation, calibration_error), 1 },
  { "signals_share", G_STRUCT_OFFSET (BsModelValidation, signals_share), 1 },
  { "signals_precision", G_STRUCT_OFFSET (BsModelValidation, signals_precision), 1 },
  { "signal_threshold", G_STRUCT_OFFSET (BsModelValidation, signal_threshold), 1 },
  { "n_bars", G_STRUCT_OFFSET (BsModelValidation, n_bars), 1e15 },
};

static gboolean
check_range (const char *name, double value, double max, GError **error)
{
  if (value >= 0 && value <= max)
    return TRUE;
  g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_TYPE, "\"%s\" is %g: expected a number from 0 to %g", name, value,
               max);
  return FALSE;
}

static gboolean
read_figures (BsModelValidation *self, const BsJsonValue *root, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      double *target = &G_STRUCT_MEMBER (double, self, figures[i].offset);
      const BsJsonValue *value = bs_json_find (root, figures[i].name);

      *target = NAN;
      if (value != NULL
          && (!bs_json_get_number (value, target, error)
              || !check_range (figures[i].name, *target, figures[i].max, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_interval (BsModelValidation *self, const BsJsonValue *root, GError **error)
{
  static const char name[] = "accuracy_interval_95";
  const BsJsonValue *interval = bs_json_find (root, name);

  self->accuracy_low = self->accuracy_high = NAN;
  if (interval == NULL)
    return TRUE;
  if (bs_json_type (interval) != BS_JSON_ARRAY || bs_json_length (interval) != 2)
    {
      g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_TYPE, "\"%s\": expected an array of two numbers", name);
      return FALSE;
    }
  const BsJsonValue *low = bs_json_first (interval);
  return bs_json_get_number (low, &self->accuracy_low, error)
         && bs_json_get_number (bs_json_next (low), &self->accuracy_high, error)
         && check_range (name, self->accuracy_low, 1, error) && check_range (name, self->accuracy_high, 1, error);
}

static char *
read_string (const BsJsonValue *root, const char *name)
{
  const BsJsonValue *value = bs_json_find (root, name);

  return value != NULL && bs_json_type (value) == BS_JSON_STRING ? g_strdup (bs_json_get_string (value, NULL)) : NULL;
}

BsModelValidation *
bs_model_validation_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  gsize length = strlen (text);
  if (length > BS_MODEL_VALIDATION_MAX_LENGTH)
    {
      g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT, "longer than %d bytes", BS_MODEL_VALIDATION_MAX_LENGTH);
      return NULL;
    }
  g_autoptr (BsJson) json = bs_json_parse (text, length, MAX_VALUES, error);
  if (json == NULL)
    return NULL;

  const BsJsonValue *root = bs_json_root (json);
  if (bs_json_get_member (root, "accuracy", error) == NULL)
    return NULL;
  g_autoptr (BsModelValidation) self = g_new0 (BsModelValidation, 1);
  if (!read_figures (self, root, error) || !read_interval (self, root, error))
    return NULL;
  self->test_from = read_string (root, "test_from");
  self->test_to = read_string (root, "test_to");
  return g_steal_pointer (&self);
}

void
bs_model_validation_free (BsModelValidation *self)
{
  if (self == NULL)
    return;
  g_free (self->test_from);
  g_free (self->test_to);
  g_free (self);
}

BsModelVerdict
bs_model_validation_verdict (const BsModelValidation *self)
{
  /* the other one where one is NAN */
  double baseline = fmax (fmax (self->majority, self->last_direction), self->logistic);

  if (isnan (baseline))
    return BS_MODEL_VALIDATION_UNKNOWN;
  if (self->accuracy <= baseline)
    return BS_MODEL_VALIDATION_WORSE;
  if (isnan (self->accuracy_low) || self->accuracy_low <= baseline)
    return BS_MODEL_VALIDATION_UNSURE;
  return BS_MODEL_VALIDATION_BETTER;
}
