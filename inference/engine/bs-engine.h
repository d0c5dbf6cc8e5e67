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
  BS_ENGINE_ERROR_INPUT, /* fewer rows or more windows than agreed, or numbers that lead to no probability (NaN) */
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
  /* (nullable): name of the engine that takes over, in fp32, where this one cannot run the model, is lost or has no memory
   * left, at the start or in the middle: the very call that failed is answered by it. Without it such a call fails. */
  const char *fallback;
} BsEngineOptions;

#define BS_ENGINE_OPTIONS_INIT                                                                                         \
  {                                                                                                                    \
    .precision = BS_PRECISION_FP32, .fused = TRUE, .max_batch = 1                                                      \
  }

typedef struct _BsEngine BsEngine;
typedef struct _BsEngineClass BsEngineClass;
typedef struct _BsEngineWindow BsEngineWindow;
typedef struct _BsTape BsTape; /* bs-tape.h */

/**
 * BsEngineClass:
 *
 * What an engine implements. An engine belongs to one thread at a time; any number of engines may share a model.
 * After create (and a first predict) nothing is allocated.
 */
struct _BsEngineClass
{
  const char *name; /* "reference", "cpu", "vulkan" */
  /* (nullable): name of the engine that a session goes on with where this one is lost: see BsEngineOptions.fallback */
  const char *fallback;

  /* Whether it works here at all. @reason: (out) (transfer full) (nullable): why not, in words. */
  gboolean (*available) (char **reason);

  /* (transfer full): an engine whose first member is a BsEngine, or %NULL with an error. bs_engine_new() fills that member
   * in (klass, a reference on @model, options without device) and bs_engine_free() clears it: create and free see to the
   * rest alone. */
  BsEngine *(*create) (BsModel *model, const BsEngineOptions *options, GError **error);
  void (*free) (BsEngine *self);

  /* @windows: [n, T, F] scaled inputs; 1 <= n <= max_batch. @probabilities: (out) [n, C], softmax of the logits over the
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

  /* (nullable): the tape of the newest prediction, see bs_engine_tape(); %NULL for an engine that keeps none. */
  const BsTape *(*tape) (const BsEngine *self);
};

struct _BsEngine
{
  const BsEngineClass *klass;
  BsModel *model;
  BsEngineOptions options;
  float input_limit; /* inputs beyond ±this are clamped, so their window is out of range; 0: no limit. Set by create */
  const char
    *device_name;     /* (nullable): where it runs, if not on the CPU's cores. Set by create, owned by the engine */
  BsEngine *fallback; /* (nullable): made beforehand, so that nothing can go wrong when it is needed */
  char *notice;       /* (nullable): why the fallback answers, in words */
  float *gathered;    /* [max_batch, T, F] (nullable): where the generic windows of a batch are put side by side */
  gatomicrefcount references;
};

/** The engines of this build, %NULL-terminated, the plainest first. Static. */
const BsEngineClass *const *bs_engine_classes (void);
/** bs_engine_class_by_name: (nullable) */
const BsEngineClass *bs_engine_class_by_name (const char *name);

/**
 * bs_engine_new:
 * @klass: one of bs_engine_classes()
 * @model: the network; the engine takes a reference
 * @options: copied; @device need not outlive the call
 *
 * All that the engine will ever need is allocated here (OpenBLAS and drivers: with the first prediction).
 *
 * Returns: (transfer full): an engine; %NULL with %BS_ENGINE_ERROR_UNAVAILABLE, %BS_ENGINE_ERROR_UNSUPPORTED or
 * %BS_ENGINE_ERROR_MEMORY
 */
BsEngine *bs_engine_new (const BsEngineClass *klass, BsModel *model, const BsEngineOptions *options,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_engine_ref: (transfer full): for several that take turns with one engine, all on the thread that owns it. Thread: any */
BsEngine *bs_engine_ref (BsEngine *self) G_GNUC_WARN_UNUSED_RESULT;
/** bs_engine_free: gives a reference back; with the last one the engine goes. */
void bs_engine_free (BsEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsEngine, bs_engine_free)

/**
 * bs_engine_predict:
 * @windows: [n, T, F], inputs after the scaler
 * @n: windows, 1..max_batch
 * @probabilities: (out caller-allocates): [n, C]
 * @stage_ns: (out caller-allocates) (nullable): [BS_N_STAGES], what each stage took is added; %NULL reads no clock
 *
 * The probabilities of every window. Answers of another batch size may differ in their last bits.
 * Thread: one at a time for an engine; any number of engines may share a model.
 *
 * Returns: %TRUE; %FALSE with %BS_ENGINE_ERROR_INPUT (such as inputs that are not finite) or %BS_ENGINE_ERROR_LOST, and
 * @probabilities without meaning
 */
gboolean bs_engine_predict (BsEngine *self, const float *windows, guint n, float *probabilities, gint64 *stage_ns,
                            GError **error);

/**
 * bs_engine_notice:
 *
 * Returns: (nullable): in words, that and why the fallback engine answers; %NULL as long as the engine itself does. Owned by
 * the engine. Thread: its owner.
 */
const char *bs_engine_notice (const BsEngine *self);

/**
 * bs_engine_input_limit:
 *
 * Returns: inputs beyond ± this are clamped by the engine that answers (the fallback, where it does), so that a window with
 * one is not answered as it is; 0: no limit. Thread: its owner
 */
float bs_engine_input_limit (const BsEngine *self);

/**
 * bs_engine_tape:
 *
 * Returns: (nullable): what the newest prediction left behind, valid until the next one; %NULL before the first, without
 * keep_tape, or where the engine keeps none
 */
const BsTape *bs_engine_tape (const BsEngine *self);

/* Live windows. A window belongs to the engine that made it and must be freed before it. */

/** bs_engine_window_new: (transfer full): a window without rows. */
BsEngineWindow *bs_engine_window_new (BsEngine *self) G_GNUC_WARN_UNUSED_RESULT;
void bs_engine_window_free (BsEngine *self, BsEngineWindow *window);
/** bs_engine_window_push: the newest row, [F], after the scaler; the oldest of T leaves. Allocates nothing. */
void bs_engine_window_push (BsEngine *self, BsEngineWindow *window, const float *row);

/**
 * bs_engine_window_predict:
 * @windows: [n] windows of this engine, each with T rows pushed at least
 *
 * As bs_engine_predict() on the last T rows of every window.
 */
gboolean bs_engine_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                                   gint64 *stage_ns, GError **error);

G_END_DECLS
