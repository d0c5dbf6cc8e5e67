#include "app/feeds/bs-zone.h"

#include <string.h>

#define SECOND_US G_USEC_PER_SEC
#define DAY_SECONDS 86400
/* Clocks are put forward and back at a full hour, but for a few places and long ago: those are looked up one by one. */
#define SLOT_SECONDS 3600

/* How local time is read: the offsets from UTC, in seconds, that lead back to it. */
typedef struct
{
  guint n;         /* 0: the clock never showed it; 2: it did so twice */
  gint64 first_us; /* of the earlier instant */
  gint64 last_us;  /* of the later one */
} BsOffsets;

struct _BsZone
{
  GTimeZone *zone;
  gboolean fixed; /* one offset for ever */
  gint64 fixed_us;

  gint64 slot; /* local hour that @offsets is about */
  gboolean slot_known;
  BsOffsets offsets;

  gboolean any_taken;
  gint64 last_local_us;
  gint64 last_utc_us;
  gint64 step_us; /* between the last two rows, UTC */
};

static gint64
offset_at (GTimeZone *zone, gint64 utc_s)
{
  return g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, utc_s));
}

/* An offset leads to the instant local - offset; it counts where it is in force then. No zone changes by a day or more,
 * so the offsets in force a day before and a day after are all there can be. */
static BsOffsets
offsets_at (GTimeZone *zone, gint64 local_s)
{
  BsOffsets offsets = { 0 };
  gint64 before = offset_at (zone, local_s - DAY_SECONDS);
  gint64 after = offset_at (zone, local_s + DAY_SECONDS);
  gboolean before_holds = offset_at (zone, local_s - before) == before;
  gboolean after_holds = before != after && offset_at (zone, local_s - after) == after;

  if (before_holds)
    {
      offsets.n = 1;
      offsets.first_us = offsets.last_us = before * SECOND_US;
    }
  if (after_holds)
    {
      offsets.last_us = after * SECOND_US;
      if (offsets.n++ == 0)
        offsets.first_us = offsets.last_us;
    }
  return offsets;
}

static gboolean
offsets_equal (const BsOffsets *a, const BsOffsets *b)
{
  return a->n == b->n && a->first_us == b->first_us && a->last_us == b->last_us;
}

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

static BsOffsets
bs_zone_offsets (BsZone *self, gint64 local_us)
{
  gint64 local_s = floor_div (local_us, SECOND_US);
  gint64 slot = floor_div (local_s, SLOT_SECONDS);

  if (self->slot_known && slot == self->slot)
    return self->offsets;

  BsOffsets first = offsets_at (self->zone, slot * SLOT_SECONDS);
  BsOffsets last = offsets_at (self->zone, slot * SLOT_SECONDS + SLOT_SECONDS - 1);
  self->slot_known = offsets_equal (&first, &last);
  if (!self->slot_known)
    return offsets_at (self->zone, local_s);
  self->slot = slot;
  self->offsets = first;
  return first;
}

/* GLib would open any file that a name leads to. */
static gboolean
name_is_safe (const char *name)
{
  if (*name == '\0' || *name == '/' || strlen (name) > 64 || strstr (name, "..") != NULL)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("_+-/:", *p) == NULL)
      return FALSE;
  return TRUE;
}

BsZone *
bs_zone_new (const char *name)
{
  GTimeZone *zone;

  if (!name_is_safe (name))
    return NULL;
  if (strcmp (name, "local") == 0)
    zone = g_time_zone_new_local ();
  else
    zone = g_time_zone_new_identifier (name);
  if (zone == NULL)
    return NULL;

  BsZone *self = g_new0 (BsZone, 1);
  self->zone = zone;
  self->fixed = strcmp (name, "UTC") == 0 || *name == '+' || *name == '-' || g_ascii_isdigit (*name);
  if (self->fixed)
    self->fixed_us = offset_at (zone, 0) * SECOND_US;
  return self;
}

void
bs_zone_free (BsZone *self)
{
  if (self == NULL)
    return;
  g_time_zone_unref (self->zone);
  g_free (self);
}

/* Whether a time that the clock shows twice is the second one, seen from the rows so far. */
static gboolean
bs_zone_is_second_pass (const BsZone *self, const BsOffsets *offsets, gint64 local_us)
{
  gint64 overlap = offsets->first_us - offsets->last_us;

  if (!self->any_taken || local_us - offsets->first_us > self->last_utc_us)
    return FALSE;
  /* Already in the second pass: the last row came after the first one's end. */
  if (self->last_local_us - offsets->last_us == self->last_utc_us)
    return TRUE;
  /* It goes back by the overlap at most; by more, and one of the two rows is wrong. */
  gint64 back_us = self->last_local_us - local_us;
  return back_us >= MAX (0, (overlap - self->step_us) / 2) && back_us <= overlap;
}

gboolean
bs_zone_to_utc (BsZone *self, gint64 local_us, gint64 *utc_us)
{
  if (self->fixed)
    {
      *utc_us = local_us - self->fixed_us;
      return TRUE;
    }

  BsOffsets offsets = bs_zone_offsets (self, local_us);
  if (offsets.n == 0)
    return FALSE;
  if (offsets.n == 2 && bs_zone_is_second_pass (self, &offsets, local_us))
    *utc_us = local_us - offsets.last_us;
  else
    *utc_us = local_us - offsets.first_us;
  return TRUE;
}

void
bs_zone_taken (BsZone *self, gint64 local_us, gint64 utc_us)
{
  self->step_us = self->any_taken ? utc_us - self->last_utc_us : 0;
  self->any_taken = TRUE;
  self->last_local_us = local_us;
  self->last_utc_us = utc_us;
}
