/* bs-number-spin.h: a spin button that shows and takes numbers as the user's locale writes them */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_number_spin_localize:
 *
 * Makes @spin show its value with the user's decimal point, and take what bs_number_parse() does: GTK itself follows the process,
 * whose LC_NUMERIC is "C". For those with digits behind the point. Thread: main.
 */
void bs_number_spin_localize (GtkSpinButton *spin);

G_END_DECLS
