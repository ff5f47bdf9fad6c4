// The numbers behind a plot as a table, from which it can be drawn again elsewhere.
//
// One row a place along the horizontal axis and one column a series, so that a spreadsheet or a script draws it at
// once; points of a plane, whose places differ from series to series, are rows of series, x and y.

extension Scene {
  /// The columns of the plot's data.
  public var data: [(name: String, column: Column)] {
    if mark == .scatter { return points }
    var places: [Double] = []
    var seen = Set<Double>()
    for x in series.flatMap(\.xs) where seen.insert(x).inserted { places.append(x) }
    if !isCategorical { places.sort() }
    let lines = zip(series, names).map { one, name -> (String, Column) in
      let values = Dictionary(zip(one.xs, one.ys), uniquingKeysWith: { first, _ in first })
      return (name, Column(numbers: places.map { values[$0] ?? .nan }, unit: unit))
    }
    return [(placeName, placeColumn(places))] + lines
  }

  private var points: [(name: String, column: Column)] {
    let all = zip(series, names).flatMap { one, name in
      zip(one.xs, one.ys).map { (name, $0, $1) }
    }
    return [
      ("series", Column(text: all.map(\.0))),
      (xLabel.isEmpty ? "x" : xLabel, Column(numbers: all.map(\.1), unit: xUnit)),
      (yLabel.isEmpty ? "y" : yLabel, Column(numbers: all.map(\.2), unit: unit)),
    ]
  }

  private var isCategorical: Bool {
    if case .categories = axis { return true }
    return false
  }

  // Names of columns must differ and must not be empty.
  private var names: [String] {
    var taken = Set([placeName])
    return series.enumerated().map { place, one in
      var name = one.name.isEmpty ? (yLabel.isEmpty ? "value" : yLabel) : one.name
      if !taken.insert(name).inserted {
        name += "_\(place + 1)"
        taken.insert(name)
      }
      return name
    }
  }

  private var placeName: String {
    if axis == .months { return "month" }
    if isCategorical { return xLabel.isEmpty ? "name" : xLabel }
    return xLabel.isEmpty ? "x" : xLabel
  }

  private func placeColumn(_ places: [Double]) -> Column {
    switch axis {
    case .numbers: return Column(numbers: places, unit: xUnit)
    case .months:
      let periods = places.map { Period(index: Int32($0)) }
      return periods.first?.kind == .day
        ? Column(.dates(periods.map(\.firstDay))) : Column(.months(periods))
    case .categories(let names):
      return Column(
        text: places.map { names.indices.contains(Int($0)) ? names[Int($0)] : nil })
    }
  }
}
