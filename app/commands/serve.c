/* serve.c: `barscope serve`: signals over HTTP */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#ifdef G_OS_UNIX
#include <glib-unix.h>
#endif

#include "app/bs-config.h"
#include "app/bs-paths.h"
#include "app/commands/bs-command.h"
#include "app/serve/bs-serve-sessions.h"
#include "app/serve/bs-server.h"
#if BS_HAVE_WINDOW
#include "app/bs-application.h"
#include "app/bs-window-serve.h"
#endif

/* Beside --token, which other users of the machine can see in its list of programs. */
#define TOKEN_VARIABLE "BARSCOPE_TOKEN"

typedef struct
{
  BsHttpOptions http;
  BsServiceOptions service;
  BsServeSessionsOptions sessions;
  const char *journal_path; /* (nullable) */
} Wanted;

#ifdef G_OS_UNIX
static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}
#endif

static void
wait_for_end (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
#ifdef G_OS_UNIX
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
#endif
  g_main_loop_run (loop);
}

#if BS_HAVE_WINDOW
/* The window, serving from the start. */
static int
serve_in_window (const Wanted *wanted, const char *model, double threshold, char **assignments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  bs_window_serve_set_options (&wanted->http, &wanted->service);
  g_ptr_array_add (argv, g_strdup ("barscope"));
  g_ptr_array_add (argv, g_strdup ("--serve"));
  if (model != NULL)
    g_ptr_array_add (argv, g_strconcat ("--model=", model, NULL));
  g_ptr_array_add (argv, g_strconcat ("--threshold=", g_ascii_dtostr (number, sizeof number, threshold), NULL));
  for (; assignments != NULL && *assignments != NULL; assignments++)
    g_ptr_array_add (argv, g_strconcat ("--set=", *assignments, NULL));
  int argc = (int) argv->len;
  g_ptr_array_add (argv, NULL);
  g_set_prgname (NULL);
  return bs_application_run (argc, (char **) argv->pdata);
}
#endif

static int
serve (const Wanted *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsServer) server = bs_server_new (&wanted->http, &error);
  if (server == NULL)
    return bs_command_failed ("serve", "%s", error->message);
  g_autofree char *origin = g_strconcat ("http:", bs_server_address (server), NULL);
  BsServeSessionsOptions options = wanted->sessions;
  options.origin = origin;
  g_autoptr (BsJournal) journal = wanted->journal_path != NULL ? bs_journal_new (wanted->journal_path, NULL) : NULL;
  options.journal = journal;
  g_autoptr (BsServeSessions) sessions = bs_serve_sessions_new (&options, bs_server_context (server), &error);
  if (sessions == NULL
      || !bs_server_start (server, &wanted->service, bs_serve_sessions_host (), sessions, &error))
    return bs_command_failed ("serve", "%s", error->message);
  printf ("Listening on http://%s\n", bs_server_address (server));
  fflush (stdout);
  wait_for_end ();
  bs_server_stop (server);
  return BS_EXIT_DONE;
}

static int
serve_run (int argc, char **argv)
{
  g_autofree char *listen = NULL, *token = NULL, *symbol = NULL, *model = NULL, *timezone = NULL,
                   *journal = NULL, *train = NULL;
  g_auto (GStrv) allow_hosts = NULL;
  g_auto (GStrv) assignments = NULL;
  gboolean headless = FALSE, allow_out_of_range = FALSE, no_journal = FALSE;
  double threshold = BS_DEFAULT_THRESHOLD;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, "Where to listen (" BS_SERVER_DEFAULT_LISTEN ")", "ADDRESS:PORT" },
    { "token", 0, 0, G_OPTION_ARG_STRING, &token,
      "Bearer token that every request must carry (or in " TOKEN_VARIABLE ", where nobody sees it)", "TOKEN" },
    { "allow-host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &allow_hosts,
      "Name to accept in Host and Origin besides this machine's own (repeatable)", "NAME" },
    { "symbol", 0, 0, G_OPTION_ARG_STRING, &symbol, "Instrument of requests without ?symbol=", "NAME" },
    { "headless", 0, 0, G_OPTION_ARG_NONE, &headless, "Without a window", NULL },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, "Model file (default: the demonstration model)", "FILE" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &threshold,
      "Confidence under which long and short are answered as hold, 0 to 1 (default 0.65)", "P" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &timezone, "Zone of times without an offset (UTC)", "ZONE" },
    { "allow-out-of-range", 0, 0, G_OPTION_ARG_NONE, &allow_out_of_range,
      "Answer also where the inputs are unlike those that the model was trained on", NULL },
    { "train", 0, 0, G_OPTION_ARG_FILENAME, &train,
      "With --headless: train on every history that is posted; write the model to FILE and use it", "FILE" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &journal,
      "With --headless: the journal, where what happens is committed before it is answered (default: the user's)", "FILE" },
    { "no-journal", 0, 0, G_OPTION_ARG_NONE, &no_journal, "Keep nothing", NULL },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments, "Set an option (repeatable; see barscope predict --help)",
      "NAME=VALUE" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);
  int status;
  g_option_context_set_summary (context, "Takes bars by POST /analysis and answers with signals (docs/serve.md).");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return bs_command_usage_error ("serve", "'%s' is one argument too many", argv[1]);
  if (!(threshold >= 0 && threshold <= 1))
    return bs_command_usage_error ("serve", "--threshold: expected a number from 0 to 1, got %g", threshold);

  g_autoptr (GError) error = NULL;
  const char *kept_token = g_getenv (TOKEN_VARIABLE);
  if (journal != NULL && no_journal)
    return bs_command_usage_error ("serve", "--journal and --no-journal: expected one of them");
  if (!headless && train != NULL)
    return bs_command_usage_error ("serve", "--train: expected --headless with it");
  if (headless && journal == NULL && !no_journal)
    journal = bs_journal_default_path ();
  g_autofree char *default_model = bs_path_resource_file ("default-model.safetensors");
  Wanted wanted = {
    .http = { .listen = listen != NULL ? listen : BS_SERVER_DEFAULT_LISTEN,
              .token = token != NULL ? token : kept_token,
              .allow_hosts = (const char *const *) allow_hosts,
              .times = BS_HTTP_TIMES_INIT },
    .service = { symbol, timezone, allow_out_of_range },
    .sessions = { .model_path = model != NULL ? model : default_model, .threshold = threshold, .train_path = train },
    .journal_path = journal,
  };
  bs_options_init (&wanted.sessions.options);
  for (char **assignment = assignments; assignment != NULL && *assignment != NULL; assignment++)
    if (!bs_options_set (&wanted.sessions.options, *assignment, &error))
      return bs_command_usage_error ("serve", "--set: %s", error->message);
  if (!bs_options_check (&wanted.sessions.options, &error))
    return bs_command_usage_error ("serve", "--set: %s", error->message);
  if (headless)
    return serve (&wanted);
#if BS_HAVE_WINDOW
  return serve_in_window (&wanted, model, threshold, assignments);
#else
  return bs_command_usage_error ("serve", "built without its window: expected --headless");
#endif
}

const BsCommand bs_command_serve = { "serve", "Signals over HTTP, for a strategy that posts its bars", serve_run };
