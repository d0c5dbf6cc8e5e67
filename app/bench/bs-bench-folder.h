/* bs-bench-folder.h: the end of a folder that a benchmark has made */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** bs_bench_folder_remove: @path: (transfer full) (nullable): deleted with the files in it, a journal and what SQLite keeps beside it */
void bs_bench_folder_remove (char *path);

G_END_DECLS
