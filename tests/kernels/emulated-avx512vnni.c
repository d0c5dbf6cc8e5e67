/* emulated-avx512vnni.c: the AVX-512 VNNI kernels over emulated intrinsics */
#define BS_EMULATE_INTRINSICS
#define bs_kernels_avx512vnni bs_kernels_avx512vnni_emulated
#include "inference/kernels/bs-kernels-avx512vnni.c"
