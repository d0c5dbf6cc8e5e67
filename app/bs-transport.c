#include "app/bs-transport.h"

#include <glib/gi18n.h>

static const BsReplaySpeed speeds[] = {
  { 1.0, 0.0, N_ ("1 bar/s") },
  { 2.0, 0.0, N_ ("2 bars/s") },
  { 5.0, 0.0, N_ ("5 bars/s") },
  { 10.0, 0.0, N_ ("10 bars/s") },
  { 20.0, 0.0, N_ ("20 bars/s") },
  { 60.0, 0.0, N_ ("60 bars/s") },
  { 100.0, 0.0, N_ ("100 bars/s") },
  { 600.0, 0.0, N_ ("600 bars/s") },
  /* Translators: the greatest speed that the machine has */
  { BS_REPLAY_SPEED_MAX, 0.0, N_ ("Max") },
  /* Translators: a multiple of real time */
  { 0.0, 1.0, N_ ("1×") },
  { 0.0, 10.0, N_ ("10×") },
  { 0.0, 60.0, N_ ("60×") },
  { 0.0, 600.0, N_ ("600×") },
  { 0.0, 1000.0, N_ ("1000×") },
};
#define SPEED_MAX 8 /* its place */
#define LAST_SPEED (G_N_ELEMENTS (speeds) - 1)

const BsReplaySpeed *
bs_replay_speed_nth (guint n)
{
  return n < G_N_ELEMENTS (speeds) ? &speeds[n] : NULL;
}

struct _BsTransport
{
  GObject parent_instance;

  BsPresenter *presenter;
  GActionMap *map;
  guint64 start;
  gboolean playing;
  guint speed;
  gboolean real_time; /* the last speed but the greatest was one of real time */
};

G_DEFINE_FINAL_TYPE (BsTransport, bs_transport, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const action_names[] = { "play", "step", "faster", "slower", "restart" };

static GSimpleAction *
action (BsTransport *self, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (self->map, name));
}

static void
changed (BsTransport *self)
{
  gboolean active = bs_transport_is_active (self);
  for (guint i = 0; i < G_N_ELEMENTS (action_names); i++)
    g_simple_action_set_enabled (action (self, action_names[i]), active);
  g_simple_action_set_state (action (self, "play"), g_variant_new_boolean (self->playing));
  g_simple_action_set_state (action (self, "speed"), g_variant_new_uint32 (self->speed));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_playing (BsTransport *self, gboolean playing)
{
  if (!bs_transport_is_active (self))
    return;
  if (playing && bs_transport_position (self) >= bs_transport_length (self))
    bs_presenter_seek (self->presenter, self->start);
  self->playing = playing;
  bs_replay_feed_set_playing (bs_presenter_feed (self->presenter), playing);
  changed (self);
}

static void
on_play (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  BsTransport *self = data;
  set_playing (self, !self->playing);
}

static void
on_play_state (GSimpleAction *simple, GVariant *state, gpointer data)
{
  set_playing (data, g_variant_get_boolean (state));
}

static void
on_step (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  BsTransport *self = data;
  if (!bs_transport_is_active (self))
    return;
  if (self->playing)
    set_playing (self, FALSE);
  bs_replay_feed_step (bs_presenter_feed (self->presenter));
}

static void
on_speed_state (GSimpleAction *simple, GVariant *state, gpointer data)
{
  bs_transport_set_speed (data, g_variant_get_uint32 (state));
}

static void
on_faster (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  BsTransport *self = data;
  if (self->speed == SPEED_MAX)
    return;
  bs_transport_set_speed (self, self->speed == LAST_SPEED ? SPEED_MAX : self->speed + 1);
}

static void
on_slower (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  BsTransport *self = data;
  if (self->speed == SPEED_MAX)
    bs_transport_set_speed (self, self->real_time ? LAST_SPEED : SPEED_MAX - 1);
  else if (self->speed > 0 && self->speed != SPEED_MAX + 1)
    bs_transport_set_speed (self, self->speed - 1);
}

static void
on_restart (GSimpleAction *simple, GVariant *parameter, gpointer data)
{
  BsTransport *self = data;
  bs_transport_seek (self, self->start);
}

static void
on_state_changed (BsTransport *self)
{
  /* At its end a replay rests, so that seeking back from there does not play by itself. */
  if (bs_presenter_state (self->presenter) == BS_FEED_ENDED && self->playing)
    set_playing (self, FALSE);
  else
    changed (self);
}

static void
on_frame (BsTransport *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
bs_transport_finalize (GObject *object)
{
  BsTransport *self = BS_TRANSPORT (object);
  g_clear_object (&self->presenter);
  G_OBJECT_CLASS (bs_transport_parent_class)->finalize (object);
}

static void
bs_transport_class_init (BsTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_transport_finalize;
  signals[CHANGED]
    = g_signal_new ("changed", BS_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bs_transport_init (BsTransport *self)
{
}

BsTransport *
bs_transport_new (BsPresenter *presenter, GActionMap *map)
{
  static const GActionEntry entries[] = {
    { "play", on_play, NULL, "false", on_play_state },
    { "step", on_step },
    { "speed", NULL, "u", "uint32 0", on_speed_state },
    { "faster", on_faster },
    { "slower", on_slower },
    { "restart", on_restart },
  };
  BsTransport *self = g_object_new (BS_TYPE_TRANSPORT, NULL);
  self->presenter = g_object_ref (presenter);
  self->map = map;
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), self);
  g_signal_connect_object (presenter, "state-changed", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (presenter, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  changed (self);
  return self;
}

/* Tells the feed. */
static void
use_speed (BsTransport *self)
{
  const BsReplaySpeed *speed = &speeds[self->speed];
  BsReplayFeed *feed = bs_presenter_feed (self->presenter);
  if (speed->real_time > 0)
    bs_replay_feed_set_real_time (feed, speed->real_time);
  else
    bs_replay_feed_set_speed (feed, speed->bars_per_second);
}

void
bs_transport_begin (BsTransport *self, guint64 start, gboolean playing)
{
  self->start = start;
  self->playing = FALSE;
  if (bs_transport_is_active (self))
    {
      use_speed (self);
      self->playing = playing;
      bs_replay_feed_set_playing (bs_presenter_feed (self->presenter), playing);
    }
  changed (self);
}

gboolean
bs_transport_is_active (BsTransport *self)
{
  return bs_presenter_feed (self->presenter) != NULL;
}

gboolean
bs_transport_is_playing (BsTransport *self)
{
  return self->playing;
}

guint
bs_transport_speed (BsTransport *self)
{
  return self->speed;
}

void
bs_transport_set_speed (BsTransport *self, guint speed)
{
  self->speed = MIN (speed, LAST_SPEED);
  if (self->speed != SPEED_MAX)
    self->real_time = self->speed > SPEED_MAX;
  if (bs_transport_is_active (self))
    use_speed (self);
  changed (self);
}

guint64
bs_transport_position (BsTransport *self)
{
  BsChartData *data = bs_presenter_data (self->presenter);
  return data != NULL ? bs_chart_data_end (data) : 0;
}

guint64
bs_transport_length (BsTransport *self)
{
  BsReplayFeed *feed = bs_presenter_feed (self->presenter);
  return feed != NULL ? bs_replay_feed_length (feed) : bs_transport_position (self);
}

gint64
bs_transport_time (BsTransport *self, guint64 position)
{
  if (position == 0 || position > bs_transport_length (self))
    return G_MININT64;
  BsReplayFeed *feed = bs_presenter_feed (self->presenter);
  if (feed != NULL)
    return bs_replay_feed_time (feed, position - 1);
  BsChartPoint point;
  bs_chart_data_get (bs_presenter_data (self->presenter), position - 1, &point);
  return point.bar.time_us;
}

void
bs_transport_seek (BsTransport *self, guint64 position)
{
  if (bs_transport_is_active (self))
    bs_presenter_seek (self->presenter, position);
}
