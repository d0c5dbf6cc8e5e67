/* bs-accuracy-bars.c: the accuracy of a model beside what needs no model at all */
#include "ui/panels/bs-accuracy-bars.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-palette.h"
#include "ui/bs-ui-resources.h"

#define ROW_PX 22
#define BAR_PX 10
#define GAP_PX 8
#define MIN_BAR_PX 60

typedef enum
{
  BAR_MODEL,
  BAR_MAJORITY,
  BAR_LAST_DIRECTION,
  BAR_LOGISTIC,
  N_BARS,
} Bar;

static const char *const titles[N_BARS] = {
  [BAR_MODEL] = N_ ("This model"),
  [BAR_MAJORITY] = N_ ("Most frequent class"),
  [BAR_LAST_DIRECTION] = N_ ("Last direction again"),
  [BAR_LOGISTIC] = N_ ("Logistic regression"),
};

struct _BsAccuracyBars
{
  GtkWidget parent_instance;
  double values[N_BARS]; /* NAN: no bar */
  double low, high;      /* of the model */
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
  int title_width, number_width; /* px */
};

G_DEFINE_FINAL_TYPE (BsAccuracyBars, bs_accuracy_bars, GTK_TYPE_WIDGET)

static void
ensure_layout (BsAccuracyBars *self)
{
  char percent[BS_NUMBER_LENGTH];

  if (self->layout != NULL)
    return;
  self->layout = bs_draw_text_layout (GTK_WIDGET (self), 0, PANGO_WEIGHT_NORMAL);
  self->title_width = 0;
  for (guint i = 0; i < N_BARS; i++)
    self->title_width = MAX (self->title_width, bs_draw_text_width (self->layout, _ (titles[i])));
  self->number_width = bs_draw_text_width (self->layout, bs_number_format_percent (percent, 0.888, 1));
}

static void
bs_accuracy_bars_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  BsAccuracyBars *self = BS_ACCURACY_BARS (widget);
  int n = 0;

  ensure_layout (self);
  for (guint i = 0; i < N_BARS; i++)
    n += !isnan (self->values[i]);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->title_width + self->number_width + 2 * GAP_PX + MIN_BAR_PX;
  else
    *minimum = *natural = n * ROW_PX;
}

static void
bs_accuracy_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsAccuracyBars *self = BS_ACCURACY_BARS (widget);
  int width = gtk_widget_get_width (widget), text_height;

  ensure_layout (self);
  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }

  const GdkRGBA *text = bs_palette_get (&self->palette, BS_COLOR_FOREGROUND);
  const GdkRGBA *dim = bs_palette_get (&self->palette, BS_COLOR_DIM);
  const GdkRGBA *track = bs_palette_get (&self->palette, BS_COLOR_GRID);
  float bar_x = (float) (self->title_width + GAP_PX);
  float bar_width = MAX (1, (float) width - bar_x - (float) (self->number_width + GAP_PX));
  float y = 0;

  for (guint i = 0; i < N_BARS; i++)
    {
      char percent[BS_NUMBER_LENGTH];
      float bar_y = y + (ROW_PX - BAR_PX) / 2;

      if (isnan (self->values[i]))
        continue;
      pango_layout_set_text (self->layout, _ (titles[i]), -1);
      pango_layout_get_pixel_size (self->layout, NULL, &text_height);
      float text_y = y + floorf ((float) (ROW_PX - text_height) / 2);
      bs_draw_text_at (snapshot, self->layout, 0, text_y, i == BAR_MODEL ? text : dim);

      gtk_snapshot_append_color (snapshot, track, &GRAPHENE_RECT_INIT (bar_x, bar_y, bar_width, BAR_PX));
      gtk_snapshot_append_color (
        snapshot, i == BAR_MODEL ? bs_palette_get (&self->palette, BS_COLOR_ACCENT) : dim,
        &GRAPHENE_RECT_INIT (bar_x, bar_y, roundf (bar_width * (float) self->values[i]), BAR_PX));
      if (i == BAR_MODEL && !isnan (self->low) && !isnan (self->high))
        {
          float left = bar_x + roundf (bar_width * (float) self->low);
          float right = bar_x + roundf (bar_width * (float) self->high);
          float middle = bar_y + BAR_PX / 2;
          gtk_snapshot_append_color (snapshot, text, &GRAPHENE_RECT_INIT (left, middle - 0.5f, right - left, 1));
          gtk_snapshot_append_color (snapshot, text, &GRAPHENE_RECT_INIT (left, bar_y, 1, BAR_PX));
          gtk_snapshot_append_color (snapshot, text, &GRAPHENE_RECT_INIT (right - 1, bar_y, 1, BAR_PX));
        }
      int number = bs_draw_text_width (self->layout, bs_number_format_percent (percent, self->values[i], 1));
      bs_draw_text_at (snapshot, self->layout, width - number, text_y, i == BAR_MODEL ? text : dim);
      y += ROW_PX;
    }
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_ACCURACY_BARS (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_accuracy_bars_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_accuracy_bars_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_ACCURACY_BARS (widget)->layout);
  on_palette_changed (widget);
  gtk_widget_queue_resize (widget);
}

static void
bs_accuracy_bars_dispose (GObject *object)
{
  g_clear_object (&BS_ACCURACY_BARS (object)->layout);
  G_OBJECT_CLASS (bs_accuracy_bars_parent_class)->dispose (object);
}

static void
bs_accuracy_bars_class_init (BsAccuracyBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_accuracy_bars_dispose;
  widget_class->measure = bs_accuracy_bars_measure;
  widget_class->snapshot = bs_accuracy_bars_snapshot;
  widget_class->css_changed = bs_accuracy_bars_css_changed;
  gtk_widget_class_set_css_name (widget_class, "accuracybars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bs_accuracy_bars_init (BsAccuracyBars *self)
{
  for (guint i = 0; i < N_BARS; i++)
    self->values[i] = NAN;
  self->low = self->high = NAN;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Accuracy"), -1);
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
}

GtkWidget *
bs_accuracy_bars_new (void)
{
  return g_object_new (BS_TYPE_ACCURACY_BARS, NULL);
}

void
bs_accuracy_bars_set (BsAccuracyBars *self, const BsModelValidation *validation)
{
  g_return_if_fail (BS_IS_ACCURACY_BARS (self));
  g_return_if_fail (validation != NULL);

  g_autoptr (GString) text = g_string_new (NULL);
  char percent[BS_NUMBER_LENGTH];

  self->values[BAR_MODEL] = validation->accuracy;
  self->values[BAR_MAJORITY] = validation->majority;
  self->values[BAR_LAST_DIRECTION] = validation->last_direction;
  self->values[BAR_LOGISTIC] = validation->logistic;
  self->low = validation->accuracy_low;
  self->high = validation->accuracy_high;
  for (guint i = 0; i < N_BARS; i++)
    if (!isnan (self->values[i]))
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", _ (titles[i]),
                              bs_number_format_percent (percent, self->values[i], 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
