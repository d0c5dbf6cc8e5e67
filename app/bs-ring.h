/* bs-ring.h: a bounded queue between exactly two threads: one puts in, one takes out */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BsRing:
 *
 * Slots of one size, allocated once. Putting in and taking out are lock-free; a lock is taken only to sleep (full or empty)
 * and to wake the one who sleeps. Nothing is dropped: a full ring makes its producer wait. Elements are written and read in
 * place.
 */
typedef struct _BsRing BsRing;

/** bs_ring_new: @element_size in bytes; @capacity: slots, a power of two. */
BsRing *bs_ring_new (gsize element_size, gsize capacity) G_GNUC_WARN_UNUSED_RESULT;
/** Neither thread may use it any more. What the elements point to is the caller's: see bs_ring_peek(). */
void bs_ring_free (BsRing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRing, bs_ring_free)

/**
 * bs_ring_reserve:
 *
 * The slot that the next bs_ring_commit() hands over. Waits while the ring is full; once the consumer has made half of it
 * free again it goes on (so that a slow consumer does not cost a switch of threads for every element). Thread: the producer.
 *
 * Returns: (nullable): zeroed memory of one element; %NULL once the ring is closed
 */
gpointer bs_ring_reserve (BsRing *self);
/** Hands the reserved slot to the consumer, and wakes it. Thread: the producer. */
void bs_ring_commit (BsRing *self);

/* A gate: a third thread looks at the elements on their way, in order, and lets them through. Whoever is behind it waits for it. */

/** bs_ring_set_gated: from here on the consumer gets what has passed the gate alone. Once; thread: the consumer. */
void bs_ring_set_gated (BsRing *self);
/** bs_ring_gate_nth: (nullable): the @n th element that has not passed yet, %NULL where there are no more. Thread: the gate's. */
gpointer bs_ring_gate_nth (BsRing *self, gsize n);
/** bs_ring_gate_pass: lets the @n oldest through, and wakes the consumer. Thread: the gate's. */
void bs_ring_gate_pass (BsRing *self, gsize n);

/** bs_ring_peek: (nullable): the oldest element, good until bs_ring_release(); %NULL where empty. Thread: the consumer. */
gpointer bs_ring_peek (BsRing *self);
/** Gives the peeked slot back. Thread: the consumer. */
void bs_ring_release (BsRing *self);

/**
 * bs_ring_wait:
 *
 * Sleeps until there is an element, or bs_ring_kick(). Thread: the consumer.
 *
 * Returns: %FALSE once the ring is closed
 */
gboolean bs_ring_wait (BsRing *self);
/** Makes the consumer's bs_ring_wait() return (the present or else the next one). Thread: any. */
void bs_ring_kick (BsRing *self);
/** Wakes both sides for good: reserve gives %NULL, wait %FALSE. What is still in it can be peeked at. Thread: any. */
void bs_ring_close (BsRing *self);
gboolean bs_ring_is_closed (BsRing *self);

/** Elements in it: exact for the two threads that use it when the other rests. Thread: any. */
gsize bs_ring_length (BsRing *self);

G_END_DECLS
