/* generate-option-schema.c: writes the GSettings schema of the options, one key for each row of the option table. Runs while
 * building: `generate-option-schema OUT.gschema.xml` */
#include <stdio.h>

#include "inference/engine/bs-engine.h"
#include "inference/predict/bs-options.h"

/* The table asks which engines there are. Availability is not this program's business: no engine is linked. */
const BsEngineClass *
bs_engine_class_by_name (const char *name)
{
  return NULL;
}

static void
append_key (GString *xml, BsOption option)
{
  const BsOptionInfo *info = bs_option_info (option);
  BsOptions defaults;
  bs_options_init (&defaults);
  g_autofree char *value = bs_options_value_string (&defaults, option);
  const char *type = "b";

  if (info->type == BS_OPTION_INTEGER)
    type = "i";
  else if (info->type == BS_OPTION_CHOICE)
    type = "s";
  g_string_append_printf (xml, "    <key name=\"%s\" type=\"%s\">\n", info->name, type);
  if (info->type == BS_OPTION_INTEGER)
    g_string_append_printf (xml, "      <range min=\"%d\" max=\"%d\"/>\n", info->min, info->max);
  if (info->type == BS_OPTION_CHOICE)
    {
      g_string_append (xml, "      <choices>\n");
      for (guint i = 0; info->choices[i] != NULL; i++)
        g_string_append_printf (xml, "        <choice value=\"%s\"/>\n", info->choices[i]);
      g_string_append (xml, "      </choices>\n");
    }
  if (info->type == BS_OPTION_BOOLEAN)
    g_string_append_printf (xml, "      <default>%s</default>\n", info->default_value ? "true" : "false");
  else if (info->type == BS_OPTION_CHOICE)
    g_string_append_printf (xml, "      <default>'%s'</default>\n", value);
  else
    g_string_append_printf (xml, "      <default>%s</default>\n", value);
  g_autofree char *text = g_markup_printf_escaped ("      <summary>%s</summary>\n"
                                                   "      <description>%s</description>\n",
                                                   info->title, info->help);
  g_string_append_printf (xml, "%s    </key>\n", text);
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    {
      fprintf (stderr, "usage: %s OUT.gschema.xml\n", argv[0]);
      return 2;
    }
  g_autoptr (GString) xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                          "<!-- Made from the option table (inference/predict/bs-options.c). -->\n"
                                          "<schemalist>\n"
                                          "  <schema id=\"org.barscope.Barscope.options\" "
                                          "path=\"/org/barscope/Barscope/options/\">\n");
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    append_key (xml, option);
  g_string_append (xml, "  </schema>\n</schemalist>\n");

  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents (argv[1], xml->str, (gssize) xml->len, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  return 0;
}
