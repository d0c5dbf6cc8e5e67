/* info.c: `barscope info`: what this program is and what it found on this machine */
#include "app/commands/bs-command.h"

#include <cblas.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

#include "app/bench/bs-machine.h"
#include "app/bs-config.h"
#include "app/bs-paths.h"
#include "app/commands/bs-option-list.h"
#include "inference/engine/bs-engine.h"
#include "inference/kernels/bs-kernels.h"
#include "inference/vulkan/bs-vulkan-list.h"

#define MAX_DEVICES 16

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
begin_section (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
add_build (JsonBuilder *builder)
{
  begin_section (builder, "build");
  add_string (builder, "type", BS_BUILD_TYPE);
  add_string (builder, "compiler", BS_COMPILER);
  json_builder_set_member_name (builder, "window");
  json_builder_add_boolean_value (builder, BS_HAVE_WINDOW);
  json_builder_set_member_name (builder, "vulkan");
  json_builder_add_boolean_value (builder, BS_HAVE_VULKAN);
  json_builder_end_object (builder);
}

static void
add_machine (JsonBuilder *builder)
{
  g_autofree char *cpu = bs_machine_cpu ();
  g_autofree char *isa = bs_machine_isa ();
  begin_section (builder, "machine");
  add_string (builder, "cpu", cpu);
  add_string (builder, "isa", isa);
  add_string (builder, "kernels", bs_kernels ()->name);
  json_builder_set_member_name (builder, "cores");
  json_builder_add_int_value (builder, g_get_num_processors ());
  json_builder_end_object (builder);
}

static void
add_openblas (JsonBuilder *builder)
{
  begin_section (builder, "openblas");
  add_string (builder, "config", openblas_get_config ());
  add_string (builder, "core", openblas_get_corename ());
  json_builder_end_object (builder);
}

static void
add_engines (JsonBuilder *builder)
{
  begin_section (builder, "engines");
  for (const BsEngineClass *const *klass = bs_engine_classes (); *klass != NULL; klass++)
    {
      g_autofree char *reason = NULL;
      gboolean available = (*klass)->available == NULL || (*klass)->available (&reason);
      add_string (builder, (*klass)->name, available ? "available" : reason);
    }
  json_builder_end_object (builder);
}

static void
add_vulkan (JsonBuilder *builder)
{
  BsVulkanDeviceInfo devices[MAX_DEVICES];
  g_autofree char *reason = NULL;
  guint n = bs_vulkan_list_devices (devices, MAX_DEVICES, &reason);

  begin_section (builder, "vulkan");
  add_string (builder, "reason", reason);
  json_builder_set_member_name (builder, "devices");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *version
        = g_strdup_printf ("%u.%u.%u", devices[i].api_version >> 22, (devices[i].api_version >> 12) & 0x3ff,
                           devices[i].api_version & 0xfff);
      json_builder_begin_object (builder);
      add_string (builder, "name", devices[i].name);
      add_string (builder, "type", devices[i].type);
      add_string (builder, "api_version", version);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* @model: (nullable): with what is wrong with it at @error */
static void
add_model (JsonBuilder *builder, const char *path, const BsModel *model, const GError *error)
{
  begin_section (builder, "model");
  add_string (builder, "path", path);
  if (model == NULL)
    add_string (builder, "error", error->message);
  else
    {
      g_autofree char *shape = g_strdup_printf ("%ux%u, %u inputs, %u bars", model->n_layers, model->hidden,
                                                model->n_inputs, model->sequence_length);
      add_string (builder, "name", bs_model_metadata (model, "name"));
      add_string (builder, "shape", shape);
      if (bs_model_pruned (model) != NULL)
        {
          g_autofree char *pruned = g_strdup_printf ("%ux%u", model->n_layers, bs_model_pruned (model)->hidden);

          add_string (builder, "pruned_shape", pruned);
        }
      add_string (builder, "feature_set", model->feature_set == BS_FEATURE_SET_CAUSAL ? "causal" : "legacy");
      add_string (builder, "sha256", model->hash);
    }
  json_builder_end_object (builder);
}

static void
add_options (JsonBuilder *builder, const BsModel *model)
{
  json_builder_set_member_name (builder, "options");
  json_builder_begin_array (builder);
  bs_option_list_add (builder, model);
  json_builder_end_array (builder);
}

static void
add_paths (JsonBuilder *builder)
{
  g_autofree char *sample = bs_path_resource_file ("sample-1m.csv.gz");
  g_autofree char *data = g_build_filename (g_get_user_data_dir (), "barscope", NULL);
  begin_section (builder, "paths");
  add_string (builder, "sample", sample);
  add_string (builder, "user_data", data);
  json_builder_end_object (builder);
}

static void print_object (JsonObject *object, guint depth);

/* One member as indented text; what is null says nothing. */
static void
print_member (JsonObject *object, const char *name, JsonNode *node, gpointer data)
{
  guint depth = GPOINTER_TO_UINT (data);
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      printf ("%*s%s\n", (int) depth * 2, "", name);
      print_object (json_node_get_object (node), depth + 1);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          printf ("%*s%s %u\n", (int) depth * 2, "", name, i);
          print_object (json_array_get_object_element (array, i), depth + 1);
        }
    }
  else if (!JSON_NODE_HOLDS_NULL (node))
    {
      g_autofree char *value
        = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : json_to_string (node, FALSE);
      printf ("%*s%-12s %s\n", (int) depth * 2, "", name, value);
    }
}

static void
print_object (JsonObject *object, guint depth)
{
  json_object_foreach_member (object, print_member, GUINT_TO_POINTER (depth));
}

static int
run (int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);
  g_option_context_set_summary (context, "Says what this program is and what it found on this machine.");
  g_option_context_add_main_entries (context, entries, NULL);
  int status;
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return bs_command_usage_error ("info", "'%s' is one argument too many", argv[1]);

  g_autofree char *model_path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (GError) model_error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &model_error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_string (builder, "version", BS_VERSION);
  add_build (builder);
  add_machine (builder);
  add_openblas (builder);
  add_engines (builder);
  add_vulkan (builder);
  add_model (builder, model_path, model, model_error);
  add_paths (builder);
  if (as_json) /* as text it is a table of its own */
    add_options (builder, model);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  if (as_json)
    {
      g_autofree char *text = json_to_string (root, TRUE);
      printf ("%s\n", text);
    }
  else
    {
      print_object (json_node_get_object (root), 0);
      bs_option_list_print (model);
    }
  return BS_EXIT_DONE;
}

const BsCommand bs_command_info = {
  .name = "info",
  .summary = "Say what this program is and what it found on this machine",
  .run = run,
};
