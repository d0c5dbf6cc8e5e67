/* bs-stage.h: the stages that a bar passes, one table; traces, graphs and reports are made from it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BS_STAGE_HURST,
  BS_STAGE_ATR,
  BS_STAGE_ROLLING,
  BS_STAGE_FLOW,
  BS_STAGE_SECONDARY,
  BS_STAGE_FEATURES, /* all of them at once, over many bars: incremental off */
  BS_STAGE_WINDOW,   /* scaling, range check, the ring of rows */
  BS_STAGE_LSTM_0,   /* one stage a layer: BS_STAGE_LSTM_0 + k, k < BS_MODEL_MAX_LAYERS */
  BS_STAGE_LSTM_7 = BS_STAGE_LSTM_0 + 7,
  BS_STAGE_HEAD, /* Linear and ReLU layers */
  BS_STAGE_SOFTMAX,
  BS_STAGE_UPLOAD, /* GPU: host to device */
  BS_STAGE_DISPATCH,
  BS_STAGE_WAIT, /* for the fence; */
  BS_STAGE_GPU,  /* of that, what the device's own timestamps say it computed */
  BS_STAGE_DOWNLOAD,
  BS_STAGE_TOTAL, /* bar in to signal out, measured as a whole */
  /* Live bars only, each up to the signal: what a user waits for, queues and all. No part of the total. */
  BS_STAGE_FROM_ARRIVAL, /* since the feed had the bar */
  BS_STAGE_FROM_DUE,     /* since the bar should have come: a feed that is held up counts too (coordinated omission) */
  BS_N_STAGES
} BsStage;

typedef struct
{
  const char *name;  /* "hurst", "lstm0" ...: the key in JSON and CSV */
  const char *title; /* as shown, untranslated */
  const char *group; /* "features", "window", "network", "gpu", "total" */
} BsStageInfo;

/** The row of the stage table for @stage. Static. Thread: any. */
const BsStageInfo *bs_stage_info (BsStage stage);

/** Now, ns of the monotonic clock. */
gint64 bs_clock_ns (void);

G_END_DECLS
