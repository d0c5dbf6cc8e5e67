#include "app/journal/bs-journal-compare.h"

#include <math.h>
#include <string.h>

void
bs_journal_comparison_free (BsJournalComparison *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->differences);
  g_free (self);
}

static gboolean
has_signal (const BsJournalBar *bar)
{
  return bar->answered && bar->signal.state == BS_SIGNAL_READY;
}

/* The next bar with a signal. */
static const BsJournalBar *
next (BsJournalCursor *cursor, GError **error)
{
  const BsJournalBar *bar;
  do
    bar = bs_journal_cursor_next (cursor, error);
  while (bar != NULL && !has_signal (bar));
  return bar;
}

static void
compare_bar (BsJournalComparison *self, const BsJournalBar *a, const BsJournalBar *b)
{
  const BsSignal *x = &a->signal, *y = &b->signal;
  double difference = fabs (x->confidence - y->confidence);
  self->n_common++;
  self->n_same_class += x->klass == y->klass;
  self->n_same_raw += x->raw_class == y->raw_class;
  self->n_same_bits += memcmp (x->probabilities, y->probabilities, sizeof x->probabilities) == 0;
  self->n_other_bar += a->bar.open != b->bar.open || a->bar.high != b->bar.high || a->bar.low != b->bar.low
                       || a->bar.close != b->bar.close;
  self->sum += difference;
  self->max = MAX (self->max, difference);
  if (x->klass == y->klass || self->differences->len >= BS_JOURNAL_MAX_DIFFERENCES)
    return;
  const BsJournalDifference found = { .time_us = a->bar.time_us,
                                      .index = { a->index, b->index },
                                      .klass = { x->klass, y->klass },
                                      .raw_class = { x->raw_class, y->raw_class },
                                      .confidence = { x->confidence, y->confidence },
                                      .price = a->bar.close };
  g_array_append_val (self->differences, found);
}

BsJournalComparison *
bs_journal_compare (BsJournalReader *reader, gint64 a, gint64 b, volatile gint *cancelled, GError **error)
{
  const gint64 runs[] = { a, b };
  g_autoptr (BsJournalComparison) self = g_new0 (BsJournalComparison, 1);
  g_autoptr (GError) local = NULL;
  self->differences = g_array_new (FALSE, FALSE, sizeof (BsJournalDifference));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (BsJournalRunRow) row = bs_journal_reader_get_run (reader, runs[i], error);
      if (row == NULL)
        return NULL;
    }
  g_autoptr (BsJournalCursor) left = bs_journal_cursor_new (reader, a, 0, error);
  g_autoptr (BsJournalCursor) right = left != NULL ? bs_journal_cursor_new (reader, b, 0, error) : NULL;
  if (right == NULL)
    return NULL;
  const BsJournalBar *x = next (left, &local);
  const BsJournalBar *y = local == NULL ? next (right, &local) : NULL;
  while (local == NULL && (x != NULL || y != NULL))
    {
      if (cancelled != NULL && g_atomic_int_get (cancelled))
        {
          g_set_error_literal (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_READ, "cancelled");
          return NULL;
        }
      gboolean take_x = x != NULL && (y == NULL || x->bar.time_us <= y->bar.time_us);
      gboolean take_y = y != NULL && (x == NULL || y->bar.time_us <= x->bar.time_us);
      if (take_x && take_y)
        compare_bar (self, x, y);
      else
        self->n_only[take_x ? 0 : 1]++;
      if (take_x)
        x = next (left, &local);
      if (take_y && local == NULL)
        y = next (right, &local);
    }
  if (local == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
