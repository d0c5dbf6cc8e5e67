#include "app/bs-status-title.h"

struct _BsStatusTitle
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title_label;
  GtkLabel *dot;
  GtkLabel *state_label;
  GtkLabel *recording_label;
  GtkLabel *fidelity_label;
  int level; /* -1: none yet */
};

G_DEFINE_FINAL_TYPE (BsStatusTitle, bs_status_title, GTK_TYPE_WIDGET)

/* By BsStatusLevel: classes of libadwaita, so that dark and high contrast come with them. */
static const char *const level_classes[] = {
  [BS_STATUS_IDLE] = "dim-label",  [BS_STATUS_GOOD] = "success", [BS_STATUS_BUSY] = "accent",
  [BS_STATUS_WARNING] = "warning", [BS_STATUS_ERROR] = "error",
};

static void
bs_status_title_dispose (GObject *object)
{
  BsStatusTitle *self = BS_STATUS_TITLE (object);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (bs_status_title_parent_class)->dispose (object);
}

static void
bs_status_title_class_init (BsStatusTitleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_status_title_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/status-title.ui");
  gtk_widget_class_bind_template_child (widget_class, BsStatusTitle, box);
  gtk_widget_class_bind_template_child (widget_class, BsStatusTitle, title_label);
  gtk_widget_class_bind_template_child (widget_class, BsStatusTitle, dot);
  gtk_widget_class_bind_template_child (widget_class, BsStatusTitle, state_label);
  gtk_widget_class_bind_template_child (widget_class, BsStatusTitle, recording_label);
  gtk_widget_class_bind_template_child (widget_class, BsStatusTitle, fidelity_label);
}

static void
bs_status_title_init (BsStatusTitle *self)
{
  self->level = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bs_status_title_set_title (BsStatusTitle *self, const char *title)
{
  gtk_label_set_text (self->title_label, title);
}

void
bs_status_title_set_state (BsStatusTitle *self, BsStatusLevel level, const char *state)
{
  gtk_label_set_text (self->state_label, state);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->dot)), *state != '\0');
  if (self->level == (int) level)
    return;
  if (self->level >= 0)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->dot), level_classes[self->level]);
      gtk_widget_remove_css_class (GTK_WIDGET (self->state_label), level_classes[self->level]);
    }
  self->level = level;
  gtk_widget_add_css_class (GTK_WIDGET (self->dot), level_classes[level]);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_label), level_classes[level]);
}

void
bs_status_title_set_details (BsStatusTitle *self, const char *text)
{
  GtkWidget *label = GTK_WIDGET (self->state_label);
  const char *shown = gtk_widget_get_tooltip_text (label);
  if (g_strcmp0 (shown != NULL ? shown : "", text) == 0)
    return;
  gtk_widget_set_tooltip_text (label, *text != '\0' ? text : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
bs_status_title_set_fidelity (BsStatusTitle *self, const char *text, const char *tooltip, gboolean over)
{
  GtkWidget *label = GTK_WIDGET (self->fidelity_label);
  if (g_str_equal (gtk_label_get_text (self->fidelity_label), text))
    return;
  gtk_label_set_text (self->fidelity_label, text);
  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_widget_set_visible (label, *text != '\0');
  (over ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (label, "error");
  (over ? gtk_widget_remove_css_class : gtk_widget_add_css_class) (label, "dim-label");
}

void
bs_status_title_set_recording (BsStatusTitle *self, const char *text)
{
  g_autofree char *shown = *text != '\0' ? g_strdup_printf ("● %s", text) : g_strdup ("");
  gtk_label_set_text (self->recording_label, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->recording_label), *text != '\0');
}
