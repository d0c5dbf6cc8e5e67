/* bs-signal-panel.c: the newest signal, large, and why it is what it is */
#include "ui/panels/bs-signal-panel.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>

#include "ui/bs-number.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-probability-bars.h"
#include "ui/panels/bs-signal-text.h"
#include "ui/panels/bs-signal-tile.h"

struct _BsSignalPanel
{
  GtkWidget parent_instance;
  BsSignalTile *tile;
  BsProbabilityBars *bars;
  GtkLabel *verdict, *threshold_note, *range, *time;
  GtkImage *range_icon;
  GtkSpinButton *threshold_spin;

  BsSignal signal;
  gboolean has_signal;
  double judged_by; /* threshold of the last signal, negative before the first */
  double asked_for; /* what the user set and no signal has been judged by yet, negative where nothing is open */
  guint sequence_length;
  gboolean stale;
  char *stale_reason;
  char *summary;
  gboolean setting; /* the program, not the user, moves the control */
};

G_DEFINE_FINAL_TYPE (BsSignalPanel, bs_signal_panel, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_THRESHOLD,
  PROP_SEQUENCE_LENGTH,
  N_PROPS,
};

enum
{
  THRESHOLD_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* A label that is set on every bar must not lay the window out anew where nothing changed. */
static void
set_label (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
update_tile (BsSignalPanel *self, const BsSignal *signal)
{
  gboolean warming = signal != NULL && signal->state == BS_SIGNAL_WARMING_UP;
  double progress = -1;

  if (warming && self->sequence_length >= signal->rows_missing && self->sequence_length > 0)
    progress = 1.0 - signal->rows_missing / (double) self->sequence_length;
  bs_signal_tile_set (self->tile, signal, progress, self->stale, warming ? _ ("Warming up") : _ ("No signal"));
}

static void
update_range (BsSignalPanel *self, const BsSignal *signal)
{
  g_autofree char *text = bs_signal_text_range (signal);
  gboolean out = signal != NULL && signal->state == BS_SIGNAL_READY && !signal->in_range;

  set_label (self->range, text);
  gtk_widget_set_visible (GTK_WIDGET (self->range_icon), out);
  if (out)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->range), "bs-warning-line");
      gtk_widget_remove_css_class (GTK_WIDGET (self->range), "dim-label");
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->range), "bs-warning-line");
      gtk_widget_add_css_class (GTK_WIDGET (self->range), "dim-label");
    }
}

static void
update_summary (BsSignalPanel *self, const BsSignal *signal)
{
  g_autofree char *said = bs_signal_text_summary (signal, self->judged_by, self->sequence_length);
  g_autofree char *summary
    = self->stale ? g_strdup_printf ("%s %s", self->stale_reason != NULL ? self->stale_reason : _ ("Stale."), said)
                  : g_steal_pointer (&said);

  if (g_strcmp0 (summary, self->summary) == 0)
    return;
  g_free (self->summary);
  self->summary = g_steal_pointer (&summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tile), GTK_ACCESSIBLE_PROPERTY_LABEL, self->summary, -1);
}

static void
update_note (BsSignalPanel *self)
{
  /* Hidden where there is none: an empty label has a type's name to a screen reader. */
  gtk_widget_set_visible (GTK_WIDGET (self->threshold_note), self->asked_for >= 0 && self->has_signal);
}

static void
update (BsSignalPanel *self)
{
  const BsSignal *signal = self->has_signal ? &self->signal : NULL;
  gboolean ready = signal != NULL && signal->state == BS_SIGNAL_READY;
  g_autofree char *verdict = bs_signal_text_verdict (signal, self->judged_by, self->sequence_length);
  char time[BS_BAR_TIME_LENGTH];

  update_tile (self, signal);
  bs_probability_bars_set (self->bars, ready ? signal->probabilities : NULL, self->stale);
  if (self->stale)
    {
      set_label (self->verdict, self->stale_reason != NULL ? self->stale_reason : _ ("This signal is old"));
      gtk_widget_add_css_class (GTK_WIDGET (self->verdict), "bs-warning-line");
    }
  else
    {
      set_label (self->verdict, verdict);
      gtk_widget_remove_css_class (GTK_WIDGET (self->verdict), "bs-warning-line");
    }
  update_range (self, signal);
  update_note (self);
  if (signal != NULL)
    {
      /* Translators: "Bar of 2024-03-05 14:32:00 UTC" */
      g_autofree char *text = g_strdup_printf (_ ("Bar of %s %s"), bs_bar_time_format (time, signal->time_us),
                                               bs_bar_time_zone (signal->time_us));
      set_label (self->time, text);
    }
  else
    set_label (self->time, "");
  update_summary (self, signal);
}

/* "65 %", "65" and "65%" are 0.65; so is "0.65". What is no number leaves the threshold as it was: GTK would make it the least. */
static int
on_spin_input (GtkSpinButton *spin, double *value, gpointer data)
{
  g_autofree char *text = g_strdelimit (g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin))), ",", '.');
  gboolean percent = strchr (text, '%') != NULL;
  char *end;
  double typed = g_ascii_strtod (text, &end);

  if (end == text || !isfinite (typed))
    *value = gtk_spin_button_get_value (spin);
  else
    *value = percent || typed > 1.0 ? typed / 100.0 : typed;
  return TRUE;
}

static gboolean
on_spin_output (GtkSpinButton *spin, gpointer data)
{
  char text[BS_NUMBER_LENGTH];
  double percent = 100.0 * gtk_spin_button_get_value (spin);

  /* A threshold of 65.5 % may come from the settings: what is shown must be what is used. */
  bs_number_format_percent (text, percent / 100.0, fabs (percent - round (percent)) < 0.05 ? 0 : 1);
  if (g_strcmp0 (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  return TRUE;
}

static void
on_spin_changed (GtkSpinButton *spin, gpointer data)
{
  BsSignalPanel *self = data;
  double threshold = gtk_spin_button_get_value (spin);

  bs_probability_bars_set_threshold (self->bars, threshold);
  if (self->setting)
    return;
  self->asked_for = threshold;
  update_note (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THRESHOLD]);
  g_signal_emit (self, signals[THRESHOLD_CHANGED], 0, threshold);
}

static void
bs_signal_panel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BsSignalPanel *self = BS_SIGNAL_PANEL (object);

  switch (id)
    {
    case PROP_THRESHOLD:
      g_value_set_double (value, bs_signal_panel_get_threshold (self));
      break;
    case PROP_SEQUENCE_LENGTH:
      g_value_set_uint (value, self->sequence_length);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_signal_panel_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BsSignalPanel *self = BS_SIGNAL_PANEL (object);

  switch (id)
    {
    case PROP_THRESHOLD:
      bs_signal_panel_set_threshold (self, g_value_get_double (value));
      break;
    case PROP_SEQUENCE_LENGTH:
      bs_signal_panel_set_sequence_length (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_signal_panel_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bs_signal_panel_parent_class)->dispose (object);
}

static void
bs_signal_panel_finalize (GObject *object)
{
  BsSignalPanel *self = BS_SIGNAL_PANEL (object);

  g_free (self->stale_reason);
  g_free (self->summary);
  G_OBJECT_CLASS (bs_signal_panel_parent_class)->finalize (object);
}

static void
bs_signal_panel_class_init (BsSignalPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = bs_signal_panel_get_property;
  object_class->set_property = bs_signal_panel_set_property;
  object_class->dispose = bs_signal_panel_dispose;
  object_class->finalize = bs_signal_panel_finalize;

  properties[PROP_THRESHOLD]
    = g_param_spec_double ("threshold", NULL, NULL, 0, 1, BS_DEFAULT_THRESHOLD,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SEQUENCE_LENGTH]
    = g_param_spec_uint ("sequence-length", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[THRESHOLD_CHANGED] = g_signal_new ("threshold-changed", BS_TYPE_SIGNAL_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);

  bs_ui_ensure_resources ();
  g_type_ensure (BS_TYPE_SIGNAL_TILE);
  g_type_ensure (BS_TYPE_PROBABILITY_BARS);
  gtk_widget_class_set_css_name (widget_class, "signalpanel");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, BS_UI_RESOURCE_PREFIX "signal-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, tile);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, bars);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, verdict);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, threshold_note);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, threshold_spin);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, range);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, range_icon);
  gtk_widget_class_bind_template_child (widget_class, BsSignalPanel, time);
}

static void
bs_signal_panel_init (BsSignalPanel *self)
{
  self->judged_by = self->asked_for = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Signal"), -1);
  g_signal_connect (self->threshold_spin, "input", G_CALLBACK (on_spin_input), NULL);
  g_signal_connect (self->threshold_spin, "output", G_CALLBACK (on_spin_output), NULL);
  g_signal_connect (self->threshold_spin, "value-changed", G_CALLBACK (on_spin_changed), self);
  gtk_spin_button_update (self->threshold_spin);
  update (self);
}

GtkWidget *
bs_signal_panel_new (void)
{
  return g_object_new (BS_TYPE_SIGNAL_PANEL, NULL);
}

void
bs_signal_panel_set_signal (BsSignalPanel *self, const BsSignal *signal, double threshold)
{
  g_return_if_fail (BS_IS_SIGNAL_PANEL (self));

  self->has_signal = signal != NULL;
  if (signal != NULL)
    self->signal = *signal;
  if (signal != NULL && self->asked_for >= 0 && fabs (threshold - self->asked_for) < 1e-9)
    self->asked_for = -1;
  /* Another threshold than last time, and not on the user's way to one: somebody else has set it. */
  if (self->asked_for < 0 && threshold != self->judged_by)
    bs_signal_panel_set_threshold (self, threshold);
  self->judged_by = threshold;
  update (self);
}

void
bs_signal_panel_set_stale (BsSignalPanel *self, gboolean stale, const char *reason)
{
  g_return_if_fail (BS_IS_SIGNAL_PANEL (self));

  if (self->stale == !!stale && g_strcmp0 (self->stale_reason, reason) == 0)
    return;
  self->stale = !!stale;
  g_free (self->stale_reason);
  self->stale_reason = g_strdup (reason);
  update (self);
}

void
bs_signal_panel_set_threshold (BsSignalPanel *self, double threshold)
{
  g_return_if_fail (BS_IS_SIGNAL_PANEL (self));
  g_return_if_fail (threshold >= 0 && threshold <= 1);

  self->asked_for = -1;
  update_note (self);
  if (gtk_spin_button_get_value (self->threshold_spin) == threshold)
    return;
  self->setting = TRUE;
  gtk_spin_button_set_value (self->threshold_spin, threshold);
  self->setting = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THRESHOLD]);
}

double
bs_signal_panel_get_threshold (BsSignalPanel *self)
{
  g_return_val_if_fail (BS_IS_SIGNAL_PANEL (self), BS_DEFAULT_THRESHOLD);
  return gtk_spin_button_get_value (self->threshold_spin);
}

void
bs_signal_panel_set_sequence_length (BsSignalPanel *self, guint sequence_length)
{
  g_return_if_fail (BS_IS_SIGNAL_PANEL (self));

  if (self->sequence_length == sequence_length)
    return;
  self->sequence_length = sequence_length;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEQUENCE_LENGTH]);
}
