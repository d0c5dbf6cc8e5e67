#include "app/bs-fidelity-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/panels/bs-fidelity-text.h"

#define LOOK_PERIOD_MSEC 250
/* The monitor is behind the bars: looks without news after which nothing more is expected. */
#define IDLE_LOOKS 12
#define SETTING "fidelity-every"

struct _BsFidelityView
{
  GObject parent_instance;

  BsPresenter *presenter;
  BsFidelityPanel *panel;
  BsStatusTitle *status;
  GSettings *settings; /* (nullable) */
  guint timer;
  guint idle_looks;
  BsFidelityReport report; /* shown */
};

G_DEFINE_FINAL_TYPE (BsFidelityView, bs_fidelity_view, G_TYPE_OBJECT)

static void
show (BsFidelityView *self, const BsFidelityReport *report, const BsOptions *options)
{
  bs_fidelity_panel_set_report (self->panel, report, options);
  g_autofree char *text = bs_fidelity_text_status (report, options);
  g_autofree char *network = bs_fidelity_text_network (report, options);
  g_autofree char *tooltip = g_strdup_printf (
    _ ("Fidelity: largest difference of confidence to the plain FP32 network, and part of the bars with "
       "the same signal.\n%s"),
    network);
  bs_status_title_set_fidelity (self->status, text, tooltip, bs_fidelity_text_is_over (report));
}

static gboolean
look (BsFidelityView *self)
{
  BsFidelityReport report = { 0 };
  guint64 n_traced;
  BsSession *session = bs_presenter_session (self->presenter);
  const BsOptions *options = bs_presenter_options (self->presenter, &n_traced);
  if (session != NULL)
    bs_fidelity_monitor_report (bs_session_monitor (session), &report);
  gboolean news = memcmp (&report, &self->report, sizeof report) != 0;
  self->report = report;
  if (session != NULL || news)
    show (self, &report, options);
  return news;
}

static gboolean
on_timer (gpointer data)
{
  BsFidelityView *self = data;
  self->idle_looks = look (self) ? 0 : self->idle_looks + 1;
  if (self->idle_looks < IDLE_LOOKS)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_news (BsFidelityView *self)
{
  self->idle_looks = 0;
  if (self->timer == 0)
    self->timer = g_timeout_add (LOOK_PERIOD_MSEC, on_timer, self);
}

static void
on_every_changed (BsFidelityView *self, guint every)
{
  bs_presenter_set_fidelity_every (self->presenter, every);
  if (self->settings != NULL)
    g_settings_set_uint (self->settings, SETTING, every);
}

static void
bs_fidelity_view_dispose (GObject *object)
{
  BsFidelityView *self = BS_FIDELITY_VIEW (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->presenter);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (bs_fidelity_view_parent_class)->dispose (object);
}

static void
bs_fidelity_view_class_init (BsFidelityViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_fidelity_view_dispose;
}

static void
bs_fidelity_view_init (BsFidelityView *self)
{
}

BsFidelityView *
bs_fidelity_view_new (BsPresenter *presenter, BsFidelityPanel *panel, BsStatusTitle *status, GSettings *settings)
{
  BsFidelityView *self = g_object_new (BS_TYPE_FIDELITY_VIEW, NULL);
  guint every = settings != NULL ? g_settings_get_uint (settings, SETTING) : BS_FIDELITY_DEFAULT_EVERY;
  self->presenter = g_object_ref (presenter);
  self->panel = panel;
  self->status = status;
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  bs_presenter_set_fidelity_every (presenter, every);
  bs_fidelity_panel_set_every (panel, every);
  g_signal_connect_object (presenter, "frame", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (presenter, "state-changed", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (presenter, "switched", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (panel, "every-changed", G_CALLBACK (on_every_changed), self, G_CONNECT_SWAPPED);
  return self;
}
