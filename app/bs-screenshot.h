/* bs-screenshot.h: a picture of a window, or of a part of it, as it is on the screen */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_screenshot_take:
 * @widget: mapped
 *
 * Renders what @widget shows now with its window's renderer, on the window's background. Thread: main; costs about a frame.
 *
 * Returns: (transfer full): the picture; %NULL with %G_IO_ERROR_PENDING where there is nothing to see yet
 */
GdkTexture *bs_screenshot_take (GtkWidget *widget, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_screenshot_save:
 * @window: mapped
 * @path: of a PNG; replaced where it exists
 *
 * Returns: %FALSE with a %G_FILE_ERROR that names the file, or as bs_screenshot_take()
 */
gboolean bs_screenshot_save (GtkWindow *window, const char *path, GError **error);

G_END_DECLS
