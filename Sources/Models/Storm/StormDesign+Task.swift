// What a task decides of a dual codebook network: characteristics, firms, prices.

import FactorRuntime

extension StormDesign {
  /// The design for the characteristics and firms of a task that has a split.
  func sized(for task: FactorTask, firms: Int) throws -> StormDesign {
    let split = try task.requireSplit()
    var design = self
    design.inputs = task.width
    let months = split.train.lowerBound..<split.valid.upperBound
    design.assets =
      isDynamic
      ? months.map { task.rows($0).count }.max() ?? 1
      : min(firms, Set(task.index.assets[task.rows(split.train)]).count)
    design.prices = Self.prices(task.characteristicNames)
    return design
  }

  /// The columns of open, high, low and close, where the characteristics are named so.
  static func prices(_ names: [String]) -> [Int] {
    let found = ["open", "high", "low", "close"].compactMap { names.firstIndex(of: $0) }
    return found.count == 4 ? found : []
  }

  /// The same network for the months of another task; only a dynamic universe knows other sizes.
  func sized(months task: FactorTask) -> StormDesign {
    var design = self
    if isDynamic {
      design.assets = max(1, (0..<task.monthCount).map { task.rows($0).count }.max() ?? 1)
    }
    return design
  }
}

extension NewcomerRule {
  /// What becomes of firms outside a fixed universe.
  var stormConsequence: String {
    switch self {
    case .mean: "they are forecast with the mean of the universe"
    case .zero: "they are forecast with zero"
    case .drop: "their forecasts are missing"
    }
  }
}
