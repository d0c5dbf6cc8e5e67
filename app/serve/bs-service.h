/* bs-service.h: what the strategy and the program say to each other over HTTP: the drop-in contract, without the transport */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-feed.h"

G_BEGIN_DECLS

/** Values and names that a body may hold: 50,000 bars twice have 1,700,000. */
#define BS_SERVICE_MAX_VALUES 3000000
/** Instruments served at once. */
#define BS_SERVICE_MAX_INSTRUMENTS 64
/** Length of a primary bar where the history does not show it, us. */
#define BS_SERVICE_DEFAULT_BAR_LENGTH_US (60 * (gint64) G_USEC_PER_SEC)
/** Secondary bars are as many times as long where none is there yet. */
#define BS_SERVICE_SECONDARY_TIMES 5

/** A session that is to be opened. */
typedef struct
{
  const char *instrument;
  gboolean is_default;        /* no ?symbol= was asked for */
  BsBarFile *primary;         /* (owned): the history: its series knows bar length and stamp; may be stolen */
  BsBarFile *secondary;       /* (nullable) (owned): likewise */
  gint64 secondary_length_us; /* of secondary bars that come though @secondary is %NULL */
  BsFeed *feed;               /* (owned): where the bars after it come from; may be stolen */
} BsServiceOpening;

/** The program that the service stands in. Called on the service's thread. */
typedef struct
{
  /* Opens a session over @opening, in place of the one that the instrument has. %FALSE with an error where it cannot. */
  gboolean (*open) (BsServiceOpening *opening, gpointer data, GError **error);
  /* Loads the model from its file again. @name: (out) (transfer full): what it is called */
  gboolean (*load_model) (char **name, gpointer data, GError **error);
  /* (transfer full): whether a model is there, and where the network runs: "cpu" */
  gboolean (*has_model) (gpointer data);
  char *(*device) (gpointer data);
  /* (nullable): how a training stands: fraction and problem (transfer full); returns whether one runs */
  gboolean (*training) (double *fraction, char **problem, gpointer data);
  /* (nullable): begins to train with the bars of @instrument that have just come; returns whether it has begun */
  gboolean (*train) (const char *instrument, const BsBarFile *primary, const BsBarFile *secondary, gpointer data);
} BsServiceHost;

typedef struct
{
  const char *symbol;   /* of the default instrument */
  const char *timezone; /* of times without offset */
  gboolean allow_out_of_range;
} BsServiceOptions;

typedef struct _BsService BsService;

/**
 * bs_service_new:
 * @context: of the thread that calls it: where answers are given
 * @host: static
 *
 * Returns: (transfer full): %NULL with %BS_BAR_FILE_ERROR_OPTION where there is no such time zone
 */
BsService *bs_service_new (const BsServiceOptions *options, GMainContext *context, const BsServiceHost *host, gpointer data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Calls that wait get 503. No thread may call it any more. */
void bs_service_free (BsService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsService, bs_service_free)

/** Where the answer to a call goes, once. @body: JSON. @allow: (nullable): methods, for a 405. Thread: the service's. */
typedef void (*BsServiceDone) (guint status, const char *body, const char *allow, gpointer data);

/**
 * bs_service_call:
 * @symbol: (nullable): ?symbol=
 * @body: [length]: as it came, unchecked
 * @done: called before it returns, or later
 *
 * Answers one request by the contract of docs/serve.md. Nothing but what has been checked goes further: strict JSON, finite numbers,
 * prices that agree, times in order. An answer to a bar is given once the session has it (and its journal keeps it). Thread: the
 * service's.
 */
void bs_service_call (BsService *self, const char *method, const char *path, const char *symbol, const char *body,
                      gsize length, BsServiceDone done, gpointer data);

/** bs_service_close: the session of @instrument is gone: its bars get 503 until a history comes again. Thread: the service's. */
void bs_service_close (BsService *self, const char *instrument);

G_END_DECLS
