/* fuzz-service.c: bodies of POST /analysis of any bytes, several to one instrument: no crash, one answer each, and never a signal that
 * no session has given
 *
 * Bodies are parted by a byte 0xff, which no JSON has. The first byte chooses the zone.
 */
#include <stdint.h>
#include <string.h>

#include "app/serve/bs-service.h"
#include "inference/model/bs-json.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean
open_session (BsServiceOpening *opening, gpointer data, GError **error)
{
  const gint64 *times = bs_bar_series_times (opening->primary->series);
  gsize n = bs_bar_series_length (opening->primary->series);
  g_assert (n > 0 && bs_bar_series_bar_length (opening->primary->series) > 0);
  for (gsize i = 1; i < n; i++)
    g_assert (times[i] > times[i - 1]);
  g_assert (opening->secondary == NULL || bs_bar_series_bar_length (opening->secondary->series) > 0);
  return TRUE;
}

static gboolean
load_model (char **name, gpointer data, GError **error)
{
  *name = g_strdup ("fuzz");
  return TRUE;
}

static gboolean
has_model (gpointer data)
{
  return TRUE;
}

static char *
device (gpointer data)
{
  return g_strdup ("cpu");
}

static void
on_done (guint status, const char *body, const char *allow, gpointer data)
{
  guint *n_answers = data;
  g_autoptr (BsJson) json = bs_json_parse (body, strlen (body), 0, NULL);
  g_assert (json != NULL);
  g_assert (bs_json_find (bs_json_root (json), "signal") == NULL);
  g_assert (status == 200 || status == 400 || status == 409 || status == 503);
  (*n_answers)++;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const zones[] = { "UTC", "America/New_York", "Australia/Lord_Howe", "+01:00" };
  static const BsServiceHost host
    = { .open = open_session, .load_model = load_model, .has_model = has_model, .device = device };
  if (size == 0)
    return 0;
  g_autoptr (GMainContext) context = g_main_context_new ();
  const BsServiceOptions options = { .timezone = zones[data[0] & 3] };
  BsService *service = bs_service_new (&options, context, &host, NULL, NULL);
  guint n_calls = 0, n_answers = 0;
  const uint8_t *begin = data + 1, *end = data + size;

  while (begin <= end)
    {
      const uint8_t *stop = begin < end ? memchr (begin, 0xff, (size_t) (end - begin)) : NULL;
      gsize length = (gsize) ((stop != NULL ? stop : end) - begin);
      /* In memory of its own: a byte too far is seen. */
      g_autofree char *body = g_memdup2 (begin, length);
      bs_service_call (service, "POST", "/analysis", NULL, length > 0 ? body : "", length, on_done, &n_answers);
      n_calls++;
      g_assert (n_answers <= n_calls);
      begin += length + 1;
    }
  /* Those that wait for a signal are told that none will come. */
  bs_service_free (service);
  g_assert (n_answers == n_calls);
  return 0;
}
