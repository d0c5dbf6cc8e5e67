#include "app/bs-journal-page.h"

#include <glib/gi18n.h>

#include "app/bs-journal-columns.h"
#include "app/bs-journal-deletion.h"
#include "app/bs-journal-difference-view.h"
#include "app/bs-journal-run-model.h"
#include "app/journal/bs-journal-compare.h"
#include "ui/bs-accessible.h"
#include "ui/bs-number.h"

/* How often the list looks for what is new, while it is seen. */
#define REFRESH_MSEC 2000

struct _BsJournalPage
{
  GtkWidget parent_instance;

  BsJournal *journal; /* (nullable) */
  BsJournalRunModel *model;
  GtkMultiSelection *selection;
  GtkColumnView *table;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkLabel *count;
  GtkDropDown *filter;
  GtkPaned *paned;
  BsJournalDifferenceView *differences;
  GtkWidget *back, *export;
  BsJournalDeletion *deletion; /* (nullable) */
  gint64 compared; /* the first of the two */
  gint64 entered;  /* the session of many instruments that is looked into: BsJournalRunInfo.watch; 0: none */
  guint refresh_timer;
  gint cancelled; /* atomic: comparisons that run are not wanted */
};

G_DEFINE_FINAL_TYPE (BsJournalPage, bs_journal_page, GTK_TYPE_WIDGET)

enum
{
  SHOW_RUN,
  EXPORT,
  MESSAGE,
  TOAST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The choices of the filter. */
static const struct
{
  const char *title;
  BsJournalRunFilter filter;
} filters[] = {
  { N_ ("All sessions"), { .kind = -1, .sessions = TRUE } },
  { N_ ("Live feeds"), { .kind = -1, .feeds_only = TRUE, .sessions = TRUE } },
  { N_ ("Replays"), { .kind = BS_JOURNAL_RUN_REPLAY, .sessions = TRUE } },
};

static void
say (BsJournalPage *self, const char *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

/* What is selected. */

/* (element-type BsJournalRunRow) (transfer container): in the order of the list, without those that are still being read. */
static GPtrArray *
selected_rows (BsJournalPage *self)
{
  GPtrArray *rows = g_ptr_array_new ();
  if (self->selection == NULL)
    return rows;
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint64 n = gtk_bitset_get_size (set);
  for (guint64 i = 0; i < n; i++)
    {
      g_autoptr (BsJournalRunItem) item
        = g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_nth (set, (guint) i));
      const BsJournalRunRow *row = item != NULL ? bs_journal_run_item_row (item) : NULL;
      if (row != NULL)
        g_ptr_array_add (rows, (gpointer) row);
    }
  return rows;
}

const BsJournalRunRow *
bs_journal_page_selected_run (BsJournalPage *self)
{
  g_autoptr (GPtrArray) rows = selected_rows (self);
  return rows->len == 1 ? g_ptr_array_index (rows, 0) : NULL;
}

static void
update_actions (BsJournalPage *self)
{
  g_autoptr (GPtrArray) rows = selected_rows (self);
  gboolean ended = rows->len > 0, alone = TRUE;
  for (guint i = 0; i < rows->len; i++)
    {
      const BsJournalRunRow *row = g_ptr_array_index (rows, i);
      ended = ended && row->ended_us != 0;
      alone = alone && row->n_instruments == 1;
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "journal.show", rows->len == 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "journal.export", rows->len == 1 && alone);
  gtk_widget_set_sensitive (self->export, rows->len == 1 && alone);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "journal.compare", rows->len == 2 && alone);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "journal.delete", ended);
}

static void
show_list (BsJournalPage *self)
{
  char number[BS_NUMBER_LENGTH];
  guint n = self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
  const char *problem = self->model != NULL ? bs_journal_run_model_problem (self->model) : NULL;
  gboolean filtered = gtk_drop_down_get_selected (self->filter) != 0;
  g_autofree char *text
    = g_strdup_printf (self->entered != 0 ? g_dngettext (NULL, "%s instrument watched", "%s instruments watched together", n)
                                          : g_dngettext (NULL, "%s session", "%s sessions", n),
                       bs_number_format_count (number, n));
  if (g_strcmp0 (text, gtk_label_get_text (self->count)) != 0)
    gtk_label_set_text (self->count, text);
  if (n == 0)
    {
      adw_status_page_set_title (self->empty, self->journal == NULL ? _ ("The Journal Is Off")
                                              : problem != NULL     ? _ ("The Journal Cannot Be Read")
                                              : filtered            ? _ ("No Such Sessions")
                                                                    : _ ("No Sessions Yet"));
      adw_status_page_set_description (
        self->empty, self->journal == NULL ? _ ("Nothing of what happens is kept: “Keep What Happens” is off in the preferences, or "
                                                "Barscope was started with --no-journal.")
                     : problem != NULL     ? problem
                                           : _ ("What is replayed or comes from a feed is kept here, with its signals."));
    }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  update_actions (self);
}

static gboolean
on_refresh_timer (gpointer data)
{
  BsJournalPage *self = data;
  bs_journal_run_model_refresh (self->model);
  return G_SOURCE_CONTINUE;
}

static void
set_refreshing (BsJournalPage *self, gboolean refreshing)
{
  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  if (!refreshing || self->model == NULL)
    return;
  bs_journal_run_model_refresh (self->model);
  self->refresh_timer = g_timeout_add (REFRESH_MSEC, on_refresh_timer, self);
}

static void
bs_journal_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bs_journal_page_parent_class)->map (widget);
  set_refreshing (BS_JOURNAL_PAGE (widget), TRUE);
}

static void
bs_journal_page_unmap (GtkWidget *widget)
{
  set_refreshing (BS_JOURNAL_PAGE (widget), FALSE);
  GTK_WIDGET_CLASS (bs_journal_page_parent_class)->unmap (widget);
}

/* Actions. */

/* Lists the instruments that were watched together. */
static void
enter (BsJournalPage *self, const BsJournalRunRow *row)
{
  const BsJournalRunFilter filter = { .kind = -1, .watch = row->watch };
  self->entered = row->watch;
  gtk_widget_set_visible (self->back, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->filter), FALSE);
  bs_journal_run_model_set_filter (self->model, &filter);
  gtk_widget_grab_focus (self->back);
}

static void
show (BsJournalPage *self, const BsJournalRunRow *row)
{
  if (row == NULL)
    return;
  if (row->n_instruments > 1)
    enter (self, row);
  else
    g_signal_emit (self, signals[SHOW_RUN], 0, row->id, G_MAXINT64);
}

static void
on_show (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show (BS_JOURNAL_PAGE (widget), bs_journal_page_selected_run (BS_JOURNAL_PAGE (widget)));
}

static void
on_activate (GtkColumnView *table, guint position, BsJournalPage *self)
{
  g_autoptr (BsJournalRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  show (self, item != NULL ? bs_journal_run_item_row (item) : NULL);
}

static void
on_export (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[EXPORT], 0, g_variant_get_string (parameter, NULL));
}

/* Two runs, compared on a thread. */
typedef struct
{
  char *path;
  BsJournalRunRow *rows[2];
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;
  g_free (work->path);
  bs_journal_run_row_free (work->rows[0]);
  bs_journal_run_row_free (work->rows[1]);
  g_free (work);
}

static void
compare_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (work->path, &error);
  BsJournalComparison *comparison
    = reader != NULL ? bs_journal_compare (reader, work->rows[0]->id, work->rows[1]->id,
                                           &BS_JOURNAL_PAGE (source)->cancelled, &error)
                     : NULL;
  if (comparison != NULL)
    g_task_return_pointer (task, comparison, (GDestroyNotify) bs_journal_comparison_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_compared (GObject *object, GAsyncResult *result, gpointer data)
{
  BsJournalPage *self = BS_JOURNAL_PAGE (object);
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  BsJournalComparison *comparison = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->differences == NULL)
    {
      bs_journal_comparison_free (comparison);
      return; /* the page is gone */
    }
  if (comparison == NULL)
    {
      say (self, error->message);
      return;
    }
  self->compared = work->rows[0]->id;
  bs_journal_difference_view_set (self->differences, comparison, work->rows[0], work->rows[1]);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->differences)))
    gtk_paned_set_position (self->paned, gtk_widget_get_height (GTK_WIDGET (self->paned)) / 2);
  gtk_widget_set_visible (GTK_WIDGET (self->differences), TRUE);
}

static void
start_work (BsJournalPage *self, Work *work, GTaskThreadFunc func, GAsyncReadyCallback done)
{
  work->path = g_strdup (bs_journal_path (self->journal));
  g_autoptr (GTask) task = g_task_new (self, NULL, done, NULL);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, func);
}

static void
on_compare (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsJournalPage *self = BS_JOURNAL_PAGE (widget);
  g_autoptr (GPtrArray) rows = selected_rows (self);
  if (rows->len != 2)
    return;
  Work *work = g_new0 (Work, 1);
  /* The older one is the first. */
  for (guint i = 0; i < 2; i++)
    work->rows[1 - i] = bs_journal_run_row_copy (g_ptr_array_index (rows, i));
  start_work (self, work, compare_in_thread, on_compared);
}

static void
on_difference_activated (BsJournalDifferenceView *view, gint64 time_us, BsJournalPage *self)
{
  g_signal_emit (self, signals[SHOW_RUN], 0, self->compared, time_us);
}

static void
on_differences_closed (BsJournalDifferenceView *view, BsJournalPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (view), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

/* Deleting: it can be undone for as long as its toast is there. */

static void
on_deletion (BsJournalDeletion *deletion, const char *problem, gpointer data)
{
  BsJournalPage *self = data;
  if (problem != NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("Not deleted: %s"), problem);
      say (self, text);
    }
  bs_journal_run_model_refresh (self->model);
}

static void
on_delete (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsJournalPage *self = BS_JOURNAL_PAGE (widget);
  g_autoptr (GPtrArray) rows = selected_rows (self);
  if (rows->len == 0)
    return;
  g_autoptr (AdwToast) toast = bs_journal_deletion_begin (self->deletion, rows);
  g_signal_emit (self, signals[TOAST], 0, toast);
}

static void
on_filter (BsJournalPage *self)
{
  guint n = gtk_drop_down_get_selected (self->filter);
  self->entered = 0;
  gtk_widget_set_visible (self->back, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->filter), TRUE);
  if (self->model != NULL && n < G_N_ELEMENTS (filters))
    bs_journal_run_model_set_filter (self->model, &filters[n].filter);
}

static void
on_back (GtkButton *button, BsJournalPage *self)
{
  on_filter (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

void
bs_journal_page_set_journal (BsJournalPage *self, BsJournal *journal)
{
  g_return_if_fail (BS_IS_JOURNAL_PAGE (self) && self->model == NULL);
  if (journal != NULL)
    {
      self->journal = bs_journal_ref (journal);
      self->model = bs_journal_run_model_new (bs_journal_path (journal));
      bs_journal_run_model_set_filter (self->model, &filters[0].filter);
      self->deletion = bs_journal_deletion_new (bs_journal_path (journal), on_deletion, self);
      g_signal_connect_object (self->model, "refreshed", G_CALLBACK (show_list), self, G_CONNECT_SWAPPED);
      self->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
      g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
      gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
    }
  show_list (self);
}

/* Widgets. */

static GtkWidget *
new_button (const char *title, const char *tooltip, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (title);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GtkWidget *
new_toolbar (BsJournalPage *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *titles[G_N_ELEMENTS (filters) + 1] = { NULL };
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    titles[i] = _ (filters[i].title);
  self->filter = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (titles));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->filter), _ ("Which sessions are listed"));
  bs_accessible_name_parts (GTK_WIDGET (self->filter), GTK_TYPE_TOGGLE_BUTTON, _ ("Which sessions are listed"));
  g_signal_connect_object (self->filter, "notify::selected", G_CALLBACK (on_filter), self, G_CONNECT_SWAPPED);
  self->back = gtk_button_new_with_label (_ ("Back"));
  gtk_widget_set_tooltip_text (self->back, _ ("Back to all sessions"));
  gtk_widget_set_visible (self->back, FALSE);
  g_signal_connect (self->back, "clicked", G_CALLBACK (on_back), self);
  gtk_box_append (GTK_BOX (bar), self->back);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->filter));

  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "bs-numbers");
  gtk_widget_set_hexpand (GTK_WIDGET (self->count), TRUE);
  gtk_label_set_xalign (self->count, 0);
  gtk_label_set_ellipsize (self->count, PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_start (GTK_WIDGET (self->count), 6);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->count));

  gtk_box_append (GTK_BOX (bar), new_button (_ ("Show on Chart"), _ ("Look at the selected session again"), "journal.show"));
  gtk_box_append (GTK_BOX (bar),
                  new_button (_ ("Compare"), _ ("How the signals of the two selected sessions agree"), "journal.compare"));
  g_autoptr (GMenu) menu = g_menu_new ();
  g_menu_append (menu, _ ("_CSV…"), "journal.export::csv");
  g_menu_append (menu, _ ("_JSON…"), "journal.export::json");
  self->export = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->export), _ ("Export"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->export), G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (self->export, _ ("Write the selected session to a file"));
  gtk_box_append (GTK_BOX (bar), self->export);
  gtk_box_append (GTK_BOX (bar), new_button (_ ("Delete"), _ ("Delete the selected sessions; it can be undone for a moment"), "journal.delete"));
  gtk_widget_add_css_class (bar, "bs-log-toolbar");
  return bar;
}

static GtkWidget *
new_list (BsJournalPage *self)
{
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  bs_accessible_name_table (self->table, _ ("Sessions"));
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");
  bs_journal_columns_add (self->table);
  g_signal_connect (self->table, "activate", G_CALLBACK (on_activate), self);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  gtk_widget_set_focusable (scroller, FALSE); /* the table has the keys */

  self->differences = BS_JOURNAL_DIFFERENCE_VIEW (bs_journal_difference_view_new ());
  gtk_widget_set_visible (GTK_WIDGET (self->differences), FALSE);
  g_signal_connect (self->differences, "activated", G_CALLBACK (on_difference_activated), self);
  g_signal_connect (self->differences, "closed", G_CALLBACK (on_differences_closed), self);
  self->paned = GTK_PANED (gtk_paned_new (GTK_ORIENTATION_VERTICAL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->paned), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Sessions and comparison"), -1);
  gtk_paned_set_start_child (self->paned, scroller);
  gtk_paned_set_end_child (self->paned, GTK_WIDGET (self->differences));
  gtk_paned_set_shrink_start_child (self->paned, FALSE);
  gtk_paned_set_shrink_end_child (self->paned, FALSE);
  return GTK_WIDGET (self->paned);
}

static void
bs_journal_page_dispose (GObject *object)
{
  BsJournalPage *self = BS_JOURNAL_PAGE (object);
  GtkWidget *child;
  g_atomic_int_set (&self->cancelled, TRUE);
  set_refreshing (self, FALSE);
  self->differences = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->deletion, bs_journal_deletion_free);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_pointer (&self->journal, bs_journal_unref);
  G_OBJECT_CLASS (bs_journal_page_parent_class)->dispose (object);
}

static void
bs_journal_page_class_init (BsJournalPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_journal_page_dispose;
  widget_class->map = bs_journal_page_map;
  widget_class->unmap = bs_journal_page_unmap;
  signals[SHOW_RUN] = g_signal_new ("show-run", BS_TYPE_JOURNAL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  signals[EXPORT] = g_signal_new ("export", BS_TYPE_JOURNAL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, G_TYPE_STRING);
  signals[MESSAGE] = g_signal_new ("message", BS_TYPE_JOURNAL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TOAST] = g_signal_new ("toast", BS_TYPE_JOURNAL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 ADW_TYPE_TOAST);
  gtk_widget_class_install_action (widget_class, "journal.show", NULL, on_show);
  gtk_widget_class_install_action (widget_class, "journal.compare", NULL, on_compare);
  gtk_widget_class_install_action (widget_class, "journal.export", "s", on_export);
  gtk_widget_class_install_action (widget_class, "journal.delete", NULL, on_delete);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "journal.delete", NULL);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
bs_journal_page_init (BsJournalPage *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Journal"), -1);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (new_toolbar (self), GTK_WIDGET (self));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  self->empty = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (self->empty, "document-open-recent-symbolic");
  bs_accessible_name_parts (GTK_WIDGET (self->empty), GTK_TYPE_SCROLLED_WINDOW, _ ("Journal"));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->empty), "empty");
  gtk_stack_add_named (self->stack, new_list (self), "list");
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  show_list (self);
}
