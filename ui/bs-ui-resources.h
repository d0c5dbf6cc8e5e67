/* bs-ui-resources.h: templates and style of the widgets, bundled in the program */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_UI_RESOURCE_PREFIX "/org/barscope/Barscope/ui/"

/**
 * bs_ui_ensure_resources:
 *
 * Registers the bundle and adds style.css to the default display, once. Every class of ui/ that needs either calls it
 * from its class_init, so that no program has to. Thread: main, after GTK has started.
 */
void bs_ui_ensure_resources (void);

G_END_DECLS
