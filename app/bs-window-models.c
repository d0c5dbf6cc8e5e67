/* bs-window-models.c: another model takes over, and the one before stays a click away */
#include <glib/gi18n.h>

#include "app/bs-window-private.h"

#define STATE_KEY "bs-window-models"

/* What is asked for and not answered yet, and what was in use before. */
typedef struct
{
  BsModel *asked, *before;          /* (nullable) */
  char *asked_path, *before_path; /* (nullable) */
} State;

static void
state_free (gpointer data)
{
  State *state = data;

  bs_model_unref (state->asked);
  bs_model_unref (state->before);
  g_free (state->asked_path);
  g_free (state->before_path);
  g_free (state);
}

static State *
state_of (BsWindow *self)
{
  return g_object_get_data (G_OBJECT (self), STATE_KEY);
}

static void
ask_for (BsWindow *self, BsModel *model, const char *path)
{
  State *state = state_of (self);
  BsSession *session = bs_presenter_session (self->presenter);

  if (session == NULL)
    {
      bs_window_toast (self, _ ("There is no session that could use it"), NULL, NULL);
      return;
    }
  bs_model_ref (model);
  bs_model_unref (state->asked);
  state->asked = model;
  g_free (state->asked_path);
  state->asked_path = g_strdup (path);
  bs_session_set_model (session, model);
}

static void
on_use_model (BsModelsPage *page, BsModel *model, const char *path, BsWindow *self)
{
  ask_for (self, model, path);
}

/* The session has answered: at a bar's edge the model has taken over, or cannot. */
static void
on_switched (BsPresenter *presenter, gboolean granted, const char *message, BsWindow *self)
{
  State *state = state_of (self);

  if (state->asked == NULL || self->loaded == NULL)
    return;
  g_autoptr (BsModel) asked = g_steal_pointer (&state->asked);
  g_autofree char *path = g_steal_pointer (&state->asked_path);
  if (!granted)
    return; /* the window says why */
  bs_model_unref (state->before);
  g_free (state->before_path);
  state->before = g_steal_pointer (&self->loaded->model);
  state->before_path = g_steal_pointer (&self->loaded->model_path);
  self->loaded->model = bs_model_ref (asked);
  self->loaded->model_path = g_strdup (path);
  g_free (self->model_path); /* of bars that are opened later */
  self->model_path = g_strdup (path);
  bs_sidebar_set_model (self->sidebar, asked, path);
  bs_lab_page_set_loaded (self->lab, self->loaded);
  bs_models_page_set_in_use (self->models, asked, path);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "previous-model")),
                               state->before != NULL);
  const char *name = bs_model_metadata (asked, "name");
  g_autofree char *text = g_strdup_printf (_ ("Now in use: %s"), name != NULL ? name : _ ("another model"));
  bs_window_toast (self, text, state->before != NULL ? _ ("Back") : NULL,
                   state->before != NULL ? "win.previous-model" : NULL);
}

static void
on_previous_model (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BsWindow *self = BS_WINDOW (data);
  State *state = state_of (self);

  if (state->before != NULL)
    ask_for (self, state->before, state->before_path);
}

static void
on_show_models (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_view_stack_set_visible_child_name (BS_WINDOW (data)->views, "models");
}

static void
on_trained (BsModelsPage *page, const char *words, BsWindow *self)
{
  if (!g_str_equal (adw_view_stack_get_visible_child_name (self->views), "models"))
    bs_window_toast (self, words, _ ("Models"), "win.show-models");
}

void
bs_window_models_init (BsWindow *self)
{
  const GActionEntry entries[] = {
    { .name = "previous-model", .activate = on_previous_model },
    { .name = "show-models", .activate = on_show_models },
  };

  g_object_set_data_full (G_OBJECT (self), STATE_KEY, g_new0 (State, 1), state_free);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "previous-model")),
                               FALSE);
  bs_models_page_setup (self->models, self->presenter);
  g_signal_connect_object (self->models, "use-model", G_CALLBACK (on_use_model), self, 0);
  g_signal_connect_object (self->models, "trained", G_CALLBACK (on_trained), self, 0);
  g_signal_connect_object (self->presenter, "switched", G_CALLBACK (on_switched), self, 0);
}
