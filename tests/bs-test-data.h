/* bs-test-data.h: files that tests read */
#pragma once

#include <glib.h>

/**
 * bs_test_reference_path:
 * @name: a file of the reference data, which only some machines have
 *
 * Returns: (transfer full) (nullable): its path; %NULL, with the running test marked as skipped, where it is not
 */
char *bs_test_reference_path (const char *name);

/** bs_test_read_gzip: (transfer full): the text of a gzip file. Fails the test where it cannot be read. */
char *bs_test_read_gzip (const char *path);

/**
 * bs_test_parse_csv:
 * @text: a header, then rows of numbers; an empty cell is 0
 * @n_columns: columns that each row must have
 *
 * Returns: (transfer full) (element-type double): all cells, row after row, without the header
 */
GArray *bs_test_parse_csv (const char *text, guint n_columns);
