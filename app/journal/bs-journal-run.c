#include "app/journal/bs-journal-run.h"

#include <string.h>

static const char *const kind_words[BS_N_JOURNAL_RUN_KINDS] = {
  [BS_JOURNAL_RUN_REPLAY] = "replay",       [BS_JOURNAL_RUN_FILE] = "file",   [BS_JOURNAL_RUN_HTTP] = "http",
  [BS_JOURNAL_RUN_WEBSOCKET] = "websocket", [BS_JOURNAL_RUN_REDIS] = "redis",
};

const char *
bs_journal_run_kind_word (BsJournalRunKind kind)
{
  g_return_val_if_fail (kind < BS_N_JOURNAL_RUN_KINDS, NULL);
  return kind_words[kind];
}

int
bs_journal_run_kind_by_word (const char *word)
{
  for (int i = 0; i < BS_N_JOURNAL_RUN_KINDS; i++)
    if (g_strcmp0 (kind_words[i], word) == 0)
      return i;
  return -1;
}

void
bs_journal_record_clear (BsJournalRecord *self)
{
  g_clear_pointer (&self->text, g_free);
}

BsJournalRun *
bs_journal_begin_run (BsJournal *journal, const BsJournalRunInfo *info)
{
  g_return_val_if_fail (info != NULL && info->instrument != NULL, NULL);
  BsJournalRun *self = g_new0 (BsJournalRun, 1);
  atomic_store (&self->refs, 1);
  self->kind = info->kind;
  self->instrument = g_strdup (info->instrument);
  self->origin = g_strdup (info->origin);
  self->model_name = g_strdup (info->model_name);
  self->info = *info;
  self->info.instrument = self->instrument;
  self->info.origin = self->origin;
  self->info.model_name = self->model_name;
  self->info.model_hash = NULL;
  self->started_us = g_get_real_time ();
  self->state.has_model = info->model_hash != NULL;
  if (info->model_hash != NULL)
    g_strlcpy (self->model_hash, info->model_hash, sizeof self->model_hash);
  memcpy (self->state.model_hash, self->model_hash, sizeof self->model_hash);
  self->state.options = info->options;
  return self;
}

BsJournalRun *
bs_journal_run_ref (BsJournalRun *self)
{
  atomic_fetch_add (&self->refs, 1);
  return self;
}

void
bs_journal_run_unref (BsJournalRun *self)
{
  if (self == NULL || atomic_fetch_sub (&self->refs, 1) > 1)
    return;
  g_free (self->instrument);
  g_free (self->origin);
  g_free (self->model_name);
  g_free (self);
}

gint64
bs_journal_run_id (BsJournalRun *self)
{
  return atomic_load (&self->id);
}

void
bs_journal_run_take_config (BsJournalRun *self, const BsJournalRecord *record)
{
  self->state.options = record->options;
  self->state.has_model = record->text != NULL;
  if (record->text != NULL)
    g_strlcpy (self->state.model_hash, record->text, sizeof self->state.model_hash);
  self->state.config = 0;
}
