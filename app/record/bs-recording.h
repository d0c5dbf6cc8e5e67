/* bs-recording.h: what a recorded session is made of (docs/recording.md) */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

typedef enum
{
  BS_RECORDING_ERROR_READ,    /* cannot be opened or read */
  BS_RECORDING_ERROR_FORMAT,  /* no recording, or one of a version that this program does not know */
  BS_RECORDING_ERROR_CONTENT, /* a line that is not what it should be */
  BS_RECORDING_ERROR_REPLAY,  /* it cannot be replayed so: another model, switches that cannot be had */
  BS_RECORDING_ERROR_WRITE,
} BsRecordingError;

#define BS_RECORDING_ERROR (bs_recording_error_quark ())
GQuark bs_recording_error_quark (void);

#define BS_RECORDING_VERSION 1
/** The first bytes of every recording. */
#define BS_RECORDING_MAGIC "{\"barscope_recording\":"

typedef struct
{
  gint64 bar_length_us; /* 0 where not known */
  BsStamp stamp;
} BsRecordingShape;

/** The first line. Strings are never %NULL. */
typedef struct
{
  gint64 started_us; /* UTC */
  char *build;       /* of the program that recorded: see bs_recording_build() */
  char *machine;
  char *instrument;
  guint decimals; /* of prices, for display */
  char *model_name, *model_hash;
  BsOptions options; /* in force when the recording began */
  double threshold;
  BsRecordingShape primary, secondary;
  gboolean has_secondary;
} BsRecordingHeader;

BsRecordingHeader *bs_recording_header_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bs_recording_header_free (BsRecordingHeader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRecordingHeader, bs_recording_header_free)

/** bs_recording_build: (transfer full): this program, so that only one and the same says the same: version, compiler, and
 * the checksum of the executable where it can be read */
char *bs_recording_build (void) G_GNUC_WARN_UNUSED_RESULT;
/** bs_recording_machine: (transfer full): this processor, and which of its kernels are used */
char *bs_recording_machine (void) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  BS_RECORD_HISTORY,   /* a primary @bar from before the recording began */
  BS_RECORD_SECONDARY, /* a secondary @bar */
  BS_RECORD_BAR,       /* a primary @bar with its @signal, or, where it is not @answered, with why in @text */
  BS_RECORD_REFUSED,   /* a bar that was not taken: @text says why */
  BS_RECORD_SWITCH,    /* @options from here on */
  BS_RECORD_THRESHOLD, /* @threshold from here on */
  BS_RECORD_MODEL,     /* the model whose hash is @text from here on */
  BS_RECORD_RESET,     /* all bars so far are void */
  BS_RECORD_END,       /* the recording was ended, not broken off */
  BS_N_RECORD_KINDS
} BsRecordKind;

/** One line after the first. */
typedef struct
{
  BsRecordKind kind;
  guint64 index; /* of @bar in its series; of the next primary bar where there is none */
  BsBar bar;
  gint64 arrival_us; /* BAR: since the recording began; negative where it was on its way already */
  gint64 due_us;     /* likewise */
  gboolean has_due;  /* of the bar: it was not one of the past */
  gboolean answered;
  union
  {
    BsSignal signal; /* its stage times are not recorded */
    BsOptions options;
    double threshold;
  };
  char *text; /* (nullable): owned */
} BsRecord;

void bs_record_clear (BsRecord *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsRecord, bs_record_clear)

/** bs_record_same_signal: whether both answers are the same to the bit, stage times left aside */
gboolean bs_record_same_signal (const BsSignal *a, const BsSignal *b);

G_END_DECLS
