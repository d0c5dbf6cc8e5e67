/* test-signal-log-model.c: bound, order, filters and change signals of the log's list, and copies of it */
#include "ui/panels/bs-signal-log-copy.h"
#include "ui/panels/bs-signal-log-model.h"

#include <time.h>

/* A copy of the list kept only by its items-changed signals, as a view keeps it. */
typedef struct
{
  GArray *indices; /* guint64, row order */
  guint n_signals;
} Mirror;

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, gpointer data)
{
  Mirror *mirror = data;

  mirror->n_signals++;
  g_assert_cmpuint (position + removed, <=, mirror->indices->len);
  g_array_remove_range (mirror->indices, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (BsSignalLogItem) item = g_list_model_get_item (list, position + i);
      g_assert_nonnull (item);
      guint64 index = bs_signal_log_item_entry (item)->index;
      g_array_insert_val (mirror->indices, position + i, index);
    }
  g_assert_cmpuint (mirror->indices->len, ==, g_list_model_get_n_items (list));
}

static BsSignalLogEntry
entry_of (guint64 index, BsClass klass)
{
  return (BsSignalLogEntry){ .index = index, .klass = klass, .raw_class = klass, .confidence = 0.7, .in_range = TRUE };
}

static void
assert_mirrors (Mirror *mirror, BsSignalLogModel *model)
{
  g_assert_cmpuint (mirror->indices->len, ==, g_list_model_get_n_items (G_LIST_MODEL (model)));
  for (guint i = 0; i < mirror->indices->len; i++)
    g_assert_cmpuint (g_array_index (mirror->indices, guint64, i), ==, bs_signal_log_model_peek (model, i)->index);
}

static gboolean
reference_passes (BsSignalLogFilter filter, BsClass klass, gboolean changed)
{
  return filter == BS_SIGNAL_LOG_ALL || (filter == BS_SIGNAL_LOG_TRADES && klass != BS_CLASS_HOLD)
         || (filter == BS_SIGNAL_LOG_CHANGES && changed);
}

/* Random batches, filters and clears against the plainest list there is. */
static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (BsSignalLogModel) model = bs_signal_log_model_new (97);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (BsSignalLogEntry));
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (gboolean));
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint64)), 0 };
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &mirror);

  for (guint round = 0; round < 3000; round++)
    {
      BsSignalLogEntry batch[300];
      guint n = (guint) g_rand_int_range (rand, 0, round % 50 == 0 ? 300 : 12);

      if (g_rand_int_range (rand, 0, 400) == 0)
        {
          bs_signal_log_model_clear (model);
          g_array_set_size (all, 0);
          g_array_set_size (changed, 0);
        }
      if (g_rand_int_range (rand, 0, 20) == 0)
        bs_signal_log_model_set_filter (model, (BsSignalLogFilter) g_rand_int_range (rand, 0, BS_N_SIGNAL_LOG_FILTERS));
      for (guint i = 0; i < n; i++)
        {
          batch[i] = entry_of (g_rand_int (rand), (BsClass) g_rand_int_range (rand, 0, BS_N_CLASSES));
          gboolean differs
            = all->len == 0 || g_array_index (all, BsSignalLogEntry, all->len - 1).klass != batch[i].klass;
          g_array_append_val (all, batch[i]);
          g_array_append_val (changed, differs);
        }
      mirror.n_signals = 0;
      bs_signal_log_model_append (model, batch, n);
      g_assert_cmpuint (mirror.n_signals, <=, 2);
      assert_mirrors (&mirror, model);
      g_assert_cmpuint (bs_signal_log_model_get_n_entries (model), ==, MIN (all->len, 97));

      guint row = 0;
      for (guint i = 0; i < MIN (all->len, 97); i++)
        {
          guint at = all->len - 1 - i;
          const BsSignalLogEntry *entry = &g_array_index (all, BsSignalLogEntry, at);
          if (!reference_passes (bs_signal_log_model_get_filter (model), entry->klass,
                                 g_array_index (changed, gboolean, at)))
            continue;
          g_assert_cmpuint (bs_signal_log_model_peek (model, row++)->index, ==, entry->index);
        }
      g_assert_cmpuint (row, ==, g_list_model_get_n_items (G_LIST_MODEL (model)));
      g_assert_null (bs_signal_log_model_peek (model, row));
      g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), row));
    }
  g_array_unref (mirror.indices);
}

static void
test_bound (void)
{
  g_autoptr (BsSignalLogModel) model = bs_signal_log_model_new (BS_SIGNAL_LOG_MAX);
  g_autofree BsSignalLogEntry *entries = g_new0 (BsSignalLogEntry, 2500);

  for (guint64 i = 0; i < 60; i++)
    {
      for (guint k = 0; k < 2500; k++)
        entries[k] = entry_of (i * 2500 + k, k % 5 == 0 ? BS_CLASS_LONG : BS_CLASS_HOLD);
      bs_signal_log_model_append (model, entries, 2500);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, BS_SIGNAL_LOG_MAX);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 0)->index, ==, 149999);
  g_assert_cmpuint (bs_signal_log_model_peek (model, BS_SIGNAL_LOG_MAX - 1)->index, ==, 50000);
  bs_signal_log_model_set_filter (model, BS_SIGNAL_LOG_TRADES);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, BS_SIGNAL_LOG_MAX / 5);
  bs_signal_log_model_set_filter (model, BS_SIGNAL_LOG_CHANGES);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, BS_SIGNAL_LOG_MAX / 5 * 2);
}

static void
test_truncate (void)
{
  g_autoptr (BsSignalLogModel) model = bs_signal_log_model_new (50);
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint64)), 0 };
  BsSignalLogEntry entries[80];

  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  bs_signal_log_model_set_filter (model, BS_SIGNAL_LOG_TRADES);
  for (guint i = 0; i < 80; i++)
    entries[i] = entry_of (i, i % 2 == 0 ? BS_CLASS_SHORT : BS_CLASS_HOLD);
  bs_signal_log_model_append (model, entries, 80);
  bs_signal_log_model_truncate (model, 61);
  assert_mirrors (&mirror, model);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 0)->index, ==, 60);
  /* What comes again after the seek stands where it stood. */
  bs_signal_log_model_append (model, entries + 61, 19);
  assert_mirrors (&mirror, model);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 0)->index, ==, 78);
  bs_signal_log_model_truncate (model, 0);
  assert_mirrors (&mirror, model);
  g_assert_cmpuint (bs_signal_log_model_get_n_entries (model), ==, 0);
  bs_signal_log_model_append (model, entries, 3);
  assert_mirrors (&mirror, model);
  g_array_unref (mirror.indices);
}

static void
test_items (void)
{
  BsSignalLogModel *model = bs_signal_log_model_new (10);
  BsSignalLogEntry entry = entry_of (42, BS_CLASS_LONG);

  entry.price = 4512.25;
  bs_signal_log_model_append (model, &entry, 1);
  BsSignalLogItem *item = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (model)) == BS_TYPE_SIGNAL_LOG_ITEM);
  /* An item outlives its row. */
  bs_signal_log_model_clear (model);
  g_assert_cmpfloat (bs_signal_log_item_entry (item)->price, ==, 4512.25);
  g_assert_finalize_object (item);
  g_assert_finalize_object (model);
}

/* Until the rows are in the order that was asked for. */
static void
wait_for_order (BsSignalLogModel *model)
{
  gboolean shown_descending, descending;

  while (bs_signal_log_model_get_shown_order (model, &shown_descending)
           != bs_signal_log_model_get_order (model, &descending)
         || shown_descending != descending)
    g_main_context_iteration (NULL, TRUE);
}

static double
reference_key (BsSignalLogOrder order, const BsSignalLogEntry *entry)
{
  switch (order)
    {
    case BS_SIGNAL_LOG_BY_CLASS:
      return entry->klass;
    case BS_SIGNAL_LOG_BY_CONFIDENCE:
      return entry->confidence;
    case BS_SIGNAL_LOG_BY_PRICE:
      return entry->price;
    case BS_SIGNAL_LOG_BY_LATENCY:
      return (double) entry->total_ns;
    default:
      return 0;
    }
}

/* Whether @b may stand below @a. */
static void
assert_in_order (BsSignalLogOrder order, gboolean descending, const BsSignalLogEntry *a, const BsSignalLogEntry *b)
{
  double left = reference_key (order, a), right = reference_key (order, b);

  if (order == BS_SIGNAL_LOG_BY_TIME)
    {
      g_assert_cmpuint (descending ? a->index : b->index, >, descending ? b->index : a->index);
      return;
    }
  if (order == BS_SIGNAL_LOG_BY_LATENCY && (left == 0 || right == 0))
    g_assert_cmpfloat (right, ==, 0); /* not measured: last, both ways */
  else if (left != right)
    g_assert_true ((left < right) != descending);
  if (left == right)
    g_assert_cmpuint (a->index, >, b->index); /* alike: the newer one first */
}

/* Whatever comes, leaves, is filtered or taken back, the rows are in order, are all there, and are found again. */
static void
test_order (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (BsSignalLogModel) model = bs_signal_log_model_new (97);
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint64)), 0 };
  guint64 index = 0;

  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  for (guint round = 0; round < 4000; round++)
    {
      BsSignalLogEntry batch[150];
      guint n = (guint) g_rand_int_range (rand, 0, round % 40 == 0 ? 150 : 9);
      gboolean descending, shown_descending;

      switch (g_rand_int_range (rand, 0, 40))
        {
        case 0:
          bs_signal_log_model_clear (model);
          break;
        case 1:
          index -= MIN (index, (guint64) g_rand_int_range (rand, 0, 30));
          bs_signal_log_model_truncate (model, index);
          break;
        case 2:
        case 3:
          bs_signal_log_model_set_filter (model, (BsSignalLogFilter) g_rand_int_range (rand, 0, BS_N_SIGNAL_LOG_FILTERS));
          break;
        case 4:
        case 5:
        case 6:
          bs_signal_log_model_set_order (model, (BsSignalLogOrder) g_rand_int_range (rand, 0, BS_N_SIGNAL_LOG_ORDERS),
                                         g_rand_boolean (rand));
          break;
        case 7:
          wait_for_order (model);
          break;
        default:
          /* Somewhere between reading, sorting and showing. */
          g_main_context_iteration (NULL, FALSE);
          break;
        }
      for (guint i = 0; i < n; i++)
        {
          batch[i] = entry_of (index++, (BsClass) g_rand_int_range (rand, 0, BS_N_CLASSES));
          batch[i].confidence = g_rand_int_range (rand, 0, 40) / 40.0;
          batch[i].price = g_rand_double_range (rand, 90, 110);
          batch[i].total_ns = g_rand_int_range (rand, 0, 30);
        }
      mirror.n_signals = 0;
      bs_signal_log_model_append (model, batch, n);
      g_assert_cmpuint (mirror.n_signals, <=, 2);
      assert_mirrors (&mirror, model);

      BsSignalLogOrder order = bs_signal_log_model_get_shown_order (model, &shown_descending);
      guint rows = g_list_model_get_n_items (G_LIST_MODEL (model)), held = bs_signal_log_model_get_n_entries (model);
      g_assert_cmpuint (rows, <=, held);
      if (bs_signal_log_model_get_filter (model) == BS_SIGNAL_LOG_ALL)
        g_assert_cmpuint (rows, ==, held);
      for (guint i = 0; i < rows; i++)
        {
          guint64 number = bs_signal_log_model_number (model, i);
          const BsSignalLogEntry *entry = bs_signal_log_model_peek (model, i);
          guint found = G_MAXUINT;
          g_assert_true (bs_signal_log_model_find_number (model, number, &found));
          g_assert_cmpuint (found, ==, i);
          g_assert_true (bs_signal_log_model_entry (model, number) == entry);
          if (bs_signal_log_model_get_filter (model) == BS_SIGNAL_LOG_TRADES)
            g_assert_cmpint (entry->klass, !=, BS_CLASS_HOLD);
          if (i > 0)
            assert_in_order (order, shown_descending, bs_signal_log_model_peek (model, i - 1), entry);
        }
      bs_signal_log_model_get_order (model, &descending);
    }
  wait_for_order (model);
  g_array_unref (mirror.indices);
}

/* Of this thread, us: others may be using the machine. */
static gint64
cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* A full log: another order is there soon, and what comes then finds its place; how long the main thread is held, for the
 * record. */
static void
test_order_full (void)
{
  g_autoptr (BsSignalLogModel) model = bs_signal_log_model_new (BS_SIGNAL_LOG_MAX);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autofree BsSignalLogEntry *entries = g_new0 (BsSignalLogEntry, BS_SIGNAL_LOG_MAX);
  gint64 longest = 0, append = 0;
  gboolean descending;

  for (guint i = 0; i < BS_SIGNAL_LOG_MAX; i++)
    {
      entries[i] = entry_of (i, (BsClass) g_rand_int_range (rand, 0, BS_N_CLASSES));
      entries[i].confidence = g_rand_double (rand);
    }
  bs_signal_log_model_append (model, entries, BS_SIGNAL_LOG_MAX);
  bs_signal_log_model_set_order (model, BS_SIGNAL_LOG_BY_CONFIDENCE, TRUE);
  while (bs_signal_log_model_get_shown_order (model, &descending) != BS_SIGNAL_LOG_BY_CONFIDENCE)
    {
      gint64 begin = cpu_us ();
      if (g_main_context_iteration (NULL, FALSE))
        longest = MAX (longest, cpu_us () - begin);
      else
        g_usleep (100);
    }
  for (guint round = 0; round < 20; round++)
    {
      for (guint i = 0; i < 100; i++)
        {
          entries[i] = entry_of (BS_SIGNAL_LOG_MAX + round * 100 + i, BS_CLASS_LONG);
          entries[i].confidence = g_rand_double (rand);
        }
      gint64 begin = cpu_us ();
      bs_signal_log_model_append (model, entries, 100);
      append = MAX (append, cpu_us () - begin);
    }
  g_test_message ("100,000 rows put in order: %" G_GINT64_FORMAT " us at once at most; 100 more: %" G_GINT64_FORMAT " us",
                  longest, append);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, BS_SIGNAL_LOG_MAX);
  for (guint i = 0; i < BS_SIGNAL_LOG_MAX; i++)
    {
      const BsSignalLogEntry *entry = bs_signal_log_model_peek (model, i);
      g_assert_cmpuint (entry->index, >=, 2000);
      if (i > 0)
        assert_in_order (BS_SIGNAL_LOG_BY_CONFIDENCE, TRUE, bs_signal_log_model_peek (model, i - 1), entry);
    }
}

static void
keep_copy (GObject *source, GAsyncResult *result, gpointer data)
{
  BsSignalLogCopy **copy = data;

  *copy = bs_signal_log_copy_finish (result);
}

/* A copy is of the rows of its beginning, whatever happens until it is done: more come and the oldest leave, the order
 * changes, all are taken back. */
static void
test_copy (void)
{
  for (guint kind = 0; kind < 4; kind++)
    {
      BsSignalLogModel *model = bs_signal_log_model_new (20000);
      g_autofree BsSignalLogEntry *entries = g_new0 (BsSignalLogEntry, 20000);
      g_autoptr (BsSignalLogCopy) copy = NULL;

      for (guint i = 0; i < 20000; i++)
        {
          entries[i] = entry_of (i, i % 2 == 0 ? BS_CLASS_LONG : BS_CLASS_HOLD);
          entries[i].price = (i * 7919) % 1000;
        }
      bs_signal_log_model_append (model, entries, 20000);
      bs_signal_log_model_set_filter (model, BS_SIGNAL_LOG_TRADES);
      bs_signal_log_model_set_order (model, BS_SIGNAL_LOG_BY_PRICE, FALSE);
      wait_for_order (model);
      g_autofree guint64 *expected = g_new (guint64, 10000);
      for (guint i = 0; i < 10000; i++)
        expected[i] = bs_signal_log_model_peek (model, i)->index;
      bs_signal_log_copy_async (model, keep_copy, &copy);
      if (kind == 1)
        bs_signal_log_model_clear (model);
      if (kind == 2)
        bs_signal_log_model_truncate (model, 100);
      for (guint round = 0; copy == NULL; round++)
        {
          g_main_context_iteration (NULL, FALSE);
          if (kind == 3 && round < 4)
            {
              BsSignalLogEntry more[1000];
              for (guint i = 0; i < 1000; i++)
                more[i] = entry_of (100000 + round * 1000 + i, BS_CLASS_SHORT);
              bs_signal_log_model_append (model, more, 1000);
              bs_signal_log_model_set_order (model, BS_SIGNAL_LOG_BY_TIME, round % 2 == 0);
            }
        }
      g_assert_cmpuint (copy->n, ==, 10000);
      for (guint i = 0; i < 10000; i++)
        {
          g_assert_cmpuint (bs_signal_log_copy_row (copy, i)->index, ==, expected[i]);
          g_assert_cmpfloat (bs_signal_log_copy_row (copy, i)->price, ==, (double) (expected[i] * 7919 % 1000));
        }
      /* A thread that sorts in vain holds on to it until it is done. */
      while (g_atomic_int_get (&G_OBJECT (model)->ref_count) > 1)
        if (!g_main_context_iteration (NULL, FALSE))
          g_usleep (100);
      g_assert_finalize_object (model);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal-log-model/random", test_random);
  g_test_add_func ("/signal-log-model/bound", test_bound);
  g_test_add_func ("/signal-log-model/truncate", test_truncate);
  g_test_add_func ("/signal-log-model/items", test_items);
  g_test_add_func ("/signal-log-model/order", test_order);
  g_test_add_func ("/signal-log-model/order-full", test_order_full);
  g_test_add_func ("/signal-log-model/copy", test_copy);
  return g_test_run ();
}
