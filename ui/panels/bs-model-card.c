/* bs-model-card.c: what the model in use is */
#include "ui/panels/bs-model-card.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"

/* Digits of the hash that are shown: enough to tell two files apart by eye. */
#define HASH_DIGITS 12

struct _BsModelCard
{
  GtkWidget parent_instance;
  GtkLabel *name, *trained_on;
  GtkGrid *facts;
  GtkLabel *validation;
  guint n_facts;
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

/* @text: (nullable): no row without one. */
static void
add_fact (BsModelCard *self, const char *title, const char *text, const char *tooltip)
{
  if (text == NULL || *text == '\0')
    return;

  GtkLabel *key = new_label (title, "dim-label");
  GtkLabel *value = new_label (text, "bs-numbers");
  gtk_label_set_wrap (key, FALSE);
  gtk_label_set_selectable (value, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (value), TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (value), tooltip);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY, key, NULL, -1);
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
  const char *from = bs_model_metadata (model, "trained_from"), *to = bs_model_metadata (model, "trained_to");
  g_autofree char *network
    = g_strdup_printf (ngettext ("%u LSTM layer of %u units", "%u LSTM layers of %u units", model->n_layers),
                       model->n_layers, model->hidden);
  g_autofree char *window
    = g_strdup_printf (_ ("%u bars × %u features, %s"), model->sequence_length, model->n_inputs,
                       model->feature_set == BS_FEATURE_SET_LEGACY ? _ ("legacy set") : _ ("causal set"));
  g_autofree char *length = bar_length_text (bs_model_metadata (model, "bar_length_s"));
  g_autofree char *period = from != NULL && to != NULL ? g_strdup_printf (_ ("%s to %s"), from, to) : NULL;
  g_autofree char *hash = g_strndup (model->hash, HASH_DIGITS);

  add_fact (self, _ ("Network"), network, NULL);
  add_fact (self, _ ("Window"), window, NULL);
  add_fact (self, _ ("Instrument"), bs_model_metadata (model, "instrument"), NULL);
  add_fact (self, _ ("Bars of"), length, NULL);
  add_fact (self, _ ("Trained"), period, NULL);
  add_fact (self, _ ("SHA-256"), hash, model->hash);
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

  self->name = new_label (NULL, "heading");
  self->trained_on = new_label (NULL, "caption");
  self->facts = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->facts, 12);
  gtk_grid_set_row_spacing (self->facts, 3);
  self->validation = new_label (NULL, "caption");
  gtk_widget_set_parent (GTK_WIDGET (self->name), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->trained_on), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->facts), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->validation), GTK_WIDGET (self));
  bs_model_card_set_model (self, NULL, NULL);
}

GtkWidget *
bs_model_card_new (void)
{
  return g_object_new (BS_TYPE_MODEL_CARD, NULL);
}

void
bs_model_card_set_model (BsModelCard *self, BsModel *model, const char *path)
{
  g_return_if_fail (BS_IS_MODEL_CARD (self));

  clear_facts (self);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), model != NULL);
  if (model == NULL)
    {
      gtk_label_set_text (self->name, _ ("No model"));
      gtk_label_set_text (self->trained_on, _ ("Open a model file to see signals"));
      gtk_label_set_text (self->validation, NULL);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), NULL);
      return;
    }

  g_autofree char *shown_path = path != NULL ? g_filename_display_name (path) : NULL;
  g_autofree char *basename = path != NULL ? g_filename_display_basename (path) : NULL;
  const char *name = bs_model_metadata (model, "name");
  gtk_label_set_text (self->name, name != NULL ? name : basename != NULL ? basename : _ ("Unnamed model"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), shown_path);

  const char *trained_on = bs_model_metadata (model, "trained_on");
  gtk_label_set_text (self->trained_on,
                      trained_on != NULL ? trained_on : _ ("The file does not say what it was trained on"));
  add_facts (self, model);
  gtk_label_set_text (self->validation, bs_model_metadata (model, "validation"));
}
