/* bs-accessible.h: names for the parts of GTK's own widgets that a screen reader can come to */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_accessible_name_parts:
 * @root: a widget of GTK or libadwaita, with its parts made
 * @type: the type of the parts
 * @name: translated
 *
 * Names every widget of @type among @root and its descendants. For parts that have no API of their own to name them: the
 * scrolled window in a status page, the arrow of a split button, the button in a drop-down. Thread: main.
 */
void bs_accessible_name_parts (GtkWidget *root, GType type, const char *name);

G_END_DECLS
