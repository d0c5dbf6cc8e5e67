#include "app/bs-launch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/feeds/bs-bar-file.h"
#include "app/fleet/bs-fleet.h"
#include "app/feeds/bs-feed-kind.h"

/* Faster than any screen shows. */
#define MAX_WATCH_RATE 1000

void
bs_launch_free (BsLaunch *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->files);
  g_free (self->feed);
  g_free (self->secondary);
  g_free (self->model);
  g_free (self->format);
  g_free (self->timezone);
  g_strfreev (self->assignments);
  g_free (self->device);
  g_free (self->screenshot);
  g_free (self);
}

/* The text between the usage and the options of --help; commands are main's business. */
static const char summary[] = "Opens the workstation on the file, or on its sample bars where none is named. Several files, or a folder\n"
                              "of them, fill the watchlist.";

static gboolean
check (BsLaunch *self, const char *stamp, const char *size, int watch, GError **error)
{
  BsOptions options;
  bs_options_init (&options);
  for (guint i = 0; self->assignments != NULL && self->assignments[i] != NULL; i++)
    if (!bs_options_set (&options, self->assignments[i], error))
      return FALSE;
  if (self->device != NULL && !bs_options_set_device (&options, self->device, error))
    return FALSE;
  if (self->assignments != NULL && !bs_options_check (&options, error))
    return FALSE;

  if (stamp != NULL && strcmp (stamp, "start") != 0 && strcmp (stamp, "end") != 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--stamp is \"%s\": expected start or end", stamp);
      return FALSE;
    }
  if (stamp != NULL)
    self->stamp = strcmp (stamp, "start") == 0 ? BS_STAMP_START : BS_STAMP_END;

  BsBarFileOptions files = BS_BAR_FILE_OPTIONS_INIT;
  files.format = self->format;
  files.timezone = self->timezone;
  if (!bs_bar_file_options_check (&files, error))
    return FALSE;

  int used = 0;
  if (size != NULL
      && (sscanf (size, "%4dx%4d%n", &self->width, &self->height, &used) != 2 || size[used] != '\0' || self->width < 1
          || self->height < 1))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--size is \"%s\": expected WIDTHxHEIGHT in pixels, such as 1366x768", size);
      return FALSE;
    }
  if (!isnan (self->threshold) && !(self->threshold >= 0.0 && self->threshold <= 1.0))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--threshold is %g: expected 0..1",
                   self->threshold);
      return FALSE;
    }
  if (!(self->after >= 0.0 && self->after <= 3600.0))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--after is %g: expected 0..3600 seconds",
                   self->after);
      return FALSE;
    }
  if (watch < 0 || watch > BS_FLEET_MAX_INSTRUMENTS)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--watch is %d: expected 1..%d instruments", watch,
                   BS_FLEET_MAX_INSTRUMENTS);
      return FALSE;
    }
  self->watch = (guint) watch;
  if (!isnan (self->watch_rate) && !(self->watch_rate > 0 && self->watch_rate <= MAX_WATCH_RATE))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--watch-rate is %g: expected more than 0 and up to %d bars a second", self->watch_rate,
                   MAX_WATCH_RATE);
      return FALSE;
    }
  const char *address;
  if (self->feed != NULL && bs_feed_kind_parse (self->feed, &address, error) == NULL)
    {
      g_prefix_error (error, "--feed: ");
      return FALSE;
    }
  if (self->feed != NULL && self->files[0] != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "\"%s\" is one too many: --feed and --follow say what to open", self->files[0]);
      return FALSE;
    }
  if (self->secondary != NULL && self->feed == NULL && g_strv_length (self->files) != 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--secondary goes with exactly one FILE, the one of the shorter bars");
      return FALSE;
    }
  return TRUE;
}

BsLaunch *
bs_launch_parse (const char *const *arguments, GError **error)
{
  g_autoptr (BsLaunch) self = g_new0 (BsLaunch, 1);
  g_autofree char *stamp = NULL, *size = NULL, *follow = NULL;
  self->stamp = -1;
  self->threshold = self->watch_rate = NAN;
  int watch = 0;
  self->after = BS_LAUNCH_DEFAULT_AFTER;

  const GOptionEntry entries[] = {
    { "follow", 0, 0, G_OPTION_ARG_FILENAME, &follow, "A file that another program appends bars to: followed live", "FILE" },
    { "serve", 0, 0, G_OPTION_ARG_NONE, &self->serve, "Serve signals over HTTP (barscope serve has its options)", NULL },
    { "feed", 0, 0, G_OPTION_ARG_STRING, &self->feed, "A live feed", "KIND:ADDRESS" },
    { "watch", 0, 0, G_OPTION_ARG_INT, &watch, "Watch N made-up instruments, beside the files", "N" },
    { "watch-rate", 0, 0, G_OPTION_ARG_DOUBLE, &self->watch_rate,
      "Bars a second of each instrument watched; the last third of files that are watched is replayed so", "BARS" },
    { "secondary", 0, 0, G_OPTION_ARG_FILENAME, &self->secondary,
      "The longer bars of FILE (without it: the 5-minute file beside it, if any)", "FILE" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &self->model, "The model to use", "FILE" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &self->format, "Format of the files", "NAME" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &self->timezone, "Time zone of the files", "ZONE" },
    { "stamp", 0, 0, G_OPTION_ARG_STRING, &stamp, "Times of the files are the bars' start or end", "start|end" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &self->threshold, "Confidence below which a signal is shown as hold",
      "P" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->assignments, "Set an option (several times for several)",
      "NAME=VALUE" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &self->device,
      "Vulkan device, by a part of its name or its index in barscope info", "NAME|INDEX" },
    { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &self->screenshot, "Write a picture of the window and quit",
      "OUT.png" },
    { "after", 0, 0, G_OPTION_ARG_DOUBLE, &self->after, "Seconds before the picture (2)", "SECONDS" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "Size of the window", "WxH" },
    { "no-journal", 0, 0, G_OPTION_ARG_NONE, &self->no_journal, "Keep nothing of what happens in the journal", NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self->verbose, "Say how long the start and the main loop took", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[FILE|FOLDER...]");
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  g_auto (GStrv) left = g_strdupv ((char **) arguments);
  gboolean parsed = g_option_context_parse_strv (context, &left, error);
  if (self->files == NULL)
    self->files = g_new0 (char *, 1);
  if (parsed && follow != NULL && self->feed != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--follow and --feed: expected one of them");
      return NULL;
    }
  if (follow != NULL)
    self->feed = g_strconcat ("follow:", follow, NULL);
  if (!parsed || !check (self, stamp, size, watch, error))
    return NULL;
  return g_steal_pointer (&self);
}
