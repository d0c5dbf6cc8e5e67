/* bs-input-window.h: the scaled inputs of the last T rows, and how many of them the model never saw the like of */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/**
 * bs_input_scale:
 * @row: [BS_N_FEATURES], finite
 * @scaled: (out caller-allocates): [BS_N_FEATURES]: (feature - mean) / scale, rounded to float last
 *
 * Returns: inputs further than BS_RANGE_MAX_SCALES from the training mean
 */
guint bs_input_scale (const BsModel *model, const double *row, float *scaled);

/** A ring of the last T rows. Plain data: init and clear. */
typedef struct
{
  const BsModel *model; /* not owned: who owns the window owns the model */
  guint n_rows;         /* held, at most T */
  guint next;           /* slot of the next row */
  guint n_out_of_range; /* inputs of the rows held */
  guint *out_of_range;  /* [T] */
  float *rows;          /* [T, BS_N_FEATURES] */
} BsInputWindow;

void bs_input_window_init (BsInputWindow *self, const BsModel *model);
void bs_input_window_clear (BsInputWindow *self);
/** Forgets the rows. */
void bs_input_window_reset (BsInputWindow *self);

/** bs_input_window_push: scales and takes one row [BS_N_FEATURES]. Returns: it scaled; good until T more are pushed */
const float *bs_input_window_push (BsInputWindow *self, const double *row);

/** bs_input_window_push_scaled: takes a row that bs_input_scale() has scaled, with what that returned */
void bs_input_window_push_scaled (BsInputWindow *self, const float *scaled, guint out_of_range);

/** bs_input_window_row: row @i of those held, 0 the oldest: [BS_N_FEATURES] */
const float *bs_input_window_row (const BsInputWindow *self, guint i);

/** bs_input_window_out_of_range: what bs_input_scale() returned for row @i, 0 the oldest */
guint bs_input_window_out_of_range (const BsInputWindow *self, guint i);

/** bs_input_beyond: whether one of @scaled [@n] is beyond ± @limit, > 0 */
gboolean bs_input_beyond (const float *scaled, gsize n, float limit);

/** bs_input_in_range: whether a window with @n_out_of_range such inputs looks like what @model was trained on */
gboolean bs_input_in_range (const BsModel *model, guint n_out_of_range);

G_END_DECLS
