// The names of a body while it is compiled: which slot each has, and what is captured from outside.

/// The slots of one frame.
final class FrameScope {
  private var names: [(name: String, slot: Int)] = []
  private(set) var slotCount = 0
  /// Values taken from the frame around: their slot here and their slot there.
  private(set) var captures: [(name: String, slot: Int, outer: Int)] = []
  private let outer: FrameScope?
  /// Tells whether bare names are columns unless this very frame has them.
  let isOverColumns: Bool

  init(inside outer: FrameScope?, isOverColumns: Bool = false) {
    (self.outer, self.isOverColumns) = (outer, isOverColumns)
  }

  /// Gives a new name its slot.
  func add(_ name: String) -> Int {
    names.append((name, slotCount))
    slotCount += 1
    return slotCount - 1
  }

  /// A mark to forget names up to, at the end of a block.
  var mark: Int { names.count }

  /// Forgets the names added since the mark; their slots stay reserved.
  func forget(to mark: Int) { names.removeLast(names.count - mark) }

  /// The slot of a name, captured from around if need be; nil if no frame has it.
  func slot(of name: String) -> Int? {
    if let own = names.last(where: { $0.name == name }) { return own.slot }
    if let known = captures.first(where: { $0.name == name }) { return known.slot }
    guard let place = outer?.slot(of: name) else { return nil }
    captures.append((name, slotCount, place))
    slotCount += 1
    return slotCount - 1
  }

  /// The slot of a bare name: a column expression sees only what it introduced itself.
  func bareSlot(of name: String) -> Int? {
    if !isOverColumns { return slot(of: name) }
    if let own = names.last(where: { $0.name == name }) { return own.slot }
    guard let outer, outer.isOverColumns, outer.bareSlot(of: name) != nil else { return nil }
    return slot(of: name)
  }
}
