#include "ui/lab/bs-lab-histogram.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-palette.h"
#include "ui/bs-ui-resources.h"

#define N_RUNS 2
#define N_BINS 72
#define TEXT_SIZE 0.82
#define MARGIN_PX 6
#define FILL_ALPHA 0.35f
/* Beyond this the axis is logarithmic: two peaks that far apart would each be a line. */
#define LINEAR_MAX_RATIO 4.0
/* What is longer than this percentile counts at the right end: a few interruptions must not flatten all else. */
#define SHOWN_FRACTION 0.98

static const BsColorRole run_colors[N_RUNS] = { BS_COLOR_ACCENT, BS_COLOR_CONFIDENCE };

typedef struct
{
  char *name; /* (nullable) */
  double *us; /* [n], ascending */
  guint n;
  double bins[N_BINS]; /* parts of n */
} Run;

struct _BsLabHistogram
{
  GtkWidget parent_instance;
  Run runs[N_RUNS];
  double min, max; /* of the axis, us; 0 where there is nothing */
  double highest;
  gboolean logarithmic;
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
};

G_DEFINE_FINAL_TYPE (BsLabHistogram, bs_lab_histogram, GTK_TYPE_WIDGET)

static void
bs_lab_histogram_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 110;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 150;
}

static double
position (BsLabHistogram *self, double us)
{
  double p = self->logarithmic ? log (us / self->min) / log (self->max / self->min)
                               : (us - self->min) / (self->max - self->min);
  return CLAMP (p, 0, 1);
}

static double
percentile (const Run *run, double fraction)
{
  return run->us[MIN (run->n - 1, (guint) (fraction * run->n))];
}

static void
recount (BsLabHistogram *self)
{
  double low = INFINITY, high = 0;

  self->min = self->max = self->highest = 0;
  for (guint r = 0; r < N_RUNS; r++)
    if (self->runs[r].n > 0)
      {
        low = MIN (low, self->runs[r].us[0]);
        high = MAX (high, percentile (&self->runs[r], SHOWN_FRACTION));
      }
  if (high <= 0)
    return;
  self->logarithmic = high / low > LINEAR_MAX_RATIO;
  self->min = self->logarithmic ? low / 1.3 : MAX (0, low - 0.1 * (high - low) - 0.02 * low);
  self->max = self->logarithmic ? high * 1.3 : high + 0.1 * (high - low) + 0.02 * low;
  for (guint r = 0; r < N_RUNS; r++)
    {
      Run *run = &self->runs[r];
      memset (run->bins, 0, sizeof run->bins);
      for (guint i = 0; i < run->n; i++)
        run->bins[MIN (N_BINS - 1, (guint) (N_BINS * position (self, run->us[i])))] += 1.0 / run->n;
      for (guint bin = 0; bin < N_BINS; bin++)
        self->highest = MAX (self->highest, run->bins[bin]);
    }
}

static void
append_bars (BsLabHistogram *self, GtkSnapshot *snapshot, const graphene_rect_t *plot, guint r)
{
  const GdkRGBA *color = bs_palette_get (&self->palette, run_colors[r]);
  const float bottom = plot->origin.y + plot->size.height;
  GdkRGBA fill = *color;

  fill.alpha = FILL_ALPHA;
  for (guint bin = 0; bin < N_BINS; bin++)
    {
      const float x = roundf (plot->origin.x + plot->size.width * (float) bin / N_BINS);
      const float right = roundf (plot->origin.x + plot->size.width * (float) (bin + 1) / N_BINS);
      const float height = ceilf (plot->size.height * (float) (self->runs[r].bins[bin] / self->highest));
      if (height <= 0)
        continue;
      gtk_snapshot_append_color (snapshot, &fill, &GRAPHENE_RECT_INIT (x, bottom - height, right - x, height));
      gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, bottom - height, right - x, 2));
    }
}

static const char *
time_text (char *text, double us)
{
  return bs_number_format_duration (text, (gint64) llround (1e3 * us));
}

/* The median as a line over the bars, and the run's name beside a swatch at the top, one run a line. */
static void
append_median (BsLabHistogram *self, GtkSnapshot *snapshot, const graphene_rect_t *plot, guint r, int line)
{
  const Run *run = &self->runs[r];
  const GdkRGBA *color = bs_palette_get (&self->palette, run_colors[r]);
  const double median = percentile (run, 0.5);
  const float x = roundf (plot->origin.x + plot->size.width * (float) position (self, median));
  const float y = (float) (MARGIN_PX + line * (int) r);
  char number[BS_NUMBER_LENGTH], time[BS_NUMBER_LENGTH];

  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x - 1, plot->origin.y, 2, plot->size.height));
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (plot->origin.x, y + (float) line / 2 - 4, 14, 8));
  g_autofree char *text = g_strdup_printf (_ ("%s: median %s of %s samples"), run->name, time_text (time, median),
                                           bs_number_format_count (number, run->n));
  bs_draw_text_width (self->layout, text);
  bs_draw_text_at (snapshot, self->layout, plot->origin.x + 20, y,
                   bs_palette_get (&self->palette, BS_COLOR_FOREGROUND));
}

/* A round step that leaves at most @n ticks in the axis. */
static double
tick_step (double span, guint n)
{
  static const double steps[] = { 1, 2, 5, 10 };
  const double power = pow (10, floor (log10 (span / n)));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (span / (steps[i] * power) <= n)
      return steps[i] * power;
  return 10 * power;
}

static void
append_tick (BsLabHistogram *self, GtkSnapshot *snapshot, const graphene_rect_t *plot, double us, double *taken)
{
  const float bottom = plot->origin.y + plot->size.height;
  const double x = plot->origin.x + plot->size.width * position (self, us);
  char text[BS_NUMBER_LENGTH];
  const int width = bs_draw_text_width (self->layout, time_text (text, us));
  const double left = x - width / 2.0;

  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BORDER),
                             &GRAPHENE_RECT_INIT ((float) round (x), bottom, 1, 4));
  if (left < *taken || left + width > gtk_widget_get_width (GTK_WIDGET (self)))
    return;
  bs_draw_text_at (snapshot, self->layout, left, bottom + 5, bs_palette_get (&self->palette, BS_COLOR_DIM));
  *taken = left + width + 2 * MARGIN_PX;
}

static void
append_axis (BsLabHistogram *self, GtkSnapshot *snapshot, const graphene_rect_t *plot)
{
  static const double mantissas[] = { 1, 2, 5 };
  const float bottom = plot->origin.y + plot->size.height;
  double taken = 0;

  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BORDER),
                             &GRAPHENE_RECT_INIT (plot->origin.x, bottom, plot->size.width, 1));
  if (!self->logarithmic)
    {
      const double step = tick_step (self->max - self->min, 8);
      for (double us = ceil (self->min / step) * step; us <= self->max; us += step)
        append_tick (self, snapshot, plot, us, &taken);
      return;
    }
  for (double power = pow (10, floor (log10 (self->min))); power <= self->max; power *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (mantissas); i++)
      if (power * mantissas[i] >= self->min && power * mantissas[i] <= self->max)
        append_tick (self, snapshot, plot, power * mantissas[i], &taken);
}

static void
bs_lab_histogram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLabHistogram *self = BS_LAB_HISTOGRAM (widget);
  const float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  int line;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->layout == NULL)
    self->layout = bs_draw_text_layout (widget, TEXT_SIZE * bs_draw_text_size (widget), PANGO_WEIGHT_NORMAL);
  if (self->max <= 0)
    return;
  bs_draw_text_width (self->layout, "1");
  pango_layout_get_pixel_size (self->layout, NULL, &line);
  const float top = (float) (2 * line + 2 * MARGIN_PX), footer = (float) (line + 6);
  const graphene_rect_t plot
    = GRAPHENE_RECT_INIT (MARGIN_PX, top, MAX (1, width - 2 * MARGIN_PX), MAX (1, height - top - footer));
  for (guint r = 0; r < N_RUNS; r++)
    if (self->runs[r].n > 0)
      append_bars (self, snapshot, &plot, r);
  for (guint r = 0; r < N_RUNS; r++)
    if (self->runs[r].n > 0)
      append_median (self, snapshot, &plot, r, line);
  append_axis (self, snapshot, &plot);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LAB_HISTOGRAM (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_lab_histogram_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_lab_histogram_parent_class)->css_changed (widget, change);
  g_clear_object (&BS_LAB_HISTOGRAM (widget)->layout);
  on_palette_changed (widget);
}

static void
bs_lab_histogram_dispose (GObject *object)
{
  g_clear_object (&BS_LAB_HISTOGRAM (object)->layout);
  G_OBJECT_CLASS (bs_lab_histogram_parent_class)->dispose (object);
}

static void
bs_lab_histogram_finalize (GObject *object)
{
  BsLabHistogram *self = BS_LAB_HISTOGRAM (object);
  for (guint r = 0; r < N_RUNS; r++)
    {
      g_free (self->runs[r].name);
      g_free (self->runs[r].us);
    }
  G_OBJECT_CLASS (bs_lab_histogram_parent_class)->finalize (object);
}

static void
bs_lab_histogram_class_init (BsLabHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_lab_histogram_dispose;
  G_OBJECT_CLASS (klass)->finalize = bs_lab_histogram_finalize;
  widget_class->measure = bs_lab_histogram_measure;
  widget_class->snapshot = bs_lab_histogram_snapshot;
  widget_class->css_changed = bs_lab_histogram_css_changed;
  gtk_widget_class_set_css_name (widget_class, "labhistogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bs_lab_histogram_init (BsLabHistogram *self)
{
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Times of two runs"), -1);
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static void
describe (BsLabHistogram *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint r = 0; r < N_RUNS; r++)
    {
      const Run *run = &self->runs[r];
      char median[BS_NUMBER_LENGTH], low[BS_NUMBER_LENGTH], high[BS_NUMBER_LENGTH];
      if (run->n > 0)
        g_string_append_printf (text, _ ("%s%s: median %s, shortest %s, longest %s"), text->len > 0 ? "; " : "",
                                run->name, time_text (median, percentile (run, 0.5)), time_text (low, run->us[0]),
                                time_text (high, run->us[run->n - 1]));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

void
bs_lab_histogram_set_run (BsLabHistogram *self, guint which, const char *name, const double *us, guint n)
{
  g_return_if_fail (BS_IS_LAB_HISTOGRAM (self));
  g_return_if_fail (which < N_RUNS);

  Run *run = &self->runs[which];
  g_free (run->name);
  g_free (run->us);
  run->name = g_strdup (name);
  run->n = name != NULL ? n : 0;
  run->us = run->n > 0 ? g_memdup2 (us, n * sizeof *us) : NULL;
  if (run->n > 0)
    qsort (run->us, run->n, sizeof *run->us, compare_doubles);
  recount (self);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
