/* bs-options.h: every switch in one table: --set, GSettings, JSON, the switch panel and the lab are generated from it */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

typedef enum
{
  BS_OPTION_HURST_CACHE,
  BS_OPTION_HURST_EVERY,
  BS_OPTION_VECTOR_ATR,
  BS_OPTION_TAIL_WINDOW,
  BS_OPTION_INCREMENTAL,
  BS_OPTION_PRECISION,
  BS_OPTION_INFERENCE_MODE,
  BS_OPTION_FUSED,
  BS_OPTION_PRUNE,
  BS_OPTION_BATCH,
  BS_OPTION_BACKEND,
  BS_OPTION_TIMING,
  BS_N_OPTIONS
} BsOption;

/** Values of BS_OPTION_BACKEND. Those of BS_OPTION_PRECISION are BsPrecision's. */
typedef enum
{
  BS_BACKEND_CPU,
  BS_BACKEND_REFERENCE,
  BS_BACKEND_VULKAN,
} BsBackend;

typedef enum
{
  BS_OPTION_BOOLEAN,
  BS_OPTION_INTEGER,
  BS_OPTION_CHOICE,
} BsOptionType;

typedef enum
{
  BS_OPTION_ERROR_NAME,        /* no such option */
  BS_OPTION_ERROR_VALUE,       /* not a value of its type and range */
  BS_OPTION_ERROR_UNAVAILABLE, /* cannot work here, or not together with the others */
} BsOptionError;

#define BS_OPTION_ERROR (bs_option_error_quark ())
GQuark bs_option_error_quark (void);

/** Bytes of a device's name in BsOptions, its end counted in: as long as Vulkan's. */
#define BS_OPTIONS_DEVICE_SIZE 256

/** What is known of the model that options are for: see bs_options_note_model(). */
typedef enum
{
  BS_VARIANT_UNKNOWN, /* no model yet: a pruned variant may be asked for */
  BS_VARIANT_ABSENT,
  BS_VARIANT_THERE,
} BsVariant;

/** A value of every option: booleans 0 or 1, choices their index. Plain data, copied by assignment. */
typedef struct
{
  int value[BS_N_OPTIONS];
  BsVariant pruned; /* whether the model has a pruned variant; no setting: see bs_options_equal() */
  char device
    [BS_OPTIONS_DEVICE_SIZE]; /* for backend=vulkan: name or index, see bs_vulkan_pick_device(); "" for the best */
} BsOptions;

typedef struct
{
  const char *name;  /* "hurst-every" */
  const char *title; /* as shown */
  const char *help;  /* one line: what it does */
  BsOptionType type;
  int min, max;               /* BS_OPTION_INTEGER */
  const char *const *choices; /* BS_OPTION_CHOICE: %NULL-terminated */
  int default_value;
  /* Whether @value can be had, given the other values; @reason: (out) (transfer full): why not. %NULL: always. */
  gboolean (*available) (const BsOptions *options, int value, char **reason);
} BsOptionInfo;

/** The row of the option table. Static. Thread: any. */
const BsOptionInfo *bs_option_info (BsOption option);
/** bs_option_by_name: Returns: the option, or -1 */
int bs_option_by_name (const char *name);

/** bs_option_expected: (transfer full): what the option takes, in words: "on or off", "an integer 1..1000", "one of ..." */
char *bs_option_expected (BsOption option);

void bs_options_init (BsOptions *options);

/** bs_options_note_model: from now on @options are for @model, so that what it lacks cannot be had */
void bs_options_note_model (BsOptions *options, const BsModel *model);

/** bs_options_equal: whether both set the same; what is known of the model does not count */
gboolean bs_options_equal (const BsOptions *a, const BsOptions *b);

/** bs_options_set_device: Returns: %FALSE where @device is too long or empty, and @options as it was */
gboolean bs_options_set_device (BsOptions *options, const char *device, GError **error);

/**
 * bs_options_set:
 * @assignment: "NAME=VALUE"; booleans take on/off, true/false, yes/no, 1/0
 *
 * Parses and stores one assignment. Availability is not looked at: see bs_options_check(), so that the order of
 * assignments does not matter.
 *
 * Returns: %FALSE with a %BS_OPTION_ERROR that names the option and what was expected, and @options as it was
 */
gboolean bs_options_set (BsOptions *options, const char *assignment, GError **error);

/**
 * bs_options_parse:
 * @assignments: (nullable): %NULL-terminated, as bs_options_set() takes them
 * @options: (out caller-allocates): the defaults with all of them set
 *
 * Returns: %FALSE with a %BS_OPTION_ERROR, also where the values cannot be had together
 */
gboolean bs_options_parse (char **assignments, BsOptions *options, GError **error);

/** bs_option_value_valid: whether @value is of the option's type and range, wherever it came from */
gboolean bs_option_value_valid (BsOption option, int value);

/** bs_options_check: whether all values can be had together on this machine; the error says which cannot and why. */
gboolean bs_options_check (const BsOptions *options, GError **error);

/**
 * bs_options_sensitive:
 * @reason: (out) (transfer full) (optional): why not
 *
 * Returns: whether @option can be given another value than it has, with the other options as they are
 */
gboolean bs_options_sensitive (const BsOptions *options, BsOption option, char **reason);

/**
 * bs_options_repair:
 *
 * Replaces every value that cannot be had by one that can (its default where possible): for settings that were stored on
 * another machine or by another build, and after one switch has ruled out another's value.
 *
 * Returns: (transfer full) (nullable): what could not be had and why, in words; %NULL where nothing was changed
 */
char *bs_options_repair (BsOptions *options);

/** bs_option_value_string: (transfer full): @value of @option as --set takes it */
char *bs_option_value_string (BsOption option, int value);
/** bs_options_value_string: (transfer full): the value as --set takes it ("on", "10", "fp32") */
char *bs_options_value_string (const BsOptions *options, BsOption option);
/** bs_options_to_json: (transfer full): an object, one member an option */
char *bs_options_to_json (const BsOptions *options);

G_END_DECLS
