/* bs-signal-text.c: what is said of a signal, in words */
#include "ui/panels/bs-signal-text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/bs-number.h"
#include "ui/bs-bar-time.h"

typedef struct
{
  const char *shout, *word, *title;
} ClassText;

static const ClassText class_texts[BS_N_CLASSES] = {
  [BS_CLASS_SHORT] = { N_ ("SHORT"), N_ ("short"), N_ ("Short") },
  [BS_CLASS_HOLD] = { N_ ("HOLD"), N_ ("hold"), N_ ("Hold") },
  [BS_CLASS_LONG] = { N_ ("LONG"), N_ ("long"), N_ ("Long") },
};

const char *
bs_signal_text_class (BsClass klass)
{
  g_return_val_if_fail (klass < BS_N_CLASSES, "");
  return _ (class_texts[klass].shout);
}

const char *
bs_signal_text_class_word (BsClass klass)
{
  g_return_val_if_fail (klass < BS_N_CLASSES, "");
  return _ (class_texts[klass].word);
}

const char *
bs_signal_text_class_title (BsClass klass)
{
  g_return_val_if_fail (klass < BS_N_CLASSES, "");
  return _ (class_texts[klass].title);
}

BsClass
bs_signal_text_runner_up (const BsSignal *signal)
{
  BsClass best = signal->raw_class == 0 ? 1 : 0;

  for (guint c = 0; c < BS_N_CLASSES; c++)
    if (c != signal->raw_class && signal->probabilities[c] > signal->probabilities[best])
      best = c;
  return best;
}

/* Writes two percentages with as many decimals as it takes to tell them apart, three at most. */
static void
format_apart (char *a_text, double a, char *b_text, double b)
{
  guint decimals = 0;

  do
    {
      bs_number_format_percent (a_text, a, decimals);
      bs_number_format_percent (b_text, b, decimals);
    }
  while (decimals++ < 3 && g_str_equal (a_text, b_text));
}

static char *
warm_up_text (const BsSignal *signal, guint sequence_length)
{
  guint missing = signal->rows_missing;

  if (sequence_length >= missing && sequence_length > 0)
    return g_strdup_printf (ngettext ("Warming up: %u of %u bar", "Warming up: %u of %u bars", sequence_length),
                            sequence_length - missing, sequence_length);
  return g_strdup_printf (ngettext ("Warming up: %u more bar needed", "Warming up: %u more bars needed", missing),
                          missing);
}

char *
bs_signal_text_verdict (const BsSignal *signal, double threshold, guint sequence_length)
{
  char a[BS_NUMBER_LENGTH], b[BS_NUMBER_LENGTH];

  if (signal == NULL)
    return g_strdup (_ ("Waiting for bars"));
  if (signal->state == BS_SIGNAL_WARMING_UP)
    return warm_up_text (signal, sequence_length);
  if (signal->filtered)
    {
      format_apart (a, signal->confidence, b, threshold);
      /* Translators: "Held back: long at 61 % is under the threshold of 65 %" */
      return g_strdup_printf (_ ("Held back: %s at %s is under the threshold of %s"),
                              bs_signal_text_class_word (signal->raw_class), a, b);
    }

  BsClass second = bs_signal_text_runner_up (signal);
  double margin = 100.0 * (signal->confidence - signal->probabilities[second]);
  bs_number_format (a, margin, margin < 9.5 ? 1 : 0);
  /* Translators: "52 points ahead of hold": the margin between the two most probable classes, in percentage points */
  return g_strdup_printf (_ ("%s points ahead of %s"), a, bs_signal_text_class_word (second));
}

char *
bs_signal_text_range (const BsSignal *signal)
{
  if (signal == NULL || signal->state == BS_SIGNAL_WARMING_UP)
    return g_strdup ("");
  if (signal->in_range)
    return g_strdup (_ ("Inputs within the model’s training range"));
  return g_strdup_printf (ngettext ("Outside the model’s training range: %u input far off",
                                    "Outside the model’s training range: %u inputs far off", signal->n_out_of_range),
                          signal->n_out_of_range);
}

char *
bs_signal_text_summary (const BsSignal *signal, double threshold, guint sequence_length)
{
  g_autofree char *verdict = bs_signal_text_verdict (signal, threshold, sequence_length);
  g_autofree char *range = bs_signal_text_range (signal);
  char confidence[BS_NUMBER_LENGTH], time[BS_BAR_TIME_LENGTH];

  if (signal == NULL || signal->state == BS_SIGNAL_WARMING_UP)
    return g_strdup_printf (_ ("No signal. %s."), verdict);
  bs_bar_time_format (time, signal->time_us);
  if (signal->filtered)
    return g_strdup_printf (_ ("%s. %s. %s. Bar of %s."), bs_signal_text_class_title (signal->klass), verdict, range,
                            time);
  bs_number_format_percent (confidence, signal->confidence, 0);
  return g_strdup_printf (_ ("%s, %s. %s. %s. Bar of %s."), bs_signal_text_class_title (signal->klass), confidence,
                          verdict, range, time);
}
