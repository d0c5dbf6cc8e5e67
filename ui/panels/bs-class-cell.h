/* bs-class-cell.h: a class in a table: its shape, its colour and its word */
#pragma once

#include <gtk/gtk.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

#define BS_TYPE_CLASS_CELL (bs_class_cell_get_type ())
G_DECLARE_FINAL_TYPE (BsClassCell, bs_class_cell, BS, CLASS_CELL, GtkWidget)

GtkWidget *bs_class_cell_new (void);

/**
 * bs_class_cell_set:
 * @filtered: a hold that would have been @raw_class: the shape of that one, hollow
 */
void bs_class_cell_set (BsClassCell *self, BsClass klass, gboolean filtered, BsClass raw_class);

G_END_DECLS
