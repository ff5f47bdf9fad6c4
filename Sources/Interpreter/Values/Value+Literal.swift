// Literals as values.

import FactorLang
import FactorRuntime

extension Value {
  /// The value of a literal.
  init(_ literal: Literal) {
    switch literal {
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .number(number)
    case .ratio(let number, let unit): self = .ratio(number, unit)
    case .month(let year, let month):
      self = Period(year: year, month: month).map { .month($0) } ?? .missing
    case .date(let year, let month, let day):
      self = CalendarDate(year: year, month: month, day: day).map { .date($0) } ?? .missing
    case .quarter(let year, let quarter): self = .quarter(year * 4 + quarter - 1)
    case .duration(let amount, let unit): self = .duration(amount, unit)
    case .text(let text): self = .text(text)
    case .boolean(let flag): self = .bool(flag)
    case .missing: self = .missing
    }
  }
}
