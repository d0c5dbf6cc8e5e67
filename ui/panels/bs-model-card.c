/* bs-model-card.c: what the model in use is */
#include "ui/panels/bs-model-card.h"

#include <glib/gi18n.h>

#include <math.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-accuracy-bars.h"
#include "ui/panels/bs-model-validation.h"

/* Digits of the hash that are shown: enough to tell two files apart by eye. */
#define HASH_DIGITS 12
/* Characters of a stranger's text that are shown. */
#define TEXT_MAX 400

struct _BsModelCard
{
  GtkWidget parent_instance;
  GtkLabel *heading, *name, *description;
  GtkGrid *facts;
  guint n_facts;
  GtkWidget *validation; /* box: title, bars, verdict, what they were measured on */
  BsAccuracyBars *bars;
  GtkLabel *verdict, *measured_on;
};

G_DEFINE_FINAL_TYPE (BsModelCard, bs_model_card, GTK_TYPE_WIDGET)

static GtkLabel *
new_label (const char *text, const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (text));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_yalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  return label;
}

/* At most TEXT_MAX characters of @text. */
static char *
shortened (const char *text)
{
  if (g_utf8_strlen (text, -1) <= TEXT_MAX)
    return g_strdup (text);
  g_autofree char *start = g_utf8_substring (text, 0, TEXT_MAX);
  return g_strconcat (start, "…", NULL);
}

/* @text: (nullable): no row without one. */
static void
add_fact (BsModelCard *self, const char *title, const char *text, const char *tooltip)
{
  if (text == NULL || *text == '\0')
    return;

  g_autofree char *shown = shortened (text);
  GtkLabel *key = new_label (title, "dim-label");
  GtkLabel *value = new_label (shown, "bs-numbers");
  gtk_label_set_wrap (key, FALSE);
  gtk_label_set_selectable (value, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (value), TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (value), tooltip);
  gtk_grid_attach (self->facts, GTK_WIDGET (key), 0, (int) self->n_facts, 1, 1);
  gtk_grid_attach (self->facts, GTK_WIDGET (value), 1, (int) self->n_facts, 1, 1);
  self->n_facts++;
}

static void
clear_facts (BsModelCard *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->facts))) != NULL)
    gtk_grid_remove (self->facts, child);
  self->n_facts = 0;
}

/* A time as ISO 8601 has it, by its day: the minutes of a training period tell nothing. Other texts as they are. */
static char *
date_text (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : shortened (text);
}

/* (nullable) */
static char *
period_text (const char *from, const char *to)
{
  if (from == NULL || to == NULL)
    return NULL;
  g_autofree char *first = date_text (from), *last = date_text (to);
  return g_strdup_printf (_ ("%s to %s"), first, last);
}

static char *
bar_length_text (const char *seconds)
{
  gint64 value = seconds != NULL ? g_ascii_strtoll (seconds, NULL, 10) : 0;

  if (value <= 0)
    return NULL;
  if (value % 3600 == 0)
    return g_strdup_printf (ngettext ("%d hour", "%d hours", (gulong) (value / 3600)), (int) (value / 3600));
  if (value % 60 == 0)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong) (value / 60)), (int) (value / 60));
  return g_strdup_printf (ngettext ("%d second", "%d seconds", (gulong) value), (int) value);
}

static void
add_facts (BsModelCard *self, const BsModel *model)
{
  g_autofree char *network
    = g_strdup_printf (ngettext ("%u LSTM layer of %u units", "%u LSTM layers of %u units", model->n_layers),
                       model->n_layers, model->hidden);
  g_autofree char *window
    = g_strdup_printf (_ ("%u bars × %u features, %s"), model->sequence_length, model->n_inputs,
                       model->feature_set == BS_FEATURE_SET_LEGACY ? _ ("legacy set") : _ ("causal set"));
  g_autofree char *length = bar_length_text (bs_model_metadata (model, "bar_length_s"));
  g_autofree char *period
    = period_text (bs_model_metadata (model, "trained_from"), bs_model_metadata (model, "trained_to"));
  char number[BS_NUMBER_LENGTH];
  const char *temperature = model->temperature != 1.0 ? bs_number_format_significant (number, model->temperature, 6) : NULL;
  g_autofree char *hash = g_strndup (model->hash, HASH_DIGITS);

  add_fact (self, _ ("Network"), network, NULL);
  add_fact (self, _ ("Window"), window, NULL);
  add_fact (self, _ ("Instrument"), bs_model_metadata (model, "instrument"), NULL);
  add_fact (self, _ ("Bars of"), length, NULL);
  add_fact (self, _ ("Trained on"), bs_model_metadata (model, "trained_on"), NULL);
  add_fact (self, _ ("Period"), period, NULL);
  add_fact (self, _ ("Temperature"), temperature, _ ("Divides the logits: calibrates the confidence"));
  add_fact (self, _ ("SHA-256"), hash, model->hash);
}

static const char *
verdict_text (BsModelVerdict verdict)
{
  switch (verdict)
    {
    case BS_MODEL_VALIDATION_WORSE:
      return _ ("No better than a baseline that needs no model");
    case BS_MODEL_VALIDATION_UNSURE:
      return _ ("Ahead of the baselines by no more than chance allows");
    case BS_MODEL_VALIDATION_BETTER:
      return _ ("Better than every baseline by more than chance");
    case BS_MODEL_VALIDATION_UNKNOWN:
    default:
      return _ ("No baseline to compare with");
    }
}

/* What the figures were measured on, and the two that are not an accuracy. */
static char *
measured_on_text (const BsModelValidation *validation)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char a[BS_NUMBER_LENGTH], b[BS_NUMBER_LENGTH], c[BS_NUMBER_LENGTH];

  if (!isnan (validation->signals_share) && !isnan (validation->signals_precision)
      && !isnan (validation->signal_threshold))
    g_string_append_printf (text, _ ("At a threshold of %s: a long or short for %s of the bars, right in %s.\n"),
                            bs_number_format_percent (a, validation->signal_threshold, 0),
                            bs_number_format_percent (b, validation->signals_share, 1),
                            bs_number_format_percent (c, validation->signals_precision, 1));
  if (!isnan (validation->calibration_error))
    g_string_append_printf (text, _ ("The confidence is off by %s on average.\n"),
                            bs_number_format_percent (a, validation->calibration_error, 1));
  if (!isnan (validation->n_bars))
    g_string_append_printf (text, _ ("Tested on %s bars that the training never saw"),
                            bs_number_format_count (a, (guint64) validation->n_bars));
  if (!isnan (validation->n_bars) && validation->test_from != NULL && validation->test_to != NULL)
    {
      g_autofree char *period = period_text (validation->test_from, validation->test_to);
      g_string_append_printf (text, _ (", %s"), period);
    }
  if (!isnan (validation->n_bars))
    g_string_append_c (text, '.');
  return g_strchomp (g_strdup (text->str));
}

/* @text: (nullable): the metadata entry. */
static void
show_validation (BsModelCard *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModelValidation) validation = text != NULL ? bs_model_validation_parse (text, &error) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->bars), validation != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->measured_on), text != NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->verdict), "bs-warning-line");
  if (validation == NULL)
    {
      gtk_label_set_text (self->verdict, text != NULL ? _ ("Figures in a form that is not known here:")
                                                      : _ ("The file has no validation figures"));
      g_autofree char *shown = shortened (text != NULL ? text : "");
      gtk_label_set_text (self->measured_on, shown);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->measured_on), error != NULL ? error->message : NULL);
      return;
    }

  BsModelVerdict verdict = bs_model_validation_verdict (validation);
  g_autofree char *measured_on = measured_on_text (validation);
  bs_accuracy_bars_set (self->bars, validation);
  gtk_label_set_text (self->verdict, verdict_text (verdict));
  if (verdict == BS_MODEL_VALIDATION_WORSE || verdict == BS_MODEL_VALIDATION_UNSURE)
    gtk_widget_add_css_class (GTK_WIDGET (self->verdict), "bs-warning-line");
  gtk_label_set_text (self->measured_on, measured_on);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->measured_on), NULL);
}

static void
bs_model_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_model_card_parent_class)->dispose (object);
}

static void
bs_model_card_class_init (BsModelCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_model_card_dispose;
  gtk_widget_class_set_css_name (widget_class, "modelcard");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_model_card_init (BsModelCard *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Model"), -1);

  self->name = new_label (NULL, "bs-strong");
  self->description = new_label (NULL, NULL);
  self->facts = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->facts, 12);
  gtk_grid_set_row_spacing (self->facts, 3);
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "caption");

  self->validation = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_margin_top (self->validation, 6);
  gtk_box_append (GTK_BOX (self->validation), GTK_WIDGET (new_label (_ ("Accuracy out of sample"), "caption-heading")));
  self->bars = BS_ACCURACY_BARS (bs_accuracy_bars_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->bars), "caption");
  gtk_box_append (GTK_BOX (self->validation), GTK_WIDGET (self->bars));
  self->verdict = new_label (NULL, "caption");
  gtk_box_append (GTK_BOX (self->validation), GTK_WIDGET (self->verdict));
  self->measured_on = new_label (NULL, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->measured_on), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->measured_on), "bs-numbers");
  gtk_box_append (GTK_BOX (self->validation), GTK_WIDGET (self->measured_on));

  self->heading = new_label (_ ("Model"), "heading");
  gtk_widget_set_parent (GTK_WIDGET (self->heading), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->name), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->description), GTK_WIDGET (self));
  gtk_widget_set_parent (self->validation, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->facts), GTK_WIDGET (self));
  bs_model_card_set_model (self, NULL, NULL);
}

GtkWidget *
bs_model_card_new (void)
{
  return g_object_new (BS_TYPE_MODEL_CARD, NULL);
}

void
bs_model_card_set_heading (BsModelCard *self, const char *heading)
{
  g_return_if_fail (BS_IS_MODEL_CARD (self));

  gtk_label_set_text (self->heading, heading != NULL ? heading : "");
  gtk_widget_set_visible (GTK_WIDGET (self->heading), heading != NULL);
}

void
bs_model_card_set_model (BsModelCard *self, BsModel *model, const char *path)
{
  g_return_if_fail (BS_IS_MODEL_CARD (self));

  clear_facts (self);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), model != NULL);
  gtk_widget_set_visible (self->validation, model != NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->description), "caption");
  if (model == NULL)
    {
      gtk_label_set_text (self->name, _ ("No model"));
      gtk_label_set_text (self->description, _ ("Open a model file to see signals."));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), NULL);
      return;
    }

  g_autofree char *shown_path = path != NULL ? g_filename_display_name (path) : NULL;
  g_autofree char *basename = path != NULL ? g_filename_display_basename (path) : NULL;
  const char *name = bs_model_metadata (model, "name");
  g_autofree char *shown_name = shortened (name != NULL ? name : basename != NULL ? basename : _ ("Unnamed model"));
  gtk_label_set_text (self->name, shown_name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), shown_path);

  const char *description = bs_model_metadata (model, "description");
  if (description == NULL && bs_model_metadata (model, "trained_on") == NULL)
    description = _ ("The file does not say what it was trained on.");
  g_autofree char *shown_description = shortened (description != NULL ? description : "");
  gtk_label_set_text (self->description, shown_description);
  gtk_widget_set_visible (GTK_WIDGET (self->description), *shown_description != '\0');
  gtk_widget_add_css_class (GTK_WIDGET (self->description), "caption");

  show_validation (self, bs_model_metadata (model, "validation"));
  add_facts (self, model);
}
