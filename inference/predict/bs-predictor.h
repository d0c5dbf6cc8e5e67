/* bs-predictor.h: a bar in, a signal out */
#pragma once

#include "inference/engine/bs-engine.h"
#include "inference/predict/bs-options.h"
#include "inference/predict/bs-trace.h"

G_BEGIN_DECLS

/** Bars that a predictor keeps at most: 30 years of minutes. */
#define BS_PREDICTOR_MAX_BARS (1 << 24)

/** Below this confidence a long or a short is shown as hold. */
#define BS_DEFAULT_THRESHOLD 0.65
/** A window is out of range where more than this part of its inputs ... */
#define BS_RANGE_MAX_FRACTION 0.1
/** ... lie further than this many scales from the training mean. */
#define BS_RANGE_MAX_SCALES 8.0

typedef enum
{
  BS_SIGNAL_WARMING_UP, /* fewer than T final rows: no class, no probabilities yet */
  BS_SIGNAL_READY,
} BsSignalState;

/**
 * BsSignal:
 *
 * The answer to one bar. @row is the index of the newest input row: the bar itself in causal, the one before in legacy.
 */
typedef struct
{
  BsSignalState state;
  gint64 time_us;    /* of the bar pushed */
  guint64 row;       /* index of the newest row of the window */
  BsClass klass;     /* after the threshold */
  BsClass raw_class; /* the most probable class */
  gboolean filtered; /* klass is hold because the confidence was under the threshold */
  double confidence; /* probability of raw_class, 0..1 */
  double probabilities[BS_N_CLASSES];
  gboolean in_range; /* inputs look like the ones that the model was trained on, and the engine took them as they are */
  guint n_out_of_range;         /* inputs of the window beyond BS_RANGE_MAX_SCALES */
  guint rows_missing;           /* rows that the window still needs; 0 when ready */
  double hurst, hurst_c, atr;   /* of the bar pushed, for the chart */
  gboolean hurst_computed;      /* computed at this bar for the bars after it, not carried over */
  gint64 stage_ns[BS_N_STAGES]; /* ns; all 0 with timing off */
} BsSignal;

typedef struct _BsPredictor BsPredictor;

/**
 * bs_predictor_new:
 * @model: takes a reference
 * @options: the switches
 * @max_bars: bars kept, 0 for the default; taken as BS_PREDICTOR_MAX_BARS at most, and as what the longest window needs
 *   at least. Room for all is set aside here
 * @bar_length_us, @stamp: of the primary bars; the secondary's are given at its first bar's push
 *
 * Returns: (transfer full): a predictor with no bars; %NULL with an option, engine or model error
 */
BsPredictor *bs_predictor_new (BsModel *model, const BsOptions *options, gsize max_bars, gint64 bar_length_us,
                               BsStamp stamp, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * bs_predictor_new_beside:
 * @leader: another predictor
 * @max_bars, @bar_length_us, @stamp: as for bs_predictor_new(), but that only what @leader's model needs is kept at least: a
 *   later model with a longer window begins with the bars held
 *
 * For many instruments: a predictor with @leader's model, options and threshold, which shares its engine and its trace, and so
 * costs little more than its bars. Thread: @leader's owner, who is the new one's too.
 *
 * Returns: (transfer full): a predictor with no bars
 */
BsPredictor *bs_predictor_new_beside (BsPredictor *leader, gsize max_bars, gint64 bar_length_us,
                                      BsStamp stamp) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_predictor_follow:
 * @leader: owned by the same thread
 *
 * Goes on with @leader's model, options, threshold, engine and trace: after one of many was switched, this brings the others
 * after it, with no mark in the trace; and it takes a predictor over that another thread has made and let go. Cost: one window
 * of features where model, engine or features change.
 */
void bs_predictor_follow (BsPredictor *self, BsPredictor *leader);

void bs_predictor_free (BsPredictor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsPredictor, bs_predictor_free)

/**
 * bs_predictor_push:
 * @bar: the bar that has just closed; its time must be after the last one's
 * @signal: (out caller-allocates): where to put the answer
 *
 * Takes one bar through features, window, network and softmax. Allocates nothing after the first prediction.
 * Thread: the worker that owns @self.
 *
 * Returns: %TRUE, with @signal filled; %FALSE with %BS_BAR_ERROR_TIME or %BS_BAR_ERROR_RANGE, and @self as it was, or with
 * a %BS_ENGINE_ERROR: then the bar is in the series, its signal is not to be had
 */
gboolean bs_predictor_push (BsPredictor *self, const BsBar *bar, BsSignal *signal, GError **error);

/** When a live bar should have come and when it came: ns of the monotonic clock, as bs_clock_ns() gives it. */
typedef struct
{
  gint64 due_ns;
  gint64 arrival_ns;
} BsBarTimes;

/**
 * bs_predictor_push_live:
 * @times: (nullable): of @bar; %NULL for a bar of the past
 *
 * As bs_predictor_push(); the trace also gets what passed from arrival and from due to the signal, BS_STAGE_FROM_ARRIVAL
 * and BS_STAGE_FROM_DUE. A bar that came early was due when it arrived. Reads no clock more.
 */
gboolean bs_predictor_push_live (BsPredictor *self, const BsBar *bar, const BsBarTimes *times, BsSignal *signal,
                                 GError **error);

/** Called with each signal in turn. Returns: whether to go on */
typedef gboolean (*BsSignalFunc) (const BsSignal *signal, gpointer data);

/**
 * bs_predictor_push_many:
 * @bars: where they come from, not the predictor's own series
 * @begin, @end: which of them
 * @func: called for every bar in order, warming up or not, some thousand bars after another
 *
 * As bs_predictor_push() for many bars that are already there: windows go through the network in batches on all cores.
 * Secondary bars are pushed before. The answers are the same as push's, to the bit where the engine promises that for any
 * batch (cpu does, reference and vulkan do not). No stage is timed and the trace is not fed, but with tail-window on, which
 * has no faster way than push. When @func ends it, up to some thousand bars more than it has seen are in.
 *
 * Returns: %TRUE; %FALSE with the error of the first bar that was refused, all before it being in and reported, or with a
 * %BS_ENGINE_ERROR, and some thousand bars in without a signal
 */
gboolean bs_predictor_push_many (BsPredictor *self, const BsBarSeries *bars, guint64 begin, guint64 end,
                                 BsSignalFunc func, gpointer data, GError **error);

/**
 * bs_predictor_append:
 * @bars, @begin, @end: as for bs_predictor_push_many()
 *
 * Takes bars as history, without a signal for each: the next push answers as if all had been pushed.
 *
 * Returns: %TRUE; %FALSE with the error of the first bar that was refused, all before it being in
 */
gboolean bs_predictor_append (BsPredictor *self, const BsBarSeries *bars, guint64 begin, guint64 end, GError **error);

/**
 * bs_predictor_borrow_bars:
 * @source: the bars that are going to be pushed, in this order; they do not change any more
 * @owner, @release: as of bs_bar_series_borrow()
 *
 * Before the first bar: saves the memory of a second copy of a long file's bars. Bars that are not those are taken all the same.
 */
void bs_predictor_borrow_bars (BsPredictor *self, const BsBarSeries *source, gpointer owner, GDestroyNotify release);

/** bs_predictor_take_over_bars: the same of a live feed's past: other bars come after; see bs_bar_series_take_over() */
void bs_predictor_take_over_bars (BsPredictor *self, BsBarSeries *source, gpointer owner, GDestroyNotify release);

/** bs_predictor_set_secondary_shape: bar length (us) and stamp of the secondary bars; before the first of them. */
void bs_predictor_set_secondary_shape (BsPredictor *self, gint64 bar_length_us, BsStamp stamp);
/** bs_predictor_push_secondary: adds a secondary bar as it becomes known. Errors as bs_bar_series_append(). */
gboolean bs_predictor_push_secondary (BsPredictor *self, const BsBar *bar, GError **error);

/**
 * bs_predictor_reset:
 *
 * Forgets all bars, primary and secondary, and what follows from them (features, windows, network state), as if nothing had
 * been pushed; options, threshold, model, shapes and the trace stay, and so does the memory. A replay that seeks backwards
 * begins with it. Thread: the worker that owns @self.
 */
void bs_predictor_reset (BsPredictor *self);

/**
 * bs_predictor_set_options:
 *
 * Switches between two bars: the next push runs the new way, with the state carried over (turning incremental on again
 * gives the rows that it would have given all along). Every option that changes leaves a mark in the trace
 * (bs_trace_read_switches()).
 *
 * Returns: %FALSE with an error, and everything as it was
 */
gboolean bs_predictor_set_options (BsPredictor *self, const BsOptions *options, GError **error);
const BsOptions *bs_predictor_options (const BsPredictor *self);

/** Threshold of the confidence, 0..1. Takes effect at the next bar. */
void bs_predictor_set_threshold (BsPredictor *self, double threshold);
double bs_predictor_threshold (const BsPredictor *self);

/** bs_predictor_set_model: another model from the next bar on; its window is filled from the bars held. */
gboolean bs_predictor_set_model (BsPredictor *self, BsModel *model, GError **error);
BsModel *bs_predictor_model (const BsPredictor *self);

/** bs_predictor_set_log_slow: whether predictions over BS_TRACE_SLOW_NS are logged, one a second at most (at first they are). Thread: the owner. */
void bs_predictor_set_log_slow (BsPredictor *self, gboolean log_slow);

/** bs_predictor_notice: (nullable): in words, that and why another engine than the one asked for answers; see
 * bs_engine_notice(). Thread: the owner. */
const char *bs_predictor_notice (const BsPredictor *self);

/** bs_predictor_tape: (nullable): every activation of the newest prediction, with inference-mode off; good until the next
 * one or the next switch. %NULL before the first, and with inference-mode on. Thread: the owner. */
const BsTape *bs_predictor_tape (const BsPredictor *self);

/** The bars pushed so far. Owned by the predictor; read it on the owner's thread. */
const BsBarSeries *bs_predictor_series (const BsPredictor *self);
/** bs_predictor_secondary: (nullable): the secondary bars pushed so far; likewise */
const BsBarSeries *bs_predictor_secondary (const BsPredictor *self);
/** The trace of the last predictions. Owned by the predictor; see bs-trace.h for reading it from another thread. */
BsTrace *bs_predictor_trace (BsPredictor *self);

G_END_DECLS
