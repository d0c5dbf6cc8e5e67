#include "app/journal/bs-journal-private.h"

#include <glib/gstdio.h>

#include "app/journal/bs-journal-upkeep.h"

/* From one try to write to the next while that fails. */
#define RETRY_USEC G_USEC_PER_SEC

static void
set_state (BsJournal *self, BsJournalState state, const char *message)
{
  g_mutex_lock (&self->mutex);
  gboolean changed = self->state != state || g_strcmp0 (self->message, message) != 0;
  self->state = state;
  if (changed)
    {
      g_free (self->message);
      self->message = g_strdup (message);
      /* Under the lock, so that it is not called once it has been taken away. */
      if (self->notify != NULL)
        self->notify (self->notify_data);
    }
  g_mutex_unlock (&self->mutex);
}

/* Sleeps until there is something new or until @until_us (0: no end). */
static void
sleep_until (BsJournal *self, gint64 until_us)
{
  g_mutex_lock (&self->mutex);
  atomic_store (&self->sleeps, TRUE);
  while (!atomic_load (&self->kicked) && !g_atomic_int_get (&self->stopping))
    {
      if (until_us == 0)
        g_cond_wait (&self->wake, &self->mutex);
      else if (!g_cond_wait_until (&self->wake, &self->mutex, until_us))
        break;
    }
  atomic_store (&self->sleeps, FALSE);
  atomic_store (&self->kicked, FALSE);
  g_mutex_unlock (&self->mutex);
}

static void
close_store (BsJournal *self)
{
  g_mutex_lock (&self->mutex);
  self->open = FALSE;
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->store, bs_journal_store_close);
}

/* It cannot be written: says why, and when to try again. */
static void
block (BsJournal *self, const GError *error)
{
  close_store (self);
  self->retry_us = g_get_monotonic_time () + RETRY_USEC;
  set_state (self, BS_JOURNAL_BLOCKED, error->message);
}

static gboolean
set_aside (BsJournal *self, const char *damage, GError **error)
{
  close_store (self);
  char *aside = bs_journal_set_aside (self->path, error);
  if (aside == NULL)
    return FALSE;
  g_mutex_lock (&self->mutex);
  g_free (self->set_aside);
  self->set_aside = aside;
  if (damage != self->damage)
    {
      g_free (self->damage);
      self->damage = g_strdup (damage);
    }
  self->damaged = FALSE;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/* Opens the file, a damaged one only after it has been set aside. */
static gboolean
open_store (BsJournal *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_mkdir_with_parents (folder, 0700);
  g_mutex_lock (&self->mutex);
  gboolean damaged = self->damaged;
  g_mutex_unlock (&self->mutex);
  if (damaged && !set_aside (self, self->damage, error))
    return FALSE;
  self->store = bs_journal_store_open (self->path, &local);
  if (self->store == NULL && g_error_matches (local, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_DAMAGED))
    {
      if (!set_aside (self, local->message, error))
        return FALSE;
      g_clear_error (&local);
      self->store = bs_journal_store_open (self->path, &local);
    }
  if (self->store == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_mutex_lock (&self->mutex);
  self->open = TRUE;
  self->n_opened++;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/* Whether it can be written now; where the time has come, tries again. */
static gboolean
get_ready (BsJournal *self, gboolean last)
{
  g_autoptr (GError) error = NULL;
  g_mutex_lock (&self->mutex);
  gboolean checked = self->checked;
  g_mutex_unlock (&self->mutex);
  if (!checked && !last)
    return FALSE;
  if (self->store != NULL && bs_journal_store_is_gone (self->store))
    close_store (self);
  if (self->store != NULL && g_queue_is_empty (&self->waiting))
    return TRUE;
  if (self->retry_us > g_get_monotonic_time () && !last)
    return FALSE;
  if ((self->store == NULL && !open_store (self, &error)) || !bs_journal_write_waiting (self, &error))
    {
      block (self, error);
      return FALSE;
    }
  self->retry_us = 0;
  set_state (self, BS_JOURNAL_WRITING, NULL);
  return TRUE;
}

/* One round: everything that is there, in one transaction. Returns whether there may be more. */
static gboolean
work (BsJournal *self, GPtrArray *sources, gboolean last)
{
  g_autoptr (GError) error = NULL;
  gboolean ready = get_ready (self, last);
  gboolean checking = !ready && self->retry_us == 0 && !last;
  gint64 now = g_get_monotonic_time ();
  if (checking && self->held_since_us > 0 && now - self->held_since_us < BS_JOURNAL_HOLD_USEC)
    return FALSE;
  gboolean more = bs_journal_gather (self, sources);
  if (checking && self->held_since_us == 0 && self->batch->len > 0)
    {
      /* The check of the file is mostly over in no time: what has come is held back until then. */
      self->held_since_us = now;
      return FALSE;
    }
  if (ready && self->batch->len > 0 && !bs_journal_commit (self, self->batch, &error))
    {
      gboolean damaged = g_error_matches (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_DAMAGED);
      g_autofree char *damage = g_strdup (error->message);
      block (self, error);
      g_clear_error (&error);
      /* Begun anew with all that has not been committed. */
      if (damaged && set_aside (self, damage, NULL))
        self->retry_us = g_get_monotonic_time ();
      ready = FALSE;
    }
  if (ready)
    g_array_set_size (self->batch, 0);
  else
    bs_journal_let_wait (self);
  bs_journal_pass (sources, ready);
  if (!more)
    bs_journal_let_go (self);
  return more;
}

/* When to look again though nothing new has come; 0: not at all. */
static gint64
next_look (BsJournal *self)
{
  g_mutex_lock (&self->mutex);
  gboolean checked = self->checked;
  g_mutex_unlock (&self->mutex);
  if (!checked)
    return self->held_since_us > 0 ? MAX (self->held_since_us + BS_JOURNAL_HOLD_USEC, g_get_monotonic_time () + 1000) : 0;
  if (self->retry_us > 0)
    return self->retry_us;
  for (guint i = 0; i < self->runs->len; i++)
    if (((BsJournalRun *) g_ptr_array_index (self->runs, i))->state.figures_changed)
      return self->figures_us + BS_JOURNAL_FIGURES_USEC;
  return 0;
}

/* While nothing comes, the figures of what has come are written all the same. */
static void
write_late_figures (BsJournal *self)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (BsJournalPending));
  g_autoptr (GError) error = NULL;
  if (self->store == NULL || g_get_monotonic_time () - self->figures_us < BS_JOURNAL_FIGURES_USEC)
    return;
  gboolean any = FALSE;
  for (guint i = 0; i < self->runs->len; i++)
    any = any || ((BsJournalRun *) g_ptr_array_index (self->runs, i))->state.figures_changed;
  if (any && !bs_journal_commit (self, none, &error))
    block (self, error);
}

gpointer
bs_journal_writer_main (gpointer data)
{
  BsJournal *self = data;
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  while (!g_atomic_int_get (&self->stopping))
    {
      if (work (self, sources, FALSE))
        continue;
      write_late_figures (self);
      sleep_until (self, next_look (self));
    }
  while (work (self, sources, TRUE))
    ;
  self->figures_us = 0;
  write_late_figures (self);
  guint n = g_queue_get_length (&self->waiting);
  if (n > 0)
    g_warning ("journal: %u records are not kept: %s", n, self->message);
  close_store (self);
  return NULL;
}
