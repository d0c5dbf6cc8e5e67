#include "app/bs-ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#define CACHE_LINE 64 /* bytes; the two indices are kept apart so that the threads do not fight for a line */

struct _BsRing
{
  guint8 *slots; /* [capacity, element_size] */
  gsize element_size, capacity;

  alignas (CACHE_LINE) atomic_size_t head; /* elements ever taken out; written by the consumer */
  alignas (CACHE_LINE) atomic_size_t tail; /* elements ever put in; written by the producer */
  alignas (CACHE_LINE) atomic_size_t gate; /* elements ever let through, where it is gated; written by the gate's thread */
  atomic_bool gated;

  /* Only for sleeping. A side that goes to sleep says so first and then looks once more; the other side writes its index
     first and then looks for a sleeper: in the one order of seq_cst operations, one of the two sees the other. */
  alignas (CACHE_LINE) atomic_bool producer_sleeps;
  atomic_bool consumer_sleeps;
  atomic_bool kicked;
  atomic_bool closed;
  GMutex mutex;
  GCond not_full, not_empty;
};

BsRing *
bs_ring_new (gsize element_size, gsize capacity)
{
  g_return_val_if_fail (capacity > 1 && (capacity & (capacity - 1)) == 0, NULL);

  BsRing *self = g_aligned_alloc0 (1, sizeof *self, CACHE_LINE);
  self->element_size = element_size;
  self->capacity = capacity;
  self->slots = g_malloc0_n (capacity, element_size);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->not_full);
  g_cond_init (&self->not_empty);
  return self;
}

void
bs_ring_free (BsRing *self)
{
  if (self == NULL)
    return;
  g_cond_clear (&self->not_empty);
  g_cond_clear (&self->not_full);
  g_mutex_clear (&self->mutex);
  g_free (self->slots);
  g_aligned_free (self);
}

static guint8 *
slot (BsRing *self, gsize number)
{
  return self->slots + (number & (self->capacity - 1)) * self->element_size;
}

static void
wake (BsRing *self, GCond *cond)
{
  g_mutex_lock (&self->mutex);
  g_cond_signal (cond);
  g_mutex_unlock (&self->mutex);
}

static void
wait_until_half_free (BsRing *self, gsize tail)
{
  g_mutex_lock (&self->mutex);
  atomic_store (&self->producer_sleeps, TRUE);
  while (tail - atomic_load (&self->head) > self->capacity / 2 && !atomic_load (&self->closed))
    g_cond_wait (&self->not_full, &self->mutex);
  atomic_store (&self->producer_sleeps, FALSE);
  g_mutex_unlock (&self->mutex);
}

gpointer
bs_ring_reserve (BsRing *self)
{
  gsize tail = atomic_load_explicit (&self->tail, memory_order_relaxed);
  if (tail - atomic_load_explicit (&self->head, memory_order_acquire) == self->capacity)
    wait_until_half_free (self, tail);
  if (atomic_load_explicit (&self->closed, memory_order_acquire))
    return NULL;
  guint8 *element = slot (self, tail);
  memset (element, 0, self->element_size);
  return element;
}

void
bs_ring_commit (BsRing *self)
{
  gsize tail = atomic_load_explicit (&self->tail, memory_order_relaxed);
  atomic_store (&self->tail, tail + 1);
  if (atomic_load (&self->consumer_sleeps))
    wake (self, &self->not_empty);
}

void
bs_ring_set_gated (BsRing *self)
{
  atomic_store (&self->gate, atomic_load (&self->head));
  atomic_store (&self->gated, TRUE);
}

gpointer
bs_ring_gate_nth (BsRing *self, gsize n)
{
  gsize gate = atomic_load_explicit (&self->gate, memory_order_relaxed);
  return n < atomic_load (&self->tail) - gate ? slot (self, gate + n) : NULL;
}

void
bs_ring_gate_pass (BsRing *self, gsize n)
{
  atomic_store (&self->gate, atomic_load_explicit (&self->gate, memory_order_relaxed) + n);
  if (atomic_load (&self->consumer_sleeps))
    wake (self, &self->not_empty);
}

/* One past the newest element that the consumer may have. */
static gsize
visible_end (BsRing *self)
{
  return atomic_load (atomic_load_explicit (&self->gated, memory_order_relaxed) ? &self->gate : &self->tail);
}

gpointer
bs_ring_peek (BsRing *self)
{
  gsize head = atomic_load_explicit (&self->head, memory_order_relaxed);
  return head != visible_end (self) ? slot (self, head) : NULL;
}

void
bs_ring_release (BsRing *self)
{
  gsize head = atomic_load_explicit (&self->head, memory_order_relaxed) + 1;
  atomic_store (&self->head, head);
  if (atomic_load (&self->producer_sleeps)
      && atomic_load_explicit (&self->tail, memory_order_acquire) - head <= self->capacity / 2)
    wake (self, &self->not_full);
}

gboolean
bs_ring_wait (BsRing *self)
{
  g_mutex_lock (&self->mutex);
  atomic_store (&self->consumer_sleeps, TRUE);
  while (visible_end (self) == atomic_load_explicit (&self->head, memory_order_relaxed)
         && !atomic_load (&self->kicked) && !atomic_load (&self->closed))
    g_cond_wait (&self->not_empty, &self->mutex);
  atomic_store (&self->consumer_sleeps, FALSE);
  atomic_store (&self->kicked, FALSE);
  g_mutex_unlock (&self->mutex);
  return !atomic_load (&self->closed);
}

void
bs_ring_kick (BsRing *self)
{
  atomic_store (&self->kicked, TRUE);
  wake (self, &self->not_empty);
}

void
bs_ring_close (BsRing *self)
{
  atomic_store (&self->closed, TRUE);
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->not_empty);
  g_cond_broadcast (&self->not_full);
  g_mutex_unlock (&self->mutex);
}

gboolean
bs_ring_is_closed (BsRing *self)
{
  return atomic_load_explicit (&self->closed, memory_order_acquire);
}

gsize
bs_ring_length (BsRing *self)
{
  gsize head = atomic_load (&self->head);
  return atomic_load (&self->tail) - head;
}
