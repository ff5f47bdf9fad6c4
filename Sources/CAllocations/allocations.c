// The allocator's entry points, counted and passed on to the C library.
#include "CAllocations.h"

#include <errno.h>
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static int64_t total;
static int is_counting;

static inline void count(size_t bytes) {
  if (__builtin_expect(__atomic_load_n(&is_counting, __ATOMIC_RELAXED) == 0, 1)) return;
  __atomic_fetch_add(&total, (int64_t)bytes, __ATOMIC_RELAXED);
}

int64_t fq_allocated_bytes(void) {
  __atomic_store_n(&is_counting, 1, __ATOMIC_RELAXED);
  return __atomic_load_n(&total, __ATOMIC_RELAXED);
}

void *malloc(size_t bytes) {
  count(bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t items, size_t size) {
  count(items * size);
  return __libc_calloc(items, size);
}

void *realloc(void *block, size_t bytes) {
  count(bytes);
  return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  void *found = memalign(alignment, bytes);
  if (!found) return ENOMEM;
  *block = found;
  return 0;
}

#else

int64_t fq_allocated_bytes(void) { return -1; }

#endif

void fq_keep_freed_memory(void) {
#if defined(__GLIBC__)
  enum { kept = 512 << 20 };
  mallopt(M_MMAP_THRESHOLD, kept);
  mallopt(M_TRIM_THRESHOLD, kept);
#endif
}
