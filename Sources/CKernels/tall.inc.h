// Products of a large matrix of doubles with a few columns, read once and without being packed.
//
// Row r of `a` begins at a + r * stride; `b` and `c` have rows of `width` doubles, a multiple of LANES. Order: sums run
// over the inner index ascending. Goals, in order: the same bits on every call, each number of `a` loaded once.

#if LANES == 16
#define TALL_ROWS 12
#define TALL_HELD 8
#else
#define TALL_ROWS 6
#define TALL_HELD 4
#endif

// c[r] = sum_l a[r][l] b[l], for some rows whose sums stay in registers.
INLINE void tall_rows(const int64_t rows, int64_t inner, int64_t width, const double *a,
                      int64_t stride, const double *b, double *c) {
  for (int64_t j = 0; j < width; j += LANES) {
    vd sums[TALL_ROWS];
    for (int64_t r = 0; r < rows; r++) sums[r] = (vd){0};
    for (int64_t l = 0; l < inner; l++) {
      vd row = load_doubles(b + l * width + j);
      for (int64_t r = 0; r < rows; r++) sums[r] += a[r * stride + l] * row;
    }
    for (int64_t r = 0; r < rows; r++) store_doubles(c + r * width + j, sums[r]);
  }
}

static void NAME(tall_product)(int64_t rows, int64_t inner, int64_t width, const double *a,
                               int64_t stride, const double *b, double *c) {
  int64_t r = 0;
  for (; r + TALL_ROWS <= rows; r += TALL_ROWS)
    tall_rows(TALL_ROWS, inner, width, a + r * stride, stride, b, c + r * width);
  for (; r < rows; r++) tall_rows(1, inner, width, a + r * stride, stride, b, c + r * width);
}

// c[i] += sum_l a[l][i] b[l], for some rows of `b` that stay in registers.
INLINE void tall_held(const int64_t held, int64_t columns, int64_t width, const double *a,
                      int64_t stride, const double *b, double *c) {
  for (int64_t j = 0; j < width; j += LANES) {
    vd rows[TALL_HELD];
    for (int64_t l = 0; l < held; l++) rows[l] = load_doubles(b + l * width + j);
    for (int64_t i = 0; i < columns; i++) {
      vd sum = load_doubles(c + i * width + j);
      for (int64_t l = 0; l < held; l++) sum += a[l * stride + i] * rows[l];
      store_doubles(c + i * width + j, sum);
    }
  }
}

// c = A'b: `inner` rows of `columns` numbers.
static void NAME(tall_transposed)(int64_t inner, int64_t columns, int64_t width, const double *a,
                                  int64_t stride, const double *b, double *c) {
  for (int64_t i = 0; i < columns * width; i++) c[i] = 0;
  int64_t l = 0;
  for (; l + TALL_HELD <= inner; l += TALL_HELD)
    tall_held(TALL_HELD, columns, width, a + l * stride, stride, b + l * width, c);
  for (; l < inner; l++) tall_held(1, columns, width, a + l * stride, stride, b + l * width, c);
}
