#include "app/bs-journal-columns.h"

#include <glib/gi18n.h>

#include "app/bs-bar-name.h"
#include "app/bs-journal-run-model.h"
#include "ui/bs-accessible.h"
#include "ui/bs-column-heads.h"
#include "ui/bs-number.h"

#define TEXT_LENGTH 128
#define ITEM_KEY "bs-item"
#define HANDLER_KEY "bs-handler"

static void
write_local_time (char *text, gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);
  g_autofree char *written = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("–");
  g_strlcpy (text, written, TEXT_LENGTH);
}

static void
write_started (char *text, const BsJournalRunRow *row)
{
  write_local_time (text, row->started_us);
}

static void
write_instrument (char *text, const BsJournalRunRow *row)
{
  char number[BS_NUMBER_LENGTH];
  if (row->n_instruments > 1)
    {
      g_snprintf (text, TEXT_LENGTH, g_dngettext (NULL, "%s instrument", "%s instruments", row->n_instruments),
                  bs_number_format_count (number, row->n_instruments));
      return;
    }
  g_autofree char *length = bs_bar_length_text (row->bar_length_us);
  g_snprintf (text, TEXT_LENGTH, *length != '\0' ? "%s · %s" : "%s%s", row->instrument, length);
}

static void
write_kind (char *text, const BsJournalRunRow *row)
{
  static const char *const titles[BS_N_JOURNAL_RUN_KINDS]
    = { N_ ("Replay"), N_ ("Growing file"), N_ ("HTTP"), N_ ("WebSocket"), N_ ("Redis") };
  g_strlcpy (text, _ (titles[row->kind]), TEXT_LENGTH);
}

static void
write_lasted (char *text, const BsJournalRunRow *row)
{
  if (row->ended_us == 0)
    {
      g_strlcpy (text, _ ("goes on"), TEXT_LENGTH);
      return;
    }
  gint64 s = MAX (0, row->ended_us - row->started_us) / G_USEC_PER_SEC;
  g_snprintf (text, TEXT_LENGTH, "%" G_GINT64_FORMAT ":%02d:%02d", s / 3600, (int) (s / 60 % 60), (int) (s % 60));
}

static void
write_bars (char *text, const BsJournalRunRow *row)
{
  bs_number_format_count (text, row->n_bars);
}

static void
write_signals (char *text, const BsJournalRunRow *row)
{
  bs_number_format_count (text, row->n_signals);
}

static void
write_long (char *text, const BsJournalRunRow *row)
{
  bs_number_format_count (text, row->n_long);
}

static void
write_short (char *text, const BsJournalRunRow *row)
{
  bs_number_format_count (text, row->n_short);
}

static void
write_model (char *text, const BsJournalRunRow *row)
{
  if (row->model_name != NULL)
    g_strlcpy (text, row->model_name, TEXT_LENGTH);
  else
    g_snprintf (text, TEXT_LENGTH, "%.12s", row->model_hash != NULL ? row->model_hash : "–");
}

static const struct
{
  const char *title;
  void (*write) (char *text, const BsJournalRunRow *row);
  gboolean number;
  gboolean expand;
} columns[] = {
  { N_ ("Began"), write_started, FALSE, FALSE },  { N_ ("Instrument"), write_instrument, FALSE, FALSE },
  { N_ ("Source"), write_kind, FALSE, FALSE },    { N_ ("Lasted"), write_lasted, TRUE, FALSE },
  { N_ ("Bars"), write_bars, TRUE, FALSE },       { N_ ("Signals"), write_signals, TRUE, FALSE },
  { N_ ("Long"), write_long, TRUE, FALSE },       { N_ ("Short"), write_short, TRUE, FALSE },
  { N_ ("Model"), write_model, FALSE, TRUE },
};

static void
show_cell (GtkListItem *item, guint column)
{
  char text[TEXT_LENGTH] = "";
  const BsJournalRunRow *row = bs_journal_run_item_row (gtk_list_item_get_item (item));
  if (row != NULL)
    columns[column].write (text, row);
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
  if (column == 0)
    bs_accessible_name_row (gtk_list_item_get_child (item), text);
}

static void
on_cell_changed (BsJournalRunItem *run, GtkListItem *item)
{
  show_cell (item, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (gtk_list_item_get_child (item)), ITEM_KEY)));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  guint n = GPOINTER_TO_UINT (column);
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), columns[n].number ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), columns[n].expand ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_add_css_class (label, "bs-numbers");
  g_object_set_data (G_OBJECT (label), ITEM_KEY, column);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  gulong handler = g_signal_connect (gtk_list_item_get_item (item), "changed", G_CALLBACK (on_cell_changed), item);
  g_object_set_data (G_OBJECT (item), HANDLER_KEY, GSIZE_TO_POINTER (handler));
  show_cell (item, GPOINTER_TO_UINT (column));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  g_signal_handler_disconnect (gtk_list_item_get_item (item),
                               GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (item), HANDLER_KEY)));
}

void
bs_journal_columns_add (GtkColumnView *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GUINT_TO_POINTER (i));
      GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[i].title), factory);
      gtk_column_view_column_set_expand (column, columns[i].expand);
      gtk_column_view_append_column (table, column);
      if (columns[i].number)
        bs_column_heads_align_end (table, i);
      g_object_unref (column);
    }
}
