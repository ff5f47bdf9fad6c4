// Scatters: points in a plane, shaded by time or another order where there is one.

/// Scenes of points.
public enum ScatterPlot {
  /// Parts of an order that are told apart.
  static let parts = 5

  /// Gives a scene of points; missing ones are left out.
  ///
  /// With an order, its values fall into five parts of equal size, each a series of its own that is named by
  /// `name` of its first and last value.
  public static func of(
    _ title: String, xs: [Double], ys: [Double], order: [Double]? = nil,
    name: (Double) -> String = { NumberFormat.significant($0, digits: 3) }
  ) -> Scene {
    let present = xs.indices.filter {
      xs[$0].isFinite && ys[$0].isFinite && order?[$0].isFinite ?? true
    }
    guard let order else {
      return Scene(
        title: title, mark: .scatter,
        series: [Scene.Series("", xs: present.map { xs[$0] }, ys: present.map { ys[$0] })])
    }
    let sorted = present.sorted { (order[$0], $0) < (order[$1], $1) }
    let count = min(parts, max(1, sorted.count))
    let series = (0..<count).compactMap { part -> Scene.Series? in
      let rows = sorted[(sorted.count * part / count)..<(sorted.count * (part + 1) / count)]
      guard let first = rows.first, let last = rows.last else { return nil }
      return Scene.Series(
        "\(name(order[first]))..\(name(order[last]))", xs: rows.map { xs[$0] },
        ys: rows.map { ys[$0] })
    }
    var scene = Scene(title: title, mark: .scatter, series: series)
    scene.isOrdered = true
    return scene
  }
}
