/* bs-service-bars.h: bars out of the bodies that come over HTTP */
#pragma once

#include "app/feeds/bs-zone.h"
#include "inference/market/bs-bar.h"
#include "inference/model/bs-json.h"

G_BEGIN_DECLS

typedef enum
{
  BS_SERVICE_ERROR_BODY, /* the message names the field and what was expected */
} BsServiceError;

#define BS_SERVICE_ERROR (bs_service_error_quark ())
GQuark bs_service_error_quark (void);

/**
 * bs_service_read_bar:
 * @value: an object with time, open, high, low, close, volume and maybe bid_volume, ask_volume
 * @field: what to call it in messages: "primary_bars[17]"; "" for the body itself
 * @bar: (out caller-allocates): its time_us is what the clock showed: see bs_service_local_to_utc()
 * @is_utc: (out): the time was written with an offset: time_us is UTC already
 *
 * Returns: %TRUE where it is a good bar by itself; %FALSE with %BS_SERVICE_ERROR_BODY
 */
gboolean bs_service_read_bar (const BsJsonValue *value, const char *field, BsBar *bar, gboolean *is_utc, GError **error);

/** bs_service_read_daily: dailyPnL, dailyGoal and dailyMaxLoss, which may be missing, from @body into @bar */
gboolean bs_service_read_daily (const BsJsonValue *body, BsBar *bar, GError **error);

/** Why a bar is not new: see bs_service_place(). */
typedef enum
{
  BS_SERVICE_NEW,
  BS_SERVICE_AGAIN,    /* the last bar again, just as it was */
  BS_SERVICE_CONFLICT, /* the last bar's time with other numbers, or an older time: an error says which */
  BS_SERVICE_BAD,      /* a time that the clock never showed: likewise */
} BsServicePlace;

/** The series that a bar belongs to, as far as it has come. Zero-initialise. */
typedef struct
{
  BsZone *zone; /* (owned) */
  gboolean has_last;
  BsBar last;           /* its time in UTC */
  gint64 last_local_us; /* as it was written */
} BsServiceSeries;

void bs_service_series_clear (BsServiceSeries *self);

/**
 * bs_service_place:
 * @bar: (inout): its time is made UTC where it was not
 * @local_us: (out): as it was written
 *
 * Where @bar belongs, seen from the last one. Does not take it: see bs_service_take().
 */
BsServicePlace bs_service_place (BsServiceSeries *self, BsBar *bar, gboolean is_utc, const char *field, gint64 *local_us,
                                 GError **error);
/** bs_service_take: @bar is the last one from here on */
void bs_service_take (BsServiceSeries *self, const BsBar *bar, gboolean is_utc, gint64 local_us);

/** bs_service_decimals: decimals that @price is written with, 8 at most */
guint bs_service_decimals (double price);

G_END_DECLS
