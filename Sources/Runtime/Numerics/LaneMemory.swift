// What kernels that filter over time are given: series in lanes, and memory in sections of whole vectors.

/// Numbers for the lanes of one block, in sections of so many rows of lanes.
final class LaneMemory {
  private let start: UnsafeMutablePointer<Double>
  private let sections: [UnsafeMutablePointer<Double>]

  init(_ rows: [Int]) {
    let lanes = Kernels.chosen.lanes
    start = AlignedMemory.zeros(lanes * rows.reduce(0, +))
    var (next, sections) = (start, [UnsafeMutablePointer<Double>]())
    for count in rows {
      sections.append(next)
      next += lanes * count
    }
    self.sections = sections
  }

  deinit { AlignedMemory.free(start) }

  /// A section.
  subscript(section: Int) -> UnsafeMutablePointer<Double> { sections[section] }
}

/// One block of lanes as kernels see it.
struct LaneSeries {
  var regressorCount: Int
  var periods: Int
  var regressors: UnsafePointer<Double>
  var stride: Int
  var values: UnsafePointer<Double>
}

/// What the kernel of walking loadings reads and writes; `path` holds the loadings after each period, `spreads` their
/// covariances, as lower triangles.
struct WalkLanes {
  var begin: UnsafeMutablePointer<Double>
  var counted: UnsafeMutablePointer<Double>
  var residual: UnsafeMutablePointer<Double>
  var walk: UnsafeMutablePointer<Double>
  var state: UnsafeMutablePointer<Double>
  var covariance: UnsafeMutablePointer<Double>
  var sums: UnsafeMutablePointer<Double>
  var path: UnsafeMutablePointer<Double>?
  var spreads: UnsafeMutablePointer<Double>?
}

/// What the kernel of variances reads and writes.
struct VarianceLanes {
  var constant: UnsafeMutablePointer<Double>
  var shock: UnsafeMutablePointer<Double>
  var memory: UnsafeMutablePointer<Double>
  var start: UnsafeMutablePointer<Double>
  var sums: UnsafeMutablePointer<Double>
  var variances: UnsafeMutablePointer<Double>?
}

/// What the kernel of correlations reads and writes.
struct CorrelationLanes {
  /// What is added to the diagonal of Q before it is scaled.
  static let ridge = 1e-8

  var mean: UnsafeMutablePointer<Double>
  var shock: UnsafeMutablePointer<Double>
  var memory: UnsafeMutablePointer<Double>
  var sums: UnsafeMutablePointer<Double>
  var slopes: UnsafeMutablePointer<Double>?
  var path: UnsafeMutablePointer<Double>?
}
