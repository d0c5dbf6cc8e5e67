#include "app/bs-paths.h"

#include <gio/gio.h>

#include "app/bs-config.h"

/* The folder that holds the running executable, or NULL where the system does not tell. */
static char *
executable_dir (void)
{
  g_autofree char *path = g_file_read_link ("/proc/self/exe", NULL);
#ifdef G_OS_WIN32
  if (path == NULL)
    return g_build_filename (g_win32_get_package_installation_directory_of_module (NULL), NULL);
#endif
  return path != NULL ? g_path_get_dirname (path) : NULL;
}

/* resources/ of the build folder that the program runs from, or NULL where it is installed. */
static char *
build_resources (void)
{
  g_autofree char *dir = executable_dir ();
  if (dir == NULL)
    return NULL;
  g_autofree char *resources = g_build_filename (dir, "..", "resources", NULL);
  g_autofree char *marker = g_build_filename (resources, "uninstalled", NULL);
  if (!g_file_test (marker, G_FILE_TEST_EXISTS))
    return NULL;
  return g_canonicalize_filename (resources, NULL);
}

char *
bs_path_resource_file (const char *name)
{
  g_autofree char *resources = build_resources ();
  return g_build_filename (resources != NULL ? resources : BS_DATA_DIR, name, NULL);
}

char *
bs_path_user_data (void)
{
  g_autofree char *dir = g_build_filename (g_get_user_data_dir (), "barscope", NULL);
  g_mkdir_with_parents (dir, 0700);
  return g_steal_pointer (&dir);
}

char *
bs_path_schemas (void)
{
  return build_resources ();
}

char *
bs_path_locale (void)
{
  g_autofree char *resources = build_resources ();
  return resources != NULL ? g_build_filename (resources, "po", NULL) : g_strdup (BS_LOCALE_DIR);
}
