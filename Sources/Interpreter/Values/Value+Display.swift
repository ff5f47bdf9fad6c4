// Values as blocks of text; pure: the width is an argument and nothing is printed here.

import FactorLang
import FactorRuntime
import Models

/// How values are shown.
public struct DisplayOptions: Sendable {
  public var width = 80
  /// How plots are drawn; nil for the plot's own wish.
  public var canvas: CanvasStyle?
  /// Rows of a table shown before the rest is only counted.
  public var tableRows = 12
  /// Whether a person reads it at the prompt, who can be told what to type for more.
  public var isPrompt = false

  /// Creates the usual options.
  public init() {}
}

extension Value {
  /// The value as lines of text.
  public func display(_ options: DisplayOptions) -> [String] {
    switch self {
    case .nothing: []
    case .panel(let panel): panel.display(options)
    case .table(let table): table.display(options)
    case .task(let task): task.display()
    case .model(let model): model.display()
    case .evaluation(let evaluation): evaluation.display()
    case .sweep(let sweep): sweep.display(options)
    case .backtest(let backtest): backtest.display(options)
    case .sheet(let sheet): sheet.display(options)
    case .plot(let plot): plot.display(options)
    case .column(let column): column.display()
    case .function(let function):
      ["fn \(function.name ?? "")(\(function.parameters.map(\.name).joined(separator: ", ")))"]
    default: [ValueText.short(self)]
    }
  }
}

extension ColumnValue {
  func display() -> [String] {
    let head = "column \(name.isEmpty ? "" : name + " ")of \(NumberFormat.count(column.count)) "
    return [
      head + "\(column.kind), \(NumberFormat.count(column.missingCount)) na",
      ValueText.short(.column(self)),
    ]
  }
}

extension Column {
  /// Every cell as text, numbers aligned by a common number of decimals.
  func cells(digits: Int? = nil, decimals fixed: Int? = nil) -> [String] {
    guard let numbers, unit == .ratio || unit == .plain else {
      return (0..<count).map { ValueText.short(value(at: $0)) }
    }
    if let fixed, unit == .plain { return numbers.map { NumberFormat.fixed($0, decimals: fixed) } }
    if let digits, unit == .plain {
      return numbers.map { NumberFormat.significant($0, digits: digits) }
    }
    if unit == .ratio {
      return numbers.map { $0.isNaN ? NumberFormat.missing : NumberFormat.percent($0) }
    }
    if let decimals = commonDecimals(numbers) {
      return numbers.map { NumberFormat.fixed($0, decimals: decimals) }
    }
    let texts = numbers.map { $0.isNaN ? NumberFormat.missing : ValueText.number($0) }
    // Where whole numbers have separators of thousands, the others of the column have them too.
    return texts.contains { $0.contains(",") } ? texts.map(NumberFormat.grouped) : texts
  }

  // Numbers of one size share their decimals and line up; mixed sizes keep their own digits.
  private func commonDecimals(_ numbers: [Double]) -> Int? {
    let sizes = numbers.filter { $0.isFinite && $0 != 0 }.map(abs)
    guard let least = sizes.min(), let most = sizes.max(), most / least < 1000 else { return nil }
    if sizes.allSatisfy({ $0 == $0.rounded() }) { return nil }
    let decimals = most >= 1000 ? 1 : most >= 10 ? 2 : most >= 1 ? 3 : 4
    // Three digits of the smallest must be left, or each number keeps its own.
    return least * Elementary.pow(10, Double(decimals)) >= 100 ? decimals : nil
  }
}

extension PlotValue {
  func display(_ options: DisplayOptions) -> [String] {
    var rows = scene.mark == .lyingBars ? scene.series.first?.xs.count ?? 10 : 16
    if scene.mark == .dots {
      let highest = Int(scene.series.flatMap(\.ys).max() ?? 1)
      return TextPlot(
        scene, width: options.width, height: min(12, highest) + (scene.title.isEmpty ? 4 : 5),
        style: options.canvas ?? canvas.style
      ).lines
    }
    rows = max(rows, 8)
    return TextPlot(
      scene, width: options.width, height: rows + 4, style: options.canvas ?? canvas.style
    ).lines
  }
}

extension TaskValue {
  private func inputs(_ data: FactorTask) -> String {
    let factors = data.observed.names
    let parts =
      (data.width > 0 || factors.isEmpty ? [Counted.text(data.width, "characteristic")] : [])
      + (factors.isEmpty ? [] : [Counted.text(factors.count, "observed factor")])
    return parts.joined(separator: " and ")
  }

  func display() -> [String] {
    let data = cut
    let months = data.index.months
    var lines = [
      "task \(data.targetName) on \(inputs(data)) · "
        + "\(Counted.text(data.returns.count, "row")) · "
        + "\(months.first?.description ?? "")..\(months.last?.description ?? "")"
    ]
    if let split = data.split {
      for (name, block) in [("train", split.train), ("valid", split.valid), ("test", split.test)] {
        let rows = NumberFormat.count(data.rows(block).count)
        lines.append(
          "  \(TextWidth.padded(name, to: 5))  \(months[block.lowerBound])..\(months[block.upperBound - 1])  "
            + "\(Counted.text(block.count, data.index.clock.noun))  \(rows) rows")
      }
    }
    return lines
  }
}

extension ModelValue {
  func display() -> [String] {
    let summary = model.summary
    let settings = summary.settings.map { "\($0.name): \($0.value)" }
    var lines = [
      "model \(summary.model) · \(NumberFormat.count(summary.parameterCount)) parameters"
        + (summary.isTrained ? " a member · seed \(summary.seed)" : "")
    ]
    for start in stride(from: 0, to: settings.count, by: 5) {
      lines.append("  " + settings[start..<min(start + 5, settings.count)].joined(separator: ", "))
    }
    return lines + [summary.isTrained ? trained(summary) : solved(summary)]
      + notes.map { "  note: \($0)" }
  }

  /// What is to be known of the fit wherever it is shown or scored.
  var notes: [String] { [partial].compactMap { $0 } + model.summary.notes }

  /// What of it is to be known beside other fits: that this one did not come to its end.
  var reservations: [String] {
    [partial].compactMap { $0 } + model.summary.notes.filter(FitSummary.saysUnconverged)
  }

  private var partial: String? {
    model.pause.map {
      "partial: the fit stopped at epoch \($0.epoch) of \($0.epochs); this is its best so far"
    }
  }

  private func trained(_ summary: FitSummary) -> String {
    let epochs = summary.members.map { "\($0.bestEpoch) of \($0.epochs)" }.joined(separator: ", ")
    guard let loss = summary.members.map(\.bestLoss).min() else { return "  best epoch \(epochs)" }
    return "  best epoch \(epochs) · validation loss \(NumberFormat.significant(loss))"
  }

  // Their losses are shares of squared returns.
  private func solved(_ summary: FitSummary) -> String {
    func percent(_ share: Double?) -> String {
      NumberFormat.percent(1 - (share ?? .nan), decimals: 1)
    }
    let report = summary.members.first
    return "  total R2 \(percent(report?.trainingLoss.last)) on train, "
      + "\(percent(report?.validationLoss.last)) on valid"
  }
}
