#include "inference/predict/bs-trace.h"

#include <stdatomic.h>

/* An entry as words that one thread may write while another reads: [row, time, stages two by two]. */
#define STAGE_WORDS ((BS_N_STAGES + 1) / 2)
#define ENTRY_WORDS (2 + STAGE_WORDS)

typedef struct
{
  _Atomic guint64 words[ENTRY_WORDS];
} Slot;

/* A ring with one writer, which never waits. The writer says which entry it begins before it touches the slot, and which
 * it has ended after; a reader copies entries that are ended and then throws away those whose slot had been begun anew. */
struct _BsTrace
{
  gatomicrefcount references;
  _Atomic guint64 begun, ended;       /* entries */
  _Atomic guint64 first;              /* entries before it were there before the last reset */
  _Atomic guint resets_asked, resets; /* the writer clears the histograms at the next entry */
  Slot *slots;                        /* [BS_TRACE_LENGTH] */
  BsHistogram *histograms[BS_N_STAGES];

  GMutex lock; /* of what is below: switches are rare, and held for a copy */
  guint64 n_switches, first_switch;
  BsTraceSwitch switches[BS_TRACE_SWITCHES];
};

#define LOAD(object) atomic_load_explicit (&(object), memory_order_relaxed)
#define STORE(object, value) atomic_store_explicit (&(object), (value), memory_order_relaxed)

BsTrace *
bs_trace_new (void)
{
  BsTrace *self = g_new0 (BsTrace, 1);
  g_atomic_ref_count_init (&self->references);
  self->slots = g_new0 (Slot, BS_TRACE_LENGTH);
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    self->histograms[stage] = bs_histogram_new ();
  g_mutex_init (&self->lock);
  return self;
}

BsTrace *
bs_trace_ref (BsTrace *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bs_trace_unref (BsTrace *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    bs_histogram_free (self->histograms[stage]);
  g_mutex_clear (&self->lock);
  g_free (self->slots);
  g_free (self);
}

static guint64
saturated (gint64 ns)
{
  return (guint64) CLAMP (ns, 0, (gint64) G_MAXUINT32);
}

void
bs_trace_add (BsTrace *self, guint64 row, gint64 time_us, const gint64 *stage_ns)
{
  guint asked = atomic_load_explicit (&self->resets_asked, memory_order_acquire);
  if (asked != LOAD (self->resets))
    {
      for (guint stage = 0; stage < BS_N_STAGES; stage++)
        bs_histogram_reset (self->histograms[stage]);
      atomic_store_explicit (&self->resets, asked, memory_order_release);
    }

  guint64 number = LOAD (self->ended);
  Slot *slot = &self->slots[number % BS_TRACE_LENGTH];
  STORE (self->begun, number + 1);
  atomic_thread_fence (memory_order_release);
  STORE (slot->words[0], row);
  STORE (slot->words[1], (guint64) time_us);
  for (guint word = 0; word < STAGE_WORDS; word++)
    {
      guint stage = 2 * word;
      guint64 high = stage + 1 < BS_N_STAGES ? saturated (stage_ns[stage + 1]) : 0;
      STORE (slot->words[2 + word], high << 32 | saturated (stage_ns[stage]));
    }
  atomic_store_explicit (&self->ended, number + 1, memory_order_release);

  /* A stage that took no time did not run. */
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    if (stage_ns[stage] > 0)
      bs_histogram_add (self->histograms[stage], stage_ns[stage]);
}

guint64
bs_trace_count (BsTrace *self)
{
  return atomic_load_explicit (&self->ended, memory_order_acquire);
}

static void
read_slot (Slot *slot, BsTraceEntry *entry)
{
  entry->row = LOAD (slot->words[0]);
  entry->time_us = (gint64) LOAD (slot->words[1]);
  for (guint word = 0; word < STAGE_WORDS; word++)
    {
      guint stage = 2 * word;
      guint64 pair = LOAD (slot->words[2 + word]);
      entry->stage_ns[stage] = (guint32) pair;
      if (stage + 1 < BS_N_STAGES)
        entry->stage_ns[stage + 1] = (guint32) (pair >> 32);
    }
}

gsize
bs_trace_read (BsTrace *self, guint64 *from, BsTraceEntry *entries, gsize max)
{
  guint64 ended = bs_trace_count (self);
  guint64 oldest = ended > BS_TRACE_LENGTH ? ended - BS_TRACE_LENGTH : 0;
  guint64 start = MAX (MAX (*from, oldest), LOAD (self->first));
  guint64 end = MIN (ended, start + max);
  if (start >= end)
    {
      *from = MAX (*from, MIN (start, ended));
      return 0;
    }

  for (guint64 number = start; number < end; number++)
    read_slot (&self->slots[number % BS_TRACE_LENGTH], &entries[number - start]);

  /* What the writer has begun to overwrite meanwhile may be torn. */
  atomic_thread_fence (memory_order_acquire);
  guint64 begun = LOAD (self->begun);
  guint64 intact = begun > BS_TRACE_LENGTH ? begun - BS_TRACE_LENGTH : 0;
  gsize torn = intact > start ? (gsize) MIN (intact - start, end - start) : 0;
  if (torn > 0)
    for (gsize i = torn; i < end - start; i++)
      entries[i - torn] = entries[i];
  *from = end;
  return (gsize) (end - start) - torn;
}

void
bs_trace_histogram (BsTrace *self, BsStage stage, BsHistogram *histogram)
{
  g_return_if_fail ((guint) stage < BS_N_STAGES);
  guint resets = atomic_load_explicit (&self->resets, memory_order_acquire);
  if (resets == LOAD (self->resets_asked))
    bs_histogram_merge (histogram, self->histograms[stage]);
}

void
bs_trace_add_switch (BsTrace *self, const BsTraceSwitch *mark)
{
  g_mutex_lock (&self->lock);
  self->switches[self->n_switches++ % BS_TRACE_SWITCHES] = *mark;
  g_mutex_unlock (&self->lock);
}

gsize
bs_trace_read_switches (BsTrace *self, guint64 *from, BsTraceSwitch *marks, gsize max)
{
  g_mutex_lock (&self->lock);
  guint64 oldest = self->n_switches - MIN (self->n_switches, BS_TRACE_SWITCHES);
  guint64 start = MAX (MAX (*from, oldest), self->first_switch);
  gsize n = (gsize) MIN (self->n_switches - MIN (self->n_switches, start), max);
  for (gsize i = 0; i < n; i++)
    marks[i] = self->switches[(start + i) % BS_TRACE_SWITCHES];
  *from = start + n;
  g_mutex_unlock (&self->lock);
  return n;
}

void
bs_trace_reset (BsTrace *self)
{
  g_mutex_lock (&self->lock);
  self->first_switch = self->n_switches;
  g_mutex_unlock (&self->lock);
  STORE (self->first, bs_trace_count (self));
  atomic_fetch_add_explicit (&self->resets_asked, 1, memory_order_release);
}
