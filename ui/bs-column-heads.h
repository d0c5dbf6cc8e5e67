/* bs-column-heads.h: the heads of a column view's columns */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_column_heads_align_end:
 * @view: with its columns, all of them visible: GTK makes no head for a hidden one
 * @position: which column, from 0
 *
 * Puts the title of a column of figures above these, at the end. GTK 4.8 has it at the start and no API to change that. Where its
 * parts are not as expected nothing is changed. Thread: main.
 */
void bs_column_heads_align_end (GtkColumnView *view, guint position);

G_END_DECLS
