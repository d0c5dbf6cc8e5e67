/*
 * bs-raster.h: fills that run from left to right, straight into the pixels of an image
 *
 * What a chart paints most are columns, and lines and areas that only ever go right. For those the exact coverage of a pixel
 * has a closed form, and filling costs as much as the pixels do; cairo's general tessellator takes twenty times that for a
 * noisy line. Where the target is no image (an SVG, a PDF), bs_raster_begin() says so and the layer draws with cairo.
 */
#pragma once

#include <cairo.h>
#include <gdk/gdk.h>

G_BEGIN_DECLS

/** Pixels side by side that are filled together: a line of the cache, and so many lanes. */
#define BS_RASTER_BLOCK_PX 16

/** Fills of whole pixels that wait for their neighbours: one for each column of a block. */
typedef struct
{
  int left; /* of the block, pixels of the image; < 0 for none */
  guint n;  /* columns that wait */
  gint32 first[BS_RASTER_BLOCK_PX], end[BS_RASTER_BLOCK_PX]; /* rows of the image: first <= row < end */
  guint32 color[BS_RASTER_BLOCK_PX];                         /* premultiplied */
} BsRasterBlock;

/** An image that is being painted. */
typedef struct
{
  cairo_surface_t *surface;
  guint8 *data;
  int stride;
  int dx, dy;                   /* of the context's origin, pixels */
  int left, top, right, bottom; /* what may be painted, pixels of the context */
  int block_end;                /* blocks that end after it would leave the image's rows */
  BsRasterBlock block;
} BsRaster;

/** Returns %FALSE where @cr does not paint an ARGB32 or RGB24 image pixel by pixel (it scales, or is something else). */
gboolean bs_raster_begin (BsRaster *self, cairo_t *cr);
/** Fills what still waits; the image may be read. */
void bs_raster_end (BsRaster *self);

/** All that may be painted, whatever it was before. */
void bs_raster_fill (BsRaster *self, const GdkRGBA *color);

/** A column of @width whole pixels from @top to @bottom, the ends softened where they are not whole. */
void bs_raster_column (BsRaster *self, int x, int width, double top, double bottom, const GdkRGBA *color);

/** A few whole pixels: for what is wider than high, or small. */
void bs_raster_box (BsRaster *self, int x, int y, int width, int height, const GdkRGBA *color);

/**
 * bs_raster_stamp:
 * @coverage: [height][width]: how much of each pixel is covered, of 255
 *
 * Lays @color on where a stamp covers it, its top left at @x, @y.
 */
void bs_raster_stamp (BsRaster *self, int x, int y, int width, int height, const guint8 *coverage, const GdkRGBA *color);

/** A line through points with ascending @x, broken where @y is NAN. */
void bs_raster_line (BsRaster *self, guint n, const double *x, const double *y, double line_width,
                     const GdkRGBA *color);

/** The area between @top and @bottom (top <= bottom) over ascending @x, in pieces where NAN parts them. */
void bs_raster_area (BsRaster *self, guint n, const double *x, const double *top, const double *bottom,
                     const GdkRGBA *color);

G_END_DECLS
