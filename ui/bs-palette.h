/* bs-palette.h: the colours that the drawing layers use, read from the theme */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** What a colour is for. Translucent roles carry their alpha. */
typedef enum
{
  BS_COLOR_BACKGROUND, /* of a view: behind everything drawn */
  BS_COLOR_FOREGROUND, /* values and labels */
  BS_COLOR_DIM,        /* secondary text, axis labels */
  BS_COLOR_GRID,       /* grid lines */
  BS_COLOR_BORDER,     /* hairlines between panes, axis edges, session breaks */
  BS_COLOR_CROSSHAIR,  /* crosshair lines */
  BS_COLOR_LABEL,      /* background of a label that lies on an axis */
  BS_COLOR_ON_LABEL,   /* text on BS_COLOR_LABEL */
  BS_COLOR_UP,         /* rising bars */
  BS_COLOR_DOWN,       /* falling bars */
  BS_COLOR_VOLUME_UP,
  BS_COLOR_VOLUME_DOWN,
  BS_COLOR_LONG,
  BS_COLOR_HOLD,
  BS_COLOR_SHORT,
  BS_COLOR_HURST,
  BS_COLOR_TRENDING,  /* shading: Hurst above 0.5 */
  BS_COLOR_REVERTING, /* shading: Hurst below 0.5 */
  BS_COLOR_ATR,
  BS_COLOR_ATR_BAND,      /* fill */
  BS_COLOR_ATR_BAND_EDGE, /* its hairlines */
  BS_COLOR_CONFIDENCE,
  BS_COLOR_THRESHOLD,
  BS_COLOR_ACCENT, /* what is selected */
  BS_COLOR_WARNING,
  BS_COLOR_ERROR,
  BS_COLOR_SUCCESS,
  BS_COLOR_SERIES_0, /* eight colours to tell lines apart, e.g. the stages: see bs_palette_series() */
  BS_COLOR_SERIES_1,
  BS_COLOR_SERIES_2,
  BS_COLOR_SERIES_3,
  BS_COLOR_SERIES_4,
  BS_COLOR_SERIES_5,
  BS_COLOR_SERIES_6,
  BS_COLOR_SERIES_7,
  BS_N_COLORS
} BsColorRole;

#define BS_PALETTE_N_SERIES (BS_COLOR_SERIES_7 - BS_COLOR_SERIES_0 + 1)

/** Which pair says up and down (and long and short). */
typedef enum
{
  BS_UP_DOWN_GREEN_RED,
  BS_UP_DOWN_BLUE_ORANGE, /* told apart with every common colour blindness */
  BS_UP_DOWN_CUSTOM,
} BsUpDown;

/**
 * BsPalette:
 *
 * The colours of one theme, by value: read with bs_palette_read() when the widget is realized and whenever
 * bs_palette_watch() says so, then used for any number of frames.
 */
typedef struct
{
  GdkRGBA colors[BS_N_COLORS];
  gboolean dark;
  gboolean high_contrast;
} BsPalette;

/**
 * bs_palette_read:
 * @self: (out caller-allocates): where to put the colours
 * @widget: whose style the named colours are looked up in
 *
 * Reads every colour from the named colours of libadwaita and the GNOME palette as they are for @widget now (light,
 * dark, high contrast). Cost: about 20 us. Main thread.
 */
void bs_palette_read (BsPalette *self, GtkWidget *widget);

/** The colour of @role; owned by @self. */
static inline const GdkRGBA *
bs_palette_get (const BsPalette *self, BsColorRole role)
{
  return &self->colors[role];
}

/** The colour of line @i, the eight repeating. */
static inline const GdkRGBA *
bs_palette_series (const BsPalette *self, guint i)
{
  return &self->colors[BS_COLOR_SERIES_0 + i % BS_PALETTE_N_SERIES];
}

/**
 * bs_palette_readable:
 * @self: a palette
 * @role: a colour that text is to have
 * @color: (out caller-allocates): the colour
 *
 * The colour of @role made dark or light enough for text on the background: a contrast of 4.5:1, in high contrast 7:1
 * (WCAG 2.1, 1.4.3 and 1.4.6), by mixing in as little of the foreground as that takes. Always opaque.
 */
void bs_palette_readable (const BsPalette *self, BsColorRole role, GdkRGBA *color);

/** Contrast of two opaque colours, 1..21 (WCAG 2.1, relative luminance). */
double bs_palette_contrast (const GdkRGBA *a, const GdkRGBA *b);

/** Makes @role the source of @cr. */
static inline void
bs_palette_set_source (const BsPalette *self, BsColorRole role, cairo_t *cr)
{
  gdk_cairo_set_source_rgba (cr, &self->colors[role]);
}

/** Called when the colours of @widget have changed: read them again and redraw. */
typedef void (*BsPaletteFunc) (GtkWidget *widget);

/**
 * bs_palette_watch:
 * @widget: a widget that draws with a palette
 * @changed: called on every change of theme, contrast or up/down pair, for as long as @widget lives
 */
void bs_palette_watch (GtkWidget *widget, BsPaletteFunc changed);

/** Chooses the up/down pair of all palettes; watchers are called. Main thread. */
void bs_palette_set_up_down (BsUpDown up_down);
BsUpDown bs_palette_get_up_down (void);
/** Chooses a pair of one's own, %BS_UP_DOWN_CUSTOM. Main thread. */
void bs_palette_set_custom_up_down (const GdkRGBA *up, const GdkRGBA *down);

G_END_DECLS
