// The kernels compiled for x86-64-v4 (16 float lanes).
#if defined(__x86_64__)
#define LEVEL v4
#define LANES 16
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), \
                             apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
