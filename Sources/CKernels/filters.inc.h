// Filters over time for LANES series side by side, in float64: loadings that walk, variances, correlations.
//
// A value of period t and lane l is at [t * stride + l]; NaN means it was not observed. Factors are the same for
// all lanes. Every filter gives three numbers a lane for its likelihood: the sum of squares, and the product of
// the variances as a mantissa in [1, 2) (NaN where a variance was not positive) and a power of two.

// All of these functions are inlined, so how wide vectors would be passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef int64_t vl __attribute__((vector_size(LANES * 8), aligned(8)));

INLINE vd load_doubles(const double *p) { return *(const vd *)p; }
INLINE void store_doubles(double *p, vd x) { *(vd *)p = x; }
INLINE vd choose_doubles(vl mask, vd yes, vd no) { return (vd)(((vl)yes & mask) | ((vl)no & ~mask)); }
INLINE vd roots(vd x) {
  for (int64_t l = 0; l < LANES; l++) x[l] = __builtin_sqrt(x[l]);
  return x;
}

// What a filter knows of its likelihood so far.
typedef struct {
  vd squares, mantissa;
  vl exponent, spoilt;
} evidence;

INLINE evidence no_evidence(void) {
  evidence e = {(vd){0}, (vd){0} + 1.0, (vl){0}, (vl){0}};
  return e;
}

// One more period: its square, and the variance it is relative to, where there is something to see.
INLINE void take(evidence *e, vl seen, vd square, vd variance) {
  vl bits = (vl)(e->mantissa * choose_doubles(seen, variance, (vd){0} + 1.0));
  e->squares += choose_doubles(seen, square, (vd){0});
  e->exponent += ((bits >> 52) & 0x7ff) - 1023;
  e->mantissa = (vd)((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  e->spoilt |= seen & ~((variance > 0x1p-500) & (variance < 0x1p500));
}

INLINE void give(evidence e, double *sums) {
  store_doubles(sums, e.squares);
  store_doubles(sums + LANES, choose_doubles(e.spoilt, (vd){0} + __builtin_nan(""), e.mantissa));
  store_doubles(sums + 2 * LANES, __builtin_convertvector(e.exponent, vd));
}

// The place of row i, column j <= i in a lower triangle stored by rows.
#define AT(i, j) ((i) * ((i) + 1) / 2 + (j))

// Kalman filter of y = x'b + e with b a random walk; e has the variance `residual`, a step of b the variances
// `walk`. b and its covariances p (a lower triangle) come in as of before the lane's period `begin` and go out as of
// the last. The likelihood counts from the lane's period `counted`. Covariances are updated in Joseph's form.
INLINE void walk_filter(const int64_t n, int64_t periods, const double *begin,
                        const double *counted, const double *x, int64_t stride, const double *y, const double *walk,
                        const double *residual, double *state, double *covariance, double *sums,
                        double *path, double *spreads) {
  vd b[FQ_STATES], q[FQ_STATES], g[FQ_STATES], gain[FQ_STATES], p[FQ_STATES][FQ_STATES];
  vd noise = load_doubles(residual), start = load_doubles(begin), from = load_doubles(counted);
  evidence found = no_evidence();
  for (int64_t i = 0; i < n; i++) {
    b[i] = load_doubles(state + i * LANES);
    q[i] = load_doubles(walk + i * LANES);
    for (int64_t j = 0; j <= i; j++) p[i][j] = load_doubles(covariance + AT(i, j) * LANES);
  }
  for (int64_t t = 0; t < periods; t++) {
    const double *f = x + t * n;
    vd seen_y = load_doubles(y + t * stride), fit = (vd){0}, s = noise;
    vl begun = (vd){0} + (double)t >= start, seen = begun & (seen_y == seen_y);
    for (int64_t i = 0; i < n; i++) p[i][i] += choose_doubles(begun, q[i], (vd){0});
    for (int64_t i = 0; i < n; i++) {
      g[i] = (vd){0};
      for (int64_t j = 0; j < n; j++) g[i] += (i > j ? p[i][j] : p[j][i]) * f[j];
    }
    for (int64_t i = 0; i < n; i++) {
      s += g[i] * f[i];
      fit += b[i] * f[i];
    }
    vd error = choose_doubles(seen, seen_y - fit, (vd){0});
    vd inverse = choose_doubles(seen, 1.0 / s, (vd){0});
    take(&found, seen & ((vd){0} + (double)t >= from), error * error * inverse, s);
    for (int64_t i = 0; i < n; i++) {
      gain[i] = g[i] * inverse;
      b[i] += gain[i] * error;
    }
    // (I - K x') P (I - K x')' + K R K', row by row.
    for (int64_t i = 0; i < n; i++) {
      vd row[FQ_STATES], h = (vd){0};
      for (int64_t j = 0; j < n; j++) {
        row[j] = (i > j ? p[i][j] : p[j][i]) - gain[i] * g[j];
        h += row[j] * f[j];
      }
      for (int64_t j = 0; j <= i; j++) p[i][j] = row[j] + (gain[i] * noise - h) * gain[j];
    }
    for (int64_t i = 0; path && i < n; i++) store_doubles(path + (t * n + i) * LANES, b[i]);
    for (int64_t i = 0; spreads && i < n; i++)
      for (int64_t j = 0; j <= i; j++)
        store_doubles(spreads + (t * AT(n, 0) + AT(i, j)) * LANES, p[i][j]);
  }
  for (int64_t i = 0; i < n; i++) {
    store_doubles(state + i * LANES, b[i]);
    for (int64_t j = 0; j <= i; j++) store_doubles(covariance + AT(i, j) * LANES, p[i][j]);
  }
  give(found, sums);
}

static void NAME(walking_loadings)(int64_t states, int64_t periods, const double *begin,
                                   const double *counted, const double *x, int64_t stride,
                                   const double *y, const double *walk,
                                   const double *residual, double *state, double *covariance,
                                   double *sums, double *path, double *spreads) {
#define WITH(n)                                                                                \
  case n:                                                                                      \
    walk_filter(n, periods, begin, counted, x, stride, y, walk, residual, state, covariance,   \
                sums, path, spreads);                                                    \
    break;
  switch (states) { WITH(1) WITH(2) WITH(3) WITH(4) WITH(5) WITH(6) WITH(7) WITH(8) }
#undef WITH
}

// Variances h = constant + a e^2 + b h of the errors e, from `start` on; an error that is not there counts as one
// of the size expected.
static void NAME(garch)(int64_t periods, int64_t stride, const double *e, const double *constant,
                        const double *a, const double *b, const double *start, double *sums,
                        double *variances) {
  vd level = load_doubles(constant), shock = load_doubles(a), memory = load_doubles(b);
  vd h = load_doubles(start);
  evidence found = no_evidence();
  for (int64_t t = 0; t < periods; t++) {
    vd error = load_doubles(e + t * stride);
    vl seen = error == error;
    vd square = choose_doubles(seen, error * error, h);
    take(&found, seen, square / h, h);
    if (variances) store_doubles(variances + t * stride, h);
    h = level + shock * square + memory * h;
  }
  give(found, sums);
}

// Dynamic conditional correlations of n - 1 factors and, last, one asset a lane: Q = (1 - a - b) mean +
// a z z' + b Q, from the mean on. The shocks z of the factors are given a period at a time, those of the
// assets in lanes. `slopes` and `correlations` hold n - 1 blocks of lanes a period: R_ff^-1 R_fi, and R_fi.
INLINE void correlation_filter(const int64_t n, int64_t periods, const double *factors,
                               int64_t stride, const double *assets, const double *mean,
                               const double *a, const double *b, double ridge, double *sums,
                               double *slopes, double *correlations) {
  const int64_t k = n - 1;
  vd shock = load_doubles(a), memory = load_doubles(b), rest = 1.0 - shock - memory;
  vd q[FQ_STATES][FQ_STATES], m[FQ_STATES][FQ_STATES], l[FQ_STATES][FQ_STATES];
  vd z[FQ_STATES], scale[FQ_STATES], inverse[FQ_STATES];
  evidence found = no_evidence();
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j <= i; j++)
      q[i][j] = load_doubles(mean + AT(i, j) * LANES), m[i][j] = q[i][j] * rest;
  for (int64_t t = 0; t < periods; t++) {
    vd own = load_doubles(assets + t * stride);
    vl seen = own == own;
    for (int64_t i = 0; i < k; i++) z[i] = (vd){0} + factors[t * k + i];
    z[k] = choose_doubles(seen, own, (vd){0});
    // Q = L D L' with ones on the diagonal of L; R is Q over the roots of its diagonal, and so are L and z.
    vd pivots = (vd){0} + 1.0, diagonal = pivots, square = (vd){0}, solved[FQ_STATES], d[FQ_STATES];
    for (int64_t i = 0; i < n; i++) {
      vd own = q[i][i] + ridge, pivot = own, x;
      scale[i] = roots(own);
      x = z[i] * scale[i];
      for (int64_t j = 0; j < i; j++) {
        vd entry = q[i][j];
        for (int64_t c = 0; c < j; c++) entry -= l[i][c] * d[c] * l[j][c];
        l[i][j] = entry * inverse[j];
        pivot -= l[i][j] * entry;
        x -= l[i][j] * solved[j];
      }
      inverse[i] = 1.0 / pivot;
      d[i] = pivot;
      solved[i] = x;
      square += x * x * inverse[i];
      pivots *= pivot;
      diagonal *= own;
    }
    take(&found, seen, square, pivots / diagonal);
    for (int64_t i = k; slopes && i-- > 0;) {
      vd x = l[k][i];
      for (int64_t j = i + 1; j < k; j++) x -= l[j][i] * z[j];
      z[i] = x;
      store_doubles(slopes + (t * k + i) * LANES, x * scale[i] / scale[k]);
    }
    for (int64_t i = 0; correlations && i < k; i++)
      store_doubles(correlations + (t * k + i) * LANES, q[k][i] / (scale[k] * scale[i]));
    for (int64_t i = 0; i < k; i++) z[i] = (vd){0} + factors[t * k + i];
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j <= i; j++) {
        vd product = z[i] * z[j];
        if (i == k) product = choose_doubles(seen, product, q[i][j]);
        q[i][j] = m[i][j] + shock * product + memory * q[i][j];
      }
  }
  give(found, sums);
}

static void NAME(correlations)(int64_t n, int64_t periods, const double *factors, int64_t stride,
                               const double *assets, const double *mean, const double *a,
                               const double *b, double ridge, double *sums, double *slopes,
                               double *path) {
#define WITH(n)                                                                              \
  case n:                                                                                    \
    correlation_filter(n, periods, factors, stride, assets, mean, a, b, ridge, sums, slopes, \
                       path);                                                                \
    break;
  switch (n) { WITH(2) WITH(3) WITH(4) WITH(5) WITH(6) WITH(7) WITH(8) }
#undef WITH
}

// Coefficients of y on x in the last `window` periods, every `step` periods from the first on: a solution of n
// blocks of lanes each time, NaN where fewer than `least` values are there or the regressors depend on each other.
// Sums gain the newest period and lose the oldest; the triangle of x x' belongs to lanes, since values may be missing.
INLINE void window_regressions(const int64_t n, int64_t periods, int64_t window, int64_t step,
                               double least, const double *x, int64_t stride, const double *y,
                               double *solutions) {
  vd squares[FQ_STATES][FQ_STATES], products[FQ_STATES], count = (vd){0};
  for (int64_t i = 0; i < n; i++) {
    products[i] = count;
    for (int64_t j = 0; j <= i; j++) squares[i][j] = count;
  }
  for (int64_t t = 0; t < periods; t++) {
    for (int64_t leaving = 0; leaving < 2; leaving++) {
      int64_t at = leaving ? t - window : t;
      if (at < 0) continue;
      const double *f = x + at * n;
      vd value = load_doubles(y + at * stride);
      vl seen = value == value;
      vd weight = choose_doubles(seen, (vd){0} + (leaving ? -1.0 : 1.0), (vd){0});
      vd signed_value = choose_doubles(seen, value, (vd){0}) * weight;
      count += weight;
      for (int64_t i = 0; i < n; i++) {
        products[i] += signed_value * f[i];
        for (int64_t j = 0; j <= i; j++) squares[i][j] += weight * (f[i] * f[j]);
      }
    }
    if ((t + 1) % step) continue;
    vd l[FQ_STATES][FQ_STATES], inverse[FQ_STATES], b[FQ_STATES];
    vl good = count >= least;
    for (int64_t i = 0; i < n; i++) {
      vd right = products[i], pivot = squares[i][i];
      for (int64_t j = 0; j < i; j++) {
        vd entry = squares[i][j];
        for (int64_t c = 0; c < j; c++) entry -= l[i][c] * l[j][c];
        l[i][j] = entry * inverse[j];
        pivot -= l[i][j] * l[i][j];
        right -= l[i][j] * b[j];
      }
      good &= pivot > squares[i][i] * 1e-10;
      inverse[i] = 1.0 / roots(pivot);
      b[i] = right * inverse[i];
    }
    for (int64_t i = n; i-- > 0;) {
      for (int64_t j = i + 1; j < n; j++) b[i] -= l[j][i] * b[j];
      b[i] *= inverse[i];
      store_doubles(solutions + ((t + 1) / step - 1) * n * LANES + i * LANES,
                    choose_doubles(good, b[i], (vd){0} + __builtin_nan("")));
    }
  }
}

static void NAME(rolling_loadings)(int64_t states, int64_t periods, int64_t window, int64_t step,
                                   double least, const double *x, int64_t stride, const double *y,
                                   double *solutions) {
#define WITH(n)                                                                          \
  case n:                                                                                \
    window_regressions(n, periods, window, step, least, x, stride, y, solutions);        \
    break;
  switch (states) { WITH(1) WITH(2) WITH(3) WITH(4) WITH(5) WITH(6) WITH(7) WITH(8) }
#undef WITH
}
#undef AT
