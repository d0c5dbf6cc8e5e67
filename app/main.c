/* main.c: `barscope COMMAND ...` runs a command; anything else opens the window */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "app/bs-config.h"
#include "app/commands/bs-command.h"

static void
print_help (void)
{
  printf ("Usage:\n"
          "  barscope [FILE...]            open the workstation, on its sample bars where no file is named\n"
          "  barscope COMMAND [OPTION...]  do one thing on the command line\n"
          "\n"
          "Commands:\n");
  for (guint i = 0; bs_command_nth (i) != NULL; i++)
    printf ("  %-10s %s\n", bs_command_nth (i)->name, bs_command_nth (i)->summary);
  printf ("\n"
          "'barscope COMMAND --help' says all about a command.\n"
          "Exit status: 0 done, 1 failed, 2 asked wrongly.\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  /* Numbers in files and on the command line are always written with a point; the window formats its own. */
  setlocale (LC_NUMERIC, "C");

  if (argc > 1 && strcmp (argv[1], "--version") == 0)
    {
      printf ("barscope %s\n", BS_VERSION);
      return BS_EXIT_DONE;
    }
  const BsCommand *command = argc > 1 ? bs_command_find (argv[1]) : NULL;
  if (command != NULL)
    return command->run (argc - 1, argv + 1);

  print_help ();
  return argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) ? BS_EXIT_DONE : BS_EXIT_USAGE;
}
