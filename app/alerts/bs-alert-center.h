/* bs-alert-center.h: looks at every signal by the user's rules, and keeps what was told */
#pragma once

#include <gio/gio.h>

#include "app/alerts/bs-alert-rule.h"

G_BEGIN_DECLS

/** Alerts kept; the oldest leave. */
#define BS_ALERT_MAX_KEPT 500

#define BS_TYPE_ALERT (bs_alert_get_type ())
G_DECLARE_FINAL_TYPE (BsAlert, bs_alert, BS, ALERT, GObject)

/** What was told: owned by the alert, its instrument too. */
const BsAlertEvent *bs_alert_event (BsAlert *self);

#define BS_TYPE_ALERT_CENTER (bs_alert_center_get_type ())
G_DECLARE_FINAL_TYPE (BsAlertCenter, bs_alert_center, BS, ALERT_CENTER, GObject)

/**
 * bs_alert_center_new:
 * @settings: (nullable): with the key "alert-rules", which is followed; %NULL: one rule, any change to long or short
 *
 * Signal "alert" (BsAlert *alert): there is a new one. Property "n-unseen" (uint). Thread: main.
 */
BsAlertCenter *bs_alert_center_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_alert_center_take:
 * @event: @last_class and @minute are filled in here
 *
 * Looks at one signal, in the order of its instrument's bars. At most one alert comes of it, however many rules match. Cheap where none
 * does.
 */
void bs_alert_center_take (BsAlertCenter *self, const BsAlertEvent *event);
/** bs_alert_center_skip: a signal that nobody is to be told of (history, a stale feed): only its class is remembered */
void bs_alert_center_skip (BsAlertCenter *self, const char *instrument, BsClass klass);

/** bs_alert_center_list: (transfer none): a GListModel of BsAlert, newest first */
GListModel *bs_alert_center_list (BsAlertCenter *self);
void bs_alert_center_clear (BsAlertCenter *self);
/** The user has looked: nothing is new any more. */
void bs_alert_center_see (BsAlertCenter *self);
guint bs_alert_center_n_unseen (BsAlertCenter *self);

G_END_DECLS
