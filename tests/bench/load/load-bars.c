/* load-bars FILE: loads bars and prints the seconds that took: wall and CPU of the thread */
#include <stdio.h>
#include <time.h>

#include "app/feeds/bs-bar-file.h"

static double
cpu_seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc != 2)
    return 2;
  gint64 begin_us = g_get_monotonic_time ();
  double begin_cpu = cpu_seconds ();
  g_autoptr (BsBarFile) file = bs_bar_file_load (argv[1], NULL, NULL, NULL, NULL, &error);
  double cpu = cpu_seconds () - begin_cpu;
  if (file == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  printf ("%.6f %.6f\n", (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC, cpu);
  return 0;
}
