#include "app/bs-lab-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/bs-config.h"
#include "app/bs-lab-effects.h"
#include "app/bs-lab-export.h"
#include "app/commands/bs-iso-time.h"
#include "app/lab/bs-lab-job.h"
#include "ui/bs-accessible.h"
#include "ui/bs-number.h"
#include "ui/lab/bs-lab-histogram.h"
#include "ui/lab/bs-lab-list.h"

#define POLL_PERIOD_MSEC 100
#define SEED 1

struct _BsLabPage
{
  GtkWidget parent_instance;

  GtkDropDown *plan;
  GtkEntry *values;
  GtkSpinButton *rounds, *bars;
  GtkLabel *status, *machine, *words;
  GtkMenuButton *export_button;
  GtkStack *run_stack, *pages;
  GtkWidget *run_button, *cancel_button, *empty, *results;
  GtkProgressBar *progress;
  BsLabList *list;
  GtkDropDown *first, *second;
  BsLabHistogram *histogram;

  BsPresenter *presenter;
  BsSidebar *sidebar;
  const BsLoaded *loaded;   /* (nullable): the window's */
  BsLabJob *job;            /* (nullable): the run under way */
  BsAblationReport *report; /* (nullable): what is shown */
  GArray *rows;             /* (nullable): of BsAblationRow: of report */
  guint poll;
  gboolean is_filling; /* the drop-downs of the histogram are being set */
};

G_DEFINE_FINAL_TYPE (BsLabPage, bs_lab_page, GTK_TYPE_WIDGET)

/* As people say them; in the order of bs_ablation_plan_nth(), then the values of one option. */
static const char *const plan_titles[] = { N_ ("Leave one out"), N_ ("Add one"), N_ ("Pairs"), N_ ("Values of one") };

static void
set_status (BsLabPage *self, const char *text)
{
  gtk_label_set_text (self->status, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), text);
}

static void
update_actions (BsLabPage *self)
{
  const gboolean running = self->job != NULL;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lab.run",
                                 !running && self->loaded != NULL && self->loaded->model != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lab.cancel", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lab.export", self->report != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->export_button), self->report != NULL);
  gtk_stack_set_visible_child (self->run_stack, running ? self->cancel_button : self->run_button);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  GtkWidget *const inputs[]
    = { GTK_WIDGET (self->plan), GTK_WIDGET (self->values), GTK_WIDGET (self->rounds), GTK_WIDGET (self->bars) };
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    gtk_widget_set_sensitive (inputs[i], !running);
}

/* The histogram */

static const BsArmResult *
show_run (BsLabPage *self, guint which, GtkDropDown *choice)
{
  const GArray *arms = self->report->ablation->plan->arms;
  const guint i = gtk_drop_down_get_selected (choice);
  if (i >= arms->len)
    return NULL;
  const BsArmResult *arm = &self->report->ablation->arms[i];
  bs_lab_histogram_set_run (self->histogram, which, _ (g_array_index (arms, BsAblationArm, i).name), arm->samples,
                            arm->n_samples);
  return arm;
}

static void
show_histogram (BsLabPage *self)
{
  show_run (self, 0, self->first);
  show_run (self, 1, self->second);
}

static void
on_run_selected (GObject *choice, GParamSpec *property, BsLabPage *self)
{
  if (!self->is_filling && self->report != NULL)
    show_histogram (self);
}

/* (transfer full): "slower: takes 1.45 times as long", "within noise" */
static char *
verdict_words (const BsAblationRow *row)
{
  char ratio[BS_NUMBER_LENGTH];
  bs_number_format_significant (ratio, row->ratio.ratio, 3);
  if (row->verdict == BS_VERDICT_SLOWER)
    return g_strdup_printf (_ ("slower: takes %s times as long"), ratio);
  if (row->verdict == BS_VERDICT_FASTER)
    return g_strdup_printf (_ ("faster: takes %s of the time"), ratio);
  return g_strdup (_ (bs_verdict_name (row->verdict)));
}

static void
on_selected (BsLabList *list, guint index, BsLabPage *self)
{
  if (self->rows == NULL || index >= self->rows->len)
    return;
  const BsAblationRow *row = &g_array_index (self->rows, BsAblationRow, index);
  g_autofree char *words = row->reason != NULL ? g_strdup (_ (row->reason)) : verdict_words (row);
  g_autofree char *text = g_strdup_printf ("%s: %s", _ (row->name), words);
  gtk_label_set_text (self->words, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->words), text);
  if (row->reason != NULL)
    return;
  self->is_filling = TRUE;
  gtk_drop_down_set_selected (self->first, row->base);
  gtk_drop_down_set_selected (self->second, row->arm);
  self->is_filling = FALSE;
  show_histogram (self);
}

/* Results */

static BsLabKind
row_kind (const BsAblationRow *row)
{
  static const BsLabKind kinds[BS_N_VERDICTS] = {
    [BS_VERDICT_TOO_FEW] = BS_LAB_NOISE,
    [BS_VERDICT_FASTER] = BS_LAB_FASTER,
    [BS_VERDICT_SLOWER] = BS_LAB_SLOWER,
    [BS_VERDICT_WITHIN_NOISE] = BS_LAB_NOISE,
  };
  return row->reason != NULL ? BS_LAB_NONE : kinds[row->verdict];
}

static const char *
verdict_title (const BsAblationRow *row)
{
  return _ (bs_verdict_name (row->verdict));
}

/* "×1.45", "÷270": with as many digits as can be read. */
static char *
ratio_text (double ratio)
{
  const double shown = ratio < 1 ? 1 / ratio : ratio;
  char number[BS_NUMBER_LENGTH];
  bs_number_format (number, shown, shown < 10 ? 2 : shown < 100 ? 1 : 0);
  return g_strdup_printf ("%s%s", ratio < 1 ? "÷" : "×", number);
}

static char *
agreement_text (const BsFidelity *fidelity)
{
  char number[BS_NUMBER_LENGTH];
  if (fidelity->n == 0)
    return g_strdup ("–");
  return g_strdup (bs_number_format_percent (number, (double) fidelity->n_agree / (double) fidelity->n,
                                             fidelity->n_agree == fidelity->n ? 0 : 2));
}

static char *
note_text (const BsAblationRow *row)
{
  if (row->forced != NULL)
    return g_strdup_printf (_ ("where %s already"), row->forced);
  if (row->work == BS_ABLATION_BULK)
    return g_strdup (_ ("many bars at once"));
  return NULL;
}

static char *
row_words (const BsAblationRow *row)
{
  if (row->reason != NULL)
    return g_strdup_printf (_ ("not measured: %s"), _ (row->reason));
  char base[BS_NUMBER_LENGTH], time[BS_NUMBER_LENGTH], number[BS_NUMBER_LENGTH], count[BS_NUMBER_LENGTH];
  char ratio[BS_NUMBER_LENGTH], low[BS_NUMBER_LENGTH], high[BS_NUMBER_LENGTH];
  g_autofree char *verdict = verdict_words (row);
  g_autofree char *agreement = agreement_text (&row->fidelity);
  return g_strdup_printf (
    _ ("%s; %s a bar instead of %s, ratio %s, 95 %% interval %s to %s, %u outliers kept; %s of %s answers "
       "agree with plain FP32, confidence differs by %s at most"),
    verdict, bs_number_format_duration (time, (gint64) llround (1e3 * row->us)),
    bs_number_format_duration (base, (gint64) llround (1e3 * row->base_us)), bs_number_format_significant (ratio, row->ratio.ratio, 4),
    bs_number_format_significant (low, row->ratio.low, 4), bs_number_format_significant (high, row->ratio.high, 4),
    row->n_outliers, agreement, bs_number_format_count (count, row->fidelity.n),
    bs_number_format (number, row->fidelity.max, 6));
}

static void
add_text (GPtrArray *texts, const char **place, char *text)
{
  *place = text;
  if (text != NULL)
    g_ptr_array_add (texts, text);
}

static void
fill_list (BsLabPage *self)
{
  g_autofree BsLabRow *shown = g_new0 (BsLabRow, self->rows->len);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const BsAblationRow *row = &g_array_index (self->rows, BsAblationRow, i);
      char time[BS_NUMBER_LENGTH];
      BsLabRow *line = &shown[i];
      line->name = _ (row->name);
      line->kind = row_kind (row);
      add_text (texts, &line->words, row_words (row));
      if (row->reason != NULL)
        continue;
      line->ratio = row->ratio.ratio;
      line->low = row->ratio.low;
      line->high = row->ratio.high;
      line->verdict = verdict_title (row);
      add_text (texts, &line->note, note_text (row));
      add_text (texts, &line->time, g_strdup (bs_number_format_duration (time, (gint64) llround (1e3 * row->us))));
      add_text (texts, &line->ratio_text, ratio_text (row->ratio.ratio));
      add_text (texts, &line->agreement, agreement_text (&row->fidelity));
      add_text (texts, &line->difference, g_strdup (bs_number_format_significant (time, row->fidelity.max, 1)));
    }
  bs_lab_list_set_rows (self->list, shown, self->rows->len, BS_STATISTICS_NOISE_BAND);
}

static void
fill_runs (BsLabPage *self)
{
  const GArray *arms = self->report->ablation->plan->arms;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < arms->len; i++)
    gtk_string_list_append (names, _ (g_array_index (arms, BsAblationArm, i).name));
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->first, G_LIST_MODEL (names));
  gtk_drop_down_set_model (self->second, G_LIST_MODEL (names));
  self->is_filling = FALSE;
}

/* Beside each switch what the run says of it; those of which it says nothing stay as they were. */
static void
show_effects (BsLabPage *self)
{
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      g_autofree char *text = bs_lab_effect_text (self->rows, (BsOption) option);
      if (text != NULL)
        bs_sidebar_set_effect (self->sidebar, (BsOption) option, text);
    }
}

static void
show_report (BsLabPage *self, BsAblationReport *report)
{
  const BsAblation *ablation = report->ablation;
  g_autofree char *machine = bs_ablation_report_machine (report);
  char bars[BS_NUMBER_LENGTH], time[BS_NUMBER_LENGTH];

  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->report, bs_ablation_report_free);
  self->report = report;
  self->rows = bs_ablation_rows (ablation);
  show_effects (self);
  fill_runs (self);
  fill_list (self);
  g_autofree char *text = g_strdup_printf (
    _ ("Baseline %s a bar, %s bars. %s%s%s"),
    bs_number_format_duration (time, (gint64) llround (1e3 * ablation->arms[0].median)),
    bs_number_format_count (bars, report->n_bars), machine, report->warning != NULL ? _ (". Unsteady times: ") : "",
    report->warning != NULL ? report->warning : "");
  gtk_label_set_text (self->machine, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->machine), text);
  gtk_stack_set_visible_child_name (self->pages, "results");
  g_autofree char *status
    = ablation->cancelled
        ? g_strdup_printf (_ ("Cancelled after %u of %u rounds"), ablation->n_rounds, report->rounds)
        : g_strdup_printf (ngettext ("%u round in %s s", "%u rounds in %s s", ablation->n_rounds),
                           ablation->n_rounds, bs_number_format (time, ablation->seconds, 1));
  set_status (self, status);
}

/* Running */

static gboolean
on_poll (gpointer data)
{
  BsLabPage *self = data;
  BsAblationProgress progress;
  g_autoptr (GError) error = NULL;

  if (bs_lab_job_poll (self->job, &progress))
    {
      char percent[BS_NUMBER_LENGTH];
      g_autofree char *text
        = g_strdup_printf (_ ("%s, round %u: %s"), bs_number_format_percent (percent, progress.fraction, 0),
                           progress.round + 1, progress.doing);
      gtk_progress_bar_set_fraction (self->progress, progress.fraction);
      set_status (self, text);
      return G_SOURCE_CONTINUE;
    }
  BsAblationReport *report = bs_lab_job_finish (self->job, &error);
  g_clear_pointer (&self->job, bs_lab_job_free);
  self->poll = 0;
  if (report != NULL)
    show_report (self, report);
  else
    set_status (self, error->message);
  update_actions (self);
  return G_SOURCE_REMOVE;
}

static const char *
chosen_plan (BsLabPage *self)
{
  const char *named = bs_ablation_plan_nth (gtk_drop_down_get_selected (self->plan));
  return named != NULL ? named : gtk_editable_get_text (GTK_EDITABLE (self->values));
}

static void
on_run (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsLabPage *self = BS_LAB_PAGE (widget);
  g_autoptr (GError) error = NULL;
  char since[BS_ISO_TIME_SIZE];

  if (self->job != NULL || self->loaded == NULL || self->loaded->model == NULL)
    return;
  BsAblationPlan *plan = bs_ablation_plan_new (chosen_plan (self), bs_sidebar_options (self->sidebar), &error);
  if (plan == NULL)
    {
      set_status (self, error->message);
      return;
    }
  BsBars *bars = self->loaded->bars;
  const BsBarSeries *primary = bars->primary->series;
  /* Where the replay stands, among the bars that are kept. */
  const guint64 first = bs_bar_series_first (primary);
  const guint64 position = first - MIN (first, bars->primary->n_older) + bs_presenter_position (self->presenter);
  bs_iso_time_format (since, g_get_real_time () / G_USEC_PER_SEC * G_USEC_PER_SEC);
  const gsize n = (gsize) gtk_spin_button_get_value_as_int (self->bars);
  const BsLabJobSetup setup = { .plan = plan,
                                .primary = primary,
                                .secondary = bars->secondary != NULL ? bars->secondary->series : NULL,
                                .end = CLAMP (position, first, bs_bar_series_end (primary)),
                                .max_bars = n,
                                .owner = bs_bars_ref (bars),
                                .release = bs_bars_unref,
                                .model = self->loaded->model,
                                .rounds = (guint) gtk_spin_button_get_value_as_int (self->rounds),
                                .seed = SEED,
                                .source = { .program = "barscope " BS_VERSION ", " BS_COMPILER ", " BS_BUILD_TYPE,
                                            .bars_path = bars->primary->path,
                                            .secondary_path = bars->secondary != NULL ? bars->secondary->path : NULL,
                                            .model_path = self->loaded->model_path,
                                            .max_bars = n,
                                            .since = since } };
  self->job = bs_lab_job_start (&setup);
  self->poll = g_timeout_add (POLL_PERIOD_MSEC, on_poll, self);
  gtk_progress_bar_set_fraction (self->progress, 0);
  update_actions (self);
  gtk_widget_grab_focus (self->cancel_button);
}

static void
on_cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsLabPage *self = BS_LAB_PAGE (widget);
  if (self->job != NULL)
    bs_lab_job_cancel (self->job);
}

static void
on_values_activate (GtkEntry *entry, BsLabPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "lab.run", NULL);
}

static void
on_plan_selected (GObject *choice, GParamSpec *property, BsLabPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->values),
                          bs_ablation_plan_nth (gtk_drop_down_get_selected (self->plan)) == NULL);
}

/* Export */

static void
export_picture (BsLabPage *self)
{
  GtkWidget *header, *rows;
  bs_lab_list_parts (self->list, &header, &rows);
  GtkWidget *const parts[] = { GTK_WIDGET (self->machine), header, rows, GTK_WIDGET (self->histogram) };
  bs_lab_export_picture (GTK_WIDGET (self), _ ("Save the Picture"), "ablation.png", parts, G_N_ELEMENTS (parts));
}

static void
on_export (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BsLabPage *self = BS_LAB_PAGE (widget);
  const char *name = g_variant_get_string (parameter, NULL);
  const BsAblationFormat *format = bs_ablation_format_by_name (name);

  if (self->report == NULL)
    return;
  if (format == NULL)
    {
      if (g_str_equal (name, "png"))
        export_picture (self);
      return;
    }
  GString *text = g_string_new (NULL);
  g_autofree char *file_name = g_strdup_printf ("ablation.%s", format->extension);
  format->write (self->report, NULL, text);
  bs_lab_export (widget, _ ("Save the Report"), file_name, g_string_free_to_bytes (text));
}

/* The page */

static void
bs_lab_page_dispose (GObject *object)
{
  BsLabPage *self = BS_LAB_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_pointer (&self->job, bs_lab_job_free);
  g_clear_object (&self->presenter);
  g_clear_object (&self->sidebar);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_lab_page_parent_class)->dispose (object);
}

static void
bs_lab_page_finalize (GObject *object)
{
  BsLabPage *self = BS_LAB_PAGE (object);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->report, bs_ablation_report_free);
  G_OBJECT_CLASS (bs_lab_page_parent_class)->finalize (object);
}

static void
bs_lab_page_class_init (BsLabPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_lab_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bs_lab_page_finalize;
  g_type_ensure (BS_TYPE_LAB_LIST);
  g_type_ensure (BS_TYPE_LAB_HISTOGRAM);
  gtk_widget_class_install_action (widget_class, "lab.run", NULL, on_run);
  gtk_widget_class_install_action (widget_class, "lab.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "lab.export", "s", on_export);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/lab-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, plan);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, values);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, rounds);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, bars);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, status);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, machine);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, words);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, export_button);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, run_stack);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, run_button);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, pages);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, empty);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, results);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, progress);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, list);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, first);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, second);
  gtk_widget_class_bind_template_child (widget_class, BsLabPage, histogram);
  gtk_widget_class_bind_template_callback (widget_class, on_plan_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_values_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_run_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_set_css_name (widget_class, "labpage");
}

static void
name_parts (BsLabPage *self)
{
  bs_accessible_name_parts (GTK_WIDGET (self->plan), GTK_TYPE_TOGGLE_BUTTON, _ ("Plan"));
  bs_accessible_name_parts (GTK_WIDGET (self->first), GTK_TYPE_TOGGLE_BUTTON, _ ("First run of the histogram"));
  bs_accessible_name_parts (GTK_WIDGET (self->second), GTK_TYPE_TOGGLE_BUTTON, _ ("Second run of the histogram"));
  bs_accessible_name_parts (self->empty, GTK_TYPE_SCROLLED_WINDOW, _ ("Nothing measured yet"));
  /* Where GTK gives a spin button's text field no name of its own. */
  bs_accessible_name_parts (GTK_WIDGET (self->rounds), GTK_TYPE_TEXT, _ ("Rounds"));
  bs_accessible_name_parts (GTK_WIDGET (self->bars), GTK_TYPE_TEXT, _ ("Newest bars"));
  bs_accessible_name_parts (GTK_WIDGET (self->export_button), GTK_TYPE_MENU_BUTTON, _ ("Export what was measured"));
}

static void
bs_lab_page_init (BsLabPage *self)
{
  g_autoptr (GtkStringList) plans = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (plan_titles); i++)
    gtk_string_list_append (plans, _ (plan_titles[i]));
  gtk_drop_down_set_model (self->plan, G_LIST_MODEL (plans));
  gtk_spin_button_set_value (self->rounds, BS_ABLATION_DEFAULT_ROUNDS);
  name_parts (self);
  update_actions (self);
}

void
bs_lab_page_setup (BsLabPage *self, BsPresenter *presenter, BsSidebar *sidebar)
{
  g_return_if_fail (BS_IS_LAB_PAGE (self));
  g_set_object (&self->presenter, presenter);
  g_set_object (&self->sidebar, sidebar);
}

void
bs_lab_page_set_loaded (BsLabPage *self, const BsLoaded *loaded)
{
  g_return_if_fail (BS_IS_LAB_PAGE (self));
  self->loaded = loaded;
  update_actions (self);
}
