/* bs-probability-bars.c: the probabilities of short, hold and long as bars */
#include "ui/panels/bs-probability-bars.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-class-shape.h"
#include "ui/panels/bs-signal-text.h"

#define ROW_PX 24
#define BAR_PX 12
#define SHAPE_PX 10
#define GAP_PX 8
#define MARK_OVER_PX 4 /* the threshold reaches over the bar by this much */

struct _BsProbabilityBars
{
  GtkWidget parent_instance;
  double probabilities[BS_N_CLASSES];
  gboolean has_probabilities, stale;
  double threshold;
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
  int title_width, number_width; /* px, of the widest of each */
};

G_DEFINE_FINAL_TYPE (BsProbabilityBars, bs_probability_bars, GTK_TYPE_WIDGET)

static void
ensure_layout (BsProbabilityBars *self)
{
  char percent[BS_NUMBER_LENGTH];

  if (self->layout != NULL)
    return;
  self->layout = bs_draw_text_layout (GTK_WIDGET (self), 0, PANGO_WEIGHT_NORMAL);
  self->title_width = 0;
  for (guint c = 0; c < BS_N_CLASSES; c++)
    self->title_width
      = MAX (self->title_width, bs_draw_text_width (self->layout, bs_signal_text_class_title ((BsClass) c)));
  self->number_width = bs_draw_text_width (self->layout, bs_number_format_percent (percent, 1.0, 0));
}

static void
bs_probability_bars_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  BsProbabilityBars *self = BS_PROBABILITY_BARS (widget);

  ensure_layout (self);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = SHAPE_PX + self->title_width + self->number_width + 3 * GAP_PX + 60;
      *natural = MAX (*minimum, 296);
    }
  else
    *minimum = *natural = ROW_PX * BS_N_CLASSES;
}

static void
append_bar (GtkSnapshot *snapshot, double x, double y, double width, const GdkRGBA *color)
{
  graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, BAR_PX);
  GskRoundedRect rounded;

  if (width <= 0)
    return;
  gsk_rounded_rect_init_from_rect (&rounded, &rect, (float) MIN (3, width / 2));
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, &rect);
  gtk_snapshot_pop (snapshot);
}

static void
bs_probability_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsProbabilityBars *self = BS_PROBABILITY_BARS (widget);
  int width = gtk_widget_get_width (widget);

  ensure_layout (self);
  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }

  const BsPalette *palette = &self->palette;
  double bar_x = SHAPE_PX + self->title_width + 2 * GAP_PX;
  double bar_width = MAX (1, width - bar_x - self->number_width - GAP_PX);
  gboolean muted = self->stale || !self->has_probabilities;
  int text_height;

  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      BsClass klass = (BsClass) c;
      double y = ROW_PX * (double) c, middle = y + ROW_PX / 2.0, bar_y = middle - BAR_PX / 2.0;
      double p = self->has_probabilities ? CLAMP (self->probabilities[c], 0, 1) : 0;
      const GdkRGBA *color = bs_palette_get (palette, muted ? BS_COLOR_DIM : bs_class_shape_role (klass));
      const GdkRGBA *text = bs_palette_get (palette, muted ? BS_COLOR_DIM : BS_COLOR_FOREGROUND);
      char percent[BS_NUMBER_LENGTH];

      cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (0, (float) (middle - SHAPE_PX / 2.0), SHAPE_PX, SHAPE_PX));
      bs_class_shape_path (cr, klass, 0, middle - SHAPE_PX / 2.0, SHAPE_PX);
      gdk_cairo_set_source_rgba (cr, color);
      cairo_fill (cr);
      cairo_destroy (cr);

      pango_layout_set_text (self->layout, bs_signal_text_class_title (klass), -1);
      pango_layout_get_pixel_size (self->layout, NULL, &text_height);
      bs_draw_text_at (snapshot, self->layout, SHAPE_PX + GAP_PX, middle - text_height / 2.0, text);

      append_bar (snapshot, bar_x, bar_y, bar_width, bs_palette_get (palette, BS_COLOR_GRID));
      append_bar (snapshot, bar_x, bar_y, round (bar_width * p), color);

      if (self->has_probabilities)
        {
          int number = bs_draw_text_width (self->layout, bs_number_format_percent (percent, p, 0));
          bs_draw_text_at (snapshot, self->layout, width - number, middle - text_height / 2.0, text);
        }

      /* Hold is never held back: no mark there. */
      if (klass != BS_CLASS_HOLD)
        gtk_snapshot_append_color (snapshot, bs_palette_get (palette, BS_COLOR_FOREGROUND),
                                   &GRAPHENE_RECT_INIT ((float) round (bar_x + bar_width * self->threshold) - 1,
                                                        (float) bar_y - MARK_OVER_PX, 2, BAR_PX + 2 * MARK_OVER_PX));
    }
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_PROBABILITY_BARS (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_probability_bars_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_probability_bars_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_PROBABILITY_BARS (widget)->layout);
  on_palette_changed (widget);
  gtk_widget_queue_resize (widget);
}

static void
bs_probability_bars_dispose (GObject *object)
{
  g_clear_object (&BS_PROBABILITY_BARS (object)->layout);
  G_OBJECT_CLASS (bs_probability_bars_parent_class)->dispose (object);
}

static void
bs_probability_bars_class_init (BsProbabilityBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_probability_bars_dispose;
  widget_class->measure = bs_probability_bars_measure;
  widget_class->snapshot = bs_probability_bars_snapshot;
  widget_class->css_changed = bs_probability_bars_css_changed;
  gtk_widget_class_set_css_name (widget_class, "probabilitybars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bs_probability_bars_init (BsProbabilityBars *self)
{
  self->threshold = 0.65;
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Probabilities"), -1);
}

static void
update_description (BsProbabilityBars *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char percent[BS_NUMBER_LENGTH];

  for (guint c = 0; self->has_probabilities && c < BS_N_CLASSES; c++)
    g_string_append_printf (text, "%s %s, ", bs_signal_text_class_title ((BsClass) c),
                            bs_number_format_percent (percent, self->probabilities[c], 0));
  g_string_append_printf (text, _ ("threshold %s"), bs_number_format_percent (percent, self->threshold, 0));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

void
bs_probability_bars_set (BsProbabilityBars *self, const double *probabilities, gboolean stale)
{
  g_return_if_fail (BS_IS_PROBABILITY_BARS (self));

  self->has_probabilities = probabilities != NULL;
  for (guint c = 0; probabilities != NULL && c < BS_N_CLASSES; c++)
    self->probabilities[c] = probabilities[c];
  self->stale = stale;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_probability_bars_set_threshold (BsProbabilityBars *self, double threshold)
{
  g_return_if_fail (BS_IS_PROBABILITY_BARS (self));

  if (self->threshold == threshold)
    return;
  self->threshold = threshold;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
