/* bs-test-output.c: runs a program; what it said, but for what depends on the machine's speed */
#include "tests/bs-test-output.h"

#include <string.h>
#include <sys/wait.h>

char *
bs_test_run (const char *command, int status, char **err)
{
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int wait_status;

  g_spawn_command_line_sync (command, &out, err, &wait_status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  if (WEXITSTATUS (wait_status) != status)
    g_error ("%s: exit status %d: %s", command, WEXITSTATUS (wait_status), *err);
  return out;
}

char *
bs_test_without_slow (const char *err)
{
  g_auto (GStrv) lines = g_strsplit (err, "\n", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (char **line = lines; *line != NULL; line++)
    if (strstr (*line, "slow prediction") == NULL)
      g_ptr_array_add (kept, *line);
  g_ptr_array_add (kept, NULL);
  return g_strjoinv ("\n", (char **) kept->pdata);
}
