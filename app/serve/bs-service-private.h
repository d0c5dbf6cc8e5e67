/* bs-service-private.h: what the parts of the service share: bs-service.c knows the paths, bs-service-history.c and bs-service-realtime.c
 * answer the two kinds of bodies with bars, bs-service-instrument.c keeps an instrument's session and the calls that wait for it,
 * bs-service-answer.c has the words. Thread: the service's, but where it says otherwise */
#pragma once

#include <stdatomic.h>

#include "app/serve/bs-post-feed.h"
#include "app/serve/bs-service-bars.h"
#include "app/serve/bs-service.h"

G_BEGIN_DECLS

/** Calls of one instrument that may wait for the answer to a bar. */
#define BS_SERVICE_MAX_PENDING 1024

/** A call that waits for the answer to a bar. */
typedef struct
{
  gint64 time_us;
  BsServiceDone done;
  gpointer data;
} BsServicePending;

/** An instrument that is served. */
typedef struct
{
  BsService *service;
  char *name;
  gboolean is_default;
  gboolean was_opened;       /* there has been a session: the host knows it */
  BsPostFeed *feed;          /* (nullable): there is no session */
  BsServiceSeries series[2]; /* by BsFeedItemKind */
  GQueue pending;            /* of BsServicePending */
  _Atomic gint64 from_us;    /* answers to older bars are not asked for */

  /* The newest answer, for a bar that comes again. */
  gint64 answered_us;
  guint status;
  char *body; /* (nullable) */
} BsServiceInstrument;

struct _BsService
{
  BsServiceOptions options;
  char *symbol, *timezone;
  GMainContext *context;
  const BsServiceHost *host;
  gpointer host_data;
  GHashTable *instruments; /* name -> BsServiceInstrument */
};

/** One call, on its way through. */
typedef struct
{
  BsService *service;
  const char *symbol;      /* (nullable) */
  const BsJsonValue *body; /* (nullable): of what needs one */
  BsServiceDone done;
  gpointer data;
} BsServiceCall;

/* bs-service-answer.c */

/** bs_service_error_body: (transfer full): the JSON that says @message, which may be any text */
char *bs_service_error_body (const char *message) G_GNUC_WARN_UNUSED_RESULT;
/** Answers @call with an error: it is done. */
void bs_service_reply_error (const BsServiceCall *call, guint status, const char *message);
/**
 * bs_service_answer_body:
 * @status: (out): of HTTP
 *
 * What is answered to a bar. A hold would close a position: where there is no signal, none is made up. Thread: any.
 *
 * Returns: (transfer full): JSON
 */
char *bs_service_answer_body (const BsService *self, const BsFeedAnswer *answer, guint *status) G_GNUC_WARN_UNUSED_RESULT;

/* bs-service-instrument.c */

/** bs_service_find_instrument: Returns: (nullable): the one that @call is about, made where there is none; %NULL where the call has
 * been answered with an error */
BsServiceInstrument *bs_service_find_instrument (const BsServiceCall *call);
/** Ends its session, if it has one; who waits is told so. */
void bs_service_instrument_close (BsServiceInstrument *self);
/** For a #GHashTable: the same, and the end of @data, a #BsServiceInstrument. */
void bs_service_instrument_free (gpointer data);
/**
 * bs_service_instrument_open:
 * @primary: (transfer full): the history
 * @secondary: (transfer full) (nullable): likewise
 * @series: (inout): where the history has got to; taken over, and empty after it
 *
 * Opens a session over the history, in place of the one there is.
 *
 * Returns: %FALSE with the host's error; then there is no session
 */
gboolean bs_service_instrument_open (BsServiceInstrument *self, BsBarFile *primary, BsBarFile *secondary,
                                     BsServiceSeries series[2], GError **error);
/** bs_service_instrument_wait: @call gets the answer to the bar of @time_us, now where it is there already */
void bs_service_instrument_wait (const BsServiceCall *call, BsServiceInstrument *self, gint64 time_us);

/* bs-service-history.c */

/** bs_service_file_new: (transfer full): a history without bars */
BsBarFile *bs_service_file_new (const BsService *service) G_GNUC_WARN_UNUSED_RESULT;
/** bs_service_file_append: Returns: %FALSE with %BS_BAR_ERROR */
gboolean bs_service_file_append (BsBarFile *file, const BsBar *bar, GError **error);
/** bs_service_begin_series: @series: (out caller-allocates): freed by bs_service_series_clear() */
void bs_service_begin_series (const BsService *service, BsServiceSeries *series);
/** {"type": "historical"} */
void bs_service_answer_historical (const BsServiceCall *call);

/* bs-service-realtime.c */

/** {"type": "realtime"} */
void bs_service_answer_realtime (const BsServiceCall *call);

G_END_DECLS
