/* bs-loop-monitor.h: how long the start took and how long the main loop was ever busy; for --verbose and measurements */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** Notes now as the program's start. Thread: main, first thing. */
void bs_loop_monitor_mark_start (void);

/**
 * bs_loop_monitor_enable:
 *
 * From now on measures the gaps of the main loop: the time between two of its polls, in which no event is answered; and says
 * on stderr when the first frame is out and, at the end, the longest gap after it.
 */
void bs_loop_monitor_enable (void);

/** Says when the first frame of @window has been painted, where enabled. */
void bs_loop_monitor_watch (GtkWindow *window);

/** Says that the start has come to @what: how long it took, wall clock and CPU of the main thread. Where enabled. */
void bs_loop_monitor_note (const char *what);

/** Leaves out the turn of the loop that is running: what it does is not what the window does (a picture is taken). */
void bs_loop_monitor_leave_out (void);

/** Prints the longest gap and resident memory, where enabled. */
void bs_loop_monitor_report (void);

G_END_DECLS
