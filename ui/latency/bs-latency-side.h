/* bs-latency-side.h: the two sides of a comparison: their letters and colours wherever they are drawn */
#pragma once

#include "ui/bs-palette.h"

G_BEGIN_DECLS

typedef enum
{
  BS_LATENCY_A,
  BS_LATENCY_B,
  BS_LATENCY_N_SIDES
} BsLatencySide;

/** "A" or "B", untranslated: they name things, as letters in a figure do. */
static inline const char *
bs_latency_side_letter (BsLatencySide side)
{
  return side == BS_LATENCY_A ? "A" : "B";
}

/** Owned by @palette. Blue and orange: told apart with every common colour blindness. */
static inline const GdkRGBA *
bs_latency_side_color (BsLatencySide side, const BsPalette *palette)
{
  return bs_palette_series (palette, side == BS_LATENCY_A ? 0 : 1);
}

G_END_DECLS
