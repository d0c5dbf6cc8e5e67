/* bs-window.h: the workstation: one window, one instrument */
#pragma once

#include <adwaita.h>

#include "app/bs-loader.h"
#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

#define BS_TYPE_WINDOW (bs_window_get_type ())
G_DECLARE_FINAL_TYPE (BsWindow, bs_window, BS, WINDOW, AdwApplicationWindow)

/** What a window begins with. */
typedef struct
{
  GSettings *settings;         /* (nullable) */
  GSettings *options_settings; /* (nullable) */
  BsOptions options;
  double threshold;
  const char *repaired;   /* (nullable): which options were asked for and cannot be had here, for the user */
  const char *model_path; /* (nullable) */
  BsJournal *journal;     /* (nullable): where sessions are kept; a reference is taken */
  int width, height;      /* px; 0: as it was last time */
} BsWindowSetup;

/** bs_window_new: an empty window, not yet presented. */
BsWindow *bs_window_new (AdwApplication *application, const BsWindowSetup *setup);

/**
 * bs_window_open:
 * @request: (transfer full): options, threshold and model are filled in by the window
 *
 * Loads in the background, with progress and a way to cancel it, and shows it.
 */
void bs_window_open (BsWindow *self, BsLoadRequest *request);
/**
 * bs_window_watch_feeds:
 * @how: its feed is "KIND:ADDRESS"
 *
 * Where the address names several instruments, they fill the watchlist, on one connection where the venue has that.
 *
 * Returns: %FALSE where it names one: that is for bs_window_open()
 */
gboolean bs_window_watch_feeds (BsWindow *self, const BsLoadRequest *how);
/**
 * bs_window_watch:
 * @paths: (nullable): files and folders; %NULL-terminated
 * @n_generated: made-up instruments beside them
 * @rate: bars a second of each; 0: files are read to their end
 * @how: (nullable): format, time zone and stamp are taken from it
 *
 * Opens many instruments together: they fill the watchlist, and the first one the chart.
 */
void bs_window_watch (BsWindow *self, const char *const *paths, guint n_generated, double rate,
                      const BsLoadRequest *how);
/** Presents the window once what it loads is there to be seen, at the latest a moment later: no empty page flashes up. */
void bs_window_present_soon (BsWindow *self);
/** bs_window_journal_changed: the journal stands otherwise than before: says so. Thread: main. */
void bs_window_journal_changed (BsWindow *self);
/** The bars that ship with the program, streaming. */
void bs_window_open_sample (BsWindow *self);

G_END_DECLS
