/* bs-alert-rule.h: when a signal is worth telling: one rule of the user's */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/** Rules that are kept at most. */
#define BS_ALERT_MAX_RULES 100
#define BS_ALERT_MINUTES_PER_DAY (24 * 60)
/** The bit of a class in BsAlertRule.classes. */
#define BS_ALERT_CLASS(klass) (1u << (klass))
#define BS_ALERT_ALL_CLASSES ((1u << BS_N_CLASSES) - 1)

/** All that is asked must hold. */
typedef struct
{
  gboolean enabled;
  char *instrument;      /* "" for any; upper and lower case are the same */
  guint classes;         /* BS_ALERT_CLASS() of those that are told */
  double min_confidence; /* 0..1 */
  double hurst_min, hurst_max; /* 0..1, both included */
  gboolean changes_only; /* where the class is another than of the instrument's bar before */
  guint quiet_from, quiet_to; /* minutes of the local day in which nothing is told; equal: never quiet. May run over midnight */
} BsAlertRule;

/** What happened. */
typedef struct
{
  const char *instrument;
  gint64 time_us; /* of the bar, UTC */
  guint64 index;  /* of the bar */
  double price;   /* its close */
  guint decimals; /* of prices */
  BsClass klass;
  int last_class; /* of the bar before, or -1 */
  double confidence, hurst;
  guint minute; /* of the local day, now */
  gboolean live; /* somebody waits for it: not a replay's */
} BsAlertEvent;

BsAlertRule *bs_alert_rule_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bs_alert_rule_free (BsAlertRule *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAlertRule, bs_alert_rule_free)

/** bs_alert_rule_matches: whether @event is to be told. Thread: any. */
gboolean bs_alert_rule_matches (const BsAlertRule *self, const BsAlertEvent *event);

/**
 * bs_alert_rules_parse:
 * @variant: of type %BS_ALERT_RULES_TYPE, from settings that anybody may have written
 *
 * Returns: (transfer full) (element-type BsAlertRule): rules, %BS_ALERT_MAX_RULES at most; numbers out of their range are brought into it
 */
GPtrArray *bs_alert_rules_parse (GVariant *variant) G_GNUC_WARN_UNUSED_RESULT;
/** bs_alert_rules_to_variant: (transfer floating) */
GVariant *bs_alert_rules_to_variant (GPtrArray *rules);
#define BS_ALERT_RULES_TYPE "a(bsudddbuu)"

/** bs_alert_rule_parse_minute: "HH:MM" to minutes of the day. Returns: whether it was one */
gboolean bs_alert_rule_parse_minute (const char *text, guint *minute);

G_END_DECLS
