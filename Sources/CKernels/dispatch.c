// Chooses the kernel table for this machine.
#include "CKernels.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

extern const fq_kernel_table fq_kernels_baseline;

#if defined(__x86_64__)
extern const fq_kernel_table fq_kernels_v3;
extern const fq_kernel_table fq_kernels_v4;

const fq_kernel_table *fq_kernels(const char *level) {
  __builtin_cpu_init();
  int has_v4 = __builtin_cpu_supports("x86-64-v4");
  int has_v3 = __builtin_cpu_supports("x86-64-v3");
  if (level == NULL) {
    return has_v4 ? &fq_kernels_v4 : has_v3 ? &fq_kernels_v3 : &fq_kernels_baseline;
  }
  if (strcmp(level, "v4") == 0) return has_v4 ? &fq_kernels_v4 : NULL;
  if (strcmp(level, "v3") == 0) return has_v3 ? &fq_kernels_v3 : NULL;
  if (strcmp(level, "baseline") == 0) return &fq_kernels_baseline;
  return NULL;
}
#else
const fq_kernel_table *fq_kernels(const char *level) {
  return level == NULL || strcmp(level, "baseline") == 0 ? &fq_kernels_baseline : NULL;
}
#endif

// The baseline under the name by which records tell that the libraries too were held to it. Called once.
static const fq_kernel_table *portable(void) {
  static fq_kernel_table table;
  table = fq_kernels_baseline;
  table.name = "portable";
  return &table;
}

const fq_kernel_table *fq_kernels_chosen(void) {
  const char *wish = getenv("FQ_ISA");
  if (wish && strcmp(wish, "portable") == 0) return portable();
  const fq_kernel_table *table = wish ? fq_kernels(wish) : NULL;
  return table ? table : fq_kernels(NULL);
}
