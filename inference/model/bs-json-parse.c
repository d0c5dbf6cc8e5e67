/* bs-json-parse.c: a strict parser of JSON (RFC 8259)
 *
 * One pass over the text fills the array of values that bs-json-private.h describes. Strings are decoded into one buffer,
 * which they cannot outgrow: decoding never lengthens, and the NUL takes the place of the closing quote.
 */
#include "inference/model/bs-json-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *text, *end;
  const char *at;    /* next byte to read */
  BsJsonPlace place; /* of the last value begun */
  guint depth;
  gsize max_values;
  BsJsonValue *values; /* [n_allocated], n_values in use */
  gsize n_values, n_allocated;
  char *strings_at;           /* end of the strings decoded so far */
  const BsJsonValue **sorted; /* [n_sorted], room to look for duplicate names */
  gsize n_sorted;
} Parser;

/* Makes @at the place. Values are met in order, so counting lines and characters onward from the last place costs no more
 * than one pass over the text in all. */
static void
parser_move_place (Parser *self, const char *at)
{
  BsJsonPlace *place = &self->place;

  for (const char *c = self->text + place->offset; c < at; c++)
    if (*c == '\n')
      {
        place->line++;
        place->column = 1;
      }
    else if (((guchar) *c & 0xC0) != 0x80)
      place->column++;
  place->offset = (guint32) (at - self->text);
}

#define parser_refuse(self, at, error, code, ...)                                                                      \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    parser_move_place ((self), (at));                                                                                  \
    bs_json_set_error ((error), &(self)->place, (code), __VA_ARGS__);                                                  \
  }                                                                                                                    \
  G_STMT_END

/* Always FALSE: "expected WHAT, found the character at @at". */
static gboolean
parser_expected (Parser *self, const char *at, const char *what, GError **error)
{
  if (at >= self->end)
    parser_refuse (self, at, error, BS_JSON_ERROR_SYNTAX, "expected %s, found the end of the text", what);
  else if (g_ascii_isgraph (*at))
    parser_refuse (self, at, error, BS_JSON_ERROR_SYNTAX, "expected %s, found '%c'", what, *at);
  else
    parser_refuse (self, at, error, BS_JSON_ERROR_SYNTAX, "expected %s, found U+%04X", what, g_utf8_get_char (at));
  return FALSE;
}

static void
parser_skip_space (Parser *self)
{
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\n' || *self->at == '\t' || *self->at == '\r'))
    self->at++;
}

static gboolean
parser_accept (Parser *self, char c)
{
  if (self->at >= self->end || *self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

/* Index of a new entry that begins at the next byte; G_MAXSIZE with an error. */
static gsize
parser_add (Parser *self, BsJsonType type, GError **error)
{
  BsJsonValue *value;

  parser_move_place (self, self->at);
  if (self->n_values == self->max_values)
    {
      parser_refuse (self, self->at, error, BS_JSON_ERROR_LIMIT, "more than %" G_GSIZE_FORMAT " values",
                     self->max_values);
      return G_MAXSIZE;
    }
  if (self->n_values == self->n_allocated)
    {
      gsize n = MIN (MAX (self->n_allocated * 2, 16), self->max_values);
      BsJsonValue *values = g_try_renew (BsJsonValue, self->values, n);

      if (!values)
        {
          parser_refuse (self, self->at, error, BS_JSON_ERROR_LIMIT, "not enough memory for %" G_GSIZE_FORMAT " values",
                         n);
          return G_MAXSIZE;
        }
      self->values = values;
      self->n_allocated = n;
    }
  value = &self->values[self->n_values];
  *value = (BsJsonValue){
    .type = type,
    .span = 1,
    .place = self->place,
  };
  return self->n_values++;
}

/* Four hexadecimal digits at @at; FALSE where they are not. */
static gboolean
read_hex4 (const char *at, const char *end, gunichar *code)
{
  *code = 0;
  if (end - at < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return FALSE;
      *code = *code << 4 | (gunichar) digit;
    }
  return TRUE;
}

/* An escape after its backslash. */
static gboolean
parser_read_escape (Parser *self, GError **error)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const char *escape = self->at - 1, *letter;
  gunichar code, low;

  if (self->at < self->end && *self->at != '\0' && (letter = strchr (letters, *self->at)) != NULL)
    {
      *self->strings_at++ = meanings[letter - letters];
      self->at++;
      return TRUE;
    }
  if (!parser_accept (self, 'u'))
    return parser_expected (self, self->at, "one of \" \\ / b f n r t u after a backslash", error);
  if (!read_hex4 (self->at, self->end, &code))
    {
      parser_refuse (self, escape, error, BS_JSON_ERROR_SYNTAX, "expected four hexadecimal digits after \\u");
      return FALSE;
    }
  self->at += 4;
  if (code >= 0xD800 && code < 0xDC00 && self->end - self->at >= 2 && self->at[0] == '\\' && self->at[1] == 'u'
      && read_hex4 (self->at + 2, self->end, &low) && low >= 0xDC00 && low < 0xE000)
    {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      self->at += 6;
    }
  if (code == 0)
    {
      parser_refuse (self, escape, error, BS_JSON_ERROR_ENCODING, "U+0000 in a string is not taken");
      return FALSE;
    }
  if (code >= 0xD800 && code < 0xE000)
    {
      parser_refuse (self, escape, error, BS_JSON_ERROR_ENCODING, "half of a surrogate pair, \\u%04X", code);
      return FALSE;
    }
  self->strings_at += g_unichar_to_utf8 (code, self->strings_at);
  return TRUE;
}

static gboolean
parser_read_string (Parser *self, GError **error)
{
  gsize index = parser_add (self, BS_JSON_STRING, error);
  char *start = self->strings_at;

  if (index == G_MAXSIZE)
    return FALSE;
  self->at++; /* the quote */
  while (!parser_accept (self, '"'))
    {
      if (self->at >= self->end || (guchar) *self->at < 0x20)
        return parser_expected (self, self->at, "a closing '\"' (control characters must be escaped)", error);
      if (parser_accept (self, '\\'))
        {
          if (!parser_read_escape (self, error))
            return FALSE;
        }
      else
        *self->strings_at++ = *self->at++;
    }
  self->values[index].as.string = start;
  self->values[index].length = (guint32) (self->strings_at - start);
  *self->strings_at++ = '\0';
  return TRUE;
}

/* One digit or more. */
static gboolean
parser_read_digits (Parser *self, GError **error)
{
  if (self->at >= self->end || !g_ascii_isdigit (*self->at))
    return parser_expected (self, self->at, "a digit", error);
  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;
  return TRUE;
}

static gboolean
parser_read_number (Parser *self, GError **error)
{
  const char *start = self->at;
  gsize index = parser_add (self, BS_JSON_NUMBER, error);
  char digits[BS_JSON_MAX_NUMBER + 1];
  gboolean is_integer = TRUE;
  gsize length;
  double number;

  if (index == G_MAXSIZE)
    return FALSE;
  parser_accept (self, '-');
  if (!parser_accept (self, '0') && !parser_read_digits (self, error))
    return FALSE;
  if (parser_accept (self, '.'))
    {
      is_integer = FALSE;
      if (!parser_read_digits (self, error))
        return FALSE;
    }
  if (parser_accept (self, 'e') || parser_accept (self, 'E'))
    {
      is_integer = FALSE;
      if (!parser_accept (self, '+'))
        parser_accept (self, '-');
      if (!parser_read_digits (self, error))
        return FALSE;
    }

  length = (gsize) (self->at - start);
  if (length > BS_JSON_MAX_NUMBER)
    {
      parser_refuse (self, start, error, BS_JSON_ERROR_NUMBER, "a number of %" G_GSIZE_FORMAT " characters; at most %d",
                     length, BS_JSON_MAX_NUMBER);
      return FALSE;
    }
  memcpy (digits, start, length); /* strtod wants a NUL, which the text need not have */
  digits[length] = '\0';
  if (is_integer
      && g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, &self->values[index].as.integer, NULL))
    {
      self->values[index].flags |= BS_JSON_VALUE_IS_INTEGER;
      return TRUE;
    }
  number = g_ascii_strtod (digits, NULL);
  if (!isfinite (number))
    {
      parser_refuse (self, start, error, BS_JSON_ERROR_NUMBER, "a number beyond the range of a double");
      return FALSE;
    }
  self->values[index].as.number = number;
  return TRUE;
}

static gboolean
parser_read_word (Parser *self, const char *word, BsJsonType type, gint64 integer, GError **error)
{
  gsize index = parser_add (self, type, error);

  if (index == G_MAXSIZE)
    return FALSE;
  self->values[index].as.integer = integer;
  for (; *word; word++)
    if (!parser_accept (self, *word))
      return parser_expected (self, self->at, "true, false or null in full", error);
  return TRUE;
}

static int
compare_names (const void *a, const void *b)
{
  const BsJsonValue *left = *(const BsJsonValue *const *) a, *right = *(const BsJsonValue *const *) b;
  int order;

  if (left->length != right->length)
    return left->length < right->length ? -1 : 1;
  order = memcmp (left->as.string, right->as.string, left->length);
  return order ? order : (left->place.offset < right->place.offset ? -1 : 1);
}

/* Sorting, not hashing: names that were chosen to collide cost no more than others. */
static gboolean
parser_check_names (Parser *self, gsize object, GError **error)
{
  guint n = self->values[object].length;
  const BsJsonValue *twice = NULL;

  if (n < 2)
    return TRUE;
  if (n > self->n_sorted)
    {
      const BsJsonValue **sorted = g_try_renew (const BsJsonValue *, self->sorted, n);

      if (!sorted)
        {
          g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT, "not enough memory for an object of %u members", n);
          return FALSE;
        }
      self->sorted = sorted;
      self->n_sorted = n;
    }
  for (guint i = 0, name = (guint) object + 1; i < n; i++, name += 1 + self->values[name + 1].span)
    self->sorted[i] = &self->values[name];
  qsort (self->sorted, n, sizeof *self->sorted, compare_names);
  for (guint i = 1; i < n; i++)
    if (self->sorted[i]->length == self->sorted[i - 1]->length
        && !memcmp (self->sorted[i]->as.string, self->sorted[i - 1]->as.string, self->sorted[i]->length)
        && (!twice || self->sorted[i]->place.offset < twice->place.offset))
      twice = self->sorted[i];
  if (twice)
    {
      g_autofree char *name = bs_json_quote (twice->as.string);

      bs_json_set_error (error, &twice->place, BS_JSON_ERROR_DUPLICATE, "the name %s for the second time", name);
    }
  return !twice;
}

static gboolean parser_read_value (Parser *self, GError **error);

/* The name of a member and the colon. */
static gboolean
parser_read_name (Parser *self, GError **error)
{
  if (self->at >= self->end || *self->at != '"')
    return parser_expected (self, self->at, "a name in quotes", error);
  if (!parser_read_string (self, error))
    return FALSE;
  parser_skip_space (self);
  if (!parser_accept (self, ':'))
    return parser_expected (self, self->at, "':' after the name", error);
  parser_skip_space (self);
  return TRUE;
}

/* An array or object. */
static gboolean
parser_read_container (Parser *self, BsJsonType type, GError **error)
{
  const char close = type == BS_JSON_OBJECT ? '}' : ']';
  gsize index = parser_add (self, type, error), child = 0;
  guint32 length = 0;

  if (index == G_MAXSIZE)
    return FALSE;
  if (self->depth == BS_JSON_MAX_DEPTH)
    {
      parser_refuse (self, self->at, error, BS_JSON_ERROR_LIMIT, "arrays and objects nested deeper than %d",
                     BS_JSON_MAX_DEPTH);
      return FALSE;
    }
  self->depth++;
  self->at++;
  parser_skip_space (self);
  if (!parser_accept (self, close))
    for (;;)
      {
        if (type == BS_JSON_OBJECT && !parser_read_name (self, error))
          return FALSE;
        child = self->n_values;
        if (!parser_read_value (self, error))
          return FALSE;
        length++;
        if (type == BS_JSON_OBJECT)
          self->values[child].flags |= BS_JSON_VALUE_HAS_NAME;
        parser_skip_space (self);
        if (parser_accept (self, close))
          break;
        if (!parser_accept (self, ','))
          return parser_expected (self, self->at, type == BS_JSON_OBJECT ? "',' or '}'" : "',' or ']'", error);
        parser_skip_space (self);
      }
  if (length)
    self->values[child].flags |= BS_JSON_VALUE_IS_LAST;
  self->values[index].length = length;
  self->values[index].span = (guint32) (self->n_values - index);
  self->depth--;
  return type != BS_JSON_OBJECT || parser_check_names (self, index, error);
}

static gboolean
parser_read_value (Parser *self, GError **error)
{
  switch (self->at < self->end ? *self->at : '\0')
    {
    case '{':
      return parser_read_container (self, BS_JSON_OBJECT, error);
    case '[':
      return parser_read_container (self, BS_JSON_ARRAY, error);
    case '"':
      return parser_read_string (self, error);
    case 't':
      return parser_read_word (self, "true", BS_JSON_BOOLEAN, TRUE, error);
    case 'f':
      return parser_read_word (self, "false", BS_JSON_BOOLEAN, FALSE, error);
    case 'n':
      return parser_read_word (self, "null", BS_JSON_NULL, 0, error);
    case '-':
    case '0' ... '9':
      return parser_read_number (self, error);
    default:
      return parser_expected (self, self->at, "a value", error);
    }
}

static gboolean
parser_read_text (Parser *self, GError **error)
{
  const char *valid_end;

  if (!g_utf8_validate_len (self->text, (gsize) (self->end - self->text), &valid_end))
    {
      parser_refuse (self, valid_end, error, BS_JSON_ERROR_ENCODING, "the byte 0x%02X is not valid UTF-8 text here",
                     (guchar) *valid_end);
      return FALSE;
    }
  parser_skip_space (self);
  if (!parser_read_value (self, error))
    return FALSE;
  parser_skip_space (self);
  if (self->at < self->end)
    return parser_expected (self, self->at, "the end of the text", error);
  return TRUE;
}

BsJson *
bs_json_parse (const char *text, gsize length, guint max_values, GError **error)
{
  g_autoptr (BsJson) self = NULL;
  const char *start = text ? text : "";
  Parser parser = {
    .text = start,
    .end = start + length,
    .at = start,
    .place = { .line = 1, .column = 1 },
    .max_values = max_values ? max_values : MAX (length, 1), /* a value takes a byte at least */
  };
  gboolean ok;

  g_return_val_if_fail (text || !length, NULL);

  if (length >= G_MAXUINT32)
    {
      g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT,
                   "a text of %" G_GSIZE_FORMAT " bytes; less than 4 GiB expected", length);
      return NULL;
    }
  self = g_new0 (BsJson, 1);
  self->strings = g_try_malloc (length + 1);
  if (!self->strings)
    {
      g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT, "not enough memory for %" G_GSIZE_FORMAT " bytes",
                   length);
      return NULL;
    }
  parser.strings_at = self->strings;
  ok = parser_read_text (&parser, error);
  g_free (parser.sorted);
  self->values = parser.values;
  return ok ? g_steal_pointer (&self) : NULL;
}
