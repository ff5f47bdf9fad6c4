// Cross products of the rows of a float32 matrix in doubles: Z'Z with a constant column, and Z'v.
//
// Four rows at a time: out += (a0 b0 + a1 b1) + (a2 b2 + a3 b3), groups ascending; no product is
// fused with a sum, so that every level gives the same bits. Reference: the definition is the loop
// of `gram` itself; tiles of 4 x LANES keep its sums in registers.

// As many doubles as one register holds at most.
#define WIDE (LANES / 2)
typedef double vw __attribute__((vector_size(WIDE * 8), aligned(8)));
typedef float vn __attribute__((vector_size(WIDE * 4), aligned(4)));

INLINE vw wide_load(const float *p) { return __builtin_convertvector(*(const vn *)p, vw); }

#define GRAM_ROWS 64

// Rows as doubles with the constant after them; the group of four is filled up with zero rows.
static void NAME(widen_rows)(int64_t rows, int64_t count, int64_t width, const float *z, double *out) {
  int64_t whole = (rows + 3) & ~(int64_t)3;
  for (int64_t i = 0; i < rows; i++, out += width) {
    const float *row = z + i * count;
    int64_t j = 0;
    for (; j + WIDE <= count; j += WIDE) *(vw *)(out + j) = wide_load(row + j);
    for (; j < count; j++) out[j] = (double)row[j];
    out[count] = 1;
    for (j = count + 1; j < width; j++) out[j] = 0;
  }
  for (int64_t j = 0; j < (whole - rows) * width; j++) out[j] = 0;
}

// Adds a block of rows to the tile at (i, j): four rows of WIDE columns.
static void NAME(gram_tile)(int64_t groups, int64_t width, const double *b, int64_t i, int64_t j,
                            double *gram) {
#pragma STDC FP_CONTRACT OFF
  vw sum[4];
  for (int64_t r = 0; r < 4; r++) sum[r] = *(const vw *)(gram + (i + r) * width + j);
  for (int64_t g = 0; g < groups; g++, b += 4 * width) {
    vw y0 = *(const vw *)(b + j), y1 = *(const vw *)(b + width + j);
    vw y2 = *(const vw *)(b + 2 * width + j), y3 = *(const vw *)(b + 3 * width + j);
    for (int64_t r = 0; r < 4; r++) {
      const double *a = b + i + r;
      vw low = a[0] * y0 + a[width] * y1, high = a[2 * width] * y2 + a[3 * width] * y3;
      sum[r] += low + high;
    }
  }
  for (int64_t r = 0; r < 4; r++) *(vw *)(gram + (i + r) * width + j) = sum[r];
}

// The upper triangle of Z'Z, added to `gram` of `width` columns: a multiple of 8 beyond `count`.
static void NAME(gram)(int64_t rows, int64_t count, int64_t width, const float *z, double *gram,
                       double *scratch) {
  for (int64_t start = 0; start < rows; start += GRAM_ROWS) {
    int64_t size = rows - start < GRAM_ROWS ? rows - start : GRAM_ROWS;
    NAME(widen_rows)(size, count, width, z + start * count, scratch);
    // The tiles keep the core busy while the next rows come from memory, a few lines a tile.
    const char *ahead = (const char *)(z + (start + size) * count);
    int64_t tiles = width / 4 * (width / WIDE + 1) / 2;
    int64_t lines = size * count * 4 / 64 / tiles + 1;
    for (int64_t i = 0; i < width; i += 4)
      for (int64_t j = i / WIDE * WIDE; j < width; j += WIDE) {
        for (int64_t line = 0; line < lines; line++, ahead += 64) __builtin_prefetch(ahead);
        NAME(gram_tile)((size + 3) / 4, width, scratch, i, j, gram);
      }
  }
}

// sums[j] += z[i][j] v[i], rows ascending; the constant's sum comes last.
static void NAME(weighted_sums)(int64_t rows, int64_t count, const float *z, const double *v,
                                double *restrict sums) {
#pragma STDC FP_CONTRACT OFF
  for (int64_t i = 0; i < rows; i++, z += count) {
    int64_t j = 0;
    for (; j + WIDE <= count; j += WIDE) *(vw *)(sums + j) += wide_load(z + j) * v[i];
    for (; j < count; j++) sums[j] += (double)z[j] * v[i];
    sums[count] += v[i];
  }
}
