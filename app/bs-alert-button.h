/* bs-alert-button.h: the bell in the header bar, with how many alerts are new, and the list of them */
#pragma once

#include <gtk/gtk.h>

#include "app/alerts/bs-alert-center.h"

G_BEGIN_DECLS

#define BS_TYPE_ALERT_BUTTON (bs_alert_button_get_type ())
G_DECLARE_FINAL_TYPE (BsAlertButton, bs_alert_button, BS, ALERT_BUTTON, GtkWidget)

/** bs_alert_button_set_center: whose alerts; a reference is taken. Once. */
void bs_alert_button_set_center (BsAlertButton *self, BsAlertCenter *center);

/** bs_alert_button_popup: opens the list of alerts */
void bs_alert_button_popup (BsAlertButton *self);

/** bs_alert_button_text: (transfer full): an alert in one line: "ES long 72 % at 4,750.25" */
char *bs_alert_button_text (const BsAlertEvent *event) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
