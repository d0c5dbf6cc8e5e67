/* test-statistics.c: medians, outliers, intervals and verdicts, on made-up distributions */
#include <math.h>
#include <string.h>

#include "app/feeds/bs-random.h"
#include "app/lab/bs-statistics.h"

#define TRIALS 200
#define MAX_ROUNDS 20

/* A made-up machine: times of one round of two arms. */
typedef struct
{
  const char *name;
  double noise;      /* standard deviation of a round, as a part of it */
  double spell;      /* probability that a round falls into a slow spell, which hits both arms ... */
  double spell_cost; /* ... and costs this part more */
  double spike;      /* probability that one arm's round is interrupted ... */
  double spike_cost; /* ... and takes this part longer */
} Machine;

static const Machine machines[] = {
  { "quiet", 0.01, 0, 0, 0, 0 },      { "noisy", 0.03, 0, 0, 0, 0 },      { "very noisy", 0.10, 0, 0, 0, 0 },
  { "spells", 0.01, 0.4, 0.5, 0, 0 }, { "spikes", 0.01, 0, 0, 0.1, 3.0 }, { "two speeds", 0.01, 0, 0, 0.5, 0.5 },
};

static double
draw (const Machine *machine, BsRandom *random, double spell)
{
  double value = (1 + machine->noise * bs_random_normal (random)) * spell;
  if (bs_random_uniform (random) < machine->spike)
    value *= 1 + machine->spike_cost;
  return 100 * MAX (value, 0.01);
}

/* Trials of TRIALS in which @verdict is given where the second arm takes @factor times as long. */
static guint
count_verdicts (const Machine *machine, guint rounds, double factor, BsVerdict verdict)
{
  BsRandom random;
  guint n = 0;

  bs_random_init (&random, 4711 + rounds);
  for (guint trial = 0; trial < TRIALS; trial++)
    {
      double base[MAX_ROUNDS], other[MAX_ROUNDS];
      BsRatio ratio;

      for (guint i = 0; i < rounds; i++)
        {
          double spell = bs_random_uniform (&random) < machine->spell ? 1 + machine->spell_cost : 1;
          base[i] = draw (machine, &random, spell);
          other[i] = factor * draw (machine, &random, spell);
        }
      bs_ratio_bootstrap (base, other, rounds, trial, &ratio);
      g_assert_cmpfloat (ratio.low, <=, ratio.high);
      n += bs_ratio_verdict (&ratio) == verdict;
    }
  return n;
}

/* Two equal distributions are within noise at least 93 times of 100, on whatever machine and with however few rounds. */
static void
test_equal (void)
{
  static const guint rounds[] = { BS_STATISTICS_MIN_ROUNDS, 10, 20 };

  for (guint m = 0; m < G_N_ELEMENTS (machines); m++)
    for (guint r = 0; r < G_N_ELEMENTS (rounds); r++)
      {
        guint n = count_verdicts (&machines[m], rounds[r], 1, BS_VERDICT_WITHIN_NOISE);
        g_test_message ("%s, %u rounds: within noise %u times of %u", machines[m].name, rounds[r], n, TRIALS);
        g_assert_cmpuint (100 * n, >=, 93 * TRIALS);
      }
}

/* A shift of 5 % at 1 % noise is found 99 times of 100, either way; where the machine is slow for rounds on end as well. */
static void
test_shift (void)
{
  static const guint rounds[] = { 10, 20 };

  for (guint r = 0; r < G_N_ELEMENTS (rounds); r++)
    {
      g_assert_cmpuint (100 * count_verdicts (&machines[0], rounds[r], 1.05, BS_VERDICT_SLOWER), >=, 99 * TRIALS);
      g_assert_cmpuint (100 * count_verdicts (&machines[0], rounds[r], 0.95, BS_VERDICT_FASTER), >=, 99 * TRIALS);
    }
  g_assert_cmpuint (100 * count_verdicts (&machines[3], 20, 1.05, BS_VERDICT_SLOWER), >=, 95 * TRIALS);
  g_assert_cmpuint (100 * count_verdicts (&machines[4], 20, 1.05, BS_VERDICT_SLOWER), >=, 95 * TRIALS);
}

/* What is real and too small to matter is within noise: a shift of 1 %. */
static void
test_band (void)
{
  g_assert_cmpuint (100 * count_verdicts (&machines[0], 20, 1.01, BS_VERDICT_WITHIN_NOISE), >=, 99 * TRIALS);
}

/* The interval holds the true ratio about as often as it says. */
static void
test_coverage (void)
{
  BsRandom random;
  guint n = 0;

  bs_random_init (&random, 99);
  for (guint trial = 0; trial < TRIALS; trial++)
    {
      double base[MAX_ROUNDS], other[MAX_ROUNDS];
      BsRatio ratio;

      for (guint i = 0; i < MAX_ROUNDS; i++)
        {
          base[i] = draw (&machines[1], &random, 1);
          other[i] = 2.5 * draw (&machines[1], &random, 1);
        }
      bs_ratio_bootstrap (base, other, MAX_ROUNDS, trial, &ratio);
      n += ratio.low <= 2.5 && 2.5 <= ratio.high;
    }
  g_test_message ("%u of %u intervals hold the true ratio", n, TRIALS);
  g_assert_cmpuint (100 * n, >=, 92 * TRIALS);
  g_assert_cmpuint (100 * n, <, 100 * TRIALS);
}

static void
test_median (void)
{
  static const double odd[] = { 5, 1, 4 }, even[] = { 8, 2, 4, 1 }, one[] = { 7 }, ties[] = { 3, 3, 3, 1, 3, 9 };
  BsRandom random;

  g_assert_cmpfloat (bs_statistics_median (odd, 3), ==, 4);
  g_assert_cmpfloat (bs_statistics_median (even, 4), ==, 3);
  g_assert_cmpfloat (bs_statistics_median (one, 1), ==, 7);
  g_assert_cmpfloat (bs_statistics_median (ties, 6), ==, 3);

  /* As many values below as above, whatever the order. */
  bs_random_init (&random, 1);
  for (guint n = 1; n < 200; n++)
    {
      g_autofree double *values = g_new (double, n);
      guint below = 0, above = 0;
      for (guint i = 0; i < n; i++)
        values[i] = floor (20 * bs_random_uniform (&random));
      double median = bs_statistics_median (values, n);
      for (guint i = 0; i < n; i++)
        {
          below += values[i] < median;
          above += values[i] > median;
        }
      g_assert_cmpuint (below, <=, n / 2);
      g_assert_cmpuint (above, <=, n / 2);
    }
}

static void
test_outliers (void)
{
  const double values[] = { 10, 10.1, 9.9, 10.2, 9.8, 30, 10, 10.05 };
  const double equal[] = { 5, 5, 5, 5, 9 };
  gboolean is_outlier[8];

  g_assert_cmpuint (bs_statistics_outliers (values, 8, is_outlier), ==, 1);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (is_outlier[i], ==, i == 5);
  g_assert_cmpuint (bs_statistics_outliers (equal, 5, is_outlier), ==, 0);
}

static void
test_verdict (void)
{
  const struct
  {
    BsRatio ratio;
    BsVerdict verdict;
  } cases[] = {
    { { 0.5, 0.4, 0.6, 20, 0, 20 }, BS_VERDICT_FASTER },
    { { 2, 1.9, 2.1, 20, 15, 5 }, BS_VERDICT_SLOWER },
    { { 2, 1.9, 2.1, 20, 14, 6 }, BS_VERDICT_WITHIN_NOISE },
    { { 1, 0.99, 1.01, 20, 20, 0 }, BS_VERDICT_WITHIN_NOISE },
    { { 1.5, 0.9, 2.5, 20, 20, 0 }, BS_VERDICT_WITHIN_NOISE },
    { { 1.03, 1.015, 1.05, 20, 20, 0 }, BS_VERDICT_WITHIN_NOISE },
    { { 2, 2, 2, 5, 5, 0 }, BS_VERDICT_TOO_FEW },
    { { 2, 2, 2, 6, 6, 0 }, BS_VERDICT_SLOWER },
    { { 2, 2, 2, 6, 5, 1 }, BS_VERDICT_WITHIN_NOISE },
    { { 2, 1.9, 2.1, 1000, 900, 100 }, BS_VERDICT_SLOWER },
    { { 2, 1.9, 2.1, 1000, 500, 500 }, BS_VERDICT_WITHIN_NOISE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (bs_ratio_verdict (&cases[i].ratio), ==, cases[i].verdict);
  for (int verdict = 0; verdict < BS_N_VERDICTS; verdict++)
    g_assert_cmpint (bs_verdict_by_name (bs_verdict_name (verdict)), ==, verdict);
  g_assert_cmpint (bs_verdict_by_name ("great"), ==, -1);
}

/* The same seed gives the same interval. */
static void
test_seed (void)
{
  const double base[] = { 1, 1.2, 0.9, 1.1, 1.05, 0.97 }, other[] = { 2, 2.1, 1.7, 2.4, 2.2, 1.9 };
  BsRatio a, b, c;

  bs_ratio_bootstrap (base, other, 6, 7, &a);
  bs_ratio_bootstrap (base, other, 6, 7, &b);
  bs_ratio_bootstrap (base, other, 6, 8, &c);
  g_assert_cmpfloat (a.low, ==, b.low);
  g_assert_cmpfloat (a.high, ==, b.high);
  g_assert_cmpfloat (a.ratio, ==, c.ratio);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/statistics/median", test_median);
  g_test_add_func ("/statistics/outliers", test_outliers);
  g_test_add_func ("/statistics/verdict", test_verdict);
  g_test_add_func ("/statistics/seed", test_seed);
  g_test_add_func ("/statistics/equal", test_equal);
  g_test_add_func ("/statistics/shift", test_shift);
  g_test_add_func ("/statistics/band", test_band);
  g_test_add_func ("/statistics/coverage", test_coverage);
  return g_test_run ();
}
