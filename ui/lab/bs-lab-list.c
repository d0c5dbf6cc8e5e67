#include "ui/lab/bs-lab-list.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-ui-resources.h"

#define COLUMN_GAP_PX 12
#define NAME_CHARS 26
#define MIN_ROWS_HEIGHT_PX 150

typedef enum
{
  COLUMN_NAME,
  COLUMN_WHISKER,
  COLUMN_TIME,
  COLUMN_RATIO,
  COLUMN_VERDICT,
  COLUMN_AGREEMENT,
  COLUMN_DIFFERENCE,
  N_COLUMNS,
} Column;

static const struct
{
  const char *title, *tooltip;
} columns[N_COLUMNS] = {
  [COLUMN_NAME] = { N_ ("Changed to"), N_ ("What is other than in the baseline") },
  [COLUMN_WHISKER]
  = { N_ ("Time, against the baseline"), /* xgettext:no-c-format */
      N_ ("Ratio of medians with its 95 % interval; left of 1 is faster") },
  [COLUMN_TIME] = { N_ ("A bar"), N_ ("Median time of a bar with the change") },
  [COLUMN_RATIO] = { N_ ("Ratio"), N_ ("Time with the change, divided by the time without") },
  [COLUMN_VERDICT] = { N_ ("Verdict"), N_ ("Faster or slower where the whole interval is beyond 2 %") },
  [COLUMN_AGREEMENT] = { N_ ("Agree"), N_ ("Answers with the same signal as plain FP32") },
  [COLUMN_DIFFERENCE] = { N_ ("max |ΔC|"), N_ ("Largest difference of confidence from plain FP32") },
};

struct _BsLabList
{
  GtkWidget parent_instance;
  GtkWidget *header, *scroller;
  GtkListBox *list;
  GtkSizeGroup *sizes[N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (BsLabList, bs_lab_list, GTK_TYPE_WIDGET)

enum
{
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What speaks of the kind in CSS. */
static const char *const kind_classes[] = {
  [BS_LAB_NONE] = "dim-label",
  [BS_LAB_FASTER] = "success",
  [BS_LAB_SLOWER] = "error",
  [BS_LAB_NOISE] = "dim-label",
};

static GtkWidget *
add_cell (BsLabList *self, GtkWidget *box, Column column, const char *text)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), column == COLUMN_NAME || column == COLUMN_VERDICT ? 0 : 1);
  if (column == COLUMN_NAME)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (label), NAME_CHARS);
      gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARS);
    }
  gtk_size_group_add_widget (self->sizes[column], label);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
new_line (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, COLUMN_GAP_PX);
  gtk_widget_add_css_class (box, "bs-lab-line");
  gtk_widget_add_css_class (box, "bs-numbers");
  return box;
}

static void
fill_header (BsLabList *self, const BsLabScale *scale)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (self->header)) != NULL)
    gtk_box_remove (GTK_BOX (self->header), child);
  for (guint column = 0; column < N_COLUMNS; column++)
    {
      GtkWidget *cell = NULL;
      if (column == COLUMN_WHISKER)
        {
          cell = bs_lab_whisker_new_axis (scale);
          gtk_box_append (GTK_BOX (self->header), cell);
        }
      else
        cell = add_cell (self, self->header, (Column) column, _ (columns[column].title));
      gtk_widget_add_css_class (cell, "dim-label");
      gtk_widget_set_tooltip_text (cell, _ (columns[column].tooltip));
    }
}

static GtkWidget *
make_row (BsLabList *self, const BsLabRow *row, const BsLabScale *scale, double band)
{
  GtkWidget *line = new_line (), *list_row = gtk_list_box_row_new ();
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *whisker = bs_lab_whisker_new (scale, band);

  gtk_widget_set_valign (names, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), names);
  add_cell (self, names, COLUMN_NAME, row->name);
  if (row->note != NULL)
    {
      GtkWidget *note = add_cell (self, names, COLUMN_NAME, row->note);
      gtk_widget_add_css_class (note, "caption");
      gtk_widget_add_css_class (note, "dim-label");
    }
  if (row->kind == BS_LAB_NONE)
    {
      GtkWidget *why = gtk_label_new (row->words);
      gtk_label_set_xalign (GTK_LABEL (why), 0);
      gtk_label_set_wrap (GTK_LABEL (why), TRUE);
      gtk_widget_set_hexpand (why, TRUE);
      gtk_widget_add_css_class (why, "dim-label");
      gtk_box_append (GTK_BOX (line), why);
      gtk_widget_add_css_class (line, "dim-label");
      g_object_ref_sink (whisker);
      g_object_unref (whisker);
    }
  else
    {
      bs_lab_whisker_set_ratio (BS_LAB_WHISKER (whisker), row->ratio, row->low, row->high, row->kind);
      gtk_box_append (GTK_BOX (line), whisker);
      add_cell (self, line, COLUMN_TIME, row->time);
      add_cell (self, line, COLUMN_RATIO, row->ratio_text);
      gtk_widget_add_css_class (add_cell (self, line, COLUMN_VERDICT, row->verdict), kind_classes[row->kind]);
      add_cell (self, line, COLUMN_AGREEMENT, row->agreement);
      add_cell (self, line, COLUMN_DIFFERENCE, row->difference);
    }
  gtk_widget_set_tooltip_text (list_row, row->words);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (list_row), line);
  g_autofree char *label = g_strdup_printf ("%s: %s", row->name, row->words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return list_row;
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  if (row != NULL)
    g_signal_emit (data, signals[SELECTED], 0, (guint) gtk_list_box_row_get_index (row));
}

static void
bs_lab_list_dispose (GObject *object)
{
  BsLabList *self = BS_LAB_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  for (guint column = 0; column < N_COLUMNS; column++)
    g_clear_object (&self->sizes[column]);
  G_OBJECT_CLASS (bs_lab_list_parent_class)->dispose (object);
}

static void
bs_lab_list_class_init (BsLabListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_lab_list_dispose;
  signals[SELECTED]
    = g_signal_new ("selected", BS_TYPE_LAB_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "lablist");
}

static void
bs_lab_list_init (BsLabList *self)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  for (guint column = 0; column < N_COLUMNS; column++)
    self->sizes[column] = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->header = new_line ();
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Comparisons"), -1);
  gtk_widget_add_css_class (list, "bs-lab-rows");
  g_signal_connect (list, "row-selected", G_CALLBACK (on_row_selected), self);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), MIN_ROWS_HEIGHT_PX);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scroller), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Comparisons"),
                                  -1);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

void
bs_lab_list_set_rows (BsLabList *self, const BsLabRow *rows, guint n, double band)
{
  g_return_if_fail (BS_IS_LAB_LIST (self));

  GtkListBoxRow *old;
  BsLabScale scale;
  double farthest = 0;

  while ((old = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (old));
  for (guint i = 0; i < n; i++)
    if (rows[i].kind != BS_LAB_NONE && rows[i].low > 0)
      farthest = MAX (farthest, MAX (fabs (log (rows[i].low)), fabs (log (rows[i].high))));
  bs_lab_scale_fit (&scale, exp (farthest));
  fill_header (self, &scale);
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->list, make_row (self, &rows[i], &scale, band));
  if (n > 0)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

void
bs_lab_list_parts (BsLabList *self, GtkWidget **header, GtkWidget **rows)
{
  g_return_if_fail (BS_IS_LAB_LIST (self));

  *header = self->header;
  *rows = GTK_WIDGET (self->list);
}
