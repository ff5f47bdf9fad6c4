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
  /// Whether it is a share, shown in percent.
  public let unit: ColumnUnit
  /// Decimals of a plain number.
  public let decimals: Int

  /// Defines a figure.
  public init(
    _ name: String, _ title: String, _ sentence: String, formula: String, convention: String,
    reference: String = "", unit: ColumnUnit = .plain, decimals: Int = 2
  ) {
    (self.name, self.title, self.sentence) = (name, title, sentence)
    (self.formula, self.convention, self.reference) = (formula, convention, reference)
    (self.unit, self.decimals) = (unit, decimals)
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
