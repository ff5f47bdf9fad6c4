// How the rows of a batch are dealt out: a few groups that may run side by side, each in tiles that fit the
// first cache. Both depend on the number of rows alone, so threads cannot change a bit.

/// The groups of one batch.
struct RowGroups: Sendable {
  /// Rows of a tile: at 46 characteristics and 32 units a tile and its products stay in cache.
  static let tile = 128
  /// More groups than threads, so that a slow thread holds up little; few, because each has partial sums.
  static let most = 8
  /// Fewer rows than this do not pay for another group's partial sums.
  static let fewestRows = 256

  let rows: Int
  let count: Int

  init(rows: Int) {
    self.rows = rows
    count = min(Self.most, max(1, rows / Self.fewestRows))
  }

  /// The rows of a group.
  subscript(group: Int) -> Range<Int> { (group * rows / count)..<((group + 1) * rows / count) }

  /// Calls `body` with each tile of a group and whether it is the first.
  @inline(__always)
  func tiles(_ group: Int, _ body: (_ rows: Range<Int>, _ isFirst: Bool) -> Void) {
    let all = self[group]
    var start = all.lowerBound
    while start < all.upperBound {
      let end = min(start + Self.tile, all.upperBound)
      body(start..<end, start == all.lowerBound)
      start = end
    }
  }
}
