/* bs-chart-private.h: what the parts of the chart share */
#pragma once

#include "ui/bs-palette.h"
#include "ui/chart/bs-chart.h"
#include "ui/chart/bs-chart-atr.h"
#include "ui/chart/bs-chart-canvas.h"
#include "ui/chart/bs-chart-layer.h"
#include "ui/chart/bs-chart-scale.h"
#include "ui/chart/bs-chart-slots.h"
#include "ui/chart/bs-chart-text.h"
#include "ui/chart/bs-time-axis.h"

G_BEGIN_DECLS

/** Defaults of properties. */
#define BS_CHART_DEFAULT_THRESHOLD 0.65
#define BS_CHART_DEFAULT_ATR_MULTIPLE 2.0

/** Margins come in steps of it, logical pixels. */
#define BS_CHART_MARGIN_PX 6

typedef enum
{
  BS_PANE_PRICE,
  BS_PANE_HURST,
  BS_PANE_ATR,
  BS_PANE_CONFIDENCE,
  BS_N_PANES
} BsPaneKind;

/** Of what is painted, what decides on where all of it lies; set to zeros first, for it is compared as a whole. */
typedef struct
{
  double bar_width, low, high, percent_of;
  gconstpointer places, places_data;
  int scale, log;
} BsPaneKey;

typedef struct
{
  double weight;   /* share of the height */
  int top, height; /* device pixels */
  BsChartScale scale;
  gboolean shown;             /* else it has no place */
  gboolean automatic;         /* the range follows what is in view */
  gboolean settled;           /* the range has been set */
  gboolean gliding;           /* the range is on its way */
  GskRenderNode *node;        /* what is drawn, until it changes */
  BsChartCanvas canvas;       /* what the bars are painted into */
  BsPaneKey key;              /* what they were painted by */
} BsPane;

/** A pane's own part: one row of bs_pane_classes for each kind. */
typedef struct
{
  const char *name;  /* in settings */
  const char *title; /* translatable */
  double weight;
  double top_room_px, bottom_room; /* kept free of data: logical pixels, share of the height */
  /* The range that shows all in view; %FALSE where there is nothing. */
  gboolean (*range) (BsChart *chart, const BsChartSummary *total, double *low, double *high);
  /* Draws pixel columns left <= x < right, with the pane's top left at 0, 0, a unit being a device pixel. */
  void (*draw) (BsChart *chart, BsPane *pane, int left, int right, cairo_t *cr);
} BsPaneClass;

extern const BsPaneClass bs_pane_classes[BS_N_PANES];

/** Where the pointer is. */
typedef enum
{
  BS_ZONE_PLOT,
  BS_ZONE_VALUE_AXIS,
  BS_ZONE_TIME_AXIS,
  BS_ZONE_SEPARATOR,
  BS_ZONE_THRESHOLD, /* the line in the confidence pane */
  BS_ZONE_MEASURE,   /* only of a drag */
  BS_N_ZONES
} BsZone;

/** What the measure tool has measured: from [0] to [1]. */
typedef struct
{
  gboolean shown, by_key; /* by_key: its end goes with the crosshair */
  guint64 bar[2];
  double price[2];
} BsChartMeasure;

/** Bars that have changed since the last frame, and what of the last frame is compared with the next. */
typedef struct
{
  guint64 from, to; /* bars from <= index < to are new, others, or gone */
  guint64 first;    /* the oldest bar then */
  gboolean atr_missing;
  float volume_max;
  gint64 lines[BS_TIME_AXIS_MAX_TICKS + 256]; /* pixels of the time axis before each vertical line, ascending */
  guint n_lines;
} BsChartChanges;

/** Size of the menu's button in the corner, logical pixels. */
#define BS_CHART_MENU_PX 22

struct _BsChart
{
  GtkWidget parent_instance;

  BsChartData *data; /* (nullable) */
  double threshold, atr_multiple;
  BsChartStyle style;
  BsChartAxis axis;
  gboolean true_time;
  guint atr_period;    /* of the band; 0 for the ATR that the bars came with */
  BsChartAtr *own_atr; /* (nullable): of that period */
  gboolean atr_missing; /* not all of its values have been computed */
  gboolean shows[BS_CHART_N_SHOWS];
  GTimeZone *zone;
  char *zone_id;

  /* What is in view, and where. */
  BsChartView view;
  BsChartSlots slots;
  BsChartSummary total; /* of what is in view */
  BsPane panes[BS_N_PANES];
  BsTimeTick ticks[BS_TIME_AXIS_MAX_TICKS];
  guint n_ticks;
  guint64 breaks[256];
  guint n_breaks;
  int width, height, scale; /* of the widget, logical pixels, and device pixels in one */
  int axis_width;           /* logical pixels; grows with the labels, and shrinks only with other data */
  gboolean moved;           /* view or data have changed since the last frame */
  gboolean repaint;         /* and all that is painted is out of date */
  BsChartChanges changes;   /* else what is: since the last frame, and of the last frame */
  gboolean laid_out;

  struct
  {
    gboolean pending; /* until there is a frame */
    gint64 from_us, to_us;
    gboolean follow;
  } wanted; /* by bs_chart_show_times() */

  /* Drawing. */
  BsPalette palette;
  gboolean palette_read;
  BsChartText *text;
  gboolean vectors;          /* panes are drawn into the frame, and not into images */
  GskRenderNode *frame_node; /* time axis and hairlines */
  gint64 last_frame_us;
  guint glide_id;

  /* Crosshair. */
  gboolean crosshair_shown;
  gboolean crosshair_at_pointer; /* follows the pointer, and not a bar */
  guint64 crosshair_bar;
  double crosshair_y; /* logical pixels from the top of the widget */
  gboolean crosshair_linked; /* set by bs_chart_set_crosshair_time(): it is at linked_time, shown where that is in view */
  gint64 linked_time;
  guint64 told_bar; /* what was last told by signal and to assistive technologies */
  gboolean told_shown;
  gint64 told_time;
  guint tell_id; /* what is in view will be told: bs-chart-tell.c */

  GArray *layers; /* (nullable): that others have added */
  guint last_layer_id;

  /* Hands. */
  double pointer_x, pointer_y; /* logical pixels */
  BsZone drag_zone;
  BsPaneKind drag_pane;
  double drag_x, drag_y; /* where the last motion was, logical pixels */
  double drag_rest;      /* part of a pixel not yet panned */
  double pinch;          /* scale of the gesture so far */
  double velocity;       /* of a kinetic pan, logical pixels a second, > 0 to the right */
  guint kinetic_id;
  gint64 kinetic_us;
  BsChartMeasure measure;
  GtkWidget *newest_button, *menu_button;
  GtkWidget *menu;
  guint64 menu_bar; /* where the menu was opened */
  gboolean menu_bar_known;
};

/* bs-chart.c */
/** What is drawn is out of date: the view or the data have changed. */
void bs_chart_invalidate (BsChart *self);
/** The same where what is painted is out of date only as far as the view, the panes' ranges or some bars have changed. */
void bs_chart_refresh (BsChart *self);
/** Tells the view which bars there are, and where. */
void bs_chart_set_view_range (BsChart *self);
/** The view has moved by a user's hand: clamps, tells "follow" and redraws. */
void bs_chart_view_moved (BsChart *self, gboolean followed);
void bs_chart_stop_kinetic (BsChart *self);
gboolean bs_chart_has_bars (BsChart *self);
/** Device pixels of the plot, without the value axis. */
int bs_chart_plot_width (BsChart *self);

/** The user has set the threshold: rounded to 0.01 within 0..1; tells "threshold-changed" where it is another. */
void bs_chart_change_threshold (BsChart *self, double threshold);
/** "crosshair-time" has changed. */
void bs_chart_notify_crosshair_time (BsChart *self);

/* bs-chart-navigate.c */
/** Moves the view to what bs_chart_show_times() was asked for and has not been in a frame yet. */
void bs_chart_apply_wanted (BsChart *self);

/* bs-chart-dirt.c */
/** Bars @from <= index < @to are new, others or gone. */
void bs_chart_bars_changed (BsChart *self, guint64 from, guint64 to);
/** View and ranges are settled: finds what of the panes' images is out of date. */
void bs_chart_find_dirt (BsChart *self);
/** Device pixels that what is drawn for a bar reaches beside its middle, at most. */
int bs_chart_reach (BsChart *self);

/* bs-chart-layer.c */
gboolean bs_chart_has_layers (BsChart *self, BsChartLayerPlace place);
/** Draws the layers that others have added under or over the bars. */
void bs_chart_draw_layers (BsChart *self, BsPane *pane, BsChartLayerPlace place, int body_width, cairo_t *cr);

/* bs-chart-draw.c */
/** Reads what is in view, lays panes out and settles their ranges; does nothing where nothing has changed. */
void bs_chart_prepare (BsChart *self);
void bs_chart_clear_nodes (BsChart *self);

/* bs-chart-axes.c */
int bs_chart_time_axis_height (BsChart *self);
/** Round values for a pane's axis, so far apart that their labels have room; returns how many. */
guint bs_chart_axis_ticks (BsChart *self, const BsPane *pane, double *ticks, guint max);
/** Writes @value as its pane's axis has it, a percentage where that is one; returns @buffer [BS_NUMBER_LENGTH]. */
const char *bs_chart_format_value (BsChart *self, const BsPane *pane, double value, char *buffer);
/** Digits that values of a pane are shown with. */
guint bs_chart_pane_decimals (BsChart *self, const BsPane *pane);
/** A label on the value axis, its middle at @y (logical pixels). */
void bs_chart_draw_axis_label (BsChart *self, GtkSnapshot *snapshot, const char *text, double y,
                               const GdkRGBA *background, const GdkRGBA *color);
/** A pane's round values, and the newest price or the threshold in a box. */
void bs_chart_draw_value_axis (BsChart *self, BsPane *pane, GtkSnapshot *snapshot);
/** (nullable): labels of the time axis, the zone in its corner, and the hairlines that part the panes. */
GskRenderNode *bs_chart_make_frame_node (BsChart *self) G_GNUC_WARN_UNUSED_RESULT;

/* bs-chart-panes.c */
/** Device pixels that a candle's body is wide. */
int bs_chart_body_width (BsChart *self);
/** Rows at the foot of the price pane that the largest volume in view decides on. */
int bs_chart_volume_height (const BsPane *pane);

/* bs-chart-readout.c */
void bs_chart_draw_readouts (BsChart *self, GtkSnapshot *snapshot);
/** The point under the crosshair, or the newest one, in words; %NULL where there are no bars. */
char *bs_chart_describe (BsChart *self) G_GNUC_WARN_UNUSED_RESULT;

/* bs-chart-crosshair.c */
void bs_chart_draw_crosshair (BsChart *self, GtkSnapshot *snapshot);
void bs_chart_crosshair_to_pointer (BsChart *self, double x, double y);
void bs_chart_crosshair_to_bar (BsChart *self, guint64 index);
void bs_chart_crosshair_hide (BsChart *self);
/** The view or the bars have changed: the crosshair stays at the pointer, on its bar or at its time, or goes. */
void bs_chart_crosshair_keep (BsChart *self);
/** Emits "crosshair-moved" and tells assistive technologies, where something has changed. */
void bs_chart_crosshair_tell (BsChart *self);

/* bs-chart-tell.c */
/** The user has changed what is in view, or how: assistive technologies are told once it rests, where no crosshair is shown. */
void bs_chart_tell_view (BsChart *self);
void bs_chart_tell_stop (BsChart *self);

/* bs-chart-measure.c */
void bs_chart_measure_begin (BsChart *self, guint64 bar, double price, gboolean by_key);
void bs_chart_measure_to (BsChart *self, guint64 bar, double price);
void bs_chart_measure_end (BsChart *self);
/** The bars have changed: ends where one of its two has gone. */
void bs_chart_measure_keep (BsChart *self);
void bs_chart_draw_measure (BsChart *self, GtkSnapshot *snapshot);
/** (transfer full) (nullable): in words */
char *bs_chart_measure_describe (BsChart *self) G_GNUC_WARN_UNUSED_RESULT;

/* bs-chart-menu.c */
void bs_chart_menu_init (BsChart *self);
/**
 * Connects menu and buttons with the chart's actions. Whenever the chart has come into a window: in GTK 4.8 they lose sight of
 * the actions of a widget that is moved to another parent.
 */
void bs_chart_menu_connect (BsChart *self);
void bs_chart_menu_popup (BsChart *self, double x, double y);
/** Puts the button into the corner below the value axis. */
void bs_chart_menu_allocate (BsChart *self);

/* bs-chart-input.c */
void bs_chart_input_init (BsChart *self);
/** Widens (factor > 1) or narrows a pane's range, which is no longer automatic then. */
void bs_chart_zoom_values (BsChart *self, BsPaneKind kind, double factor);
BsZone bs_chart_zone_at (BsChart *self, double x, double y, BsPaneKind *pane);

/* bs-chart-actions.c */
/** Installs actions and keys. */
void bs_chart_actions_class_init (GtkWidgetClass *klass);

/* bs-chart-properties.c */
/** Installs properties and signals. */
void bs_chart_properties_class_init (GObjectClass *klass);

G_END_DECLS
