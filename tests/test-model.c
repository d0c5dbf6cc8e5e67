/* test-model.c: model files: good ones are read to the number, every rule of docs/model-format.md is held against bad ones */
#include "inference/model/bs-model.h"
#include "inference/model/bs-safetensors.h"
#include "tests/bs-test-safetensors.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static BsModel *
load (const BsTestFile *file, GError **error)
{
  g_autoptr (GBytes) bytes = bs_test_file_build (file, NULL);

  return bs_model_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "m", error);
}

static BsModel *
load_good (const BsTestFile *file)
{
  g_autoptr (GError) error = NULL;
  BsModel *model = load (file, &error);

  g_assert_no_error (error);
  g_assert_nonnull (model);
  return model;
}

/* What bs_test_file_add_floats() writes. */
static float
made_up (guint i)
{
  return ((float) (i * 37 % 19) - 9) / 16;
}

static void
test_good (void)
{
  g_autoptr (BsTestFile) file = bs_test_file_new_model (3, 2, 2);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BsModel) model = NULL;
  g_autofree char *hash = NULL;

  bs_test_file_metadata (file, "name", "tiny");
  bs_test_file_metadata (file, "temperature", "1.5e0");
  model = load_good (file);
  g_assert_cmpuint (model->n_inputs, ==, 3);
  g_assert_cmpuint (model->hidden, ==, 2);
  g_assert_cmpuint (model->n_layers, ==, 2);
  g_assert_cmpuint (model->n_linear, ==, 2);
  g_assert_cmpuint (model->sequence_length, ==, 4);
  g_assert_cmpint (model->feature_set, ==, BS_FEATURE_SET_CAUSAL);
  g_assert_cmpfloat (model->temperature, ==, 1.5);
  g_assert_cmpstr (bs_model_metadata (model, "name"), ==, "tiny");
  g_assert_null (bs_model_metadata (model, "validation"));
  g_assert_null (bs_model_pruned (model));

  g_assert_cmpuint (model->layers[0].n_inputs, ==, 3);
  g_assert_cmpuint (model->layers[1].n_inputs, ==, 2);
  for (guint i = 0; i < 24; i++)
    g_assert_cmpfloat (model->layers[0].w_ih[i], ==, made_up (i));
  for (guint i = 0; i < 16; i++)
    g_assert_cmpfloat (model->layers[1].w_hh[i], ==, made_up (i));
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat (model->layers[1].bias[i], ==, 2 * made_up (i));
  g_assert_cmpuint (model->linear[0].n_inputs, ==, 2);
  g_assert_cmpuint (model->linear[0].n_outputs, ==, 3);
  g_assert_cmpuint (model->linear[1].n_inputs, ==, 3);
  g_assert_cmpuint (model->linear[1].n_outputs, ==, 3);
  g_assert_cmpfloat (model->linear[1].weight[8], ==, made_up (8));
  g_assert_cmpfloat (model->linear[0].bias[2], ==, made_up (2));
  g_assert_cmpfloat (model->mean[2], ==, 1);
  g_assert_cmpfloat (model->scale[2], ==, 2.25);

  bytes = bs_test_file_build (file, NULL);
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpstr (model->hash, ==, hash);
}

static void
test_prefixes (void)
{
  static const char *const prefixes[] = { "module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod." };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autoptr (BsTestFile) file = bs_test_file_new_model (1, 1, 1);
      g_autoptr (BsModel) model = NULL;

      for (guint k = 0; k < file->tensors->len; k++)
        {
          BsTestTensor *tensor = file->tensors->pdata[k];
          char *name = g_strconcat (prefixes[i], tensor->name, NULL);

          g_free (tensor->name);
          tensor->name = name;
        }
      model = load_good (file);
      g_assert_cmpfloat (model->linear[0].bias[1], ==, made_up (1));
    }
}

static void
test_pruned (void)
{
  g_autoptr (BsTestFile) file = bs_test_file_new_model (3, 4, 2);
  g_autoptr (BsModel) model = NULL;
  g_autoptr (BsModel) pruned = NULL;

  bs_test_file_metadata (file, "temperature", "2");
  bs_test_file_add_network (file, "pruned.", 3, 2, 2);
  model = load_good (file);
  g_assert_cmpuint (model->hidden, ==, 4);
  pruned = bs_model_ref (bs_model_pruned (model));
  g_assert_cmpstr (pruned->hash, ==, model->hash);
  g_clear_pointer (&model, bs_model_unref); /* the variant lives on alone */
  g_assert_cmpuint (pruned->hidden, ==, 2);
  g_assert_cmpuint (pruned->n_inputs, ==, 3);
  g_assert_cmpuint (pruned->n_layers, ==, 2);
  g_assert_cmpuint (pruned->sequence_length, ==, 4);
  g_assert_cmpfloat (pruned->temperature, ==, 2);
  g_assert_cmpfloat (pruned->mean[2], ==, 1);
  g_assert_cmpstr (bs_model_metadata (pruned, "feature_set"), ==, "causal");
  g_assert_null (bs_model_pruned (pruned));
}

static void
test_extreme_sizes (void)
{
  static const guint shapes[][3] = { { 1, 1, 1 }, { 4096, 1, 1 }, { 1, 1024, 1 }, { 2, 2, 8 }, { 63, 100, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (BsTestFile) file = bs_test_file_new_model (shapes[i][0], shapes[i][1], shapes[i][2]);
      g_autoptr (BsModel) model = load_good (file);

      g_assert_cmpuint (model->n_inputs, ==, shapes[i][0]);
      g_assert_cmpuint (model->hidden, ==, shapes[i][1]);
      g_assert_cmpuint (model->n_layers, ==, shapes[i][2]);
    }
}

/* fc1 alone, and as many as there may be. */
static void
test_heads (void)
{
  g_autoptr (BsTestFile) one = bs_test_file_new_model (1, 3, 1), many = bs_test_file_new_model (1, 3, 1);
  g_autoptr (BsModel) one_model = NULL, many_model = NULL;

  bs_test_file_remove (one, "fc1.weight");
  bs_test_file_remove (one, "fc1.bias");
  bs_test_file_remove (one, "fc2.weight");
  bs_test_file_remove (one, "fc2.bias");
  bs_test_file_add_floats (one, "fc1.weight", 3, 3);
  bs_test_file_add_floats (one, "fc1.bias", 3, 0);
  one_model = load_good (one);
  g_assert_cmpuint (one_model->n_linear, ==, 1);

  for (guint k = 3; k <= BS_MODEL_MAX_LINEAR; k++)
    {
      g_autofree char *weight = g_strdup_printf ("fc%u.weight", k), *bias = g_strdup_printf ("fc%u.bias", k);

      bs_test_file_add_floats (many, weight, 3, 3);
      bs_test_file_add_floats (many, bias, 3, 0);
    }
  many_model = load_good (many);
  g_assert_cmpuint (many_model->n_linear, ==, BS_MODEL_MAX_LINEAR);
}

/* One change to a good model (inputs 3, hidden 2, one layer, T 4) and the refusal that it must meet. */
typedef struct
{
  enum
  {
    REMOVE,   /* the tensor @what */
    RENAME,   /* the tensor @what to @to */
    ADD,      /* a tensor @what, [2] F32 */
    SHAPE,    /* of @what to @to, its data as long as they were */
    REPLACE,  /* @what by an F32 tensor of shape "ROWS COLUMNS" */
    DTYPE,    /* of @what to @to, its data as long as they were */
    FLOAT,    /* element 1 of the F32 tensor @what to @to */
    DOUBLE,   /* element 1 of the F64 tensor @what to @to */
    METADATA, /* entry @what to @to */
    HEADER,   /* @what in the header's text to @to */
  } change;
  const char *what, *to;
  BsModelError code;
  const char *message; /* part of it */
} Refusal;

static const Refusal refusals[] = {
  /* metadata */
  { METADATA, "format", NULL, BS_MODEL_ERROR_METADATA, "\"format\" is missing; expected \"barscope-model/1\"" },
  { METADATA, "format", "barscope-model/2", BS_MODEL_ERROR_METADATA, "\"format\" is \"barscope-model/2\"; expected" },
  { METADATA, "feature_set", NULL, BS_MODEL_ERROR_METADATA, "\"feature_set\" is missing" },
  { METADATA, "feature_set", "Causal", BS_MODEL_ERROR_METADATA,
    "\"feature_set\" is \"Causal\"; expected \"causal\" or" },
  { METADATA, "sequence_length", NULL, BS_MODEL_ERROR_METADATA, "\"sequence_length\" is missing" },
  { METADATA, "sequence_length", "0", BS_MODEL_ERROR_METADATA, "an integer from 1 to 4096" },
  { METADATA, "sequence_length", "4097", BS_MODEL_ERROR_METADATA, "an integer from 1 to 4096" },
  { METADATA, "sequence_length", "20.0", BS_MODEL_ERROR_METADATA, "an integer from 1 to 4096" },
  { METADATA, "sequence_length", " 20", BS_MODEL_ERROR_METADATA, "an integer from 1 to 4096" },
  { METADATA, "sequence_length", "-20", BS_MODEL_ERROR_METADATA, "an integer from 1 to 4096" },
  { METADATA, "classes", NULL, BS_MODEL_ERROR_METADATA, "\"classes\" is missing" },
  { METADATA, "classes", "long,hold,short", BS_MODEL_ERROR_METADATA, "\"classes\" is \"long,hold,short\"; expected" },
  { METADATA, "temperature", "0", BS_MODEL_ERROR_METADATA,
    "\"temperature\" is \"0\"; expected a finite number above 0" },
  { METADATA, "temperature", "-1", BS_MODEL_ERROR_METADATA, "a finite number above 0" },
  { METADATA, "temperature", "inf", BS_MODEL_ERROR_METADATA, "a finite number above 0" },
  { METADATA, "temperature", "1e999", BS_MODEL_ERROR_METADATA, "a finite number above 0" },
  { METADATA, "temperature", "nan", BS_MODEL_ERROR_METADATA, "a finite number above 0" },
  { METADATA, "temperature", "1.5x", BS_MODEL_ERROR_METADATA, "a finite number above 0" },
  { METADATA, "temperature", "", BS_MODEL_ERROR_METADATA, "a finite number above 0" },
  { HEADER, "\"causal\"", "7", BS_MODEL_ERROR_FORMAT,
    "metadata entry \"feature_set\": expected a string, found a number" },
  { HEADER, "{\"__metadata__\":{", "{\"__metadata__\":[],\"x\":{", BS_MODEL_ERROR_FORMAT,
    "\"__metadata__\": expected an object" },

  /* names */
  { REMOVE, "lstm.weight_ih_l0", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_ih_l0\": is missing" },
  { REMOVE, "lstm.weight_hh_l0", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_hh_l0\": is missing" },
  { REMOVE, "lstm.bias_ih_l0", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.bias_ih_l0\": is missing" },
  { REMOVE, "lstm.bias_hh_l0", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.bias_hh_l0\": is missing" },
  { REMOVE, "fc1.weight", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"fc1.weight\": is missing" },
  { REMOVE, "fc1.bias", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"fc1.bias\": is missing" },
  { REMOVE, "fc2.bias", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"fc2.bias\": is missing" },
  { REMOVE, "scaler.mean", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"scaler.mean\": is missing" },
  { REMOVE, "scaler.scale", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"scaler.scale\": is missing" },
  { RENAME, "fc2.weight", "fc3.weight", BS_MODEL_ERROR_TENSOR, "tensor \"fc2.weight\": is missing" },
  { RENAME, "fc1.weight", "fc0.weight", BS_MODEL_ERROR_TENSOR, "tensor \"fc1.weight\": is missing" },
  { ADD, "fc17.weight", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"fc17.weight\": at most 16 Linear layers" },
  { ADD, "fc99999999999999999999.weight", NULL, BS_MODEL_ERROR_TENSOR, "at most 16 Linear layers" },
  { ADD, "lstm.weight_ih_l8", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_ih_l8\": at most 8 layers" },
  { ADD, "lstm.weight_ih_l2", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_ih_l1\": is missing" },
  { ADD, "lstm.weight_hh_l1", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_hh_l1\": is no part of this network" },
  { ADD, "lstm.weight_ih_l01", NULL, BS_MODEL_ERROR_TENSOR,
    "tensor \"lstm.weight_ih_l01\": is no part of this network" },
  { ADD, "lstm.weight_ih_l0_reverse", NULL, BS_MODEL_ERROR_TENSOR, "\"lstm.weight_ih_l0_reverse\": is no part" },
  { ADD, "lstm.weight_hr_l0", NULL, BS_MODEL_ERROR_TENSOR, "\"lstm.weight_hr_l0\": is no part of this network" },
  { ADD, "attention.weight", NULL, BS_MODEL_ERROR_TENSOR, "\"attention.weight\": is no part of this network" },
  { ADD, "", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"\": is no part of this network" },
  { ADD, "module.fc1.bias", NULL, BS_MODEL_ERROR_TENSOR, "is the same tensor as \"" },
  { ADD, "_orig_mod.scaler.mean", NULL, BS_MODEL_ERROR_TENSOR, "is the same tensor as \"" },
  { ADD, "pruned.scaler.mean", NULL, BS_MODEL_ERROR_TENSOR, "tensor \"pruned.lstm.weight_hh_l0\": is missing" },
  { ADD, "fc1.bias", NULL, BS_MODEL_ERROR_FORMAT, "the name \"fc1.bias\" for the second time" },

  /* shapes */
  { REPLACE, "lstm.weight_hh_l0", "8 1025", BS_MODEL_ERROR_TENSOR,
    "shape [8, 1025]; expected a matrix with 1 to 1024 columns (hidden" },
  { REPLACE, "lstm.weight_hh_l0", "8 3", BS_MODEL_ERROR_TENSOR,
    "tensor \"lstm.weight_ih_l0\": shape [8, 3]; the others imply [12, 3]" },
  { REPLACE, "lstm.weight_hh_l0", "12 2", BS_MODEL_ERROR_TENSOR,
    "tensor \"lstm.weight_hh_l0\": shape [12, 2]; the others imply [8, 2]" },
  { REPLACE, "lstm.weight_hh_l0", "8 0", BS_MODEL_ERROR_TENSOR, "shape [8]; expected a matrix" },
  { REPLACE, "lstm.weight_ih_l0", "8 4097", BS_MODEL_ERROR_TENSOR,
    "shape [8, 4097]; expected a matrix with 1 to 4096 columns (inputs)" },
  { REPLACE, "lstm.weight_ih_l0", "8 4", BS_MODEL_ERROR_TENSOR,
    "tensor \"scaler.mean\": shape [3]; the others imply [4]" },
  { SHAPE, "lstm.weight_ih_l0", "[8,3,1]", BS_MODEL_ERROR_TENSOR, "shape [8, 3, 1]; expected a matrix" },
  { SHAPE, "lstm.weight_ih_l0", "[24]", BS_MODEL_ERROR_TENSOR, "shape [24]; expected a matrix" },
  { SHAPE, "lstm.bias_ih_l0", "[8,1]", BS_MODEL_ERROR_TENSOR,
    "tensor \"lstm.bias_ih_l0\": shape [8, 1]; the others imply [8]" },
  { REPLACE, "lstm.bias_hh_l0", "7 0", BS_MODEL_ERROR_TENSOR,
    "tensor \"lstm.bias_hh_l0\": shape [7]; the others imply [8]" },
  { REPLACE, "fc1.weight", "4097 2", BS_MODEL_ERROR_TENSOR, "expected a matrix with 1 to 4096 rows (outputs)" },
  { REPLACE, "fc1.weight", "3 5", BS_MODEL_ERROR_TENSOR,
    "tensor \"fc1.weight\": shape [3, 5]; the others imply [3, 2]" },
  { REPLACE, "fc1.weight", "5 2", BS_MODEL_ERROR_TENSOR, "tensor \"fc1.bias\": shape [3]; the others imply [5]" },
  { REPLACE, "fc2.weight", "3 4", BS_MODEL_ERROR_TENSOR,
    "tensor \"fc2.weight\": shape [3, 4]; the others imply [3, 3]" },
  { REPLACE, "fc2.weight", "4 3", BS_MODEL_ERROR_TENSOR,
    "tensor \"fc2.weight\": 4 rows; the last Linear layer has one for each class" },
  { REPLACE, "fc2.bias", "2 0", BS_MODEL_ERROR_TENSOR, "tensor \"fc2.bias\": shape [2]; the others imply [3]" },
  { REPLACE, "scaler.scale", "2 0", BS_MODEL_ERROR_TENSOR, "tensor \"scaler.scale\": shape [2]; the others imply [3]" },

  /* numbers */
  { DTYPE, "fc1.bias", "I32", BS_MODEL_ERROR_TENSOR, "tensor \"fc1.bias\": dtype I32; F32, F16, BF16 or F64 expected" },
  { DTYPE, "scaler.mean", "U64", BS_MODEL_ERROR_TENSOR, "tensor \"scaler.mean\": dtype U64;" },
  { FLOAT, "lstm.weight_ih_l0", "nan", BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_ih_l0\": element 1 is nan" },
  { FLOAT, "lstm.weight_hh_l0", "inf", BS_MODEL_ERROR_TENSOR, "tensor \"lstm.weight_hh_l0\": element 1 is inf" },
  { FLOAT, "lstm.bias_hh_l0", "-inf", BS_MODEL_ERROR_TENSOR, "tensor \"lstm.bias_hh_l0\": element 1 is -inf" },
  { FLOAT, "fc2.bias", "nan", BS_MODEL_ERROR_TENSOR,
    "tensor \"fc2.bias\": element 1 is nan; every number must be finite" },
  { DOUBLE, "scaler.mean", "nan", BS_MODEL_ERROR_TENSOR, "tensor \"scaler.mean\": element 1 is nan" },
  { DOUBLE, "scaler.scale", "inf", BS_MODEL_ERROR_TENSOR, "tensor \"scaler.scale\": element 1 is inf" },
  { DOUBLE, "scaler.scale", "0", BS_MODEL_ERROR_TENSOR,
    "tensor \"scaler.scale\": element 1 is 0; a scale must be above 0" },
  { DOUBLE, "scaler.scale", "-1e-300", BS_MODEL_ERROR_TENSOR, "element 1 is -1e-300; a scale must be above 0" },

  /* the file's layout */
  { DTYPE, "fc1.bias", "F31", BS_MODEL_ERROR_FORMAT, "tensor \"fc1.bias\": dtype \"F31\" is not one of the format's" },
  { DTYPE, "fc1.bias", "F64", BS_MODEL_ERROR_FORMAT,
    "tensor \"fc1.bias\": data_offsets give it 12 bytes, F64 [3] needs 24" },
  { SHAPE, "fc1.bias", "[4]", BS_MODEL_ERROR_FORMAT,
    "tensor \"fc1.bias\": data_offsets give it 12 bytes, F32 [4] needs 16" },
  { SHAPE, "fc1.bias", "[-3]", BS_MODEL_ERROR_FORMAT, "tensor \"fc1.bias\": shape: header line 1, column " },
  { SHAPE, "fc1.bias", "[3.0]", BS_MODEL_ERROR_FORMAT, "tensor \"fc1.bias\": shape: header line 1, column " },
  { SHAPE, "fc1.bias", "[\"3\"]", BS_MODEL_ERROR_FORMAT, "tensor \"fc1.bias\": shape: header line 1, column " },
  { SHAPE, "fc1.bias", "3", BS_MODEL_ERROR_FORMAT, "tensor \"fc1.bias\": shape: expected an array of at most 8 sizes" },
  { SHAPE, "fc1.bias", "[3,1,1,1,1,1,1,1,1]", BS_MODEL_ERROR_FORMAT, "expected an array of at most 8 sizes" },
  { SHAPE, "fc1.bias", "[4294967296,4294967296]", BS_MODEL_ERROR_FORMAT,
    "tensor \"fc1.bias\": shape: the product of its sizes overflows" },
  { SHAPE, "fc1.bias", "[9223372036854775807]", BS_MODEL_ERROR_FORMAT, "shape: the product of its sizes overflows" },
  { SHAPE, "fc1.bias", "[9223372036854775808]", BS_MODEL_ERROR_FORMAT,
    "expected an integer from 0 to 9223372036854775807" },
  { HEADER, "\"data_offsets\":[0,96]", "\"data_offsets\":[0,95]", BS_MODEL_ERROR_FORMAT,
    "data_offsets give it 95 bytes" },
  { HEADER, "\"data_offsets\":[0,96]", "\"data_offsets\":[4,100]", BS_MODEL_ERROR_FORMAT,
    "its data begin at 4, the data before end at 0" },
  { HEADER, "\"data_offsets\":[96,", "\"data_offsets\":[92,", BS_MODEL_ERROR_FORMAT, "data_offsets give it 68 bytes" },
  { HEADER, "[96,160]", "[92,156]", BS_MODEL_ERROR_FORMAT,
    "tensor \"lstm.weight_hh_l0\": its data begin at 92, the data before end at 96" },
  { HEADER, "[0,96]", "[0,96,97]", BS_MODEL_ERROR_FORMAT, "data_offsets: expected [begin, end]" },
  { HEADER, "[0,96]", "[96,0]", BS_MODEL_ERROR_FORMAT, "data_offsets [96, 0] do not lie in the" },
  { HEADER, "[0,96]", "[0,99999999]", BS_MODEL_ERROR_FORMAT, "data_offsets [0, 99999999] do not lie in the" },
  { HEADER, "[0,96]", "[-96,0]", BS_MODEL_ERROR_FORMAT, "data_offsets: header line 1, column" },
  { HEADER, "[0,96]", "\"0\"", BS_MODEL_ERROR_FORMAT, "data_offsets: expected [begin, end]" },
  { HEADER, "\"dtype\":\"F32\",", "", BS_MODEL_ERROR_FORMAT, "expected an object of dtype, shape and data_offsets" },
  { HEADER, "\"dtype\":\"F32\",", "\"dtype\":\"F32\",\"extra\":0,", BS_MODEL_ERROR_FORMAT, "and nothing else" },
  { HEADER, "\"dtype\":\"F32\",", "\"dtype\":32,", BS_MODEL_ERROR_FORMAT, "dtype: header line 1, column" },
  { HEADER, "{\"__metadata__\"", " {\"__metadata__\"", BS_MODEL_ERROR_FORMAT,
    "from its first byte on, found white space" },
  { HEADER, "\"__metadata__\":", "\"__metadata__\":{},\"x\":1,\"y\":", BS_MODEL_ERROR_FORMAT,
    "tensor \"x\": expected an object" },
  { HEADER, "\"__metadata__\":", "\"__metadata__\"", BS_MODEL_ERROR_FORMAT,
    "header line 1, column 16 (byte 15): expected ':'" },
  { HEADER, "barscope-model", "barscope\377model", BS_MODEL_ERROR_FORMAT,
    "header line 1, column 36 (byte 35): the byte 0xFF is not" },
};

static void
set_element (BsTestTensor *tensor, const char *value, gboolean is_double)
{
  const double number = g_ascii_strtod (value, NULL);
  const float narrow = (float) number;

  if (is_double)
    memcpy (tensor->data->data + sizeof number, &number, sizeof number);
  else
    memcpy (tensor->data->data + sizeof narrow, &narrow, sizeof narrow);
}

static GBytes *
build_changed (const Refusal *row)
{
  g_autoptr (BsTestFile) file = bs_test_file_new_model (3, 2, 1);
  static const float zeros[2] = { 0 };
  BsTestTensor *tensor;
  guint rows, columns;
  g_autofree char *header = NULL;

  switch (row->change)
    {
    case REMOVE:
      bs_test_file_remove (file, row->what);
      break;
    case RENAME:
      tensor = bs_test_file_find (file, row->what);
      g_free (tensor->name);
      tensor->name = g_strdup (row->to);
      break;
    case ADD:
      bs_test_file_add (file, row->what, "F32", "[2]", zeros, sizeof zeros);
      break;
    case SHAPE:
      tensor = bs_test_file_find (file, row->what);
      g_free (tensor->shape);
      tensor->shape = g_strdup (row->to);
      break;
    case REPLACE:
      g_assert_cmpint (sscanf (row->to, "%u %u", &rows, &columns), ==, 2);
      bs_test_file_remove (file, row->what);
      bs_test_file_add_floats (file, row->what, rows, columns);
      break;
    case DTYPE:
      tensor = bs_test_file_find (file, row->what);
      g_free (tensor->dtype);
      tensor->dtype = g_strdup (row->to);
      break;
    case FLOAT:
    case DOUBLE:
      set_element (bs_test_file_find (file, row->what), row->to, row->change == DOUBLE);
      break;
    case METADATA:
      bs_test_file_metadata (file, row->what, row->to);
      break;
    case HEADER:
      {
        g_autoptr (GString) text = NULL;
        g_autofree char *good = bs_test_file_header (file);

        text = g_string_new (good);
        g_assert_cmpuint (g_string_replace (text, row->what, row->to, 1), ==, 1);
        header = g_string_free (g_steal_pointer (&text), FALSE);
        break;
      }
    default:
      g_assert_not_reached ();
    }
  return bs_test_file_build (file, header);
}

static void
test_refusal (gconstpointer data)
{
  const Refusal *row = data;
  g_autoptr (GBytes) bytes = build_changed (row);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model
    = bs_model_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "m.safetensors", &error);

  g_assert_null (model);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "m.safetensors: "));
  if (!strstr (error->message, row->message))
    g_error ("got \"%s\", expected \"%s\"", error->message, row->message);
  g_assert_error (error, BS_MODEL_ERROR, (int) row->code);
}

static void
test_pruned_refusals (void)
{
  static const struct
  {
    guint n_inputs, hidden, n_layers;
    const char *message;
  } rows[] = {
    { 4, 2, 1, "tensor \"pruned.lstm.weight_ih_l0\": 4 columns (inputs); the full network has 3" },
    { 3, 2, 2, "tensor \"pruned.lstm\": 2 layers; the full network has 1" },
  };
  g_autoptr (BsTestFile) file = bs_test_file_new_model (3, 4, 1);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BsTestFile) unlike = bs_test_file_new_model (3, 4, 1);

      bs_test_file_add_network (unlike, "pruned.", rows[i].n_inputs, rows[i].hidden, rows[i].n_layers);
      g_assert_null (load (unlike, &error));
      g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR);
      g_assert_nonnull (strstr (error->message, rows[i].message));
      g_clear_error (&error);
    }

  /* One Linear layer more than the full network has. */
  g_autoptr (BsTestFile) longer = bs_test_file_new_model (3, 4, 1);
  bs_test_file_add_network (longer, "pruned.", 3, 2, 1);
  bs_test_file_add_floats (longer, "pruned.fc3.weight", 3, 3);
  bs_test_file_add_floats (longer, "pruned.fc3.bias", 3, 0);
  g_assert_null (load (longer, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR);
  g_assert_nonnull (strstr (error->message, "tensor \"pruned.fc\": 3 Linear layers; the full network has 2"));
  g_clear_error (&error);

  bs_test_file_add_network (file, "pruned.", 3, 2, 1);
  bs_test_file_add_floats (file, "pruned.scaler.scale", 3, 0);
  g_assert_null (load (file, &error));
  g_assert_nonnull (strstr (error->message, "tensor \"pruned.scaler.scale\": is no part of this network"));
  g_clear_error (&error);
  bs_test_file_remove (file, "pruned.scaler.scale");
  set_element (bs_test_file_find (file, "pruned.fc2.weight"), "nan", FALSE);
  g_assert_null (load (file, &error));
  g_assert_nonnull (strstr (error->message, "tensor \"pruned.fc2.weight\": element 1 is nan"));
}

/* Doubles that a float cannot hold, and two biases that only together are too large. */
static void
test_overflow (void)
{
  g_autoptr (BsTestFile) file = bs_test_file_new_model (3, 2, 1);
  g_autoptr (GError) error = NULL;
  const double numbers[3] = { 0, 1e39, 0 };

  bs_test_file_remove (file, "fc1.bias");
  bs_test_file_add (file, "fc1.bias", "F64", "[3]", numbers, sizeof numbers);
  g_assert_null (load (file, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR);
  g_assert_nonnull (strstr (error->message, "tensor \"fc1.bias\": element 1 (1e+39) is beyond the range of a float"));
  g_clear_error (&error);

  bs_test_file_remove (file, "fc1.bias");
  bs_test_file_add_floats (file, "fc1.bias", 3, 0);
  set_element (bs_test_file_find (file, "lstm.bias_ih_l0"), "3e38", FALSE);
  set_element (bs_test_file_find (file, "lstm.bias_hh_l0"), "3e38", FALSE);
  g_assert_null (load (file, &error));
  g_assert_nonnull (strstr (error->message, "tensor \"lstm.bias_hh_l0\": element 1 (3e+38, added to the other bias,)"));
}

/* A file cut anywhere, or with a byte more, is refused. */
static void
test_cut (void)
{
  g_autoptr (BsTestFile) file = bs_test_file_new_model (2, 1, 1);
  g_autoptr (GBytes) bytes = bs_test_file_build (file, NULL);
  const gsize size = g_bytes_get_size (bytes);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  g_autofree guint8 *longer = g_malloc0 (size + 1);
  g_autoptr (GError) error = NULL;

  for (gsize n = 0; n < size; n++)
    {
      g_autofree guint8 *cut = g_memdup2 (data, n); /* so that a sanitizer sees a read too far */

      g_assert_null (bs_model_load_bytes (cut, n, "cut", &error));
      g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT);
      g_clear_error (&error);
    }
  memcpy (longer, data, size);
  g_assert_null (bs_model_load_bytes (longer, size + 1, "longer", &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "of the data, the file at"));
}

static void
test_header_length (void)
{
  static const struct
  {
    guint64 length;
    const char *message;
  } rows[] = {
    { BS_SAFETENSORS_MAX_HEADER + 1, "a header of 100000001 bytes; at most 100000000" },
    { G_MAXUINT64, "a header of 18446744073709551615 bytes; at most 100000000" },
    { 3, "a header of 3 bytes in a file of 10: it is cut off" },
    { 0, "header line 1, column 1 (byte 0): expected a value" },
    { 2, "\"format\" is missing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint64 length = GUINT64_TO_LE (rows[i].length);
      guint8 data[10] = { [8] = '{', '}' };
      g_autoptr (GError) error = NULL;

      memcpy (data, &length, sizeof length);
      g_assert_null (bs_model_load_bytes (data, sizeof data, "h", &error));
      if (!strstr (error->message, rows[i].message))
        g_error ("got \"%s\", expected \"%s\"", error->message, rows[i].message);
    }
}

static void
test_files (void)
{
  g_autoptr (BsTestFile) good = bs_test_file_new_model (3, 2, 1);
  g_autoptr (GBytes) bytes = bs_test_file_build (good, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("barscope-XXXXXX", &error), *path = NULL, *pipe = NULL, *absent = NULL;
  g_autoptr (BsModel) model = NULL;

  g_assert_no_error (error);
  path = g_build_filename (folder, "model.safetensors", NULL);
  pipe = g_build_filename (folder, "pipe", NULL);
  absent = g_build_filename (folder, "absent", NULL);

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  model = bs_model_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (model->n_inputs, ==, 3);

  g_assert_null (bs_model_load (absent, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE);
  g_assert_true (g_str_has_prefix (error->message, absent));
  g_clear_error (&error);

  g_assert_null (bs_model_load (folder, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "is a folder"));
  g_clear_error (&error);

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (bs_model_load (pipe, &error)); /* and does not wait for a writer */
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE);
  g_clear_error (&error);

  g_file_set_contents (path, "", 0, NULL);
  g_assert_null (bs_model_load (path, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT);
  g_clear_error (&error);

  g_assert_cmpint (truncate (path, (off_t) BS_MODEL_MAX_FILE_BYTES + 1), ==, 0); /* a hole: it takes no room */
  g_assert_null (bs_model_load (path, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "larger than 1 GiB"));

  g_unlink (path);
  g_unlink (pipe);
  g_rmdir (folder);
}

static void
test_random (void)
{
  g_autoptr (BsModel) a = bs_model_new_random (5, 7, 2, 3, 42), b = bs_model_new_random (5, 7, 2, 3, 42);
  g_autoptr (BsModel) c = bs_model_new_random (5, 7, 2, 3, 43);
  double sum = 0;

  g_assert_cmpmem (a->layers[1].w_hh, 4 * 7 * 7 * sizeof (float), b->layers[1].w_hh, 4 * 7 * 7 * sizeof (float));
  g_assert_cmpint (memcmp (a->layers[1].w_hh, c->layers[1].w_hh, 4 * 7 * 7 * sizeof (float)), !=, 0);
  g_assert_cmpstr (a->hash, ==, b->hash);
  g_assert_cmpstr (a->hash, !=, c->hash);
  g_assert_cmpuint (strlen (a->hash), ==, 64);
  for (guint i = 0; i < 4 * 7 * 5; i++)
    {
      g_assert_cmpfloat (fabsf (a->layers[0].w_ih[i]), <=, (float) (1 / sqrt (7)));
      sum += fabsf (a->layers[0].w_ih[i]);
    }
  g_assert_cmpfloat (sum / 140, >, 0.5 / sqrt (7) * 0.8);
  g_assert_cmpuint (a->linear[0].n_outputs, ==, 32);
  g_assert_cmpuint (a->linear[1].n_outputs, ==, BS_N_CLASSES);
  g_assert_cmpfloat (a->scale[4], ==, 1);
  /* the same on every machine */
  g_assert_cmpfloat (a->layers[0].w_ih[0], ==, 0.182605878f);
  g_assert_cmpfloat (a->linear[1].bias[2], ==, -0.0336099751f);
}

static void
test_dtypes (void)
{
  static const struct
  {
    BsDtype dtype;
    guint64 bits;
    double value;
  } rows[] = {
    { BS_DTYPE_F16, 0x0000, 0 },          { BS_DTYPE_F16, 0x3C00, 1 },
    { BS_DTYPE_F16, 0xC000, -2 },         { BS_DTYPE_F16, 0x3555, 0.333251953125 },
    { BS_DTYPE_F16, 0x0001, 0x1p-24 },    { BS_DTYPE_F16, 0x03FF, 0x3FFp-24 },
    { BS_DTYPE_F16, 0x0400, 0x1p-14 },    { BS_DTYPE_F16, 0x7BFF, 65504 },
    { BS_DTYPE_F16, 0xFC00, -INFINITY },  { BS_DTYPE_BF16, 0x3F80, 1 },
    { BS_DTYPE_BF16, 0xC049, -3.140625 }, { BS_DTYPE_BF16, 0x7F80, INFINITY },
    { BS_DTYPE_F32, 0x3DCCCCCD, 0.1f },   { BS_DTYPE_F64, G_GUINT64_CONSTANT (0x3FB999999999999A), 0.1 },
  };
  guint8 unaligned[9];
  double value;
  BsTensor tensor = { .name = "t", .n_elements = 1, .data = unaligned + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint64 bits = GUINT64_TO_LE (rows[i].bits);

      memcpy (unaligned + 1, &bits, sizeof bits);
      tensor.dtype = rows[i].dtype;
      g_assert_true (bs_tensor_read (&tensor, 0, 1, &value));
      g_assert_cmpfloat (value, ==, rows[i].value);
    }
  unaligned[1] = 0x01;
  unaligned[2] = 0x7E;
  tensor.dtype = BS_DTYPE_F16;
  g_assert_true (bs_tensor_read (&tensor, 0, 1, &value));
  g_assert_true (isnan (value));
  tensor.dtype = BS_DTYPE_I64;
  g_assert_false (bs_tensor_read (&tensor, 0, 1, &value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/good", test_good);
  g_test_add_func ("/model/prefixes", test_prefixes);
  g_test_add_func ("/model/pruned", test_pruned);
  g_test_add_func ("/model/extreme-sizes", test_extreme_sizes);
  g_test_add_func ("/model/heads", test_heads);
  g_test_add_func ("/model/pruned-refusals", test_pruned_refusals);
  g_test_add_func ("/model/overflow", test_overflow);
  g_test_add_func ("/model/cut", test_cut);
  g_test_add_func ("/model/header-length", test_header_length);
  g_test_add_func ("/model/files", test_files);
  g_test_add_func ("/model/random", test_random);
  g_test_add_func ("/model/dtypes", test_dtypes);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/model/refuses/%u", i);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  return g_test_run ();
}
