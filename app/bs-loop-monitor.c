#include "app/bs-loop-monitor.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static gint64 start_us;
static gboolean enabled;
static gint64 first_frame_us;
static gint64 last_poll_end_us;
static gint64 last_poll_end_cpu_us;
static gint64 longest_gap_us, longest_gap_at_us, longest_cpu_us, longest_cpu_at_us;
static guint64 n_gaps, n_gaps_over_20ms, n_cpu_over_20ms;
static gboolean counted; /* the turn that is running: not those up to the first frame, nor one that takes a picture */
static GPollFunc real_poll;

void
bs_loop_monitor_mark_start (void)
{
  start_us = g_get_monotonic_time ();
}

/* Of the main thread: what a gap costs on a machine that is busy with other things. */
static gint64
main_thread_cpu_us (void)
{
  struct timespec time = { 0 };
#ifdef CLOCK_THREAD_CPUTIME_ID
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
#endif
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
count_gap (gint64 now)
{
  gint64 gap = now - last_poll_end_us, cpu = main_thread_cpu_us () - last_poll_end_cpu_us;
  n_gaps++;
  n_gaps_over_20ms += gap > 20000;
  n_cpu_over_20ms += cpu > 20000;
  if (gap > longest_gap_us)
    {
      longest_gap_us = gap;
      longest_gap_at_us = now;
    }
  if (cpu > longest_cpu_us)
    {
      longest_cpu_us = cpu;
      longest_cpu_at_us = now;
    }
  if (cpu > 10000)
    g_debug ("main loop busy for %.1f ms (%.1f ms of CPU) at %.2f s", (double) gap / 1000.0, (double) cpu / 1000.0,
             (double) (now - start_us) / 1e6);
}

/* Called for every turn of the default main context: what passed since the last poll ended is the gap. */
static int
timed_poll (GPollFD *fds, guint n_fds, int timeout)
{
  if (counted)
    count_gap (g_get_monotonic_time ());
  int ready = real_poll (fds, n_fds, timeout);
  counted = first_frame_us != 0;
  last_poll_end_us = g_get_monotonic_time ();
  last_poll_end_cpu_us = main_thread_cpu_us ();
  return ready;
}

void
bs_loop_monitor_leave_out (void)
{
  counted = FALSE;
}

void
bs_loop_monitor_enable (void)
{
  if (enabled)
    return;
  enabled = TRUE;
  real_poll = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, timed_poll);
}

static double
resident_mib (void)
{
  g_autofree char *text = NULL;
  long pages = 0;
  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%*s %ld", &pages) != 1)
    return 0.0;
  return (double) pages * (double) sysconf (_SC_PAGESIZE) / (1024.0 * 1024.0);
}

void
bs_loop_monitor_note (const char *what)
{
  if (enabled)
    fprintf (stderr, "barscope: %s after %.0f ms (main thread: %.0f ms of CPU), %.0f MiB resident\n", what,
             (double) (g_get_monotonic_time () - start_us) / 1000.0, (double) main_thread_cpu_us () / 1000.0,
             resident_mib ());
}

static void
on_after_paint (GdkFrameClock *clock)
{
  if (first_frame_us != 0)
    return;
  first_frame_us = g_get_monotonic_time ();
  bs_loop_monitor_note ("first frame");
}

static void
on_realize (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_after_paint), window, 0);
}

void
bs_loop_monitor_watch (GtkWindow *window)
{
  if (enabled)
    g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
}

void
bs_loop_monitor_report (void)
{
  if (!enabled || first_frame_us == 0)
    return;
  fprintf (
    stderr,
    "barscope: longest gap of the main loop after the first frame %.1f ms (at %.1f s), of CPU %.1f ms (at %.1f s), "
    "over 20 ms: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " turns, of CPU %" G_GUINT64_FORMAT
    "; %.0f MiB resident\n",
    (double) longest_gap_us / 1000.0, (double) (longest_gap_at_us - start_us) / 1e6, (double) longest_cpu_us / 1000.0,
    (double) (longest_cpu_at_us - start_us) / 1e6, n_gaps_over_20ms, n_gaps, n_cpu_over_20ms, resident_mib ());
}
