#include "app/bs-replay-controls.h"

#include <glib/gi18n.h>

struct _BsReplayControls
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *play_button;
  GtkMenuButton *speed_button;
  GtkLabel *speed_label;
  BsTransport *transport;
  int shown_playing; /* -1: nothing yet */
};

G_DEFINE_FINAL_TYPE (BsReplayControls, bs_replay_controls, GTK_TYPE_WIDGET)

static void
on_changed (BsReplayControls *self)
{
  gboolean playing = bs_transport_is_playing (self->transport);
  if (playing != self->shown_playing)
    {
      const char *name = playing ? _ ("Pause") : _ ("Play");
      self->shown_playing = playing;
      gtk_button_set_icon_name (GTK_BUTTON (self->play_button),
                                playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
      gtk_widget_set_tooltip_text (self->play_button, playing ? _ ("Pause (Space)") : _ ("Play (Space)"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }

  const BsReplaySpeed *speed = bs_replay_speed_nth (bs_transport_speed (self->transport));
  const char *title = _ (speed->title);
  if (g_strcmp0 (gtk_label_get_text (self->speed_label), title) != 0)
    {
      g_autofree char *name
        = g_strdup_printf (speed->real_time > 0 ? _ ("Replay speed: %s real time") : _ ("Replay speed: %s"), title);
      gtk_label_set_text (self->speed_label, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
}

static GMenuModel *
speed_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) by_bars = g_menu_new ();
  g_autoptr (GMenu) by_time = g_menu_new ();
  const BsReplaySpeed *speed;
  for (guint i = 0; (speed = bs_replay_speed_nth (i)) != NULL; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (speed->title), NULL);
      g_menu_item_set_action_and_target (item, "win.speed", "u", i);
      g_menu_append_item (speed->real_time > 0 ? by_time : by_bars, item);
    }
  g_menu_append_section (menu, _ ("Bars a Second"), G_MENU_MODEL (by_bars));
  g_menu_append_section (menu, _ ("Times Real Time"), G_MENU_MODEL (by_time));
  return G_MENU_MODEL (menu);
}

static void
bs_replay_controls_dispose (GObject *object)
{
  BsReplayControls *self = BS_REPLAY_CONTROLS (object);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (bs_replay_controls_parent_class)->dispose (object);
}

static void
bs_replay_controls_class_init (BsReplayControlsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_replay_controls_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/replay-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, BsReplayControls, box);
  gtk_widget_class_bind_template_child (widget_class, BsReplayControls, play_button);
  gtk_widget_class_bind_template_child (widget_class, BsReplayControls, speed_button);
  gtk_widget_class_bind_template_child (widget_class, BsReplayControls, speed_label);
}

static void
bs_replay_controls_init (BsReplayControls *self)
{
  g_autoptr (GMenuModel) menu = speed_menu ();
  self->shown_playing = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_menu_model (self->speed_button, menu);
}

void
bs_replay_controls_set_transport (BsReplayControls *self, BsTransport *transport)
{
  g_return_if_fail (BS_IS_REPLAY_CONTROLS (self));
  g_set_object (&self->transport, transport);
  g_signal_connect_object (transport, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
}
