#include "ui/bs-accessible.h"

#include <glib/gi18n.h>

void
bs_accessible_name_parts (GtkWidget *root, GType type, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (root));
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    gtk_accessible_update_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    bs_accessible_name_parts (child, type, name);
}

void
bs_accessible_name_row (GtkWidget *child, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (child));
  /* The row itself, or a cell and then the row. */
  for (GtkWidget *place = gtk_widget_get_parent (child); place != NULL && !GTK_IS_LIST_VIEW (place);
       place = gtk_widget_get_parent (place))
    gtk_accessible_update_property (GTK_ACCESSIBLE (place), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
bs_accessible_name_table (GtkColumnView *view, const char *name)
{
  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *part = gtk_widget_get_first_child (GTK_WIDGET (view)); part != NULL; part = gtk_widget_get_next_sibling (part))
    gtk_accessible_update_property (GTK_ACCESSIBLE (part), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    GTK_IS_LIST_VIEW (part) ? name : _ ("Heads of the columns"), -1);
}
