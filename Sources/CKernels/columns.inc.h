// Passes over the columns of a tile of rows: sums, moments, batch normalisation with ReLU, its gradient.
//
// Callers hand in tiles of at most a few hundred rows, still in the first cache from the product before;
// what is added up over a tile is float32, what is added up over tiles is float64, always in row order.

#define ROW_BLOCK 64

#define widen(x) __builtin_convertvector((x), vd)

// sums += column sums of x.
static void NAME(column_sums)(int64_t rows, int64_t width, const float *x, double *sums) {
  for (int64_t j = 0; j < width; j += LANES) {
    vd total = *(vd *)(sums + j);
    for (int64_t start = 0; start < rows; start += ROW_BLOCK) {
      int64_t end = start + ROW_BLOCK < rows ? start + ROW_BLOCK : rows;
      vf sum = {0};
      for (int64_t i = start; i < end; i++) sum += load(x + i * width + j);
      total += widen(sum);
    }
    *(vd *)(sums + j) = total;
  }
}

// Merges the rows' column means and centred squares into those of the `seen` rows before (Chan, Golub and
// LeVeque 1983). Deviations are from the tile's first row, so nothing cancels.
static void NAME(moments)(int64_t rows, int64_t width, const float *x, int64_t seen, double *mean,
                          double *square) {
  const double n = (double)rows, m = (double)seen;
  for (int64_t j = 0; j < width; j += LANES) {
    const vf first = load(x + j);
    vf sum = {0}, squares = {0};
    for (int64_t i = 0; i < rows; i++) {
      vf d = load(x + i * width + j) - first;
      sum += d;
      squares += d * d;
    }
    vd shift = widen(sum) / n;
    vd centre = widen(first) + shift, spread = widen(squares) - widen(sum) * shift;
    if (seen > 0) {
      vd gap = centre - *(vd *)(mean + j);
      centre = *(vd *)(mean + j) + gap * (n / (n + m));
      spread += *(vd *)(square + j) + gap * gap * (n * m / (n + m));
    }
    *(vd *)(mean + j) = centre;
    *(vd *)(square + j) = spread;
  }
}

// y = max(0, x * scale + shift).
static void NAME(affine_relu)(int64_t rows, int64_t width, const float *x, const float *scale,
                              const float *shift, float *y) {
  const vf zero = {0};
  for (int64_t j = 0; j < width; j += LANES) {
    const vf a = load(scale + j), b = load(shift + j);
    for (int64_t i = 0; i < rows; i++) {
      int64_t at = i * width + j;
      store(y + at, vmax(load(x + at) * a + b, zero));
    }
  }
}

// dy *= (x * scale + shift > 0); sums of dy and of dy * (x - mean) * inverse are added to `sum` and
// `sum_normalized`.
static void NAME(affine_relu_backward)(int64_t rows, int64_t width, const float *x,
                                       const float *scale, const float *shift, const float *mean,
                                       const float *inverse, float *dy, double *sum,
                                       double *sum_normalized) {
  const vf zero = {0};
  for (int64_t j = 0; j < width; j += LANES) {
    const vf a = load(scale + j), b = load(shift + j), c = load(mean + j);
    vf part = zero, part_normalized = zero;
    for (int64_t i = 0; i < rows; i++) {
      int64_t at = i * width + j;
      vf value = load(x + at);
      vf d = choose(value * a + b > zero, load(dy + at), zero);
      store(dy + at, d);
      part += d;
      part_normalized += d * (value - c);
    }
    *(vd *)(sum + j) += widen(part);
    *(vd *)(sum_normalized + j) += widen(part_normalized * load(inverse + j));
  }
}

// dy = a * dy + b * x + c, by column.
static void NAME(normalize_backward)(int64_t rows, int64_t width, const float *x, const float *a,
                                     const float *b, const float *c, float *dy) {
  for (int64_t j = 0; j < width; j += LANES) {
    const vf u = load(a + j), v = load(b + j), w = load(c + j);
    for (int64_t i = 0; i < rows; i++) {
      int64_t at = i * width + j;
      store(dy + at, load(dy + at) * u + (load(x + at) * v + w));
    }
  }
}
