/* bs-ablation-earlier.h: a report read back from its JSON, to run it again and say what changed */
#pragma once

#include "app/lab/bs-ablation-report.h"

G_BEGIN_DECLS

/** Bytes of a report at most. */
#define BS_ABLATION_REPORT_MAX_BYTES (16 * 1024 * 1024)

/** What is read of a report: what it takes to run it again, and what came of it. */
typedef struct
{
  char *program;
  char *plan;
  guint rounds;
  guint32 seed;
  BsOptions options;
  char
    *unknown_options; /* (nullable): options of this program that the report does not know: they have their default */
  char *bars_path, *secondary_path; /* secondary_path: (nullable) */
  char *bars_hash;
  gsize max_bars;
  char *model_path, *model_hash;
  char *cpu, *isa, *governor; /* governor: (nullable) */
  double baseline_us;
  GArray *rows; /* of BsAblationEarlierRow */
} BsAblationEarlier;

typedef struct
{
  char *name;
  gboolean measured; /* all below is 0 where not */
  BsRatio ratio;
  BsVerdict verdict;
  guint64 n_answers, n_agree;
  double max_difference;
} BsAblationEarlierRow;

/**
 * bs_ablation_earlier_parse:
 * @text: UTF-8, need not end with a NUL
 * @length: its bytes
 *
 * Reads a report that bs_ablation_write_json() wrote. Nothing in it is trusted: what is missing, of another type or out of
 * its range is refused.
 *
 * Returns: (transfer full): %NULL with %BS_ABLATION_ERROR_REPORT that names the place or the member, and what was expected
 */
BsAblationEarlier *bs_ablation_earlier_parse (const char *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_ablation_earlier_load: the same from a file; the error names it. */
BsAblationEarlier *bs_ablation_earlier_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_ablation_earlier_free (BsAblationEarlier *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAblationEarlier, bs_ablation_earlier_free)

/**
 * bs_ablation_earlier_changes:
 *
 * What is not in @report as it was in @self: machine, program, bars, model; comparisons that came or went, whose verdict
 * is another, whose intervals do not meet any more, or whose answers are others. Times themselves are not compared: those
 * of two runs cannot be.
 *
 * Returns: (transfer full): sentences, %NULL-terminated; at least one
 */
char **bs_ablation_earlier_changes (const BsAblationEarlier *self, const BsAblationReport *report);

G_END_DECLS
