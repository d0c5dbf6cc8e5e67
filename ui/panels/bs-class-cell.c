/* bs-class-cell.c: a class in a table: its shape, its colour and its word */
#include "ui/panels/bs-class-cell.h"

#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-class-shape.h"
#include "ui/panels/bs-signal-text.h"

#define SHAPE_PX 10
#define GAP_PX 6

struct _BsClassCell
{
  GtkWidget parent_instance;
  BsClass klass, raw_class;
  gboolean filtered;
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
};

G_DEFINE_FINAL_TYPE (BsClassCell, bs_class_cell, GTK_TYPE_WIDGET)

static void
bs_class_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  BsClassCell *self = BS_CLASS_CELL (widget);

  if (self->layout == NULL)
    self->layout = bs_draw_text_layout (widget, 0, PANGO_WEIGHT_NORMAL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 0;
      for (guint c = 0; c < BS_N_CLASSES; c++)
        *minimum = MAX (*minimum, bs_draw_text_width (self->layout, bs_signal_text_class_title ((BsClass) c)));
      *minimum += SHAPE_PX + GAP_PX;
    }
  else
    {
      pango_layout_set_text (self->layout, bs_signal_text_class_title (self->klass), -1);
      pango_layout_get_pixel_size (self->layout, NULL, minimum);
    }
  *natural = *minimum;
}

static void
bs_class_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsClassCell *self = BS_CLASS_CELL (widget);
  int height = gtk_widget_get_height (widget), text_height;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->layout == NULL)
    self->layout = bs_draw_text_layout (widget, 0, PANGO_WEIGHT_NORMAL);

  double top = floor ((height - SHAPE_PX) / 2.0);
  cairo_t *cr
    = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (-1, (float) top - 1, SHAPE_PX + 2, SHAPE_PX + 2));
  BsClass shape = self->filtered ? self->raw_class : self->klass;
  bs_class_shape_path (cr, shape, 0, top, SHAPE_PX);
  bs_palette_set_source (&self->palette, bs_class_shape_role (shape), cr);
  cairo_set_line_width (cr, 1);
  if (self->filtered)
    cairo_stroke (cr);
  else
    cairo_fill (cr);
  cairo_destroy (cr);

  pango_layout_set_text (self->layout, bs_signal_text_class_title (self->klass), -1);
  pango_layout_get_pixel_size (self->layout, NULL, &text_height);
  GdkRGBA color;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (self->klass == BS_CLASS_HOLD)
    color.alpha *= 0.6f;
  bs_draw_text_at (snapshot, self->layout, SHAPE_PX + GAP_PX, floor ((height - text_height) / 2.0), &color);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_CLASS_CELL (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_class_cell_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_class_cell_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_CLASS_CELL (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_class_cell_dispose (GObject *object)
{
  g_clear_object (&BS_CLASS_CELL (object)->layout);
  G_OBJECT_CLASS (bs_class_cell_parent_class)->dispose (object);
}

static void
bs_class_cell_class_init (BsClassCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_class_cell_dispose;
  widget_class->measure = bs_class_cell_measure;
  widget_class->snapshot = bs_class_cell_snapshot;
  widget_class->css_changed = bs_class_cell_css_changed;
  gtk_widget_class_set_css_name (widget_class, "classcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
bs_class_cell_init (BsClassCell *self)
{
  self->klass = self->raw_class = BS_CLASS_HOLD;
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
}

GtkWidget *
bs_class_cell_new (void)
{
  return g_object_new (BS_TYPE_CLASS_CELL, NULL);
}

void
bs_class_cell_set (BsClassCell *self, BsClass klass, gboolean filtered, BsClass raw_class)
{
  g_return_if_fail (BS_IS_CLASS_CELL (self));

  self->klass = klass;
  self->filtered = filtered;
  self->raw_class = raw_class;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  bs_signal_text_class_title (klass), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
