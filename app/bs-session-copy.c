#include "app/bs-session-copy.h"

#include "app/bs-newest-bars.h"

/* Bars that are copied between two bars that come. */
#define CHUNK_BARS 256

/* A series on its way. */
typedef struct
{
  const BsBarSeries *from; /* (nullable) */
  BsBarSeries *to;
  guint64 at, end;
} Part;

struct _BsSessionCopy
{
  gsize max_bars;
  BsSessionCopyFunc func;
  gpointer data;
  gboolean begun;
  Part primary, secondary;
};

BsSessionCopy *
bs_session_copy_new (gsize max_bars, BsSessionCopyFunc func, gpointer data)
{
  g_return_val_if_fail (func != NULL, NULL);

  BsSessionCopy *self = g_new0 (BsSessionCopy, 1);
  self->max_bars = max_bars;
  self->func = func;
  self->data = data;
  return self;
}

static void
part_begin (Part *part, const BsBarSeries *from, guint64 begin, guint64 end)
{
  *part = (Part){ .from = from, .at = begin, .end = end };
  part->to = bs_bar_series_new (MAX ((gsize) (end - begin), 1), bs_bar_series_bar_length (from), bs_bar_series_stamp (from));
  bs_bar_series_reserve (part->to);
}

void
bs_session_copy_begin (BsSessionCopy *self, const BsPredictor *predictor)
{
  const BsBarSeries *primary = bs_predictor_series (predictor), *secondary = bs_predictor_secondary (predictor);
  guint64 first = bs_bar_series_first (primary), end = bs_bar_series_end (primary);
  if (self->max_bars > 0 && end - first > self->max_bars)
    first = end - self->max_bars;
  self->begun = TRUE;
  part_begin (&self->primary, primary, first, end);
  if (secondary == NULL || end == first)
    return;
  guint64 from, to;
  bs_newest_secondary_range (secondary, bs_bar_series_close_time (primary, first),
                             bs_bar_series_close_time (primary, end - 1), &from, &to);
  part_begin (&self->secondary, secondary, from, to);
}

/* Whether there are more. What is no longer held by now ends it: the copy is not whole. */
static gboolean
part_go_on (Part *part)
{
  if (part->from == NULL || part->at >= part->end || part->at < bs_bar_series_first (part->from))
    return FALSE;
  for (guint i = 0; i < CHUNK_BARS && part->at < part->end; i++)
    {
      BsBar bar;
      bs_bar_series_get (part->from, part->at++, &bar);
      if (!bs_bar_series_append (part->to, &bar, NULL))
        g_assert_not_reached (); /* it has been accepted before */
    }
  return part->at < part->end;
}

gboolean
bs_session_copy_go_on (BsSessionCopy *self)
{
  return part_go_on (&self->primary) || part_go_on (&self->secondary);
}

void
bs_session_copy_end (BsSessionCopy *self)
{
  if (self == NULL)
    return;
  if (self->begun && self->primary.at == self->primary.end && self->secondary.at == self->secondary.end)
    self->func (g_steal_pointer (&self->primary.to), g_steal_pointer (&self->secondary.to), self->data);
  else
    self->func (NULL, NULL, self->data);
  bs_bar_series_free (self->primary.to);
  bs_bar_series_free (self->secondary.to);
  g_free (self);
}
