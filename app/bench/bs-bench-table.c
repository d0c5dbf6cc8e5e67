#include "app/bench/bs-bench-cases.h"

#include "app/bs-config.h"

/* One row a file of cases, in the order of the report. */
static const BsBenchCase *const groups[] = {
  bs_bench_features_cases, bs_bench_lstm_cases, bs_bench_vulkan_cases, bs_bench_load_cases, bs_bench_live_cases,
  bs_bench_journal_cases,
  bs_bench_tick_cases, bs_bench_fleet_cases, bs_bench_lab_cases, bs_bench_train_cases,
#if BS_HAVE_WINDOW
  bs_bench_draw_cases,
#endif
  NULL,
};

const BsBenchCase *const *
bs_bench_groups (void)
{
  return groups;
}
