/* bs-launch.h: what the command line asks of the window */
#pragma once

#include <glib.h>

#include "inference/predict/bs-options.h"

G_BEGIN_DECLS

/** Seconds before a picture is taken where nothing is said. */
#define BS_LAUNCH_DEFAULT_AFTER 2.0

typedef struct
{
  char **files;       /* as given; %NULL-terminated, may be empty */
  char *feed;         /* (nullable): a live feed to open, "KIND:ADDRESS", checked */
  guint watch;        /* made-up instruments to watch beside the files; 0: none */
  double watch_rate;  /* bars a second of each instrument that is watched, or NAN: made-up ones 1, files at rest */
  gboolean serve;     /* serve signals over HTTP from the start: see bs_window_serve_set_options() */
  char *secondary;    /* (nullable): the longer bars of the (one) file */
  char *model;        /* (nullable) */
  char *format;       /* (nullable): of the files */
  char *timezone;     /* (nullable): of the files */
  int stamp;          /* of the files: a BsStamp, or -1 */
  char **assignments; /* (nullable): NAME=VALUE, checked */
  char *device;       /* (nullable): for backend=vulkan, see bs_options_set_device() */
  double threshold;   /* 0..1, or NAN for the one of the settings */
  char *screenshot;   /* (nullable): where to write a picture of the window */
  double after;       /* s */
  int width, height;  /* of the window, px; 0: as it was */
  gboolean no_journal; /* keep nothing of this session */
  gboolean verbose;   /* measure start-up and the main loop, and say so on stderr */
} BsLaunch;

/**
 * bs_launch_parse:
 * @arguments: with the program's name first
 * @error: a %G_OPTION_ERROR or %BS_OPTION_ERROR that says what was expected
 *
 * Returns: (transfer full): what was asked; `--help` prints and ends the program
 */
BsLaunch *bs_launch_parse (const char *const *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_launch_free (BsLaunch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLaunch, bs_launch_free)

G_END_DECLS
