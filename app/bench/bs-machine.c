#include "app/bench/bs-machine.h"

#include <stdlib.h>
#include <string.h>

#define GOVERNOR_FILE "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
/* Runnable programs for each core, over the last minute, above which times are those of a busy machine. */
#define LOAD_PER_CORE_MAX 0.5

char *
bs_machine_cpu (void)
{
  g_autofree char *text = NULL;
  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    {
      const char *line = strstr (text, "model name");
      const char *value = line != NULL ? strchr (line, ':') : NULL;
      if (value != NULL)
        {
          const char *end = strchr (value, '\n');
          gsize length = end != NULL ? (gsize) (end - value - 1) : strlen (value + 1);
          return g_strstrip (g_strndup (value + 1, length));
        }
    }
  return g_strdup ("unknown CPU");
}

char *
bs_machine_isa (void)
{
  GString *isa = g_string_new (NULL);
#if defined(__x86_64__) || defined(__i386__)
  /* __builtin_cpu_supports() takes literals only. */
#define ADD_IF(feature, name)                                                                                          \
  if (__builtin_cpu_supports (feature))                                                                                \
  g_string_append (isa, name " ")
  __builtin_cpu_init ();
  ADD_IF ("sse4.2", "sse4.2");
  ADD_IF ("avx2", "avx2");
  ADD_IF ("fma", "fma");
  ADD_IF ("avx512f", "avx512f");
  ADD_IF ("avx512bw", "avx512bw");
  ADD_IF ("avx512vnni", "avx512vnni");
#undef ADD_IF
  /* Not known to the compiler's builtin on the oldest compiler that we support. */
  g_autofree char *text = NULL;
  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    {
      if (strstr (text, " avx_vnni") != NULL)
        g_string_append (isa, "avxvnni ");
      if (strstr (text, " amx_int8") != NULL)
        g_string_append (isa, "amx-int8 ");
    }
#elif defined(__aarch64__)
  g_string_append (isa, "neon ");
  g_autofree char *text = NULL;
  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) && strstr (text, " asimddp") != NULL)
    g_string_append (isa, "dotprod ");
#else
  g_string_append (isa, "scalar ");
#endif
  return g_strstrip (g_string_free (isa, FALSE));
}

char *
bs_machine_describe (void)
{
  g_autofree char *cpu = bs_machine_cpu ();
  g_autofree char *isa = bs_machine_isa ();
  guint cores = g_get_num_processors ();
  return g_strdup_printf ("%s; %s; %u %s", cpu, isa, cores, cores == 1 ? "core" : "cores");
}

char *
bs_machine_governor (void)
{
  char *governor = NULL;
  if (!g_file_get_contents (GOVERNOR_FILE, &governor, NULL, NULL))
    return NULL;
  return g_strstrip (governor);
}

double
bs_machine_load (void)
{
  double load;
  return getloadavg (&load, 1) == 1 ? load : -1;
}

char *
bs_machine_timing_warning (void)
{
  g_autoptr (GString) warning = g_string_new (NULL);
  g_autofree char *governor = bs_machine_governor ();
  if (governor != NULL && strcmp (governor, "performance") != 0)
    g_string_append_printf (warning, "frequency governor is \"%s\", not \"performance\"", governor);

  double load = bs_machine_load ();
  guint cores = g_get_num_processors ();
  if (load > LOAD_PER_CORE_MAX * cores)
    g_string_append_printf (warning, "%sthe machine is busy (load %.1f on %u cores)", warning->len > 0 ? "; " : "",
                            load, cores);
  return warning->len > 0 ? g_strdup (warning->str) : NULL;
}
