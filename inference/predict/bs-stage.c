#include "inference/predict/bs-stage.h"

#include <time.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/* [BS_N_STAGES], in the order of BsStage */
static const BsStageInfo stages[] = {
  { "hurst", "Hurst", "features" },
  { "atr", "ATR", "features" },
  { "rolling", "Rolling statistics", "features" },
  { "flow", "Order flow", "features" },
  { "secondary", "Secondary series", "features" },
  { "features", "All features anew", "features" },
  { "window", "Window", "window" },
  { "lstm0", "LSTM layer 1", "network" },
  { "lstm1", "LSTM layer 2", "network" },
  { "lstm2", "LSTM layer 3", "network" },
  { "lstm3", "LSTM layer 4", "network" },
  { "lstm4", "LSTM layer 5", "network" },
  { "lstm5", "LSTM layer 6", "network" },
  { "lstm6", "LSTM layer 7", "network" },
  { "lstm7", "LSTM layer 8", "network" },
  { "head", "Head", "network" },
  { "softmax", "Softmax", "network" },
  { "upload", "Upload", "gpu" },
  { "dispatch", "Dispatch", "gpu" },
  { "wait", "Wait", "gpu" },
  { "gpu", "GPU (by its own clock)", "gpu" },
  { "download", "Download", "gpu" },
  { "total", "Total", "total" },
  { "from-arrival", "From arrival", "live" },
  { "from-due", "From due", "live" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (stages) == BS_N_STAGES);

const BsStageInfo *
bs_stage_info (BsStage stage)
{
  g_return_val_if_fail ((guint) stage < BS_N_STAGES, NULL);
  return &stages[stage];
}

gint64
bs_clock_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * NS_PER_S + now.tv_nsec;
}
