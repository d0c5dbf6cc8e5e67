#include "app/bs-sidebar.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/bs-feed-text.h"
#include "ui/bs-bar-time.h"
#include "ui/panels/bs-model-card.h"
#include "ui/panels/bs-signal-panel.h"
#include "ui/panels/bs-switch-panel.h"
#include "ui/panels/bs-why-panel.h"

struct _BsSidebar
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  BsSignalPanel *signal_panel;
  BsWhyPanel *why_panel;
  GtkWidget *pinned_row;
  GtkLabel *pinned_label;
  BsSwitchPanel *switch_panel;
  BsFidelityPanel *fidelity_panel;
  BsModelCard *model_card;

  BsPresenter *presenter;
  BsOptions options; /* in force */
  BsOptions wanted;  /* what the user has asked for last; in force once the worker has answered */
  double threshold;
  /* What the user has chosen: what the switches were in a recording does not outlive it. */
  BsOptions own;
  double own_threshold;
};

G_DEFINE_FINAL_TYPE (BsSidebar, bs_sidebar, GTK_TYPE_WIDGET)

enum
{
  THRESHOLD_CHANGED,
  OPTIONS_CHANGED,
  OPTIONS_ADJUSTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* (transfer full) (nullable): why the newest signal is not one to act on. */
static char *
stale_reason (BsSidebar *self)
{
  BsFeedStatus status;
  bs_presenter_feed_status (self->presenter, &status);
  char *reason = bs_feed_text_silenced (&status);
  return reason != NULL ? reason : g_strdup (bs_presenter_failure (self->presenter));
}

/* Why the newest signal, or that of the bar that the user has pinned, which no late feed can spoil. */
static void
show_why (BsSidebar *self, gboolean stale)
{
  guint64 index;
  gboolean pinned = bs_presenter_explains (self->presenter, &index);
  gtk_widget_set_visible (self->pinned_row, pinned);
  if (pinned)
    {
      char time[BS_BAR_TIME_LENGTH];
      gint64 time_us = bs_chart_data_time (bs_presenter_data (self->presenter), index);
      /* Translators: the bar whose signal is explained: "Bar of 2024-03-05 14:32:00" */
      g_autofree char *text = g_strdup_printf (_ ("Bar of %s"), bs_bar_time_format (time, time_us));
      if (g_strcmp0 (gtk_label_get_text (self->pinned_label), text) != 0)
        gtk_label_set_text (self->pinned_label, text);
    }
  bs_why_panel_set (self->why_panel, bs_presenter_why (self->presenter), pinned, stale && !pinned);
}

static void
on_frame (BsSidebar *self)
{
  double threshold;
  const BsSignal *signal = bs_presenter_signal (self->presenter, &threshold);
  g_autofree char *reason = stale_reason (self);
  bs_signal_panel_set_signal (self->signal_panel, signal, signal != NULL ? threshold : self->threshold);
  bs_signal_panel_set_stale (self->signal_panel, signal != NULL && reason != NULL, reason);
  show_why (self, reason != NULL);
}

static void
on_threshold_changed (BsSignalPanel *panel, double threshold, BsSidebar *self)
{
  BsSession *session = bs_presenter_session (self->presenter);
  self->threshold = self->own_threshold = threshold;
  if (session != NULL)
    bs_session_set_threshold (session, threshold);
  g_signal_emit (self, signals[THRESHOLD_CHANGED], 0, threshold);
}

static void
take_options (BsSidebar *self, const BsOptions *options, gboolean scheduled)
{
  BsOptions before = self->options;
  self->options = *options;
  for (guint i = 0; i < BS_N_OPTIONS && !scheduled; i++)
    if (options->value[i] != before.value[i])
      self->own.value[i] = options->value[i];
  bs_switch_panel_set_options (self->switch_panel, options);
  g_signal_emit (self, signals[OPTIONS_CHANGED], 0, &before);
}

static void
on_option_changed (BsSwitchPanel *panel, int option, int value, BsSidebar *self)
{
  g_return_if_fail (option >= 0 && option < BS_N_OPTIONS);
  BsSession *session = bs_presenter_session (self->presenter);
  self->wanted.value[option] = value;

  /* What another switch was set to may not be had with it: that one gives way, not the one that was just thrown. */
  BsOptions adjusted = self->wanted;
  g_autofree char *changes = bs_options_repair (&adjusted);
  if (changes != NULL && adjusted.value[option] == value)
    {
      self->wanted = adjusted;
      g_signal_emit (self, signals[OPTIONS_ADJUSTED], 0, changes);
    }

  /* With a session the worker has the last word: on_switched(). */
  if (session != NULL)
    bs_session_set_options (session, &self->wanted);
  else
    take_options (self, &self->wanted, FALSE);
}

static void
on_switched (BsSidebar *self, gboolean granted, const char *message)
{
  guint64 n_traced;
  const BsOptions *options = bs_presenter_options (self->presenter, &n_traced);
  gboolean scheduled = bs_presenter_switch_was_scheduled (self->presenter);
  /* An answer to what the user has changed again since: the answer to that is on its way. */
  if (granted && !scheduled && !bs_options_equal (options, &self->wanted))
    return;
  self->wanted = *options;
  take_options (self, options, scheduled);
}

static void
bs_sidebar_dispose (GObject *object)
{
  BsSidebar *self = BS_SIDEBAR (object);
  g_clear_object (&self->presenter);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (bs_sidebar_parent_class)->dispose (object);
}

static void
bs_sidebar_class_init (BsSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_sidebar_dispose;
  g_type_ensure (BS_TYPE_SIGNAL_PANEL);
  g_type_ensure (BS_TYPE_WHY_PANEL);
  g_type_ensure (BS_TYPE_SWITCH_PANEL);
  g_type_ensure (BS_TYPE_FIDELITY_PANEL);
  g_type_ensure (BS_TYPE_MODEL_CARD);
  signals[THRESHOLD_CHANGED] = g_signal_new ("threshold-changed", BS_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[OPTIONS_CHANGED] = g_signal_new ("options-changed", BS_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[OPTIONS_ADJUSTED] = g_signal_new ("options-adjusted", BS_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, scroller);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, signal_panel);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, why_panel);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, pinned_row);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, pinned_label);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, switch_panel);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, fidelity_panel);
  gtk_widget_class_bind_template_child (widget_class, BsSidebar, model_card);
  gtk_widget_class_bind_template_callback (widget_class, on_threshold_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_option_changed);
}

static void
bs_sidebar_init (BsSidebar *self)
{
  bs_options_init (&self->options);
  self->wanted = self->own = self->options;
  self->threshold = self->own_threshold = BS_DEFAULT_THRESHOLD;
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bs_sidebar_setup (BsSidebar *self, BsPresenter *presenter, const BsOptions *options, double threshold)
{
  g_return_if_fail (BS_IS_SIDEBAR (self));
  g_return_if_fail (self->presenter == NULL);

  self->presenter = g_object_ref (presenter);
  self->options = self->wanted = self->own = *options;
  self->threshold = self->own_threshold = threshold;
  bs_switch_panel_set_options (self->switch_panel, options);
  bs_signal_panel_set_threshold (self->signal_panel, threshold);
  g_signal_connect_object (presenter, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (presenter, "state-changed", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (presenter, "switched", G_CALLBACK (on_switched), self, G_CONNECT_SWAPPED);
}

void
bs_sidebar_set_model (BsSidebar *self, BsModel *model, const char *path)
{
  g_return_if_fail (BS_IS_SIDEBAR (self));
  bs_model_card_set_model (self->model_card, model, path);
  if (model == NULL)
    return;
  bs_options_note_model (&self->options, model);
  self->wanted.pruned = self->own.pruned = self->options.pruned;
  bs_switch_panel_set_options (self->switch_panel, &self->options);
}

void
bs_sidebar_set_effect (BsSidebar *self, BsOption option, const char *text)
{
  g_return_if_fail (BS_IS_SIDEBAR (self));

  bs_switch_panel_set_effect (self->switch_panel, option, text);
}

BsFidelityPanel *
bs_sidebar_fidelity_panel (BsSidebar *self)
{
  return self->fidelity_panel;
}

const BsOptions *
bs_sidebar_options (BsSidebar *self)
{
  return &self->options;
}

void
bs_sidebar_set_threshold (BsSidebar *self, double threshold)
{
  bs_signal_panel_set_threshold (self->signal_panel, threshold);
  on_threshold_changed (self->signal_panel, threshold, self);
}

void
bs_sidebar_begin (BsSidebar *self, const BsOptions *options, double threshold)
{
  g_return_if_fail (BS_IS_SIDEBAR (self));
  self->options = self->wanted = *options;
  self->threshold = threshold;
  bs_switch_panel_set_options (self->switch_panel, options);
  bs_signal_panel_set_threshold (self->signal_panel, threshold);
}

const BsOptions *
bs_sidebar_own_options (BsSidebar *self)
{
  return &self->own;
}

double
bs_sidebar_own_threshold (BsSidebar *self)
{
  return self->own_threshold;
}
