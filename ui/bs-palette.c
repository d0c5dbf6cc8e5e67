/* bs-palette.c: the colours that the drawing layers use, read from the theme */
#include "ui/bs-palette.h"

#include <adwaita.h>

#include <math.h>

/** Where a role's colour comes from. Named colours in the two schemes; the hex is for a theme that lacks the name. */
typedef struct
{
  const char *light, *dark;
  const char *light_hex, *dark_hex;
  float alpha, high_contrast_alpha;
} Source;

#define FOREGROUND(a, hc)                                                                                              \
  {                                                                                                                    \
    "view_fg_color", "view_fg_color", "#2e2e2e", "#ffffff", a, hc                                                      \
  }

static const Source sources[BS_N_COLORS] = {
  [BS_COLOR_BACKGROUND] = { "view_bg_color", "view_bg_color", "#ffffff", "#1e1e1e", 1, 1 },
  [BS_COLOR_FOREGROUND] = FOREGROUND (1, 1),
  [BS_COLOR_DIM] = FOREGROUND (0.62f, 0.9f),
  [BS_COLOR_GRID] = FOREGROUND (0.08f, 0.25f),
  [BS_COLOR_BORDER] = FOREGROUND (0.18f, 0.6f),
  [BS_COLOR_CROSSHAIR] = FOREGROUND (0.5f, 0.9f),
  [BS_COLOR_LABEL] = FOREGROUND (1, 1),
  [BS_COLOR_ON_LABEL] = { "view_bg_color", "view_bg_color", "#ffffff", "#1e1e1e", 1, 1 },
  [BS_COLOR_UP] = { "green_4", "green_4", "#2ec27e", "#2ec27e", 1, 1 },
  [BS_COLOR_DOWN] = { "red_3", "red_3", "#e01b24", "#e01b24", 1, 1 },
  [BS_COLOR_HOLD] = FOREGROUND (0.5f, 0.8f),
  [BS_COLOR_HURST] = { "purple_3", "purple_2", "#9141ac", "#c061cb", 1, 1 },
  [BS_COLOR_TRENDING] = { "purple_3", "purple_2", "#9141ac", "#c061cb", 0.16f, 0.3f },
  [BS_COLOR_REVERTING] = { "blue_3", "blue_2", "#3584e4", "#62a0ea", 0.16f, 0.3f },
  [BS_COLOR_ATR] = { "yellow_5", "yellow_5", "#e5a50a", "#e5a50a", 1, 1 },
  [BS_COLOR_ATR_BAND] = { "yellow_5", "yellow_5", "#e5a50a", "#e5a50a", 0.12f, 0.2f },
  [BS_COLOR_ATR_BAND_EDGE] = { "yellow_5", "yellow_5", "#e5a50a", "#e5a50a", 0.4f, 1 },
  [BS_COLOR_CONFIDENCE] = { "orange_3", "orange_3", "#ff7800", "#ff7800", 1, 1 },
  [BS_COLOR_THRESHOLD] = FOREGROUND (0.55f, 0.9f),
  [BS_COLOR_ACCENT] = { "accent_color", "accent_color", "#1c71d8", "#78aeed", 1, 1 },
  [BS_COLOR_WARNING] = { "warning_color", "warning_color", "#ae7b03", "#f8e45c", 1, 1 },
  [BS_COLOR_ERROR] = { "error_color", "error_color", "#c01c28", "#ff7b63", 1, 1 },
  [BS_COLOR_SUCCESS] = { "success_color", "success_color", "#26a269", "#8ff0a4", 1, 1 },
  [BS_COLOR_SERIES_0] = { "blue_3", "blue_2", "#3584e4", "#62a0ea", 1, 1 },
  [BS_COLOR_SERIES_1] = { "orange_3", "orange_3", "#ff7800", "#ff7800", 1, 1 },
  [BS_COLOR_SERIES_2] = { "purple_3", "purple_2", "#9141ac", "#c061cb", 1, 1 },
  [BS_COLOR_SERIES_3] = { "green_5", "green_3", "#26a269", "#33d17a", 1, 1 },
  [BS_COLOR_SERIES_4] = { "yellow_5", "yellow_3", "#e5a50a", "#f6d32d", 1, 1 },
  [BS_COLOR_SERIES_5] = { "brown_3", "brown_2", "#986a44", "#b5835a", 1, 1 },
  [BS_COLOR_SERIES_6] = { "red_2", "red_1", "#ed333b", "#f66151", 1, 1 },
  [BS_COLOR_SERIES_7] = { "blue_5", "blue_1", "#1a5fb4", "#99c1f1", 1, 1 },
};

static struct
{
  BsUpDown up_down;
  GdkRGBA custom_up, custom_down;
  GPtrArray *watchers; /* of Watcher */
} state = {
  .custom_up = { 0.18f, 0.76f, 0.49f, 1 },
  .custom_down = { 0.88f, 0.11f, 0.14f, 1 },
};

typedef struct
{
  GtkWidget *widget; /* not owned: leaves the list when it is finalized */
  BsPaletteFunc changed;
} Watcher;

static void
lookup (GtkWidget *widget, const char *name, const char *hex, GdkRGBA *color)
{
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, color))
    gdk_rgba_parse (color, hex);
}

static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *c)
{
  return 0.2126 * linear (c->red) + 0.7152 * linear (c->green) + 0.0722 * linear (c->blue);
}

double
bs_palette_contrast (const GdkRGBA *a, const GdkRGBA *b)
{
  double x = luminance (a), y = luminance (b);

  return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

static void
mix (const GdkRGBA *a, const GdkRGBA *b, float share, GdkRGBA *out)
{
  out->red = a->red + (b->red - a->red) * share;
  out->green = a->green + (b->green - a->green) * share;
  out->blue = a->blue + (b->blue - a->blue) * share;
  out->alpha = 1;
}

/* As little of the foreground in @color as makes it stand out from the background by @contrast. */
static void
make_stand_out (const BsPalette *self, GdkRGBA *color, double contrast)
{
  GdkRGBA pure = *color;

  for (int step = 0; step <= 20; step++)
    {
      mix (&pure, &self->colors[BS_COLOR_FOREGROUND], (float) step / 20, color);
      if (bs_palette_contrast (color, &self->colors[BS_COLOR_BACKGROUND]) >= contrast)
        return;
    }
}

void
bs_palette_readable (const BsPalette *self, BsColorRole role, GdkRGBA *color)
{
  const GdkRGBA *source;

  g_return_if_fail (self != NULL && color != NULL && (guint) role < BS_N_COLORS);

  source = &self->colors[role];
  mix (&self->colors[BS_COLOR_BACKGROUND], source, source->alpha, color);
  make_stand_out (self, color, self->high_contrast ? 7.0 : 4.5);
}

static void
read_up_down (BsPalette *self)
{
  GdkRGBA up = self->colors[BS_COLOR_UP], down = self->colors[BS_COLOR_DOWN];

  switch (state.up_down)
    {
    case BS_UP_DOWN_BLUE_ORANGE:
      gdk_rgba_parse (&up, "#0072B2");
      gdk_rgba_parse (&down, "#E69F00");
      /* The blue is made for paper; on a dark surface it sinks. */
      if (self->dark)
        gdk_rgba_parse (&up, "#3A9AD9");
      break;
    case BS_UP_DOWN_CUSTOM:
      up = state.custom_up;
      down = state.custom_down;
      break;
    case BS_UP_DOWN_GREEN_RED:
    default:
      break;
    }
  if (self->high_contrast)
    {
      make_stand_out (self, &up, 3.0);
      make_stand_out (self, &down, 3.0);
    }
  self->colors[BS_COLOR_UP] = self->colors[BS_COLOR_LONG] = up;
  self->colors[BS_COLOR_DOWN] = self->colors[BS_COLOR_SHORT] = down;
  up.alpha = down.alpha = self->high_contrast ? 0.6f : 0.32f;
  self->colors[BS_COLOR_VOLUME_UP] = up;
  self->colors[BS_COLOR_VOLUME_DOWN] = down;
}

void
bs_palette_read (BsPalette *self, GtkWidget *widget)
{
  AdwStyleManager *manager;

  g_return_if_fail (self != NULL);
  g_return_if_fail (GTK_IS_WIDGET (widget));

  manager = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  self->dark = adw_style_manager_get_dark (manager);
  self->high_contrast = adw_style_manager_get_high_contrast (manager);
  for (guint i = 0; i < BS_N_COLORS; i++)
    {
      const Source *s = &sources[i];
      GdkRGBA *c = &self->colors[i];

      if (s->light == NULL)
        continue; /* derived from the up/down pair below */
      lookup (widget, self->dark ? s->dark : s->light, self->dark ? s->dark_hex : s->light_hex, c);
      /* libadwaita's own foreground is already translucent: what we want of it is its hue. */
      if (c->alpha < 1)
        mix (&self->colors[BS_COLOR_BACKGROUND], c, c->alpha, c);
      c->alpha = self->high_contrast ? s->high_contrast_alpha : s->alpha;
    }
  if (self->high_contrast)
    {
      static const BsColorRole lines[] = { BS_COLOR_HURST, BS_COLOR_ATR, BS_COLOR_CONFIDENCE, BS_COLOR_ATR_BAND_EDGE };

      for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        make_stand_out (self, &self->colors[lines[i]], 3.0);
      for (guint i = 0; i < BS_PALETTE_N_SERIES; i++)
        make_stand_out (self, &self->colors[BS_COLOR_SERIES_0 + i], 3.0);
    }
  read_up_down (self);
}

static void
tell_watchers (void)
{
  g_autoptr (GPtrArray) widgets = NULL;

  if (state.watchers == NULL)
    return;
  /* A watcher may destroy widgets, and so change the list, while it is called. */
  widgets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < state.watchers->len; i++)
    g_ptr_array_add (widgets, g_object_ref (((Watcher *) state.watchers->pdata[i])->widget));
  for (guint i = 0; i < widgets->len; i++)
    for (guint k = 0; k < state.watchers->len; k++)
      {
        Watcher *watcher = state.watchers->pdata[k];

        if (watcher->widget == widgets->pdata[i])
          watcher->changed (watcher->widget);
      }
}

static void
forget_watcher (gpointer data, GObject *where_the_widget_was)
{
  g_ptr_array_remove (state.watchers, data);
}

void
bs_palette_watch (GtkWidget *widget, BsPaletteFunc changed)
{
  AdwStyleManager *manager;
  Watcher *watcher;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (changed != NULL);

  manager = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (changed), widget, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (changed), widget, G_CONNECT_SWAPPED);

  if (state.watchers == NULL)
    state.watchers = g_ptr_array_new_with_free_func (g_free);
  watcher = g_new0 (Watcher, 1);
  watcher->widget = widget;
  watcher->changed = changed;
  g_ptr_array_add (state.watchers, watcher);
  g_object_weak_ref (G_OBJECT (widget), forget_watcher, watcher);
}

void
bs_palette_set_up_down (BsUpDown up_down)
{
  if (state.up_down == up_down)
    return;
  state.up_down = up_down;
  tell_watchers ();
}

BsUpDown
bs_palette_get_up_down (void)
{
  return state.up_down;
}

void
bs_palette_set_custom_up_down (const GdkRGBA *up, const GdkRGBA *down)
{
  g_return_if_fail (up != NULL && down != NULL);

  state.custom_up = *up;
  state.custom_down = *down;
  state.up_down = BS_UP_DOWN_CUSTOM;
  tell_watchers ();
}
