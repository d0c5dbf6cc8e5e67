/* bs-json.c: reading the tree of a JSON text */
#include "inference/model/bs-json-private.h"

#include <math.h>
#include <string.h>

#define QUOTED_CHARACTERS 80

G_DEFINE_QUARK (bs_json_error, bs_json_error)

void
bs_json_set_error (GError **error, const BsJsonPlace *place, BsJsonError code, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_JSON_ERROR, code, "line %u, column %u (byte %u): %s", place->line, place->column,
               place->offset, what);
}

void
bs_json_free (BsJson *self)
{
  if (!self)
    return;
  g_free (self->values);
  g_free (self->strings);
  g_free (self);
}

char *
bs_json_quote (const char *text)
{
  GString *quoted = g_string_new ("\"");
  guint n = 0;

  for (; *text && n < QUOTED_CHARACTERS; text = g_utf8_next_char (text), n++)
    {
      const gunichar c = g_utf8_get_char (text);

      if (!g_unichar_isprint (c))
        g_string_append_printf (quoted, "\\u%04X", c);
      else
        g_string_append_unichar (quoted, c);
    }
  g_string_append (quoted, *text ? "...\"" : "\"");
  return g_string_free (quoted, FALSE);
}

const BsJsonValue *
bs_json_root (const BsJson *self)
{
  return self->values;
}

BsJsonType
bs_json_type (const BsJsonValue *value)
{
  return value->type;
}

const char *
bs_json_type_name (BsJsonType type)
{
  static const char *const names[] = { "null", "true or false", "a number", "a string", "an array", "an object" };

  return names[type];
}

guint
bs_json_length (const BsJsonValue *value)
{
  return value->type == BS_JSON_ARRAY || value->type == BS_JSON_OBJECT ? value->length : 0;
}

const BsJsonValue *
bs_json_first (const BsJsonValue *value)
{
  if (!bs_json_length (value))
    return NULL;
  return value + (value->type == BS_JSON_OBJECT ? 2 : 1);
}

const BsJsonValue *
bs_json_next (const BsJsonValue *value)
{
  if (value->flags & BS_JSON_VALUE_IS_LAST)
    return NULL;
  return value + value->span + (value->flags & BS_JSON_VALUE_HAS_NAME ? 1 : 0);
}

const char *
bs_json_name (const BsJsonValue *value)
{
  return value->flags & BS_JSON_VALUE_HAS_NAME ? value[-1].as.string : NULL;
}

const BsJsonValue *
bs_json_find (const BsJsonValue *value, const char *name)
{
  if (value->type != BS_JSON_OBJECT)
    return NULL;
  for (value = bs_json_first (value); value; value = bs_json_next (value))
    if (!strcmp (bs_json_name (value), name))
      return value;
  return NULL;
}

/* Always FALSE. */
static gboolean
refuse_value (const BsJsonValue *value, const char *expected, GError **error)
{

  bs_json_set_error (error, &value->place, BS_JSON_ERROR_TYPE, "expected %s, found %s", expected,
                     bs_json_type_name (value->type));
  return FALSE;
}

const BsJsonValue *
bs_json_get_member (const BsJsonValue *value, const char *name, GError **error)
{
  const BsJsonValue *member = bs_json_find (value, name);

  if (!member)
    {
      g_autofree char *expected = g_strdup_printf ("an object with \"%s\"", name);

      if (value->type == BS_JSON_OBJECT)
        {

          bs_json_set_error (error, &value->place, BS_JSON_ERROR_TYPE, "expected %s, found an object without",
                             expected);
        }
      else
        refuse_value (value, expected, error);
    }
  return member;
}

const char *
bs_json_get_string (const BsJsonValue *value, GError **error)
{
  if (value->type != BS_JSON_STRING)
    {
      refuse_value (value, "a string", error);
      return NULL;
    }
  return value->as.string;
}

gboolean
bs_json_get_number (const BsJsonValue *value, double *number, GError **error)
{
  if (value->type != BS_JSON_NUMBER)
    return refuse_value (value, "a number", error);
  *number = value->flags & BS_JSON_VALUE_IS_INTEGER ? (double) value->as.integer : value->as.number;
  return TRUE;
}

gboolean
bs_json_get_integer (const BsJsonValue *value, gint64 min, gint64 max, gint64 *integer, GError **error)
{
  if (value->type != BS_JSON_NUMBER || !(value->flags & BS_JSON_VALUE_IS_INTEGER) || value->as.integer < min
      || value->as.integer > max)
    {
      g_autofree char *expected
        = g_strdup_printf ("an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);

      if (value->type != BS_JSON_NUMBER)
        return refuse_value (value, expected, error);
      if (value->flags & BS_JSON_VALUE_IS_INTEGER)
        bs_json_set_error (error, &value->place, BS_JSON_ERROR_TYPE, "expected %s, found %" G_GINT64_FORMAT, expected,
                           value->as.integer);
      else
        bs_json_set_error (
          error, &value->place, BS_JSON_ERROR_TYPE, "expected %s, found %.17g, which is %s", expected, value->as.number,
          trunc (value->as.number) == value->as.number ? "no integer as written, or too large" : "no integer");
      return FALSE;
    }
  *integer = value->as.integer;
  return TRUE;
}

gboolean
bs_json_get_boolean (const BsJsonValue *value, gboolean *boolean, GError **error)
{
  if (value->type != BS_JSON_BOOLEAN)
    return refuse_value (value, "true or false", error);
  *boolean = value->as.integer != 0;
  return TRUE;
}
