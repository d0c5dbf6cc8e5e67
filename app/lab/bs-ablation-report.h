/* bs-ablation-report.h: an ablation with all that its figures rest on, and the formats that it is written in */
#pragma once

#include "app/lab/bs-ablation.h"

G_BEGIN_DECLS

/** What an ablation was run on and with. Copied by bs_ablation_report_new(). */
typedef struct
{
  const char *program;        /* "barscope 0.1.0, gcc 12.2.0" */
  const char *bars_path;      /* of the primary bars */
  const char *secondary_path; /* (nullable) */
  const char *model_path;
  gsize max_bars;    /* only the newest were taken: how many were asked for; 0 for all */
  const char *since; /* (nullable): ISO 8601: when it began */
} BsAblationSource;

/** Immutable. */
typedef struct
{
  BsAblation *ablation;
  char *program, *since;
  char *bars_path, *secondary_path; /* secondary_path: (nullable) */
  char *bars_hash;                  /* SHA-256 of all values of both series */
  gsize n_bars, n_secondary, max_bars;
  char *model_path, *model_name, *model_hash;
  guint rounds; /* asked for */
  guint32 seed;
  char *cpu, *isa, *governor; /* governor: (nullable) */
  guint n_cores;
  double load;   /* before the run, without what it added itself; negative: not known */
  char *warning; /* (nullable): bs_machine_timing_warning() before the run */
} BsAblationReport;

/**
 * bs_ablation_report_run:
 * @plan: (transfer full)
 *
 * bs_ablation_run() with a description of the machine as it was before. Thread: any.
 */
BsAblationReport *bs_ablation_report_run (BsAblationPlan *plan, const BsAblationSetup *setup,
                                          const BsAblationSource *source, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_ablation_report_free (BsAblationReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAblationReport, bs_ablation_report_free)

/** One comparison with everything about it: what every format and the page show. Strings belong to the ablation. */
typedef struct
{
  const char *name, *from;
  const char *forced; /* (nullable) */
  const char *reason; /* (nullable): why it was not measured; all below is 0 then */
  BsAblationWork work;
  guint base, arm; /* indexes of the arms */
  double base_us, us;
  BsRatio ratio;
  BsVerdict verdict;
  BsFidelity fidelity; /* of the arm, against plain FP32 */
  guint n_bars;        /* timed in a round */
  guint n_outliers;    /* rounds */
} BsAblationRow;

/** bs_ablation_rows: (transfer full) (element-type BsAblationRow): in the order of the plan, those left out last */
GArray *bs_ablation_rows (const BsAblation *ablation) G_GNUC_WARN_UNUSED_RESULT;

/** bs_ablation_options_text: (transfer full): "hurst-cache=on hurst-every=10 ..." */
char *bs_ablation_options_text (const BsOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/** bs_ablation_report_machine: (transfer full): one line */
char *bs_ablation_report_machine (const BsAblationReport *self) G_GNUC_WARN_UNUSED_RESULT;

/** A format of the output. */
typedef struct
{
  const char *name;      /* "json" */
  const char *extension; /* "json"; of a file */
  /* @changes: (nullable): what changed since an earlier report, one string each, %NULL-terminated */
  void (*write) (const BsAblationReport *report, const char *const *changes, GString *text);
} BsAblationFormat;

/** bs_ablation_format_nth: the formats: (nullable) past the last. Static. */
const BsAblationFormat *bs_ablation_format_nth (guint n);
/** bs_ablation_format_by_name: (nullable) */
const BsAblationFormat *bs_ablation_format_by_name (const char *name);

/* The formats' writers, in files of their own. */
void bs_ablation_write_table (const BsAblationReport *report, const char *const *changes, GString *text);
void bs_ablation_write_json (const BsAblationReport *report, const char *const *changes, GString *text);
void bs_ablation_write_csv (const BsAblationReport *report, const char *const *changes, GString *text);
void bs_ablation_write_markdown (const BsAblationReport *report, const char *const *changes, GString *text);

/** The "format" member of a report in JSON, and its version. */
#define BS_ABLATION_FORMAT_NAME "barscope-ablation"
#define BS_ABLATION_FORMAT_VERSION 1

G_END_DECLS
