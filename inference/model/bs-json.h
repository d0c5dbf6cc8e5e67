/* bs-json.h: a strict reader of JSON (RFC 8259) for text from strangers: an immutable tree, every refusal with its place */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BS_JSON_ERROR_SYNTAX,    /* not JSON by RFC 8259 */
  BS_JSON_ERROR_ENCODING,  /* not UTF-8, a lone surrogate, or U+0000 in a string (which no C string can hold) */
  BS_JSON_ERROR_NUMBER,    /* beyond a double's range, or longer than BS_JSON_MAX_NUMBER characters */
  BS_JSON_ERROR_DUPLICATE, /* the same name twice in one object */
  BS_JSON_ERROR_LIMIT,     /* nested deeper than BS_JSON_MAX_DEPTH, more values than asked for, or no memory */
  BS_JSON_ERROR_TYPE,      /* good JSON, but not the value that the reader expected there */
} BsJsonError;

#define BS_JSON_ERROR (bs_json_error_quark ())
GQuark bs_json_error_quark (void);

#define BS_JSON_MAX_DEPTH 64    /* arrays and objects inside one another */
#define BS_JSON_MAX_NUMBER 1000 /* characters of one number */

typedef enum
{
  BS_JSON_NULL,
  BS_JSON_BOOLEAN,
  BS_JSON_NUMBER,
  BS_JSON_STRING,
  BS_JSON_ARRAY,
  BS_JSON_OBJECT,
} BsJsonType;

/** BsJson: a parsed text. Immutable: any thread may read it. */
typedef struct _BsJson BsJson;
/** BsJsonValue: one value in a BsJson, which owns it. */
typedef struct _BsJsonValue BsJsonValue;

/**
 * bs_json_parse:
 * @text: (nullable): UTF-8, need not end with a NUL; not kept; %NULL only with @length 0
 * @length: its bytes, below 4 GiB
 * @max_values: values and names that the text may hold, 0 for as many as fit in it; memory is 32 bytes for each that is
 *   there, and @length for all strings together
 *
 * Reads one JSON value with nothing but white space around it. Stricter than the RFC asks: no duplicate names, no U+0000,
 * finite numbers, no more than %BS_JSON_MAX_DEPTH levels. Nothing from the text is executed or trusted as a size.
 *
 * Returns: (transfer full): the document; %NULL with a %BS_JSON_ERROR whose message begins "line 3, column 7 (byte 41): "
 */
BsJson *bs_json_parse (const char *text, gsize length, guint max_values, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_json_free (BsJson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJson, bs_json_free)

/** bs_json_quote: (transfer full): @text in quotes for a message: on one line, and cut off where it is long. */
char *bs_json_quote (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/** The outermost value. */
const BsJsonValue *bs_json_root (const BsJson *self);

BsJsonType bs_json_type (const BsJsonValue *value);
/** "a string", "an object" ...: for messages. Static. */
const char *bs_json_type_name (BsJsonType type);

/** Elements of an array or members of an object; 0 for anything else. */
guint bs_json_length (const BsJsonValue *value);
/** bs_json_first: (nullable): the first element, or the first member's value; %NULL where there is none. */
const BsJsonValue *bs_json_first (const BsJsonValue *value);
/** bs_json_next: (nullable): the value after @value in the array or object that holds it. */
const BsJsonValue *bs_json_next (const BsJsonValue *value);
/** bs_json_name: (nullable): the name of @value where it is a member of an object. UTF-8, owned by the document. */
const char *bs_json_name (const BsJsonValue *value);
/** bs_json_find: (nullable): the member @name; %NULL where there is none or @value is no object. Looks at each in turn. */
const BsJsonValue *bs_json_find (const BsJsonValue *value, const char *name);

/* Typed getters: what is not of the type is refused with %BS_JSON_ERROR_TYPE, with its place and what was expected. */

/** bs_json_get_member: the member @name, which must be there. */
const BsJsonValue *bs_json_get_member (const BsJsonValue *value, const char *name, GError **error);
/** bs_json_get_string: UTF-8 without a NUL inside, owned by the document; %NULL with an error. */
const char *bs_json_get_string (const BsJsonValue *value, GError **error);
/** bs_json_get_number: finite. Integers beyond 2^53 are rounded: see bs_json_get_integer(). */
gboolean bs_json_get_number (const BsJsonValue *value, double *number, GError **error);
/** bs_json_get_integer: exact; the number must be written without fraction or exponent and lie in @min..@max. */
gboolean bs_json_get_integer (const BsJsonValue *value, gint64 min, gint64 max, gint64 *integer, GError **error);
gboolean bs_json_get_boolean (const BsJsonValue *value, gboolean *boolean, GError **error);

G_END_DECLS
