/* The keys of the program: what is bound, what the shortcuts window shows and what docs/keyboard.md says are the same. */
#include <gtk/gtk.h>
#include <string.h>

#include "app/bs-accelerators.h"
#include "ui/backtest/bs-equity-chart.h"
#include "ui/chart/bs-chart.h"
#include "ui/latency/bs-latency-table.h"
#include "ui/latency/bs-latency-timeline.h"
#include "ui/panels/bs-signal-log.h"
#include "ui/panels/bs-signal-table.h"

/* Where keys are bound. */
typedef enum
{
  APPLICATION, /* accelerators, everywhere in the window */
  PLAIN,       /* without a modifier, where nobody wants them */
  CHART,
  TIMELINE,
  STAGES,
  LOG,
  EQUITY,
  JOURNAL, /* read in its source */
  LISTS,   /* GTK's own, those that are worth a line */
  MENU,    /* GTK's own: of a primary menu button */
  N_SOURCES
} Source;

#define BIT(source) (1u << (source))

/* What a group of the shortcuts window may show. All that the sources up to JOURNAL bind has to be in one of their groups. */
static const struct
{
  const char *group;
  guint sources;
} groups[] = {
  { "bars", BIT (APPLICATION) },
  { "replay", BIT (APPLICATION) | BIT (PLAIN) },
  { "window", BIT (APPLICATION) | BIT (MENU) },
  { "pages-go", BIT (APPLICATION) },
  { "charts", BIT (APPLICATION) },
  { "watchlist", BIT (APPLICATION) | BIT (LISTS) },
  { "chart-move", BIT (APPLICATION) | BIT (CHART) },
  { "chart-look", BIT (APPLICATION) | BIT (CHART) },
  { "latency", BIT (TIMELINE) },
  { "latency-table", BIT (STAGES) },
  { "log", BIT (LOG) },
  { "backtest", BIT (EQUITY) },
  { "journal", BIT (JOURNAL) | BIT (LISTS) },
};

/* A key as one writes it: its name in small letters, the number pad's as the others, and without the Shift that a sign takes. */
static char *
canonical (guint key, GdkModifierType modifiers)
{
  static const struct
  {
    guint from, to;
  } same[] = {
    { GDK_KEY_KP_Add, GDK_KEY_plus },        { GDK_KEY_equal, GDK_KEY_plus },       { GDK_KEY_KP_Subtract, GDK_KEY_minus },
    { GDK_KEY_KP_0, GDK_KEY_0 },             { GDK_KEY_KP_Home, GDK_KEY_Home },     { GDK_KEY_KP_End, GDK_KEY_End },
    { GDK_KEY_KP_Left, GDK_KEY_Left },       { GDK_KEY_KP_Right, GDK_KEY_Right },   { GDK_KEY_KP_Up, GDK_KEY_Up },
    { GDK_KEY_KP_Down, GDK_KEY_Down },       { GDK_KEY_KP_Page_Up, GDK_KEY_Page_Up },
    { GDK_KEY_KP_Page_Down, GDK_KEY_Page_Down }, { GDK_KEY_KP_Enter, GDK_KEY_Return },
  };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    if (key == same[i].from)
      key = same[i].to;
  if (key == GDK_KEY_plus)
    modifiers &= ~GDK_SHIFT_MASK;
  return gtk_accelerator_name (gdk_keyval_to_lower (key), modifiers);
}

static void
add_accelerator (GHashTable *set, const char *text)
{
  GdkModifierType modifiers;
  guint key;

  g_assert_true (gtk_accelerator_parse (text, &key, &modifiers));
  g_assert_cmpuint (key, !=, 0);
  g_hash_table_add (set, canonical (key, modifiers));
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
add_trigger (GHashTable *set, GtkShortcutTrigger *trigger)
{
  if (GTK_IS_ALTERNATIVE_TRIGGER (trigger))
    {
      add_trigger (set, gtk_alternative_trigger_get_first (GTK_ALTERNATIVE_TRIGGER (trigger)));
      add_trigger (set, gtk_alternative_trigger_get_second (GTK_ALTERNATIVE_TRIGGER (trigger)));
    }
  else if (GTK_IS_KEYVAL_TRIGGER (trigger))
    g_hash_table_add (set, canonical (gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)),
                                      gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger))));
}

static void
add_controller (GHashTable *set, GListModel *shortcuts)
{
  for (guint i = 0; i < g_list_model_get_n_items (shortcuts); i++)
    {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (shortcuts, i);
      add_trigger (set, gtk_shortcut_get_trigger (shortcut));
    }
}

/* What @widget's class, its parents and itself bind. */
static GHashTable *
keys_of_widget (GtkWidget *widget)
{
  GHashTable *set = new_set ();
  g_object_ref_sink (widget);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_SHORTCUT_CONTROLLER (controller))
        add_controller (set, G_LIST_MODEL (controller));
    }
  g_object_unref (widget);
  return set;
}

static GHashTable *
keys_of_application (void)
{
  GHashTable *set = new_set ();
  g_autoptr (GtkApplication) application = gtk_application_new ("org.barscope.Test", G_APPLICATION_NON_UNIQUE);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
  g_assert_no_error (error);
  bs_accelerators_install (application);
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (application);
  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) accels = gtk_application_get_accels_for_action (application, actions[i]);
      for (guint k = 0; accels[k] != NULL; k++)
        add_accelerator (set, accels[k]);
    }
  return set;
}

static char *
read_source (const char *path)
{
  g_autofree char *name = g_test_build_filename (G_TEST_DIST, "..", path, NULL);
  g_autoptr (GError) error = NULL;
  char *text;
  g_file_get_contents (name, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Its page is no part of a library: the bindings as they are written. */
static GHashTable *
keys_of_source (const char *path)
{
  GHashTable *set = new_set ();
  g_autofree char *text = read_source (path);
  g_autoptr (GRegex) regex = g_regex_new ("add_binding(?:_action)? \\(\\w+, GDK_KEY_(\\w+), (\\w+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *key = g_match_info_fetch (match, 1), *modifiers = g_match_info_fetch (match, 2);
      g_assert_cmpstr (modifiers, ==, "0");
      add_accelerator (set, key);
    }
  return set;
}

static GHashTable *
keys_of (Source source)
{
  GHashTable *set;
  switch (source)
    {
    case APPLICATION:
      return keys_of_application ();
    case PLAIN:
      {
        g_autoptr (GtkEventController) controller = bs_accelerators_new_plain ();
        set = new_set ();
        add_controller (set, G_LIST_MODEL (controller));
        return set;
      }
    case CHART:
      return keys_of_widget (bs_chart_new ());
    case TIMELINE:
      return keys_of_widget (g_object_new (BS_TYPE_LATENCY_TIMELINE, NULL));
    case STAGES:
      return keys_of_widget (g_object_new (BS_TYPE_LATENCY_TABLE, NULL));
    case LOG:
      {
        set = keys_of_widget (g_object_new (BS_TYPE_SIGNAL_TABLE, NULL));
        g_autoptr (GHashTable) more = keys_of_widget (bs_signal_log_new ());
        GHashTableIter iter;
        gpointer key;
        for (g_hash_table_iter_init (&iter, more); g_hash_table_iter_next (&iter, &key, NULL);)
          g_hash_table_add (set, g_strdup (key));
        return set;
      }
    case EQUITY:
      return keys_of_widget (bs_equity_chart_new ());
    case JOURNAL:
      return keys_of_source ("app/bs-journal-page.c");
    case LISTS:
      /* Return is of the row that has the focus. */
      set = keys_of_widget (gtk_list_view_new (NULL, NULL));
      add_accelerator (set, "Return");
      return set;
    case MENU:
      set = keys_of_widget (g_object_new (GTK_TYPE_MENU_BUTTON, "primary", TRUE, NULL));
      add_accelerator (set, "F10");
      return set;
    case N_SOURCES:
    default:
      g_assert_not_reached ();
    }
}

static GHashTable *bound[N_SOURCES];

/* The shortcuts window, read as GtkBuilder does: groups by their id, and their title. */
typedef struct
{
  GHashTable *groups; /* id → set of keys */
  GHashTable *titles; /* id → title */
  GString *text;
  char *group, *property;
} Overlay;

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data,
               GError **error)
{
  Overlay *overlay = data;
  const char *klass = NULL, *id = NULL, *name = NULL;
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (g_str_equal (names[i], "class"))
        klass = values[i];
      else if (g_str_equal (names[i], "id"))
        id = values[i];
      else if (g_str_equal (names[i], "name"))
        name = values[i];
    }
  g_string_truncate (overlay->text, 0);
  if (g_str_equal (element, "object") && g_str_equal (klass, "GtkShortcutsGroup"))
    {
      g_assert_nonnull (id);
      g_free (overlay->group);
      overlay->group = g_strdup (id);
      g_hash_table_insert (overlay->groups, g_strdup (id), new_set ());
    }
  if (g_str_equal (element, "property"))
    {
      g_free (overlay->property);
      overlay->property = g_strdup (name);
    }
}

static void
text (GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  g_string_append_len (((Overlay *) data)->text, text, (gssize) length);
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Overlay *overlay = data;
  if (!g_str_equal (element, "property") || overlay->group == NULL)
    return;
  if (g_str_equal (overlay->property, "accelerator"))
    {
      g_auto (GStrv) keys = g_strsplit (overlay->text->str, " ", -1);
      for (guint i = 0; keys[i] != NULL; i++)
        add_accelerator (g_hash_table_lookup (overlay->groups, overlay->group), keys[i]);
    }
  else if (g_str_equal (overlay->property, "title") && !g_hash_table_contains (overlay->titles, overlay->group))
    g_hash_table_insert (overlay->titles, g_strdup (overlay->group), g_strdup (overlay->text->str));
}

static void
overlay_read (Overlay *overlay)
{
  static const GMarkupParser parser = { .start_element = start_element, .text = text, .end_element = end_element };
  g_autofree char *ui = read_source ("app/help-overlay.ui");
  g_autoptr (GError) error = NULL;
  *overlay = (Overlay){ g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref),
                        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free), g_string_new (NULL), NULL, NULL };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, overlay, NULL);
  g_assert_true (g_markup_parse_context_parse (context, ui, -1, &error));
  g_assert_no_error (error);
}

static void
overlay_clear (Overlay *overlay)
{
  g_hash_table_unref (overlay->groups);
  g_hash_table_unref (overlay->titles);
  g_string_free (overlay->text, TRUE);
  g_free (overlay->group);
  g_free (overlay->property);
}

static guint
sources_of (const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (g_str_equal (groups[i].group, group))
      return groups[i].sources;
  g_test_message ("the shortcuts window has a group \"%s\", which this test does not know", group);
  g_test_fail ();
  return 0;
}

/* Each key of the window is bound where its group says; each that is bound is in the window. */
static void
test_window (void)
{
  Overlay overlay;
  GHashTableIter all, keys;
  gpointer group, set, key;
  overlay_read (&overlay);
  g_assert_cmpuint (g_hash_table_size (overlay.groups), ==, G_N_ELEMENTS (groups));

  for (g_hash_table_iter_init (&all, overlay.groups); g_hash_table_iter_next (&all, &group, &set);)
    {
      guint sources = sources_of (group);
      for (g_hash_table_iter_init (&keys, set); g_hash_table_iter_next (&keys, &key, NULL);)
        {
          gboolean found = FALSE;
          for (guint source = 0; source < N_SOURCES; source++)
            found |= (sources & BIT (source)) != 0 && g_hash_table_contains (bound[source], key);
          if (!found)
            {
              g_test_message ("%s of \"%s\" is bound nowhere", (char *) key, (char *) group);
              g_test_fail ();
            }
        }
    }
  for (guint source = 0; source <= JOURNAL; source++)
    {
      g_assert_cmpuint (g_hash_table_size (bound[source]), >, 0);
      for (g_hash_table_iter_init (&keys, bound[source]); g_hash_table_iter_next (&keys, &key, NULL);)
        {
          gboolean found = FALSE;
          for (g_hash_table_iter_init (&all, overlay.groups); g_hash_table_iter_next (&all, &group, &set);)
            found |= (sources_of (group) & BIT (source)) != 0 && g_hash_table_contains (set, key);
          if (!found)
            {
              g_test_message ("%s (source %u) is not in the shortcuts window", (char *) key, source);
              g_test_fail ();
            }
        }
    }
  overlay_clear (&overlay);
}

/* An accelerator of the window comes before the keys of what has the focus: those would never be reached. */
static void
test_none_hidden (void)
{
  GHashTableIter keys;
  gpointer key;
  for (guint source = CHART; source <= JOURNAL; source++)
    for (g_hash_table_iter_init (&keys, bound[APPLICATION]); g_hash_table_iter_next (&keys, &key, NULL);)
      if (g_hash_table_contains (bound[source], key))
        {
          g_test_message ("%s is the application's, and hides the one of source %u", (char *) key, source);
          g_test_fail ();
        }
}

/* "Ctrl+Page Up" of the text: as canonical(). */
static char *
written (const char *text)
{
  static const struct
  {
    const char *text, *name;
  } names[] = {
    { "+", "plus" },       { "−", "minus" },         { ",", "comma" },      { ".", "period" },     { "?", "question" },
    { "[", "bracketleft" }, { "]", "bracketright" }, { "Space", "space" }, { "Enter", "Return" }, { "Backspace", "BackSpace" },
    { "Page Up", "Page_Up" }, { "Page Down", "Page_Down" },
  };
  static const struct
  {
    const char *text, *name;
  } modifiers[] = { { "Ctrl+", "<Control>" }, { "Shift+", "<Shift>" }, { "Alt+", "<Alt>" } };
  g_autoptr (GString) accelerator = g_string_new (NULL);
  GdkModifierType mask;
  guint key;
  const char *rest = text;

  for (guint i = 0; i < G_N_ELEMENTS (modifiers); i++)
    if (g_str_has_prefix (rest, modifiers[i].text))
      {
        g_string_append (accelerator, modifiers[i].name);
        rest += strlen (modifiers[i].text);
      }
  const char *name = rest;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (rest, names[i].text))
      name = names[i].name;
  g_string_append (accelerator, name);
  if (!gtk_accelerator_parse (accelerator->str, &key, &mask) || key == 0)
    {
      g_test_message ("docs/keyboard.md: \"%s\" is no key", text);
      g_test_fail ();
      return g_strdup (text);
    }
  return canonical (key, mask);
}

/* Heading of the third degree → set of the keys in its tables under "Keys". */
static GHashTable *
read_document (void)
{
  GHashTable *sections
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  g_autofree char *text = read_source ("docs/keyboard.md");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GHashTable *set = NULL;
  gboolean keys = FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], "### "))
        g_hash_table_insert (sections, g_strdup (lines[i] + 4), set = new_set ());
      if (!g_str_has_prefix (lines[i], "| "))
        continue;
      if (g_str_has_prefix (lines[i], "| Keys |") || g_str_has_prefix (lines[i], "| Pointer |"))
        {
          keys = lines[i][2] == 'K';
          continue;
        }
      const char *end = strstr (lines[i] + 2, " | ");
      g_assert_nonnull (end);
      g_autofree char *cell = g_strndup (lines[i] + 2, (gsize) (end - lines[i] - 2));
      g_auto (GStrv) tokens = g_strsplit (cell, ", ", -1);
      for (guint k = 0; keys && tokens[k] != NULL; k++)
        g_hash_table_add (set, written (tokens[k]));
    }
  return sections;
}

/* The document has the window's groups under the same titles, with the same keys. */
static void
test_document (void)
{
  Overlay overlay;
  GHashTableIter all, keys;
  gpointer group, set, key;
  g_autoptr (GHashTable) sections = read_document ();
  overlay_read (&overlay);
  for (g_hash_table_iter_init (&all, overlay.groups); g_hash_table_iter_next (&all, &group, &set);)
    {
      const char *title = g_hash_table_lookup (overlay.titles, group);
      GHashTable *section = g_hash_table_lookup (sections, title);
      if (section == NULL)
        {
          g_test_message ("docs/keyboard.md has no \"### %s\"", title);
          g_test_fail ();
          continue;
        }
      for (g_hash_table_iter_init (&keys, set); g_hash_table_iter_next (&keys, &key, NULL);)
        if (!g_hash_table_contains (section, key))
          {
            g_test_message ("docs/keyboard.md, \"%s\": %s is missing", title, (char *) key);
            g_test_fail ();
          }
      for (g_hash_table_iter_init (&keys, section); g_hash_table_iter_next (&keys, &key, NULL);)
        if (!g_hash_table_contains (set, key))
          {
            g_test_message ("docs/keyboard.md, \"%s\": %s is not in the shortcuts window", title, (char *) key);
            g_test_fail ();
          }
    }
  g_assert_cmpuint (g_hash_table_size (sections), ==, g_hash_table_size (overlay.groups));
  overlay_clear (&overlay);
}

/* Whoever binds keys is among the sources above, or binds none that is worth a line. */
static void
test_all_sources (void)
{
  static const char *const known[] = {
    "app/bs-accelerators.c",
    "app/bs-connect-dialog.c", /* Escape, as every dialog */
    "app/bs-import-page.c", /* likewise */
    "app/bs-journal-page.c",
    "ui/backtest/bs-equity-chart.c",
    "ui/chart/bs-chart-actions.c",
    "ui/latency/bs-latency-table.c",
    "ui/latency/bs-latency-timeline-input.c",
    "ui/panels/bs-signal-log.c",
    "ui/panels/bs-signal-table.c",
  };
  static const char *const folders[] = { "app", "ui", "ui/backtest", "ui/chart", "ui/lab", "ui/latency", "ui/panels", "ui/train", "ui/watch" };
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", folders[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      g_assert_nonnull (dir);
      for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
        {
          g_autofree char *path = g_strconcat (folders[i], "/", name, NULL);
          if (!g_str_has_suffix (name, ".c"))
            continue;
          g_autofree char *source = read_source (path);
          gboolean binds = strstr (source, "gtk_widget_class_add_binding") != NULL
                           || strstr (source, "gtk_shortcut_new") != NULL
                           || strstr (source, "gtk_application_set_accels_for_action") != NULL
                           || strstr (source, "gtk_event_controller_key_new") != NULL;
          gboolean listed = FALSE;
          for (guint k = 0; k < G_N_ELEMENTS (known); k++)
            listed |= g_str_equal (known[k], path);
          if (binds && !listed)
            {
              g_test_message ("%s binds keys, and this test does not know of it", path);
              g_test_fail ();
            }
          n += binds && listed;
        }
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (known));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_test_message ("there is no display");
      return 77;
    }
  for (guint source = 0; source < N_SOURCES; source++)
    bound[source] = keys_of ((Source) source);
  g_test_add_func ("/shortcuts/window", test_window);
  g_test_add_func ("/shortcuts/none-hidden", test_none_hidden);
  g_test_add_func ("/shortcuts/document", test_document);
  g_test_add_func ("/shortcuts/all-sources", test_all_sources);
  int status = g_test_run ();
  for (guint source = 0; source < N_SOURCES; source++)
    g_hash_table_unref (bound[source]);
  return status;
}
