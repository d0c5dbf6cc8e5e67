/* bs-command.h: the command line: one file a command, one table of them */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Exit statuses of every command. */
enum
{
  BS_EXIT_DONE = 0,
  BS_EXIT_FAILED = 1, /* asked rightly, but it could not be done */
  BS_EXIT_USAGE = 2,  /* asked wrongly */
};

typedef struct
{
  const char *name;
  const char *summary; /* one line for `barscope --help` */
  /* @argv[0] is the command's name. Returns an exit status. */
  int (*run) (int argc, char **argv);
} BsCommand;

/* The commands, each in a file of its own: the rows of the table in bs-command.c */
extern const BsCommand bs_command_ablate;
extern const BsCommand bs_command_backtest;
extern const BsCommand bs_command_bench;
extern const BsCommand bs_command_convert;
extern const BsCommand bs_command_explain;
extern const BsCommand bs_command_prune;
extern const BsCommand bs_command_predict;
extern const BsCommand bs_command_features;
extern const BsCommand bs_command_generate;
extern const BsCommand bs_command_info;
extern const BsCommand bs_command_publish;
extern const BsCommand bs_command_journal;
extern const BsCommand bs_command_record;
extern const BsCommand bs_command_replay;
extern const BsCommand bs_command_train;
extern const BsCommand bs_command_worker;
extern const BsCommand bs_command_serve;

/** The commands, one by one: (nullable) past the last. Static. */
const BsCommand *bs_command_nth (guint n);
/** bs_command_find: (nullable) */
const BsCommand *bs_command_find (const char *name);

/**
 * bs_command_parse:
 * @context: (transfer full): entries added; strict parsing
 * @status: (out): the exit status where it returns %FALSE
 *
 * Parses @argv; `--help` prints and exits 0 inside GLib; a wrong option prints one line and the way to the help to stderr.
 *
 * Returns: whether to go on
 */
gboolean bs_command_parse (GOptionContext *context, int *argc, char ***argv, int *status);

/** Prints "barscope COMMAND: MESSAGE" and where the help is to stderr; returns %BS_EXIT_USAGE. */
int bs_command_usage_error (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** Prints "barscope COMMAND: MESSAGE" to stderr; returns %BS_EXIT_FAILED. */
int bs_command_failed (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
