/* test-trainer-statistics.c: an edge that is there is found, and where there is none no model is said to be better
 */
#include "inference/train/bs-trainer.h"
#include "tests/bs-test-walk.h"

#define N_BARS 3000
#define EDGE 1.0 /* standard deviations of a bar's change */
#ifdef __SANITIZE_ADDRESS__ /* where a training takes five times as long, and chance is the same */
#define WALKS 3
#define MAX_FALSE_ALARMS 0
#else
#define WALKS 20
#define MAX_FALSE_ALARMS 2
#endif

static BsTrainResult *
train (guint64 seed, double edge)
{
  g_autoptr (BsBarSeries) bars = bs_test_walk (seed, N_BARS, edge);
  g_autoptr (GError) error = NULL;
  BsTrainOptions options;
  BsTrainResult *result;

  bs_train_options_init (&options);
  options.hidden = 8;
  options.n_layers = 1;
  options.sequence_length = 6;
  options.epochs = 25;
  options.n_threads = 2;
  options.seed = seed;
  result = bs_train (bars, NULL, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("seed %" G_GUINT64_FORMAT ", edge %g: %s", seed, edge, result->verdict);
  return result;
}

static void
test_edge (void)
{
  g_autoptr (BsTrainResult) result = train (1, EDGE);
  const BsScore *score = &result->score;

  g_assert_cmpuint (score->verdict, ==, BS_SCORE_BETTER);
  g_assert_cmpfloat (score->accuracy.low, >, score->baselines[score->best_baseline].value);
  g_assert_cmpfloat (score->advantage.low, >, 0);
}

static void
test_walks (void)
{
  guint false_alarms = 0;

  for (guint seed = 1; seed <= WALKS; seed++)
    {
      g_autoptr (BsTrainResult) result = train (seed, 0);

      false_alarms += result->score.verdict == BS_SCORE_BETTER;
    }
  g_test_message ("no better on %u of %d random walks", WALKS - false_alarms, WALKS);
  g_assert_cmpuint (false_alarms, <=, MAX_FALSE_ALARMS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer-statistics/edge", test_edge);
  g_test_add_func ("/trainer-statistics/walks", test_walks);
  return g_test_run ();
}
