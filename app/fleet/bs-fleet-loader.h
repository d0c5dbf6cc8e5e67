/* bs-fleet-loader.h: many files, a folder of them or made-up markets, opened together on a thread */
#pragma once

#include "app/fleet/bs-fleet-simulation.h"

G_BEGIN_DECLS

/** Problems that are told one by one; all are counted. */
#define BS_FLEET_MAX_PROBLEMS 20

/** What to watch. Strings and arrays are the caller's; they are copied. */
typedef struct
{
  const char *const *paths; /* (nullable): files and folders: of a folder all files of bars, but not those of the longer bars
                               beside them */
  const char *const *feeds; /* (nullable): live feeds beside the files, "KIND:ADDRESS" of one instrument each: bs_feed_kind_split() */
  guint n_generated;        /* made-up instruments beside the files */
  const char *format;       /* (nullable): see BsBarFileOptions */
  const char *timezone;     /* (nullable) */
  int stamp;                /* a BsStamp, or -1 */
  const char *model_path;
  BsOptions options;
  double threshold;
  BsJournal *journal; /* (nullable): what comes at its pace is kept there */
  double rate; /* bars a second of each: made-up ones, and the last third of each file; 0: files are read to their end */
} BsFleetRequest;

/** How far it is. */
typedef struct
{
  guint n_found, n_done; /* instruments: to be opened, and opened or failed */
  gboolean done;
  guint n_problems;
  char **problems; /* (transfer full): the first of them, in words, NULL-terminated */
} BsFleetProgress;

void bs_fleet_progress_clear (BsFleetProgress *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsFleetProgress, bs_fleet_progress_clear)

typedef struct _BsFleetLoader BsFleetLoader;

/**
 * bs_fleet_loader_new:
 * @notify: called on some thread when the fleet has events to drain or the progress has changed
 *
 * Begins at once. The fleet is there with its first call of @notify; instruments are added to it as they are read.
 */
BsFleetLoader *bs_fleet_loader_new (const BsFleetRequest *request, void (*notify) (gpointer data),
                                    gpointer notify_data) G_GNUC_WARN_UNUSED_RESULT;
/** Breaks loading off, ends feeds and fleet, and waits for their threads: as long as the reading of one file may take. */
void bs_fleet_loader_free (BsFleetLoader *self);

/** bs_fleet_loader_fleet: (nullable): until it is made, and where the model cannot be had: then that is a problem */
BsFleet *bs_fleet_loader_fleet (BsFleetLoader *self);
/** bs_fleet_loader_progress: @progress: (out caller-allocates). Thread: any */
void bs_fleet_loader_progress (BsFleetLoader *self, BsFleetProgress *progress);

/** bs_fleet_list_files: (transfer full): @paths with folders replaced by the files of bars in them, by name, as NULL-terminated
 * array. What cannot be read is left out and reported to @problem. */
char **bs_fleet_list_files (const char *const *paths, void (*problem) (const char *text, gpointer data),
                            gpointer data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
