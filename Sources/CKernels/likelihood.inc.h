// Sums over a month's rows for the likelihood of its returns under a prior of the factors.
//
// Row i holds its loadings b, then its return y: e = y - b'm, s = residual + sum_k b_k^2 v_k. Rows are taken a
// vector at a time; lanes beyond the last row repeat it with no weight.

// log of a positive normal number: exponent times log 2, and the mantissa's.
INLINE vf log_lanes(vf x) {
  vi bits = (vi)x;
  vf exponent = __builtin_convertvector((bits >> 23) - 127, vf);
  vf mantissa = (vf)((bits & 0x007fffff) | 0x3f800000);
  return exponent * 0.693147181f + log1p_unit(mantissa - 1.0f);
}

// sums: of e^2 / s, of log s, of (1 / s - (e / s)^2) / 2; then for every factor of b e / s, and of b^2 times
// the third.
static void NAME(prior_likelihood)(int64_t rows, int64_t width, int64_t factors, const float *x,
                                   const float *mean, const float *variance, float residual,
                                   double *sums) {
  vd quadratic = widen((vf){0}), logs = quadratic, slopes = quadratic;
  vd first[FQ_FACTORS], second[FQ_FACTORS];
  for (int64_t k = 0; k < factors; k++) first[k] = second[k] = quadratic;
  for (int64_t start = 0; start < rows; start += LANES) {
    vf b[FQ_FACTORS], e, weight;
    for (int64_t l = 0; l < LANES; l++) {
      int64_t row = start + l < rows ? start + l : rows - 1;
      weight[l] = start + l < rows ? 1 : 0;
      e[l] = x[row * width + factors];
    }
    vf s = SPLAT(residual);
    for (int64_t k = 0; k < factors; k++) {
      for (int64_t l = 0; l < LANES; l++) {
        int64_t row = start + l < rows ? start + l : rows - 1;
        b[k][l] = x[row * width + k];
      }
      e -= b[k] * mean[k];
      s += b[k] * b[k] * variance[k];
    }
    vf inverse = weight / s, ratio = e * inverse;
    vf slope = (inverse - ratio * ratio) * 0.5f;
    quadratic += widen(e * ratio);
    logs += widen(log_lanes(s) * weight);
    slopes += widen(slope);
    for (int64_t k = 0; k < factors; k++) {
      first[k] += widen(b[k] * ratio);
      second[k] += widen(b[k] * b[k] * slope);
    }
  }
  for (int64_t i = 0; i < 3 + 2 * factors; i++) {
    vd lanes = i == 0 ? quadratic : i == 1 ? logs : i == 2 ? slopes
             : i < 3 + factors ? first[i - 3] : second[i - 3 - factors];
    sums[i] = 0;
    for (int64_t l = 0; l < LANES; l++) sums[i] += lanes[l];
  }
}
