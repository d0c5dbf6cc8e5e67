/* bs-option-settings.h: the options in GSettings: the schema org.barscope.Barscope.options is made from the option table */
#pragma once

#include <gio/gio.h>

#include "inference/predict/bs-options.h"

G_BEGIN_DECLS

#define BS_OPTION_SETTINGS_SCHEMA "org.barscope.Barscope.options"

/**
 * bs_option_settings_new:
 *
 * The settings of the options, also where the program runs from its build folder (GSETTINGS_SCHEMA_DIR or what is
 * installed is used where the build folder has no schemas).
 *
 * Returns: (transfer full) (nullable): %NULL where the schema is not installed: the program goes on with the defaults
 */
GSettings *bs_option_settings_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** Reads all options, as they were stored: bs_options_check() and bs_options_repair() are the caller's. */
void bs_option_settings_read (GSettings *settings, BsOptions *options);
/** Writes the options that differ from what is stored. */
void bs_option_settings_write (GSettings *settings, const BsOptions *options);

G_END_DECLS
