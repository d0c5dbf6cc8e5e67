/* journal.c: `barscope journal`: what the journal holds, out of it, whether it is sound, and rid of what is old */
#include <stdio.h>
#include <string.h>

#include "app/bs-bar-name.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"
#include "app/journal/bs-journal-compare.h"
#include "app/journal/bs-journal-export.h"
#include "app/journal/bs-journal-upkeep.h"

/* Runs that a table shows where nothing is said. */
#define DEFAULT_LIMIT 30

/* What the command line says; each action looks at what concerns it. */
typedef struct
{
  char *path;
  char *instrument, *kind, *format, *output; /* (nullable) */
  int limit;                                 /* -1: not said */
  int keep_days, keep_replay_days;           /* -1: not said */
  gboolean dry;
  gint64 runs[2]; /* arguments */
  BsJournalRunFilter filter;
} Arguments;

typedef struct
{
  const char *name;
  int n_runs_min, n_runs_max; /* arguments: numbers of runs */
  const char *formats;        /* of the output, the first is the default; "": none */
  const char *options;        /* that it knows beside --journal, each with a space after it */
  int (*run) (const Arguments *arguments, int n_runs);
} Action;

static int
finish_output (void)
{
  if (fflush (stdout) != 0 || ferror (stdout))
    return bs_command_failed ("journal", "standard output cannot be written");
  return BS_EXIT_DONE;
}

static gboolean
is_format (const Arguments *arguments, const char *name)
{
  return strcmp (arguments->format, name) == 0;
}

static void
format_time (char text[BS_ISO_TIME_SIZE], gint64 time_us, const char *none)
{
  if (time_us != 0)
    bs_iso_time_format (text, time_us / G_USEC_PER_SEC * G_USEC_PER_SEC);
  else
    g_strlcpy (text, none, BS_ISO_TIME_SIZE);
}

/* A field of a CSV row: quoted where it must be. */
static void
print_field (const char *text)
{
  if (text == NULL || strpbrk (text, ",\"\r\n") == NULL)
    {
      printf (",%s", text != NULL ? text : "");
      return;
    }
  fputs (",\"", stdout);
  for (; *text != '\0'; text++)
    printf (*text == '"' ? "\"\"" : "%c", *text);
  putchar ('"');
}

static void
list_table (const GPtrArray *rows, guint64 n_all)
{
  printf ("%6s  %-10s %-12s %-7s %-20s %-20s %9s %9s %7s %7s  %s\n", "run", "kind", "instrument", "bars of", "started",
          "ended", "bars", "signals", "long", "short", "model");
  for (guint i = 0; i < rows->len; i++)
    {
      const BsJournalRunRow *row = g_ptr_array_index (rows, i);
      char started[BS_ISO_TIME_SIZE], ended[BS_ISO_TIME_SIZE];
      g_autofree char *length = bs_bar_length_text (row->bar_length_us);
      format_time (started, row->started_us, "");
      format_time (ended, row->ended_us, "goes on");
      printf ("%6" G_GINT64_FORMAT "  %-10s %-12s %-7s %-20s %-20s %9" G_GUINT64_FORMAT " %9" G_GUINT64_FORMAT
              " %7" G_GUINT64_FORMAT " %7" G_GUINT64_FORMAT "  %s\n",
              row->id, bs_journal_run_kind_word (row->kind), row->instrument, length, started, ended, row->n_bars,
              row->n_signals, row->n_long, row->n_short, row->model_name != NULL ? row->model_name : "");
    }
  if (rows->len < n_all)
    printf ("%u of %" G_GUINT64_FORMAT " runs, the newest; --limit 0 shows all\n", rows->len, n_all);
  else if (n_all == 0)
    printf ("no runs\n");
}

static void
list_json (const GPtrArray *rows, guint64 n_all)
{
  putchar ('[');
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *json = bs_journal_run_row_to_json (g_ptr_array_index (rows, i));
      printf ("%s%s", i > 0 ? ",\n " : "", json);
    }
  printf ("]\n");
}

static void
list_csv (const GPtrArray *rows, guint64 n_all)
{
  printf ("run,kind,instrument,origin,bar_length_s,started,ended,bars,signals,long,short,lost,first_bar,last_bar,model_name,model_hash\n");
  for (guint i = 0; i < rows->len; i++)
    {
      const BsJournalRunRow *row = g_ptr_array_index (rows, i);
      const gint64 times[] = { row->started_us, row->ended_us, row->first_us, row->last_us };
      char text[4][BS_ISO_TIME_SIZE];
      for (guint k = 0; k < 4; k++)
        format_time (text[k], times[k], "");
      printf ("%" G_GINT64_FORMAT ",%s", row->id, bs_journal_run_kind_word (row->kind));
      print_field (row->instrument);
      print_field (row->origin);
      printf (",%.6g,%s,%s,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT
              ",%" G_GUINT64_FORMAT ",%s,%s",
              (double) row->bar_length_us / G_USEC_PER_SEC, text[0], text[1], row->n_bars, row->n_signals, row->n_long,
              row->n_short, row->n_lost, text[2], text[3]);
      print_field (row->model_name);
      print_field (row->model_hash);
      putchar ('\n');
    }
}

static int
run_list (const Arguments *arguments, int n_runs)
{
  g_autoptr (GError) error = NULL;
  BsJournalRunFilter filter = arguments->filter;
  filter.limit = arguments->limit >= 0 ? (guint64) arguments->limit : is_format (arguments, "table") ? DEFAULT_LIMIT : 0;
  guint64 n_all = 0;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (arguments->path, &error);
  g_autoptr (GPtrArray) rows = NULL;
  if (reader != NULL && bs_journal_reader_count_runs (reader, &filter, &n_all, &error))
    rows = bs_journal_reader_list_runs (reader, &filter, &error);
  if (rows == NULL)
    return bs_command_failed ("journal", "%s", error->message);
  if (is_format (arguments, "json"))
    list_json (rows, n_all);
  else if (is_format (arguments, "csv"))
    list_csv (rows, n_all);
  else
    list_table (rows, n_all);
  return finish_output ();
}

static gboolean
write_to_stdout (const char *text, gsize size, gpointer data, GError **error)
{
  if (fwrite (text, 1, size, stdout) == size)
    return TRUE;
  g_set_error_literal (error, BS_JOURNAL_ERROR, BS_JOURNAL_ERROR_WRITE, "standard output cannot be written");
  return FALSE;
}

static int
run_export (const Arguments *arguments, int n_runs)
{
  g_autoptr (GError) error = NULL;
  if (arguments->output != NULL)
    {
      if (!bs_journal_export_to_file (arguments->path, arguments->runs[0], arguments->format, arguments->output, NULL, &error))
        return bs_command_failed ("journal", "%s", error->message);
      return BS_EXIT_DONE;
    }
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (arguments->path, &error);
  if (reader == NULL
      || !bs_journal_export (reader, arguments->runs[0], arguments->format, write_to_stdout, NULL, NULL, &error))
    return bs_command_failed ("journal", "%s", error->message);
  return finish_output ();
}

static double
part (guint64 n, guint64 of)
{
  return of > 0 ? 100.0 * (double) n / (double) of : 100.0;
}

static void
compare_csv (const BsJournalComparison *c)
{
  printf ("time,bar_a,bar_b,price,signal_a,signal_b,raw_signal_a,raw_signal_b,confidence_a,confidence_b\n");
  for (guint i = 0; i < c->differences->len; i++)
    {
      const BsJournalDifference *d = &g_array_index (c->differences, BsJournalDifference, i);
      char time[BS_ISO_TIME_SIZE];
      bs_iso_time_format (time, d->time_us);
      printf ("%s,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%.12g,%s,%s,%s,%s,%.9g,%.9g\n", time, d->index[0], d->index[1],
              d->price, bs_class_name (d->klass[0]), bs_class_name (d->klass[1]), bs_class_name (d->raw_class[0]),
              bs_class_name (d->raw_class[1]), d->confidence[0], d->confidence[1]);
    }
}

static int
run_compare (const Arguments *arguments, int n_runs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (arguments->path, &error);
  g_autoptr (BsJournalComparison) c
    = reader != NULL ? bs_journal_compare (reader, arguments->runs[0], arguments->runs[1], NULL, &error) : NULL;
  if (c == NULL)
    return bs_command_failed ("journal", "%s", error->message);
  double mean = c->n_common > 0 ? c->sum / (double) c->n_common : 0.0;
  if (is_format (arguments, "csv"))
    compare_csv (c);
  else if (is_format (arguments, "json"))
    printf ("{\"a\": %" G_GINT64_FORMAT ", \"b\": %" G_GINT64_FORMAT ", \"common\": %" G_GUINT64_FORMAT
            ", \"only_a\": %" G_GUINT64_FORMAT ", \"only_b\": %" G_GUINT64_FORMAT ", \"same_signal\": %" G_GUINT64_FORMAT
            ", \"same_raw_signal\": %" G_GUINT64_FORMAT ", \"same_bits\": %" G_GUINT64_FORMAT
            ", \"other_bar\": %" G_GUINT64_FORMAT ", \"mean_difference\": %.17g, \"max_difference\": %.17g}\n",
            arguments->runs[0], arguments->runs[1], c->n_common, c->n_only[0], c->n_only[1], c->n_same_class, c->n_same_raw,
            c->n_same_bits, c->n_other_bar, mean, c->max);
  else
    {
      printf ("Bars        %" G_GUINT64_FORMAT " in both, %" G_GUINT64_FORMAT " only in run %" G_GINT64_FORMAT
              ", %" G_GUINT64_FORMAT " only in run %" G_GINT64_FORMAT "\n",
              c->n_common, c->n_only[0], arguments->runs[0], c->n_only[1], arguments->runs[1]);
      if (c->n_other_bar > 0)
        printf ("            %" G_GUINT64_FORMAT " of them with other prices\n", c->n_other_bar);
      printf ("Same signal %.4f %% after the threshold (%" G_GUINT64_FORMAT " differ), %.4f %% before it\n",
              part (c->n_same_class, c->n_common), c->n_common - c->n_same_class, part (c->n_same_raw, c->n_common));
      printf ("Same bits   %" G_GUINT64_FORMAT "\n", c->n_same_bits);
      printf ("Confidence  differs by %.3e on average, %.3e at most\n", mean, c->max);
    }
  return finish_output ();
}

static int
run_check (const Arguments *arguments, int n_runs)
{
  g_autoptr (GError) error = NULL;
  gboolean there = g_file_test (arguments->path, G_FILE_TEST_EXISTS);
  if (!there)
    return bs_command_failed ("journal", "%s: no such file", arguments->path);
  gboolean sound = bs_journal_check_file (arguments->path, TRUE, NULL, &error);
  BsJournalRunFilter filter = BS_JOURNAL_RUN_FILTER_INIT;
  guint64 n_runs_there = 0;
  g_autoptr (BsJournalReader) reader = sound ? bs_journal_reader_open (arguments->path, &error) : NULL;
  sound = reader != NULL && bs_journal_reader_count_runs (reader, &filter, &n_runs_there, &error);
  if (is_format (arguments, "json"))
    {
      g_autofree char *path = bs_json_text_quote (arguments->path);
      g_autofree char *problem = bs_json_text_quote (error != NULL ? error->message : NULL);
      printf ("{\"journal\": %s, \"sound\": %s, \"runs\": %" G_GUINT64_FORMAT ", \"problem\": %s}\n", path,
              sound ? "true" : "false", n_runs_there, problem);
    }
  else if (sound)
    printf ("%s: sound, %" G_GUINT64_FORMAT " runs\n", arguments->path, n_runs_there);
  if (!sound)
    return bs_command_failed ("journal", "%s", error->message);
  return finish_output ();
}

static int
run_prune (const Arguments *arguments, int n_runs)
{
  g_autoptr (GError) error = NULL;
  guint n = (guint) n_runs;
  if (n_runs > 0)
    {
      for (int i = 0; i < n_runs; i++)
        {
          g_autoptr (BsJournalReader) reader = bs_journal_reader_open (arguments->path, &error);
          g_autoptr (BsJournalRunRow) row
            = reader != NULL ? bs_journal_reader_get_run (reader, arguments->runs[i], &error) : NULL;
          if (row == NULL)
            return bs_command_failed ("journal", "%s", error->message);
          if (!arguments->dry && !bs_journal_delete_run (arguments->path, arguments->runs[i], &error))
            return bs_command_failed ("journal", "%s", error->message);
        }
    }
  else
    {
      BsJournalOptions options = BS_JOURNAL_OPTIONS_INIT;
      if (arguments->keep_days >= 0)
        options.keep_days = (guint) arguments->keep_days;
      if (arguments->keep_replay_days >= 0)
        options.keep_replay_days = (guint) arguments->keep_replay_days;
      if (!bs_journal_prune (arguments->path, &options, arguments->dry, &n, &error))
        return bs_command_failed ("journal", "%s", error->message);
    }
  printf ("%u %s %s\n", n, n == 1 ? "run" : "runs", arguments->dry ? "would be deleted" : "deleted");
  return finish_output ();
}

static const Action actions[] = {
  { "list", 0, 0, "table json csv ", "instrument kind limit format ", run_list },
  { "export", 1, 1, "csv json ", "format output ", run_export },
  { "compare", 2, 2, "table json csv ", "format ", run_compare },
  { "check", 0, 0, "table json ", "format ", run_check },
  { "prune", 0, 2, "", "keep-days keep-replay-days dry-run ", run_prune },
};

static gboolean
has_word (const char *words, const char *word)
{
  g_autofree char *with_space = g_strconcat (word, " ", NULL);
  for (const char *at = words; (at = strstr (at, with_space)) != NULL; at++)
    if (at == words || at[-1] == ' ')
      return TRUE;
  return FALSE;
}

static const Action *
find_action (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];
  return NULL;
}

/* Checks what was said for @action. Returns BS_EXIT_DONE, or a usage error that has been printed. */
static int
check_arguments (Arguments *arguments, const Action *action, int n_runs, char **runs)
{
  const struct
  {
    const char *name;
    gboolean said;
  } options[] = { { "instrument", arguments->instrument != NULL }, { "kind", arguments->kind != NULL },
                  { "format", arguments->format != NULL },         { "output", arguments->output != NULL },
                  { "limit", arguments->limit >= 0 },              { "keep-days", arguments->keep_days >= 0 },
                  { "keep-replay-days", arguments->keep_replay_days >= 0 }, { "dry-run", arguments->dry } };
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].said && !has_word (action->options, options[i].name))
      return bs_command_usage_error ("journal", "--%s does not go with '%s'", options[i].name, action->name);
  if (n_runs < action->n_runs_min)
    return bs_command_usage_error ("journal", "'%s': RUN is missing", action->name);
  if (n_runs > action->n_runs_max)
    return bs_command_usage_error ("journal", "'%s' is one argument too many", runs[action->n_runs_max]);
  for (int i = 0; i < n_runs; i++)
    if (!g_ascii_string_to_signed (runs[i], 10, 1, G_MAXINT64, &arguments->runs[i], NULL))
      return bs_command_usage_error ("journal", "RUN: expected a number as 'list' shows it, got '%s'", runs[i]);
  if (n_runs > 0 && (arguments->keep_days >= 0 || arguments->keep_replay_days >= 0))
    return bs_command_usage_error ("journal", "prune: either runs or --keep-days, not both");
  if (arguments->kind != NULL)
    {
      arguments->filter.kind = bs_journal_run_kind_by_word (arguments->kind);
      if (arguments->filter.kind < 0)
        return bs_command_usage_error ("journal", "--kind: expected replay, file, http, websocket or redis, got '%s'",
                                       arguments->kind);
    }
  arguments->filter.instrument = arguments->instrument;
  if (arguments->format == NULL)
    arguments->format = g_strndup (action->formats, strcspn (action->formats, " "));
  else if (!has_word (action->formats, arguments->format))
    {
      g_auto (GStrv) words = g_strsplit (action->formats, " ", -1);
      g_autofree char *known = g_strjoinv (", ", words);
      known[MAX (2, strlen (known)) - 2] = '\0';
      return bs_command_usage_error ("journal", "--format: expected one of %s, got '%s'", known, arguments->format);
    }
  return BS_EXIT_DONE;
}

static int
journal_run (int argc, char **argv)
{
  Arguments arguments = { .limit = -1, .keep_days = -1, .keep_replay_days = -1, .filter = BS_JOURNAL_RUN_FILTER_INIT };
  const GOptionEntry entries[] = {
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &arguments.path, "The file (default: the user's)", "FILE" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format, "Format of the output (default: the first that is named below)",
      "table|json|csv" },
    { "instrument", 0, 0, G_OPTION_ARG_STRING, &arguments.instrument, "list: only this instrument", "NAME" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &arguments.kind, "list: only runs of this kind",
      "replay|file|http|websocket|redis" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &arguments.limit, "list: the newest N runs (default 30 in a table, else 0: all)", "N" },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &arguments.output, "export: into a file (gzipped where it ends in .gz)", "FILE" },
    { "keep-days", 0, 0, G_OPTION_ARG_INT, &arguments.keep_days, "prune: delete feeds' runs older than this (default 365; 0: none)",
      "DAYS" },
    { "keep-replay-days", 0, 0, G_OPTION_ARG_INT, &arguments.keep_replay_days,
      "prune: delete replays older than this (default 14; 0: none)", "DAYS" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &arguments.dry, "prune: delete nothing, say how many", NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("list|export|compare|check|prune [RUN...]");
  int status;
  g_option_context_set_summary (context, "Shows what the journal holds of past sessions, and keeps it in order.");
  g_option_context_set_description (
    context, "Actions:\n"
             "  list           runs, newest first (table, json, csv)\n"
             "  export RUN     bars and signals of a run (csv, json)\n"
             "  compare A B    how the signals of two runs agree (table, json; csv: those that differ)\n"
             "  check          whether the file is sound: exit status 1 where it is not (table, json)\n"
             "  prune [RUN...] deletes what is old, or these runs (two at most)\n"
             "\nWhat is in it and when it is written: docs/journal.md\n");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  const Action *action = argc > 1 ? find_action (argv[1]) : NULL;
  if (action == NULL && argc > 1)
    status = bs_command_usage_error ("journal", "expected list, export, compare, check or prune, got '%s'", argv[1]);
  else if (action == NULL)
    status = bs_command_usage_error ("journal", "expected list, export, compare, check or prune");
  else
    status = check_arguments (&arguments, action, argc - 2, argv + 2);
  if (status == BS_EXIT_DONE)
    {
      if (arguments.path == NULL)
        arguments.path = bs_journal_default_path ();
      status = action->run (&arguments, argc - 2);
    }
  g_free (arguments.path);
  g_free (arguments.format);
  g_free (arguments.instrument);
  g_free (arguments.kind);
  g_free (arguments.output);
  return status;
}

const BsCommand bs_command_journal = { "journal", "Past sessions: list, export, compare, check, prune", journal_run };
