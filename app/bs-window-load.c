/* bs-window-load.c: bars on their way into the window: progress, and what became of it */
#include "app/bs-window-private.h"

#include <glib/gi18n.h>

#include "app/bs-loop-monitor.h"
#include "ui/bs-number.h"

/* A load that is done sooner shows no progress: a page that only flashes up says nothing. */
#define SHOW_LOADING_MSEC 150
#define PROGRESS_PERIOD_MSEC 50

static void
present (BsWindow *self)
{
  self->present_soon = FALSE;
  gtk_window_present (GTK_WINDOW (self));
}

void
bs_window_end_loading (BsWindow *self)
{
  g_clear_handle_id (&self->loading_timer, g_source_remove);
  g_clear_object (&self->loading);
}

static void
show_load_error (BsWindow *self, const GError *error)
{
  g_autofree char *path
    = self->request->path != NULL || self->request->feed != NULL ? bs_window_feed_name (self->request)
                                                                 : g_strdup (_ ("The Sample"));
  if (self->loaded != NULL)
    {
      /* What runs goes on running. */
      bs_window_show_banner (self, BS_BANNER_PROBLEM, error->message);
      bs_window_show_page (self, "session");
      return;
    }
  g_autofree char *title = g_strdup_printf (_ ("%s Cannot Be Opened"), path);
  g_autofree char *description = g_markup_escape_text (error->message, -1);
  adw_status_page_set_title (self->error_page, title);
  adw_status_page_set_description (self->error_page, description);
  bs_window_show_page (self, "error");
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BsWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsLoaded) loaded = bs_load_finish (result, &error);
  bs_loop_monitor_note ("bars loaded");
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));

  /* Another file was asked for meanwhile, or the window has been closed. */
  if (self->loading != cancellable || self->presenter == NULL)
    return;
  bs_window_end_loading (self);
  if (loaded != NULL)
    bs_window_begin_session (self, g_steal_pointer (&loaded));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    bs_window_show_page (self, self->loaded != NULL ? "session" : "empty");
  else
    show_load_error (self, error);
  if (self->present_soon)
    present (self);
}

static gboolean
on_loading_timer (gpointer data)
{
  BsWindow *self = data;
  char number[BS_NUMBER_LENGTH];
  double fraction = bs_load_progress (self->loading);
  gtk_progress_bar_set_fraction (self->loading_bar, fraction);
  gtk_progress_bar_set_text (self->loading_bar, bs_number_format_percent (number, fraction, 0));
  if (self->request->watched && self->loaded != NULL)
    {
      /* The watchlist stays in sight. */
      g_autofree char *text = g_strdup_printf (_ ("loading, %s"), number);
      bs_status_title_set_state (self->status, BS_STATUS_BUSY, text);
      return G_SOURCE_CONTINUE;
    }
  if (!g_str_equal (bs_window_shown_page (self), "loading"))
    {
      bs_window_show_page (self, "loading");
      self->loading_timer = g_timeout_add (PROGRESS_PERIOD_MSEC, on_loading_timer, self);
      if (self->present_soon)
        present (self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

void
bs_window_open (BsWindow *self, BsLoadRequest *request)
{
  g_return_if_fail (BS_IS_WINDOW (self));

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  bs_window_end_loading (self);
  if (request != self->request)
    {
      g_clear_pointer (&self->request, bs_load_request_free);
      self->request = request;
    }
  bs_window_import_recall (self, request);
  request->options = *bs_sidebar_own_options (self->sidebar);
  request->threshold = bs_sidebar_own_threshold (self->sidebar);
  if (self->journal != NULL && request->journal_path == NULL)
    request->journal_path = g_strdup (bs_journal_path (self->journal));
  g_free (request->model_path);
  request->model_path = g_strdup (self->model_path);
  request->n_shown = request->path == NULL && request->feed == NULL ? BS_WINDOW_SAMPLE_HISTORY : 0;

  g_autofree char *name
    = request->path != NULL || request->feed != NULL ? bs_window_feed_name (request) : g_strdup (_ ("the Sample"));
  g_autofree char *title = g_strdup_printf (_ ("Loading %s"), name);
  adw_status_page_set_title (self->loading_page, title);
  self->loading = g_cancellable_new ();
  self->loading_timer = g_timeout_add (SHOW_LOADING_MSEC, on_loading_timer, self);
  bs_load_async (request, self->loading, on_loaded, g_object_ref (self));
}

void
bs_window_present_soon (BsWindow *self)
{
  g_return_if_fail (BS_IS_WINDOW (self));
  if (self->loading != NULL)
    self->present_soon = TRUE;
  else
    present (self);
}

void
bs_window_open_sample (BsWindow *self)
{
  bs_window_open (self, bs_load_request_new (NULL));
}
