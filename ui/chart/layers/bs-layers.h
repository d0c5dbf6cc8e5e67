/*
 * bs-layers.h: what the chart is painted with
 *
 * A layer gets arrays that are already mapped to device pixels (the context is scaled so that a unit is one) and colours;
 * it knows nothing of bars, features or widgets. One path and one fill for a colour. NAN where there is nothing to draw.
 */
#pragma once

#include <cairo.h>
#include <gdk/gdk.h>

G_BEGIN_DECLS

/** Marks of bs_layer_markers(), told apart by shape and not only by colour. */
typedef enum
{
  BS_MARK_NONE,
  BS_MARK_UP,        /* triangle that points up, its tip at the point */
  BS_MARK_DOWN,      /* triangle that points down, its tip at the point */
  BS_MARK_HOLLOW_UP, /* outlines of the same */
  BS_MARK_HOLLOW_DOWN,
  BS_MARK_DOT,
  BS_N_MARKS
} BsMark;

/** One opaque colour from @left on, whatever was there before; where the target is an image, on all that may be painted. */
void bs_layer_background (cairo_t *cr, int left, int width, int height, const GdkRGBA *color);

/**
 * bs_layer_grid:
 * @x, @y: pixels of the lines, vertical and horizontal, across the rectangle 0, 0, @width, @height; @x ascending
 * @line_width: a whole number of pixels
 */
void bs_layer_grid (cairo_t *cr, const int *x, guint n_x, const int *y, guint n_y, int width, int height,
                    int line_width, const GdkRGBA *color);
/** Dashed vertical lines, e.g. session breaks. */
void bs_layer_breaks (cairo_t *cr, const int *x, guint n, int height, int line_width, const GdkRGBA *color);
/** A dashed horizontal line from @left to @right, e.g. a threshold; @phase: pixels of the pattern that are before 0. */
void bs_layer_level (cairo_t *cr, int y, int left, int right, gint64 phase, int line_width, const GdkRGBA *color);

/**
 * bs_layer_candles:
 * @n: candles
 * @x: left pixel of each wick
 * @open, @high, @low, @close: pixels, growing downwards
 * @rising: which of the two colours
 * @wick_width, @body_width: pixels, both odd or both even; with equal ones only low..high is drawn
 */
void bs_layer_candles (cairo_t *cr, guint n, const int *x, const int *open, const int *high, const int *low,
                       const int *close, const guint8 *rising, int wick_width, int body_width, const GdkRGBA *up,
                       const GdkRGBA *down);

/**
 * bs_layer_bars:
 *
 * The same as OHLC bars: a line of @line_width from high to low, the open @tick_width to the left of it, the close to the right;
 * without the two where @tick_width is 0.
 */
void bs_layer_bars (cairo_t *cr, guint n, const int *x, const int *open, const int *high, const int *low,
                    const int *close, const guint8 *rising, int line_width, int tick_width, const GdkRGBA *up,
                    const GdkRGBA *down);

/**
 * bs_layer_columns:
 * @x: left pixel of each column
 * @top: pixels; columns stand on @bottom; NAN for none
 * @color_of: which of @colors [n_colors]
 */
void bs_layer_columns (cairo_t *cr, guint n, const int *x, const double *top, const guint8 *color_of, int width,
                       int bottom, const GdkRGBA *colors, guint n_colors);

/** Fills between @top and @bottom along @x, in pieces where NAN parts them; @edge may be %NULL. */
void bs_layer_band (cairo_t *cr, guint n, const double *x, const double *top, const double *bottom, int line_width,
                    const GdkRGBA *fill, const GdkRGBA *edge);

/**
 * bs_layer_band_columns:
 *
 * What a band becomes where each pixel column holds many points: column i, one pixel wide at @x, from @top to @bottom; NAN for
 * none.
 */
void bs_layer_band_columns (cairo_t *cr, guint n, const int *x, const double *top, const double *bottom, int line_width,
                            const GdkRGBA *fill, const GdkRGBA *edge);

/** A line through (@x, @y), broken where @y is NAN; a value between two NANs is a dot. */
void bs_layer_line (cairo_t *cr, guint n, const double *x, const double *y, double line_width, const GdkRGBA *color);

/**
 * bs_layer_envelope:
 *
 * What a line becomes where each pixel column holds many points: column i, one pixel wide at @x, is filled from @top to
 * @bottom and joined to the column before it.
 */
void bs_layer_envelope (cairo_t *cr, guint n, const int *x, const double *top, const double *bottom, double line_width,
                        const GdkRGBA *color);

/** Shades between the line and @baseline: @above where it runs above (smaller y), @below where below. */
void bs_layer_shading (cairo_t *cr, guint n, const double *x, const double *y, double baseline, const GdkRGBA *above,
                       const GdkRGBA *below);

/** What shading becomes where each pixel column holds many points: @y is their middle. */
void bs_layer_shading_columns (cairo_t *cr, guint n, const int *x, const double *y, double baseline,
                               const GdkRGBA *above, const GdkRGBA *below);

/**
 * bs_layer_markers:
 * @marks: a BsMark each
 * @color_of: which of @colors [n_colors]
 * @size: width of a mark, pixels
 */
void bs_layer_markers (cairo_t *cr, guint n, const int *x, const double *y, const guint8 *marks, const guint8 *color_of,
                       double size, const GdkRGBA *colors, guint n_colors);

/** Dashed lines through @x and @y across the rectangle; < 0 leaves one out. */
void bs_layer_crosshair (cairo_t *cr, int x, int y, int width, int height, int line_width, const GdkRGBA *color);

G_END_DECLS
