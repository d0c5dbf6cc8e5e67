/* bs-fleet-instrument.h: one of many instruments: its bars, its predictor and the answers to its newest bars */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-feed.h"
#include "app/journal/bs-journal.h"
#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** Bars kept of each instrument: some days of minutes. 0.4 MB each with what belongs to them, so 200 MB for 500 of them. */
#define BS_FLEET_MAX_BARS 4096
/** Of the bars that are there when an instrument is added, these newest get a signal; the others are history alone. */
#define BS_FLEET_ANSWERED_BARS 256

/** What a chart and a list show of a signal. Plain data. */
typedef struct
{
  float confidence, hurst, atr; /* NAN where there is none */
  guint8 klass, raw_class;      /* BsClass; BS_FLEET_NO_CLASS: no signal */
  guint8 in_range, hurst_computed;
} BsFleetAnswer;

#define BS_FLEET_NO_CLASS 255

/** bs_fleet_answer_from_signal: @signal: (nullable): %NULL for a bar without one; @index: of its bar */
BsFleetAnswer bs_fleet_answer_from_signal (const BsSignal *signal, guint64 index);

/** A bar and its answer. */
typedef struct
{
  BsBar bar;
  BsFleetAnswer answer;
} BsFleetBar;

/**
 * BsFleetInstrument:
 * @name, @path, @decimals, @bar_length_us, @stamp: never change: may be read by any thread
 *
 * Belongs to the thread that makes it until it is given to a fleet, then to the fleet's worker.
 */
typedef struct
{
  char *name;
  char *path; /* (nullable): the file that its bars are from */
  guint decimals;
  gint64 bar_length_us; /* 0 where not known */
  BsStamp stamp;

  BsPredictor *predictor;
  BsFleetAnswer *answers; /* [BS_FLEET_MAX_BARS] by index modulo that; see bs_fleet_instrument_answer() */
  guint64 answers_from;   /* index of the oldest bar that may have one */
  BsSignal signal;        /* the newest; of the bar with index @signal_end - 1 */
  guint64 signal_end;
  BsFeed *feed;      /* (nullable): where its bars come from: its status may be asked by any thread; never changes either */
  BsJournalRun *run; /* (nullable): where it is kept; never changes once it is given to a fleet */
} BsFleetInstrument;

/**
 * bs_fleet_instrument_new:
 * @leader: whose model, options and engine it shares; owned by this thread
 * @path: (nullable)
 */
BsFleetInstrument *bs_fleet_instrument_new (BsPredictor *leader, const char *name, const char *path, guint decimals,
                                            gint64 bar_length_us, BsStamp stamp) G_GNUC_WARN_UNUSED_RESULT;
void bs_fleet_instrument_free (BsFleetInstrument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFleetInstrument, bs_fleet_instrument_free)

/**
 * bs_fleet_instrument_begin_run:
 * @info: kind, origin, watch, continues and kept_until_us are read; the rest is the instrument's own
 *
 * Its signals are kept in @journal from here on, the history's too where @info's kind keeps a past.
 */
void bs_fleet_instrument_begin_run (BsFleetInstrument *self, BsJournal *journal, const BsJournalRunInfo *info);

/**
 * bs_fleet_instrument_take_history:
 * @primary: bars @begin to @end of it
 * @secondary: (nullable): all of them
 *
 * Takes them as if each had come by itself, but that only the newest BS_FLEET_ANSWERED_BARS get a signal. Takes its time:
 * on the thread that makes the instrument.
 *
 * Returns: %FALSE with an error where a bar is refused or the engine fails; those before are in
 */
gboolean bs_fleet_instrument_take_history (BsFleetInstrument *self, const BsBarSeries *primary, guint64 begin,
                                           guint64 end, const BsBarSeries *secondary, GError **error);

/** bs_fleet_instrument_note: keeps the answer to the bar just pushed; @signal: (nullable) */
void bs_fleet_instrument_note (BsFleetInstrument *self, const BsSignal *signal);

/** bs_fleet_instrument_newest: (transfer full) (element-type BsFleetBar): the newest @n bars, or as many as there are */
GArray *bs_fleet_instrument_newest (const BsFleetInstrument *self, guint n) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
