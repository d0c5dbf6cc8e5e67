/* journal-driver.c: a session with a journal, to be killed: journal-driver JOURNAL LOG BARS_PER_SECOND
   Writes one line into LOG for each signal that it was given, as a client would: RUN BAR TIME CLASS P_SHORT_BITS */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/bs-session.h"
#include "app/feeds/bs-bar-generator.h"

static int log_file;

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  BsSession *session = data;
  if (event->kind != BS_SESSION_SIGNAL || event->signal.state != BS_SIGNAL_READY)
    return;
  g_autoptr (BsJournalRun) run = bs_session_run (session);
  guint64 bits;
  memcpy (&bits, &event->signal.probabilities[0], sizeof bits);
  char line[160];
  int n = snprintf (line, sizeof line, "%s %" PRId64 " %" PRIu64 " %" PRId64 " %d %016" PRIx64 "\n",
                    event->not_kept ? "not-kept" : "kept", bs_journal_run_id (run), event->index, event->bar.time_us,
                    (int) event->signal.klass, bits);
  if (write (log_file, line, (size_t) n) != n) /* one system call: there whole or not at all */
    _exit (3);
}

static gpointer
feed (gpointer data)
{
  gpointer *arguments = data;
  BsSession *session = arguments[0];
  gint64 period_us = G_USEC_PER_SEC / MAX (1, atoi (arguments[1]));
  BsBarGenerator *generator
    = bs_bar_generator_new ((guint64) getpid (), BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  for (gint64 due = g_get_monotonic_time ();; due += period_us)
    {
      BsFeedItem item = { .kind = BS_FEED_ITEM_PRIMARY };
      gint64 early = due - g_get_monotonic_time ();
      if (early > 0)
        g_usleep ((gulong) early);
      bs_bar_generator_next (generator, &item.bar);
      item.arrival_us = item.due_us = g_get_monotonic_time ();
      bs_session_deliver (&item, session);
    }
  return NULL;
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    return 2;
  log_file = open (argv[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 16, 1, 8, 7);
  BsOptions options;
  bs_options_init (&options);
  BsPredictor *predictor
    = bs_predictor_new (model, &options, 0, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END, &error);
  if (log_file < 0 || predictor == NULL)
    return 3;
  bs_predictor_set_log_slow (predictor, FALSE);
  const BsJournalRunInfo info = { .kind = BS_JOURNAL_RUN_HTTP,
                                  .instrument = "ES",
                                  .bar_length_us = BS_BAR_GENERATOR_BAR_LENGTH_US,
                                  .model_hash = model->hash,
                                  .options = options };
  BsJournal *journal = bs_journal_new (argv[1], NULL);
  BsSession *session = bs_session_new (predictor, NULL, NULL);
  bs_session_set_journal (session, journal, &info);
  gpointer arguments[] = { session, argv[3] };
  g_thread_new ("feed", feed, arguments);
  for (;;)
    if (!bs_session_drain (session, on_event, session, 1000))
      g_usleep (500);
}
