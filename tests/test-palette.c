/* test-palette.c: colours are there in every scheme, and text in them can be read */
#include <adwaita.h>

#include "ui/bs-palette.h"

static guint n_calls;

static void
count_call (GtkWidget *widget)
{
  n_calls++;
}

static void
test_contrast (void)
{
  GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };

  g_assert_cmpfloat_with_epsilon (bs_palette_contrast (&black, &white), 21.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (bs_palette_contrast (&white, &black), 21.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (bs_palette_contrast (&white, &white), 1.0, 1e-9);
}

/* Every role is visible on the background, and its text form meets WCAG's 4.5:1, in light and dark, with each pair. */
static void
test_schemes (void)
{
  AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };
  GtkWidget *widget = g_object_ref_sink (gtk_label_new (NULL));

  for (guint s = 0; s < G_N_ELEMENTS (schemes); s++)
    for (BsUpDown pair = BS_UP_DOWN_GREEN_RED; pair <= BS_UP_DOWN_BLUE_ORANGE; pair++)
      {
        BsPalette palette;

        adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[s]);
        bs_palette_set_up_down (pair);
        bs_palette_read (&palette, widget);
        g_assert_cmpint (palette.dark, ==, s == 1);
        g_assert_cmpfloat (bs_palette_contrast (bs_palette_get (&palette, BS_COLOR_FOREGROUND),
                                                bs_palette_get (&palette, BS_COLOR_BACKGROUND)),
                           >, 7.0);
        for (guint i = 0; i < BS_N_COLORS; i++)
          {
            GdkRGBA text;

            g_assert_cmpfloat (palette.colors[i].alpha, >, 0);
            if (i == BS_COLOR_BACKGROUND || i == BS_COLOR_ON_LABEL)
              continue;
            bs_palette_readable (&palette, i, &text);
            g_assert_cmpfloat (text.alpha, ==, 1);
            g_assert_cmpfloat (bs_palette_contrast (&text, bs_palette_get (&palette, BS_COLOR_BACKGROUND)), >=, 4.5);
          }
        g_assert_cmpfloat_with_epsilon (bs_palette_get (&palette, BS_COLOR_GRID)->alpha, 0.08, 1e-6);
        g_assert_false (
          gdk_rgba_equal (bs_palette_get (&palette, BS_COLOR_UP), bs_palette_get (&palette, BS_COLOR_DOWN)));
        g_assert_true (
          gdk_rgba_equal (bs_palette_get (&palette, BS_COLOR_UP), bs_palette_get (&palette, BS_COLOR_LONG)));
      }
  bs_palette_set_up_down (BS_UP_DOWN_GREEN_RED);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  g_object_unref (widget);
}

static void
test_custom (void)
{
  GtkWidget *widget = g_object_ref_sink (gtk_label_new (NULL));
  GdkRGBA up = { 0, 1, 1, 1 }, down = { 1, 0, 1, 1 };
  BsPalette palette;

  bs_palette_set_custom_up_down (&up, &down);
  g_assert_cmpint (bs_palette_get_up_down (), ==, BS_UP_DOWN_CUSTOM);
  bs_palette_read (&palette, widget);
  g_assert_true (gdk_rgba_equal (bs_palette_get (&palette, BS_COLOR_UP), &up));
  g_assert_true (gdk_rgba_equal (bs_palette_get (&palette, BS_COLOR_SHORT), &down));
  bs_palette_set_up_down (BS_UP_DOWN_GREEN_RED);
  g_object_unref (widget);
}

static void
test_watch (void)
{
  GtkWidget *widget = g_object_ref_sink (gtk_label_new (NULL));

  n_calls = 0;
  bs_palette_watch (widget, count_call);
  bs_palette_set_up_down (BS_UP_DOWN_BLUE_ORANGE);
  g_assert_cmpuint (n_calls, ==, 1);
  bs_palette_set_up_down (BS_UP_DOWN_BLUE_ORANGE);
  g_assert_cmpuint (n_calls, ==, 1);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_cmpuint (n_calls, ==, 2);
  g_assert_finalize_object (widget);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  bs_palette_set_up_down (BS_UP_DOWN_GREEN_RED);
  g_assert_cmpuint (n_calls, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  adw_init ();
  g_test_add_func ("/palette/contrast", test_contrast);
  g_test_add_func ("/palette/schemes", test_schemes);
  g_test_add_func ("/palette/custom", test_custom);
  g_test_add_func ("/palette/watch", test_watch);
  return g_test_run ();
}
