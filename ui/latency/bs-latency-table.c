/* bs-latency-table.c: percentiles of every stage; also the legend of the timeline */
#include "ui/latency/bs-latency-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-columns.h"
#include "ui/latency/bs-stage-style.h"

#define SWATCH_PX 14 /* length of the line before a title */
#define GAP_PX 6
#define COLUMN_GAP_PX 10
#define SELECTED_ALPHA 0.2f
#define RIGHT_PX 12 /* kept free for the scroll bar that lies over the table */

typedef struct
{
  gboolean used;
  GtkInscription *cells[BS_LATENCY_MAX_COLUMNS];
} Row;

struct _BsLatencyTable
{
  GtkWidget parent_instance;
  const BsLatencyColumn *columns;
  guint n_columns;
  gboolean compared;
  Row header;
  Row rows[BS_N_STAGES];
  int widths[BS_LATENCY_MAX_COLUMNS]; /* px */
  int line_height;                    /* px */
  gboolean measured;
  BsStage hovered, selected;
  BsPalette palette;
  gboolean palette_read;
};

G_DEFINE_FINAL_TYPE (BsLatencyTable, bs_latency_table, GTK_TYPE_WIDGET)

enum
{
  HIGHLIGHT,
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a user waits for first, then its parts in their order. */
static const BsStage first_rows[] = { BS_STAGE_TOTAL, BS_STAGE_FROM_ARRIVAL, BS_STAGE_FROM_DUE };

static gboolean
is_first (BsStage stage)
{
  for (guint i = 0; i < G_N_ELEMENTS (first_rows); i++)
    if (first_rows[i] == stage)
      return TRUE;
  return FALSE;
}

/* The stage of the k-th row; BS_N_STAGES past the end. */
static BsStage
stage_at (BsLatencyTable *self, guint k)
{
  for (guint i = 0; i < G_N_ELEMENTS (first_rows); i++)
    if (self->rows[first_rows[i]].used && k-- == 0)
      return first_rows[i];
  for (guint s = 0; s < BS_N_STAGES; s++)
    if (!is_first ((BsStage) s) && self->rows[s].used && k-- == 0)
      return (BsStage) s;
  return BS_N_STAGES;
}

static guint
n_rows (BsLatencyTable *self)
{
  guint n = 0;

  for (guint s = 0; s < BS_N_STAGES; s++)
    n += self->rows[s].used;
  return n;
}

static void
make_row (BsLatencyTable *self, Row *row)
{
  for (guint c = 0; c < self->n_columns; c++)
    {
      GtkWidget *cell = gtk_inscription_new (NULL);
      row->cells[c] = GTK_INSCRIPTION (cell);
      gtk_inscription_set_xalign (row->cells[c], c == 0 ? 0 : 1);
      gtk_inscription_set_text_overflow (row->cells[c], c == 0 ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END
                                                               : GTK_INSCRIPTION_OVERFLOW_CLIP);
      gtk_widget_set_parent (cell, GTK_WIDGET (self));
    }
  row->used = TRUE;
}

static void
set_cell (Row *row, guint column, const char *text)
{
  if (g_strcmp0 (gtk_inscription_get_text (row->cells[column]), text) != 0)
    gtk_inscription_set_text (row->cells[column], text);
}

static void
make_header (BsLatencyTable *self)
{
  self->columns = bs_latency_columns (self->compared, &self->n_columns);
  make_row (self, &self->header);
  for (guint c = 0; c < self->n_columns; c++)
    {
      set_cell (&self->header, c, _ (self->columns[c].title));
      gtk_widget_add_css_class (GTK_WIDGET (self->header.cells[c]), "dim-label");
    }
  self->measured = FALSE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static int
text_width (PangoLayout *layout, const char *text)
{
  int width;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* Widths come from texts that stand for the widest, not from what is shown: columns do not move with the data. */
static void
ensure_measured (BsLatencyTable *self)
{
  if (self->measured)
    return;
  self->measured = TRUE;

  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  PangoAttrList *attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD)); /* the total's row */
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  self->widths[0] = text_width (layout, _ (self->columns[0].title));
  for (guint s = 0; s < BS_N_STAGES; s++)
    if (self->rows[s].used)
      self->widths[0] = MAX (self->widths[0], text_width (layout, bs_stage_style_title ((BsStage) s)));
  self->widths[0] += SWATCH_PX + GAP_PX;
  for (guint c = 1; c < self->n_columns; c++)
    self->widths[c]
      = MAX (text_width (layout, self->columns[c].widest), text_width (layout, _ (self->columns[c].title)))
        + COLUMN_GAP_PX;
  pango_layout_get_pixel_size (layout, NULL, &self->line_height);
  self->line_height += 1;
}

/* Width of the columns of rank at most @rank. */
static int
width_of_rank (BsLatencyTable *self, guint rank)
{
  int width = RIGHT_PX;

  for (guint c = 0; c < self->n_columns; c++)
    if (self->columns[c].rank <= rank)
      width += self->widths[c];
  return width;
}

static void
bs_latency_table_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  BsLatencyTable *self = BS_LATENCY_TABLE (widget);

  ensure_measured (self);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = width_of_rank (self, 0);
      *natural = width_of_rank (self, BS_LATENCY_MAX_RANK);
    }
  else
    *minimum = *natural = self->line_height * (int) (1 + n_rows (self));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int unused;
      gtk_widget_measure (child, orientation, -1, &unused, NULL, NULL, NULL);
    }
}

static void
allocate_row (BsLatencyTable *self, Row *row, int y, int stage_width, guint rank)
{
  int x = 0;

  for (guint c = 0; c < self->n_columns; c++)
    {
      gboolean shown = self->columns[c].rank <= rank;
      int width = c == 0 ? stage_width : self->widths[c];
      int indent = c == 0 && row != &self->header ? SWATCH_PX + GAP_PX : 0;

      gtk_widget_set_child_visible (GTK_WIDGET (row->cells[c]), shown);
      if (!shown)
        continue;
      gtk_widget_size_allocate (GTK_WIDGET (row->cells[c]),
                                &(GtkAllocation){ x + indent, y, MAX (1, width - indent), self->line_height }, -1);
      x += width;
    }
}

static void
bs_latency_table_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BsLatencyTable *self = BS_LATENCY_TABLE (widget);
  guint rank = BS_LATENCY_MAX_RANK;

  ensure_measured (self);
  while (rank > 0 && width_of_rank (self, rank) > width)
    rank--;
  int spare = width - width_of_rank (self, rank);
  int stage_width = MAX (self->widths[0] + MIN (spare, 24), SWATCH_PX);

  allocate_row (self, &self->header, 0, stage_width, rank);
  BsStage stage;
  for (guint k = 0; (stage = stage_at (self, k)) != BS_N_STAGES; k++)
    allocate_row (self, &self->rows[stage], self->line_height * (int) (k + 1), stage_width, rank);
}

static void
append_swatch (BsLatencyTable *self, GtkSnapshot *snapshot, BsStage stage, int row_y)
{
  BsStageStyle style = bs_stage_style (stage, &self->palette);
  float thickness = stage == BS_STAGE_TOTAL ? 4 : 3;
  float y = (float) row_y + floorf (((float) self->line_height - thickness) / 2);
  float step = style.dash > 0 ? (float) style.dash : SWATCH_PX;

  for (float x = 0; x < SWATCH_PX; x += 2 * step)
    gtk_snapshot_append_color (snapshot, style.color, &GRAPHENE_RECT_INIT (x, y, MIN (step, SWATCH_PX - x), thickness));
}

static void
bs_latency_table_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsLatencyTable *self = BS_LATENCY_TABLE (widget);
  BsStage stage;

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  GdkRGBA selected = *bs_palette_get (&self->palette, BS_COLOR_ACCENT);
  selected.alpha = SELECTED_ALPHA;
  for (guint k = 0; (stage = stage_at (self, k)) != BS_N_STAGES; k++)
    {
      int y = self->line_height * (int) (k + 1);
      if (stage == self->hovered || stage == self->selected)
        gtk_snapshot_append_color (
          snapshot, stage == self->selected ? &selected : bs_palette_get (&self->palette, BS_COLOR_GRID),
          &GRAPHENE_RECT_INIT (0, (float) y, (float) gtk_widget_get_width (widget), (float) self->line_height));
      append_swatch (self, snapshot, stage, y);
    }
  GTK_WIDGET_CLASS (bs_latency_table_parent_class)->snapshot (widget, snapshot);
}

static void
set_hovered (BsLatencyTable *self, BsStage stage)
{
  if (self->hovered == stage)
    return;
  self->hovered = stage;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[HIGHLIGHT], 0, (int) stage);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  BsLatencyTable *self = data;

  set_hovered (self, y < self->line_height ? BS_N_STAGES : stage_at (self, (guint) (y / self->line_height) - 1));
}

static void
on_leave (GtkEventControllerMotion *controller, gpointer data)
{
  set_hovered (data, BS_N_STAGES);
}

/* Tells a screen reader what stands in the row that is chosen. */
static void
describe_selected (BsLatencyTable *self)
{
  const Row *row = &self->rows[self->selected];
  g_autoptr (GString) text = g_string_new (bs_stage_style_title (self->selected));

  for (guint c = 1; row->used && c < self->n_columns; c++)
    g_string_append_printf (text, ", %s %s", gtk_inscription_get_text (self->header.cells[c]),
                            gtk_inscription_get_text (row->cells[c]) != NULL ? gtk_inscription_get_text (row->cells[c])
                                                                             : "–");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

static void
select_stage (BsLatencyTable *self, BsStage stage)
{
  if (stage >= BS_N_STAGES || stage == self->selected)
    return;
  self->selected = stage;
  describe_selected (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0, (int) stage);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  BsLatencyTable *self = data;

  if (!gtk_widget_get_focusable (GTK_WIDGET (self)))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (y >= self->line_height)
    select_stage (self, stage_at (self, (guint) (y / self->line_height) - 1));
}

/* One row up or down. */
static gboolean
select_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsLatencyTable *self = BS_LATENCY_TABLE (widget);
  BsStage stage;

  for (guint k = 0; (stage = stage_at (self, k)) != BS_N_STAGES; k++)
    if (stage == self->selected)
      {
        int other = (int) k + g_variant_get_int32 (args);
        if (other >= 0)
          select_stage (self, stage_at (self, (guint) other));
        return TRUE;
      }
  select_stage (self, stage_at (self, 0));
  return TRUE;
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_LATENCY_TABLE (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_latency_table_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_latency_table_parent_class)->css_changed (widget, change);
  BS_LATENCY_TABLE (widget)->measured = FALSE;
  on_palette_changed (widget);
  gtk_widget_queue_resize (widget);
}

static void
bs_latency_table_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_latency_table_parent_class)->dispose (object);
}

static void
bs_latency_table_class_init (BsLatencyTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_latency_table_dispose;
  widget_class->measure = bs_latency_table_measure;
  widget_class->size_allocate = bs_latency_table_size_allocate;
  widget_class->snapshot = bs_latency_table_snapshot;
  widget_class->css_changed = bs_latency_table_css_changed;
  signals[HIGHLIGHT] = g_signal_new ("highlight", BS_TYPE_LATENCY_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SELECTED] = g_signal_new ("selected", BS_TYPE_LATENCY_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, select_binding, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, select_binding, "i", 1);
  gtk_widget_class_set_css_name (widget_class, "latencytable");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TABLE);
}

static void
bs_latency_table_init (BsLatencyTable *self)
{
  self->hovered = self->selected = BS_N_STAGES;
  gtk_widget_add_css_class (GTK_WIDGET (self), "bs-numbers");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Percentiles by stage"), -1);
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);

  make_header (self);

  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
bs_latency_table_new (void)
{
  return g_object_new (BS_TYPE_LATENCY_TABLE, NULL);
}

/* Makes the cells of a row for the columns as they are. */
static void
use_row (BsLatencyTable *self, BsStage stage)
{
  Row *row = &self->rows[stage];

  make_row (self, row);
  set_cell (row, 0, bs_stage_style_title (stage));
  if (stage == BS_STAGE_TOTAL)
    for (guint c = 0; c < self->n_columns; c++)
      gtk_widget_add_css_class (GTK_WIDGET (row->cells[c]), "bs-strong");
  self->measured = FALSE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
bs_latency_table_set_figures (BsLatencyTable *self, BsStage stage, const BsLatencyFigures *a, const BsLatencyFigures *b)
{
  g_return_if_fail (BS_IS_LATENCY_TABLE (self));
  g_return_if_fail (stage < BS_N_STAGES);

  Row *row = &self->rows[stage];
  char text[BS_NUMBER_LENGTH];

  if (!row->used)
    {
      /* A stage that never took any time is not part of this run. */
      if ((a == NULL || a->count == 0) && (b == NULL || b->count == 0))
        return;
      use_row (self, stage);
    }
  for (guint c = 0; c < self->n_columns; c++)
    {
      const BsLatencyColumn *column = &self->columns[c];
      if (column->shows != BS_LATENCY_SHOWS_STAGE && column->shows != BS_LATENCY_SHOWS_LAST)
        set_cell (row, c, bs_latency_column_text (column, a, b, text));
    }
  if (stage == self->selected)
    describe_selected (self);
}

void
bs_latency_table_set_last (BsLatencyTable *self, const guint32 *last, gboolean cursor)
{
  g_return_if_fail (BS_IS_LATENCY_TABLE (self));

  char text[BS_NUMBER_LENGTH];

  for (guint c = 0; c < self->n_columns; c++)
    {
      if (self->columns[c].shows != BS_LATENCY_SHOWS_LAST)
        continue;
      set_cell (&self->header, c, cursor ? _ ("cursor") : _ ("last"));
      for (guint s = 0; s < BS_N_STAGES; s++)
        if (self->rows[s].used)
          set_cell (&self->rows[s], c, last[s] > 0 ? bs_number_format_duration (text, last[s]) : "–");
    }
}

static void
clear_row (BsLatencyTable *self, Row *row)
{
  for (guint c = 0; row->used && c < self->n_columns; c++)
    gtk_widget_unparent (GTK_WIDGET (row->cells[c]));
  *row = (Row){ 0 };
}

void
bs_latency_table_clear (BsLatencyTable *self)
{
  g_return_if_fail (BS_IS_LATENCY_TABLE (self));

  for (guint s = 0; s < BS_N_STAGES; s++)
    clear_row (self, &self->rows[s]);
  self->measured = FALSE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
bs_latency_table_set_compared (BsLatencyTable *self, gboolean compared)
{
  g_return_if_fail (BS_IS_LATENCY_TABLE (self));

  if (self->compared == !!compared)
    return;
  bs_latency_table_clear (self);
  clear_row (self, &self->header);
  self->compared = !!compared;
  make_header (self);
}

void
bs_latency_table_set_selected (BsLatencyTable *self, BsStage stage)
{
  g_return_if_fail (BS_IS_LATENCY_TABLE (self));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  select_stage (self, stage);
}
