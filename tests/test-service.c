/* The drop-in contract of docs/serve.md, row by row and refusal by refusal, without a transport */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-generator.h"
#include "app/journal/bs-journal-reader.h"
#include "app/serve/bs-serve-sessions.h"
#include "app/serve/bs-service.h"
#include "inference/model/bs-json.h"

#define N_HISTORY 400
#define TIMEOUT_US (60 * (gint64) G_USEC_PER_SEC) /* only a test that hangs gets there */

typedef struct
{
  GMainContext *context;
  BsServeSessions *sessions;
  BsService *service;
  BsBar bars[N_HISTORY + 100];
} Fixture;

static char *
model_path (void)
{
  return g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
}

static void
begin_with (Fixture *self, const BsServiceOptions *options, BsJournal *journal, const char *train_path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = model_path ();
  BsServeSessionsOptions sessions = { .model_path = path, .threshold = 0.65, .journal = journal, .train_path = train_path };

  bs_options_init (&sessions.options);
  self->context = g_main_context_new ();
  self->sessions = bs_serve_sessions_new (&sessions, self->context, &error);
  g_assert_no_error (error);
  self->service = bs_service_new (options, self->context, bs_serve_sessions_host (), self->sessions, &error);
  g_assert_no_error (error);
  g_autoptr (BsBarGenerator) generator
    = bs_bar_generator_new (48, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  for (guint i = 0; i < G_N_ELEMENTS (self->bars); i++)
    bs_bar_generator_next (generator, &self->bars[i]);
}

static void
begin (Fixture *self, const BsServiceOptions *options)
{
  begin_with (self, options, NULL, NULL);
}

static void
end (Fixture *self)
{
  g_clear_pointer (&self->sessions, bs_serve_sessions_free);
  g_clear_pointer (&self->service, bs_service_free);
  g_main_context_unref (self->context);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const BsServiceOptions options = { .symbol = "ES" };
  begin (self, &options);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  end (self);
}

/* Calls */

typedef struct
{
  guint n, status;
  char *body, *allow;
  BsJson *json;
} Reply;

static void
reply_clear (Reply *self)
{
  g_free (self->body);
  g_free (self->allow);
  bs_json_free (self->json);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)

static void
on_done (guint status, const char *body, const char *allow, gpointer data)
{
  Reply *self = data;
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (self->n++, ==, 0);
  self->status = status;
  self->body = g_strdup (body);
  self->allow = g_strdup (allow);
  self->json = bs_json_parse (body, strlen (body), 0, &error);
  g_assert_no_error (error);
}

static void
await (Fixture *self, const Reply *reply)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  while (reply->n == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (self->context, FALSE))
        g_usleep (100);
    }
}

static Reply
call (Fixture *self, const char *method, const char *path, const char *symbol, const char *body)
{
  Reply reply = { 0 };
  bs_service_call (self->service, method, path, symbol, body, strlen (body), on_done, &reply);
  await (self, &reply);
  return reply;
}

static Reply
post (Fixture *self, const char *body)
{
  return call (self, "POST", "/analysis", NULL, body);
}

static const char *
text_of (const Reply *reply, const char *name)
{
  const BsJsonValue *value = bs_json_find (bs_json_root (reply->json), name);
  return value != NULL && bs_json_type (value) == BS_JSON_STRING ? bs_json_get_string (value, NULL) : NULL;
}

static double
number_of (const Reply *reply, const char *name)
{
  double number = NAN;
  const BsJsonValue *value = bs_json_find (bs_json_root (reply->json), name);
  g_assert_true (value != NULL && bs_json_get_number (value, &number, NULL));
  return number;
}

/* An error never carries a signal: a hold would close the client's position. */
static void
assert_error (const Reply *reply, guint status, const char *part)
{
  g_assert_cmpuint (reply->status, ==, status);
  g_assert_cmpstr (text_of (reply, "status"), ==, "error");
  g_assert_null (bs_json_find (bs_json_root (reply->json), "signal"));
  if (strstr (text_of (reply, "message"), part) == NULL)
    g_error ("\"%s\" is not in: %s", part, text_of (reply, "message"));
}

static char *
time_text (gint64 time_us)
{
  char *text = bs_bar_format_time (time_us);
  *strchr (text, ' ') = 'T';
  return text;
}

static void
append_bar (GString *json, const BsBar *bar)
{
  g_autofree char *time = time_text (bar->time_us);
  g_string_append_printf (json,
                          "{\"time\":\"%s\",\"open\":%.17g,\"high\":%.17g,\"low\":%.17g,\"close\":%.17g,\"volume\":%.17g,"
                          "\"bid_volume\":%.17g,\"ask_volume\":%.17g}",
                          time, bar->open, bar->high, bar->low, bar->close, bar->volume, bar->bid_volume,
                          bar->ask_volume);
}

static char *
history_text (const BsBar *bars, guint n, const BsBar *secondary, guint n_secondary)
{
  GString *json = g_string_new ("{\"primary_bars\":[");
  for (guint i = 0; i < n; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      append_bar (json, &bars[i]);
    }
  g_string_append (json, "],\"secondary_bars\":[");
  for (guint i = 0; i < n_secondary; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      append_bar (json, &secondary[i]);
    }
  g_string_append (json, "],\"type\":\"historical\"}");
  return g_string_free (json, FALSE);
}

static char *
realtime_text (const BsBar *bar, const BsBar *secondary)
{
  GString *json = g_string_new ("{\"primary_bar\":");
  append_bar (json, bar);
  if (secondary != NULL)
    {
      g_string_append (json, ",\"secondary_bar\":");
      append_bar (json, secondary);
    }
  g_string_append (json, ",\"type\":\"realtime\",\"dailyPnL\":12.5,\"dailyGoal\":500,\"dailyMaxLoss\":250}");
  return g_string_free (json, FALSE);
}

static Reply
post_history (Fixture *self, guint n)
{
  g_autofree char *text = history_text (self->bars, n, NULL, 0);
  return post (self, text);
}

static Reply
post_bar (Fixture *self, const BsBar *bar, const BsBar *secondary)
{
  g_autofree char *text = realtime_text (bar, secondary);
  return post (self, text);
}

/* The bar of five minutes that has closed by bar @n. */
static BsBar
secondary_bar (const Fixture *self, guint n)
{
  BsBar bar = self->bars[n];
  for (guint i = n - 4; i < n; i++)
    {
      bar.high = MAX (bar.high, self->bars[i].high);
      bar.low = MIN (bar.low, self->bars[i].low);
      bar.volume += self->bars[i].volume;
    }
  bar.open = self->bars[n - 4].open;
  return bar;
}

static void
test_history (Fixture *self, gconstpointer data)
{
  g_auto (Reply) reply = post_history (self, N_HISTORY);

  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpstr (text_of (&reply, "status"), ==, "success");
  g_assert_cmpstr (text_of (&reply, "data_type"), ==, "historical");
  g_assert_cmpfloat (number_of (&reply, "bars_received"), ==, N_HISTORY);
  g_assert_cmpint (bs_json_type (bs_json_find (bs_json_root (reply.json), "model_training")), ==, BS_JSON_BOOLEAN);
  g_assert_nonnull (text_of (&reply, "message"));
  /* "bars" is as good, without secondary bars. */
  g_autofree char *text = history_text (self->bars, 10, NULL, 0);
  g_auto (GStrv) parts = g_strsplit (text, "primary_bars", 2);
  g_autofree char *other = g_strjoinv ("bars", parts);
  g_auto (Reply) again = post (self, other);
  g_assert_cmpuint (again.status, ==, 200);
  g_assert_cmpfloat (number_of (&again, "bars_received"), ==, 10);
}

/* What is answered is what a predictor says that gets the same bars in the same order. */
static void
test_realtime (Fixture *self, gconstpointer data)
{
  static const char *const words[] = { "short", "hold", "long" };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = model_path ();
  g_autoptr (BsModel) model = bs_model_load (path, &error);
  g_assert_no_error (error);
  BsOptions options;
  bs_options_init (&options);
  g_autoptr (BsPredictor) predictor
    = bs_predictor_new (model, &options, 0, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_threshold (predictor, 0.65);
  bs_predictor_set_secondary_shape (predictor, 5 * BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END);

  BsBar secondary[N_HISTORY / 5];
  guint n_filtered = 0;
  for (guint i = 0; i < G_N_ELEMENTS (secondary); i++)
    secondary[i] = secondary_bar (self, 5 * i + 4);
  g_autofree char *text = history_text (self->bars, N_HISTORY, secondary, G_N_ELEMENTS (secondary));
  g_auto (Reply) history = post (self, text);
  g_assert_cmpuint (history.status, ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (self->bars); i++)
    {
      BsSignal signal;
      guint closed = i % 5 == 4 ? i : i < 5 ? 4 : i / 5 * 5 - 1; /* the bar with which the longer one did */
      BsBar bar = self->bars[i], longer = secondary_bar (self, closed);
      gboolean new_longer = i % 5 == 4;
      if (new_longer)
        g_assert_true (bs_predictor_push_secondary (predictor, &longer, NULL));
      if (i >= N_HISTORY)
        bar.daily_pnl = 12.5;
      g_assert_true (bs_predictor_push (predictor, &bar, &signal, &error));
      if (i < N_HISTORY)
        continue;

      /* The same secondary bar comes up to five times. */
      g_auto (Reply) reply = post_bar (self, &self->bars[i], &longer);
      if (!signal.in_range)
        {
          assert_error (&reply, 503, "out of the range");
          continue;
        }
      g_assert_cmpuint (reply.status, ==, 200);
      g_assert_cmpstr (text_of (&reply, "status"), ==, "success");
      g_assert_cmpstr (text_of (&reply, "data_type"), ==, "realtime");
      g_assert_cmpfloat (number_of (&reply, "bars_received"), ==, 1);
      g_assert_cmpstr (text_of (&reply, "signal"), ==, words[signal.klass]);
      g_assert_cmpstr (text_of (&reply, "raw_signal"), ==, words[signal.raw_class]);
      g_assert_cmpfloat (fabs (number_of (&reply, "confidence") - signal.confidence), <=, 1e-6);
      g_assert_cmpfloat (number_of (&reply, "confidence_threshold"), ==, 0.65);
      g_assert_nonnull (text_of (&reply, "recommendation"));
      gboolean filtered;
      g_assert_true (
        bs_json_get_boolean (bs_json_find (bs_json_root (reply.json), "filtered"), &filtered, NULL));
      g_assert_cmpint (filtered, ==, signal.filtered);
      if (filtered)
        g_assert_cmpstr (text_of (&reply, "signal"), ==, "hold");
      n_filtered += filtered;
    }
  g_assert_cmpuint (n_filtered, >, 0);
}

static void
test_again (Fixture *self, gconstpointer data)
{
  g_auto (Reply) history = post_history (self, N_HISTORY);
  g_auto (Reply) first = post_bar (self, &self->bars[N_HISTORY], NULL);
  g_auto (Reply) second = post_bar (self, &self->bars[N_HISTORY], NULL);
  g_assert_cmpuint (first.status, ==, 200);
  g_assert_cmpuint (second.status, ==, 200);
  g_assert_cmpstr (first.body, ==, second.body);
  /* The last bar of the history again: it has its signal, too. */
  g_auto (Reply) anew = post_history (self, N_HISTORY + 1);
  g_auto (Reply) third = post_bar (self, &self->bars[N_HISTORY], NULL);
  g_assert_cmpuint (third.status, ==, 200);
  g_assert_cmpstr (text_of (&third, "raw_signal"), ==, text_of (&first, "raw_signal"));

  /* It has counted once: the next one's answer is that of a session which has seen it once. */
  g_auto (Reply) next = post_bar (self, &self->bars[N_HISTORY + 1], NULL);
  g_auto (Reply) other_history = post_history (self, N_HISTORY + 1);
  g_auto (Reply) other = post_bar (self, &self->bars[N_HISTORY + 1], NULL);
  g_assert_cmpstr (next.body, ==, other.body);

  BsBar changed = self->bars[N_HISTORY + 1];
  changed.high += 0.25;
  g_auto (Reply) conflict = post_bar (self, &changed, NULL);
  assert_error (&conflict, 409, "primary_bar.time: the bar of");
  g_auto (Reply) older = post_bar (self, &self->bars[N_HISTORY], NULL);
  assert_error (&older, 409, "is not after the last bar's");

  /* So with the longer bar, and then neither is taken. */
  BsBar longer = self->bars[N_HISTORY + 1];
  g_auto (Reply) with = post_bar (self, &self->bars[N_HISTORY + 2], &longer);
  g_assert_cmpuint (with.status, ==, 200);
  longer.high += 1;
  g_auto (Reply) refused = post_bar (self, &self->bars[N_HISTORY + 3], &longer);
  assert_error (&refused, 409, "secondary_bar.time");
  longer.high -= 1;
  g_auto (Reply) good = post_bar (self, &self->bars[N_HISTORY + 3], &longer);
  g_assert_cmpuint (good.status, ==, 200);
}

/* Two calls for one bar before it is answered: both get the one answer. */
static void
test_together (Fixture *self, gconstpointer data)
{
  g_auto (Reply) history = post_history (self, N_HISTORY);
  g_autofree char *text = realtime_text (&self->bars[N_HISTORY], NULL);
  g_auto (Reply) a = { 0 };
  g_auto (Reply) b = { 0 };
  bs_service_call (self->service, "POST", "/analysis", NULL, text, strlen (text), on_done, &a);
  bs_service_call (self->service, "POST", "/analysis", NULL, text, strlen (text), on_done, &b);
  await (self, &a);
  await (self, &b);
  g_assert_cmpuint (a.status, ==, 200);
  g_assert_cmpstr (a.body, ==, b.body);
}

static void
test_short_history (Fixture *self, gconstpointer data)
{
  g_auto (Reply) nothing = post_bar (self, &self->bars[0], NULL);
  assert_error (&nothing, 503, "the history is too short");
  g_auto (Reply) again = post_bar (self, &self->bars[0], NULL);
  assert_error (&again, 503, "the history is too short");
  g_auto (Reply) little = post_history (self, 5);
  g_assert_cmpuint (little.status, ==, 200);
  g_auto (Reply) short_one = post_bar (self, &self->bars[5], NULL);
  assert_error (&short_one, 503, "more bars are needed");
}

static void
test_out_of_range (void)
{
  Fixture self;
  for (guint allowed = 0; allowed < 2; allowed++)
    {
      const BsServiceOptions options = { .symbol = "ES", .allow_out_of_range = allowed };
      begin (&self, &options);
      /* Prices and volumes that no training has seen. */
      for (guint i = 0; i < G_N_ELEMENTS (self.bars); i++)
        {
          double *prices = &self.bars[i].open;
          for (guint k = 0; k < 4; k++)
            prices[k] *= 1e4;
          self.bars[i].volume = self.bars[i].bid_volume = 1e9 * (1 + i % 7);
        }
      g_auto (Reply) history = post_history (&self, N_HISTORY);
      g_assert_cmpuint (history.status, ==, 200);
      g_auto (Reply) reply = post_bar (&self, &self.bars[N_HISTORY], NULL);
      if (allowed)
        g_assert_cmpuint (reply.status, ==, 200);
      else
        assert_error (&reply, 503, "out of the range");
      end (&self);
    }
}

#define GOOD "\"time\":\"2024-01-02T09:31:00\",\"open\":2,\"high\":3,\"low\":1,\"close\":2,\"volume\":5"

static void
test_bad_bodies (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *body;
    const char *part;
  } bad[] = {
    { "", "not JSON" },
    { "[]", "expected an object" },
    { "{\"type\":\"realtime\"," GOOD, "not JSON" },
    { "{" GOOD "}", "type" },
    { "{\"type\":7," GOOD "}", "type" },
    { "{\"type\":\"daily\"," GOOD "}", "type" },
    { "{\"type\":\"realtime\"," GOOD ",\"open\":2}", "not JSON" }, /* twice */
    { "{\"type\":\"realtime\",\"open\":2,\"high\":3,\"low\":1,\"close\":2,\"volume\":5}", "time: is missing" },
    { "{\"type\":\"realtime\",\"time\":1704187860,\"open\":2,\"high\":3,\"low\":1,\"close\":2,\"volume\":5}", "time" },
    { "{\"type\":\"realtime\",\"time\":\"1704187860\",\"open\":2,\"high\":3,\"low\":1,\"close\":2,\"volume\":5}", "time" },
    { "{\"type\":\"realtime\",\"time\":\"2024-01-02\",\"open\":2,\"high\":3,\"low\":1,\"close\":2,\"volume\":5}", "time" },
    { "{\"type\":\"realtime\",\"time\":\"2024-02-30T09:31:00\",\"open\":2,\"high\":3,\"low\":1,\"close\":2,\"volume\":5}",
      "time" },
    { "{\"type\":\"realtime\",\"primary_bar\":{" GOOD "},\"dailyPnL\":\"x\"}", "dailyPnL" },
    { "{\"type\":\"realtime\",\"primary_bar\":[1]}", "primary_bar: expected an object" },
    { "{\"type\":\"realtime\",\"primary_bar\":{\"time\":\"2024-01-02T09:31:00\",\"high\":3,\"low\":1,\"close\":2,\"volume\":5}}",
      "primary_bar.open: is missing" },
    { "{\"type\":\"realtime\",\"primary_bar\":{\"time\":\"2024-01-02T09:31:00\",\"open\":2,\"high\":3,\"low\":1,\"close\":2}}",
      "primary_bar.volume: is missing" },
    { "{\"type\":\"realtime\",\"primary_bar\":{\"time\":\"2024-01-02T09:31:00\",\"open\":2,\"high\":1,\"low\":3,\"close\":2,"
      "\"volume\":5}}",
      "primary_bar: high" },
    { "{\"type\":\"realtime\",\"primary_bar\":{\"time\":\"2024-01-02T09:31:00\",\"open\":-2,\"high\":3,\"low\":-3,\"close\":2,"
      "\"volume\":5}}",
      "primary_bar: " },
    { "{\"type\":\"realtime\",\"primary_bar\":{\"time\":\"2024-01-02T09:31:00\",\"open\":1e999,\"high\":3,\"low\":1,\"close\":2,"
      "\"volume\":5}}",
      "not JSON" },
    { "{\"type\":\"realtime\",\"primary_bar\":{" GOOD ",\"bid_volume\":null}}", "primary_bar.bid_volume" },
    { "{\"type\":\"realtime\",\"primary_bar\":{" GOOD "},\"secondary_bar\":{}}", "secondary_bar.time" },
    { "{\"type\":\"historical\"}", "primary_bars" },
    { "{\"type\":\"historical\",\"primary_bars\":[]}", "primary_bars" },
    { "{\"type\":\"historical\",\"primary_bars\":{}}", "primary_bars: expected an array" },
    { "{\"type\":\"historical\",\"bars\":7}", "bars: expected an array" },
    { "{\"type\":\"historical\",\"primary_bars\":[{" GOOD "},{" GOOD ",\"ask_volume\":-1}]}", "primary_bars[1]: ask volume" },
    { "{\"type\":\"historical\",\"primary_bars\":[{" GOOD "},{\"time\":\"2024-01-02T09:30:00\",\"open\":2,\"high\":3,\"low\":1,"
      "\"close\":2,\"volume\":5}]}",
      "primary_bars[1].time" },
    { "{\"type\":\"historical\",\"primary_bars\":[{" GOOD "}],\"secondary_bars\":[{" GOOD "},{}]}", "secondary_bars[1].time" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (Reply) reply = post (self, bad[i].body);
      assert_error (&reply, 400, bad[i].part);
    }
  /* None of them has left anything behind. */
  g_auto (Reply) reply = post (self, "{\"type\":\"realtime\",\"secondary_bar\":null," GOOD "}");
  assert_error (&reply, 503, "this is the first bar");
}

static void
test_other_paths (Fixture *self, gconstpointer data)
{
  g_auto (Reply) root = call (self, "GET", "/", NULL, "");
  g_assert_cmpuint (root.status, ==, 200);
  g_assert_cmpstr (text_of (&root, "service"), ==, "Barscope");
  g_auto (Reply) health = call (self, "GET", "/health-check", NULL, "");
  g_assert_cmpstr (text_of (&health, "status"), ==, "healthy");
  g_assert_cmpstr (text_of (&health, "device"), ==, "cpu");
  g_assert_nonnull (bs_json_find (bs_json_root (health.json), "model_trained"));
  g_auto (Reply) training = call (self, "GET", "/training-status", NULL, "");
  g_assert_cmpfloat (number_of (&training, "progress"), ==, 0);
  g_assert_cmpint (bs_json_type (bs_json_find (bs_json_root (training.json), "error")), ==, BS_JSON_NULL);
  gboolean is_training = TRUE;
  bs_json_get_boolean (bs_json_find (bs_json_root (training.json), "is_training"), &is_training, NULL);
  g_assert_false (is_training);
  g_auto (Reply) save = call (self, "POST", "/save-model", NULL, "");
  g_assert_cmpuint (save.status, ==, 200);
  g_auto (Reply) load = call (self, "POST", "/load-model", NULL, "{}");
  g_assert_cmpuint (load.status, ==, 200);
  g_auto (Reply) nothing = call (self, "GET", "/analysis/", NULL, "");
  assert_error (&nothing, 404, "nothing at this path");
  g_auto (Reply) wrong = call (self, "GET", "/analysis", NULL, "");
  assert_error (&wrong, 405, "method");
  g_assert_cmpstr (wrong.allow, ==, "POST");
  g_auto (Reply) wrong_too = call (self, "DELETE", "/", NULL, "");
  assert_error (&wrong_too, 405, "method");
  g_assert_cmpstr (wrong_too.allow, ==, "GET");
}

/* The clock of New York is put back on 2024-11-03 at 2:00: from 1:00 on every time comes twice; the second pass is the later one. */
static void
test_zone (void)
{
  Fixture self;
  const BsServiceOptions options = { .symbol = "ES", .timezone = "America/New_York" };
  begin (&self, &options);
  /* As the strategy sees them: local times, from 00:30 EDT on. */
  const gint64 put_back_us = G_GINT64_CONSTANT (1730613600) * G_USEC_PER_SEC; /* 2024-11-03 06:00 UTC */
  const gint64 hour_us = 3600 * (gint64) G_USEC_PER_SEC;
  for (guint i = 0; i < G_N_ELEMENTS (self.bars); i++)
    {
      gint64 utc_us = put_back_us + ((gint64) i - 80) * 60 * G_USEC_PER_SEC;
      self.bars[i].time_us = utc_us - (utc_us < put_back_us ? 4 : 5) * hour_us;
    }
  g_auto (Reply) history = post_history (&self, 60);
  g_assert_cmpuint (history.status, ==, 200);
  for (guint i = 60; i < 200; i++)
    {
      g_auto (Reply) reply = post_bar (&self, &self.bars[i], NULL);
      if (reply.status != 200)
        assert_error (&reply, 503, "");
    }
  g_auto (Reply) older = post_bar (&self, &self.bars[198], NULL);
  assert_error (&older, 409, "2024-11-03 07:58:00 is not after the last bar's, 2024-11-03 07:59:00");
  /* In spring an hour never was. */
  g_auto (Reply) never = post (&self, "{\"type\":\"realtime\",\"time\":\"2025-03-09T02:30:00\",\"open\":2,\"high\":3,\"low\":1,"
                                      "\"close\":2,\"volume\":5}");
  assert_error (&never, 400, "time: expected a time that exists");
  end (&self);

  g_autoptr (GError) error = NULL;
  const BsServiceOptions nowhere = { .timezone = "Mars/Olympus" };
  g_assert_null (bs_service_new (&nowhere, NULL, NULL, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION);
}

static void
test_symbols (Fixture *self, gconstpointer data)
{
  g_autofree char *history = history_text (self->bars, N_HISTORY, NULL, 0);
  g_autofree char *bar = realtime_text (&self->bars[N_HISTORY], NULL);
  g_auto (Reply) nq = call (self, "POST", "/analysis", "NQ", history);
  g_assert_cmpuint (nq.status, ==, 200);
  /* Another instrument has not got it; the default one by its name has. */
  g_auto (Reply) es = call (self, "POST", "/analysis", "ES", bar);
  assert_error (&es, 503, "this is the first bar");
  g_auto (Reply) by_default = call (self, "POST", "/analysis", NULL, bar);
  assert_error (&by_default, 503, "too short");
  g_auto (Reply) answered = call (self, "POST", "/analysis", "NQ", bar);
  g_assert_cmpuint (answered.status, ==, 200);
  g_auto (Reply) bad = call (self, "POST", "/analysis", "../x y\n", bar);
  assert_error (&bad, 400, "symbol");
  g_auto (Reply) empty = call (self, "POST", "/analysis", "", bar);
  assert_error (&empty, 400, "symbol");
}

/* Names that never had a session do not use up the places: whoever mistypes them must not lock others out. */
static void
test_places (Fixture *self, gconstpointer data)
{
  g_autofree char *history = history_text (self->bars, N_HISTORY, NULL, 0);
  for (guint i = 0; i < 2 * BS_SERVICE_MAX_INSTRUMENTS; i++)
    {
      g_autofree char *symbol = g_strdup_printf ("MISTYPED%u", i);
      g_auto (Reply) bad = call (self, "POST", "/analysis", symbol, "{\"type\":\"historical\",\"primary_bars\":[{}]}");
      g_assert_cmpuint (bad.status, ==, 400);
    }
  g_auto (Reply) good = call (self, "POST", "/analysis", "NQ", history);
  g_assert_cmpuint (good.status, ==, 200);
}

/* What has been answered is in the journal, at the moment in which it is. */

static gboolean
count_bar (const BsJournalBar *bar, gpointer data)
{
  guint *n_answered = data;
  *n_answered += bar->answered;
  return TRUE;
}

static guint
count_kept (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (path, &error);
  g_assert_no_error (error);
  const BsJournalRunFilter filter = BS_JOURNAL_RUN_FILTER_INIT;
  g_autoptr (GPtrArray) runs = bs_journal_reader_list_runs (reader, &filter, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 1);
  const BsJournalRunRow *run = runs->pdata[0];
  g_assert_cmpint (run->kind, ==, BS_JOURNAL_RUN_HTTP);
  g_assert_cmpstr (run->instrument, ==, "ES");
  guint n_answered = 0;
  g_assert_true (bs_journal_reader_each_bar (reader, run->id, 0, count_bar, &n_answered, &error));
  return n_answered;
}

static void
test_journal (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("barscope-service-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (folder, "journal.sqlite", NULL);
  Fixture self;
  const BsServiceOptions options = { .symbol = "ES", .allow_out_of_range = TRUE };
  BsJournal *journal = bs_journal_new (path, NULL);
  begin_with (&self, &options, journal, NULL);
  g_auto (Reply) history = post_history (&self, N_HISTORY);
  g_assert_cmpuint (history.status, ==, 200);
  for (guint i = N_HISTORY; i < N_HISTORY + 5; i++)
    {
      g_auto (Reply) reply = post_bar (&self, &self.bars[i], NULL);
      g_assert_cmpuint (reply.status, ==, 200);
      g_assert_cmpuint (count_kept (path), ==, i + 1);
    }
  end (&self);
  bs_journal_unref (journal);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_unlink (file);
    }
  g_rmdir (folder);
}

static gboolean
flag_of (const Reply *reply, const char *name)
{
  gboolean flag = FALSE;
  g_assert_true (bs_json_get_boolean (bs_json_find (bs_json_root (reply->json), name), &flag, NULL));
  return flag;
}

/* A history begins a training where that is asked for; what is said about it is what it does. */
static void
test_training (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("barscope-service-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (folder, "trained.safetensors", NULL);
  const BsServiceOptions options = { .symbol = "ES" };
  Fixture self;
  begin_with (&self, &options, NULL, path);

  /* Too few bars to learn from: the training says so, and signals go on. */
  g_auto (Reply) few = post_history (&self, 60);
  g_assert_true (flag_of (&few, "model_training"));
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  for (gboolean running = TRUE; running; g_usleep (1000))
    {
      g_auto (Reply) status = call (&self, "GET", "/training-status", NULL, "");
      running = flag_of (&status, "is_training");
      g_assert_true (running || text_of (&status, "error") != NULL);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    }
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  /* Enough of them: it runs, another history does not begin a second one, and the end of the service cancels it. */
  g_autoptr (BsBarGenerator) generator
    = bs_bar_generator_new (7, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  g_autofree BsBar *bars = g_new (BsBar, 5000);
  for (guint i = 0; i < 5000; i++)
    bs_bar_generator_next (generator, &bars[i]);
  g_autofree char *text = history_text (bars, 5000, NULL, 0);
  g_auto (Reply) many = post (&self, text);
  g_assert_cmpuint (many.status, ==, 200);
  g_assert_true (flag_of (&many, "model_training"));
  g_auto (Reply) status = call (&self, "GET", "/training-status", NULL, "");
  g_assert_true (flag_of (&status, "is_training"));
  g_assert_cmpint (bs_json_type (bs_json_find (bs_json_root (status.json), "error")), ==, BS_JSON_NULL);
  g_auto (Reply) again = post (&self, text);
  g_assert_false (flag_of (&again, "model_training"));
  end (&self);
  g_rmdir (folder);
}

/* A host that the test is itself: what a session answers is what the test says. */
typedef struct
{
  BsFeed *feed;
  gboolean fails;
} Played;

static gboolean
played_open (BsServiceOpening *opening, gpointer data, GError **error)
{
  Played *self = data;
  g_clear_object (&self->feed);
  if (self->fails)
    {
      g_set_error_literal (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION, "there is no room");
      return FALSE;
    }
  g_assert_cmpstr (opening->instrument, ==, "ES");
  g_assert_true (opening->is_default);
  self->feed = g_steal_pointer (&opening->feed);
  return TRUE;
}

static gboolean
played_model (char **name, gpointer data, GError **error)
{
  g_set_error_literal (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, "the model's file is gone");
  return FALSE;
}

static gboolean
played_has_model (gpointer data)
{
  return FALSE;
}

static char *
played_device (gpointer data)
{
  return g_strdup ("none");
}

static void
test_failures (Fixture *self, gconstpointer data)
{
  static const BsServiceHost host
    = { .open = played_open, .load_model = played_model, .has_model = played_has_model, .device = played_device };
  const BsServiceOptions options = { .symbol = "ES" };
  Played played = { 0 };
  Fixture other = *self;
  g_autoptr (GError) error = NULL;
  other.service = bs_service_new (&options, self->context, &host, &played, &error);

  played.fails = TRUE;
  g_auto (Reply) full = post_history (&other, 100);
  assert_error (&full, 503, "there is no room");
  played.fails = FALSE;
  g_auto (Reply) history = post_history (&other, 100);
  g_assert_cmpuint (history.status, ==, 200);

  /* An engine that fails in the middle: 5xx, and no signal. */
  g_autofree char *text = realtime_text (&self->bars[100], NULL);
  g_auto (Reply) failed = { 0 };
  bs_service_call (other.service, "POST", "/analysis", NULL, text, strlen (text), on_done, &failed);
  g_assert_cmpuint (failed.n, ==, 0);
  BsFeedAnswer answer = { .bar = &self->bars[100], .message = "the device is lost" };
  bs_feed_answer (played.feed, &answer);
  await (&other, &failed);
  assert_error (&failed, 500, "the device is lost");

  /* A session that goes away: who waits is told. */
  g_autofree char *next = realtime_text (&self->bars[101], NULL);
  g_auto (Reply) waiting = { 0 };
  bs_service_call (other.service, "POST", "/analysis", NULL, next, strlen (next), on_done, &waiting);
  g_assert_cmpuint (waiting.n, ==, 0);
  bs_service_close (other.service, "ES");
  assert_error (&waiting, 503, "post the history again");
  bs_feed_answer (played.feed, &answer); /* too late */

  g_auto (Reply) save = call (&other, "POST", "/save-model", NULL, "");
  assert_error (&save, 503, "no model");
  g_auto (Reply) load = call (&other, "POST", "/load-model", NULL, "");
  assert_error (&load, 500, "is gone");

  /* So too where the service ends. */
  g_auto (Reply) again = post_history (&other, 100);
  g_auto (Reply) left = { 0 };
  bs_service_call (other.service, "POST", "/analysis", NULL, text, strlen (text), on_done, &left);
  bs_service_free (other.service);
  assert_error (&left, 503, "");
  g_clear_object (&played.feed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/service/history", Fixture, NULL, set_up, test_history, tear_down);
  g_test_add ("/service/realtime", Fixture, NULL, set_up, test_realtime, tear_down);
  g_test_add ("/service/again", Fixture, NULL, set_up, test_again, tear_down);
  g_test_add ("/service/together", Fixture, NULL, set_up, test_together, tear_down);
  g_test_add ("/service/short-history", Fixture, NULL, set_up, test_short_history, tear_down);
  g_test_add_func ("/service/out-of-range", test_out_of_range);
  g_test_add ("/service/bad-bodies", Fixture, NULL, set_up, test_bad_bodies, tear_down);
  g_test_add ("/service/other-paths", Fixture, NULL, set_up, test_other_paths, tear_down);
  g_test_add_func ("/service/zone", test_zone);
  g_test_add ("/service/symbols", Fixture, NULL, set_up, test_symbols, tear_down);
  g_test_add ("/service/places", Fixture, NULL, set_up, test_places, tear_down);
  g_test_add_func ("/service/journal", test_journal);
  g_test_add_func ("/service/training", test_training);
  g_test_add ("/service/failures", Fixture, NULL, set_up, test_failures, tear_down);
  return g_test_run ();
}
