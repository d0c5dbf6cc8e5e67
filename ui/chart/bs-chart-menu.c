/* bs-chart-menu.c: the chart's menu, by the right button, the Menu key or the button in its corner */
#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/chart/bs-chart-private.h"

typedef struct
{
  const char *label, *action, *target; /* target: (nullable) */
} Item;

static GMenu *
make_section (const Item *items, guint n)
{
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (items[i].label), NULL);

      g_menu_item_set_action_and_target (item, items[i].action, items[i].target != NULL ? "s" : NULL, items[i].target);
      g_menu_append_item (menu, item);
    }
  return menu;
}

static GMenuModel *
make_menu (void)
{
  static const Item styles[] = {
    { N_ ("_Candles"), "chart.price-style", "candles" },
    { N_ ("_Bars"), "chart.price-style", "bars" },
    { N_ ("_Line"), "chart.price-style", "line" },
    { N_ ("_Heikin-Ashi"), "chart.price-style", "heikin-ashi" },
  };
  static const Item axes[] = {
    { N_ ("_Linear"), "chart.price-axis", "linear" },
    { N_ ("Lo_garithmic"), "chart.price-axis", "log" },
    { N_ ("_Percent"), "chart.price-axis", "percent" },
  };
  static const Item shows[] = {
    { N_ ("_Volume"), "chart.show-volume" },
    { N_ ("ATR _Band"), "chart.show-band" },
    { N_ ("_Signals"), "chart.show-signals" },
    { N_ ("Session B_reaks"), "chart.show-session-breaks" },
    { N_ ("Hours _Without Bars"), "chart.true-time" },
    { N_ ("_Last Price"), "chart.show-last-price" },
    { N_ ("_Hurst"), "chart.show-hurst" },
    { N_ ("_ATR"), "chart.show-atr" },
    { N_ ("_Confidence"), "chart.show-confidence" },
  };
  static const Item view[] = {
    { N_ ("_Fit All Bars"), "chart.show-all" },
    { N_ ("_Reset View"), "chart.reset" },
  };
  static const Item explain[] = {
    { N_ ("_Explain This Bar"), "chart.explain-bar" },
  };
  static const Item save[] = {
    { N_ ("Copy _Picture"), "chart.copy" },
    { N_ ("_Save Picture…"), "chart.save" },
  };
  static const Item settings[] = {
    { N_ ("Chart S_ettings…"), "chart.settings" },
  };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) looks = g_menu_new ();
  g_autoptr (GMenu) style = make_section (styles, G_N_ELEMENTS (styles));
  g_autoptr (GMenu) axis = make_section (axes, G_N_ELEMENTS (axes));
  g_autoptr (GMenu) show = make_section (shows, G_N_ELEMENTS (shows));
  g_autoptr (GMenu) view_section = make_section (view, G_N_ELEMENTS (view));
  g_autoptr (GMenu) explain_section = make_section (explain, G_N_ELEMENTS (explain));
  g_autoptr (GMenu) save_section = make_section (save, G_N_ELEMENTS (save));
  g_autoptr (GMenu) settings_section = make_section (settings, G_N_ELEMENTS (settings));

  g_menu_append_submenu (looks, _ ("_Prices As"), G_MENU_MODEL (style));
  g_menu_append_submenu (looks, _ ("Price _Axis"), G_MENU_MODEL (axis));
  g_menu_append_submenu (looks, _ ("Sho_w"), G_MENU_MODEL (show));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (looks));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view_section));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (explain_section));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (save_section));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (settings_section));
  return G_MENU_MODEL (menu);
}

void
bs_chart_menu_popup (BsChart *self, double x, double y)
{
  /* The crosshair leaves with the pointer. */
  self->menu_bar_known = x < self->width - self->axis_width
                         && bs_chart_view_nearest (&self->view, x * self->scale, &self->menu_bar);
  if (self->crosshair_shown)
    {
      self->menu_bar = self->crosshair_bar;
      self->menu_bar_known = TRUE;
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_right_button (GtkGestureClick *gesture, int n_press, double x, double y, BsChart *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  bs_chart_menu_popup (self, x, y);
}

void
bs_chart_menu_init (BsChart *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  self->menu = gtk_popover_menu_new_from_model (NULL);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Chart menu"), -1);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_right_button), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));

  self->menu_button = gtk_button_new_from_icon_name ("view-more-symbolic");
  gtk_widget_add_css_class (self->menu_button, "flat");
  gtk_widget_add_css_class (self->menu_button, "bs-chart-menu");
  gtk_widget_set_tooltip_text (self->menu_button, _ ("Chart menu"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Chart menu"),
                                  -1);
  gtk_widget_set_focus_on_click (self->menu_button, FALSE);
  gtk_widget_set_cursor_from_name (self->menu_button, "default");
  gtk_widget_set_parent (self->menu_button, GTK_WIDGET (self));
}

void
bs_chart_menu_connect (BsChart *self)
{
  g_autoptr (GMenuModel) model = make_menu ();

  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->menu_button), NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->menu_button), "chart.corner-menu");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->newest_button), NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->newest_button), "chart.newest");
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  bs_accessible_name_parts (self->menu, GTK_TYPE_SCROLLED_WINDOW, _ ("Chart menu"));
}

void
bs_chart_menu_allocate (BsChart *self)
{
  int row = bs_chart_time_axis_height (self), size = MIN (row, BS_CHART_MENU_PX);
  GskTransform *at = gsk_transform_translate (
    NULL, &GRAPHENE_POINT_INIT ((float) (self->width - size - 2),
                                (float) (self->height - row + (row - size + 1) / 2)));

  gtk_widget_allocate (self->menu_button, size, size, -1, at);
}
