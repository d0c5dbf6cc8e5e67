#include "ui/watch/bs-watch-cell.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/bs-draw-text.h"
#include "ui/panels/bs-class-shape.h"

#define SHAPE_PX 9
#define SHAPE_GAP_PX 5
#define SPARK_LINE_PX 1.2
#define SPARK_MARGIN_PX 2
/* Of the price: where nothing has moved the line lies in the middle. */
#define FLAT_RANGE 1e-9

struct _BsWatchCell
{
  GtkWidget parent_instance;

  const BsWatchColumn *column;
  BsWatchRow *row; /* (nullable) */
  guint64 serial;  /* of the row, as drawn */

  PangoLayout *layout; /* (nullable) until it is measured or drawn */
  PangoFontDescription *font; /* (nullable): its */
  char text[BS_WATCH_TEXT_LENGTH];
  BsWatchTone tone;
  int width, height;
};

G_DEFINE_FINAL_TYPE (BsWatchCell, bs_watch_cell, GTK_TYPE_WIDGET)

/* One palette for all cells of a list: 1,800 cells read no colours each. */
static BsPalette palette;
static gboolean palette_read;

static void
forget_palette (GtkWidget *widget)
{
  palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static const PangoFontDescription *
widget_font (BsWatchCell *self)
{
  return pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self)));
}

static void
ensure_layout (BsWatchCell *self)
{
  if (self->layout != NULL)
    return;
  self->font = pango_font_description_copy (widget_font (self));
  self->layout = bs_draw_text_layout (GTK_WIDGET (self), 0, PANGO_WEIGHT_NORMAL);
  self->width = bs_draw_text_width (self->layout, g_dpgettext2 (GETTEXT_PACKAGE, "widest", self->column->widest));
  pango_layout_get_pixel_size (self->layout, NULL, &self->height);
  if (self->column->kind == BS_WATCH_SIGNAL)
    self->width += SHAPE_PX + SHAPE_GAP_PX;
  if (self->column->kind == BS_WATCH_TEXT && !self->column->right)
    pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text (self->layout, self->text, -1);
}

static void
bs_watch_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  BsWatchCell *self = BS_WATCH_CELL (widget);
  ensure_layout (self);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
}

gboolean
bs_watch_cell_spark_range (const BsWatchValues *values, double *low, double *high)
{
  guint n = bs_watch_values_n_closes (values);
  if (n < 2)
    return FALSE;
  *low = *high = bs_watch_values_close (values, 0);
  for (guint i = 1; i < n; i++)
    {
      *low = MIN (*low, bs_watch_values_close (values, i));
      *high = MAX (*high, bs_watch_values_close (values, i));
    }
  double least = fabs (*high) * FLAT_RANGE + G_MINDOUBLE;
  if (*high - *low < least)
    {
      *low -= least;
      *high += least;
    }
  return TRUE;
}

static void
draw_spark (BsWatchCell *self, GtkSnapshot *snapshot, int width, int height, const GdkRGBA *color)
{
  const BsWatchValues *values = bs_watch_row_values (self->row);
  double low, high;
  if (!bs_watch_cell_spark_range (values, &low, &high))
    return;
  guint n = bs_watch_values_n_closes (values);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  double span_x = width - 2 * SPARK_MARGIN_PX, span_y = height - 2 * SPARK_MARGIN_PX;
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, SPARK_MARGIN_PX + span_x * i / (n - 1),
                   SPARK_MARGIN_PX + span_y * (high - bs_watch_values_close (values, i)) / (high - low));
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, SPARK_LINE_PX);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

/* Hollow where the threshold has made a hold of it. */
static void
draw_shape (BsWatchCell *self, GtkSnapshot *snapshot, int height)
{
  const BsWatchValues *values = bs_watch_row_values (self->row);
  if (values->klass == BS_WATCH_NO_CLASS)
    return;
  double y = floor ((height - SHAPE_PX) / 2.0);
  gboolean hollow = values->raw_class != values->klass && values->raw_class != BS_WATCH_NO_CLASS;
  BsClass shape = (BsClass) (hollow ? values->raw_class : values->klass);
  cairo_t *cr
    = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, (float) y - 1, SHAPE_PX + 2, SHAPE_PX + 2));
  bs_class_shape_path (cr, shape, 1, y, SHAPE_PX);
  bs_palette_set_source (&palette, self->tone == BS_WATCH_QUIET ? BS_COLOR_HOLD : bs_class_shape_role (shape), cr);
  cairo_set_line_width (cr, 1);
  if (hollow)
    cairo_stroke (cr);
  else
    cairo_fill (cr);
  cairo_destroy (cr);
}

static void
tone_color (BsWatchTone tone, GdkRGBA *color)
{
  static const BsColorRole roles[] = { [BS_WATCH_PLAIN] = BS_COLOR_FOREGROUND, [BS_WATCH_QUIET] = BS_COLOR_DIM,
                                       [BS_WATCH_UP] = BS_COLOR_UP,            [BS_WATCH_DOWN] = BS_COLOR_DOWN,
                                       [BS_WATCH_WARNING] = BS_COLOR_WARNING };
  if (tone <= BS_WATCH_QUIET)
    *color = *bs_palette_get (&palette, roles[tone]);
  else
    bs_palette_readable (&palette, roles[tone], color);
}

static void
bs_watch_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsWatchCell *self = BS_WATCH_CELL (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), text_width, text_height;
  if (self->row == NULL)
    return;
  if (!palette_read)
    bs_palette_read (&palette, widget);
  palette_read = TRUE;
  ensure_layout (self);
  GdkRGBA color;
  tone_color (self->tone, &color);
  if (self->column->kind == BS_WATCH_SPARK)
    {
      draw_spark (self, snapshot, width, height, &color);
      return;
    }
  double x = 0;
  if (self->column->kind == BS_WATCH_SIGNAL)
    {
      draw_shape (self, snapshot, height);
      x = SHAPE_PX + SHAPE_GAP_PX;
    }
  if (!self->column->right)
    pango_layout_set_width (self->layout, MAX (0, width - (int) x) * PANGO_SCALE);
  pango_layout_get_pixel_size (self->layout, &text_width, &text_height);
  if (self->column->right)
    x = width - text_width;
  bs_draw_text_at (snapshot, self->layout, x, floor ((height - text_height) / 2.0), &color);
}

static void
bs_watch_cell_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_watch_cell_parent_class)->css_changed (widget, change);
  /* Also where a row is selected or pointed at: only another font needs another layout. */
  BsWatchCell *self = BS_WATCH_CELL (widget);
  if (self->layout == NULL)
    return;
  if (pango_font_description_equal (widget_font (self), self->font))
    return;
  g_clear_object (&self->layout);
  g_clear_pointer (&self->font, pango_font_description_free);
  gtk_widget_queue_resize (widget);
}

static void
bs_watch_cell_dispose (GObject *object)
{
  BsWatchCell *self = BS_WATCH_CELL (object);
  g_clear_object (&self->row);
  g_clear_object (&self->layout);
  g_clear_pointer (&self->font, pango_font_description_free);
  G_OBJECT_CLASS (bs_watch_cell_parent_class)->dispose (object);
}

static void
bs_watch_cell_class_init (BsWatchCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_watch_cell_dispose;
  widget_class->measure = bs_watch_cell_measure;
  widget_class->snapshot = bs_watch_cell_snapshot;
  widget_class->css_changed = bs_watch_cell_css_changed;
  gtk_widget_class_set_css_name (widget_class, "watchcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
bs_watch_cell_init (BsWatchCell *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  bs_palette_watch (GTK_WIDGET (self), forget_palette);
}

BsWatchCell *
bs_watch_cell_new (const BsWatchColumn *column)
{
  BsWatchCell *self = g_object_new (BS_TYPE_WATCH_CELL, NULL);
  self->column = column;
  return self;
}

const BsWatchColumn *
bs_watch_cell_column (BsWatchCell *self)
{
  return self->column;
}

void
bs_watch_cell_set_row (BsWatchCell *self, BsWatchRow *row)
{
  if (g_set_object (&self->row, row))
    self->serial = G_MAXUINT64;
}

BsWatchRow *
bs_watch_cell_row (BsWatchCell *self)
{
  return self->row;
}

void
bs_watch_cell_refresh (BsWatchCell *self, gint64 now_us)
{
  if (self->row == NULL)
    return;
  char buffer[BS_WATCH_TEXT_LENGTH];
  const BsWatchValues *values = bs_watch_row_values (self->row);
  guint64 serial = bs_watch_row_serial (self->row);
  const char *text = self->column->text (values, now_us, buffer);
  BsWatchTone tone = self->column->tone != NULL ? self->column->tone (values, now_us) : BS_WATCH_PLAIN;
  gboolean same_picture = self->column->kind == BS_WATCH_TEXT || self->serial == serial;
  self->serial = serial;
  if (same_picture && tone == self->tone && strcmp (text, self->text) == 0)
    return;
  self->tone = tone;
  if (strcmp (text, self->text) != 0)
    {
      g_strlcpy (self->text, text, sizeof self->text);
      if (self->layout != NULL)
        pango_layout_set_text (self->layout, self->text, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text, -1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
