#include "app/commands/bs-predictor-arguments.h"

#include "app/bs-paths.h"
#include "app/commands/bs-command.h"

void
bs_predictor_arguments_add (BsPredictorArguments *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &self->model, "Model file (default: the demonstration model)", "FILE" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &self->threshold,
      "Confidence under which long and short are shown as hold, 0 to 1 (default 0.65)", "P" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &self->device,
      "Vulkan device, by a part of its name or its index in barscope info (needs --set backend=vulkan)", "NAME|INDEX" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->assignments, "Set an option, see below (repeatable)", "NAME=VALUE" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

void
bs_predictor_arguments_clear (BsPredictorArguments *self)
{
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->assignments, g_strfreev);
}

char *
bs_predictor_arguments_describe (void)
{
  GString *text = g_string_new ("Options of --set:\n");
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_autofree char *values = bs_option_expected (option);
      BsOptions defaults;
      bs_options_init (&defaults);
      g_autofree char *value = bs_options_value_string (&defaults, option);
      g_string_append_printf (text, "  %-15s%s (default %s)\n                 %s\n", info->name, values, value,
                              info->help);
    }
  g_string_append (text,
                   "\nRows of FILE that cannot be bars are left out and listed on standard error. Where a file "
                   "holds\nmore bars than the model needs, all of them count: features that sum up begin with the "
                   "first.\n");
  return g_string_free (text, FALSE);
}

int
bs_predictor_arguments_check (BsPredictorArguments *self, const char *command)
{
  g_autoptr (GError) error = NULL;

  if (!(self->threshold >= 0 && self->threshold <= 1))
    return bs_command_usage_error (command, "--threshold: expected a number from 0 to 1, got %g", self->threshold);
  if (!bs_options_parse (self->assignments, &self->options, &error))
    return bs_command_usage_error (command, "--set: %s", error->message);
  if (self->device != NULL && self->options.value[BS_OPTION_BACKEND] != BS_BACKEND_VULKAN)
    return bs_command_usage_error (command, "--device needs --set backend=vulkan");
  if (self->device != NULL && !bs_options_set_device (&self->options, self->device, &error))
    return bs_command_usage_error (command, "--%s", error->message);
  if (self->model == NULL)
    self->model = bs_path_resource_file ("default-model.safetensors");
  return BS_EXIT_DONE;
}

BsPredictor *
bs_predictor_arguments_make (const BsPredictorArguments *self, const char *command, const BsBarFile *primary,
                             const BsBarFile *secondary, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (self->model, &error);
  g_autoptr (BsPredictor) predictor = NULL;
  if (model != NULL)
    predictor = bs_predictor_new (model, &self->options, 0, bs_bar_series_bar_length (primary->series),
                                  bs_bar_series_stamp (primary->series), &error);
  if (predictor == NULL)
    {
      /* What this machine cannot give was asked for wrongly. */
      *status = g_error_matches (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE)
                    || g_error_matches (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE)
                  ? bs_command_usage_error (command, "%s", error->message)
                  : bs_command_failed (command, "%s", error->message);
      return NULL;
    }
  bs_predictor_set_threshold (predictor, self->threshold);
  if (secondary == NULL)
    return g_steal_pointer (&predictor);

  const BsBarSeries *bars = secondary->series;
  bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (bars), bs_bar_series_stamp (bars));
  for (guint64 index = bs_bar_series_first (bars); index < bs_bar_series_end (bars); index++)
    {
      BsBar bar;
      bs_bar_series_get (bars, index, &bar);
      if (!bs_predictor_push_secondary (predictor, &bar, &error))
        {
          *status = bs_command_failed (command, "%s: %s", secondary->path, error->message);
          return NULL;
        }
    }
  return g_steal_pointer (&predictor);
}
