// Elementwise kernels: activations, their vector functions, and the optimiser's update.
//
// exp: Cody-Waite reduction and a degree-6 polynomial. tanh: an odd polynomial below 0.625, through
// exp above. log1p: reduction to [sqrt(1/2), sqrt(2)] and a polynomial. erf: a polynomial below one, through exp above. Coefficients are Chebyshev
// fits; docs/performance.md states the measured ulp of each. NaN goes in and comes out.

INLINE vf raise_two(vf rounded) {
  vi n = __builtin_convertvector(rounded, vi);
  return (vf)((n + 127) << 23);
}

INLINE vf exp_lanes(vf x) {
  const float low = -87.33654f, high = 88.72283f, over = __builtin_inff(), zero = 0;
  vf clamped = vmin(vmax(x, SPLAT(low)), SPLAT(high));
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding and subtracting it rounds to an integer
  vf n = (clamped * 1.44269504088896341f + shift) - shift;
  vf r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  vf p = 1.393365035e-03f * r + 8.363180122e-03f;
  p = p * r + 4.166646491e-02f;
  p = p * r + 1.666657698e-01f;
  p = p * r + 5.000000013e-01f;
  vf e = p * (r * r) + r + 1.0f;
  // Half the exponent twice: 2^128 is not a float, e^88.7 is.
  vf half = (n * 0.5f + shift) - shift;
  vf y = e * raise_two(half) * raise_two(n - half);
  y = choose(x > SPLAT(high), SPLAT(over), y);
  y = choose(x < SPLAT(low), SPLAT(zero), y);
  return choose(x == x, y, x);
}

INLINE vf tanh_lanes(vf x) {
  const float limit = 0.625f, one = 1, cap = 9.5f;
  vf size = (vf)((vi)x & 0x7fffffff);
  vf z = x * x;
  vf p = 2.297394197e-03f * z - 8.348344286e-03f;
  p = p * z + 2.177037493e-02f;
  p = p * z - 5.395945641e-02f;
  p = p * z + 1.333330449e-01f;
  p = p * z - 3.333333318e-01f;
  vf small = x + x * (z * p);
  vf large = 1.0f - 2.0f / (exp_lanes(2.0f * vmin(size, SPLAT(cap))) + SPLAT(one));
  vf y = choose(size < SPLAT(limit), small, large);
  y = (vf)((vi)y | ((vi)x & (int32_t)0x80000000));
  return choose(x == x, y, x);
}

INLINE vf sigmoid_lanes(vf x) {
  // exp of a negative number only: no overflow, and full precision in the left tail.
  const float one = 1, zero = 0;
  vf size = (vf)((vi)x & 0x7fffffff);
  vf e = exp_lanes(-size);
  vf numerator = choose(x < SPLAT(zero), e, SPLAT(one));
  return choose(x == x, numerator / (1.0f + e), x);
}

// log(1 + t) for t in [0, 1].
INLINE vf log1p_unit(vf t) {
  const float root = 1.41421356f;
  vf u = 1.0f + t;
  vi fold = u > SPLAT(root);
  vf f = choose(fold, u * 0.5f, u) - 1.0f;
  vf p = 7.149753894e-02f * f - 1.157120073e-01f;
  p = p * f + 1.166151107e-01f;
  p = p * f - 1.241105068e-01f;
  p = p * f + 1.424993653e-01f;
  p = p * f - 1.666848024e-01f;
  p = p * f + 2.000070748e-01f;
  p = p * f - 2.499998905e-01f;
  p = p * f + 3.333333119e-01f;
  vf z = f * f;
  vf y = f - 0.5f * z + z * f * p;
  y = choose(fold, y + 0.693147181f, y);
  // What 1 + t rounded away comes back as a relative correction.
  vf rest = t - (u - 1.0f);
  return y + rest / u;
}

INLINE vf softplus_lanes(vf x) {
  const float zero = 0;
  vf size = (vf)((vi)x & 0x7fffffff);
  vf y = vmax(x, SPLAT(zero)) + log1p_unit(exp_lanes(-size));
  return choose(x == x, y, x);
}

// Below one an odd polynomial; above it 1 - exp(-x^2) g(1 / (1 + x / 2)), whose error the small factor hides.
INLINE vf erf_lanes(vf x) {
  const float one = 1, far = 4.1f;
  vf size = vmin((vf)((vi)x & 0x7fffffff), SPLAT(far)), z = size * size;
  vf p = -9.634989708e-06f * z + 1.125464022e-04f;
  p = p * z - 8.482507666e-04f;
  p = p * z + 5.220923211e-03f;
  p = p * z - 2.686539212e-02f;
  p = p * z + 1.128378184e-01f;
  p = p * z - 3.761263843e-01f;
  vf small = size * (p * z) + size * 1.128379167e+00f;
  vf t = 1.0f / (1.0f + size * 0.5f);
  vf g = 1.192806298e-01f * t - 4.710499248e-01f;
  g = g * t + 5.631671092e-01f;
  g = g * t - 1.036179710e-01f;
  g = g * t + 3.478437420e-01f;
  g = g * t + 2.596666815e-01f;
  g = g * t + 2.849170168e-01f;
  g = g * t - 1.545440469e-04f;
  vf large = 1.0f - exp_lanes(-z) * g;
  vf y = choose(size < SPLAT(one), small, large);
  y = (vf)((vi)y | ((vi)x & (int32_t)0x80000000));
  return choose(x == x, y, x);
}

// Runs a lane function over any count; the tail goes through one padded vector.
#define ELEMENTWISE(function)                                                     \
  static void NAME(function)(int64_t count, const float *x, float *out) {         \
    int64_t i = 0;                                                                \
    for (; i + LANES <= count; i += LANES) store(out + i, function##_lanes(load(x + i))); \
    if (i < count) {                                                              \
      float tail[LANES] = {0};                                                    \
      for (int64_t j = i; j < count; j++) tail[j - i] = x[j];                     \
      vf y = function##_lanes(load(tail));                                        \
      for (int64_t j = i; j < count; j++) out[j] = y[j - i];                      \
    }                                                                             \
  }

ELEMENTWISE(exp)
ELEMENTWISE(tanh)
ELEMENTWISE(sigmoid)
ELEMENTWISE(softplus)
ELEMENTWISE(erf)

static void NAME(relu_backward)(int64_t count, float *dy, const float *y) {
  for (int64_t i = 0; i < count; i++) dy[i] = y[i] > 0 ? dy[i] : 0;
}

static void NAME(add_l1)(int64_t count, const float *weight, const float *strength,
                         float *gradient) {
  for (int64_t i = 0; i < count; i++) {
    float sign = (float)(weight[i] > 0) - (float)(weight[i] < 0);
    gradient[i] += strength[i] * sign;
  }
}

static void NAME(adam)(int64_t count, float *weight, const float *gradient, float *first,
                       float *second, float scale, float rate, float beta1, float beta2,
                       float correction1, float correction2, float epsilon) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale;
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * (g * g);
    weight[i] -= rate * (first[i] * correction1) /
                 (__builtin_sqrtf(second[i] * correction2) + epsilon);
  }
}

static void NAME(add)(int64_t count, const float *x, float *y) {
  for (int64_t i = 0; i < count; i++) y[i] += x[i];
}

static double NAME(sum_of_squares)(int64_t count, const float *x) {
  vd total = widen((vf){0});
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    vd wide = widen(load(x + i));
    total += wide * wide;
  }
  double sum = 0;
  for (int64_t j = 0; j < LANES; j++) sum += total[j];
  for (; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}
