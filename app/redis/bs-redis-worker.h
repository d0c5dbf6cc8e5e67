/* bs-redis-worker.h: bars from Redis Streams in, signals to Redis Streams out, each once (docs/scaling.md) */
#pragma once

#include "app/redis/bs-redis-desk.h"
#include "app/redis/bs-redis-leases.h"

G_BEGIN_DECLS

typedef struct
{
  const BsRedisAddress *address;
  const char *prefix;
  const char *name;     /* of this worker; no other one's that lives */
  int first, last;      /* the shards it wants; -1, -1: all */
  guint idle_exit_ms;   /* ends where no bar has come for so long; 0: never */
  gsize max_bars;       /* kept of each instrument; 0 for the default */
  BsModel *model;
  const BsOptions *options;
  double threshold;
  /* (nullable): tells of what is worth a line: shards that come and go, the server lost and back, bars refused */
  void (*say) (const char *line, gpointer data);
  gpointer say_data;
} BsRedisWorkerConfig;

/** What a worker has done. */
typedef struct
{
  guint64 bars;       /* primary bars that had a signal, or a reason why not, from here */
  guint64 known;      /* signals that were there already: another worker had died between a signal and its acknowledgement */
  guint64 duplicates; /* bars that came twice */
  guint64 refused;
  guint64 takeovers; /* shards taken with bars that another worker had begun */
  guint64 reconnects;
} BsRedisWorkerCounters;

/** One worker. One thread, but for bs_redis_worker_stop(). */
typedef struct _BsRedisWorker BsRedisWorker;

/**
 * bs_redis_worker_new:
 * @config: its strings and its address outlive the worker
 *
 * Returns: (transfer full): not connected yet; %NULL where the model cannot be run with these options
 */
BsRedisWorker *bs_redis_worker_new (const BsRedisWorkerConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_redis_worker_free (BsRedisWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRedisWorker, bs_redis_worker_free)

/**
 * bs_redis_worker_run:
 *
 * Works until bs_redis_worker_stop(); the server may go and come back as it likes. A bar is acknowledged once its signal is
 * in the server's stream, and a signal is taken by that stream once only.
 *
 * Returns: %TRUE; %FALSE with an error that does not pass by itself: no such server at the first try, a wrong password
 */
gboolean bs_redis_worker_run (BsRedisWorker *self, GError **error);
/** bs_redis_worker_stop: lets run() end after the bars at hand. Thread: any, signal handlers too. */
void bs_redis_worker_stop (BsRedisWorker *self);
void bs_redis_worker_counters (const BsRedisWorker *self, BsRedisWorkerCounters *counters);

G_END_DECLS
