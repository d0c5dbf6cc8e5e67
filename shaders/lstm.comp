/* lstm.comp: the whole network for one window: LSTM layers over T steps, head, softmax
 *
 * One workgroup an instrument (workgroups never wait for each other); one thread a hidden unit, with its four gates, so that
 * cell state never leaves the thread and a unit's gates need no exchange. Time is the outer loop and layers the inner one:
 * a layer's whole sequence is never stored, so shared memory does not grow with T.
 *
 * Weights are read two inputs at a time, gates interleaved; neighbouring threads read neighbouring elements:
 *   HALF: weights: [pairs of inputs][H] uvec4 {i, f, g, o}, each two halves (inputs 2k, 2k + 1)
 *   else: weights: [pairs of inputs][H][2] vec4 {i, f, g, o}
 * A small network's weights are brought into shared memory once and read there at every step; a larger one's are read where
 * they are.
 * Halves are unpacked by core instructions: no device feature is needed. Products, sums, state, head and softmax are FP32.
 */
#version 450
#extension GL_EXT_control_flow_attributes : require

layout (local_size_x_id = 0) in;
layout (constant_id = 1) const uint LOCAL = 64;   /* threads, = local_size_x */
layout (constant_id = 2) const uint INPUTS = 62;  /* F, padded to even */
layout (constant_id = 3) const uint HIDDEN = 64;  /* H */
layout (constant_id = 4) const uint LAYERS = 2;
layout (constant_id = 5) const uint STEPS = 20;   /* T */
layout (constant_id = 6) const uint UNITS = 1;    /* hidden units a thread, ceil (H / LOCAL) */
layout (constant_id = 7) const uint STAGED = 20;  /* rows of the window in shared memory at a time */
layout (constant_id = 8) const uint LINEAR = 2;   /* layers of the head */
layout (constant_id = 9) const uint WIDTH = 32;   /* the head's widest output */
layout (constant_id = 10) const uint KEPT = 0;    /* elements of the weights in shared memory: all of them or none */

const uint STATE = (HIDDEN + 1) & ~1u; /* hidden state of a layer, padded to even with a zero */
const uint CLASSES = 3;

#ifdef HALF
#define WEIGHT uvec4
#else
#define WEIGHT vec4
#endif
layout (std430, binding = 0) readonly buffer Weights { WEIGHT weights[]; };
#ifdef HALF
layout (std430, binding = 1) readonly buffer Inputs { uint inputs[]; }; /* [N, T, INPUTS / 2] pairs of halves */
#else
layout (std430, binding = 1) readonly buffer Inputs { float inputs[]; }; /* [N, T, INPUTS] */
#endif
/* LSTM biases [LAYERS][H] {i, f, g, o}, then for each Linear layer weight [n_in][n_out] and bias [n_out], then 1 / temperature */
layout (std430, binding = 2) readonly buffer Parameters { float parameters[]; };
layout (std430, binding = 3) readonly buffer Shape { uint sizes[]; }; /* n_out of each Linear layer */
layout (std430, binding = 4) writeonly buffer Outputs { float probabilities[]; }; /* [N, C] */

shared WEIGHT kept[KEPT > 0 ? KEPT : 1];
shared float staged[STAGED * INPUTS];
shared float state[LAYERS * STATE];
shared float head[2 * WIDTH];

WEIGHT
weight_at (uint index)
{
  if (KEPT > 0)
    return kept[index];
  return weights[index];
}

/* Adds to a unit's gates what a pair of inputs brings; @index counts pairs times H plus the unit. */
vec4
add_pair (vec4 gates, uint index, float a, float b)
{
#ifdef HALF
  uvec4 w = weight_at (index);
  vec2 i = unpackHalf2x16 (w.x), f = unpackHalf2x16 (w.y), g = unpackHalf2x16 (w.z), o = unpackHalf2x16 (w.w);
  return gates + a * vec4 (i.x, f.x, g.x, o.x) + b * vec4 (i.y, f.y, g.y, o.y);
#else
  return gates + a * weight_at (2 * index) + b * weight_at (2 * index + 1);
#endif
}

/* Both saturate to their limits where exp () overflows to infinity; no NaN can come of them. */
float
sigmoid (float x)
{
  return 1.0 / (1.0 + exp (-x));
}

float
tanh_of (float x)
{
  return 1.0 - 2.0 / (1.0 + exp (2.0 * x));
}

/* Brings rows @first.. of the window into shared memory. */
void
stage_rows (uint first, uint thread)
{
  uint rows = min (STAGED, STEPS - first);
#ifdef HALF
  uint begin = (gl_WorkGroupID.x * STEPS + first) * (INPUTS / 2);
  for (uint k = thread; k < rows * (INPUTS / 2); k += LOCAL)
    {
      vec2 pair = unpackHalf2x16 (inputs[begin + k]);
      staged[2 * k] = pair.x;
      staged[2 * k + 1] = pair.y;
    }
#else
  uint begin = (gl_WorkGroupID.x * STEPS + first) * INPUTS;
  for (uint k = thread; k < rows * INPUTS; k += LOCAL)
    staged[k] = inputs[begin + k];
#endif
}

void
main ()
{
  uint thread = gl_LocalInvocationID.x;
  float cell[LAYERS * UNITS];
  [[unroll]] for (uint j = 0; j < LAYERS * UNITS; j++)
    cell[j] = 0.0;
  for (uint k = thread; k < LAYERS * STATE; k += LOCAL)
    state[k] = 0.0;
  for (uint k = thread; k < KEPT; k += LOCAL)
    kept[k] = weights[k]; /* seen by all after the barrier before the first step */

  for (uint t = 0; t < STEPS; t++)
    {
      if (t % STAGED == 0)
        {
          barrier (); /* the rows staged before have been read */
          stage_rows (t, thread);
          barrier ();
        }

      uint base = 0; /* of the layer's weights */
      [[unroll]] for (uint layer = 0; layer < LAYERS; layer++)
        {
          uint pairs = (layer == 0 ? INPUTS : STATE) / 2;
          vec4 gates[UNITS];
          [[unroll]] for (uint j = 0; j < UNITS; j++)
            {
              /* Threads beyond the last unit compute it once more and keep nothing: the loops stay uniform. */
              uint unit = min (thread + j * LOCAL, HIDDEN - 1);
              uint bias = 4 * (layer * HIDDEN + unit);
              vec4 sum = vec4 (parameters[bias], parameters[bias + 1], parameters[bias + 2], parameters[bias + 3]);
              uint index = base + unit;
              if (layer == 0)
                {
                  uint row = (t % STAGED) * INPUTS;
                  for (uint k = 0; k < pairs; k++, index += HIDDEN)
                    sum = add_pair (sum, index, staged[row + 2 * k], staged[row + 2 * k + 1]);
                }
              else
                {
                  uint below = (layer - 1) * STATE;
                  for (uint k = 0; k < pairs; k++, index += HIDDEN)
                    sum = add_pair (sum, index, state[below + 2 * k], state[below + 2 * k + 1]);
                }
              uint own = layer * STATE;
              for (uint k = 0; k < STATE / 2; k++, index += HIDDEN)
                sum = add_pair (sum, index, state[own + 2 * k], state[own + 2 * k + 1]);
              gates[j] = sum;
            }
          barrier (); /* every thread has read this layer's old state */
          [[unroll]] for (uint j = 0; j < UNITS; j++)
            {
              uint unit = thread + j * LOCAL;
              if (unit < HIDDEN)
                {
                  uint own = layer * UNITS + j;
                  cell[own] = sigmoid (gates[j].y) * cell[own] + sigmoid (gates[j].x) * tanh_of (gates[j].z);
                  state[layer * STATE + unit] = sigmoid (gates[j].w) * tanh_of (cell[own]);
                }
            }
          barrier (); /* the new state is there for the layer above */
          base += (pairs + STATE / 2) * HIDDEN;
        }
    }

  /* The head reads the top layer's last state, then its own outputs, from one half of `head` to the other. */
  uint n_inputs = HIDDEN;
  uint at = 4 * LAYERS * HIDDEN;
  for (uint layer = 0; layer < LINEAR; layer++)
    {
      uint n_outputs = sizes[layer];
      uint from = ((layer + 1) % 2) * WIDTH;
      for (uint unit = thread; unit < n_outputs; unit += LOCAL)
        {
          float sum = parameters[at + n_inputs * n_outputs + unit];
          for (uint k = 0; k < n_inputs; k++)
            sum += parameters[at + k * n_outputs + unit] * (layer == 0 ? state[(LAYERS - 1) * STATE + k] : head[from + k]);
          head[(layer % 2) * WIDTH + unit] = layer + 1 < LINEAR ? max (sum, 0.0) : sum;
        }
      barrier ();
      at += (n_inputs + 1) * n_outputs;
      n_inputs = n_outputs;
    }

  if (thread == 0)
    {
      uint from = ((LINEAR + 1) % 2) * WIDTH;
      float scale = parameters[at];
      float largest = max (max (head[from], head[from + 1]), head[from + 2]);
      float e0 = exp ((head[from] - largest) * scale), e1 = exp ((head[from + 1] - largest) * scale),
            e2 = exp ((head[from + 2] - largest) * scale);
      float sum = e0 + e1 + e2;
      uint out_at = gl_WorkGroupID.x * CLASSES;
      probabilities[out_at] = e0 / sum;
      probabilities[out_at + 1] = e1 / sum;
      probabilities[out_at + 2] = e2 / sum;
    }
}
