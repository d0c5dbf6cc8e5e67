/* bs-model-metadata.c: what a model's metadata must say, whatever file they come from (docs/model-format.md) */
#include "inference/model/bs-model-private.h"

#include <math.h>
#include <string.h>

static const char *
metadata_required (GTree *metadata, const char *key, const char *expected, GError **error)
{
  const char *value = g_tree_lookup (metadata, key);

  if (!value)
    g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_METADATA, "metadata entry \"%s\" is missing; expected %s", key,
                 expected);
  return value;
}

static gboolean
refuse_metadata (const char *key, const char *value, const char *expected, GError **error)
{
  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_METADATA, "metadata entry \"%s\" is \"%s\"; expected %s", key,
               value, expected);
  return FALSE;
}

/* A decimal number and nothing else; strtod alone would also take "inf", "nan", "0x10" and leading space. */
static gboolean
parse_number (const char *text, double *number)
{
  char *end;

  if (!*text || strspn (text, "0123456789+-.eE") != strlen (text))
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  return !*end && isfinite (*number);
}

gboolean
bs_model_facts_read (BsModelFacts *self, GTree *metadata, GError **error)
{
  static const char *const format = "barscope-model/1", *const classes = "short,hold,long";
  static const char *const feature_sets[] = { [BS_FEATURE_SET_CAUSAL] = "causal", [BS_FEATURE_SET_LEGACY] = "legacy" };
  static const char *const feature_sets_expected = "\"causal\" or \"legacy\"";
  g_autofree char *length_expected = g_strdup_printf ("an integer from 1 to %d", BS_MODEL_MAX_SEQUENCE);
  const char *value;
  guint64 length;
  guint set;

  value = metadata_required (metadata, "format", "\"barscope-model/1\"", error);
  if (!value)
    return FALSE;
  if (strcmp (value, format))
    return refuse_metadata ("format", value, "\"barscope-model/1\"", error);

  value = metadata_required (metadata, "feature_set", feature_sets_expected, error);
  if (!value)
    return FALSE;
  for (set = 0; set < G_N_ELEMENTS (feature_sets) && strcmp (value, feature_sets[set]); set++)
    ;
  if (set == G_N_ELEMENTS (feature_sets))
    return refuse_metadata ("feature_set", value, feature_sets_expected, error);
  self->feature_set = set;

  value = metadata_required (metadata, "sequence_length", length_expected, error);
  if (!value)
    return FALSE;
  if (!g_ascii_string_to_unsigned (value, 10, 1, BS_MODEL_MAX_SEQUENCE, &length, NULL))
    return refuse_metadata ("sequence_length", value, length_expected, error);
  self->sequence_length = (guint) length;

  value = metadata_required (metadata, "classes", "\"short,hold,long\"", error);
  if (!value)
    return FALSE;
  if (strcmp (value, classes))
    return refuse_metadata ("classes", value, "\"short,hold,long\", in this order", error);

  value = g_tree_lookup (metadata, "temperature");
  self->temperature = 1;
  if (value && (!parse_number (value, &self->temperature) || !(self->temperature > 0)))
    return refuse_metadata ("temperature", value, "a finite number above 0", error);
  return TRUE;
}

void
bs_model_set_facts (BsModel *self, const BsModelFacts *facts)
{
  self->sequence_length = facts->sequence_length;
  self->feature_set = facts->feature_set;
  self->temperature = facts->temperature;
}
