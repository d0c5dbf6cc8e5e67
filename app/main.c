/* main.c: `barscope COMMAND ...` runs a command; anything else opens the window */
#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "app/bs-config.h"
#include "app/bs-paths.h"
#include "app/commands/bs-command.h"
#if BS_HAVE_WINDOW
#include "app/bs-application.h"
#include "app/bs-loop-monitor.h"
#endif

static void
print_help (void)
{
  printf ("Usage:\n"
          "  barscope [OPTION...] [FILE...]  open the workstation, on its sample bars where no file is named\n"
          "  barscope COMMAND [OPTION...]    do one thing on the command line\n"
          "\n"
          "Options of the window:\n"
          "  --secondary FILE         the longer bars (else the 5-minute file beside FILE, if there is one)\n"
          "  --follow FILE            follow a file that another program appends bars to\n"
          "  --feed KIND:ADDRESS      open a live feed\n"
          "  --model FILE             the model to use\n"
          "  --threshold P            confidence below which a signal is shown as hold (0.65)\n"
          "  --format NAME, --timezone ZONE, --stamp start|end\n"
          "                           how the files are to be read, where it is not found out\n"
          "  --set NAME=VALUE         set an option (several times for several; see barscope predict --help)\n"
          "  --device NAME|INDEX      the Vulkan device, by a part of its name or its index in barscope info\n"
          "  --screenshot OUT.png     write a picture of the window and quit; exit 1 where it cannot\n"
          "  --after SECONDS          wait before the picture (2)\n"
          "  --size WIDTHxHEIGHT      of the window\n"
          "  --no-journal             keep nothing of what happens in the journal\n"
          "  --verbose                say how long the start and the main loop took\n"
          "\n"
          "Commands:\n");
  for (guint i = 0; bs_command_nth (i) != NULL; i++)
    printf ("  %-10s %s\n", bs_command_nth (i)->name, bs_command_nth (i)->summary);
  printf ("\n"
          "'barscope COMMAND --help' says all about a command.\n"
          "Exit status: 0 done, 1 failed, 2 asked wrongly.\n");
}

/* What was printed but could not be written (a full disk) is no success, whatever printed it. */
static int
flushed (const char *command, int status)
{
  if (status != BS_EXIT_DONE || (fflush (stdout) == 0 && !ferror (stdout)))
    return status;
  fprintf (stderr, "%s: standard output: %s\n", command, g_strerror (errno != 0 ? errno : EIO));
  return BS_EXIT_FAILED;
}

#if BS_HAVE_WINDOW
/* The window's text is in the user's language where there is a translation, as UTF-8 whatever the locale's encoding: GTK takes no
 * other. The command line is English for all: what it prints is read by programs, too. */
static void
set_language (void)
{
  g_autofree char *folder = bs_path_locale ();
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
#endif

int
main (int argc, char **argv)
{
#if BS_HAVE_WINDOW
  bs_loop_monitor_mark_start ();
#endif
  setlocale (LC_ALL, "");
  /* Numbers in files and on the command line are always written with a point; the window formats its own. */
  setlocale (LC_NUMERIC, "C");

  if (argc > 1 && strcmp (argv[1], "--version") == 0)
    {
      printf ("barscope %s\n", BS_VERSION);
      return flushed ("barscope", BS_EXIT_DONE);
    }
  const BsCommand *command = argc > 1 ? bs_command_find (argv[1]) : NULL;
  if (command != NULL)
    {
      g_autofree char *name = g_strdup_printf ("barscope %s", command->name);
      return flushed (name, command->run (argc - 1, argv + 1));
    }

  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_help ();
      return flushed ("barscope", BS_EXIT_DONE);
    }
  /* A word that is no file is a command mistyped, not a window to open. */
  if (argc > 1 && argv[1][0] != '-' && strpbrk (argv[1], "./\\") == NULL && !g_file_test (argv[1], G_FILE_TEST_EXISTS))
    {
      fprintf (stderr, "barscope: \"%s\" is neither a command nor a file\nTry 'barscope --help'.\n", argv[1]);
      return BS_EXIT_USAGE;
    }
#if BS_HAVE_WINDOW
  set_language ();
  return bs_application_run (argc, argv);
#else
  fprintf (stderr, "barscope: built without its window; 'barscope --help' lists the commands\n");
  return BS_EXIT_FAILED;
#endif
}
