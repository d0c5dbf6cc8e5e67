/* bs-loader-journal.h: what the loader takes from the journal: a run to look at again, the bars that a feed goes on from */
#pragma once

#include "app/bs-loader.h"

G_BEGIN_DECLS

/** bs_load_run: fills in bars, run and answers of the run that @request names. Thread: the loader's. */
gboolean bs_load_run (const BsLoadRequest *request, BsLoaded *loaded, GError **error);

/** bs_load_answers: puts the answers of @loaded's run into its chart data */
void bs_load_answers (BsLoaded *loaded);

/**
 * bs_load_continue:
 *
 * Puts the bars that the journal of @request has of @loaded's instrument before those that its feed has of the past. Where the journal
 * cannot be read, nothing: the feed comes without.
 */
void bs_load_continue (const BsLoadRequest *request, BsLoaded *loaded);

G_END_DECLS
