/* Notifications on a session bus of the test's own: without a service none is sent; with one it arrives. */
#include "app/alerts/bs-notifier.h"

#include <string.h>

typedef struct
{
  GTestDBus *bus;
  GApplication *application;
  BsNotifier *notifier;
  char *title, *body; /* of the last notification */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->application = g_application_new ("org.barscope.Test", G_APPLICATION_FLAGS_NONE);
  g_assert_true (g_application_register (fixture->application, NULL, &error));
  g_assert_no_error (error);
  fixture->notifier = bs_notifier_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bs_notifier_free (fixture->notifier);
  g_object_unref (fixture->application);
  g_free (fixture->title);
  g_free (fixture->body);
  g_test_dbus_stop (fixture->bus);
  g_object_unref (fixture->bus);
}

static void
iterate (guint ms)
{
  for (gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND; g_get_monotonic_time () < end;)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
test_none (Fixture *fixture, gconstpointer data)
{
  iterate (200);
  g_assert_false (bs_notifier_send (fixture->notifier, fixture->application, "a", "ES long", "No advice"));
  g_assert_false (bs_notifier_send (fixture->notifier, NULL, "a", "ES long", "No advice"));
  /* A warning of GLib's would end the test. */
  iterate (200);
}

static void
on_method (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
           GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GVariant) details = NULL;
  if (g_str_equal (method, "AddNotification"))
    {
      g_variant_get (parameters, "(ss@a{sv})", NULL, NULL, &details);
      g_variant_lookup (details, "title", "s", &fixture->title);
      g_variant_lookup (details, "body", "s", &fixture->body);
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
test_service (Fixture *fixture, gconstpointer data)
{
  static const char xml[] = "<node><interface name='org.gtk.Notifications'>"
                            "<method name='AddNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
                            "<arg type='a{sv}' direction='in'/></method>"
                            "<method name='RemoveNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/></method>"
                            "</interface></node>";
  static const GDBusInterfaceVTable vtable = { .method_call = on_method };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  g_autoptr (GDBusConnection) service
    = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fixture->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  guint object = g_dbus_connection_register_object (service, "/org/gtk/Notifications", node->interfaces[0], &vtable, fixture, NULL,
                                                    &error);
  g_assert_no_error (error);
  guint name = g_bus_own_name_on_connection (service, "org.gtk.Notifications", G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);

  iterate (300);
  g_assert_true (bs_notifier_send (fixture->notifier, fixture->application, "a", "ES long", "No advice"));
  for (guint i = 0; i < 100 && fixture->body == NULL; i++)
    iterate (50);
  g_assert_cmpstr (fixture->title, ==, "ES long");
  g_assert_cmpstr (fixture->body, ==, "No advice");

  g_bus_unown_name (name);
  iterate (300);
  g_assert_false (bs_notifier_send (fixture->notifier, fixture->application, "a", "ES long", "No advice"));
  g_dbus_connection_unregister_object (service, object);
  g_assert_true (g_dbus_connection_close_sync (service, NULL, &error));
}

int
main (int argc, char *argv[])
{
  /* As on a desktop without GNOME: what GLib takes is found by the names that are on the bus. */
  g_unsetenv ("GNOTIFICATION_BACKEND");
  g_test_init (&argc, &argv, NULL);
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  if (daemon == NULL)
    {
      g_test_message ("there is no dbus-daemon");
      return 77;
    }
  g_test_add ("/notifier/service", Fixture, NULL, set_up, test_service, tear_down);
  g_test_add ("/notifier/none", Fixture, NULL, set_up, test_none, tear_down);
  return g_test_run ();
}
