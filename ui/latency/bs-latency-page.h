/* bs-latency-page.h: the latency page: timeline, table and histogram of what is chosen, or of two choices side by side */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-record.h"
#include "ui/latency/bs-latency-side.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_PAGE (bs_latency_page_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyPage, bs_latency_page, BS, LATENCY_PAGE, GtkWidget)

/**
 * bs_latency_page_new:
 *
 * Empty until it is given a record. Signal "export" (const char *format): the user wants "csv", "json" or "png".
 * Thread: main.
 */
GtkWidget *bs_latency_page_new (void);

/** bs_latency_page_set_record: @record: what it shows; a reference is taken. Once. */
void bs_latency_page_set_record (BsLatencyPage *self, BsLatencyRecord *record);

/** What a side stands for. */
typedef struct
{
  char *title;    /* as the user chose it, translated */
  gboolean all;   /* all since the trace began */
  GArray *ranges; /* of BsLatencyRange: else these */
} BsLatencyChosen;

/** bs_latency_page_get_chosen: (transfer full) (nullable): %NULL where @side stands for nothing */
BsLatencyChosen *bs_latency_page_get_chosen (BsLatencyPage *self, BsLatencySide side) G_GNUC_WARN_UNUSED_RESULT;
void bs_latency_chosen_free (BsLatencyChosen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencyChosen, bs_latency_chosen_free)

G_END_DECLS
