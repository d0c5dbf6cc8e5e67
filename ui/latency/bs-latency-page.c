/* bs-latency-page.c: the latency page */
#include "ui/latency/bs-latency-page.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/latency/bs-latency-distribution.h"
#include "ui/latency/bs-latency-page-bar.h"
#include "ui/latency/bs-latency-table.h"
#include "ui/latency/bs-latency-tally.h"
#include "ui/latency/bs-latency-timeline.h"
#include "ui/latency/bs-stage-style.h"

#define SPACING_PX 6
#define TIMELINE_HEIGHT_PX 200
#define TABLE_HEIGHT_PX 120
#define DISTRIBUTION_WIDTH_PX 280

struct _BsLatencyPage
{
  GtkWidget parent_instance;
  BsLatencyRecord *record;
  BsLatencyTally *tallies[BS_LATENCY_N_SIDES];
  GArray *ranges[BS_LATENCY_N_SIDES];          /* BsLatencyRange: what each side stands for */
  BsLatencyRange selected[BS_LATENCY_N_SIDES]; /* on the timeline; from == to: nothing */
  BsStage stage;                               /* of the histogram */

  GtkWidget *box;
  BsLatencyPageBar *bar;
  BsLatencyTimeline *timeline;
  GtkLabel *message, *caption, *histogram_title;
  BsLatencyTable *table;
  BsLatencyDistribution *distribution;
};

G_DEFINE_FINAL_TYPE (BsLatencyPage, bs_latency_page, GTK_TYPE_WIDGET)

enum
{
  EXPORT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const BsLatencyChoice *
choice_of (BsLatencyPage *self, BsLatencySide side)
{
  return bs_latency_page_bar_get_choice (self->bar, side);
}

static gboolean
is_compared (BsLatencyPage *self)
{
  return choice_of (self, BS_LATENCY_B)->kind != BS_LATENCY_CHOICE_NOTHING;
}

static void
update_message (BsLatencyPage *self)
{
  const char *text = bs_latency_record_message (self->record);

  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
  if (text != NULL && g_strcmp0 (gtk_label_get_text (self->message), text) != 0)
    gtk_label_set_text (self->message, text);
}

/* What a side stands for and how many predictions that is, or what is missing. */
static void
append_caption (BsLatencyPage *self, BsLatencySide side, GString *text)
{
  const BsLatencyChoice *choice = choice_of (self, side);
  const BsLatencyFigures *total = bs_latency_tally_figures (self->tallies[side], BS_STAGE_TOTAL);
  char count[BS_NUMBER_LENGTH], p50[BS_NUMBER_LENGTH];

  if (choice->kind == BS_LATENCY_CHOICE_NOTHING)
    return;
  if (text->len > 0)
    g_string_append (text, "\n");
  g_string_append_printf (text, "%s: %s", bs_latency_side_letter (side), choice->title);
  if (choice->kind == BS_LATENCY_CHOICE_RANGE && self->selected[side].from == self->selected[side].to)
    g_string_append_printf (text, " – %s", _ ("drag on the timeline to select it"));
  else if (total->count > 0)
    g_string_append_printf (
      text, g_dngettext (NULL, " – %s prediction, median %s", " – %s predictions, median %s", total->count),
      bs_number_format_count (count, total->count), bs_number_format_duration (p50, total->p50));
  else
    g_string_append_printf (text, " – %s", _ ("no predictions"));
}

static void
update_caption (BsLatencyPage *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    append_caption (self, side, text);
  if (g_str_equal (gtk_label_get_text (self->caption), text->str))
    return;
  gtk_label_set_text (self->caption, text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

static void
update_last (BsLatencyPage *self)
{
  guint32 values[BS_N_STAGES];
  gboolean cursor = bs_latency_timeline_read_last (self->timeline, values);

  bs_latency_table_set_last (self->table, values, cursor);
}

static void
show_stage (BsLatencyPage *self, BsStage stage)
{
  bs_latency_table_set_figures (self->table, stage, bs_latency_tally_figures (self->tallies[BS_LATENCY_A], stage),
                                is_compared (self) ? bs_latency_tally_figures (self->tallies[BS_LATENCY_B], stage)
                                                   : NULL);
}

static void
show_histogram (BsLatencyPage *self, BsLatencySide side)
{
  bs_latency_distribution_set_histogram (self->distribution, side,
                                         bs_latency_tally_histogram (self->tallies[side], self->stage));
}

/* All that is shown of what has been counted. */
static void
show_all (BsLatencyPage *self)
{
  gboolean compared = is_compared (self);

  bs_latency_table_set_compared (self->table, compared);
  bs_latency_distribution_set_compared (self->distribution, compared);
  for (guint s = 0; s < BS_N_STAGES; s++)
    show_stage (self, (BsStage) s);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    show_histogram (self, side);
  update_last (self);
  update_caption (self);
}

/* Counts what @side stands for, and shades it. @counted: not while it is still being dragged. */
static void
update_side (BsLatencyPage *self, BsLatencySide side, gboolean counted)
{
  const BsLatencyChoice *choice = choice_of (self, side);
  const BsLatencyRange *selected = self->selected[side].from < self->selected[side].to ? &self->selected[side] : NULL;
  GArray *ranges = self->ranges[side];

  bs_latency_choice_ranges (choice, bs_latency_record_marks (self->record), selected, ranges);
  gboolean all = choice->kind == BS_LATENCY_CHOICE_ALL;
  bs_latency_timeline_set_ranges (self->timeline, side, (BsLatencyRange *) (gpointer) ranges->data,
                                  all ? 0 : ranges->len);
  if (!counted)
    return;
  if (all)
    bs_latency_tally_set_all (self->tallies[side]);
  else
    bs_latency_tally_set_ranges (self->tallies[side], (BsLatencyRange *) (gpointer) ranges->data, ranges->len);
  show_all (self);
  bs_latency_record_wake (self->record);
}

static void
on_choice_changed (BsLatencyPage *self, int side)
{
  update_side (self, (BsLatencySide) side, TRUE);
}

static void
on_drag_changed (BsLatencyPage *self, int side)
{
  bs_latency_timeline_set_drag (self->timeline, (BsLatencySide) side);
}

static void
on_range_selected (BsLatencyPage *self, int side, guint64 from, guint64 to, gboolean done)
{
  self->selected[side] = (BsLatencyRange){ from, to };
  if (choice_of (self, (BsLatencySide) side)->kind != BS_LATENCY_CHOICE_RANGE)
    bs_latency_page_bar_choose (self->bar, (BsLatencySide) side, BS_LATENCY_CHOICE_RANGE);
  update_side (self, (BsLatencySide) side, done);
  /* With A selected, what one selects next is what to compare it with. */
  if (done && side == BS_LATENCY_A && bs_latency_page_bar_get_drag (self->bar) == BS_LATENCY_A)
    bs_latency_page_bar_set_drag (self->bar, BS_LATENCY_B);
}

static void
on_stage_selected (BsLatencyPage *self, int stage)
{
  self->stage = (BsStage) stage;
  /* Translators: of a stage of the prediction */
  g_autofree char *title = g_strdup_printf (_ ("Distribution: %s"), bs_stage_style_title (self->stage));
  gtk_label_set_text (self->histogram_title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->distribution), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    show_histogram (self, side);
}

static void
on_changed (BsLatencyPage *self)
{
  update_message (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_last (self);
}

static void
on_reset (BsLatencyPage *self)
{
  bs_latency_table_clear (self->table);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    {
      self->selected[side] = (BsLatencyRange){ 0, 0 };
      bs_latency_tally_reset (self->tallies[side]);
    }
  bs_latency_page_bar_choose (self->bar, BS_LATENCY_A, BS_LATENCY_CHOICE_ALL);
  bs_latency_page_bar_choose (self->bar, BS_LATENCY_B, BS_LATENCY_CHOICE_NOTHING);
  bs_latency_page_bar_set_drag (self->bar, BS_LATENCY_A);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    update_side (self, side, TRUE);
}

static gboolean
on_frame (BsLatencyPage *self, gint64 now)
{
  gboolean busy = FALSE;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return FALSE;
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    {
      BsStage stage;
      busy |= bs_latency_tally_step (self->tallies[side], now, &stage);
      if (stage == BS_N_STAGES)
        continue;
      show_stage (self, stage);
      if (stage == self->stage)
        show_histogram (self, side);
      if (stage == BS_STAGE_TOTAL)
        update_caption (self);
    }
  return busy;
}

static void
on_budget_changed (BsLatencyPage *self)
{
  bs_latency_distribution_set_budget (self->distribution, 1000 * bs_latency_record_get_budget_us (self->record));
}

static void
on_highlight (BsLatencyPage *self, int stage)
{
  bs_latency_timeline_set_highlight (self->timeline, (BsStage) stage);
}

static void
on_export (BsLatencyPage *self, const char *format)
{
  g_signal_emit (self, signals[EXPORT], 0, format);
}

static GtkWidget *
make_plot (BsLatencyPage *self)
{
  GtkWidget *overlay = gtk_overlay_new ();

  self->timeline = BS_LATENCY_TIMELINE (bs_latency_timeline_new (self->record));
  bs_latency_timeline_set_drag (self->timeline, BS_LATENCY_A);
  gtk_widget_set_size_request (GTK_WIDGET (self->timeline), -1, TIMELINE_HEIGHT_PX);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (self->timeline));
  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "bs-plot-message");
  gtk_widget_set_can_target (GTK_WIDGET (self->message), FALSE);
  gtk_widget_set_halign (GTK_WIDGET (self->message), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->message), GTK_ALIGN_CENTER);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), GTK_WIDGET (self->message));
  return overlay;
}

static GtkWidget *
make_figures (BsLatencyPage *self)
{
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING_PX);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->caption = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (self->caption, 0);
  gtk_label_set_ellipsize (self->caption, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "bs-numbers");
  gtk_box_append (GTK_BOX (left), GTK_WIDGET (self->caption));
  self->table = BS_LATENCY_TABLE (bs_latency_table_new ());
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), TABLE_HEIGHT_PX);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  bs_accessible_name_parts (scroller, GTK_TYPE_SCROLLED_WINDOW, _ ("Percentiles by stage"));
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (left), scroller);

  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING_PX);
  self->histogram_title = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (self->histogram_title, 0);
  gtk_label_set_ellipsize (self->histogram_title, PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (right), GTK_WIDGET (self->histogram_title));
  self->distribution = BS_LATENCY_DISTRIBUTION (bs_latency_distribution_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->distribution), DISTRIBUTION_WIDTH_PX, -1);
  gtk_widget_set_vexpand (GTK_WIDGET (self->distribution), TRUE);
  gtk_box_append (GTK_BOX (right), GTK_WIDGET (self->distribution));
  gtk_widget_set_hexpand (right, TRUE);

  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2 * SPACING_PX);
  gtk_box_append (GTK_BOX (both), left);
  gtk_box_append (GTK_BOX (both), right);
  return both;
}

/* Makes what is on the page, when it is first shown: a window should not wait for a page that nobody looks at. */
static void
build (BsLatencyPage *self)
{
  BsLatencyRecord *record = self->record;

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    {
      self->tallies[side] = bs_latency_tally_new (record);
      self->ranges[side] = g_array_new (FALSE, FALSE, sizeof (BsLatencyRange));
    }

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING_PX);
  gtk_widget_set_margin_start (self->box, SPACING_PX);
  gtk_widget_set_margin_end (self->box, SPACING_PX);
  gtk_widget_set_margin_top (self->box, SPACING_PX);
  gtk_widget_set_margin_bottom (self->box, SPACING_PX);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->bar = BS_LATENCY_PAGE_BAR (bs_latency_page_bar_new (record));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->bar));
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  gtk_paned_set_start_child (GTK_PANED (paned), make_plot (self));
  gtk_paned_set_end_child (GTK_PANED (paned), make_figures (self));
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (paned), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Timeline and figures"),
                                  -1);
  gtk_widget_set_vexpand (paned, TRUE);
  gtk_box_append (GTK_BOX (self->box), paned);

  g_signal_connect_object (self->bar, "choice-changed", G_CALLBACK (on_choice_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bar, "drag-changed", G_CALLBACK (on_drag_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bar, "export", G_CALLBACK (on_export), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->timeline, "range-selected", G_CALLBACK (on_range_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->timeline, "cursor-moved", G_CALLBACK (update_last), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "highlight", G_CALLBACK (on_highlight), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "selected", G_CALLBACK (on_stage_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "reset", G_CALLBACK (on_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "notify::timing", G_CALLBACK (update_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "notify::budget-us", G_CALLBACK (on_budget_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (record, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  on_budget_changed (self);
  bs_latency_table_set_selected (self->table, BS_STAGE_TOTAL);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    update_side (self, side, TRUE);
  update_message (self);
}

static void
bs_latency_page_map (GtkWidget *widget)
{
  BsLatencyPage *self = BS_LATENCY_PAGE (widget);

  if (self->record != NULL && self->box == NULL)
    build (self);
  GTK_WIDGET_CLASS (bs_latency_page_parent_class)->map (widget);
  if (self->record != NULL)
    update_last (self);
}

static void
bs_latency_page_dispose (GObject *object)
{
  BsLatencyPage *self = BS_LATENCY_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    {
      g_clear_pointer (&self->tallies[side], bs_latency_tally_free);
      g_clear_pointer (&self->ranges[side], g_array_unref);
    }
  g_clear_object (&self->record);
  G_OBJECT_CLASS (bs_latency_page_parent_class)->dispose (object);
}

static void
bs_latency_page_class_init (BsLatencyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->dispose = bs_latency_page_dispose;
  widget_class->map = bs_latency_page_map;
  signals[EXPORT] = g_signal_new ("export", BS_TYPE_LATENCY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "latencypage");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bs_latency_page_init (BsLatencyPage *self)
{
  self->stage = BS_STAGE_TOTAL;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Latency"), -1);
}

GtkWidget *
bs_latency_page_new (void)
{
  return g_object_new (BS_TYPE_LATENCY_PAGE, NULL);
}

void
bs_latency_page_set_record (BsLatencyPage *self, BsLatencyRecord *record)
{
  g_return_if_fail (BS_IS_LATENCY_PAGE (self));
  g_return_if_fail (BS_IS_LATENCY_RECORD (record));
  g_return_if_fail (self->record == NULL);

  self->record = g_object_ref (record);
  bs_latency_record_follow (record, GTK_WIDGET (self));
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    build (self);
}

void
bs_latency_chosen_free (BsLatencyChosen *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_array_unref (self->ranges);
  g_free (self);
}

BsLatencyChosen *
bs_latency_page_get_chosen (BsLatencyPage *self, BsLatencySide side)
{
  g_return_val_if_fail (BS_IS_LATENCY_PAGE (self), NULL);
  g_return_val_if_fail (side < BS_LATENCY_N_SIDES, NULL);

  if (self->box == NULL || choice_of (self, side)->kind == BS_LATENCY_CHOICE_NOTHING)
    return NULL;
  const BsLatencyChoice *choice = choice_of (self, side);
  BsLatencyChosen *chosen = g_new (BsLatencyChosen, 1);
  *chosen = (BsLatencyChosen){ g_strdup (choice->title), choice->kind == BS_LATENCY_CHOICE_ALL,
                               g_array_copy (self->ranges[side]) };
  return chosen;
}
