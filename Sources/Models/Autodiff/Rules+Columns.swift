// Gradients of the maps over columns: softmax, ReLU shares, layer normalisation, unit length.

extension Tape {
  private func eachColumn(
    _ n: Node, _ operand: Int32,
    _ body: (
      _ x: (Int) -> Double, _ y: (Int) -> Double, _ d: (Int) -> Double, _ add: (Int, Double) -> Void
    )
      -> Void
  ) {
    let x = values + nodes[Int(operand)].offset
    let slope = gradients + nodes[Int(operand)].offset
    let (y, d) = (values + n.offset, gradients + n.offset)
    for j in 0..<n.columns {
      body(
        { x[$0 * n.columns + j] }, { y[$0 * n.columns + j] }, { d[$0 * n.columns + j] },
        { slope[$0 * n.columns + j] += $1 })
    }
  }

  // dx = y (dy - y'dy).
  func softmaxRule(_ n: Node, _ a: Int32) {
    eachColumn(n, a) { _, y, d, add in
      let inner = (0..<n.rows).reduce(0) { $0 + y($1) * d($1) }
      for i in 0..<n.rows { add(i, y(i) * (d(i) - inner)) }
    }
  }

  // With s = sum of max(0, x): dx = (dy - y'dy) / s where x > 0, nothing under the uniform fallback.
  func reluSharesRule(_ n: Node, _ a: Int32) {
    eachColumn(n, a) { x, y, d, add in
      let total = (0..<n.rows).reduce(0) { $0 + max(0, x($1)) }
      guard total > 0 else { return }
      let inner = (0..<n.rows).reduce(0) { $0 + y($1) * d($1) }
      for i in 0..<n.rows where x(i) > 0 { add(i, (d(i) - inner) / total) }
    }
  }

  // dx = scale (dy - mean dy - y mean(y dy)).
  func normalizeRule(_ n: Node, _ a: Int32, _ epsilon: Double) {
    eachColumn(n, a) { x, y, d, add in
      let scale = Small.moments((0..<n.rows).map(x), epsilon: epsilon).scale
      let rows = Double(n.rows)
      let mean = (0..<n.rows).reduce(0) { $0 + d($1) } / rows
      let inner = (0..<n.rows).reduce(0) { $0 + y($1) * d($1) } / rows
      for i in 0..<n.rows { add(i, scale * (d(i) - mean - y(i) * inner)) }
    }
  }

  // dx = (dy - y y'dy) / |x|.
  func unitRule(_ n: Node, _ a: Int32) {
    eachColumn(n, a) { x, y, d, add in
      let length = Small.length((0..<n.rows).map(x))
      let inner = (0..<n.rows).reduce(0) { $0 + y($1) * d($1) }
      for i in 0..<n.rows { add(i, (d(i) - y(i) * inner) / length) }
    }
  }
}
