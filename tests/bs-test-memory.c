/* bs-test-memory.c: counts allocations by standing in front of glibc's functions, or through a sanitizer's hooks */
#include "tests/bs-test-memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_uint_fast64_t n_allocations;

#ifndef __has_feature
#define __has_feature(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || defined(__SANITIZE_THREAD__)                  \
  || __has_feature(thread_sanitizer)

/* of sanitizer/allocator_interface.h, which not every compiler's package has */
extern int __sanitizer_install_malloc_and_free_hooks (void (*malloc_hook) (const volatile void *, size_t),
                                                      void (*free_hook) (const volatile void *));

static void
count_malloc (const volatile void *pointer, size_t size)
{
  n_allocations++;
}

static void
count_free (const volatile void *pointer)
{
}

gboolean
bs_test_can_count_allocations (void)
{
  static int installed = 0;

  if (!installed)
    installed = __sanitizer_install_malloc_and_free_hooks (count_malloc, count_free);
  return installed > 0;
}

#elif defined(__GLIBC__)

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *pointer, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

void *malloc (size_t size);
void *calloc (size_t n, size_t size);
void *realloc (void *pointer, size_t size);
void *memalign (size_t alignment, size_t size);
void *aligned_alloc (size_t alignment, size_t size);
int posix_memalign (void **pointer, size_t alignment, size_t size);

void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *pointer, size_t size)
{
  n_allocations++;
  return __libc_realloc (pointer, size);
}

void *
memalign (size_t alignment, size_t size)
{
  n_allocations++;
  return __libc_memalign (alignment, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  n_allocations++;
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **pointer, size_t alignment, size_t size)
{
  void *block;

  n_allocations++;
  block = __libc_memalign (alignment, size);
  if (!block)
    return ENOMEM;
  *pointer = block;
  return 0;
}

gboolean
bs_test_can_count_allocations (void)
{
  return TRUE;
}

#else

gboolean
bs_test_can_count_allocations (void)
{
  return FALSE;
}

#endif

guint64
bs_test_allocations (void)
{
  return n_allocations;
}
