/* bs-engine.h: where the network runs: one interface, one file for each engine */
#pragma once

#include "inference/model/bs-model.h"
#include "inference/predict/bs-stage.h"

G_BEGIN_DECLS

typedef enum
{
  BS_ENGINE_ERROR_UNAVAILABLE, /* this machine or this build lacks what the engine needs */
  BS_ENGINE_ERROR_UNSUPPORTED, /* the model's shape or the precision is beyond it */
  BS_ENGINE_ERROR_LOST,        /* the device went away in the middle: go on with another engine */
  BS_ENGINE_ERROR_MEMORY,
} BsEngineError;

#define BS_ENGINE_ERROR (bs_engine_error_quark ())
GQuark bs_engine_error_quark (void);

typedef enum
{
  BS_PRECISION_FP32,
  BS_PRECISION_INT8,
  BS_PRECISION_FP16,
} BsPrecision;

typedef struct
{
  BsPrecision precision;
  gboolean fused;     /* one call for the whole network; off: one operation at a time over buffers */
  gboolean keep_tape; /* inference-mode off: every step's activations are kept */
  guint max_batch;    /* windows a call at most, >= 1: what buffers are made for */
  const char *device; /* (nullable): vulkan only: name or index */
} BsEngineOptions;

#define BS_ENGINE_OPTIONS_INIT                                                                                         \
  {                                                                                                                    \
    .precision = BS_PRECISION_FP32, .fused = TRUE, .max_batch = 1                                                      \
  }

typedef struct _BsEngine BsEngine;
typedef struct _BsEngineClass BsEngineClass;
typedef struct _BsEngineWindow BsEngineWindow;

/**
 * BsEngineClass:
 *
 * What an engine implements. An engine belongs to one thread at a time; any number of engines may share a model.
 * After create (and a first predict) nothing is allocated.
 */
struct _BsEngineClass
{
  const char *name; /* "reference", "cpu", "vulkan" */

  /* Whether it works here at all. @reason: (out) (transfer full) (nullable): why not, in words. */
  gboolean (*available) (char **reason);

  /* (transfer full): an engine whose first member is a BsEngine, or %NULL with an error. Takes a reference on @model. */
  BsEngine *(*create) (BsModel *model, const BsEngineOptions *options, GError **error);
  void (*free) (BsEngine *self);

  /* @windows: [n, T, F] scaled inputs; n <= max_batch. @probabilities: (out) [n, C], softmax of the logits over the
   * temperature. @stage_ns: (out) (nullable) [BS_N_STAGES], entries that the engine times are ADDED to; %NULL reads no
   * clock. */
  gboolean (*predict) (BsEngine *self, const float *windows, guint n, float *probabilities, gint64 *stage_ns,
                       GError **error);

  /* The live way, one bar at a time: a window keeps what a new row does not change. All four or none: with %NULL here the
   * generic ring of rows of bs-engine.c is used. window_push takes one scaled row [F]; window_predict needs T rows pushed
   * and gives the same answer as predict on those rows. */
  BsEngineWindow *(*window_new) (BsEngine *self);
  void (*window_free) (BsEngineWindow *window);
  void (*window_push) (BsEngineWindow *window, const float *row);
  gboolean (*window_predict) (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                              gint64 *stage_ns, GError **error);
};

struct _BsEngine
{
  const BsEngineClass *klass;
  BsModel *model;
  BsEngineOptions options;
};

/** The engines of this build, %NULL-terminated, the plainest first. Static. */
const BsEngineClass *const *bs_engine_classes (void);
/** bs_engine_class_by_name: (nullable) */
const BsEngineClass *bs_engine_class_by_name (const char *name);

BsEngine *bs_engine_new (const BsEngineClass *klass, BsModel *model, const BsEngineOptions *options,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_engine_free (BsEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsEngine, bs_engine_free)

/** bs_engine_predict: see BsEngineClass.predict. */
gboolean bs_engine_predict (BsEngine *self, const float *windows, guint n, float *probabilities, gint64 *stage_ns,
                            GError **error);

/* Live windows. A window belongs to the engine that made it and must be freed before it. */
BsEngineWindow *bs_engine_window_new (BsEngine *self) G_GNUC_WARN_UNUSED_RESULT;
void bs_engine_window_free (BsEngine *self, BsEngineWindow *window);
void bs_engine_window_push (BsEngine *self, BsEngineWindow *window, const float *row);
gboolean bs_engine_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                                   gint64 *stage_ns, GError **error);

G_END_DECLS
