/* test-redis.c: addresses, entries, the desk that answers bars, and a worker beside a server */
#include <signal.h>
#include <string.h>

#include "app/feeds/bs-bar-generator.h"
#include "app/feeds/bs-feed-kind.h"
#include "app/redis/bs-redis-publisher.h"
#include "app/redis/bs-redis-worker.h"
#include "tests/bs-test-redis.h"

static BsModel *
model (void)
{
  static BsModel *made;
  if (made == NULL)
    made = bs_model_new_random (BS_N_FEATURES, 16, 1, 20, 3);
  return made;
}

static BsBarSeries *
make_series (guint64 seed, guint n, guint bar_length_s)
{
  gint64 length_us = bar_length_s * G_USEC_PER_SEC;
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (seed, BS_BAR_GENERATOR_START_US, length_us);
  BsBarSeries *series = bs_bar_series_new (0, length_us, BS_STAMP_END);
  for (guint i = 0; i < n; i++)
    {
      BsBar bar;
      bs_bar_generator_next (generator, &bar);
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
    }
  return series;
}

static BsRedisBar
make_bar (const char *instrument, const BsBarSeries *series, guint64 index)
{
  BsRedisBar bar = { .bar_length_us = bs_bar_series_bar_length (series), .stamp = BS_STAMP_END };
  g_strlcpy (bar.instrument, instrument, sizeof bar.instrument);
  bs_bar_series_get (series, index, &bar.bar);
  return bar;
}

/* Addresses */

static void
test_address (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsRedisAddress) plain = bs_redis_address_parse ("redis://example", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (plain->host, ==, "example");
  g_assert_cmpuint (plain->port, ==, 6379);
  g_assert_cmpuint (plain->database, ==, 0);
  g_assert_null (plain->password);
  g_autoptr (BsRedisAddress) full = bs_redis_address_parse ("redis://me:s%40cret@[::1]:7000/3", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (full->host, ==, "::1");
  g_assert_cmpstr (full->user, ==, "me");
  g_assert_cmpstr (full->password, ==, "s@cret");
  g_assert_cmpuint (full->port, ==, 7000);
  g_autofree char *text = bs_redis_address_text (full);
  g_assert_cmpstr (text, ==, "[::1]:7000/3");

  static const char *const bad[] = { "",
                                     "localhost",
                                     "http://localhost",
                                     "redis://",
                                     "redis://:secret@",
                                     "redis://localhost:0",
                                     "redis://localhost:70000",
                                     "redis://localhost/x",
                                     "redis://localhost/-1",
                                     "redis://localhost/70000",
                                     "redis://localhost?db=1",
                                     "rediss://:secret@localhost" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refusal = NULL;
      g_assert_null (bs_redis_address_parse (bad[i], &refusal));
      g_assert_error (refusal, BS_REDIS_ERROR, BS_REDIS_ERROR_ADDRESS);
      g_assert_null (strstr (refusal->message, "secret"));
    }
}

/* Entries */

/* (transfer full): an entry as the server gives it: of an ID and the words behind "XADD KEY ID" */
static redisReply *
make_entry (const char *const *words, guint n)
{
  g_autoptr (GString) text = g_string_new ("*2\r\n$3\r\n7-0\r\n");
  g_string_append_printf (text, "*%u\r\n", n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "$%" G_GSIZE_FORMAT "\r\n%s\r\n", strlen (words[i]), words[i]);
  redisReader *reader = redisReaderCreate ();
  void *reply = NULL;
  g_assert_cmpint (redisReaderFeed (reader, text->str, text->len), ==, REDIS_OK);
  g_assert_cmpint (redisReaderGetReply (reader, &reply), ==, REDIS_OK);
  redisReaderFree (reader);
  g_assert_nonnull (reply);
  return reply;
}

static void
test_entry_round_trip (void)
{
  g_autoptr (BsBarSeries) series = make_series (1, 200, 60);
  GStringChunk *pool = g_string_chunk_new (1024);
  for (guint i = 0; i < 200; i++)
    {
      BsRedisWords words = { .pool = pool };
      BsRedisBar bar = make_bar ("ES", series, i), again;
      bar.secondary = i % 2;
      bar.bar.daily_pnl = -1.0 / 3;
      bs_redis_bar_words (&words, "key", &bar);
      g_autoptr (redisReply) entry = make_entry (words.words + 3, words.n - 3);
      g_autoptr (GError) error = NULL;
      g_assert_true (bs_redis_bar_parse (entry, &again, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (again.id, ==, "7-0");
      g_assert_cmpstr (again.instrument, ==, "ES");
      g_assert_cmpint (again.secondary, ==, bar.secondary);
      g_assert_cmpint (memcmp (&again.bar, &bar.bar, sizeof bar.bar), ==, 0);
    }
  g_string_chunk_free (pool);
}

/* One field of a good bar replaced, left out or added; what the refusal must say. */
static const struct
{
  const char *field, *value, *says;
} bad_fields[] = {
  { "instrument", "", "instrument" },
  { "instrument", "two words", "instrument" },
  { "instrument", "\xff", "instrument" },
  { "series", "third", "series" },
  { "bar_length_us", "0", "bar_length_us" },
  { "bar_length_us", "60 s", "bar_length_us" },
  { "stamp", "middle", "stamp" },
  { "time_us", "0", "time_us" },
  { "time_us", "9223372036854775807", "time" },
  { "open", "nan", "open" },
  { "open", "", "open" },
  { "open", "1e999", "open" },
  { "open", "-5", "open" },
  { "high", "0x10", "high" },
  { "low", "9e9", "low" },
  { "volume", "-1", "volume" },
  { "close", NULL, "close is missing" },
  { "daily_goal", NULL, "daily_goal is missing" },
  { "colour", "red", "colour" },
};

static void
test_entry_refusals (void)
{
  g_autoptr (BsBarSeries) series = make_series (1, 1, 60);
  GStringChunk *pool = g_string_chunk_new (1024);
  for (guint i = 0; i < G_N_ELEMENTS (bad_fields); i++)
    {
      BsRedisWords words = { .pool = pool };
      BsRedisBar bar = make_bar ("ES", series, 0), parsed;
      bs_redis_bar_words (&words, "key", &bar);
      g_autoptr (GPtrArray) fields = g_ptr_array_new ();
      gboolean found = FALSE;
      for (guint j = 3; j < words.n; j += 2)
        {
          gboolean this = g_str_equal (words.words[j], bad_fields[i].field);
          found = found || this;
          if (this && bad_fields[i].value == NULL)
            continue;
          g_ptr_array_add (fields, (char *) words.words[j]);
          g_ptr_array_add (fields, (char *) (this ? bad_fields[i].value : words.words[j + 1]));
        }
      if (!found)
        {
          g_ptr_array_add (fields, (char *) bad_fields[i].field);
          g_ptr_array_add (fields, (char *) bad_fields[i].value);
        }
      g_autoptr (redisReply) entry = make_entry ((const char *const *) fields->pdata, fields->len);
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (bad_fields[i].value != NULL ? bad_fields[i].value : "-", NULL);
      g_test_message ("%s=%s", bad_fields[i].field, shown);
      g_assert_false (bs_redis_bar_parse (entry, &parsed, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, bad_fields[i].says));
      g_assert_cmpstr (parsed.id, ==, "7-0");
    }
  /* Twice the same. */
  BsRedisWords words = { .pool = pool };
  BsRedisBar bar = make_bar ("ES", series, 0), parsed;
  bs_redis_bar_words (&words, "key", &bar);
  words.words[words.n] = words.words[3];
  words.words[words.n + 1] = words.words[4];
  g_autoptr (redisReply) entry = make_entry (words.words + 3, words.n - 1);
  g_autoptr (GError) error = NULL;
  g_assert_false (bs_redis_bar_parse (entry, &parsed, &error));
  g_assert_nonnull (strstr (error->message, "instrument: expected it once"));
  g_string_chunk_free (pool);
}

/* The desk */

static BsRedisDesk *
make_desk (void)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  BsRedisDesk *desk = bs_redis_desk_new (model (), &options, BS_DEFAULT_THRESHOLD, 0, &error);
  g_assert_no_error (error);
  return desk;
}

static BsPredictor *
make_predictor (void)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  BsPredictor *predictor = bs_predictor_new (model (), &options, BS_REDIS_DEFAULT_BARS, 60 * G_USEC_PER_SEC, BS_STAMP_END, &error);
  g_assert_no_error (error);
  return predictor;
}

static void
assert_same_signal (const BsSignal *a, const BsSignal *b)
{
  g_assert_cmpint (a->state, ==, b->state);
  g_assert_cmpint (a->time_us, ==, b->time_us);
  if (a->state != BS_SIGNAL_READY)
    return;
  g_assert_cmpuint (a->row, ==, b->row);
  g_assert_cmpint (a->klass, ==, b->klass);
  g_assert_cmpint (memcmp (a->probabilities, b->probabilities, sizeof a->probabilities), ==, 0);
}

/* Batches of odd sizes, bars of some instruments more often than of others, history at first: the answers are push's. */
static void
test_desk_equals_push (void)
{
  enum
  {
    N = 7,
    BARS = 150,
    PAST = 40
  };
  g_autoptr (BsRedisDesk) desk = make_desk ();
  BsPredictor *single[N];
  BsBarSeries *series[N];
  g_autoptr (GArray) bars = g_array_new (FALSE, FALSE, sizeof (BsRedisBar));
  for (guint i = 0; i < N; i++)
    {
      single[i] = make_predictor ();
      series[i] = make_series (i + 1, BARS, 60);
    }
  for (guint at = 0; at < BARS; at++)
    for (guint i = 0; i < N; i++)
      {
        char name[8];
        g_snprintf (name, sizeof name, "I%u", i);
        BsRedisBar bar = make_bar (name, series[i], at);
        g_array_append_val (bars, bar);
      }
  bs_redis_desk_history (desk, (const BsRedisBar *) bars->data, PAST * N);
  guint sizes[] = { 1, 5, 64, 13, 200, 2 };
  for (guint begin = 0, turn = 0; begin < bars->len; turn++)
    {
      guint n = begin < PAST * N ? PAST * N - begin : MIN (sizes[turn % G_N_ELEMENTS (sizes)], bars->len - begin);
      g_autofree BsRedisAnswer *answers = g_new0 (BsRedisAnswer, n);
      if (begin >= PAST * N)
        bs_redis_desk_answer (desk, &g_array_index (bars, BsRedisBar, begin), n, answers);
      for (guint i = 0; i < n; i++)
        {
          BsSignal expected;
          const BsRedisBar *bar = &g_array_index (bars, BsRedisBar, begin + i);
          g_assert_true (bs_predictor_push (single[(begin + i) % N], &bar->bar, &expected, NULL));
          if (begin < PAST * N)
            continue;
          g_assert_cmpint (answers[i].outcome, ==, BS_REDIS_ANSWERED);
          g_assert_cmpuint (answers[i].index, ==, (begin + i) / N);
          assert_same_signal (&answers[i].signal, &expected);
          bs_redis_answer_clear (&answers[i]);
        }
      begin += n;
    }
  g_assert_cmpuint (bs_redis_desk_n_instruments (desk), ==, N);
  for (guint i = 0; i < N; i++)
    {
      bs_predictor_free (single[i]);
      bs_bar_series_free (series[i]);
    }
}

static BsRedisOutcome
answer_one (BsRedisDesk *desk, const BsRedisBar *bar)
{
  BsRedisAnswer answer;
  bs_redis_desk_answer (desk, bar, 1, &answer);
  bs_redis_answer_clear (&answer);
  return answer.outcome;
}

static void
test_desk_refusals (void)
{
  g_autoptr (BsRedisDesk) desk = make_desk ();
  g_autoptr (BsBarSeries) series = make_series (1, 50, 60);
  g_autoptr (BsBarSeries) longer = make_series (1, 50, 300);
  for (guint i = 0; i < 30; i++)
    {
      BsRedisBar bar = make_bar ("ES", series, i);
      g_assert_cmpint (answer_one (desk, &bar), ==, BS_REDIS_ANSWERED);
    }
  for (guint i = 0; i < 30; i++)
    {
      BsRedisBar bar = make_bar ("ES", series, i);
      g_assert_cmpint (answer_one (desk, &bar), ==, BS_REDIS_DUPLICATE);
      bar.bar.volume += 1;
      g_assert_cmpint (answer_one (desk, &bar), ==, BS_REDIS_REFUSED);
      bar = make_bar ("ES", series, i);
      bar.bar.time_us += 1;
      g_assert_cmpint (answer_one (desk, &bar), ==, i == 29 ? BS_REDIS_ANSWERED : BS_REDIS_REFUSED);
    }
  BsRedisBar other = make_bar ("ES", longer, 40);
  g_assert_cmpint (answer_one (desk, &other), ==, BS_REDIS_REFUSED);
  /* One bar twice in a batch. */
  BsRedisBar twice[2] = { make_bar ("NQ", series, 0), make_bar ("NQ", series, 0) };
  BsRedisAnswer answers[2];
  bs_redis_desk_answer (desk, twice, 2, answers);
  g_assert_cmpint (answers[0].outcome, ==, BS_REDIS_ANSWERED);
  g_assert_cmpint (answers[1].outcome, ==, BS_REDIS_DUPLICATE);
  /* A shard that is forgotten begins anew. */
  bs_redis_desk_forget (desk, bs_redis_shard_of ("ES", 16), 16);
  BsRedisBar first = make_bar ("ES", series, 0);
  g_assert_cmpint (answer_one (desk, &first), ==, BS_REDIS_ANSWERED);
}

/* Secondary bars, some before the first primary one, give what a predictor gives that has had them all along. */
static void
test_desk_secondary (void)
{
  g_autoptr (BsRedisDesk) desk = make_desk ();
  g_autoptr (BsBarSeries) series = make_series (5, 120, 60);
  g_autoptr (BsBarSeries) longer = make_series (5, 24, 300);
  g_autoptr (BsPredictor) single = make_predictor ();
  guint next = 0;
  bs_predictor_set_secondary_shape (single, 300 * G_USEC_PER_SEC, BS_STAMP_END);
  for (guint i = 10; i < 120; i++)
    {
      BsRedisBar bar = make_bar ("ES", series, i);
      for (; next < 24 && bs_bar_series_times (longer)[next] <= bar.bar.time_us; next++)
        {
          BsRedisBar secondary = make_bar ("ES", longer, next);
          secondary.secondary = TRUE;
          g_assert_cmpint (answer_one (desk, &secondary), ==, BS_REDIS_TAKEN);
          g_assert_cmpint (answer_one (desk, &secondary), ==, BS_REDIS_DUPLICATE);
          g_assert_true (bs_predictor_push_secondary (single, &secondary.bar, NULL));
        }
      BsRedisAnswer answer;
      BsSignal expected;
      bs_redis_desk_answer (desk, &bar, 1, &answer);
      g_assert_true (bs_predictor_push (single, &bar.bar, &expected, NULL));
      assert_same_signal (&answer.signal, &expected);
      bs_redis_answer_clear (&answer);
    }
  g_assert_cmpuint (next, >, 10);
}

/* With a server */

static gpointer
run_worker (gpointer data)
{
  GError *error = NULL;
  if (!bs_redis_worker_run (data, &error))
    g_test_message ("%s", error->message);
  return error;
}

static void
say_line (const char *line, gpointer data)
{
  g_test_message ("%s", line);
}

static BsRedisWorkerConfig
worker_config (const BsTestRedis *server, const char *name)
{
  static BsOptions options;
  bs_options_init (&options);
  return (BsRedisWorkerConfig) {
    .address = server->address,
    .prefix = BS_REDIS_DEFAULT_PREFIX,
    .say = say_line,
    .name = name,
    .first = -1,
    .last = -1,
    .model = model (),
    .options = &options,
    .threshold = BS_DEFAULT_THRESHOLD,
  };
}

static guint64
length_of (BsRedis *redis, const char *key)
{
  g_autoptr (redisReply) reply = BS_REDIS_COMMAND (redis, NULL, "XLEN", key);
  g_assert_nonnull (reply);
  return (guint64) reply->integer;
}

static void
wait_for_length (BsRedis *redis, const char *key, guint64 n)
{
  for (guint i = 0; i < 3000 && length_of (redis, key) < n; i++)
    g_usleep (10000);
  g_assert_cmpuint (length_of (redis, key), ==, n);
}

/* A worker answers what is there and what comes, refuses what is no bar, and a second one takes over with the first one's state. */
static void
test_worker (void)
{
  BsTestRedis *server = bs_test_redis_new ("a secret");
  if (server == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarSeries) series = make_series (1, 60, 60);
  g_autoptr (BsRedis) redis = bs_redis_connect (server->address, &error);
  g_assert_no_error (error);
  const BsRedisPublisherConfig publisher = { .address = server->address, .prefix = BS_REDIS_DEFAULT_PREFIX, .n_shards = 4 };
  const BsRedisSource source = { "ES", FALSE, series };
  BsRedisPublisherCounters published;
  g_assert_true (bs_redis_publish (&publisher, &source, 1, NULL, &published, &error));
  g_assert_cmpuint (published.published, ==, 60);
  g_autofree char *bars_key = bs_redis_key_bars (BS_REDIS_DEFAULT_PREFIX, bs_redis_shard_of ("ES", 4));
  g_autofree char *signals_key = bs_redis_key_signals (BS_REDIS_DEFAULT_PREFIX, model (), "ES");
  redisReply *bad = BS_REDIS_COMMAND (redis, &error, "XADD", bars_key, "*", "instrument", "ES");
  g_clear_pointer (&bad, freeReplyObject);
  g_assert_no_error (error);

  const BsRedisWorkerConfig config = worker_config (server, "one");
  g_autoptr (BsRedisWorker) worker = bs_redis_worker_new (&config, &error);
  g_assert_no_error (error);
  GThread *thread = g_thread_new ("worker", run_worker, worker);
  wait_for_length (redis, signals_key, 60);
  wait_for_length (redis, "barscope:refused", 1);
  bs_redis_worker_stop (worker);
  g_assert_null (g_thread_join (thread));
  BsRedisWorkerCounters counters;
  bs_redis_worker_counters (worker, &counters);
  g_assert_cmpuint (counters.bars, ==, 60);
  g_assert_cmpuint (counters.refused, ==, 1);

  /* All over again: each is known, and none is answered twice. */
  g_assert_true (bs_redis_publish (&publisher, &source, 1, NULL, &published, &error));
  const BsRedisWorkerConfig second_config = worker_config (server, "two");
  g_autoptr (BsRedisWorker) second = bs_redis_worker_new (&second_config, &error);
  thread = g_thread_new ("worker", run_worker, second);
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (redisReply) pending = BS_REDIS_COMMAND (redis, NULL, "XINFO", "GROUPS", bars_key);
      g_assert_nonnull (pending);
      const redisReply *group = pending->element[0];
      gboolean done = FALSE;
      /* entries-read is all and pending is none */
      gint64 read = -1, waiting = -1;
      for (gsize j = 0; j + 1 < group->elements; j += 2)
        {
          if (g_str_equal (group->element[j]->str, "entries-read"))
            read = group->element[j + 1]->integer;
          if (g_str_equal (group->element[j]->str, "pending"))
            waiting = group->element[j + 1]->integer;
        }
      done = read == 121 && waiting == 0;
      if (done)
        break;
      g_usleep (10000);
    }
  bs_redis_worker_stop (second);
  g_assert_null (g_thread_join (thread));
  bs_redis_worker_counters (second, &counters);
  g_assert_cmpuint (counters.duplicates, ==, 60);
  g_assert_cmpuint (counters.bars, ==, 0);
  g_assert_cmpuint (length_of (redis, signals_key), ==, 60);
  bs_test_redis_free (server);
}

/* A server that has lost its data is divided anew: bars in shards that were not there before are answered, too. */
static void
test_worker_other_shards (void)
{
  BsTestRedis *server = bs_test_redis_new ("a secret");
  if (server == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarSeries) series = make_series (1, 5, 5);
  g_autoptr (BsRedis) redis = bs_redis_connect (server->address, &error);
  g_assert_no_error (error);
  const BsRedisSource source = { "ES", FALSE, series };
  BsRedisPublisherConfig publisher = { .address = server->address, .prefix = BS_REDIS_DEFAULT_PREFIX, .n_shards = 1 };
  BsRedisPublisherCounters published;
  g_assert_true (bs_redis_publish (&publisher, &source, 1, NULL, &published, &error));
  const BsRedisWorkerConfig config = worker_config (server, "one");
  g_autoptr (BsRedisWorker) worker = bs_redis_worker_new (&config, &error);
  GThread *thread = g_thread_new ("worker", run_worker, worker);
  g_autofree char *signals_key = bs_redis_key_signals (BS_REDIS_DEFAULT_PREFIX, model (), "ES");
  wait_for_length (redis, signals_key, 5);

  redisReply *reply = BS_REDIS_COMMAND (redis, &error, "FLUSHALL");
  g_assert_no_error (error);
  g_clear_pointer (&reply, freeReplyObject);
  publisher.n_shards = 64;
  guint shard = bs_redis_shard_of ("ES", publisher.n_shards);
  g_assert_cmpuint (shard, >, 0);
  /* All connections but this one. */
  g_autofree char *key = bs_redis_key_shards (BS_REDIS_DEFAULT_PREFIX);
  reply = BS_REDIS_COMMAND (redis, &error, "SET", key, "64");
  g_assert_no_error (error);
  g_clear_pointer (&reply, freeReplyObject);
  reply = BS_REDIS_COMMAND (redis, &error, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  g_assert_no_error (error);
  g_clear_pointer (&reply, freeReplyObject);
  g_assert_true (bs_redis_publish (&publisher, &source, 1, NULL, &published, &error));
  g_assert_no_error (error);
  wait_for_length (redis, signals_key, 5);
  bs_redis_worker_stop (worker);
  g_assert_null (g_thread_join (thread));
  bs_test_redis_free (server);
}

static void
test_worker_refused (void)
{
  BsTestRedis *server = bs_test_redis_new ("a secret");
  if (server == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_strdup_printf ("redis://:wrong@127.0.0.1:%u", server->port);
  g_autoptr (BsRedisAddress) address = bs_redis_address_parse (url, NULL);
  BsRedisWorkerConfig config = worker_config (server, "one");
  config.address = address;
  g_autoptr (BsRedisWorker) worker = bs_redis_worker_new (&config, NULL);
  g_assert_false (bs_redis_worker_run (worker, &error));
  g_assert_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REFUSED);
  g_clear_error (&error);
  /* Shards that are not there. */
  config = worker_config (server, "two");
  config.first = 10;
  config.last = 20;
  g_autoptr (BsRedisWorker) wide = bs_redis_worker_new (&config, NULL);
  g_assert_false (bs_redis_worker_run (wide, &error));
  g_assert_nonnull (strstr (error->message, "no 20"));
  g_clear_error (&error);
  /* Another number of shards than there are. */
  g_autoptr (BsBarSeries) series = make_series (1, 3, 60);
  const BsRedisPublisherConfig publisher = { .address = server->address, .prefix = BS_REDIS_DEFAULT_PREFIX, .n_shards = 4 };
  const BsRedisSource source = { "ES", FALSE, series };
  BsRedisPublisherCounters published;
  g_assert_false (bs_redis_publish (&publisher, &source, 1, NULL, &published, &error));
  g_assert_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REFUSED);
  g_clear_error (&error);
  /* Nobody there. */
  bs_test_redis_kill (server, SIGKILL);
  config = worker_config (server, "three");
  g_autoptr (BsRedisWorker) lonely = bs_redis_worker_new (&config, NULL);
  g_assert_false (bs_redis_worker_run (lonely, &error));
  g_assert_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_LOST);
  bs_test_redis_free (server);
}

static void
ignore_loss (guint shard, gpointer data)
{
}

/* Two workers that want the same shards divide them; when one has gone, the other has all. */
static void
test_leases (void)
{
  BsTestRedis *server = bs_test_redis_new (NULL);
  if (server == NULL)
    return;
  g_autoptr (BsRedis) redis = bs_redis_connect (server->address, NULL);
  g_autoptr (BsRedisLeases) a = bs_redis_leases_new ("p", "a", 0, 7);
  g_autoptr (BsRedisLeases) b = bs_redis_leases_new ("p", "b", 0, 7);
  const BsRedisLeaseFuncs funcs = { ignore_loss, NULL };
  int shard;
  g_assert_true (bs_redis_leases_beat (a, redis, &funcs, NULL));
  for (int i = 0; i < 8; i++)
    {
      g_assert_true (bs_redis_leases_take_one (a, redis, &shard, NULL));
      g_assert_cmpint (shard, ==, i);
    }
  g_assert_true (bs_redis_leases_beat (b, redis, &funcs, NULL));
  g_assert_true (bs_redis_leases_take_one (b, redis, &shard, NULL));
  g_assert_cmpint (shard, ==, -1);
  for (guint i = 0; i < 200 && bs_redis_leases_nth (a, 4) >= 0; i++)
    {
      g_assert_true (bs_redis_leases_beat (a, redis, &funcs, NULL));
      g_assert_true (bs_redis_leases_beat (b, redis, &funcs, NULL));
      g_usleep (100000);
    }
  g_assert_cmpint (bs_redis_leases_nth (a, 3), ==, 3);
  g_assert_cmpint (bs_redis_leases_nth (a, 4), ==, -1);
  for (int i = 4; i < 8; i++)
    {
      g_assert_true (bs_redis_leases_take_one (b, redis, &shard, NULL));
      g_assert_cmpint (shard, ==, i);
      g_assert_true (bs_redis_leases_holds (b, (guint) shard));
      g_assert_false (bs_redis_leases_holds (a, (guint) shard));
    }
  bs_redis_leases_drop (a, redis);
  g_usleep (BS_REDIS_HEARTBEAT_MSEC * 1000 + 50000);
  g_assert_true (bs_redis_leases_beat (b, redis, &funcs, NULL));
  for (int i = 0; i < 4; i++)
    {
      g_assert_true (bs_redis_leases_take_one (b, redis, &shard, NULL));
      g_assert_cmpint (shard, ==, i);
    }
  bs_test_redis_free (server);
}

/* The feed */

typedef struct
{
  GMutex lock;
  GArray *times; /* of gint64: of the primary bars, as they came */
  gboolean lost; /* it has said so once */
} Sink;

static gboolean
take_item (const BsFeedItem *item, gpointer data)
{
  Sink *sink = data;
  g_mutex_lock (&sink->lock);
  if (item->kind == BS_FEED_ITEM_PRIMARY)
    g_array_append_val (sink->times, item->bar.time_us);
  sink->lost = sink->lost || (item->kind == BS_FEED_ITEM_STATE && item->state == BS_FEED_LOST);
  g_mutex_unlock (&sink->lock);
  return TRUE;
}

static void
wait_for_bars (Sink *sink, guint n)
{
  guint have = 0;
  for (guint i = 0; i < 3000 && have < n; i++)
    {
      g_usleep (10000);
      g_mutex_lock (&sink->lock);
      have = sink->times->len;
      g_mutex_unlock (&sink->lock);
    }
  g_assert_cmpuint (have, ==, n);
}

static void
publish_some (const BsTestRedis *server, const char *instrument, guint begin, guint end)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarSeries) series = make_series (9, 90, 60);
  g_autoptr (BsBarSeries) part = bs_bar_series_new (0, 60 * G_USEC_PER_SEC, BS_STAMP_END);
  for (guint i = begin; i < end; i++)
    {
      BsBar bar;
      bs_bar_series_get (series, i, &bar);
      g_assert_true (bs_bar_series_append (part, &bar, NULL));
    }
  const BsRedisPublisherConfig config = { .address = server->address, .prefix = BS_REDIS_DEFAULT_PREFIX, .n_shards = 1 };
  const BsRedisSource source = { instrument, FALSE, part };
  BsRedisPublisherCounters counters;
  g_assert_true (bs_redis_publish (&config, &source, 1, NULL, &counters, &error));
  g_assert_no_error (error);
}

/* History, then what comes, each bar once and in order, over a loss of the server; other instruments of the stream left out. */
static void
test_feed (void)
{
  BsTestRedis *server = bs_test_redis_new (NULL);
  if (server == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarSeries) series = make_series (9, 90, 60);
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  g_auto (BsFeedOpened) opened = { 0 };
  g_autofree char *text = g_strdup_printf ("redis:ES@127.0.0.1:%u", server->port);
  g_assert_false (bs_feed_open (text, &request, &opened, NULL, &error));
  g_assert_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN);
  g_clear_error (&error);
  publish_some (server, "NQ", 0, 50);
  g_assert_false (bs_feed_open (text, &request, &opened, NULL, &error));
  g_assert_nonnull (strstr (error->message, "no bars of ES"));
  g_clear_error (&error);
  publish_some (server, "ES", 0, 30);

  g_assert_true (bs_feed_open (text, &request, &opened, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (opened.instrument, ==, "ES");
  g_assert_cmpuint (bs_bar_series_length (opened.primary->series), ==, 30);
  g_assert_cmpint (bs_bar_series_bar_length (opened.primary->series), ==, 60 * G_USEC_PER_SEC);
  Sink sink = { .times = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  g_mutex_init (&sink.lock);
  bs_feed_set_history (opened.feed, opened.primary->series, NULL, NULL, NULL);
  bs_feed_start (opened.feed, take_item, &sink);
  wait_for_bars (&sink, 30);
  publish_some (server, "NQ", 50, 60);
  publish_some (server, "ES", 20, 60);
  wait_for_bars (&sink, 60);
  bs_test_redis_kill (server, SIGKILL);
  g_usleep (300000);
  bs_test_redis_start (server);
  publish_some (server, "ES", 60, 90);
  wait_for_bars (&sink, 90);
  BsFeedStatus status;
  bs_feed_status (opened.feed, &status);
  g_assert_cmpuint (status.counters.bars, ==, 60);
  g_assert_cmpuint (status.counters.refused + status.counters.duplicates, ==, 10);
  g_assert_cmpuint (status.counters.reconnects, ==, 1);
  bs_feed_stop (opened.feed);
  g_assert_true (sink.lost);
  for (guint i = 0; i < 90; i++)
    g_assert_cmpint (g_array_index (sink.times, gint64, i), ==, bs_bar_series_times (series)[i]);
  g_array_unref (sink.times);
  g_mutex_clear (&sink.lock);
  bs_test_redis_free (server);
}

static void
test_feed_address (void)
{
  static const char *const bad[] = { "redis:ES", "redis:@localhost", "redis:two words@localhost", "redis:ES@", "redis:ES@localhost:x" };
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (BsFeedOpened) opened = { 0 };
      g_assert_false (bs_feed_open (bad[i], &request, &opened, NULL, &error));
      g_assert_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_ADDRESS);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redis/address", test_address);
  g_test_add_func ("/redis/entry/round-trip", test_entry_round_trip);
  g_test_add_func ("/redis/entry/refusals", test_entry_refusals);
  g_test_add_func ("/redis/desk/equals-push", test_desk_equals_push);
  g_test_add_func ("/redis/desk/refusals", test_desk_refusals);
  g_test_add_func ("/redis/desk/secondary", test_desk_secondary);
  g_test_add_func ("/redis/leases", test_leases);
  g_test_add_func ("/redis/worker", test_worker);
  g_test_add_func ("/redis/worker/refused", test_worker_refused);
  g_test_add_func ("/redis/worker/other-shards", test_worker_other_shards);
  g_test_add_func ("/redis/feed", test_feed);
  g_test_add_func ("/redis/feed/address", test_feed_address);
  return g_test_run ();
}
