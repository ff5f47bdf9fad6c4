// The float microkernels of fq, one table per instruction level, chosen once at run time.
//
// Shapes: matrices are row-major float32. The column count of outputs is a multiple of 16 (FQ_PAD);
// padding columns hold zeros. All reductions run in a fixed order on one thread.
// Goals, in order: the same bits on every call, no allocation, the speed of the core's FMA units.
#ifndef FQ_CKERNELS_H
#define FQ_CKERNELS_H

#include <stdint.h>

#define FQ_PAD 16

// The operations of column expressions; x, y and z are the operands.
enum {
  FQ_ADD,
  FQ_SUBTRACT,
  FQ_MULTIPLY,
  FQ_DIVIDE,
  FQ_NEGATE,
  FQ_EQUAL,
  FQ_NOT_EQUAL,
  FQ_LESS,
  FQ_LESS_EQUAL,
  FQ_GREATER,
  FQ_GREATER_EQUAL,
  FQ_AND,
  FQ_OR,
  FQ_NOT,
  FQ_IS_MISSING,
  FQ_IS_PRESENT,
  // y where x is missing.
  FQ_COALESCE,
  // y where x holds, z where it does not.
  FQ_CHOOSE,
};

typedef struct {
  const char *name;
  int64_t lanes;

  // c[m x n] = a b (+ c if accumulate) (+ bias) (then max(0, .) if relu).
  // a is read as a[i * row_stride + l * column_stride]: X W and X' dY share the code.
  void (*product)(int64_t m, int64_t n, int64_t k, const float *a, int64_t row_stride,
                  int64_t column_stride, const float *b, int64_t ldb, float *c, int64_t ldc,
                  const float *bias, int32_t relu, int32_t accumulate);
  // out[j] = sum over rows of x, accumulated in float64 from blocks of 64 rows.
  void (*column_sums)(int64_t rows, int64_t width, const float *x, double *out);
  // Two passes: the mean, then the centred second moment (divided by rows).
  void (*column_moments)(int64_t rows, int64_t width, const float *x, double *mean,
                         double *variance);
  // x becomes (x - mean) * inverse; y = max(0, gain * x + offset).
  void (*normalize_relu)(int64_t rows, int64_t width, float *x, const float *mean,
                         const float *inverse, const float *gain, const float *offset, float *y);
  // dy becomes dy * (y > 0); sums of dy and of dy * normalized per column.
  void (*normalize_relu_sums)(int64_t rows, int64_t width, float *dy, const float *y,
                              const float *normalized, double *sum, double *sum_normalized);
  // dy becomes scale * (dy - mean_dy - normalized * mean_dy_normalized).
  void (*normalize_backward)(int64_t rows, int64_t width, float *dy, const float *normalized,
                             const float *scale, const float *mean_dy,
                             const float *mean_dy_normalized);
  // dy becomes dy * (y > 0).
  void (*relu_backward)(int64_t count, float *dy, const float *y);
  // gradient += strength * sign(weight), with sign(0) = 0.
  void (*add_l1)(int64_t count, const float *weight, const float *strength, float *gradient);
  // One Adam update; the gradient is first multiplied by scale.
  void (*adam)(int64_t count, float *weight, const float *gradient, float *first, float *second,
               float scale, float rate, float beta1, float beta2, float correction1,
               float correction2, float epsilon);
  // Sum of squares in float64.
  double (*sum_of_squares)(int64_t count, const float *x);
  // Elementwise functions; in and out may be the same buffer.
  void (*exp)(int64_t count, const float *x, float *out);
  void (*tanh)(int64_t count, const float *x, float *out);
  void (*sigmoid)(int64_t count, const float *x, float *out);
  void (*softplus)(int64_t count, const float *x, float *out);
  // One operation on blocks of float64; operands may be the same, the result is another block.
  void (*expression)(int32_t operation, int64_t count, const double *a, const double *b,
                     const double *c, double *out);
  // How many of the values are NaN.
  int64_t (*missing)(int64_t count, const double *x);
  // Adds the upper triangle of Z'Z to `gram`, Z with a constant column after `count` float32 ones;
  // `width` is a multiple of 8 above `count`, `scratch` holds 64 rows of it.
  void (*gram)(int64_t rows, int64_t count, int64_t width, const float *z, double *gram,
               double *scratch);
  // Adds Z'v to count + 1 sums, the constant's last.
  void (*weighted_sums)(int64_t rows, int64_t count, const float *z, const double *v, double *sums);
  // Runs independent fused multiply-adds and gives the number of float operations done.
  double (*peak_probe)(int64_t rounds, float *sink);
} fq_kernel_table;

// Gives the table of a level ("v4", "v3", "baseline"), or the best one this machine runs if the
// name is NULL; NULL if the machine cannot run the named level or the name is unknown.
const fq_kernel_table *fq_kernels(const char *level);

// Gives the table named by the environment variable FQ_ISA where the machine can run it, otherwise
// the best one.
const fq_kernel_table *fq_kernels_chosen(void);

#endif
