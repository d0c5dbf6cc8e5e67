/* bs-pass-declare.h: the declarations of bs-pass.h for one number type, which includes it twice; no include guard */

/**
 * BsPassF32Activations, BsPassF64Activations:
 *
 * What a forward pass leaves behind and a backward pass reads, for n windows of T steps. Masks hold 0 where dropout drops
 * a number and 1 / (1 - p) where it stays; without dropout they are %NULL, and dropped is what it would be made of.
 */
typedef struct
{
  guint n;                          /* windows */
  gsize window_stride, step_stride; /* rows, see the head of bs-pass.h */
  const BsPassReal *inputs;         /* rows of F */
  struct
  {
    BsPassReal *gates;   /* rows of 4H after sigmoid (i, f, o) and tanh (g); order i, f, g, o */
    BsPassReal *cell;    /* rows of H */
    BsPassReal *hidden;  /* rows of H */
    BsPassReal *mask;    /* (nullable): rows of H, on the way to the next layer; not for the top one */
    BsPassReal *dropped; /* hidden * mask */
  } layers[BS_MODEL_MAX_LAYERS];
  struct
  {
    BsPassReal *mask;    /* (nullable): [n, n_inputs] */
    BsPassReal *dropped; /* [n, n_inputs] inputs * mask; not read without a mask */
    BsPassReal *values;  /* [n, n_outputs], after ReLU; the last: the logits */
  } linear[BS_MODEL_MAX_LINEAR];
} BS_PASS (Activations);

/** Room that a backward pass over at most n windows works in. */
typedef struct
{
  BsPassReal *d_gates;   /* rows of 4H */
  BsPassReal *d_hidden;  /* rows of H */
  BsPassReal *d_cell;    /* [n, H] */
  BsPassReal *d_head[2]; /* [n, the widest Linear layer] */
  BsPassReal *tanh_cell; /* [H] */
} BS_PASS (Room);

/**
 * bs_pass_f32_take_activations, bs_pass_f64_take_activations:
 * @arena: in either of its two passes (see BsArena)
 * @n: windows
 * @dropout: whether masks are wanted
 *
 * Gives all but the inputs their place, with the rows of a step side by side (window_stride 1, step_stride @n).
 */
void bs_pass (take_activations) (const BsParameterLayout *layout, BsArena *arena, guint n, gboolean dropout,
                                 BS_PASS (Activations) * activations);
/** bs_pass_f32_take_room, bs_pass_f64_take_room: the same for the room of @n windows. */
void bs_pass (take_room) (const BsParameterLayout *layout, BsArena *arena, guint n, BS_PASS (Room) * room);

/**
 * bs_pass_f32_forward, bs_pass_f64_forward:
 * @values: [layout->n] the network
 * @activations: inputs, masks and n are read, the rest is written. Logits are those before the temperature
 *
 * Thread: any; nothing is shared but @values.
 */
void bs_pass (forward) (const BsParameterLayout *layout, const BsPassReal *values, BS_PASS (Activations) * activations);

/**
 * bs_pass_f32_backward, bs_pass_f64_backward:
 * @values: [layout->n] the network that @activations are of
 * @d_logits: [n, C] d loss / d logit
 * @room: for n windows at least
 * @gradient: (nullable): [layout->n] d loss / d parameter, summed over the windows, is added
 * @d_inputs: (nullable): rows of F: d loss / d input, written
 *
 * Back-propagation through time (Werbos 1990), exact: no step is cut off. With c = f c' + i g and h = o tanh (c):
 * do = dh tanh (c), dc = dh o (1 - tanh (c)^2) + dc+ f+, di = dc g, dg = dc i, df = dc c', each times the derivative of its
 * sigmoid s (1 - s) or tanh 1 - s^2; dh' = d_gates w_hh.
 * The network's bias is the sum of PyTorch's two, each of which has the gradient of the sum.
 */
void bs_pass (backward) (const BsParameterLayout *layout, const BsPassReal *values,
                         const BS_PASS (Activations) * activations, const BsPassReal *d_logits,
                         const BS_PASS (Room) * room, BsPassReal *gradient, BsPassReal *d_inputs);
