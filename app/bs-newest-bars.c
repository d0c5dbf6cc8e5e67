#include "app/bs-newest-bars.h"

/* Secondary bars before the first that is known with the primary ones: more than any feature looks back. */
#define SECONDARY_HISTORY_BARS 250

static BsBarSeries *
copy (const BsBarSeries *bars, guint64 begin, guint64 end)
{
  BsBarSeries *newest
    = bs_bar_series_new ((gsize) (end - begin), bs_bar_series_bar_length (bars), bs_bar_series_stamp (bars));
  for (guint64 index = begin; index < end; index++)
    {
      BsBar bar;
      bs_bar_series_get (bars, index, &bar);
      if (!bs_bar_series_append (newest, &bar, NULL))
        g_assert_not_reached (); /* it has been accepted before */
    }
  return newest;
}

BsBarSeries *
bs_newest_bars (const BsBarSeries *bars, guint64 end, gsize n)
{
  const guint64 first = bs_bar_series_first (bars);
  g_return_val_if_fail (end >= first && end <= bs_bar_series_end (bars), NULL);

  return copy (bars, n == 0 || n > end - first ? first : end - n, end);
}

/* The first bar that closes after @time_us. */
static guint64
first_after (const BsBarSeries *bars, gint64 time_us)
{
  guint64 low = bs_bar_series_first (bars), high = bs_bar_series_end (bars);
  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;
      if (bs_bar_series_close_time (bars, middle) > time_us)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

void
bs_newest_secondary_range (const BsBarSeries *secondary, gint64 from_us, gint64 to_us, guint64 *begin, guint64 *end)
{
  *begin = first_after (secondary, from_us);
  *begin -= MIN (*begin - bs_bar_series_first (secondary), SECONDARY_HISTORY_BARS);
  *end = MAX (*begin, first_after (secondary, to_us));
}

BsBarSeries *
bs_newest_secondary_bars (const BsBarSeries *secondary, const BsBarSeries *primary)
{
  guint64 begin = bs_bar_series_first (secondary), end = bs_bar_series_end (secondary);

  if (bs_bar_series_length (primary) > 0)
    bs_newest_secondary_range (secondary, bs_bar_series_close_time (primary, bs_bar_series_first (primary)),
                               bs_bar_series_close_time (primary, bs_bar_series_end (primary) - 1), &begin, &end);
  return copy (secondary, begin, end);
}
