#include "app/feeds/bs-backoff.h"

/* Between two looks at a flag. */
#define FLAG_PERIOD_USEC (50 * (gint64) 1000)
#define US_PER_MS 1000
/* Doubled more often than this, any pause is the longest. */
#define MAX_DOUBLINGS 20

static gboolean
is_set (gpointer flag)
{
  return flag != NULL && g_atomic_int_get ((gint *) flag) != 0;
}

static gboolean
sleep_for_flag (gint64 until_us, gpointer flag)
{
  gint64 left_us = until_us - g_get_monotonic_time ();
  if (is_set (flag))
    return FALSE;
  if (left_us > 0)
    g_usleep ((gulong) MIN (left_us, FLAG_PERIOD_USEC));
  return !is_set (flag);
}

const BsBackoffFuncs bs_backoff_flag_funcs = { .sleep = sleep_for_flag };

static gint64
now_us (const BsBackoff *self)
{
  return self->funcs->now_us != NULL ? self->funcs->now_us (self->data) : g_get_monotonic_time ();
}

void
bs_backoff_init (BsBackoff *self, const BsBackoffPace *pace, const BsBackoffFuncs *funcs, gpointer data)
{
  g_return_if_fail (pace->first_ms > 0 && pace->longest_ms <= G_MAXINT32);
  *self = (BsBackoff){ .pace = *pace, .funcs = funcs, .data = data, .connected_us = G_MININT64 };
}

void
bs_backoff_connected (BsBackoff *self)
{
  self->connected_us = now_us (self);
}

void
bs_backoff_worked (BsBackoff *self)
{
  self->worked = TRUE;
}

guint
bs_backoff_next_ms (BsBackoff *self)
{
  gboolean held = self->connected_us != G_MININT64
                  && now_us (self) - self->connected_us >= (gint64) self->pace.good_ms * US_PER_MS;
  if (self->worked || held)
    self->n_pauses = 0;
  self->worked = FALSE;
  self->connected_us = G_MININT64;
  guint64 doubled = (guint64) self->pace.first_ms << MIN (self->n_pauses, MAX_DOUBLINGS);
  guint bound = (guint) MIN (doubled, self->pace.longest_ms);
  self->n_pauses++;
  return bound / 2 + (guint) g_random_int_range (0, (gint32) (bound - bound / 2) + 1);
}

gboolean
bs_backoff_wait (BsBackoff *self, guint ms)
{
  gint64 until_us = now_us (self) + (gint64) ms * US_PER_MS;
  do
    if (!self->funcs->sleep (until_us, self->data))
      return FALSE;
  while (now_us (self) < until_us);
  return TRUE;
}
