/* bs-loader.h: everything that opening bars needs, done on a thread: files, model, predictor, chart data */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-feed-kind.h"
#include "app/fleet/bs-fleet.h"
#include "app/journal/bs-journal-reader.h"
#include "app/record/bs-recorded-bars.h"
#include "inference/predict/bs-predictor.h"
#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

/** What to open. */
typedef struct
{
  char *path;           /* of the primary bars; %NULL: the sample, or @feed */
  char *feed;           /* (nullable): "KIND:ADDRESS" of a live feed: see bs-feed-kind.h; with @fleet its instrument's name */
  BsFleet *fleet;       /* (nullable) (owned): whose @instrument is the live feed */
  guint instrument;
  gboolean watched; /* chosen in the watchlist: the list keeps the keyboard, and nothing is said about the file */
  BsFeedOpened *opened; /* (nullable): @feed as it was opened by somebody else; shared by copies, taken by the first load */
  char *journal_path;   /* (nullable): a live feed goes on from what is in it */
  gint64 run;           /* not 0: the run of @journal_path to look at again */
  char *secondary_path; /* (nullable): %NULL: the sibling of @path, where there is one */
  char *format;         /* (nullable): see BsBarFileOptions */
  char *timezone;       /* (nullable) */
  int stamp;            /* a BsStamp, or -1 */
  char *model_path;     /* (nullable): %NULL: the default model */
  BsOptions options;
  double threshold;
  guint64 n_shown; /* bars on the chart from the start; 0: all */
} BsLoadRequest;

BsLoadRequest *bs_load_request_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
BsLoadRequest *bs_load_request_copy (const BsLoadRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void bs_load_request_free (BsLoadRequest *self);
/** bs_load_request_set_opened: @opened: (transfer full): taken over with all that it holds, and left empty */
void bs_load_request_set_opened (BsLoadRequest *self, BsFeedOpened *opened);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLoadRequest, bs_load_request_free)

/** The bars of one instrument; immutable and reference-counted (any thread), as both the feed and the window read them. */
typedef struct
{
  char *instrument;
  BsBarFile *primary;
  BsBarFile *secondary; /* (nullable) */
} BsBars;

BsBars *bs_bars_ref (BsBars *self);
void bs_bars_unref (gpointer self);

/** What came of it. */
typedef struct
{
  BsBars *bars;
  BsBars *past;            /* (nullable) (owned): what @feed begins with, of which @bars are the newest; NULL: @bars; may be stolen */
  char *secondary_problem; /* (nullable): why there are no secondary bars though there is a file */
  BsModel *model;          /* (nullable) */
  char *model_path;
  BsPredictor *predictor;    /* (nullable) (owned): may be stolen */
  char *predictor_problem;   /* (nullable): why there is no predictor */
  BsFeed *feed;              /* (nullable) (owned): where further bars come from; may be stolen */
  gint64 secondary_length_us; /* of secondary bars that @feed may bring though there are none yet; 0: none */
  BsStamp secondary_stamp;
  BsJournalRunKind run_kind;  /* as the journal calls it */
  char *origin;               /* likewise: the path, or the feed without any key */
  gint64 continues;           /* the journal's run whose bars @bars begins with; 0: none */
  gint64 kept_until_us;       /* bars of the past up to this time are in the journal already; 0: none */
  BsChartData *data;         /* the bars to show, without signals */
  BsJournalRunRow *run;      /* (nullable): it is a run of the journal's, looked at again: there is no predictor */
  GArray *answers;           /* (nullable) (element-type BsJournalBar): with @run: as its bars */
  BsRecordedBars *recording; /* (nullable): the file was one; its bars are in @bars */
  char *recording_problem;   /* (nullable): why it is not replayed as it was */
} BsLoaded;

void bs_loaded_free (BsLoaded *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLoaded, bs_loaded_free)

/** How far a load is. Read on the main thread, written by the loading one. */
typedef struct _BsLoad BsLoad;

/**
 * bs_load_async:
 * @request: copied
 * @cancellable: (nullable)
 * @done: called on the main thread
 *
 * Loads on a thread of its own. A file that cannot be read is an error; a secondary file or a model that cannot is said in
 * the result, since the bars can be shown all the same.
 */
void bs_load_async (const BsLoadRequest *request, GCancellable *cancellable, GAsyncReadyCallback done, gpointer data);
/** bs_load_finish: Returns: (transfer full): what was loaded; %NULL with %BS_BAR_FILE_ERROR or %G_IO_ERROR_CANCELLED */
BsLoaded *bs_load_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The fraction done, 0..1, of the loads that are running. Thread: main. */
double bs_load_progress (GCancellable *cancellable);

G_END_DECLS
