/* test-redis-chaos.c: workers die, the server dies, and every bar of every instrument has exactly one signal all the same, in order,
 * equal to what one machine computes in one go */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/feeds/bs-bar-generator.h"
#include "app/redis/bs-redis-publisher.h"
#include "tests/bs-test-redis.h"

#define N_INSTRUMENTS 300
#define N_BARS 60
#define N_WORKERS 3
#define N_KILLS 20
/* After so many kills the server is killed, and later ended. */
#define KILL_SERVER_AT 7
#define END_SERVER_AT 14
/* All bars in about 25 s: the kills take as long. */
#define RATE (N_INSTRUMENTS * N_BARS / 25.0)
/* A busy machine is slow: nothing here depends on speed. */
#define PATIENCE_SEC 240

typedef struct
{
  BsTestRedis *server;
  BsModel *model;
  char *model_path;
  char *names[N_INSTRUMENTS];
  BsBarSeries *series[N_INSTRUMENTS];
  GSubprocess *workers[N_WORKERS];
  BsRedisPublisherCounters published;
  GError *publish_error;
} Chaos;

static BsBarSeries *
make_series (guint64 seed)
{
  g_autoptr (BsBarGenerator) generator
    = bs_bar_generator_new (seed, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  BsBarSeries *series = bs_bar_series_new (0, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END);
  for (guint i = 0; i < N_BARS; i++)
    {
      BsBar bar;
      bs_bar_generator_next (generator, &bar);
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
    }
  return series;
}

static void
start_worker (Chaos *self, guint i)
{
  g_autoptr (GError) error = NULL;
  self->workers[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                                       g_getenv ("BARSCOPE"), "worker", "--redis", self->server->url, "--model",
                                       self->model_path, "--bars", "256", "--exit-when-idle", "120", NULL);
  g_assert_no_error (error);
}

static void
end_worker (Chaos *self, guint i, int number)
{
  g_subprocess_send_signal (self->workers[i], number);
  g_assert_true (g_subprocess_wait (self->workers[i], NULL, NULL));
  /* One that does not end by itself: what it was told in words is in `barscope worker --help`. */
  if (number == SIGTERM)
    g_assert_cmpint (g_subprocess_get_if_exited (self->workers[i]) ? g_subprocess_get_exit_status (self->workers[i]) : -1,
                     ==, 0);
  g_clear_object (&self->workers[i]);
}

static gpointer
publish (gpointer data)
{
  Chaos *self = data;
  BsRedisSource sources[N_INSTRUMENTS];
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    sources[i] = (BsRedisSource) { self->names[i], FALSE, self->series[i] };
  const BsRedisPublisherConfig config
    = { .address = self->server->address, .prefix = BS_REDIS_DEFAULT_PREFIX, .rate = RATE };
  bs_redis_publish (&config, sources, N_INSTRUMENTS, NULL, &self->published, &self->publish_error);
  return NULL;
}

static void
kill_at_random (Chaos *self)
{
  for (guint n = 0; n < N_KILLS; n++)
    {
      g_usleep ((gulong) g_test_rand_int_range (100, 2000) * 1000);
      guint victim = (guint) g_test_rand_int_range (0, N_WORKERS);
      end_worker (self, victim, SIGKILL);
      /* A worker that is started while there is no server says so and ends: the others are there to live through that. */
      if (n == KILL_SERVER_AT || n == END_SERVER_AT)
        {
          bs_test_redis_kill (self->server, n == KILL_SERVER_AT ? SIGKILL : SIGTERM);
          g_usleep (300000);
          bs_test_redis_start (self->server);
        }
      start_worker (self, victim);
    }
}

/* (transfer full): all signals of an instrument, once there are as many as bars */
static redisReply *
wait_for_signals (BsRedis *redis, const char *key)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_SEC * G_USEC_PER_SEC;
  for (;;)
    {
      g_autoptr (redisReply) length = BS_REDIS_COMMAND (redis, NULL, "XLEN", key);
      g_assert_nonnull (length);
      if (length->integer >= N_BARS || g_get_monotonic_time () > end)
        break;
      g_usleep (100000);
    }
  redisReply *signals = BS_REDIS_COMMAND (redis, NULL, "XRANGE", key, "-", "+");
  g_assert_nonnull (signals);
  return signals;
}

static const char *
field (const redisReply *entry, const char *name)
{
  const redisReply *fields = entry->element[1];
  for (gsize i = 0; i + 1 < fields->elements; i += 2)
    if (g_str_equal (fields->element[i]->str, name))
      return fields->element[i + 1]->str;
  return "";
}

static void
check_signal (const redisReply *entry, guint64 index, const BsBar *bar, const BsSignal *expected)
{
  static const char *const words[] = { "short", "hold", "long" };
  static const char *const fields[BS_N_CLASSES] = { "p_short", "p_hold", "p_long" };
  char id[BS_REDIS_ID_SIZE];
  bs_redis_time_id (id, bar->time_us);
  g_assert_cmpstr (entry->element[0]->str, ==, id);
  g_assert_cmpuint (g_ascii_strtoull (field (entry, "index"), NULL, 10), ==, index);
  g_assert_cmpstr (field (entry, "state"), ==, expected->state == BS_SIGNAL_READY ? "ready" : "warming-up");
  if (expected->state != BS_SIGNAL_READY)
    return;
  g_assert_cmpstr (field (entry, "signal"), ==, words[expected->klass]);
  for (guint i = 0; i < BS_N_CLASSES; i++)
    {
      double p = g_ascii_strtod (field (entry, fields[i]), NULL);
      g_assert_cmpint (memcmp (&p, &expected->probabilities[i], sizeof p), ==, 0);
    }
}

static void
check_instrument (Chaos *self, BsRedis *redis, guint i)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  g_autoptr (BsPredictor) single
    = bs_predictor_new (self->model, &options, 256, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  g_autofree char *key = bs_redis_key_signals (BS_REDIS_DEFAULT_PREFIX, self->model, self->names[i]);
  g_autoptr (redisReply) signals = wait_for_signals (redis, key);
  g_assert_cmpuint (signals->elements, ==, N_BARS);
  for (guint64 index = 0; index < N_BARS; index++)
    {
      BsBar bar;
      BsSignal expected;
      bs_bar_series_get (self->series[i], index, &bar);
      g_assert_true (bs_predictor_push (single, &bar, &expected, NULL));
      check_signal (signals->element[index], index, &bar, &expected);
    }
}

static void
test_chaos (void)
{
  g_autoptr (GError) error = NULL;
  Chaos self = { .server = bs_test_redis_new (NULL) };
  if (self.server == NULL)
    return;
  self.model_path = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  self.model = bs_model_load (self.model_path, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    {
      self.names[i] = g_strdup_printf ("I%03u", i);
      self.series[i] = make_series (i + 1);
    }
  for (guint i = 0; i < N_WORKERS; i++)
    start_worker (&self, i);
  GThread *publisher = g_thread_new ("publisher", publish, &self);
  kill_at_random (&self);
  g_thread_join (publisher);
  g_assert_no_error (self.publish_error);
  g_assert_cmpuint (self.published.published, ==, N_INSTRUMENTS * N_BARS);
  g_test_message ("%d bars published, %" G_GUINT64_FORMAT " of them again", N_INSTRUMENTS * N_BARS, self.published.resent);

  g_autoptr (BsRedis) redis = bs_redis_connect (self.server->address, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    check_instrument (&self, redis, i);
  g_autoptr (redisReply) refused = BS_REDIS_COMMAND (redis, NULL, "XLEN", "barscope:refused");
  g_assert_cmpint (refused->integer, ==, 0);
  for (guint i = 0; i < N_WORKERS; i++)
    end_worker (&self, i, SIGTERM);
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    {
      g_free (self.names[i]);
      bs_bar_series_free (self.series[i]);
    }
  bs_test_redis_free (self.server);
  bs_model_unref (self.model);
  g_free (self.model_path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redis/chaos", test_chaos);
  return g_test_run ();
}
