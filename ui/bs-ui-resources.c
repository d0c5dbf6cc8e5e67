/* bs-ui-resources.c: templates and style of the widgets, bundled in the program */
#include "ui/bs-ui-resources.h"

#include <gtk/gtk.h>

#include "ui/barscope-ui-resources.h"

void
bs_ui_ensure_resources (void)
{
  static gboolean done = FALSE;

  if (done)
    return;
  done = TRUE;

  g_resources_register (bs_ui_get_resource ());

  GdkDisplay *display = gdk_display_get_default ();
  if (display == NULL)
    return;
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, BS_UI_RESOURCE_PREFIX "style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
