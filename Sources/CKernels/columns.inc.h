// Passes over the columns of a matrix: sums, batch normalisation with ReLU, and its gradient.
//
// Column statistics add 64 rows in float32 and the block sums in float64, always in row order.

#define ROW_BLOCK 64

#define widen(x) __builtin_convertvector((x), vd)

static void NAME(column_sums)(int64_t rows, int64_t width, const float *x, double *out) {
  for (int64_t j = 0; j < width; j += LANES) {
    vd total = widen((vf){0});
    for (int64_t start = 0; start < rows; start += ROW_BLOCK) {
      int64_t end = start + ROW_BLOCK < rows ? start + ROW_BLOCK : rows;
      vf sum = {0};
      for (int64_t i = start; i < end; i++) sum += load(x + i * width + j);
      total += widen(sum);
    }
    *(vd *)(out + j) = total;
  }
}

static void NAME(column_moments)(int64_t rows, int64_t width, const float *x, double *mean,
                                 double *variance) {
  NAME(column_sums)(rows, width, x, mean);
  for (int64_t j = 0; j < width; j++) mean[j] /= (double)rows;
  for (int64_t j = 0; j < width; j += LANES) {
    vf centre = __builtin_convertvector(*(vd *)(mean + j), vf);
    vd total = widen((vf){0});
    for (int64_t start = 0; start < rows; start += ROW_BLOCK) {
      int64_t end = start + ROW_BLOCK < rows ? start + ROW_BLOCK : rows;
      vf sum = {0};
      for (int64_t i = start; i < end; i++) {
        vf d = load(x + i * width + j) - centre;
        sum += d * d;
      }
      total += widen(sum);
    }
    *(vd *)(variance + j) = total / (double)rows;
  }
}

static void NAME(normalize_relu)(int64_t rows, int64_t width, float *x, const float *mean,
                                 const float *inverse, const float *gain, const float *offset,
                                 float *y) {
  const vf zero = {0};
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf normal = (load(x + at) - load(mean + j)) * load(inverse + j);
      store(x + at, normal);
      store(y + at, vmax(normal * load(gain + j) + load(offset + j), zero));
    }
  }
}

static void NAME(normalize_relu_sums)(int64_t rows, int64_t width, float *dy, const float *y,
                                      const float *normalized, double *sum,
                                      double *sum_normalized) {
  const vf zero = {0};
  for (int64_t j = 0; j < width; j += LANES) {
    vd total = widen(zero), total_normalized = widen(zero);
    for (int64_t start = 0; start < rows; start += ROW_BLOCK) {
      int64_t end = start + ROW_BLOCK < rows ? start + ROW_BLOCK : rows;
      vf part = zero, part_normalized = zero;
      for (int64_t i = start; i < end; i++) {
        int64_t at = i * width + j;
        vf d = choose(load(y + at) > zero, load(dy + at), zero);
        store(dy + at, d);
        part += d;
        part_normalized += d * load(normalized + at);
      }
      total += widen(part);
      total_normalized += widen(part_normalized);
    }
    *(vd *)(sum + j) = total;
    *(vd *)(sum_normalized + j) = total_normalized;
  }
}

static void NAME(normalize_backward)(int64_t rows, int64_t width, float *dy,
                                     const float *normalized, const float *scale,
                                     const float *mean_dy, const float *mean_dy_normalized) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf d = load(dy + at) - load(mean_dy + j);
      store(dy + at, load(scale + j) * (d - load(normalized + at) * load(mean_dy_normalized + j)));
    }
  }
}
