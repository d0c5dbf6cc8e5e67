/* naive-network.h: made-up networks, and their answers by the textbook in double precision: what the kernels are held to */
#pragma once

#include "inference/kernels/bs-network.h"

/** A number in -1..1, the same sequence everywhere. @state: any seed, moved on. */
float naive_random (uint64_t *state);

/**
 * naive_shape_new:
 * @identity_head: one Linear layer that hands h through, so that the softmax shows every unit; else fc1 [32, H], fc2 [3, 32]
 *
 * Weights as PyTorch starts them: uniform in +-1 / sqrt (H). For naive_shape_free().
 */
BsNetworkShape *naive_shape_new (unsigned F, unsigned H, unsigned n_layers, unsigned T, bool identity_head,
                                 uint64_t seed);
void naive_shape_free (BsNetworkShape *shape);

/** Classes of @shape. */
unsigned naive_n_classes (const BsNetworkShape *shape);

/** @windows: [n, T, F]; @probabilities: (out) [n, C] */
void naive_predict (const BsNetworkShape *shape, const float *windows, unsigned n, double *probabilities);
