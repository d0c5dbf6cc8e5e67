#include "app/commands/bs-command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row a command, in the order of --help. */
/* clang-format off */
static const BsCommand *const commands[] = {
  &bs_command_predict,
  &bs_command_features,
  &bs_command_generate,
  &bs_command_convert, &bs_command_prune, &bs_command_explain,
  &bs_command_backtest,
  &bs_command_train,
  &bs_command_ablate,
  &bs_command_bench,
  &bs_command_record,
  &bs_command_replay,
  &bs_command_journal,
  &bs_command_publish,
  &bs_command_serve,
  &bs_command_worker,
  &bs_command_info,
  NULL,
};
/* clang-format on */

const BsCommand *
bs_command_nth (guint n)
{
  return n < G_N_ELEMENTS (commands) ? commands[n] : NULL;
}

const BsCommand *
bs_command_find (const char *name)
{
  for (guint i = 0; commands[i] != NULL; i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

gboolean
bs_command_parse (GOptionContext *context, int *argc, char ***argv, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strdup_printf ("barscope %s", (*argv)[0]);
  g_set_prgname (program);
  gboolean parsed = g_option_context_parse (context, argc, argv, &error);
  g_option_context_free (context);
  if (parsed)
    return TRUE;
  *status = bs_command_usage_error ((*argv)[0], "%s", error->message);
  return FALSE;
}

static void G_GNUC_PRINTF (2, 0) print_message (const char *command, const char *format, va_list args)
{
  g_autofree char *message = g_strdup_vprintf (format, args);
  fprintf (stderr, "barscope %s: %s\n", command, message);
}

int
bs_command_usage_error (const char *command, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  print_message (command, format, args);
  va_end (args);
  fprintf (stderr, "Try 'barscope %s --help'.\n", command);
  return BS_EXIT_USAGE;
}

int
bs_command_failed (const char *command, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  print_message (command, format, args);
  va_end (args);
  return BS_EXIT_FAILED;
}
