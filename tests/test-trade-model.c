/* test-trade-model.c: trades as a list: every order, growing, few and many */
#include "app/feeds/bs-random.h"
#include "ui/backtest/bs-trade-model.h"

typedef struct
{
  BsBacktest *backtest;
  BsRandom random;
  guint n_told; /* items, by what the list has told */
} World;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, World *world)
{
  g_assert_cmpuint (position + removed, <=, world->n_told);
  world->n_told += added - removed;
  g_assert_cmpuint (world->n_told, ==, g_list_model_get_n_items (model));
}

static void
grow (World *world, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const double price = 100 + bs_random_normal (&world->random);
      const BsBacktestBar bar = { (gint64) bs_backtest_end (world->backtest) * 60, price, price + bs_random_normal (&world->random),
                                  (guint8) (bs_random_next (&world->random) % BS_N_CLASSES), TRUE };

      g_assert_true (bs_backtest_push (world->backtest, &bar, 1, NULL));
    }
}

static double
key_of (BsTradeItem *item, BsTradeColumn column)
{
  const BsBacktestTrade *trade = bs_trade_item_trade (item);
  const double keys[BS_N_TRADE_COLUMNS] = {
    [BS_TRADE_NUMBER] = (double) bs_trade_item_number (item), [BS_TRADE_SIDE] = trade->side,
    [BS_TRADE_ENTRY] = (double) trade->entry,                 [BS_TRADE_ENTRY_PRICE] = trade->entry_price,
    [BS_TRADE_EXIT] = (double) trade->exit,                   [BS_TRADE_EXIT_PRICE] = trade->exit_price,
    [BS_TRADE_BARS] = (double) bs_trade_bars (trade),         [BS_TRADE_COST] = trade->cost,
    [BS_TRADE_NET] = trade->net,
  };

  return keys[column];
}

static void
settle (BsTradeModel *model)
{
  while (bs_trade_model_is_sorting (model))
    g_main_context_iteration (NULL, TRUE);
}

/* All trades are there once, in order. */
static void
check (BsTradeModel *model, World *world, BsTradeColumn column, gboolean descending)
{
  GListModel *list = G_LIST_MODEL (model);
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (world->backtest, &n);
  g_autofree gboolean *seen = g_new0 (gboolean, n + 1);
  double before = 0;

  settle (model);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, n);
  g_assert_cmpuint (world->n_told, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BsTradeItem) item = g_list_model_get_item (list, i);
      const guint64 number = bs_trade_item_number (item);
      const double key = key_of (item, column);

      g_assert_cmpuint (number, >=, 1);
      g_assert_cmpuint (number, <=, n);
      g_assert_false (seen[number]);
      seen[number] = TRUE;
      g_assert_cmpfloat (bs_trade_item_trade (item)->net, ==, trades[number - 1].net);
      if (i > 0 && descending)
        g_assert_cmpfloat (key, <=, before);
      else if (i > 0)
        g_assert_cmpfloat (key, >=, before);
      before = key;
    }
  g_assert_null (g_list_model_get_item (list, (guint) n));
}

/* @few: bars; with many the sorting takes another thread. */
static void
check_all (guint few, guint seed)
{
  const BsBacktestCosts costs = { .percent = 0.1, .point_value = 1 };
  World world = { .backtest = bs_backtest_new (10, 0, &costs) };
  g_autoptr (BsTradeModel) model = bs_trade_model_new ();

  bs_random_init (&world.random, seed);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &world);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  bs_trade_model_set (model, world.backtest);
  check (model, &world, BS_TRADE_NUMBER, TRUE);
  grow (&world, few);
  bs_trade_model_set (model, world.backtest);
  for (BsTradeColumn column = 0; column < BS_N_TRADE_COLUMNS; column++)
    for (int descending = 0; descending < 2; descending++)
      {
        bs_trade_model_sort (model, column, descending);
        check (model, &world, column, descending);
        for (guint i = 0; i < 5; i++)
          {
            grow (&world, i);
            bs_trade_model_set (model, world.backtest);
            check (model, &world, column, descending);
          }
      }
  /* Sorted otherwise while a thread sorts. */
  bs_trade_model_sort (model, BS_TRADE_COST, TRUE);
  bs_trade_model_sort (model, BS_TRADE_NET, FALSE);
  check (model, &world, BS_TRADE_NET, FALSE);

  /* Another one, then none. */
  BsBacktest *other = bs_backtest_new (0, 0, &costs), *first = world.backtest;
  world.backtest = other;
  grow (&world, 50);
  bs_trade_model_set (model, other);
  check (model, &world, BS_TRADE_NET, FALSE);
  bs_trade_model_set (model, NULL);
  settle (model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  bs_backtest_unref (first);
  bs_backtest_unref (other);
}

/* The open trade, sorted already, is closed while a thread sorts: its new figures count, too. */
static void
test_closed_while_sorting (void)
{
  const BsBacktestCosts costs = BS_BACKTEST_COSTS_INIT;
  World world = { .backtest = bs_backtest_new (0, 0, &costs) };
  g_autoptr (BsTradeModel) model = bs_trade_model_new ();
  BsBacktestBar bar;
  gsize n, n_before;

  bs_random_init (&world.random, 3);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &world);
  grow (&world, 20000);
  bar = (BsBacktestBar){ (gint64) bs_backtest_end (world.backtest) * 60, 100, 100, BS_CLASS_LONG, TRUE };
  for (guint i = 0; i < 3; i++, bar.time_us += 60)
    g_assert_true (bs_backtest_push (world.backtest, &bar, 1, NULL));
  bs_backtest_trades (world.backtest, &n_before);
  bs_trade_model_set (model, world.backtest);
  bs_trade_model_sort (model, BS_TRADE_NET, FALSE);
  g_assert_true (bs_trade_model_is_sorting (model));
  /* From the middle to the very end. */
  bar.signal = BS_CLASS_HOLD;
  bar.close = 100000;
  g_assert_true (bs_backtest_push (world.backtest, &bar, 1, NULL));
  bar.time_us += 60;
  bar.open = bar.close;
  g_assert_true (bs_backtest_push (world.backtest, &bar, 1, NULL));
  bs_backtest_trades (world.backtest, &n);
  g_assert_cmpuint (n, ==, n_before);
  bs_trade_model_set (model, world.backtest);
  check (model, &world, BS_TRADE_NET, FALSE);
  bs_backtest_unref (world.backtest);
}

static void
test_few (void)
{
  check_all (100, 1);
}

static void
test_many (void)
{
  check_all (20000, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trade-model/few", test_few);
  g_test_add_func ("/trade-model/many", test_many);
  g_test_add_func ("/trade-model/closed-while-sorting", test_closed_while_sorting);
  return g_test_run ();
}
