/* bs-import-peek.h: a look at a file that may be opened, on a thread */
#pragma once

#include "app/bs-loader.h"
#include "app/feeds/bs-bar-peek.h"

G_BEGIN_DECLS

/** bs_import_peek_async: bs_bar_peek() of what @request would open, as it would. @request: copied. Thread: main. */
void bs_import_peek_async (const BsLoadRequest *request, GCancellable *cancellable, GAsyncReadyCallback done,
                           gpointer data);
/** bs_import_peek_finish: Returns: (transfer full) (nullable) */
BsBarPeek *bs_import_peek_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
