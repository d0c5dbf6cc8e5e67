/* bs-arena.h: one block of memory, measured first, then cut into arrays: nothing is allocated afterwards */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_ARENA_ALIGNMENT 64 /* bytes: a cache line, and the widest vector */

/**
 * BsArena:
 *
 * Used in two passes of the same code. In the first bs_arena_take() only adds up and returns %NULL; bs_arena_allocate() then
 * gets the block, and in the second pass bs_arena_take() returns the arrays. Start with all zero; one owner.
 */
typedef struct
{
  guint8 *block; /* as allocated */
  guint8 *base;  /* (nullable): its first aligned byte; %NULL while measuring */
  gsize size;    /* bytes measured */
  gsize used;    /* bytes given out */
  gboolean overflow;
} BsArena;

/**
 * bs_arena_take:
 * @element_size: bytes of one element
 * @n0, @n1, @n2: shape of the array
 *
 * Returns: an array [n0, n1, n2] of zero bytes, aligned to %BS_ARENA_ALIGNMENT, which lives until bs_arena_clear(); %NULL
 * while measuring. The sizes are multiplied with care: see bs_arena_allocate().
 */
gpointer bs_arena_take (BsArena *self, gsize element_size, gsize n0, gsize n1, gsize n2);

/** bs_arena_allocate: ends the measuring. Returns: %FALSE where the sizes overflow or there is not so much memory. */
gboolean bs_arena_allocate (BsArena *self);
/** bs_arena_clear: frees the block and all arrays with it. */
void bs_arena_clear (BsArena *self);

G_END_DECLS
