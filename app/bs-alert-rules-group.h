/* bs-alert-rules-group.h: the user's alert rules, to be changed in place */
#pragma once

#include <adwaita.h>

#include "app/alerts/bs-alert-rule.h"

G_BEGIN_DECLS

#define BS_TYPE_ALERT_RULES_GROUP (bs_alert_rules_group_get_type ())
G_DECLARE_FINAL_TYPE (BsAlertRulesGroup, bs_alert_rules_group, BS, ALERT_RULES_GROUP, AdwPreferencesGroup)

/** bs_alert_rules_group_new: @settings: with the key "alert-rules"; every change is stored at once */
GtkWidget *bs_alert_rules_group_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
