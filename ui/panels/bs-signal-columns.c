/* bs-signal-columns.c: the columns of the signal log */
#include "ui/panels/bs-signal-columns.h"

#include <glib/gi18n.h>

#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"
#include "ui/panels/bs-signal-text.h"

G_STATIC_ASSERT (BS_SIGNAL_COLUMN_LENGTH >= BS_BAR_TIME_LENGTH && BS_SIGNAL_COLUMN_LENGTH >= BS_NUMBER_LENGTH);

static const char *
time_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  return bs_bar_time_format (buffer, entry->time_us);
}

static const char *
class_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  return bs_signal_text_class_title (entry->klass);
}

static const char *
confidence_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  return bs_number_format_percent (buffer, entry->confidence, 1);
}

static const char *
price_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  return bs_number_format (buffer, entry->price, decimals);
}

static const char *
latency_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  return entry->total_ns > 0 ? bs_number_format_duration (buffer, entry->total_ns) : "–";
}

static const char *
index_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  return bs_number_format_count (buffer, entry->index);
}

static const char *
note_text (const BsSignalLogEntry *entry, guint decimals, char *buffer)
{
  const char *range = entry->in_range ? "" : _ ("outside the training range");

  if (!entry->filtered)
    return range;
  /* Translators: a long that was turned into a hold, because its confidence was under the threshold */
  g_snprintf (buffer, BS_SIGNAL_COLUMN_LENGTH, _ ("%s held back"), bs_signal_text_class_word (entry->raw_class));
  if (!entry->in_range)
    {
      g_strlcat (buffer, " · ", BS_SIGNAL_COLUMN_LENGTH);
      g_strlcat (buffer, range, BS_SIGNAL_COLUMN_LENGTH);
    }
  /* A translation may be longer than the room: cut between two characters. */
  char *end = g_utf8_make_valid (buffer, -1);
  g_strlcpy (buffer, end, BS_SIGNAL_COLUMN_LENGTH);
  g_free (end);
  return buffer;
}

/* Translators: of the context "widest": the longest text of the column in your language, which its width is made for */
static const BsSignalColumn columns[] = {
  { .title = N_ ("Time"), .widest = "2024-08-08 08:08:08", .rank = 0, .sorts = TRUE, .order = BS_SIGNAL_LOG_BY_TIME,
    .text = time_text },
  { .title = N_ ("Signal"), .widest = NC_ ("widest", "Short"), .rank = 0, .shape = TRUE, .sorts = TRUE, .order = BS_SIGNAL_LOG_BY_CLASS,
    .text = class_text },
  { .title = N_ ("Confidence"), .widest = "100.0 %", .rank = 0, .right = TRUE, .sorts = TRUE,
    .order = BS_SIGNAL_LOG_BY_CONFIDENCE, .text = confidence_text },
  { .title = N_ ("Price"), .widest = "88,888.88", .rank = 1, .right = TRUE, .sorts = TRUE,
    .order = BS_SIGNAL_LOG_BY_PRICE, .text = price_text },
  { .title = N_ ("Latency"), .widest = "88.8 µs", .rank = 3, .right = TRUE, .sorts = TRUE,
    .order = BS_SIGNAL_LOG_BY_LATENCY, .text = latency_text },
  { .title = N_ ("Bar"), .widest = "8,888,888", .rank = 4, .right = TRUE, .quiet = TRUE, .text = index_text },
  { .title = N_ ("Note"), .widest = NC_ ("widest", "short held back"), .rank = 2, .quiet = TRUE, .text = note_text },
};
G_STATIC_ASSERT (G_N_ELEMENTS (columns) == BS_N_SIGNAL_COLUMNS);

const BsSignalColumn *
bs_signal_column (guint i)
{
  g_return_val_if_fail (i < BS_N_SIGNAL_COLUMNS, NULL);
  return &columns[i];
}

char *
bs_signal_column_title (guint i)
{
  g_return_val_if_fail (i < BS_N_SIGNAL_COLUMNS, NULL);

  /* The zone is said once, at the top. */
  if (columns[i].text == time_text)
    return g_strdup_printf (_ ("Time (%s)"), bs_bar_time_zone (g_get_real_time ()));
  return g_strdup (_ (columns[i].title));
}
