/* bs-transport.h: playing, stepping and seeking: what the replay controls, the menu and the keys command */
#pragma once

#include "app/bs-presenter.h"

G_BEGIN_DECLS

/** One of the speeds offered. */
typedef struct
{
  double bars_per_second; /* or BS_REPLAY_SPEED_MAX; 0 where there is a @real_time */
  double real_time;       /* multiple of real time; 0: by bars */
  const char *title;      /* as shown, untranslated */
} BsReplaySpeed;

/** bs_replay_speed_nth: the speeds: bars a second, slowest first, the last being all that the machine can; then multiples of real
 * time: (nullable) past the last. Static. The places are kept in settings. */
const BsReplaySpeed *bs_replay_speed_nth (guint n);

#define BS_TYPE_TRANSPORT (bs_transport_get_type ())
G_DECLARE_FINAL_TYPE (BsTransport, bs_transport, BS, TRANSPORT, GObject)

/**
 * bs_transport_new:
 * @presenter: what is commanded; a reference is taken
 * @map: where the actions are added: "play" (stateful boolean), "step", "speed" (stateful uint, index of the speed),
 *   "faster", "slower", "restart"; not referenced: it must live as long as the presenter works
 *
 * Signal "changed": one of the getters below says something else. Thread: main.
 */
BsTransport *bs_transport_new (BsPresenter *presenter, GActionMap *map) G_GNUC_WARN_UNUSED_RESULT;

/** bs_transport_begin: after bs_presenter_start(): @start: where "play" begins anew once the end is reached; @playing: at once */
void bs_transport_begin (BsTransport *self, guint64 start, gboolean playing);

/** Whether there is anything to play. */
gboolean bs_transport_is_active (BsTransport *self);
gboolean bs_transport_is_playing (BsTransport *self);
/** Index of the speed. "faster" and "slower" stay with bars or with real time; the greatest speed lies above both. */
guint bs_transport_speed (BsTransport *self);
void bs_transport_set_speed (BsTransport *self, guint speed);
/** Bars shown, and bars there are. */
guint64 bs_transport_position (BsTransport *self);
guint64 bs_transport_length (BsTransport *self);
/** bs_transport_time: time (us, UTC) of the bar before @position, %G_MININT64 where there is none. */
gint64 bs_transport_time (BsTransport *self, guint64 position);
void bs_transport_seek (BsTransport *self, guint64 position);

G_END_DECLS
