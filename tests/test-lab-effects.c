/* test-lab-effects.c: what the switches say of themselves after an ablation */
#include <string.h>

#include "app/bs-lab-effects.h"

static const BsAblationRow rows[] = {
  { .name = "precision=int8",
    .from = "precision=fp32",
    .base_us = 52.04,
    .us = 23.71,
    .ratio = { .ratio = 0.4556, .low = 0.414, .high = 0.503 },
    .verdict = BS_VERDICT_FASTER,
    .fidelity = { .n = 100, .max = 0.00213 } },
  { .name = "precision=fp16",
    .from = "precision=fp32",
    .forced = "backend=vulkan",
    .base_us = 16700,
    .us = 11800,
    .ratio = { .ratio = 0.7066, .low = 0.6, .high = 1.1 },
    .verdict = BS_VERDICT_WITHIN_NOISE },
  { .name = "prune=on", .from = "prune=off", .reason = "the model file has no pruned variant" },
  { .name = "hurst-cache=off, hurst-every=1", .from = "baseline", .base_us = 1, .us = 2 },
};

static void
test_text (void)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (BsAblationRow));
  g_array_append_vals (array, rows, G_N_ELEMENTS (rows));
  g_autofree char *text = bs_lab_effect_text (array, BS_OPTION_PRECISION);
  g_assert_cmpstr (text, ==,
                   "int8: 23.7 µs, not 52.0 µs (×0.41–0.50, faster), confidence ±0.002\n"
                   "fp16: 11.8 ms, not 16.7 ms (×0.60–1.10, within noise), both at backend=vulkan");

  /* Not measured, part of more than one change, not in the plan, and a name that only begins alike: nothing to say. */
  g_assert_null (bs_lab_effect_text (array, BS_OPTION_PRUNE));
  g_assert_null (bs_lab_effect_text (array, BS_OPTION_HURST_CACHE));
  g_assert_null (bs_lab_effect_text (array, BS_OPTION_BATCH));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lab-effects/text", test_text);
  return g_test_run ();
}
