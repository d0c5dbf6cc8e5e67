/* bs-class-shape.c: the shape of a class */
#include "ui/panels/bs-class-shape.h"

void
bs_class_shape_path (cairo_t *cr, BsClass klass, double x, double y, double size)
{
  /* An arrow head over a stem, as broad as it is high; pointing down it is mirrored. */
  static const double arrow[][2] = {
    { 0.50, 0.02 }, { 1.00, 0.54 }, { 0.70, 0.54 }, { 0.70, 0.98 }, { 0.30, 0.98 }, { 0.30, 0.54 }, { 0.00, 0.54 },
  };

  if (klass == BS_CLASS_HOLD)
    {
      cairo_rectangle (cr, x + 0.06 * size, y + 0.38 * size, 0.88 * size, 0.24 * size);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (arrow); i++)
    {
      double py = klass == BS_CLASS_LONG ? arrow[i][1] : 1.0 - arrow[i][1];
      if (i == 0)
        cairo_move_to (cr, x + arrow[i][0] * size, y + py * size);
      else
        cairo_line_to (cr, x + arrow[i][0] * size, y + py * size);
    }
  cairo_close_path (cr);
}

BsColorRole
bs_class_shape_role (BsClass klass)
{
  return klass == BS_CLASS_LONG ? BS_COLOR_LONG : klass == BS_CLASS_SHORT ? BS_COLOR_SHORT : BS_COLOR_HOLD;
}
