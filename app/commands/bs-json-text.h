/* bs-json-text.h: text as JSON has it, for what the commands print */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** bs_json_text_quote: (transfer full): @text (nullable) (UTF-8) as a JSON string, quotes and all; null for %NULL */
char *bs_json_text_quote (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
