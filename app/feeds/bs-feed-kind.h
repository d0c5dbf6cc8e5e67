/* bs-feed-kind.h: the kinds of live feeds: one table, from which the Connect dialog and --feed KIND:ADDRESS are made */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-feed.h"

G_BEGIN_DECLS

typedef enum
{
  BS_FEED_KIND_ERROR_UNKNOWN, /* there is no such kind */
  BS_FEED_KIND_ERROR_ADDRESS, /* not an address as the kind has them: the message says what was expected */
  BS_FEED_KIND_ERROR_OPEN,    /* it cannot be opened */
} BsFeedKindError;

#define BS_FEED_KIND_ERROR (bs_feed_kind_error_quark ())
GQuark bs_feed_kind_error_quark (void);

/** How to open a feed; BS_FEED_REQUEST_INIT for "find out". */
typedef struct
{
  const char *address;        /* what follows KIND: */
  const char *secondary_path; /* (nullable): where the kind reads files: the longer bars */
  const char *format;         /* (nullable): likewise: see BsBarFileOptions */
  const char *timezone;       /* (nullable): of times without an offset */
  int stamp;                  /* a BsStamp, or -1 */
  /* (nullable): whether the caller has bars of the past that the feed can go on from: then its venue is not asked for any before it
     connects, and the chart has them at once. Thread: of bs_feed_open() */
  gboolean (*has_past) (const char *instrument, gint64 bar_length_us, BsStamp stamp, gpointer data);
  gpointer past_data;
} BsFeedRequest;

#define BS_FEED_REQUEST_INIT                                                                                           \
  {                                                                                                                    \
    .stamp = -1                                                                                                        \
  }

/** What opening gives: clear with bs_feed_opened_clear(). */
typedef struct
{
  char *instrument;           /* for the title: "ES" */
  BsBarFile *primary;         /* the history, which may be empty; its series knows bar length and stamp */
  BsBarFile *secondary;       /* (nullable): likewise */
  gint64 secondary_length_us; /* of secondary bars that may come though @secondary is %NULL; 0: none will */
  BsStamp secondary_stamp;
  BsFeed *feed; /* not started, live by bs_feed_set_live(), without its history */
} BsFeedOpened;

void bs_feed_opened_clear (BsFeedOpened *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsFeedOpened, bs_feed_opened_clear)

/**
 * BsFeedKind:
 *
 * One row of the table: all that a new kind needs, besides the file that implements it.
 */
typedef struct
{
  const char *name;          /* "follow": as --feed has it */
  const char *title;         /* "Growing file": untranslated, marked N_() */
  const char *summary;       /* one line in words, likewise */
  const char *address_title; /* what the address is: "File", likewise */
  const char *example;       /* an address */
  gboolean is_file;          /* the address is the path of a file: it can be chosen */
  gboolean several;          /* an address may name several: "A,B@REST" */
  gboolean has_zone;         /* its times may lack an offset: a time zone can be given */

  /* Opens it: may block for as long as a connection takes. Thread: any. Returns %FALSE with an error in plain words. */
  gboolean (*open) (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error);
  /* (nullable): the bars of all of @feeds [n], opened and not started, come over the connection of the first from here on: that one is
     started, the others are driven (bs_feed_drive()). Without it each is started. */
  void (*join) (BsFeed *const *feeds, guint n);
} BsFeedKind;

/* The kinds, each in a file of its own: the rows of the table in bs-feed-kind.c */
extern const BsFeedKind bs_feed_kind_follow;
extern const BsFeedKind bs_feed_kind_redis;
extern const BsFeedKind bs_feed_kind_binance;
extern const BsFeedKind bs_feed_kind_alpaca;

/** The kinds, one by one: (nullable) past the last. Static. */
const BsFeedKind *bs_feed_kind_nth (guint n);
/** bs_feed_kind_find: (nullable): the kind called @name */
const BsFeedKind *bs_feed_kind_find (const char *name);

/**
 * bs_feed_kind_parse:
 * @text: "KIND:ADDRESS"
 * @address: (out): points into @text
 *
 * Returns: the kind; %NULL with an error that lists the kinds there are
 */
const BsFeedKind *bs_feed_kind_parse (const char *text, const char **address, GError **error);

/**
 * bs_feed_kind_split:
 * @text: "KIND:ADDRESS"
 *
 * Returns: (transfer full): the feeds that it names, "KIND:ADDRESS" each, without those that are named twice: one, but where @kind
 * takes several: "binance:A,B@1m" is "binance:A@1m", "binance:B@1m"; %NULL with an error
 */
char **bs_feed_kind_split (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_feed_open:
 * @text: "KIND:ADDRESS"
 * @request: how; its address is taken from @text
 * @opened: (out caller-allocates)
 *
 * Thread: any; it may block.
 *
 * Returns: %TRUE with @opened filled; %FALSE with an error
 */
gboolean bs_feed_open (const char *text, const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable,
                       GError **error);

G_END_DECLS
