#include "app/bs-renderer.h"

#include <string.h>

/* Kernel drivers of displays without a GPU behind them. virtio_gpu and vmwgfx may have one: GTK decides there. */
static const char *const software_drivers[]
  = { "ast",       "bochs-drm",          "cirrus", "hyperv_drm", "mgag200", "qxl",
      "simpledrm", "simple-framebuffer", "udl",    "vgem",       "vkms" };

static gboolean
is_software_driver (const char *drm_folder, const char *node)
{
  g_autofree char *link = g_build_filename (drm_folder, node, "device", "driver", NULL);
  g_autofree char *target = g_file_read_link (link, NULL);
  if (target == NULL)
    return FALSE;
  g_autofree char *driver = g_path_get_basename (target);
  for (guint i = 0; i < G_N_ELEMENTS (software_drivers); i++)
    if (strcmp (driver, software_drivers[i]) == 0)
      return TRUE;
  return FALSE;
}

const char *
bs_renderer_software_reason (const char *dri_folder, const char *drm_folder)
{
  g_autoptr (GDir) dir = g_dir_open (dri_folder, 0, NULL);
  gboolean any = FALSE;
  for (const char *node; dir != NULL && (node = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_prefix (node, "renderD"))
      {
        any = TRUE;
        if (!is_software_driver (drm_folder, node))
          return NULL;
      }
  return any ? "the graphics drivers here have no GPU" : "there is no GPU device here";
}

const char *
bs_renderer_choose (void)
{
  const char *reason = NULL;
#ifdef __linux__
  const char *software = g_getenv ("LIBGL_ALWAYS_SOFTWARE");
  if (g_getenv ("GSK_RENDERER") != NULL)
    return NULL;
  if (software != NULL && strcmp (software, "0") != 0 && g_ascii_strcasecmp (software, "false") != 0)
    reason = "LIBGL_ALWAYS_SOFTWARE is set";
  else
    reason = bs_renderer_software_reason ("/dev/dri", "/sys/class/drm");
  if (reason != NULL)
    {
      g_setenv ("GSK_RENDERER", "cairo", TRUE);
      /* Else GDK loads a software GL when it opens the display, for nothing: some 80 ms and 20 MiB. */
      g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
    }
#endif
  return reason;
}
