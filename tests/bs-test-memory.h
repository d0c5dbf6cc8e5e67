/* bs-test-memory.h: counts what the process allocates, to show that a hot path allocates nothing */
#pragma once

#include <glib.h>

/** Whether allocations can be counted in this build (glibc, or AddressSanitizer). Where not, skip the test. */
gboolean bs_test_can_count_allocations (void);

/** Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign so far by any thread of the process, its
 * libraries among them (blocks that a library maps for itself are not seen). */
guint64 bs_test_allocations (void);
