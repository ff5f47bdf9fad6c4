// Matrix products: register tiles over rows and vectors of columns, reductions blocked for L1.
//
// A tile keeps ROWS x VECTORS accumulators in registers and reads `a` one scalar at a time through
// two strides, so a transposed `a` costs nothing. Rows are spread evenly over the tiles of a matrix
// because a tile of two rows would wait for loads. Heads of at most eight columns have a tile of half
// a vector: padding them to sixteen would double their cost.

#if LANES == 16
#define MAX_ROWS_HALF 12
#define MAX_ROWS_1 16
#define MAX_ROWS_2 12
#define MAX_ROWS_4 6
#elif LANES == 8
#define MAX_ROWS_1 12
#define MAX_ROWS_2 6
#else
#define MAX_ROWS_2 6
#define MAX_ROWS_4 3
#endif
#define REDUCTION_BLOCK 192

typedef struct {
  const float *a, *b, *bias;
  float *c;
  int64_t row_stride, column_stride, ldb, ldc, depth;
  int32_t relu, accumulate;
} tile_call;

#define TILE tile
#define TV vf
#define TL LANES
#define TSPLAT SPLAT
#define TLOAD load
#define TSTORE store
#define TMAX vmax
#include "tile.inc.h"

#if LANES == 16
typedef float vh __attribute__((vector_size(32), aligned(4)));
#define HALF_SPLAT(s) ((vh){s, s, s, s, s, s, s, s})
INLINE vh load_half(const float *p) { return *(const vh *)p; }
INLINE void store_half(float *p, vh x) { *(vh *)p = x; }
INLINE vh max_half(vh a, vh b) {
  typedef int32_t vj __attribute__((vector_size(32), aligned(4)));
  const vj mask = a > b;
  return (vh)(((vj)a & mask) | ((vj)b & ~mask));
}
#define TILE tile_of_half
#define TV vh
#define TL 8
#define TSPLAT HALF_SPLAT
#define TLOAD load_half
#define TSTORE store_half
#define TMAX max_half
#include "tile.inc.h"
#endif

#define CASE(rows, vectors) \
  case rows: tile(rows, vectors, t); break;

#if LANES == 16
#define HALF(rows) \
  case rows: tile_of_half(rows, 1, t); break;
static void tile_half(int64_t rows, tile_call t) {
  switch (rows) {
    HALF(1) HALF(2) HALF(3) HALF(4) HALF(5) HALF(6) HALF(7) HALF(8)
    HALF(9) HALF(10) HALF(11) HALF(12)
  }
}
static void tile_1(int64_t rows, tile_call t) {
  switch (rows) {
    CASE(1, 1) CASE(2, 1) CASE(3, 1) CASE(4, 1) CASE(5, 1) CASE(6, 1) CASE(7, 1) CASE(8, 1)
    CASE(9, 1) CASE(10, 1) CASE(11, 1) CASE(12, 1) CASE(13, 1) CASE(14, 1) CASE(15, 1) CASE(16, 1)
  }
}
static void tile_2(int64_t rows, tile_call t) {
  switch (rows) {
    CASE(1, 2) CASE(2, 2) CASE(3, 2) CASE(4, 2) CASE(5, 2) CASE(6, 2) CASE(7, 2) CASE(8, 2)
    CASE(9, 2) CASE(10, 2) CASE(11, 2) CASE(12, 2)
  }
}
static void tile_4(int64_t rows, tile_call t) {
  switch (rows) { CASE(1, 4) CASE(2, 4) CASE(3, 4) CASE(4, 4) CASE(5, 4) CASE(6, 4) }
}
#elif LANES == 8
static void tile_1(int64_t rows, tile_call t) {
  switch (rows) {
    CASE(1, 1) CASE(2, 1) CASE(3, 1) CASE(4, 1) CASE(5, 1) CASE(6, 1) CASE(7, 1) CASE(8, 1)
    CASE(9, 1) CASE(10, 1) CASE(11, 1) CASE(12, 1)
  }
}
static void tile_2(int64_t rows, tile_call t) {
  switch (rows) { CASE(1, 2) CASE(2, 2) CASE(3, 2) CASE(4, 2) CASE(5, 2) CASE(6, 2) }
}
#else
static void tile_2(int64_t rows, tile_call t) {
  switch (rows) { CASE(1, 2) CASE(2, 2) CASE(3, 2) CASE(4, 2) CASE(5, 2) CASE(6, 2) }
}
static void tile_4(int64_t rows, tile_call t) {
  switch (rows) { CASE(1, 4) CASE(2, 4) CASE(3, 4) }
}
#endif

// Runs one strip of columns over all rows with tiles of nearly equal height.
INLINE void strip(int64_t m, int64_t max_rows, void (*run)(int64_t, tile_call), tile_call t) {
  int64_t tiles = (m + max_rows - 1) / max_rows;
  int64_t low = m / tiles, larger = m % tiles;
  for (int64_t i = 0; i < tiles; i++) {
    int64_t rows = low + (i < larger);
    run(rows, t);
    t.a += rows * t.row_stride;
    t.c += rows * t.ldc;
  }
}

static void NAME(product)(int64_t m, int64_t n, int64_t k, const float *a, int64_t row_stride,
                          int64_t column_stride, const float *b, int64_t ldb, float *c, int64_t ldc,
                          const float *bias, int32_t relu, int32_t accumulate) {
  if (m <= 0) return;
  int64_t start = 0;
  do {
    int64_t depth = k - start < REDUCTION_BLOCK ? k - start : REDUCTION_BLOCK;
    int32_t first = start == 0, last = start + depth >= k;
    tile_call t = {.row_stride = row_stride, .column_stride = column_stride, .ldb = ldb,
                   .ldc = ldc, .depth = depth, .relu = relu && last,
                   .accumulate = accumulate || !first};
    for (int64_t j = 0; j < n;) {
      t.a = a + start * column_stride;
      t.b = b + start * ldb + j;
      t.c = c + j;
      t.bias = bias && first ? bias + j : 0;
#if LANES == 16
      if (n - j >= 64) { strip(m, MAX_ROWS_4, tile_4, t); j += 64; }
      else if (n - j >= 32) { strip(m, MAX_ROWS_2, tile_2, t); j += 32; }
      else if (n - j >= 16) { strip(m, MAX_ROWS_1, tile_1, t); j += 16; }
      else { strip(m, MAX_ROWS_HALF, tile_half, t); j += 8; }
#elif LANES == 8
      if (n - j >= 16) { strip(m, MAX_ROWS_2, tile_2, t); j += 16; }
      else { strip(m, MAX_ROWS_1, tile_1, t); j += 8; }
#else
      if (n - j >= 16) { strip(m, MAX_ROWS_4, tile_4, t); j += 16; }
      else { strip(m, MAX_ROWS_2, tile_2, t); j += 8; }
#endif
    }
    start += depth;
  } while (start < k);
}

// Twelve independent chains keep both FMA units busy: the measured peak of one core.
static double NAME(peak_probe)(int64_t rounds, float *sink) {
  const float a = 0.999f, c = 0.001f;
  vf left = SPLAT(a), right = SPLAT(c), x[12];
  for (int i = 0; i < 12; i++) x[i] = left;
  for (int64_t l = 0; l < rounds; l++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) x[i] = x[i] * left + right;
  }
  vf total = x[0];
  for (int i = 1; i < 12; i++) total += x[i];
  sink[0] = total[0];
  return (double)rounds * 12 * LANES * 2;
}
