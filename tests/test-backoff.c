#include "app/feeds/bs-backoff.h"

#define US_PER_MS 1000

/* A clock that only sleeping moves, by a third of what is asked for at most, so that waits take several turns. */
typedef struct
{
  gint64 now_us;
  guint n_sleeps;
  guint end_at; /* the sleep that is to end it; 0: none */
} Clock;

static gint64
clock_now (gpointer data)
{
  return ((Clock *) data)->now_us;
}

static gboolean
clock_sleep (gint64 until_us, gpointer data)
{
  Clock *clock = data;
  g_assert_cmpint (until_us, >=, clock->now_us);
  if (++clock->n_sleeps == clock->end_at)
    return FALSE;
  clock->now_us += MAX ((until_us - clock->now_us) / 3, US_PER_MS);
  return TRUE;
}

static const BsBackoffFuncs clock_funcs = { clock_now, clock_sleep };
static const BsBackoffPace pace = { .first_ms = 100, .longest_ms = 5000, .good_ms = 10000 };

static void
assert_pause (guint ms, guint bound)
{
  g_assert_cmpuint (ms, >=, bound / 2);
  g_assert_cmpuint (ms, <=, bound);
}

/* Twice as long each time, up to the longest, which also the ten-thousandth try does not pass. */
static void
test_grows (void)
{
  Clock clock = { 0 };
  BsBackoff backoff;
  bs_backoff_init (&backoff, &pace, &clock_funcs, &clock);
  static const guint bounds[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    assert_pause (bs_backoff_next_ms (&backoff), bounds[i]);
  for (guint i = 0; i < 10000; i++)
    assert_pause (bs_backoff_next_ms (&backoff), pace.longest_ms);
}

/* Half of it is chance: of many pauses some are in the lower and some in the upper quarter of what may be. */
static void
test_jitter (void)
{
  Clock clock = { 0 };
  guint n_low = 0, n_high = 0;
  for (guint i = 0; i < 1000; i++)
    {
      BsBackoff backoff;
      bs_backoff_init (&backoff, &pace, &clock_funcs, &clock);
      guint ms = bs_backoff_next_ms (&backoff);
      n_low += ms < 63;
      n_high += ms > 87;
    }
  g_assert_cmpuint (n_low, >, 100);
  g_assert_cmpuint (n_high, >, 100);
}

static void
grow (BsBackoff *backoff, guint n)
{
  for (guint i = 0; i < n; i++)
    bs_backoff_next_ms (backoff);
}

/* Only a connection that was of use lets the pauses begin anew. */
static void
test_begins_anew (void)
{
  Clock clock = { 0 };
  BsBackoff backoff;
  bs_backoff_init (&backoff, &pace, &clock_funcs, &clock);
  grow (&backoff, 4);
  bs_backoff_connected (&backoff);
  clock.now_us += (pace.good_ms - 1) * US_PER_MS;
  assert_pause (bs_backoff_next_ms (&backoff), 1600);
  /* No connection since: the time that passes counts for nothing. */
  clock.now_us += 10 * pace.good_ms * US_PER_MS;
  assert_pause (bs_backoff_next_ms (&backoff), 3200);
  bs_backoff_connected (&backoff);
  clock.now_us += pace.good_ms * US_PER_MS;
  assert_pause (bs_backoff_next_ms (&backoff), 100);
  assert_pause (bs_backoff_next_ms (&backoff), 200);

  grow (&backoff, 4);
  bs_backoff_connected (&backoff);
  bs_backoff_worked (&backoff);
  assert_pause (bs_backoff_next_ms (&backoff), 100);
  assert_pause (bs_backoff_next_ms (&backoff), 200);
}

static void
test_wait (void)
{
  Clock clock = { .now_us = 7 };
  BsBackoff backoff;
  bs_backoff_init (&backoff, &pace, &clock_funcs, &clock);
  g_assert_true (bs_backoff_wait (&backoff, 300));
  g_assert_cmpint (clock.now_us, >=, 7 + 300 * US_PER_MS);
  g_assert_cmpuint (clock.n_sleeps, >, 3);

  clock = (Clock){ .end_at = 2 };
  g_assert_false (bs_backoff_wait (&backoff, 300));
  g_assert_cmpuint (clock.n_sleeps, ==, 2);
}

/* Who says so from another thread ends a wait of ten minutes at once. */

static gpointer
set_soon (gpointer flag)
{
  g_usleep (20 * US_PER_MS);
  g_atomic_int_set ((gint *) flag, TRUE);
  return NULL;
}

static void
test_flag (void)
{
  gint flag = 0;
  BsBackoff backoff;
  bs_backoff_init (&backoff, &pace, &bs_backoff_flag_funcs, &flag);
  g_assert_true (bs_backoff_wait (&backoff, 1));
  GThread *thread = g_thread_new ("set-soon", set_soon, &flag);
  gint64 begin_us = g_get_monotonic_time ();
  g_assert_false (bs_backoff_wait (&backoff, 600 * 1000));
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 300 * G_USEC_PER_SEC);
  g_thread_join (thread);
  g_assert_false (bs_backoff_wait (&backoff, 600 * 1000));

  bs_backoff_init (&backoff, &pace, &bs_backoff_flag_funcs, NULL);
  g_assert_true (bs_backoff_wait (&backoff, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/grows", test_grows);
  g_test_add_func ("/backoff/jitter", test_jitter);
  g_test_add_func ("/backoff/begins-anew", test_begins_anew);
  g_test_add_func ("/backoff/wait", test_wait);
  g_test_add_func ("/backoff/flag", test_flag);
  return g_test_run ();
}
