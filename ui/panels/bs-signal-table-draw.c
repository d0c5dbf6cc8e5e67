/* bs-signal-table-draw.c: the texts of the signal table, laid out once, and its picture */
#include "ui/panels/bs-signal-table-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-draw-text.h"
#include "ui/panels/bs-class-shape.h"

#define ROW_PADDING_PX 5 /* above and below the text, together */
#define MARGIN_PX 12     /* left and right of all columns */
#define GAP_PX 18        /* between two columns */
#define ARROW_PX 14      /* beside a head that the rows are ordered by */
#define SHAPE_PX 10
#define SHAPE_GAP_PX 6

void
bs_signal_table_drop_rows (BsSignalTable *self)
{
  for (guint i = 0; i < BS_SIGNAL_TABLE_N_CACHED; i++)
    for (guint c = 0; self->cache[i].used && c < BS_N_SIGNAL_COLUMNS; c++)
      g_clear_object (&self->cache[i].cells[c]);
  memset (self->cache, 0, BS_SIGNAL_TABLE_N_CACHED * sizeof *self->cache);
}

void
bs_signal_table_drop_layouts (BsSignalTable *self)
{
  bs_signal_table_drop_rows (self);
  self->row_height = 0;
}

void
bs_signal_table_ensure_layouts (BsSignalTable *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  if (self->row_height > 0)
    return;

  g_autoptr (PangoLayout) sample = bs_draw_text_layout (widget, 0, PANGO_WEIGHT_NORMAL);
  g_autoptr (PangoLayout) head = bs_draw_text_layout (widget, 0, PANGO_WEIGHT_BOLD);
  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      const BsSignalColumn *column = bs_signal_column (c);
      g_autofree char *title = bs_signal_column_title (c);
      const char *widest = g_dpgettext2 (GETTEXT_PACKAGE, "widest", column->widest);
      int width = bs_draw_text_width (sample, widest) + (column->shape ? SHAPE_PX + SHAPE_GAP_PX : 0);
      self->widths[c] = MAX (width, bs_draw_text_width (head, title) + (column->sorts ? ARROW_PX : 0));
    }
  int text_height;
  pango_layout_get_pixel_size (sample, NULL, &text_height);
  self->row_height = text_height + ROW_PADDING_PX;
}

/* The texts of the row with @number; valid until another row takes its place. */
static const BsSignalTableRow *
ensure_row (BsSignalTable *self, guint64 number, const BsSignalLogEntry *entry)
{
  BsSignalTableRow *row = &self->cache[number % BS_SIGNAL_TABLE_N_CACHED];
  char buffer[BS_SIGNAL_COLUMN_LENGTH];

  if (row->used && row->number == number)
    return row;
  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      if (!row->used)
        row->cells[c] = bs_draw_text_layout (GTK_WIDGET (self), 0, PANGO_WEIGHT_NORMAL);
      pango_layout_set_text (row->cells[c], bs_signal_column (c)->text (entry, self->decimals, buffer), -1);
    }
  row->used = TRUE;
  row->number = number;
  return row;
}

/* The largest rank whose columns all fit. */
static guint
rank_for_width (BsSignalTable *self, int width)
{
  for (guint rank = BS_N_SIGNAL_COLUMNS; rank > 0; rank--)
    {
      int needed = 2 * MARGIN_PX - GAP_PX;
      for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
        if (bs_signal_column (c)->rank <= rank)
          needed += self->widths[c] + GAP_PX;
      if (needed <= width)
        return rank;
    }
  return 0;
}

static void
append_cell (BsSignalTable *self, GtkSnapshot *snapshot, guint c, PangoLayout *layout, int x, int y,
             const GdkRGBA *color)
{
  int width = 0;

  if (bs_signal_column (c)->right)
    pango_layout_get_pixel_size (layout, &width, NULL);
  bs_draw_text_at (snapshot, layout, bs_signal_column (c)->right ? x + self->widths[c] - width : x, y, color);
}

static void
append_shape (BsSignalTable *self, GtkSnapshot *snapshot, const BsSignalLogEntry *entry, int x, int row_y)
{
  double y = row_y + floor ((self->row_height - SHAPE_PX) / 2.0);
  BsClass shape = entry->filtered ? entry->raw_class : entry->klass;
  cairo_t *cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT ((float) x - 1, (float) y - 1, SHAPE_PX + 2, SHAPE_PX + 2));

  bs_class_shape_path (cr, shape, x, y, SHAPE_PX);
  bs_palette_set_source (&self->palette, bs_class_shape_role (shape), cr);
  cairo_set_line_width (cr, 1);
  if (entry->filtered)
    cairo_stroke (cr);
  else
    cairo_fill (cr);
  cairo_destroy (cr);
}

static void
append_row (BsSignalTable *self, GtkSnapshot *snapshot, guint position, int y, guint rank)
{
  const BsSignalLogEntry *entry = bs_signal_log_model_peek (self->model, position);
  guint64 number = bs_signal_log_model_number (self->model, position);
  const BsSignalTableRow *row = ensure_row (self, number, entry);
  int width = gtk_widget_get_width (GTK_WIDGET (self)), x = MARGIN_PX;
  gboolean hovered = self->pointer >= 0 && self->pointer >= y && self->pointer < y + self->row_height;

  if (number == self->selected || hovered)
    {
      GdkRGBA back = *bs_palette_get (&self->palette, number == self->selected ? BS_COLOR_ACCENT : BS_COLOR_FOREGROUND);
      back.alpha = number == self->selected ? 0.25f : 0.06f;
      gtk_snapshot_append_color (snapshot, &back,
                                 &GRAPHENE_RECT_INIT (0, (float) y, (float) width, (float) self->row_height));
    }
  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      const BsSignalColumn *column = bs_signal_column (c);
      gboolean quiet = column->quiet || (column->shape && entry->klass == BS_CLASS_HOLD);
      int text_x = x;

      if (column->rank > rank)
        continue;
      if (column->shape)
        {
          append_shape (self, snapshot, entry, x, y);
          text_x += SHAPE_PX + SHAPE_GAP_PX;
        }
      append_cell (self, snapshot, c, row->cells[c], text_x, y + ROW_PADDING_PX / 2,
                   bs_palette_get (&self->palette, quiet ? BS_COLOR_DIM : BS_COLOR_FOREGROUND));
      x += self->widths[c] + GAP_PX;
    }
}

void
bs_signal_table_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  bs_signal_table_ensure_layouts (self);
  guint rank = rank_for_width (self, width);
  double value = floor (bs_signal_table_scrolled (self));
  guint n = bs_signal_table_n_rows (self), first = (guint) (value / self->row_height);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  for (guint position = first; position < n && position - first < BS_SIGNAL_TABLE_N_CACHED; position++)
    {
      int y = (int) ((double) position * self->row_height - value);
      if (y >= height)
        break;
      append_row (self, snapshot, position, y, rank);
    }
  gtk_snapshot_pop (snapshot);
}

gboolean
bs_signal_table_place (BsSignalTable *self, guint c, int width, int *x, int *column_width)
{
  bs_signal_table_ensure_layouts (self);

  guint rank = rank_for_width (self, width);
  *x = MARGIN_PX;
  *column_width = self->widths[c];
  for (guint i = 0; i < c; i++)
    if (bs_signal_column (i)->rank <= rank)
      *x += self->widths[i] + GAP_PX;
  return bs_signal_column (c)->rank <= rank;
}

void
bs_signal_table_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (widget);

  bs_signal_table_ensure_layouts (self);
  *minimum = *natural = 2 * MARGIN_PX - GAP_PX;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = 3 * self->row_height;
      *natural = 8 * self->row_height;
      return;
    }
  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      *natural += self->widths[c] + GAP_PX;
      if (bs_signal_column (c)->rank == 0)
        *minimum += self->widths[c] + GAP_PX;
    }
}
