#include "app/commands/bs-bar-arguments.h"

#include <stdio.h>
#include <string.h>

#include "app/commands/bs-command.h"

#define MAX_LISTED_ROWS 10

static void
add (BsBarArguments *self, GOptionContext *context, const char *format_name)
{
  g_autofree char *names = bs_bar_format_names ();
  g_autofree char *format_help = g_strdup_printf ("Format of FILE: %s (default: found out)", names);
  const GOptionEntry entries[] = {
    { "secondary", 0, 0, G_OPTION_ARG_FILENAME, &self->secondary,
      "Longer bars of the same instrument, usually 5-minute", "FILE" },
    { format_name, 0, 0, G_OPTION_ARG_STRING, &self->format, g_intern_string (format_help), "NAME" },
    { "secondary-format", 0, 0, G_OPTION_ARG_STRING, &self->secondary_format, "Format of the secondary file", "NAME" },
    { "stamp", 0, 0, G_OPTION_ARG_STRING, &self->stamp,
      "What times in FILE are: bar start or end (default: the format's)", "start|end" },
    { "secondary-stamp", 0, 0, G_OPTION_ARG_STRING, &self->secondary_stamp, "The same for the secondary file",
      "start|end" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &self->timezone,
      "Zone of times in FILE, such as Europe/Berlin or +01:00 (default: the format's, else UTC)", "ZONE" },
    { "secondary-timezone", 0, 0, G_OPTION_ARG_STRING, &self->secondary_timezone, "The same for the secondary file",
      "ZONE" },
    { NULL },
  };
  g_option_context_add_main_entries (context, entries, NULL);
}

void
bs_bar_arguments_add (BsBarArguments *self, GOptionContext *context)
{
  add (self, context, "format");
}

void
bs_bar_arguments_add_beside_format (BsBarArguments *self, GOptionContext *context)
{
  add (self, context, "bar-format");
}

void
bs_bar_arguments_clear (BsBarArguments *self)
{
  g_clear_pointer (&self->secondary, g_free);
  g_clear_pointer (&self->format, g_free);
  g_clear_pointer (&self->secondary_format, g_free);
  g_clear_pointer (&self->timezone, g_free);
  g_clear_pointer (&self->secondary_timezone, g_free);
  g_clear_pointer (&self->stamp, g_free);
  g_clear_pointer (&self->secondary_stamp, g_free);
}

static gboolean
parse_stamp (const char *text, int *stamp)
{
  *stamp = -1;
  if (text == NULL)
    return TRUE;
  if (strcmp (text, "start") == 0)
    *stamp = BS_STAMP_START;
  else if (strcmp (text, "end") == 0)
    *stamp = BS_STAMP_END;
  return *stamp != -1;
}

static void
print_refused (const char *command, const BsBarFile *file)
{
  if (file->n_refused == 0)
    return;
  fprintf (stderr, "barscope %s: %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " rows refused:\n", command,
           file->path, file->n_refused, file->n_rows);
  guint n_listed = MIN (file->refused->len, MAX_LISTED_ROWS);
  for (guint i = 0; i < n_listed; i++)
    {
      const BsRefusedRow *row = &g_array_index (file->refused, BsRefusedRow, i);
      fprintf (stderr, "  line %" G_GUINT64_FORMAT ": %s\n", row->line, row->reason);
    }
  if (file->n_refused > n_listed)
    fprintf (stderr, "  and %" G_GUINT64_FORMAT " more\n", file->n_refused - n_listed);
}

static int
load (const char *command, const char *path, const BsBarFileOptions *options, BsBarFile **file)
{
  g_autoptr (GError) error = NULL;

  *file = bs_bar_file_load (path, options, NULL, NULL, NULL, &error);
  if (*file != NULL)
    {
      print_refused (command, *file);
      return BS_EXIT_DONE;
    }
  if (g_error_matches (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION))
    return bs_command_usage_error (command, "%s", error->message);
  return bs_command_failed (command, "%s", error->message);
}

/* An option of the secondary file without one is a slip of the hand. */
static int
check_secondary (const BsBarArguments *self, const char *command)
{
  const struct
  {
    const char *name, *value;
  } options[] = {
    { "--secondary-format", self->secondary_format },
    { "--secondary-stamp", self->secondary_stamp },
    { "--secondary-timezone", self->secondary_timezone },
  };

  for (guint i = 0; self->secondary == NULL && i < G_N_ELEMENTS (options); i++)
    if (options[i].value != NULL)
      return bs_command_usage_error (command, "%s needs --secondary FILE", options[i].name);
  return BS_EXIT_DONE;
}

int
bs_bar_arguments_load (const BsBarArguments *self, const char *command, const char *path, gsize max_bars,
                       BsBarFile **primary, BsBarFile **secondary)
{
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT, secondary_options = BS_BAR_FILE_OPTIONS_INIT;
  g_autoptr (BsBarFile) file = NULL;

  *primary = *secondary = NULL;
  if (!parse_stamp (self->stamp, &options.stamp))
    return bs_command_usage_error (command, "--stamp: expected start or end, got '%s'", self->stamp);
  if (!parse_stamp (self->secondary_stamp, &secondary_options.stamp))
    return bs_command_usage_error (command, "--secondary-stamp: expected start or end, got '%s'",
                                   self->secondary_stamp);
  int status = check_secondary (self, command);
  if (status != BS_EXIT_DONE)
    return status;
  options.format = self->format;
  options.timezone = self->timezone;
  options.max_bars = max_bars;
  secondary_options.format = self->secondary_format;
  secondary_options.timezone = self->secondary_timezone;
  secondary_options.max_bars = max_bars;

  status = load (command, path, &options, &file);
  if (status == BS_EXIT_DONE && self->secondary != NULL)
    status = load (command, self->secondary, &secondary_options, secondary);
  if (status == BS_EXIT_DONE)
    *primary = g_steal_pointer (&file);
  return status;
}
