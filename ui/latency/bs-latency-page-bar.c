/* bs-latency-page-bar.c: the controls of the latency page */
#include "ui/latency/bs-latency-page-bar.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-number-spin.h"

#define US_PER_MS 1000.0
#define MAX_CHOICE_CHARS 26
#define MIN_CHOICE_CHARS 6

struct _BsLatencyPageBar
{
  GtkWidget parent_instance;
  BsLatencyRecord *record;
  GtkWidget *box;
  GtkToggleButton *drags[BS_LATENCY_N_SIDES + 1]; /* the last one pans */
  GtkDropDown *drop_downs[BS_LATENCY_N_SIDES];
  GPtrArray *choices[BS_LATENCY_N_SIDES]; /* of BsLatencyChoice, as the drop-down lists them */
  guint chosen[BS_LATENCY_N_SIDES];
  GtkWidget *before_after;
  gboolean listing; /* the lists are being made: nothing was chosen by the user */
};

G_DEFINE_FINAL_TYPE (BsLatencyPageBar, bs_latency_page_bar, GTK_TYPE_WIDGET)

enum
{
  DRAG_CHANGED,
  CHOICE_CHANGED,
  EXPORT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The button inside a drop-down takes the focus, and has no name of its own. */
static void
name_drop_down (BsLatencyPageBar *self, BsLatencySide side)
{
  GtkWidget *widget = GTK_WIDGET (self->drop_downs[side]);
  const BsLatencyChoice *choice = bs_latency_page_bar_get_choice (self, side);
  g_autofree char *name = g_strdup_printf ("%s: %s", bs_latency_side_letter (side), choice->title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  bs_accessible_name_parts (widget, GTK_TYPE_TOGGLE_BUTTON, name);
  bs_accessible_name_parts (widget, GTK_TYPE_SCROLLED_WINDOW, name);
  bs_accessible_name_parts (widget, GTK_TYPE_LIST_VIEW, name);
  bs_accessible_name_parts (widget, GTK_TYPE_POPOVER, name);
  gtk_widget_set_tooltip_text (widget, choice->title);
}

static void
take_choice (BsLatencyPageBar *self, BsLatencySide side, guint chosen)
{
  if (self->chosen[side] == chosen)
    return;
  self->chosen[side] = chosen;
  name_drop_down (self, side);
  g_signal_emit (self, signals[CHOICE_CHANGED], 0, (int) side);
}

static void
on_drop_down (GtkDropDown *drop_down, GParamSpec *pspec, gpointer data)
{
  BsLatencyPageBar *self = data;
  guint selected = gtk_drop_down_get_selected (drop_down);

  if (!self->listing && selected != GTK_INVALID_LIST_POSITION)
    take_choice (self, drop_down == self->drop_downs[BS_LATENCY_A] ? BS_LATENCY_A : BS_LATENCY_B, selected);
}

/* Lists what can be chosen for @side; what was chosen stays where it still can be, else it is the first. */
static void
list_choices (BsLatencyPageBar *self, BsLatencySide side)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->choices[side]);
  const BsLatencyChoice *before = old != NULL ? old->pdata[self->chosen[side]] : NULL;
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  gboolean kept = FALSE;
  guint chosen = 0;

  self->choices[side] = bs_latency_choices (bs_latency_record_marks (self->record), side == BS_LATENCY_B);
  for (guint i = 0; i < self->choices[side]->len; i++)
    {
      const BsLatencyChoice *choice = self->choices[side]->pdata[i];
      gtk_string_list_append (titles, choice->title);
      if (before != NULL && bs_latency_choice_equal (choice, before))
        {
          chosen = i;
          kept = TRUE;
        }
    }
  self->listing = TRUE;
  gtk_drop_down_set_model (self->drop_downs[side], G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->drop_downs[side], chosen);
  self->listing = FALSE;
  self->chosen[side] = chosen;
  name_drop_down (self, side);
  /* A state goes on in a new stretch: what it stands for may be more even where its name stays. */
  if (before != NULL && (!kept || before->kind >= BS_LATENCY_CHOICE_STATE))
    g_signal_emit (self, signals[CHOICE_CHANGED], 0, (int) side);
}

static void
on_marks_changed (BsLatencyPageBar *self)
{
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    list_choices (self, side);
  gtk_widget_set_sensitive (self->before_after, bs_latency_marks_length (bs_latency_record_marks (self->record)) > 0);
}

/* The stretch before the newest switch, or the one after it. */
static void
choose_stretch (BsLatencyPageBar *self, BsLatencySide side, guint stretch)
{
  guint64 number = bs_latency_marks_stretch (bs_latency_record_marks (self->record), stretch).from;

  for (guint i = 0; i < self->choices[side]->len; i++)
    {
      const BsLatencyChoice *choice = self->choices[side]->pdata[i];
      if (choice->kind == BS_LATENCY_CHOICE_STRETCH && choice->number == number)
        gtk_drop_down_set_selected (self->drop_downs[side], i);
    }
}

static void
on_before_after (BsLatencyPageBar *self)
{
  guint n = bs_latency_marks_length (bs_latency_record_marks (self->record));

  if (n == 0)
    return;
  choose_stretch (self, BS_LATENCY_A, n - 1);
  choose_stretch (self, BS_LATENCY_B, n);
}

static void
on_drag (GtkToggleButton *button, gpointer data)
{
  BsLatencyPageBar *self = data;

  if (gtk_toggle_button_get_active (button))
    g_signal_emit (self, signals[DRAG_CHANGED], 0, (int) bs_latency_page_bar_get_drag (self));
}

static void
on_export (GSimpleAction *action, GVariant *format, gpointer data)
{
  g_signal_emit (data, signals[EXPORT], 0, g_variant_get_string (format, NULL));
}

static GtkWidget *
append_label (BsLatencyPageBar *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_box_append (GTK_BOX (self->box), label);
  return label;
}

static void
append_drags (BsLatencyPageBar *self)
{
  /* In the order in which they stand; @side: see "drag-changed". */
  static const struct
  {
    BsLatencySide side;
    const char *label, *name, *tooltip;
  } drags[] = {
    { BS_LATENCY_N_SIDES, N_ ("Pan"), N_ ("A drag pans"), N_ ("A drag on the timeline pans") },
    { BS_LATENCY_A, "A", N_ ("A drag selects A"), N_ ("A drag on the timeline selects A (key A); with Shift it pans") },
    { BS_LATENCY_B, "B", N_ ("A drag selects B"), N_ ("A drag on the timeline selects B (key B); with Shift it pans") },
  };
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  append_label (self, _ ("Drag"));
  gtk_widget_add_css_class (group, "linked");
  for (guint i = 0; i < G_N_ELEMENTS (drags); i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_ (drags[i].label));
      self->drags[drags[i].side] = GTK_TOGGLE_BUTTON (button);
      gtk_widget_set_tooltip_text (button, _ (drags[i].tooltip));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (drags[i].name), -1);
      if (i > 0)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), self->drags[drags[0].side]);
      gtk_box_append (GTK_BOX (group), button);
    }
  gtk_toggle_button_set_active (self->drags[BS_LATENCY_A], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (drags); i++)
    g_signal_connect (self->drags[i], "toggled", G_CALLBACK (on_drag), self);
  gtk_box_append (GTK_BOX (self->box), group);
}

static void
on_setup_title (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), MIN_CHOICE_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHOICE_CHARS);
  gtk_list_item_set_child (item, label);
}

static void
on_bind_title (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (GTK_STRING_OBJECT (gtk_list_item_get_item (item))));
}

static void
append_side (BsLatencyPageBar *self, BsLatencySide side)
{
  GtkWidget *drop_down = gtk_drop_down_new (NULL, NULL);
  g_autoptr (GtkListItemFactory) short_titles = gtk_signal_list_item_factory_new ();

  /* Long states must not push the bar apart; the list shows them whole. */
  g_autoptr (GtkListItemFactory) whole = g_object_ref (gtk_drop_down_get_factory (GTK_DROP_DOWN (drop_down)));
  g_signal_connect (short_titles, "setup", G_CALLBACK (on_setup_title), NULL);
  g_signal_connect (short_titles, "bind", G_CALLBACK (on_bind_title), NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (drop_down), short_titles);
  gtk_drop_down_set_list_factory (GTK_DROP_DOWN (drop_down), whole);
  self->drop_downs[side] = GTK_DROP_DOWN (drop_down);
  append_label (self, bs_latency_side_letter (side));
  gtk_box_append (GTK_BOX (self->box), drop_down);
  list_choices (self, side);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_drop_down), self);
}

static gboolean
us_to_ms (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_double (to, g_value_get_double (from) / US_PER_MS);
  return TRUE;
}

static gboolean
ms_to_us (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_double (to, g_value_get_double (from) * US_PER_MS);
  return TRUE;
}

static void
append_budget (BsLatencyPageBar *self)
{
  GtkAdjustment *adjustment
    = gtk_adjustment_new (bs_latency_record_get_budget_us (self->record) / US_PER_MS,
                          BS_LATENCY_MIN_BUDGET_US / US_PER_MS, BS_LATENCY_MAX_BUDGET_US / US_PER_MS, 1, 10, 0);
  GtkWidget *spin = gtk_spin_button_new (adjustment, 0, 3);

  g_object_bind_property_full (self->record, "budget-us", adjustment, "value", G_BINDING_BIDIRECTIONAL, us_to_ms,
                               ms_to_us, NULL, NULL);
  bs_number_spin_localize (GTK_SPIN_BUTTON (spin));
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
  gtk_widget_set_tooltip_text (spin, _ ("Budget of a prediction: the dashed line of the timeline"));
  bs_accessible_name_parts (spin, GTK_TYPE_WIDGET, _ ("Budget in milliseconds"));
  GtkWidget *title = append_label (self, _ ("Budget"));
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_set_halign (title, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self->box), spin);
  append_label (self, _ ("ms"));
}

static void
append_export (BsLatencyPageBar *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  static const GActionEntry entries[] = { { "export", on_export, "s" } };

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "latency", G_ACTION_GROUP (group));
  g_menu_append (menu, _ ("Every Prediction (_CSV)…"), "latency.export::csv");
  g_menu_append (menu, _ ("Percentiles (_JSON)…"), "latency.export::json");
  g_menu_append (menu, _ ("Picture of the Page (_PNG)…"), "latency.export::png");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Export"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  bs_accessible_name_parts (button, GTK_TYPE_MENU_BUTTON, _ ("Export latency"));
  gtk_box_append (GTK_BOX (self->box), button);
}

static void
bs_latency_page_bar_dispose (GObject *object)
{
  BsLatencyPageBar *self = BS_LATENCY_PAGE_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    g_clear_pointer (&self->choices[side], g_ptr_array_unref);
  g_clear_object (&self->record);
  G_OBJECT_CLASS (bs_latency_page_bar_parent_class)->dispose (object);
}

static void
bs_latency_page_bar_class_init (BsLatencyPageBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_latency_page_bar_dispose;
  signals[DRAG_CHANGED] = g_signal_new ("drag-changed", BS_TYPE_LATENCY_PAGE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[CHOICE_CHANGED] = g_signal_new ("choice-changed", BS_TYPE_LATENCY_PAGE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[EXPORT] = g_signal_new ("export", BS_TYPE_LATENCY_PAGE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "latencypagebar");
}

static void
bs_latency_page_bar_init (BsLatencyPageBar *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
bs_latency_page_bar_new (BsLatencyRecord *record)
{
  g_return_val_if_fail (BS_IS_LATENCY_RECORD (record), NULL);

  BsLatencyPageBar *self = g_object_new (BS_TYPE_LATENCY_PAGE_BAR, NULL);
  self->record = g_object_ref (record);
  append_drags (self);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    append_side (self, side);
  self->before_after = gtk_button_new_with_label (_ ("Before/After"));
  gtk_widget_set_tooltip_text (self->before_after,
                               _ ("Compares what was before the newest switch with what is after it"));
  g_signal_connect_object (self->before_after, "clicked", G_CALLBACK (on_before_after), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), self->before_after);
  append_budget (self);
  append_export (self);
  g_signal_connect_object (record, "marks-changed", G_CALLBACK (on_marks_changed), self, G_CONNECT_SWAPPED);
  on_marks_changed (self);
  return GTK_WIDGET (self);
}

const BsLatencyChoice *
bs_latency_page_bar_get_choice (BsLatencyPageBar *self, BsLatencySide side)
{
  g_return_val_if_fail (BS_IS_LATENCY_PAGE_BAR (self), NULL);
  g_return_val_if_fail (side < BS_LATENCY_N_SIDES, NULL);
  return self->choices[side]->pdata[self->chosen[side]];
}

void
bs_latency_page_bar_choose (BsLatencyPageBar *self, BsLatencySide side, BsLatencyChoiceKind kind)
{
  g_return_if_fail (BS_IS_LATENCY_PAGE_BAR (self));
  g_return_if_fail (side < BS_LATENCY_N_SIDES);

  for (guint i = 0; i < self->choices[side]->len; i++)
    if (((const BsLatencyChoice *) self->choices[side]->pdata[i])->kind == kind)
      {
        gtk_drop_down_set_selected (self->drop_downs[side], i);
        return;
      }
}

void
bs_latency_page_bar_set_drag (BsLatencyPageBar *self, BsLatencySide side)
{
  g_return_if_fail (BS_IS_LATENCY_PAGE_BAR (self));
  g_return_if_fail (side <= BS_LATENCY_N_SIDES);
  gtk_toggle_button_set_active (self->drags[side], TRUE);
}

BsLatencySide
bs_latency_page_bar_get_drag (BsLatencyPageBar *self)
{
  g_return_val_if_fail (BS_IS_LATENCY_PAGE_BAR (self), BS_LATENCY_N_SIDES);

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    if (gtk_toggle_button_get_active (self->drags[side]))
      return side;
  return BS_LATENCY_N_SIDES;
}
