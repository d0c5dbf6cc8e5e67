/* bs-serve-preferences.h: where signals are served over HTTP, as a group of preferences, with the switch itself */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** bs_serve_preferences_new: @window: the BsWindow whose switch it is; it may be closed before */
AdwPreferencesGroup *bs_serve_preferences_new (GtkWindow *window, GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_serve_show_token:
 *
 * Shows the token of this start, once, with a button that copies it: it is stored nowhere.
 */
void bs_serve_show_token (GtkWindow *parent, const char *address, const char *token);

G_END_DECLS
