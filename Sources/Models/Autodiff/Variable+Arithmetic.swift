// Arithmetic that records: every function computes its value now and leaves one node behind.

import FactorRuntime

extension Variable {
  @inline(__always)
  private func map(_ operation: Operation, _ function: (Double) -> Double) -> Variable {
    let result = tape.append(operation, rows: rows, columns: columns)
    let (source, target) = (values, result.values)
    for i in 0..<count { target[i] = function(source[i]) }
    return result
  }

  @inline(__always)
  private func zip(
    _ other: Variable, _ operation: Operation, _ function: (Double, Double) -> Double
  ) -> Variable {
    precondition(rows == other.rows && columns == other.columns, "shapes differ")
    let result = tape.append(operation, rows: rows, columns: columns)
    let (left, right, target) = (values, other.values, result.values)
    for i in 0..<count { target[i] = function(left[i], right[i]) }
    return result
  }

  static func + (a: Variable, b: Variable) -> Variable { a.zip(b, .add(a.node, b.node), +) }
  static func - (a: Variable, b: Variable) -> Variable { a.zip(b, .subtract(a.node, b.node), -) }
  static func * (a: Variable, b: Variable) -> Variable { a.zip(b, .multiply(a.node, b.node), *) }
  static func / (a: Variable, b: Variable) -> Variable { a.zip(b, .divide(a.node, b.node), /) }
  static func * (a: Variable, c: Double) -> Variable { a.map(.scaled(a.node, by: c)) { $0 * c } }
  static func + (a: Variable, c: Double) -> Variable { a.map(.shifted(a.node, by: c)) { $0 + c } }
  static prefix func - (a: Variable) -> Variable { a * -1 }

  func tanh() -> Variable { map(.tanh(node), Elementary.tanh) }
  func sigmoid() -> Variable { map(.sigmoid(node)) { 1 / (1 + Elementary.exp(-$0)) } }
  func relu() -> Variable { map(.relu(node)) { max(0, $0) } }
  func exp() -> Variable { map(.exp(node), Elementary.exp) }
  func log() -> Variable { map(.log(node), Elementary.log) }
  func square() -> Variable { map(.square(node)) { $0 * $0 } }
  func softplus() -> Variable {
    map(.softplus(node)) { max($0, 0) + Elementary.log1p(Elementary.exp(-abs($0))) }
  }
  func clamped(_ low: Double, _ high: Double) -> Variable {
    map(.clamp(node, low: low, high: high)) { min(max($0, low), high) }
  }
  func stopGradient() -> Variable { map(.stopGradient(node)) { $0 } }

  /// Takes other values forward and the operand's gradient backward (vector quantisation).
  func straightThrough(_ replacement: UnsafePointer<Double>) -> Variable {
    let result = tape.append(.straightThrough(node), rows: rows, columns: columns)
    result.values.update(from: replacement, count: count)
    return result
  }

  /// Multiplies by a 1 x 1 matrix.
  func scaled(by s: Variable) -> Variable {
    precondition(s.count == 1)
    let factor = s.scalar
    return map(.scaledBy(node, s.node)) { $0 * factor }
  }

  func addingColumn(_ b: Variable) -> Variable {
    precondition(b.rows == rows && b.columns == 1)
    let result = tape.append(.addColumn(node, b.node), rows: rows, columns: columns)
    let (source, column, target) = (values, b.values, result.values)
    for i in 0..<rows {
      for j in 0..<columns { target[i * columns + j] = source[i * columns + j] + column[i] }
    }
    return result
  }

  func sum() -> Variable {
    var total = 0.0
    for i in 0..<count { total += values[i] }
    let result = tape.append(.sum(node), rows: 1, columns: 1)
    result.values[0] = total
    return result
  }

  func dot(_ other: Variable) -> Variable { (self * other).sum() }

  func rows(from start: Int, count taken: Int) -> Variable {
    let result = tape.append(.slice(node, start: Int32(start)), rows: taken, columns: columns)
    result.values.update(from: values + start * columns, count: taken * columns)
    return result
  }

  func stacked(on lower: Variable) -> Variable {
    precondition(columns == lower.columns)
    let result = tape.append(
      .stack(node, lower.node), rows: rows + lower.rows, columns: columns)
    result.values.update(from: values, count: count)
    (result.values + count).update(from: lower.values, count: lower.count)
    return result
  }
}
