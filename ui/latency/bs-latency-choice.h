/* bs-latency-choice.h: which predictions one looks at: all, a range of the timeline, a state of the switches */
#pragma once

#include "ui/latency/bs-latency-marks.h"

G_BEGIN_DECLS

typedef enum
{
  BS_LATENCY_CHOICE_NOTHING,
  BS_LATENCY_CHOICE_ALL,
  BS_LATENCY_CHOICE_RANGE,   /* what was selected on the timeline */
  BS_LATENCY_CHOICE_STATE,   /* all predictions made while the switches stood so */
  BS_LATENCY_CHOICE_STRETCH, /* from one switch to the next */
} BsLatencyChoiceKind;

typedef struct
{
  BsLatencyChoiceKind kind;
  char *title;    /* owned, translated */
  char *state;    /* owned, (nullable): of STATE */
  guint64 number; /* of STRETCH: its first prediction */
} BsLatencyChoice;

void bs_latency_choice_free (BsLatencyChoice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencyChoice, bs_latency_choice_free)
BsLatencyChoice *bs_latency_choice_new (BsLatencyChoiceKind kind) G_GNUC_WARN_UNUSED_RESULT;
BsLatencyChoice *bs_latency_choice_copy (const BsLatencyChoice *self) G_GNUC_WARN_UNUSED_RESULT;
/** Whether both are the same predictions, whatever their titles say. */
gboolean bs_latency_choice_equal (const BsLatencyChoice *a, const BsLatencyChoice *b);

/**
 * bs_latency_choices:
 * @nothing: whether nothing is a choice too
 *
 * Returns: (transfer full) (element-type BsLatencyChoice): what can be chosen with @marks as they are
 */
GPtrArray *bs_latency_choices (const BsLatencyMarks *marks, gboolean nothing) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_latency_choice_ranges:
 * @selected: (nullable): what was selected on the timeline
 * @ranges: (element-type BsLatencyRange): (out): ascending, apart from each other
 */
void bs_latency_choice_ranges (const BsLatencyChoice *self, const BsLatencyMarks *marks, const BsLatencyRange *selected,
                               GArray *ranges);

G_END_DECLS
