/* bs-iso-time.h: times as all output for programs has them */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Room for any time, its NUL included. */
#define BS_ISO_TIME_SIZE 40

/** bs_iso_time_format: "2024-01-31T14:59:00Z", with six decimals where it is no full second. Returns: characters written */
gsize bs_iso_time_format (char text[BS_ISO_TIME_SIZE], gint64 time_us);

G_END_DECLS
