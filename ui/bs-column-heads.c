#include "ui/bs-column-heads.h"

void
bs_column_heads_align_end (GtkColumnView *view, guint position)
{
  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  GtkWidget *heads = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *head = heads != NULL ? gtk_widget_get_first_child (heads) : NULL;
  for (guint i = 0; i < position && head != NULL; i++)
    head = gtk_widget_get_next_sibling (head);
  GtkWidget *box = head != NULL ? gtk_widget_get_first_child (head) : NULL;
  GtkWidget *label = box != NULL ? gtk_widget_get_first_child (box) : NULL;
  if (!GTK_IS_LABEL (label))
    return;
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
}
