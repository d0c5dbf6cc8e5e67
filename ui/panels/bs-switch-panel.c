/* bs-switch-panel.c: every option of the option table as a row with its control */
#include "ui/panels/bs-switch-panel.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/bs-scroll-guard.h"
#include "ui/bs-ui-resources.h"

typedef struct
{
  BsOption option;
  AdwActionRow *row;
  char *effect;       /* (nullable): as last measured here */
  GtkWidget *control; /* GtkSwitch, GtkSpinButton or GtkDropDown; the row itself is never one */
} Row;

struct _BsSwitchPanel
{
  GtkWidget parent_instance;
  BsOptions options;
  Row rows[BS_N_OPTIONS];
  gboolean setting; /* the program, not the user, moves the controls */
};

G_DEFINE_FINAL_TYPE (BsSwitchPanel, bs_switch_panel, GTK_TYPE_WIDGET)

enum
{
  OPTION_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The table is the engine's, which knows no languages: its texts are translated here. */
static const char *
translate (const char *text)
{
  return text != NULL && *text != '\0' ? g_dgettext (GETTEXT_PACKAGE, text) : "";
}

/* As a sentence: the same reason stands in the middle of one on the command line. */
static char *
capitalized (const char *text)
{
  gunichar first = g_utf8_get_char (text);
  char upper[7] = "";

  if (*text == '\0')
    return g_strdup ("");
  g_unichar_to_utf8 (g_unichar_toupper (first), upper);
  return g_strconcat (upper, g_utf8_next_char (text), NULL);
}

/* Whether @value of @option can be had with the others as they are. */
static gboolean
available (const BsOptions *options, BsOption option, int value, char **reason)
{
  const BsOptionInfo *info = bs_option_info (option);

  *reason = NULL;
  return info->available == NULL || info->available (options, value, reason);
}

/* How many values of a boolean or a choice can be had, and why the first that cannot, cannot. */
static guint
count_available (const BsOptions *options, BsOption option, char **reason)
{
  const BsOptionInfo *info = bs_option_info (option);
  guint n_values = info->type == BS_OPTION_BOOLEAN ? 2 : g_strv_length ((char **) info->choices), n = 0;

  *reason = NULL;
  for (guint value = 0; value < n_values; value++)
    {
      g_autofree char *why = NULL;
      if (available (options, option, (int) value, &why))
        n++;
      else if (*reason == NULL)
        *reason = g_steal_pointer (&why);
    }
  return n;
}

static void
show_value (Row *row, int value)
{
  switch (bs_option_info (row->option)->type)
    {
    case BS_OPTION_BOOLEAN:
      /* Setting what is set already would end the animation of a flip that is on its way, and the flip with it. */
      if (gtk_switch_get_active (GTK_SWITCH (row->control)) != (value != 0))
        gtk_switch_set_active (GTK_SWITCH (row->control), value != 0);
      break;
    case BS_OPTION_INTEGER:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (row->control), value);
      break;
    case BS_OPTION_CHOICE:
      gtk_drop_down_set_selected (GTK_DROP_DOWN (row->control), (guint) value);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Value, help and sensitivity of every row: what one option takes may change what another can have. */
static void
update (BsSwitchPanel *self)
{
  self->setting = TRUE;
  for (guint i = 0; i < BS_N_OPTIONS; i++)
    {
      Row *row = &self->rows[i];
      const BsOptionInfo *info = bs_option_info (row->option);
      g_autofree char *reason = NULL;
      gboolean sensitive;

      show_value (row, self->options.value[i]);
      if (info->type == BS_OPTION_INTEGER)
        sensitive = available (&self->options, row->option, self->options.value[i], &reason);
      else
        sensitive = count_available (&self->options, row->option, &reason) > 1;

      /* The control alone: the row has the reason why, which is there to be read. */
      gtk_widget_set_sensitive (row->control, sensitive);
      if (sensitive)
        gtk_widget_remove_css_class (GTK_WIDGET (row->row), "bs-ruled-out");
      else
        gtk_widget_add_css_class (GTK_WIDGET (row->row), "bs-ruled-out");
      g_autofree char *help = capitalized (translate (!sensitive && reason != NULL ? reason : info->help));
      g_autofree char *subtitle
        = row->effect != NULL ? g_strdup_printf (_ ("%s\nHere: %s"), help, row->effect) : g_strdup (help);
      if (g_strcmp0 (adw_action_row_get_subtitle (row->row), subtitle) != 0)
        adw_action_row_set_subtitle (row->row, subtitle);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
    }
  self->setting = FALSE;
}

/* The user has moved a control to @value. */
static void
ask (BsSwitchPanel *self, Row *row, int value)
{
  g_autofree char *reason = NULL;

  if (self->setting || self->options.value[row->option] == value)
    return;
  if (!available (&self->options, row->option, value, &reason))
    {
      /* One choice of several: the row stays, the choice goes back, and the row says why. */
      self->setting = TRUE;
      show_value (row, self->options.value[row->option]);
      self->setting = FALSE;
      if (reason != NULL)
        {
          g_autofree char *subtitle = capitalized (translate (reason));
          adw_action_row_set_subtitle (row->row, subtitle);
        }
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  self->options.value[row->option] = value;
  update (self);
  g_signal_emit (self, signals[OPTION_CHANGED], 0, (int) row->option, value);
}

static Row *
row_of (BsSwitchPanel *self, gpointer control)
{
  for (guint i = 0; i < BS_N_OPTIONS; i++)
    if (self->rows[i].control == control)
      return &self->rows[i];
  g_assert_not_reached ();
}

static void
on_switch (GtkSwitch *control, GParamSpec *pspec, gpointer data)
{
  ask (data, row_of (data, control), gtk_switch_get_active (control));
}

static void
on_spin (GtkSpinButton *control, gpointer data)
{
  ask (data, row_of (data, control), gtk_spin_button_get_value_as_int (control));
}

static void
on_drop_down (GtkDropDown *control, GParamSpec *pspec, gpointer data)
{
  guint selected = gtk_drop_down_get_selected (control);

  if (selected != GTK_INVALID_LIST_POSITION)
    ask (data, row_of (data, control), (int) selected);
}

/* The button inside a drop-down takes the focus, and has no name of its own; the drop-down has the row's. */
static void
name_focusables_below (GtkWidget *widget, const char *name)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (gtk_widget_get_focusable (child))
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      name_focusables_below (child, name);
    }
}

static GtkWidget *
new_control (BsSwitchPanel *self, const BsOptionInfo *info)
{
  GtkWidget *control = NULL;

  switch (info->type)
    {
    case BS_OPTION_BOOLEAN:
      control = gtk_switch_new ();
      g_signal_connect (control, "notify::active", G_CALLBACK (on_switch), self);
      break;
    case BS_OPTION_INTEGER:
      control = gtk_spin_button_new_with_range (info->min, info->max, 1);
      gtk_widget_add_css_class (control, "bs-numbers");
      gtk_editable_set_width_chars (GTK_EDITABLE (control), g_snprintf (NULL, 0, "%d", info->max));
      bs_scroll_guard_spin (GTK_SPIN_BUTTON (control));
      g_signal_connect (control, "value-changed", G_CALLBACK (on_spin), self);
      break;
    case BS_OPTION_CHOICE:
      control = gtk_drop_down_new_from_strings (info->choices);
      g_signal_connect (control, "notify::selected", G_CALLBACK (on_drop_down), self);
      name_focusables_below (control, translate (info->title));
      break;
    default:
      g_assert_not_reached ();
    }
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  return control;
}

static void
bs_switch_panel_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_switch_panel_parent_class)->dispose (object);
}

static void
bs_switch_panel_finalize (GObject *object)
{
  BsSwitchPanel *self = BS_SWITCH_PANEL (object);

  for (guint i = 0; i < BS_N_OPTIONS; i++)
    g_free (self->rows[i].effect);
  G_OBJECT_CLASS (bs_switch_panel_parent_class)->finalize (object);
}

static void
bs_switch_panel_class_init (BsSwitchPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_switch_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = bs_switch_panel_finalize;
  signals[OPTION_CHANGED] = g_signal_new ("option-changed", BS_TYPE_SWITCH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_css_name (widget_class, "switchpanel");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_switch_panel_init (BsSwitchPanel *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Switches"), -1);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Switches"));
  gtk_widget_set_parent (group, GTK_WIDGET (self));

  bs_options_init (&self->options);
  for (guint i = 0; i < BS_N_OPTIONS; i++)
    {
      Row *row = &self->rows[i];
      const BsOptionInfo *info = bs_option_info ((BsOption) i);

      row->option = (BsOption) i;
      row->control = new_control (self, info);
      row->row = ADW_ACTION_ROW (adw_action_row_new ());
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row->row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row->row), translate (info->title));
      gtk_widget_set_tooltip_text (GTK_WIDGET (row->row), info->name);
      adw_action_row_add_suffix (row->row, row->control);
      adw_action_row_set_activatable_widget (row->row, row->control); /* which is labelled by the row, too */
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (row->row));
    }
  update (self);
}

GtkWidget *
bs_switch_panel_new (void)
{
  return g_object_new (BS_TYPE_SWITCH_PANEL, NULL);
}

void
bs_switch_panel_set_options (BsSwitchPanel *self, const BsOptions *options)
{
  g_return_if_fail (BS_IS_SWITCH_PANEL (self));
  g_return_if_fail (options != NULL);

  self->options = *options;
  update (self);
}

void
bs_switch_panel_set_effect (BsSwitchPanel *self, BsOption option, const char *text)
{
  g_return_if_fail (BS_IS_SWITCH_PANEL (self));
  g_return_if_fail (option < BS_N_OPTIONS);

  for (guint i = 0; i < BS_N_OPTIONS; i++)
    if (self->rows[i].option == option)
      {
        g_free (self->rows[i].effect);
        self->rows[i].effect = g_strdup (text);
      }
  update (self);
}

const BsOptions *
bs_switch_panel_get_options (BsSwitchPanel *self)
{
  g_return_val_if_fail (BS_IS_SWITCH_PANEL (self), NULL);
  return &self->options;
}
