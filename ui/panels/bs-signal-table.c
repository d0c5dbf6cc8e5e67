/* bs-signal-table.c: the rows of the signal log: scrolled, selected, activated */
#include "ui/panels/bs-signal-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-signal-table-private.h"

/* Scrolled as far as it goes. */
#define AT_THE_END G_MAXDOUBLE

G_DEFINE_FINAL_TYPE_WITH_CODE (BsSignalTable, bs_signal_table, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

enum
{
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum
{
  BAR_ACTIVATED,
  EXPLAIN_BAR,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

guint
bs_signal_table_n_rows (BsSignalTable *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

double
bs_signal_table_scrolled (BsSignalTable *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];

  return adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0;
}

static double
page_height (BsSignalTable *self)
{
  return MAX (1, gtk_widget_get_height (GTK_WIDGET (self)));
}

static gboolean
newest_first (BsSignalTable *self, gboolean *by_time)
{
  gboolean descending;

  *by_time = bs_signal_log_model_get_shown_order (self->model, &descending) == BS_SIGNAL_LOG_BY_TIME;
  return descending;
}

/* Remembers what is in sight: what changes next may move it. */
static void
note_position (BsSignalTable *self)
{
  double value = bs_signal_table_scrolled (self), top = floor (value / MAX (1, self->row_height));
  double bottom = (double) bs_signal_table_n_rows (self) * self->row_height - page_height (self);
  gboolean by_time, descending = newest_first (self, &by_time);

  self->anchor = bs_signal_log_model_number (self->model, (guint) top);
  self->anchor_offset = value - top * self->row_height;
  self->follows = by_time && (descending ? value < 1 : value > bottom - 1);
}

/* Takes the adjustment to the rows that there are, with @value at the top as far as it can be. */
static void
configure (BsSignalTable *self, double value)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double page = page_height (self);
  double upper = MAX (page, (double) bs_signal_table_n_rows (self) * self->row_height);

  if (adjustment == NULL || self->row_height == 0)
    return;
  gtk_adjustment_configure (adjustment, CLAMP (value, 0, upper - page), 0, upper, self->row_height,
                            MAX (self->row_height, page - self->row_height), page);
  note_position (self);
}

static void
bs_signal_table_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (widget);
  GtkAdjustment *horizontal = self->adjustments[GTK_ORIENTATION_HORIZONTAL];

  bs_signal_table_ensure_layouts (self);
  if (horizontal != NULL)
    gtk_adjustment_configure (horizontal, 0, 0, width, 1, width, width);
  gboolean by_time;
  configure (self, self->follows && !newest_first (self, &by_time) ? AT_THE_END : bs_signal_table_scrolled (self));
}

static void
update_description (BsSignalTable *self, guint position)
{
  const BsSignalLogEntry *entry = bs_signal_log_model_peek (self->model, position);
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[BS_SIGNAL_COLUMN_LENGTH];

  if (entry == NULL)
    return;
  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      const char *cell = bs_signal_column (c)->text (entry, self->decimals, buffer);
      if (*cell != '\0')
        g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", _ (bs_signal_column (c)->title), cell);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

/* Read on in peace: what comes and goes moves the rows in sight only at the top, or while the newest is among them. */
static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, gpointer data)
{
  BsSignalTable *self = data;
  double value = bs_signal_table_scrolled (self);
  guint row = (guint) (value / MAX (1, self->row_height));
  gboolean by_time, descending = newest_first (self, &by_time);

  if (by_time && self->follows)
    value = descending ? 0 : AT_THE_END;
  else if (value >= 1)
    {
      bs_signal_log_model_find_number (self->model, self->anchor, &row);
      value = (double) row * self->row_height + self->anchor_offset;
    }
  configure (self, value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Numbers are about to be given again. */
static void
on_renumber (BsSignalLogModel *model, gpointer data)
{
  BsSignalTable *self = data;

  bs_signal_table_drop_rows (self);
  self->selected = BS_SIGNAL_LOG_NO_NUMBER;
}

/* Selects @position, cut to what there is, and brings it into sight. */
static void
select_row (BsSignalTable *self, gint64 position)
{
  guint n = bs_signal_table_n_rows (self);
  double page = page_height (self), value = bs_signal_table_scrolled (self);

  if (n == 0)
    return;
  position = CLAMP (position, 0, (gint64) n - 1);
  self->selected = bs_signal_log_model_number (self->model, (guint) position);
  double top = (double) position * self->row_height;
  if (top < value)
    value = top;
  else if (top + self->row_height > value + page)
    value = top + self->row_height - page;
  configure (self, value);
  update_description (self, (guint) position);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gint64
selected_position (BsSignalTable *self)
{
  guint position;

  return self->selected != BS_SIGNAL_LOG_NO_NUMBER
             && bs_signal_log_model_find_number (self->model, self->selected, &position)
           ? (gint64) position
           : -1;
}

static void
on_reordered (BsSignalLogModel *model, gpointer data)
{
  BsSignalTable *self = data;
  gint64 position = selected_position (self);
  gboolean by_time, descending = newest_first (self, &by_time);

  configure (self, by_time && !descending ? AT_THE_END : 0);
  if (position >= 0)
    select_row (self, position);
}

/* By rows (0: to one end, by the sign of the second argument), or by pages. */
static gboolean
move_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (widget);
  gint64 position = selected_position (self), page;
  int rows, pages, ends;

  g_variant_get (args, "(iii)", &rows, &pages, &ends);
  page = MAX (1, gtk_widget_get_height (widget) / MAX (1, self->row_height) - 1);
  if (ends != 0)
    position = ends < 0 ? 0 : (gint64) bs_signal_table_n_rows (self) - 1;
  else if (position < 0)
    position = (gint64) (bs_signal_table_scrolled (self) / MAX (1, self->row_height));
  else
    position += rows + pages * page;
  select_row (self, position);
  return TRUE;
}

static gboolean
activate_binding (GtkWidget *widget, GVariant *args, gpointer data)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (widget);
  gint64 position = selected_position (self);

  if (position >= 0)
    g_signal_emit (self, signals[BAR_ACTIVATED], 0, bs_signal_log_model_peek (self->model, (guint) position)->index);
  return position >= 0;
}

static gboolean
explain_binding (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (widget);
  gint64 position = selected_position (self);

  if (position >= 0)
    g_signal_emit (self, signals[EXPLAIN_BAR], 0, bs_signal_log_model_peek (self->model, (guint) position)->index);
  return position >= 0;
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  BsSignalTable *self = data;
  gint64 position = (gint64) ((y + floor (bs_signal_table_scrolled (self))) / MAX (1, self->row_height));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (position >= bs_signal_table_n_rows (self))
    return;
  select_row (self, position);
  if (n_press == 2)
    activate_binding (GTK_WIDGET (self), NULL, NULL);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  BsSignalTable *self = data;

  self->pointer = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, gpointer data)
{
  on_motion (controller, 0, -1, data);
}

static void
on_scrolled (BsSignalTable *self)
{
  note_position (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_adjustment (BsSignalTable *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **place = &self->adjustments[orientation];

  if (*place == adjustment && adjustment != NULL)
    return;
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_clear_object (place);
  *place = g_object_ref_sink (adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (*place, "value-changed", G_CALLBACK (on_scrolled), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
bs_signal_table_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, GTK_SCROLL_MINIMUM);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_signal_table_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      break; /* one way only: rows of one height */
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_SIGNAL_TABLE (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_signal_table_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_signal_table_parent_class)->css_changed (widget, change);
  bs_signal_table_drop_layouts (BS_SIGNAL_TABLE (widget));
  on_palette_changed (widget);
  gtk_widget_queue_resize (widget);
}

static void
bs_signal_table_dispose (GObject *object)
{
  BsSignalTable *self = BS_SIGNAL_TABLE (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->adjustments); i++)
    if (self->adjustments[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->adjustments[i], self);
        g_clear_object (&self->adjustments[i]);
      }
  bs_signal_table_drop_layouts (self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (bs_signal_table_parent_class)->dispose (object);
}

static void
bs_signal_table_finalize (GObject *object)
{
  g_free (BS_SIGNAL_TABLE (object)->cache);
  G_OBJECT_CLASS (bs_signal_table_parent_class)->finalize (object);
}

static void
add_bindings (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    int rows, pages, ends;
  } moves[] = {
    { GDK_KEY_Up, -1, 0, 0 },       { GDK_KEY_KP_Up, -1, 0, 0 },       { GDK_KEY_Down, 1, 0, 0 },
    { GDK_KEY_KP_Down, 1, 0, 0 },   { GDK_KEY_Page_Up, 0, -1, 0 },     { GDK_KEY_KP_Page_Up, 0, -1, 0 },
    { GDK_KEY_Page_Down, 0, 1, 0 }, { GDK_KEY_KP_Page_Down, 0, 1, 0 }, { GDK_KEY_Home, 0, 0, -1 },
    { GDK_KEY_KP_Home, 0, 0, -1 },  { GDK_KEY_End, 0, 0, 1 },          { GDK_KEY_KP_End, 0, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (klass, moves[i].key, 0, move_binding, "(iii)", moves[i].rows, moves[i].pages,
                                  moves[i].ends);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, activate_binding, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, activate_binding, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_e, 0, explain_binding, NULL);
}

static void
bs_signal_table_class_init (BsSignalTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  object_class->get_property = bs_signal_table_get_property;
  object_class->set_property = bs_signal_table_set_property;
  object_class->dispose = bs_signal_table_dispose;
  object_class->finalize = bs_signal_table_finalize;
  widget_class->measure = bs_signal_table_measure;
  widget_class->size_allocate = bs_signal_table_size_allocate;
  widget_class->snapshot = bs_signal_table_snapshot;
  widget_class->css_changed = bs_signal_table_css_changed;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  signals[BAR_ACTIVATED] = g_signal_new ("bar-activated", BS_TYPE_SIGNAL_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[EXPLAIN_BAR] = g_signal_new ("explain-bar", BS_TYPE_SIGNAL_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_UINT64);
  gtk_widget_class_set_css_name (widget_class, "signaltable");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TABLE);
  add_bindings (widget_class);
}

static void
bs_signal_table_init (BsSignalTable *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->cache = g_new0 (BsSignalTableRow, BS_SIGNAL_TABLE_N_CACHED);
  self->decimals = 2;
  self->selected = self->anchor = BS_SIGNAL_LOG_NO_NUMBER;
  self->follows = TRUE;
  self->pointer = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (widget, "view");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Signal log"), -1);
  bs_palette_watch (widget, on_palette_changed);

  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
}

GtkWidget *
bs_signal_table_new (BsSignalLogModel *model)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (model), NULL);

  BsSignalTable *self = g_object_new (BS_TYPE_SIGNAL_TABLE, NULL);
  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (model, "renumber", G_CALLBACK (on_renumber), self, 0);
  g_signal_connect_object (model, "reordered", G_CALLBACK (on_reordered), self, 0);
  return GTK_WIDGET (self);
}

void
bs_signal_table_set_decimals (BsSignalTable *self, guint decimals)
{
  g_return_if_fail (BS_IS_SIGNAL_TABLE (self));

  self->decimals = decimals;
  bs_signal_table_drop_rows (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
