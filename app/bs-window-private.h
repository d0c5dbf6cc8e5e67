/* bs-window-private.h: what the parts of BsWindow share: the window itself, and one file for each thing that it deals with */
#pragma once

#include "app/alerts/bs-notifier.h"
#include "app/bs-alert-button.h"
#include "app/fleet/bs-fleet.h"
#include "app/bs-fidelity-view.h"
#include "app/bs-journal-page.h"
#include "app/bs-lab-page.h"
#include "app/bs-models-page.h"
#include "app/bs-record-action.h"
#include "app/bs-replay-controls.h"
#include "app/bs-seek-bar.h"
#include "app/bs-sidebar.h"
#include "app/bs-status-title.h"
#include "app/bs-window.h"
#include "ui/backtest/bs-backtest-page.h"
#include "ui/chart/bs-chart.h"
#include "ui/latency/bs-latency-page.h"
#include "ui/latency/bs-latency-view.h"

G_BEGIN_DECLS

/** Index of the speed of a first start: 10 bars/s. */
#define BS_WINDOW_DEFAULT_SPEED 3

/** Bars of the sample that are there at once; the others stream in after them. */
#define BS_WINDOW_SAMPLE_HISTORY 1500

/** The HTTP server of a window: bs-window-serve.c. */
typedef struct _BsWindowServe BsWindowServe;

/** What the banner speaks of. */
typedef enum
{
  BS_BANNER_NONE,
  BS_BANNER_RANGE,   /* bars unlike those of the training */
  BS_BANNER_FEED,    /* the feed is late or lost */
  BS_BANNER_JOURNAL, /* what happens is not kept, or the file was damaged */
  BS_BANNER_NOTICE,  /* another engine than the one asked for answers */
  BS_BANNER_PROBLEM, /* something that the user asked for did not work */
} BsBanner;

typedef struct _BsWindowWatch BsWindowWatch; /* bs-window-watch.c */

struct _BsWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwSplitButton *open_button;
  GtkWidget *sidebar_button;
  BsReplayControls *replay_controls;
  BsStatusTitle *status;
  GtkInfoBar *banner;
  GtkLabel *banner_label;
  GtkStack *pages;
  AdwStatusPage *empty_page, *loading_page;
  GtkProgressBar *loading_bar;
  AdwStatusPage *error_page;
  AdwFlap *flap;
  AdwViewStack *views;
  GtkPaned *paned;
  BsChart *chart;
  BsLatencyView *latency_strip;
  BsLatencyPage *latency_page;
  BsLatencyRecord *latency; /* what both show */
  BsSignalLog *log;
  BsBacktestPage *backtest_page;
  BsLabPage *lab;
  BsModelsPage *models;
  BsJournalPage *journal_page;
  BsSidebar *sidebar;
  BsAlertButton *alert_button;
  BsSeekBar *seek_bar;

  GSettings *settings, *options_settings; /* (nullable) */
  GSettings *chart_settings;              /* (nullable) */
  char *model_path;                       /* (nullable) */
  BsPresenter *presenter;
  BsTransport *transport;
  BsFidelityView *fidelity;
  BsRecordAction *record;
  BsWindowServe *serve; /* (nullable): signals are served, or will be at once: bs-window-serve.c */
  BsLoaded *loaded;       /* (nullable): what is shown; its predictor is the session's */
  BsLoadRequest *request; /* (nullable): the last one */
  GCancellable *loading;  /* (nullable): of the load that runs */
  guint loading_timer;
  GtkFileChooserNative *chooser; /* (nullable): open */
  BsWindowWatch *watch;
  BsAlertCenter *alerts;
  BsNotifier *notifier;
  BsBanner banner_kind;
  gboolean range_dismissed, notice_dismissed, feed_dismissed;
  char *notice; /* (nullable): the engine's, that the banner shows or has shown */
  guint64 in_range_since;
  BsJournal *journal; /* (nullable) */
  gint64 journal_jump_us; /* the bar to show once a run of the journal's is there; %G_MAXINT64: the newest */
  gboolean journal_blocked, journal_dismissed, journal_damage_told;
  gboolean signal_seen; /* a signal that is not of history */
  gboolean fixed_size, paned_placed, present_soon;
};

/** The window's actions but those of the transport, keys that are not accelerators, and the drop target. */
void bs_window_add_actions (BsWindow *self);
/** bs_window_latency_init: the record that strip and page show, and the page's export. bs-window-latency.c. */
void bs_window_latency_init (BsWindow *self);
/** bs_window_import_init: the page that asks before a file is opened. bs-window-import.c. */
void bs_window_import_init (BsWindow *self);
/** bs_window_import: a file that the user has chosen: opened, or looked at and asked about first. @request: (transfer full) */
void bs_window_import (BsWindow *self, BsLoadRequest *request);
/** bs_window_import_recall: format, zone and stamp that were chosen for this file before, where @request says nothing of them */
void bs_window_import_recall (BsWindow *self, BsLoadRequest *request);
/** BsWindowExportFunc: writes what was asked for to @path (a file of this machine). @format: as given to bs_window_ask_export() */
typedef void (*BsWindowExportFunc) (BsWindow *self, const char *path, const char *format);
/**
 * bs_window_ask_export: asks where to write an export, and hands the path to @func; shows the dialog that is open where there is one.
 * bs-window-export.c. Main thread.
 * @title: of the dialog; @stem: the proposed name is STEM-DATE-TIME.FORMAT; @format: lower case, copied
 */
void bs_window_ask_export (BsWindow *self, const char *title, const char *stem, const char *format, BsWindowExportFunc func);
/** bs_window_log_init: the signal log's export. bs-window-log.c. */
void bs_window_log_init (BsWindow *self);
/** bs_window_backtest_init: the Backtest page follows the chart. bs-window-backtest.c. */
void bs_window_backtest_init (BsWindow *self);
/** bs_window_chart_init: the chart's settings, and what it asks the window for. bs-window-chart.c. */
void bs_window_chart_init (BsWindow *self);
/** bs_window_alerts_init: the bell, its rules, and the window of preferences. @settings: (nullable). bs-window-alerts.c. */
void bs_window_alerts_init (BsWindow *self, GSettings *settings);
/** bs_window_alerts_watch: signals of the watchlist's instruments, for bs_watch_set_signal_func(); @data: the window */
void bs_window_alerts_watch (const BsFleetEvent *event, gpointer data);
/** bs_window_models_init: the models page, and how another model takes over. bs-window-models.c. */
void bs_window_models_init (BsWindow *self);
/** bs_window_why_init: which bars mattered, on the chart. bs-window-why.c. */
void bs_window_why_init (BsWindow *self);
/** bs_window_feed_add_actions: "connect" and what belongs to it. bs-window-feed.c. */
void bs_window_feed_add_actions (BsWindow *self);
/** bs_window_feed_begin: a session has begun: what a live one has no use for is hidden */
void bs_window_feed_begin (BsWindow *self);
/** bs_window_feed_name: (transfer full): what @request opens, in a word: the file's name, or the feed */
char *bs_window_feed_name (const BsLoadRequest *request);
/** bs_window_serve_add_actions: "serve": whether signals are served over HTTP. bs-window-serve.c. */
void bs_window_serve_add_actions (BsWindow *self);
/** bs_window_serve_stop: ends it; whoever waits for an answer is told */
void bs_window_serve_stop (BsWindow *self);
/** bs_window_feed_show: how a live feed stands: header bar and banner. bs-window-feed.c. */
void bs_window_feed_show (BsWindow *self);
/** bs_window_journal_init: @journal: (nullable): where sessions are kept. bs-window-journal.c. */
void bs_window_journal_init (BsWindow *self, BsJournal *journal);
/** bs_window_journal_show: how the journal stands, where that is worth a word */
void bs_window_journal_show (BsWindow *self);
/** bs_window_journal_begin_run: a run of the journal's is shown: its signals go to the log */
void bs_window_journal_begin_run (BsWindow *self);
/** bs_window_journal_show_run: what run is shown, in the header bar */
void bs_window_journal_show_run (BsWindow *self);
/** What is wrong, in one line, until it is right again (bs_window_hide_banner()) or the user has put it away. bs-window-banner.c. */
void bs_window_show_banner (BsWindow *self, BsBanner kind, const char *text);
void bs_window_hide_banner (BsWindow *self, BsBanner kind);
/** bs_window_check_banner: what the newest signal and the engine give reason to say */
void bs_window_check_banner (BsWindow *self);
/** bs_window_banner_response: for the template: the user has put it away */
void bs_window_banner_response (GtkInfoBar *banner, int response, BsWindow *self);

/** bs_window_show_page: @name: "empty", "loading", "error" or "session" */
void bs_window_show_page (BsWindow *self, const char *name);
const char *bs_window_shown_page (BsWindow *self);
/** bs_window_end_loading: nothing is waited for any more; what is on its way is not shown. bs-window-load.c. */
void bs_window_end_loading (BsWindow *self);
/** Keeps which bars of the file that was restored are in view; with another file, or none, on the chart nothing. bs-window-view.c. */
void bs_window_view_keep (BsWindow *self);
/** Shows the bars of the file at @path (nullable: not a file) that were in view when it was last open, if it ever was. */
void bs_window_view_restore (BsWindow *self, const char *path);

/** bs_window_begin_session: @loaded: (transfer full): in place of the session there is. bs-window-session.c. */
void bs_window_begin_session (BsWindow *self, BsLoaded *loaded);
void bs_window_end_session (BsWindow *self);
/** bs_window_show_state: how the session stands, in the header bar */
void bs_window_show_state (BsWindow *self);
/** bs_window_show_timing: latency is shown where @options have it measured */
void bs_window_show_timing (BsWindow *self, const BsOptions *options);
/** bs_window_update_actions: those that make sense now are enabled */
void bs_window_update_actions (BsWindow *self);
/** Fills the Open menu from the settings. */
void bs_window_show_recent (BsWindow *self);
void bs_window_close_bars (BsWindow *self);
/** @button, @action: (nullable) */
void bs_window_toast (BsWindow *self, const char *text, const char *button, const char *action);

/* The watchlist and the charts beside the main one: bs-window-watch.c */
void bs_window_watch_init (BsWindow *self);
/** Ends the watchlist and what it shows. */
void bs_window_watch_stop (BsWindow *self);
void bs_window_watch_free (BsWindow *self);
/** bs_window_watch_settings: the settings are there */
void bs_window_watch_restore (BsWindow *self);
void bs_window_watch_save (BsWindow *self);
gboolean bs_window_watch_is_shown (BsWindow *self);
/** bs_window_watch_session_began: of another instrument than before */
void bs_window_watch_session_began (BsWindow *self);
void bs_window_watch_set_options (BsWindow *self, const BsOptions *options);
void bs_window_watch_set_threshold (BsWindow *self, double threshold);

G_END_DECLS
