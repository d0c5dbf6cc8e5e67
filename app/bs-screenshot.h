/* bs-screenshot.h: a picture of a window as it is on the screen */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_screenshot_save:
 * @window: mapped
 * @path: of a PNG; replaced where it exists
 *
 * Renders what @window shows now with its own renderer. Thread: main.
 *
 * Returns: %FALSE with a %G_FILE_ERROR that names the file, or %G_IO_ERROR_PENDING where there is nothing to see yet
 */
gboolean bs_screenshot_save (GtkWindow *window, const char *path, GError **error);

G_END_DECLS
