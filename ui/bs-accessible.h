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

/** bs_accessible_name_table: names the parts of @view that take the focus: its list by @name (translated), and the heads of its columns. */
void bs_accessible_name_table (GtkColumnView *view, const char *name);

/**
 * bs_accessible_name_row:
 * @child: what a list's factory has put into a row, or into the cell of a column
 * @name: translated
 *
 * Names the row that @child is in, which takes the focus and has no API to be named by in GTK 4.8. When it is bound. Thread: main.
 */
void bs_accessible_name_row (GtkWidget *child, const char *name);

G_END_DECLS
