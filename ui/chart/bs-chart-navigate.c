/* bs-chart-navigate.c: what brings other bars into view, whoever asks for it: keys, menus, the program */
#include <math.h>

#include "ui/chart/bs-chart-private.h"

void
bs_chart_zoom (BsChart *self, double factor)
{
  gboolean followed;
  double x;

  g_return_if_fail (BS_IS_CHART (self));
  g_return_if_fail (factor > 0 && isfinite (factor));

  followed = self->view.follow;
  x = self->crosshair_shown ? bs_chart_view_center (&self->view, self->crosshair_bar) + 0.5 : self->view.width / 2.0;
  if (!self->crosshair_shown && followed)
    x = self->view.width; /* who looks at the newest bar goes on doing so */
  bs_chart_view_zoom (&self->view, factor, x);
  if (followed && !self->crosshair_shown)
    bs_chart_view_go_to_newest (&self->view);
  bs_chart_view_moved (self, followed);
}

void
bs_chart_pan (BsChart *self, double bars)
{
  gboolean followed;

  g_return_if_fail (BS_IS_CHART (self));
  g_return_if_fail (isfinite (bars));

  followed = self->view.follow;
  bs_chart_view_pan (&self->view, bars);
  bs_chart_view_moved (self, followed);
}

void
bs_chart_go_to_newest (BsChart *self)
{
  gboolean followed;

  g_return_if_fail (BS_IS_CHART (self));

  followed = self->view.follow;
  bs_chart_stop_kinetic (self);
  bs_chart_view_go_to_newest (&self->view);
  bs_chart_view_moved (self, followed);
  /* Told also where it followed before: somebody wants the newest bar. */
  if (followed)
    g_object_notify (G_OBJECT (self), "follow");
}

void
bs_chart_go_to_oldest (BsChart *self)
{
  gboolean followed;

  g_return_if_fail (BS_IS_CHART (self));

  followed = self->view.follow;
  bs_chart_stop_kinetic (self);
  bs_chart_view_go_to_oldest (&self->view);
  bs_chart_view_moved (self, followed);
}

void
bs_chart_show_bar (BsChart *self, guint64 index)
{
  gboolean followed;

  g_return_if_fail (BS_IS_CHART (self));
  g_return_if_fail (self->data != NULL);
  g_return_if_fail (index >= bs_chart_data_first (self->data) && index < bs_chart_data_end (self->data));

  followed = self->view.follow;
  bs_chart_stop_kinetic (self);
  bs_chart_view_center_on (&self->view, index);
  bs_chart_crosshair_to_bar (self, index);
  bs_chart_view_moved (self, followed);
}

void
bs_chart_show_all (BsChart *self)
{
  gboolean followed;

  g_return_if_fail (BS_IS_CHART (self));

  followed = self->view.follow;
  bs_chart_stop_kinetic (self);
  bs_chart_view_show_all (&self->view);
  bs_chart_view_moved (self, followed);
}

void
bs_chart_get_visible (BsChart *self, guint64 *from, guint64 *to)
{
  g_return_if_fail (BS_IS_CHART (self));
  g_return_if_fail (from != NULL && to != NULL);

  bs_chart_view_visible (&self->view, from, to);
}

gboolean
bs_chart_get_times (BsChart *self, gint64 *from_us, gint64 *to_us)
{
  guint64 from, to;

  g_return_val_if_fail (BS_IS_CHART (self), FALSE);
  g_return_val_if_fail (from_us != NULL && to_us != NULL, FALSE);

  if (!bs_chart_has_bars (self))
    return FALSE;
  /* It has not come to show them: they are still what is to be shown. */
  if (self->wanted.pending)
    {
      *from_us = self->wanted.from_us;
      *to_us = self->wanted.to_us;
      return TRUE;
    }
  bs_chart_view_visible (&self->view, &from, &to);
  if (from >= to)
    return FALSE;
  *from_us = bs_chart_data_time (self->data, from);
  *to_us = bs_chart_data_time (self->data, to - 1);
  return TRUE;
}

void
bs_chart_apply_wanted (BsChart *self)
{
  guint64 from, to, end;

  if (!self->wanted.pending || !bs_chart_has_bars (self))
    return;
  end = bs_chart_data_end (self->data);
  from = MIN (bs_chart_data_find_time (self->data, self->wanted.from_us), end - 1);
  to = CLAMP (bs_chart_data_find_time (self->data, self->wanted.to_us), from, end - 1);
  bs_chart_view_show (&self->view, from, to, self->wanted.follow);
}

void
bs_chart_show_times (BsChart *self, gint64 from_us, gint64 to_us, gboolean follow)
{
  gboolean followed;

  g_return_if_fail (BS_IS_CHART (self));

  followed = self->view.follow;
  bs_chart_stop_kinetic (self);
  self->wanted.from_us = from_us;
  self->wanted.to_us = to_us;
  self->wanted.follow = follow;
  self->wanted.pending = TRUE;
  bs_chart_apply_wanted (self);
  bs_chart_view_moved (self, followed);
  /* And once more in the next frame: only then it is known how much of the width the values need. */
  self->wanted.pending = TRUE;
}

void
bs_chart_auto_scale (BsChart *self)
{
  g_return_if_fail (BS_IS_CHART (self));

  for (guint i = 0; i < BS_N_PANES; i++)
    self->panes[i].automatic = TRUE;
  bs_chart_tell_view (self);
  bs_chart_invalidate (self);
}
