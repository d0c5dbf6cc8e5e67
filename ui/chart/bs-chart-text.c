/* bs-chart-text.c: small text on the chart, laid out once and kept */
#include "ui/chart/bs-chart-text.h"

/** Of the widget's font; what libadwaita calls caption. */
#define FONT_SCALE 0.82

struct _BsChartText
{
  GtkWidget *widget; /* not owned: the chart owns this */
  GHashTable *kept;  /* char * -> Kept; the first character says how it was made */
  GQueue order;      /* of Kept, the last used first */
  int height;
  PangoFontDescription *font; /* what they were laid out with */
};

/** A layout, and its place among the others. */
typedef struct
{
  GList link;
  char *key;
  PangoLayout *layout;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_free (kept->key);
  g_object_unref (kept->layout);
  g_free (kept);
}

static void
forget_all (BsChartText *self)
{
  g_queue_init (&self->order);
  g_hash_table_remove_all (self->kept);
}

BsChartText *
bs_chart_text_new (GtkWidget *widget)
{
  BsChartText *self = g_new0 (BsChartText, 1);

  self->widget = widget;
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, kept_free);
  g_queue_init (&self->order);
  return self;
}

void
bs_chart_text_free (BsChartText *self)
{
  g_hash_table_unref (self->kept);
  g_clear_pointer (&self->font, pango_font_description_free);
  g_free (self);
}

gboolean
bs_chart_text_update_font (BsChartText *self)
{
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (self->widget));

  if (self->font != NULL && font != NULL && pango_font_description_equal (self->font, font))
    return FALSE;
  g_clear_pointer (&self->font, pango_font_description_free);
  self->font = pango_font_description_copy (font);
  forget_all (self);
  self->height = 0;
  return TRUE;
}

static PangoAttrList *
attributes (gboolean bold)
{
  PangoAttrList *list = pango_attr_list_new ();

  pango_attr_list_insert (list, pango_attr_scale_new (FONT_SCALE));
  pango_attr_list_insert (list, pango_attr_font_features_new ("tnum"));
  if (bold)
    pango_attr_list_insert (list, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  return list;
}

static PangoLayout *
find (BsChartText *self, const char *key)
{
  Kept *kept = g_hash_table_lookup (self->kept, key);

  if (kept == NULL)
    return NULL;
  g_queue_unlink (&self->order, &kept->link);
  g_queue_push_head_link (&self->order, &kept->link);
  return kept->layout;
}

/* Takes key and layout over. One at a time leaves: the frame that would lay out anew all that it shows would be a slow one. */
static void
keep (BsChartText *self, char *key, PangoLayout *layout)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->link.data = kept;
  kept->key = key;
  kept->layout = layout;
  if (g_hash_table_size (self->kept) >= BS_CHART_TEXT_MAX_KEPT)
    {
      Kept *oldest = g_queue_pop_tail_link (&self->order)->data;

      g_hash_table_remove (self->kept, oldest->key);
    }
  g_queue_push_head_link (&self->order, &kept->link);
  g_hash_table_insert (self->kept, kept->key, kept);
}

PangoLayout *
bs_chart_text_layout (BsChartText *self, const char *text, gboolean bold)
{
  g_autofree char *key = g_strconcat (bold ? "b" : "n", text, NULL);
  PangoLayout *layout = find (self, key);
  PangoAttrList *list;

  if (layout != NULL)
    return layout;
  layout = gtk_widget_create_pango_layout (self->widget, text);
  list = attributes (bold);
  pango_layout_set_attributes (layout, list);
  pango_attr_list_unref (list);
  keep (self, g_steal_pointer (&key), layout);
  return layout;
}

PangoLayout *
bs_chart_text_markup (BsChartText *self, const char *markup, int width)
{
  g_autofree char *key = g_strdup_printf ("m%d%s", width, markup);
  PangoLayout *layout = find (self, key);
  PangoAttrList *list = NULL;
  g_autofree char *text = NULL;

  if (layout != NULL)
    return layout;
  layout = gtk_widget_create_pango_layout (self->widget, NULL);
  if (pango_parse_markup (markup, -1, 0, &list, &text, NULL, NULL))
    {
      pango_layout_set_text (layout, text, -1);
      pango_attr_list_insert_before (list, pango_attr_scale_new (FONT_SCALE));
      pango_attr_list_insert_before (list, pango_attr_font_features_new ("tnum"));
      pango_layout_set_attributes (layout, list);
      pango_attr_list_unref (list);
    }
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, MAX (width, 0) * PANGO_SCALE);
  keep (self, g_steal_pointer (&key), layout);
  return layout;
}

int
bs_chart_text_height (BsChartText *self)
{
  if (self->height == 0)
    pango_layout_get_pixel_size (bs_chart_text_layout (self, "0123", FALSE), NULL, &self->height);
  return self->height;
}

int
bs_chart_text_width (BsChartText *self, const char *text, gboolean bold)
{
  int width;

  pango_layout_get_pixel_size (bs_chart_text_layout (self, text, bold), &width, NULL);
  return width;
}

void
bs_chart_text_draw (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}
