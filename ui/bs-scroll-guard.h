/* bs-scroll-guard.h: a wheel that scrolls a list does not change the numbers in it */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** bs_scroll_guard_spin: @spin no longer takes the wheel, which then scrolls what it is in. Thread: main. */
void bs_scroll_guard_spin (GtkSpinButton *spin);

G_END_DECLS
