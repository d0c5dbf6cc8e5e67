#include "app/bs-alert-rules-group.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-number-spin.h"
#include "ui/panels/bs-signal-text.h"

#define KEY "alert-rules"

struct _BsAlertRulesGroup
{
  AdwPreferencesGroup parent_instance;

  GSettings *settings;
  GPtrArray *rules; /* of BsAlertRule */
  GPtrArray *rows;  /* of GtkWidget: one a rule */
};

G_DEFINE_FINAL_TYPE (BsAlertRulesGroup, bs_alert_rules_group, ADW_TYPE_PREFERENCES_GROUP)

static void rebuild (BsAlertRulesGroup *self);

static void
store (BsAlertRulesGroup *self)
{
  g_settings_set_value (self->settings, KEY, bs_alert_rules_to_variant (self->rules));
}

/* What a row says of its rule. */
static void
describe (AdwExpanderRow *row, const BsAlertRule *rule)
{
  g_autoptr (GString) classes = g_string_new (NULL);
  for (guint i = 0; i < BS_N_CLASSES; i++)
    if ((rule->classes & BS_ALERT_CLASS (i)) != 0)
      g_string_append_printf (classes, "%s%s", classes->len > 0 ? ", " : "", bs_signal_text_class_word (i));
  g_autofree char *instrument = g_markup_escape_text (rule->instrument[0] != '\0' ? rule->instrument : _ ("Any instrument"), -1);
  g_autofree char *subtitle
    = g_strdup_printf (rule->changes_only ? _ ("Changes to %s, from %d %% on") : _ ("Every %s, from %d %% on"),
                       classes->len > 0 ? classes->str : _ ("nothing"), (int) (rule->min_confidence * 100 + 0.5));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), instrument);
  adw_expander_row_set_subtitle (row, subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, subtitle, -1);
  bs_accessible_name_parts (GTK_WIDGET (row), GTK_TYPE_LIST_BOX_ROW, subtitle);
}

/* What a control of a row belongs to. */
typedef struct
{
  BsAlertRulesGroup *group;
  BsAlertRule *rule;
  AdwExpanderRow *row;
  guint detail; /* which of several alike */
} Control;

static Control *
control_new (BsAlertRulesGroup *self, BsAlertRule *rule, AdwExpanderRow *row, guint detail)
{
  Control *control = g_new (Control, 1);
  *control = (Control) { self, rule, row, detail };
  return control;
}

static void
control_free (gpointer control, GClosure *closure)
{
  g_free (control);
}

static void
changed (Control *control)
{
  describe (control->row, control->rule);
  store (control->group);
}

static void
on_enabled (AdwExpanderRow *row, GParamSpec *pspec, Control *control)
{
  control->rule->enabled = adw_expander_row_get_enable_expansion (row);
  changed (control);
}

static void
on_instrument (GtkEditable *editable, Control *control)
{
  g_free (control->rule->instrument);
  control->rule->instrument = g_strstrip (g_strdup (gtk_editable_get_text (editable)));
  changed (control);
}

static void
on_class (GtkCheckButton *button, Control *control)
{
  guint bit = BS_ALERT_CLASS (control->detail);
  control->rule->classes = gtk_check_button_get_active (button) ? control->rule->classes | bit : control->rule->classes & ~bit;
  changed (control);
}

static double *
number_of (BsAlertRule *rule, guint detail)
{
  double *const numbers[] = { &rule->min_confidence, &rule->hurst_min, &rule->hurst_max };
  return numbers[detail];
}

static void
on_number (GtkSpinButton *spin, Control *control)
{
  *number_of (control->rule, control->detail) = gtk_spin_button_get_value (spin);
  changed (control);
}

static void
on_changes_only (GtkSwitch *control_switch, GParamSpec *pspec, Control *control)
{
  control->rule->changes_only = gtk_switch_get_active (control_switch);
  changed (control);
}

/* A time that is none is marked, and nothing is stored. */
static void
on_quiet (GtkEditable *editable, Control *control)
{
  guint minute;
  gboolean good = bs_alert_rule_parse_minute (gtk_editable_get_text (editable), &minute);
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (editable), GTK_ACCESSIBLE_STATE_INVALID,
                               good ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
  if (!good)
    return;
  *(control->detail == 0 ? &control->rule->quiet_from : &control->rule->quiet_to) = minute;
  changed (control);
}

static void
on_delete (GtkButton *button, Control *control)
{
  BsAlertRulesGroup *self = control->group;
  /* The control goes with its row. */
  g_ptr_array_remove (self->rules, control->rule);
  store (self);
  rebuild (self);
}

static void
add_row (AdwExpanderRow *row, const char *title, GtkWidget *control)
{
  GtkWidget *action_row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (action_row), title);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (action_row), control);
  /* A box holds several, which are named one by one. */
  if (!GTK_IS_BOX (control))
    gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_expander_row_add_row (row, action_row);
}

static void
add_classes (BsAlertRulesGroup *self, BsAlertRule *rule, AdwExpanderRow *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  for (guint i = 0; i < BS_N_CLASSES; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (bs_signal_text_class_title (i));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), (rule->classes & BS_ALERT_CLASS (i)) != 0);
      g_signal_connect_data (check, "toggled", G_CALLBACK (on_class), control_new (self, rule, row, i), control_free, 0);
      gtk_box_append (GTK_BOX (box), check);
    }
  add_row (row, _ ("Signals"), box);
}

static void
add_numbers (BsAlertRulesGroup *self, BsAlertRule *rule, AdwExpanderRow *row)
{
  static const char *const titles[] = { N_ ("Confidence at Least"), N_ ("Hurst at Least"), N_ ("Hurst at Most") };
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      GtkWidget *spin = gtk_spin_button_new_with_range (0, 1, 0.01);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), *number_of (rule, i));
      bs_number_spin_localize (GTK_SPIN_BUTTON (spin));
      bs_accessible_name_parts (spin, GTK_TYPE_TEXT, _ (titles[i]));
      g_signal_connect_data (spin, "value-changed", G_CALLBACK (on_number), control_new (self, rule, row, i), control_free, 0);
      add_row (row, _ (titles[i]), spin);
    }
}

static void
add_quiet (BsAlertRulesGroup *self, BsAlertRule *rule, AdwExpanderRow *row)
{
  static const char *const names[] = { N_ ("Quiet from"), N_ ("Quiet until") };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      guint minute = i == 0 ? rule->quiet_from : rule->quiet_to;
      g_autofree char *text = g_strdup_printf ("%02u:%02u", minute / 60, minute % 60);
      GtkWidget *entry = gtk_entry_new ();
      gtk_editable_set_text (GTK_EDITABLE (entry), text);
      gtk_editable_set_width_chars (GTK_EDITABLE (entry), 6);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 6);
      gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "00:00");
      gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
      gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (names[i]), -1);
      bs_accessible_name_parts (entry, GTK_TYPE_TEXT, _ (names[i]));
      g_signal_connect_data (entry, "changed", G_CALLBACK (on_quiet), control_new (self, rule, row, i), control_free, 0);
      if (i > 0)
        gtk_box_append (GTK_BOX (box), gtk_label_new ("–"));
      gtk_box_append (GTK_BOX (box), entry);
    }
  add_row (row, _ ("Quiet Hours, Local Time"), box);
}

static GtkWidget *
new_row (BsAlertRulesGroup *self, BsAlertRule *rule)
{
  AdwExpanderRow *row = ADW_EXPANDER_ROW (adw_expander_row_new ());
  GtkWidget *instrument = adw_entry_row_new (), *changes = gtk_switch_new ();
  GtkWidget *remove = gtk_button_new_with_label (_ ("Remove"));
  describe (row, rule);
  adw_expander_row_set_show_enable_switch (row, TRUE);
  bs_accessible_name_parts (GTK_WIDGET (row), GTK_TYPE_SWITCH, _ ("This rule is on"));
  bs_accessible_name_parts (GTK_WIDGET (row), GTK_TYPE_LIST_BOX, _ ("Rule"));
  adw_expander_row_set_enable_expansion (row, rule->enabled);
  g_signal_connect_data (row, "notify::enable-expansion", G_CALLBACK (on_enabled), control_new (self, rule, row, 0), control_free, 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (instrument), _ ("Instrument (empty: any)"));
  gtk_editable_set_text (GTK_EDITABLE (instrument), rule->instrument);
  g_signal_connect_data (instrument, "changed", G_CALLBACK (on_instrument), control_new (self, rule, row, 0), control_free, 0);
  adw_expander_row_add_row (row, instrument);
  add_classes (self, rule, row);
  add_numbers (self, rule, row);
  gtk_switch_set_active (GTK_SWITCH (changes), rule->changes_only);
  g_signal_connect_data (changes, "notify::active", G_CALLBACK (on_changes_only), control_new (self, rule, row, 0), control_free, 0);
  add_row (row, _ ("Only Where the Signal Changes"), changes);
  add_quiet (self, rule, row);
  gtk_widget_add_css_class (remove, "destructive-action");
  g_signal_connect_data (remove, "clicked", G_CALLBACK (on_delete), control_new (self, rule, row, 0), control_free, 0);
  add_row (row, _ ("This Rule"), remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Remove this rule"), -1);
  return GTK_WIDGET (row);
}

static void
rebuild (BsAlertRulesGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->rules->len; i++)
    {
      GtkWidget *row = new_row (self, self->rules->pdata[i]);
      g_ptr_array_add (self->rows, row);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
    }
}

static void
on_add (GtkButton *button, BsAlertRulesGroup *self)
{
  if (self->rules->len == BS_ALERT_MAX_RULES)
    return;
  g_ptr_array_add (self->rules, bs_alert_rule_new ());
  store (self);
  rebuild (self);
  adw_expander_row_set_expanded (self->rows->pdata[self->rows->len - 1], TRUE);
}

static void
bs_alert_rules_group_finalize (GObject *object)
{
  BsAlertRulesGroup *self = BS_ALERT_RULES_GROUP (object);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (bs_alert_rules_group_parent_class)->finalize (object);
}

static void
bs_alert_rules_group_class_init (BsAlertRulesGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_alert_rules_group_finalize;
}

static void
bs_alert_rules_group_init (BsAlertRulesGroup *self)
{
  self->rows = g_ptr_array_new ();
}

GtkWidget *
bs_alert_rules_group_new (GSettings *settings)
{
  BsAlertRulesGroup *self = g_object_new (BS_TYPE_ALERT_RULES_GROUP, NULL);
  GtkWidget *add = gtk_button_new_from_icon_name ("list-add-symbolic");
  g_autoptr (GVariant) variant = g_settings_get_value (settings, KEY);
  self->settings = g_object_ref (settings);
  self->rules = bs_alert_rules_parse (variant);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Alert Rules"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         _ ("A signal of a live feed that fits a rule is told by the desktop and kept under the bell; "
                                            "a replay's is kept there only."));
  gtk_widget_add_css_class (add, "flat");
  gtk_widget_set_tooltip_text (add, _ ("Add a rule"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (add), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Add a rule"), -1);
  g_signal_connect (add, "clicked", G_CALLBACK (on_add), self);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), add);
  rebuild (self);
  return GTK_WIDGET (self);
}
