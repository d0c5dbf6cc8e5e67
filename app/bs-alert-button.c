#include "app/bs-alert-button.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"
#include "ui/panels/bs-signal-text.h"

/* The list is as high as its rows, up to here. */
#define MAX_HEIGHT_PX 420
#define WIDTH_PX 340

struct _BsAlertButton
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkLabel *badge;
  GtkStack *stack;
  GtkListView *list;
  BsAlertCenter *center; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (BsAlertButton, bs_alert_button, GTK_TYPE_WIDGET)

char *
bs_alert_button_text (const BsAlertEvent *event)
{
  char confidence[BS_NUMBER_LENGTH], price[BS_NUMBER_LENGTH];
  bs_number_format_percent (confidence, event->confidence, 0);
  bs_number_format (price, event->price, event->decimals);
  /* Translators: instrument, signal, confidence, price */
  return g_strdup_printf (_ ("%s %s %s at %s"), event->instrument, bs_signal_text_class_word (event->klass), confidence, price);
}

/* Rows */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (NULL), *time = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (time), 0);
  gtk_widget_add_css_class (title, "numeric");
  gtk_widget_add_css_class (time, "caption");
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (time, "numeric");
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), time);
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const BsAlertEvent *event = bs_alert_event (gtk_list_item_get_item (item));
  GtkWidget *title = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *time = gtk_widget_get_next_sibling (title);
  char when[BS_BAR_TIME_LENGTH];
  g_autofree char *text = bs_alert_button_text (event);
  g_autofree char *line
    = g_strdup_printf ("%s %s%s", bs_bar_time_format (when, event->time_us), bs_bar_time_zone (event->time_us),
                       event->live ? "" : _ (" · replay"));
  gtk_label_set_text (GTK_LABEL (title), text);
  gtk_label_set_text (GTK_LABEL (time), line);
  bs_accessible_name_row (gtk_list_item_get_child (item), text);
}

static void
on_activate (GtkListView *list, guint position, BsAlertButton *self)
{
  g_autoptr (BsAlert) alert = g_list_model_get_item (bs_alert_center_list (self->center), position);
  gtk_menu_button_popdown (self->button);
  const BsAlertEvent *event = bs_alert_event (alert);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-alert", "(st)", event->instrument, event->index);
}

static void
update (BsAlertButton *self)
{
  guint n = self->center != NULL ? bs_alert_center_n_unseen (self->center) : 0;
  guint held = self->center != NULL ? g_list_model_get_n_items (bs_alert_center_list (self->center)) : 0;
  g_autofree char *count = n > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", n);
  g_autofree char *text = n > 0 ? g_strdup_printf (ngettext ("Alerts: %u new", "Alerts: %u new", n), n) : g_strdup (_ ("Alerts"));
  /* Translators: a tooltip: what, and its key */
  g_autofree char *tip = g_strdup_printf (_ ("%s (F7)"), text);
  gtk_label_set_text (self->badge, count);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), n > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_stack_set_visible_child_name (self->stack, held > 0 ? "list" : "empty");
}

static void
on_shown (GtkPopover *popover, GParamSpec *pspec, BsAlertButton *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (popover)) && self->center != NULL)
    bs_alert_center_see (self->center);
}

static void
on_clear (GtkButton *button, BsAlertButton *self)
{
  bs_alert_center_clear (self->center);
}

static void
bs_alert_button_dispose (GObject *object)
{
  BsAlertButton *self = BS_ALERT_BUTTON (object);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->center);
  G_OBJECT_CLASS (bs_alert_button_parent_class)->dispose (object);
}

static void
bs_alert_button_class_init (BsAlertButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_alert_button_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
new_list (BsAlertButton *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_list_view_set_single_click_activate (self->list, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Alerts"), -1);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scroller), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Alerts"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MAX_HEIGHT_PX);
  return scroller;
}

static GtkWidget *
new_foot (BsAlertButton *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *rules = gtk_button_new_with_label (_ ("Rules…")), *clear = gtk_button_new_with_label (_ ("Clear"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (rules), "win.preferences-page");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (rules), "s", "alerts");
  g_signal_connect (clear, "clicked", G_CALLBACK (on_clear), self);
  gtk_widget_set_hexpand (rules, TRUE);
  gtk_widget_set_halign (rules, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (foot), rules);
  gtk_box_append (GTK_BOX (foot), clear);
  return foot;
}

static void
bs_alert_button_init (BsAlertButton *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *empty = gtk_label_new (_ ("No alerts yet. A rule tells when a signal is worth one.")), *popover = gtk_popover_new ();
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  self->badge = GTK_LABEL (gtk_label_new (NULL));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->badge), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->badge), "caption-heading");
  gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name ("barscope-alerts-symbolic"));
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->badge));
  gtk_menu_button_set_child (self->button, content);
  gtk_label_set_wrap (GTK_LABEL (empty), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (empty), 30);
  gtk_label_set_justify (GTK_LABEL (empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (empty, "dim-label");
  gtk_widget_set_margin_top (empty, 18);
  gtk_widget_set_margin_bottom (empty, 18);
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, new_list (self), "list");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  gtk_box_append (GTK_BOX (box), new_foot (self));
  gtk_widget_set_size_request (box, WIDTH_PX, -1);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  g_signal_connect (popover, "notify::visible", G_CALLBACK (on_shown), self);
  gtk_menu_button_set_popover (self->button, popover);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
  update (self);
}

void
bs_alert_button_set_center (BsAlertButton *self, BsAlertCenter *center)
{
  g_return_if_fail (BS_IS_ALERT_BUTTON (self) && self->center == NULL);
  self->center = g_object_ref (center);
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (bs_alert_center_list (center)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (center, "notify::n-unseen", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bs_alert_center_list (center), "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
bs_alert_button_popup (BsAlertButton *self)
{
  g_return_if_fail (BS_IS_ALERT_BUTTON (self));
  gtk_menu_button_popup (self->button);
}
