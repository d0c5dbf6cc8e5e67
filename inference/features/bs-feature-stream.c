#include "inference/features/bs-features.h"

#include "inference/features/bs-feature-table.h"
#include "inference/predict/bs-stage.h"

#include <string.h>

struct _BsFeatureStream
{
  BsFeatureOptions options;
  BsFeatureState state;
  guint64 n_bars;               /* pushed so far: the index of the bar that comes next */
  gboolean hurst_stale;         /* what is carried was computed at another step */
  double newest[BS_N_FEATURES]; /* of the newest bar; in legacy it waits for the next bar */
  double final[BS_N_FEATURES];  /* legacy: of the bar before the newest */
};

BsFeatureStream *
bs_feature_stream_new (const BsFeatureOptions *options)
{
  g_return_val_if_fail (options != NULL && options->hurst_every > 0, NULL);

  BsFeatureStream *self = g_new0 (BsFeatureStream, 1);
  self->options = *options;
  bs_feature_state_init (&self->state, options);
  return self;
}

void
bs_feature_stream_free (BsFeatureStream *self)
{
  g_free (self);
}

/* Takes the next bar of @columns in. Reading a clock takes longer than some groups do: one reading from group to group. */
static void
step (BsFeatureStream *self, const BsBarColumns *columns, const BsBarSeries *secondary, gint64 *group_ns,
      gint64 *since_ns)
{
  bs_feature_state_advance_in (&self->state, columns);
  if (self->options.set == BS_FEATURE_SET_LEGACY && self->n_bars > 0)
    {
      memcpy (self->final, self->newest, sizeof self->final);
      bs_feature_row_settle (&self->state, secondary, self->final);
    }
  /* All this counts for the table's first group: rolling. */
  bs_feature_row (&self->state, secondary, self->newest, group_ns, since_ns);
  self->n_bars++;
}

void
bs_feature_stream_sync (BsFeatureStream *self, const BsBarSeries *primary, const BsBarSeries *secondary)
{
  g_return_if_fail (self != NULL && primary != NULL);

  BsBarColumns columns;
  bs_bar_series_view (primary, &columns);
  guint64 end = columns.first + columns.n_times;
  /* In legacy the newest final row is that of the bar before the newest. */
  guint64 begin = end - MIN (columns.n_times, 2);

  bs_feature_state_seek (&self->state, &self->options, &columns, begin);
  self->hurst_stale = FALSE;
  self->n_bars = begin;
  while (self->n_bars < end)
    step (self, &columns, secondary, NULL, NULL);
}

/* Legacy: what the newest row of all has that the same row later has not. */
static void
show_newest (BsFeatureStream *self, double *row, gint64 *group_ns, gint64 *since_ns)
{
  if (!self->state.hurst_computed)
    bs_feature_row_newest (&self->state, row);
  if (self->n_bars < BS_FEATURE_LEGACY_ATR_BARS)
    row[BS_FEATURE_ATR] = 0.0;
  bs_feature_lap (group_ns, BS_FEATURE_GROUP_HURST, since_ns);
}

void
bs_feature_stream_push (BsFeatureStream *self, const BsBarSeries *primary, const BsBarSeries *secondary, double *row,
                        gint64 *group_ns)
{
  g_return_if_fail (self != NULL && primary != NULL);
  g_return_if_fail (bs_bar_series_length (primary) > 0);

  gint64 since_ns = 0;
  if (group_ns != NULL)
    {
      memset (group_ns, 0, BS_N_FEATURE_GROUPS * sizeof *group_ns);
      since_ns = bs_clock_ns ();
    }
  if (bs_bar_series_end (primary) != self->n_bars + 1)
    bs_feature_stream_sync (self, primary, secondary);
  else
    {
      BsBarColumns columns;
      bs_bar_series_view (primary, &columns);
      if (self->hurst_stale)
        bs_feature_state_carry_hurst (&self->state, &columns, self->n_bars);
      self->hurst_stale = FALSE;
      step (self, &columns, secondary, group_ns, &since_ns);
    }
  if (row == NULL)
    return;

  memcpy (row, self->newest, sizeof self->newest);
  if (self->options.set == BS_FEATURE_SET_LEGACY)
    show_newest (self, row, group_ns, &since_ns);
}

gboolean
bs_feature_stream_final (const BsFeatureStream *self, double *row)
{
  g_return_val_if_fail (self != NULL && row != NULL, FALSE);

  gboolean legacy = self->options.set == BS_FEATURE_SET_LEGACY;
  if (self->n_bars < (legacy ? 2 : 1))
    return FALSE;
  memcpy (row, legacy ? self->final : self->newest, sizeof self->newest);
  return TRUE;
}

gboolean
bs_feature_stream_hurst_computed (const BsFeatureStream *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->state.hurst_computed;
}

void
bs_feature_stream_set_hurst_every (BsFeatureStream *self, guint hurst_every)
{
  g_return_if_fail (self != NULL && hurst_every > 0);

  if (hurst_every == self->options.hurst_every)
    return;
  self->options.hurst_every = hurst_every;
  self->state.hurst_every = hurst_every;
  self->hurst_stale = TRUE;
}
