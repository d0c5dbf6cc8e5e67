/* test-stage-style.c: lines that are seen together can be told apart: by colour, width or dash */
#include <string.h>

#include "inference/predict/bs-stage.h"
#include "ui/latency/bs-stage-style.h"

static gboolean
same (const BsStageStyle *a, const BsStageStyle *b)
{
  return gdk_rgba_equal (a->color, b->color) && a->thickness == b->thickness && a->dash == b->dash;
}

/* The stages of one prediction: features one by one or anew, then so many layers or the GPU, then what every one has. */
static gboolean
runs (BsStage stage, gboolean anew, gboolean gpu, guint n_layers)
{
  const char *group = bs_stage_info (stage)->group;
  if (strcmp (group, "features") == 0)
    return (stage == BS_STAGE_FEATURES) == anew;
  if (strcmp (group, "gpu") == 0)
    return gpu;
  if (strcmp (group, "network") == 0)
    return !gpu && (stage >= BS_STAGE_HEAD || (guint) (stage - BS_STAGE_LSTM_0) < n_layers);
  return TRUE;
}

static void
test_together (void)
{
  BsPalette palette = { .dark = FALSE };
  for (guint i = 0; i < BS_N_COLORS; i++)
    palette.colors[i] = (GdkRGBA){ (float) i / BS_N_COLORS, 0, 0, 1 };

  for (guint variant = 0; variant < 4; variant++)
    for (BsStage a = 0; a < BS_N_STAGES; a++)
      for (BsStage b = a + 1; b < BS_N_STAGES; b++)
        {
          gboolean anew = variant & 1, gpu = variant & 2;
          if (!runs (a, anew, gpu, 6) || !runs (b, anew, gpu, 6))
            continue;
          BsStageStyle one = bs_stage_style (a, &palette), other = bs_stage_style (b, &palette);
          if (same (&one, &other))
            g_error ("%s and %s are drawn alike", bs_stage_info (a)->name, bs_stage_info (b)->name);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage-style/together", test_together);
  return g_test_run ();
}
