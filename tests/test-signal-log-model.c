/* test-signal-log-model.c: bound, order, filters and change signals of the log's list */
#include "ui/panels/bs-signal-log-model.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal-log-model/random", test_random);
  g_test_add_func ("/signal-log-model/bound", test_bound);
  g_test_add_func ("/signal-log-model/truncate", test_truncate);
  g_test_add_func ("/signal-log-model/items", test_items);
  return g_test_run ();
}
