/* test-vulkan.c: the Vulkan engine against the reference engine, on odd shapes, within small limits, and with faults
 *
 * Runs on whatever device BARSCOPE_TEST_DEVICE names, else on the first there is (lavapipe where there is no GPU).
 */
#include "inference/engine/bs-engine.h"
#include "inference/predict/bs-predictor.h"
#include "inference/vulkan/bs-vulkan-command.h"
#include "tests/bs-test-driver.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FP32_BOUND 1e-5 /* sums in another order */
#define FP16_BOUND 5e-4 /* weights and inputs of 11 bits */
#define SKIPPED 77

typedef struct
{
  guint n_inputs, hidden, n_layers, steps, batch;
} Shape;

static const char *
test_device (void)
{
  return g_getenv ("BARSCOPE_TEST_DEVICE");
}

static BsEngine *
new_engine (const char *name, BsModel *model, guint max_batch, BsPrecision precision, GError **error)
{
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  options.precision = precision;
  options.max_batch = max_batch;
  options.device = test_device ();
  return bs_engine_new (bs_engine_class_by_name (name), model, &options, error);
}

/* [n, T, F], about as large as scaled features are */
static float *
made_up_windows (const BsModel *model, guint n, guint32 seed)
{
  const gsize size = (gsize) n * model->sequence_length * model->n_inputs;
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  float *windows = g_new (float, size);
  for (gsize i = 0; i < size; i++)
    windows[i] = (float) g_rand_double_range (random, -3, 3);
  return windows;
}

/* The largest difference of the two engines' probabilities on @n windows. */
static double
compare_engines (BsModel *model, guint n, BsPrecision precision)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsEngine) reference = new_engine ("reference", model, n, BS_PRECISION_FP32, &error);
  g_assert_no_error (error);
  g_autoptr (BsEngine) vulkan = new_engine ("vulkan", model, n, precision, &error);
  g_assert_no_error (error);
  g_autofree float *windows = made_up_windows (model, n, n);
  g_autofree float *expected = g_new (float, n *BS_N_CLASSES);
  g_autofree float *got = g_new (float, n *BS_N_CLASSES);

  bs_engine_predict (reference, windows, n, expected, NULL, &error);
  g_assert_no_error (error);
  double largest = 0;
  for (guint round = 0; round < 2; round++) /* buffers are used again */
    {
      memset (got, 0xff, n * BS_N_CLASSES * sizeof (float));
      bs_engine_predict (vulkan, windows, n, got, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < n * BS_N_CLASSES; i++)
        largest = fmax (largest, fabs (got[i] - expected[i]));
    }
  return largest;
}

static void
check_shape (const Shape *shape)
{
  g_autoptr (BsModel) model = bs_model_new_random (shape->n_inputs, shape->hidden, shape->n_layers, shape->steps,
                                                   shape->hidden * 7 + shape->steps);
  /* Made-up weights say little: as sure of itself as a trained model is, so that differences show. */
  model->temperature = 0.1;
  double fp32 = compare_engines (model, shape->batch, BS_PRECISION_FP32);
  double fp16 = compare_engines (model, shape->batch, BS_PRECISION_FP16);
  g_test_message ("input %u, hidden %u, layers %u, T %u, batch %u: fp32 %.2e, fp16 %.2e", shape->n_inputs,
                  shape->hidden, shape->n_layers, shape->steps, shape->batch, fp32, fp16);
  g_assert_cmpfloat (fp32, <=, FP32_BOUND);
  g_assert_cmpfloat (fp16, <=, FP16_BOUND);
}

static void
test_shapes (void)
{
  const guint inputs[] = { 1, 7, 62, 63 }, hidden[] = { 8, 48, 64, 100, 128 }, steps[] = { 1, 2, 20, 37 },
              batches[] = { 1, 3, 65 };
  /* Every pair of values of any two of the five meets in one of the shapes. */
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    for (guint h = 0; h < G_N_ELEMENTS (hidden); h++)
      {
        const Shape shape
          = { inputs[i], hidden[h], 1 + (i + h + i / 3) % 3, steps[(i + h) % 4], batches[(i + 2 * h) % 3] };
        check_shape (&shape);
      }
}

static void
test_largest (void)
{
  check_shape (&(Shape){ 62, 512, 1, 2, 1 });
  check_shape (&(Shape){ 3, 512, 4, 3, 2 });
  check_shape (&(Shape){ 5, 33, 2, 512, 1 });
}

static void
test_batch_over_slots (void)
{
  /* More windows than the slots take at once: copies and dispatches overlap and slots are used again. */
  check_shape (&(Shape){ 4, 8, 1, 2, 5000 });
}

static void
test_largest_batch (void)
{
  check_shape (&(Shape){ 2, 4, 1, 2, 65536 });
}

/* What is submitted and waited for, in order. */
static GString *order;
static PFN_vkQueueSubmit ordered_submit;
static PFN_vkWaitForFences ordered_wait;

static VKAPI_ATTR VkResult VKAPI_CALL
note_submit (VkQueue queue, uint32_t n, const VkSubmitInfo *submits, VkFence fence)
{
  g_string_append_c (order, 'S');
  return ordered_submit (queue, n, submits, fence);
}

static VKAPI_ATTR VkResult VKAPI_CALL
note_wait (VkDevice device, uint32_t n, const VkFence *fences, VkBool32 all, uint64_t timeout)
{
  g_string_append_c (order, 'W');
  return ordered_wait (device, n, fences, all, timeout);
}

static void
inject_order (BsVulkanContext *context)
{
  ordered_submit = context->vk.QueueSubmit;
  ordered_wait = context->vk.WaitForFences;
  context->vk.QueueSubmit = note_submit;
  context->vk.WaitForFences = note_wait;
}

/* While the device computes one tick, the host fills the next two: three are in flight. */
static void
test_overlap (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (4, 8, 1, 2, 1);
  g_autofree float *windows = made_up_windows (model, 5000, 1);
  g_autofree float *got = g_new (float, 5000 * BS_N_CLASSES);
  order = g_string_new (NULL);
  bs_vulkan_inject (inject_order);
  g_autoptr (BsEngine) engine = new_engine ("vulkan", model, 5000, BS_PRECISION_FP32, &error);
  bs_vulkan_inject (NULL);
  g_assert_no_error (error);
  g_string_truncate (order, 0);
  g_assert_true (bs_engine_predict (engine, windows, 5000, got, NULL, &error)); /* five ticks of 1,024 */
  g_assert_cmpstr (order->str, ==, "SSSWSWSWWW");
  g_string_truncate (order, 0);
  g_assert_true (bs_engine_predict (engine, windows, 1, got, NULL, &error));
  g_assert_cmpstr (order->str, ==, "SW");
  g_string_free (order, TRUE);
}

static void
test_too_large (void)
{
  const struct
  {
    Shape shape;
    const char *expected;
  } cases[] = {
    { { 4, 513, 1, 2, 1 }, "513 hidden units" },
    { { 4, 8, 5, 2, 1 }, "5 layers" },
    { { 4, 8, 1, 513, 1 }, "a window of 513 bars" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Shape *shape = &cases[i].shape;
      g_autoptr (GError) error = NULL;
      g_autoptr (BsModel) model
        = bs_model_new_random (shape->n_inputs, shape->hidden, shape->n_layers, shape->steps, 1);
      g_assert_null (new_engine ("vulkan", model, 1, BS_PRECISION_FP32, &error));
      g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, cases[i].expected));
    }
}

static void
test_int8_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (4, 8, 1, 2, 1);
  g_assert_null (new_engine ("vulkan", model, 1, BS_PRECISION_INT8, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
}

static void
shrink_limits (BsVulkanContext *context)
{
  context->limits.shared_bytes = 16384; /* the least that Vulkan promises */
  context->limits.workgroup_threads = 128;
  context->limits.workgroups = 16;
}

static void
test_small_limits (void)
{
  bs_vulkan_inject (shrink_limits);
  check_shape (&(Shape){ 62, 64, 2, 37, 1 });
  check_shape (&(Shape){ 62, 128, 3, 20, 33 });
  check_shape (&(Shape){ 7, 300, 2, 2, 3 });
  check_shape (&(Shape){ 62, 8, 1, 20, 3 }); /* in FP16 its weights are kept in shared memory, in FP32 they are not */

  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) wide = bs_model_new_random (4000, 64, 2, 2, 1);
  g_assert_null (new_engine ("vulkan", wide, 1, BS_PRECISION_FP32, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "bytes of shared memory"));
  bs_vulkan_inject (NULL);
}

/* All of a small network's weights go into shared memory, and none of a larger one's; the rest is left to the inputs. */
static void
test_kept_weights (void)
{
  const struct
  {
    guint hidden, steps;
    gboolean half;
    guint32 shared_bytes;
    guint kept; /* elements of 16 bytes */
  } cases[] = {
    { 8, 20, TRUE, 16384, (31 + 4) * 8 },       { 8, 20, FALSE, 16384, 0 }, /* 8,960 bytes: more than half */
    { 8, 20, FALSE, 32768, 2 * (31 + 4) * 8 },  { 8, 1, TRUE, 32768, 0 },   /* read once */
    { 24, 20, TRUE, 49152, (31 + 12) * 24 },    { 64, 20, TRUE, 49152, 0 },
    { 64, 20, TRUE, 262144, (31 + 32) * 64 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BsModel) model = bs_model_new_random (62, cases[i].hidden, 1, cases[i].steps, 1);
      const BsVulkanLimits limits = { .shared_bytes = cases[i].shared_bytes,
                                      .workgroup_threads = 128,
                                      .workgroups = 65535,
                                      .storage_range_bytes = 1 << 27 };
      g_autoptr (BsVulkanNetwork) network = bs_vulkan_network_new (model, cases[i].half, &limits, &error);
      g_assert_no_error (error);
      const BsVulkanConstants *c = &network->constants;
      g_assert_cmpuint (c->kept, ==, cases[i].kept);
      g_assert_cmpuint (c->staged, >=, 1);
      gsize floats = c->staged * c->inputs + c->layers * ((c->hidden + 1) & ~1u) + 2 * c->width;
      g_assert_cmpuint (16 * MAX (c->kept, 1) + 4 * floats, <=, cases[i].shared_bytes);
    }
}

static void
test_extremes (void)
{
  /* Huge inputs saturate gates; in FP16 they are clamped first, and the engine says from where on. */
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 2, 5, 3);
  g_autofree float *windows = made_up_windows (model, 1, 1);
  for (guint i = 0; i < 5 * 7; i++)
    windows[i] *= i % 2 ? 1e6f : 1e-30f;
  g_autoptr (BsEngine) reference = new_engine ("reference", model, 1, BS_PRECISION_FP32, &error);
  float expected[BS_N_CLASSES], got[BS_N_CLASSES];
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (BsEngine) engine
        = new_engine ("vulkan", model, 1, round == 0 ? BS_PRECISION_FP32 : BS_PRECISION_FP16, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (engine->input_limit, ==, round == 0 ? 0.0f : BS_HALF_MAX);
      g_assert_true (bs_engine_predict (engine, windows, 1, got, NULL, &error));
      if (engine->input_limit > 0)
        for (guint i = 0; i < 5 * 7; i++)
          windows[i] = CLAMP (windows[i], -engine->input_limit, engine->input_limit);
      g_assert_true (bs_engine_predict (reference, windows, 1, expected, NULL, &error));
      for (guint i = 0; i < BS_N_CLASSES; i++)
        g_assert_cmpfloat_with_epsilon (got[i], expected[i], FP16_BOUND);
    }
}

static void
test_not_a_number (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 2, 3);
  g_autoptr (BsEngine) engine = new_engine ("vulkan", model, 1, BS_PRECISION_FP16, &error);
  g_autofree float *windows = made_up_windows (model, 1, 1);
  float got[BS_N_CLASSES];
  windows[3] = NAN;
  g_assert_false (bs_engine_predict (engine, windows, 1, got, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
}

static void
test_stages (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 2, 20, 3);
  g_autoptr (BsEngine) engine = new_engine ("vulkan", model, 1, BS_PRECISION_FP16, &error);
  g_autofree float *windows = made_up_windows (model, 1, 1);
  float got[BS_N_CLASSES];
  gint64 stage_ns[BS_N_STAGES] = { 0 };
  g_assert_true (bs_engine_predict (engine, windows, 1, got, stage_ns, &error));
  for (BsStage stage = 0; stage < BS_N_STAGES; stage++)
    {
      gboolean ours = stage == BS_STAGE_UPLOAD || stage == BS_STAGE_DISPATCH || stage == BS_STAGE_WAIT
                      || stage == BS_STAGE_DOWNLOAD;
      if (ours)
        g_assert_cmpint (stage_ns[stage], >, 0);
      else if (stage != BS_STAGE_GPU) /* a queue may have no timestamps */
        g_assert_cmpint (stage_ns[stage], ==, 0);
    }
}

/* Faults: each call in turn fails once, at its @countdown-th use. */
static int countdown;
static PFN_vkQueueSubmit real_submit;
static PFN_vkWaitForFences real_wait;
static PFN_vkAllocateMemory real_allocate;

static VKAPI_ATTR VkResult VKAPI_CALL
losing_submit (VkQueue queue, uint32_t n, const VkSubmitInfo *submits, VkFence fence)
{
  return countdown-- == 0 ? VK_ERROR_DEVICE_LOST : real_submit (queue, n, submits, fence);
}

static VKAPI_ATTR VkResult VKAPI_CALL
losing_wait (VkDevice device, uint32_t n, const VkFence *fences, VkBool32 all, uint64_t timeout)
{
  VkResult result = real_wait (device, n, fences, all, timeout);
  return countdown-- == 0 ? VK_ERROR_DEVICE_LOST : result;
}

static VKAPI_ATTR VkResult VKAPI_CALL
failing_allocate (VkDevice device, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *callbacks,
                  VkDeviceMemory *memory)
{
  return countdown-- <= 0 ? VK_ERROR_OUT_OF_DEVICE_MEMORY : real_allocate (device, info, callbacks, memory);
}

static void
inject_submit (BsVulkanContext *context)
{
  real_submit = context->vk.QueueSubmit;
  context->vk.QueueSubmit = losing_submit;
}

static void
inject_wait (BsVulkanContext *context)
{
  real_wait = context->vk.WaitForFences;
  context->vk.WaitForFences = losing_wait;
}

static void
inject_allocate (BsVulkanContext *context)
{
  real_allocate = context->vk.AllocateMemory;
  context->vk.AllocateMemory = failing_allocate;
}

/* Lets each use of a call fail, one after the other, until everything went well. */
static void
check_faults (void (*prepare) (BsVulkanContext *), BsEngineError expected)
{
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 2, 3);
  g_autofree float *windows = made_up_windows (model, 600, 1);
  float got[600 * BS_N_CLASSES];
  guint failures = 0;
  bs_vulkan_inject (prepare);
  for (int at = 0; at < 100; at++)
    {
      g_autoptr (GError) error = NULL;
      countdown = at;
      g_autoptr (BsEngine) engine = new_engine ("vulkan", model, 600, BS_PRECISION_FP32, &error);
      if (engine != NULL && bs_engine_predict (engine, windows, 600, got, NULL, &error))
        break;
      g_assert_error (error, BS_ENGINE_ERROR, (int) expected);
      g_assert_nonnull (strstr (error->message, "VK_ERROR_"));
      failures++;
    }
  bs_vulkan_inject (NULL);
  g_assert_cmpuint (failures, >=, 3);
  g_assert_cmpuint (failures, <, 100);
}

static void
test_device_lost (void)
{
  check_faults (inject_submit, BS_ENGINE_ERROR_LOST);
  check_faults (inject_wait, BS_ENGINE_ERROR_LOST);
}

/* Linked with --wrap=bs_clock_ns: every reading of the clock is counted. */
gint64 __real_bs_clock_ns (void);
gint64 __wrap_bs_clock_ns (void);
static gint clock_readings;

gint64
__wrap_bs_clock_ns (void)
{
  g_atomic_int_inc (&clock_readings);
  return __real_bs_clock_ns ();
}

/* Half holds up to 65504: a window with a larger input is answered as another one, and says so; in FP32 it is as it is. */
static void
test_clamped_signal (void)
{
  static const char *const precisions[] = { "precision=fp32", "precision=fp16" };
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 3);
  ((double *) model->mean)[0] = 100;
  ((double *) model->scale)[0] = 1e-4; /* an open of 110 is 100,000 scales away */
  for (guint i = 1; i < BS_N_FEATURES; i++)
    ((double *) model->scale)[i] = 1e12;
  for (guint half = 0; half < 2; half++)
    {
      BsOptions options;
      bs_options_init (&options);
      g_assert_true (bs_options_set (&options, "backend=vulkan", &error));
      g_assert_true (bs_options_set (&options, precisions[half], &error));
      if (test_device () != NULL)
        g_assert_true (bs_options_set_device (&options, test_device (), &error));
      g_autoptr (BsPredictor) predictor = bs_predictor_new (model, &options, 1, 60, BS_STAMP_END, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < 30; i++)
        {
          BsBar bar = BS_BAR_INIT;
          BsSignal signal;
          bar.time_us = i * 60;
          bar.open = bar.high = i == 15 ? 110 : 100;
          bar.low = bar.close = 100;
          g_assert_true (bs_predictor_push (predictor, &bar, &signal, &error));
          if (signal.state != BS_SIGNAL_READY)
            continue;
          gboolean large = i >= 15 && i < 15 + model->sequence_length;
          g_assert_cmpuint (signal.n_out_of_range, ==, large ? 1 : 0);
          g_assert_cmpint (signal.in_range, ==, !(half && large));
        }
    }
}

/* As a GPU is waited for: by asking. */
static void
inject_gpu (BsVulkanContext *context)
{
  context->is_cpu = FALSE;
}

static void
test_no_clock (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 4, 3);
  g_autofree float *windows = made_up_windows (model, 600, 1);
  float expected[600 * BS_N_CLASSES], got[600 * BS_N_CLASSES];
  for (guint gpu = 0; gpu < 2; gpu++)
    {
      bs_vulkan_inject (gpu ? inject_gpu : NULL);
      g_atomic_int_set (&clock_readings, 0);
      g_autoptr (BsEngine) engine = new_engine ("vulkan", model, 600, BS_PRECISION_FP32, &error);
      bs_vulkan_inject (NULL);
      g_assert_no_error (error);
      /* How long asking takes has been measured, once. */
      g_assert_cmpint (g_atomic_int_get (&clock_readings), ==, gpu ? 2 : 0);
      g_atomic_int_set (&clock_readings, 0);
      for (guint i = 0; i < 20; i++)
        {
          g_assert_true (bs_engine_predict (engine, windows, i % 2 == 0 ? 1 : 600, got, NULL, &error));
          g_assert_no_error (error);
        }
      g_assert_cmpint (g_atomic_int_get (&clock_readings), ==, 0);
      gint64 stage_ns[BS_N_STAGES] = { 0 };
      g_assert_true (bs_engine_predict (engine, windows, 600, gpu ? got : expected, stage_ns, &error));
      g_assert_cmpint (g_atomic_int_get (&clock_readings), >, 0);
      g_assert_cmpint (stage_ns[BS_STAGE_WAIT], >, 0);
    }
  g_assert_cmpmem (expected, sizeof expected, got, sizeof got);
}

/* Lost in the middle of a session: the very window that failed is answered, and all that follow. */
static void
test_fallback (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 4, 3);
  g_autofree float *windows = made_up_windows (model, 10, 1);
  g_autoptr (BsEngine) reference = new_engine ("reference", model, 1, BS_PRECISION_FP32, &error);
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  options.device = test_device ();
  options.fallback = "reference";
  countdown = 1000;
  bs_vulkan_inject (inject_submit);
  g_autoptr (BsEngine) engine = bs_engine_new (bs_engine_class_by_name ("vulkan"), model, &options, &error);
  bs_vulkan_inject (NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < 10; i++)
    {
      float expected[BS_N_CLASSES], got[BS_N_CLASSES];
      if (i == 4)
        {
          countdown = 0;
          g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*reference engine goes on*GPU was lost*");
        }
      g_assert_true (bs_engine_predict (reference, windows + i * 28, 1, expected, NULL, &error));
      g_assert_true (bs_engine_predict (engine, windows + i * 28, 1, got, NULL, &error));
      g_test_assert_expected_messages ();
      for (guint k = 0; k < BS_N_CLASSES; k++)
        g_assert_cmpfloat_with_epsilon (got[k], expected[k], FP32_BOUND);
      g_assert_true ((bs_engine_notice (engine) != NULL) == (i >= 4));
    }

  /* And from the start, where the model is too large for it. */
  g_autoptr (BsModel) large = bs_model_new_random (4, 513, 1, 2, 1);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*reference engine goes on*513 hidden units*");
  g_autoptr (BsEngine) instead = bs_engine_new (bs_engine_class_by_name ("vulkan"), large, &options, &error);
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
  g_assert_cmpstr (instead->klass->name, ==, "reference");
  g_assert_nonnull (bs_engine_notice (instead));
}

static void
test_out_of_memory (void)
{
  check_faults (inject_allocate, BS_ENGINE_ERROR_MEMORY);
}

static void
test_no_such_device (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 2, 3);
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  options.device = "no such device";
  g_assert_null (bs_engine_new (bs_engine_class_by_name ("vulkan"), model, &options, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "no such device"));
}

static void
test_pick_device (void)
{
  const BsVulkanDeviceInfo devices[] = {
    { .name = "llvmpipe (LLVM 15)", .type = "cpu" },
    { .name = "Small GPU", .type = "integrated" },
    { .name = "Big GPU", .type = "discrete" },
  };
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (bs_vulkan_pick_device (devices, 3, NULL, &error), ==, 2);
  g_assert_cmpint (bs_vulkan_pick_device (devices, 2, NULL, &error), ==, 1);
  g_assert_cmpint (bs_vulkan_pick_device (devices, 1, NULL, &error), ==, 0);
  g_assert_cmpint (bs_vulkan_pick_device (devices, 3, "small", &error), ==, 1);
  g_assert_cmpint (bs_vulkan_pick_device (devices, 3, "lavapipe", &error), ==, 0);
  g_assert_cmpint (bs_vulkan_pick_device (devices, 3, "1", &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (bs_vulkan_pick_device (devices, 3, "3", &error), ==, -1);
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE);
}

static void
test_cache (void)
{
  /* A cache that is missing, damaged or another driver's must change nothing but the time that it takes. */
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("barscope-cache-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "sub", "test.cache", NULL);
  g_autofree char *subfolder = g_path_get_dirname (path);
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 2, 3);
  g_autoptr (BsVulkanContext) context = bs_vulkan_context_new (test_device (), &error);
  g_assert_no_error (error);
  g_autoptr (BsVulkanNetwork) network = bs_vulkan_network_new (model, TRUE, &context->limits, &error);
  g_assert_no_error (error);
  g_autofree char *first = NULL;
  gsize first_size = 0;
  for (guint round = 0; round < 5; round++)
    {
      BsVulkanPipeline pipeline;
      g_assert_true (bs_vulkan_pipeline_init (&pipeline, context, network, path, &error));
      g_assert_no_error (error);
      bs_vulkan_pipeline_clear (&pipeline, context);
      g_autofree char *data = NULL;
      gsize size;
      g_assert_true (g_file_get_contents (path, &data, &size, &error));
      if (round == 0)
        {
          first = g_steal_pointer (&data);
          first_size = size;
          continue;
        }
      /* Whatever stood there before, a good cache stands there now. */
      g_assert_true (g_str_has_prefix (data, "barscope-pipelines-1\n"));
      data[size - 1 - round * 7 % (size / 2)] ^= 1;
      g_assert_true (g_file_set_contents (path, data, round == 3 ? (gssize) size / 2 : (gssize) size, &error));
    }
  g_assert_cmpuint (first_size, >, 100);
  g_unlink (path);
  g_rmdir (subfolder);
  g_rmdir (folder);
}

/* Bytes of a cache that the driver was given last. */
static gsize given_bytes;
static PFN_vkCreatePipelineCache real_create_cache;

static VKAPI_ATTR VkResult VKAPI_CALL
note_cache (VkDevice device, const VkPipelineCacheCreateInfo *info, const VkAllocationCallbacks *callbacks,
            VkPipelineCache *cache)
{
  given_bytes = info->initialDataSize;
  return real_create_cache (device, info, callbacks, cache);
}

/* The file's mark, the checksum of @body in hex, and @body: as a good cache is written. */
static void
write_cache_file (const char *path, const guint8 *body, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, body, size);
  g_autoptr (GString) text = g_string_new ("barscope-pipelines-1\n");
  g_string_append (text, checksum);
  g_string_append_len (text, (const char *) body, size);
  g_assert_true (g_file_set_contents (path, text->str, text->len, &error));
}

/* Drivers trust what they are given: only what this very device and driver wrote, whole, gets there. */
static void
test_cache_checked (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("barscope-cache-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "test.cache", NULL);
  g_autoptr (BsModel) model = bs_model_new_random (7, 8, 1, 2, 3);
  g_autoptr (BsVulkanContext) context = bs_vulkan_context_new (test_device (), &error);
  g_assert_no_error (error);
  g_autoptr (BsVulkanNetwork) network = bs_vulkan_network_new (model, TRUE, &context->limits, &error);
  const gsize header = strlen ("barscope-pipelines-1\n") + 64;
  g_autofree char *good = NULL;
  gsize size = 0;
  real_create_cache = context->vk.CreatePipelineCache;
  context->vk.CreatePipelineCache = note_cache;

  /* By round: none, the good one, then: a bit of the body, of the checksum, of the mark turned; cut off; nothing; another
   * vendor's, another device's, another driver's, one of another kind, each with the right checksum; the good one again. */
  static const gsize turned[] = { 8, 12, 16, 4 }; /* vendor, device, UUID, version: bytes of the driver's header */
  for (guint round = 0; round < 12; round++)
    {
      BsVulkanPipeline pipeline;
      if (round >= 1)
        g_assert_true (g_file_set_contents (path, good, size, &error));
      g_autofree char *bad = g_memdup2 (good, size);
      if (round >= 2 && round <= 4)
        bad[round == 2 ? size - 1 : round == 3 ? header - 1 : 3] ^= 1;
      if (round >= 2 && round <= 6)
        g_assert_true (g_file_set_contents (path, bad, round == 5 ? size / 2 : round == 6 ? 0 : size, &error));
      if (round >= 7 && round <= 10)
        {
          bad[header + turned[round - 7]] ^= 1;
          write_cache_file (path, (guint8 *) bad + header, size - header);
        }
      given_bytes = G_MAXSIZE;
      g_assert_true (bs_vulkan_pipeline_init (&pipeline, context, network, path, &error));
      g_assert_no_error (error);
      bs_vulkan_pipeline_clear (&pipeline, context);
      if (round == 0)
        g_assert_true (g_file_get_contents (path, &good, &size, &error));
      g_assert_cmpuint (given_bytes, ==, round == 1 || round == 11 ? size - header : 0);
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_halves (void)
{
  const struct
  {
    float value;
    guint16 half;
  } cases[] = {
    { 0.0f, 0x0000 },          { -0.0f, 0x8000 },         { 1.0f, 0x3c00 },          { -2.0f, 0xc000 },
    { 65504.0f, 0x7bff },      { 65519.0f, 0x7bff },      { 65520.0f, 0x7c00 },      { INFINITY, 0x7c00 },
    { 6.1035156e-5f, 0x0400 }, { 5.9604645e-8f, 0x0001 }, { 2.9802322e-8f, 0x0000 }, { 8.9406967e-8f, 0x0002 },
    { 1.0004883f, 0x3c00 },    { 1.0014648f, 0x3c02 },    { 0.33333334f, 0x3555 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (bs_half_from_float (cases[i].value), ==, cases[i].half);
}

/* Many at once give what one by one gives, around every half and with any number of them; beyond the largest they clamp. */
static void
test_many_halves (void)
{
  const guint n = 3 * 31744 + 1;
  g_autofree float *values = g_new (float, n);
  g_autofree guint16 *halves = g_new (guint16, n);
  guint used = 0;
  for (guint32 half = 0; half < 31744; half++) /* all finite ones without a sign */
    {
      float value = (half >> 10) == 0 ? ldexpf ((float) half, -24)
                                      : ldexpf ((float) (1024 + (half & 1023)), (int) (half >> 10) - 25);
      g_assert_cmphex (bs_half_from_float (value), ==, half);
      values[used++] = value;
      values[used++] = nextafterf (value, INFINITY);
      values[used++] = -(value + ldexpf (1.0f, (int) MAX (half >> 10, 1) - 26)); /* half way to the next */
    }
  values[used++] = 1e-42f;
  g_assert_cmpuint (used, ==, n);
  void (*const ways[]) (const float *, size_t, guint16 *) = { bs_halves_from_floats, bs_halves_from_floats_plainly };
  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    {
      for (guint length = n - 9; length <= n; length++)
        {
          memset (halves, 0xff, n * sizeof *halves);
          ways[way](values, length, halves);
          for (guint i = 0; i < length; i++)
            g_assert_cmphex (halves[i], ==, bs_half_from_float (CLAMP (values[i], -BS_HALF_MAX, BS_HALF_MAX)));
          for (guint i = length; i < n; i++)
            g_assert_cmphex (halves[i], ==, 0xffff);
        }

      const float far[]
        = { 65505.0f, -65520.0f, 1e30f, -G_MAXFLOAT, 65519.0f, 1e5f, -1e5f, -65505.0f, 65504.5f, -65504.5f };
      ways[way](far, G_N_ELEMENTS (far), halves);
      for (guint i = 0; i < G_N_ELEMENTS (far); i++)
        g_assert_cmphex (halves[i], ==, far[i] > 0 ? 0x7bff : 0xfbff);
    }

  g_assert_true (bs_floats_finite (values, n));
  for (guint at = 0; at < 40; at++)
    {
      float kept = values[at];
      values[at] = at % 3 == 0 ? NAN : at % 3 == 1 ? INFINITY : -INFINITY;
      g_assert_false (bs_floats_finite (values, 40));
      g_assert_true (bs_floats_finite (values, at));
      values[at] = kept;
    }
}

/* Two copies to the same place without a barrier between them: what synchronization validation must report. Shows that the
 * layer is on; see vulkan-validation.py. */
static int
plant_hazard (void)
{
  g_autoptr (GError) planting = NULL;
  GError **error = &planting;
  g_autoptr (BsVulkanContext) context = bs_vulkan_context_new (test_device (), error);
  if (context == NULL)
    return SKIPPED;
  BsVulkanBuffer from = { 0 }, to = { 0 };
  VkCommandPool pool = VK_NULL_HANDLE;
  VkCommandBuffer commands;
  const VkBufferCopy region = { .size = 64 };
  const VkCommandPoolCreateInfo pool_info
    = { .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, .queueFamilyIndex = context->queue_family };
  VK (context, CreateCommandPool, context->device, &pool_info, NULL, &pool);
  const VkCommandBufferAllocateInfo buffer_info
    = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, .commandPool = pool, .commandBufferCount = 1 };
  const VkCommandBufferBeginInfo begin_info = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO };
  if (!bs_vulkan_buffer_init (&from, context, 64, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, BS_VULKAN_UPLOAD, error)
      || !bs_vulkan_buffer_init (&to, context, 64, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, BS_VULKAN_DEVICE, error))
    goto fail;
  VK (context, AllocateCommandBuffers, context->device, &buffer_info, &commands);
  VK (context, BeginCommandBuffer, commands, &begin_info);
  context->vk.CmdCopyBuffer (commands, from.buffer, to.buffer, 1, &region);
  context->vk.CmdCopyBuffer (commands, from.buffer, to.buffer, 1, &region);
  VK (context, EndCommandBuffer, commands);

fail:
  bs_vulkan_buffer_clear (&from, context);
  bs_vulkan_buffer_clear (&to, context);
  if (pool != VK_NULL_HANDLE)
    context->vk.DestroyCommandPool (context->device, pool, NULL);
  return planting == NULL ? 0 : 1;
}

/* Runs @data, a test function, where there is a device to run it on. */
static void
run_on_device (gconstpointer data)
{
  g_autofree char *reason = NULL;
  GTestFunc function = (GTestFunc) data;
  if (bs_engine_class_by_name ("vulkan")->available (&reason))
    function ();
  else
    g_test_skip (reason);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    GTestFunc function;
  } device_tests[] = {
    { "/vulkan/shapes", test_shapes },
    { "/vulkan/largest", test_largest },
    { "/vulkan/batch-over-slots", test_batch_over_slots },
    { "/vulkan/largest-batch", test_largest_batch },
    { "/vulkan/overlap", test_overlap },
    { "/vulkan/too-large", test_too_large },
    { "/vulkan/int8-is-refused", test_int8_is_refused },
    { "/vulkan/small-limits", test_small_limits },
    { "/vulkan/extremes", test_extremes },
    { "/vulkan/not-a-number", test_not_a_number },
    { "/vulkan/stages", test_stages },
    { "/vulkan/no-clock", test_no_clock },
    { "/vulkan/clamped-signal", test_clamped_signal },
    { "/vulkan/device-lost", test_device_lost },
    { "/vulkan/fallback", test_fallback },
    { "/vulkan/out-of-memory", test_out_of_memory },
    { "/vulkan/no-such-device", test_no_such_device },
    { "/vulkan/cache", test_cache },
    { "/vulkan/cache-checked", test_cache_checked },
  };
  /* A cache of its own: nothing of the user's is read or written. */
  g_autofree char *cache = g_dir_make_tmp ("barscope-test-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  if (argc == 2 && strcmp (argv[1], "--plant-hazard") == 0)
    return plant_hazard ();

  bs_test_keep_driver ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vulkan/halves", test_halves);
  g_test_add_func ("/vulkan/many-halves", test_many_halves);
  g_test_add_func ("/vulkan/pick-device", test_pick_device);
  g_test_add_func ("/vulkan/kept-weights", test_kept_weights);
  for (guint i = 0; i < G_N_ELEMENTS (device_tests); i++)
    g_test_add_data_func (device_tests[i].path, device_tests[i].function, run_on_device);
  return g_test_run ();
}
