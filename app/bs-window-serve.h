/* bs-window-serve.h: how windows serve signals over HTTP: what `barscope serve` says once, before there is a window */
#pragma once

#include <gtk/gtk.h>

#include "app/serve/bs-server.h"

G_BEGIN_DECLS

/**
 * bs_window_serve_set_options:
 * @http: where to listen, and who is let in
 * @service: the contract's options
 *
 * Both are copied; the default otherwise is this machine alone, at %BS_SERVER_DEFAULT_LISTEN, without a token, or what the
 * preferences say. Thread: main.
 */
void bs_window_serve_set_options (const BsHttpOptions *http, const BsServiceOptions *service);

/**
 * bs_window_serve_describe:
 * @window: a BsWindow
 * @on: (out): whether it serves, or is about to
 * @problem: (out) (nullable): why it could not, last time
 *
 * How serving stands, in words. A change is told by the window's "action-state-changed::serve". Thread: main.
 */
char *bs_window_serve_describe (GtkWindow *window, gboolean *on, const char **problem) G_GNUC_WARN_UNUSED_RESULT;

/** bs_window_serve_check_address: @local: (out): whether it is this machine's own. Returns: whether it is an address in figures */
gboolean bs_window_serve_check_address (const char *text, gboolean *local);

G_END_DECLS
