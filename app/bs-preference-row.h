/* bs-preference-row.h: a key of GSettings as a row of preferences: a switch, a choice or a number, by the key's type */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** One row of a table; its texts are untranslated, marked N_(). */
typedef struct
{
  const char *key, *title, *subtitle; /* subtitle: (nullable) */
  /* Of a choice: values as stored and as shown, ended by %NULL. */
  const char *const *values, *const *names;
  double step; /* of a number */
  guint digits;
} BsPreferenceRow;

/** bs_preference_row_new: every change is stored, and what is stored is shown; a stored choice that is none of @row's is added */
GtkWidget *bs_preference_row_new (GSettings *settings, const BsPreferenceRow *row) G_GNUC_WARN_UNUSED_RESULT;

/** One group of a page. */
typedef struct
{
  const char *title, *description; /* untranslated; description: (nullable) */
  const BsPreferenceRow *rows;
  guint n_rows;
} BsPreferenceGroup;

/** bs_preference_group_add: a group of @page with its rows. Returns: (transfer none) */
AdwPreferencesGroup *bs_preference_group_add (AdwPreferencesPage *page, GSettings *settings, const BsPreferenceGroup *group);

G_END_DECLS
