/* bs-test-safetensors.h: builds safetensors files in memory, good ones and broken ones */
#pragma once

#include <glib.h>

typedef struct
{
  char *name;
  char *dtype;      /* as written */
  char *shape;      /* as written: "[4, 2]" */
  GByteArray *data; /* of any length */
} BsTestTensor;

typedef struct
{
  GPtrArray *tensors;       /* of BsTestTensor, in the order of their data */
  GPtrArray *keys, *values; /* of char *: metadata */
} BsTestFile;

BsTestFile *bs_test_file_new (void);
void bs_test_file_free (BsTestFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTestFile, bs_test_file_free)

/** Adds a tensor of @size bytes. */
void bs_test_file_add (BsTestFile *self, const char *name, const char *dtype, const char *shape, const void *data,
                       gsize size);
/** Adds an F32 tensor [rows, columns] (with @columns 0: [rows]) of small made-up numbers. */
void bs_test_file_add_floats (BsTestFile *self, const char *name, guint rows, guint columns);
/** The tensor @name, which must be there. */
BsTestTensor *bs_test_file_find (BsTestFile *self, const char *name);
void bs_test_file_remove (BsTestFile *self, const char *name);
/** Sets a metadata entry; with @value %NULL removes it. */
void bs_test_file_metadata (BsTestFile *self, const char *key, const char *value);

/** Adds the tensors of a network with @prefix before their names: its layers, fc1 [H + 1, H] and
 * fc2 [3, H + 1]. */
void bs_test_file_add_network (BsTestFile *self, const char *prefix, guint n_inputs, guint hidden, guint n_layers);
/** bs_test_file_new_model: a small good model: that network, scaler and metadata (causal, T 4). */
BsTestFile *bs_test_file_new_model (guint n_inputs, guint hidden, guint n_layers);

/** bs_test_file_header: (transfer full): the JSON of the header */
char *bs_test_file_header (const BsTestFile *self);
/** bs_test_file_build: (transfer full): the whole file, with @header (nullable) in place of its own */
GBytes *bs_test_file_build (const BsTestFile *self, const char *header);
