/* bs-latency-columns.c: the columns of the percentile table */
#include "ui/latency/bs-latency-columns.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"

#define FIGURE(name) G_STRUCT_OFFSET (BsLatencyFigures, name)

static const BsLatencyColumn columns_alone[] = {
  { N_ ("Stage"), NULL, 0, BS_LATENCY_SHOWS_STAGE, 0 },
  { N_ ("p50"), "99.9 µs", 0, BS_LATENCY_SHOWS_A, FIGURE (p50) },
  { N_ ("p95"), "99.9 µs", 3, BS_LATENCY_SHOWS_A, FIGURE (p95) },
  { N_ ("p99"), "99.9 µs", 1, BS_LATENCY_SHOWS_A, FIGURE (p99) },
  { N_ ("p99.9"), "99.9 µs", 5, BS_LATENCY_SHOWS_A, FIGURE (p999) },
  { N_ ("max"), "99.9 µs", 2, BS_LATENCY_SHOWS_A, FIGURE (max) },
  { N_ ("count"), "1,000,000", 6, BS_LATENCY_SHOWS_A, FIGURE (count) },
  { N_ ("last"), "99.9 µs", 4, BS_LATENCY_SHOWS_LAST, 0 },
};

/* Translators: A and B are the two sides of a comparison. */
static const BsLatencyColumn columns_compared[] = {
  { N_ ("Stage"), NULL, 0, BS_LATENCY_SHOWS_STAGE, 0 },
  { N_ ("p50 A"), "99.9 µs", 0, BS_LATENCY_SHOWS_A, FIGURE (p50) },
  { N_ ("p50 B"), "99.9 µs", 0, BS_LATENCY_SHOWS_B, FIGURE (p50) },
  { N_ ("B / A"), "×9.99", 0, BS_LATENCY_SHOWS_RATIO, FIGURE (p50) },
  { N_ ("p95 A"), "99.9 µs", 4, BS_LATENCY_SHOWS_A, FIGURE (p95) },
  { N_ ("p95 B"), "99.9 µs", 4, BS_LATENCY_SHOWS_B, FIGURE (p95) },
  { N_ ("B / A"), "×9.99", 4, BS_LATENCY_SHOWS_RATIO, FIGURE (p95) },
  { N_ ("p99 A"), "99.9 µs", 1, BS_LATENCY_SHOWS_A, FIGURE (p99) },
  { N_ ("p99 B"), "99.9 µs", 1, BS_LATENCY_SHOWS_B, FIGURE (p99) },
  { N_ ("B / A"), "×9.99", 1, BS_LATENCY_SHOWS_RATIO, FIGURE (p99) },
  { N_ ("p99.9 A"), "99.9 µs", 5, BS_LATENCY_SHOWS_A, FIGURE (p999) },
  { N_ ("p99.9 B"), "99.9 µs", 5, BS_LATENCY_SHOWS_B, FIGURE (p999) },
  { N_ ("B / A"), "×9.99", 5, BS_LATENCY_SHOWS_RATIO, FIGURE (p999) },
  { N_ ("max A"), "99.9 µs", 3, BS_LATENCY_SHOWS_A, FIGURE (max) },
  { N_ ("max B"), "99.9 µs", 3, BS_LATENCY_SHOWS_B, FIGURE (max) },
  { N_ ("B / A"), "×9.99", 6, BS_LATENCY_SHOWS_RATIO, FIGURE (max) },
  { N_ ("count A"), "100,000", 2, BS_LATENCY_SHOWS_A, FIGURE (count) },
  { N_ ("count B"), "100,000", 2, BS_LATENCY_SHOWS_B, FIGURE (count) },
};
G_STATIC_ASSERT (G_N_ELEMENTS (columns_compared) <= BS_LATENCY_MAX_COLUMNS);

const BsLatencyColumn *
bs_latency_columns (gboolean compared, guint *n)
{
  *n = compared ? G_N_ELEMENTS (columns_compared) : G_N_ELEMENTS (columns_alone);
  return compared ? columns_compared : columns_alone;
}

static gint64
value_of (const BsLatencyColumn *self, const BsLatencyFigures *figures)
{
  return G_STRUCT_MEMBER (gint64, figures, self->figure);
}

const char *
bs_latency_column_text (const BsLatencyColumn *self, const BsLatencyFigures *a, const BsLatencyFigures *b, char *text)
{
  static const BsLatencyFigures none;
  const BsLatencyFigures *shown = self->shows == BS_LATENCY_SHOWS_B ? b : a;

  a = a != NULL ? a : &none;
  b = b != NULL ? b : &none;
  shown = shown != NULL ? shown : &none;
  if (self->shows == BS_LATENCY_SHOWS_RATIO)
    {
      if (a->count == 0 || b->count == 0 || value_of (self, a) <= 0)
        return "–";
      double ratio = (double) value_of (self, b) / (double) value_of (self, a);
      char number[BS_NUMBER_LENGTH];
      g_snprintf (text, BS_NUMBER_LENGTH, "×%s",
                  bs_number_format (number, ratio,
                                    ratio < 10    ? 2
                                    : ratio < 100 ? 1
                                                  : 0));
      return text;
    }
  if (self->figure == FIGURE (count))
    return bs_number_format_count (text, shown->count);
  return shown->count > 0 ? bs_number_format_duration (text, value_of (self, shown)) : "–";
}
