// Recurrent cells: the gates of many rows at once, after their pre-activations are there.
//
// Rows hold their gates side by side, `width` numbers each (a multiple of FQ_PAD); `from` gives the row of
// the state table that a row continues. Gate functions are rational approximations with an absolute error
// of 5e-7, stated and tested: a gate multiplies, so its absolute error is what counts. A sigmoid is
// half of 1 + tanh(x / 2).
// Formulas: Hochreiter and Schmidhuber (1997) with the forget gate of Gers, Schmidhuber and Cummins (2000);
// Cho et al. (2014), in both published forms.

// tanh by x P(x^2) / Q(x^2) on [-8, 8], relative error 2e-8 before rounding. The clamp is written so that what
// is not a number passes through.
INLINE vf gate_tanh(vf x) {
  const float top = 8, bottom = -8;
  vf c = vmin(SPLAT(top), vmax(SPLAT(bottom), x)), z = c * c;
  vf p = 2.351064640e-11f * z - 1.470504491e-08f;
  p = p * z + 9.878943963e-06f;
  p = p * z + 2.985893787e-03f;
  p = p * z + 1.297925336e-01f;
  p = p * z + 9.999999812e-01f;
  vf q = 2.372075914e-04f * z + 2.402805593e-02f;
  q = q * z + 4.631256945e-01f;
  q = q * z + 1.0f;
  return c * p / q;
}

INLINE vf gate_sigmoid(vf x) { return gate_tanh(x * 0.5f) * 0.5f + 0.5f; }

// Copies rows of a table by number; out's rows are `stride` apart.
static void NAME(gather)(int64_t rows, int64_t width, const float *table, const int32_t *from,
                         float *out, int64_t stride) {
  for (int64_t i = 0; i < rows; i++) {
    const float *source = table + (int64_t)from[i] * width;
    for (int64_t j = 0; j < width; j += LANES) store(out + i * stride + j, load(source + j));
  }
}

// Adds rows into a table by number, in row order.
static void NAME(scatter_add)(int64_t rows, int64_t width, const float *x, int64_t stride,
                              const int32_t *to, float *table) {
  for (int64_t i = 0; i < rows; i++) {
    float *target = table + (int64_t)to[i] * width;
    for (int64_t j = 0; j < width; j += LANES)
      store(target + j, load(target + j) + load(x + i * stride + j));
  }
}

// gates: input, forget, output, candidate; pre-activations in, activations out. memory is the state table
// of the cell, whose row from[i] row i continues; c and h are the rows' own new states.
static void NAME(lstm_forward)(int64_t rows, int64_t width, float *gates, const float *memory,
                               const int32_t *from, float *c, float *h) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    const float *before = memory + (int64_t)from[i] * width;
    for (int64_t j = 0; j < width; j += LANES) {
      vf enter = gate_sigmoid(load(g + j)), keep = gate_sigmoid(load(g + width + j));
      vf leave = gate_sigmoid(load(g + 2 * width + j)), new = gate_tanh(load(g + 3 * width + j));
      vf cell = keep * load(before + j) + enter * new;
      store(g + j, enter);
      store(g + width + j, keep);
      store(g + 2 * width + j, leave);
      store(g + 3 * width + j, new);
      store(c + i * width + j, cell);
      store(h + i * width + j, leave * gate_tanh(cell));
    }
  }
}

// gates: activations in, gradients of the pre-activations out. dh and dc are the gradients of the rows' own
// states; the gradient of the cell state before is added to row from[i] of d_memory.
static void NAME(lstm_backward)(int64_t rows, int64_t width, float *gates, const float *memory,
                                const int32_t *from, const float *c, const float *dh,
                                const float *dc, float *d_memory) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    const float *before = memory + (int64_t)from[i] * width;
    float *d_before = d_memory + (int64_t)from[i] * width;
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf enter = load(g + j), keep = load(g + width + j);
      vf leave = load(g + 2 * width + j), new = load(g + 3 * width + j);
      vf shown = gate_tanh(load(c + at)), slope = load(dh + at);
      vf d = load(dc + at) + slope * leave * (1.0f - shown * shown);
      store(g + j, d * new * (enter * (1.0f - enter)));
      store(g + width + j, d * load(before + j) * (keep * (1.0f - keep)));
      store(g + 2 * width + j, slope * shown * (leave * (1.0f - leave)));
      store(g + 3 * width + j, d * enter * (1.0f - new * new));
      store(d_before + j, load(d_before + j) + d * keep);
    }
  }
}

// Reset after the product. gates: candidate, reset, update (pre-activations; the recurrent part is added to
// the last two already), then s = U h + b of the candidate. n = tanh(x + r s), h' = (1 - u) n + u h.
static void NAME(gru_after_forward)(int64_t rows, int64_t width, float *gates, const float *before,
                                    float *h) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf reset = gate_sigmoid(load(g + width + j)), update = gate_sigmoid(load(g + 2 * width + j));
      vf new = gate_tanh(load(g + j) + reset * load(g + 3 * width + j));
      store(g + j, new);
      store(g + width + j, reset);
      store(g + 2 * width + j, update);
      store(h + at, new + update * (load(before + at) - new));
    }
  }
}

// Gradients of candidate, reset, update and s; d_before is the direct part of the gradient of h before.
static void NAME(gru_after_backward)(int64_t rows, int64_t width, float *gates, const float *before,
                                     const float *dh, float *d_before) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf new = load(g + j), reset = load(g + width + j), update = load(g + 2 * width + j);
      vf inner = load(g + 3 * width + j), slope = load(dh + at);
      vf d_new = slope * (1.0f - update) * (1.0f - new * new);
      store(g + j, d_new);
      store(g + width + j, d_new * inner * (reset * (1.0f - reset)));
      store(g + 2 * width + j, slope * (load(before + at) - new) * (update * (1.0f - update)));
      store(g + 3 * width + j, d_new * reset);
      store(d_before + at, slope * update);
    }
  }
}

// Reset before the product, first half. gates: candidate, reset, update, and q = r h to be filled.
static void NAME(gru_before_gates)(int64_t rows, int64_t width, float *gates, const float *before) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    for (int64_t j = 0; j < width; j += LANES) {
      vf reset = gate_sigmoid(load(g + width + j));
      store(g + width + j, reset);
      store(g + 2 * width + j, gate_sigmoid(load(g + 2 * width + j)));
      store(g + 3 * width + j, reset * load(before + i * width + j));
    }
  }
}

// Second half, once U q is added to the candidate: n = tanh(.), h' = (1 - u) h + u n.
static void NAME(gru_before_forward)(int64_t rows, int64_t width, float *gates, const float *before,
                                     float *h) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf new = gate_tanh(load(g + j)), old = load(before + at);
      store(g + j, new);
      store(h + at, old + load(g + 2 * width + j) * (new - old));
    }
  }
}

// Gradients of candidate and update, and the direct part of the gradient of h before.
static void NAME(gru_before_backward)(int64_t rows, int64_t width, float *gates,
                                      const float *before, const float *dh, float *d_before) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf new = load(g + j), update = load(g + 2 * width + j), slope = load(dh + at);
      store(g + j, slope * update * (1.0f - new * new));
      store(g + 2 * width + j, slope * (new - load(before + at)) * (update * (1.0f - update)));
      store(d_before + at, slope * (1.0f - update));
    }
  }
}

// Then the gradient of the reset gate from dq, and its part of the gradient of h before.
static void NAME(gru_before_reset)(int64_t rows, int64_t width, float *gates, const float *before,
                                   const float *dq, float *d_before) {
  for (int64_t i = 0; i < rows; i++) {
    float *g = gates + i * 4 * width;
    for (int64_t j = 0; j < width; j += LANES) {
      int64_t at = i * width + j;
      vf reset = load(g + width + j), d = load(dq + at);
      store(g + width + j, d * load(before + at) * (reset * (1.0f - reset)));
      store(d_before + at, load(d_before + at) + d * reset);
    }
  }
}

// x becomes max(x, slope x); then dy becomes slope dy where that was below zero.
static void NAME(leaky)(int64_t count, float slope, float *x) {
  for (int64_t i = 0; i < count; i += LANES) {
    vf v = load(x + i);
    store(x + i, vmax(v, v * slope));
  }
}

static void NAME(leaky_backward)(int64_t count, float slope, const float *y, float *dy) {
  const vf zero = {0};
  for (int64_t i = 0; i < count; i += LANES) {
    vf d = load(dy + i);
    store(dy + i, choose(load(y + i) > zero, d, d * slope));
  }
}

// h = tanh(gates); then dgates = dh (1 - h^2) in place of dh.
static void NAME(tanh_forward)(int64_t count, const float *x, float *h) {
  for (int64_t i = 0; i < count; i += LANES) store(h + i, gate_tanh(load(x + i)));
}

static void NAME(tanh_backward)(int64_t count, const float *h, float *dh) {
  for (int64_t i = 0; i < count; i += LANES) {
    vf y = load(h + i);
    store(dh + i, load(dh + i) * (1.0f - y * y));
  }
}
