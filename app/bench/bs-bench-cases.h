/* bs-bench-cases.h: the arrays of cases, one from each bench-NAME.c, that bs-bench-table.c lists */
#pragma once

#include "app/bench/bs-bench.h"

G_BEGIN_DECLS

extern const BsBenchCase bs_bench_features_cases[];
extern const BsBenchCase bs_bench_lstm_cases[];
extern const BsBenchCase bs_bench_vulkan_cases[];
extern const BsBenchCase bs_bench_load_cases[];
extern const BsBenchCase bs_bench_live_cases[];
extern const BsBenchCase bs_bench_tick_cases[];
extern const BsBenchCase bs_bench_fleet_cases[];
extern const BsBenchCase bs_bench_journal_cases[];
extern const BsBenchCase bs_bench_lab_cases[];
extern const BsBenchCase bs_bench_train_cases[];
extern const BsBenchCase bs_bench_draw_cases[]; /* where there is a window */

G_END_DECLS
