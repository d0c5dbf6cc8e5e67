/* bs-window-serve.h: how windows serve signals over HTTP: what `barscope serve` says once, before there is a window */
#pragma once

#include "app/serve/bs-server.h"

G_BEGIN_DECLS

/**
 * bs_window_serve_set_options:
 * @http: where to listen, and who is let in
 * @service: the contract's options
 *
 * Both are copied; the default otherwise is this machine alone, at %BS_SERVER_DEFAULT_LISTEN, without a token. Thread: main.
 */
void bs_window_serve_set_options (const BsHttpOptions *http, const BsServiceOptions *service);

G_END_DECLS
