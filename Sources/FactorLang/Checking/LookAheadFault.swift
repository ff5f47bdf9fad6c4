// A value used before it is known: where it was made, where it is used, and the two ways out.

/// Says where a future value was used.
struct LookAheadFault {
  /// The text that is not known yet, a column or part of an expression.
  let subject: String
  /// Its place.
  let span: Span
  /// Periods after its row at which it is known.
  let offset: Int
  /// The column, if the subject is one.
  let column: ColumnInfo?
  /// What it is a lead of, if it is.
  let leadOf: String?
  /// Tells whether what is led is a return, as far as its name and type say.
  let isReturn: Bool
  /// The verb that uses it.
  let verb: String
  /// The bytes of verb and arguments; nil in a call.
  let stage: Span?
  /// How the verb reads it.
  let parameter: ParameterInfo
  /// How the clock of its panel goes.
  let pace: Pace

  func diagnostic(in source: Source) -> Diagnostic {
    let words = occasion
    var diagnostic = Diagnostic(
      .lookAhead, "`\(subject)` is not known yet when \(words.moment)",
      at: Label(source, span, words.label))
    if let place = column?.definedAt {
      diagnostic.secondary = [Label(place.source, place.span, Self.later(offset, pace))]
    }
    diagnostic.reason =
      ColumnInfo.isWholeSample(offset)
      ? "a statistic of all \(pace.noun)s is made of \(pace.noun)s that are still to come"
      : words.reason
    diagnostic.helps = helps(source)
    return diagnostic
  }

  // MARK: Words

  /// Says when a value is known, such as `known one month later (t+1m)`.
  static func later(_ offset: Int, _ pace: Pace) -> String {
    if ColumnInfo.isWholeSample(offset) { return "known when the sample has ended" }
    let names = ["", "one", "two", "three", "four", "five", "six"]
    guard offset > 0 else { return "known at \(pace.moment(offset))" }
    let count = names.indices.contains(offset) ? names[offset] : "\(offset)"
    return "known \(count) \(pace.noun)\(offset == 1 ? "" : "s") later (\(pace.moment(offset)))"
  }

  /// What is known too late, as people say it.
  private var future: String {
    guard let leadOf else { return "`\(subject)`" }
    let what = isReturn ? "return" : "`\(leadOf)`"
    if offset == 1 { return "next \(pace.noun)'s \(what)" }
    return (isReturn ? "the return" : what) + " \(offset) \(pace.noun)s ahead"
  }

  private var occasion: (moment: String, label: String, reason: String) {
    switch verb {
    case "where":
      return (
        "these rows are chosen", "the choice is made at t",
        "keeping rows by \(future) keeps what is not yet known to be kept"
      )
    case "winsorize":
      return (
        "its extremes are moved", "quantiles are taken at t",
        "a column known only later cannot be treated at t"
      )
    case "portfolio":
      return (
        "these weights are chosen", "weights are chosen at t",
        "weighting by \(future) and then earning it looks profitable by construction"
      )
    case "deciles", "sort_portfolios", "rank_normalize":
      let isSort = verb != "rank_normalize"
      return (
        "this ranking is made", "\(isSort ? "sorting" : "ranking") uses it at t",
        "\(isSort ? "sorting" : "ranking") on \(future) and then holding that \(pace.noun) looks "
          + "profitable by construction"
      )
    default:
      return (
        "`\(verb)` uses it", "`\(verb)` uses it at t",
        "what is known only later cannot be used at t"
      )
    }
  }

  // MARK: Advice

  private func helps(_ source: Source) -> [Help] {
    if ColumnInfo.isWholeSample(offset) {
      return [
        Help(line("compare within the \(pace.noun):", "xs.rank(x), xs.mean(x), xs.zscore(x)", 31)),
        Help(
          line(
            "or along the firm's own past:",
            "ts.mean(x, \(pace.duration(12))), ts.std(x, \(pace.duration(12)))", 31)),
      ]
    }
    let formula = column?.formula ?? subject
    let target = leadOf == nil ? subject : formula
    let past =
      leadOf == nil
      ? "to use what is known by then:"
      : "to use last \(pace.noun)'s \(isReturn ? "return" : "value") instead:"
    let heads = ["to predict it, make it the target:", past]
    let width = heads.reduce(0) { max($0, $1.unicodeScalars.count) } + 2
    let predict = Help(line(heads[0], "setup target: \(target)", width))
    guard let (shown, edits) = remedy(source) else { return [predict] }
    let fix = Fix("use what is known by then", edits, isCertain: false)
    return [predict, Help(line(past, shown, width), fix: fix)]
  }

  private func line(_ head: String, _ text: String, _ width: Int) -> String {
    head + String(repeating: " ", count: max(1, width - head.unicodeScalars.count)) + text
  }

  /// The stage with what was known in place of what was not, and the edits that make it.
  private func remedy(_ source: Source) -> (shown: String, edits: [Edit])? {
    let base = leadOf ?? subject
    let known = "lag(\(base), \(pace.duration(leadOf == nil ? offset : 1)))"
    guard let stage, stage.contains(span) else {
      return (known, [Edit(source, span, known)])
    }
    let before = source.text(Span(stage.start, span.start))
    let after = source.text(Span(span.end, stage.end))
    if case .columnNames = parameter.role {
      guard source.text(span) == subject else { return nil }
      let name = "\(base)_before"
      guard name.utf8.allSatisfy({ $0 == 0x5F || (0x30...0x39).contains($0) || $0 > 0x40 }) else {
        return nil
      }
      let stageText = "derive \(name) = \(known) | "
      return (
        stageText + Self.oneLine(before + name + after),
        [Edit(source, Span(at: stage.start), stageText), Edit(source, span, name)]
      )
    }
    return (Self.oneLine(before + known + after), [Edit(source, span, known)])
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: { $0 == "\n" || $0 == " " }).joined(separator: " ")
  }
}

/// A feature or a choice of rows that is not known a period before the target.
struct LateFeatureFault {
  /// The feature, or nil for the choice of rows.
  let feature: (name: String, span: Span, column: ColumnInfo?)?
  /// Where rows were chosen, if that is the trouble.
  let chosenAt: Location?
  /// When feature or choice is known.
  let offset: Int
  /// The target, as written, and when it is known.
  let target: (text: String, expression: Expression, known: Int)
  /// How the clock of their panel goes.
  let pace: Pace

  func diagnostic(in source: Source) -> Diagnostic {
    let targetLabel = Label(
      source, target.expression.span,
      "the target, known at \(pace.moment(target.known))")
    guard let feature else { return choice(source) }
    let known = pace.moment(offset)
    let needed = pace.moment(target.known - 1)
    var diagnostic = Diagnostic(
      .lookAhead, "`\(feature.name)` is not known yet when `\(target.text)` must be forecast",
      at: Label(source, feature.span, "known at \(known); features are used at \(needed)"),
      secondary: [targetLabel])
    if let place = feature.column?.definedAt, offset > 0 {
      diagnostic.secondary.insert(
        Label(place.source, place.span, LookAheadFault.later(offset, pace)), at: 0)
    }
    diagnostic.reason = "a feature must be known at least one \(pace.noun) before its target"
    diagnostic.helps = helps(source, of: feature.column)
    return diagnostic
  }

  private func helps(_ source: Source, of column: ColumnInfo?) -> [Help] {
    let isFuture = offset > 0
    let formula = column?.leadOf == nil ? feature?.name ?? "" : column?.formula ?? ""
    let first =
      isFuture
      ? ("to predict it, make it the target:", "setup target: \(formula), …")
      : (
        "if it is known sooner, say so:",
        "load …, known: {\(target.expression.word == nil ? "RET" : target.text): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}"
      )
    // Moving the target as far as the feature is late puts a period between them.
    let shift = offset - target.known + 1
    let later = "lead(\(target.text), \(pace.duration(shift)))"
    let second = "to forecast the \(pace.noun) after it:"
    let width = max(first.0.utf8.count, second.utf8.count) + 2
    func line(_ head: String, _ text: String) -> String {
      head + String(repeating: " ", count: width - head.utf8.count) + text
    }
    var helps = [Help(line(first.0, first.1))]
    if target.expression.word != nil {
      let edit = Edit(source, target.expression.span, later)
      let fix = Fix("forecast the \(pace.noun) after it", [edit], isCertain: false)
      helps.append(Help(line(second, "setup target: \(later), …"), fix: fix))
    }
    return helps
  }

  private func choice(_ source: Source) -> Diagnostic {
    var diagnostic = Diagnostic(
      .lookAhead, "rows were chosen by what is known only with `\(target.text)`",
      at: Label(
        source, target.expression.span,
        "the target, known at \(pace.moment(target.known))"))
    if let chosenAt {
      let words = "reads a value known at \(pace.moment(offset))"
      diagnostic.secondary = [Label(chosenAt.source, chosenAt.span, words)]
    }
    diagnostic.reason = "a choice of rows must be known at least one \(pace.noun) before the target"
    let wide = target.expression.word != nil
    diagnostic.helps =
      [
        Help(
          "if it is known sooner, say so:  load …, known: {\(wide ? target.text : "RET"): \(pace.duration(0)), "
            + "else: \(pace.duration(-1))}"),
        Help("or choose the rows by what was known before:  where lag(…, \(pace.duration(1))) …"),
      ]
    return diagnostic
  }
}

/// A portfolio that earns the return it was chosen by.
struct EarnedFault {
  let returns: (name: String, span: Span, known: Int)
  let choice: (name: String, column: ColumnInfo, known: Int)
  let pace: Pace

  func diagnostic(in source: Source) -> Diagnostic {
    var diagnostic = Diagnostic(
      .lookAhead, "the sort uses what is known only with `\(returns.name)`",
      at: Label(
        source, returns.span, "earned at \(pace.moment(returns.known))"))
    if let place = choice.column.definedAt {
      let words = "the choice, known at \(pace.moment(choice.known))"
      diagnostic.secondary = [Label(place.source, place.span, words)]
    }
    diagnostic.reason = "sorting on a return and then holding it looks profitable by construction"
    diagnostic.helps = [
      Help("sort by what was known before:  deciles lag(…, \(pace.duration(1)))"),
      Help(
        "or say when columns are known:  load …, known: {\(returns.name): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}"),
    ]
    return diagnostic
  }
}

/// A portfolio weighted by what is known only with the return that it earns.
struct EarnedWeightFault {
  let returns: (name: String, span: Span, known: Int)
  let weight: (name: String, span: Span, known: Int)
  let pace: Pace

  func diagnostic(in source: Source) -> Diagnostic {
    let earned = "`\(returns.name)`, earned at \(pace.moment(returns.known))"
    var diagnostic = Diagnostic(
      .lookAhead, "weights by `\(weight.name)` are known only with `\(returns.name)`",
      at: Label(source, weight.span, "known at \(pace.moment(weight.known))"),
      secondary: [Label(source, returns.span, earned)])
    diagnostic.reason = "a weight must be known at least one \(pace.noun) before its return"
    let past = "\(weight.name)_before"
    diagnostic.helps = [
      Help(
        "weight by what was known before:   derive \(past) = lag(\(weight.name), \(pace.duration(1))) | …"
      ),
      Help(
        "or say when columns are known:     load …, known: {\(returns.name): \(pace.duration(0)), "
          + "else: \(pace.duration(-1))}"),
    ]
    return diagnostic
  }
}
