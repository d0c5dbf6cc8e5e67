/* bs-kernels-scalar.c: the kernels in plain C, for any processor: the reference of all others */
#define BS_KERNELS bs_kernels_scalar
#define BS_KERNELS_NAME "scalar"

#include "inference/kernels/bs-vector-scalar.h"
#include "inference/kernels/bs-kernels-template.h"
