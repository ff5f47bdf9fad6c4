// Recurrent cells over many rows: what a number type must offer, and the definition in Float64.
//
// A row keeps its gates side by side, `width` numbers each. Pre-activations become activations in place, and
// activations become gradients in place. Sources: Hochreiter and Schmidhuber (1997) with the forget gate of
// Gers, Schmidhuber and Cummins (2000); Cho et al. (2014), both published forms of the GRU.

/// Rows of gates: four numbers a unit.
public struct GateRows<Scalar> {
  public var rows: Int
  public var width: Int
  public var gates: UnsafeMutablePointer<Scalar>

  /// Describes some rows of gates.
  public init(rows: Int, width: Int, _ gates: UnsafeMutablePointer<Scalar>) {
    (self.rows, self.width, self.gates) = (rows, width, gates)
  }
}

/// The steps of recurrent cells.
public protocol CellScalar {
  /// Copies rows of a table by number, to rows `stride` apart.
  static func gather(
    rows: Int, width: Int, table: UnsafePointer<Self>, from: UnsafePointer<Int32>,
    into out: UnsafeMutablePointer<Self>, stride: Int)
  /// Adds rows, `stride` apart, into a table by number.
  static func scatterAdd(
    rows: Int, width: Int, _ x: UnsafePointer<Self>, stride: Int, to: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Self>)
  /// Input, forget and output gate and candidate; `memory[from]` is the cell state before.
  static func lstmForward(
    _ g: GateRows<Self>, memory: UnsafePointer<Self>, from: UnsafePointer<Int32>,
    c: UnsafeMutablePointer<Self>, h: UnsafeMutablePointer<Self>)
  /// Gradients of the gates; that of the cell state before is added to `memoryGradient[from]`.
  static func lstmBackward(
    _ g: GateRows<Self>, memory: UnsafePointer<Self>, from: UnsafePointer<Int32>,
    c: UnsafePointer<Self>, dh: UnsafePointer<Self>, dc: UnsafePointer<Self>,
    memoryGradient: UnsafeMutablePointer<Self>)
  /// Candidate, reset, update, and s = U h + b: n = tanh(x + r s), h' = (1 - u) n + u h.
  static func gruAfterForward(
    _ g: GateRows<Self>, before: UnsafePointer<Self>, h: UnsafeMutablePointer<Self>)
  static func gruAfterBackward(
    _ g: GateRows<Self>, before: UnsafePointer<Self>, dh: UnsafePointer<Self>,
    into beforeGradient: UnsafeMutablePointer<Self>)
  /// Reset and update become activations, and q = r h is written behind them.
  static func gruBeforeGates(_ g: GateRows<Self>, before: UnsafePointer<Self>)
  /// n = tanh(.), h' = (1 - u) h + u n.
  static func gruBeforeForward(
    _ g: GateRows<Self>, before: UnsafePointer<Self>, h: UnsafeMutablePointer<Self>)
  static func gruBeforeBackward(
    _ g: GateRows<Self>, before: UnsafePointer<Self>, dh: UnsafePointer<Self>,
    into beforeGradient: UnsafeMutablePointer<Self>)
  /// The reset gate's gradient from that of q.
  static func gruBeforeReset(
    _ g: GateRows<Self>, before: UnsafePointer<Self>, dq: UnsafePointer<Self>,
    adding beforeGradient: UnsafeMutablePointer<Self>)
  /// h = tanh(x), for whole rows.
  static func tanhForward(count: Int, _ x: UnsafePointer<Self>, h: UnsafeMutablePointer<Self>)
  /// x becomes max(x, slope x), for whole rows.
  static func leaky(count: Int, slope: Double, _ x: UnsafeMutablePointer<Self>)
  /// dy becomes slope dy where y is not above zero.
  static func leakyBackward(
    count: Int, slope: Double, y: UnsafePointer<Self>, _ dy: UnsafeMutablePointer<Self>)
  /// dh becomes dh (1 - h^2).
  static func tanhBackward(count: Int, h: UnsafePointer<Self>, _ dh: UnsafeMutablePointer<Self>)
}

extension Double: CellScalar {
  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + Elementary.exp(-x)) }

  public static func gather(
    rows: Int, width: Int, table: UnsafePointer<Double>, from: UnsafePointer<Int32>,
    into out: UnsafeMutablePointer<Double>, stride: Int
  ) {
    for i in 0..<rows {
      (out + i * stride).update(from: table + Int(from[i]) * width, count: width)
    }
  }

  public static func scatterAdd(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, stride: Int, to: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<rows {
      for j in 0..<width { table[Int(to[i]) * width + j] += x[i * stride + j] }
    }
  }

  // Calls `body` with the row, the place of its first gate and the place of its state, for every unit.
  private static func each(
    _ g: GateRows<Double>, _ body: (_ i: Int, _ gate: Int, _ state: Int) -> Void
  ) {
    for i in 0..<g.rows {
      for j in 0..<g.width { body(i, i * 4 * g.width + j, i * g.width + j) }
    }
  }

  public static func lstmForward(
    _ g: GateRows<Double>, memory: UnsafePointer<Double>, from: UnsafePointer<Int32>,
    c: UnsafeMutablePointer<Double>, h: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { i, p, s in
      for gate in 0..<3 { x[p + gate * w] = sigmoid(x[p + gate * w]) }
      x[p + 3 * w] = Elementary.tanh(x[p + 3 * w])
      c[s] = x[p + w] * memory[Int(from[i]) * w + s - i * w] + x[p] * x[p + 3 * w]
      h[s] = x[p + 2 * w] * Elementary.tanh(c[s])
    }
  }

  public static func lstmBackward(
    _ g: GateRows<Double>, memory: UnsafePointer<Double>, from: UnsafePointer<Int32>,
    c: UnsafePointer<Double>, dh: UnsafePointer<Double>, dc: UnsafePointer<Double>,
    memoryGradient: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { i, p, s in
      let (enter, keep, leave, new) = (x[p], x[p + w], x[p + 2 * w], x[p + 3 * w])
      let (shown, before) = (Elementary.tanh(c[s]), Int(from[i]) * w + s - i * w)
      let d = dc[s] + dh[s] * leave * (1 - shown * shown)
      x[p] = d * new * enter * (1 - enter)
      x[p + w] = d * memory[before] * keep * (1 - keep)
      x[p + 2 * w] = dh[s] * shown * leave * (1 - leave)
      x[p + 3 * w] = d * enter * (1 - new * new)
      memoryGradient[before] += d * keep
    }
  }

  public static func gruAfterForward(
    _ g: GateRows<Double>, before: UnsafePointer<Double>, h: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { _, p, s in
      (x[p + w], x[p + 2 * w]) = (sigmoid(x[p + w]), sigmoid(x[p + 2 * w]))
      x[p] = Elementary.tanh(x[p] + x[p + w] * x[p + 3 * w])
      h[s] = (1 - x[p + 2 * w]) * x[p] + x[p + 2 * w] * before[s]
    }
  }

  public static func gruAfterBackward(
    _ g: GateRows<Double>, before: UnsafePointer<Double>, dh: UnsafePointer<Double>,
    into beforeGradient: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { _, p, s in
      let (new, reset, update, inner) = (x[p], x[p + w], x[p + 2 * w], x[p + 3 * w])
      let d = dh[s] * (1 - update) * (1 - new * new)
      x[p] = d
      x[p + w] = d * inner * reset * (1 - reset)
      x[p + 2 * w] = dh[s] * (before[s] - new) * update * (1 - update)
      x[p + 3 * w] = d * reset
      beforeGradient[s] = dh[s] * update
    }
  }

  public static func gruBeforeGates(_ g: GateRows<Double>, before: UnsafePointer<Double>) {
    let (x, w) = (g.gates, g.width)
    each(g) { _, p, s in
      (x[p + w], x[p + 2 * w]) = (sigmoid(x[p + w]), sigmoid(x[p + 2 * w]))
      x[p + 3 * w] = x[p + w] * before[s]
    }
  }

  public static func gruBeforeForward(
    _ g: GateRows<Double>, before: UnsafePointer<Double>, h: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { _, p, s in
      x[p] = Elementary.tanh(x[p])
      h[s] = (1 - x[p + 2 * w]) * before[s] + x[p + 2 * w] * x[p]
    }
  }

  public static func gruBeforeBackward(
    _ g: GateRows<Double>, before: UnsafePointer<Double>, dh: UnsafePointer<Double>,
    into beforeGradient: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { _, p, s in
      let (new, update) = (x[p], x[p + 2 * w])
      x[p] = dh[s] * update * (1 - new * new)
      x[p + 2 * w] = dh[s] * (new - before[s]) * update * (1 - update)
      beforeGradient[s] = dh[s] * (1 - update)
    }
  }

  public static func gruBeforeReset(
    _ g: GateRows<Double>, before: UnsafePointer<Double>, dq: UnsafePointer<Double>,
    adding beforeGradient: UnsafeMutablePointer<Double>
  ) {
    let (x, w) = (g.gates, g.width)
    each(g) { _, p, s in
      let reset = x[p + w]
      x[p + w] = dq[s] * before[s] * reset * (1 - reset)
      beforeGradient[s] += dq[s] * reset
    }
  }

  public static func tanhForward(
    count: Int, _ x: UnsafePointer<Double>, h: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { h[i] = Elementary.tanh(x[i]) }
  }

  public static func leaky(count: Int, slope: Double, _ x: UnsafeMutablePointer<Double>) {
    for i in 0..<count { x[i] = Swift.max(x[i], slope * x[i]) }
  }

  public static func leakyBackward(
    count: Int, slope: Double, y: UnsafePointer<Double>, _ dy: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count where y[i] <= 0 { dy[i] *= slope }
  }

  public static func tanhBackward(
    count: Int, h: UnsafePointer<Double>, _ dh: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { dh[i] *= 1 - h[i] * h[i] }
  }
}
