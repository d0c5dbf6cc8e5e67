/* test-why-panel.c: the explanation in the signal panel: what it says */
#include <adwaita.h>

#include "ui/panels/bs-why-panel.h"

static void
make_why (BsWhy *why)
{
  *why = (BsWhy){ .time_us = 1, .row = 9, .klass = BS_CLASS_LONG, .complete = TRUE, .n_bars = 4 };
  for (guint i = 0; i < BS_N_FEATURES; i++)
    {
      why->features[i] = (i % 2 ? -0.01 : 0.01) * (BS_N_FEATURES - i);
      why->order[i] = i;
    }
  for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++)
    why->groups[i] = (i % 2 || i == 0 ? 1 : -1) * (i + 0.5);
  for (guint i = 0; i < why->n_bars; i++)
    why->bars[i] = i % 2 ? -1.0 : 0.5;
}

static void
check_description (GtkWidget *panel, const char *expected)
{
  g_autofree char *difference
    = gtk_test_accessible_check_property (GTK_ACCESSIBLE (panel), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, expected);

  if (difference != NULL)
    g_error ("description: %s, expected %s", difference, expected);
}

static void
test_panel (void)
{
  GtkWidget *window = g_object_ref_sink (gtk_window_new ());
  GtkWidget *panel = bs_why_panel_new ();
  BsWhy why;
  int minimum, natural;

  gtk_window_set_child (GTK_WINDOW (window), panel);
  check_description (panel, "no signal to explain");
  make_why (&why);
  bs_why_panel_set (BS_WHY_PANEL (panel), &why, FALSE, FALSE);
  check_description (panel, "open +0.62, high -0.61, low +0.60, close -0.59, hurst h +0.58; Hurst +0.50, ATR +1.50, Rolling statistics -2.50, "
                            "Order flow +3.50, Secondary series -4.50");

  /* as many rows as it has room for, whatever it shows */
  gtk_widget_measure (panel, GTK_ORIENTATION_VERTICAL, -1, &minimum, &natural, NULL, NULL);
  bs_why_panel_set (BS_WHY_PANEL (panel), NULL, FALSE, FALSE);
  check_description (panel, "no signal to explain");
  {
    int minimum_now, natural_now;

    gtk_widget_measure (panel, GTK_ORIENTATION_VERTICAL, -1, &minimum_now, &natural_now, NULL, NULL);
    g_assert_cmpint (minimum, ==, minimum_now);
    g_assert_cmpint (natural, ==, natural_now);
  }
  /* Of a bar that the user has chosen: also why there is nothing to see. */
  bs_why_panel_set (BS_WHY_PANEL (panel), NULL, TRUE, FALSE);
  check_description (panel, "being explained…");
  why.state = BS_WHY_WARMING_UP;
  why.rows_missing = 1;
  bs_why_panel_set (BS_WHY_PANEL (panel), &why, TRUE, FALSE);
  check_description (panel, "no signal: 1 bar too early");
  why.rows_missing = 12;
  bs_why_panel_set (BS_WHY_PANEL (panel), &why, TRUE, FALSE);
  check_description (panel, "no signal: 12 bars too early");
  why.state = BS_WHY_NOT_HELD;
  bs_why_panel_set (BS_WHY_PANEL (panel), &why, TRUE, FALSE);
  check_description (panel, "this bar is no longer held");
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/why-panel/panel", test_panel);
  return g_test_run ();
}
