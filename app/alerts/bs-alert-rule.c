#include "app/alerts/bs-alert-rule.h"

#include <math.h>
#include <string.h>

/* Letters of an instrument's name that are kept. */
#define MAX_INSTRUMENT 64

BsAlertRule *
bs_alert_rule_new (void)
{
  BsAlertRule *self = g_new0 (BsAlertRule, 1);
  self->enabled = TRUE;
  self->instrument = g_strdup ("");
  self->classes = BS_ALERT_CLASS (BS_CLASS_SHORT) | BS_ALERT_CLASS (BS_CLASS_LONG);
  self->hurst_max = 1;
  self->changes_only = TRUE;
  return self;
}

void
bs_alert_rule_free (BsAlertRule *self)
{
  if (self == NULL)
    return;
  g_free (self->instrument);
  g_free (self);
}

static gboolean
is_quiet (const BsAlertRule *self, guint minute)
{
  if (self->quiet_from == self->quiet_to)
    return FALSE;
  if (self->quiet_from < self->quiet_to)
    return minute >= self->quiet_from && minute < self->quiet_to;
  return minute >= self->quiet_from || minute < self->quiet_to;
}

static gboolean
is_instrument (const BsAlertRule *self, const char *instrument)
{
  if (self->instrument[0] == '\0')
    return TRUE;
  g_autofree char *a = g_utf8_casefold (self->instrument, -1), *b = g_utf8_casefold (instrument, -1);
  return strcmp (a, b) == 0;
}

gboolean
bs_alert_rule_matches (const BsAlertRule *self, const BsAlertEvent *event)
{
  return self->enabled && (self->classes & BS_ALERT_CLASS (event->klass)) != 0 && event->confidence >= self->min_confidence
         && event->hurst >= self->hurst_min && event->hurst <= self->hurst_max
         && (!self->changes_only || event->last_class != (int) event->klass) && !is_quiet (self, event->minute)
         && is_instrument (self, event->instrument);
}

/* NaN too becomes a number in the range. */
static double
unit (double value)
{
  return isfinite (value) ? CLAMP (value, 0, 1) : 0;
}

GPtrArray *
bs_alert_rules_parse (GVariant *variant)
{
  GPtrArray *rules = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_alert_rule_free);
  GVariantIter iter;
  BsAlertRule rule;
  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (BS_ALERT_RULES_TYPE)))
    return rules;
  g_variant_iter_init (&iter, variant);
  while (rules->len < BS_ALERT_MAX_RULES
         && g_variant_iter_next (&iter, "(bsudddbuu)", &rule.enabled, &rule.instrument, &rule.classes, &rule.min_confidence,
                                 &rule.hurst_min, &rule.hurst_max, &rule.changes_only, &rule.quiet_from, &rule.quiet_to))
    {
      if (strlen (rule.instrument) > MAX_INSTRUMENT)
        *g_utf8_offset_to_pointer (rule.instrument, MIN (g_utf8_strlen (rule.instrument, -1), MAX_INSTRUMENT)) = '\0';
      rule.classes &= BS_ALERT_ALL_CLASSES;
      rule.min_confidence = unit (rule.min_confidence);
      rule.hurst_min = unit (rule.hurst_min);
      rule.hurst_max = unit (rule.hurst_max);
      rule.quiet_from %= BS_ALERT_MINUTES_PER_DAY;
      rule.quiet_to %= BS_ALERT_MINUTES_PER_DAY;
      g_ptr_array_add (rules, g_memdup2 (&rule, sizeof rule));
    }
  return rules;
}

GVariant *
bs_alert_rules_to_variant (GPtrArray *rules)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (BS_ALERT_RULES_TYPE));
  for (guint i = 0; i < rules->len; i++)
    {
      const BsAlertRule *rule = rules->pdata[i];
      g_variant_builder_add (&builder, "(bsudddbuu)", rule->enabled, rule->instrument, rule->classes, rule->min_confidence,
                             rule->hurst_min, rule->hurst_max, rule->changes_only, rule->quiet_from, rule->quiet_to);
    }
  return g_variant_builder_end (&builder);
}

gboolean
bs_alert_rule_parse_minute (const char *text, guint *minute)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  guint64 hours, minutes;
  if (g_strv_length (parts) != 2 || strlen (parts[1]) != 2 || !g_ascii_string_to_unsigned (parts[0], 10, 0, 23, &hours, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minutes, NULL))
    return FALSE;
  *minute = (guint) (hours * 60 + minutes);
  return TRUE;
}
