// Choosing rows and columns; every row that goes is counted with its reason.

/// What a filter does where its condition is missing.
public enum MissingRule: String, Sendable, CaseIterable {
  /// The row goes, and the ledger counts it.
  case drop
  /// The row stays.
  case keep
}

extension Panel {
  /// Gives the rows where a condition holds (a non-zero number), and the ledger's line.
  public func filtered(
    by condition: Column, missing: MissingRule = .drop, stage: String = "where"
  ) throws(PanelError) -> (panel: Panel, ledger: LedgerLine) {
    guard let mask = condition.numbers else {
      throw .wrongKind(name: "condition", expected: "bool", found: condition.kind)
    }
    guard mask.count == count else {
      throw .lengthMismatch(name: "condition", expected: count, found: mask.count)
    }
    var rows: [Int] = []
    var (untrue, absent) = (0, 0)
    for (row, value) in mask.enumerated() {
      if value.isNaN {
        absent += 1
        if missing == .keep { rows.append(row) }
      } else if value != 0 {
        rows.append(row)
      } else {
        untrue += 1
      }
    }
    let gone = missing == .drop ? absent : 0
    let ledger = LedgerLine(
      stage: stage, rowsIn: count, rowsOut: rows.count,
      reasons: [
        .init("rows where the condition is false", untrue),
        .init("rows where the condition is missing", gone),
      ],
      notes: missing == .keep && absent > 0
        ? ["\(absent) rows kept where the condition is missing"] : [])
    return (try selecting(rows), ledger)
  }

  /// Gives the listed rows, which must ascend.
  public func selecting(_ rows: [Int]) throws(PanelError) -> Panel {
    if rows.count == count { return self }
    var items = named
    for k in items.indices { items[k].column = items[k].column.gathered(rows) }
    return try Panel(
      index: index.selecting(rows), columns: items, assetKey: assetKey, dateKey: dateKey,
      dates: dates.map { dates in rows.map { dates[$0] } }, dateStyle: dateStyle)
  }

  /// Gives the named columns only, in the order given.
  public func keeping(_ wanted: [String]) throws(PanelError) -> Panel {
    var items: [(name: String, column: Column)] = []
    for name in wanted { items.append((name, try column(name))) }
    return try with(items)
  }

  /// Gives all columns but the named ones.
  public func dropping(_ unwanted: [String]) throws(PanelError) -> Panel {
    for name in unwanted { _ = try column(name) }
    return try with(named.filter { !unwanted.contains($0.name) })
  }

  /// Gives the same columns, one of them or a key under another name.
  public func renaming(_ old: String, to new: String) throws(PanelError) -> Panel {
    let isKey = old == assetKey || old == dateKey
    if !isKey || hasColumn(old) { _ = try column(old) }
    return try Panel(
      index: index,
      columns: named.map { (name: $0.name == old ? new : $0.name, column: $0.column) },
      assetKey: assetKey == old ? new : assetKey, dateKey: dateKey == old ? new : dateKey,
      dates: dates, dateStyle: dateStyle)
  }

  /// Gives the rows of a stretch of months; an open end is nil.
  public func slice(
    from first: Period?, through last: Period?, allowEmpty: Bool = false
  ) throws(PanelError) -> (panel: Panel, ledger: LedgerLine) {
    let start = first.map { index.lowerBound($0) } ?? 0
    let end = max(start, last.map { index.lowerBound($0 + 1) } ?? monthCount)
    let bounds = "\(first?.description ?? "")..\(last?.description ?? "")"
    if start == end, !allowEmpty, let earliest = index.months.first,
      let latest = index.months.last
    {
      throw .outsideMonths(requested: bounds, first: earliest, last: latest)
    }
    let rows = Array(index.offsets[start]..<index.offsets[end])
    let ledger = LedgerLine(
      stage: "[\(bounds)]", rowsIn: count, rowsOut: rows.count,
      reasons: [
        .init("rows before", index.offsets[start]),
        .init("rows after", count - index.offsets[end]),
      ])
    return (try selecting(rows), ledger)
  }

  /// Gives the rows of the named assets.
  public func slice(
    assets: [String], allowEmpty: Bool = false
  ) throws(PanelError) -> (panel: Panel, ledger: LedgerLine) {
    var wanted = [Bool](repeating: false, count: assetCount)
    for name in assets {
      guard let code = index.code(ofAsset: name) else {
        if allowEmpty { continue }
        throw .noSuchAsset(name: name, assets: assetCount)
      }
      wanted[Int(code)] = true
    }
    let rows = index.assets.indices.filter { wanted[Int(index.assets[$0])] }
    let ledger = LedgerLine(
      stage: "[\(assetKey): \(listed(assets))]", rowsIn: count, rowsOut: rows.count,
      reasons: [.init("rows of other assets", count - rows.count)])
    return (try selecting(rows), ledger)
  }
}
