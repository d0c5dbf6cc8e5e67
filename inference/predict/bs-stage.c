#include "inference/predict/bs-stage.h"

#include <time.h>

#include "inference/predict/bs-translate.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/* [BS_N_STAGES], in the order of BsStage */
static const BsStageInfo stages[] = {
  { "hurst", N_ ("Hurst"), "features" },
  { "atr", N_ ("ATR"), "features" },
  { "rolling", N_ ("Rolling statistics"), "features" },
  { "flow", N_ ("Order flow"), "features" },
  { "secondary", N_ ("Secondary series"), "features" },
  { "features", N_ ("All features anew"), "features" },
  { "window", N_ ("Window"), "window" },
  { "lstm0", N_ ("LSTM layer 1"), "network" },
  { "lstm1", N_ ("LSTM layer 2"), "network" },
  { "lstm2", N_ ("LSTM layer 3"), "network" },
  { "lstm3", N_ ("LSTM layer 4"), "network" },
  { "lstm4", N_ ("LSTM layer 5"), "network" },
  { "lstm5", N_ ("LSTM layer 6"), "network" },
  { "lstm6", N_ ("LSTM layer 7"), "network" },
  { "lstm7", N_ ("LSTM layer 8"), "network" },
  { "head", N_ ("Head"), "network" },
  { "softmax", N_ ("Softmax"), "network" },
  { "upload", N_ ("Upload"), "gpu" },
  { "dispatch", N_ ("Dispatch"), "gpu" },
  { "wait", N_ ("Wait"), "gpu" },
  { "gpu", N_ ("GPU (by its own clock)"), "gpu" },
  { "download", N_ ("Download"), "gpu" },
  { "total", N_ ("Total"), "total" },
  { "from-arrival", N_ ("From arrival"), "live" },
  { "from-due", N_ ("From due"), "live" },
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
