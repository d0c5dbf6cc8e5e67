/* bs-arena.c: one block of memory, measured first, then cut into arrays */
#include "inference/model/bs-arena.h"

gpointer
bs_arena_take (BsArena *self, gsize element_size, gsize n0, gsize n1, gsize n2)
{
  gsize bytes = element_size;
  gpointer array;

  if (!self->base)
    {
      if (!g_size_checked_mul (&bytes, bytes, n0) || !g_size_checked_mul (&bytes, bytes, n1)
          || !g_size_checked_mul (&bytes, bytes, n2) || !g_size_checked_add (&bytes, bytes, BS_ARENA_ALIGNMENT - 1))
        self->overflow = TRUE;
      else if (!g_size_checked_add (&self->size, self->size, bytes & ~(gsize) (BS_ARENA_ALIGNMENT - 1)))
        self->overflow = TRUE;
      return NULL;
    }
  bytes = (bytes * n0 * n1 * n2 + BS_ARENA_ALIGNMENT - 1) & ~(gsize) (BS_ARENA_ALIGNMENT - 1);
  g_return_val_if_fail (bytes <= self->size - self->used, NULL);
  array = self->base + self->used;
  self->used += bytes;
  return array;
}

gboolean
bs_arena_allocate (BsArena *self)
{
  gsize bytes;

  g_return_val_if_fail (!self->block, FALSE);

  if (self->overflow || !g_size_checked_add (&bytes, self->size, BS_ARENA_ALIGNMENT))
    return FALSE;
  self->block = g_try_malloc0 (bytes);
  if (!self->block)
    return FALSE;
  self->base = (guint8 *) (((guintptr) self->block + BS_ARENA_ALIGNMENT - 1) & ~(guintptr) (BS_ARENA_ALIGNMENT - 1));
  return TRUE;
}

void
bs_arena_clear (BsArena *self)
{
  g_free (self->block);
  *self = (BsArena){ 0 };
}
