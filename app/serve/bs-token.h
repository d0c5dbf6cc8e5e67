/* bs-token.h: bearer tokens that nobody guesses */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Random bits of a token. */
#define BS_TOKEN_BITS 160

/**
 * bs_token_new:
 *
 * A token of BS_TOKEN_BITS bits of the system's randomness, in hexadecimal digits. Thread: any.
 *
 * Returns: (transfer full) (nullable): %NULL where the system gives no randomness: then there must be no server
 */
char *bs_token_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
