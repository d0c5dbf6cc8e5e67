/* bs-redis-desk.h: the instruments of one worker: bars in, answers out; nothing of the server */
#pragma once

#include "app/redis/bs-redis-entry.h"

G_BEGIN_DECLS

/** Bars kept of each instrument unless said otherwise: every window and Hurst need 120, and a bar that comes twice is known among
 * as many. */
#define BS_REDIS_DEFAULT_BARS 2048

typedef enum
{
  BS_REDIS_ANSWERED,  /* BsRedisAnswer.signal, or no signal and why: problem */
  BS_REDIS_TAKEN,     /* a secondary bar, or one of the past: nothing to say */
  BS_REDIS_DUPLICATE, /* the same bar once more: has its answer */
  BS_REDIS_REFUSED,   /* problem */
} BsRedisOutcome;

typedef struct
{
  BsRedisOutcome outcome;
  guint64 index; /* of the bar in its series */
  BsSignal signal;
  char *problem; /* (nullable): owned */
} BsRedisAnswer;

void bs_redis_answer_clear (BsRedisAnswer *self);

/** One predictor an instrument, of one model and the same options. One thread at a time. */
typedef struct _BsRedisDesk BsRedisDesk;

/**
 * bs_redis_desk_new:
 * @model: takes a reference
 * @max_bars: kept of each instrument; 0 for the default
 *
 * Returns: (transfer full): without instruments; %NULL with an option, engine or model error
 */
BsRedisDesk *bs_redis_desk_new (BsModel *model, const BsOptions *options, double threshold, gsize max_bars,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_redis_desk_free (BsRedisDesk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRedisDesk, bs_redis_desk_free)

guint bs_redis_desk_n_instruments (const BsRedisDesk *self);

/** bs_redis_desk_forget: all instruments whose shard of @n_shards is @shard */
void bs_redis_desk_forget (BsRedisDesk *self, guint shard, guint n_shards);

/** bs_redis_desk_history: takes bars, in order, that have had their answers: none is computed. What is not acceptable now was not then. */
void bs_redis_desk_history (BsRedisDesk *self, const BsRedisBar *bars, guint n);

/**
 * bs_redis_desk_answer:
 * @bars: [n], in the order of their streams
 * @answers: (out caller-allocates): [n]; cleared by the caller
 *
 * The bars of one instrument one after the other, those of different instruments together (bs_predictor_push_tick()).
 */
void bs_redis_desk_answer (BsRedisDesk *self, const BsRedisBar *bars, guint n, BsRedisAnswer *answers);

G_END_DECLS
