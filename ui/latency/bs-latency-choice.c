/* bs-latency-choice.c: which predictions one looks at */
#include "ui/latency/bs-latency-choice.h"

#include <glib/gi18n.h>

/* Stretches offered: the newest. */
#define MAX_STRETCHES 12

void
bs_latency_choice_free (BsLatencyChoice *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->state);
  g_free (self);
}

BsLatencyChoice *
bs_latency_choice_new (BsLatencyChoiceKind kind)
{
  BsLatencyChoice *self = g_new0 (BsLatencyChoice, 1);

  self->kind = kind;
  if (kind == BS_LATENCY_CHOICE_NOTHING)
    self->title = g_strdup (_ ("Nothing"));
  else if (kind == BS_LATENCY_CHOICE_ALL)
    self->title = g_strdup (_ ("All"));
  else if (kind == BS_LATENCY_CHOICE_RANGE)
    self->title = g_strdup (_ ("Range"));
  return self;
}

BsLatencyChoice *
bs_latency_choice_copy (const BsLatencyChoice *self)
{
  BsLatencyChoice *copy = g_new (BsLatencyChoice, 1);

  *copy = *self;
  copy->title = g_strdup (self->title);
  copy->state = g_strdup (self->state);
  return copy;
}

gboolean
bs_latency_choice_equal (const BsLatencyChoice *a, const BsLatencyChoice *b)
{
  return a->kind == b->kind && g_strcmp0 (a->state, b->state) == 0 && a->number == b->number;
}

static void
add_state (GPtrArray *choices, const char *state)
{
  for (guint i = 0; i < choices->len; i++)
    if (g_strcmp0 (((BsLatencyChoice *) choices->pdata[i])->state, state) == 0)
      return;
  BsLatencyChoice *choice = bs_latency_choice_new (BS_LATENCY_CHOICE_STATE);
  choice->state = g_strdup (state);
  /* Translators: all predictions made while the switches stood so: "While hurst-cache off" */
  choice->title = g_strdup_printf (_ ("While %s"), state);
  g_ptr_array_add (choices, choice);
}

static void
add_stretch (GPtrArray *choices, const BsLatencyMarks *marks, guint i)
{
  BsLatencyRange range = bs_latency_marks_stretch (marks, i);
  BsLatencyChoice *choice = bs_latency_choice_new (BS_LATENCY_CHOICE_STRETCH);

  choice->number = range.from;
  /* Translators: predictions before or after a switch was thrown: "3: after hurst-cache off" */
  if (i > 0)
    choice->title = g_strdup_printf (_ ("%u: after %s"), i + 1, bs_latency_marks_nth (marks, i - 1)->text);
  else
    choice->title = g_strdup_printf (_ ("1: before %s"), bs_latency_marks_nth (marks, 0)->text);
  g_ptr_array_add (choices, choice);
}

GPtrArray *
bs_latency_choices (const BsLatencyMarks *marks, gboolean nothing)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_latency_choice_free);
  guint n_stretches = bs_latency_marks_length (marks) + 1;

  if (nothing)
    g_ptr_array_add (choices, bs_latency_choice_new (BS_LATENCY_CHOICE_NOTHING));
  g_ptr_array_add (choices, bs_latency_choice_new (BS_LATENCY_CHOICE_ALL));
  g_ptr_array_add (choices, bs_latency_choice_new (BS_LATENCY_CHOICE_RANGE));
  if (n_stretches == 1)
    return choices;
  for (guint i = 0; i < n_stretches; i++)
    add_state (choices, bs_latency_marks_stretch_state (marks, i));
  for (guint i = n_stretches - MIN (n_stretches, MAX_STRETCHES); i < n_stretches; i++)
    add_stretch (choices, marks, i);
  return choices;
}

void
bs_latency_choice_ranges (const BsLatencyChoice *self, const BsLatencyMarks *marks, const BsLatencyRange *selected,
                          GArray *ranges)
{
  BsLatencyRange range = { 0, G_MAXUINT64 };

  g_array_set_size (ranges, 0);
  switch (self->kind)
    {
    case BS_LATENCY_CHOICE_NOTHING:
      return;
    case BS_LATENCY_CHOICE_ALL:
      break;
    case BS_LATENCY_CHOICE_RANGE:
      if (selected == NULL)
        return;
      range = *selected;
      break;
    case BS_LATENCY_CHOICE_STATE:
      bs_latency_marks_state_ranges (marks, self->state, ranges);
      return;
    case BS_LATENCY_CHOICE_STRETCH:
      range = bs_latency_marks_stretch (marks, bs_latency_marks_find (marks, self->number));
      break;
    }
  if (range.from < range.to)
    g_array_append_val (ranges, range);
}
