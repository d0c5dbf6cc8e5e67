/* bs-draw-text.h: text that a widget draws itself, in its own font with tabular figures */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_draw_text_layout:
 * @widget: whose font and language are used
 * @size: px, 0 for the widget's own
 * @weight: 400 regular, 700 bold
 *
 * Returns: (transfer full): an empty layout with figures of equal width
 */
PangoLayout *bs_draw_text_layout (GtkWidget *widget, double size, int weight) G_GNUC_WARN_UNUSED_RESULT;

/** bs_draw_text_size: the size of the widget's own font, px. */
double bs_draw_text_size (GtkWidget *widget);

/** bs_draw_text_width: the width, px, that @text takes in @layout, whose text is left set to it. */
int bs_draw_text_width (PangoLayout *layout, const char *text);

/** bs_draw_text_at: draws @layout with its upper left corner at @x, @y. */
void bs_draw_text_at (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *color);

G_END_DECLS
