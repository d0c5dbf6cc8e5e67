/* bs-signal-writer.h: signals as `barscope predict` prints them: one table of output formats */
#pragma once

#include <stdio.h>

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name; /* "table", "csv", "json" */
  /* Before the first and after the last of many rows. (nullable) */
  void (*begin) (FILE *out);
  void (*end) (FILE *out);
  /* One of many rows. @time: of the window's newest row, ISO 8601; @is_first: of the rows printed */
  void (*row) (FILE *out, const BsSignal *signal, const char *time, gboolean is_first);
  /* The newest signal alone, with what it rests on. @model_name: as people call it */
  void (*newest) (FILE *out, const BsSignal *signal, const char *time, const BsPredictor *predictor,
                  const char *model_name);
} BsSignalFormat;

/** bs_signal_format_by_name: (nullable) */
const BsSignalFormat *bs_signal_format_by_name (const char *name);

G_END_DECLS
