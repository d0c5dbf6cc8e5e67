#include "tests/bs-test-safetensors.h"

#include <string.h>

static void
tensor_free (gpointer data)
{
  BsTestTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor->dtype);
  g_free (tensor->shape);
  g_byte_array_unref (tensor->data);
  g_free (tensor);
}

BsTestFile *
bs_test_file_new (void)
{
  BsTestFile *self = g_new0 (BsTestFile, 1);

  self->tensors = g_ptr_array_new_with_free_func (tensor_free);
  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
bs_test_file_free (BsTestFile *self)
{
  g_ptr_array_unref (self->tensors);
  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->values);
  g_free (self);
}

void
bs_test_file_add (BsTestFile *self, const char *name, const char *dtype, const char *shape, const void *data,
                  gsize size)
{
  BsTestTensor *tensor = g_new0 (BsTestTensor, 1);

  tensor->name = g_strdup (name);
  tensor->dtype = g_strdup (dtype);
  tensor->shape = g_strdup (shape);
  tensor->data = g_byte_array_new ();
  g_byte_array_append (tensor->data, data, (guint) size);
  g_ptr_array_add (self->tensors, tensor);
}

void
bs_test_file_add_floats (BsTestFile *self, const char *name, guint rows, guint columns)
{
  const guint n = rows * MAX (columns, 1);
  g_autofree float *floats = g_new (float, n + 1);
  g_autofree char *shape = columns ? g_strdup_printf ("[%u,%u]", rows, columns) : g_strdup_printf ("[%u]", rows);

  for (guint i = 0; i < n; i++)
    floats[i] = ((float) (i * 37 % 19) - 9) / 16;
  bs_test_file_add (self, name, "F32", shape, floats, n * sizeof (float));
}

BsTestTensor *
bs_test_file_find (BsTestFile *self, const char *name)
{
  for (guint i = 0; i < self->tensors->len; i++)
    {
      BsTestTensor *tensor = self->tensors->pdata[i];

      if (!strcmp (tensor->name, name))
        return tensor;
    }
  g_error ("the test's file has no tensor %s", name);
}

void
bs_test_file_remove (BsTestFile *self, const char *name)
{
  g_ptr_array_remove (self->tensors, bs_test_file_find (self, name));
}

void
bs_test_file_metadata (BsTestFile *self, const char *key, const char *value)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (!strcmp (self->keys->pdata[i], key))
      {
        g_ptr_array_remove_index (self->keys, i);
        g_ptr_array_remove_index (self->values, i);
        break;
      }
  if (!value)
    return;
  g_ptr_array_add (self->keys, g_strdup (key));
  g_ptr_array_add (self->values, g_strdup (value));
}

void
bs_test_file_add_network (BsTestFile *self, const char *prefix, guint n_inputs, guint hidden, guint n_layers)
{
  static const char *const stems[] = { "lstm.weight_ih_l", "lstm.weight_hh_l", "lstm.bias_ih_l", "lstm.bias_hh_l" };
  const guint width = hidden + 1;
  const struct
  {
    const char *name;
    guint rows, columns;
  } head[]
    = { { "fc1.weight", width, hidden }, { "fc1.bias", width, 0 }, { "fc2.weight", 3, width }, { "fc2.bias", 3, 0 } };

  for (guint k = 0; k < n_layers; k++)
    for (guint i = 0; i < G_N_ELEMENTS (stems); i++)
      {
        g_autofree char *name = g_strdup_printf ("%s%s%u", prefix, stems[i], k);
        const guint columns[] = { k ? hidden : n_inputs, hidden, 0, 0 };

        bs_test_file_add_floats (self, name, 4 * hidden, columns[i]);
      }
  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    {
      g_autofree char *name = g_strconcat (prefix, head[i].name, NULL);

      bs_test_file_add_floats (self, name, head[i].rows, head[i].columns);
    }
}

BsTestFile *
bs_test_file_new_model (guint n_inputs, guint hidden, guint n_layers)
{
  BsTestFile *self = bs_test_file_new ();
  g_autofree double *numbers = g_new (double, n_inputs);
  g_autofree char *shape = g_strdup_printf ("[%u]", n_inputs);

  bs_test_file_metadata (self, "format", "barscope-model/1");
  bs_test_file_metadata (self, "feature_set", "causal");
  bs_test_file_metadata (self, "sequence_length", "4");
  bs_test_file_metadata (self, "classes", "short,hold,long");
  bs_test_file_add_network (self, "", n_inputs, hidden, n_layers);
  for (guint i = 0; i < n_inputs; i++)
    numbers[i] = i * 0.5;
  bs_test_file_add (self, "scaler.mean", "F64", shape, numbers, n_inputs * sizeof (double));
  for (guint i = 0; i < n_inputs; i++)
    numbers[i] = i + 0.25;
  bs_test_file_add (self, "scaler.scale", "F64", shape, numbers, n_inputs * sizeof (double));
  return self;
}

char *
bs_test_file_header (const BsTestFile *self)
{
  GString *header = g_string_new ("{\"__metadata__\":{");
  gsize offset = 0;

  for (guint i = 0; i < self->keys->len; i++)
    g_string_append_printf (header, "%s\"%s\":\"%s\"", i ? "," : "", (char *) self->keys->pdata[i],
                            (char *) self->values->pdata[i]);
  g_string_append_c (header, '}');
  for (guint i = 0; i < self->tensors->len; i++)
    {
      const BsTestTensor *tensor = self->tensors->pdata[i];

      g_string_append_printf (
        header, ",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]}",
        tensor->name, tensor->dtype, tensor->shape, offset, offset + tensor->data->len);
      offset += tensor->data->len;
    }
  g_string_append_c (header, '}');
  return g_string_free (header, FALSE);
}

GBytes *
bs_test_file_build (const BsTestFile *self, const char *header)
{
  g_autofree char *own = header ? NULL : bs_test_file_header (self);
  const char *text = header ? header : own;
  const guint64 length = GUINT64_TO_LE (strlen (text));
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) text, (guint) strlen (text));
  for (guint i = 0; i < self->tensors->len; i++)
    {
      const BsTestTensor *tensor = self->tensors->pdata[i];

      g_byte_array_append (file, tensor->data->data, tensor->data->len);
    }
  return g_byte_array_free_to_bytes (file);
}
