// What a figure is: its name, formula and convention, said once, beside the code that computes it.
//
// Each definition is a constant in the file of its algorithm; `Statistic.all` lists them, so that help, tear
// sheets, members and `explain` read the same words.

/// The definition of a figure.
public struct Statistic: Sendable, Hashable {
  /// The name as a member, such as `sharpe`.
  public let name: String
  /// A short title for rows and headings.
  public let title: String
  /// What it tells, in half a sentence.
  public let sentence: String
  /// How it is computed; A stands for the periods of a year.
  public let formula: String
  /// What other programs do differently: degrees of freedom, signs, missing values.
  public let convention: String
  /// Where it is defined; empty for what needs no source.
  public let reference: String
  /// How its values are written.
  public let style: Style

  /// How values are written.
  public enum Style: Sendable, Hashable {
    /// With so many decimals.
    case number(Int)
    case percent
    case basisPoints
    /// A p-value of a thousand draws, of which none is not none.
    case drawnProbability
  }

  /// The unit of a column of its values.
  public var unit: ColumnUnit { style == .percent || style == .basisPoints ? .ratio : .plain }

  /// Decimals of a column of its values; nil where they are not plain numbers.
  public var decimals: Int? {
    switch style {
    case .number(let decimals): decimals
    case .drawnProbability: 3
    case .percent, .basisPoints: nil
    }
  }

  /// A value as it is shown.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return NumberFormat.missing }
    switch style {
    case .number(let decimals): return NumberFormat.fixed(value, decimals: decimals)
    case .percent: return NumberFormat.percent(value, decimals: 2)
    case .basisPoints: return NumberFormat.basisPoints(value)
    case .drawnProbability:
      return value < 0.001 ? "<0.001" : NumberFormat.fixed(value, decimals: 3)
    }
  }

  /// Defines a figure.
  public init(
    _ name: String, _ title: String, _ sentence: String, formula: String, convention: String,
    reference: String = "", style: Style = .number(2)
  ) {
    (self.name, self.title, self.sentence) = (name, title, sentence)
    (self.formula, self.convention, self.reference) = (formula, convention, reference)
    self.style = style
  }

  /// The definition of a name; nil if there is none.
  public static func named(_ name: String) -> Statistic? { all.first { $0.name == name } }

  /// Every definition, in the order of the manual.
  public static let all: [Statistic] =
    [
      mean, volatility, sharpe, sortino, annualReturn, drawdown, logDrawdown, calmar, worst,
      compounded, skewness, kurtosis, sharePositive, valueAtRisk, expectedShortfall, turnover,
      newNames, breakEven, neweyWest, alpha, alphaT, grs, beta, rollingSharpe, cumulativeLog,
    ] + [
      bucketMean, spread, monotonicity, rankAutocorrelation, coverage, informationCoefficient,
      rankIC, icDeviation, icRatio, icT, icPositive, icSkewness,
    ] + [totalR2, predictiveR2, pricingErrors, importance, logScore, crps]
}
