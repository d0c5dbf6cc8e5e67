/* bs-histogram.h: log-linear histogram of times, HDR style: 3 significant digits over the whole range, fixed size */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BsHistogram:
 *
 * One thread adds to it; one other may merge from it or ask it at the same time, and sees counts that are at most a value
 * late.
 */
typedef struct _BsHistogram BsHistogram;

/** bs_histogram_new: counts values 1 ns .. 100 s with at most 0.1 % error. Allocates once, here. */
BsHistogram *bs_histogram_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bs_histogram_free (BsHistogram *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsHistogram, bs_histogram_free)

/** Adds one value, ns; values outside the range count at its ends. Allocates nothing. */
void bs_histogram_add (BsHistogram *self, gint64 ns);
void bs_histogram_reset (BsHistogram *self);
/** Adds all counts of @other. */
void bs_histogram_merge (BsHistogram *self, const BsHistogram *other);
guint64 bs_histogram_count (const BsHistogram *self);
/** The largest value added, exactly. 0 where empty. */
gint64 bs_histogram_max (const BsHistogram *self);
gint64 bs_histogram_min (const BsHistogram *self);
/** The value at or under which @percentile (0..100) of the values lie (nearest rank), ns, within 0.1 %. 0 where empty. */
gint64 bs_histogram_percentile (const BsHistogram *self, double percentile);

/** One bucket for drawing: values from @from_ns to below @to_ns. */
typedef void (*BsHistogramFunc) (gint64 from_ns, gint64 to_ns, guint64 count, gpointer data);
/** Calls @func for every bucket that is not empty, in order. */
void bs_histogram_foreach (const BsHistogram *self, BsHistogramFunc func, gpointer data);

G_END_DECLS
