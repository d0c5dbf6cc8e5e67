/* bs-window-watch.c: many instruments in the window: the watchlist at the left, charts of others beside the main one
 *
 * The main chart is the session's, as for one instrument: a file that is chosen is opened as any file, a live instrument as a
 * feed that the fleet gives (bs-fleet-feed.h). So replay, latency, lab and log are there for whichever is chosen, and the fleet
 * answers for the list and for the charts beside. */
#include <glib/gi18n.h>

#include "app/bs-paths.h"
#include "app/bs-watch.h"
#include "app/bs-window-private.h"
#include "app/feeds/bs-feed-kind.h"
#include "ui/bs-number.h"
#include "ui/watch/bs-chart-grid.h"

#define NO_INSTRUMENT G_MAXUINT
#define LIST_MIN_WIDTH_PX 220
#define DEFAULT_GENERATED 20

struct _BsWindowWatch
{
  BsWatch *watch;
  BsWatchList *list;
  BsChartGrid *grid;
  GtkPaned *paned;
  BsLoadRequest *how;                       /* (nullable): format, time zone and stamp of the files */
  guint numbers[BS_CHART_GRID_MAX];         /* of the instrument in each chart, or NO_INSTRUMENT */
  BsChartData *followed[BS_CHART_GRID_MAX]; /* (nullable): of the charts beside the main one */
  gboolean hidden;                          /* by the user */
};

static GSimpleAction *
action (BsWindow *self, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name));
}

static void
update (BsWindow *self)
{
  static const char *const names[] = { "watchlist", "next-instrument", "previous-instrument", "charts" };
  BsWindowWatch *watch = self->watch;
  gboolean running = bs_watch_is_running (watch->watch);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (action (self, names[i]), running);
  g_simple_action_set_enabled (action (self, "close-watchlist"), running);
  g_simple_action_set_state (action (self, "watchlist"), g_variant_new_boolean (running && !watch->hidden));
  gtk_widget_set_visible (GTK_WIDGET (watch->list), running && !watch->hidden);
}

gboolean
bs_window_watch_is_shown (BsWindow *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->watch->list));
}

/* Which chart shows what */

static void
clear_chart (BsWindow *self, guint i)
{
  BsWindowWatch *watch = self->watch;
  watch->numbers[i] = NO_INSTRUMENT;
  if (watch->followed[i] == NULL)
    return;
  bs_watch_unfollow (watch->watch, watch->followed[i]);
  g_clear_object (&watch->followed[i]);
}

static void
show_beside (BsWindow *self, guint i, guint number)
{
  BsWindowWatch *watch = self->watch;
  BsChart *chart = bs_chart_grid_chart (watch->grid, i);
  clear_chart (self, i);
  watch->numbers[i] = number;
  watch->followed[i] = bs_watch_follow (watch->watch, number);
  bs_chart_set_data (chart, watch->followed[i]);
  bs_chart_go_to_newest (chart);
  bs_chart_grid_set_title (watch->grid, i, bs_watch_info (watch->watch, number)->name);
}

static void
show_in_main (BsWindow *self, guint number)
{
  BsWindowWatch *watch = self->watch;
  const BsFleetInstrument *info = bs_watch_info (watch->watch, number);
  gboolean of_file = info->path != NULL && !bs_watch_is_live (watch->watch);
  BsLoadRequest *request = bs_load_request_new (of_file ? info->path : NULL);
  if (of_file && watch->how != NULL)
    {
      request->format = g_strdup (watch->how->format);
      request->timezone = g_strdup (watch->how->timezone);
      request->stamp = watch->how->stamp;
    }
  if (!of_file)
    {
      request->feed = g_strdup (info->name);
      request->fleet = bs_fleet_ref (bs_watch_fleet (watch->watch));
      request->instrument = number;
    }
  request->watched = TRUE;
  watch->numbers[0] = number;
  bs_window_open (self, request);
}

static void
show (BsWindow *self, guint chart, guint number)
{
  if (bs_watch_info (self->watch->watch, number) == NULL)
    return;
  if (chart == 0)
    show_in_main (self, number);
  else
    show_beside (self, chart, number);
  bs_watch_list_select (self->watch->list, number);
}

static void
on_row_activated (BsWatchList *list, guint number, BsWindow *self)
{
  adw_view_stack_set_visible_child_name (self->views, "chart");
  show (self, bs_chart_grid_active (self->watch->grid), number);
}

static void
on_active_changed (BsChartGrid *grid, BsWindow *self)
{
  guint number = self->watch->numbers[bs_chart_grid_active (grid)];
  if (number != NO_INSTRUMENT)
    bs_watch_list_select (self->watch->list, number);
}

/* The next instruments in the order in which they were opened. */
static void
fill_charts (BsWindow *self)
{
  BsWindowWatch *watch = self->watch;
  guint n = bs_watch_n_instruments (watch->watch);
  guint number = watch->numbers[0] != NO_INSTRUMENT ? watch->numbers[0] : 0;
  for (guint i = 1; i < bs_chart_grid_get_n_charts (watch->grid) && i < n; i++)
    if (watch->numbers[i] == NO_INSTRUMENT)
      show_beside (self, i, (number + i) % n);
}

void
bs_window_watch_session_began (BsWindow *self)
{
  bs_chart_grid_set_title (self->watch->grid, 0, self->loaded->bars->instrument);
  if (!self->request->watched)
    self->watch->numbers[0] = NO_INSTRUMENT;
}

/* What the watch says */

static void
show_progress (BsWindow *self)
{
  g_auto (BsFleetProgress) progress = { 0 };
  char done[BS_NUMBER_LENGTH], found[BS_NUMBER_LENGTH];
  bs_watch_progress (self->watch->watch, &progress);
  g_autofree char *text
    = progress.done ? g_strdup ("")
                    : g_strdup_printf (_ ("Opening %s of %s"), bs_number_format_count (done, progress.n_done),
                                       bs_number_format_count (found, progress.n_found));
  bs_watch_list_set_message (self->watch->list, text);
}

static void
on_added (BsWatch *watch, guint number, BsWindow *self)
{
  show_progress (self);
  if (bs_watch_n_instruments (watch) == 1)
    {
      update (self);
      show (self, 0, number);
    }
  fill_charts (self);
}

static void
on_watch_loaded (BsWatch *watch, BsWindow *self)
{
  g_auto (BsFleetProgress) progress = { 0 };
  bs_watch_progress (watch, &progress);
  show_progress (self);
  if (progress.n_problems > 0)
    {
      g_autofree char *text
        = progress.n_problems == 1
            ? g_strdup (progress.problems[0])
            : g_strdup_printf (_ ("%u could not be opened. The first: %s"), progress.n_problems, progress.problems[0]);
      bs_window_show_banner (self, BS_BANNER_PROBLEM, text);
    }
  if (bs_watch_n_instruments (watch) == 0)
    bs_window_watch_stop (self);
}

/* What the bars are read with, and the model and switches that answer them. */
static void
start_watch (BsWindow *self, BsFleetRequest *request, const BsLoadRequest *how)
{
  BsWindowWatch *watch = self->watch;
  g_autofree char *default_model = bs_path_resource_file ("default-model.safetensors");
  bs_window_watch_stop (self);
  watch->how = how != NULL ? bs_load_request_copy (how) : NULL;
  watch->hidden = FALSE;
  request->format = how != NULL ? how->format : NULL;
  request->timezone = how != NULL ? how->timezone : NULL;
  request->stamp = how != NULL ? how->stamp : -1;
  request->model_path = self->model_path != NULL ? self->model_path : default_model;
  request->options = *bs_sidebar_own_options (self->sidebar);
  request->threshold = bs_sidebar_own_threshold (self->sidebar);
  request->journal = self->journal;
  bs_watch_start (watch->watch, request);
  update (self);
}

gboolean
bs_window_watch_feeds (BsWindow *self, const BsLoadRequest *how)
{
  g_return_val_if_fail (BS_IS_WINDOW (self) && how->feed != NULL, FALSE);
  g_auto (GStrv) feeds = bs_feed_kind_split (how->feed, NULL);
  if (feeds == NULL || g_strv_length (feeds) < 2)
    return FALSE;
  BsFleetRequest request = { .feeds = (const char *const *) feeds };
  start_watch (self, &request, how);
  return TRUE;
}

void
bs_window_watch (BsWindow *self, const char *const *paths, guint n_generated, double rate, const BsLoadRequest *how)
{
  g_return_if_fail (BS_IS_WINDOW (self));
  BsFleetRequest request = { .paths = paths, .n_generated = n_generated, .rate = rate };
  start_watch (self, &request, how);
}

void
bs_window_watch_stop (BsWindow *self)
{
  BsWindowWatch *watch = self->watch;
  for (guint i = 0; i < BS_CHART_GRID_MAX; i++)
    clear_chart (self, i);
  bs_chart_grid_set_n_charts (watch->grid, 1);
  g_simple_action_set_state (action (self, "charts"), g_variant_new_string ("1"));
  bs_watch_stop (watch->watch);
  /* What the main chart shows stays; a live instrument gets no more bars, and cannot be opened again. */
  if (self->request != NULL)
    g_clear_pointer (&self->request->fleet, bs_fleet_unref);
  g_clear_pointer (&watch->how, bs_load_request_free);
  update (self);
}

void
bs_window_watch_set_options (BsWindow *self, const BsOptions *options)
{
  if (bs_watch_fleet (self->watch->watch) != NULL)
    bs_fleet_set_options (bs_watch_fleet (self->watch->watch), options);
}

void
bs_window_watch_set_threshold (BsWindow *self, double threshold)
{
  if (bs_watch_fleet (self->watch->watch) != NULL)
    bs_fleet_set_threshold (bs_watch_fleet (self->watch->watch), threshold);
}

/* Actions */

static void
on_folder_response (GtkNativeDialog *dialog, int response, BsWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;
      const char *paths[] = { path, NULL };
      if (path != NULL)
        bs_window_watch (self, paths, 0, 0, NULL);
      else
        bs_window_toast (self, _ ("Only folders of this machine can be opened"), NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

static void
on_open_folder (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  BsWindow *self = data;
  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_ ("Open a Folder of Bars"), GTK_WINDOW (self),
                                                   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Open"), NULL);
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_folder_response), self, 0);
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_watch_generated (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  bs_window_watch (data, NULL, DEFAULT_GENERATED, 1, NULL);
}

static void
on_close_watchlist (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  bs_window_watch_stop (data);
}

static void
on_watchlist_state (GSimpleAction *simple, GVariant *state, gpointer data)
{
  BsWindow *self = data;
  self->watch->hidden = !g_variant_get_boolean (state);
  update (self);
  if (!self->watch->hidden)
    gtk_widget_child_focus (GTK_WIDGET (self->watch->list), GTK_DIR_TAB_FORWARD);
}

/* The instrument after, or before, the one of the active chart, in the order in which they were opened. */
static void
step (BsWindow *self, int by)
{
  BsWindowWatch *watch = self->watch;
  guint n = bs_watch_n_instruments (watch->watch), active = bs_chart_grid_active (watch->grid);
  if (n == 0)
    return;
  guint number = watch->numbers[active] != NO_INSTRUMENT ? watch->numbers[active] : by > 0 ? n - 1 : 0;
  show (self, active, (number + n + (guint) by) % n);
}

static void
on_next (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  step (data, 1);
}

static void
on_previous (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  step (data, -1);
}

static void
on_charts_state (GSimpleAction *simple, GVariant *state, gpointer data)
{
  BsWindow *self = data;
  guint n = (guint) g_ascii_strtoull (g_variant_get_string (state, NULL), NULL, 10);
  if (n != 1 && n != 2 && n != 4 && n != 6)
    return;
  for (guint i = n; i < BS_CHART_GRID_MAX; i++)
    clear_chart (self, i);
  bs_chart_grid_set_n_charts (self->watch->grid, n);
  g_simple_action_set_state (simple, state);
  adw_view_stack_set_visible_child_name (self->views, "chart");
  fill_charts (self);
}

/* Making it */

/* Not in the template: what it stands beside is one widget there. */
static void
put_list_beside (BsWindow *self)
{
  BsWindowWatch *watch = self->watch;
  GtkWidget *flap = GTK_WIDGET (self->flap);
  GtkWidget *box = gtk_widget_get_parent (flap), *before = gtk_widget_get_prev_sibling (flap);
  g_object_ref (flap);
  gtk_box_remove (GTK_BOX (box), flap);
  watch->paned = GTK_PANED (gtk_paned_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (watch->paned), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Watchlist and charts"), -1);
  gtk_paned_set_start_child (watch->paned, GTK_WIDGET (watch->list));
  gtk_paned_set_end_child (watch->paned, flap);
  gtk_paned_set_resize_start_child (watch->paned, FALSE);
  gtk_paned_set_shrink_start_child (watch->paned, FALSE);
  gtk_paned_set_shrink_end_child (watch->paned, FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (watch->paned), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (watch->list), LIST_MIN_WIDTH_PX, -1);
  gtk_box_insert_child_after (GTK_BOX (box), GTK_WIDGET (watch->paned), before);
  g_object_unref (flap);
}

static void
put_grid_around (BsWindow *self)
{
  GtkWidget *chart = GTK_WIDGET (self->chart);
  g_object_ref (chart);
  gtk_paned_set_start_child (self->paned, NULL);
  self->watch->grid = BS_CHART_GRID (bs_chart_grid_new (self->chart));
  gtk_paned_set_start_child (self->paned, GTK_WIDGET (self->watch->grid));
  gtk_paned_set_shrink_start_child (self->paned, FALSE);
  g_object_unref (chart);
}

void
bs_window_watch_init (BsWindow *self)
{
  static const GActionEntry entries[] = {
    { "open-folder", on_open_folder },
    { "watch-generated", on_watch_generated },
    { "close-watchlist", on_close_watchlist },
    { "watchlist", NULL, NULL, "false", on_watchlist_state },
    { "next-instrument", on_next },
    { "previous-instrument", on_previous },
    { "charts", NULL, "s", "'1'", on_charts_state },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  self->watch = g_new0 (BsWindowWatch, 1);
  self->watch->list = BS_WATCH_LIST (bs_watch_list_new ());
  self->watch->watch = bs_watch_new (self->watch->list);
  bs_watch_set_signal_func (self->watch->watch, bs_window_alerts_watch, self);
  for (guint i = 0; i < BS_CHART_GRID_MAX; i++)
    self->watch->numbers[i] = NO_INSTRUMENT;
  put_list_beside (self);
  put_grid_around (self);
  g_signal_connect_object (self->watch->list, "row-activated", G_CALLBACK (on_row_activated), self, 0);
  g_signal_connect_object (self->watch->grid, "active-changed", G_CALLBACK (on_active_changed), self, 0);
  g_signal_connect_object (self->watch->watch, "added", G_CALLBACK (on_added), self, 0);
  g_signal_connect_object (self->watch->watch, "loaded", G_CALLBACK (on_watch_loaded), self, 0);
  update (self);
}

void
bs_window_watch_free (BsWindow *self)
{
  BsWindowWatch *watch = g_steal_pointer (&self->watch);
  if (watch == NULL)
    return;
  for (guint i = 0; i < BS_CHART_GRID_MAX; i++)
    g_clear_object (&watch->followed[i]);
  g_signal_handlers_disconnect_by_data (watch->watch, self);
  bs_watch_stop (watch->watch);
  g_object_unref (watch->watch);
  g_clear_pointer (&watch->how, bs_load_request_free);
  g_free (watch);
}

void
bs_window_watch_restore (BsWindow *self)
{
  gtk_paned_set_position (self->watch->paned, g_settings_get_int (self->settings, "watchlist-width"));
}

void
bs_window_watch_save (BsWindow *self)
{
  if (bs_window_watch_is_shown (self))
    g_settings_set_int (self->settings, "watchlist-width", gtk_paned_get_position (self->watch->paned));
}
