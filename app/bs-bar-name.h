/* bs-bar-name.h: what the name of a file of bars says: instrument, and the file of the longer bars beside it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** bs_bar_name_instrument: (transfer full): "ES" for ".../ES_1min.csv.gz": the name without endings and bar length. */
char *bs_bar_name_instrument (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_bar_name_sibling:
 *
 * The file of 5-minute bars beside a file of 1-minute ones: "ES-5m.csv" for "ES-1m.csv", "EURUSD_M5.csv" for "EURUSD_M1.csv",
 * "secondary.csv" for "primary.csv".
 *
 * Returns: (transfer full) (nullable): its path, where it is there
 */
char *bs_bar_name_sibling (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/** bs_bar_length_text: (transfer full): "30 s", "1 min", "4 h", "1 day"; @length_us: > 0, or 0 for "" (not known). */
char *bs_bar_length_text (gint64 length_us) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
