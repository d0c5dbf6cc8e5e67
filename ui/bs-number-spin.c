#include "ui/bs-number-spin.h"

#include "ui/bs-number.h"

/* What is no number leaves the value as it was: GTK itself would make it the least. */
static int
on_input (GtkSpinButton *spin, double *value, gpointer data)
{
  if (!bs_number_parse (gtk_editable_get_text (GTK_EDITABLE (spin)), value))
    *value = gtk_spin_button_get_value (spin);
  return TRUE;
}

static gboolean
on_output (GtkSpinButton *spin, gpointer data)
{
  char text[BS_NUMBER_LENGTH];
  bs_number_format (text, gtk_spin_button_get_value (spin), gtk_spin_button_get_digits (spin));
  if (g_strcmp0 (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  return TRUE;
}

void
bs_number_spin_localize (GtkSpinButton *spin)
{
  g_return_if_fail (GTK_IS_SPIN_BUTTON (spin));
  /* Its filter of keys would let through the point of "C" alone. */
  gtk_spin_button_set_numeric (spin, FALSE);
  g_signal_connect (spin, "input", G_CALLBACK (on_input), NULL);
  g_signal_connect (spin, "output", G_CALLBACK (on_output), NULL);
  /* Not read anew: what stands there was written in the other way. */
  on_output (spin, NULL);
}
