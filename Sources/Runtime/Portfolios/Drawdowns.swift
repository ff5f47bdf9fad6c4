// Falls of wealth from peak to trough and back, and the longest and deepest of them.
//
// Definition: W_t = prod (1 + r), W_0 = 1 at the period before the first; a fall begins at the last period at a peak
// and ends at the first one that is not below it. Depth 1 - W_trough / W_peak. Missing values: skipped.
// Reference: Magdon-Ismail and Atiya (2004).

/// One fall of wealth.
public struct Drawdown: Sendable, Equatable {
  /// How deep it went, as a share of the peak.
  public let depth: Double
  /// The period of the peak; nil where the sample begins with the fall.
  public let peak: Period?
  /// The period of the trough.
  public let trough: Period
  /// The period that reached the peak again; nil if none did.
  public let recovery: Period?
  /// Periods from the peak to the trough, and to the recovery or the end of the sample, those between without a
  /// return among them.
  public let fall: Int
  public let length: Int
}

/// The falls of a series of returns.
public enum Drawdowns {
  /// Gives the deepest falls, the deepest first; earlier ones before later ones as deep.
  public static func deepest(_ count: Int, of returns: [Double], months: [Period]) -> [Drawdown] {
    let all = falls(returns, months)
    let order = all.indices.sorted { (-all[$0].depth, $0) < (-all[$1].depth, $1) }
    return order.prefix(count).map { all[$0] }
  }

  /// Gives wealth as a share of its highest so far, less one, by period; NaN where there is no return.
  public static func underwater(_ returns: [Double]) -> [Double] {
    var (wealth, peak) = (1.0, 1.0)
    return returns.map { value in
      if value.isNaN { return .nan }
      wealth *= max(0, 1 + value)
      peak = max(peak, wealth)
      return wealth / peak - 1
    }
  }

  private static func falls(_ returns: [Double], _ months: [Period]) -> [Drawdown] {
    precondition(returns.count == months.count)
    let kept = returns.indices.filter { !returns[$0].isNaN }
    var found: [Drawdown] = []
    var (wealth, peak, peakAt) = (1.0, 1.0, -1)
    var (lowest, lowestAt) = (1.0, -1)
    // Months are told apart by the calendar; days count as they are traded.
    let isMonthly = kept.first.map { months[$0].kind == .month } ?? false
    let unit = Clock.grid(kept.map { months[$0] }).step
    func steps(to place: Int) -> Int {
      guard isMonthly else { return place - peakAt }
      return (months[kept[place]] - months[kept[max(0, peakAt)]]) / unit + (peakAt < 0 ? 1 : 0)
    }
    func close(_ end: Int?, _ last: Int) -> Drawdown {
      Drawdown(
        depth: 1 - lowest / peak, peak: peakAt < 0 ? nil : months[kept[peakAt]],
        trough: months[kept[lowestAt]], recovery: end.map { months[kept[$0]] },
        fall: steps(to: lowestAt), length: steps(to: last))
    }
    for (place, row) in kept.enumerated() {
      wealth *= max(0, 1 + returns[row])
      guard wealth < peak else {
        if lowest < peak { found.append(close(place, place)) }
        (peak, peakAt, lowest, lowestAt) = (wealth, place, wealth, place)
        continue
      }
      if wealth < lowest { (lowest, lowestAt) = (wealth, place) }
    }
    if lowest < peak { found.append(close(nil, kept.count - 1)) }
    return found
  }
}
