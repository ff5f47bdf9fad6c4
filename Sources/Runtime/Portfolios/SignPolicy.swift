// The sign policy: one asset held long where its signal is above zero, sold short where it is below.
//
// Definition: the weight of the asset in a month is the sign of its signal, zero where that is zero; other assets
// have none. Missing values: from its first signal to its last, a month without one holds nothing. Degrees of
// freedom: none.
// Reference: the single-asset task of Zhao et al. (2024), whose reinforcement learners this policy stands in for.

/// The weights of one asset traded by the sign of a signal.
public struct SignPolicy: Sendable, Equatable {
  /// Every row's weight.
  public let weights: [Double]
  /// The positions of the months from the first signal to the last, ascending.
  public let months: [Int]
  /// How many of them are long and how many short.
  public let (long, short): (Int, Int)
  /// Months between without a signal.
  public var unsigned: Int { months.count - signed }
  private let signed: Int

  /// Trades the asset of a code by a signal known before each month.
  public init(_ signal: [Double], index: PanelIndex, asset: Int32) throws(PanelError) {
    guard signal.count == index.count else {
      throw .shapeMismatch(expected: index.count, found: signal.count)
    }
    var weights = [Double](repeating: 0, count: index.count)
    var (months, long, short) = ([Int](), 0, 0)
    for t in index.months.indices {
      for row in index.rows(ofMonthAt: t) where index.assets[row] == asset && !signal[row].isNaN {
        weights[row] = signal[row] > 0 ? 1 : signal[row] < 0 ? -1 : 0
        months.append(t)
        long += signal[row] > 0 ? 1 : 0
        short += signal[row] < 0 ? 1 : 0
      }
    }
    (self.weights, self.long, self.short, signed) = (weights, long, short, months.count)
    self.months = months.first.map { Array($0...(months.last ?? $0)) } ?? []
  }
}
