/* bs-import-rows.h: the first bars of a file, as they would be read, and what would be refused */
#pragma once

#include <gtk/gtk.h>

#include "app/feeds/bs-bar-peek.h"

G_BEGIN_DECLS

/** bs_import_rows_new: (transfer floating): a table of the first bars of @peek: time in the file's zone and on the chart, prices */
GtkWidget *bs_import_rows_new (const BsBarPeek *peek);

/** bs_import_refused_new: (transfer floating): the first rows that would be refused, by line and with the reason */
GtkWidget *bs_import_refused_new (const BsBarPeek *peek);

/** bs_import_time_in_zone: (transfer full): @time_us as a clock of @zone shows it: "2024-01-02 09:31:00"; see bs_zone_new() */
char *bs_import_time_in_zone (gint64 time_us, const char *zone) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
