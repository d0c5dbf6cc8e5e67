#include "app/commands/bs-json-text.h"

char *
bs_json_text_quote (const char *text)
{
  if (text == NULL)
    return g_strdup ("null");
  GString *json = g_string_new ("\"");
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (json, "\\%c", *text);
    else if ((guchar) *text < 0x20)
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *text);
    else
      g_string_append_c (json, *text);
  g_string_append_c (json, '"');
  return g_string_free (json, FALSE);
}
