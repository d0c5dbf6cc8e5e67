/* bs-recording-parse.c: lines to records; nothing in a line is believed */
#include "app/record/bs-recording-text.h"

#include <math.h>
#include <string.h>

#include "inference/model/bs-json.h"

#define MAX_VALUES 1024 /* values and names in a line */
#define MAX_STRING 4096 /* bytes of a string */
#define BAR_NUMBERS 10  /* after the time */
#define HASH_DIGITS 64

static gboolean G_GNUC_PRINTF (3, 4) refuse (GError **error, const char *field, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *expected = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT, "%s: %s", field, expected);
  return FALSE;
}

/* Makes an error of the JSON reader ours. The line is known better here: each is a text of its own there. */
static gboolean
take_json_error (GError **error, const char *field, GError *json_error)
{
  const char *message = json_error->message;
  if (g_str_has_prefix (message, "line 1, "))
    message += strlen ("line 1, ");
  if (field != NULL)
    refuse (error, field, "%s", message);
  else
    g_set_error_literal (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT, message);
  g_error_free (json_error);
  return FALSE;
}

static const BsJsonValue *
get_member (const BsJsonValue *object, const char *name, BsJsonType type, GError **error)
{
  const BsJsonValue *value = bs_json_find (object, name);
  if (value == NULL)
    refuse (error, name, "expected %s, there is none", bs_json_type_name (type));
  else if (bs_json_type (value) != type)
    {
      refuse (error, name, "expected %s, got %s", bs_json_type_name (type), bs_json_type_name (bs_json_type (value)));
      return NULL;
    }
  return value;
}

static gboolean
get_integer (const BsJsonValue *object, const char *name, gint64 min, gint64 max, gint64 *result, GError **error)
{
  GError *json_error = NULL;
  const BsJsonValue *value = get_member (object, name, BS_JSON_NUMBER, error);
  if (value == NULL)
    return FALSE;
  return bs_json_get_integer (value, min, max, result, &json_error) || take_json_error (error, name, json_error);
}

static gboolean
get_number (const BsJsonValue *object, const char *name, double min, double max, double *result, GError **error)
{
  const BsJsonValue *value = get_member (object, name, BS_JSON_NUMBER, error);
  if (value == NULL)
    return FALSE;
  bs_json_get_number (value, result, NULL);
  if (*result >= min && *result <= max)
    return TRUE;
  return refuse (error, name, "expected a number %g..%g, got %g", min, max, *result);
}

static gboolean
get_flag (const BsJsonValue *object, const char *name, gboolean *result, GError **error)
{
  const BsJsonValue *value = get_member (object, name, BS_JSON_BOOLEAN, error);
  return value != NULL && bs_json_get_boolean (value, result, NULL);
}

/* (transfer none) */
static const char *
get_text (const BsJsonValue *object, const char *name, GError **error)
{
  const BsJsonValue *value = get_member (object, name, BS_JSON_STRING, error);
  if (value == NULL)
    return NULL;
  const char *text = bs_json_get_string (value, NULL);
  if (strlen (text) <= MAX_STRING)
    return text;
  refuse (error, name, "expected at most %d bytes", MAX_STRING);
  return NULL;
}

static gboolean
copy_text (const BsJsonValue *object, const char *name, char **result, GError **error)
{
  *result = g_strdup (get_text (object, name, error));
  return *result != NULL;
}

static gboolean
copy_hash (const BsJsonValue *object, char **result, GError **error)
{
  const char *hash = get_text (object, "model_hash", error);
  if (hash == NULL)
    return FALSE;
  if (strlen (hash) != HASH_DIGITS || strspn (hash, "0123456789abcdef") != HASH_DIGITS)
    return refuse (error, "model_hash", "expected %d hexadecimal digits", HASH_DIGITS);
  *result = g_strdup (hash);
  return TRUE;
}

static gboolean
get_index (const BsJsonValue *object, const char *name, guint64 *result, GError **error)
{
  gint64 index;
  if (!get_integer (object, name, 0, G_MAXINT32, &index, error))
    return FALSE;
  *result = (guint64) index;
  return TRUE;
}

static gboolean
get_class (const BsJsonValue *object, const char *name, BsClass *result, GError **error)
{
  const char *text = get_text (object, name, error);
  if (text == NULL)
    return FALSE;
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    if (strcmp (text, bs_class_name (klass)) == 0)
      {
        *result = klass;
        return TRUE;
      }
  return refuse (error, name, "expected short, hold or long");
}

/* One option as --set takes it. */
static char *
assignment_of (const BsJsonValue *value, GError **error)
{
  const char *name = bs_json_name (value);
  gboolean flag;
  gint64 number;
  if (bs_json_get_boolean (value, &flag, NULL))
    return g_strdup_printf ("%s=%s", name, flag ? "on" : "off");
  if (bs_json_get_integer (value, G_MININT, G_MAXINT, &number, NULL))
    return g_strdup_printf ("%s=%d", name, (int) number);
  if (bs_json_type (value) == BS_JSON_STRING)
    return g_strdup_printf ("%s=%s", name, bs_json_get_string (value, NULL));
  refuse (error, "options", "%s: expected true, false, an integer or a string", name);
  return NULL;
}

/* Whether these can be had together, and here, is asked when they are wanted. */
static gboolean
get_options (const BsJsonValue *object, BsOptions *options, GError **error)
{
  const BsJsonValue *members = get_member (object, "options", BS_JSON_OBJECT, error);
  if (members == NULL)
    return FALSE;
  bs_options_init (options);
  for (const BsJsonValue *value = bs_json_first (members); value != NULL; value = bs_json_next (value))
    {
      g_autoptr (GError) option_error = NULL;
      g_autofree char *assignment = assignment_of (value, error);
      if (assignment == NULL)
        return FALSE;
      if (!bs_options_set (options, assignment, &option_error))
        return refuse (error, "options", "%s", option_error->message);
    }
  if (bs_json_find (object, "device") == NULL)
    return TRUE;
  const char *device = get_text (object, "device", error);
  return device != NULL && bs_options_set_device (options, device, error);
}

static gboolean
get_shape (const BsJsonValue *object, const char *name, BsRecordingShape *shape, GError **error)
{
  const BsJsonValue *value = get_member (object, name, BS_JSON_OBJECT, error);
  if (value == NULL || !get_integer (value, "bar_length_us", 0, BS_BAR_MAX_LENGTH_US, &shape->bar_length_us, error))
    return FALSE;
  const char *stamp = get_text (value, "stamp", error);
  if (stamp == NULL)
    return FALSE;
  if (strcmp (stamp, "start") != 0 && strcmp (stamp, "end") != 0)
    return refuse (error, "stamp", "expected start or end");
  shape->stamp = *stamp == 's' ? BS_STAMP_START : BS_STAMP_END;
  return TRUE;
}

static BsJson *
parse_object (const char *line, gsize length, GError **error)
{
  GError *json_error = NULL;
  g_autoptr (BsJson) json = bs_json_parse (line, length, MAX_VALUES, &json_error);
  if (json == NULL)
    {
      take_json_error (error, NULL, json_error);
      return NULL;
    }
  if (bs_json_type (bs_json_root (json)) == BS_JSON_OBJECT)
    return g_steal_pointer (&json);
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT, "expected an object, got %s",
               bs_json_type_name (bs_json_type (bs_json_root (json))));
  return NULL;
}

static gboolean
read_header (const BsJsonValue *root, BsRecordingHeader *header, GError **error)
{
  gint64 decimals;
  if (!get_integer (root, "started_us", 0, G_MAXINT64 / 2, &header->started_us, error)
      || !copy_text (root, "build", &header->build, error) || !copy_text (root, "machine", &header->machine, error)
      || !copy_text (root, "instrument", &header->instrument, error)
      || !get_integer (root, "decimals", 0, 17, &decimals, error)
      || !copy_text (root, "model_name", &header->model_name, error) || !copy_hash (root, &header->model_hash, error)
      || !get_number (root, "threshold", 0, 1, &header->threshold, error)
      || !get_shape (root, "primary", &header->primary, error) || !get_options (root, &header->options, error))
    return FALSE;
  header->decimals = (guint) decimals;
  header->has_secondary = bs_json_find (root, "secondary") != NULL;
  return !header->has_secondary || get_shape (root, "secondary", &header->secondary, error);
}

BsRecordingHeader *
bs_recording_parse_header (const char *line, gsize length, GError **error)
{
  static const char magic[] = BS_RECORDING_MAGIC;
  gint64 version;
  if (length < strlen (magic) || memcmp (line, magic, strlen (magic)) != 0)
    {
      g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_FORMAT,
                   "expected a recording, whose first line begins with %s", magic);
      return NULL;
    }
  g_autoptr (BsJson) json = parse_object (line, length, error);
  g_autoptr (BsRecordingHeader) header = bs_recording_header_new ();
  if (json == NULL || !get_integer (bs_json_root (json), "barscope_recording", 0, G_MAXINT, &version, error))
    return NULL;
  if (version != BS_RECORDING_VERSION)
    {
      g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_FORMAT,
                   "barscope_recording: expected version %d, got %" G_GINT64_FORMAT, BS_RECORDING_VERSION, version);
      return NULL;
    }
  return read_header (bs_json_root (json), header, error) ? g_steal_pointer (&header) : NULL;
}

static gboolean
read_bar (const BsJsonValue *root, BsRecord *record, GError **error)
{
  const BsJsonValue *array = get_member (root, "bar", BS_JSON_ARRAY, error);
  GError *local = NULL;
  BsBar *bar = &record->bar;
  double *const numbers[BAR_NUMBERS]
    = { &bar->open,       &bar->high,       &bar->low,       &bar->close,      &bar->volume,
        &bar->bid_volume, &bar->ask_volume, &bar->daily_pnl, &bar->daily_goal, &bar->daily_max_loss };
  if (array == NULL)
    return FALSE;
  if (bs_json_length (array) != BAR_NUMBERS + 1)
    return refuse (error, "bar", "expected a time and %d numbers, got %u values", BAR_NUMBERS, bs_json_length (array));
  const BsJsonValue *value = bs_json_first (array);
  if (!bs_json_get_integer (value, G_MININT64, G_MAXINT64, &bar->time_us, &local))
    return take_json_error (error, "bar", local);
  for (guint i = 0; i < BAR_NUMBERS; i++)
    {
      value = bs_json_next (value);
      if (!bs_json_get_number (value, numbers[i], &local))
        return take_json_error (error, "bar", local);
    }
  if (bs_bar_validate (bar, &local))
    return TRUE;
  refuse (error, "bar", "%s", local->message);
  g_error_free (local);
  return FALSE;
}

static gboolean
read_probabilities (const BsJsonValue *object, BsSignal *signal, GError **error)
{
  const BsJsonValue *array = get_member (object, "probabilities", BS_JSON_ARRAY, error);
  if (array == NULL)
    return FALSE;
  if (bs_json_length (array) != BS_N_CLASSES)
    return refuse (error, "probabilities", "expected %d numbers, got %u", BS_N_CLASSES, bs_json_length (array));
  const BsJsonValue *value = bs_json_first (array);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++, value = bs_json_next (value))
    if (!bs_json_get_number (value, &signal->probabilities[klass], NULL)
        || !(signal->probabilities[klass] >= 0 && signal->probabilities[klass] <= 1))
      return refuse (error, "probabilities", "expected numbers 0..1");
  return TRUE;
}

static gboolean
read_signal (const BsJsonValue *root, BsRecord *record, GError **error)
{
  const BsJsonValue *object = get_member (root, "signal", BS_JSON_OBJECT, error);
  BsSignal *signal = &record->signal;
  gint64 number;
  if (object == NULL)
    return FALSE;
  *signal = (BsSignal){ .time_us = record->bar.time_us, .klass = BS_CLASS_HOLD, .raw_class = BS_CLASS_HOLD };
  if (!get_index (object, "row", &signal->row, error)
      || !get_number (object, "hurst", -G_MAXDOUBLE, G_MAXDOUBLE, &signal->hurst, error)
      || !get_number (object, "hurst_c", -G_MAXDOUBLE, G_MAXDOUBLE, &signal->hurst_c, error)
      || !get_number (object, "atr", -G_MAXDOUBLE, G_MAXDOUBLE, &signal->atr, error))
    return FALSE;
  if (bs_json_find (object, "rows_missing") != NULL)
    {
      signal->in_range = TRUE;
      if (!get_integer (object, "rows_missing", 0, BS_MODEL_MAX_SEQUENCE, &number, error))
        return FALSE;
      signal->rows_missing = (guint) number;
      return TRUE;
    }
  signal->state = BS_SIGNAL_READY;
  if (!get_class (object, "signal", &signal->klass, error)
      || !get_class (object, "raw_signal", &signal->raw_class, error)
      || !get_number (object, "confidence", 0, 1, &signal->confidence, error)
      || !read_probabilities (object, signal, error) || !get_flag (object, "filtered", &signal->filtered, error)
      || !get_flag (object, "in_range", &signal->in_range, error)
      || !get_integer (object, "n_out_of_range", 0, (gint64) BS_MODEL_MAX_SEQUENCE * BS_N_FEATURES, &number, error))
    return FALSE;
  signal->n_out_of_range = (guint) number;
  return TRUE;
}

static gboolean
read_answered_bar (const BsJsonValue *root, BsRecord *record, GError **error)
{
  if (!read_bar (root, record, error)
      || !get_integer (root, "arrival_us", G_MININT64 / 2, G_MAXINT64 / 2, &record->arrival_us, error))
    return FALSE;
  record->has_due = bs_json_find (root, "due_us") != NULL;
  if (record->has_due && !get_integer (root, "due_us", G_MININT64 / 2, G_MAXINT64 / 2, &record->due_us, error))
    return FALSE;
  record->answered = bs_json_find (root, "error") == NULL;
  return record->answered ? read_signal (root, record, error) : copy_text (root, "error", &record->text, error);
}

static gboolean
read_error (const BsJsonValue *root, BsRecord *record, GError **error)
{
  return copy_text (root, "error", &record->text, error);
}

static gboolean
read_switch (const BsJsonValue *root, BsRecord *record, GError **error)
{
  return get_options (root, &record->options, error);
}

static gboolean
read_threshold (const BsJsonValue *root, BsRecord *record, GError **error)
{
  return get_number (root, "threshold", 0, 1, &record->threshold, error);
}

static gboolean
read_model (const BsJsonValue *root, BsRecord *record, GError **error)
{
  return copy_hash (root, &record->text, error);
}

static gboolean
read_nothing (const BsJsonValue *root, BsRecord *record, GError **error)
{
  return TRUE;
}

static const struct
{
  const char *name;
  BsRecordKind kind;
  gboolean (*read) (const BsJsonValue *root, BsRecord *record, GError **error);
} kinds[] = {
  { "bar", BS_RECORD_BAR, read_answered_bar },    { "history", BS_RECORD_HISTORY, read_bar },
  { "secondary", BS_RECORD_SECONDARY, read_bar }, { "refused", BS_RECORD_REFUSED, read_error },
  { "switch", BS_RECORD_SWITCH, read_switch },    { "threshold", BS_RECORD_THRESHOLD, read_threshold },
  { "model", BS_RECORD_MODEL, read_model },       { "reset", BS_RECORD_RESET, read_nothing },
  { "end", BS_RECORD_END, read_nothing },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == BS_N_RECORD_KINDS);

gboolean
bs_recording_parse_record (const char *line, gsize length, BsRecord *record, GError **error)
{
  g_autoptr (BsJson) json = parse_object (line, length, error);
  *record = (BsRecord){ 0 };
  if (json == NULL)
    return FALSE;
  const BsJsonValue *root = bs_json_root (json);
  const char *kind = get_text (root, "kind", error);
  if (kind == NULL || !get_index (root, "index", &record->index, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kind, kinds[i].name) == 0)
      {
        record->kind = kinds[i].kind;
        if (kinds[i].read (root, record, error))
          return TRUE;
        bs_record_clear (record);
        return FALSE;
      }
  g_autofree char *quoted = bs_json_quote (kind);
  return refuse (error, "kind",
                 "expected bar, history, secondary, refused, switch, threshold, model, reset or end, got %s", quoted);
}
