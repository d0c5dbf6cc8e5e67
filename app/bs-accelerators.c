#include "app/bs-accelerators.h"

static const struct
{
  const char *action;
  const char *accels[3];
} accelerators[] = {
  { "win.open", { "<Control>o" } },
  { "win.open-folder", { "<Control><Shift>o" } },
  { "win.connect", { "<Control>l" } },
  { "win.reload", { "<Control>r" } },
  { "win.record", { "<Control><Shift>r" } },
  { "win.close-bars", { "<Control><Shift>w" } },
  { "win.file-details", { "<Control>i" } },
  { "window.close", { "<Control>w" } },
  { "app.quit", { "<Control>q" } },
  { "app.shortcuts", { "<Control>question" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.alerts", { "F7" } },
  { "win.watchlist", { "F8" } },
  { "win.sidebar", { "F9" } },
  { "win.fullscreen", { "F11" } },
  { "win.play", { "<Control>space" } },
  { "win.step", { "<Control>Right" } },
  { "win.faster", { "<Control>Up" } },
  { "win.slower", { "<Control>Down" } },
  { "win.restart", { "<Control>BackSpace" } },
  { "win.newest", { "<Control>End" } },
  { "win.oldest", { "<Control>Home" } },
  { "win.zoom-in", { "<Control>plus", "<Control>equal" } },
  { "win.zoom-out", { "<Control>minus" } },
  { "win.zoom-all", { "<Control>0" } },
  { "win.pan-left", { "<Alt>Left" } },
  { "win.pan-right", { "<Alt>Right" } },
  { "win.page::chart", { "<Alt>1" } },
  { "win.page::latency", { "<Alt>2" } },
  { "win.page::log", { "<Alt>3" } },
  { "win.page::lab", { "<Alt>4" } },
  { "win.page::models", { "<Alt>5" } },
  { "win.page::journal", { "<Alt>6" } },
  { "win.page::backtest", { "<Alt>7" } },
  { "win.next-instrument", { "<Alt>Down" } },
  { "win.previous-instrument", { "<Alt>Up" } },
  { "win.charts::1", { "<Control>1" } },
  { "win.charts::2", { "<Control>2" } },
  { "win.charts::4", { "<Control>4" } },
  { "win.charts::6", { "<Control>6" } },
};

static const struct
{
  guint key;
  const char *action;
} plain_keys[] = {
  { GDK_KEY_space, "win.play" },
  { GDK_KEY_period, "win.step" },
  { GDK_KEY_bracketright, "win.faster" },
  { GDK_KEY_bracketleft, "win.slower" },
};

void
bs_accelerators_install (GtkApplication *application)
{
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (application, accelerators[i].action, accelerators[i].accels);
}

GtkEventController *
bs_accelerators_new_plain (void)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  for (guint i = 0; i < G_N_ELEMENTS (plain_keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (plain_keys[i].key, 0), gtk_named_action_new (plain_keys[i].action)));
  return controller;
}
