// Shares over a column, row normalisation, nearest codes, and attention within short sequences.
//
// "Columns" are what shares sum to one over: the firms of a month for portfolio weights, the steps of a
// sequence (laid out step by step) for temporal attention. A column without a positive entry gets equal
// ReLU shares. References: Duan et al. (2022), equations 8 and 14; Vaswani et al. (2017); Ba, Kiros and
// Hinton (2016); van den Oord, Vinyals and Kavukcuoglu (2017).

// x becomes exp(x - max) / sum, by column.
static void NAME(softmax_columns)(int64_t rows, int64_t width, float *x) {
  for (int64_t j = 0; j < width; j += LANES) {
    vf top = load(x + j), total = {0};
    for (int64_t i = 1; i < rows; i++) top = vmax(top, load(x + i * width + j));
    for (int64_t i = 0; i < rows; i++) {
      vf e = exp_lanes(load(x + i * width + j) - top);
      store(x + i * width + j, e);
      total += e;
    }
    const vf share = 1.0f / total;
    for (int64_t i = 0; i < rows; i++) {
      store(x + i * width + j, load(x + i * width + j) * share);
    }
  }
}

// dy becomes y (dy - sum of y dy over the column).
static void NAME(softmax_columns_backward)(int64_t rows, int64_t width, const float *y, float *dy) {
  for (int64_t j = 0; j < width; j += LANES) {
    vf inner = {0};
    for (int64_t i = 0; i < rows; i++) inner += load(y + i * width + j) * load(dy + i * width + j);
    for (int64_t i = 0; i < rows; i++) {
      int64_t at = i * width + j;
      store(dy + at, load(y + at) * (load(dy + at) - inner));
    }
  }
}

// y = max(0, x) / sum of it over the column; totals keeps the sums.
static void NAME(relu_shares)(int64_t rows, int64_t width, const float *x, float *y, float *totals) {
  const float nothing = 0, even = 1.0f / (float)rows;
  for (int64_t j = 0; j < width; j += LANES) {
    vf total = {0};
    for (int64_t i = 0; i < rows; i++) total += vmax(load(x + i * width + j), SPLAT(nothing));
    const vi lives = total > SPLAT(nothing);
    for (int64_t i = 0; i < rows; i++) {
      vf share = vmax(load(x + i * width + j), SPLAT(nothing)) / total;
      store(y + i * width + j, choose(lives, share, SPLAT(even)));
    }
    store(totals + j, total);
  }
}

// dy becomes (dy - sum of y dy) / total where x > 0; nothing where the column has no positive entry.
static void NAME(relu_shares_backward)(int64_t rows, int64_t width, const float *x, const float *y,
                                       const float *totals, float *dy) {
  const float nothing = 0;
  for (int64_t j = 0; j < width; j += LANES) {
    const vf total = load(totals + j);
    const vi lives = total > SPLAT(nothing);
    vf inner = {0};
    for (int64_t i = 0; i < rows; i++) inner += load(y + i * width + j) * load(dy + i * width + j);
    for (int64_t i = 0; i < rows; i++) {
      int64_t at = i * width + j;
      vi open = lives & (load(x + at) > SPLAT(nothing));
      store(dy + at, choose(open, (load(dy + at) - inner) / total, SPLAT(nothing)));
    }
  }
}

// y = x P(x), P the standard normal distribution, and x becomes the slope P(x) + x p(x), p its density.
static void NAME(gelu)(int64_t count, float *x, float *y) {
  const float half = 0.5f, root = 0.707106781f, density = 0.398942280f;
  for (int64_t i = 0; i < count; i += LANES) {
    vf v = load(x + i), share = erf_lanes(v * root) * half + half;
    store(y + i, v * share);
    store(x + i, share + v * density * exp_lanes(v * v * -half));
  }
}

// y *= x.
static void NAME(multiply_by)(int64_t count, const float *x, float *y) {
  for (int64_t i = 0; i < count; i += LANES) store(y + i, load(y + i) * load(x + i));
}

// The sum over lanes, always in the same order.
INLINE float lane_sum(vf x) {
  float sum = 0;
  for (int64_t l = 0; l < LANES; l++) sum += x[l];
  return sum;
}

// y += w x, row by row.
static void NAME(add_scaled_rows)(int64_t rows, int64_t width, const float *x, const float *w,
                                  float *y) {
  for (int64_t i = 0; i < rows; i++) {
    const float s = w[i];
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      store(y + at, load(y + at) + load(x + at) * s);
    }
  }
}


// out = x . y, row by row.
static void NAME(row_dots)(int64_t rows, int64_t width, const float *x, const float *y, float *out) {
  for (int64_t i = 0; i < rows; i++) {
    vf sum = {0};
    for (int64_t j = 0; j < width; j += LANES) sum += load(x + i * width + j) * load(y + i * width + j);
    out[i] = lane_sum(sum);
  }
}

// The first `count` lanes of x, zeros in the others.
INLINE vf first_lanes(vf x, int64_t count) {
  for (int64_t l = 0; l < LANES; l++) x[l] = l < count ? x[l] : 0;
  return x;
}

// Columns from j on that are not padding: x, or x with zeros behind the last one.
INLINE vf within(vf x, int64_t j, int64_t size) {
  return size - j >= LANES ? x : first_lanes(x, size - j);
}

// Layer normalisation of the first `size` columns; padding columns are zero in everything that is written.
static void NAME(layer_norm)(int64_t rows, int64_t width, int64_t size, const float *x,
                             const float *gain, const float *offset, float epsilon,
                             float *normalized, float *inverse, float *y) {
  for (int64_t i = 0; i < rows; i++) {
    const float *row = x + i * width;
    vf sum = {0}, squares = {0};
    for (int64_t j = 0; j < width; j += LANES) sum += load(row + j);
    const float mean = lane_sum(sum) / (float)size;
    for (int64_t j = 0; j < width; j += LANES) {
      vf d = within(load(row + j) - mean, j, size);
      squares += d * d;
    }
    const float scale = 1.0f / __builtin_sqrtf(lane_sum(squares) / (float)size + epsilon);
    inverse[i] = scale;
    for (int64_t j = 0; j < width; j += LANES) {
      vf n = within((load(row + j) - mean) * scale, j, size);
      store(normalized + i * width + j, n);
      store(y + i * width + j, n * load(gain + j) + load(offset + j));
    }
  }
}

// dy becomes the gradient before the normalisation; gradients of gain and offset are added up.
static void NAME(layer_norm_backward)(int64_t rows, int64_t width, int64_t size,
                                      const float *normalized, const float *inverse,
                                      const float *gain, float *dy, double *d_gain,
                                      double *d_offset) {
  for (int64_t j = 0; j < width; j += LANES) {
    vd gain_sum = *(vd *)(d_gain + j), offset_sum = *(vd *)(d_offset + j);
    for (int64_t i = 0; i < rows; i++) {
      vf d = load(dy + i * width + j);
      gain_sum += widen(d * load(normalized + i * width + j));
      offset_sum += widen(d);
    }
    *(vd *)(d_gain + j) = gain_sum;
    *(vd *)(d_offset + j) = offset_sum;
  }
  for (int64_t i = 0; i < rows; i++) {
    float *row = dy + i * width;
    const float *n = normalized + i * width;
    vf sum = {0}, inner = {0};
    for (int64_t j = 0; j < width; j += LANES) {
      vf d = load(row + j) * load(gain + j);
      sum += d;
      inner += d * load(n + j);
    }
    const float mean = lane_sum(sum) / (float)size, slope = lane_sum(inner) / (float)size;
    for (int64_t j = 0; j < width; j += LANES) {
      vf d = load(row + j) * load(gain + j) - mean - load(n + j) * slope;
      store(row + j, within(d * inverse[i], j, size));
    }
  }
}

// The code nearest to each row, from scores = x . codes: least |code|^2 - 2 score, the first among equals.
static void NAME(nearest)(int64_t rows, int64_t width, int64_t codes, const float *scores,
                          const float *squares, int32_t *found) {
  for (int64_t i = 0; i < rows; i++) {
    int64_t best = 0;
    float least = squares[0] - 2 * scores[i * width];
    for (int64_t k = 1; k < codes; k++) {
      float distance = squares[k] - 2 * scores[i * width + k];
      if (distance < least) {
        least = distance;
        best = k;
      }
    }
    found[i] = (int32_t)best;
  }
}

// Attention of one head over sequences of `steps` rows (at most FQ_STEPS), `size` columns from q, k, v on,
// `stride` apart: weights[s][t] = softmax over t of scale q_s . k_t, out_s = sum_t weights[s][t] v_t.
static void NAME(attention)(int64_t sequences, int64_t steps, int64_t size, int64_t stride,
                            float scale, const float *q, const float *k, const float *v,
                            float *weights, float *out) {
  for (int64_t n = 0; n < sequences; n++) {
    const int64_t first = n * steps;
    for (int64_t s = 0; s < steps; s++) {
      const float *query = q + (first + s) * stride;
      float *w = weights + (first + s) * FQ_STEPS, *target = out + (first + s) * stride;
      float top = -__builtin_inff(), total = 0;
      for (int64_t t = 0; t < steps; t++) {
        const float *key = k + (first + t) * stride;
        float sum = 0;
        for (int64_t j = 0; j < size; j++) sum += query[j] * key[j];
        w[t] = sum * scale;
        top = w[t] > top ? w[t] : top;
      }
      for (int64_t t = steps; t < FQ_STEPS; t++) w[t] = -__builtin_inff();
      for (int64_t t = 0; t < FQ_STEPS; t += LANES) store(w + t, exp_lanes(load(w + t) - top));
      for (int64_t t = 0; t < steps; t++) total += w[t];
      for (int64_t j = 0; j < size; j++) target[j] = 0;
      for (int64_t t = 0; t < steps; t++) {
        w[t] /= total;
        const float *value = v + (first + t) * stride;
        for (int64_t j = 0; j < size; j++) target[j] += w[t] * value[j];
      }
    }
  }
}

// Gradients of queries, keys and values; all three are written.
static void NAME(attention_backward)(int64_t sequences, int64_t steps, int64_t size, int64_t stride,
                                     float scale, const float *q, const float *k, const float *v,
                                     const float *weights, const float *d_out, float *dq, float *dk,
                                     float *dv) {
  float slope[FQ_STEPS];
  for (int64_t n = 0; n < sequences; n++) {
    const int64_t first = n * steps;
    for (int64_t t = 0; t < steps; t++) {
      for (int64_t j = 0; j < size; j++) {
        dk[(first + t) * stride + j] = 0;
        dv[(first + t) * stride + j] = 0;
      }
    }
    for (int64_t s = 0; s < steps; s++) {
      const float *d = d_out + (first + s) * stride, *w = weights + (first + s) * FQ_STEPS;
      const float *query = q + (first + s) * stride;
      float *d_query = dq + (first + s) * stride, inner = 0;
      for (int64_t t = 0; t < steps; t++) {
        const float *value = v + (first + t) * stride;
        float *d_value = dv + (first + t) * stride, sum = 0;
        for (int64_t j = 0; j < size; j++) sum += d[j] * value[j];
        for (int64_t j = 0; j < size; j++) d_value[j] += w[t] * d[j];
        slope[t] = sum;
        inner += w[t] * sum;
      }
      for (int64_t j = 0; j < size; j++) d_query[j] = 0;
      for (int64_t t = 0; t < steps; t++) {
        const float *key = k + (first + t) * stride;
        float *d_key = dk + (first + t) * stride, g = w[t] * (slope[t] - inner) * scale;
        for (int64_t j = 0; j < size; j++) d_query[j] += g * key[j];
        for (int64_t j = 0; j < size; j++) d_key[j] += g * query[j];
      }
    }
  }
}
