/* bs-serve-sessions.h: sessions for the instruments that are served, without a window */
#pragma once

#include "app/bs-session.h"
#include "app/serve/bs-service.h"

G_BEGIN_DECLS

/** What every session is made with. */
typedef struct
{
  const char *model_path;
  BsOptions options;
  double threshold;
  BsJournal *journal;     /* (nullable): what happens is committed there before it is answered; a reference is taken */
  const char *origin;     /* (nullable): for the journal: "http:127.0.0.1:8000" */
  const char *train_path; /* (nullable): every history that is posted begins a training, whose model is written here and used */
} BsServeSessionsOptions;

typedef struct _BsServeSessions BsServeSessions;

/**
 * bs_serve_sessions_new:
 * @context: of the thread that drains them: the service's
 *
 * Returns: (transfer full): %NULL where the model cannot be loaded
 */
BsServeSessions *bs_serve_sessions_new (const BsServeSessionsOptions *options, GMainContext *context,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Ends all sessions. The context's thread must not run any more. */
void bs_serve_sessions_free (BsServeSessions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsServeSessions, bs_serve_sessions_free)

/** bs_serve_sessions_host: what a service needs to know, with @self as its data. Static. */
const BsServiceHost *bs_serve_sessions_host (void);
/** bs_serve_sessions_model: (transfer full): the model in use. Thread: any. */
BsModel *bs_serve_sessions_model (BsServeSessions *self);

G_END_DECLS
