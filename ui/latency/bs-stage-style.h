/* bs-stage-style.h: how a stage is drawn wherever it is drawn: its colour and its dash */
#pragma once

#include "inference/predict/bs-stage.h"
#include "ui/bs-palette.h"

G_BEGIN_DECLS

typedef struct
{
  const GdkRGBA *color; /* owned by the palette */
  float thickness;      /* px */
  guint dash;           /* px, as bs_line_raster_draw() takes it */
} BsStageStyle;

/** The same stage has the same style in every picture; the total is the heaviest. */
BsStageStyle bs_stage_style (BsStage stage, const BsPalette *palette);

/** bs_stage_style_title: the stage's title in the user's language. Static. */
const char *bs_stage_style_title (BsStage stage);

G_END_DECLS
