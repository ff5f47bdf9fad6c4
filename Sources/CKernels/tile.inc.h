// One register tile of a product: up to ROWS x 4 vectors of accumulators; included once per vector width
// with TILE, TV, TL, TSPLAT, TLOAD, TSTORE and TMAX defined.

INLINE void TILE(const int rows, const int vectors, tile_call t) {
  TV sum[16][4];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      const float zero = 0;
      const TV start = t.accumulate ? TLOAD(t.c + r * t.ldc + v * TL) : TSPLAT(zero);
      sum[r][v] = t.bias ? start + TLOAD(t.bias + v * TL) : start;
    }
  }
  // One running pointer per three rows: a single pointer stepped from row to row would be a chain of
  // additions as long as the tile, and the multiply units would wait for it.
  const float *b = t.b, *group[6];
#pragma clang loop unroll(full)
  for (int g = 0; g * 3 < rows; g++) group[g] = t.a + g * 3 * t.row_stride;
  for (int64_t l = 0; l < t.depth; l++, b += t.ldb) {
    TV column[4];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) column[v] = TLOAD(b + v * TL);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      const float s = group[r / 3][(r % 3) * t.row_stride];
      const TV left = TSPLAT(s);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[r][v] += left * column[v];
    }
#pragma clang loop unroll(full)
    for (int g = 0; g * 3 < rows; g++) group[g] += t.column_stride;
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      const float zero = 0;
      TV x = sum[r][v];
      TSTORE(t.c + r * t.ldc + v * TL, t.relu ? TMAX(x, TSPLAT(zero)) : x);
    }
  }
}

#undef TILE
#undef TV
#undef TL
#undef TSPLAT
#undef TLOAD
#undef TSTORE
#undef TMAX
