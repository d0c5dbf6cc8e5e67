/* bs-settings.h: what is kept between two starts, in GSettings; found without an environment variable in a build folder too */
#pragma once

#include <gio/gio.h>

#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

#define BS_SETTINGS_SCHEMA "org.barscope.Barscope"
/** Files that the Open menu remembers. */
#define BS_SETTINGS_MAX_RECENT 10

/**
 * bs_settings_new:
 *
 * The settings of the window, debounced. Thread: main.
 *
 * Returns: (transfer full) (nullable): %NULL where the schema is not installed; then nothing is kept
 */
GSettings *bs_settings_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_settings_new_for: (transfer full) (nullable): the same of the schema @id, not debounced */
GSettings *bs_settings_new_for (const char *id) G_GNUC_WARN_UNUSED_RESULT;

/** What is written to @settings is seen at once and stored a second after the last change, or by bs_settings_flush(). */
void bs_settings_debounce (GSettings *settings);
/** bs_settings_flush: @settings: (nullable): stores now what waits to be stored. */
void bs_settings_flush (GSettings *settings);

/** bs_settings_add_recent: puts the absolute @path first among the recent files. @settings: (nullable) */
void bs_settings_add_recent (GSettings *settings, const char *path);

/** The keys of bs_settings_get_journal_options(), %NULL-terminated. */
extern const char *const bs_settings_journal_keys[];
/** bs_settings_get_journal_options: @settings: (nullable): how long runs are kept; @options as they are where there are none */
void bs_settings_get_journal_options (GSettings *settings, BsJournalOptions *options);

G_END_DECLS
