#include "app/bs-record-action.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"

#define LOOK_PERIOD_MSEC 250
#define FOLDER_SETTING "last-folder"
#define SUFFIX ".bsrec"

struct _BsRecordAction
{
  GObject parent_instance;

  GtkWindow *window;
  BsPresenter *presenter;
  BsStatusTitle *status;
  GSettings *settings; /* (nullable) */
  GSimpleAction *action;
  GtkFileChooserNative *chooser; /* (nullable): open */

  char *instrument; /* (nullable): nothing to record */
  guint decimals;
  BsRecorder *recorder; /* (nullable): until its file is closed */
  gint64 begin_us;
  guint timer;
};

G_DEFINE_FINAL_TYPE (BsRecordAction, bs_record_action, G_TYPE_OBJECT)

enum
{
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_state (BsRecordAction *self)
{
  g_simple_action_set_state (self->action, g_variant_new_boolean (self->recorder != NULL));
  g_simple_action_set_enabled (self->action, self->recorder != NULL || self->instrument != NULL);
  if (self->recorder == NULL)
    {
      bs_status_title_set_recording (self->status, "");
      return;
    }
  gint64 seconds = (g_get_monotonic_time () - self->begin_us) / G_USEC_PER_SEC;
  g_autofree char *text = g_strdup_printf (_ ("Recording %d:%02d"), (int) (seconds / 60), (int) (seconds % 60));
  bs_status_title_set_recording (self->status, text);
}

static void
tell_ended (BsRecordAction *self, BsRecorder *recorder)
{
  const char *problem = bs_recorder_problem (recorder);
  g_autofree char *name = g_filename_display_basename (bs_recorder_path (recorder));
  char number[BS_NUMBER_LENGTH];
  guint64 n_bars = bs_recorder_n_bars (recorder);
  g_autofree char *message
    = problem != NULL ? g_strdup_printf (_ ("The recording has ended early: %s"), problem)
                      : g_strdup_printf (g_dngettext (NULL, "Recorded %s bar to %s", "Recorded %s bars to %s", n_bars),
                                         bs_number_format_count (number, n_bars), name);
  g_signal_emit (self, signals[ENDED], 0, message, problem != NULL);
}

static void
stop (BsRecordAction *self)
{
  BsSession *session = bs_presenter_session (self->presenter);
  /* Where there is none any more, its end has ended the recording. */
  if (session != NULL)
    bs_session_record (session, NULL);
}

static gboolean
on_timer (gpointer data)
{
  BsRecordAction *self = data;
  if (bs_recorder_is_done (self->recorder))
    {
      g_autoptr (BsRecorder) recorder = g_steal_pointer (&self->recorder);
      self->timer = 0;
      stop (self); /* the session need not go on to hold one that has failed */
      show_state (self);
      tell_ended (self, recorder);
      return G_SOURCE_REMOVE;
    }
  if (bs_recorder_problem (self->recorder) != NULL)
    stop (self);
  show_state (self);
  return G_SOURCE_CONTINUE;
}

gboolean
bs_record_action_start (BsRecordAction *self, const char *path)
{
  BsSession *session = bs_presenter_session (self->presenter);
  if (session == NULL || self->instrument == NULL || self->recorder != NULL)
    return FALSE;
  self->recorder = bs_recorder_new (path, self->instrument, self->decimals);
  self->begin_us = g_get_monotonic_time ();
  bs_session_record (session, self->recorder);
  self->timer = g_timeout_add (LOOK_PERIOD_MSEC, on_timer, self);
  show_state (self);
  return TRUE;
}

static void
on_response (GtkNativeDialog *dialog, int response, BsRecordAction *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GFile) folder = gtk_file_chooser_get_current_folder (GTK_FILE_CHOOSER (dialog));
      g_autofree char *uri = folder != NULL ? g_file_get_uri (folder) : NULL;
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (self->settings != NULL && uri != NULL)
        g_settings_set_string (self->settings, FOLDER_SETTING, uri);
      if (path == NULL)
        g_signal_emit (self, signals[ENDED], 0, _ ("Only files of this machine can be written"), TRUE);
      else
        bs_record_action_start (self, path);
    }
  g_clear_object (&self->chooser);
}

/* "ES-2024-01-31-1459.bsrec" */
static char *
suggest_name (BsRecordAction *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d-%H%M");
  g_autofree char *name = g_strdup (self->instrument);
  g_strdelimit (name, G_DIR_SEPARATOR_S ":*?\"<>|", '-');
  return g_strdup_printf ("%s-%s" SUFFIX, name, time);
}

static void
choose_file (BsRecordAction *self)
{
  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_ ("Record Session"), self->window, GTK_FILE_CHOOSER_ACTION_SAVE,
                                                   _ ("_Record"), NULL);
      GtkFileChooser *chooser = GTK_FILE_CHOOSER (self->chooser);
      g_autofree char *name = suggest_name (self);
      g_autofree char *uri = self->settings != NULL ? g_settings_get_string (self->settings, FOLDER_SETTING) : NULL;
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
      gtk_file_filter_set_name (filter, _ ("Recordings"));
      gtk_file_filter_add_suffix (filter, &SUFFIX[1]);
      gtk_file_chooser_add_filter (chooser, filter);
      gtk_file_chooser_set_current_name (chooser, name);
      if (uri != NULL && *uri != '\0')
        {
          g_autoptr (GFile) folder = g_file_new_for_uri (uri);
          gtk_file_chooser_set_current_folder (chooser, folder, NULL);
        }
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_change_state (GSimpleAction *action, GVariant *value, BsRecordAction *self)
{
  if (!g_variant_get_boolean (value))
    stop (self); /* the timer sees its end */
  else if (self->recorder == NULL && self->instrument != NULL)
    choose_file (self);
}

static void
bs_record_action_dispose (GObject *object)
{
  BsRecordAction *self = BS_RECORD_ACTION (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->recorder, bs_recorder_unref);
  g_clear_object (&self->presenter);
  g_clear_object (&self->settings);
  g_clear_object (&self->action);
  g_clear_pointer (&self->instrument, g_free);
  G_OBJECT_CLASS (bs_record_action_parent_class)->dispose (object);
}

static void
bs_record_action_class_init (BsRecordActionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_record_action_dispose;
  signals[ENDED] = g_signal_new ("ended", BS_TYPE_RECORD_ACTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
bs_record_action_init (BsRecordAction *self)
{
  self->action = g_simple_action_new_stateful ("record", NULL, g_variant_new_boolean (FALSE));
  g_simple_action_set_enabled (self->action, FALSE);
  g_signal_connect_object (self->action, "change-state", G_CALLBACK (on_change_state), self, 0);
}

BsRecordAction *
bs_record_action_new (GtkWindow *window, BsPresenter *presenter, BsStatusTitle *status, GSettings *settings)
{
  BsRecordAction *self = g_object_new (BS_TYPE_RECORD_ACTION, NULL);
  self->window = window;
  self->presenter = g_object_ref (presenter);
  self->status = status;
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (self->action));
  return self;
}

void
bs_record_action_set_instrument (BsRecordAction *self, const char *instrument, guint decimals)
{
  g_return_if_fail (BS_IS_RECORD_ACTION (self));
  g_free (self->instrument);
  self->instrument = g_strdup (instrument);
  self->decimals = decimals;
  show_state (self);
}
