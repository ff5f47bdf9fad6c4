// Units: calendar and clock durations, shares, and numbers that lack a unit.

extension Checker {
  /// Tells whether a duration surely counts calendar time, surely counts clock time, or neither.
  func isCalendar(_ value: Expression) -> Bool? {
    if case .duration(_, let unit)? = literal(of: value) { return unit.isCalendar }
    switch value.kind {
    case .binary(let sign, let left, let right, _) where sign != .divide:
      return isCalendar(left) ?? isCalendar(right)
    case .group(let pipeline): return pipeline.soleExpression.flatMap { isCalendar($0) }
    case .unary(_, let operand): return isCalendar(operand)
    default: return nil
    }
  }

  /// Complains of calendar time met with clock time.
  mutating func mixesClocks(
    _ sign: String, _ left: Expression, _ own: Type, _ right: Expression, _ its: Type
  ) -> Bool {
    let calendar: (Bool?, Bool?)
    switch (own, its) {
    case (.duration, .duration): calendar = (isCalendar(left), isCalendar(right))
    case (.month, .duration), (.date, .duration), (.quarter, .duration):
      calendar = (true, isCalendar(right))
    case (.duration, .month), (.duration, .date), (.duration, .quarter):
      calendar = (isCalendar(left), true)
    default: return false
    }
    guard let first = calendar.0, let second = calendar.1, first != second else { return false }
    let clock = first ? right : left
    found.append(
      ClockFault(
        sign: sign, left: (left, own, first), right: (right, its, second), clock: clock,
        literal: literal(of: clock)
      ).diagnostic(in: source))
    return true
  }

  /// Complains of a value whose unit is not that of the parameter; tells whether it did.
  mutating func checkUnit(
    _ value: Expression, _ type: Type, _ parameter: ParameterInfo
  ) -> Bool {
    guard let unit = parameter.unit else { return false }
    let literal = literal(of: value)
    let isWrong: Bool
    switch unit {
    case "months": isWrong = isNotMonths(value, type, literal)
    case "periods": isWrong = type.isNumeric
    case "seconds": isWrong = type.isNumeric || type == .ratio || isCalendar(value) == true
    case "ratio":
      let isPlain = type == .integer || type == .number
      let limit = parameter.maximum ?? 1
      isWrong = type == .duration || (isPlain && (literal?.number).map { $0 > limit } ?? false)
    default: isWrong = false
    }
    guard isWrong else { return false }
    found.append(
      ParameterUnitFault(
        parameter: parameter.name, unit: unit, type: type, literal: literal,
        isCalendar: isCalendar(value), span: value.span
      ).diagnostic(in: source))
    return true
  }

  private func isNotMonths(_ value: Expression, _ type: Type, _ literal: Literal?) -> Bool {
    if type.isNumeric { return true }
    guard type == .duration else { return false }
    if isCalendar(value) == false { return true }
    guard case .duration(_, let unit)? = literal else { return false }
    return unit == .day || unit == .week
  }
}

extension ParameterInfo {
  /// The parameter as it counts where columns flow in: periods of a panel that is surely monthly are months.
  func counting(in receiver: Type?) -> ParameterInfo {
    guard unit == "periods", receiver?.schema?.isMonthly == true else { return self }
    var info = self
    info.unit = "months"
    return info
  }
}
