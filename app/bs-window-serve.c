/* Signals over HTTP from the window: the default instrument is what the window shows, others have sessions without one */
#include "app/bs-window-serve.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/bs-paths.h"
#include "app/bs-serve-preferences.h"
#include "app/bs-window-private.h"
#include "app/serve/bs-serve-sessions.h"
#include "app/serve/bs-token.h"

/* The window's data under which the last problem is kept. */
#define PROBLEM "bs-serve-problem"

struct _BsWindowServe
{
  gint ref_count; /* atomic */
  GWeakRef window;
  char *model_path;
  BsOptions options;
  double threshold;
  char *listen, *token; /* token: (nullable) */
  gboolean token_made;  /* of this start alone: to be shown */
  GStrv allow_hosts;    /* (nullable) */
  BsJournal *journal; /* (nullable): for the instruments that the window does not show */
  BsServer *server;          /* (nullable): being made, or it could not be */
  BsServeSessions *sessions; /* (nullable): likewise */
  gboolean begun;            /* it serves; the main thread's own */
};

/* What `barscope serve` asked for. */
static struct
{
  char *listen, *token;
  GStrv allow_hosts;
  char *symbol, *timezone;
  gboolean allow_out_of_range;
} wanted;

void
bs_window_serve_set_options (const BsHttpOptions *http, const BsServiceOptions *service)
{
  wanted.listen = g_strdup (http->listen);
  wanted.token = g_strdup (http->token);
  wanted.allow_hosts = g_strdupv ((char **) http->allow_hosts);
  wanted.symbol = g_strdup (service->symbol);
  wanted.timezone = g_strdup (service->timezone);
  wanted.allow_out_of_range = service->allow_out_of_range;
}

static BsWindowServe *
serve_ref (BsWindowServe *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
serve_unref (gpointer data)
{
  BsWindowServe *self = data;
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_weak_ref_clear (&self->window);
  g_clear_pointer (&self->journal, bs_journal_unref);
  g_free (self->model_path);
  g_free (self->listen);
  g_free (self->token);
  g_strfreev (self->allow_hosts);
  g_free (self);
}

/* The thread of the server is waited for, and those of its sessions: not on the main one. */
static gpointer
end_server (gpointer data)
{
  BsWindowServe *self = data;
  bs_server_stop (self->server);
  g_clear_pointer (&self->sessions, bs_serve_sessions_free);
  g_clear_pointer (&self->server, bs_server_free);
  serve_unref (self);
  return NULL;
}

/* The host: called on the server's thread */

/* A session for the window, on its way there. */
typedef struct
{
  BsWindowServe *serve;
  BsFeedOpened opened;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *self = data;
  bs_feed_opened_clear (&self->opened);
  serve_unref (self->serve);
  g_free (self);
}

static gboolean
show_session (gpointer data)
{
  Delivery *delivery = data;
  g_autoptr (BsWindow) window = g_weak_ref_get (&delivery->serve->window);
  if (window == NULL || window->serve != delivery->serve)
    return G_SOURCE_REMOVE;
  BsLoadRequest *request = bs_load_request_new (NULL);
  request->feed = g_strdup_printf ("http:%s", bs_server_address (delivery->serve->server));
  bs_load_request_set_opened (request, &delivery->opened);
  bs_window_open (window, request);
  return G_SOURCE_REMOVE;
}

static gboolean
open_session (BsServiceOpening *opening, gpointer data, GError **error)
{
  BsWindowServe *self = data;
  if (!opening->is_default)
    return bs_serve_sessions_host ()->open (opening, self->sessions, error);
  Delivery *delivery = g_new0 (Delivery, 1);
  delivery->serve = serve_ref (self);
  delivery->opened = (BsFeedOpened){
    .instrument = g_strdup (opening->instrument),
    .primary = g_steal_pointer (&opening->primary),
    .secondary = g_steal_pointer (&opening->secondary),
    .secondary_length_us = opening->secondary_length_us,
    .secondary_stamp = BS_STAMP_END,
    .feed = g_steal_pointer (&opening->feed),
  };
  g_idle_add_full (G_PRIORITY_DEFAULT, show_session, delivery, delivery_free);
  return TRUE;
}

static gboolean
set_model (gpointer data)
{
  BsWindowServe *self = data;
  g_autoptr (BsWindow) window = g_weak_ref_get (&self->window);
  BsSession *session = window != NULL && window->presenter != NULL ? bs_presenter_session (window->presenter) : NULL;
  if (session == NULL || window->serve != self)
    return G_SOURCE_REMOVE;
  g_autoptr (BsModel) model = bs_serve_sessions_model (self->sessions);
  bs_session_set_model (session, model);
  return G_SOURCE_REMOVE;
}

static gboolean
load_model (char **name, gpointer data, GError **error)
{
  BsWindowServe *self = data;
  if (!bs_serve_sessions_host ()->load_model (name, self->sessions, error))
    return FALSE;
  g_idle_add_full (G_PRIORITY_DEFAULT, set_model, serve_ref (self), serve_unref);
  return TRUE;
}

static gboolean
has_model (gpointer data)
{
  return TRUE;
}

static char *
device (gpointer data)
{
  BsWindowServe *self = data;
  return bs_serve_sessions_host ()->device (self->sessions);
}

static const BsServiceHost host = {
  .open = open_session,
  .load_model = load_model,
  .has_model = has_model,
  .device = device,
};

/* Beginning and end */

static void
begin_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BsWindowServe *self = data;
  g_autoptr (GError) error = NULL;
  const BsHttpOptions http = { .listen = self->listen,
                               .token = self->token,
                               .allow_hosts = (const char *const *) self->allow_hosts,
                               .times = BS_HTTP_TIMES_INIT };
  const BsServiceOptions service = { wanted.symbol, wanted.timezone, wanted.allow_out_of_range };
  const BsServeSessionsOptions sessions
    = { .model_path = self->model_path, .options = self->options, .threshold = self->threshold, .journal = self->journal };

  self->server = bs_server_new (&http, &error);
  if (self->server != NULL)
    self->sessions = bs_serve_sessions_new (&sessions, bs_server_context (self->server), &error);
  if (self->sessions != NULL && bs_server_start (self->server, &service, &host, self, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_clear_pointer (&self->sessions, bs_serve_sessions_free);
  g_clear_pointer (&self->server, bs_server_free);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
set_action (BsWindow *self, gboolean on)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "serve");
  if (action != NULL)
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (on));
}

static void
set_problem (BsWindow *self, const char *problem)
{
  g_object_set_data_full (G_OBJECT (self), PROBLEM, g_strdup (problem), g_free);
}

/* Those who show how it stands look again, though the switch stands as before. */
static void
tell (BsWindow *self)
{
  g_action_group_action_state_changed (G_ACTION_GROUP (self), "serve", g_variant_new_boolean (self->serve != NULL));
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BsWindowServe *serve = g_task_get_task_data (G_TASK (result));
  g_autoptr (BsWindow) self = g_weak_ref_get (&serve->window);
  gboolean begun = g_task_propagate_boolean (G_TASK (result), &error);

  if (self == NULL || self->serve != serve)
    {
      /* Switched off meanwhile, or the window has been closed. */
      if (begun)
        g_thread_unref (g_thread_new ("end-server", end_server, serve_ref (serve)));
      return;
    }
  if (begun)
    {
      serve->begun = TRUE;
      tell (self);
      if (serve->token_made)
        {
          bs_serve_show_token (GTK_WINDOW (self), bs_server_address (serve->server), serve->token);
          return;
        }
      g_autofree char *text
        = g_strdup_printf (_ ("Serving signals at http://%s: post bars to /analysis"), bs_server_address (serve->server));
      bs_window_toast (self, text, NULL, NULL);
      return;
    }
  g_clear_pointer (&self->serve, serve_unref);
  set_problem (self, error->message);
  set_action (self, FALSE);
  bs_window_show_banner (self, BS_BANNER_PROBLEM, error->message);
}

gboolean
bs_window_serve_check_address (const char *text, gboolean *local)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  *local = address != NULL && g_inet_address_get_is_loopback (address);
  return address != NULL;
}

/* The names that clients may call this machine by. */
static GStrv
allowed_names (GSettings *settings, const char *address)
{
  g_autofree char *text = g_settings_get_string (settings, "serve-names");
  g_auto (GStrv) parts = g_strsplit_set (text, ", ;", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  /* Nobody rebinds a name to what is no name. */
  g_strv_builder_add (builder, address);
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_strv_builder_add (builder, *part);
  return g_strv_builder_end (builder);
}

/* Where to listen, and whom to let in: as the command line says, else as the preferences do. */
static gboolean
choose_address (BsWindow *self, BsWindowServe *serve)
{
  gboolean local = TRUE;
  if (wanted.listen != NULL || self->settings == NULL)
    {
      serve->listen = g_strdup (wanted.listen != NULL ? wanted.listen : BS_SERVER_DEFAULT_LISTEN);
      serve->token = g_strdup (wanted.token);
      serve->allow_hosts = g_strdupv (wanted.allow_hosts);
      return TRUE;
    }
  g_autofree char *address = g_settings_get_string (self->settings, "serve-address");
  bs_window_serve_check_address (address, &local);
  serve->listen = g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address,
                                   g_settings_get_uint (self->settings, "serve-port"));
  serve->allow_hosts = allowed_names (self->settings, address);
  if (local && !g_settings_get_boolean (self->settings, "serve-with-token"))
    return TRUE;
  serve->token = bs_token_new ();
  serve->token_made = TRUE;
  return serve->token != NULL;
}

char *
bs_window_serve_describe (GtkWindow *window, gboolean *on, const char **problem)
{
  BsWindow *self = BS_WINDOW (window);
  *on = self->serve != NULL;
  *problem = *on ? NULL : g_object_get_data (G_OBJECT (self), PROBLEM);
  if (*problem != NULL)
    return g_strdup (*problem);
  if (!*on)
    return g_strdup (_ ("Off"));
  if (!self->serve->begun)
    return g_strdup (_ ("Starting"));
  return g_strdup_printf (_ ("At http://%s: to change what is below, switch it off"), bs_server_address (self->serve->server));
}

static void
begin (BsWindow *self)
{
  BsWindowServe *serve = g_new0 (BsWindowServe, 1);
  serve->ref_count = 1;
  g_weak_ref_init (&serve->window, self);
  serve->model_path = self->model_path != NULL ? g_strdup (self->model_path)
                                               : bs_path_resource_file ("default-model.safetensors");
  serve->options = *bs_sidebar_own_options (self->sidebar);
  serve->threshold = bs_sidebar_own_threshold (self->sidebar);
  serve->journal = self->journal != NULL ? bs_journal_ref (self->journal) : NULL;
  if (!choose_address (self, serve))
    {
      set_problem (self, _ ("The system gives no random numbers to make a token of"));
      serve_unref (serve);
      set_action (self, FALSE);
      return;
    }
  set_problem (self, NULL);
  self->serve = serve;
  tell (self);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_begun, NULL);
  g_task_set_task_data (task, serve_ref (serve), serve_unref);
  g_task_run_in_thread (task, begin_in_thread);
}

void
bs_window_serve_stop (BsWindow *self)
{
  BsWindowServe *serve = g_steal_pointer (&self->serve);
  if (serve == NULL)
    return;
  tell (self);
  /* Where it is still being made, on_begun() ends it. */
  if (serve->begun)
    g_thread_unref (g_thread_new ("end-server", end_server, serve));
  else
    serve_unref (serve);
}

static void
on_serve_state (GSimpleAction *action, GVariant *state, gpointer data)
{
  BsWindow *self = data;
  gboolean on = g_variant_get_boolean (state);
  if (on == (self->serve != NULL))
    return;
  g_simple_action_set_state (action, state);
  if (on)
    begin (self);
  else
    {
      bs_window_serve_stop (self);
      bs_window_toast (self, _ ("Signals are no longer served"), NULL, NULL);
    }
}

void
bs_window_serve_add_actions (BsWindow *self)
{
  static const GActionEntry entries[] = {
    { "serve", NULL, NULL, "false", on_serve_state },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
