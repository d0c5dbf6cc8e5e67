/* test-vulkan-faults.c: every fault of loader and device, met by an engine alone and in the middle of a session
 *
 * What a machine lacks from the start is an error in words, and the session stays with the engine that it has. What gives out
 * later is answered by the CPU engine, for the very bar at which it did: no bar is lost, none comes twice, none is late.
 */
#include <math.h>
#include <string.h>

#include "app/bs-session.h"
#include "inference/predict/bs-engine-path.h"
#include "tests/bs-test-driver.h"
#include "tests/bs-test-vulkan.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)
#define TIMEOUT_US (120 * G_USEC_PER_SEC) /* only a test that hangs gets there */
#define BARS 60
#define SWITCH_AT 20 /* bars, before the backend is asked for */
#define GOES_WELL 7  /* submissions, before one in the middle fails */
#define BOUND 1e-5   /* two engines in FP32 */

/* What becomes of the engine that meets a fault. */
typedef enum
{
  REFUSED,  /* there is none: another setting is needed */
  AT_START, /* the fallback from the first bar on */
  LATER,    /* the fallback from the bar on at which it failed */
} Outcome;

static const Outcome outcomes[] = {
  [BS_TEST_VULKAN_NO_LOADER] = REFUSED,
  [BS_TEST_VULKAN_NO_ENTRY] = REFUSED,
  [BS_TEST_VULKAN_NO_DRIVER] = REFUSED,
  [BS_TEST_VULKAN_NO_DEVICE] = REFUSED,
  [BS_TEST_VULKAN_OLD_DEVICE] = REFUSED,
  [BS_TEST_VULKAN_NO_COMPUTE] = REFUSED,
  [BS_TEST_VULKAN_LACKS_A_FEATURE] = REFUSED,
  [BS_TEST_VULKAN_LACKS_A_CALL] = REFUSED,
  [BS_TEST_VULKAN_NO_HOST_MEMORY] = AT_START,
  [BS_TEST_VULKAN_NO_DEVICE_MEMORY] = AT_START,
  [BS_TEST_VULKAN_LOST_AT_ONCE] = AT_START,
  [BS_TEST_VULKAN_LOST] = LATER,
  [BS_TEST_VULKAN_MEMORY_GONE] = LATER,
  [BS_TEST_VULKAN_UNKNOWN] = LATER,
  [BS_TEST_VULKAN_WAIT_LOST] = LATER,
  [BS_TEST_VULKAN_HANGS] = LATER,
  [BS_TEST_VULKAN_GARBAGE] = LATER,
};
G_STATIC_ASSERT (G_N_ELEMENTS (outcomes) == BS_TEST_VULKAN_N_FAULTS);

static BsModel *
model_new (void)
{
  return bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 7);
}

static void
options_init (BsOptions *options, gboolean vulkan)
{
  g_autoptr (GError) error = NULL;
  bs_options_init (options);
  g_assert_true (bs_options_set (options, vulkan ? "backend=vulkan" : "backend=cpu", &error));
  if (vulkan && g_getenv ("BARSCOPE_TEST_DEVICE") != NULL)
    g_assert_true (bs_options_set_device (options, g_getenv ("BARSCOPE_TEST_DEVICE"), &error));
}

static BsBar
bar_nth (guint i)
{
  BsBar bar = BS_BAR_INIT;
  double wave = (double) ((guint64) i * 2654435761u % 1000) / 1000.0;
  bar.time_us = G_GINT64_CONSTANT (1700000000000000) + (gint64) (i + 1) * MINUTE_US;
  bar.open = 4000.0 + wave * 10.0;
  bar.close = 4000.0 + (double) ((guint64) (i + 1) * 2654435761u % 1000) / 100.0;
  bar.high = MAX (bar.open, bar.close) + 1.0;
  bar.low = MIN (bar.open, bar.close) - 1.0;
  bar.volume = 100.0 + wave * 50.0;
  return bar;
}

/* The engine alone, without another one behind it: an error that says what it is. */
static void
check_engine (BsTestVulkanFault fault)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = model_new ();
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  const guint n = BS_N_FEATURES * 4;
  g_autofree float *window = g_new0 (float, n);
  float probabilities[BS_N_CLASSES];
  options.device = g_getenv ("BARSCOPE_TEST_DEVICE");

  bs_test_vulkan_inject (fault);
  g_autoptr (BsEngine) engine = bs_engine_new (bs_engine_class_by_name ("vulkan"), model, &options, &error);
  g_assert_true ((engine != NULL) == (outcomes[fault] == LATER));
  bs_test_vulkan_let (GOES_WELL);
  for (guint i = 0; engine != NULL && error == NULL; i++)
    {
      g_assert_cmpuint (i, <=, GOES_WELL);
      gboolean done = bs_engine_predict (engine, window, 1, probabilities, NULL, &error);
      g_assert_true (done == (i < GOES_WELL));
    }
  bs_test_vulkan_inject (-1);
  g_assert_cmpint (error->domain, ==, BS_ENGINE_ERROR);
  g_assert_true ((error->code == BS_ENGINE_ERROR_UNAVAILABLE)
                 == (outcomes[fault] == REFUSED || fault == BS_TEST_VULKAN_UNKNOWN));
  g_assert_nonnull (strstr (error->message, bs_test_vulkan_words (fault)));
}

typedef struct
{
  BsSession *session;
  guint n_bars, n_switched, n_not_switched, n_notices;
  guint notice_at; /* bars that had been answered */
  BsSignal signals[BARS];
  char *message; /* of what could not be switched, or the notice */
} Record;

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  Record *record = data;
  switch (event->kind)
    {
    case BS_SESSION_SIGNAL:
      g_assert_cmpuint (event->index, ==, record->n_bars);
      g_assert_cmpuint (record->n_bars, <, BARS);
      g_assert_cmpint (event->bar.time_us, ==, bar_nth (record->n_bars).time_us);
      record->signals[record->n_bars++] = event->signal;
      break;
    case BS_SESSION_SWITCHED:
      record->n_switched++;
      break;
    case BS_SESSION_NOT_SWITCHED:
      record->n_not_switched++;
      g_assert_null (record->message);
      record->message = g_strdup (event->message);
      break;
    case BS_SESSION_NOTICE:
      if (event->message == NULL) /* over: the engine asked for answers again */
        break;
      record->n_notices++;
      record->notice_at = record->n_bars;
      g_assert_null (record->message);
      record->message = g_strdup (event->message);
      break;
    case BS_SESSION_NO_SIGNAL:
    case BS_SESSION_REFUSED:
      g_error ("bar %u: %s", record->n_bars, event->message);
    default:
      break;
    }
}

static void
drain_until (Record *record, const guint *counter, guint at_least)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  while (*counter < at_least)
    {
      bs_session_drain (record->session, on_event, record, 1000);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (200);
    }
}

static void
deliver (BsSession *session, guint begin, guint end)
{
  for (guint i = begin; i < end; i++)
    {
      BsFeedItem item = { .kind = BS_FEED_ITEM_PRIMARY, .arrival_us = 1, .due_us = BS_FEED_DUE_PAST };
      item.bar = bar_nth (i);
      g_assert_true (bs_session_deliver (&item, session));
    }
}

/* The plain CPU engine's answers to the same bars. */
static void
answer_plainly (BsModel *model, BsSignal *signals)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  options_init (&options, FALSE);
  g_autoptr (BsPredictor) predictor = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  for (guint i = 0; i < BARS; i++)
    {
      BsBar bar = bar_nth (i);
      g_assert_true (bs_predictor_push (predictor, &bar, &signals[i], &error));
    }
}

/* A session in the middle of its bars is given the backend, which meets the fault. */
static void
check_session (BsTestVulkanFault fault)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = model_new ();
  BsOptions cpu, vulkan;
  BsSignal plain[BARS];
  answer_plainly (model, plain);
  options_init (&cpu, FALSE);
  options_init (&vulkan, TRUE);

  BsPredictor *predictor = bs_predictor_new (model, &cpu, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  g_autoptr (BsSession) session = bs_session_new (predictor, NULL, NULL);
  Record record = { .session = session };
  deliver (session, 0, SWITCH_AT);
  drain_until (&record, &record.n_bars, SWITCH_AT);

  bs_test_vulkan_inject (fault);
  bs_session_set_options (session, &vulkan);
  drain_until (&record, outcomes[fault] == REFUSED ? &record.n_not_switched : &record.n_switched, 1);
  bs_test_vulkan_let (GOES_WELL);
  deliver (session, SWITCH_AT, BARS);
  drain_until (&record, &record.n_bars, BARS);
  if (outcomes[fault] != REFUSED)
    drain_until (&record, &record.n_notices, 1);

  g_assert_nonnull (strstr (record.message, bs_test_vulkan_words (fault)));
  g_assert_cmpuint (record.n_not_switched, ==, outcomes[fault] == REFUSED ? 1 : 0);
  g_assert_cmpuint (record.n_notices, ==, outcomes[fault] == REFUSED ? 0 : 1);
  if (outcomes[fault] != REFUSED)
    {
      g_assert_nonnull (strstr (record.message, "the cpu engine goes on"));
      /* Told behind the bar at which it failed, which has its answer. */
      g_assert_cmpuint (record.notice_at, ==, outcomes[fault] == LATER ? SWITCH_AT + GOES_WELL + 1 : SWITCH_AT);
    }
  for (guint i = 0; i < BARS; i++)
    {
      gboolean elsewhere = outcomes[fault] == LATER && i >= SWITCH_AT && i < SWITCH_AT + GOES_WELL;
      g_assert_cmpint (record.signals[i].state, ==, plain[i].state);
      g_assert_cmpint (record.signals[i].time_us, ==, plain[i].time_us);
      g_assert_cmpuint (record.signals[i].row, ==, plain[i].row);
      for (guint klass = 0; klass < BS_N_CLASSES && plain[i].state == BS_SIGNAL_READY; klass++)
        if (elsewhere)
          g_assert_cmpfloat_with_epsilon (record.signals[i].probabilities[klass], plain[i].probabilities[klass], BOUND);
        else
          g_assert_cmpfloat (record.signals[i].probabilities[klass], ==, plain[i].probabilities[klass]);
    }
  bs_session_set_options (session, &cpu);
  drain_until (&record, &record.n_switched, outcomes[fault] == REFUSED ? 1 : 2);
  bs_test_vulkan_inject (-1);
  g_free (record.message);
}

static void
test_fault (gconstpointer data)
{
  BsTestVulkanFault fault = (BsTestVulkanFault) GPOINTER_TO_INT (data);
  g_autofree char *reason = NULL;
  if (!bs_engine_class_by_name ("vulkan")->available (&reason))
    {
      g_test_skip (reason);
      return;
    }
  check_engine (fault);
  check_session (fault);
}

/* As test_fault, where the machine has been so from the start of the program: the option itself cannot be had. */
static void
test_machine (gconstpointer data)
{
  BsTestVulkanFault fault = (BsTestVulkanFault) GPOINTER_TO_INT (data);
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  BsVulkanDeviceInfo device;
  BsOptions options;
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL, *listed = NULL;
  g_autoptr (BsModel) model = model_new ();
  options_init (&options, TRUE);
  bs_test_vulkan_inject (fault);
  g_assert_cmpuint (bs_vulkan_list_devices (&device, 1, &listed), ==, 0);
  g_assert_nonnull (strstr (listed, bs_test_vulkan_words (fault)));
  g_assert_false (bs_engine_class_by_name ("vulkan")->available (&reason));
  g_assert_nonnull (strstr (reason, bs_test_vulkan_words (fault)));
  g_assert_false (bs_options_check (&options, &error));
  g_assert_nonnull (strstr (error->message, bs_test_vulkan_words (fault)));
  g_assert_nonnull (strstr (error->message, "backend=vulkan"));
  g_clear_error (&error);
  g_assert_null (bs_engine_path_new (&options, model, 1, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = {
    [BS_TEST_VULKAN_NO_LOADER] = "no-loader",
    [BS_TEST_VULKAN_NO_ENTRY] = "no-entry",
    [BS_TEST_VULKAN_NO_DRIVER] = "no-driver",
    [BS_TEST_VULKAN_NO_DEVICE] = "no-device",
    [BS_TEST_VULKAN_OLD_DEVICE] = "old-device",
    [BS_TEST_VULKAN_NO_COMPUTE] = "no-compute",
    [BS_TEST_VULKAN_LACKS_A_FEATURE] = "lacks-a-feature",
    [BS_TEST_VULKAN_LACKS_A_CALL] = "lacks-a-call",
    [BS_TEST_VULKAN_NO_HOST_MEMORY] = "no-host-memory",
    [BS_TEST_VULKAN_NO_DEVICE_MEMORY] = "no-device-memory",
    [BS_TEST_VULKAN_LOST_AT_ONCE] = "lost-at-once",
    [BS_TEST_VULKAN_LOST] = "lost",
    [BS_TEST_VULKAN_MEMORY_GONE] = "memory-gone",
    [BS_TEST_VULKAN_UNKNOWN] = "unknown-result",
    [BS_TEST_VULKAN_WAIT_LOST] = "wait-lost",
    [BS_TEST_VULKAN_HANGS] = "hangs",
    [BS_TEST_VULKAN_GARBAGE] = "garbage",
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (names) == BS_TEST_VULKAN_N_FAULTS);
  /* A cache of shaders of its own: nothing of the user's is read or written. */
  g_autofree char *cache = g_dir_make_tmp ("barscope-test-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  bs_test_keep_driver ();
  g_test_init (&argc, &argv, NULL);
  for (int fault = 0; fault < BS_TEST_VULKAN_N_FAULTS; fault++)
    {
      g_autofree char *path = g_strconcat ("/vulkan-faults/", names[fault], NULL);
      g_test_add_data_func (path, GINT_TO_POINTER (fault), test_fault);
    }
  for (int fault = BS_TEST_VULKAN_NO_LOADER; fault <= BS_TEST_VULKAN_OLD_DEVICE; fault++)
    {
      g_autofree char *path = g_strconcat ("/vulkan-faults/machine/", names[fault], NULL);
      g_test_add_data_func (path, GINT_TO_POINTER (fault), test_machine);
    }
  return g_test_run ();
}
