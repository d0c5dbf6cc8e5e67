/* bs-status-title.h: the title of the window: instrument, bar length, and how its feed stands, in words and colour */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** How a state is to be seen; each has a colour of the theme. */
typedef enum
{
  BS_STATUS_IDLE,
  BS_STATUS_GOOD,
  BS_STATUS_BUSY,
  BS_STATUS_WARNING,
  BS_STATUS_ERROR,
} BsStatusLevel;

#define BS_TYPE_STATUS_TITLE (bs_status_title_get_type ())
G_DECLARE_FINAL_TYPE (BsStatusTitle, bs_status_title, BS, STATUS_TITLE, GtkWidget)

/** @title: "ES · 1 min". Cheap where nothing changes. */
void bs_status_title_set_title (BsStatusTitle *self, const char *title);
/** @state: "replaying, 10 bars/s". Cheap where nothing changes. */
void bs_status_title_set_state (BsStatusTitle *self, BsStatusLevel level, const char *state);
/** bs_status_title_set_details: @text: what more there is to say of the feed, beside the state on demand; "" for nothing. Cheap
 * where nothing changes. */
void bs_status_title_set_details (BsStatusTitle *self, const char *text);
/** That one records, and for how long: @text: "Recording 1:05"; "" shows nothing. */
void bs_status_title_set_recording (BsStatusTitle *self, const char *text);
/** How faithful the answers are: @text: "ΔP 0.0021, 99.7 %"; "" shows none. @over: over the limit. Cheap where nothing changes. */
void bs_status_title_set_fidelity (BsStatusTitle *self, const char *text, const char *tooltip, gboolean over);

G_END_DECLS
