/* bs-renderer.h: which of GTK's renderers to use */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bs_renderer_choose:
 *
 * GTK's GL renderer on a software GL costs 70 to 80 ms a frame where its cairo renderer takes 2 to 3: chooses cairo where no
 * GPU is in sight. Looks at a few file names only (no GL context is made, which would cost more than it tells), and leaves a
 * GSK_RENDERER that the user has set alone. Call it before GTK starts, while there is one thread.
 *
 * Returns: (nullable): why cairo was chosen, in words; %NULL where GTK chooses. Static.
 */
const char *bs_renderer_choose (void);

/**
 * bs_renderer_software_reason:
 * @dri_folder: "/dev/dri"
 * @drm_folder: "/sys/class/drm"
 *
 * The same without setting anything, of the machine that these folders describe.
 */
const char *bs_renderer_software_reason (const char *dri_folder, const char *drm_folder);

G_END_DECLS
