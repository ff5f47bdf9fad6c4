// One level of kernels; included once per instruction level with LEVEL and LANES defined.
#include "CKernels.h"

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define NAME(base) PASTE(base, LEVEL)
#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4), aligned(4)));
typedef double vd __attribute__((vector_size(LANES * 8), aligned(8)));

// `(vf){0} + s` would compile to a real addition; an initialiser list is a broadcast.
#if LANES == 16
#define SPLAT(s) ((vf){s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s})
#elif LANES == 8
#define SPLAT(s) ((vf){s, s, s, s, s, s, s, s})
#else
#define SPLAT(s) ((vf){s, s, s, s})
#endif

INLINE vf load(const float *p) { return *(const vf *)p; }
INLINE void store(float *p, vf x) { *(vf *)p = x; }
INLINE vf choose(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }
INLINE vf vmax(vf a, vf b) { return choose(a > b, a, b); }
INLINE vf vmin(vf a, vf b) { return choose(a < b, a, b); }

#include "product.inc.h"
#include "columns.inc.h"
#include "elementwise.inc.h"
#include "cells.inc.h"
#include "attention.inc.h"
#include "likelihood.inc.h"
#include "filters.inc.h"
#include "tall.inc.h"
#include "expressions.inc.h"
#include "gram.inc.h"

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

const fq_kernel_table NAME(fq_kernels) = {
    .name = TEXT(LEVEL),
    .lanes = LANES,
    .product = NAME(product),
    .column_sums = NAME(column_sums),
    .moments = NAME(moments),
    .affine_relu = NAME(affine_relu),
    .affine_relu_backward = NAME(affine_relu_backward),
    .normalize_backward = NAME(normalize_backward),
    .gather = NAME(gather),
    .scatter_add = NAME(scatter_add),
    .lstm_forward = NAME(lstm_forward),
    .lstm_backward = NAME(lstm_backward),
    .gru_after_forward = NAME(gru_after_forward),
    .gru_after_backward = NAME(gru_after_backward),
    .gru_before_gates = NAME(gru_before_gates),
    .gru_before_forward = NAME(gru_before_forward),
    .gru_before_backward = NAME(gru_before_backward),
    .gru_before_reset = NAME(gru_before_reset),
    .tanh_forward = NAME(tanh_forward),
    .tanh_backward = NAME(tanh_backward),
    .leaky = NAME(leaky),
    .leaky_backward = NAME(leaky_backward),
    .add_scaled_rows = NAME(add_scaled_rows),
    .row_dots = NAME(row_dots),
    .softmax_columns = NAME(softmax_columns),
    .softmax_columns_backward = NAME(softmax_columns_backward),
    .relu_shares = NAME(relu_shares),
    .relu_shares_backward = NAME(relu_shares_backward),
    .gelu = NAME(gelu),
    .multiply_by = NAME(multiply_by),
    .layer_norm = NAME(layer_norm),
    .layer_norm_backward = NAME(layer_norm_backward),
    .nearest = NAME(nearest),
    .attention = NAME(attention),
    .attention_backward = NAME(attention_backward),
    .relu_backward = NAME(relu_backward),
    .add_l1 = NAME(add_l1),
    .adam = NAME(adam),
    .add = NAME(add),
    .prior_likelihood = NAME(prior_likelihood),
    .walking_loadings = NAME(walking_loadings),
    .garch = NAME(garch),
    .correlations = NAME(correlations),
    .rolling_loadings = NAME(rolling_loadings),
    .sum_of_squares = NAME(sum_of_squares),
    .exp = NAME(exp),
    .tanh = NAME(tanh),
    .sigmoid = NAME(sigmoid),
    .softplus = NAME(softplus),
    .erf = NAME(erf),
    .expression = NAME(expression),
    .missing = NAME(missing),
    .gram = NAME(gram),
    .tall_product = NAME(tall_product),
    .tall_transposed = NAME(tall_transposed),
    .weighted_sums = NAME(weighted_sums),
    .peak_probe = NAME(peak_probe),
};
