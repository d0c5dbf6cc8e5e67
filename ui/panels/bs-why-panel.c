#include "ui/panels/bs-why-panel.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/bs-draw-text.h"
#include "ui/bs-number.h"
#include "ui/bs-palette.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-class-shape.h"
#include "ui/panels/bs-signal-text.h"

#define HEADING_PX 24
#define ROW_PX 20
#define BAR_PX 10
#define GAP_PX 8
#define NAME_PART 0.46 /* of the width */

struct _BsWhyPanel
{
  GtkWidget parent_instance;
  BsWhy why;
  gboolean has_why; /* why is READY */
  gboolean pinned, stale;
  BsWhyState state; /* without why */
  gboolean answered;
  guint rows_missing;
  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout, *heading;
};

G_DEFINE_FINAL_TYPE (BsWhyPanel, bs_why_panel, GTK_TYPE_WIDGET)

static void
ensure_layouts (BsWhyPanel *self)
{
  if (self->layout != NULL)
    return;
  self->layout = bs_draw_text_layout (GTK_WIDGET (self), 0, PANGO_WEIGHT_NORMAL);
  self->heading = bs_draw_text_layout (GTK_WIDGET (self), 0, PANGO_WEIGHT_BOLD);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
}

static void
clear_layouts (BsWhyPanel *self)
{
  g_clear_object (&self->layout);
  g_clear_object (&self->heading);
}

static void
bs_why_panel_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 200;
      *natural = 296;
    }
  else
    *minimum = *natural = 2 * HEADING_PX + ROW_PX * (BS_WHY_PANEL_FEATURES + BS_N_FEATURE_GROUPS);
}

/* "z_score_20" reads better as words. */
static void
feature_title (guint feature, char *title, gsize size)
{
  g_strlcpy (title, bs_feature_info (feature)->name, size);
  g_strdelimit (title, "_", ' ');
}

static const char *
group_title (BsFeatureGroup group)
{
  static const char *const titles[BS_N_FEATURE_GROUPS] = {
    [BS_FEATURE_GROUP_HURST] = N_ ("Hurst"),
    [BS_FEATURE_GROUP_ATR] = N_ ("ATR"),
    [BS_FEATURE_GROUP_ROLLING] = N_ ("Rolling statistics"),
    [BS_FEATURE_GROUP_FLOW] = N_ ("Order flow"),
    [BS_FEATURE_GROUP_SECONDARY] = N_ ("Secondary series"),
  };

  return _ (titles[group]);
}

/* "+0.42": a part for the class has its sign, too. [BS_NUMBER_LENGTH] */
static const char *
signed_number (char *buffer, double part)
{
  char number[BS_NUMBER_LENGTH];
  g_snprintf (buffer, BS_NUMBER_LENGTH, "%c%s", signbit (part) ? '-' : '+', bs_number_format (number, fabs (part), 2));
  return buffer;
}

/* A name, a bar from the middle as long as @part is large beside @largest, and the number. */
static void
draw_row (BsWhyPanel *self, GtkSnapshot *snapshot, const char *title, double part, double largest, double y, int width)
{
  const double middle = y + ROW_PX / 2.0;
  const gboolean speaks_for = part > 0;
  const GdkRGBA *text = bs_palette_get (&self->palette, self->stale ? BS_COLOR_DIM : BS_COLOR_FOREGROUND);
  const GdkRGBA *color = bs_palette_get (
    &self->palette, self->stale || !speaks_for ? BS_COLOR_DIM : bs_class_shape_role (self->why.klass));
  char number[BS_NUMBER_LENGTH];
  int text_width, text_height, number_width;
  double from, to, zero, length;

  pango_layout_set_width (self->layout, (int) (width * NAME_PART) * PANGO_SCALE);
  pango_layout_set_text (self->layout, title, -1);
  pango_layout_get_pixel_size (self->layout, &text_width, &text_height);
  bs_draw_text_at (snapshot, self->layout, 0, middle - text_height / 2.0, text);

  pango_layout_set_width (self->layout, -1);
  number_width = bs_draw_text_width (self->layout, "+00.00");
  signed_number (number, part);
  text_width = bs_draw_text_width (self->layout, number);
  bs_draw_text_at (snapshot, self->layout, width - text_width, middle - text_height / 2.0, text);

  /* For the class to the right of the line, against it to the left. */
  from = width * NAME_PART + GAP_PX;
  to = MAX (from + 2, width - number_width - GAP_PX);
  zero = round ((from + to) / 2);
  length = largest > 0 ? round ((to - from) / 2 * fabs (part) / largest) : 0;
  gtk_snapshot_append_color (
    snapshot, color,
    &GRAPHENE_RECT_INIT ((float) (speaks_for ? zero : zero - length), (float) (middle - BAR_PX / 2.0), (float) length, BAR_PX));
  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BORDER),
                             &GRAPHENE_RECT_INIT ((float) zero, (float) y, 1, ROW_PX));
}

/* (transfer full): why there is nothing to see */
static char *
note (BsWhyPanel *self)
{
  char count[BS_NUMBER_LENGTH];

  if (self->pinned && !self->answered)
    return g_strdup (_ ("being explained…"));
  if (!self->pinned)
    return g_strdup (_ ("no signal to explain"));
  switch (self->state)
    {
    case BS_WHY_WARMING_UP:
      return g_strdup_printf (g_dngettext (NULL, "no signal: %s bar too early", "no signal: %s bars too early", self->rows_missing),
                              bs_number_format_count (count, self->rows_missing));
    case BS_WHY_NOT_HELD:
      return g_strdup (_ ("this bar is no longer held"));
    case BS_WHY_FAILED:
    case BS_WHY_READY:
    default:
      return g_strdup (_ ("the network overflows here"));
    }
}

static void
bs_why_panel_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BsWhyPanel *self = BS_WHY_PANEL (widget);
  const int width = gtk_widget_get_width (widget);
  g_autofree char *heading = NULL;
  g_autofree char *text = NULL;
  double largest, y = HEADING_PX;
  int text_width;

  ensure_layouts (self);
  if (!self->palette_read)
    {
      bs_palette_read (&self->palette, widget);
      self->palette_read = TRUE;
    }
  /* Translators: %s is Short, Hold or Long */
  heading = self->has_why ? g_strdup_printf (_ ("Why %s"), bs_signal_text_class_title (self->why.klass)) : g_strdup (_ ("Why"));
  pango_layout_set_text (self->heading, heading, -1);
  bs_draw_text_at (snapshot, self->heading, 0, 0,
                   bs_palette_get (&self->palette, self->has_why && !self->stale ? BS_COLOR_FOREGROUND : BS_COLOR_DIM));
  pango_layout_set_width (self->layout, -1);
  /* Translators: what the numbers beside the features are: parts for (+) or against (-) the class */
  text = self->has_why ? g_strdup (_ ("against | for, logits")) : note (self);
  text_width = bs_draw_text_width (self->layout, text);
  bs_draw_text_at (snapshot, self->layout, width - text_width, 0, bs_palette_get (&self->palette, BS_COLOR_DIM));
  if (!self->has_why)
    return;
  largest = fabs (self->why.features[self->why.order[0]]);
  for (guint rank = 0; rank < BS_WHY_PANEL_FEATURES; rank++, y += ROW_PX)
    {
      char title[64];

      feature_title (self->why.order[rank], title, sizeof title);
      draw_row (self, snapshot, title, self->why.features[self->why.order[rank]], largest, y, width);
    }
  pango_layout_set_text (self->layout, _ ("All features by group"), -1);
  bs_draw_text_at (snapshot, self->layout, 0, y + GAP_PX / 2.0, bs_palette_get (&self->palette, BS_COLOR_DIM));
  y += HEADING_PX;
  largest = 0;
  for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++)
    largest = MAX (largest, fabs (self->why.groups[i]));
  for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++, y += ROW_PX)
    draw_row (self, snapshot, group_title ((BsFeatureGroup) i), self->why.groups[i], largest, y, width);
}

static void
on_palette_changed (GtkWidget *widget)
{
  BS_WHY_PANEL (widget)->palette_read = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
bs_why_panel_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bs_why_panel_parent_class)->css_changed (widget, change);
  clear_layouts (BS_WHY_PANEL (widget));
  on_palette_changed (widget);
}

static void
bs_why_panel_dispose (GObject *object)
{
  clear_layouts (BS_WHY_PANEL (object));
  G_OBJECT_CLASS (bs_why_panel_parent_class)->dispose (object);
}

static void
bs_why_panel_class_init (BsWhyPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_why_panel_dispose;
  widget_class->measure = bs_why_panel_measure;
  widget_class->snapshot = bs_why_panel_snapshot;
  widget_class->css_changed = bs_why_panel_css_changed;
  gtk_widget_class_set_css_name (widget_class, "whypanel");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
update_description (BsWhyPanel *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint rank = 0; self->has_why && rank < BS_WHY_PANEL_FEATURES; rank++)
    {
      char title[64], number[BS_NUMBER_LENGTH];

      feature_title (self->why.order[rank], title, sizeof title);
      g_string_append_printf (text, "%s%s %s", rank > 0 ? ", " : "", title,
                              signed_number (number, self->why.features[self->why.order[rank]]));
    }
  for (guint i = 0; self->has_why && i < BS_N_FEATURE_GROUPS; i++)
    {
      char number[BS_NUMBER_LENGTH];

      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "; ", group_title ((BsFeatureGroup) i),
                              signed_number (number, self->why.groups[i]));
    }
  if (!self->has_why)
    {
      g_autofree char *why_not = note (self);

      g_string_append (text, why_not);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

static void
bs_why_panel_init (BsWhyPanel *self)
{
  bs_palette_watch (GTK_WIDGET (self), on_palette_changed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Why: the features that mattered most"), -1);
  gtk_widget_set_tooltip_text (
    GTK_WIDGET (self), _ ("By integrated gradients: how much each feature moved the logit of this class, from that of an average "
                          "window. barscope explain lists all of them."));
  update_description (self);
}

GtkWidget *
bs_why_panel_new (void)
{
  return g_object_new (BS_TYPE_WHY_PANEL, NULL);
}

void
bs_why_panel_set (BsWhyPanel *self, const BsWhy *why, gboolean pinned, gboolean stale)
{
  const gboolean ready = why != NULL && why->state == BS_WHY_READY;
  const BsWhyState state = why != NULL ? why->state : BS_WHY_READY;
  const guint rows_missing = why != NULL ? why->rows_missing : 0;

  g_return_if_fail (BS_IS_WHY_PANEL (self));

  if (self->has_why == ready && self->stale == stale && self->pinned == pinned && self->answered == (why != NULL)
      && self->state == state && self->rows_missing == rows_missing
      && (!ready || memcmp (&self->why, why, sizeof *why) == 0))
    return;
  self->has_why = ready;
  self->stale = stale;
  self->pinned = pinned;
  self->answered = why != NULL;
  self->state = state;
  self->rows_missing = rows_missing;
  if (ready)
    self->why = *why;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
