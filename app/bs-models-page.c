/* bs-models-page.c: the models that there are, side by side, and training another */
#include "app/bs-models-page.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/bench/bs-machine.h"
#include "app/bs-config.h"
#include "app/bs-paths.h"
#include "app/train/bs-train-job.h"
#include "ui/bs-accessible.h"
#include "ui/bs-number.h"
#include "ui/panels/bs-model-card.h"
#include "ui/panels/bs-model-validation.h"
#include "ui/train/bs-loss-curves.h"

#define POLL_PERIOD_MSEC 100
#define MAX_MODELS 200 /* files of the user's folder that are looked at */

/* One model of the list. */
typedef struct
{
  BsModel *model; /* (nullable): a file that is none */
  char *path;
  char *problem; /* (nullable) */
} Entry;

struct _BsModelsPage
{
  GtkWidget parent_instance;

  GtkSpinButton *bars, *horizon, *epochs, *hidden;
  GtkStack *run_stack;
  GtkWidget *train_button, *cancel_button, *use_button, *chosen, *list_scroller, *cards_scroller;
  GtkProgressBar *progress;
  GtkLabel *status;
  GtkListBox *list;
  BsLossCurves *curves;
  BsModelCard *used_card, *chosen_card;

  BsPresenter *presenter;
  const BsLoaded *loaded;  /* (nullable): the window's */
  BsModel *used;           /* (nullable) */
  char *used_path;         /* (nullable) */
  BsTrainJob *job;         /* (nullable): the training under way */
  guint poll;
  gboolean scanned; /* the user's folder has been read, or is being */
};

G_DEFINE_FINAL_TYPE (BsModelsPage, bs_models_page, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_USE_MODEL,
  SIGNAL_TRAINED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
entry_free (gpointer data)
{
  Entry *self = data;

  bs_model_unref (self->model);
  g_free (self->path);
  g_free (self->problem);
  g_free (self);
}

static Entry *
entry_new (BsModel *model, const char *path, const char *problem)
{
  Entry *self = g_new0 (Entry, 1);

  self->model = model != NULL ? bs_model_ref (model) : NULL;
  self->path = g_strdup (path);
  self->problem = g_strdup (problem);
  return self;
}

/* (transfer full): where trained models are kept */
static char *
models_folder (void)
{
  g_autofree char *folder = bs_path_user_data ();

  return g_build_filename (folder, "models", NULL);
}

/* The list */

static Entry *
row_entry (GtkListBoxRow *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "bs-entry") : NULL;
}

static Entry *
selected_entry (BsModelsPage *self)
{
  return row_entry (gtk_list_box_get_selected_row (self->list));
}

static gboolean
is_used (BsModelsPage *self, const Entry *entry)
{
  return self->used != NULL && entry->model != NULL && g_str_equal (self->used->hash, entry->model->hash);
}

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

/* "54.1 %, better", with the day of a trained one */
static char *
entry_words (BsModelsPage *self, const Entry *entry)
{
  static const char *const verdicts[] = {
    [BS_MODEL_VALIDATION_UNKNOWN] = N_ ("no baseline"),
    [BS_MODEL_VALIDATION_WORSE] = N_ ("no better"),
    [BS_MODEL_VALIDATION_UNSURE] = N_ ("no better"),
    [BS_MODEL_VALIDATION_BETTER] = N_ ("better"),
  };
  const char *text = entry->model != NULL ? bs_model_metadata (entry->model, "validation") : NULL;
  g_autoptr (BsModelValidation) validation = text != NULL ? bs_model_validation_parse (text, NULL) : NULL;
  char percent[BS_NUMBER_LENGTH];

  if (entry->model == NULL)
    return g_strdup (_ ("cannot be read"));
  if (validation == NULL)
    return g_strdup (is_used (self, entry) ? _ ("in use") : _ ("no validation"));
  return g_strdup_printf ("%s%s, %s", is_used (self, entry) ? _ ("in use · ") : "",
                          bs_number_format_percent (percent, validation->accuracy, 1),
                          _ (verdicts[bs_model_validation_verdict (validation)]));
}

static void
fill_row (BsModelsPage *self, GtkListBoxRow *row)
{
  const Entry *entry = row_entry (row);
  const char *name = entry->model != NULL ? bs_model_metadata (entry->model, "name") : NULL;
  g_autofree char *base = g_filename_display_basename (entry->path);
  g_autofree char *words = entry_words (self, entry);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", name != NULL ? name : base, words);

  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  add_label (box, name != NULL ? name : base, is_used (self, entry) ? "heading" : NULL);
  gtk_widget_add_css_class (add_label (box, words, "caption"), "dim-label");
  add_label (box, base, "caption");
  gtk_list_box_row_set_child (row, box);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), entry->problem != NULL ? entry->problem : entry->path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static GtkListBoxRow *
find_row (BsModelsPage *self, const char *path)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_str_equal (row_entry (row)->path, path))
      return row;
  return NULL;
}

/* The row of a file, which is added where there is none. */
static GtkListBoxRow *
add_entry (BsModelsPage *self, Entry *entry, int position)
{
  GtkListBoxRow *row = find_row (self, entry->path);

  if (row == NULL)
    {
      row = GTK_LIST_BOX_ROW (gtk_list_box_row_new ());
      g_object_set_data_full (G_OBJECT (row), "bs-entry", entry, entry_free);
      gtk_list_box_insert (self->list, GTK_WIDGET (row), position);
    }
  else
    g_object_set_data_full (G_OBJECT (row), "bs-entry", entry, entry_free);
  fill_row (self, row);
  return row;
}

static void
update_cards (BsModelsPage *self)
{
  const Entry *entry = selected_entry (self);
  const gboolean other = entry != NULL && entry->model != NULL && !is_used (self, entry);

  bs_model_card_set_model (self->used_card, self->used, self->used_path);
  bs_model_card_set_model (self->chosen_card, entry != NULL ? entry->model : NULL, entry != NULL ? entry->path : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "models.use", other && self->loaded != NULL);
  gtk_widget_set_visible (self->chosen, entry != NULL && !is_used (self, entry));
}

static void
fill_rows (BsModelsPage *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    fill_row (self, row);
  update_cards (self);
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, BsModelsPage *self)
{
  update_cards (self);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, BsModelsPage *self)
{
  update_cards (self);
}

static void
on_use (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsModelsPage *self = BS_MODELS_PAGE (widget);
  const Entry *entry = selected_entry (self);

  if (entry != NULL && entry->model != NULL && !is_used (self, entry))
    g_signal_emit (self, signals[SIGNAL_USE_MODEL], 0, entry->model, entry->path);
}

/* The user's folder, on a thread */

static void
scan_file (GPtrArray *entries, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (path, &error);

  g_ptr_array_add (entries, entry_new (model, path, error != NULL ? error->message : NULL));
}

static void
scan (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autofree char *own = bs_path_resource_file ("default-model.safetensors");
  g_autofree char *folder = models_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  scan_file (entries, own);
  while (dir != NULL && entries->len < MAX_MODELS && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".safetensors"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        scan_file (entries, path);
      }
  g_task_return_pointer (task, g_steal_pointer (&entries), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer data)
{
  BsModelsPage *self = BS_MODELS_PAGE (source);
  g_autoptr (GPtrArray) entries = g_task_propagate_pointer (G_TASK (result), NULL);

  if (entries == NULL || self->presenter == NULL)
    return;
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    add_entry (self, g_ptr_array_index (entries, i), -1);
  update_cards (self);
}

static void
bs_models_page_map (GtkWidget *widget)
{
  BsModelsPage *self = BS_MODELS_PAGE (widget);

  GTK_WIDGET_CLASS (bs_models_page_parent_class)->map (widget);
  if (self->scanned)
    return;
  self->scanned = TRUE;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_scanned, NULL);
  g_task_run_in_thread (task, scan);
}

/* Training */

static void
set_status (BsModelsPage *self, const char *text)
{
  gtk_label_set_text (self->status, text);
}

/* Whether the focus is on one of the controls that a training takes away or brings. */
static gboolean
has_focus (BsModelsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self))
         && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)) && focus != GTK_WIDGET (self->list);
}

static void
update_actions (BsModelsPage *self)
{
  const gboolean running = self->job != NULL, move_focus = has_focus (self);
  GtkWidget *const inputs[] = { GTK_WIDGET (self->bars), GTK_WIDGET (self->horizon), GTK_WIDGET (self->epochs),
                                GTK_WIDGET (self->hidden) };

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "models.train", !running && self->loaded != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "models.cancel", running);
  /* before what has the focus is taken away */
  gtk_stack_set_visible_child (self->run_stack, running ? self->cancel_button : self->train_button);
  if (move_focus)
    gtk_widget_grab_focus (running ? self->cancel_button : self->train_button);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    gtk_widget_set_sensitive (inputs[i], !running);
}

static void
show_epochs (BsModelsPage *self, const GArray *epochs)
{
  for (guint i = 0; i < epochs->len; i++)
    {
      const BsTrainProgress *progress = &g_array_index (epochs, BsTrainProgress, i);

      bs_loss_curves_add (self->curves, progress->fit, progress->epoch.epoch, progress->epoch.training_loss,
                          progress->epoch.validation_loss, progress->epoch.best);
    }
}

static void
show_progress (BsModelsPage *self, const BsTrainJobNews *news)
{
  char percent[BS_NUMBER_LENGTH];
  g_autofree char *text = NULL;

  gtk_progress_bar_set_fraction (self->progress, news->fraction);
  bs_number_format_percent (percent, news->fraction, 0);
  if (isnan (news->seconds_left))
    text = g_strdup (_ ("Training: looking for leaks of the future in the bars…"));
  else if (news->seconds_left < 90)
    text = g_strdup_printf (_ ("Training: %s, %.0f s left at most"), percent, news->seconds_left);
  else
    text = g_strdup_printf (_ ("Training: %s, %.0f min left at most"), percent, ceil (news->seconds_left / 60));
  set_status (self, text);
}

static void
finish (BsModelsPage *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (BsTrainResult) result = bs_train_job_finish (self->job, &path, &error);
  g_autofree char *text = NULL;

  g_clear_pointer (&self->job, bs_train_job_free);
  if (result != NULL)
    {
      GtkListBoxRow *row = add_entry (self, entry_new (result->model, path, NULL), 0);

      gtk_list_box_select_row (self->list, row);
      text = g_strdup_printf ("%s.", result->verdict);
    }
  else if (g_error_matches (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_CANCELLED))
    text = g_strdup (_ ("The training was cancelled; nothing was kept."));
  else
    text = g_strdup_printf (_ ("Not trained: %s"), error->message);
  set_status (self, text);
  update_actions (self);
  g_signal_emit (self, signals[SIGNAL_TRAINED], 0, text);
}

static gboolean
on_poll (gpointer data)
{
  BsModelsPage *self = data;
  BsTrainJobNews news;

  bs_train_job_poll (self->job, &news);
  g_autoptr (GArray) epochs = news.epochs;
  show_epochs (self, epochs);
  if (news.running)
    {
      if (!news.blocked)
        show_progress (self, &news);
      return G_SOURCE_CONTINUE;
    }
  self->poll = 0;
  finish (self);
  return G_SOURCE_REMOVE;
}

static void
on_train (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsModelsPage *self = BS_MODELS_PAGE (widget);

  if (self->job != NULL || self->loaded == NULL)
    return;
  BsBars *bars = self->loaded->bars;
  const BsBarSeries *primary = bars->primary->series;
  BsSession *session = bs_presenter_session (self->presenter);
  g_autofree char *name = g_strdup_printf (_ ("Trained on %s"), bars->instrument);
  g_autofree char *cpu = bs_machine_cpu ();
  g_autofree char *from = bars->primary->path != NULL ? g_filename_display_basename (bars->primary->path) : NULL;
  g_autofree char *folder = models_folder ();
  BsTrainJobSetup setup = { .folder = folder };

  /* With a session its worker gives the bars that it has now, those that came live too; else they are what is shown. */
  if (session == NULL)
    {
      setup.primary = primary;
      setup.secondary = bars->secondary != NULL ? bars->secondary->series : NULL;
      setup.end = bs_bar_series_end (primary);
      setup.owner = bs_bars_ref (bars);
      setup.release = bs_bars_unref;
    }
  bs_train_options_init (&setup.options);
  setup.options.max_bars = (gsize) gtk_spin_button_get_value_as_int (self->bars);
  setup.options.horizon = (guint) gtk_spin_button_get_value_as_int (self->horizon);
  setup.options.epochs = (guint) gtk_spin_button_get_value_as_int (self->epochs);
  setup.options.hidden = (guint) gtk_spin_button_get_value_as_int (self->hidden);
  /* One processor is left to the bars that come live. */
  setup.options.n_threads = g_get_num_processors ();
  if (bs_presenter_is_live (self->presenter) && setup.options.n_threads > 1)
    setup.options.n_threads--;
  setup.options.name = name;
  setup.options.instrument = bars->instrument;
  setup.options.bars_from = from != NULL ? from : bars->instrument;
  setup.options.program = "barscope " BS_VERSION ", " BS_COMPILER ", " BS_BUILD_TYPE;
  setup.options.cpu = cpu;
  bs_loss_curves_begin (self->curves, setup.options.folds + 1, setup.options.epochs);
  gtk_widget_set_visible (GTK_WIDGET (self->curves), TRUE);
  gtk_progress_bar_set_fraction (self->progress, 0);
  set_status (self, _ ("Training: looking for leaks of the future in the bars…"));
  self->job = bs_train_job_start (&setup);
  if (session != NULL)
    bs_session_copy_bars (session, setup.options.max_bars, bs_train_job_give_bars, bs_train_job_ref_for_bars (self->job));
  self->poll = g_timeout_add (POLL_PERIOD_MSEC, on_poll, self);
  update_actions (self);
}

static void
on_cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsModelsPage *self = BS_MODELS_PAGE (widget);

  if (self->job != NULL)
    bs_train_job_cancel (self->job);
}

/* The page */

static void
bs_models_page_dispose (GObject *object)
{
  BsModelsPage *self = BS_MODELS_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_pointer (&self->job, bs_train_job_free);
  g_clear_object (&self->presenter);
  g_clear_pointer (&self->used, bs_model_unref);
  g_clear_pointer (&self->used_path, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_models_page_parent_class)->dispose (object);
}

static void
bs_models_page_class_init (BsModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_models_page_dispose;
  widget_class->map = bs_models_page_map;
  g_type_ensure (BS_TYPE_LOSS_CURVES);
  g_type_ensure (BS_TYPE_MODEL_CARD);
  signals[SIGNAL_USE_MODEL] = g_signal_new ("use-model", BS_TYPE_MODELS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  signals[SIGNAL_TRAINED] = g_signal_new ("trained", BS_TYPE_MODELS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "models.train", NULL, on_train);
  gtk_widget_class_install_action (widget_class, "models.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "models.use", NULL, on_use);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/models-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, bars);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, horizon);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, epochs);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, hidden);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, run_stack);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, train_button);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, use_button);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, chosen);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, list_scroller);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, cards_scroller);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, progress);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, status);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, list);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, curves);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, used_card);
  gtk_widget_class_bind_template_child (widget_class, BsModelsPage, chosen_card);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_set_css_name (widget_class, "modelspage");
}

static void
bs_models_page_init (BsModelsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Where GTK gives a spin button's text field no name of its own. */
  bs_accessible_name_parts (GTK_WIDGET (self->bars), GTK_TYPE_TEXT, _ ("Newest bars to learn from"));
  bs_accessible_name_parts (GTK_WIDGET (self->horizon), GTK_TYPE_TEXT, _ ("Horizon, bars"));
  bs_accessible_name_parts (GTK_WIDGET (self->epochs), GTK_TYPE_TEXT, _ ("Epochs at most"));
  bs_accessible_name_parts (GTK_WIDGET (self->hidden), GTK_TYPE_TEXT, _ ("Hidden units"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list_scroller), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Models"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cards_scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Models side by side"), -1);
  bs_model_card_set_heading (self->used_card, NULL);
  bs_model_card_set_heading (self->chosen_card, NULL);
  update_actions (self);
  update_cards (self);
}

void
bs_models_page_setup (BsModelsPage *self, BsPresenter *presenter)
{
  g_return_if_fail (BS_IS_MODELS_PAGE (self));

  g_set_object (&self->presenter, presenter);
}

void
bs_models_page_set_loaded (BsModelsPage *self, const BsLoaded *loaded)
{
  g_return_if_fail (BS_IS_MODELS_PAGE (self));

  self->loaded = loaded;
  update_actions (self);
  bs_models_page_set_in_use (self, loaded != NULL ? loaded->model : NULL, loaded != NULL ? loaded->model_path : NULL);
}

void
bs_models_page_set_in_use (BsModelsPage *self, BsModel *model, const char *path)
{
  g_return_if_fail (BS_IS_MODELS_PAGE (self));

  g_autoptr (BsModel) before = g_steal_pointer (&self->used);
  self->used = model != NULL ? bs_model_ref (model) : NULL;
  g_free (self->used_path);
  self->used_path = g_strdup (path);
  if (model != NULL && path != NULL)
    add_entry (self, entry_new (model, path, NULL), 0);
  fill_rows (self);
}
