/* bs-window-import.c: a file that has been chosen: looked at first, where that is worth the user's while */
#include <glib/gi18n.h>

#include "app/bs-import-page.h"
#include "app/bs-settings.h"
#include "app/bs-window-private.h"
#include "app/record/bs-recorded-bars.h"

#define PAGE_NAME "import"

/* A file that is being looked at. */
typedef struct
{
  BsWindow *window;
  BsLoadRequest *request;
} Import;

static gboolean
is_recent (BsWindow *self, const char *path)
{
  g_auto (GStrv) recent = self->settings != NULL ? g_settings_get_strv (self->settings, "recent-files") : NULL;

  return recent != NULL && g_strv_contains ((const char *const *) recent, path);
}

void
bs_window_import_recall (BsWindow *self, BsLoadRequest *request)
{
  if (self->settings == NULL || request->path == NULL || request->format != NULL || request->timezone != NULL
      || request->stamp >= 0)
    return;
  g_autoptr (GVariant) choices = g_settings_get_value (self->settings, "import-choices");
  const char *path, *format, *timezone;
  GVariantIter iter;
  int stamp;

  g_variant_iter_init (&iter, choices);
  while (g_variant_iter_next (&iter, "{&s(&s&si)}", &path, &format, &timezone, &stamp))
    if (g_str_equal (path, request->path))
      {
        request->format = *format != '\0' ? g_strdup (format) : NULL;
        request->timezone = *timezone != '\0' ? g_strdup (timezone) : NULL;
        request->stamp = stamp == BS_STAMP_START || stamp == BS_STAMP_END ? stamp : -1;
        return;
      }
}

/* Keeps what the user has chosen for this file, as long as it is among the recent ones. */
static void
remember (BsWindow *self, const BsLoadRequest *request)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("a{s(ssi)}"));
  const char *path, *format, *timezone;
  GVariantIter iter;
  int stamp;

  if (self->settings == NULL || !g_utf8_validate (request->path, -1, NULL))
    return;
  g_autoptr (GVariant) choices = g_settings_get_value (self->settings, "import-choices");
  g_variant_iter_init (&iter, choices);
  while (g_variant_iter_next (&iter, "{&s(&s&si)}", &path, &format, &timezone, &stamp))
    if (!g_str_equal (path, request->path) && is_recent (self, path))
      g_variant_builder_add (builder, "{s(ssi)}", path, format, timezone, stamp);
  if (request->format != NULL || request->timezone != NULL || request->stamp >= 0)
    g_variant_builder_add (builder, "{s(ssi)}", request->path, request->format != NULL ? request->format : "",
                           request->timezone != NULL ? request->timezone : "", request->stamp);
  g_settings_set_value (self->settings, "import-choices", g_variant_builder_end (builder));
}

static BsImportPage *
import_page (BsWindow *self)
{
  return BS_IMPORT_PAGE (gtk_stack_get_child_by_name (self->pages, PAGE_NAME));
}

static void
on_peeked (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  BsWindow *self = import->window;
  BsLoadRequest *request = import->request;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarPeek) peek = bs_import_peek_finish (result, &error);
  g_autofree char *ask = self->settings != NULL ? g_settings_get_string (self->settings, "ask-before-opening") : NULL;

  g_free (import);
  if (self->presenter == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    bs_load_request_free (request);
  else if (peek == NULL && !g_error_matches (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT)
           && !g_error_matches (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION))
    bs_window_open (self, request); /* it cannot be read, or is empty: nothing to choose, and opening it says why */
  else if (peek != NULL && peek->doubts == 0 && g_strcmp0 (ask, "doubtful") == 0)
    bs_window_open (self, request);
  else
    {
      bs_window_show_page (self, PAGE_NAME);
      bs_import_page_begin (import_page (self), request, g_steal_pointer (&peek), error != NULL ? error->message : NULL);
    }
  g_object_unref (self);
}

void
bs_window_import (BsWindow *self, BsLoadRequest *request)
{
  g_autofree char *ask = self->settings != NULL ? g_settings_get_string (self->settings, "ask-before-opening") : NULL;
  gboolean known = is_recent (self, request->path) && g_strcmp0 (ask, "always") != 0;

  bs_window_import_recall (self, request);
  if (known || g_strcmp0 (ask, "never") == 0 || bs_recording_is (request->path))
    {
      bs_window_open (self, request);
      return;
    }
  Import *import = g_new (Import, 1);
  *import = (Import){ g_object_ref (self), request };
  bs_import_peek_async (request, NULL, on_peeked, import);
}

static void
on_open (BsImportPage *page, BsWindow *self)
{
  BsLoadRequest *request = bs_import_page_take_request (page);

  if (request == NULL)
    return;
  remember (self, request);
  bs_window_open (self, request);
}

static void
on_cancel (BsImportPage *page, BsWindow *self)
{
  bs_import_page_end (page);
  bs_window_show_page (self, self->loaded != NULL ? "session" : "empty");
}

/* Something else is shown: what was to be opened is not any more. */
static void
on_page_changed (BsWindow *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), PAGE_NAME) != 0)
    bs_import_page_end (import_page (self));
}

void
bs_window_import_init (BsWindow *self)
{
  GtkWidget *page = bs_import_page_new ();

  gtk_stack_add_named (self->pages, page, PAGE_NAME);
  g_signal_connect_object (page, "open", G_CALLBACK (on_open), self, 0);
  g_signal_connect_object (page, "cancel", G_CALLBACK (on_cancel), self, 0);
  g_signal_connect_object (self->pages, "notify::visible-child-name", G_CALLBACK (on_page_changed), self, G_CONNECT_SWAPPED);
}
