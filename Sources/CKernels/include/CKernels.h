// The float microkernels of fq, one table per instruction level, chosen once at run time.
//
// Shapes: matrices are row-major float32. Row lengths are multiples of 16 (FQ_PAD), so that a row fills
// whole vectors; padding columns hold zeros. A product may write only the first 8 columns of a row. All reductions run in a fixed order on one thread.
// Goals, in order: the same bits on every call, no allocation, the speed of the core's FMA units.
#ifndef FQ_CKERNELS_H
#define FQ_CKERNELS_H

#include <stdint.h>

#define FQ_PAD 16
// The longest sequence that attention within sequences takes.
#define FQ_STEPS 64
// The most factors whose likelihood is summed.
#define FQ_FACTORS 32
// The most states or series of one filter over time.
#define FQ_STATES 8

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
  // Passes over a tile of rows; see columns.inc.h.
  void (*column_sums)(int64_t rows, int64_t width, const float *x, double *sums);
  void (*moments)(int64_t rows, int64_t width, const float *x, int64_t seen, double *mean,
                  double *square);
  void (*affine_relu)(int64_t rows, int64_t width, const float *x, const float *scale,
                      const float *shift, float *y);
  void (*affine_relu_backward)(int64_t rows, int64_t width, const float *x, const float *scale,
                               const float *shift, const float *mean, const float *inverse,
                               float *dy, double *sum, double *sum_normalized);
  void (*normalize_backward)(int64_t rows, int64_t width, const float *x, const float *a,
                             const float *b, const float *c, float *dy);
  // Recurrent cells; see cells.inc.h.
  void (*gather)(int64_t rows, int64_t width, const float *table, const int32_t *from, float *out,
                 int64_t stride);
  void (*scatter_add)(int64_t rows, int64_t width, const float *x, int64_t stride,
                      const int32_t *to, float *table);
  void (*lstm_forward)(int64_t rows, int64_t width, float *gates, const float *memory,
                       const int32_t *from, float *c, float *h);
  void (*lstm_backward)(int64_t rows, int64_t width, float *gates, const float *memory,
                        const int32_t *from, const float *c, const float *dh, const float *dc,
                        float *d_memory);
  void (*gru_after_forward)(int64_t rows, int64_t width, float *gates, const float *before,
                            float *h);
  void (*gru_after_backward)(int64_t rows, int64_t width, float *gates, const float *before,
                             const float *dh, float *d_before);
  void (*gru_before_gates)(int64_t rows, int64_t width, float *gates, const float *before);
  void (*gru_before_forward)(int64_t rows, int64_t width, float *gates, const float *before,
                             float *h);
  void (*gru_before_backward)(int64_t rows, int64_t width, float *gates, const float *before,
                              const float *dh, float *d_before);
  void (*gru_before_reset)(int64_t rows, int64_t width, float *gates, const float *before,
                           const float *dq, float *d_before);
  void (*tanh_forward)(int64_t count, const float *x, float *h);
  void (*tanh_backward)(int64_t count, const float *h, float *dh);
  void (*leaky)(int64_t count, float slope, float *x);
  void (*leaky_backward)(int64_t count, float slope, const float *y, float *dy);
  // Shares, row normalisation, codes and attention; see attention.inc.h.
  void (*add_scaled_rows)(int64_t rows, int64_t width, const float *x, const float *w, float *y);
  void (*row_dots)(int64_t rows, int64_t width, const float *x, const float *y, float *out);
  void (*softmax_columns)(int64_t rows, int64_t width, float *x);
  void (*softmax_columns_backward)(int64_t rows, int64_t width, const float *y, float *dy);
  void (*relu_shares)(int64_t rows, int64_t width, const float *x, float *y, float *totals);
  void (*relu_shares_backward)(int64_t rows, int64_t width, const float *x, const float *y,
                               const float *totals, float *dy);
  void (*gelu)(int64_t count, float *x, float *y);
  void (*multiply_by)(int64_t count, const float *x, float *y);
  void (*layer_norm)(int64_t rows, int64_t width, int64_t size, const float *x, const float *gain,
                     const float *offset, float epsilon, float *normalized, float *inverse,
                     float *y);
  void (*layer_norm_backward)(int64_t rows, int64_t width, int64_t size, const float *normalized,
                              const float *inverse, const float *gain, float *dy, double *d_gain,
                              double *d_offset);
  void (*nearest)(int64_t rows, int64_t width, int64_t codes, const float *scores,
                  const float *squares, int32_t *found);
  void (*attention)(int64_t sequences, int64_t steps, int64_t size, int64_t stride, float scale,
                    const float *q, const float *k, const float *v, float *weights, float *out);
  void (*attention_backward)(int64_t sequences, int64_t steps, int64_t size, int64_t stride,
                             float scale, const float *q, const float *k, const float *v,
                             const float *weights, const float *d_out, float *dq, float *dk,
                             float *dv);
  // dy becomes dy * (y > 0).
  void (*relu_backward)(int64_t count, float *dy, const float *y);
  // gradient += strength * sign(weight), with sign(0) = 0.
  void (*add_l1)(int64_t count, const float *weight, const float *strength, float *gradient);
  // One Adam update; the gradient is first multiplied by scale.
  void (*adam)(int64_t count, float *weight, const float *gradient, float *first, float *second,
               float scale, float rate, float beta1, float beta2, float correction1,
               float correction2, float epsilon);
  // y += x.
  void (*add)(int64_t count, const float *x, float *y);
  // See likelihood.inc.h; at most FQ_FACTORS factors.
  void (*prior_likelihood)(int64_t rows, int64_t width, int64_t factors, const float *x,
                           const float *mean, const float *variance, float residual, double *sums);
  // See filters.inc.h; at most FQ_STATES states.
  void (*walking_loadings)(int64_t states, int64_t periods, const double *begin,
                           const double *counted, const double *x, int64_t stride, const double *y,
                           const double *walk,
                           const double *residual, double *state, double *covariance, double *sums,
                           double *path, double *spreads);
  void (*garch)(int64_t periods, int64_t stride, const double *e, const double *constant,
                const double *a, const double *b, const double *start, double *sums,
                double *variances);
  void (*correlations)(int64_t n, int64_t periods, const double *factors, int64_t stride,
                       const double *assets, const double *mean, const double *a, const double *b,
                       double ridge, double *sums, double *slopes, double *path);
  void (*rolling_loadings)(int64_t states, int64_t periods, int64_t window, int64_t step,
                           double least, const double *x, int64_t stride, const double *y,
                           double *solutions);
  // Sum of squares in float64.
  double (*sum_of_squares)(int64_t count, const float *x);
  // Elementwise functions; in and out may be the same buffer.
  void (*exp)(int64_t count, const float *x, float *out);
  void (*tanh)(int64_t count, const float *x, float *out);
  void (*sigmoid)(int64_t count, const float *x, float *out);
  void (*softplus)(int64_t count, const float *x, float *out);
  void (*erf)(int64_t count, const float *x, float *out);
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
  // A few columns times a large matrix of doubles, and times its transpose; see tall.inc.h.
  void (*tall_product)(int64_t rows, int64_t inner, int64_t width, const double *a, int64_t stride,
                       const double *b, double *c);
  void (*tall_transposed)(int64_t inner, int64_t columns, int64_t width, const double *a,
                          int64_t stride, const double *b, double *c);
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
