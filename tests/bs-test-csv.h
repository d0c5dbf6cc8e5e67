/* bs-test-csv.h: the plain CSV files of numbers that tests compare with */
#pragma once

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

/** A header of names and rows of numbers. A first column "time" is read as ISO 8601 UTC or as us since 1970. */
typedef struct
{
  char **names; /* of the number columns */
  guint n_columns;
  gsize n_rows;
  gint64 *times_us; /* (nullable) */
  double *values;   /* [n_rows, n_columns]; an empty cell is 0 */
} BsTestCsv;

/** (transfer full) (nullable): gzipped or not; %NULL where there is no such file. Fails the test where it is malformed. */
BsTestCsv *bs_test_csv_load (const char *path);
void bs_test_csv_free (BsTestCsv *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTestCsv, bs_test_csv_free)

double bs_test_csv_get (const BsTestCsv *self, gsize row, const char *name);
/** (transfer full): a series of the bars in the file */
BsBarSeries *bs_test_csv_series (const BsTestCsv *self, gint64 bar_length_us, BsStamp stamp);
/** (transfer full) (nullable): the file @name of the reference data; %NULL, with the test skipped, where it is absent */
BsTestCsv *bs_test_csv_load_shared (const char *name);
/** (transfer full): the file @name among the golden vectors */
BsTestCsv *bs_test_csv_load_golden (const char *name);

G_END_DECLS
