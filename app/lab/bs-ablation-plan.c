#include "app/lab/bs-ablation-plan.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inference/engine/bs-engine.h"

/* Values that a NAME=VALUES plan may list, and values of an integer option that a named plan tries. */
#define MAX_VALUES 32

G_DEFINE_QUARK (bs_ablation_error, bs_ablation_error)

typedef enum
{
  PLAN_LEAVE_ONE_OUT,
  PLAN_ADD_ONE,
  PLAN_PAIRS,
  N_PLANS,
} PlanKind;

static const struct
{
  const char *name, *summary;
} plans[] = {
  [PLAN_LEAVE_ONE_OUT] = { "leave-one-out", "Each switch thrown by itself, all others as they are" },
  [PLAN_ADD_ONE] = { "add-one", "Everything off, then each switch on by itself" },
  [PLAN_PAIRS] = { "pairs", "Each switch thrown by itself, then every two together" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (plans) == N_PLANS);

static const char *const work_names[] = { [BS_ABLATION_LIVE] = "live", [BS_ABLATION_BULK] = "bulk" };
G_STATIC_ASSERT (G_N_ELEMENTS (work_names) == BS_N_ABLATION_WORKS);

/* What is particular about an option; zero for all others. */
static const struct
{
  BsAblationWork work;
  gboolean place;    /* not a switch with an off side, but where things run */
  const char *needs; /* (nullable): where it counts at all: what has to be set in both arms */
} traits[BS_N_OPTIONS] = {
  [BS_OPTION_VECTOR_ATR] = { .needs = "incremental=off" },
  [BS_OPTION_BATCH] = { .work = BS_ABLATION_BULK },
  [BS_OPTION_BACKEND] = { .place = TRUE },
};

const char *
bs_ablation_work_name (BsAblationWork work)
{
  g_return_val_if_fail ((guint) work < BS_N_ABLATION_WORKS, NULL);
  return work_names[work];
}

const char *
bs_ablation_plan_nth (guint n)
{
  return n < N_PLANS ? plans[n].name : NULL;
}

const char *
bs_ablation_plan_summary (guint n)
{
  return n < N_PLANS ? plans[n].summary : NULL;
}

static void
arm_clear (gpointer data)
{
  BsAblationArm *arm = data;
  g_free (arm->name);
}

static void
comparison_clear (gpointer data)
{
  BsAblationComparison *comparison = data;
  g_free (comparison->name);
  g_free (comparison->from);
  g_free (comparison->forced);
}

static void
left_out_clear (gpointer data)
{
  BsAblationLeftOut *left_out = data;
  g_free (left_out->name);
  g_free (left_out->reason);
}

void
bs_ablation_plan_free (BsAblationPlan *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_array_unref (self->arms);
  g_array_unref (self->comparisons);
  g_array_unref (self->left_out);
  g_free (self);
}

/* "NAME=VALUE" of @option in @options. (transfer full) */
static char *
assignment (const BsOptions *options, BsOption option)
{
  g_autofree char *value = bs_options_value_string (options, option);
  return g_strdup_printf ("%s=%s", bs_option_info (option)->name, value);
}

/* What differs in @options from @base but for @except, "NAME=VALUE, ...". (transfer full) (nullable) where nothing does */
static char *
differences (const BsOptions *base, const BsOptions *options, int except, int except_too)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int option = 0; option < BS_N_OPTIONS; option++)
    if (option != except && option != except_too && base->value[option] != options->value[option])
      {
        g_autofree char *one = assignment (options, (BsOption) option);
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one);
      }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/* The values of @option that a plan throws it to, but not @current. Returns how many. */
static guint
other_values (BsOption option, int current, int *values)
{
  const BsOptionInfo *info = bs_option_info (option);
  guint n = 0;

  if (info->type == BS_OPTION_INTEGER)
    {
      const int candidates[] = { info->min, info->default_value };
      for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
        if (candidates[i] != current && (n == 0 || values[0] != candidates[i]))
          values[n++] = candidates[i];
      return n;
    }
  for (int value = 0; bs_option_value_valid (option, value) && n < MAX_VALUES; value++)
    if (value != current)
      values[n++] = value;
  return n;
}

/* The plainest value: what "off" is. */
static int
off_value (BsOption option, int current)
{
  const BsOptionInfo *info = bs_option_info (option);
  if (traits[option].place || info->type == BS_OPTION_INTEGER)
    return current;
  return 0; /* off; and fp32 for the precision */
}
G_STATIC_ASSERT (BS_PRECISION_FP32 == 0);

void
bs_ablation_plan_off (const BsOptions *options, BsOptions *off)
{
  gboolean changed = TRUE;

  /* Some can be switched off only once others are. */
  *off = *options;
  while (changed)
    {
      changed = FALSE;
      for (int option = 0; option < BS_N_OPTIONS; option++)
        {
          BsOptions tried = *off;
          tried.value[option] = off_value ((BsOption) option, off->value[option]);
          if (!bs_options_equal (&tried, off) && bs_options_check (&tried, NULL))
            {
              *off = tried;
              changed = TRUE;
            }
        }
    }
}

/* Whether @option of @base can be thrown to @value. @reason: (out) (transfer full) (optional): why not */
static gboolean
works (const BsOptions *base, BsOption option, int value, char **reason)
{
  const BsOptionInfo *info = bs_option_info (option);
  g_autoptr (GError) error = NULL;
  BsOptions thrown = *base;

  thrown.value[option] = value;
  if (info->available != NULL && !info->available (base, value, reason))
    return FALSE;
  if (bs_options_check (base, &error) && bs_options_check (&thrown, &error))
    return TRUE;
  if (reason != NULL)
    *reason = g_strdup (error->message);
  return FALSE;
}

/* Changes others of @base, as few as possible and two at most, so that @option can be thrown to @value there. */
static gboolean
make_room (BsOptions *base, BsOption option, int value)
{
  int first_values[MAX_VALUES], second_values[MAX_VALUES];
  const BsOptions asked = *base;

  for (int first = 0; first < BS_N_OPTIONS; first++)
    {
      guint n = (BsOption) first != option ? other_values ((BsOption) first, asked.value[first], first_values) : 0;
      for (guint i = 0; i < n; i++)
        {
          *base = asked;
          base->value[first] = first_values[i];
          if (works (base, option, value, NULL))
            return TRUE;
        }
    }
  for (int first = 0; first < BS_N_OPTIONS; first++)
    for (int second = first + 1; second < BS_N_OPTIONS; second++)
      {
        if ((BsOption) first == option || (BsOption) second == option)
          continue;
        guint n_first = other_values ((BsOption) first, asked.value[first], first_values);
        guint n_second = other_values ((BsOption) second, asked.value[second], second_values);
        for (guint i = 0; i < n_first; i++)
          for (guint k = 0; k < n_second; k++)
            {
              *base = asked;
              base->value[first] = first_values[i];
              base->value[second] = second_values[k];
              if (works (base, option, value, NULL))
                return TRUE;
            }
      }
  *base = asked;
  return FALSE;
}

/* The arm with these options and this work, which may be there already. @name: what it differs in from the baseline. */
static guint
arm_for (BsAblationPlan *self, const BsOptions *options, BsAblationWork work)
{
  const BsAblationArm *baseline = self->arms->len > 0 ? &g_array_index (self->arms, BsAblationArm, 0) : NULL;

  for (guint i = 0; i < self->arms->len; i++)
    {
      const BsAblationArm *arm = &g_array_index (self->arms, BsAblationArm, i);
      if (arm->work == work && bs_options_equal (&arm->options, options))
        return i;
    }
  BsAblationArm arm = { .options = *options, .work = work };
  arm.name = baseline != NULL ? differences (&baseline->options, options, -1, -1) : NULL;
  if (arm.name == NULL)
    arm.name = g_strdup (N_ ("baseline"));
  if (work != BS_ABLATION_LIVE)
    {
      g_autofree char *plain = arm.name;
      arm.name = g_strdup_printf ("%s (%s)", plain, bs_ablation_work_name (work));
    }
  g_array_append_val (self->arms, arm);
  return self->arms->len - 1;
}

static void
leave_out (BsAblationPlan *self, char *name, const char *reason)
{
  BsAblationLeftOut left_out = { .name = name, .reason = g_strdup (reason) };
  g_array_append_val (self->left_out, left_out);
}

static void
compare (BsAblationPlan *self, const char *name, const char *from, const char *forced, guint base, guint arm)
{
  BsAblationComparison comparison
    = { .name = g_strdup (name), .from = g_strdup (from), .forced = g_strdup (forced), .base = base, .arm = arm };
  g_array_append_val (self->comparisons, comparison);
}

/* Compares @option thrown to @value with @base, or leaves it out. */
static void
add_value (BsAblationPlan *self, const BsOptions *base, BsOption option, int value)
{
  BsOptions from = *base, to = *base;
  g_autofree char *reason = NULL;
  to.value[option] = value;
  g_autofree char *name = assignment (&to, option);

  if (traits[option].needs != NULL && !bs_options_set (&from, traits[option].needs, NULL))
    g_assert_not_reached (); /* the table above is right */
  if (!works (&from, option, value, &reason) && !make_room (&from, option, value))
    {
      leave_out (self, g_steal_pointer (&name), reason);
      return;
    }
  to = from;
  to.value[option] = value;
  g_autofree char *was = assignment (&from, option);
  g_autofree char *forced = differences (base, &from, -1, -1);
  guint base_arm = arm_for (self, &from, traits[option].work);
  compare (self, name, was, forced, base_arm, arm_for (self, &to, traits[option].work));
}

static void
add_every_value (BsAblationPlan *self, const BsOptions *base)
{
  for (int option = 0; option < BS_N_OPTIONS; option++)
    {
      int values[MAX_VALUES];
      guint n = other_values ((BsOption) option, base->value[option], values);
      for (guint i = 0; i < n; i++)
        add_value (self, base, (BsOption) option, values[i]);
    }
}

/* @base with @option thrown to the first other value that can be had there. */
static gboolean
throw_one (const BsOptions *base, BsOption option, BsOptions *thrown)
{
  int values[MAX_VALUES];
  guint n = other_values (option, base->value[option], values);

  for (guint i = 0; i < n; i++)
    {
      *thrown = *base;
      thrown->value[option] = values[i];
      if (works (base, option, values[i], NULL))
        return TRUE;
    }
  return FALSE;
}

/* Whether @option counts at all with the others as they are in @options. */
static gboolean
counts (const BsOptions *options, BsOption option)
{
  BsOptions needed = *options;
  return traits[option].needs == NULL
         || (bs_options_set (&needed, traits[option].needs, NULL) && bs_options_equal (&needed, options));
}

static void
add_pairs (BsAblationPlan *self, const BsOptions *base)
{
  for (int a = 0; a < BS_N_OPTIONS; a++)
    for (int b = a + 1; b < BS_N_OPTIONS; b++)
      {
        BsOptions thrown, both;
        BsAblationWork work = MAX (traits[a].work, traits[b].work);

        /* Those that cannot be thrown by themselves are told of as such, once. */
        if (!throw_one (base, (BsOption) a, &thrown))
          continue;
        if (!throw_one (&thrown, (BsOption) b, &both) || !counts (&both, (BsOption) a) || !counts (&both, (BsOption) b))
          continue;
        g_autofree char *first = assignment (&both, (BsOption) a);
        g_autofree char *second = assignment (&both, (BsOption) b);
        g_autofree char *was_first = assignment (base, (BsOption) a);
        g_autofree char *was_second = assignment (base, (BsOption) b);
        g_autofree char *name = g_strdup_printf ("%s, %s", first, second);
        g_autofree char *was = g_strdup_printf ("%s, %s", was_first, was_second);
        guint base_arm = arm_for (self, base, work);
        compare (self, name, was, NULL, base_arm, arm_for (self, &both, work));
      }
}

/* "NAME=VALUE,VALUE": @options with each value in turn. */
static gboolean
add_list (BsAblationPlan *self, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = g_strndup (text, (gsize) (equals - text));
  int option = bs_option_by_name (name);
  /* Nothing at all is one value, which is none. */
  g_auto (GStrv) values = g_strsplit (equals[1] != '\0' ? equals + 1 : " ", ",", -1);

  if (g_strv_length (values) > MAX_VALUES)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_PLAN, "%s: at most %d values can be compared", name,
                   MAX_VALUES);
      return FALSE;
    }
  for (guint i = 0; values[i] != NULL; i++)
    {
      BsOptions thrown = self->options;
      g_autofree char *one = g_strdup_printf ("%s=%s", name, values[i]);
      gboolean seen = FALSE;
      if (!bs_options_set (&thrown, one, error))
        return FALSE;
      g_autofree char *as_shown = assignment (&thrown, (BsOption) option);
      for (guint k = 0; k < self->comparisons->len; k++)
        seen = seen || strcmp (g_array_index (self->comparisons, BsAblationComparison, k).name, as_shown) == 0;
      if (!seen && thrown.value[option] != self->options.value[option])
        add_value (self, &self->options, (BsOption) option, thrown.value[option]);
    }
  if (self->comparisons->len > 0 || self->left_out->len > 0)
    return TRUE;
  g_autofree char *current = assignment (&self->options, (BsOption) option);
  g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_PLAN,
               "\"%s\" has nothing to compare with: %s is what is set already", text, current);
  return FALSE;
}

/* The same again, as an arm of its own: what differs there is the machine's doing. */
static void
add_control (BsAblationPlan *self)
{
  const BsAblationArm *baseline = &g_array_index (self->arms, BsAblationArm, 0);
  BsAblationArm control = { .name = g_strdup (N_ ("baseline again")), .options = baseline->options, .work = baseline->work };
  g_array_append_val (self->arms, control);
  compare (self, "baseline again", "baseline", NULL, 0, self->arms->len - 1);
}

/* Both ends beside each other: @end under @name. */
static void
add_end (BsAblationPlan *self, const BsOptions *end, const char *name)
{
  const BsAblationArm *baseline = &g_array_index (self->arms, BsAblationArm, 0);
  if (!bs_options_equal (&baseline->options, end))
    compare (self, name, "baseline", NULL, 0, arm_for (self, end, BS_ABLATION_LIVE));
}

static gboolean
unknown_plan (const char *text, GError **error)
{
  g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_PLAN,
               "no plan \"%s\": expected leave-one-out, add-one, pairs or NAME=VALUE,VALUE...", text);
  return FALSE;
}

static gboolean
fill (BsAblationPlan *self, GError **error)
{
  PlanKind kind = 0;
  BsOptions off;

  if (!bs_options_check (&self->options, error))
    return FALSE;
  while (kind < N_PLANS && strcmp (plans[kind].name, self->text) != 0)
    kind++;
  if (kind == N_PLANS && strchr (self->text, '=') == NULL)
    return unknown_plan (self->text, error);

  bs_ablation_plan_off (&self->options, &off);
  const BsOptions *base = kind == PLAN_ADD_ONE ? &off : &self->options;
  arm_for (self, base, BS_ABLATION_LIVE);
  if (kind == N_PLANS)
    {
      if (!add_list (self, self->text, error))
        return FALSE;
    }
  else
    add_every_value (self, base);
  if (kind == PLAN_PAIRS)
    add_pairs (self, base);
  if (kind == PLAN_ADD_ONE)
    add_end (self, &self->options, N_ ("everything on"));
  else if (kind != N_PLANS)
    add_end (self, &off, N_ ("everything off"));
  add_control (self);
  return TRUE;
}

BsAblationPlan *
bs_ablation_plan_new (const char *text, const BsOptions *options, GError **error)
{
  g_return_val_if_fail (text != NULL && options != NULL, NULL);

  g_autoptr (BsAblationPlan) self = g_new0 (BsAblationPlan, 1);
  self->text = g_strdup (text);
  self->options = *options;
  if (self->options.pruned == BS_VARIANT_UNKNOWN)
    self->options.pruned = BS_VARIANT_ABSENT; /* without a model nothing can be promised of it */
  self->arms = g_array_new (FALSE, TRUE, sizeof (BsAblationArm));
  self->comparisons = g_array_new (FALSE, TRUE, sizeof (BsAblationComparison));
  self->left_out = g_array_new (FALSE, TRUE, sizeof (BsAblationLeftOut));
  g_array_set_clear_func (self->arms, arm_clear);
  g_array_set_clear_func (self->comparisons, comparison_clear);
  g_array_set_clear_func (self->left_out, left_out_clear);
  if (!fill (self, error))
    return NULL;
  return g_steal_pointer (&self);
}
