/* bs-signal-heads.c: the heads of the signal log's columns, which order its rows */
#include "ui/panels/bs-signal-heads.h"

#include <glib/gi18n.h>

#include "ui/panels/bs-signal-columns.h"

/* A head reaches this far into the gaps beside its column, so that its back has air around the text. */
#define PADDING_PX 6

struct _BsSignalHeads
{
  GtkWidget parent_instance;
  BsSignalTable *table; /* unowned: it stands below, in the same parent */
  BsSignalLogModel *model;
  GtkWidget *heads[BS_N_SIGNAL_COLUMNS];  /* a button, or a label where the column orders nothing */
  GtkWidget *arrows[BS_N_SIGNAL_COLUMNS]; /* (nullable) */
  char *titles[BS_N_SIGNAL_COLUMNS];
};

G_DEFINE_FINAL_TYPE (BsSignalHeads, bs_signal_heads, GTK_TYPE_WIDGET)

static void
bs_signal_heads_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  BsSignalHeads *self = BS_SIGNAL_HEADS (widget);

  *minimum = *natural = 0;
  /* The table says how wide they all are together. */
  for (guint c = 0; orientation == GTK_ORIENTATION_VERTICAL && c < BS_N_SIGNAL_COLUMNS; c++)
    {
      int child_minimum, child_natural;
      gtk_widget_measure (self->heads[c], orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
bs_signal_heads_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BsSignalHeads *self = BS_SIGNAL_HEADS (widget);

  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      GtkAllocation place = { 0, 0, 0, height };
      int minimum;
      gboolean fits = bs_signal_table_place (self->table, c, width, &place.x, &place.width);
      gtk_widget_set_child_visible (self->heads[c], fits);
      if (!fits)
        continue;
      place.x -= PADDING_PX;
      place.width += 2 * PADDING_PX;
      /* The last one may be wider than its column. */
      gtk_widget_measure (self->heads[c], GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      place.width = MAX (place.width, minimum);
      gtk_widget_size_allocate (self->heads[c], &place, -1);
    }
}

void
bs_signal_heads_update (BsSignalHeads *self)
{
  g_return_if_fail (BS_IS_SIGNAL_HEADS (self));

  gboolean descending;
  BsSignalLogOrder order = bs_signal_log_model_get_order (self->model, &descending);

  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      const BsSignalColumn *column = bs_signal_column (c);
      if (!column->sorts)
        continue;
      gboolean ordered = column->order == order;
      const char *state = !ordered ? "" : descending ? _ (", sorted downwards") : _ (", sorted upwards");
      /* Translators: the head of a column, then whether the rows are sorted by it */
      g_autofree char *name = g_strdup_printf (_ ("%s%s"), self->titles[c], state);
      gtk_widget_set_opacity (self->arrows[c], ordered ? 1 : 0);
      gtk_image_set_from_icon_name (GTK_IMAGE (self->arrows[c]), descending ? "pan-down-symbolic" : "pan-up-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->heads[c]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
}

static void
on_clicked (GtkWidget *button, gpointer data)
{
  BsSignalHeads *self = BS_SIGNAL_HEADS (gtk_widget_get_parent (button));
  const BsSignalColumn *column = bs_signal_column (GPOINTER_TO_UINT (data));
  gboolean descending;
  BsSignalLogOrder order = bs_signal_log_model_get_order (self->model, &descending);

  bs_signal_log_model_set_order (self->model, column->order, order == column->order && !descending);
  bs_signal_heads_update (self);
}

static GtkWidget *
new_head (BsSignalHeads *self, guint c)
{
  const BsSignalColumn *column = bs_signal_column (c);
  GtkWidget *title = gtk_label_new (self->titles[c]);

  gtk_widget_add_css_class (title, "bs-signal-head");
  gtk_label_set_xalign (GTK_LABEL (title), column->right ? 1 : 0);
  if (!column->sorts)
    {
      gtk_widget_set_margin_start (title, PADDING_PX);
      gtk_widget_set_margin_end (title, PADDING_PX);
      return title;
    }
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  self->arrows[c] = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->arrows[c]), 12);
  gtk_widget_set_halign (box, column->right ? GTK_ALIGN_END : GTK_ALIGN_START);
  /* Figures and their title stand right, one above the other: the arrow goes to the left. */
  gtk_box_append (GTK_BOX (box), column->right ? self->arrows[c] : title);
  gtk_box_append (GTK_BOX (box), column->right ? title : self->arrows[c]);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "bs-signal-head");
  gtk_widget_set_tooltip_text (button, _ ("Sort by this column; again: the other way round"));
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), GUINT_TO_POINTER (c));
  return button;
}

static void
bs_signal_heads_dispose (GObject *object)
{
  BsSignalHeads *self = BS_SIGNAL_HEADS (object);

  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      g_clear_pointer (&self->heads[c], gtk_widget_unparent);
      g_clear_pointer (&self->titles[c], g_free);
    }
  g_clear_object (&self->model);
  G_OBJECT_CLASS (bs_signal_heads_parent_class)->dispose (object);
}

static void
bs_signal_heads_class_init (BsSignalHeadsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_signal_heads_dispose;
  widget_class->measure = bs_signal_heads_measure;
  widget_class->size_allocate = bs_signal_heads_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "signalheads");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_signal_heads_init (BsSignalHeads *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Columns"), -1);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
bs_signal_heads_new (BsSignalTable *table, BsSignalLogModel *model)
{
  g_return_val_if_fail (BS_IS_SIGNAL_TABLE (table) && BS_IS_SIGNAL_LOG_MODEL (model), NULL);

  BsSignalHeads *self = g_object_new (BS_TYPE_SIGNAL_HEADS, NULL);
  self->table = table;
  self->model = g_object_ref (model);
  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      self->titles[c] = bs_signal_column_title (c);
      self->heads[c] = new_head (self, c);
      gtk_widget_set_parent (self->heads[c], GTK_WIDGET (self));
    }
  bs_signal_heads_update (self);
  return GTK_WIDGET (self);
}
