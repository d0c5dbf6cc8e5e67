/* bs-machine.h: what this machine is: a figure without it means nothing */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** bs_machine_cpu: (transfer full): the processor's name, "unknown" where the system does not tell */
char *bs_machine_cpu (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_machine_isa: (transfer full): the vector extensions of this CPU that matter here, such as "avx2 fma avx512vnni" */
char *bs_machine_isa (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_machine_describe: (transfer full): one line: CPU, extensions, cores */
char *bs_machine_describe (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_machine_governor: (transfer full) (nullable): of the first core's frequency; %NULL where the system does not tell */
char *bs_machine_governor (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_machine_load: runnable programs, mean of the last minute; negative where the system does not tell */
double bs_machine_load (void);

/**
 * bs_machine_timing_warning:
 *
 * What on this machine makes times unsteady now: a frequency governor other than "performance", or other programs at work.
 *
 * Returns: (transfer full) (nullable): in words; %NULL where nothing is known against it
 */
char *bs_machine_timing_warning (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
