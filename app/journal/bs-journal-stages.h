/* bs-journal-stages.h: the stage times of a signal as a few bytes: five for each stage that ran */
#pragma once

#include "inference/predict/bs-stage.h"

G_BEGIN_DECLS

/** Bytes that bs_journal_stages_pack() writes at most. */
#define BS_JOURNAL_STAGES_SIZE (5 * BS_N_STAGES)

/** bs_journal_stages_names: (transfer full): the stages' names in order, with commas between: what the numbers in the bytes mean */
char *bs_journal_stages_names (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_journal_stages_pack:
 * @stage_ns: [BS_N_STAGES]
 * @bytes: (out caller-allocates): [BS_JOURNAL_STAGES_SIZE]: stage (u8) and ns (u32, little-endian, saturated) of each that is not 0
 *
 * Returns: bytes written
 */
gsize bs_journal_stages_pack (const gint64 *stage_ns, guint8 *bytes);

/**
 * bs_journal_stages_unpack:
 * @names: (nullable): of the stages when they were packed; stages that are no more are left out
 * @stage_ns: (out caller-allocates): [BS_N_STAGES], 0 where nothing was packed
 *
 * Any bytes are taken: what is no stage is left out.
 */
void bs_journal_stages_unpack (const guint8 *bytes, gsize size, const char *names, gint64 *stage_ns);

G_END_DECLS
