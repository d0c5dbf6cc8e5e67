/* bs-paths.h: where the program's own files are, installed or straight from the build folder */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bs_path_resource_file:
 * @name: a file that ships with the program: "default-model.safetensors", "sample-1m.csv.gz", "sample-5m.csv.gz"
 *
 * The folder is resources/ beside the build folder's app/ where the program runs uninstalled (found from the executable's
 * own path), else the installed data folder. No environment variable is needed.
 *
 * Returns: (transfer full): an absolute path; the file is there or the installation is broken
 */
char *bs_path_resource_file (const char *name) G_GNUC_WARN_UNUSED_RESULT;

/** bs_path_user_data: (transfer full): the user's folder for what must last (journal, models); made on demand, 0700 */
char *bs_path_user_data (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_path_schemas: (transfer full) (nullable): folder of compiled GSettings schemas in the build folder; %NULL installed */
char *bs_path_schemas (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_path_locale: (transfer full): folder of the translations, LANGUAGE/LC_MESSAGES/barscope.mo below it */
char *bs_path_locale (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
