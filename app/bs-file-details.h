/* bs-file-details.h: what a file of bars held: format, range, refused rows and gaps */
#pragma once

#include <adwaita.h>

#include "app/bs-loader.h"

G_BEGIN_DECLS

/** bs_file_details_new: a window about @bars, on top of @parent; not yet presented. Thread: main. */
GtkWidget *bs_file_details_new (GtkWindow *parent, BsBars *bars);

G_END_DECLS
