#include "app/journal/bs-journal.h"

#include <stdatomic.h>
#include <string.h>
#include <glib/gstdio.h>

#include "app/journal/bs-journal-store.h"
#include "app/journal/bs-journal-upkeep.h"
#include "app/journal/bs-sql.h"

G_DEFINE_QUARK (bs-journal-error-quark, bs_journal_error)

/* Records in one transaction at most: bounds how long the first of them waits. */
#define MAX_BATCH 1024
/* Of these, from one source. */
#define MAX_FROM_SOURCE 256
/* From one try to write to the next while that fails; from one writing of the runs' figures, and one checkpoint, to the next. */
#define RETRY_USEC G_USEC_PER_SEC
#define FIGURES_USEC G_USEC_PER_SEC
#define CHECKPOINT_USEC G_USEC_PER_SEC
#define PRUNE_USEC (6 * G_TIME_SPAN_HOUR)
#define KEEPER_BUSY_MSEC 200

/* A record on its way: taken, not committed yet. */
typedef struct
{
  BsJournalRun *run; /* a reference */
  BsJournalTicket ticket; /* 0: of a source */
  BsJournalRecord record;
} Pending;

struct _BsJournalSource
{
  BsJournal *journal; /* a reference */
  BsJournalSourceFuncs funcs;
  gpointer data;
  gboolean removing, gone; /* under the journal's lock */
  gboolean leaving;        /* was to go before it was emptied last */
  gboolean given;          /* the journal thread's: something, since passed() was called */
};

struct _BsJournal
{
  atomic_uint refs;
  char *path;
  gint64 opened_us; /* UTC */
  GThread *writer, *keeper;

  atomic_bool kicked, sleeps; /* as in BsRing: who goes to sleep says so and looks once more */
  gint stopping;              /* atomic; also looked at by the check */

  GMutex mutex;
  GCond wake, changed; /* of the writer; of whoever waits for tickets, sources to go, the check */
  GPtrArray *sources;  /* (element-type BsJournalSource) */
  GArray *appended;    /* (element-type Pending) */
  BsJournalTicket last_ticket, passed_ticket, kept_ticket, lost_ticket;
  BsJournalState state;
  char *message, *set_aside, *damage;
  guint64 n_committed, n_waiting, n_lost;
  BsJournalOptions options;
  gboolean options_changed;
  void (*notify) (gpointer data);
  gpointer notify_data;
  gboolean checked, damaged; /* by the keeper: the check is over */
  gboolean open;             /* the file can be kept: checkpoints, pruning */
  guint n_opened;            /* times that it was opened: it may be another file */

  /* The writer's own. */
  BsJournalStore *store; /* (nullable) */
  GArray *batch;         /* (element-type Pending): of the transaction that is being put together */
  GQueue waiting;        /* (element-type Pending): what could not be written, oldest first */
  GPtrArray *runs;       /* (element-type BsJournalRun): with figures to be written; references */
  gint64 retry_us;       /* when to try again; 0: writing is well */
  gint64 held_since_us;  /* since when records wait for the check; 0: none does */
  gint64 figures_us;     /* when figures were written last */
};

void
bs_journal_status_clear (BsJournalStatus *self)
{
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->set_aside, g_free);
  g_clear_pointer (&self->damage, g_free);
}

static void
pending_clear (gpointer data)
{
  Pending *pending = data;
  bs_journal_record_clear (&pending->record);
  g_clear_pointer (&pending->run, bs_journal_run_unref);
}

static void
pending_free (gpointer data)
{
  pending_clear (data);
  g_free (data);
}

/* How it stands. */

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

static void
kick (BsJournal *self)
{
  atomic_store (&self->kicked, TRUE);
  if (!atomic_load (&self->sleeps))
    return;
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->wake);
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

/* The keeper: looks through the file at the start, syncs it, deletes what is too old. */

typedef struct
{
  sqlite3 *db;      /* (nullable) */
  guint n_opened;   /* BsJournal.n_opened as @db was opened */
  guint64 n_synced; /* records committed before the last checkpoint */
  gint64 pruned_us; /* 0: not yet */
} Keeper;

static void
keep_file (BsJournal *self, Keeper *keeper)
{
  g_mutex_lock (&self->mutex);
  gboolean open = self->open;
  guint n_opened = self->n_opened;
  guint64 n_committed = self->n_committed;
  BsJournalOptions options = self->options;
  gboolean prune = self->options_changed;
  self->options_changed = FALSE;
  g_mutex_unlock (&self->mutex);
  if (!open || n_opened != keeper->n_opened)
    g_clear_pointer (&keeper->db, bs_sql_close);
  if (!open)
    return;
  gint64 now = g_get_monotonic_time ();
  if (keeper->pruned_us == 0)
    bs_journal_finish_runs (self->path, self->opened_us, NULL);
  if (prune || keeper->pruned_us == 0 || now - keeper->pruned_us > PRUNE_USEC)
    {
      guint n_runs;
      bs_journal_prune (self->path, &options, FALSE, &n_runs, NULL);
      keeper->pruned_us = now;
    }
  if (keeper->db == NULL)
    {
      keeper->db = bs_sql_open (self->path, BS_SQL_EXISTING, KEEPER_BUSY_MSEC, NULL);
      keeper->n_opened = n_opened;
      keeper->n_synced = 0;
    }
  /* Where that fails, the writer will find out why. */
  if (keeper->db != NULL && n_committed != keeper->n_synced && bs_journal_checkpoint (keeper->db, NULL))
    keeper->n_synced = n_committed;
}

static gpointer
keeper_main (gpointer data)
{
  BsJournal *self = data;
  g_autoptr (GError) error = NULL;
  gboolean sound = bs_journal_check_file (self->path, FALSE, &self->stopping, &error);
  g_mutex_lock (&self->mutex);
  self->checked = TRUE;
  self->damaged = !sound && g_error_matches (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_DAMAGED);
  if (self->damaged)
    self->damage = g_strdup (error->message);
  g_mutex_unlock (&self->mutex);
  kick (self);

  Keeper keeper = { 0 };
  while (!g_atomic_int_get (&self->stopping))
    {
      keep_file (self, &keeper);
      g_mutex_lock (&self->mutex);
      gint64 until = g_get_monotonic_time () + CHECKPOINT_USEC;
      while (!g_atomic_int_get (&self->stopping) && !self->options_changed
             && g_cond_wait_until (&self->changed, &self->mutex, until))
        ;
      g_mutex_unlock (&self->mutex);
    }
  bs_sql_close (keeper.db);
  return NULL;
}

/* The writer. */

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

static void
remember_run (BsJournal *self, BsJournalRun *run)
{
  gboolean listed = !run->state.ended;
  if (listed == run->listed)
    return;
  run->listed = listed;
  if (listed)
    g_ptr_array_add (self->runs, bs_journal_run_ref (run));
  else
    g_ptr_array_remove_fast (self->runs, run);
}

/* Figures of the runs that go on, once a second, within a transaction. */
static gboolean
write_figures (BsJournal *self, gint64 now, GError **error)
{
  if (now - self->figures_us < FIGURES_USEC)
    return TRUE;
  for (guint i = 0; i < self->runs->len; i++)
    if (!bs_journal_store_write_figures (self->store, g_ptr_array_index (self->runs, i), error))
      return FALSE;
  self->figures_us = now;
  return TRUE;
}

static void
note_committed (BsJournal *self, const GArray *batch)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < batch->len; i++)
    {
      const Pending *pending = &g_array_index (batch, Pending, i);
      self->kept_ticket = MAX (self->kept_ticket, pending->ticket);
      self->passed_ticket = MAX (self->passed_ticket, pending->ticket);
    }
  self->n_committed += batch->len;
  self->n_waiting = g_queue_get_length (&self->waiting);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* All of @batch, or nothing of it. */
static gboolean
commit (BsJournal *self, const GArray *batch, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gboolean good = bs_journal_store_begin (self->store, error);
  for (guint i = 0; good && i < batch->len; i++)
    {
      const Pending *pending = &g_array_index (batch, Pending, i);
      good = bs_journal_store_write (self->store, pending->run, &pending->record, error);
    }
  good = good && write_figures (self, now, error) && bs_journal_store_commit (self->store, error);
  if (!good)
    {
      bs_journal_store_rollback (self->store);
      return FALSE;
    }
  for (guint i = 0; i < batch->len; i++)
    remember_run (self, g_array_index (batch, Pending, i).run);
  note_committed (self, batch);
  return TRUE;
}

/* Puts the batch behind what waits; where that gets too much, the oldest are given up, and counted. */
static void
let_wait (BsJournal *self)
{
  guint64 n_lost = 0;
  BsJournalTicket passed = 0, lost = 0;
  for (guint i = 0; i < self->batch->len; i++)
    {
      Pending *pending = &g_array_index (self->batch, Pending, i);
      passed = MAX (passed, pending->ticket);
      g_queue_push_tail (&self->waiting, g_memdup2 (pending, sizeof *pending));
      if (g_queue_get_length (&self->waiting) <= BS_JOURNAL_MAX_WAITING)
        continue;
      Pending *oldest = g_queue_pop_head (&self->waiting);
      lost = MAX (lost, oldest->ticket);
      n_lost++;
      if (oldest->record.kind == BS_JOURNAL_RECORD_CONFIG)
        {
          /* What comes after it was judged so. */
          oldest->run->state.options = oldest->record.options;
          oldest->run->state.config = 0;
          if (oldest->record.text != NULL)
            g_strlcpy (oldest->run->state.model_hash, oldest->record.text, sizeof oldest->run->state.model_hash);
        }
      oldest->run->state.figures.n_lost++;
      oldest->run->state.figures_changed = TRUE;
      pending_free (oldest);
    }
  g_array_set_clear_func (self->batch, NULL);
  g_array_set_size (self->batch, 0); /* they have moved */
  g_array_set_clear_func (self->batch, pending_clear);

  g_mutex_lock (&self->mutex);
  self->passed_ticket = MAX (self->passed_ticket, passed);
  self->lost_ticket = MAX (self->lost_ticket, lost);
  self->n_waiting = g_queue_get_length (&self->waiting);
  gboolean first_loss = n_lost > 0 && self->n_lost == 0;
  self->n_lost += n_lost;
  if (first_loss && self->notify != NULL)
    self->notify (self->notify_data);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* Writes what waits, oldest first. */
static gboolean
write_waiting (BsJournal *self, GError **error)
{
  g_autoptr (GArray) chunk = g_array_new (FALSE, FALSE, sizeof (Pending));
  while (!g_queue_is_empty (&self->waiting))
    {
      g_array_set_size (chunk, 0);
      for (GList *item = self->waiting.head; item != NULL && chunk->len < MAX_BATCH; item = item->next)
        g_array_append_vals (chunk, item->data, 1);
      if (!commit (self, chunk, error))
        return FALSE;
      for (guint i = 0; i < chunk->len; i++)
        pending_free (g_queue_pop_head (&self->waiting));
    }
  note_committed (self, chunk); /* none any more: for the count */
  return TRUE;
}

/* A little from everybody, in the order of each. Returns whether there may be more. */
static gboolean
gather (BsJournal *self, GPtrArray *sources)
{
  g_mutex_lock (&self->mutex);
  guint n = MIN (self->appended->len, MAX_BATCH);
  g_array_append_vals (self->batch, self->appended->data, n);
  g_array_set_clear_func (self->appended, NULL);
  g_array_remove_range (self->appended, 0, n);
  gboolean more = self->appended->len > 0;
  g_ptr_array_set_size (sources, 0);
  for (guint i = 0; i < self->sources->len; i++)
    {
      BsJournalSource *source = g_ptr_array_index (self->sources, i);
      source->leaving = source->removing;
      g_ptr_array_add (sources, source);
    }
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < sources->len; i++)
    {
      BsJournalSource *source = g_ptr_array_index (sources, i);
      guint taken = 0;
      Pending pending = { 0 };
      while (taken < MAX_FROM_SOURCE && source->funcs.next (source->data, &pending.run, &pending.record))
        {
          source->given = TRUE;
          taken++;
          /* What is not kept does not wait, but what came before it does. */
          if (pending.run == NULL || !bs_journal_run_keeps (pending.run, &pending.record))
            bs_journal_record_clear (&pending.record);
          else
            {
              bs_journal_run_ref (pending.run);
              g_array_append_val (self->batch, pending);
            }
          pending = (Pending){ 0 };
        }
      more = more || taken == MAX_FROM_SOURCE;
    }
  return more;
}

static void
pass (GPtrArray *sources, gboolean kept)
{
  for (guint i = 0; i < sources->len; i++)
    {
      BsJournalSource *source = g_ptr_array_index (sources, i);
      if (source->given)
        source->funcs.passed (source->data, kept);
      source->given = FALSE;
    }
}

/* Once all is taken: sources that are to go are gone. */
static void
let_go (BsJournal *self)
{
  g_mutex_lock (&self->mutex);
  for (guint i = self->sources->len; i-- > 0;)
    {
      BsJournalSource *source = g_ptr_array_index (self->sources, i);
      if (!source->leaving)
        continue;
      source->gone = TRUE;
      g_ptr_array_remove_index (self->sources, i);
    }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
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
  if ((self->store == NULL && !open_store (self, &error)) || !write_waiting (self, &error))
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
  gboolean more = gather (self, sources);
  if (checking && self->held_since_us == 0 && self->batch->len > 0)
    {
      /* The check of the file is mostly over in no time: what has come is held back until then. */
      self->held_since_us = now;
      return FALSE;
    }
  if (ready && self->batch->len > 0 && !commit (self, self->batch, &error))
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
    let_wait (self);
  pass (sources, ready);
  if (!more)
    let_go (self);
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
      return self->figures_us + FIGURES_USEC;
  return 0;
}

/* While nothing comes, the figures of what has come are written all the same. */
static void
write_late_figures (BsJournal *self)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (Pending));
  g_autoptr (GError) error = NULL;
  if (self->store == NULL || g_get_monotonic_time () - self->figures_us < FIGURES_USEC)
    return;
  gboolean any = FALSE;
  for (guint i = 0; i < self->runs->len; i++)
    any = any || ((BsJournalRun *) g_ptr_array_index (self->runs, i))->state.figures_changed;
  if (any && !commit (self, none, &error))
    block (self, error);
}

static gpointer
writer_main (gpointer data)
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

char *
bs_journal_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "barscope", "journal.sqlite", NULL);
}

BsJournal *
bs_journal_new (const char *path, const BsJournalOptions *options)
{
  g_return_val_if_fail (path != NULL, NULL);
  BsJournal *self = g_new0 (BsJournal, 1);
  atomic_store (&self->refs, 1);
  self->path = g_canonicalize_filename (path, NULL);
  self->options = options != NULL ? *options : (BsJournalOptions) BS_JOURNAL_OPTIONS_INIT;
  self->opened_us = g_get_real_time ();
  self->state = BS_JOURNAL_CHECKING;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_cond_init (&self->changed);
  self->sources = g_ptr_array_new ();
  self->appended = g_array_new (FALSE, FALSE, sizeof (Pending));
  self->batch = g_array_new (FALSE, FALSE, sizeof (Pending));
  g_array_set_clear_func (self->batch, pending_clear);
  g_queue_init (&self->waiting);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_journal_run_unref);
  self->keeper = g_thread_new ("journal-keeper", keeper_main, self);
  self->writer = g_thread_new ("journal", writer_main, self);
  return self;
}

BsJournal *
bs_journal_ref (BsJournal *self)
{
  atomic_fetch_add (&self->refs, 1);
  return self;
}

void
bs_journal_unref (BsJournal *self)
{
  if (self == NULL || atomic_fetch_sub (&self->refs, 1) > 1)
    return;
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->stopping, TRUE);
  g_cond_broadcast (&self->wake);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->keeper);
  g_thread_join (self->writer);

  g_queue_clear_full (&self->waiting, pending_free);
  g_array_unref (self->batch);
  g_array_unref (self->appended);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->runs);
  g_cond_clear (&self->changed);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->mutex);
  g_free (self->message);
  g_free (self->set_aside);
  g_free (self->damage);
  g_free (self->path);
  g_free (self);
}

const char *
bs_journal_path (const BsJournal *self)
{
  return self->path;
}

void
bs_journal_get_status (BsJournal *self, BsJournalStatus *status)
{
  g_mutex_lock (&self->mutex);
  *status = (BsJournalStatus){
    .state = self->state,
    .message = g_strdup (self->message),
    .set_aside = g_strdup (self->set_aside),
    .damage = self->set_aside != NULL ? g_strdup (self->damage) : NULL,
    .n_committed = self->n_committed,
    .n_waiting = self->n_waiting,
    .n_lost = self->n_lost,
  };
  g_mutex_unlock (&self->mutex);
}

void
bs_journal_set_notify (BsJournal *self, void (*func) (gpointer data), gpointer data)
{
  g_mutex_lock (&self->mutex);
  self->notify = func;
  self->notify_data = data;
  g_mutex_unlock (&self->mutex);
}

void
bs_journal_set_options (BsJournal *self, const BsJournalOptions *options)
{
  g_mutex_lock (&self->mutex);
  self->options_changed = memcmp (&self->options, options, sizeof *options) != 0;
  self->options = *options;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

BsJournalTicket
bs_journal_append (BsJournal *self, BsJournalRun *run, const BsJournalRecord *record)
{
  Pending pending = { .run = bs_journal_run_ref (run), .record = *record };
  pending.record.text = g_strdup (record->text);
  g_mutex_lock (&self->mutex);
  BsJournalTicket ticket = pending.ticket = ++self->last_ticket;
  g_array_append_val (self->appended, pending);
  g_mutex_unlock (&self->mutex);
  kick (self);
  return ticket;
}

BsJournalTicket
bs_journal_append_signal (BsJournal *self, BsJournalRun *run, guint64 index, const BsBar *bar, const BsSignal *signal,
                          double threshold)
{
  BsJournalRecord record = { .kind = BS_JOURNAL_RECORD_BAR,
                             .index = index,
                             .arrival_us = g_get_real_time (),
                             .answered = TRUE,
                             .threshold = threshold,
                             .bar = *bar,
                             .signal = *signal };
  return bs_journal_append (self, run, &record);
}

static BsJournalTicket
append_event (BsJournal *self, BsJournalRun *run, BsJournalRecordKind kind, guint64 index, const char *word,
              const char *text)
{
  BsJournalRecord record = { .kind = kind, .index = index, .arrival_us = g_get_real_time (), .text = (char *) text };
  g_strlcpy (record.word, word, sizeof record.word);
  return bs_journal_append (self, run, &record);
}

BsJournalTicket
bs_journal_append_feed_event (BsJournal *self, BsJournalRun *run, const char *kind, const char *text)
{
  return append_event (self, run, BS_JOURNAL_RECORD_FEED, 0, kind, text);
}

BsJournalTicket
bs_journal_append_alert (BsJournal *self, BsJournalRun *run, guint64 index, const char *kind, const char *text)
{
  return append_event (self, run, BS_JOURNAL_RECORD_ALERT, index, kind, text);
}

BsJournalTicket
bs_journal_end_run (BsJournal *self, BsJournalRun *run)
{
  return append_event (self, run, BS_JOURNAL_RECORD_END, 0, "", NULL);
}

BsJournalFate
bs_journal_wait (BsJournal *self, BsJournalTicket ticket, gint64 timeout_us)
{
  gint64 until = g_get_monotonic_time () + timeout_us;
  BsJournalFate fate = BS_JOURNAL_PENDING;
  g_mutex_lock (&self->mutex);
  for (;;)
    {
      if (ticket <= self->lost_ticket)
        fate = BS_JOURNAL_NOT_KEPT;
      else if (ticket <= self->kept_ticket)
        fate = BS_JOURNAL_KEPT;
      else if (ticket <= self->passed_ticket)
        fate = BS_JOURNAL_NOT_KEPT;
      if (fate != BS_JOURNAL_PENDING || timeout_us <= 0 || !g_cond_wait_until (&self->changed, &self->mutex, until))
        break;
    }
  g_mutex_unlock (&self->mutex);
  return fate;
}

BsJournalSource *
bs_journal_add_source (BsJournal *self, const BsJournalSourceFuncs *funcs, gpointer data)
{
  BsJournalSource *source = g_new0 (BsJournalSource, 1);
  source->journal = bs_journal_ref (self);
  source->funcs = *funcs;
  source->data = data;
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->sources, source);
  g_mutex_unlock (&self->mutex);
  kick (self);
  return source;
}

void
bs_journal_source_kick (BsJournalSource *source)
{
  kick (source->journal);
}

void
bs_journal_remove_source (BsJournalSource *source)
{
  BsJournal *self = source->journal;
  g_mutex_lock (&self->mutex);
  source->removing = TRUE;
  g_mutex_unlock (&self->mutex);
  kick (self);
  g_mutex_lock (&self->mutex);
  while (!source->gone)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
  g_free (source);
  bs_journal_unref (self);
}
