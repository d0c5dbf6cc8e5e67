#include "app/bench/bs-bench-folder.h"

#include <glib/gstdio.h>

void
bs_bench_folder_remove (char *path)
{
  g_autoptr (GDir) dir = path != NULL ? g_dir_open (path, 0, NULL) : NULL;

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_unlink (file);
    }
  if (path != NULL)
    g_rmdir (path);
  g_free (path);
}
