/* bs-signal-tile.c: the class and its confidence as large as its width allows */
#include "ui/panels/bs-signal-tile.h"

#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-class-shape.h"
#include "ui/panels/bs-signal-text.h"

#define PADDING_PX 12
#define RADIUS_PX 12
#define SHAPE_SIZE 0.80 /* of the font size */
#define GAP_SIZE 0.32   /* between shape, word and number, of the font size */
#define LINE_SIZE 1.30  /* height of the line, of the font size */
#define MIN_FONT_PX 22.0
#define HEIGHT_PX 76
#define NATURAL_WIDTH_PX 296
#define NUMBER_SCALE 0.80 /* of the word's size: the word is what is acted on */
#define WEIGHT 800

struct _BsSignalTile
{
  GtkWidget parent_instance;
  BsSignal signal;
  gboolean has_signal, stale;
  double progress;
  char *text;
  BsPalette palette;
  gboolean palette_read;
  double widest; /* px a px of font size that the widest content takes, 0: to be measured */
};

G_DEFINE_FINAL_TYPE (BsSignalTile, bs_signal_tile, GTK_TYPE_WIDGET)

/* The widest word and a number of two digits ("100 %" shrinks a little; else all would be smaller for its sake). */
static double
widest_content (BsSignalTile *self)
{
  if (self->widest > 0)
    return self->widest;

  g_autoptr (PangoLayout) layout = bs_draw_text_layout (GTK_WIDGET (self), 100, WEIGHT);
  char percent[BS_NUMBER_LENGTH];
  int word = 0;
  for (guint c = 0; c < BS_N_CLASSES; c++)
    word = MAX (word, bs_draw_text_width (layout, bs_signal_text_class ((BsClass) c)));
  int number = bs_draw_text_width (layout, bs_number_format_percent (percent, 0.88, 0));
  self->widest = SHAPE_SIZE + 2 * GAP_SIZE + (word + NUMBER_SCALE * number) / 100.0;
  return self->widest;
}

static double
font_size (BsSignalTile *self, int width, int height)
{
  double by_width = (width - 2 * PADDING_PX) / widest_content (self), by_height = (height - PADDING_PX) / LINE_SIZE;

  return MAX (floor (MIN (by_width, by_height)), MIN_FONT_PX);
}

/* Not height-for-width: a height that grows with the width is nothing that GTK's containers know. */
static void
bs_signal_tile_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  BsSignalTile *self = BS_SIGNAL_TILE (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL
               ? (int) ceil (2 * PADDING_PX + widest_content (self) * MIN_FONT_PX)
               : HEIGHT_PX;
  *natural = MAX (*minimum, orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH_PX : HEIGHT_PX);
}

/* Black or white, whichever reads better on @background. */
static GdkRGBA
text_on (const GdkRGBA *background)
{
  static const GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };

  /* A little for white: on a saturated colour it reads better than the formula says. */
  return bs_palette_contrast (&white, background) * 1.25 >= bs_palette_contrast (&black, background) ? white : black;
}

static void
append_shape (GtkSnapshot *snapshot, BsClass klass, double x, double y, double size, const GdkRGBA *color,
              gboolean hollow)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x - 2, (float) y - 2, (float) size + 4, (float) size + 4);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

  bs_class_shape_path (cr, klass, x, y, size);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, 1.5);
  if (hollow)
    cairo_stroke (cr);
  else
    cairo_fill (cr);
  cairo_destroy (cr);
}

/* Draws @text with its middle at @middle; right-aligned at @x where @from_right. */
static void
append_text (BsSignalTile *self, GtkSnapshot *snapshot, const char *text, double size, double room, double x,
             double middle, gboolean from_right, const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = bs_draw_text_layout (GTK_WIDGET (self), size, WEIGHT);
  int width = bs_draw_text_width (layout, text), height;

  if (width > room && room > 0)
    {
      g_object_unref (layout);
      layout = bs_draw_text_layout (GTK_WIDGET (self), size * room / width, WEIGHT);
      width = bs_draw_text_width (layout, text);
    }
  pango_layout_get_pixel_size (layout, NULL, &height);
  bs_draw_text_at (snapshot, layout, from_right ? x - width : x, middle - height / 2.0, color);
}

static void
append_class (BsSignalTile *self, GtkSnapshot *snapshot, int width, int height, const GdkRGBA *color,
              const GdkRGBA *dim)
{
  const BsSignal *signal = &self->signal;
  double size = font_size (self, width, height), middle = height / 2.0, right = width - PADDING_PX;
  double shape = SHAPE_SIZE * size, word_x = PADDING_PX + shape + GAP_SIZE * size;
  char percent[BS_NUMBER_LENGTH];

  append_shape (snapshot, signal->klass, PADDING_PX, middle - shape / 2, shape, color, self->stale);
  append_text (self, snapshot, bs_signal_text_class (signal->klass), size, 0, word_x, middle, FALSE, color);

  bs_number_format_percent (percent, signal->confidence, 0);
  if (!signal->filtered)
    {
      /* Room for "100 %" comes out of the number, never out of the word. */
      append_text (self, snapshot, percent, NUMBER_SCALE * size, 0, right, middle, TRUE, color);
      return;
    }
  /* What would have been said: smaller, hollow, so that it is not taken for a signal. */
  double small = 0.5 * size;
  g_autoptr (PangoLayout) layout = bs_draw_text_layout (GTK_WIDGET (self), small, WEIGHT);
  char widest[BS_NUMBER_LENGTH];
  int room = bs_draw_text_width (layout, bs_number_format_percent (widest, 0.88, 0));
  append_text (self, snapshot, percent, small, 0, right, middle, TRUE, dim);
  append_shape (snapshot, signal->raw_class, right - room - 1.2 * small, middle - 0.4 * small, 0.8 * small, dim, TRUE);
}

static void
bs_signal_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsSignalTile *self = BS_SIGNAL_TILE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GskRoundedRect outline;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }

  gboolean ready = self->has_signal && self->signal.state == BS_SIGNAL_READY;
  gboolean loud = ready && !self->stale && self->signal.klass != BS_CLASS_HOLD;
  GdkRGBA foreground = *bs_palette_get (&self->palette, BS_COLOR_FOREGROUND);
  GdkRGBA dim = *bs_palette_get (&self->palette, BS_COLOR_DIM);
  GdkRGBA fill = foreground;
  fill.alpha = self->stale ? 0.0f : 0.08f;
  if (loud)
    {
      fill = *bs_palette_get (&self->palette, bs_class_shape_role (self->signal.klass));
      foreground = text_on (&fill);
    }

  gsk_rounded_rect_init_from_rect (&outline, &bounds, RADIUS_PX);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &fill, &bounds);
  if (!ready && self->progress >= 0)
    {
      GdkRGBA bar = *bs_palette_get (&self->palette, BS_COLOR_ACCENT);
      float done = (float) (width * CLAMP (self->progress, 0, 1));
      gtk_snapshot_append_color (snapshot, &bar, &GRAPHENE_RECT_INIT (0, (float) height - 4, done, 4));
    }
  gtk_snapshot_pop (snapshot);

  if (self->stale || self->palette.high_contrast)
    {
      GdkRGBA edge = *bs_palette_get (&self->palette, self->stale ? BS_COLOR_DIM : BS_COLOR_FOREGROUND);
      float w = self->palette.high_contrast ? 2 : 1;
      gtk_snapshot_append_border (snapshot, &outline, (float[4]){ w, w, w, w }, (GdkRGBA[4]){ edge, edge, edge, edge });
    }

  if (ready)
    append_class (self, snapshot, width, height, self->stale ? &dim : &foreground, &dim);
  else if (self->text != NULL)
    append_text (self, snapshot, self->text, 0.6 * font_size (self, width, height), width - 2 * PADDING_PX, PADDING_PX,
                 height / 2.0, FALSE, &dim);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_SIGNAL_TILE (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_signal_tile_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_signal_tile_parent_class)->css_changed (widget, change);
  BS_SIGNAL_TILE (widget)->widest = 0; /* another font, perhaps */
  on_palette_changed (widget);
  gtk_widget_queue_resize (widget);
}

static void
bs_signal_tile_finalize (GObject *object)
{
  g_free (BS_SIGNAL_TILE (object)->text);
  G_OBJECT_CLASS (bs_signal_tile_parent_class)->finalize (object);
}

static void
bs_signal_tile_class_init (BsSignalTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->finalize = bs_signal_tile_finalize;
  widget_class->measure = bs_signal_tile_measure;
  widget_class->snapshot = bs_signal_tile_snapshot;
  widget_class->css_changed = bs_signal_tile_css_changed;
  gtk_widget_class_set_css_name (widget_class, "signaltile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
bs_signal_tile_init (BsSignalTile *self)
{
  self->progress = -1;
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
}

void
bs_signal_tile_set (BsSignalTile *self, const BsSignal *signal, double progress, gboolean stale, const char *text)
{
  g_return_if_fail (BS_IS_SIGNAL_TILE (self));

  self->has_signal = signal != NULL;
  if (signal != NULL)
    self->signal = *signal;
  self->progress = progress;
  self->stale = stale;
  if (g_strcmp0 (self->text, text) != 0)
    {
      g_free (self->text);
      self->text = g_strdup (text);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
