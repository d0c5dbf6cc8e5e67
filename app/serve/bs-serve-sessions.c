#include "app/serve/bs-serve-sessions.h"

#include "app/serve/bs-serve-training.h"

/* Time that draining may take at once, us: requests wait meanwhile. */
#define DRAIN_USEC 2000

typedef struct
{
  BsServeSessions *owner;
  BsSession *session;
  GSource *source; /* made ready by the worker */
} Served;

struct _BsServeSessions
{
  char *model_path;
  BsOptions options;
  double threshold;
  GMainContext *context;
  GHashTable *sessions; /* name -> Served */
  BsJournal *journal;        /* (nullable) */
  char *origin;              /* (nullable) */
  BsServeTraining *training; /* (nullable) */
  char *train_path;          /* (nullable) */
  GMutex mutex;              /* over the model */
  BsModel *model;
};

static void
served_free (gpointer data)
{
  Served *self = data;
  g_source_destroy (self->source);
  bs_session_free (self->session);
  g_source_unref (self->source);
  g_free (self);
}

static gboolean use_model (BsServeSessions *self, const char *path, GError **error);

static gboolean
take_trained (gpointer data)
{
  BsServeSessions *self = data;
  g_autoptr (GError) error = NULL;
  if (!use_model (self, self->train_path, &error))
    g_message ("%s", error->message);
  return G_SOURCE_REMOVE;
}

/* Thread: the training's. */
static void
on_trained (gpointer data)
{
  BsServeSessions *self = data;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, take_trained, self, NULL);
  g_source_attach (source, self->context);
}

BsServeSessions *
bs_serve_sessions_new (const BsServeSessionsOptions *options, GMainContext *context, GError **error)
{
  BsModel *model = bs_model_load (options->model_path, error);
  if (model == NULL)
    return NULL;
  BsServeSessions *self = g_new0 (BsServeSessions, 1);
  self->model_path = g_strdup (options->model_path);
  self->options = options->options;
  self->threshold = options->threshold;
  self->context = g_main_context_ref (context);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, served_free);
  g_mutex_init (&self->mutex);
  self->model = model;
  self->journal = options->journal != NULL ? bs_journal_ref (options->journal) : NULL;
  self->origin = g_strdup (options->origin);
  self->train_path = g_strdup (options->train_path);
  if (self->train_path != NULL)
    self->training = bs_serve_training_new (self->train_path, on_trained, self);
  return self;
}

void
bs_serve_sessions_free (BsServeSessions *self)
{
  if (self == NULL)
    return;
  bs_serve_training_free (self->training);
  g_hash_table_unref (self->sessions);
  g_clear_pointer (&self->journal, bs_journal_unref);
  g_free (self->origin);
  g_free (self->train_path);
  g_main_context_unref (self->context);
  bs_model_unref (self->model);
  g_mutex_clear (&self->mutex);
  g_free (self->model_path);
  g_free (self);
}

BsModel *
bs_serve_sessions_model (BsServeSessions *self)
{
  g_mutex_lock (&self->mutex);
  BsModel *model = bs_model_ref (self->model);
  g_mutex_unlock (&self->mutex);
  return model;
}

/* Thread: the worker. */
static void
on_notify (gpointer source)
{
  g_source_set_ready_time (source, 0);
}

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  /* Answers have gone to the feed already. */
  if (event->kind == BS_SESSION_NOTICE && event->message != NULL)
    g_message ("%s", event->message);
}

static gboolean
on_source (gpointer data)
{
  Served *self = data;
  g_source_set_ready_time (self->source, -1);
  if (bs_session_drain (self->session, on_event, self, DRAIN_USEC))
    g_source_set_ready_time (self->source, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch_source };

static void
free_file (gpointer file)
{
  bs_bar_file_free (file);
}

/* What the history is made of. */
typedef struct
{
  BsBarFile *primary, *secondary;
} History;

static void
history_free (gpointer data)
{
  History *self = data;
  g_clear_pointer (&self->primary, free_file);
  g_clear_pointer (&self->secondary, free_file);
  g_free (self);
}

static gboolean
open_session (BsServiceOpening *opening, gpointer data, GError **error)
{
  BsServeSessions *self = data;
  g_autoptr (BsModel) model = bs_serve_sessions_model (self);
  BsBarSeries *series = opening->primary->series;
  BsPredictor *predictor = bs_predictor_new (model, &self->options, 0, bs_bar_series_bar_length (series),
                                             bs_bar_series_stamp (series), error);
  if (predictor == NULL)
    return FALSE;
  bs_predictor_set_threshold (predictor, self->threshold);
  if (opening->secondary != NULL)
    bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (opening->secondary->series), BS_STAMP_END);
  else if (opening->secondary_length_us > 0)
    bs_predictor_set_secondary_shape (predictor, opening->secondary_length_us, BS_STAMP_END);

  Served *served = g_new0 (Served, 1);
  served->owner = self;
  served->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_callback (served->source, on_source, served, NULL);
  g_source_set_priority (served->source, G_PRIORITY_HIGH);
  g_source_attach (served->source, self->context);
  served->session = bs_session_new (predictor, on_notify, served->source);
  if (self->journal != NULL)
    {
      g_autofree char *name = g_path_get_basename (self->model_path);
      const BsJournalRunInfo info = {
        .kind = BS_JOURNAL_RUN_HTTP,
        .instrument = opening->instrument,
        .origin = self->origin,
        .bar_length_us = bs_bar_series_bar_length (series),
        .stamp = bs_bar_series_stamp (series),
        .secondary_length_us = opening->secondary != NULL ? bs_bar_series_bar_length (opening->secondary->series)
                                                          : opening->secondary_length_us,
        .secondary_stamp = BS_STAMP_END,
        .decimals = opening->primary->decimals,
        .model_name = name,
        .model_hash = model->hash,
        .options = self->options,
      };
      bs_session_set_journal (served->session, self->journal, &info);
    }

  History *history = g_new0 (History, 1);
  history->primary = g_steal_pointer (&opening->primary);
  history->secondary = g_steal_pointer (&opening->secondary);
  bs_feed_set_history (opening->feed, history->primary->series,
                       history->secondary != NULL ? history->secondary->series : NULL, history, history_free);
  g_hash_table_replace (self->sessions, g_strdup (opening->instrument), served);
  bs_session_start (served->session, g_steal_pointer (&opening->feed));
  return TRUE;
}

/* From the next bar on, of every session. */
static gboolean
use_model (BsServeSessions *self, const char *path, GError **error)
{
  BsModel *model = bs_model_load (path, error);
  if (model == NULL)
    return FALSE;
  GHashTableIter iter;
  gpointer served;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &served))
    bs_session_set_model (((Served *) served)->session, model);
  g_mutex_lock (&self->mutex);
  bs_model_unref (self->model);
  self->model = model;
  g_mutex_unlock (&self->mutex);
  if (path != self->model_path)
    {
      g_free (self->model_path);
      self->model_path = g_strdup (path);
    }
  return TRUE;
}

static gboolean
load_model (char **name, gpointer data, GError **error)
{
  BsServeSessions *self = data;
  if (!use_model (self, self->model_path, error))
    return FALSE;
  *name = g_path_get_basename (self->model_path);
  return TRUE;
}

static gboolean
training (double *fraction, char **problem, gpointer data)
{
  BsServeSessions *self = data;
  return self->training != NULL && bs_serve_training_status (self->training, fraction, problem);
}

static gboolean
train (const char *instrument, const BsBarFile *primary, const BsBarFile *secondary, gpointer data)
{
  BsServeSessions *self = data;
  return self->training != NULL && bs_serve_training_begin (self->training, instrument, primary, secondary);
}

static gboolean
has_model (gpointer data)
{
  return TRUE;
}

static char *
device (gpointer data)
{
  BsServeSessions *self = data;
  return bs_options_value_string (&self->options, BS_OPTION_BACKEND);
}

const BsServiceHost *
bs_serve_sessions_host (void)
{
  static const BsServiceHost host = {
    .open = open_session,
    .load_model = load_model,
    .has_model = has_model,
    .device = device,
    .training = training,
    .train = train,
  };
  return &host;
}
