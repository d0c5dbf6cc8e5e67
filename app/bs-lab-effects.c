#include "app/bs-lab-effects.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/bs-config.h"
#include "ui/bs-number.h"

/* (nullable): the value in a row's name "OPTION=VALUE"; %NULL where the row is of another option, or of several. */
static const char *
value_of (const BsAblationRow *row, BsOption option)
{
  const char *name = bs_option_info (option)->name;
  gsize length = strlen (name);

  if (strncmp (row->name, name, length) != 0 || row->name[length] != '=' || strpbrk (row->name, ", ") != NULL)
    return NULL;
  return row->name + length + 1;
}

static const char *
duration (char *buffer, double us)
{
  return bs_number_format_duration (buffer, (gint64) llround (1e3 * us));
}

char *
bs_lab_effect_text (const GArray *rows, BsOption option)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const BsAblationRow *row = &g_array_index (rows, BsAblationRow, i);
      const char *value = value_of (row, option);
      char with[BS_NUMBER_LENGTH], without[BS_NUMBER_LENGTH], low[BS_NUMBER_LENGTH], high[BS_NUMBER_LENGTH];

      if (value == NULL || row->reason != NULL)
        continue;
      /* Translators: a value of a switch, two times of a bar, the interval of their ratio, and what it means ("slower") */
      g_string_append_printf (text, _ ("%s%s: %s, not %s (×%s–%s, %s)"), text->len > 0 ? "\n" : "", value,
                              duration (with, row->us), duration (without, row->base_us),
                              bs_number_format (low, row->ratio.low, 2), bs_number_format (high, row->ratio.high, 2),
                              _ (bs_verdict_name (row->verdict)));
      if (row->forced != NULL)
        g_string_append_printf (text, _ (", both at %s"), row->forced);
      if (row->fidelity.n > 0)
        g_string_append_printf (text, _ (", confidence ±%s"), bs_number_format_significant (low, row->fidelity.max, 1));
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
