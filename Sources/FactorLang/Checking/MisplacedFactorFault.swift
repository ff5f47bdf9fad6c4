// An observed factor of another period than the return it is to explain, and how to move it there.

/// A factor that is not known when its target is.
struct MisplacedFactorFault {
  /// The factor and when it is known.
  let factor: (name: String, span: Span, column: ColumnInfo, offset: Int)
  /// The target, as written, and when it is known.
  let target: (text: String, span: Span, known: Int)
  let pace: Pace

  func diagnostic(in source: Source) -> Diagnostic {
    var diagnostic = Diagnostic(
      .lookAhead, "the factor `\(factor.name)` is not of the period of `\(target.text)`",
      at: Label(source, factor.span, "known at \(pace.moment(factor.offset))"),
      secondary: [
        Label(source, target.span, "the target, known at \(pace.moment(target.known))")
      ])
    if let place = factor.column.definedAt {
      let words =
        factor.offset > 0
        ? LookAheadFault.later(factor.offset, pace) : "known at \(pace.moment(factor.offset))"
      diagnostic.secondary.insert(Label(place.source, place.span, words), at: 0)
    }
    diagnostic.reason = "a factor explains the returns of its own period, so both are known at once"
    diagnostic.helps = [Help(remedy(factor.name, factor.offset, target.known))]
    return diagnostic
  }

  /// What to type where a column is to be known at another time.
  private func remedy(_ name: String, _ offset: Int, _ known: Int) -> String {
    guard !ColumnInfo.isWholeSample(offset), offset > ColumnInfo.always / 2 else {
      return "name a column that moves from period to period"
    }
    let verb = offset < known ? "lead" : "lag"
    return
      "move it to that period:  derive g = \(verb)(\(name), \(pace.duration(abs(known - offset)))) | "
      + "setup …, factors: [g]"
  }
}
