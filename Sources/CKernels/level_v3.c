// The kernels compiled for x86-64-v3 (8 float lanes).
#if defined(__x86_64__)
#define LEVEL v3
#define LANES 8
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"), min_vector_width(256))), \
                             apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
