/* bs-test-output.c: what a program said, but for what depends on the machine's speed */
#include "tests/bs-test-output.h"

#include <string.h>

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
