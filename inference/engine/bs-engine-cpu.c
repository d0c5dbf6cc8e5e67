#include "inference/engine/bs-engine-cpu.h"

#include "inference/kernels/bs-network.h"

G_STATIC_ASSERT (BS_NETWORK_MAX_LAYERS == BS_MODEL_MAX_LAYERS && BS_NETWORK_MAX_LINEAR == BS_MODEL_MAX_LINEAR);

typedef struct
{
  BsEngine base; /* first: a BsEngine is cast to this */
  BsNetwork *network;
} BsEngineCpu;

static gboolean
cpu_available (char **reason)
{
  if (bs_kernels_problem () == NULL)
    return TRUE;
  if (reason != NULL)
    *reason = g_strdup (bs_kernels_problem ());
  return FALSE;
}

static void
describe_network (const BsModel *model, BsNetworkShape *shape)
{
  *shape = (BsNetworkShape){ .n_inputs = model->n_inputs,
                             .hidden = model->hidden,
                             .n_layers = model->n_layers,
                             .n_linear = model->n_linear,
                             .sequence_length = model->sequence_length,
                             .temperature = (float) model->temperature };
  for (guint k = 0; k < model->n_layers; k++)
    shape->lstm[k] = (BsNetworkLstm){ model->layers[k].w_ih, model->layers[k].w_hh, model->layers[k].bias };
  for (guint k = 0; k < model->n_linear; k++)
    shape->linear[k] = (BsNetworkLinear){ model->linear[k].n_inputs, model->linear[k].n_outputs,
                                          model->linear[k].weight, model->linear[k].bias };
}

static BsEngine *
cpu_create (BsModel *model, const BsEngineOptions *options, GError **error)
{
  BsNetworkOptions network_options = { .kernels = bs_kernels (),
                                       .int8 = options->precision == BS_PRECISION_INT8,
                                       .fused = options->fused,
                                       .max_batch = options->max_batch };
  BsNetworkFailure failure;
  BsNetworkShape shape;
  BsEngineCpu *self;
  BsNetwork *network;

  if (options->precision == BS_PRECISION_FP16)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED, "the cpu engine computes in FP32 and INT8");
      return NULL;
    }
  if (options->keep_tape)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED,
                   "the cpu engine keeps no tape: that takes the reference engine");
      return NULL;
    }
  describe_network (model, &shape);
  network = bs_network_new (&shape, &network_options, &failure);
  if (network == NULL)
    {
      if (failure == BS_NETWORK_OVERFLOW)
        g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED,
                     "the model's weights are so large that sums could overflow");
      else
        g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY, "not enough memory for the network");
      return NULL;
    }
  self = g_new0 (BsEngineCpu, 1);
  self->network = network;
  return &self->base;
}

static void
cpu_free (BsEngine *engine)
{
  BsEngineCpu *self = (BsEngineCpu *) engine;

  bs_network_free (self->network);
  g_free (self);
}

/* Adds the network's times to the stages. */
static void
add_times (const BsModel *model, const BsNetworkTimes *times, gint64 *stage_ns)
{
  for (guint k = 0; k < model->n_layers; k++)
    stage_ns[BS_STAGE_LSTM_0 + k] += times->lstm[k];
  stage_ns[BS_STAGE_HEAD] += times->head;
  stage_ns[BS_STAGE_SOFTMAX] += times->softmax;
}

static gboolean
finish (BsEngine *engine, bool done, const BsNetworkTimes *times, gint64 *stage_ns, GError **error)
{
  if (!done)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT,
                   "an input of the network is not finite, or so large that sums could overflow");
      return FALSE;
    }
  if (stage_ns != NULL)
    add_times (engine->model, times, stage_ns);
  return TRUE;
}

static gboolean
cpu_predict (BsEngine *engine, const float *windows, guint n, float *probabilities, gint64 *stage_ns, GError **error)
{
  BsEngineCpu *self = (BsEngineCpu *) engine;
  BsNetworkTimes times = { .now = bs_clock_ns };
  bool done = bs_network_predict (self->network, windows, n, probabilities, stage_ns != NULL ? &times : NULL);

  return finish (engine, done, &times, stage_ns, error);
}

static BsEngineWindow *
cpu_window_new (BsEngine *engine)
{
  BsNetworkWindow *window = bs_network_window_new (((BsEngineCpu *) engine)->network);

  if (window == NULL)
    g_error ("not enough memory for a window");
  return (BsEngineWindow *) window;
}

static void
cpu_window_free (BsEngineWindow *window)
{
  bs_network_window_free ((BsNetworkWindow *) window);
}

static void
cpu_window_push (BsEngineWindow *window, const float *row)
{
  bs_network_window_push ((BsNetworkWindow *) window, row);
}

static gboolean
cpu_window_predict (BsEngine *engine, BsEngineWindow *const *windows, guint n, float *probabilities, gint64 *stage_ns,
                    GError **error)
{
  BsEngineCpu *self = (BsEngineCpu *) engine;
  BsNetworkTimes times = { .now = bs_clock_ns };
  bool done;

  for (guint i = 0; i < n; i++)
    {
      const guint64 n_rows = bs_network_window_n_rows ((BsNetworkWindow *) windows[i]);

      if (n_rows < engine->model->sequence_length)
        {
          g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT,
                       "window %u has %" G_GUINT64_FORMAT " of the %u rows that it needs", i, n_rows,
                       engine->model->sequence_length);
          return FALSE;
        }
    }
  done = bs_network_window_predict (self->network, (BsNetworkWindow *const *) windows, n, probabilities,
                                    stage_ns != NULL ? &times : NULL);
  return finish (engine, done, &times, stage_ns, error);
}

const BsEngineClass bs_engine_cpu_class = {
  .name = "cpu",
  .available = cpu_available,
  .create = cpu_create,
  .free = cpu_free,
  .predict = cpu_predict,
  .window_new = cpu_window_new,
  .window_free = cpu_window_free,
  .window_push = cpu_window_push,
  .window_predict = cpu_window_predict,
};
