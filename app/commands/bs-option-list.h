/* bs-option-list.h: the option table as `barscope info` lists it */
#pragma once

#include <json-glib/json-glib.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/**
 * bs_option_list_add:
 * @model: (nullable): which the options are for
 *
 * Adds one object for each option to the array that @builder is in: name, title, help, type, default, what it takes (min and
 * max, or choices), whether it can be changed on this machine with the other options at their defaults, and which values
 * cannot be had and why.
 */
void bs_option_list_add (JsonBuilder *builder, const BsModel *model);

/** bs_option_list_print: the same as text to standard output, a line for each option and one for each value that cannot be had */
void bs_option_list_print (const BsModel *model);

G_END_DECLS
