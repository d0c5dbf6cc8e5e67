#include "app/bs-application.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>

#include "app/bs-accelerators.h"
#include "app/bs-config.h"
#include "app/bs-launch.h"
#include "app/bs-loop-monitor.h"
#include "app/bs-option-settings.h"
#include "app/bs-preferences.h"
#include "app/bs-renderer.h"
#include "app/feeds/bs-feed-kind.h"
#include "app/bs-screenshot.h"
#include "app/bs-settings.h"
#include "app/bs-window.h"
#include "app/commands/bs-command.h"

/* A window that has drawn nothing yet (a slow machine) is waited for this often, this long each time. */
#define SCREENSHOT_TRIES 100
#define SCREENSHOT_RETRY_MSEC 100

struct _BsApplication
{
  AdwApplication parent_instance;

  GSettings *settings, *options_settings; /* (nullable) */
  char *screenshot;                       /* (nullable) */
  BsJournal *journal;                     /* (nullable): opened with the first window that wants it */
  guint screenshot_tries;
  int status;
};

G_DEFINE_FINAL_TYPE (BsApplication, bs_application, ADW_TYPE_APPLICATION)

/* Names of the color-scheme setting and action. */
static const struct
{
  const char *name;
  AdwColorScheme scheme;
} color_schemes[] = {
  { "system", ADW_COLOR_SCHEME_DEFAULT },
  { "light", ADW_COLOR_SCHEME_FORCE_LIGHT },
  { "dark", ADW_COLOR_SCHEME_FORCE_DARK },
};

static void
on_color_scheme (GSimpleAction *action, GVariant *value, gpointer data)
{
  BsApplication *self = data;
  const char *name = g_variant_get_string (value, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (color_schemes); i++)
    {
      if (!g_str_equal (color_schemes[i].name, name))
        continue;
      g_simple_action_set_state (action, value);
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), color_schemes[i].scheme);
      if (self->settings != NULL)
        g_settings_set_string (self->settings, "color-scheme", name);
    }
}

/* Chosen in the preferences. */
static void
on_color_scheme_setting (GSettings *settings, const char *key, BsApplication *self)
{
  g_autofree char *scheme = g_settings_get_string (settings, key);
  g_action_group_change_action_state (G_ACTION_GROUP (self), "color-scheme", g_variant_new_string (scheme));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (data);
  /* clang-format off */
  adw_show_about_window (window,
    "application-name", _("Barscope"),
    "application-icon", BS_APPLICATION_ID,
    "version", BS_VERSION,
    "developer-name", _("The Barscope developers"),
    "license-type", GTK_LICENSE_MIT_X11,
    "comments", _("Price bars, their features and the signals of a small LSTM, as fast as this machine allows, with the "
                  "time of every stage. Signals of the model that ships with it are a demonstration: it was trained on "
                  "synthetic bars. No investment advice."),
    NULL);
  /* clang-format on */
}

/* Made when it is asked for: built with every window, as GTK would, it delays the first frame. */
static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/barscope/Barscope/help-overlay.ui");
  GtkWindow *overlay = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));
  gtk_window_set_transient_for (overlay, gtk_application_get_active_window (data));
  gtk_window_present (overlay);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  /* Closed one by one, so that each keeps its state and ends its threads; the last one ends the program. */
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (data));
  for (GList *item = windows; item != NULL; item = item->next)
    gtk_window_close (item->data);
}

static void
bs_application_startup (GApplication *application)
{
  BsApplication *self = BS_APPLICATION (application);
  static const GActionEntry entries[] = {
    { "about", on_about },
    { "shortcuts", on_shortcuts },
    { "quit", on_quit },
    { "color-scheme", NULL, "s", "'system'", on_color_scheme },
  };

  G_APPLICATION_CLASS (bs_application_parent_class)->startup (application);
  bs_loop_monitor_note ("application started");
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  bs_accelerators_install (GTK_APPLICATION (self));
  gtk_window_set_default_icon_name (BS_APPLICATION_ID);

  self->settings = bs_settings_new ();
  self->options_settings = bs_option_settings_new ();
  if (self->options_settings != NULL)
    bs_settings_debounce (self->options_settings);
  if (self->settings != NULL)
    {
      on_color_scheme_setting (self->settings, "color-scheme", self);
      g_signal_connect (self->settings, "changed::color-scheme", G_CALLBACK (on_color_scheme_setting), self);
      bs_preferences_follow_palette (self->settings);
    }
}

static gboolean
show_journal (gpointer data)
{
  for (GList *item = gtk_application_get_windows (data); item != NULL; item = item->next)
    if (BS_IS_WINDOW (item->data))
      bs_window_journal_changed (item->data);
  return G_SOURCE_REMOVE;
}

/* Thread: one of the journal's. */
static void
on_journal_notify (gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, show_journal, g_object_ref (data), g_object_unref);
}

static void
on_journal_settings (BsApplication *self)
{
  BsJournalOptions options = BS_JOURNAL_OPTIONS_INIT;
  bs_settings_get_journal_options (self->settings, &options);
  if (self->journal != NULL)
    bs_journal_set_options (self->journal, &options);
}

/* (nullable): where sessions are kept. */
static BsJournal *
get_journal (BsApplication *self, const BsLaunch *launch)
{
  if (launch->no_journal || (self->settings != NULL && !g_settings_get_boolean (self->settings, "journal")))
    return NULL;
  if (self->journal == NULL)
    {
      g_autofree char *path = bs_journal_default_path ();
      BsJournalOptions options = BS_JOURNAL_OPTIONS_INIT;
      bs_settings_get_journal_options (self->settings, &options);
      self->journal = bs_journal_new (path, &options);
      bs_journal_set_notify (self->journal, on_journal_notify, self);
      if (self->settings != NULL)
        for (const char *const *key = bs_settings_journal_keys; *key != NULL; key++)
          {
            g_autofree char *detail = g_strconcat ("changed::", *key, NULL);
            g_signal_connect_object (self->settings, detail, G_CALLBACK (on_journal_settings), self, G_CONNECT_SWAPPED);
          }
    }
  return self->journal;
}

static BsWindow *
make_window (BsApplication *self, const BsLaunch *launch)
{
  BsWindowSetup setup = {
    .settings = self->settings,
    .options_settings = self->options_settings,
    .threshold = BS_DEFAULT_THRESHOLD,
    .model_path = launch->model,
    .journal = get_journal (self, launch),
    .width = launch->width,
    .height = launch->height,
  };
  bs_options_init (&setup.options);
  if (self->options_settings != NULL)
    bs_option_settings_read (self->options_settings, &setup.options);
  for (guint i = 0; launch->assignments != NULL && launch->assignments[i] != NULL; i++)
    bs_options_set (&setup.options, launch->assignments[i], NULL);
  if (launch->device != NULL)
    bs_options_set_device (&setup.options, launch->device, NULL);
  /* What was stored on another machine may not be had on this one. */
  g_autofree char *repaired = bs_options_repair (&setup.options);
  if (repaired != NULL)
    g_message ("%s", repaired);
  setup.repaired = repaired;
  if (!isnan (launch->threshold))
    setup.threshold = launch->threshold;
  else if (self->settings != NULL)
    setup.threshold = CLAMP (g_settings_get_double (self->settings, "threshold"), 0.0, 1.0);

  BsWindow *window = bs_window_new (ADW_APPLICATION (self), &setup);
  bs_loop_monitor_note ("window made");
  bs_loop_monitor_watch (GTK_WINDOW (window));
  return window;
}

/* Where a relative path of @command_line is, seen from the folder in which it was typed. */
static char *
absolute_path (GApplicationCommandLine *command_line, const char *path)
{
  if (path == NULL)
    return NULL;
  g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (command_line, path);
  return g_file_get_path (file);
}

/* Several files, or a folder. */
static gboolean
is_for_watchlist (GApplicationCommandLine *command_line, const BsLaunch *launch)
{
  g_autofree char *first = absolute_path (command_line, launch->files[0]);
  return first != NULL && (launch->files[1] != NULL || g_file_test (first, G_FILE_TEST_IS_DIR));
}

static BsWindow *
watch_launch (BsApplication *self, GApplicationCommandLine *command_line, const BsLaunch *launch)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; launch->files[i] != NULL; i++)
    g_ptr_array_add (paths, absolute_path (command_line, launch->files[i]));
  g_ptr_array_add (paths, NULL);
  g_autoptr (BsLoadRequest) how = bs_load_request_new (NULL);
  how->format = g_strdup (launch->format);
  how->timezone = g_strdup (launch->timezone);
  how->stamp = launch->stamp;
  double rate = isnan (launch->watch_rate) ? (launch->watch > 0 ? 1 : 0) : launch->watch_rate;
  BsWindow *window = make_window (self, launch);
  bs_window_watch (window, (const char *const *) paths->pdata, launch->watch, rate, how);
  bs_window_present_soon (window);
  return window;
}

static BsWindow *
open_launch (BsApplication *self, GApplicationCommandLine *command_line, const BsLaunch *launch)
{
  BsWindow *window = NULL;
  if (launch->watch > 0 || is_for_watchlist (command_line, launch))
    window = watch_launch (self, command_line, launch);
  else if (launch->files[0] != NULL)
    {
      g_autofree char *path = absolute_path (command_line, launch->files[0]);
      BsLoadRequest *request = bs_load_request_new (path);
      request->secondary_path = absolute_path (command_line, launch->secondary);
      request->format = g_strdup (launch->format);
      request->timezone = g_strdup (launch->timezone);
      request->stamp = launch->stamp;
      window = make_window (self, launch);
      bs_window_open (window, request);
      bs_window_present_soon (window);
    }
  if (launch->feed != NULL)
    {
      BsLoadRequest *request = bs_load_request_new (NULL);
      const char *address;
      const BsFeedKind *kind = bs_feed_kind_parse (launch->feed, &address, NULL);
      g_autofree char *path = kind->is_file ? absolute_path (command_line, address) : g_strdup (address);
      request->feed = g_strdup_printf ("%s:%s", kind->name, path);
      request->secondary_path = absolute_path (command_line, launch->secondary);
      request->format = g_strdup (launch->format);
      request->timezone = g_strdup (launch->timezone);
      request->stamp = launch->stamp;
      window = make_window (self, launch);
      if (bs_window_watch_feeds (window, request))
        bs_load_request_free (request);
      else
        bs_window_open (window, request);
      bs_window_present_soon (window);
    }
  if (window == NULL && launch->serve)
    {
      /* Its bars come from whoever posts them. */
      window = make_window (self, launch);
      bs_window_present_soon (window);
    }
  if (window == NULL)
    {
      window = make_window (self, launch);
      bs_window_open_sample (window);
      bs_window_present_soon (window);
    }
  if (launch->serve)
    g_action_group_change_action_state (G_ACTION_GROUP (window), "serve", g_variant_new_boolean (TRUE));
  return window;
}

static gboolean
take_screenshot (gpointer data)
{
  BsApplication *self = data;
  g_autoptr (GError) error = NULL;
  bs_loop_monitor_leave_out ();
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  gboolean saved = window != NULL && bs_screenshot_save (window, self->screenshot, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING) && self->screenshot_tries++ < SCREENSHOT_TRIES)
    {
      g_timeout_add (SCREENSHOT_RETRY_MSEC, take_screenshot, self);
      return G_SOURCE_REMOVE;
    }
  if (!saved)
    {
      fprintf (stderr, "barscope: no picture: %s\n", error != NULL ? error->message : "the window is gone");
      self->status = BS_EXIT_FAILED;
    }
  g_action_group_activate_action (G_ACTION_GROUP (self), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static int
bs_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  BsApplication *self = BS_APPLICATION (application);
  int argc;
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (command_line, &argc);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsLaunch) launch = bs_launch_parse ((const char *const *) arguments, &error);
  if (launch == NULL)
    {
      g_application_command_line_printerr (command_line, "barscope: %s\n", error->message);
      return BS_EXIT_USAGE;
    }
  open_launch (self, command_line, launch);
  if (launch->screenshot != NULL && self->screenshot == NULL)
    {
      self->screenshot = absolute_path (command_line, launch->screenshot);
      g_timeout_add ((guint) (launch->after * 1000.0), take_screenshot, self);
    }
  return BS_EXIT_DONE;
}

static void
bs_application_activate (GApplication *application)
{
  /* From the desktop, without a command line. */
  g_autoptr (BsLaunch) launch = bs_launch_parse ((const char *const[]){ "barscope", NULL }, NULL);
  open_launch (BS_APPLICATION (application), NULL, launch);
}

static void
bs_application_finalize (GObject *object)
{
  BsApplication *self = BS_APPLICATION (object);
  bs_settings_flush (self->settings);
  bs_settings_flush (self->options_settings);
  if (self->journal != NULL)
    bs_journal_set_notify (self->journal, NULL, NULL);
  g_clear_pointer (&self->journal, bs_journal_unref);
  g_clear_object (&self->settings);
  g_clear_object (&self->options_settings);
  g_clear_pointer (&self->screenshot, g_free);
  G_OBJECT_CLASS (bs_application_parent_class)->finalize (object);
}

static void
bs_application_class_init (BsApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_application_finalize;
  G_APPLICATION_CLASS (klass)->startup = bs_application_startup;
  G_APPLICATION_CLASS (klass)->command_line = bs_application_command_line;
  G_APPLICATION_CLASS (klass)->activate = bs_application_activate;
}

static void
bs_application_init (BsApplication *self)
{
}

/* Finding out which engines there are looks for GPUs, which takes its time: meanwhile the window is made. */
static gpointer
look_for_engines (gpointer data)
{
  const BsOptionInfo *info = bs_option_info (BS_OPTION_BACKEND);
  BsOptions options;
  bs_options_init (&options);
  for (int value = 0; info->available != NULL && info->choices[value] != NULL; value++)
    {
      g_autofree char *reason = NULL;
      info->available (&options, value, &reason);
    }
  return NULL;
}

int
bs_application_run (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsLaunch) launch = bs_launch_parse ((const char *const *) argv, &error);
  if (launch == NULL)
    {
      fprintf (stderr, "barscope: %s\nTry 'barscope --help'.\n", error->message);
      return BS_EXIT_USAGE;
    }
  const char *renderer_reason = bs_renderer_choose ();
  GThread *engines = g_thread_new ("engines", look_for_engines, NULL);
  if (launch->verbose)
    {
      bs_loop_monitor_enable ();
      fprintf (stderr, "barscope: renderer: %s\n", renderer_reason != NULL ? renderer_reason : "GTK's choice");
    }
  /* main() has set the locale: numbers of files keep their point. */
  gtk_disable_setlocale ();
  if (!gtk_init_check ())
    {
      fprintf (stderr, "barscope: no display: the window needs one (DISPLAY or WAYLAND_DISPLAY); "
                       "'barscope --help' lists the commands that do not\n");
      g_thread_join (engines);
      return BS_EXIT_FAILED;
    }

  bs_loop_monitor_note ("display opened");
  /* A picture, or measurements, are of a process of their own. */
  gboolean own = launch->screenshot != NULL || launch->verbose || launch->serve;
  g_set_prgname (BS_APPLICATION_ID);
  g_autoptr (BsApplication) self = g_object_new (
    BS_TYPE_APPLICATION, "application-id", BS_APPLICATION_ID, "resource-base-path", "/org/barscope/Barscope", "flags",
    G_APPLICATION_HANDLES_COMMAND_LINE | (own ? G_APPLICATION_NON_UNIQUE : 0), NULL);
  int status = g_application_run (G_APPLICATION (self), argc, argv);
  bs_loop_monitor_report ();
  /* A process that hands its files to the one that runs ends at once: drivers that are being loaded do not survive an exit. */
  g_thread_join (engines);
  return status != BS_EXIT_DONE ? status : self->status;
}
