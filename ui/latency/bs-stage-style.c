/* bs-stage-style.c: how a stage is drawn */
#include "ui/latency/bs-stage-style.h"

#include <glib/gi18n.h>

#define STAGE_PX 1.25f
#define TOTAL_PX 2.25f
#define DASH_PX 4
#define SHORT_DASH_PX 2
#define LONG_DASH_PX 7

/* Number of the line: eight colours, then the same dashed. The stages of a usual run (features, two layers, head) never
 * share a line; those of a deep network and of the GPU come last, and never together. Features computed anew take the place of
 * the single ones and share a line with the eighth layer alone. */
static const guint8 lines[BS_N_STAGES] = {
  [BS_STAGE_HURST] = 0,       [BS_STAGE_ATR] = 1,         [BS_STAGE_ROLLING] = 2,     [BS_STAGE_FLOW] = 3,
  [BS_STAGE_SECONDARY] = 4,   [BS_STAGE_WINDOW] = 5,      [BS_STAGE_LSTM_0] = 6,      [BS_STAGE_LSTM_0 + 1] = 7,
  [BS_STAGE_LSTM_0 + 2] = 10, [BS_STAGE_LSTM_0 + 3] = 11, [BS_STAGE_LSTM_0 + 4] = 12, [BS_STAGE_LSTM_0 + 5] = 13,
  [BS_STAGE_LSTM_0 + 6] = 14, [BS_STAGE_LSTM_0 + 7] = 15, [BS_STAGE_HEAD] = 8,        [BS_STAGE_SOFTMAX] = 9,
  [BS_STAGE_UPLOAD] = 10,     [BS_STAGE_DISPATCH] = 11,   [BS_STAGE_WAIT] = 12,       [BS_STAGE_DOWNLOAD] = 13,
  [BS_STAGE_GPU] = 14,        [BS_STAGE_FEATURES] = 15,
};

BsStageStyle
bs_stage_style (BsStage stage, const BsPalette *palette)
{
  const GdkRGBA *foreground = bs_palette_get (palette, BS_COLOR_FOREGROUND);

  if (stage == BS_STAGE_TOTAL)
    return (BsStageStyle){ foreground, TOTAL_PX, 0 };
  /* The total and what was waited before it: of one colour, told apart by their dashes. */
  if (stage == BS_STAGE_FROM_ARRIVAL || stage == BS_STAGE_FROM_DUE)
    return (BsStageStyle){ foreground, STAGE_PX, stage == BS_STAGE_FROM_ARRIVAL ? SHORT_DASH_PX : LONG_DASH_PX };
  return (BsStageStyle){ bs_palette_series (palette, lines[stage]), STAGE_PX,
                         lines[stage] < BS_PALETTE_N_SERIES ? 0 : DASH_PX };
}

const char *
bs_stage_style_title (BsStage stage)
{
  return g_dgettext (GETTEXT_PACKAGE, bs_stage_info (stage)->title);
}
