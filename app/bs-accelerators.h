/* bs-accelerators.h: the keys of actions of the application and of a window; docs/keyboard.md and help-overlay.ui name the same */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_accelerators_install:
 *
 * Gives @application's actions, and those of its windows, their accelerators. They come before the keys of whatever widget has the
 * focus, so none of them may be a key that a widget wants: test-shortcuts compares them.
 */
void bs_accelerators_install (GtkApplication *application);

/**
 * bs_accelerators_new_plain:
 *
 * Keys without a modifier, for a window: they act only where nobody who has the focus wants them.
 *
 * Returns: (transfer full): a controller of shortcuts for the window's actions
 */
GtkEventController *bs_accelerators_new_plain (void);

G_END_DECLS
