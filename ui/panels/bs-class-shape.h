/* bs-class-shape.h: the shape of a class, so that colour is never all that tells: up, down, dash */
#pragma once

#include <cairo.h>

#include "inference/model/bs-model.h"
#include "ui/bs-palette.h"

G_BEGIN_DECLS

/** Adds the shape of @klass to the path of @cr, within the square at @x, @y of @size px. Fill it, or stroke it hollow. */
void bs_class_shape_path (cairo_t *cr, BsClass klass, double x, double y, double size);

/** The palette's role for @klass. */
BsColorRole bs_class_shape_role (BsClass klass);

G_END_DECLS
