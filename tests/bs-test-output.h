/* bs-test-output.h: runs a program; what it said, but for what depends on the machine's speed */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bs_test_run:
 * @command: a command line, quoted as for a shell, but without one
 * @status: the exit status that it must have: another one ends the test
 * @err: (out) (transfer full): what it wrote to standard error
 *
 * Returns: (transfer full): its output
 */
char *bs_test_run (const char *command, int status, char **err) G_GNUC_WARN_UNUSED_RESULT;

/** bs_test_without_slow: (transfer full): @err without the lines that tell of slow predictions: a busy machine has them. */
char *bs_test_without_slow (const char *err);

G_END_DECLS
