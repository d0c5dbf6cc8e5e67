#include "app/bs-journal-difference-view.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"

/* A GListModel over the array: an item is made when a row is shown. */

#define BS_TYPE_JOURNAL_DIFFERENCE (bs_journal_difference_get_type ())
G_DECLARE_FINAL_TYPE (BsJournalDifferenceItem, bs_journal_difference, BS, JOURNAL_DIFFERENCE, GObject)
struct _BsJournalDifferenceItem
{
  GObject parent_instance;
  BsJournalDifference difference;
};
G_DEFINE_FINAL_TYPE (BsJournalDifferenceItem, bs_journal_difference, G_TYPE_OBJECT)

static void
bs_journal_difference_class_init (BsJournalDifferenceItemClass *klass)
{
}

static void
bs_journal_difference_init (BsJournalDifferenceItem *self)
{
}

#define BS_TYPE_JOURNAL_DIFFERENCES (bs_journal_differences_get_type ())
G_DECLARE_FINAL_TYPE (BsJournalDifferences, bs_journal_differences, BS, JOURNAL_DIFFERENCES, GObject)
struct _BsJournalDifferences
{
  GObject parent_instance;
  GArray *array; /* (element-type BsJournalDifference) */
};

static GType
get_item_type (GListModel *model)
{
  return BS_TYPE_JOURNAL_DIFFERENCE;
}

static guint
get_n_items (GListModel *model)
{
  return BS_JOURNAL_DIFFERENCES (model)->array->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GArray *array = BS_JOURNAL_DIFFERENCES (model)->array;
  if (position >= array->len)
    return NULL;
  BsJournalDifferenceItem *item = g_object_new (BS_TYPE_JOURNAL_DIFFERENCE, NULL);
  item->difference = g_array_index (array, BsJournalDifference, position);
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BsJournalDifferences, bs_journal_differences, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
bs_journal_differences_finalize (GObject *object)
{
  g_array_unref (BS_JOURNAL_DIFFERENCES (object)->array);
  G_OBJECT_CLASS (bs_journal_differences_parent_class)->finalize (object);
}

static void
bs_journal_differences_class_init (BsJournalDifferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_journal_differences_finalize;
}

static void
bs_journal_differences_init (BsJournalDifferences *self)
{
}

struct _BsJournalDifferenceView
{
  GtkWidget parent_instance;
  GtkLabel *words, *details;
  GtkStack *stack;
  GtkColumnView *table;
};

G_DEFINE_FINAL_TYPE (BsJournalDifferenceView, bs_journal_difference_view, GTK_TYPE_WIDGET)

enum
{
  ACTIVATED,
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One row a column: what it shows of a difference. */
static void
write_time (char *text, const BsJournalDifference *d)
{
  bs_bar_time_format (text, d->time_us);
}

static void
write_price (char *text, const BsJournalDifference *d)
{
  bs_number_format (text, d->price, 2);
}

static void
write_signal (char *text, BsClass klass, double confidence)
{
  char number[BS_NUMBER_LENGTH];
  static const char *const names[BS_N_CLASSES] = { N_ ("short"), N_ ("hold"), N_ ("long") };
  g_snprintf (text, BS_NUMBER_LENGTH, "%s  %s", _ (names[klass]), bs_number_format_percent (number, confidence, 1));
}

static void
write_a (char *text, const BsJournalDifference *d)
{
  write_signal (text, d->klass[0], d->confidence[0]);
}

static void
write_b (char *text, const BsJournalDifference *d)
{
  write_signal (text, d->klass[1], d->confidence[1]);
}

static const struct
{
  const char *title;
  void (*write) (char *text, const BsJournalDifference *d);
  float xalign;
} columns[] = {
  { N_ ("Bar"), write_time, 0 },
  { N_ ("Price"), write_price, 1 },
  { N_ ("First session"), write_a, 1 },
  { N_ ("Second session"), write_b, 1 },
};

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), columns[GPOINTER_TO_UINT (column)].xalign);
  gtk_widget_add_css_class (label, "bs-numbers");
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  char text[MAX (BS_NUMBER_LENGTH, BS_BAR_TIME_LENGTH)];
  BsJournalDifferenceItem *difference = gtk_list_item_get_item (item);
  columns[GPOINTER_TO_UINT (column)].write (text, &difference->difference);
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
  if (GPOINTER_TO_UINT (column) == 0)
    bs_accessible_name_row (gtk_list_item_get_child (item), text);
}

static void
on_activate (GtkColumnView *table, guint position, BsJournalDifferenceView *self)
{
  g_autoptr (BsJournalDifferenceItem) item
    = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (table)), position);
  if (item != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, item->difference.time_us);
}

static void
on_close (GtkButton *button, BsJournalDifferenceView *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
bs_journal_difference_view_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_journal_difference_view_parent_class)->dispose (object);
}

static void
bs_journal_difference_view_class_init (BsJournalDifferenceViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_journal_difference_view_dispose;
  signals[ACTIVATED] = g_signal_new ("activated", BS_TYPE_JOURNAL_DIFFERENCE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[CLOSED] = g_signal_new ("closed", BS_TYPE_JOURNAL_DIFFERENCE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static GtkLabel *
new_words (const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  gtk_widget_add_css_class (GTK_WIDGET (label), "bs-numbers");
  return label;
}

static void
bs_journal_difference_view_init (BsJournalDifferenceView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Comparison"), -1);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  self->words = new_words ("heading");
  self->details = new_words ("dim-label");
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->details));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (header), texts);
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_set_tooltip_text (close, _ ("Close the comparison"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Close the comparison"), -1);
  gtk_widget_add_css_class (close, "flat");
  gtk_widget_set_valign (close, GTK_ALIGN_START);
  g_signal_connect (close, "clicked", G_CALLBACK (on_close), self);
  gtk_box_append (GTK_BOX (header), close);
  gtk_widget_add_css_class (header, "bs-log-toolbar");
  gtk_widget_set_parent (header, GTK_WIDGET (self));

  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  bs_accessible_name_table (self->table, _ ("Signals that differ"));
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[i].title), factory);
      gtk_column_view_column_set_expand (column, TRUE);
      gtk_column_view_append_column (self->table, column);
      g_object_unref (column);
    }
  g_signal_connect (self->table, "activate", G_CALLBACK (on_activate), self);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  gtk_widget_set_focusable (scroller, FALSE);
  gtk_widget_set_vexpand (scroller, TRUE);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, scroller, "table");
  GtkWidget *none = gtk_label_new (_ ("No signal differs"));
  gtk_widget_add_css_class (none, "dim-label");
  gtk_stack_add_named (self->stack, none, "none");
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
}

GtkWidget *
bs_journal_difference_view_new (void)
{
  return g_object_new (BS_TYPE_JOURNAL_DIFFERENCE_VIEW, NULL);
}

static void
describe_run (GString *text, const char *which, const BsJournalRunRow *row)
{
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_local (row->started_us / G_USEC_PER_SEC);
  g_autofree char *when = started != NULL ? g_date_time_format (started, "%Y-%m-%d %H:%M") : g_strdup ("");
  g_string_append_printf (text, "%s%s: %s, %s", text->len > 0 ? "; " : "", which, row->instrument, when);
}

void
bs_journal_difference_view_set (BsJournalDifferenceView *self, BsJournalComparison *comparison,
                                const BsJournalRunRow *a, const BsJournalRunRow *b)
{
  g_return_if_fail (BS_IS_JOURNAL_DIFFERENCE_VIEW (self));
  char n[BS_NUMBER_LENGTH], of[BS_NUMBER_LENGTH], percent[BS_NUMBER_LENGTH];
  g_autofree char *words = NULL;
  guint64 n_common = comparison->n_common;
  if (n_common == 0)
    words = g_strdup (_ ("The two sessions have no bar in common that both have a signal for"));
  else
    words = g_strdup_printf (
      _ ("%s of %s signals agree (%s)"), bs_number_format_count (n, comparison->n_same_class),
      bs_number_format_count (of, n_common),
      bs_number_format_percent (percent, (double) comparison->n_same_class / (double) n_common, 2));
  gtk_label_set_text (self->words, words);

  GString *details = g_string_new (NULL);
  describe_run (details, _ ("First"), a);
  describe_run (details, _ ("second"), b);
  if (n_common > 0)
    g_string_append_printf (details, _ (". Confidence differs by %s on average and %s at most; %s are the same to the bit."),
                            bs_number_format_significant (of, comparison->sum / (double) n_common, 3),
                            bs_number_format_significant (percent, comparison->max, 3),
                            bs_number_format_count (n, comparison->n_same_bits));
  if (comparison->n_only[0] + comparison->n_only[1] > 0)
    g_string_append_printf (details, _ (" %s signals are only in the first, %s only in the second."),
                            bs_number_format_count (n, comparison->n_only[0]),
                            bs_number_format_count (of, comparison->n_only[1]));
  if (comparison->n_other_bar > 0)
    g_string_append_printf (details, _ (" %s bars have other prices."), bs_number_format_count (n, comparison->n_other_bar));
  gtk_label_set_text (self->details, details->str);
  g_string_free (details, TRUE);

  BsJournalDifferences *model = g_object_new (BS_TYPE_JOURNAL_DIFFERENCES, NULL);
  model->array = g_array_ref (comparison->differences);
  gtk_stack_set_visible_child_name (self->stack, model->array->len > 0 ? "table" : "none");
  GtkSingleSelection *selection = gtk_single_selection_new (G_LIST_MODEL (model));
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  bs_journal_comparison_free (comparison);
}
