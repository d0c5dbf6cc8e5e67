/* bench-load.c: bars from a file, until they lie in a series */
#include <glib/gstdio.h>

#include "app/bench/bs-bench-cases.h"
#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-bar-generator.h"
#include "app/feeds/bs-bar-writer.h"

#define SEED 1

typedef struct
{
  char *folder;
  char *path;
  guint64 n_bars;
} LoadState;

static void
teardown (gpointer data)
{
  LoadState *state = data;

  if (state->path != NULL)
    g_remove (state->path);
  if (state->folder != NULL)
    g_rmdir (state->folder);
  g_free (state->path);
  g_free (state->folder);
  g_free (state);
}

static gboolean
write_bars (const LoadState *state, GError **error)
{
  g_autoptr (BsBarGenerator) generator
    = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  g_autoptr (BsBarWriter) writer = bs_bar_writer_new (state->path, 2, error);
  BsBar bar;

  if (writer == NULL)
    return FALSE;
  for (guint64 i = 0; i < state->n_bars; i++)
    {
      bs_bar_generator_next (generator, &bar);
      if (!bs_bar_writer_write (writer, &bar, error))
        return FALSE;
    }
  return bs_bar_writer_commit (writer, error);
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  LoadState *state = g_new0 (LoadState, 1);

  state->n_bars = row->arg;
  state->folder = g_dir_make_tmp ("barscope-bench-XXXXXX", error);
  if (state->folder != NULL)
    {
      state->path = g_build_filename (state->folder,
                                      g_str_has_prefix (row->name, "load/csv.gz/") ? "bars.csv.gz" : "bars.csv", NULL);
      if (write_bars (state, error))
        return state;
    }
  teardown (state);
  return NULL;
}

static gboolean
run (gpointer data, GError **error)
{
  const LoadState *state = data;
  g_autoptr (BsBarFile) file = bs_bar_file_load (state->path, NULL, NULL, NULL, NULL, error);

  if (file == NULL)
    return FALSE;
  if (bs_bar_series_end (file->series) == state->n_bars)
    return TRUE;
  g_set_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, "%s: %" G_GUINT64_FORMAT " bars were refused", state->path,
               file->n_refused);
  return FALSE;
}

const BsBenchCase bs_bench_load_cases[] = {
  { "load/csv/100000", "100,000 bars of CSV (eight columns), from the disk's cache into a series", setup, run, teardown,
    1, 100000 },
  { "load/csv/1000000", "1,000,000 bars of CSV (eight columns), from the disk's cache into a series", setup, run, teardown,
    1, 1000000 },
  { "load/csv.gz/100000", "the same file gzipped", setup, run, teardown, 1, 100000 },
  { NULL },
};
