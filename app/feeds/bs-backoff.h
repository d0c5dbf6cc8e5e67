/* bs-backoff.h: how long to wait before the next try to reach somebody who is not there, and waiting for it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** From one try to the next. */
typedef struct
{
  guint first_ms;   /* the first pause at most, above 0; each one after it is twice as long */
  guint longest_ms; /* no pause is longer */
  guint good_ms;    /* a connection that has held so long was a good one: the pauses begin anew */
} BsBackoffPace;

/**
 * BsBackoffFuncs:
 * @now_us: (nullable): the clock, us; %NULL: g_get_monotonic_time()
 * @sleep: waits until @until_us of that clock, or shorter: it is called again. Returns %FALSE where the caller is to end
 */
typedef struct
{
  gint64 (*now_us) (gpointer data);
  gboolean (*sleep) (gint64 until_us, gpointer data);
} BsBackoffFuncs;

/** Sleeps in short turns; the data is a gint, or %NULL: non-zero, which is read atomically, where the caller is to end. */
extern const BsBackoffFuncs bs_backoff_flag_funcs;

/**
 * BsBackoff:
 *
 * Exponential back-off with jitter. Half of each pause is left to chance, so that many who lost the same server together do not come
 * back together. A pause begins as short as the first again only after a connection that was of use: one that held for a while, or
 * brought something. A server that takes a connection and ends it at once is left alone for longer and longer, too.
 *
 * On the stack or within another type; holds nothing to free. Thread: one.
 */
typedef struct
{
  /*< private >*/
  BsBackoffPace pace;
  const BsBackoffFuncs *funcs;
  gpointer data;
  guint n_pauses;      /* since the last good connection */
  gint64 connected_us; /* G_MININT64: not connected */
  gboolean worked;
} BsBackoff;

/** bs_backoff_init: @self: (out caller-allocates); @funcs: static; @data: theirs */
void bs_backoff_init (BsBackoff *self, const BsBackoffPace *pace, const BsBackoffFuncs *funcs, gpointer data);
/** There is a connection from now on. */
void bs_backoff_connected (BsBackoff *self);
/** The connection has brought something: it was a good one, however short. */
void bs_backoff_worked (BsBackoff *self);
/** bs_backoff_next_ms: the connection is lost, or could not be made. Returns: how long to wait before the next try, ms */
guint bs_backoff_next_ms (BsBackoff *self);
/** bs_backoff_wait: waits for @ms. Returns: %FALSE where the caller is to end instead of trying again */
gboolean bs_backoff_wait (BsBackoff *self, guint ms);

G_END_DECLS
