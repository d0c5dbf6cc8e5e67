#include "ui/panels/bs-fidelity-panel.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "ui/bs-scroll-guard.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-fidelity-text.h"

struct _BsFidelityPanel
{
  GtkWidget parent_instance;

  AdwActionRow *network_row, *all_row, *session_row;
  GtkLabel *network_value, *all_value;
  GtkSpinButton *every;
  gboolean setting; /* the program, not the user, moves the control */

  BsFidelityReport report;
  BsOptions options;
  gboolean shown, over;
};

G_DEFINE_FINAL_TYPE (BsFidelityPanel, bs_fidelity_panel, GTK_TYPE_WIDGET)

enum
{
  EVERY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_every (GtkSpinButton *spin, BsFidelityPanel *self)
{
  if (!self->setting)
    g_signal_emit (self, signals[EVERY_CHANGED], 0, (guint) gtk_spin_button_get_value_as_int (spin));
}

static AdwActionRow *
add_row (AdwPreferencesGroup *group, const char *title, const char *tooltip)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), tooltip);
  adw_preferences_group_add (group, GTK_WIDGET (row));
  return row;
}

static GtkLabel *
add_value (AdwActionRow *row)
{
  GtkWidget *label = gtk_label_new ("–");
  gtk_widget_add_css_class (label, "bs-numbers");
  gtk_widget_add_css_class (label, "bs-strong");
  adw_action_row_add_suffix (row, label);
  return GTK_LABEL (label);
}

static void
set_over (BsFidelityPanel *self, gboolean over)
{
  if (self->over == over)
    return;
  self->over = over;
  void (*change) (GtkWidget *, const char *) = over ? gtk_widget_add_css_class : gtk_widget_remove_css_class;
  change (GTK_WIDGET (self->network_value), "error");
  change (GTK_WIDGET (self->network_row), "error");
}

static void
bs_fidelity_panel_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_fidelity_panel_parent_class)->dispose (object);
}

static void
bs_fidelity_panel_class_init (BsFidelityPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_fidelity_panel_dispose;
  signals[EVERY_CHANGED] = g_signal_new ("every-changed", BS_TYPE_FIDELITY_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "fidelitypanel");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_fidelity_panel_init (BsFidelityPanel *self)
{
  GtkWidget *widget = adw_preferences_group_new ();
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (widget);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Fidelity"), -1);
  adw_preferences_group_set_title (group, _ ("Fidelity"));
  adw_preferences_group_set_description (
    group, _ ("Largest difference of confidence to the plain FP32 path, since a switch was changed"));
  gtk_widget_set_parent (widget, GTK_WIDGET (self));

  self->network_row = add_row (group, _ ("Network"),
                               _ ("The plain FP32 network on the very same inputs: what number format and backend "
                                  "change. The limit is 0.01 in INT8, 0.001 in FP16 and 0.00001 in FP32."));
  self->network_value = add_value (self->network_row);
  self->all_row = add_row (group, _ ("All switches"),
                           _ ("Features and network computed plainly from the same bars, with Hurst at every bar: what "
                              "all switches together change"));
  self->all_value = add_value (self->all_row);
  self->session_row
    = add_row (group, _ ("Whole session"),
               _ ("All comparisons since these bars were opened, whatever the switches were, replays of "
                  "the same bars among them. What comes too fast to be compared is left out."));

  AdwActionRow *row = add_row (group, _ ("Compare every"), _ ("Bars from one comparison to the next"));
  adw_action_row_set_subtitle (row, _ ("Bars; 0 compares none"));
  GtkWidget *spin = gtk_spin_button_new_with_range (0, BS_FIDELITY_PANEL_MAX_EVERY, 1);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (spin, "bs-numbers");
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
  bs_scroll_guard_spin (GTK_SPIN_BUTTON (spin));
  self->every = GTK_SPIN_BUTTON (spin);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_every), self);
  adw_action_row_add_suffix (row, spin);
  adw_action_row_set_activatable_widget (row, spin); /* which is labelled by the row, too */
  bs_options_init (&self->options);
  bs_fidelity_panel_set_report (self, NULL, &self->options);
}

GtkWidget *
bs_fidelity_panel_new (void)
{
  return g_object_new (BS_TYPE_FIDELITY_PANEL, NULL);
}

void
bs_fidelity_panel_set_report (BsFidelityPanel *self, const BsFidelityReport *report, const BsOptions *options)
{
  static const BsFidelityReport none;
  g_return_if_fail (BS_IS_FIDELITY_PANEL (self));
  g_return_if_fail (options != NULL);

  if (report == NULL)
    report = &none;
  if (self->shown && memcmp (&self->report, report, sizeof *report) == 0
      && memcmp (&self->options, options, sizeof *options) == 0)
    return;
  self->shown = TRUE;
  self->report = *report;
  self->options = *options;

  g_autofree char *network = bs_fidelity_text_difference (&report->since_switch[BS_FIDELITY_NETWORK], options);
  g_autofree char *all = bs_fidelity_text_difference (&report->since_switch[BS_FIDELITY_ALL], options);
  g_autofree char *network_text = bs_fidelity_text_network (report, options);
  g_autofree char *all_text = bs_fidelity_text_all (report, options);
  g_autofree char *session_text = bs_fidelity_text_session (report);
  gtk_label_set_text (self->network_value, network);
  gtk_label_set_text (self->all_value, all);
  adw_action_row_set_subtitle (self->network_row, network_text);
  adw_action_row_set_subtitle (self->all_row, all_text);
  adw_action_row_set_subtitle (self->session_row, session_text);
  set_over (self, bs_fidelity_text_is_over (report));
}

void
bs_fidelity_panel_set_every (BsFidelityPanel *self, guint every)
{
  g_return_if_fail (BS_IS_FIDELITY_PANEL (self));
  self->setting = TRUE;
  gtk_spin_button_set_value (self->every, every);
  self->setting = FALSE;
}
