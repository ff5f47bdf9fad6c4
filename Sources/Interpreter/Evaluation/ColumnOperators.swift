// The operators on whole columns: elementwise, a scalar standing for a column of itself.

import FactorLang
import FactorRuntime

enum ColumnOperators {
  /// One side of an elementwise operation on numbers.
  private enum Side {
    case scalar(Double)
    case numbers([Double])

    subscript(row: Int) -> Double {
      switch self {
      case .scalar(let x): x
      case .numbers(let list): list[row]
      }
    }
  }

  private static func side(_ value: Value) -> Side? {
    switch value {
    case .column(let column): return column.column.numbers.map(Side.numbers)
    case .missing: return .scalar(.nan)
    case .bool(let flag): return .scalar(flag ? 1 : 0)
    default: return Double(value).map(Side.scalar)
    }
  }

  private static func count(_ left: Value, _ right: Value) throws -> Int {
    switch (left, right) {
    case (.column(let a), .column(let b)):
      guard a.column.count == b.column.count else {
        throw Fault(
          .operandsDoNotFit, "the columns have \(a.column.count) and \(b.column.count) rows")
      }
      return a.column.count
    case (.column(let a), _): return a.column.count
    case (_, .column(let b)): return b.column.count
    default: return 0
    }
  }

  private static func known(_ left: Value, _ right: Value) -> Int {
    func offset(_ value: Value) -> Int? {
      if case .column(let column) = value { return column.column.known }
      return nil
    }
    return [offset(left), offset(right)].compactMap { $0 }.max() ?? Availability.always
  }

  private static func result(
    _ numbers: [Double], unit: ColumnUnit, _ left: Value, _ right: Value
  ) -> Value {
    .column(
      ColumnValue(name: "", column: Column(numbers: numbers, unit: unit, known: known(left, right)))
    )
  }

  static func arithmetic(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value
  {
    guard let a = side(left), let b = side(right) else {
      return try arithmeticCells(operation, left, right)
    }
    let rows = try count(left, right)
    var numbers = [Double](repeating: 0, count: rows)
    switch operation {
    case .add: for i in 0..<rows { numbers[i] = a[i] + b[i] }
    case .subtract: for i in 0..<rows { numbers[i] = a[i] - b[i] }
    case .multiply: for i in 0..<rows { numbers[i] = a[i] * b[i] }
    case .divide: for i in 0..<rows { numbers[i] = a[i] / b[i] }
    default: for i in 0..<rows { numbers[i] = Operators.number(operation, a[i], b[i]) }
    }
    return result(numbers, unit: unit(operation, left, right), left, right)
  }

  private static func unit(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> ColumnUnit
  {
    func isRatio(_ value: Value) -> Bool {
      if case .column(let column) = value { return column.column.unit == .ratio }
      return value.isRatio
    }
    return unit(operation, isRatio(left), isRatio(right))
  }

  /// The unit of a result: a sum of ratios is one, and so is a ratio times or by a number.
  static func unit(_ operation: BinaryOperator, _ left: Bool, _ right: Bool) -> ColumnUnit {
    switch operation {
    case .add, .subtract: left && right ? .ratio : .plain
    case .multiply: left != right ? .ratio : .plain
    case .divide: left && !right ? .ratio : .plain
    default: .plain
    }
  }

  /// The number that a scalar stands for beside a column.
  static func scalar(_ value: Value) -> Double? {
    guard case .scalar(let number)? = side(value) else { return nil }
    return number
  }

  static func compare(_ operation: ComparisonOperator, _ left: Value, _ right: Value) throws
    -> Value
  {
    let rows = try count(left, right)
    if operation == .isIn || operation == .isNotIn {
      return try membership(operation, left, right, rows)
    }
    if let a = side(left), let b = side(right) {
      let numbers = (0..<rows).map { i -> Double in
        let (x, y) = (a[i], b[i])
        if x.isNaN || y.isNaN { return .nan }
        return Operators.holds(operation, x < y ? -1 : x > y ? 1 : 0) ? 1 : 0
      }
      return result(numbers, unit: .boolean, left, right)
    }
    let (at, bt) = (element(left), element(right))
    let numbers = try (0..<rows).map { i in
      truthNumber(try Operators.compare(operation, at(i), bt(i)))
    }
    return result(numbers, unit: .boolean, left, right)
  }

  private static func element(_ value: Value) -> (Int) -> Value {
    if case .column(let column) = value { return { column.column.value(at: $0) } }
    return { _ in value }
  }

  private static func truthNumber(_ value: Value) -> Double {
    switch value {
    case .bool(let flag): flag ? 1 : 0
    default: .nan
    }
  }

  private static func membership(
    _ operation: ComparisonOperator, _ left: Value, _ right: Value, _ rows: Int
  ) throws -> Value {
    let at = element(left)
    // Distinct texts are few: each is looked up once.
    if case .column(let column) = left, case .text(let codes, let dictionary) = column.column.values
    {
      let answers = try dictionary.map { truthNumber(try Operators.membership(.text($0), right)) }
      let numbers = codes.map { $0 < 0 ? Double.nan : answers[Int($0)] }
      return result(flip(numbers, operation), unit: .boolean, left, right)
    }
    let numbers = try (0..<rows).map { truthNumber(try Operators.membership(at($0), right)) }
    return result(flip(numbers, operation), unit: .boolean, left, right)
  }

  private static func flip(_ numbers: [Double], _ operation: ComparisonOperator) -> [Double] {
    operation == .isNotIn ? numbers.map { $0.isNaN ? $0 : 1 - $0 } : numbers
  }

  static func not(_ value: Value) throws -> Value {
    guard case .numbers(let numbers)? = side(value) else { return .missing }
    return result(numbers.map { $0.isNaN ? $0 : 1 - $0 }, unit: .boolean, value, value)
  }

  static func logic(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
    guard let a = side(left), let b = side(right) else {
      throw Fault(.notACondition, "`\(operation.rawValue)` joins conditions")
    }
    // The answer that settles the matter whatever the other side is.
    let settling = operation == .and ? 0.0 : 1.0
    let numbers = (0..<(try count(left, right))).map { i -> Double in
      let (x, y) = (a[i], b[i])
      if x == settling || y == settling { return settling }
      return x.isNaN || y.isNaN ? .nan : 1 - settling
    }
    return result(numbers, unit: .boolean, left, right)
  }

  /// Takes the first where it is not missing, the second elsewhere.
  static func coalesce(_ left: Value, _ right: Value) throws -> Value {
    guard let a = side(left), let b = side(right) else {
      return try coalesceCells(left, right)
    }
    let numbers = (0..<(try count(left, right))).map { a[$0].isNaN ? b[$0] : a[$0] }
    var unit = ColumnUnit.plain
    if case .column(let column) = left { unit = column.column.unit }
    return result(numbers, unit: unit, left, right)
  }

  // Texts, months and dates, cell by cell.
  private static func arithmeticCells(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws -> Value {
    let (a, b) = (element(left), element(right))
    let cells = try (0..<(try count(left, right))).map { row in
      try Operators.arithmetic(operation, a(row), b(row))
    }
    guard var column = Column(cells: cells) else {
      throw Operators.mismatch(operation, left, right)
    }
    column.known = known(left, right)
    return .column(ColumnValue(name: "", column: column))
  }

  // Texts and months, cell by cell.
  private static func coalesceCells(_ left: Value, _ right: Value) throws -> Value {
    let (a, b) = (element(left), element(right))
    let cells = (0..<(try count(left, right))).map { row -> Value in
      if case .missing = a(row) { return b(row) }
      return a(row)
    }
    guard var column = Column(cells: cells) else {
      throw Fault(
        .operandsDoNotFit,
        "`??` cannot put \(b(0).type.phrase) in the place of \(element(left, or: right))")
    }
    column.known = known(left, right)
    return .column(ColumnValue(name: "", column: column))
  }

  // The kind of the first value that is there.
  private static func element(_ left: Value, or right: Value) -> String {
    guard case .column(let column) = left else { return left.type.phrase }
    return column.column.elementType.phrase
  }

  /// 1 where a value is missing.
  static func missing(_ column: Column, negated: Bool) -> Column {
    Column(
      numbers: (0..<column.count).map { column.isMissing(at: $0) != negated ? 1 : 0 },
      unit: .boolean, known: column.known)
  }

  /// Row by row one of two values of one kind.
  static func choose(_ condition: Column, _ yes: Value, _ no: Value) throws -> Value {
    guard let answers = condition.numbers, condition.unit == .boolean else {
      throw Fault(.notACondition, "a yes or no is needed, not \(condition.kind)")
    }
    // What is chosen by, and what is chosen from: all of it must be known.
    let latest = max(condition.known, known(yes, no))
    if let a = side(yes), let b = side(no) {
      let numbers = answers.indices.map { i in
        answers[i].isNaN ? Double.nan : answers[i] != 0 ? a[i] : b[i]
      }
      return .column(ColumnValue(name: "", column: Column(numbers: numbers, known: latest)))
    }
    let (a, b) = (element(yes), element(no))
    let cells = answers.indices.map { i -> Value in
      answers[i].isNaN ? .missing : answers[i] != 0 ? a(i) : b(i)
    }
    guard var column = Column(cells: cells) else {
      throw Fault(
        .operandsDoNotFit,
        "`if` chooses between \(yes.type.phrase) and \(no.type.phrase), which do not fit together")
    }
    column.known = latest
    return .column(ColumnValue(name: "", column: column))
  }
}
