/* bs-latency-marks.c: when which switch was thrown */
#include "ui/latency/bs-latency-marks.h"

struct _BsLatencyMarks
{
  char *first_state;
  BsOptions options; /* after the last mark */
  GArray *marks;     /* BsLatencyMark, ascending */
};

static void
clear_mark (gpointer data)
{
  BsLatencyMark *mark = data;

  g_free (mark->text);
  g_free (mark->state);
}

/* The options that differ from the defaults, in the words of --set. */
static char *
state_of (const BsOptions *options)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < BS_N_OPTIONS; i++)
    {
      const BsOptionInfo *info = bs_option_info ((BsOption) i);
      if (options->value[i] == info->default_value)
        continue;
      g_autofree char *value = bs_options_value_string (options, (BsOption) i);
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", info->name, value);
    }
  if (text->len == 0)
    g_string_append (text, "defaults");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

BsLatencyMarks *
bs_latency_marks_new (const BsOptions *options)
{
  BsLatencyMarks *self = g_new0 (BsLatencyMarks, 1);

  if (options != NULL)
    self->options = *options;
  else
    bs_options_init (&self->options);
  self->first_state = state_of (&self->options);
  self->marks = g_array_new (FALSE, FALSE, sizeof (BsLatencyMark));
  g_array_set_clear_func (self->marks, clear_mark);
  return self;
}

void
bs_latency_marks_free (BsLatencyMarks *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->marks);
  g_free (self->first_state);
  g_free (self);
}

BsLatencyMarks *
bs_latency_marks_copy (const BsLatencyMarks *self)
{
  BsLatencyMarks *copy = bs_latency_marks_new (&self->options);

  g_free (copy->first_state);
  copy->first_state = g_strdup (self->first_state);
  for (guint i = 0; i < self->marks->len; i++)
    {
      const BsLatencyMark *mark = &g_array_index (self->marks, BsLatencyMark, i);
      BsLatencyMark copied = { mark->number, g_strdup (mark->text), g_strdup (mark->state) };
      g_array_append_val (copy->marks, copied);
    }
  return copy;
}

void
bs_latency_marks_add (BsLatencyMarks *self, const BsTraceSwitch *change)
{
  BsLatencyMark *last = self->marks->len > 0 ? &g_array_index (self->marks, BsLatencyMark, self->marks->len - 1) : NULL;
  g_autofree char *value = bs_option_value_string (change->option, change->to);
  g_autofree char *text = g_strdup_printf ("%s %s", bs_option_info (change->option)->name, value);

  g_return_if_fail (last == NULL || change->n_traced >= last->number);

  self->options.value[change->option] = change->to;
  if (last != NULL && last->number == change->n_traced)
    {
      g_autofree char *before = last->text;
      last->text = g_strdup_printf ("%s, %s", before, text);
      g_free (last->state);
      last->state = state_of (&self->options);
      return;
    }
  BsLatencyMark mark = { change->n_traced, g_steal_pointer (&text), state_of (&self->options) };
  g_array_append_val (self->marks, mark);
}

void
bs_latency_marks_trim (BsLatencyMarks *self, guint64 first)
{
  guint gone = 0;

  while (gone < self->marks->len && g_array_index (self->marks, BsLatencyMark, gone).number < first)
    gone++;
  if (gone == 0)
    return;
  g_free (self->first_state);
  self->first_state = g_strdup (g_array_index (self->marks, BsLatencyMark, gone - 1).state);
  g_array_remove_range (self->marks, 0, gone);
}

guint
bs_latency_marks_length (const BsLatencyMarks *self)
{
  return self->marks->len;
}

const BsLatencyMark *
bs_latency_marks_nth (const BsLatencyMarks *self, guint i)
{
  g_return_val_if_fail (i < self->marks->len, NULL);
  return &g_array_index (self->marks, BsLatencyMark, i);
}

const char *
bs_latency_marks_first_state (const BsLatencyMarks *self)
{
  return self->first_state;
}

BsLatencyRange
bs_latency_marks_stretch (const BsLatencyMarks *self, guint i)
{
  g_return_val_if_fail (i <= self->marks->len, ((BsLatencyRange){ 0, 0 }));

  return (BsLatencyRange){
    .from = i > 0 ? bs_latency_marks_nth (self, i - 1)->number : 0,
    .to = i < self->marks->len ? bs_latency_marks_nth (self, i)->number : G_MAXUINT64,
  };
}

const char *
bs_latency_marks_stretch_state (const BsLatencyMarks *self, guint i)
{
  g_return_val_if_fail (i <= self->marks->len, NULL);
  return i > 0 ? bs_latency_marks_nth (self, i - 1)->state : self->first_state;
}

guint
bs_latency_marks_find (const BsLatencyMarks *self, guint64 number)
{
  guint i = self->marks->len;

  while (i > 0 && bs_latency_marks_nth (self, i - 1)->number > number)
    i--;
  return i;
}

void
bs_latency_marks_state_ranges (const BsLatencyMarks *self, const char *state, GArray *ranges)
{
  g_array_set_size (ranges, 0);
  for (guint i = 0; i <= self->marks->len; i++)
    {
      BsLatencyRange range = bs_latency_marks_stretch (self, i);
      if (g_str_equal (bs_latency_marks_stretch_state (self, i), state) && range.from < range.to)
        g_array_append_val (ranges, range);
    }
}
