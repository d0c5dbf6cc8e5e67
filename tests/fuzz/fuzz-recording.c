/* fuzz-recording.c: any bytes as a recording: read to its end and replayed, or refused with a message that says where */
#include <string.h>

#include "app/record/bs-recording-replay.h"
#include "app/record/bs-recording-text.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What has been read says the same when it is written and read again. */
static void
write_and_read (const BsRecord *record)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (BsRecord) again = { 0 };
  bs_recording_text_record (text, record);
  if (text->len > BS_RECORDING_MAX_LINE)
    return;
  g_assert_true (bs_recording_parse_record (text->str, text->len - 1, &again, &error));
  g_assert_no_error (error);
  g_assert_cmpint (again.kind, ==, record->kind);
  g_assert_cmpuint (again.index, ==, record->index);
  g_assert_cmpstr (again.text, ==, record->text);
  if (record->kind == BS_RECORD_BAR && record->answered)
    g_assert_true (bs_record_same_signal (&again.signal, &record->signal));
}

static void
check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
read_all (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsRecordingReader) reader = bs_recording_reader_new_from_memory (data, size, "fuzz", &error);
  g_assert_true ((reader == NULL) == (error != NULL));
  if (reader == NULL)
    {
      check_error (error);
      return;
    }
  for (;;)
    {
      g_auto (BsRecord) record = { 0 };
      if (!bs_recording_reader_next (reader, &record, &error))
        break;
      write_and_read (&record);
    }
  if (error != NULL)
    check_error (error);
}

static void
replay (const guint8 *data, gsize size)
{
  static BsModel *model;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsRecordingReader) reader = bs_recording_reader_new_from_memory (data, size, "fuzz", &error);
  if (reader == NULL)
    return;
  if (model == NULL)
    model = bs_model_new_random (BS_N_FEATURES, 2, 1, 2, 1);
  /* Neither a GPU's driver nor megabytes of kernels for each input. */
  static const char *const assignments[]
    = { "backend=reference", "precision=fp32", "incremental=on", "tail-window=off", "inference-mode=on", NULL };
  BsReplayOptions options = { .other_model = model, .assignments = assignments };
  BsReplayResult result;
  if (!bs_recording_replay (reader, &options, &result, &error))
    check_error (error);
  else
    g_assert_cmpuint (result.n_same, <=, result.n_bars);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  read_all (data, size);
  replay (data, size);
  return 0;
}
