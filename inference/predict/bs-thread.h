/* bs-thread.h: threads that work where nobody waits for them, and those that somebody always waits for */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bs_thread_lower_priority:
 *
 * Puts the calling thread, and it alone, behind all others for good: what it does must be missed by nobody. It still gets a
 * little time where the processor is busy, so that it can be waited for. Does nothing where the system has no such thing.
 */
void bs_thread_lower_priority (void);

/**
 * bs_thread_wake_soon:
 *
 * Tells the scheduler that the calling thread works in short spells and sleeps between them: it then runs as soon as it wakes
 * up, and not when whoever runs there has used up its slice of some milliseconds. Its share of the processor stays as it is.
 * Needs Linux 6.12 or macOS; does nothing elsewhere.
 */
void bs_thread_wake_soon (void);

G_END_DECLS
