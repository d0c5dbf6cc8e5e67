#include "app/record/bs-recording.h"

#include <string.h>

#include "app/bench/bs-machine.h"
#include "app/bs-config.h"

G_DEFINE_QUARK (bs_recording_error, bs_recording_error)

/* Hex digits of the executable's checksum: more than enough to tell two builds apart. */
#define CHECKSUM_DIGITS 16

BsRecordingHeader *
bs_recording_header_new (void)
{
  return g_new0 (BsRecordingHeader, 1);
}

void
bs_recording_header_free (BsRecordingHeader *self)
{
  if (self == NULL)
    return;
  g_free (self->build);
  g_free (self->machine);
  g_free (self->instrument);
  g_free (self->model_name);
  g_free (self->model_hash);
  g_free (self);
}

/* (nullable): the checksum of the executable. */
static char *
executable_checksum (void)
{
#ifdef __linux__
  g_autoptr (GMappedFile) file = g_mapped_file_new ("/proc/self/exe", FALSE, NULL);
  if (file == NULL)
    return NULL;
  g_autofree char *checksum = g_compute_checksum_for_data (
    G_CHECKSUM_SHA256, (const guchar *) g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  return g_strndup (checksum, CHECKSUM_DIGITS);
#else
  return NULL;
#endif
}

char *
bs_recording_build (void)
{
  g_autofree char *checksum = executable_checksum ();
  return g_strdup_printf ("barscope %s, %s, %s%s%s", BS_VERSION, BS_COMPILER, BS_BUILD_TYPE,
                          checksum != NULL ? ", " : "", checksum != NULL ? checksum : "");
}

char *
bs_recording_machine (void)
{
  const char *kernels = g_getenv ("BARSCOPE_CPU");
  g_autofree char *machine = bs_machine_describe ();
  return kernels == NULL ? g_steal_pointer (&machine) : g_strdup_printf ("%s; BARSCOPE_CPU=%s", machine, kernels);
}

void
bs_record_clear (BsRecord *self)
{
  g_clear_pointer (&self->text, g_free);
}

static gboolean
same (double a, double b)
{
  return memcmp (&a, &b, sizeof a) == 0;
}

gboolean
bs_record_same_signal (const BsSignal *a, const BsSignal *b)
{
  if (a->state != b->state || a->time_us != b->time_us || a->row != b->row || !same (a->hurst, b->hurst)
      || !same (a->hurst_c, b->hurst_c) || !same (a->atr, b->atr))
    return FALSE;
  if (a->state != BS_SIGNAL_READY)
    return a->rows_missing == b->rows_missing;
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    if (!same (a->probabilities[klass], b->probabilities[klass]))
      return FALSE;
  return a->klass == b->klass && a->raw_class == b->raw_class && a->filtered == b->filtered
         && same (a->confidence, b->confidence) && a->in_range == b->in_range && a->n_out_of_range == b->n_out_of_range;
}
