/* panels-demo.c: the panels and the latency view with made-up data: PANELS_DEMO_PAGE=side|states|log|latency, PANELS_DEMO_SIZE=WxH,
 * PANELS_DEMO_RATE=predictions a second, PANELS_DEMO_MODEL=file,
 * PANELS_DEMO_GAPS=1 (prints the main loop's longest absences). Not installed. */
#include <adwaita.h>
#include <math.h>
#include <stdlib.h>

#include "ui/latency/bs-latency-page.h"
#include "ui/panels/bs-model-card.h"
#include "ui/panels/bs-signal-log.h"
#include "ui/panels/bs-signal-panel.h"
#include "ui/panels/bs-switch-panel.h"

#define BAR_US (60 * G_TIME_SPAN_SECOND)
#define START_US (G_GINT64_CONSTANT (1709562600) * G_USEC_PER_SEC)

typedef struct
{
  BsSignalPanel *signal;
  BsSignalLog *log;
  BsLatencyPage *latency;
  BsLatencyRecord *record;
  BsTrace *trace;
  GRand *rand;
  guint64 bar;
  int running;
  int rate; /* predictions a second */
  double price;
} Demo;

/* Log-normal about @median, ns; now and then a spike. */
static gint64
made_up_ns (GRand *rand, double median)
{
  double u = g_rand_double (rand) + g_rand_double (rand) + g_rand_double (rand) - 1.5;
  double spike = g_rand_int_range (rand, 0, 400) == 0 ? 8 + 20 * g_rand_double (rand) : 1;

  return (gint64) (median * exp (0.5 * u) * spike);
}

static gpointer
writer (gpointer data)
{
  static const struct
  {
    BsStage stage;
    double median; /* ns */
  } stages[] = {
    { BS_STAGE_HURST, 4800 },   { BS_STAGE_ATR, 45 },     { BS_STAGE_ROLLING, 620 },  { BS_STAGE_FLOW, 190 },
    { BS_STAGE_SECONDARY, 85 }, { BS_STAGE_WINDOW, 130 }, { BS_STAGE_LSTM_0, 17000 }, { BS_STAGE_LSTM_0 + 1, 15500 },
    { BS_STAGE_HEAD, 900 },     { BS_STAGE_SOFTMAX, 70 },
  };
  Demo *demo = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gint64 ns[BS_N_STAGES];

  for (guint64 row = 0; g_atomic_int_get (&demo->running); row++)
    {
      memset (ns, 0, sizeof ns);
      gint64 total = 400;
      for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
        {
          if (stages[i].stage == BS_STAGE_HURST && row % 10 != 0)
            continue;
          ns[stages[i].stage] = made_up_ns (rand, stages[i].median);
          total += ns[stages[i].stage];
        }
      if (row % 977 == 976)
        total += 14000000;
      ns[BS_STAGE_TOTAL] = total;
      bs_trace_add (demo->trace, row, START_US + (gint64) row * BAR_US, ns);
      if (demo->rate > 0)
        g_usleep ((gulong) (G_USEC_PER_SEC / demo->rate));
    }
  return NULL;
}

static void
made_up_signal (Demo *demo, BsSignal *signal, double threshold)
{
  double weights[BS_N_CLASSES], sum = 0;

  *signal = (BsSignal){ .state = BS_SIGNAL_READY, .time_us = START_US + (gint64) demo->bar * BAR_US, .row = demo->bar };
  if (demo->bar < 20)
    {
      signal->state = BS_SIGNAL_WARMING_UP;
      signal->rows_missing = (guint) (20 - demo->bar);
      return;
    }
  for (guint c = 0; c < BS_N_CLASSES; c++)
    sum += weights[c] = exp (2.5 * sin (0.13 * (double) demo->bar + 2.1 * c) + 0.5 * g_rand_double (demo->rand));
  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      signal->probabilities[c] = weights[c] / sum;
      if (signal->probabilities[c] > signal->probabilities[signal->raw_class])
        signal->raw_class = (BsClass) c;
    }
  signal->confidence = signal->probabilities[signal->raw_class];
  signal->filtered = signal->raw_class != BS_CLASS_HOLD && signal->confidence < threshold;
  signal->klass = signal->filtered ? BS_CLASS_HOLD : signal->raw_class;
  signal->in_range = demo->bar % 97 < 90;
  signal->n_out_of_range = signal->in_range ? 0 : 230;
}

static gboolean
on_bar (gpointer data)
{
  Demo *demo = data;
  guint n = (guint) MAX (1, demo->rate / 20);
  g_autofree BsSignalLogEntry *entries = g_new0 (BsSignalLogEntry, n);
  guint n_entries = 0;
  double threshold = demo->signal != NULL ? bs_signal_panel_get_threshold (demo->signal) : 0.65;
  BsSignal signal;

  for (guint i = 0; i < n; i++, demo->bar++)
    {
      made_up_signal (demo, &signal, threshold);
      demo->price += g_rand_double (demo->rand) - 0.5;
      if (signal.state == BS_SIGNAL_READY)
        entries[n_entries++] = (BsSignalLogEntry){ .time_us = signal.time_us,
                                                   .index = demo->bar,
                                                   .klass = signal.klass,
                                                   .raw_class = signal.raw_class,
                                                   .confidence = signal.confidence,
                                                   .price = demo->price,
                                                   .filtered = signal.filtered,
                                                   .in_range = signal.in_range,
                                                   .total_ns = made_up_ns (demo->rand, 39000) };
    }
  if (demo->signal != NULL)
    bs_signal_panel_set_signal (demo->signal, &signal, threshold);
  if (demo->log != NULL)
    bs_signal_log_append (demo->log, entries, n_entries);
  if (demo->latency != NULL && demo->bar / 400 != (demo->bar - n) / 400)
    {
      int off = (int) (demo->bar / 400 % 2);
      BsTraceSwitch change
        = { .n_traced = bs_trace_count (demo->trace), .option = BS_OPTION_HURST_CACHE, .from = off, .to = 1 - off };
      bs_trace_add_switch (demo->trace, &change);
    }
  return G_SOURCE_CONTINUE;
}

static BsSignal
shown_signal (BsClass raw, double p_short, double p_hold, double p_long, double threshold)
{
  BsSignal signal = { .state = BS_SIGNAL_READY, .time_us = START_US, .raw_class = raw, .in_range = TRUE };

  signal.probabilities[BS_CLASS_SHORT] = p_short;
  signal.probabilities[BS_CLASS_HOLD] = p_hold;
  signal.probabilities[BS_CLASS_LONG] = p_long;
  signal.confidence = signal.probabilities[raw];
  signal.filtered = raw != BS_CLASS_HOLD && signal.confidence < threshold;
  signal.klass = signal.filtered ? BS_CLASS_HOLD : raw;
  return signal;
}

static GtkWidget *
one_state (const BsSignal *signal, double threshold, const char *stale)
{
  GtkWidget *panel = bs_signal_panel_new ();

  bs_signal_panel_set_sequence_length (BS_SIGNAL_PANEL (panel), 20);
  bs_signal_panel_set_signal (BS_SIGNAL_PANEL (panel), signal, threshold);
  bs_signal_panel_set_stale (BS_SIGNAL_PANEL (panel), stale != NULL, stale);
  gtk_widget_set_size_request (panel, 296, -1);
  return panel;
}

/* Every state that the signal panel has, side by side. */
static GtkWidget *
states_page (void)
{
  GtkWidget *flow = gtk_flow_box_new ();
  BsSignal signals[] = {
    shown_signal (BS_CLASS_LONG, 0.08, 0.20, 0.72, 0.65),   shown_signal (BS_CLASS_SHORT, 0.88, 0.09, 0.03, 0.65),
    shown_signal (BS_CLASS_HOLD, 0.22, 0.55, 0.23, 0.65),   shown_signal (BS_CLASS_LONG, 0.21, 0.18, 0.61, 0.65),
    shown_signal (BS_CLASS_SHORT, 0.649, 0.2, 0.151, 0.65), shown_signal (BS_CLASS_LONG, 0.0, 0.001, 0.999, 0.65),
    shown_signal (BS_CLASS_LONG, 0.08, 0.20, 0.72, 0.65),
  };
  BsSignal warming = { .state = BS_SIGNAL_WARMING_UP, .time_us = START_US, .rows_missing = 8 };

  signals[6].in_range = FALSE;
  signals[6].n_out_of_range = 230;
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 24);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 24);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_widget_set_valign (flow, GTK_ALIGN_START);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    gtk_flow_box_append (GTK_FLOW_BOX (flow), one_state (&signals[i], 0.65, NULL));
  gtk_flow_box_append (GTK_FLOW_BOX (flow), one_state (&signals[0], 0.65, "No bar for 3 minutes"));
  gtk_flow_box_append (GTK_FLOW_BOX (flow), one_state (&warming, 0.65, NULL));
  gtk_flow_box_append (GTK_FLOW_BOX (flow), one_state (NULL, 0.65, NULL));
  return flow;
}

static GtkWidget *
side_page (Demo *demo)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 2, 20, 1);
  const char *path = g_getenv ("PANELS_DEMO_MODEL");

  demo->signal = BS_SIGNAL_PANEL (bs_signal_panel_new ());
  bs_signal_panel_set_sequence_length (demo->signal, 20);
  GtkWidget *card = bs_model_card_new ();
  if (path != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_clear_pointer (&model, bs_model_unref);
      model = bs_model_load (path, &error);
      if (model == NULL)
        g_printerr ("%s\n", error->message);
    }
  bs_model_card_set_model (BS_MODEL_CARD (card), model, path);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (demo->signal));
  gtk_box_append (GTK_BOX (box), bs_switch_panel_new ());
  gtk_box_append (GTK_BOX (box), card);

  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static void
on_bar_activated (BsSignalLog *log, guint64 index, gpointer data)
{
  g_print ("bar %" G_GUINT64_FORMAT "\n", index);
}

static GtkWidget *
log_page (Demo *demo)
{
  demo->log = BS_SIGNAL_LOG (bs_signal_log_new ());
  g_signal_connect (demo->log, "bar-activated", G_CALLBACK (on_bar_activated), NULL);
  gtk_widget_set_vexpand (GTK_WIDGET (demo->log), TRUE);
  return GTK_WIDGET (demo->log);
}

static GtkWidget *
latency_page (Demo *demo)
{
  demo->latency = BS_LATENCY_PAGE (bs_latency_page_new ());
  demo->record = bs_latency_record_new ();
  bs_latency_page_set_record (demo->latency, demo->record);
  bs_latency_record_set_trace (demo->record, demo->trace, NULL);
  gtk_widget_set_vexpand (GTK_WIDGET (demo->latency), TRUE);
  return GTK_WIDGET (demo->latency);
}

/* How long the main loop was away at most, printed every second: what a panel costs beyond its frames. */
static gboolean
on_gap (gpointer data)
{
  static gint64 last, longest, printed;
  gint64 now = g_get_monotonic_time ();

  if (last != 0)
    longest = MAX (longest, now - last);
  last = now;
  if (now - printed > G_USEC_PER_SEC)
    {
      g_printerr ("longest main-loop gap %.1f ms\n", (double) longest / 1000);
      longest = 0;
      printed = now;
    }
  return G_SOURCE_CONTINUE;
}

static void
on_activate (GtkApplication *app, gpointer data)
{
  Demo *demo = data;
  const char *page = g_getenv ("PANELS_DEMO_PAGE"), *size = g_getenv ("PANELS_DEMO_SIZE");
  GtkWidget *window = adw_application_window_new (app);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *child;
  int width = 320, height = 900;

  if (g_strcmp0 (page, "states") == 0)
    child = states_page ();
  else if (g_strcmp0 (page, "log") == 0)
    child = log_page (demo);
  else if (g_strcmp0 (page, "latency") == 0)
    child = latency_page (demo);
  else
    child = side_page (demo);
  if (size != NULL)
    sscanf (size, "%dx%d", &width, &height);
  if (g_strcmp0 (page, "log") != 0)
    {
      gtk_widget_set_margin_start (child, 12);
      gtk_widget_set_margin_end (child, 12);
      gtk_widget_set_margin_top (child, 12);
      gtk_widget_set_margin_bottom (child, 12);
    }
  gtk_box_append (GTK_BOX (box), child);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), "Panels");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  if (g_getenv ("PANELS_DEMO_GAPS") != NULL)
    g_timeout_add (1, on_gap, NULL);
  g_timeout_add (1000 / MIN (20, MAX (demo->rate, 1)), on_bar, demo);
}

int
main (int argc, char **argv)
{
  const char *rate = g_getenv ("PANELS_DEMO_RATE");
  Demo demo = { .running = TRUE, .rate = rate != NULL ? atoi (rate) : 20, .price = 4512.25 };

  demo.trace = bs_trace_new ();
  demo.rand = g_rand_new_with_seed (11);
  GThread *thread = g_thread_new ("writer", writer, &demo);

  AdwApplication *app = adw_application_new ("org.barscope.PanelsDemo", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), &demo);
  int status = g_application_run (G_APPLICATION (app), argc, argv);

  g_atomic_int_set (&demo.running, FALSE);
  g_thread_join (thread);
  g_object_unref (app);
  g_clear_object (&demo.record);
  bs_trace_unref (demo.trace);
  g_rand_free (demo.rand);
  return status;
}
