/* bs-float-mode.h: the floating-point mode that the kernels run in
 *
 * Round to nearest, no traps, denormals count as zero, whatever the caller's mode: denormals would slow a product down a
 * hundredfold. */
#pragma once

#include <stdint.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/* Returns: the mode before */
static inline unsigned
bs_float_mode_enter (void)
{
#if defined(__SSE2__)
  const unsigned before = _mm_getcsr ();

  _mm_setcsr (0x9fc0); /* all exceptions masked, flush to zero, denormals are zero */
  return before;
#elif defined(__aarch64__)
  uint64_t before;

  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t) 1 << 24) : "memory"); /* FZ */
  return (unsigned) before;
#else
  return 0;
#endif
}

static inline void
bs_float_mode_leave (unsigned before)
{
#if defined(__SSE2__)
  _mm_setcsr (before);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t) before) : "memory");
#endif
}
