/* bs-bench.h: what `barscope bench` measures: one table of cases, timed in interleaved rounds */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BS_BENCH_ERROR_UNAVAILABLE, /* the case cannot run here (no such device, no sample file): left out, not a failure */
  BS_BENCH_ERROR_FAILED,      /* it ran and went wrong */
} BsBenchError;

#define BS_BENCH_ERROR (bs_bench_error_quark ())
GQuark bs_bench_error_quark (void);

typedef struct _BsBenchCase BsBenchCase;

/**
 * BsBenchCase:
 *
 * One row of the table: something timed under a name such as "features/batch/15000". Each file app/bench/bench-NAME.c
 * exports one array of them, ended by a row without a name, and is listed in bs-bench-table.c.
 */
struct _BsBenchCase
{
  const char *name;
  const char *summary; /* one line: what one operation is */

  /* Returns: (transfer full): the state that run works on, never %NULL without @error; %BS_BENCH_ERROR_UNAVAILABLE leaves
   * the case out. @row: this row, for its arg. Not timed. */
  gpointer (*setup) (const BsBenchCase *row, GError **error);
  /* Timed: does `operations` operations. Called any number of times. */
  gboolean (*run) (gpointer state, GError **error);
  void (*teardown) (gpointer state);

  guint operations; /* in one run; times are divided by it. 0 means 1 */
  int arg;          /* for setup: rows that share functions differ here */
  /* (nullable): the device that the state works on, by name, where that is not this machine's CPU */
  const char *(*device) (gpointer state);

  /* (nullable): not timed: around each slice of runs, so that what a case runs beside itself does not disturb the others */
  void (*begin_slice) (gpointer state);
  void (*end_slice) (gpointer state);

  /* (nullable): what the last run took by its own account, ns, where only a part of a run is to be timed, or CPU time */
  gint64 (*elapsed_ns) (gpointer state);
};

/** Times of one case, us for one operation. */
typedef struct
{
  const BsBenchCase *row;
  guint64 n; /* samples */
  double min, p50, p95, p99, max;
  const char *device; /* (nullable): interned; see BsBenchCase.device */
} BsBenchResult;

typedef struct
{
  const char *const *only; /* (nullable): prefixes of names, %NULL-terminated; %NULL selects all */
  guint rounds;            /* each round takes a slice of samples of every case */
  guint32 seed;            /* of the order of the cases within each round */
  /* (nullable): a case is left out (%BS_BENCH_ERROR_UNAVAILABLE) */
  void (*left_out) (const BsBenchCase *row, const char *reason);
} BsBenchOptions;

#define BS_BENCH_DEFAULT_ROUNDS 20
#define BS_BENCH_DEFAULT_SEED 1

#define BS_BENCH_OPTIONS_INIT                                                                                          \
  {                                                                                                                    \
    .rounds = BS_BENCH_DEFAULT_ROUNDS, .seed = BS_BENCH_DEFAULT_SEED                                                   \
  }

/** The groups of cases of this program (bs-bench-table.c): arrays ended by a row without a name. %NULL-terminated. Static. */
const BsBenchCase *const *bs_bench_groups (void);
/** bs_bench_nth: (nullable): case @n of @groups; %NULL past the last */
const BsBenchCase *bs_bench_nth (const BsBenchCase *const *groups, guint n);
/** bs_bench_selected: whether @only (see BsBenchOptions) selects @row */
gboolean bs_bench_selected (const BsBenchCase *row, const char *const *only);

/**
 * bs_bench_run:
 * @groups: the cases, as bs_bench_groups() gives them
 *
 * Sets up every selected case, warms it up, finds how many runs make a sample long enough for the clock, then goes round by
 * round over all cases, each round in a new order, so that a slow spell of the machine hits all alike. Thread: any.
 *
 * Returns: (transfer full) (element-type BsBenchResult): results in the order of the table, without those left out; %NULL
 * with an error where a case failed
 */
GArray *bs_bench_run (const BsBenchCase *const *groups, const BsBenchOptions *options,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_bench_summarize: fills @result from @samples ([n], us, n >= 1), which it sorts. Percentiles are of nearest rank. */
void bs_bench_summarize (double *samples, gsize n, BsBenchResult *result);

/** bs_bench_results_to_json: (transfer full): an array of {name, unit, n, min, p50, p95, p99, max}, and device where there is one */
char *bs_bench_results_to_json (const GArray *results);

G_END_DECLS
