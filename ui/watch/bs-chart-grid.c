#include "ui/watch/bs-chart-grid.h"

#include <glib/gi18n.h>

#include "ui/bs-ui-resources.h"

/* Of a chart among others: prices, and a little of the rest. */
#define SMALL_PANE_SIZES "0.66,0.12,0.1,0.12"
#define SMALL_HEIGHT_PX 120
#define SPACING_PX 1

typedef struct
{
  GtkWidget *box;
  GtkWidget *title;
  BsChart *chart;
  GBinding *crosshair; /* (nullable): with the main one; not owned */
} Cell;

struct _BsChartGrid
{
  GtkWidget parent_instance;

  GtkGrid *grid;
  Cell cells[BS_CHART_GRID_MAX];
  guint n, active;
};

G_DEFINE_FINAL_TYPE (BsChartGrid, bs_chart_grid, GTK_TYPE_WIDGET)

enum
{
  ACTIVE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_active (BsChartGrid *self, guint active)
{
  if (self->active == active)
    return;
  gtk_widget_remove_css_class (self->cells[self->active].box, "active");
  self->active = active;
  gtk_widget_add_css_class (self->cells[active].box, "active");
  g_signal_emit (self, signals[ACTIVE_CHANGED], 0);
}

static void
on_focus (GtkEventController *controller, BsChartGrid *self)
{
  GtkWidget *box = gtk_event_controller_get_widget (controller);
  for (guint i = 0; i < self->n; i++)
    if (self->cells[i].box == box)
      set_active (self, i);
}

/* @chart: (transfer floating) */
static void
add_cell (BsChartGrid *self, guint i, BsChart *chart)
{
  Cell *cell = &self->cells[i];
  cell->chart = chart;
  cell->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (cell->box, "bs-chart-cell");
  cell->title = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (cell->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (cell->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (cell->title, "caption-heading");
  gtk_box_append (GTK_BOX (cell->box), cell->title);
  gtk_widget_set_vexpand (GTK_WIDGET (chart), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (chart), TRUE);
  gtk_box_append (GTK_BOX (cell->box), GTK_WIDGET (chart));
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect (focus, "enter", G_CALLBACK (on_focus), self);
  gtk_widget_add_controller (cell->box, focus);
}

/* A property by which all charts look the same: any of the chart's but these. */
static gboolean
is_look (const GParamSpec *spec)
{
  static const char *const own[] = { "data", "follow", "crosshair-time", "pane-sizes", NULL };
  return spec->owner_type == BS_TYPE_CHART && (spec->flags & G_PARAM_READWRITE) == G_PARAM_READWRITE
         && !g_strv_contains (own, spec->name);
}

/* Moved in any of the charts: it is the same for all. */
static void
on_threshold_changed (BsChartGrid *self, double threshold)
{
  g_signal_emit_by_name (self->cells[0].chart, "threshold-changed", threshold);
}

static BsChart *
new_small_chart (BsChartGrid *self)
{
  BsChart *chart = BS_CHART (bs_chart_new ());
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (chart), &n);
  for (guint i = 0; i < n; i++)
    if (is_look (specs[i]))
      g_object_bind_property (self->cells[0].chart, specs[i]->name, chart, specs[i]->name, G_BINDING_SYNC_CREATE);
  g_signal_connect_object (chart, "threshold-changed", G_CALLBACK (on_threshold_changed), self, G_CONNECT_SWAPPED);
  g_object_set (chart, "pane-sizes", SMALL_PANE_SIZES, NULL);
  gtk_widget_set_size_request (GTK_WIDGET (chart), -1, SMALL_HEIGHT_PX);
  return chart;
}

/* Columns of a grid of @n charts. */
static guint
n_columns (guint n)
{
  return n == 1 ? 1 : n <= 4 ? 2 : 3;
}

void
bs_chart_grid_set_n_charts (BsChartGrid *self, guint n)
{
  g_return_if_fail (BS_IS_CHART_GRID (self) && n >= 1 && n <= BS_CHART_GRID_MAX);

  for (guint i = n; i < self->n; i++)
    {
      gtk_grid_remove (self->grid, self->cells[i].box);
      self->cells[i] = (Cell){ 0 };
    }
  for (guint i = 1; i < n; i++)
    {
      Cell *cell = &self->cells[i];
      if (i >= self->n)
        {
          add_cell (self, i, new_small_chart (self));
          cell->crosshair = g_object_bind_property (self->cells[0].chart, "crosshair-time", cell->chart, "crosshair-time",
                                                    G_BINDING_BIDIRECTIONAL);
        }
      else
        {
          g_object_ref (cell->box);
          gtk_grid_remove (self->grid, cell->box);
        }
      gtk_grid_attach (self->grid, cell->box, (int) (i % n_columns (n)), (int) (i / n_columns (n)), 1, 1);
      if (i < self->n)
        g_object_unref (cell->box);
    }
  self->n = n;
  for (guint i = 0; i < n; i++)
    gtk_widget_set_visible (self->cells[i].title, n > 1);
  if (n > 1)
    gtk_widget_add_css_class (GTK_WIDGET (self), "several");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "several");
  if (self->active >= n)
    {
      self->active = 0;
      gtk_widget_add_css_class (self->cells[0].box, "active");
      g_signal_emit (self, signals[ACTIVE_CHANGED], 0);
    }
}

guint
bs_chart_grid_get_n_charts (BsChartGrid *self)
{
  return self->n;
}

BsChart *
bs_chart_grid_chart (BsChartGrid *self, guint i)
{
  g_return_val_if_fail (BS_IS_CHART_GRID (self) && i < self->n, NULL);
  return self->cells[i].chart;
}

void
bs_chart_grid_set_title (BsChartGrid *self, guint i, const char *title)
{
  g_return_if_fail (BS_IS_CHART_GRID (self) && i < self->n);
  gtk_label_set_text (GTK_LABEL (self->cells[i].title), title);
  if (i == 0)
    return;
  g_autofree char *name = g_strdup_printf (_ ("Price chart of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cells[i].chart), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

guint
bs_chart_grid_active (BsChartGrid *self)
{
  return self->active;
}

static void
bs_chart_grid_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_chart_grid_parent_class)->dispose (object);
}

static void
bs_chart_grid_class_init (BsChartGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_chart_grid_dispose;
  signals[ACTIVE_CHANGED] = g_signal_new ("active-changed", BS_TYPE_CHART_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chartgrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_chart_grid_init (BsChartGrid *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_homogeneous (self->grid, TRUE);
  gtk_grid_set_column_homogeneous (self->grid, TRUE);
  gtk_grid_set_row_spacing (self->grid, SPACING_PX);
  gtk_grid_set_column_spacing (self->grid, SPACING_PX);
  gtk_widget_set_parent (GTK_WIDGET (self->grid), GTK_WIDGET (self));
  self->n = 1;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Charts"), -1);
}

GtkWidget *
bs_chart_grid_new (BsChart *main)
{
  BsChartGrid *self = g_object_new (BS_TYPE_CHART_GRID, NULL);
  add_cell (self, 0, main);
  gtk_grid_attach (self->grid, self->cells[0].box, 0, 0, 1, 1);
  gtk_widget_set_visible (self->cells[0].title, FALSE);
  gtk_widget_add_css_class (self->cells[0].box, "active");
  return GTK_WIDGET (self);
}
