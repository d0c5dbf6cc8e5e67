/* bs-thread.h: threads that work where nobody waits for them */
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

G_END_DECLS
