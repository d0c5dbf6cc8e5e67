/* bs-sorted-window.h: the last closes in order of size, kept so from bar to bar: medians and extremes without sorting */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_SORTED_WINDOW_MAX 50 /* values: the longest window of the rolling features */

typedef struct
{
  guint size;                              /* values of a full window */
  guint n;                                 /* values in it now */
  double values[BS_SORTED_WINDOW_MAX + 1]; /* those past the last are infinite: they are read in pairs */
} BsSortedWindow;

/** bs_sorted_window_init: an empty window of @size values, 1..BS_SORTED_WINDOW_MAX */
void bs_sorted_window_init (BsSortedWindow *self, guint size);

/**
 * bs_sorted_window_push:
 * @incoming: the value that enters
 * @outgoing: the oldest one, which leaves where the window is full; not read before
 */
void bs_sorted_window_push (BsSortedWindow *self, double incoming, double outgoing);

/** The median of a window that holds a value; of an even number the mean of the middle two, as numpy has it. */
static inline double
bs_sorted_window_median (const BsSortedWindow *self)
{
  const double *middle = self->values + self->n / 2;
  return self->n % 2 != 0 ? middle[0] : (middle[-1] + middle[0]) / 2.0;
}

static inline double
bs_sorted_window_min (const BsSortedWindow *self)
{
  return self->values[0];
}

static inline double
bs_sorted_window_max (const BsSortedWindow *self)
{
  return self->values[self->n - 1];
}

G_END_DECLS
