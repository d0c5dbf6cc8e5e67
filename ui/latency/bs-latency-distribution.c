/* bs-latency-distribution.c: histogram of the total, both axes logarithmic */
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
#define BINS_PER_DECADE 20
#define N_DECADES 12 /* 1 ns .. 1000 s */
#define N_BINS (BINS_PER_DECADE * N_DECADES)

struct _BsLatencyDistribution
{
  GtkWidget parent_instance;
  guint64 bins[N_BINS];
  guint64 count, highest;    /* in all, in the fullest bin */
  gint64 min, max, p50, p99; /* ns */
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

/* A single count keeps a visible height: the tail is what one looks for. */
static double
count_height (BsLatencyDistribution *self, guint64 count, double height)
{
  return count == 0 ? 0 : height * log (1.0 + (double) count) / log (1.0 + (double) self->highest);
}

static void
append_bars (BsLatencyDistribution *self, GtkSnapshot *snapshot, const graphene_rect_t *plot)
{
  const GdkRGBA *color = bs_palette_get (&self->palette, BS_COLOR_ACCENT);
  const GdkRGBA *over = bs_palette_get (&self->palette, BS_COLOR_ERROR);
  float bottom = plot->origin.y + plot->size.height;

  for (guint i = 0; i < N_BINS; i++)
    {
      double from = pow (10, i / (double) BINS_PER_DECADE), to = pow (10, (i + 1) / (double) BINS_PER_DECADE);
      double x = plot->origin.x + plot->size.width * bs_log_axis_position (&self->axis, from);
      double right = plot->origin.x + plot->size.width * bs_log_axis_position (&self->axis, to);
      double height = ceil (count_height (self, self->bins[i], plot->size.height));

      if (height > 0)
        gtk_snapshot_append_color (snapshot, from >= self->budget_ns ? over : color,
                                   &GRAPHENE_RECT_INIT ((float) round (x), bottom - (float) height,
                                                        (float) MAX (1, round (right) - round (x) - 1),
                                                        (float) height));
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
  /* Counts: 1, 10, 100 ... as lines over the bars, each with its number. */
  double last = bottom;
  for (double count = 1; count <= (double) self->highest; count *= 10)
    {
      double y = round (bottom - count_height (self, (guint64) count, plot->size.height));
      if (last - y < self->text_height + 2)
        continue;
      last = y;
      gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_GRID),
                                 &GRAPHENE_RECT_INIT (plot->origin.x, (float) y, plot->size.width, 1));
      int width = bs_draw_text_width (self->layout, bs_number_format_count (label, (guint64) count));
      bs_draw_text_at (snapshot, self->layout, plot->origin.x - MARGIN_PX - width, y - self->text_height / 2.0, dim);
    }
}

static void
bs_latency_distribution_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLatencyDistribution *self = BS_LATENCY_DISTRIBUTION (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  char label[BS_NUMBER_LENGTH];

  ensure_layout (self);
  float left = (float) bs_draw_text_width (self->layout, bs_number_format_count (label, MAX (self->highest, 100)))
               + 2 * MARGIN_PX;
  float top = (float) self->text_height + 4, footer = (float) self->text_height + 8;
  graphene_rect_t plot
    = GRAPHENE_RECT_INIT (left, top, MAX (1, (float) width - left - MARGIN_PX), MAX (1, (float) height - top - footer));

  if (self->count == 0)
    return;
  append_axes (self, snapshot, &plot);
  append_bars (self, snapshot, &plot);
  double taken = 0;
  append_line (self, snapshot, &plot, (double) self->p50, _ ("p50"), BS_COLOR_FOREGROUND, &taken);
  append_line (self, snapshot, &plot, (double) self->p99, _ ("p99"), BS_COLOR_FOREGROUND, &taken);
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
  BsLatencyDistribution *self = data;
  double middle = 0.5 * ((double) from_ns + (double) to_ns);
  int bin = (int) floor (BINS_PER_DECADE * log10 (MAX (middle, 1)));

  bin = CLAMP (bin, 0, N_BINS - 1);
  self->bins[bin] += count;
  self->highest = MAX (self->highest, self->bins[bin]);
}

void
bs_latency_distribution_set_histogram (BsLatencyDistribution *self, const BsHistogram *histogram)
{
  g_return_if_fail (BS_IS_LATENCY_DISTRIBUTION (self));

  char p50[BS_NUMBER_LENGTH], p99[BS_NUMBER_LENGTH], max[BS_NUMBER_LENGTH], count[BS_NUMBER_LENGTH];
  guint64 n = histogram != NULL ? bs_histogram_count (histogram) : 0;

  if (n == self->count)
    return;
  memset (self->bins, 0, sizeof self->bins);
  self->highest = 0;
  self->count = n;
  if (n > 0)
    {
      self->min = bs_histogram_min (histogram);
      self->max = bs_histogram_max (histogram);
      self->p50 = bs_histogram_percentile (histogram, 50);
      self->p99 = bs_histogram_percentile (histogram, 99);
      bs_histogram_foreach (histogram, add_bucket, self);
      double low = (double) self->min, high = MAX ((double) self->max, self->budget_ns);
      if (!bs_log_axis_still_fits (&self->axis, low, high))
        bs_log_axis_fit (&self->axis, low, high);
    }
  g_autofree char *text
    = g_strdup_printf (_ ("%s predictions, median %s, 99 %% under %s, longest %s"), bs_number_format_count (count, n),
                       bs_number_format_duration (p50, self->p50), bs_number_format_duration (p99, self->p99),
                       bs_number_format_duration (max, self->max));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
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
