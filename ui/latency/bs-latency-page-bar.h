/* bs-latency-page-bar.h: the controls of the latency page: what a drag does, what A and B stand for, budget, export */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-choice.h"
#include "ui/latency/bs-latency-record.h"
#include "ui/latency/bs-latency-side.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_PAGE_BAR (bs_latency_page_bar_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyPageBar, bs_latency_page_bar, BS, LATENCY_PAGE_BAR, GtkWidget)

/**
 * bs_latency_page_bar_new:
 * @record: whose marks can be chosen and whose budget is set
 *
 * Signals: "drag-changed" (int side, %BS_LATENCY_N_SIDES: pan), "choice-changed" (int side), "export" (const char *format).
 */
GtkWidget *bs_latency_page_bar_new (BsLatencyRecord *record);

/** What @side stands for. Owned by @self, until the next signal. */
const BsLatencyChoice *bs_latency_page_bar_get_choice (BsLatencyPageBar *self, BsLatencySide side);
/** Chooses what @side stands for; emits "choice-changed" where that is something else. */
void bs_latency_page_bar_choose (BsLatencyPageBar *self, BsLatencySide side, BsLatencyChoiceKind kind);
/** What a drag does: see "drag-changed". */
void bs_latency_page_bar_set_drag (BsLatencyPageBar *self, BsLatencySide side);
BsLatencySide bs_latency_page_bar_get_drag (BsLatencyPageBar *self);

G_END_DECLS
