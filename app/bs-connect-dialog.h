/* bs-connect-dialog.h: which live feed to open: one choice of the kinds there are, and its address */
#pragma once

#include <adwaita.h>

#include "app/bs-loader.h"

G_BEGIN_DECLS

#define BS_TYPE_CONNECT_DIALOG (bs_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BsConnectDialog, bs_connect_dialog, BS, CONNECT_DIALOG, AdwWindow)

/**
 * bs_connect_dialog_new:
 * @parent: modal for it
 * @settings: (nullable): where the last feed is kept
 *
 * Made from the table of bs-feed-kind.h. Signal "connect-requested" (BsLoadRequest *request): what the user wants; the dialog closes
 * itself afterwards.
 */
GtkWidget *bs_connect_dialog_new (GtkWindow *parent, GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
