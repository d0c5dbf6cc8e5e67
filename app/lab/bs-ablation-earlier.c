#include "app/lab/bs-ablation-earlier.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/model/bs-json.h"

/* Comparisons of a report at most: every pair of 100 options. */
#define MAX_ROWS 10000
/* Differences of confidence that are the same: they are written with nine digits. */
#define SAME_DIFFERENCE 1e-7

static void
row_clear (gpointer data)
{
  BsAblationEarlierRow *row = data;
  g_free (row->name);
}

void
bs_ablation_earlier_free (BsAblationEarlier *self)
{
  if (self == NULL)
    return;
  g_free (self->program);
  g_free (self->plan);
  g_free (self->unknown_options);
  g_free (self->bars_path);
  g_free (self->secondary_path);
  g_free (self->bars_hash);
  g_free (self->model_path);
  g_free (self->model_hash);
  g_free (self->cpu);
  g_free (self->isa);
  g_free (self->governor);
  g_clear_pointer (&self->rows, g_array_unref);
  g_free (self);
}

/* A string member. @text: (out) (transfer full); %NULL is taken for null only with @nullable. */
static gboolean
get_string (const BsJsonValue *object, const char *name, gboolean nullable, char **text, GError **error)
{
  const BsJsonValue *value = bs_json_get_member (object, name, error);
  if (value == NULL)
    return FALSE;
  if (nullable && bs_json_type (value) == BS_JSON_NULL)
    return TRUE;
  const char *string = bs_json_get_string (value, error);
  if (string == NULL)
    {
      g_prefix_error (error, "\"%s\": ", name);
      return FALSE;
    }
  *text = g_strdup (string);
  return TRUE;
}

static gboolean
get_integer (const BsJsonValue *object, const char *name, gint64 min, gint64 max, gint64 *integer, GError **error)
{
  const BsJsonValue *value = bs_json_get_member (object, name, error);
  if (value == NULL)
    return FALSE;
  if (bs_json_get_integer (value, min, max, integer, error))
    return TRUE;
  g_prefix_error (error, "\"%s\": ", name);
  return FALSE;
}

static gboolean
get_number (const BsJsonValue *object, const char *name, double *number, GError **error)
{
  const BsJsonValue *value = bs_json_get_member (object, name, error);
  if (value == NULL)
    return FALSE;
  if (!bs_json_get_number (value, number, error))
    {
      g_prefix_error (error, "\"%s\": ", name);
      return FALSE;
    }
  if (*number >= 0)
    return TRUE;
  g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "\"%s\": expected a number from 0 on, got %g", name,
               *number);
  return FALSE;
}

static const BsJsonValue *
get_object (const BsJsonValue *object, const char *name, BsJsonType type, GError **error)
{
  const BsJsonValue *value = bs_json_get_member (object, name, error);
  if (value == NULL || bs_json_type (value) == type)
    return value;
  g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "\"%s\": expected %s, got %s", name,
               bs_json_type_name (type), bs_json_type_name (bs_json_type (value)));
  return NULL;
}

/* A member of "options" as --set takes it. (transfer full) (nullable) with an error */
static char *
option_text (const BsJsonValue *value, GError **error)
{
  const char *name = bs_json_name (value);
  gboolean boolean;
  gint64 integer;
  const char *string;

  switch (bs_json_type (value))
    {
    case BS_JSON_BOOLEAN:
      return bs_json_get_boolean (value, &boolean, error) ? g_strdup_printf ("%s=%s", name, boolean ? "on" : "off")
                                                          : NULL;
    case BS_JSON_NUMBER:
      return bs_json_get_integer (value, G_MININT, G_MAXINT, &integer, error)
               ? g_strdup_printf ("%s=%" G_GINT64_FORMAT, name, integer)
               : NULL;
    default:
      string = bs_json_get_string (value, error);
      return string != NULL ? g_strdup_printf ("%s=%s", name, string) : NULL;
    }
}

static gboolean
read_options (BsAblationEarlier *self, const BsJsonValue *root, GError **error)
{
  const BsJsonValue *options = get_object (root, "options", BS_JSON_OBJECT, error);
  g_autoptr (GString) unknown = g_string_new (NULL);
  gboolean seen[BS_N_OPTIONS] = { FALSE };

  if (options == NULL)
    return FALSE;
  bs_options_init (&self->options);
  for (const BsJsonValue *value = bs_json_first (options); value != NULL; value = bs_json_next (value))
    {
      g_autofree char *text = option_text (value, error);
      if (text == NULL || !bs_options_set (&self->options, text, error))
        {
          g_prefix_error (error, "\"options\", \"%s\": ", bs_json_name (value));
          return FALSE;
        }
      seen[bs_option_by_name (bs_json_name (value))] = TRUE;
    }
  for (int option = 0; option < BS_N_OPTIONS; option++)
    if (!seen[option])
      g_string_append_printf (unknown, "%s%s", unknown->len > 0 ? ", " : "", bs_option_info ((BsOption) option)->name);
  if (unknown->len > 0)
    self->unknown_options = g_strdup (unknown->str);
  return TRUE;
}

static gboolean
read_row (const BsJsonValue *value, BsAblationEarlierRow *row, GError **error)
{
  g_autofree char *verdict = NULL;
  gint64 n_answers, n_agree;

  if (bs_json_type (value) != BS_JSON_OBJECT)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "expected an object, got %s",
                   bs_json_type_name (bs_json_type (value)));
      return FALSE;
    }
  if (!get_string (value, "name", FALSE, &row->name, error))
    return FALSE;
  if (bs_json_find (value, "not_measured") != NULL)
    return TRUE;
  if (!get_number (value, "ratio", &row->ratio.ratio, error) || !get_number (value, "low", &row->ratio.low, error)
      || !get_number (value, "high", &row->ratio.high, error) || !get_string (value, "verdict", FALSE, &verdict, error)
      || !get_integer (value, "answers", 0, G_MAXINT, &n_answers, error)
      || !get_integer (value, "agree", 0, n_answers, &n_agree, error)
      || !get_number (value, "max_difference", &row->max_difference, error))
    return FALSE;
  int known = bs_verdict_by_name (verdict);
  if (known < 0 || row->ratio.low > row->ratio.high)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "%s",
                   known < 0 ? "\"verdict\": expected faster, slower, within noise or too few rounds"
                             : "\"low\" is above \"high\"");
      return FALSE;
    }
  row->verdict = (BsVerdict) known;
  row->n_answers = (guint64) n_answers;
  row->n_agree = (guint64) n_agree;
  row->measured = TRUE;
  return TRUE;
}

static gboolean
read_rows (BsAblationEarlier *self, const BsJsonValue *root, GError **error)
{
  const BsJsonValue *rows = get_object (root, "comparisons", BS_JSON_ARRAY, error);
  if (rows == NULL)
    return FALSE;
  if (bs_json_length (rows) > MAX_ROWS)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "\"comparisons\": at most %d, there are %u",
                   MAX_ROWS, bs_json_length (rows));
      return FALSE;
    }
  for (const BsJsonValue *value = bs_json_first (rows); value != NULL; value = bs_json_next (value))
    {
      BsAblationEarlierRow row = { 0 };
      gboolean good = read_row (value, &row, error);
      g_array_append_val (self->rows, row);
      if (!good)
        {
          g_prefix_error (error, "\"comparisons\", number %u: ", self->rows->len);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_sources (BsAblationEarlier *self, const BsJsonValue *root, GError **error)
{
  const BsJsonValue *bars = get_object (root, "bars", BS_JSON_OBJECT, error);
  const BsJsonValue *model = bars != NULL ? get_object (root, "model", BS_JSON_OBJECT, error) : NULL;
  const BsJsonValue *machine = model != NULL ? get_object (root, "machine", BS_JSON_OBJECT, error) : NULL;
  gint64 max_bars;

  if (machine == NULL || !get_string (bars, "file", FALSE, &self->bars_path, error)
      || !get_string (bars, "secondary", TRUE, &self->secondary_path, error)
      || !get_string (bars, "hash", FALSE, &self->bars_hash, error)
      || !get_integer (bars, "max_bars", 0, G_MAXINT, &max_bars, error)
      || !get_string (model, "file", FALSE, &self->model_path, error)
      || !get_string (model, "hash", FALSE, &self->model_hash, error)
      || !get_string (machine, "cpu", FALSE, &self->cpu, error)
      || !get_string (machine, "isa", FALSE, &self->isa, error)
      || !get_string (machine, "governor", TRUE, &self->governor, error))
    return FALSE;
  self->max_bars = (gsize) max_bars;
  return TRUE;
}

static gboolean
read_run (BsAblationEarlier *self, const BsJsonValue *root, GError **error)
{
  g_autofree char *format = NULL;
  gint64 version, rounds, seed;

  if (!get_string (root, "format", FALSE, &format, error))
    return FALSE;
  if (strcmp (format, BS_ABLATION_FORMAT_NAME) != 0)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "\"format\": expected \"%s\"",
                   BS_ABLATION_FORMAT_NAME);
      return FALSE;
    }
  if (!get_integer (root, "version", 1, BS_ABLATION_FORMAT_VERSION, &version, error)
      || !get_string (root, "program", FALSE, &self->program, error)
      || !get_string (root, "plan", FALSE, &self->plan, error)
      || !get_integer (root, "rounds", 1, BS_ABLATION_MAX_ROUNDS, &rounds, error)
      || !get_integer (root, "seed", 0, G_MAXUINT32, &seed, error))
    return FALSE;
  self->rounds = (guint) rounds;
  self->seed = (guint32) seed;
  return TRUE;
}

BsAblationEarlier *
bs_ablation_earlier_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (BsAblationEarlier) self = g_new0 (BsAblationEarlier, 1);
  g_autoptr (GError) local = NULL;
  self->rows = g_array_new (FALSE, TRUE, sizeof (BsAblationEarlierRow));
  g_array_set_clear_func (self->rows, row_clear);

  if (length > BS_ABLATION_REPORT_MAX_BYTES)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "a report has at most %d bytes",
                   BS_ABLATION_REPORT_MAX_BYTES);
      return NULL;
    }
  g_autoptr (BsJson) json = bs_json_parse (text, length, 0, &local);
  if (json != NULL && bs_json_type (bs_json_root (json)) != BS_JSON_OBJECT)
    g_set_error_literal (&local, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "expected an object");
  if (local == NULL)
    {
      const BsJsonValue *root = bs_json_root (json);
      if (read_run (self, root, &local) && read_sources (self, root, &local) && read_options (self, root, &local)
          && read_rows (self, root, &local))
        return g_steal_pointer (&self);
    }
  g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "not a report of barscope ablate: %s",
               local->message);
  return NULL;
}

BsAblationEarlier *
bs_ablation_earlier_load (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *text = g_malloc (BS_ABLATION_REPORT_MAX_BYTES + 1);
  FILE *file = fopen (path, "rb");
  /* Not a byte more than there may be: a path may name a pipe without an end. */
  gsize length = file != NULL ? fread (text, 1, BS_ABLATION_REPORT_MAX_BYTES + 1, file) : 0;
  int problem = file == NULL || ferror (file) ? errno : 0;

  if (file != NULL)
    fclose (file);
  if (problem != 0)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_REPORT, "%s: %s", name, g_strerror (problem));
      return NULL;
    }
  BsAblationEarlier *self = bs_ablation_earlier_parse (text, length, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", name);
  return self;
}

static void G_GNUC_PRINTF (2, 3) say (GStrvBuilder *builder, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_strv_builder_add (builder, text);
}

static void
say_if_other (GStrvBuilder *builder, const char *what, const char *then, const char *now)
{
  if (g_strcmp0 (then, now) != 0)
    say (builder, "%s: %s then, %s now", what, then != NULL ? then : "unknown", now != NULL ? now : "unknown");
}

static void
compare_row (GStrvBuilder *builder, const BsAblationEarlierRow *then, const BsAblationRow *now)
{
  const BsRatio *a = &then->ratio, *b = &now->ratio;
  const gboolean measured = now->reason == NULL;

  if (then->measured != measured)
    {
      say (builder, "%s: %s", now->name, measured ? "not measured then, now it is" : "measured then, not now");
      return;
    }
  if (!measured)
    return;
  if (then->verdict != now->verdict)
    say (builder, "%s: %s then (%.4g, %.4g .. %.4g), %s now (%.4g, %.4g .. %.4g)", now->name,
         bs_verdict_name (then->verdict), a->ratio, a->low, a->high, bs_verdict_name (now->verdict), b->ratio, b->low,
         b->high);
  else if (a->high < b->low || b->high < a->low)
    say (builder, "%s: %s both times, but the intervals do not meet: %.4g (%.4g .. %.4g) then, %.4g (%.4g .. %.4g) now",
         now->name, bs_verdict_name (now->verdict), a->ratio, a->low, a->high, b->ratio, b->low, b->high);
  /* How many bars a slow arm timed follows from the machine: other bars, other answers. */
  if (then->n_answers != now->fidelity.n)
    return;
  if (then->n_agree != now->fidelity.n_agree || fabs (then->max_difference - now->fidelity.max) > SAME_DIFFERENCE)
    say (builder,
         "%s: other answers: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
         " agreed with plain FP32 and the largest difference was %.2e, now %" G_GUINT64_FORMAT " and %.2e",
         now->name, then->n_agree, then->n_answers, then->max_difference, now->fidelity.n_agree, now->fidelity.max);
}

static void
compare_rows (GStrvBuilder *builder, const BsAblationEarlier *self, const GArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const BsAblationRow *now = &g_array_index (rows, BsAblationRow, i);
      const BsAblationEarlierRow *then = NULL;
      for (guint k = 0; k < self->rows->len && then == NULL; k++)
        if (strcmp (g_array_index (self->rows, BsAblationEarlierRow, k).name, now->name) == 0)
          then = &g_array_index (self->rows, BsAblationEarlierRow, k);
      if (then == NULL)
        say (builder, "%s: new", now->name);
      else
        compare_row (builder, then, now);
    }
  for (guint k = 0; k < self->rows->len; k++)
    {
      const BsAblationEarlierRow *then = &g_array_index (self->rows, BsAblationEarlierRow, k);
      gboolean found = FALSE;
      for (guint i = 0; i < rows->len && !found; i++)
        found = strcmp (g_array_index (rows, BsAblationRow, i).name, then->name) == 0;
      if (!found)
        say (builder, "%s: no longer there", then->name);
    }
}

char **
bs_ablation_earlier_changes (const BsAblationEarlier *self, const BsAblationReport *report)
{
  g_return_val_if_fail (self != NULL && report != NULL, NULL);

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GArray) rows = bs_ablation_rows (report->ablation);

  say_if_other (builder, "Program", self->program, report->program);
  say_if_other (builder, "CPU", self->cpu, report->cpu);
  say_if_other (builder, "Instruction sets", self->isa, report->isa);
  say_if_other (builder, "Governor", self->governor, report->governor);
  if (strcmp (self->bars_hash, report->bars_hash) != 0)
    say (builder, "The bars are others");
  if (strcmp (self->model_hash, report->model_hash) != 0)
    say (builder, "The model is another");
  if (self->unknown_options != NULL)
    say (builder, "Options that the report does not know have their default: %s", self->unknown_options);
  if (report->ablation->cancelled)
    say (builder, "This run was cancelled: it has fewer rounds");
  compare_rows (builder, self, rows);
  char **changes = g_strv_builder_end (builder);
  if (changes[0] != NULL)
    return changes;
  g_strfreev (changes);
  say (builder, "Nothing: every verdict is as it was, and every interval meets the earlier one");
  return g_strv_builder_end (builder);
}
