// A tear sheet: a header that says what was measured and how, a dozen figures, and the tables and plots behind them.

import FactorLang
import FactorRuntime

/// A tear sheet.
public struct SheetValue: Sendable {
  /// What is judged.
  enum Kind: String, CaseIterable { case signal, model, portfolio }

  /// A figure, in one column or several, such as gross and net.
  struct Figure: Sendable {
    let name: String
    let statistic: Statistic
    let title: String
    /// One value for each of the sheet's columns; fewer where the others have none.
    let values: [Double]
    /// What else goes into it besides what the header says, such as lags.
    let inputs: [ReportDocument.Fact]

    init(
      _ statistic: Statistic, name: String? = nil, title: String? = nil, _ values: [Double],
      inputs: [ReportDocument.Fact] = []
    ) {
      (self.name, self.statistic) = (name ?? statistic.name, statistic)
      (self.title, self.values, self.inputs) = (title ?? statistic.title, values, inputs)
    }

    func text(_ place: Int) -> String {
      guard values.indices.contains(place) else { return "" }
      return statistic.text(values[place])
    }
  }

  /// A table or plot under a name.
  struct Part: Sendable {
    enum Content: Sendable { case table(Table), plot(Scene) }
    let name: String
    let title: String
    let content: Content
    /// Whether it is a table with a row a period, for files of numbers and not for pages.
    let isSeries: Bool

    init(_ name: String, _ title: String, _ table: Table, isSeries: Bool = false) {
      (self.name, self.title, content) = (name, title, .table(table))
      self.isSeries = isSeries
    }
    init(_ name: String, _ title: String, _ scene: Scene) {
      (self.name, self.title, content, isSeries) = (name, title, .plot(scene), false)
    }

    /// Whether there is anything to draw: a rolling window of three years has nothing to say of two.
    var isDrawable: Bool {
      guard case .plot(let scene) = content else { return true }
      return scene.series.contains { $0.ys.contains(where: \.isFinite) }
    }
  }

  /// A line of the short form.
  struct Line: Sendable {
    let label: String
    let cells: [String]
    var remark = ""

    init(_ label: String, _ cells: [String], _ remark: String = "") {
      (self.label, self.cells, self.remark) = (label, cells, remark)
    }
  }

  let kind: Kind
  let title: String
  let facts: [ReportDocument.Fact]
  /// Names of the figures' columns; one empty name where they have one.
  let columns: [String]
  let figures: [Figure]
  let parts: [Part]
  /// A dozen lines.
  let brief: [Line]
  /// The widths of their labels and cells.
  let widths: (label: Int, cell: Int)
  /// Whether it is shown with all its parts.
  var isFull = false
  var notes: [String] = []
  /// For explanations of annual figures.
  var periodsPerYear: Int?

  func figure(_ name: String) -> (figure: Figure, column: Int)? {
    for figure in figures {
      for place in figure.values.indices where member(figure, place) == name {
        return (figure, place)
      }
    }
    return nil
  }

  /// The name of a figure's column as a member: the first by the figure's name, then `_net` or `_2`.
  func member(_ figure: Figure, _ place: Int) -> String {
    if place == 0 { return figure.name }
    // Models and portfolios have names that are no words.
    return "\(figure.name)_\(columns[place] == "net" ? "net" : "\(place + 1)")"
  }

  func part(_ name: String) -> Part? { parts.first { $0.name == name } }

  /// What the words of a figure's title and column say together.
  func label(_ figure: Figure, _ place: Int) -> String {
    columns.count > 1 && columns.indices.contains(place) && figure.values.count > 1
      ? "\(figure.title), \(columns[place])" : figure.title
  }
}

// MARK: Members

extension SheetValue {
  func member(_ name: String) -> Value? {
    if let (figure, place) = figure(name) {
      let value = figure.values[place]
      return figure.statistic.unit == .ratio && value.isFinite
        ? .ratio(value, .percent) : .finite(value)
    }
    if let part = part(name) {
      switch part.content {
      case .table(let table): return .table(table)
      case .plot(let scene): return .plot(PlotValue(scene: scene, canvas: .braille))
      }
    }
    switch name {
    case "kind": return .text(kind.rawValue)
    case "header": return .table(header)
    case "figures": return .table(figureTable)
    default: return nil
    }
  }

  var memberNames: [String] {
    figures.flatMap { figure in figure.values.indices.map { member(figure, $0) } }
      + parts.map(\.name) + ["kind", "header", "figures"]
  }

  private var header: Table {
    Table(
      title: title,
      columns: [
        ("fact", Column(text: facts.map(\.name))), ("text", Column(text: facts.map(\.text))),
      ])
  }

  /// The figures with their exact values.
  var figureTable: Table {
    let names = columns.map { $0.isEmpty ? "value" : $0 }
    return Table(
      title: title,
      columns: [("figure", Column(text: figures.map(\.name)))]
        + names.indices.map { place in
          (
            names[place],
            Column(
              numbers: figures.map { $0.values.indices.contains(place) ? $0.values[place] : .nan },
              known: Availability.wholeSample)
          )
        })
  }

  /// What may follow the dot of some sheet; which of it there is depends on the sheet.
  static let members: [Member] =
    SheetNames.figures.map { name, statistic, sentence in
      Member(name, .number, sentence, statistic) { value in
        guard case .sheet(let sheet) = value else { return nil }
        return sheet.member(name)
      }
    }
    + SheetNames.parts.map { name, type, sentence in
      Member(name, type, sentence) { value in
        guard case .sheet(let sheet) = value else { return nil }
        return sheet.member(name)
      }
    }
}

/// The names of everything that sheets have.
enum SheetNames {
  /// Figures whose second column is after costs.
  private static let traded: [Statistic] = [
    .mean, .neweyWest, .volatility, .sharpe, .sortino, .calmar, .annualReturn, .drawdown, .worst,
    .sharePositive, .skewness, .kurtosis, .valueAtRisk, .expectedShortfall, .compounded, .beta,
  ]

  static let figures: [(String, Statistic, String)] =
    Statistic.all.map { ($0.name, $0, $0.sentence) }
    + traded.map { ($0.name + "_net", $0, $0.sentence + ", after costs") }
    + [
      ("spread_t", .neweyWest, "the t-statistic of the spread"),
      ("falling_p", .monotonicity, "the same for means that fall"),
      ("r2_total_managed", .totalR2, "total R2 on managed portfolios"),
      ("r2_pred_managed", .predictiveR2, "predictive R2 on managed portfolios"),
      ("r2_total_train", .totalR2, "total R2 of the training months"),
      ("r2_pred_train", .predictiveR2, "predictive R2 of the training months"),
    ]

  static let parts: [(String, Type, String)] = [
    ("kind", .text, "signal, model or portfolio"),
    ("header", .table(nil), "what the header says"),
    ("figures", .table(nil), "all figures with their exact values"),
    ("buckets", .table(nil), "returns of the buckets, t, Sharpe ratio, alphas"),
    ("distribution", .table(nil), "the signal by bucket"),
    ("ic_by_month", .table(nil), "rank IC by calendar month"),
    ("ic_by_year", .table(nil), "IC and rank IC by year"),
    ("ics", .table(nil), "IC and rank IC by period"),
    ("turnovers", .table(nil), "turnover and new names by bucket"),
    ("coverages", .table(nil), "firms and firms with a signal by period"),
    ("alphas", .table(nil), "alphas against the factors"),
    ("years", .table(nil), "returns by year"),
    ("months", .table(nil), "returns by year and calendar month"),
    ("drawdowns", .table(nil), "the five deepest drawdowns"),
    ("rolling", .table(nil), "rolling Sharpe ratio and beta"),
    ("regimes", .table(nil), "returns by regime"),
    ("correlations", .table(nil), "correlations of several portfolios"),
    ("r2", .table(nil), "R2 of each model in and out of sample"),
    ("factors", .table(nil), "the model's factors"),
    ("pricing", .table(nil), "pricing errors of managed portfolios"),
    ("importances", .table(nil), "the characteristics that matter most"),
    ("training", .table(nil), "losses by epoch and member"),
    ("plot_buckets", .plot, "mean returns by bucket"),
    ("plot_growth", .plot, "cumulative log returns"),
    ("plot_ic", .plot, "rank IC over time and its mean over a year"),
    ("plot_ic_heat", .plot, "rank IC by year and calendar month"),
    ("plot_coverage", .plot, "firms with a signal over time"),
    ("plot_alphas", .plot, "alphas against mean returns"),
    ("plot_drawdown", .plot, "wealth below its peak"),
    ("plot_rolling", .plot, "rolling Sharpe ratio"),
    ("plot_beta", .plot, "rolling beta"),
    ("plot_months", .plot, "returns by year and calendar month"),
    ("plot_returns", .plot, "how often returns fall into bins"),
    ("plot_r2", .plot, "R2 by model and number of factors"),
    ("plot_importance", .plot, "importance of characteristics"),
    ("plot_training", .plot, "losses by epoch"),
  ]
}
