/* bs-notifier.h: notifications of the desktop, where there is one that shows them */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BsNotifier BsNotifier;

/**
 * bs_notifier_new:
 *
 * Looks for a service that shows notifications, and goes on watching: one that can be started is started. GLib would only find out
 * when it sends one, and warn of it on stderr. Thread: main.
 *
 * Returns: (transfer full): to be freed with bs_notifier_free()
 */
BsNotifier *bs_notifier_new (void);
void bs_notifier_free (BsNotifier *self);

/**
 * bs_notifier_send:
 * @application: (nullable): whose notification
 * @id: another notification under the same takes its place
 *
 * Returns: whether the desktop has been asked to show it; %FALSE: say it in the window
 */
gboolean bs_notifier_send (BsNotifier *self, GApplication *application, const char *id, const char *title, const char *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsNotifier, bs_notifier_free)

G_END_DECLS
