/* bs-latency-distribution.c: histogram of times, or two over each other, both axes logarithmic */
#include "ui/latency/bs-latency-distribution.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-palette.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-log-axis.h"

#define MARGIN_PX 6
#define TEXT_SIZE 0.82
#define OVERLAY_ALPHA 0.4f
#define BINS_PER_DECADE 20
#define N_DECADES 12 /* 1 ns .. 1000 s */
#define N_BINS (BINS_PER_DECADE * N_DECADES)

typedef struct
{
  guint64 bins[N_BINS];
  guint64 count, highest; /* in all, in the fullest bin */
  BsLatencyFigures figures;
} Series;

struct _BsLatencyDistribution
{
  GtkWidget parent_instance;
  Series series[BS_LATENCY_N_SIDES];
  gboolean compared; /* heights are shares of all, not counts: the sides differ in number */
  double budget_ns;
  BsLogAxis axis;
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
  int text_height; /* px */
};

G_DEFINE_FINAL_TYPE (BsLatencyDistribution, bs_latency_distribution, GTK_TYPE_WIDGET)

static void
bs_latency_distribution_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 90;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 160;
}

static void
ensure_layout (BsLatencyDistribution *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->layout == NULL)
    {
      self->layout = bs_draw_text_layout (widget, TEXT_SIZE * bs_draw_text_size (widget), PANGO_WEIGHT_NORMAL);
      bs_draw_text_width (self->layout, "1");
      pango_layout_get_pixel_size (self->layout, NULL, &self->text_height);
    }
}

/* What stands at the top of the plot: a count, or a share 0..1. */
static double
highest_value (BsLatencyDistribution *self)
{
  const Series *a = &self->series[BS_LATENCY_A], *b = &self->series[BS_LATENCY_B];

  if (!self->compared)
    return (double) a->highest;
  return MAX (a->count > 0 ? (double) a->highest / (double) a->count : 0,
              b->count > 0 ? (double) b->highest / (double) b->count : 0);
}

/* What one prediction amounts to, of the side where that is least. */
static double
unit_value (BsLatencyDistribution *self)
{
  guint64 most = MAX (self->series[BS_LATENCY_A].count, self->series[BS_LATENCY_B].count);

  return self->compared && most > 0 ? 1.0 / (double) most : 1.0;
}

/* A single prediction keeps a visible height: the tail is what one looks for. */
static double
value_height (BsLatencyDistribution *self, double value, double height)
{
  double floor = 0.5 * unit_value (self);

  return value <= floor ? 0 : height * log (value / floor) / log (highest_value (self) / floor);
}

static void
append_bars (BsLatencyDistribution *self, GtkSnapshot *snapshot, const graphene_rect_t *plot, BsLatencySide side)
{
  const Series *series = &self->series[side];
  GdkRGBA own = *bs_latency_side_color (side, &self->palette), edge = own;
  const GdkRGBA *over = bs_palette_get (&self->palette, BS_COLOR_ERROR);
  float bottom = plot->origin.y + plot->size.height;

  if (self->compared)
    own.alpha = OVERLAY_ALPHA;
  for (guint i = 0; i < N_BINS; i++)
    {
      double from = pow (10, i / (double) BINS_PER_DECADE), to = pow (10, (i + 1) / (double) BINS_PER_DECADE);
      double x = round (plot->origin.x + plot->size.width * bs_log_axis_position (&self->axis, from));
      double right = round (plot->origin.x + plot->size.width * bs_log_axis_position (&self->axis, to));
      double value = (double) series->bins[i] / (self->compared ? MAX (1.0, (double) series->count) : 1.0);
      float height = (float) ceil (value_height (self, value, plot->size.height));
      float width = (float) MAX (1, right - x - 1);

      if (height <= 0)
        continue;
      gtk_snapshot_append_color (snapshot, !self->compared && from >= self->budget_ns ? over : &own,
                                 &GRAPHENE_RECT_INIT ((float) x, bottom - height, width, height));
      if (self->compared)
        gtk_snapshot_append_color (snapshot, &edge, &GRAPHENE_RECT_INIT ((float) x, bottom - height, width, 2));
    }
}

static void
append_line (BsLatencyDistribution *self, GtkSnapshot *snapshot, const graphene_rect_t *plot, double ns,
             const char *text, BsColorRole role, double *taken)
{
  double x = round (plot->origin.x + plot->size.width * bs_log_axis_position (&self->axis, ns));
  int width = bs_draw_text_width (self->layout, text);
  float top = plot->origin.y;

  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, role),
                             &GRAPHENE_RECT_INIT ((float) x, top, 1, plot->size.height));
  double left = x + 3 + width <= plot->origin.x + plot->size.width ? x + 3 : x - 3 - width;
  if (left < *taken)
    return;
  bs_draw_text_at (snapshot, self->layout, left, 0, bs_palette_get (&self->palette, BS_COLOR_DIM));
  *taken = left + width + MARGIN_PX;
}

static const char *
value_label (BsLatencyDistribution *self, double value, char *label)
{
  if (!self->compared)
    return bs_number_format_count (label, (guint64) value);
  guint decimals = 0;
  for (double shown = 100 * value; shown < 0.999 && decimals < 6; shown *= 10)
    decimals++;
  return bs_number_format_percent (label, value, decimals);
}

static void
append_axes (BsLatencyDistribution *self, GtkSnapshot *snapshot, const graphene_rect_t *plot)
{
  BsLogTick ticks[BS_LOG_AXIS_MAX_TICKS];
  char label[BS_NUMBER_LENGTH];
  int label_width = bs_draw_text_width (self->layout, "500\u00a0µs") + 2 * MARGIN_PX;
  guint n = bs_log_axis_ticks (&self->axis, plot->size.width, label_width, ticks);
  const GdkRGBA *dim = bs_palette_get (&self->palette, BS_COLOR_DIM);
  float bottom = plot->origin.y + plot->size.height;

  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BORDER),
                             &GRAPHENE_RECT_INIT (plot->origin.x, bottom, plot->size.width, 1));
  for (guint i = 0; i < n; i++)
    {
      double x = round (plot->origin.x + plot->size.width * bs_log_axis_position (&self->axis, ticks[i].value));

      gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BORDER),
                                 &GRAPHENE_RECT_INIT ((float) x, bottom, 1, ticks[i].major ? 5 : 3));
      if (!ticks[i].major)
        continue;
      int width = bs_draw_text_width (self->layout, bs_log_axis_label (label, ticks[i].value));
      bs_draw_text_at (snapshot, self->layout,
                       CLAMP (x - width / 2.0, 0, gtk_widget_get_width (GTK_WIDGET (self)) - width), bottom + 6, dim);
    }
  /* Counts 1, 10, 100 ... or shares 100 %, 10 %, 1 % ... as lines behind the bars, each with its number. */
  double highest = highest_value (self), last = G_MAXDOUBLE;
  for (double value = 1.0; self->compared ? value >= unit_value (self) : value <= highest;
       value *= self->compared ? 0.1 : 10)
    {
      double y = round (bottom - value_height (self, value, plot->size.height));
      if (value > highest || fabs (last - y) < self->text_height + 2 || bottom - y < self->text_height / 2)
        continue;
      last = y;
      gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_GRID),
                                 &GRAPHENE_RECT_INIT (plot->origin.x, (float) y, plot->size.width, 1));
      int width = bs_draw_text_width (self->layout, value_label (self, value, label));
      bs_draw_text_at (snapshot, self->layout, plot->origin.x - MARGIN_PX - width, y - self->text_height / 2.0, dim);
    }
}

static void
bs_latency_distribution_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLatencyDistribution *self = BS_LATENCY_DISTRIBUTION (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  char label[BS_NUMBER_LENGTH];

  guint64 most = MAX (self->series[BS_LATENCY_A].highest, 100);

  ensure_layout (self);
  const char *widest
    = value_label (self, self->compared ? pow (10, -floor (-log10 (unit_value (self)))) : (double) most, label);
  float left = (float) bs_draw_text_width (self->layout, widest) + 2 * MARGIN_PX;
  float top = (float) self->text_height + 4, footer = (float) self->text_height + 8;
  graphene_rect_t plot
    = GRAPHENE_RECT_INIT (left, top, MAX (1, (float) width - left - MARGIN_PX), MAX (1, (float) height - top - footer));

  if (self->series[BS_LATENCY_A].count == 0 && self->series[BS_LATENCY_B].count == 0)
    return;
  append_axes (self, snapshot, &plot);
  double taken = 0;
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    append_bars (self, snapshot, &plot, side);
  if (self->compared)
    {
      for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
        if (self->series[side].count > 0)
          append_line (self, snapshot, &plot, (double) self->series[side].figures.p50,
                       side == BS_LATENCY_A ? _ ("p50 A") : _ ("p50 B"), BS_COLOR_FOREGROUND, &taken);
    }
  else
    {
      append_line (self, snapshot, &plot, (double) self->series[BS_LATENCY_A].figures.p50, _ ("p50"),
                   BS_COLOR_FOREGROUND, &taken);
      append_line (self, snapshot, &plot, (double) self->series[BS_LATENCY_A].figures.p99, _ ("p99"),
                   BS_COLOR_FOREGROUND, &taken);
    }
  append_line (self, snapshot, &plot, self->budget_ns, _ ("budget"), BS_COLOR_THRESHOLD, &taken);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LATENCY_DISTRIBUTION (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_latency_distribution_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_latency_distribution_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_LATENCY_DISTRIBUTION (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_latency_distribution_dispose (GObject *object)
{
  g_clear_object (&BS_LATENCY_DISTRIBUTION (object)->layout);
  G_OBJECT_CLASS (bs_latency_distribution_parent_class)->dispose (object);
}

static void
bs_latency_distribution_class_init (BsLatencyDistributionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_latency_distribution_dispose;
  widget_class->measure = bs_latency_distribution_measure;
  widget_class->snapshot = bs_latency_distribution_snapshot;
  widget_class->css_changed = bs_latency_distribution_css_changed;
  gtk_widget_class_set_css_name (widget_class, "latencydistribution");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bs_latency_distribution_init (BsLatencyDistribution *self)
{
  self->budget_ns = 1e7;
  bs_log_axis_fit (&self->axis, 1e3, 1e7);
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Distribution of the total latency"), -1);
}

GtkWidget *
bs_latency_distribution_new (void)
{
  return g_object_new (BS_TYPE_LATENCY_DISTRIBUTION, NULL);
}

static void
add_bucket (gint64 from_ns, gint64 to_ns, guint64 count, gpointer data)
{
  Series *series = data;
  double middle = 0.5 * ((double) from_ns + (double) to_ns);
  int bin = (int) floor (BINS_PER_DECADE * log10 (MAX (middle, 1)));

  bin = CLAMP (bin, 0, N_BINS - 1);
  series->bins[bin] += count;
  series->highest = MAX (series->highest, series->bins[bin]);
}

/* Tells a screen reader what is drawn. */
static void
describe (BsLatencyDistribution *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint side = 0; side <= (self->compared ? BS_LATENCY_B : BS_LATENCY_A); side++)
    {
      const BsLatencyFigures *figures = &self->series[side].figures;
      char p50[BS_NUMBER_LENGTH], p99[BS_NUMBER_LENGTH], max[BS_NUMBER_LENGTH], count[BS_NUMBER_LENGTH];
      if (self->compared)
        g_string_append_printf (text, "%s%s: ", side > 0 ? "; " : "", bs_latency_side_letter (side));
      g_string_append_printf (
        text, _ ("%s predictions, median %s, 99 %% under %s, longest %s"),
        bs_number_format_count (count, figures->count), bs_number_format_duration (p50, figures->p50),
        bs_number_format_duration (p99, figures->p99), bs_number_format_duration (max, figures->max));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

void
bs_latency_distribution_set_histogram (BsLatencyDistribution *self, BsLatencySide side, const BsHistogram *histogram)
{
  g_return_if_fail (BS_IS_LATENCY_DISTRIBUTION (self));
  g_return_if_fail (side < BS_LATENCY_N_SIDES);

  Series *series = &self->series[side];
  memset (series, 0, sizeof *series);
  bs_latency_figures_read (&series->figures, histogram);
  series->count = series->figures.count;
  if (histogram != NULL)
    bs_histogram_foreach (histogram, add_bucket, series);

  double low = G_MAXDOUBLE, high = self->budget_ns;
  for (guint s = 0; s < BS_LATENCY_N_SIDES; s++)
    if (self->series[s].count > 0)
      {
        low = MIN (low, (double) self->series[s].figures.min);
        high = MAX (high, (double) self->series[s].figures.max);
      }
  if (low < high && !bs_log_axis_still_fits (&self->axis, low, high))
    bs_log_axis_fit (&self->axis, low, high);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_distribution_set_compared (BsLatencyDistribution *self, gboolean compared)
{
  g_return_if_fail (BS_IS_LATENCY_DISTRIBUTION (self));

  self->compared = compared;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bs_latency_distribution_set_budget (BsLatencyDistribution *self, double budget_ns)
{
  g_return_if_fail (BS_IS_LATENCY_DISTRIBUTION (self));
  g_return_if_fail (budget_ns > 0);

  self->budget_ns = budget_ns;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
