/* bs-test-output.h: what a program said, but for what depends on the machine's speed */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** bs_test_without_slow: (transfer full): @err without the lines that tell of slow predictions: a busy machine has them. */
char *bs_test_without_slow (const char *err);

G_END_DECLS
