/* test-json.c: what RFC 8259 allows is read, all else is refused with its place */
#include "inference/model/bs-json.h"

#include <math.h>
#include <string.h>

static BsJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  /* a copy without a NUL behind it, so that a sanitizer sees a read too far */
  g_autofree char *copy = g_memdup2 (text, strlen (text));
  BsJson *json = bs_json_parse (copy, strlen (text), 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (json);
  return json;
}

static void
test_tree (void)
{
  g_autoptr (BsJson) json
    = parse (" {\"a\" : [1, -2.5e-1, {\"b\": null}, []], \"\\u00e9\": \"x\\ny\", \"t\":true,\"f\":false,"
             "\"big\": 9223372036854775807, \"empty\": {}, \"\": \"\"}\r\n\t");
  const BsJsonValue *root = bs_json_root (json), *value, *array;
  g_autoptr (GError) error = NULL;
  gboolean boolean;
  double number;
  gint64 integer;

  g_assert_cmpint (bs_json_type (root), ==, BS_JSON_OBJECT);
  g_assert_cmpuint (bs_json_length (root), ==, 7);
  g_assert_null (bs_json_name (root));

  array = bs_json_get_member (root, "a", &error);
  g_assert_cmpuint (bs_json_length (array), ==, 4);
  value = bs_json_first (array);
  g_assert_null (bs_json_name (value));
  g_assert_true (bs_json_get_integer (value, 0, 1, &integer, &error));
  g_assert_cmpint (integer, ==, 1);
  g_assert_true (bs_json_get_number (value, &number, &error));
  g_assert_cmpfloat (number, ==, 1);
  value = bs_json_next (value);
  g_assert_true (bs_json_get_number (value, &number, &error));
  g_assert_cmpfloat (number, ==, -0.25);
  value = bs_json_next (value);
  g_assert_cmpint (bs_json_type (bs_json_find (value, "b")), ==, BS_JSON_NULL);
  value = bs_json_next (value);
  g_assert_cmpint (bs_json_type (value), ==, BS_JSON_ARRAY);
  g_assert_null (bs_json_first (value));
  g_assert_null (bs_json_next (value));

  value = bs_json_next (array);
  g_assert_cmpstr (bs_json_name (value), ==, "\303\251");
  g_assert_cmpstr (bs_json_get_string (value, &error), ==, "x\ny");
  g_assert_true (bs_json_get_boolean (bs_json_find (root, "t"), &boolean, &error) && boolean);
  g_assert_true (bs_json_get_boolean (bs_json_find (root, "f"), &boolean, &error) && !boolean);
  g_assert_true (bs_json_get_integer (bs_json_find (root, "big"), 0, G_MAXINT64, &integer, &error));
  g_assert_cmpint (integer, ==, G_MAXINT64);
  g_assert_cmpuint (bs_json_length (bs_json_find (root, "empty")), ==, 0);
  g_assert_cmpstr (bs_json_get_string (bs_json_find (root, ""), &error), ==, "");
  g_assert_null (bs_json_next (bs_json_find (root, "")));
  g_assert_null (bs_json_find (root, "absent"));
  g_assert_null (bs_json_find (array, "absent"));
  g_assert_no_error (error);
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    double number;
    gboolean is_integer;
  } rows[] = {
    { "0", 0, TRUE },
    { "-0", 0, TRUE },
    { "17", 17, TRUE },
    { "-9223372036854775808", -0x1p63, TRUE },
    { "9223372036854775808", 0x1p63, FALSE },
    { "1.0", 1, FALSE },
    { "1e3", 1000, FALSE },
    { "1E+3", 1000, FALSE },
    { "12.5e-1", 1.25, FALSE },
    { "1e-999", 0, FALSE },
    { "1.7976931348623157e308", 1.7976931348623157e308, FALSE },
    { "0.1", 0.1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BsJson) json = parse (rows[i].text);
      g_autoptr (GError) error = NULL;
      double number;
      gint64 integer;

      g_assert_true (bs_json_get_number (bs_json_root (json), &number, NULL));
      g_assert_cmpfloat (number, ==, rows[i].number);
      g_assert_cmpint (bs_json_get_integer (bs_json_root (json), G_MININT64, G_MAXINT64, &integer, &error), ==,
                       rows[i].is_integer);
    }
}

static void
test_strings (void)
{
  static const char *const rows[][2] = {
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
    { "\"\\u0041\\u00E9\\u20ac\"", "A\303\251\342\202\254" },
    { "\"\\ud83d\\uDE00\"", "\360\237\230\200" },
    { "\"\303\251\360\237\230\200\177\"", "\303\251\360\237\230\200\177" },
    { "\"\\uFFFF\"", "\357\277\277" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BsJson) json = parse (rows[i][0]);

      g_assert_cmpstr (bs_json_get_string (bs_json_root (json), NULL), ==, rows[i][1]);
    }
}

typedef struct
{
  const char *text;
  BsJsonError code;
  const char *message;
} Refusal;

static const Refusal refusals[] = {
  { "", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found the end of the text" },
  { "  \n ", BS_JSON_ERROR_SYNTAX, "line 2, column 2 (byte 4): expected a value, found the end of the text" },
  { "[1,]", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected a value, found ']'" },
  { "[1 2]", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected ',' or ']', found '2'" },
  { "[", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected a value, found the end of the text" },
  { "[1", BS_JSON_ERROR_SYNTAX, "line 1, column 3 (byte 2): expected ',' or ']', found the end of the text" },
  { "{\"a\":1,}", BS_JSON_ERROR_SYNTAX, "line 1, column 8 (byte 7): expected a name in quotes, found '}'" },
  { "{a:1}", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected a name in quotes, found 'a'" },
  { "{\"a\" 1}", BS_JSON_ERROR_SYNTAX, "line 1, column 6 (byte 5): expected ':' after the name, found '1'" },
  { "{\"a\":1;}", BS_JSON_ERROR_SYNTAX, "line 1, column 7 (byte 6): expected ',' or '}', found ';'" },
  { "{\"a\":", BS_JSON_ERROR_SYNTAX, "line 1, column 6 (byte 5): expected a value, found the end of the text" },
  { "[\n1,\n  x]", BS_JSON_ERROR_SYNTAX, "line 3, column 3 (byte 7): expected a value, found 'x'" },
  { "[\"\303\251\303\251\", ?]", BS_JSON_ERROR_SYNTAX, "line 1, column 8 (byte 9): expected a value, found '?'" },
  { "1 2", BS_JSON_ERROR_SYNTAX, "line 1, column 3 (byte 2): expected the end of the text, found '2'" },
  { "\357\273\2771", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found U+FEFF" },
  { "[1]\v", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected the end of the text, found U+000B" },
  { "nul", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected true, false or null in full, found the end" },
  { "True", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found 'T'" },
  { "truth", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected true, false or null in full, found 't'" },
  { "NaN", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found 'N'" },
  { "-Infinity", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected a digit, found 'I'" },
  { "/* */1", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found '/'" },
  { "'a'", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found '''" },
  { "01", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected the end of the text, found '1'" },
  { "0x10", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected the end of the text, found 'x'" },
  { "+1", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found '+'" },
  { ".5", BS_JSON_ERROR_SYNTAX, "line 1, column 1 (byte 0): expected a value, found '.'" },
  { "1.", BS_JSON_ERROR_SYNTAX, "line 1, column 3 (byte 2): expected a digit, found the end of the text" },
  { "1e", BS_JSON_ERROR_SYNTAX, "line 1, column 3 (byte 2): expected a digit, found the end of the text" },
  { "1e+-2", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected a digit, found '-'" },
  { "1e999", BS_JSON_ERROR_NUMBER, "line 1, column 1 (byte 0): a number beyond the range of a double" },
  { "[-1e400]", BS_JSON_ERROR_NUMBER, "line 1, column 2 (byte 1): a number beyond the range of a double" },
  { "\"a", BS_JSON_ERROR_SYNTAX, "line 1, column 3 (byte 2): expected a closing '\"'" },
  { "\"a\\", BS_JSON_ERROR_SYNTAX, "line 1, column 4 (byte 3): expected one of \" \\ / b f n r t u after a backslash" },
  { "\"a\nb\"", BS_JSON_ERROR_SYNTAX, "line 1, column 3 (byte 2): expected a closing '\"'" },
  { "\"\\x\"", BS_JSON_ERROR_SYNTAX,
    "line 1, column 3 (byte 2): expected one of \" \\ / b f n r t u after a backslash" },
  { "\"\\u12G4\"", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected four hexadecimal digits after \\u" },
  { "\"\\u12", BS_JSON_ERROR_SYNTAX, "line 1, column 2 (byte 1): expected four hexadecimal digits after \\u" },
  { "\"\\u0000\"", BS_JSON_ERROR_ENCODING, "line 1, column 2 (byte 1): U+0000 in a string is not taken" },
  { "\"\\ud800\"", BS_JSON_ERROR_ENCODING, "line 1, column 2 (byte 1): half of a surrogate pair, \\uD800" },
  { "\"\\ud800\\u0041\"", BS_JSON_ERROR_ENCODING, "line 1, column 2 (byte 1): half of a surrogate pair, \\uD800" },
  { "\"\\udc00\\ud800\"", BS_JSON_ERROR_ENCODING, "line 1, column 2 (byte 1): half of a surrogate pair, \\uDC00" },
  { "[\"a\377\"]", BS_JSON_ERROR_ENCODING, "line 1, column 4 (byte 3): the byte 0xFF is not valid UTF-8" },
  { "\"\300\200\"", BS_JSON_ERROR_ENCODING, "line 1, column 2 (byte 1): the byte 0xC0 is not valid UTF-8" },
  { "\"\355\240\200\"", BS_JSON_ERROR_ENCODING, "line 1, column 2 (byte 1): the byte 0xED is not valid UTF-8" },
  { "{\"a\":1,\"b\":2,\"a\":3}", BS_JSON_ERROR_DUPLICATE,
    "line 1, column 14 (byte 13): the name \"a\" for the second time" },
  { "{\"a\":{\"x\":1,\"\\u0078\":2}}", BS_JSON_ERROR_DUPLICATE, "the name \"x\" for the second time" },
  { "{\"\":1,\"\":1}", BS_JSON_ERROR_DUPLICATE, "the name \"\" for the second time" },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *row = data;
  g_autofree char *copy = g_memdup2 (row->text, strlen (row->text));
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = bs_json_parse (copy, strlen (row->text), 0, &error);

  g_assert_null (json);
  g_assert_error (error, BS_JSON_ERROR, (int) row->code);
  if (!strstr (error->message, row->message))
    g_error ("for %s: got \"%s\", expected \"%s\"", row->text, error->message, row->message);
}

static void
test_nul (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bs_json_parse (NULL, 0, 0, &error));
  g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_SYNTAX);
  g_clear_error (&error);
  g_assert_null (bs_json_parse ("[1,\0002]", 6, 0, &error));
  g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_ENCODING);
}

static void
test_depth (void)
{
  for (guint depth = BS_JSON_MAX_DEPTH; depth <= BS_JSON_MAX_DEPTH + 1; depth++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (BsJson) json = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append (text, i % 2 ? "{\"a\":" : "[");
      g_string_append (text, "0");
      for (guint i = depth; i-- > 0;)
        g_string_append_c (text, i % 2 ? '}' : ']');
      json = bs_json_parse (text->str, text->len, 0, &error);
      if (depth == BS_JSON_MAX_DEPTH)
        g_assert_no_error (error);
      else
        g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT);
    }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = bs_json_parse ("[1,2,3]", 7, 4, &error);

  g_assert_no_error (error);
  g_assert_null (bs_json_parse ("[1,2,3]", 7, 3, &error));
  g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "more than 3 values"));
  g_clear_error (&error);

  for (guint i = 0; i < BS_JSON_MAX_NUMBER; i++)
    g_string_append_c (text, '1');
  text->str[1] = '.';
  g_clear_pointer (&json, bs_json_free);
  json = bs_json_parse (text->str, text->len, 0, &error);
  g_assert_no_error (error);
  g_string_append_c (text, '1');
  g_assert_null (bs_json_parse (text->str, text->len, 0, &error));
  g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_NUMBER);
}

/* 100,000 opening brackets, and as many members: no deep stack, no quadratic time. */
static void
test_large (void)
{
  enum
  {
    N = 100000,
  };
  g_autofree char *brackets = g_strnfill (N, '[');
  g_autoptr (GString) text = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = NULL;
  const BsJsonValue *value;
  guint n = 0;

  g_assert_null (bs_json_parse (brackets, N, 0, &error));
  g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT);
  g_clear_error (&error);

  for (guint i = 0; i < N; i++)
    g_string_append_printf (text, "%s\"%u\":[%u]", i ? "," : "", i, i);
  g_string_append_c (text, '}');
  json = bs_json_parse (text->str, text->len, 0, &error);
  g_assert_no_error (error);
  for (value = bs_json_first (bs_json_root (json)); value; value = bs_json_next (value), n++)
    {
      gint64 integer;

      g_assert_true (bs_json_get_integer (bs_json_first (value), n, n, &integer, &error));
    }
  g_assert_cmpuint (n, ==, N);
}

#define assert_type_error(error, expected)                                                                             \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_assert_error (error, BS_JSON_ERROR, BS_JSON_ERROR_TYPE);                                                         \
    g_assert_cmpstr ((error)->message, ==, expected);                                                                  \
    g_clear_error (&(error));                                                                                          \
  }                                                                                                                    \
  G_STMT_END

static void
test_getters_refuse (void)
{
  g_autoptr (BsJson) json = parse ("{\n \"a\": 7,\n \"s\": \"x\", \"f\": 1.5}");
  const BsJsonValue *root = bs_json_root (json), *a = bs_json_find (root, "a");
  g_autoptr (GError) error = NULL;
  gboolean boolean;
  double number;
  gint64 integer;

  g_assert_null (bs_json_get_string (a, &error));
  assert_type_error (error, "line 2, column 7 (byte 8): expected a string, found a number");
  g_assert_false (bs_json_get_boolean (a, &boolean, &error));
  assert_type_error (error, "line 2, column 7 (byte 8): expected true or false, found a number");
  g_assert_false (bs_json_get_number (root, &number, &error));
  assert_type_error (error, "line 1, column 1 (byte 0): expected a number, found an object");
  g_assert_false (bs_json_get_integer (a, 8, 9, &integer, &error));
  assert_type_error (error, "line 2, column 7 (byte 8): expected an integer from 8 to 9, found 7");
  g_assert_false (bs_json_get_integer (bs_json_find (root, "f"), 0, 9, &integer, &error));
  assert_type_error (error,
                     "line 3, column 17 (byte 27): expected an integer from 0 to 9, found 1.5, which is no integer");
  g_assert_false (bs_json_get_integer (bs_json_find (root, "s"), 0, 9, &integer, &error));
  assert_type_error (error, "line 3, column 7 (byte 17): expected an integer from 0 to 9, found a string");
  g_assert_null (bs_json_get_member (root, "zz", &error));
  assert_type_error (error, "line 1, column 1 (byte 0): expected an object with \"zz\", found an object without");
  g_assert_null (bs_json_get_member (a, "zz", &error));
  assert_type_error (error, "line 2, column 7 (byte 8): expected an object with \"zz\", found a number");
}

static void
test_quote (void)
{
  g_autofree char *plain = bs_json_quote ("a b"), *odd = bs_json_quote ("a\n\342\202\254"), *cut = NULL;
  g_autofree char *many = g_strnfill (1000000, 'x');

  g_assert_cmpstr (plain, ==, "\"a b\"");
  g_assert_cmpstr (odd, ==, "\"a\\u000A\342\202\254\"");
  cut = bs_json_quote (many);
  g_assert_cmpuint (strlen (cut), <, 100);
  g_assert_true (g_str_has_suffix (cut, "x...\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/tree", test_tree);
  g_test_add_func ("/json/numbers", test_numbers);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/nul", test_nul);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/limits", test_limits);
  g_test_add_func ("/json/large", test_large);
  g_test_add_func ("/json/getters-refuse", test_getters_refuse);
  g_test_add_func ("/json/quote", test_quote);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/json/refuses/%u", i);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  return g_test_run ();
}
