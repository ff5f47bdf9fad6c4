// Elementwise operations of column expressions, in float64; NaN is the missing value.
//
// Each operation is one IEEE operation and a choice, so all levels give the same bits. What is not finite
// becomes missing at once.

#define FINITE(x) (__builtin_fabs(x) <= __DBL_MAX__ ? (x) : __builtin_nan(""))
#define TRUTH(claim) (x != x || y != y ? __builtin_nan("") : (claim) ? 1.0 : 0.0)

#define EACH(result)                        \
  for (int64_t i = 0; i < count; i++) {     \
    double x = a[i], y = b[i], z = c[i], r; \
    (void)y;                                \
    (void)z;                                \
    r = (result);                           \
    out[i] = r;                             \
  }                                         \
  break

static void NAME(expression)(int32_t operation, int64_t count, const double *restrict a,
                             const double *restrict b, const double *restrict c,
                             double *restrict out) {
  switch (operation) {
    case FQ_ADD: EACH(FINITE(x + y));
    case FQ_SUBTRACT: EACH(FINITE(x - y));
    case FQ_MULTIPLY: EACH(FINITE(x * y));
    case FQ_DIVIDE: EACH(FINITE(x / y));
    case FQ_NEGATE: EACH(0 - x);
    case FQ_EQUAL: EACH(TRUTH(x == y));
    case FQ_NOT_EQUAL: EACH(TRUTH(x != y));
    case FQ_LESS: EACH(TRUTH(x < y));
    case FQ_LESS_EQUAL: EACH(TRUTH(x <= y));
    case FQ_GREATER: EACH(TRUTH(x > y));
    case FQ_GREATER_EQUAL: EACH(TRUTH(x >= y));
    case FQ_AND: EACH(x == 0 || y == 0 ? 0 : x * y);
    case FQ_OR: EACH(x == 1 || y == 1 ? 1 : x + y);
    case FQ_NOT: EACH(1 - x);
    case FQ_IS_MISSING: EACH(x != x ? 1 : 0);
    case FQ_IS_PRESENT: EACH(x != x ? 0 : 1);
    case FQ_COALESCE: EACH(x != x ? y : x);
    case FQ_CHOOSE: EACH(x != x ? x : x != 0 ? y : z);
  }
}

static int64_t NAME(missing)(int64_t count, const double *x) {
  int64_t found = 0;
  for (int64_t i = 0; i < count; i++) found += x[i] != x[i];
  return found;
}
