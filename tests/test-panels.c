/* test-panels.c: the widgets of ui/panels and ui/latency: states, signals, bounds, no leaks */
#include <adwaita.h>

#include <time.h>

#include "ui/latency/bs-latency-timeline.h"
#include "ui/latency/bs-latency-view.h"
#include "ui/panels/bs-fidelity-panel.h"
#include "ui/panels/bs-fidelity-text.h"
#include "ui/panels/bs-model-card.h"
#include "ui/panels/bs-signal-log.h"
#include "ui/panels/bs-signal-panel.h"
#include "ui/panels/bs-signal-table.h"
#include "ui/panels/bs-switch-panel.h"

/* The first descendant of @type, depth first. */
static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Whether a label below @widget that is seen says @text. */
static gboolean
says (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

static void run (guint ms);

/* Whether a cell below @widget is @text. */
static gboolean
has_cell (GtkWidget *widget, const char *text)
{
  if (GTK_IS_INSCRIPTION (widget) && g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), text) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_cell (child, text))
      return TRUE;
  return FALSE;
}

/* Runs until a cell of @widget is @text, five seconds at most. */
static void
wait_for_cell (GtkWidget *widget, const char *text)
{
  for (guint i = 0; i < 250 && !has_cell (widget, text); i++)
    run (20);
  g_assert_true (has_cell (widget, text));
}

static gboolean
on_time_out (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets the main loop run for @ms. */
static void
run (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, on_time_out, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* Shows @child in a window of its own until it has been drawn. */
static GtkWidget *
show (GtkWidget *child, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 100 && !gtk_widget_get_mapped (child); i++)
    run (10);
  g_assert_true (gtk_widget_get_mapped (child));
  run (60);
  return window;
}

/* Closes the window and checks that nobody else holds @child. */
static void
close_and_finalize (GtkWidget *window, GtkWidget *child)
{
  g_object_ref (child);
  gtk_window_destroy (GTK_WINDOW (window));
  run (30);
  g_assert_finalize_object (child);
}

static void
count_threshold (BsSignalPanel *panel, double threshold, gpointer data)
{
  double *last = data;

  last[0] = threshold;
  last[1]++;
}

static void
test_signal_panel (void)
{
  GtkWidget *widget = bs_signal_panel_new ();
  BsSignalPanel *panel = BS_SIGNAL_PANEL (widget);
  GtkWidget *window = show (widget, 320, 400);
  GtkSpinButton *spin = GTK_SPIN_BUTTON (find (widget, GTK_TYPE_SPIN_BUTTON));
  BsSignal signal = { .state = BS_SIGNAL_READY,
                      .klass = BS_CLASS_HOLD,
                      .raw_class = BS_CLASS_LONG,
                      .filtered = TRUE,
                      .confidence = 0.61,
                      .probabilities = { 0.21, 0.18, 0.61 },
                      .in_range = TRUE };
  double last[2] = { 0, 0 };

  g_signal_connect (panel, "threshold-changed", G_CALLBACK (count_threshold), last);
  g_assert_true (says (widget, "Waiting for bars"));
  bs_signal_panel_set_signal (panel, &signal, 0.65);
  g_assert_true (says (widget, "is under the threshold of 65"));
  g_assert_true (says (widget, "within the model’s training range"));
  signal.in_range = FALSE;
  signal.n_out_of_range = 3;
  bs_signal_panel_set_signal (panel, &signal, 0.65);
  g_assert_true (says (widget, "Outside the model’s training range"));
  bs_signal_panel_set_stale (panel, TRUE, "No bar for 3 minutes");
  g_assert_true (says (widget, "No bar for 3 minutes"));
  g_assert_false (says (widget, "is under the threshold"));
  bs_signal_panel_set_stale (panel, FALSE, NULL);
  g_assert_true (says (widget, "is under the threshold"));
  run (30);

  /* What the program sets is not the user's wish. */
  bs_signal_panel_set_threshold (panel, 0.7);
  g_assert_cmpfloat (last[1], ==, 0);
  g_assert_cmpfloat_with_epsilon (bs_signal_panel_get_threshold (panel), 0.7, 1e-9);

  /* The user's wish stands until a signal comes that was judged by it, and says so. */
  gtk_spin_button_set_value (spin, 0.5);
  g_assert_cmpfloat (last[1], ==, 1);
  g_assert_cmpfloat_with_epsilon (last[0], 0.5, 1e-9);
  g_assert_true (says (widget, "from the next bar on"));
  bs_signal_panel_set_signal (panel, &signal, 0.65);
  g_assert_cmpfloat_with_epsilon (bs_signal_panel_get_threshold (panel), 0.5, 1e-9);
  bs_signal_panel_set_signal (panel, &signal, 0.5);
  g_assert_false (says (widget, "from the next bar on"));
  g_assert_cmpfloat_with_epsilon (bs_signal_panel_get_threshold (panel), 0.5, 1e-9);

  /* As people write it. */
  static const struct
  {
    const char *typed;
    double value;
  } typed[] = { { "72", 0.72 }, { "72 %", 0.72 }, { "0.8", 0.8 }, { "0,8", 0.8 }, { "100%", 1 }, { "0", 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      gtk_editable_set_text (GTK_EDITABLE (spin), typed[i].typed);
      gtk_spin_button_update (spin);
      g_assert_cmpfloat_with_epsilon (bs_signal_panel_get_threshold (panel), typed[i].value, 1e-9);
    }
  bs_signal_panel_set_signal (panel, NULL, 0.65);
  g_assert_true (says (widget, "Waiting for bars"));
  close_and_finalize (window, widget);
}

static void
test_model_card (void)
{
  GtkWidget *widget = bs_model_card_new ();
  GtkWidget *window = show (widget, 320, 500);
  g_autoptr (BsModel) model = bs_model_new_random (62, 48, 3, 37, 1);

  g_assert_true (says (widget, "No model"));
  bs_model_card_set_model (BS_MODEL_CARD (widget), model, "/somewhere/my-model.safetensors");
  g_assert_true (says (widget, "my-model.safetensors"));
  g_assert_true (says (widget, "3 LSTM layers of 48 units"));
  g_assert_true (says (widget, "37 bars × 62 features"));
  g_assert_true (says (widget, "The file has no validation figures"));
  run (30);
  bs_model_card_set_model (BS_MODEL_CARD (widget), NULL, NULL);
  g_assert_true (says (widget, "No model"));
  g_assert_false (says (widget, "3 LSTM layers"));
  close_and_finalize (window, widget);
}

static void
keep_index (BsSignalLog *log, guint64 index, gpointer data)
{
  *(guint64 *) data = index;
}

static void
fill_entries (BsSignalLogEntry *entries, guint n, guint64 index)
{
  for (guint i = 0; i < n; i++)
    entries[i] = (BsSignalLogEntry){ .index = index + i,
                                     .time_us = (gint64) (index + i) * 60 * G_USEC_PER_SEC,
                                     .klass = (index + i) % 3 == 0 ? BS_CLASS_LONG : BS_CLASS_HOLD,
                                     .confidence = 0.7,
                                     .price = 100,
                                     .in_range = TRUE };
}

static gboolean
press_head_below (GtkWidget *widget, const char *title)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "bs-signal-head") && says (widget, title))
    {
      g_signal_emit_by_name (widget, "clicked");
      return TRUE;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (press_head_below (child, title))
      return TRUE;
  return FALSE;
}

static void
press_head (GtkWidget *widget, const char *title)
{
  g_assert_true (press_head_below (widget, title));
}

static void
test_signal_log (void)
{
  GtkWidget *widget = bs_signal_log_new ();
  BsSignalLog *log = BS_SIGNAL_LOG (widget);
  GtkWidget *window = show (widget, 700, 300);
  GListModel *rows = G_LIST_MODEL (bs_signal_log_get_model (log));
  BsSignalLogEntry entries[1000];
  guint64 activated = 0;

  g_signal_connect (log, "bar-activated", G_CALLBACK (keep_index), &activated);
  g_assert_true (says (widget, "No signals yet"));
  for (guint batch = 0; batch < 30; batch++)
    {
      fill_entries (entries, 1000, batch * 1000);
      bs_signal_log_append (log, entries, 1000);
      if (batch % 10 == 0)
        run (20);
    }
  run (300);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 30000);
  g_assert_false (says (widget, "No signals yet"));

  /* The newest stays in sight; a reader who has scrolled away keeps the rows in sight. */
  GtkWidget *table = find (widget, BS_TYPE_SIGNAL_TABLE);
  GtkScrolledWindow *scroller
    = GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (table, GTK_TYPE_SCROLLED_WINDOW));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
  double upper = gtk_adjustment_get_upper (adjustment), row = upper / 30000;
  gtk_adjustment_set_value (adjustment, 100 * row);
  fill_entries (entries, 10, 30000);
  bs_signal_log_append (log, entries, 10);
  run (300);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (adjustment), 110 * row, 0.01);

  bs_signal_log_set_filter (log, BS_SIGNAL_LOG_TRADES);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 10004);
  g_assert_true (says (widget, "10004 of 30010"));
  bs_signal_log_set_filter (log, BS_SIGNAL_LOG_ALL);
  bs_signal_log_truncate (log, 20000);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 20000);
  run (50);

  /* A row's activation is the log's. */
  g_assert_true (gtk_widget_grab_focus (table));
  g_signal_emit_by_name (table, "bar-activated", G_GUINT64_CONSTANT (19998));
  g_assert_cmpuint (activated, ==, 19998);

  /* The oldest first: the newest, at the other end, stays in sight; again the other way round. */
  double page = gtk_adjustment_get_page_size (adjustment);
  gtk_adjustment_set_value (adjustment, 0);
  press_head (widget, "Time");
  g_assert_cmpuint (bs_signal_log_model_peek (bs_signal_log_get_model (log), 0)->index, ==, 0);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (adjustment), 20000 * row - page, 0.01);
  fill_entries (entries, 10, 20000);
  bs_signal_log_append (log, entries, 10);
  run (300);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (adjustment), 20010 * row - page, 0.01);
  press_head (widget, "Time");
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);

  /* Ordered by something else: what comes takes its place, and the rows in sight stay in sight. */
  press_head (widget, "Confidence");
  run (300);
  gboolean descending;
  BsSignalLogModel *model = bs_signal_log_get_model (log);
  g_assert_cmpuint (bs_signal_log_model_get_shown_order (model, &descending), ==, BS_SIGNAL_LOG_BY_CONFIDENCE);
  g_assert_false (descending);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 0)->index, ==, 20009); /* all alike: the newest first */
  gtk_adjustment_set_value (adjustment, 100 * row + 3);
  fill_entries (entries, 20, 20010);
  for (guint i = 0; i < 20; i++)
    entries[i].confidence = i < 15 ? 0.5 : 0.9;
  bs_signal_log_append (log, entries, 20);
  run (300);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 0)->index, ==, 20024);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 15)->index, ==, 20009);
  g_assert_cmpuint (bs_signal_log_model_peek (model, 20029)->index, ==, 20025);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (adjustment), 115 * row + 3, 0.01);

  bs_signal_log_set_decimals (log, 4);
  bs_signal_log_clear (log);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 0);
  g_assert_true (says (widget, "No signals yet"));
  close_and_finalize (window, widget);
}

static void
keep_option (BsSwitchPanel *panel, int option, int value, gpointer data)
{
  int *last = data;

  last[0] = option;
  last[1] = value;
  last[2]++;
}

static void
test_switch_panel (void)
{
  GtkWidget *widget = bs_switch_panel_new ();
  BsSwitchPanel *panel = BS_SWITCH_PANEL (widget);
  GtkWidget *window = show (widget, 320, 800);
  BsOptions options;
  int last[3] = { -1, -1, 0 };

  g_signal_connect (panel, "option-changed", G_CALLBACK (keep_option), last);
  bs_options_init (&options);
  for (guint i = 0; i < BS_N_OPTIONS; i++)
    {
      g_assert_true (says (widget, bs_option_info ((BsOption) i)->title));
      g_assert_cmpint (bs_switch_panel_get_options (panel)->value[i], ==, options.value[i]);
    }

  /* The first row is hurst-cache, on by default. */
  GtkSwitch *first = GTK_SWITCH (find (widget, GTK_TYPE_SWITCH));
  gboolean on = options.value[BS_OPTION_HURST_CACHE];
  gtk_switch_set_active (first, !on);
  g_assert_cmpint (last[0], ==, BS_OPTION_HURST_CACHE);
  g_assert_cmpint (last[1], ==, !on);
  g_assert_cmpint (last[2], ==, 1);
  g_assert_cmpint (bs_switch_panel_get_options (panel)->value[BS_OPTION_HURST_CACHE], ==, !on);

  /* What the owner sets is shown and not emitted. */
  options.value[BS_OPTION_HURST_EVERY] = 25;
  bs_switch_panel_set_options (panel, &options);
  g_assert_cmpint (gtk_switch_get_active (first), ==, on);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (find (widget, GTK_TYPE_SPIN_BUTTON))), ==, 25);
  g_assert_cmpint (last[2], ==, 1);

  /* What was measured stands under what the switch is for, until something else was. */
  const char *help = bs_option_info (BS_OPTION_TIMING)->help;
  bs_switch_panel_set_effect (panel, BS_OPTION_TIMING, "off: 47 µs, not 52 µs");
  g_autofree char *both = g_strdup_printf ("%s\nHere: off: 47 µs, not 52 µs", help);
  both[0] = g_ascii_toupper (both[0]);
  g_assert_true (says (widget, both));
  bs_switch_panel_set_effect (panel, BS_OPTION_TIMING, NULL);
  g_assert_false (says (widget, both));
  run (30);
  close_and_finalize (window, widget);
}

static void
test_latency_view (void)
{
  static const int sizes[][2] = { { 760, 160 }, { 330, 120 }, { 1000, 700 }, { 300, 320 } };
  g_autoptr (BsTrace) trace = bs_trace_new ();
  gint64 ns[BS_N_STAGES] = { 0 };

  ns[BS_STAGE_ATR] = 50;
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (BsLatencyRecord) record = bs_latency_record_new ();
      GtkWidget *widget = bs_latency_view_new ();
      bs_latency_view_set_record (BS_LATENCY_VIEW (widget), record);
      GtkWidget *window = show (widget, sizes[s][0], sizes[s][1]);

      g_assert_true (says (widget, "No predictions yet"));
      bs_latency_record_set_timing (record, FALSE);
      g_assert_true (says (widget, "Timing is off"));
      bs_latency_record_set_timing (record, TRUE);
      bs_latency_record_set_trace (record, trace, NULL);
      /* Much more than is read in one frame. */
      for (guint i = 0; i < 20000; i++)
        {
          ns[BS_STAGE_TOTAL] = 30000 + i % 1000;
          bs_trace_add (trace, i, (gint64) i * 1000000, ns);
        }
      bs_latency_record_set_budget_us (record, 31);
      g_assert_cmpfloat (bs_latency_record_get_budget_us (record), ==, 31);
      wait_for_cell (widget, "20000");
      g_assert_true (has_cell (widget, "LSTM layer 1") == FALSE);
      g_assert_true (has_cell (widget, "ATR"));
      g_assert_false (says (widget, "No predictions yet"));
      bs_trace_reset (trace);
      for (guint i = 0; i < 10; i++)
        bs_trace_add (trace, 20000 + i, (gint64) (20000 + i) * 1000000, ns);
      wait_for_cell (widget, "10");
      bs_trace_reset (trace);
      bs_latency_record_set_trace (record, NULL, NULL);
      g_assert_true (says (widget, "No predictions yet"));
      close_and_finalize (window, widget);
    }
}

/* The cost of drawing, told and not judged: 100,000 predictions of eleven stages, all in view. */
static void
test_latency_cost (void)
{
  g_autoptr (BsTrace) trace = bs_trace_new ();
  gint64 ns[BS_N_STAGES] = { 0 };
  GtkWidget *widget = bs_latency_view_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < BS_TRACE_LENGTH; i++)
    {
      for (guint s = 0; s < 10; s++)
        ns[s] = 20 + g_rand_int_range (rand, 0, 20 << s);
      ns[BS_STAGE_TOTAL] = 40000;
      bs_trace_add (trace, i, (gint64) i * 1000000, ns);
    }
  g_autoptr (BsLatencyRecord) record = bs_latency_record_new ();
  bs_latency_view_set_record (BS_LATENCY_VIEW (widget), record);
  bs_latency_record_set_trace (record, trace, NULL);
  GtkWidget *window = show (widget, 1000, 200);
  run (1500);

  GtkWidget *timeline = find (widget, BS_TYPE_LATENCY_TIMELINE);
  const guint n = 50;
  clock_t before = clock ();
  for (guint i = 0; i < n; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      g_signal_emit_by_name (record, "changed");
      GTK_WIDGET_GET_CLASS (timeline)->snapshot (timeline, snapshot);
      GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
      g_clear_pointer (&node, gsk_render_node_unref);
    }
  g_test_message ("timeline: %.2f ms of processor time a frame with everything drawn anew",
                  1000.0 * (double) (clock () - before) / CLOCKS_PER_SEC / n);
  close_and_finalize (window, widget);
}

static void
keep_every (BsFidelityPanel *panel, guint every, guint *last)
{
  *last = every;
}

/* Says in words what is compared, and in words and red where the limit is passed. */
static void
test_fidelity_panel (void)
{
  GtkWidget *widget = bs_fidelity_panel_new ();
  BsFidelityPanel *panel = BS_FIDELITY_PANEL (widget);
  GtkWidget *window = show (widget, 320, 600);
  GtkSpinButton *spin = GTK_SPIN_BUTTON (find (widget, GTK_TYPE_SPIN_BUTTON));
  BsFidelityReport report = { .n_left_out = 7 };
  BsOptions options;
  guint every = G_MAXUINT;

  bs_options_init (&options);
  g_assert_true (bs_options_set (&options, "precision=int8", NULL));
  g_assert_true (says (widget, "Not compared yet"));
  for (guint i = 0; i < 200; i++)
    for (guint kind = 0; kind < BS_N_FIDELITY_KINDS; kind++)
      {
        bs_fidelity_figures_add (&report.since_switch[kind], i != 5, i == 9 ? 0.004 : 0.001, 0.01);
        bs_fidelity_figures_add (&report.session[kind], i != 5, i == 9 ? 0.004 : 0.001, 0.01);
      }
  bs_fidelity_panel_set_report (panel, &report, &options);
  g_autofree char *status = bs_fidelity_text_status (&report, &options);
  g_assert_cmpstr (status, ==, "ΔP 0.0040, 99.5\u00a0%");
  g_assert_true (says (widget, "Within the limit of 0.01: mean 0.0010, 99.5\u00a0% same signal, 200 bars compared"));
  g_assert_true (says (widget, "hurst-cache=on precision=int8"));
  g_assert_true (says (widget, "7 left out"));
  g_assert_false (bs_fidelity_text_is_over (&report));
  GtkWidget *row = gtk_widget_get_ancestor (find (widget, ADW_TYPE_ACTION_ROW), ADW_TYPE_ACTION_ROW);
  g_assert_false (gtk_widget_has_css_class (row, "error"));

  /* One bar of very many is not rounded away. */
  report.since_switch[BS_FIDELITY_NETWORK].n = report.since_switch[BS_FIDELITY_NETWORK].n_agree + 1;
  report.since_switch[BS_FIDELITY_NETWORK].n_agree += 1000000;
  report.since_switch[BS_FIDELITY_NETWORK].n += 1000000;
  bs_fidelity_figures_add (&report.since_switch[BS_FIDELITY_NETWORK], TRUE, 0.034, 0.01);
  bs_fidelity_panel_set_report (panel, &report, &options);
  g_autofree char *over = bs_fidelity_text_status (&report, &options);
  g_assert_cmpstr (over, ==, "ΔP 0.0340 over 0.01, 99.9\u00a0%");
  g_assert_true (says (widget, "Over the limit of 0.01 at 1"));
  g_assert_true (gtk_widget_has_css_class (row, "error"));

  bs_fidelity_panel_set_report (panel, NULL, &options);
  g_assert_true (says (widget, "Not compared yet"));
  g_assert_false (gtk_widget_has_css_class (row, "error"));

  g_signal_connect (panel, "every-changed", G_CALLBACK (keep_every), &every);
  bs_fidelity_panel_set_every (panel, 25);
  g_assert_cmpuint (every, ==, G_MAXUINT);
  gtk_spin_button_set_value (spin, 0);
  g_assert_cmpuint (every, ==, 0);
  close_and_finalize (window, widget);
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 77;
    }
  adw_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/panels/signal-panel", test_signal_panel);
  g_test_add_func ("/panels/model-card", test_model_card);
  g_test_add_func ("/panels/signal-log", test_signal_log);
  g_test_add_func ("/panels/switch-panel", test_switch_panel);
  g_test_add_func ("/panels/fidelity-panel", test_fidelity_panel);
  g_test_add_func ("/panels/latency-view", test_latency_view);
  g_test_add_func ("/panels/latency-cost", test_latency_cost);
  return g_test_run ();
}
