#include "ui/bs-accessible.h"

void
bs_accessible_name_parts (GtkWidget *root, GType type, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (root));
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    gtk_accessible_update_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    bs_accessible_name_parts (child, type, name);
}
