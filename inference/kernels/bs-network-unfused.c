/* bs-network-unfused.c: a layer's recurrent steps with one kernel call for each operation, over buffers
 *
 * What `fused` off runs. Gates lie one after the other, [4, Hp], in plain units; every step reads h and c from memory and
 * writes them back. */
#include "inference/kernels/bs-network-private.h"

#include <string.h>

/* One window's cell: gates [4, Hp] (i, f, g, o) and c give h and the new c. */
static void
update_cell (const BsNetwork *self, float *gates, float *c, float *h)
{
  const BsKernels *kernels = self->kernels;
  void (*sigmoid) (const float *, float *, size_t) = self->int8 ? kernels->sigmoid_s8 : kernels->sigmoid_f32;
  void (*hyperbolic_tangent) (const float *, float *, size_t) = self->int8 ? kernels->tanh_s8 : kernels->tanh_f32;
  const size_t Hp = self->Hp;
  float *input = gates, *forget = gates + Hp, *cell = gates + 2 * Hp, *output = gates + 3 * Hp;

  sigmoid (input, input, 2 * Hp);
  hyperbolic_tangent (cell, cell, Hp);
  sigmoid (output, output, Hp);
  kernels->multiply (forget, c, c, Hp);
  kernels->multiply (input, cell, cell, Hp);
  kernels->add (c, cell, c, Hp);
  hyperbolic_tangent (c, h, Hp);
  kernels->multiply (output, h, h, Hp);
}

void
bs_network_lstm_unfused (BsNetwork *self, unsigned layer, const BsProjection *windows, unsigned n)
{
  const BsKernels *kernels = self->kernels;
  const BsPackedMatrix *hh = &self->hh[layer];
  const size_t Hp = self->Hp, step = n * Hp;

  memset (self->c, 0, step * sizeof *self->c);
  for (unsigned t = 0; t < self->T; t++)
    {
      float *h = self->int8 ? self->last : self->h_f32 + t * step;

      if (t == 0)
        memset (self->product, 0, 4 * step * sizeof *self->product);
      else if (self->int8)
        kernels->project_s8 (hh, self->h_s8 + (t - 1) * step, Hp, n, self->product);
      else
        kernels->project_f32 (hh, self->h_f32 + (t - 1) * step, Hp, n, self->product);
      for (unsigned i = 0; i < n; i++)
        {
          const unsigned row = windows[i].first + t < self->T ? windows[i].first + t : windows[i].first + t - self->T;

          kernels->add (windows[i].rows + row * windows[i].stride, self->product + 4 * i * Hp, self->gates + 4 * i * Hp,
                        4 * Hp);
          update_cell (self, self->gates + 4 * i * Hp, self->c + i * Hp, h + i * Hp);
        }
      if (self->int8)
        kernels->quantize_hidden (h, self->h_s8 + t * step, step);
    }
}
