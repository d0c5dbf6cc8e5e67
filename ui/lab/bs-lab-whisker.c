#include "ui/lab/bs-lab-whisker.h"

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-palette.h"
#include "ui/bs-ui-resources.h"

#define MIN_WIDTH_PX 160
#define NATURAL_WIDTH_PX 320
#define HEIGHT_PX 22
#define CAP_PX 9    /* height of a whisker's ends */
#define MARK_PX 4.5 /* half the size of the mark at the ratio */
#define TEXT_SIZE 0.82
#define LABEL_PX 46 /* room for a label of the axis */
#define LABEL_GAP_PX 6

struct _BsLabWhisker
{
  GtkWidget parent_instance;
  BsLabScale scale;
  double band;
  gboolean is_axis;
  double ratio, low, high;
  BsLabKind kind;
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout; /* of the axis */
};

G_DEFINE_FINAL_TYPE (BsLabWhisker, bs_lab_whisker, GTK_TYPE_WIDGET)

static const BsColorRole kind_colors[] = {
  [BS_LAB_NONE] = BS_COLOR_DIM,
  [BS_LAB_FASTER] = BS_COLOR_UP,
  [BS_LAB_SLOWER] = BS_COLOR_DOWN,
  [BS_LAB_NOISE] = BS_COLOR_DIM,
};

static void
bs_lab_whisker_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  const gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;
  *minimum = horizontal ? MIN_WIDTH_PX : HEIGHT_PX;
  *natural = horizontal ? NATURAL_WIDTH_PX : HEIGHT_PX;
}

static float
place (BsLabWhisker *self, double ratio)
{
  const float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  return floorf (width * (float) bs_lab_scale_position (&self->scale, ratio));
}

/* The label of a tick, moved in from the edge; none where it would run into its neighbour's towards the middle, whose far end is at
 * *@inner. That is its own far end afterwards. */
static void
append_label (BsLabWhisker *self, GtkSnapshot *snapshot, const BsLabTick *tick, double *inner)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const double width = gtk_widget_get_width (widget), ratio = tick->ratio;
  char text[BS_NUMBER_LENGTH + 4], number[BS_NUMBER_LENGTH];
  int height;

  if (ratio == 1)
    g_strlcpy (text, "1", sizeof text);
  else
    g_snprintf (text, sizeof text, "%s%s", ratio < 1 ? "÷" : "×",
                bs_number_format_significant (number, ratio < 1 ? 1 / ratio : ratio, 6));
  const double text_width = bs_draw_text_width (self->layout, text);
  const double x = CLAMP (tick->position * width - text_width / 2, 0, width - text_width);
  if (ratio < 1 ? x + text_width + LABEL_GAP_PX > *inner : ratio > 1 && x - LABEL_GAP_PX < *inner)
    return;
  *inner = ratio < 1 ? x : x + text_width;
  pango_layout_get_pixel_size (self->layout, NULL, &height);
  bs_draw_text_at (snapshot, self->layout, x, gtk_widget_get_height (widget) - height, bs_palette_get (&self->palette, BS_COLOR_DIM));
}

static void
append_axis (BsLabWhisker *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const double width = gtk_widget_get_width (widget);
  BsLabTick ticks[BS_LAB_SCALE_MAX_TICKS];

  if (self->layout == NULL)
    self->layout = bs_draw_text_layout (widget, TEXT_SIZE * bs_draw_text_size (widget), PANGO_WEIGHT_NORMAL);
  /* From the middle outwards: 1, and as many on either side of it. */
  const guint middle = bs_lab_scale_ticks (&self->scale, LABEL_PX / MAX (width, 1), ticks) / 2;
  double right = 0;
  append_label (self, snapshot, &ticks[middle], &right);
  double left = width - right;
  for (guint i = 1; i <= middle; i++)
    {
      append_label (self, snapshot, &ticks[middle - i], &left);
      append_label (self, snapshot, &ticks[middle + i], &right);
    }
}

static void
append_grid (BsLabWhisker *self, GtkSnapshot *snapshot, float height)
{
  const float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  BsLabTick ticks[BS_LAB_SCALE_MAX_TICKS];
  const guint n = bs_lab_scale_ticks (&self->scale, LABEL_PX / MAX (width, 1), ticks);
  const float from = place (self, 1 / (1 + self->band)), to = place (self, 1 + self->band);

  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_GRID),
                             &GRAPHENE_RECT_INIT (from, 0, to - from + 1, height));
  for (guint i = 0; i < n; i++)
    gtk_snapshot_append_color (snapshot,
                               bs_palette_get (&self->palette, ticks[i].ratio == 1 ? BS_COLOR_BORDER : BS_COLOR_GRID),
                               &GRAPHENE_RECT_INIT (floorf (width * (float) ticks[i].position), 0, 1, height));
}

/* A triangle that points to where it went; a disc where it went nowhere. */
static void
draw_mark (BsLabWhisker *self, cairo_t *cr, double x, double y)
{
  const double half = MARK_PX;
  const double side = self->kind == BS_LAB_FASTER ? -1 : 1;

  if (self->kind == BS_LAB_NOISE)
    cairo_arc (cr, x, y, half - 0.5, 0, 2 * G_PI);
  else
    {
      cairo_move_to (cr, x + side * (half + 1), y);
      cairo_line_to (cr, x - side * (half - 1), y - half);
      cairo_line_to (cr, x - side * (half - 1), y + half);
      cairo_close_path (cr);
    }
  cairo_fill (cr);
}

static void
bs_lab_whisker_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLabWhisker *self = BS_LAB_WHISKER (widget);
  const float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->is_axis)
    {
      append_axis (self, snapshot);
      return;
    }
  append_grid (self, snapshot, height);
  if (self->kind == BS_LAB_NONE)
    return;
  const GdkRGBA *color = bs_palette_get (&self->palette, kind_colors[self->kind]);
  const float y = floorf (height / 2), low = place (self, self->low), high = place (self, self->high);
  const float cap = (height - CAP_PX) / 2;

  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (low, y - 1, high - low + 1, 2));
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (low, floorf (cap), 1, CAP_PX));
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (high, floorf (cap), 1, CAP_PX));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_cairo_set_source_rgba (cr, color);
  draw_mark (self, cr, place (self, self->ratio) + 0.5, y);
  cairo_destroy (cr);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LAB_WHISKER (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_lab_whisker_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_lab_whisker_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_LAB_WHISKER (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_lab_whisker_dispose (GObject *object)
{
  g_clear_object (&BS_LAB_WHISKER (object)->layout);
  G_OBJECT_CLASS (bs_lab_whisker_parent_class)->dispose (object);
}

static void
bs_lab_whisker_class_init (BsLabWhiskerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_lab_whisker_dispose;
  widget_class->measure = bs_lab_whisker_measure;
  widget_class->snapshot = bs_lab_whisker_snapshot;
  widget_class->css_changed = bs_lab_whisker_css_changed;
  gtk_widget_class_set_css_name (widget_class, "labwhisker");
  /* The row beside it says the same in words. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bs_lab_whisker_init (BsLabWhisker *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
}

GtkWidget *
bs_lab_whisker_new (const BsLabScale *scale, double band)
{
  BsLabWhisker *self = g_object_new (BS_TYPE_LAB_WHISKER, NULL);
  self->scale = *scale;
  self->band = band;
  return GTK_WIDGET (self);
}

GtkWidget *
bs_lab_whisker_new_axis (const BsLabScale *scale)
{
  BsLabWhisker *self = g_object_new (BS_TYPE_LAB_WHISKER, NULL);
  self->scale = *scale;
  self->is_axis = TRUE;
  return GTK_WIDGET (self);
}

void
bs_lab_whisker_set_ratio (BsLabWhisker *self, double ratio, double low, double high, BsLabKind kind)
{
  g_return_if_fail (BS_IS_LAB_WHISKER (self));

  self->ratio = ratio;
  self->low = low;
  self->high = high;
  self->kind = kind;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
