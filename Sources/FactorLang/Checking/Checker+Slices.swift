// Slices and blocks of months: their keys, their literals, and whether the data reach there.

extension Checker {
  mutating func infer(
    slice base: Expression, _ slices: [Argument], _ context: Context
  ) -> Type {
    let type = infer(base, context)
    // `allow: empty` is a word, not a value.
    let types = slices.map { $0.label?.text == "allow" ? .any : infer($0.value, .plain) }
    switch type {
    case .panel(let schema):
      let mayBeEmpty = slices.contains { $0.label?.text == "allow" }
      for (slice, given) in zip(slices, types) {
        check(slice, given, schema, mayBeEmpty: mayBeEmpty)
      }
      return type
    case .table, .task, .column, .error: return type
    case .list(let element):
      if let given = types.first, given.isScalar, !given.isNumeric {
        report(
          .wrongType(parameter: "index", wanted: .integer, found: given), at: slices[0].value.span)
      }
      if case .range? = slices.first?.value.kind { return type }
      return element
    default: return .any
    }
  }

  private mutating func check(
    _ slice: Argument, _ given: Type, _ schema: Schema?, mayBeEmpty: Bool
  ) {
    guard let label = slice.label else {
      if checkMonths(slice.value, given), !mayBeEmpty {
        checkReach(slice.value, schema, of: "panel")
      }
      return
    }
    guard label.text != "allow", let schema, schema.isComplete, !schema.keys.isEmpty,
      !schema.keys.contains(label.text)
    else { return }
    report(.notASliceKey(label.text, schema), at: label.span)
  }

  /// Tells whether a value may stand for months, after complaining if it cannot.
  private mutating func checkMonths(_ value: Expression, _ type: Type) -> Bool {
    var inner = type
    if case .range(let members) = type { inner = members }
    switch inner {
    case .integer, .number:
      found.append(yearFault(value))
      return false
    case .ratio, .duration, .text, .bool:
      report(.wrongType(parameter: "slice", wanted: .month, found: type), at: value.span)
      return false
    default: return true
    }
  }

  private func yearFault(_ value: Expression) -> Diagnostic {
    func month(_ part: Expression?, isUpper: Bool) -> String? {
      guard let year = part.flatMap({ number(of: $0)?.asWhole }), 1000...3000 ~= year else {
        return nil
      }
      return "\(year)-\(isUpper ? "12" : "01")"
    }
    var text: String?
    if case .range(let range) = value.kind {
      let bounds = (month(range.lower, isUpper: false), month(range.upper, isUpper: true))
      if bounds.0 != nil || bounds.1 != nil { text = "\(bounds.0 ?? "")..\(bounds.1 ?? "")" }
    } else if let first = month(value, isUpper: false), let last = month(value, isUpper: true) {
      text = "\(first)..\(last)"
    }
    return CheckFault.yearForMonth(source.text(value.span), months: text).diagnostic(
      at: value.span, in: source)
  }

  // MARK: Reach

  /// Blocks of months given to options: inside the data, and one after the other.
  mutating func checkMonths(_ call: Call, _ bound: BoundCall, _ facts: EffectFacts) {
    var blocks: [String: (span: MonthSpan, days: MonthSpan, place: Span)] = [:]
    for (parameter, indices) in zip(bound.parameters, bound.arguments) {
      guard case .range = parameter.type, let index = indices.first else { continue }
      let value = call.arguments[index].value
      if parameter.follows != nil
        || bound.parameters.contains(where: { $0.follows == parameter.name })
      {
        guard checkMonths(value, facts.types[index] ?? .any) else { continue }
      }
      guard let span = bounds(of: value, \.months), let days = bounds(of: value, \.days) else {
        continue
      }
      if let before = parameter.follows.flatMap({ blocks[$0] }), days.first <= before.days.last {
        var diagnostic = CheckFault.overlappingBlocks(parameter.follows ?? "", parameter.name)
          .diagnostic(at: value.span, in: source)
        let isOpen = before.span.last > 1_000_000
        let end = isOpen ? "has no end" : "ends \(before.span.last.asMonth)"
        diagnostic.secondary = [Label(source, before.place, end)]
        found.append(diagnostic)
      } else {
        checkReach(value, facts.schema, of: call.signature.receiver?.plainName ?? "data")
      }
      blocks[parameter.name] = (span, days, value.span)
    }
  }

  private mutating func checkReach(_ value: Expression, _ schema: Schema?, of kind: String) {
    guard caughtDepth == 0, let span = bounds(of: value, \.months) else { return }
    let text = source.text(value.span)
    if span.first > span.last {
      report(.emptyMonths(text), at: value.span)
    } else if let data = schema?.months, span.last < data.first || span.first > data.last {
      report(.outsideData(text, kind: kind, data), at: value.span)
    }
  }

  /// Reads the months or days of a month, date, quarter or range written out; open ends reach far.
  private func bounds(
    of value: Expression, _ unit: (Literal) -> MonthSpan?
  ) -> MonthSpan? {
    guard case .range(let range) = value.kind else {
      return literal(of: value).flatMap(unit)
    }
    let lower = range.lower.map { literal(of: $0).flatMap(unit) }
    let upper = range.upper.map { literal(of: $0).flatMap(unit) }
    if case .some(nil) = lower { return nil }
    if case .some(nil) = upper { return nil }
    let first = lower??.first ?? Int.min / 2
    let last =
      (range.includesUpper ? upper??.last : (upper??.first).map { $0 - 1 }) ?? Int.max / 2
    return lower == nil && upper == nil ? nil : MonthSpan(first: first, last: last)
  }
}

extension Literal {
  /// The months that a month, date or quarter lies in or covers.
  var months: MonthSpan? {
    switch self {
    case .month(let year, let month), .date(let year, let month, _):
      let index = MonthSpan.index(year: year, month: month)
      return MonthSpan(first: index, last: index)
    case .quarter(let year, let quarter):
      let index = MonthSpan.index(year: year, month: quarter * 3 - 2)
      return MonthSpan(first: index, last: index + 2)
    default: return nil
    }
  }
}

extension Literal {
  /// The days that a month, date or quarter covers, in an order that leaves room for 31 in every month.
  fileprivate var days: MonthSpan? {
    guard let months else { return nil }
    if case .date(_, _, let day) = self {
      return MonthSpan(first: months.first * 32 + day, last: months.first * 32 + day)
    }
    return MonthSpan(first: months.first * 32 + 1, last: months.last * 32 + 31)
  }
}

extension Int {
  /// Writes a month counted from 0000-01, such as `2004-12`.
  var asMonth: String {
    let year = String(self / 12)
    let month = String(self % 12 + 1)
    return String(repeating: "0", count: Swift.max(0, 4 - year.utf8.count)) + year + "-"
      + (month.utf8.count < 2 ? "0" : "") + month
  }
}

extension MonthSpan {
  /// Writes the span, such as `1990-01..2004-12`.
  var text: String { "\(first.asMonth)..\(last.asMonth)" }
}
