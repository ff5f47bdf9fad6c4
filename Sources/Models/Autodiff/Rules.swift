// The gradient of every operation, and the walk that applies them from the last node to the first.

import FactorRuntime

extension Tape {
  /// Computes the gradient of a 1 x 1 node with respect to everything before it, and adds the
  /// gradients of leaves to their sinks.
  public func backward(from loss: Variable) {
    precondition(loss.count == 1)
    gradients.update(repeating: 0, count: storage.used)
    loss.gradient[0] = 1
    for index in stride(from: Int(loss.node), through: 0, by: -1) {
      apply(nodes[index])
    }
  }

  private func value(_ node: Int32) -> UnsafeMutablePointer<Double> {
    values + nodes[Int(node)].offset
  }

  private func slope(_ node: Int32) -> UnsafeMutablePointer<Double> {
    gradients + nodes[Int(node)].offset
  }

  private func view(_ node: Int32) -> Small.View {
    let n = nodes[Int(node)]
    return Small.View(values + n.offset, n.rows, n.columns)
  }

  // One line per operation keeps the rule table readable as a table.
  private func apply(_ n: Node) {
    let d = gradients + n.offset
    let y = values + n.offset
    switch n.operation {
    case .leaf(let sink):
      if sink >= 0 { for i in 0..<n.count { storage.pointee.sinks[Int(sink)][i] += d[i] } }
    case .product(let a, let b), .transposedProduct(let a, let b), .productTransposed(let a, let b):
      productRule(n, a, b)
    case .add(let a, let b): pair(n, a, b) { (d[$0], d[$0]) }
    case .subtract(let a, let b): pair(n, a, b) { (d[$0], -d[$0]) }
    case .multiply(let a, let b): pair(n, a, b) { (d[$0] * value(b)[$0], d[$0] * value(a)[$0]) }
    case .divide(let a, let b):
      pair(n, a, b) { (d[$0] / value(b)[$0], -d[$0] * y[$0] / value(b)[$0]) }
    case .addColumn(let a, let b): addColumnRule(n, a, b)
    case .scaled(let a, let c): each(n) { slope(a)[$0] += c * d[$0] }
    case .shifted(let a, _), .straightThrough(let a): each(n) { slope(a)[$0] += d[$0] }
    case .scaledBy(let a, let s): scaledByRule(n, a, s)
    case .tanh(let a): each(n) { slope(a)[$0] += d[$0] * (1 - y[$0] * y[$0]) }
    case .sigmoid(let a): each(n) { slope(a)[$0] += d[$0] * y[$0] * (1 - y[$0]) }
    case .relu(let a): each(n) { slope(a)[$0] += y[$0] > 0 ? d[$0] : 0 }
    case .exp(let a): each(n) { slope(a)[$0] += d[$0] * y[$0] }
    case .log(let a): each(n) { slope(a)[$0] += d[$0] / value(a)[$0] }
    case .softplus(let a): each(n) { slope(a)[$0] += d[$0] / (1 + Elementary.exp(-value(a)[$0])) }
    case .square(let a): each(n) { slope(a)[$0] += 2 * d[$0] * value(a)[$0] }
    case .clamp(let a, let low, let high):
      each(n) { slope(a)[$0] += value(a)[$0] > low && value(a)[$0] < high ? d[$0] : 0 }
    case .sum(let a): for i in 0..<nodes[Int(a)].count { slope(a)[i] += d[0] }
    case .slice(let a, let start): each(n) { slope(a)[Int(start) * n.columns + $0] += d[$0] }
    case .stack(let a, let b): stackRule(n, a, b)
    case .diagonal(let a): for i in 0..<n.rows { slope(a)[i] += d[i * n.rows + i] }
    case .diagonalOf(let a): each(n) { slope(a)[$0 * n.rows + $0] += d[$0] }
    case .solve(let m, let b, let factor): solveRule(n, m, b, factor)
    case .logDeterminant(let m, let factor): logDeterminantRule(n, m, factor)
    case .softmaxColumns(let a): softmaxRule(n, a)
    case .reluShares(let a): reluSharesRule(n, a)
    case .normalizeColumns(let a, let epsilon): normalizeRule(n, a, epsilon)
    case .unitColumns(let a): unitRule(n, a)
    case .stopGradient: break
    case .linearised(let first, let count):
      linearisedRule(n, storage.pointee.entries[Int(first)..<Int(first + count)])
    }
  }

  @inline(__always)
  private func each(_ n: Node, _ body: (Int) -> Void) {
    for i in 0..<n.count { body(i) }
  }

  // Adds to the slopes of two operands of the node's shape.
  @inline(__always)
  private func pair(_ n: Node, _ a: Int32, _ b: Int32, _ slopes: (Int) -> (Double, Double)) {
    for i in 0..<n.count {
      let (left, right) = slopes(i)
      slope(a)[i] += left
      slope(b)[i] += right
    }
  }

  private func addColumnRule(_ n: Node, _ a: Int32, _ b: Int32) {
    let d = gradients + n.offset
    for i in 0..<n.count {
      slope(a)[i] += d[i]
      slope(b)[i / n.columns] += d[i]
    }
  }

  private func scaledByRule(_ n: Node, _ a: Int32, _ s: Int32) {
    let d = gradients + n.offset
    for i in 0..<n.count {
      slope(a)[i] += d[i] * value(s)[0]
      slope(s)[0] += d[i] * value(a)[i]
    }
  }

  private func linearisedRule(_ n: Node, _ recorded: ArraySlice<LinearEntry>) {
    let d = gradients[n.offset]
    for entry in recorded {
      let target = slope(entry.node)
      for i in 0..<nodes[Int(entry.node)].count { target[i] += d * values[entry.gradient + i] }
    }
  }

  private func productRule(_ n: Node, _ a: Int32, _ b: Int32) {
    let d = Small.View(gradients + n.offset, n.rows, n.columns)
    switch n.operation {
    case .product:
      Small.product(slope(a), d, view(b).transposed, adding: true)
      Small.product(slope(b), view(a).transposed, d, adding: true)
    case .transposedProduct:
      Small.product(slope(a), view(b), d.transposed, adding: true)
      Small.product(slope(b), view(a), d, adding: true)
    default:
      Small.product(slope(a), d, view(b), adding: true)
      Small.product(slope(b), d.transposed, view(a), adding: true)
    }
  }

  private func stackRule(_ n: Node, _ a: Int32, _ b: Int32) {
    let d = gradients + n.offset
    let upper = nodes[Int(a)].count
    for i in 0..<upper { slope(a)[i] += d[i] }
    for i in 0..<(n.count - upper) { slope(b)[i] += d[upper + i] }
  }

  // x = M^-1 b: w = M^-1 dx, db = w, dM = -w x'.
  private func solveRule(_ n: Node, _ m: Int32, _ b: Int32, _ factor: Int) {
    let d = gradients + n.offset
    let size = n.rows
    let x = values + n.offset
    Small.solve(factor: values + factor, size: size, d)
    for i in 0..<size {
      slope(b)[i] += d[i]
      for j in 0..<size { slope(m)[i * size + j] -= d[i] * x[j] }
    }
  }

  // d log det M = M^-1, column by column.
  private func logDeterminantRule(_ n: Node, _ m: Int32, _ factor: Int) {
    let size = nodes[Int(m)].rows
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { column in
      guard let base = column.baseAddress else { return }
      for j in 0..<size {
        base.update(repeating: 0, count: size)
        base[j] = 1
        Small.solve(factor: values + factor, size: size, base)
        for i in 0..<size { slope(m)[i * size + j] += gradients[n.offset] * base[i] }
      }
    }
  }
}
