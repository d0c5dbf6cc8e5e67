#include "app/feeds/bs-bar-writer.h"

#include <math.h>
#include <string.h>

#include "app/feeds/bs-file-writer.h"

#define HEADER "time,open,high,low,close,volume,bid_volume,ask_volume\n"
#define HOUR_SECONDS 3600
#define DAY_SECONDS 86400

struct _BsBarWriter
{
  BsFileWriter *file;
  guint decimals;
  gint64 steps; /* 10^decimals: in a unit of price */
  gint64 day;   /* that @date is of, since 1970 */
  char *date;
};

BsBarWriter *
bs_bar_writer_new (const char *path, guint decimals, GError **error)
{
  g_return_val_if_fail (decimals <= BS_BAR_WRITER_MAX_DECIMALS, NULL);

  g_autoptr (BsBarWriter) self = g_new0 (BsBarWriter, 1);
  self->decimals = decimals;
  self->steps = 1;
  for (guint i = 0; i < decimals; i++)
    self->steps *= 10;
  self->day = G_MININT64;
  self->file = bs_file_writer_new (path, error);
  if (self->file == NULL || !bs_file_writer_write (self->file, HEADER, strlen (HEADER), error))
    return NULL;
  return g_steal_pointer (&self);
}

void
bs_bar_writer_free (BsBarWriter *self)
{
  if (self == NULL)
    return;
  bs_file_writer_free (self->file);
  g_free (self->date);
  g_free (self);
}

/* The date of a day is made once: bars of a day share it. */
static const char *
date_of (BsBarWriter *self, gint64 day)
{
  if (day != self->day)
    {
      g_autoptr (GDateTime) date_time = g_date_time_new_from_unix_utc (day * DAY_SECONDS);
      g_free (self->date);
      self->date = g_date_time_format (date_time, "%Y-%m-%d");
      self->day = day;
    }
  return self->date;
}

/* In whole steps: several times as fast as printing a double, and the same digits. */
static void
print_price (const BsBarWriter *self, double price, char *text, gsize size)
{
  gint64 steps = llround (price * self->steps);

  if (self->decimals == 0)
    g_snprintf (text, size, "%" G_GINT64_FORMAT, steps);
  else
    g_snprintf (text, size, "%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, steps / self->steps, (int) self->decimals,
                steps % self->steps);
}

gboolean
bs_bar_writer_write (BsBarWriter *self, const BsBar *bar, GError **error)
{
  const double prices[4] = { bar->open, bar->high, bar->low, bar->close };
  char texts[4][48];
  char row[384];
  gint64 seconds = bar->time_us / G_USEC_PER_SEC - (bar->time_us % G_USEC_PER_SEC < 0);
  gint64 day = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
  int of_day = (int) (seconds - day * DAY_SECONDS);

  for (guint i = 0; i < G_N_ELEMENTS (prices); i++)
    print_price (self, prices[i], texts[i], sizeof texts[i]);
  int n = g_snprintf (
    row, sizeof row, "%sT%02d:%02d:%02dZ,%s,%s,%s,%s,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "\n",
    date_of (self, day), of_day / HOUR_SECONDS, of_day / 60 % 60, of_day % 60, texts[0], texts[1], texts[2], texts[3],
    (gint64) llround (bar->volume), (gint64) llround (bar->bid_volume), (gint64) llround (bar->ask_volume));
  return bs_file_writer_write (self->file, row, n, error);
}

gboolean
bs_bar_writer_commit (BsBarWriter *self, GError **error)
{
  return bs_file_writer_commit (self->file, error);
}
