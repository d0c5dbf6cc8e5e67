/* bs-network-private.h: what the fused and the unfused way share */
#pragma once

#include "inference/kernels/bs-network.h"
#include "inference/kernels/bs-packed-matrix.h"

struct _BsNetwork
{
  const BsKernels *kernels;
  bool int8, fused;
  unsigned F, H, T;
  unsigned Hp; /* H rounded up to lanes (fused) */
  unsigned n_layers, n_linear, n_classes;
  float inverse_temperature;
  float input_limit;  /* inputs within +- this cannot overflow */
  unsigned sub_batch; /* S: windows run together */

  BsPackedMatrix ih[BS_NETWORK_MAX_LAYERS]; /* [4Hp, F] or [4Hp, H] */
  BsPackedMatrix hh[BS_NETWORK_MAX_LAYERS]; /* [4Hp, H] */
  BsPackedMatrix linear[BS_NETWORK_MAX_LINEAR];

  /* Buffers, in one allocation. Rows of the first layer are [window, step], of the others [step, window]. */
  void *memory;
  float *projections; /* [S * T, 4Hp] */
  int16_t *inputs;    /* s8: [S * T, ldq] quantized inputs */
  float *row_scales;  /* s8: [S * T] */
  size_t ldq;
  float *h_f32;        /* [T, S, Hp] of the layer that ran last */
  int8_t *h_s8;        /* s8: [T, S, Hp] */
  float *c;            /* [S, Hp] */
  float *last;         /* [S, Hp] hidden states of the top layer's last step */
  float *gates;        /* [S, 4Hp] */
  float *product;      /* unfused: [S, 4Hp] */
  float *head[2];      /* [S, widest Linear layer, padded] */
  BsProjection *views; /* [S] */
};

struct _BsNetworkWindow
{
  BsNetwork *network;
  uint64_t n_rows;
  uint64_t last_bad;  /* number (from 1) of the last row beyond the input limit; 0: none */
  unsigned next;      /* where the next row goes, < T */
  float *projections; /* [T, 4Hp] */
};

/** The recurrent part of layer @layer over n windows, one operation at a time: as the lstm kernels, in plain units and with
 * gates in four runs of Hp. bs-network-unfused.c */
void bs_network_lstm_unfused (BsNetwork *self, unsigned layer, const BsProjection *windows, unsigned n);

/**
 * bs_network_find_limit:
 *
 * Bounds every sum of the network by the magnitudes of its weights, hidden states being within +-1. bs-network-limit.c
 *
 * Returns: how large an input may be for no sum to overflow, >= 1; 0 where weights are too large for that
 */
float bs_network_find_limit (const BsNetworkShape *shape);
