/* test-alerts.c: which signals the user's rules tell, and what is kept of them */
#include <math.h>

#include "app/alerts/bs-alert-center.h"

static BsAlertEvent
event (BsClass klass, double confidence)
{
  return (BsAlertEvent) { .instrument = "ES", .klass = klass, .last_class = BS_CLASS_HOLD, .confidence = confidence, .hurst = 0.6, .minute = 600 };
}

/* One thing of a rule or an event changed, and what becomes of it. */
static void
test_matches (void)
{
  g_autoptr (BsAlertRule) rule = bs_alert_rule_new ();
  BsAlertEvent good = event (BS_CLASS_LONG, 0.7), other;
  g_assert_true (bs_alert_rule_matches (rule, &good));
  other = event (BS_CLASS_HOLD, 0.7);
  other.last_class = BS_CLASS_LONG;
  g_assert_false (bs_alert_rule_matches (rule, &other));
  other = good;
  other.last_class = BS_CLASS_LONG;
  g_assert_false (bs_alert_rule_matches (rule, &other));
  rule->changes_only = FALSE;
  g_assert_true (bs_alert_rule_matches (rule, &other));
  other.last_class = -1;
  rule->changes_only = TRUE;
  g_assert_true (bs_alert_rule_matches (rule, &other));

  rule->min_confidence = 0.7;
  g_assert_true (bs_alert_rule_matches (rule, &good));
  rule->min_confidence = 0.71;
  g_assert_false (bs_alert_rule_matches (rule, &good));
  rule->min_confidence = 0;
  rule->hurst_min = 0.6;
  g_assert_true (bs_alert_rule_matches (rule, &good));
  rule->hurst_min = 0.61;
  g_assert_false (bs_alert_rule_matches (rule, &good));
  rule->hurst_min = 0;
  rule->hurst_max = 0.59;
  g_assert_false (bs_alert_rule_matches (rule, &good));
  rule->hurst_max = 1;

  g_free (rule->instrument);
  rule->instrument = g_strdup ("es");
  g_assert_true (bs_alert_rule_matches (rule, &good));
  g_free (rule->instrument);
  rule->instrument = g_strdup ("NQ");
  g_assert_false (bs_alert_rule_matches (rule, &good));
  g_free (rule->instrument);
  rule->instrument = g_strdup ("");
  rule->enabled = FALSE;
  g_assert_false (bs_alert_rule_matches (rule, &good));
}

static void
test_quiet_hours (void)
{
  static const struct
  {
    guint from, to, minute;
    gboolean quiet;
  } cases[] = {
    { 600, 660, 599, FALSE }, { 600, 660, 600, TRUE },  { 600, 660, 659, TRUE },  { 600, 660, 660, FALSE }, { 1320, 420, 1319, FALSE },
    { 1320, 420, 1320, TRUE }, { 1320, 420, 1439, TRUE }, { 1320, 420, 0, TRUE }, { 1320, 420, 419, TRUE }, { 1320, 420, 420, FALSE },
    { 0, 0, 0, FALSE },        { 700, 700, 700, FALSE },
  };
  g_autoptr (BsAlertRule) rule = bs_alert_rule_new ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BsAlertEvent at = event (BS_CLASS_LONG, 0.7);
      rule->quiet_from = cases[i].from;
      rule->quiet_to = cases[i].to;
      at.minute = cases[i].minute;
      g_assert_cmpint (bs_alert_rule_matches (rule, &at), ==, !cases[i].quiet);
    }
}

static void
test_minutes (void)
{
  static const char *const bad[] = { "", "7", "7:5", "24:00", "12:60", "-1:00", "12:00:00", "ab:cd", "12:0x", " 7:00" };
  guint minute = 0;
  g_assert_true (bs_alert_rule_parse_minute ("07:05", &minute));
  g_assert_cmpuint (minute, ==, 425);
  g_assert_true (bs_alert_rule_parse_minute ("7:05", &minute));
  g_assert_true (bs_alert_rule_parse_minute ("23:59", &minute));
  g_assert_cmpuint (minute, ==, 1439);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (bs_alert_rule_parse_minute (bad[i], &minute));
}

/* Rules survive being stored, and what nobody could have chosen is brought into its range. */
static void
test_variant (void)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_alert_rule_free);
  BsAlertRule *rule = bs_alert_rule_new ();
  g_free (rule->instrument);
  rule->instrument = g_strdup ("EUR/USD");
  rule->classes = BS_ALERT_CLASS (BS_CLASS_HOLD);
  rule->min_confidence = 0.66;
  rule->quiet_from = 1320;
  rule->quiet_to = 420;
  g_ptr_array_add (rules, rule);
  g_autoptr (GVariant) stored = g_variant_ref_sink (bs_alert_rules_to_variant (rules));
  g_autoptr (GPtrArray) again = bs_alert_rules_parse (stored);
  g_assert_cmpuint (again->len, ==, 1);
  const BsAlertRule *read = again->pdata[0];
  g_assert_cmpstr (read->instrument, ==, "EUR/USD");
  g_assert_cmpuint (read->classes, ==, rule->classes);
  g_assert_cmpfloat (read->min_confidence, ==, 0.66);
  g_assert_cmpuint (read->quiet_from, ==, 1320);
  g_assert_true (read->changes_only);

  g_autoptr (GVariant) wild
    = g_variant_ref_sink (g_variant_new (BS_ALERT_RULES_TYPE, NULL));
  g_autoptr (GPtrArray) none = bs_alert_rules_parse (wild);
  g_assert_cmpuint (none->len, ==, 0);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (BS_ALERT_RULES_TYPE));
  for (guint i = 0; i < BS_ALERT_MAX_RULES + 50; i++)
    g_variant_builder_add (&builder, "(bsudddbuu)", TRUE, "", 0xffffffffu, NAN, -5.0, 7.0, FALSE, 5000u, 99999u);
  g_autoptr (GVariant) many = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_autoptr (GPtrArray) bounded = bs_alert_rules_parse (many);
  g_assert_cmpuint (bounded->len, ==, BS_ALERT_MAX_RULES);
  read = bounded->pdata[0];
  g_assert_cmpuint (read->classes, ==, BS_ALERT_ALL_CLASSES);
  g_assert_cmpfloat (read->min_confidence, ==, 0);
  g_assert_cmpfloat (read->hurst_min, ==, 0);
  g_assert_cmpfloat (read->hurst_max, ==, 1);
  g_assert_cmpuint (read->quiet_from, <, BS_ALERT_MINUTES_PER_DAY);
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_string ("no rules"));
  g_autoptr (GPtrArray) empty = bs_alert_rules_parse (other);
  g_assert_cmpuint (empty->len, ==, 0);
}

static void
count (BsAlertCenter *center, BsAlert *alert, guint *n)
{
  (*n)++;
}

static void
test_center (void)
{
  g_autoptr (BsAlertCenter) center = bs_alert_center_new (NULL);
  guint n = 0;
  g_signal_connect (center, "alert", G_CALLBACK (count), &n);
  BsAlertEvent at = event (BS_CLASS_LONG, 0.7);
  /* What was history is known, not told; the same again is no change; another instrument has a past of its own. */
  bs_alert_center_skip (center, "ES", BS_CLASS_LONG);
  bs_alert_center_take (center, &at);
  g_assert_cmpuint (n, ==, 0);
  at.klass = BS_CLASS_SHORT;
  bs_alert_center_take (center, &at);
  bs_alert_center_take (center, &at);
  g_assert_cmpuint (n, ==, 1);
  at.instrument = "NQ";
  bs_alert_center_take (center, &at);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (bs_alert_center_n_unseen (center), ==, 2);
  g_autoptr (BsAlert) newest = g_list_model_get_item (bs_alert_center_list (center), 0);
  g_assert_cmpstr (bs_alert_event (newest)->instrument, ==, "NQ");
  bs_alert_center_see (center);
  g_assert_cmpuint (bs_alert_center_n_unseen (center), ==, 0);
  /* Bounded. */
  for (guint i = 0; i < 3 * BS_ALERT_MAX_KEPT; i++)
    {
      at.klass = i % 2 == 0 ? BS_CLASS_LONG : BS_CLASS_SHORT;
      bs_alert_center_take (center, &at);
    }
  g_assert_cmpuint (g_list_model_get_n_items (bs_alert_center_list (center)), ==, BS_ALERT_MAX_KEPT);
  g_assert_cmpuint (bs_alert_center_n_unseen (center), ==, BS_ALERT_MAX_KEPT);
  bs_alert_center_clear (center);
  g_assert_cmpuint (g_list_model_get_n_items (bs_alert_center_list (center)), ==, 0);
  g_clear_object (&newest);
  g_assert_finalize_object (g_steal_pointer (&center));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alerts/matches", test_matches);
  g_test_add_func ("/alerts/quiet-hours", test_quiet_hours);
  g_test_add_func ("/alerts/minutes", test_minutes);
  g_test_add_func ("/alerts/variant", test_variant);
  g_test_add_func ("/alerts/center", test_center);
  return g_test_run ();
}
