/* bs-json-private.h: how the tree lies in memory; for the files that make and read it
 *
 * One array of values in text order: an array or object is followed by all that it holds, a member's name stands before its
 * value. A value's span is the number of entries that it and its content take, so the next sibling is at value + span.
 */
#pragma once

#include "inference/model/bs-json.h"

G_BEGIN_DECLS

enum
{
  BS_JSON_VALUE_IS_INTEGER = 1 << 0, /* a number written without fraction or exponent that a gint64 holds */
  BS_JSON_VALUE_HAS_NAME = 1 << 1,   /* a member's value: its name is the entry before */
  BS_JSON_VALUE_IS_LAST = 1 << 2,    /* nothing follows in the array or object */
};

/* Where in the text: line from 1, column from 1 in characters, offset from 0 in bytes. */
typedef struct
{
  guint32 line, column, offset;
} BsJsonPlace;

struct _BsJsonValue
{
  guint8 type;  /* BsJsonType */
  guint8 flags; /* BS_JSON_VALUE_... */
  guint32 span; /* entries, its own among them */
  BsJsonPlace place;
  guint32 length; /* elements, members, or bytes of a string */
  union
  {
    gint64 integer; /* booleans too */
    double number;
    const char *string;
  } as;
};

struct _BsJson
{
  BsJsonValue *values; /* the root is the first */
  char *strings;       /* all strings, decoded, each with its NUL */
};

/** Sets a %BS_JSON_ERROR whose message begins with @place. */
void bs_json_set_error (GError **error, const BsJsonPlace *place, BsJsonError code, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

G_END_DECLS
