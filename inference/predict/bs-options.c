#include "inference/predict/bs-options.h"

#include <string.h>

#include "inference/engine/bs-engine.h"
#include "inference/predict/bs-translate.h"

G_DEFINE_QUARK (bs_option_error, bs_option_error)

#define HURST_EVERY_MAX 1000 /* bars */

static const char *const precisions[] = { "fp32", "int8", "fp16", NULL }; /* in the order of BsPrecision */
G_STATIC_ASSERT (BS_PRECISION_FP32 == 0 && BS_PRECISION_INT8 == 1 && BS_PRECISION_FP16 == 2);

static const char *const backends[]
  = { "cpu", "reference", "vulkan", NULL }; /* names of BsEngineClass, in the order of BsBackend */

/* What each backend computes in: [backend][precision]; NULL where it can, else why not. */
static const char *const precision_reasons[][3] = {
  [BS_BACKEND_CPU] = { NULL, NULL, N_ ("half precision runs on the GPU: it needs backend=vulkan") },
  [BS_BACKEND_REFERENCE] = { NULL, N_ ("the reference engine computes in fp32 only: it needs backend=cpu"),
                             N_ ("the reference engine computes in fp32 only: it needs backend=vulkan") },
  [BS_BACKEND_VULKAN] = { NULL, N_ ("int8 runs on the CPU: it needs backend=cpu"), NULL },
};

static gboolean
unavailable (char **reason, const char *text)
{
  if (reason != NULL)
    *reason = g_strdup (text);
  return FALSE;
}

static gboolean
hurst_every_available (const BsOptions *options, int value, char **reason)
{
  /* The number that is set stays settable, so that switching the cache off needs no other change. */
  if (options->value[BS_OPTION_HURST_CACHE] || value == options->value[BS_OPTION_HURST_EVERY])
    return TRUE;
  return unavailable (reason, N_ ("with hurst-cache=off every bar is computed"));
}

static gboolean
tail_window_available (const BsOptions *options, int value, char **reason)
{
  if (!value || !options->value[BS_OPTION_INCREMENTAL])
    return TRUE;
  return unavailable (reason, N_ ("with incremental=on only the newest bar is computed: it needs incremental=off"));
}

static gboolean
precision_available (const BsOptions *options, int value, char **reason)
{
  const char *text = precision_reasons[options->value[BS_OPTION_BACKEND]][value];
  if (text == NULL && !options->value[BS_OPTION_INFERENCE_MODE] && value != BS_PRECISION_FP32)
    text = N_ ("with inference-mode=off the reference engine computes, in fp32 only: it needs inference-mode=on");
  return text == NULL || unavailable (reason, text);
}

/* Off: the reference engine and its tape. What has to be off before it is asked for, not switched off with it: else its
 * effect could not be told from theirs. */
static gboolean
inference_mode_available (const BsOptions *options, int value, char **reason)
{
  if (value)
    return TRUE;
  if (options->value[BS_OPTION_BACKEND] == BS_BACKEND_VULKAN)
    return unavailable (reason, N_ ("the shaders keep no activations: it needs backend=cpu"));
  if (options->value[BS_OPTION_PRECISION] != BS_PRECISION_FP32)
    return unavailable (reason, N_ ("activations are kept in fp32 only: it needs precision=fp32"));
  if (options->value[BS_OPTION_BACKEND] == BS_BACKEND_CPU && options->value[BS_OPTION_FUSED])
    return unavailable (reason, N_ ("with fused=on the activations stay in registers: it needs fused=off"));
  return TRUE;
}

/* Why the network's operations are fused or not whatever the switch says; NULL where it counts: [backend] */
static const char *const fused_reasons[] = {
  [BS_BACKEND_CPU] = NULL,
  [BS_BACKEND_REFERENCE] = N_ ("the reference engine runs one operation at a time: it needs backend=cpu"),
  [BS_BACKEND_VULKAN] = N_ ("the shaders are always fused: it needs backend=cpu"),
};

static gboolean
fused_available (const BsOptions *options, int value, char **reason)
{
  const char *text = fused_reasons[options->value[BS_OPTION_BACKEND]];
  if (text == NULL && !options->value[BS_OPTION_INFERENCE_MODE])
    text = N_ ("with inference-mode=off the reference engine runs one operation at a time: it needs inference-mode=on");

  /* What is set stays settable, so that another backend needs no other change. */
  return text == NULL || value == options->value[BS_OPTION_FUSED] || unavailable (reason, text);
}

static gboolean
prune_available (const BsOptions *options, int value, char **reason)
{
  return !value || options->pruned != BS_VARIANT_ABSENT
         || unavailable (reason, N_ ("the model file has no pruned variant: barscope prune makes one"));
}

static gboolean
backend_available (const BsOptions *options, int value, char **reason)
{
  const BsEngineClass *klass = bs_engine_class_by_name (backends[value]);
  if (klass == NULL)
    {
      if (reason != NULL)
        *reason = g_strdup (N_ ("this build is without that engine"));
      return FALSE;
    }
  return klass->available == NULL || klass->available (reason);
}

/* [BS_N_OPTIONS] */
static const BsOptionInfo infos[] = {
  [BS_OPTION_HURST_CACHE]
  = { .name = "hurst-cache",
      .title = N_ ("Hurst cache"),
      .help = N_ ("Compute the Hurst exponent every few bars and keep it between them; off computes "
                  "it at every bar"),
      .type = BS_OPTION_BOOLEAN,
      .default_value = TRUE },
  [BS_OPTION_HURST_EVERY] = { .name = "hurst-every",
                              .title = N_ ("Hurst every"),
                              .help = N_ ("Bars from one Hurst computation to the next, where the Hurst cache is on"),
                              .type = BS_OPTION_INTEGER,
                              .min = 1,
                              .max = HURST_EVERY_MAX,
                              .default_value = 10,
                              .available = hurst_every_available },
  [BS_OPTION_VECTOR_ATR]
  = { .name = "vector-atr",
      .title = N_ ("Vector ATR"),
      .help = N_ ("Compute the average true range of many bars in one go; off takes one bar after the other. Counts where "
                  "rows of many bars are computed: with incremental=off"),
      .type = BS_OPTION_BOOLEAN,
      .default_value = TRUE },
  [BS_OPTION_TAIL_WINDOW] = { .name = "tail-window",
                              .title = N_ ("Tail window"),
                              .help = N_ ("Compute features from the last bars alone; off computes all bars of the series. "
                                          "Changes the answer: sums and swing counts restart with the tail"),
                              .type = BS_OPTION_BOOLEAN,
                              .default_value = FALSE,
                              .available = tail_window_available },
  [BS_OPTION_INCREMENTAL] = { .name = "incremental",
                              .title = N_ ("Incremental"),
                              .help = N_ ("Keep features and network state between bars; off computes everything anew for "
                                          "each prediction"),
                              .type = BS_OPTION_BOOLEAN,
                              .default_value = TRUE },
  [BS_OPTION_PRECISION] = { .name = "precision",
                            .title = N_ ("Precision"),
                            .help = N_ ("Number format of weights and arithmetic in the network"),
                            .type = BS_OPTION_CHOICE,
                            .choices = precisions,
                            .default_value = BS_PRECISION_FP32,
                            .available = precision_available },
  [BS_OPTION_INFERENCE_MODE]
  = { .name = "inference-mode",
      .title = N_ ("Inference mode"),
      .help
      = N_ ("Keep nothing of a prediction but its answer; off keeps the activations of every step, which training and "
            "the explanation of a signal need"),
      .type = BS_OPTION_BOOLEAN,
      .default_value = TRUE,
      .available = inference_mode_available },
  [BS_OPTION_FUSED] = { .name = "fused",
                        .title = N_ ("Fused network"),
                        .help = N_ ("Run the whole network in one call, its gates computed where the products leave them; "
                                    "off runs one operation at a time over buffers"),
                        .type = BS_OPTION_BOOLEAN,
                        .default_value = TRUE,
                        .available = fused_available },
  [BS_OPTION_PRUNE] = { .name = "prune",
                        .title = N_ ("Pruned network"),
                        .help = N_ ("Run the variant of the model whose least useful hidden units are left out"),
                        .type = BS_OPTION_BOOLEAN,
                        .default_value = FALSE,
                        .available = prune_available },
  [BS_OPTION_BATCH] = { .name = "batch",
                        .title = N_ ("Batch"),
                        .help = N_ ("Take windows that are ready together through the network together; off takes one "
                                    "after the other"),
                        .type = BS_OPTION_BOOLEAN,
                        .default_value = TRUE },
  [BS_OPTION_BACKEND] = { .name = "backend",
                          .title = N_ ("Backend"),
                          .help = N_ ("Where the network runs"),
                          .type = BS_OPTION_CHOICE,
                          .choices = backends,
                          .default_value = BS_BACKEND_CPU,
                          .available = backend_available },
  [BS_OPTION_TIMING] = { .name = "timing",
                         .title = N_ ("Timing"),
                         .help = N_ ("Time every stage of every prediction; off reads no clock"),
                         .type = BS_OPTION_BOOLEAN,
                         .default_value = TRUE },
};
G_STATIC_ASSERT (G_N_ELEMENTS (infos) == BS_N_OPTIONS);

static const struct
{
  const char *word;
  int value;
} boolean_words[] = {
  { "on", TRUE },  { "off", FALSE }, { "true", TRUE }, { "false", FALSE },
  { "yes", TRUE }, { "no", FALSE },  { "1", TRUE },    { "0", FALSE },
};

const BsOptionInfo *
bs_option_info (BsOption option)
{
  g_return_val_if_fail ((guint) option < BS_N_OPTIONS, NULL);
  return &infos[option];
}

int
bs_option_by_name (const char *name)
{
  for (int option = 0; option < BS_N_OPTIONS; option++)
    if (strcmp (infos[option].name, name) == 0)
      return option;
  return -1;
}

void
bs_options_init (BsOptions *options)
{
  *options = (BsOptions){ 0 };
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    options->value[option] = infos[option].default_value;
}

char *
bs_option_expected (BsOption option)
{
  const BsOptionInfo *info = bs_option_info (option);
  if (info->type == BS_OPTION_BOOLEAN)
    return g_strdup ("on or off");
  if (info->type == BS_OPTION_INTEGER)
    return g_strdup_printf ("an integer %d..%d", info->min, info->max);
  g_autofree char *choices = g_strjoinv (", ", (char **) info->choices);
  return g_strdup_printf ("one of %s", choices);
}

static char *
all_names (void)
{
  GString *names = g_string_new (NULL);
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    g_string_append_printf (names, "%s%s", option > 0 ? ", " : "", infos[option].name);
  return g_string_free (names, FALSE);
}

static gboolean
parse_value (const BsOptionInfo *info, const char *text, int *value)
{
  switch (info->type)
    {
    case BS_OPTION_BOOLEAN:
      for (guint i = 0; i < G_N_ELEMENTS (boolean_words); i++)
        if (g_ascii_strcasecmp (text, boolean_words[i].word) == 0)
          {
            *value = boolean_words[i].value;
            return TRUE;
          }
      return FALSE;

    case BS_OPTION_INTEGER:
      {
        gint64 number;
        if (!g_ascii_string_to_signed (text, 10, info->min, info->max, &number, NULL))
          return FALSE;
        *value = (int) number;
        return TRUE;
      }

    case BS_OPTION_CHOICE:
      for (int i = 0; info->choices[i] != NULL; i++)
        if (strcmp (text, info->choices[i]) == 0)
          {
            *value = i;
            return TRUE;
          }
      return FALSE;

    default:
      g_assert_not_reached ();
    }
}

gboolean
bs_options_equal (const BsOptions *a, const BsOptions *b)
{
  return memcmp (a->value, b->value, sizeof a->value) == 0 && strcmp (a->device, b->device) == 0;
}

gboolean
bs_options_set_device (BsOptions *options, const char *device, GError **error)
{
  if (device[0] != '\0' && strlen (device) < sizeof options->device)
    {
      g_strlcpy (options->device, device, sizeof options->device);
      return TRUE;
    }
  g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_VALUE, "device: expected a name or an index, 1 to %d characters",
               BS_OPTIONS_DEVICE_SIZE - 1);
  return FALSE;
}

gboolean
bs_options_set (BsOptions *options, const char *assignment, GError **error)
{
  const char *equals = strchr (assignment, '=');
  if (equals == NULL)
    {
      g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_VALUE, "\"%s\": expected NAME=VALUE", assignment);
      return FALSE;
    }
  g_autofree char *name = g_strndup (assignment, (gsize) (equals - assignment));
  int option = bs_option_by_name (name);
  if (option < 0)
    {
      g_autofree char *names = all_names ();
      g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_NAME, "no option \"%s\": expected one of %s", name, names);
      return FALSE;
    }
  int value;
  if (!parse_value (&infos[option], equals + 1, &value))
    {
      g_autofree char *wanted = bs_option_expected (option);
      g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_VALUE, "%s: expected %s, got \"%s\"", name, wanted,
                   equals + 1);
      return FALSE;
    }
  options->value[option] = value;
  return TRUE;
}

gboolean
bs_option_value_valid (BsOption option, int value)
{
  const BsOptionInfo *info = bs_option_info (option);
  if (info->type == BS_OPTION_CHOICE)
    return value >= 0 && (guint) value < g_strv_length ((char **) info->choices);
  if (info->type == BS_OPTION_INTEGER)
    return value >= info->min && value <= info->max;
  return value == TRUE || value == FALSE;
}

static gboolean
available (const BsOptions *options, guint option, int value, char **reason)
{
  return infos[option].available == NULL || infos[option].available (options, value, reason);
}

/* The first option whose value is not one of its type and range or cannot be had; BS_N_OPTIONS where all is well. Values are
 * looked at before availability, which reads the values of others. */
static guint
first_fault (const BsOptions *options, GError **error)
{
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    if (!bs_option_value_valid (option, options->value[option]))
      {
        g_autofree char *wanted = bs_option_expected (option);
        g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_VALUE, "%s: expected %s, got %d", infos[option].name,
                     wanted, options->value[option]);
        return option;
      }
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      g_autofree char *reason = NULL;
      if (!available (options, option, options->value[option], &reason))
        {
          g_autofree char *value = bs_options_value_string (options, option);
          g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE, "%s=%s cannot be had: %s",
                       infos[option].name, value, reason);
          return option;
        }
    }
  return BS_N_OPTIONS;
}

gboolean
bs_options_check (const BsOptions *options, GError **error)
{
  return first_fault (options, error) == BS_N_OPTIONS;
}

gboolean
bs_options_parse (char **assignments, BsOptions *options, GError **error)
{
  bs_options_init (options);
  for (; assignments != NULL && *assignments != NULL; assignments++)
    if (!bs_options_set (options, *assignments, error))
      return FALSE;
  return bs_options_check (options, error);
}

gboolean
bs_options_sensitive (const BsOptions *options, BsOption option, char **reason)
{
  const BsOptionInfo *info = bs_option_info (option);
  int first = info->type == BS_OPTION_INTEGER ? info->min : 0;
  g_autofree char *first_reason = NULL;
  for (int value = first; bs_option_value_valid (option, value); value++)
    {
      g_autofree char *why = NULL;
      if (value == options->value[option])
        continue;
      if (available (options, option, value, &why))
        return TRUE;
      if (first_reason == NULL)
        first_reason = g_steal_pointer (&why);
    }
  if (reason != NULL)
    *reason = g_steal_pointer (&first_reason);
  return FALSE;
}

char *
bs_options_repair (BsOptions *options)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      guint option = first_fault (options, &error);
      if (option == BS_N_OPTIONS)
        break;
      /* A default that cannot be had on this machine gives way to the table's first choice that can. */
      int value = infos[option].default_value;
      if (options->value[option] == value)
        for (value = 0; !available (options, option, value, NULL); value++)
          if (!bs_option_value_valid (option, value + 1))
            g_assert_not_reached (); /* the reference engine is in every build */
      options->value[option] = value;
      g_string_append_printf (changes, "%s%s", changes->len > 0 ? "; " : "", error->message);
    }
  return changes->len > 0 ? g_strdup (changes->str) : NULL;
}

char *
bs_option_value_string (BsOption option, int value)
{
  const BsOptionInfo *info = bs_option_info (option);
  if (info->type == BS_OPTION_BOOLEAN)
    return g_strdup (value ? "on" : "off");
  if (info->type == BS_OPTION_CHOICE && bs_option_value_valid (option, value))
    return g_strdup (info->choices[value]);
  return g_strdup_printf ("%d", value);
}

char *
bs_options_value_string (const BsOptions *options, BsOption option)
{
  return bs_option_value_string (option, options->value[option]);
}

char *
bs_options_to_json (const BsOptions *options)
{
  GString *json = g_string_new ("{");
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = &infos[option];
      g_autofree char *value = bs_options_value_string (options, option);
      const char *quote = info->type == BS_OPTION_CHOICE ? "\"" : "";
      const char *text = info->type != BS_OPTION_BOOLEAN ? value : options->value[option] ? "true" : "false";
      g_string_append_printf (json, "%s\"%s\": %s%s%s", option > 0 ? ", " : "", info->name, quote, text, quote);
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
