/* test-bar-file.c: every format, every refusal with its line and reason, gzip, and what hostile files do */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

#include "app/feeds/bs-bar-file.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
/* 2024-01-02 09:31 */
#define MORNING_US (1704187860 * (gint64) G_USEC_PER_SEC)

#define HEADER "time,open,high,low,close,volume\n"
#define ROW1 "2024-01-02 09:31,4750.25,4751,4749.5,4750,1234\n"
#define ROW2 "2024-01-02 09:32,4750,4752.75,4750,4752.5,99\n"
#define ROW3 "2024-01-02 09:33,4752.5,4753,4752,4752,7\n"

static BsBarFile *
load_with (const char *text, const BsBarFileOptions *options, GError **error)
{
  return bs_bar_file_load_bytes ((const guint8 *) text, strlen (text), "bars.csv", options, error);
}

static BsBarFile *
load (const char *text)
{
  g_autoptr (GError) error = NULL;
  BsBarFile *file = load_with (text, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
}

static void
assert_fails_with (const char *text, const BsBarFileOptions *options, int code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) file = load_with (text, options, &error);

  g_assert_null (file);
  g_assert_error (error, BS_BAR_FILE_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

static BsBar
nth (const BsBarFile *file, guint64 n)
{
  BsBar bar;
  bs_bar_series_get (file->series, n, &bar);
  return bar;
}

static void
assert_morning_bar (const BsBarFile *file, gint64 time_us)
{
  BsBar bar = nth (file, 0);
  g_assert_cmpint (bar.time_us, ==, time_us);
  g_assert_cmpfloat (bar.open, ==, 4750.25);
  g_assert_cmpfloat (bar.high, ==, 4751);
  g_assert_cmpfloat (bar.low, ==, 4749.5);
  g_assert_cmpfloat (bar.close, ==, 4750);
  g_assert_cmpfloat (bar.volume, ==, 1234);
}

static void
assert_same_bars (const BsBarFile *a, const BsBarFile *b)
{
  gsize n = bs_bar_series_length (a->series);
  g_assert_cmpuint (n, ==, bs_bar_series_length (b->series));
  g_assert_cmpmem (bs_bar_series_times (a->series), n * sizeof (gint64), bs_bar_series_times (b->series),
                   n * sizeof (gint64));
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    g_assert_cmpmem (bs_bar_series_column (a->series, c), n * sizeof (double), bs_bar_series_column (b->series, c),
                     n * sizeof (double));
}

static void
test_generic (void)
{
  g_autoptr (BsBarFile) file = load (HEADER ROW1 ROW2 ROW3);

  g_assert_cmpstr (bs_bar_format_name (file->format), ==, "generic");
  g_assert_true (file->format_detected);
  g_assert_cmpstr (file->path, ==, "bars.csv");
  g_assert_cmpstr (file->timezone, ==, "UTC");
  g_assert_cmpuint (file->n_rows, ==, 3);
  g_assert_cmpuint (file->n_refused, ==, 0);
  g_assert_cmpuint (file->n_gaps, ==, 0);
  g_assert_cmpuint (file->decimals, ==, 2);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 3);
  g_assert_cmpint (bs_bar_series_bar_length (file->series), ==, MINUTE_US);
  g_assert_cmpint (bs_bar_series_stamp (file->series), ==, BS_STAMP_END);
  assert_morning_bar (file, MORNING_US);
  BsBar bar = nth (file, 0);
  g_assert_cmpfloat (bar.bid_volume, ==, 0);
  g_assert_cmpfloat (bar.daily_goal, ==, BS_BAR_DEFAULT_DAILY_GOAL);
  g_assert_cmpfloat (bar.daily_max_loss, ==, BS_BAR_DEFAULT_DAILY_MAX_LOSS);
}

/* Any order, any case, names that are not known, quotes, every separator, line ends, a byte order mark, blank lines. */
static void
test_generic_variants (void)
{
  static const char *const texts[] = {
    "Close;VOLUME;Time;Low;weather;High;Open\n4750;1234;2024-01-02T09:31:00Z;4749.5;fine;4751;4750.25\n",
    "\xef\xbb\xbf" HEADER ROW1,
    "time,open,high,low,close,volume\r\n2024-01-02 09:31,4750.25,4751,4749.5,4750,1234\r\n",
    "time,open,high,low,close,volume\r2024-01-02 09:31,4750.25,4751,4749.5,4750,1234\r",
    ("\"Time\",\"Open\",\"High\",\"Low\",\"Close\",\"Volume\",\"a,b\"\n"
     "\"2024-01-02 09:31\",\"4750.25\",\"4751\",\"4749.5\",\"4750\",\"1234\",\"x,y\"\n"),
    "time\topen\thigh\tlow\tclose\tvolume\n2024-01-02 09:31\t4750.25\t4751\t4749.5\t4750\t1234",
    "\n\n  \ntime, open, high, low, close, volume\n\n 2024-01-02 09:31 , 4750.25, 4751 ,4749.5,4750,1234\n\n",
    "date,time,open,high,low,close,volume\n2024-01-02,09:31:00,4750.25,4751,4749.5,4750,1234\n",
    "Date,Open,High,Low,Close,Volume\n2024-01-02 09:31:00.000,4750.25,4751,4749.5,4750,1234\n",
    "timestamp,date,open,high,low,close,volume\n1704187860,x,4750.25,4751,4749.5,4750,1234\n",
    "Date Time,open,high,low,close,volume\n1704187860000,4750.25,4751,4749.5,4750,1234\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%u", i);
      g_autoptr (BsBarFile) file = load (texts[i]);
      g_assert_cmpstr (bs_bar_format_name (file->format), ==, "generic");
      g_assert_cmpuint (file->n_rows, ==, 1);
      g_assert_cmpuint (file->n_refused, ==, 0);
      g_assert_cmpint (bs_bar_series_bar_length (file->series), ==, 0);
      assert_morning_bar (file, MORNING_US);
    }
}

static void
test_generic_all_columns (void)
{
  g_autoptr (BsBarFile) file = load ("time,open,high,low,close,volume,bid_volume,ask_volume,dailyPnL,dailyGoal,"
                                     "dailyMaxLoss\n2024-01-02 09:31,1.1,1.3,1.0,1.2,30,10,20,-5.5,600,300\n");
  BsBar bar = nth (file, 0);

  g_assert_cmpfloat (bar.bid_volume, ==, 10);
  g_assert_cmpfloat (bar.ask_volume, ==, 20);
  g_assert_cmpfloat (bar.daily_pnl, ==, -5.5);
  g_assert_cmpfloat (bar.daily_goal, ==, 600);
  g_assert_cmpfloat (bar.daily_max_loss, ==, 300);
  g_assert_cmpuint (file->decimals, ==, 1);
}

static void
test_ninjatrader (void)
{
  static const char text[]
    = "20240102 093100;4750.25;4751;4749.5;4750;1234\r\n20240102 093200;4750;4752.75;4750;4752.5;99\r\n";
  g_autoptr (BsBarFile) file = load (text);

  g_assert_cmpstr (bs_bar_format_name (file->format), ==, "ninjatrader");
  g_assert_cmpint (bs_bar_series_stamp (file->series), ==, BS_STAMP_END);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 2);
  assert_morning_bar (file, MORNING_US);

  /* HistData's looks the same, and is only read so where it is asked for */
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  options.format = "histdata";
  options.timezone = "Europe/Berlin"; /* the format's own counts */
  g_autoptr (BsBarFile) histdata = load_with (text, &options, NULL);
  g_assert_nonnull (histdata);
  g_assert_false (histdata->format_detected);
  g_assert_cmpstr (histdata->timezone, ==, "-05:00");
  g_assert_cmpint (bs_bar_series_stamp (histdata->series), ==, BS_STAMP_START);
  assert_morning_bar (histdata, MORNING_US + 300 * MINUTE_US);
}

static void
test_sierra (void)
{
  g_autoptr (BsBarFile) file
    = load ("Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume\n"
            "2024/1/2, 09:31:00, 4750.25, 4751.00, 4749.50, 4750.00, 1234, 300, 700, 534\n"
            "2024/1/2, 09:32:00.500000, 4750.25, 4751.00, 4749.50, 4750.00, 1234, 300, 700, 534\n"
            "2024/1/2, 9:33:00, 4750.25, 4751.00, 4749.50, 0, 1234, 300, 700, 534\n");
  g_assert_cmpstr (bs_bar_format_name (file->format), ==, "sierra");
  g_assert_cmpint (bs_bar_series_stamp (file->series), ==, BS_STAMP_START);
  assert_morning_bar (file, MORNING_US);
  g_assert_cmpfloat (nth (file, 0).bid_volume, ==, 700);
  g_assert_cmpfloat (nth (file, 0).ask_volume, ==, 534);
  g_assert_cmpint (nth (file, 1).time_us, ==, MORNING_US + 60500000);
  g_assert_cmpuint (file->n_refused, ==, 1);
  /* A chart's export has more columns. */
  g_autoptr (BsBarFile) chart = load ("Date, Time, Open, High, Low, Last, Volume, # of Trades, OHLC Avg, HLC Avg, HL Avg, Bid "
                                      "Volume, Ask Volume\n"
                                      "2024/1/2, 09:31:00, 4750.25, 4751.00, 4749.50, 4750.00, 1234, 3, 1, 1, 1, 700, 534\n");
  g_assert_cmpstr (bs_bar_format_name (chart->format), ==, "sierra");
  assert_morning_bar (chart, MORNING_US);
  g_assert_cmpfloat (nth (chart, 0).ask_volume, ==, 534);
}

static void
test_binance (void)
{
  /* Milliseconds, and microseconds as since 2025. */
  g_autoptr (BsBarFile) file
    = load ("1704187860000,4750.25,4751,4749.5,4750,1234,1704187919999,5861500.0,77,534.5,2538875.0,0\n"
            "1704187920000,4750.25,4751,4749.5,4750,100,1704187979999,5861500.0,77,100.00000001,2538875.0,0\n"
            "1704187980000000,4750.25,4751,4749.5,4750,1234,1704188039999999,1,77,-1,1,0\n"
            "1704187980000000,4750.25,4751,4749.5,4750,1234,1704188039999999,1,77,0,1,0\n");
  g_assert_cmpstr (bs_bar_format_name (file->format), ==, "binance");
  g_assert_cmpstr (file->timezone, ==, "UTC");
  g_assert_cmpint (bs_bar_series_stamp (file->series), ==, BS_STAMP_START);
  assert_morning_bar (file, MORNING_US);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 3);
  g_assert_cmpfloat (nth (file, 0).ask_volume, ==, 534.5);
  g_assert_cmpfloat (nth (file, 0).bid_volume, ==, 699.5);
  g_assert_cmpfloat (nth (file, 1).bid_volume, ==, 0); /* never below 0 */
  g_assert_cmpint (nth (file, 2).time_us, ==, MORNING_US + 120000000);
  g_assert_cmpuint (file->n_refused, ==, 1);

  g_autoptr (BsBarFile) futures
    = load ("open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n"
            "1704187860000,4750.25,4751,4749.5,4750,1234,1704187919999,5861500.0,77,534.5,2538875.0,0\n");
  g_assert_cmpstr (bs_bar_format_name (futures->format), ==, "binance-futures");
  assert_morning_bar (futures, MORNING_US);
  g_assert_cmpfloat (nth (futures, 0).bid_volume, ==, 699.5);
}

static void
test_metatrader (void)
{
  g_autoptr (BsBarFile) file = load ("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
                                     "2024.01.02\t09:31:00\t4750.25\t4751\t4749.5\t4750\t1234\t0\t2\n"
                                     "2024.01.02\t09:32:00\t4750.25\t4751\t4749.5\t4750\t1234\t77\t2\n");

  g_assert_cmpstr (bs_bar_format_name (file->format), ==, "metatrader");
  g_assert_cmpint (bs_bar_series_stamp (file->series), ==, BS_STAMP_START);
  assert_morning_bar (file, MORNING_US);
  g_assert_cmpfloat (nth (file, 1).volume, ==, 77);

  g_autoptr (BsBarFile) daily = load ("<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
                                      "2024.01.02\t4750.25\t4751\t4749.5\t4750\t1234\t0\t2\n");
  g_assert_cmpstr (bs_bar_format_name (daily->format), ==, "metatrader");
  assert_morning_bar (daily, MORNING_US - 571 * MINUTE_US);
}

static void
test_formats_table (void)
{
  guint n = 0;
  for (; bs_bar_format_nth (n) != NULL; n++)
    {
      g_assert_nonnull (bs_bar_format_name (bs_bar_format_nth (n)));
      g_assert_nonnull (bs_bar_format_description (bs_bar_format_nth (n)));
    }
  g_assert_cmpuint (n, >=, 4);
}

static void
test_options (void)
{
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;

  options.timezone = "America/New_York";
  options.stamp = BS_STAMP_START;
  g_autoptr (BsBarFile) file = load_with (HEADER ROW1 ROW2, &options, NULL);
  g_assert_cmpstr (file->timezone, ==, "America/New_York");
  g_assert_cmpint (bs_bar_series_stamp (file->series), ==, BS_STAMP_START);
  assert_morning_bar (file, MORNING_US + 300 * MINUTE_US);

  options.timezone = "Mars/Olympus";
  assert_fails_with (HEADER ROW1, &options, BS_BAR_FILE_ERROR_OPTION,
                     "there is no time zone 'Mars/Olympus' (expected a name such as America/New_York, UTC, local, or "
                     "+01:00)");
  options.timezone = NULL;
  options.format = "excel";
  assert_fails_with (HEADER ROW1, &options, BS_BAR_FILE_ERROR_OPTION, "there is no bar format 'excel' (expected ninjatrader, histdata, metatrader, sierra, binance-futures, "
                     "binance, scid or generic)");

  options.format = "metatrader";
  assert_fails_with (HEADER ROW1, &options, BS_BAR_FILE_ERROR_FORMAT,
                     "bars.csv: the header has no column time, open, high, low, close (metatrader needs time or date, "
                     "open, high, low, close); found 'time,open,high,low,close,volume'");
  options.format = "ninjatrader";
  assert_fails_with (HEADER ROW1, &options, BS_BAR_FILE_ERROR_NO_BARS,
                     "bars.csv: no bar can be read as ninjatrader: 2 of 2 rows are bad; line 1: expected 6 fields, "
                     "found 1");

  /* only the newest bars are kept */
  g_autoptr (GString) text = g_string_new (HEADER);
  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "%u,10,10,10,10,1\n", 1704187860 + i * 60);
  options = (BsBarFileOptions) BS_BAR_FILE_OPTIONS_INIT;
  options.max_bars = 1000;
  g_autoptr (BsBarFile) newest = load_with (text->str, &options, NULL);
  g_assert_cmpuint (bs_bar_series_end (newest->series), ==, 5000);
  g_assert_cmpuint (bs_bar_series_length (newest->series), <=, 1000);
}

/* A row that is refused, between two good ones. */
typedef struct
{
  const char *row;
  const char *reason;
} RefusedCase;

static const RefusedCase refused_cases[] = {
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5", "expected 6 fields, found 5" },
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5,99,", "expected 6 fields, found 7" },
  { "what", "expected 6 fields, found 1" },
  { ",,,,,", "open: empty (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,nan,4752.75,4750,4752.5,99", "open: 'nan' (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,inf,4750,4752.5,99", "high: 'inf' (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,4752.75,1e999,4752.5,99", "low: '1e999' (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,4752.75,4750,0x10,99", "close: '0x10' (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5,", "volume: empty (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5,\"1,234\"", "volume: '1,234' (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5,a\x01\xff",
    "volume: 'a?\xef\xbf\xbd' (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5,"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "volume: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'... (expected a number, such as 4750.25)" },
  { "2024-01-02 09:32,0,4752.75,4750,4752.5,99", "open 0: expected a price above 0" },
  { "2024-01-02 09:32,4750,4752.75,-4750,4752.5,99", "low -4750: expected a price above 0" },
  { "2024-01-02 09:32,4750,4749,4750,4750,99", "high 4749: expected at least low 4750" },
  { "2024-01-02 09:32,4749.75,4752.75,4750,4752.5,99", "open 4749.75: expected within low 4750 and high 4752.75" },
  { "2024-01-02 09:32,4750,4752.75,4750,4753,99", "close 4753: expected within low 4750 and high 4752.75" },
  { "2024-01-02 09:32,4750,4752.75,4750,4752.5,-1", "volume -1: expected 0 or more" },
  { "2024-01-02 09:31,4750,4752.75,4750,4752.5,99",
    "time 2024-01-02 09:31:00: expected after the last bar's, 2024-01-02 09:31:00" },
  { "2024-01-02 09:30:59.5,4750,4752.75,4750,4752.5,99",
    "time 2024-01-02 09:30:59.500000: expected after the last bar's, 2024-01-02 09:31:00" },
  { "02/01/2024 09:32,4750,4752.75,4750,4752.5,99",
    "time: '02/01/2024 09:32' (expected ISO 8601, yyyy-MM-dd HH:mm[:ss] or an epoch)" },
  { ",4750,4752.75,4750,4752.5,99", "time: empty (expected ISO 8601, yyyy-MM-dd HH:mm[:ss] or an epoch)" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_cases); i++)
    {
      g_autofree char *text = g_strconcat (HEADER ROW1, refused_cases[i].row, "\n" ROW3, NULL);
      g_autoptr (BsBarFile) file = load (text);

      g_assert_cmpuint (file->n_rows, ==, 3);
      g_assert_cmpuint (file->n_refused, ==, 1);
      g_assert_cmpuint (file->refused->len, ==, 1);
      const BsRefusedRow *row = &g_array_index (file->refused, BsRefusedRow, 0);
      g_assert_cmpuint (row->line, ==, 3);
      g_assert_cmpstr (row->reason, ==, refused_cases[i].reason);
      g_assert_true (g_utf8_validate (row->reason, -1, NULL));
      g_assert_cmpuint (bs_bar_series_length (file->series), ==, 2);
      assert_morning_bar (file, MORNING_US);
      g_assert_cmpint (nth (file, 1).time_us, ==, MORNING_US + 2 * MINUTE_US);
    }
}

static void
assert_refused_row (const BsBarFile *file, guint n, guint64 line, const char *reason)
{
  g_assert_cmpuint (file->refused->len, >, n);
  const BsRefusedRow *row = &g_array_index (file->refused, BsRefusedRow, n);
  g_assert_cmpuint (row->line, ==, line);
  g_assert_cmpstr (row->reason, ==, reason);
}

static void
test_refused_elsewhere (void)
{
  g_autoptr (BsBarFile) split = load ("date,time,open,high,low,close\n2024-01-02,09:31,1,1,1,1\n\n"
                                      "2024-01-02 09:32,09:32,1,1,1,1\n2024-01-02,9h33,1,1,1,1\n");
  g_assert_cmpuint (split->n_refused, ==, 2);
  assert_refused_row (split, 0, 4,
                      "date: '2024-01-02 09:32' (expected the date of ISO 8601, yyyy-MM-dd HH:mm[:ss] or an epoch)");
  assert_refused_row (split, 1, 5,
                      "time: '9h33' (expected the time of day of ISO 8601, yyyy-MM-dd HH:mm[:ss] or an epoch)");

  g_autoptr (BsBarFile) ninja = load ("20240102 093100;1;1;1;1;1\n2024-01-02 09:32;1;1;1;1;1\n");
  assert_refused_row (ninja, 0, 2, "time: '2024-01-02 09:32' (expected yyyyMMdd HHmmss)");

  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  options.timezone = "America/New_York";
  g_autoptr (BsBarFile) spring
    = load_with ("time,open,high,low,close\n2024-03-10 01:59,1,1,1,1\n2024-03-10 02:30,1,1,1,1\n"
                 "2024-03-10 03:00,1,1,1,1\n",
                 &options, NULL);
  assert_refused_row (spring, 0, 3,
                      "time: '2024-03-10 02:30' (expected a time that exists: the clock of America/New_York was put "
                      "forward over it)");
  g_assert_cmpint (nth (spring, 1).time_us - nth (spring, 0).time_us, ==, MINUTE_US);
}

/* Rows out of place: it is they that are refused, not those around them. @minutes: 0 ends it. */
static void
test_out_of_place (void)
{
  static const struct
  {
    int minutes[8];  /* of each row after 09:00 */
    guint refused_n; /* rows refused, counted from 1, at most two */
    guint refused[2];
    int kept[8];
  } cases[] = {
    { { 1, 2, 3, 4 }, 0, { 0 }, { 1, 2, 3, 4 } },
    { { 1, 2, 30, 3, 4, 5 }, 1, { 3 }, { 1, 2, 3, 4, 5 } },    /* one too late */
    { { 30, 1, 2, 3 }, 1, { 1 }, { 1, 2, 3 } },                /* the first one */
    { { 1, 2, 3, 30 }, 0, { 0 }, { 1, 2, 3, 30 } },            /* the last one: nothing contradicts it */
    { { 1, 2, 4, 3, 5, 6 }, 1, { 4 }, { 1, 2, 4, 5, 6 } },     /* one that comes late */
    { { 1, 2, 3, 3, 4 }, 1, { 4 }, { 1, 2, 3, 4 } },           /* twice */
    { { 1, 3, 5, 2, 4, 6 }, 2, { 4, 5 }, { 1, 3, 5, 6 } },     /* two late ones, only one of them beside */
    { { 5, 4, 3, 2, 1 }, 4, { 2, 3 }, { 5 } },                 /* backwards */
    { { 1, 2, 30, 40, 3, 4 }, 2, { 5, 6 }, { 1, 2, 30, 40 } }, /* two that agree are believed */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (HEADER);
      for (guint k = 0; cases[i].minutes[k] != 0; k++)
        g_string_append_printf (text, "2024-01-02 09:%02d,1,1,1,1,1\n", cases[i].minutes[k]);
      g_autoptr (BsBarFile) file = load (text->str);
      g_assert_cmpuint (file->n_refused, ==, cases[i].refused_n);
      for (guint k = 0; k < MIN (cases[i].refused_n, 2); k++)
        g_assert_cmpuint (g_array_index (file->refused, BsRefusedRow, k).line, ==, cases[i].refused[k] + 1);
      gsize n = 0;
      for (; cases[i].kept[n] != 0; n++)
        g_assert_cmpint (nth (file, n).time_us, ==, MORNING_US + (cases[i].kept[n] - 31) * MINUTE_US);
      g_assert_cmpuint (bs_bar_series_length (file->series), ==, n);
    }

  g_autoptr (BsBarFile) year = load (HEADER ROW1 "2042-01-02 09:32,1,1,1,1,1\n" ROW2 "x\n" ROW3);
  g_assert_cmpuint (bs_bar_series_length (year->series), ==, 3);
  assert_refused_row (year, 0, 3, "time 2042-01-02 09:32:00: expected before the next rows', 2024-01-02 09:32:00");
  assert_refused_row (year, 1, 5, "expected 6 fields, found 1");
}

/* All are counted, the first thousand listed. */
static void
test_refused_many (void)
{
  g_autoptr (GString) text = g_string_new (HEADER ROW1);
  for (guint i = 0; i < 3000; i++)
    g_string_append (text, i % 2 == 0 ? "x\n" : ROW1);
  g_string_append (text, ROW2);
  g_autoptr (BsBarFile) file = load (text->str);

  g_assert_cmpuint (file->n_rows, ==, 3002);
  g_assert_cmpuint (file->n_refused, ==, 3000);
  g_assert_cmpuint (file->refused->len, ==, BS_BAR_FILE_MAX_LISTED);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 2);
}

static void
test_long_line (void)
{
  static const gsize lengths[] = { 16 * 1024 + 1, 300 * 1024, 3000 * 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *noise = g_strnfill (lengths[i], '1');
      g_autofree char *text = g_strconcat (HEADER ROW1, noise, "\n", ROW2, "\n", noise, "\n" ROW3, noise, NULL);
      g_autoptr (BsBarFile) file = load (text);

      g_assert_cmpuint (file->n_rows, ==, 6);
      g_assert_cmpuint (file->n_refused, ==, 3);
      assert_refused_row (file, 0, 3, "the line is longer than 16384 bytes");
      assert_refused_row (file, 1, 6, "the line is longer than 16384 bytes");
      assert_refused_row (file, 2, 8, "the line is longer than 16384 bytes");
      g_assert_cmpuint (bs_bar_series_length (file->series), ==, 3);
    }
}

static void
test_nothing_readable (void)
{
  static const struct
  {
    const char *text;
    int code;
    const char *message;
  } cases[] = {
    { "", BS_BAR_FILE_ERROR_NO_BARS, "bars.csv: is empty" },
    { "\n \n\r\n", BS_BAR_FILE_ERROR_NO_BARS, "bars.csv: has only blank lines" },
    { HEADER, BS_BAR_FILE_ERROR_NO_BARS, "bars.csv: has a header but no rows" },
    { HEADER "x\ny\n", BS_BAR_FILE_ERROR_NO_BARS,
      "bars.csv: no bar can be read as generic: 2 of 2 rows are bad; line 2: expected 6 fields, found 1" },
    { "time,open,high,close\n", BS_BAR_FILE_ERROR_FORMAT,
      "bars.csv: the header has no column low (generic needs time or date, open, high, low, close); found "
      "'time,open,high,close'" },
    { "open,high,low,volume\n", BS_BAR_FILE_ERROR_FORMAT,
      "bars.csv: the header has no column time, close (generic needs time or date, open, high, low, close); found "
      "'open,high,low,volume'" },
    { "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\n", BS_BAR_FILE_ERROR_FORMAT,
      "bars.csv: the header has no column close (metatrader needs time or date, open, high, low, close); found "
      "'<DATE>?<TIME>?<OPEN>?<HIGH>?<LOW>'" },
    { "time,open,high,low,close,Open\n", BS_BAR_FILE_ERROR_FORMAT,
      "bars.csv: the header names column 'open' twice (columns 2 and 6)" },
    { "2024-01-02 09:31,4750.25,4751,4749.5,4750,1234\n", BS_BAR_FILE_ERROR_FORMAT,
      "bars.csv: not a bar file that is known (ninjatrader, histdata, metatrader, sierra, "
      "binance-futures, binance, scid, generic): expected a header that "
      "names time or date, open, high, low, close; the first line is '2024-01-02 "
      "09:31,4750.25,4751,4749.5,4750,1234'" },
    { "Dear reader,\n", BS_BAR_FILE_ERROR_FORMAT,
      "bars.csv: not a bar file that is known (ninjatrader, histdata, metatrader, sierra, "
      "binance-futures, binance, scid, generic): expected a header that "
      "names time or date, open, high, low, close; the first line is 'Dear reader,'" },
    { "PK\003\004 and so on\n", BS_BAR_FILE_ERROR_FORMAT, "bars.csv: is a zip archive: unpack it first" },
    { "\xff\xfet\n", BS_BAR_FILE_ERROR_FORMAT, "bars.csv: is UTF-16 text: save it as UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_fails_with (cases[i].text, NULL, cases[i].code, cases[i].message);

  g_autoptr (GError) error = NULL;
  g_assert_null (bs_bar_file_load_bytes ((const guint8 *) "a\0b\n", 4, "x", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "x: is not a text file of bars (binary data)");
  g_clear_error (&error);
  g_autofree guint8 *zeros = g_malloc0 (1000000);
  g_assert_null (bs_bar_file_load_bytes (zeros, 1000000, "x", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "x: is not a text file of bars (its first line does not end)");
}

static void
test_too_many_columns (void)
{
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close");
  for (guint i = 0; i < 300; i++)
    g_string_append (text, ",x");
  g_string_append (text, "\n");
  assert_fails_with (text->str, NULL, BS_BAR_FILE_ERROR_FORMAT,
                     "bars.csv: the header has 305 columns, at most 256 are read");

  /* a row with more than there can be */
  g_autofree char *commas = g_strnfill (1000, ',');
  g_autofree char *row = g_strconcat (HEADER ROW1, commas, "\n", NULL);
  g_autoptr (BsBarFile) file = load (row);
  assert_refused_row (file, 0, 3, "expected 6 fields, found 1001");
}

static void
test_gaps (void)
{
  g_autoptr (BsBarFile) file = load ("time,open,high,low,close\n"
                                     "2024-01-05 21:58,1,1,1,1\n2024-01-05 21:59,1,1,1,1\n2024-01-05 22:00,1,1,1,1\n"
                                     "2024-01-07 23:01,1,1,1,1\n2024-01-07 23:02,1,1,1,1\n2024-01-07 23:04,1,1,1,1\n"
                                     "2024-01-07 23:05:30,1,1,1,1\n");

  g_assert_cmpint (bs_bar_series_bar_length (file->series), ==, MINUTE_US);
  g_assert_cmpuint (file->n_gaps, ==, 2);
  const BsBarGap *weekend = &g_array_index (file->gaps, BsBarGap, 0);
  g_assert_cmpuint (weekend->after, ==, 2);
  g_assert_cmpint (weekend->closed_us, ==, bs_bar_series_close_time (file->series, 2));
  g_assert_cmpint (weekend->length_us, ==, 49 * 60 * MINUTE_US);
  const BsBarGap *hole = &g_array_index (file->gaps, BsBarGap, 1);
  g_assert_cmpuint (hole->after, ==, 4);
  g_assert_cmpint (hole->length_us, ==, MINUTE_US);
}

/* Times that never repeat a step: bounded memory, and some length or other. */
static void
test_irregular (void)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  gint64 time = 1704187860;
  for (guint i = 0; i < 20000; i++)
    {
      time += i + 1;
      g_string_append_printf (text, "%" G_GINT64_FORMAT ",1,1,1,1,1\n", time);
    }
  g_autoptr (BsBarFile) file = load (text->str);
  g_assert_cmpint (bs_bar_series_bar_length (file->series), >, 0);
  g_assert_cmpuint (file->gaps->len, ==, BS_BAR_FILE_MAX_LISTED);
  g_assert_cmpuint (file->n_gaps, >, BS_BAR_FILE_MAX_LISTED);
}

static void
test_timezones_in_autumn (void)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;

  options.timezone = "America/New_York";
  for (guint hour = 0; hour < 4; hour++)
    for (guint pass = 0; pass < (hour == 1 ? 2 : 1); pass++)
      for (guint minute = 0; minute < 60; minute++)
        g_string_append_printf (text, "2024-11-03 %02u:%02u,1,1,1,1,1\n", hour, minute);
  g_autoptr (BsBarFile) file = load_with (text->str, &options, NULL);
  g_assert_cmpuint (file->n_refused, ==, 0);
  g_assert_cmpuint (file->n_gaps, ==, 0);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 300);
}

static GBytes *
gzip (const char *text, gsize length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_data (text, length, NULL);
  g_autoptr (GInputStream) packed = g_converter_input_stream_new (plain, G_CONVERTER (compressor));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_output_stream_splice (out, packed, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* The newest bars alone: what else is known of the file is, too. */
static void
test_newest (void)
{
  g_autoptr (BsBarFile) file = load ("time,open,high,low,close\n2024-01-05 21:58,1,1.25,1,1.25\n2024-01-05 21:59,1,1,1,1\n"
                                     "2024-01-05 22:00,1,1,1,1\n2024-01-07 23:01,1,1,1,1\n2024-01-07 23:02,x,1,1,1\n"
                                     "2024-01-07 23:03,1,1,1,1\n2024-01-07 23:04,1,1,1,1\n");
  g_autoptr (BsBarFile) newest = bs_bar_file_newest (file, 4);
  g_autoptr (BsBarFile) all = bs_bar_file_newest (file, 100);
  gint64 closed_us = bs_bar_series_close_time (file->series, 0);

  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 6);
  g_assert_cmpuint (file->n_older, ==, 0);
  g_assert_cmpuint (bs_bar_series_length (all->series), ==, 6);
  g_assert_cmpuint (all->n_older, ==, 0);
  g_clear_pointer (&file, bs_bar_file_free);
  g_assert_cmpuint (bs_bar_series_first (newest->series), ==, 2);
  g_assert_cmpuint (bs_bar_series_end (newest->series), ==, 6);
  g_assert_cmpuint (newest->n_older, ==, 2);
  g_assert_cmpint (newest->older_closed_us, ==, closed_us);
  g_assert_cmpint (bs_bar_series_times (newest->series)[3], ==, bs_bar_series_times (all->series)[5]);
  g_assert_cmpuint (newest->n_refused, ==, 1);
  g_assert_cmpuint (newest->refused->len, ==, 1);
  g_assert_cmpuint (newest->decimals, ==, 2);
  g_assert_cmpuint (newest->gaps->len, ==, all->gaps->len);

  g_autoptr (BsBarFile) fewer = bs_bar_file_newest (newest, 4);
  g_assert_cmpuint (fewer->n_older, ==, 2);
  g_assert_cmpint (fewer->older_closed_us, ==, closed_us);
}

static BsBarFile *
load_gzip (GBytes *bytes, gsize length, GError **error)
{
  return bs_bar_file_load_bytes (g_bytes_get_data (bytes, NULL), length, "bars.csv.gz", NULL, error);
}

static void
test_gzip (void)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%u,%u.25,%u.5,%u,%u.25,%u\n", 1704187860 + i * 60, 4000 + i % 900, 4000 + i % 900,
                            4000 + i % 900, 4000 + i % 900, i % 77);
  g_autoptr (GBytes) packed = gzip (text->str, text->len);
  gsize size = g_bytes_get_size (packed);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) plain = load (text->str);
  g_autoptr (BsBarFile) unpacked = load_gzip (packed, size, &error);
  g_assert_no_error (error);
  assert_same_bars (plain, unpacked);

  /* cut short: no half series */
  for (gsize length = 2; length < size; length += size / 50)
    {
      g_autoptr (BsBarFile) cut = load_gzip (packed, length, &error);
      g_assert_null (cut);
      g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
      g_assert_cmpstr (error->message, ==, "bars.csv.gz: the gzip data ends early: the file is not complete");
      g_clear_error (&error);
    }

  /* a wrong checksum */
  gsize copy_size = size;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (packed, NULL), copy_size);
  copy[size - 6] ^= 1;
  g_assert_null (bs_bar_file_load_bytes (copy, size, "bars.csv.gz", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_assert_cmpstr (error->message, ==, "bars.csv.gz: damaged gzip data: incorrect data check");
}

/* Members one after another are one file; zeros after them are padding; anything else is not lost in silence. */
static void
test_gzip_members (void)
{
  g_autoptr (GBytes) first = gzip (HEADER ROW1, strlen (HEADER ROW1));
  g_autoptr (GBytes) second = gzip (ROW2 ROW3, strlen (ROW2 ROW3));
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_byte_array_append (both, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  g_byte_array_append (both, g_bytes_get_data (second, NULL), g_bytes_get_size (second));
  g_autoptr (BsBarFile) file = bs_bar_file_load_bytes (both->data, both->len, "x", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 3);

  static const guint8 zeros[600] = { 0 };
  g_byte_array_append (both, zeros, sizeof zeros);
  g_autoptr (BsBarFile) padded = bs_bar_file_load_bytes (both->data, both->len, "x", NULL, &error);
  g_assert_no_error (error);
  assert_same_bars (file, padded);

  g_byte_array_append (both, (const guint8 *) "tail", 4);
  g_assert_null (bs_bar_file_load_bytes (both->data, both->len, "x", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_assert_cmpstr (error->message, ==, "x: something that is not gzip data follows the gzip data");
  g_clear_error (&error);

  /* gzip in gzip */
  g_autoptr (GBytes) twice = gzip (g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  g_assert_null (load_gzip (twice, g_bytes_get_size (twice), &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT);
}

/* A hundred megabytes of nothing in a hundred kilobytes: one overlong row. */
static void
test_gzip_bomb (void)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autofree guint8 *out = g_malloc (65536);
  g_autofree char *block = g_strnfill (1 << 20, '1');
  z_stream stream = { 0 };

  g_assert_cmpint (deflateInit2 (&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  for (guint i = 0; i <= 100; i++)
    {
      stream.next_in = (guint8 *) (i == 0 ? HEADER ROW1 : block);
      stream.avail_in = i == 0 ? strlen (HEADER ROW1) : 1 << 20;
      do
        {
          stream.next_out = out;
          stream.avail_out = 65536;
          deflate (&stream, i == 100 ? Z_FINISH : Z_NO_FLUSH);
          g_byte_array_append (packed, out, 65536 - stream.avail_out);
        }
      while (stream.avail_out == 0);
    }
  deflateEnd (&stream);

  g_autoptr (BsBarFile) file = bs_bar_file_load_bytes (packed->data, packed->len, "x", NULL, NULL);
  g_assert_nonnull (file);
  g_assert_cmpuint (file->n_refused, ==, 1);
  assert_refused_row (file, 0, 3, "the line is longer than 16384 bytes");
}

typedef struct
{
  double last;
  guint n;
  GCancellable *cancel;
} Progress;

static void
on_progress (double fraction, gpointer data)
{
  Progress *progress = data;
  g_assert_cmpfloat (fraction, >=, progress->last);
  g_assert_cmpfloat (fraction, <=, 1);
  progress->last = fraction;
  if (++progress->n == 3 && progress->cancel != NULL)
    g_cancellable_cancel (progress->cancel);
}

static char *
temporary_file (const char *name, gconstpointer data, gsize size)
{
  g_autofree char *folder = g_dir_make_tmp ("barscope-XXXXXX", NULL);
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, data, size, NULL));
  return path;
}

static void
remove_file (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_remove (path);
  g_rmdir (folder);
}

static void
test_file (void)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  for (guint i = 0; i < 50000; i++)
    g_string_append_printf (text, "%u,4750.25,4751,4749.5,4750,%u\n", 1704187860 + i * 60, i);
  g_autoptr (GBytes) packed = gzip (text->str, text->len);
  g_autofree char *path = temporary_file ("bars.csv", text->str, text->len);
  g_autofree char *packed_path
    = temporary_file ("bars.csv.gz", g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) memory = load (text->str);

  const char *paths[] = { path, packed_path };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      Progress progress = { 0 };
      g_autoptr (BsBarFile) file = bs_bar_file_load (paths[i], NULL, on_progress, &progress, NULL, &error);
      g_assert_no_error (error);
      assert_same_bars (file, memory);
      g_assert_cmpuint (progress.n, >=, 5);
      g_assert_cmpfloat (progress.last, ==, 1);

      g_autoptr (GCancellable) cancel = g_cancellable_new ();
      Progress cancelled = { .cancel = cancel };
      g_assert_null (bs_bar_file_load (paths[i], NULL, on_progress, &cancelled, cancel, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (cancelled.n, ==, 3);
      g_clear_error (&error);
    }
  remove_file (path);
  remove_file (packed_path);
}

static void
test_file_unreadable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bs_bar_file_load ("/no/such/file.csv", NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_assert_nonnull (strstr (error->message, "/no/such/file.csv"));
  g_clear_error (&error);
  g_assert_null (bs_bar_file_load (g_get_tmp_dir (), NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_clear_error (&error);
  g_assert_null (bs_bar_file_load ("/dev/zero", NULL, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
}

static void
test_reference_bars (void)
{
  const char *shared = g_getenv ("BS_SHARED");
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "data/reference/bars-1m.csv.gz", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no reference data here");
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) file = bs_bar_file_load (path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 2000);
  g_assert_cmpuint (file->n_refused, ==, 0);
  g_assert_cmpint (bs_bar_series_bar_length (file->series), ==, MINUTE_US);
  g_assert_cmpuint (file->decimals, ==, 5);
  g_assert_cmpfloat (nth (file, 0).open, ==, 1.1076);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bar-file/generic", test_generic);
  g_test_add_func ("/bar-file/generic-variants", test_generic_variants);
  g_test_add_func ("/bar-file/generic-all-columns", test_generic_all_columns);
  g_test_add_func ("/bar-file/ninjatrader", test_ninjatrader);
  g_test_add_func ("/bar-file/metatrader", test_metatrader);
  g_test_add_func ("/bar-file/sierra", test_sierra);
  g_test_add_func ("/bar-file/binance", test_binance);
  g_test_add_func ("/bar-file/formats-table", test_formats_table);
  g_test_add_func ("/bar-file/options", test_options);
  g_test_add_func ("/bar-file/refused", test_refused);
  g_test_add_func ("/bar-file/newest", test_newest);
  g_test_add_func ("/bar-file/refused-elsewhere", test_refused_elsewhere);
  g_test_add_func ("/bar-file/out-of-place", test_out_of_place);
  g_test_add_func ("/bar-file/refused-many", test_refused_many);
  g_test_add_func ("/bar-file/long-line", test_long_line);
  g_test_add_func ("/bar-file/nothing-readable", test_nothing_readable);
  g_test_add_func ("/bar-file/too-many-columns", test_too_many_columns);
  g_test_add_func ("/bar-file/gaps", test_gaps);
  g_test_add_func ("/bar-file/irregular", test_irregular);
  g_test_add_func ("/bar-file/timezones-in-autumn", test_timezones_in_autumn);
  g_test_add_func ("/bar-file/gzip", test_gzip);
  g_test_add_func ("/bar-file/gzip-members", test_gzip_members);
  g_test_add_func ("/bar-file/gzip-bomb", test_gzip_bomb);
  g_test_add_func ("/bar-file/file", test_file);
  g_test_add_func ("/bar-file/file-unreadable", test_file_unreadable);
  g_test_add_func ("/bar-file/reference-bars", test_reference_bars);
  return g_test_run ();
}
