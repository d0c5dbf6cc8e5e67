/* bs-loss-curves.c: how a training's losses fall from epoch to epoch */
#include "ui/train/bs-loss-curves.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-palette.h"
#include "ui/bs-ui-resources.h"

#define HEIGHT_PX 190
#define WIDTH_PX 320
#define MARGIN_PX 6
#define GRID_LINES 4
#define LINE_PX 2
#define FOLD_LINE_PX 1
#define FOLD_ALPHA 0.35
#define DOT_PX 3.5
#define MIN_SPAN 0.02 /* nats: losses closer together do not fill the height */

typedef struct
{
  double training, validation;
} Point;

struct _BsLossCurves
{
  GtkWidget parent_instance;
  GPtrArray *fits; /* of GArray of Point: epochs in order */
  guint n_epochs;
  guint best; /* epoch of the model's own fit; 0: none yet */
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
};

G_DEFINE_FINAL_TYPE (BsLossCurves, bs_loss_curves, GTK_TYPE_WIDGET)

/* Where the curves lie, px and nats. */
typedef struct
{
  double left, top, width, height;
  double low, high;
  guint epochs;
} Frame;

static const GArray *
fit_nth (const BsLossCurves *self, guint fit)
{
  return g_ptr_array_index (self->fits, fit);
}

static double
x_of (const Frame *frame, guint epoch)
{
  return frame->left + frame->width * (frame->epochs > 1 ? (double) (epoch - 1) / (frame->epochs - 1) : 0.5);
}

static double
y_of (const Frame *frame, double loss)
{
  return frame->top + frame->height * (frame->high - loss) / (frame->high - frame->low);
}

static gboolean
find_range (const BsLossCurves *self, Frame *frame)
{
  frame->low = INFINITY;
  frame->high = -INFINITY;
  for (guint f = 0; f < self->fits->len; f++)
    for (guint i = 0; i < fit_nth (self, f)->len; i++)
      {
        const Point *point = &g_array_index (fit_nth (self, f), Point, i);

        frame->low = fmin (frame->low, fmin (point->training, point->validation));
        frame->high = fmax (frame->high, fmax (point->training, point->validation));
      }
  if (!isfinite (frame->low) || !isfinite (frame->high))
    return FALSE;
  const double slack = fmax (0.05 * (frame->high - frame->low), (MIN_SPAN - (frame->high - frame->low)) / 2);
  frame->low -= slack;
  frame->high += slack;
  return TRUE;
}

static void
draw_text (cairo_t *cr, BsLossCurves *self, const char *text, double x, double y, double align, BsColorRole role)
{
  const int width = bs_draw_text_width (self->layout, text);
  int height;

  pango_layout_get_pixel_size (self->layout, NULL, &height);
  bs_palette_set_source (&self->palette, role, cr);
  cairo_move_to (cr, round (x - align * width), round (y - height / 2.0));
  pango_cairo_show_layout (cr, self->layout);
}

static void
draw_grid (cairo_t *cr, BsLossCurves *self, const Frame *frame)
{
  cairo_set_line_width (cr, 1);
  bs_palette_set_source (&self->palette, BS_COLOR_GRID, cr);
  for (guint i = 0; i <= GRID_LINES; i++)
    {
      const double y = floor (frame->top + frame->height * i / GRID_LINES) + 0.5;

      cairo_move_to (cr, frame->left, y);
      cairo_line_to (cr, frame->left + frame->width, y);
    }
  cairo_stroke (cr);
  for (guint i = 0; i <= GRID_LINES; i++)
    {
      char text[BS_NUMBER_LENGTH];
      bs_number_format (text, frame->high - (frame->high - frame->low) * i / GRID_LINES, 3);

      draw_text (cr, self, text, frame->left - MARGIN_PX, frame->top + frame->height * i / GRID_LINES, 1, BS_COLOR_DIM);
    }
}

static void
draw_epochs (cairo_t *cr, BsLossCurves *self, const Frame *frame, double y)
{
  const guint step = frame->epochs <= 12 ? 1 : frame->epochs <= 60 ? 5 : frame->epochs / 10;

  for (guint epoch = 1; epoch <= frame->epochs; epoch++)
    if (epoch == 1 || epoch % step == 0)
      {
        g_autofree char *text = g_strdup_printf ("%u", epoch);

        draw_text (cr, self, text, x_of (frame, epoch), y, 0.5, BS_COLOR_DIM);
      }
}

/* One curve; a single epoch is a dot. */
static void
draw_curve (cairo_t *cr, const BsLossCurves *self, const Frame *frame, const GArray *points, gboolean training,
            BsColorRole role, double width, double alpha)
{
  const GdkRGBA *color = bs_palette_get (&self->palette, role);

  if (!points->len)
    return;
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_new_path (cr); /* text leaves a point behind */
  for (guint i = 0; i < points->len; i++)
    {
      const Point *point = &g_array_index (points, Point, i);

      cairo_line_to (cr, x_of (frame, i + 1), y_of (frame, training ? point->training : point->validation));
    }
  if (points->len == 1)
    cairo_close_path (cr);
  cairo_stroke (cr);
}

static void
draw_legend (cairo_t *cr, BsLossCurves *self, const Frame *frame, double y)
{
  const struct
  {
    const char *text;
    BsColorRole role;
  } entries[] = {
    { _ ("Validation"), BS_COLOR_ACCENT },
    { _ ("Training"), BS_COLOR_SERIES_3 },
    { _ ("Folds, validation"), BS_COLOR_DIM },
  };
  double x = frame->left;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      const GdkRGBA *color = bs_palette_get (&self->palette, entries[i].role);

      gdk_cairo_set_source_rgba (cr, color);
      cairo_rectangle (cr, x, floor (y) - 1, 14, 2);
      cairo_fill (cr);
      draw_text (cr, self, entries[i].text, x + 20, y, 0, BS_COLOR_FOREGROUND);
      x += 20 + bs_draw_text_width (self->layout, entries[i].text) + 18;
    }
}

static void
bs_loss_curves_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLossCurves *self = BS_LOSS_CURVES (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int line;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->layout == NULL)
    self->layout = bs_draw_text_layout (widget, 0, PANGO_WEIGHT_NORMAL);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  const int label = bs_draw_text_width (self->layout, "0.000");
  pango_layout_get_pixel_size (self->layout, NULL, &line);
  Frame frame = { .left = label + 2 * MARGIN_PX, .top = line + 2 * MARGIN_PX, .epochs = MAX (self->n_epochs, 1) };
  frame.width = MAX (1, width - frame.left - 2 * MARGIN_PX);
  frame.height = MAX (1, height - frame.top - line - 2 * MARGIN_PX);
  if (find_range (self, &frame))
    {
      const GArray *own = fit_nth (self, self->fits->len - 1);

      draw_grid (cr, self, &frame);
      draw_epochs (cr, self, &frame, height - line / 2.0 - MARGIN_PX / 2.0);
      draw_legend (cr, self, &frame, MARGIN_PX + line / 2.0);
      for (guint f = 0; f + 1 < self->fits->len; f++)
        draw_curve (cr, self, &frame, fit_nth (self, f), FALSE, BS_COLOR_DIM, FOLD_LINE_PX, FOLD_ALPHA);
      draw_curve (cr, self, &frame, own, TRUE, BS_COLOR_SERIES_3, LINE_PX, 1);
      draw_curve (cr, self, &frame, own, FALSE, BS_COLOR_ACCENT, LINE_PX, 1);
      if (self->best > 0)
        {
          bs_palette_set_source (&self->palette, BS_COLOR_ACCENT, cr);
          cairo_new_path (cr);
          cairo_arc (cr, x_of (&frame, self->best),
                     y_of (&frame, g_array_index (own, Point, self->best - 1).validation), DOT_PX, 0, 2 * G_PI);
          cairo_fill (cr);
        }
    }
  cairo_destroy (cr);
}

static void
bs_loss_curves_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_PX : HEIGHT_PX;
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LOSS_CURVES (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_loss_curves_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_loss_curves_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_LOSS_CURVES (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_loss_curves_dispose (GObject *object)
{
  BsLossCurves *self = BS_LOSS_CURVES (object);

  g_clear_object (&self->layout);
  g_clear_pointer (&self->fits, g_ptr_array_unref);
  G_OBJECT_CLASS (bs_loss_curves_parent_class)->dispose (object);
}

static void
bs_loss_curves_class_init (BsLossCurvesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_loss_curves_dispose;
  widget_class->snapshot = bs_loss_curves_snapshot;
  widget_class->measure = bs_loss_curves_measure;
  widget_class->css_changed = bs_loss_curves_css_changed;
  gtk_widget_class_set_css_name (widget_class, "losscurves");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bs_loss_curves_init (BsLossCurves *self)
{
  self->fits = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Loss by epoch"), -1);
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
}

void
bs_loss_curves_begin (BsLossCurves *self, guint n_fits, guint n_epochs)
{
  g_return_if_fail (BS_IS_LOSS_CURVES (self) && n_fits >= 1);

  g_ptr_array_set_size (self->fits, 0);
  for (guint f = 0; f < n_fits; f++)
    g_ptr_array_add (self->fits, g_array_new (FALSE, FALSE, sizeof (Point)));
  self->n_epochs = n_epochs;
  self->best = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_loss_curves_add (BsLossCurves *self, guint fit, guint epoch, double training, double validation, gboolean best)
{
  const Point point = { training, validation };

  g_return_if_fail (BS_IS_LOSS_CURVES (self) && fit < self->fits->len && epoch == fit_nth (self, fit)->len + 1);

  g_array_append_val ((GArray *) fit_nth (self, fit), point);
  if (fit + 1 == self->fits->len)
    {
      if (best)
        self->best = epoch;
      char first[BS_NUMBER_LENGTH], second[BS_NUMBER_LENGTH];
      g_autofree char *text
        = g_strdup_printf (_ ("Epoch %u: training loss %s, validation loss %s; best at epoch %u"), epoch,
                           bs_number_format (first, training, 4), bs_number_format (second, validation, 4), self->best);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
