/* bs-bar-arguments.h: FILE and --secondary FILE with how to read them: the same for every command that takes bars */
#pragma once

#include "app/feeds/bs-bar-file.h"

G_BEGIN_DECLS

/** What the command line said. Zero-initialise, clear with bs_bar_arguments_clear(). */
typedef struct
{
  char *secondary; /* (nullable): path */
  char *format, *secondary_format;
  char *timezone, *secondary_timezone;
  char *stamp, *secondary_stamp;
} BsBarArguments;

/** bs_bar_arguments_add: adds --secondary and the options that say how to read to @context; @self outlives the parsing */
void bs_bar_arguments_add (BsBarArguments *self, GOptionContext *context);
/** bs_bar_arguments_add_beside_format: the same with --bar-format, for a command whose --format is that of its output */
void bs_bar_arguments_add_beside_format (BsBarArguments *self, GOptionContext *context);
void bs_bar_arguments_clear (BsBarArguments *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsBarArguments, bs_bar_arguments_clear)

/**
 * bs_bar_arguments_load:
 * @command: its name, for messages
 * @path: the primary file
 * @max_bars: bars kept of each (the newest); 0 for the default
 * @primary: (out) (transfer full)
 * @secondary: (out) (transfer full) (nullable): %NULL where none was asked for
 *
 * Reads the files. What went wrong, and a summary of the rows that were refused, goes to stderr.
 *
 * Returns: %BS_EXIT_DONE, or the exit status to end with
 */
int bs_bar_arguments_load (const BsBarArguments *self, const char *command, const char *path, gsize max_bars,
                           BsBarFile **primary, BsBarFile **secondary);

G_END_DECLS
