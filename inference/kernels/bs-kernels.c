/* bs-kernels.c: which kernels this processor gets */
#include "inference/kernels/bs-kernels.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

extern const BsKernels bs_kernels_scalar, bs_kernels_avx2, bs_kernels_avxvnni, bs_kernels_avx512vnni, bs_kernels_neon,
  bs_kernels_neondot;

#if defined(__x86_64__)
static bool
have_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static bool
have_avxvnni (void)
{
  unsigned eax, ebx, ecx, edx;

  /* Leaf 7, subleaf 1: compilers of Debian 12 do not all know the name. */
  return have_avx2 () && __get_cpuid_count (7, 1, &eax, &ebx, &ecx, &edx) && (eax & (1u << 4)) != 0;
}

static bool
have_avx512vnni (void)
{
  return have_avx2 () && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw")
         && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl")
         && __builtin_cpu_supports ("avx512vnni");
}
#endif

static bool
have_always (void)
{
  return true;
}

#if defined(__aarch64__)
static bool
have_neon_dot (void)
{
#if defined(__linux__)
  return (getauxval (AT_HWCAP) & (1ul << 20)) != 0; /* HWCAP_ASIMDDP */
#elif defined(__APPLE__)
  return true;
#else
  return false;
#endif
}
#endif

/* The plainest first, the fastest last; NULL where this build does not have it */
static const struct
{
  const char *name;
  const BsKernels *kernels;
  bool (*have) (void);
} sets[] = {
  { "scalar", &bs_kernels_scalar, have_always },
#if defined(__x86_64__)
  { "avx2", &bs_kernels_avx2, have_avx2 },
  { "avxvnni", &bs_kernels_avxvnni, have_avxvnni },
  { "avx512vnni", &bs_kernels_avx512vnni, have_avx512vnni },
#else
  { "avx2", NULL, NULL },
  { "avxvnni", NULL, NULL },
  { "avx512vnni", NULL, NULL },
#endif
#if defined(__aarch64__)
  { "neon", &bs_kernels_neon, have_always },
  { "neondot", &bs_kernels_neondot, have_neon_dot },
#else
  { "neon", NULL, NULL },
  { "neondot", NULL, NULL },
#endif
};

#define N_SETS (sizeof sets / sizeof sets[0])

const char *const *
bs_kernels_names (void)
{
  static const char *const names[] = { "scalar", "avx2", "avxvnni", "avx512vnni", "neon", "neondot", NULL };

  return names;
}

const BsKernels *
bs_kernels_by_name (const char *name, bool *built)
{
  const BsKernels *found = NULL;

  if (built != NULL)
    *built = false;
  for (size_t i = 0; i < N_SETS; i++)
    if (strcmp (sets[i].name, name) == 0 && sets[i].kernels != NULL)
      {
        if (built != NULL)
          *built = true;
        if (sets[i].have ())
          found = sets[i].kernels;
      }
  return found;
}

/* A choice by BARSCOPE_CPU, or of the fastest; @problem: (out): what is wrong with BARSCOPE_CPU, or NULL */
static const BsKernels *
choose (const char **problem)
{
  const char *mask = getenv ("BARSCOPE_CPU");
  const BsKernels *fastest = &bs_kernels_scalar;
  bool built = false;

  *problem = NULL;
  if (mask != NULL && mask[0] != '\0')
    {
      const BsKernels *named = bs_kernels_by_name (mask, &built);

      if (named != NULL)
        return named;
      *problem = built ? "BARSCOPE_CPU names an instruction set that this processor does not have"
                       : "BARSCOPE_CPU must be scalar, avx2, avxvnni or avx512vnni, or on ARM scalar, neon or neondot";
      return &bs_kernels_scalar;
    }
  for (size_t i = 0; i < N_SETS; i++)
    if (sets[i].kernels != NULL && sets[i].have ())
      fastest = sets[i].kernels;
  return fastest;
}

const BsKernels *
bs_kernels (void)
{
  static const BsKernels *_Atomic chosen; /* threads that race here choose the same */
  const BsKernels *kernels = atomic_load (&chosen);
  const char *problem;

  if (kernels == NULL)
    {
      kernels = choose (&problem);
      atomic_store (&chosen, kernels);
    }
  return kernels;
}

const char *
bs_kernels_problem (void)
{
  const char *problem;

  choose (&problem);
  return problem;
}
