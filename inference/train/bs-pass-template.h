/* bs-pass-template.h: forward and backward through the network for one number type; included by bs-pass-f32.c and
 * bs-pass-f64.c, which define BsPassReal, BS_PASS, bs_pass, GEMM, sigmoid_all, tanh_all, enter_mode and leave_mode.
 *
 * The plan, for n windows of T steps (rows = n * T; shapes of weights are BsModel's):
 *
 *   forward   each layer  gates [rows, 4H] = bias + inputs x w_ih^T                     one product for all steps
 *               each step   gates_t += hidden_(t-1) x w_hh^T, then activations in place
 *               dropped     hidden * mask, the next layer's inputs
 *             each Linear values = ReLU (bias + dropped x weight^T)
 *   backward  each Linear  from the last: dweight += d^T x inputs, d = d x weight * mask * (value > 0)
 *             each layer  from the top; each step from the last
 *               d_hidden_t += d_gates_(t+1) x w_hh, then d_gates_t
 *               dw_hh += d_gates_(1..)^T x hidden_(..T-2), dw_ih += d_gates^T x inputs, d_inputs = d_gates x w_ih
 */

/* y [n, n_out] += x [n, n_in] x w^T; strides in numbers */
static void
multiply_forward (const BsPassReal *x, gsize x_stride, const BsPassReal *w, gsize n, gsize n_in, gsize n_out,
                  BsPassReal *y, gsize y_stride)
{
  GEMM (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) n, (blasint) n_out, (blasint) n_in, 1, x, (blasint) x_stride,
        w, (blasint) n_in, 1, y, (blasint) y_stride);
}

/* dx [n, n_in] = d [n, n_out] x w [n_out, n_in], added to dx * @keep */
static void
multiply_backward (const BsPassReal *d, gsize d_stride, const BsPassReal *w, gsize n, gsize n_in, gsize n_out,
                   BsPassReal keep, BsPassReal *dx, gsize dx_stride)
{
  GEMM (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) n, (blasint) n_in, (blasint) n_out, 1, d,
        (blasint) d_stride, w, (blasint) n_in, keep, dx, (blasint) dx_stride);
}

/* dw [n_out, n_in] += d^T [n_out, n] x x [n, n_in] */
static void
multiply_weights (const BsPassReal *d, gsize d_stride, const BsPassReal *x, gsize x_stride, gsize n, gsize n_in,
                  gsize n_out, BsPassReal *dw)
{
  GEMM (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) n_out, (blasint) n_in, (blasint) n, 1, d, (blasint) d_stride,
        x, (blasint) x_stride, 1, dw, (blasint) n_in);
}

static void
fill_rows (BsPassReal *rows, gsize n_rows, const BsPassReal *row, gsize n)
{
  for (gsize r = 0; r < n_rows; r++)
    memcpy (rows + r * n, row, n * sizeof *row);
}

static void
add_rows (const BsPassReal *rows, gsize n_rows, gsize n, BsPassReal *sum)
{
  for (gsize r = 0; r < n_rows; r++)
    for (gsize i = 0; i < n; i++)
      sum[i] += rows[r * n + i];
}

static void
multiply_all (const BsPassReal *a, const BsPassReal *b, gsize n, BsPassReal *out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = a[i] * b[i];
}

/* One step of one window. @gates: [4H], sums in, activations out; @cell_before: (nullable) [H] */
static void
activate (BsPassReal *restrict gates, const BsPassReal *restrict cell_before, BsPassReal *restrict cell,
          BsPassReal *restrict hidden, gsize H)
{
  BsPassReal *i = gates, *f = gates + H, *g = gates + 2 * H, *o = gates + 3 * H;

  sigmoid_all (i, i, 2 * H);
  tanh_all (g, g, H);
  sigmoid_all (o, o, H);
  if (cell_before)
    for (gsize u = 0; u < H; u++)
      cell[u] = f[u] * cell_before[u] + i[u] * g[u];
  else
    for (gsize u = 0; u < H; u++)
      cell[u] = i[u] * g[u];
  tanh_all (cell, hidden, H);
  for (gsize u = 0; u < H; u++)
    hidden[u] *= o[u];
}

/* What layer @k reads, rows of its n_inputs. */
static const BsPassReal *
layer_inputs (const BS_PASS (Activations) * self, guint k)
{
  return k == 0 ? self->inputs : self->layers[k - 1].mask ? self->layers[k - 1].dropped : self->layers[k - 1].hidden;
}

/* What Linear @k reads, before its mask. @stride: (out): numbers from one window to the next */
static const BsPassReal *
linear_inputs (const BsParameterLayout *layout, const BS_PASS (Activations) * self, guint k, gsize *stride)
{
  const gsize last_row = (layout->sequence_length - 1) * self->step_stride;

  *stride = k ? layout->linear[k].n_inputs : self->window_stride * layout->hidden;
  return k ? self->linear[k - 1].values : self->layers[layout->n_layers - 1].hidden + last_row * layout->hidden;
}

static void
forward_layer (const BsParameterLayout *layout, const BsPassReal *values, BS_PASS (Activations) * self, guint k)
{
  const gsize n = self->n, T = layout->sequence_length, H = layout->hidden, n_in = layout->layers[k].n_inputs;
  const gsize window = self->window_stride, step = self->step_stride;
  const BsPassReal *w_hh = values + layout->layers[k].w_hh;
  BsPassReal *gates = self->layers[k].gates, *cell = self->layers[k].cell, *hidden = self->layers[k].hidden;

  fill_rows (gates, n * T, values + layout->layers[k].bias, 4 * H);
  multiply_forward (layer_inputs (self, k), n_in, values + layout->layers[k].w_ih, n * T, n_in, 4 * H, gates, 4 * H);
  for (gsize t = 0; t < T; t++)
    {
      if (t > 0)
        multiply_forward (hidden + (t - 1) * step * H, window * H, w_hh, n, H, 4 * H, gates + t * step * 4 * H,
                          window * 4 * H);
      for (gsize w = 0; w < n; w++)
        {
          const gsize row = w * window + t * step;

          activate (gates + row * 4 * H, t ? cell + (row - step) * H : NULL, cell + row * H, hidden + row * H, H);
        }
    }
  if (self->layers[k].mask)
    multiply_all (hidden, self->layers[k].mask, n * T * H, self->layers[k].dropped);
}

void
bs_pass (forward) (const BsParameterLayout *layout, const BsPassReal *values, BS_PASS (Activations) * self)
{
  const unsigned mode = enter_mode ();

  for (guint k = 0; k < layout->n_layers; k++)
    forward_layer (layout, values, self, k);
  for (guint k = 0; k < layout->n_linear; k++)
    {
      const gsize n = self->n, n_in = layout->linear[k].n_inputs, n_out = layout->linear[k].n_outputs;
      BsPassReal *out = self->linear[k].values;
      gsize stride;
      const BsPassReal *inputs = linear_inputs (layout, self, k, &stride);

      if (self->linear[k].mask)
        {
          for (gsize w = 0; w < n; w++)
            multiply_all (inputs + w * stride, self->linear[k].mask + w * n_in, n_in, self->linear[k].dropped + w * n_in);
          inputs = self->linear[k].dropped;
          stride = n_in;
        }
      fill_rows (out, n, values + layout->linear[k].bias, n_out);
      multiply_forward (inputs, stride, values + layout->linear[k].weight, n, n_in, n_out, out, n_out);
      if (k + 1 < layout->n_linear)
        for (gsize i = 0; i < n * n_out; i++)
          out[i] = out[i] < 0 ? 0 : out[i]; /* this way round NaN stays NaN */
    }
  leave_mode (mode);
}

/* From d_logits to the gradient of the top layer's last hidden state. Returns: [n, H], in the room */
static const BsPassReal *
backward_head (const BsParameterLayout *layout, const BsPassReal *values, const BS_PASS (Activations) * self,
               const BsPassReal *d_logits, const BS_PASS (Room) * room, BsPassReal *gradient)
{
  const BsPassReal *d = d_logits;

  for (guint k = layout->n_linear; k-- > 0;)
    {
      const gsize n = self->n, n_in = layout->linear[k].n_inputs, n_out = layout->linear[k].n_outputs;
      BsPassReal *d_in = room->d_head[k % 2];
      gsize stride;
      const BsPassReal *inputs = linear_inputs (layout, self, k, &stride);

      if (gradient)
        {
          const BsPassReal *read = self->linear[k].mask ? self->linear[k].dropped : inputs;

          multiply_weights (d, n_out, read, self->linear[k].mask ? n_in : stride, n, n_in, n_out,
                            gradient + layout->linear[k].weight);
          add_rows (d, n, n_out, gradient + layout->linear[k].bias);
        }
      multiply_backward (d, n_out, values + layout->linear[k].weight, n, n_in, n_out, 0, d_in, n_in);
      if (self->linear[k].mask)
        multiply_all (d_in, self->linear[k].mask, n * n_in, d_in);
      if (k > 0)
        for (gsize i = 0; i < n * n_in; i++)
          d_in[i] = inputs[i] > 0 ? d_in[i] : 0; /* ReLU */
      d = d_in;
    }
  return d;
}

/* One step of one window. @d_hidden: [H] of this step's state; @d_cell: [H], of this step's cell from the step after it in,
 * of the cell before out; @cell_before: (nullable) */
static void
backward_step (const BsPassReal *restrict gates, const BsPassReal *restrict cell_before,
               const BsPassReal *restrict tanh_cell, const BsPassReal *restrict d_hidden, BsPassReal *restrict d_cell,
               BsPassReal *restrict d_gates, gsize H)
{
  const BsPassReal *i = gates, *f = gates + H, *g = gates + 2 * H, *o = gates + 3 * H;

  for (gsize u = 0; u < H; u++)
    {
      const BsPassReal before = cell_before ? cell_before[u] : 0;
      const BsPassReal dh = d_hidden[u], th = tanh_cell[u];
      const BsPassReal dc = d_cell[u] + dh * o[u] * (1 - th * th);

      d_gates[u] = dc * g[u] * i[u] * (1 - i[u]);
      d_gates[H + u] = dc * before * f[u] * (1 - f[u]);
      d_gates[2 * H + u] = dc * i[u] * (1 - g[u] * g[u]);
      d_gates[3 * H + u] = dh * th * o[u] * (1 - o[u]);
      d_cell[u] = dc * f[u];
    }
}

/* room->d_hidden holds the gradient of layer @k's hidden states; leaves that of its sums in room->d_gates. */
static void
backward_steps (const BsParameterLayout *layout, const BsPassReal *values, const BS_PASS (Activations) * self,
                const BS_PASS (Room) * room, guint k)
{
  const gsize n = self->n, T = layout->sequence_length, H = layout->hidden;
  const gsize window = self->window_stride, step = self->step_stride;
  const BsPassReal *gates = self->layers[k].gates, *cell = self->layers[k].cell;

  memset (room->d_cell, 0, n * H * sizeof (BsPassReal));
  for (gsize t = T; t-- > 0;)
    {
      if (t + 1 < T)
        multiply_backward (room->d_gates + (t + 1) * step * 4 * H, window * 4 * H, values + layout->layers[k].w_hh, n, H,
                           4 * H, 1, room->d_hidden + t * step * H, window * H);
      for (gsize w = 0; w < n; w++)
        {
          const gsize row = w * window + t * step;

          tanh_all (cell + row * H, room->tanh_cell, H);
          backward_step (gates + row * 4 * H, t ? cell + (row - step) * H : NULL, room->tanh_cell,
                         room->d_hidden + row * H, room->d_cell + w * H, room->d_gates + row * 4 * H, H);
        }
    }
}

static void
backward_weights (const BsParameterLayout *layout, const BS_PASS (Activations) * self, const BS_PASS (Room) * room,
                  guint k, BsPassReal *gradient)
{
  const gsize n = self->n, T = layout->sequence_length, H = layout->hidden, n_in = layout->layers[k].n_inputs;
  const gsize window = self->window_stride, step = self->step_stride;
  const BsPassReal *d = room->d_gates, *hidden = self->layers[k].hidden;
  BsPassReal *dw_hh = gradient + layout->layers[k].w_hh;

  multiply_weights (d, 4 * H, layer_inputs (self, k), n_in, n * T, n_in, 4 * H, gradient + layout->layers[k].w_ih);
  add_rows (d, n * T, 4 * H, gradient + layout->layers[k].bias);
  if (window == 1) /* all steps but the first lie side by side, and all but the last */
    multiply_weights (d + step * 4 * H, 4 * H, hidden, H, n * (T - 1), H, 4 * H, dw_hh);
  else
    for (gsize w = 0; w < n && T > 1; w++)
      multiply_weights (d + (w * window + step) * 4 * H, step * 4 * H, hidden + w * window * H, step * H, T - 1, H, 4 * H,
                        dw_hh);
}

void
bs_pass (backward) (const BsParameterLayout *layout, const BsPassReal *values, const BS_PASS (Activations) * self,
                    const BsPassReal *d_logits, const BS_PASS (Room) * room, BsPassReal *gradient,
                    BsPassReal *d_inputs)
{
  const gsize n = self->n, T = layout->sequence_length, H = layout->hidden;
  const unsigned mode = enter_mode ();
  const BsPassReal *d_last = backward_head (layout, values, self, d_logits, room, gradient);

  memset (room->d_hidden, 0, n * T * H * sizeof (BsPassReal));
  for (gsize w = 0; w < n; w++)
    memcpy (room->d_hidden + (w * self->window_stride + (T - 1) * self->step_stride) * H, d_last + w * H,
            H * sizeof (BsPassReal));
  for (guint k = layout->n_layers; k-- > 0;)
    {
      const gsize n_in = layout->layers[k].n_inputs;
      BsPassReal *d_in = k ? room->d_hidden : d_inputs;

      backward_steps (layout, values, self, room, k);
      if (gradient)
        backward_weights (layout, self, room, k, gradient);
      if (d_in)
        multiply_backward (room->d_gates, 4 * H, values + layout->layers[k].w_ih, n * T, n_in, 4 * H, 0, d_in, n_in);
      if (k && self->layers[k - 1].mask)
        multiply_all (d_in, self->layers[k - 1].mask, n * T * H, d_in);
    }
  leave_mode (mode);
}
