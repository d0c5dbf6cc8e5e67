#include "app/commands/bs-option-list.h"

#include <stdio.h>

#include "inference/predict/bs-options.h"

static const char *const type_names[] = {
  [BS_OPTION_BOOLEAN] = "boolean",
  [BS_OPTION_INTEGER] = "integer",
  [BS_OPTION_CHOICE] = "choice",
};

/* Whether @value can be had with the others at their defaults. */
static gboolean
available (BsOption option, const BsModel *model, int value, char **reason)
{
  const BsOptionInfo *info = bs_option_info (option);
  BsOptions options;

  bs_options_init (&options);
  if (model != NULL)
    bs_options_note_model (&options, model);
  *reason = NULL;
  return info->available == NULL || info->available (&options, value, reason);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, int value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_default (JsonBuilder *builder, BsOption option)
{
  const BsOptionInfo *info = bs_option_info (option);
  g_autofree char *text = bs_option_value_string (option, info->default_value);

  if (info->type == BS_OPTION_BOOLEAN)
    add_boolean (builder, "default", info->default_value);
  else if (info->type == BS_OPTION_INTEGER)
    add_int (builder, "default", info->default_value);
  else
    add_string (builder, "default", text);
}

static void
add_range (JsonBuilder *builder, const BsOptionInfo *info)
{
  if (info->type == BS_OPTION_INTEGER)
    {
      add_int (builder, "min", info->min);
      add_int (builder, "max", info->max);
    }
  if (info->type != BS_OPTION_CHOICE)
    return;
  json_builder_set_member_name (builder, "choices");
  json_builder_begin_array (builder);
  for (const char *const *choice = info->choices; *choice != NULL; choice++)
    json_builder_add_string_value (builder, *choice);
  json_builder_end_array (builder);
}

/* Values of switches and choices that cannot be had; numbers of an integer can be had all or none. */
static void
add_unavailable (JsonBuilder *builder, BsOption option, const BsModel *model)
{
  const BsOptionInfo *info = bs_option_info (option);

  json_builder_set_member_name (builder, "unavailable");
  json_builder_begin_array (builder);
  for (int value = 0; info->type != BS_OPTION_INTEGER && bs_option_value_valid (option, value); value++)
    {
      g_autofree char *reason = NULL;
      if (available (option, model, value, &reason))
        continue;
      g_autofree char *text = bs_option_value_string (option, value);
      json_builder_begin_object (builder);
      add_string (builder, "value", text);
      add_string (builder, "reason", reason);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
bs_option_list_add (JsonBuilder *builder, const BsModel *model)
{
  BsOptions defaults;

  bs_options_init (&defaults);
  if (model != NULL)
    bs_options_note_model (&defaults, model);
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_autofree char *reason = NULL;
      gboolean changeable = bs_options_sensitive (&defaults, option, &reason);

      json_builder_begin_object (builder);
      add_string (builder, "name", info->name);
      add_string (builder, "title", info->title);
      add_string (builder, "help", info->help);
      add_string (builder, "type", type_names[info->type]);
      add_default (builder, option);
      add_range (builder, info);
      add_boolean (builder, "changeable", changeable);
      add_string (builder, "reason", reason);
      add_unavailable (builder, option, model);
      json_builder_end_object (builder);
    }
}

void
bs_option_list_print (const BsModel *model)
{
  printf ("options (--set NAME=VALUE)\n");
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_autofree char *expected = bs_option_expected (option);
      g_autofree char *standard = bs_option_value_string (option, info->default_value);

      printf ("  %-15s%-6s %s\n", info->name, standard, expected);
      for (int value = 0; info->type != BS_OPTION_INTEGER && bs_option_value_valid (option, value); value++)
        {
          g_autofree char *reason = NULL;
          if (available (option, model, value, &reason))
            continue;
          g_autofree char *text = bs_option_value_string (option, value);
          printf ("  %-21s %s cannot be had: %s\n", "", text, reason);
        }
    }
}
