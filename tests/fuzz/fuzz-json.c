/* fuzz-json.c: any bytes as JSON: parsed into a tree that can be walked, or refused with a message */
#include "inference/model/bs-json.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Visits every value with every getter. Returns: values under @value, itself among them. */
static guint64
walk (const BsJsonValue *value, guint depth)
{
  guint64 n = 1;
  guint length = 0;
  gboolean boolean;
  double number;
  gint64 integer;
  const char *string;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (depth, <=, BS_JSON_MAX_DEPTH);
  if (bs_json_get_number (value, &number, NULL))
    g_assert_true (isfinite (number));
  if (bs_json_get_integer (value, -5, 1000, &integer, &error))
    g_assert_true (integer >= -5 && integer <= 1000);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  bs_json_get_boolean (value, &boolean, NULL);
  string = bs_json_get_string (value, NULL);
  if (string)
    {
      g_autofree char *quoted = bs_json_quote (string);

      g_assert_true (g_utf8_validate (string, -1, NULL));
      g_assert_true (g_utf8_validate (quoted, -1, NULL));
    }
  for (const BsJsonValue *child = bs_json_first (value); child; child = bs_json_next (child), length++)
    {
      const char *name = bs_json_name (child);

      g_assert_true ((name != NULL) == (bs_json_type (value) == BS_JSON_OBJECT));
      if (name && length < 10) /* finding looks at all members */
        g_assert_true (bs_json_find (value, name) == child);
      n += walk (child, depth + 1);
    }
  g_assert_cmpuint (length, ==, bs_json_length (value));
  return n;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = bs_json_parse ((const char *) data, size, 0, &error);

  g_assert_true ((json == NULL) == (error != NULL));
  if (json)
    g_assert_cmpuint (walk (bs_json_root (json), 0), <=, size);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
