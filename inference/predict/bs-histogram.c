#include "inference/predict/bs-histogram.h"

#include <math.h>
#include <stdatomic.h>

/* Values below 2^11 have a bucket each; above, every doubling is cut into 2^10 buckets: a bucket is at most 1/1024 of its
 * values wide, and its middle at most half of that off. */
#define SUB_BITS 10
#define SUB_BUCKETS (1 << SUB_BITS)
#define MIN_NS 1
#define MAX_NS G_GINT64_CONSTANT (100000000000) /* 100 s */
#define MAX_SHIFT 26                            /* MAX_NS < 2^37 */
#define N_BUCKETS ((MAX_SHIFT + 2) * SUB_BUCKETS)

/* One thread adds; another may merge from it at the same time. Relaxed atomics cost what plain words cost; a reader may see
 * a count a value late, never a torn one. */
struct _BsHistogram
{
  _Atomic gint64 min, max; /* ns; G_MAXINT64 and 0 where empty */
  _Atomic guint64 counts[N_BUCKETS];
};

#define LOAD(object) atomic_load_explicit (&(object), memory_order_relaxed)
#define STORE(object, value) atomic_store_explicit (&(object), (value), memory_order_relaxed)

static guint
bucket_of (gint64 ns)
{
  int highest_bit = 63 - __builtin_clzll ((guint64) ns | 1);
  int shift = MAX (highest_bit - SUB_BITS, 0);
  return (guint) shift * SUB_BUCKETS + (guint) (ns >> shift);
}

/* The first value of bucket @bucket; that of the next bucket is one past its last. */
static gint64
bucket_from (guint bucket)
{
  guint shift = bucket < 2 * SUB_BUCKETS ? 0 : bucket / SUB_BUCKETS - 1;
  return ((gint64) bucket - (gint64) shift * SUB_BUCKETS) << shift;
}

BsHistogram *
bs_histogram_new (void)
{
  BsHistogram *self = g_new0 (BsHistogram, 1);
  STORE (self->min, G_MAXINT64);
  return self;
}

void
bs_histogram_free (BsHistogram *self)
{
  g_free (self);
}

/* The buckets in use lie within these; pages outside are never touched. */
static void
used_range (const BsHistogram *self, guint *first, guint *last)
{
  gint64 min = LOAD (self->min), max = LOAD (self->max);
  *first = min <= max ? bucket_of (min) : 1;
  *last = min <= max ? bucket_of (max) : 0;
}

void
bs_histogram_add (BsHistogram *self, gint64 ns)
{
  gint64 value = CLAMP (ns, MIN_NS, MAX_NS);
  if (value < LOAD (self->min))
    STORE (self->min, value);
  if (value > LOAD (self->max))
    STORE (self->max, value);
  guint bucket = bucket_of (value);
  STORE (self->counts[bucket], LOAD (self->counts[bucket]) + 1);
}

void
bs_histogram_reset (BsHistogram *self)
{
  guint first, last;
  used_range (self, &first, &last);
  for (guint bucket = first; bucket <= last; bucket++)
    STORE (self->counts[bucket], 0);
  STORE (self->min, G_MAXINT64);
  STORE (self->max, 0);
}

void
bs_histogram_merge (BsHistogram *self, const BsHistogram *other)
{
  gint64 min = LOAD (other->min), max = LOAD (other->max);
  guint first, last;
  used_range (other, &first, &last);
  for (guint bucket = first; bucket <= last; bucket++)
    {
      guint64 count = LOAD (other->counts[bucket]);
      if (count > 0)
        STORE (self->counts[bucket], LOAD (self->counts[bucket]) + count);
    }
  STORE (self->min, MIN (LOAD (self->min), min));
  STORE (self->max, MAX (LOAD (self->max), max));
}

guint64
bs_histogram_count (const BsHistogram *self)
{
  guint first, last;
  guint64 count = 0;
  used_range (self, &first, &last);
  for (guint bucket = first; bucket <= last; bucket++)
    count += LOAD (self->counts[bucket]);
  return count;
}

gint64
bs_histogram_max (const BsHistogram *self)
{
  return LOAD (self->max);
}

gint64
bs_histogram_min (const BsHistogram *self)
{
  gint64 min = LOAD (self->min);
  return min == G_MAXINT64 ? 0 : min;
}

gint64
bs_histogram_percentile (const BsHistogram *self, double percentile)
{
  guint64 count = bs_histogram_count (self);
  if (count == 0)
    return 0;
  gint64 min = bs_histogram_min (self), max = bs_histogram_max (self);
  guint64 rank = (guint64) ceil (CLAMP (percentile, 0.0, 100.0) / 100.0 * (double) count);
  if (rank <= 1)
    return min;
  if (rank >= count)
    return max;

  guint first, last;
  used_range (self, &first, &last);
  for (guint bucket = first; bucket <= last; bucket++)
    {
      guint64 here = LOAD (self->counts[bucket]);
      if (here >= rank)
        {
          gint64 from = bucket_from (bucket), to = bucket_from (bucket + 1);
          return CLAMP (from + (to - from - 1) / 2, min, max);
        }
      rank -= here;
    }
  return max;
}

void
bs_histogram_foreach (const BsHistogram *self, BsHistogramFunc func, gpointer data)
{
  guint first, last;
  used_range (self, &first, &last);
  for (guint bucket = first; bucket <= last; bucket++)
    {
      guint64 count = LOAD (self->counts[bucket]);
      if (count > 0)
        func (bucket_from (bucket), bucket_from (bucket + 1), count, data);
    }
}
