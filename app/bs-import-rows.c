/* bs-import-rows.c: the first bars of a file, as they would be read, and what would be refused */
#include "app/bs-import-rows.h"

#include <glib/gi18n.h>

#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"

#define MAX_ROWS 6
#define MAX_REFUSED 5

char *
bs_import_time_in_zone (gint64 time_us, const char *zone)
{
  g_autoptr (GTimeZone) there
    = g_str_equal (zone, "local") ? g_time_zone_new_local () : g_time_zone_new_identifier (zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL && there != NULL ? g_date_time_to_timezone (utc, there) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup ("–");
}

static void
add_cell (GtkGrid *grid, int column, int row, const char *text, gboolean right, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), right ? 1 : 0);
  gtk_widget_add_css_class (label, "numeric");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

GtkWidget *
bs_import_rows_new (const BsBarPeek *peek)
{
  GtkWidget *grid = gtk_grid_new ();
  const BsBarFile *file = peek->head;
  guint64 first = bs_bar_series_first (file->series);
  gsize n = MIN (bs_bar_series_length (file->series), MAX_ROWS);
  gboolean starts = bs_bar_series_stamp (file->series) == BS_STAMP_START;
  gboolean two_times = file->has_local_times || !g_str_equal (file->timezone, "UTC");
  g_autofree char *written = g_strdup_printf (starts ? _ ("Bar starts (%s)") : _ ("Bar ends (%s)"), file->timezone);
  g_autofree char *shown = g_strdup_printf (_ ("Bar ends on the chart (%s)"), bs_bar_time_zone (g_get_real_time ()));
  const char *const prices[] = { C_ ("price", "Open"), _ ("High"), _ ("Low"), C_ ("price", "Close"), _ ("Volume") };
  char buffer[BS_BAR_TIME_LENGTH];

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("First bars"), -1);
  add_cell (GTK_GRID (grid), 0, 0, written, FALSE, "caption-heading");
  add_cell (GTK_GRID (grid), 1, 0, shown, FALSE, "caption-heading");
  for (guint c = 0; c < G_N_ELEMENTS (prices); c++)
    add_cell (GTK_GRID (grid), 2 + (int) c, 0, prices[c], TRUE, "caption-heading");
  for (gsize i = 0; i < n; i++)
    {
      BsBar bar;
      int row = (int) i + 1;
      bs_bar_series_get (file->series, first + i, &bar);
      const double values[] = { bar.open, bar.high, bar.low, bar.close };
      g_autofree char *there = bs_import_time_in_zone (bar.time_us, file->timezone);
      add_cell (GTK_GRID (grid), 0, row, there, FALSE, two_times ? NULL : "dim-label");
      add_cell (GTK_GRID (grid), 1, row, bs_bar_time_format (buffer, bs_bar_series_close_time (file->series, first + i)),
                FALSE, NULL);
      for (guint c = 0; c < G_N_ELEMENTS (values); c++)
        {
          char number[BS_NUMBER_LENGTH];
          add_cell (GTK_GRID (grid), 2 + (int) c, row, bs_number_format (number, values[c], file->decimals), TRUE, NULL);
        }
      char volume[BS_NUMBER_LENGTH];
      gboolean whole = bar.volume >= 0 && bar.volume < 1e15 && bar.volume == (double) (guint64) bar.volume;
      add_cell (GTK_GRID (grid), 6, row,
                whole ? bs_number_format_count (volume, (guint64) bar.volume) : bs_number_format (volume, bar.volume, 3),
                TRUE, NULL);
    }
  return grid;
}

GtkWidget *
bs_import_refused_new (const BsBarPeek *peek)
{
  GtkWidget *grid = gtk_grid_new ();
  const GArray *refused = peek->head->refused;
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Refused rows"), -1);
  for (guint i = 0; i < MIN (refused->len, MAX_REFUSED); i++, row++)
    {
      const BsRefusedRow *bad = &g_array_index (refused, BsRefusedRow, i);
      char number[BS_NUMBER_LENGTH];
      g_autofree char *line = g_strdup_printf (_ ("Line %s"), bs_number_format_count (number, bad->line));
      add_cell (GTK_GRID (grid), 0, row, line, FALSE, "dim-label");
      add_cell (GTK_GRID (grid), 1, row, bad->reason, FALSE, NULL);
    }
  if (peek->n_sampled_refused > 0 && peek->sampled_reason != NULL)
    {
      add_cell (GTK_GRID (grid), 0, row, _ ("Further on"), FALSE, "dim-label");
      add_cell (GTK_GRID (grid), 1, row, peek->sampled_reason, FALSE, NULL);
    }
  for (GtkWidget *label = gtk_widget_get_first_child (grid); label != NULL; label = gtk_widget_get_next_sibling (label))
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE), gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  return grid;
}
