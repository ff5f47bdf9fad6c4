// The buckets of a sort period by period: mean signal, return and size of each.
//
// Definition: a bucket's return is the mean, or the weighted mean, of its assets' returns. Missing values: an asset
// without a return, or under weights without one above zero, does not count in that mean; a bucket without any is
// missing. Degrees of freedom: none here, n - 1 in the summary. Reference: Gu, Kelly and Xiu (2020), section 3.

/// Bucket means by period.
public struct BucketSeries: Sendable {
  /// The periods sorted.
  public let months: [Period]
  /// How they follow each other.
  public let clock: Clock
  /// Buckets x periods.
  public private(set) var forecasts: [[Double]]
  public private(set) var returns: [[Double]]
  /// Assets of each bucket.
  public private(set) var sizes: [[Double]]

  /// Averages each bucket; `weights` switches to weighted returns.
  public init(
    _ sort: PortfolioSort, forecast: [Double], returns: [Double], index: PanelIndex,
    weights: [Double]? = nil
  ) {
    (months, clock) = (sort.sortedMonths.map { index.months[$0] }, index.clock)
    forecasts = [[Double]](repeating: [], count: sort.bucketCount)
    self.returns = forecasts
    sizes = forecasts
    for t in sort.sortedMonths {
      let means = Self.means(sort, forecast, returns, weights, index.rows(ofMonthAt: t))
      for bucket in 0..<sort.bucketCount {
        forecasts[bucket].append(means[bucket + 1].predicted.value)
        self.returns[bucket].append(means[bucket + 1].realized.value)
        sizes[bucket].append(means[bucket + 1].size)
      }
    }
  }

  /// The return of the last bucket less that of the first.
  public var spread: [Double] {
    guard let top = returns.last, let bottom = returns.first else { return [] }
    return zip(top, bottom).map { $0 - $1 }
  }

  private typealias Means = (predicted: RunningMean, realized: RunningMean, size: Double)

  // The means of each bucket in a month, those of rows in no bucket first.
  private static func means(
    _ sort: PortfolioSort, _ forecast: [Double], _ returns: [Double], _ weights: [Double]?,
    _ rows: Range<Int>
  ) -> [Means] {
    var means = [Means](
      repeating: (RunningMean(), RunningMean(), 0), count: sort.bucketCount + 1)
    // Pointers, because an array asks at every row whether it is the only owner of its elements.
    means.withUnsafeMutableBufferPointer { means in
      for row in rows {
        let bucket = Int(sort.buckets[row])
        means[bucket].predicted.add(forecast[row])
        if let weights {
          means[bucket].realized.add(returns[row], weight: weights[row])
        } else {
          means[bucket].realized.add(returns[row])
        }
        means[bucket].size += 1
      }
    }
    return means
  }

  /// The mean of the values that are not missing, by a compensated sum.
  private struct RunningMean {
    private var sum = CompensatedSum()
    private var count = 0.0

    var value: Double { count > 0 ? sum.value / count : .nan }

    mutating func add(_ value: Double) {
      guard !value.isNaN else { return }
      sum.add(value)
      count += 1
    }

    mutating func add(_ value: Double, weight: Double) {
      guard !value.isNaN, weight > 0, weight.isFinite else { return }
      sum.add(weight * value)
      count += weight
    }
  }

  /// Each bucket's averages over the periods.
  public var summary: [Backtest.Bucket] {
    forecasts.indices.map { k in
      let performance = Performance(returns[k], periodsPerYear: clock.periodsPerYear)
      return Backtest.Bucket(
        number: k + 1, predicted: Moments(forecasts[k]).mean, realized: performance.mean,
        standardDeviation: performance.standardDeviation, sharpeRatio: performance.sharpeRatio,
        assets: Moments(sizes[k]).mean)
    }
  }
}

extension Statistic {
  /// A bucket's mean return.
  public static let bucketMean = Statistic(
    "bucket_mean", "mean", "the mean return of a bucket, a period",
    formula: "mean over t of the mean return of the bucket's firms",
    convention: "equal weights unless a column weights them; firms without a return do not count",
    style: .percent)
  /// The last bucket less the first.
  public static let spread = Statistic(
    "spread", "spread", "the mean return of the top bucket less that of the bottom one, a period",
    formula: "mean over t of R_top,t − R_bottom,t",
    convention: "two legs of 100 % each, gross exposure 2; before costs", style: .percent)
}
