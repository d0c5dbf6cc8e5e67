/* emulated-avxvnni.c: the AVX-VNNI kernels over emulated intrinsics */
#define BS_EMULATE_INTRINSICS
#define bs_kernels_avxvnni bs_kernels_avxvnni_emulated
#include "inference/kernels/bs-kernels-avxvnni.c"
