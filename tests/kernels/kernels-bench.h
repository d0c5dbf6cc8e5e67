/* kernels-bench.h: times of the kernels */
#pragma once

/** Times every kernel set that this processor runs, in interleaved rounds, and prints a table. Returns: an exit status */
int kernels_bench (void);
