#include "app/bs-journal-run-model.h"

/* Runs read at a time. */
#define PAGE 100

struct _BsJournalRunItem
{
  GObject parent_instance;
  BsJournalRunRow *row;
  gboolean wanted; /* it is being read */
};

struct _BsJournalRunModel
{
  GObject parent_instance;
  char *path;
  BsJournalRunFilter filter;
  GPtrArray *items;  /* (element-type BsJournalRunItem) (nullable elements): %NULL: nobody has asked for it */
  guint generation;  /* of @items' places: an answer for an older one is thrown away */
  gboolean refreshing, again;
  char *problem;
};

enum
{
  CHANGED,
  REFRESHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BsJournalRunItem, bs_journal_run_item, G_TYPE_OBJECT)

static void
bs_journal_run_item_finalize (GObject *object)
{
  g_clear_pointer (&BS_JOURNAL_RUN_ITEM (object)->row, bs_journal_run_row_free);
  G_OBJECT_CLASS (bs_journal_run_item_parent_class)->finalize (object);
}

static void
bs_journal_run_item_class_init (BsJournalRunItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_journal_run_item_finalize;
  signals[CHANGED] = g_signal_new ("changed", BS_TYPE_JOURNAL_RUN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
bs_journal_run_item_init (BsJournalRunItem *self)
{
}

const BsJournalRunRow *
bs_journal_run_item_row (BsJournalRunItem *self)
{
  g_return_val_if_fail (BS_IS_JOURNAL_RUN_ITEM (self), NULL);
  return self->row;
}

static void list_model_init (GListModelInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (BsJournalRunModel, bs_journal_run_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* What a thread is to read, and what came of it. */
typedef struct
{
  char *path;
  BsJournalRunFilter filter;
  guint generation;
  gboolean count; /* a refresh */
  guint64 n;
  GPtrArray *rows;
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;
  g_free (query->path);
  g_clear_pointer (&query->rows, g_ptr_array_unref);
  g_free (query);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Query *query = data;
  g_autoptr (GError) error = NULL;
  /* Before the first session there is no journal: that is no problem. */
  if (!g_file_test (query->path, G_FILE_TEST_EXISTS))
    {
      query->rows = g_ptr_array_new ();
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (query->path, &error);
  if (reader != NULL && (!query->count || bs_journal_reader_count_runs (reader, &query->filter, &query->n, &error)))
    query->rows = bs_journal_reader_list_runs (reader, &query->filter, &error);
  if (query->rows != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
start (BsJournalRunModel *self, guint64 offset, gboolean count, GAsyncReadyCallback done)
{
  Query *query = g_new0 (Query, 1);
  query->path = g_strdup (self->path);
  query->filter = self->filter;
  query->filter.offset = offset;
  query->filter.limit = PAGE;
  query->generation = self->generation;
  query->count = count;
  g_autoptr (GTask) task = g_task_new (self, NULL, done, NULL);
  g_task_set_task_data (task, query, query_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* Gives item @position the row, whose owner it becomes. */
static void
set_row (BsJournalRunModel *self, guint position, BsJournalRunRow *row)
{
  BsJournalRunItem *item = position < self->items->len ? g_ptr_array_index (self->items, position) : NULL;
  if (item == NULL)
    {
      bs_journal_run_row_free (row);
      return;
    }
  g_clear_pointer (&item->row, bs_journal_run_row_free);
  item->row = row;
  item->wanted = FALSE;
  g_signal_emit (item, signals[CHANGED], 0);
}

static void
set_rows (BsJournalRunModel *self, guint64 offset, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    set_row (self, (guint) offset + i, bs_journal_run_row_copy (g_ptr_array_index (rows, i)));
}

static void
on_page (GObject *object, GAsyncResult *result, gpointer data)
{
  BsJournalRunModel *self = BS_JOURNAL_RUN_MODEL (object);
  Query *query = g_task_get_task_data (G_TASK (result));
  if (g_task_propagate_boolean (G_TASK (result), NULL) && query->generation == self->generation)
    set_rows (self, query->filter.offset, query->rows);
}

/* How many of @rows come before the item that is the first now; -1 where the lists are not the same but for those. */
static int
count_new (BsJournalRunModel *self, const Query *query)
{
  BsJournalRunItem *first = self->items->len > 0 ? g_ptr_array_index (self->items, 0) : NULL;
  if (first == NULL || first->row == NULL)
    return -1;
  for (guint i = 0; i < query->rows->len; i++)
    if (((BsJournalRunRow *) g_ptr_array_index (query->rows, i))->id == first->row->id)
      return query->n == self->items->len + i ? (int) i : -1;
  return -1;
}

static void
on_refreshed (GObject *object, GAsyncResult *result, gpointer data)
{
  BsJournalRunModel *self = BS_JOURNAL_RUN_MODEL (object);
  Query *query = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  self->refreshing = FALSE;
  g_clear_pointer (&self->problem, g_free);
  if (!good)
    self->problem = g_strdup (error->message);
  if (self->again)
    {
      self->again = FALSE;
      bs_journal_run_model_refresh (self);
      return;
    }
  if (good && query->generation == self->generation)
    {
      int n_new = count_new (self, query);
      guint n = self->items->len;
      if (n_new > 0)
        {
          self->generation++;
          for (int i = 0; i < n_new; i++)
            g_ptr_array_insert (self->items, 0, NULL);
          g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, (guint) n_new);
        }
      else if (n_new < 0)
        {
          self->generation++;
          g_ptr_array_set_size (self->items, 0);
          g_ptr_array_set_size (self->items, (int) MIN (query->n, G_MAXINT));
          g_list_model_items_changed (G_LIST_MODEL (self), 0, n, self->items->len);
        }
      set_rows (self, 0, query->rows);
    }
  g_signal_emit (self, signals[REFRESHED], 0);
}

void
bs_journal_run_model_refresh (BsJournalRunModel *self)
{
  g_return_if_fail (BS_IS_JOURNAL_RUN_MODEL (self));
  if (self->refreshing)
    {
      self->again = TRUE;
      return;
    }
  self->refreshing = TRUE;
  start (self, 0, TRUE, on_refreshed);
}

void
bs_journal_run_model_set_filter (BsJournalRunModel *self, const BsJournalRunFilter *filter)
{
  g_return_if_fail (BS_IS_JOURNAL_RUN_MODEL (self));
  guint n = self->items->len;
  self->filter = *filter;
  self->generation++;
  g_ptr_array_set_size (self->items, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  bs_journal_run_model_refresh (self);
}

const char *
bs_journal_run_model_problem (BsJournalRunModel *self)
{
  return self->problem;
}

static GType
get_item_type (GListModel *model)
{
  return BS_TYPE_JOURNAL_RUN_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return BS_JOURNAL_RUN_MODEL (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  BsJournalRunModel *self = BS_JOURNAL_RUN_MODEL (model);
  if (position >= self->items->len)
    return NULL;
  BsJournalRunItem *item = g_ptr_array_index (self->items, position);
  if (item == NULL)
    self->items->pdata[position] = item = g_object_new (BS_TYPE_JOURNAL_RUN_ITEM, NULL);
  if (item->row == NULL && !item->wanted)
    {
      /* With all others of its page, so that each is read once. */
      guint begin = position / PAGE * PAGE;
      for (guint i = begin; i < MIN (begin + PAGE, self->items->len); i++)
        {
          if (g_ptr_array_index (self->items, i) == NULL)
            self->items->pdata[i] = g_object_new (BS_TYPE_JOURNAL_RUN_ITEM, NULL);
          ((BsJournalRunItem *) g_ptr_array_index (self->items, i))->wanted = TRUE;
        }
      start (self, begin, FALSE, on_page);
    }
  return g_object_ref (item);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
bs_journal_run_model_finalize (GObject *object)
{
  BsJournalRunModel *self = BS_JOURNAL_RUN_MODEL (object);
  g_ptr_array_unref (self->items);
  g_free (self->path);
  g_free (self->problem);
  G_OBJECT_CLASS (bs_journal_run_model_parent_class)->finalize (object);
}

static void
bs_journal_run_model_class_init (BsJournalRunModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_journal_run_model_finalize;
  signals[REFRESHED] = g_signal_new ("refreshed", BS_TYPE_JOURNAL_RUN_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
}

static void
item_unref (gpointer item)
{
  if (item != NULL)
    g_object_unref (item);
}

static void
bs_journal_run_model_init (BsJournalRunModel *self)
{
  self->items = g_ptr_array_new_with_free_func (item_unref);
  self->filter = (BsJournalRunFilter) BS_JOURNAL_RUN_FILTER_INIT;
}

BsJournalRunModel *
bs_journal_run_model_new (const char *path)
{
  BsJournalRunModel *self = g_object_new (BS_TYPE_JOURNAL_RUN_MODEL, NULL);
  self->path = g_strdup (path);
  return self;
}
