#include "app/alerts/bs-notifier.h"

/* GNOME's own, and what all desktops have: GApplication takes the first that is there. */
static const char *const services[] = { "org.gtk.Notifications", "org.freedesktop.Notifications" };

struct _BsNotifier
{
  guint watches[G_N_ELEMENTS (services)];
  gboolean present[G_N_ELEMENTS (services)];
};

static void
set_present (BsNotifier *self, const char *name, gboolean present)
{
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_str_equal (services[i], name))
      self->present[i] = present;
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
  set_present (data, name, TRUE);
}

/* Also called for one that has never been there. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
  set_present (data, name, FALSE);
}

BsNotifier *
bs_notifier_new (void)
{
  BsNotifier *self = g_new0 (BsNotifier, 1);
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    self->watches[i] = g_bus_watch_name (G_BUS_TYPE_SESSION, services[i], G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_appeared,
                                         on_vanished, self, NULL);
  return self;
}

void
bs_notifier_free (BsNotifier *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    g_bus_unwatch_name (self->watches[i]);
  g_free (self);
}

gboolean
bs_notifier_send (BsNotifier *self, GApplication *application, const char *id, const char *title, const char *body)
{
  g_return_val_if_fail (self != NULL && id != NULL && title != NULL, FALSE);
  gboolean present = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    present |= self->present[i];
  if (application == NULL || !present)
    return FALSE;
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (application, id, notification);
  return TRUE;
}
