/* bs-record-action.h: "Record Session…": asks for a file, records what the presenter's session does, and says how it goes */
#pragma once

#include "app/bs-presenter.h"
#include "app/bs-status-title.h"

G_BEGIN_DECLS

#define BS_TYPE_RECORD_ACTION (bs_record_action_get_type ())
G_DECLARE_FINAL_TYPE (BsRecordAction, bs_record_action, BS, RECORD_ACTION, GObject)

/**
 * bs_record_action_new:
 * @window: what the file chooser belongs to, and where the action "record" (stateful boolean) is added; not referenced: both
 *   it and @status live as long as the presenter works
 * @presenter: whose session is recorded; a reference is taken
 * @status: where it is said that one records, and for how long
 * @settings: (nullable): where the folder used last is kept
 *
 * Signal "ended" (const char *message, gboolean problem): a recording is in its file, or not all of it. Thread: main.
 */
BsRecordAction *bs_record_action_new (GtkWindow *window, BsPresenter *presenter, BsStatusTitle *status,
                                      GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** bs_record_action_set_instrument: what is recorded, for the file's name: @instrument: (nullable): nothing to record */
void bs_record_action_set_instrument (BsRecordAction *self, const char *instrument, guint decimals);

/** bs_record_action_start: begins to record to @path, without asking. %FALSE where nothing can be recorded or already is */
gboolean bs_record_action_start (BsRecordAction *self, const char *path);

G_END_DECLS
