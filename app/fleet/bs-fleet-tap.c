#include "app/fleet/bs-fleet-tap.h"

#define CANCEL_PERIOD_USEC (50 * 1000)
/* Items that have been taken and are still kept. */
#define MAX_TAKEN 4096

struct _BsFleetTap
{
  gatomicrefcount references;
  GMutex lock;
  GCond changed;
  /* Guarded by the lock. */
  gboolean started, ended, left, woken;
  BsFleetTapStart start;
  GArray *items; /* of BsFleetItem: [next..] are waiting */
  guint next;
};

BsFleetTap *
bs_fleet_tap_new (void)
{
  BsFleetTap *self = g_new0 (BsFleetTap, 1);
  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->items = g_array_new (FALSE, FALSE, sizeof (BsFleetItem));
  return self;
}

BsFleetTap *
bs_fleet_tap_ref (BsFleetTap *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bs_fleet_tap_start_clear (BsFleetTapStart *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_object (&self->feed);
  g_clear_pointer (&self->newest, g_array_unref);
}

void
bs_fleet_tap_unref (BsFleetTap *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bs_fleet_tap_start_clear (&self->start);
  g_array_unref (self->items);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
bs_fleet_tap_begin (BsFleetTap *self, const BsFleetInstrument *instrument, GArray *newest)
{
  g_mutex_lock (&self->lock);
  self->start = (BsFleetTapStart){ .name = g_strdup (instrument->name),
                                   .decimals = instrument->decimals,
                                   .bar_length_us = instrument->bar_length_us,
                                   .stamp = instrument->stamp,
                                   .feed = instrument->feed != NULL ? g_object_ref (instrument->feed) : NULL,
                                   .newest = newest };
  self->started = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

gboolean
bs_fleet_tap_put (BsFleetTap *self, const BsFleetItem *item)
{
  g_mutex_lock (&self->lock);
  gboolean wanted = !self->left;
  if (wanted)
    {
      g_array_append_val (self->items, *item);
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->lock);
  return wanted;
}

static void
set (BsFleetTap *self, gboolean *flag)
{
  g_mutex_lock (&self->lock);
  *flag = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
bs_fleet_tap_end (BsFleetTap *self)
{
  set (self, &self->ended);
}

gboolean
bs_fleet_tap_wait_start (BsFleetTap *self, GCancellable *cancellable, BsFleetTapStart *start)
{
  g_mutex_lock (&self->lock);
  while (!self->started && !self->ended && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + CANCEL_PERIOD_USEC);
  gboolean started = self->started;
  *start = self->start;
  self->start = (BsFleetTapStart){ 0 };
  g_mutex_unlock (&self->lock);
  return started;
}

BsFleetTapTaken
bs_fleet_tap_take (BsFleetTap *self, gint64 until_us, BsFleetItem *item)
{
  BsFleetTapTaken taken = BS_FLEET_TAP_NONE;
  g_mutex_lock (&self->lock);
  while (self->next == self->items->len && !self->ended && !self->woken
         && g_cond_wait_until (&self->changed, &self->lock, until_us))
    ;
  self->woken = FALSE;
  if (self->next < self->items->len)
    {
      *item = g_array_index (self->items, BsFleetItem, self->next++);
      taken = BS_FLEET_TAP_BAR;
      /* All at once now and then: who always lags a little must not keep what it has taken for ever. */
      if (self->next == self->items->len || self->next == MAX_TAKEN)
        {
          g_array_remove_range (self->items, 0, self->next);
          self->next = 0;
        }
    }
  else if (self->ended)
    taken = BS_FLEET_TAP_END;
  g_mutex_unlock (&self->lock);
  return taken;
}

void
bs_fleet_tap_wake (BsFleetTap *self)
{
  set (self, &self->woken);
}

void
bs_fleet_tap_leave (BsFleetTap *self)
{
  set (self, &self->left);
}
