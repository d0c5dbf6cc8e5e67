/* bs-fidelity-text.h: what the fidelity monitor found, in words; translated */
#pragma once

#include "inference/predict/bs-fidelity-report.h"

G_BEGIN_DECLS

/** bs_fidelity_text_is_over: whether a bar since the switches were changed last was further off than the limit */
gboolean bs_fidelity_text_is_over (const BsFidelityReport *report);

/** bs_fidelity_text_difference: (transfer full): the largest difference of @figures, "–" before the first comparison */
char *bs_fidelity_text_difference (const BsFidelityFigures *figures, const BsOptions *options);

/** bs_fidelity_text_network: (transfer full): about the number format: one or two sentences, the verdict first */
char *bs_fidelity_text_network (const BsFidelityReport *report, const BsOptions *options);
/** bs_fidelity_text_all: (transfer full): about all switches together, and which of them count */
char *bs_fidelity_text_all (const BsFidelityReport *report, const BsOptions *options);
/** bs_fidelity_text_session: (transfer full): over the whole session, whatever the switches were */
char *bs_fidelity_text_session (const BsFidelityReport *report);
/** bs_fidelity_text_status: (transfer full): in a few words, for the status line; "" before the first comparison */
char *bs_fidelity_text_status (const BsFidelityReport *report, const BsOptions *options);

G_END_DECLS
