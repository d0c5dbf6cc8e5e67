/* bs-lab-effects.h: what a switch was last measured to do here, in words for the switch panel */
#pragma once

#include "app/lab/bs-ablation-report.h"

G_BEGIN_DECLS

/**
 * bs_lab_effect_text:
 * @rows: (element-type BsAblationRow)
 *
 * Returns: (transfer full) (nullable): what changing @option alone did to time and confidence, a line each value that was
 * measured; %NULL where none was
 */
char *bs_lab_effect_text (const GArray *rows, BsOption option) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
