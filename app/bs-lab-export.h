/* bs-lab-export.h: what the lab measured, into a file that the user chooses */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_lab_export:
 * @widget: whose window asks for the file
 * @title: of the file chooser
 * @name: proposed
 * @data: (transfer full): what is written
 *
 * Asks where to, writes behind the main loop's back, and says in a toast how it went.
 */
void bs_lab_export (GtkWidget *widget, const char *title, const char *name, GBytes *data);

/**
 * bs_lab_export_picture:
 * @parts: [n]: widgets that are mapped; each is drawn whole, one below the other
 *
 * The same with a PNG of @parts. Encoding, which takes longer than a frame, is done on a thread.
 */
void bs_lab_export_picture (GtkWidget *widget, const char *title, const char *name, GtkWidget *const *parts, guint n);

G_END_DECLS
