/* bs-chart-text.h: small text on the chart, laid out once and kept */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** How many layouts are kept; labels repeat while one pans, so few are made anew. */
#define BS_CHART_TEXT_MAX_KEPT 512

typedef struct _BsChartText BsChartText;

BsChartText *bs_chart_text_new (GtkWidget *widget) G_GNUC_WARN_UNUSED_RESULT;
void bs_chart_text_free (BsChartText *self);
/** Forgets what was laid out where the widget's font has changed since; returns whether it has. */
gboolean bs_chart_text_update_font (BsChartText *self);

/** The layout of @text in the chart's small font with tabular figures; owned by @self, good until the next call. */
PangoLayout *bs_chart_text_layout (BsChartText *self, const char *text, gboolean bold);
/** The same from Pango markup, cut off where it is wider than @width logical pixels. */
PangoLayout *bs_chart_text_markup (BsChartText *self, const char *markup, int width);
/** Height of a line, logical pixels. */
int bs_chart_text_height (BsChartText *self);
/** Width of @text, logical pixels. */
int bs_chart_text_width (BsChartText *self, const char *text, gboolean bold);

/** Draws @layout with its top left at @x, @y. */
void bs_chart_text_draw (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *color);

G_END_DECLS
