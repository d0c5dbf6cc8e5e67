/* bs-latency-scale.c: which predictions stand in which pixel column */
#include "ui/latency/bs-latency-scale.h"

#define MAX_PER_COLUMN 1024
#define MAX_PX 16

void
bs_latency_scale_zoom (BsLatencyScale *self, int steps)
{
  for (; steps > 0; steps--)
    if (self->per_column > 1)
      self->per_column /= 2;
    else
      self->px = MIN (self->px * 2, MAX_PX);
  for (; steps < 0; steps++)
    if (self->px > 1)
      self->px /= 2;
    else
      self->per_column = MIN (self->per_column * 2, MAX_PER_COLUMN);
}

guint
bs_latency_scale_columns (const BsLatencyScale *self, guint n_pixels)
{
  return (n_pixels + self->px - 1) / self->px;
}

void
bs_latency_scale_column (const BsLatencyScale *self, guint64 end, guint back, guint64 *from, guint64 *to)
{
  guint64 newest = end > 0 ? (end - 1) / self->per_column : 0; /* column, counted from prediction 0 */

  if (end == 0 || back > newest)
    {
      *from = *to = 0;
      return;
    }
  *from = (newest - back) * self->per_column;
  *to = MIN (*from + self->per_column, end);
}
