#include "app/bench/bs-bench.h"

/* One row a file of cases, in the order of the report. */
static const BsBenchCase *const groups[] = {
  NULL,
};

const BsBenchCase *const *
bs_bench_groups (void)
{
  return groups;
}
