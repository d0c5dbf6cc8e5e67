#include "app/bs-seek-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-bar-time.h"
#include "ui/bs-number.h"

/* A slider that is being dragged seeks once it rests this long: every seek backwards begins anew. */
#define SETTLE_MSEC 120

struct _BsSeekBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkRange *scale;
  GtkLabel *label, *time_label;
  GtkLabel *short_time_label; /* without the date, where there is no room for it */
  BsTransport *transport;
  guint settle;
  guint64 wanted;
  gboolean showing; /* the value is being set to what the replay says */
  guint64 shown_position, shown_length;
  gint64 shown_time;
};

G_DEFINE_FINAL_TYPE (BsSeekBar, bs_seek_bar, GTK_TYPE_WIDGET)

static void
show_label (BsSeekBar *self, guint64 position, guint64 length)
{
  char at[BS_NUMBER_LENGTH], of[BS_NUMBER_LENGTH];
  bs_number_format_count (at, position);
  bs_number_format_count (of, length);
  g_autofree char *text = g_strdup_printf (ngettext ("%s / %s bar", "%s / %s bars", length), at, of);
  gtk_label_set_text (self->label, text);
  gtk_label_set_width_chars (self->label, 2 * (int) g_utf8_strlen (of, -1) + 8);
}

/* "2024-03-05 14:32:00 UTC": of the newest bar before @position. */
static void
show_time (BsSeekBar *self, guint64 position)
{
  gint64 time_us = bs_transport_time (self->transport, position);
  char time[BS_BAR_TIME_LENGTH];
  g_autofree char *text = NULL;
  if (time_us != G_MININT64)
    text = g_strdup_printf ("%s %s", bs_bar_time_format (time, time_us), bs_bar_time_zone (time_us));
  const char *full = text != NULL ? text : "", *space = strchr (full, ' ');
  gtk_label_set_text (self->time_label, full);
  gtk_label_set_text (self->short_time_label, space != NULL ? space + 1 : full);
  /* A screen reader is told the date, too, whichever is shown. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->short_time_label), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
}

static void
on_changed (BsSeekBar *self)
{
  guint64 position = bs_transport_position (self->transport);
  guint64 length = bs_transport_length (self->transport);
  gtk_widget_set_sensitive (GTK_WIDGET (self->scale), bs_transport_is_active (self->transport) && length > 0);
  gint64 time_us = bs_transport_time (self->transport, position);
  if (self->settle != 0
      || (position == self->shown_position && length == self->shown_length && time_us == self->shown_time))
    return;
  self->showing = TRUE;
  if (length != self->shown_length)
    gtk_range_set_range (self->scale, 0.0, MAX (1.0, (double) length));
  self->shown_position = position;
  self->shown_length = length;
  self->shown_time = time_us;
  gtk_range_set_value (self->scale, (double) position);
  self->showing = FALSE;
  show_label (self, position, length);
  show_time (self, position);
}

static gboolean
on_settled (gpointer data)
{
  BsSeekBar *self = data;
  self->settle = 0;
  self->shown_position = G_MAXUINT64; /* what the slider shows is not what is there yet */
  bs_transport_seek (self->transport, self->wanted);
  on_changed (self);
  return G_SOURCE_REMOVE;
}

/* Also where a screen reader sets the value, which is no "change-value". */
static void
on_value_changed (GtkRange *range, BsSeekBar *self)
{
  if (self->showing)
    return;
  self->wanted = (guint64) MAX (0.0, round (gtk_range_get_value (range)));
  if (self->settle != 0)
    g_source_remove (self->settle);
  self->settle = g_timeout_add (SETTLE_MSEC, on_settled, self);
  show_label (self, self->wanted, bs_transport_length (self->transport));
  show_time (self, self->wanted);
}

static void
bs_seek_bar_dispose (GObject *object)
{
  BsSeekBar *self = BS_SEEK_BAR (object);
  g_clear_handle_id (&self->settle, g_source_remove);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (bs_seek_bar_parent_class)->dispose (object);
}

static void
bs_seek_bar_class_init (BsSeekBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = bs_seek_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/barscope/Barscope/seek-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, BsSeekBar, box);
  gtk_widget_class_bind_template_child (widget_class, BsSeekBar, scale);
  gtk_widget_class_bind_template_child (widget_class, BsSeekBar, label);
  gtk_widget_class_bind_template_child (widget_class, BsSeekBar, time_label);
  gtk_widget_class_bind_template_child (widget_class, BsSeekBar, short_time_label);
  gtk_widget_class_bind_template_callback (widget_class, on_value_changed);
}

static void
bs_seek_bar_init (BsSeekBar *self)
{
  self->shown_position = self->shown_length = G_MAXUINT64;
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bs_seek_bar_set_transport (BsSeekBar *self, BsTransport *transport)
{
  g_return_if_fail (BS_IS_SEEK_BAR (self));
  g_set_object (&self->transport, transport);
  g_signal_connect_object (transport, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
}
