#include "app/bs-journal-deletion.h"

#include <glib/gi18n.h>

#include "app/journal/bs-journal-upkeep.h"
#include "ui/bs-number.h"

/* How long it can be undone. */
#define TOAST_SEC 10

struct _BsJournalDeletion
{
  gatomicrefcount references;
  char *path;
  BsJournalDeletionFunc func; /* (nullable): nobody is there any more */
  gpointer data;
  GPtrArray *pending; /* of Pending: whose toast is there */
};

/* What one toast is about. */
typedef struct
{
  BsJournalDeletion *owner; /* (owned) */
  GArray *rows;             /* of BsJournalListed */
  gboolean undone;
} Pending;

typedef enum
{
  HIDE,
  SHOW,
  DELETE,
} Step;

/* One step on a thread, after those before it. */
typedef struct
{
  BsJournalDeletion *owner;
  GArray *rows;
  Step step;
  GApplication *application; /* (nullable): held until then */
} Work;

static void
deletion_unref (BsJournalDeletion *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->pending);
  g_free (self->path);
  g_free (self);
}

static void
work_free (gpointer data)
{
  Work *work = data;
  deletion_unref (work->owner);
  g_array_unref (work->rows);
  g_free (work);
}

static void
work_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  const BsJournalListed *rows = (const BsJournalListed *) (void *) work->rows->data;
  gboolean good = work->step == DELETE ? bs_journal_delete_listed (work->owner->path, rows, work->rows->len, &error)
                                       : bs_journal_hide (work->owner->path, rows, work->rows->len, work->step == HIDE, &error);
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_worked (GObject *object, GAsyncResult *result, gpointer data)
{
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_task_propagate_boolean (G_TASK (result), &error);
  if (work->owner->func != NULL)
    work->owner->func (work->owner, error != NULL ? error->message : NULL, work->owner->data);
  else if (error != NULL)
    g_message ("sessions were not deleted: %s", error->message);
  if (work->application != NULL)
    g_application_release (work->application);
}

static void
start (BsJournalDeletion *self, GArray *rows, Step step)
{
  Work *work = g_new0 (Work, 1);
  g_atomic_ref_count_inc (&self->references);
  work->owner = self;
  work->rows = g_array_ref (rows);
  work->step = step;
  work->application = g_application_get_default ();
  if (work->application != NULL)
    g_application_hold (work->application);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_worked, NULL);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, work_in_thread);
}

static void
on_undo (AdwToast *toast, Pending *pending)
{
  pending->undone = TRUE;
  start (pending->owner, pending->rows, SHOW);
}

static void
on_dismissed (AdwToast *toast, Pending *pending)
{
  /* Where the page has gone before, it is deleted already. */
  if (g_ptr_array_remove_fast (pending->owner->pending, pending) && !pending->undone)
    start (pending->owner, pending->rows, DELETE);
}

static void
pending_free (gpointer data, GClosure *closure)
{
  Pending *pending = data;
  g_ptr_array_remove_fast (pending->owner->pending, pending);
  deletion_unref (pending->owner);
  g_array_unref (pending->rows);
  g_free (pending);
}

BsJournalDeletion *
bs_journal_deletion_new (const char *journal_path, BsJournalDeletionFunc func, gpointer data)
{
  BsJournalDeletion *self = g_new0 (BsJournalDeletion, 1);
  g_atomic_ref_count_init (&self->references);
  self->path = g_strdup (journal_path);
  self->func = func;
  self->data = data;
  self->pending = g_ptr_array_new ();
  return self;
}

void
bs_journal_deletion_free (BsJournalDeletion *self)
{
  if (self == NULL)
    return;
  self->func = NULL;
  for (guint i = 0; i < self->pending->len; i++)
    {
      const Pending *pending = g_ptr_array_index (self->pending, i);
      if (!pending->undone)
        start (self, pending->rows, DELETE);
    }
  g_ptr_array_set_size (self->pending, 0);
  deletion_unref (self);
}

AdwToast *
bs_journal_deletion_begin (BsJournalDeletion *self, GPtrArray *rows)
{
  Pending *pending = g_new0 (Pending, 1);
  guint64 n_signals = 0;
  char sessions[BS_NUMBER_LENGTH], number[BS_NUMBER_LENGTH];
  g_atomic_ref_count_inc (&self->references);
  pending->owner = self;
  pending->rows = g_array_new (FALSE, FALSE, sizeof (BsJournalListed));
  for (guint i = 0; i < rows->len; i++)
    {
      const BsJournalRunRow *row = g_ptr_array_index (rows, i);
      BsJournalListed listed = { row->id, row->n_instruments > 1 ? row->watch : 0 };
      g_array_append_val (pending->rows, listed);
      n_signals += row->n_signals;
    }
  g_ptr_array_add (self->pending, pending);
  start (self, pending->rows, HIDE);

  bs_number_format_count (sessions, rows->len);
  bs_number_format_count (number, n_signals);
  g_autofree char *text = g_strdup_printf (
    g_dngettext (NULL, "Deleted %s session with %s signals", "Deleted %s sessions with %s signals", rows->len), sessions, number);
  AdwToast *toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, TOAST_SEC);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (on_undo), pending);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (on_dismissed), pending, pending_free, 0);
  return toast;
}
