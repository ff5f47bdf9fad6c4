// Members and slices as nodes.

import FactorLang
import FactorRuntime

/// `base.name`.
final class MemberNode: Node, @unchecked Sendable {
  private let base: Node
  private let name: Name
  /// Where the field was in the last record; records of one shape are found there at once.
  private nonisolated(unsafe) var place = 0

  init(_ base: Node, _ name: Name, _ span: Span, _ unit: Unit) {
    (self.base, self.name) = (base, name)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let value = try base.evaluate(machine)
    if case .record(let record) = value {
      let guess = place
      if guess < record.fields.count, record.fields[guess].name == name.text {
        return record.fields[guess].value
      }
      if let found = record.fields.firstIndex(where: { $0.name == name.text }) {
        place = found
        return record.fields[found].value
      }
    }
    do {
      if let member = try Members.find(name.text, of: value) { return member }
    } catch { throw located(error) }
    let near = Suggestion.nearest(to: name.text, among: Members.names(of: value))
    let advice = value.type.hasColumns ? ForeignWords.member(name.text) : nil
    throw Fault(
      .unknownMember, "\(value.type.phrase) has no `\(name.text)`",
      helps: [advice ?? near.map { "use `\($0)`" }].compactMap { $0 }
    ).at(name.span, in: unit.source)
  }
}

/// `base[slice, …]`.
final class SliceNode: Node, @unchecked Sendable {
  struct Slice {
    let label: String?
    let value: Node
    let span: Span
  }
  private let base: Node
  private let slices: [Slice]

  init(_ base: Node, _ slices: [Slice], _ span: Span, _ unit: Unit) {
    (self.base, self.slices) = (base, slices)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let container = try base.evaluate(machine)
    switch container {
    case .list(let items): return try element(of: items, machine)
    case .panel(let panel): return .panel(try slice(panel, machine))
    default:
      var helps: [String] = []
      if case .column = container { helps = ["write its values out first:  list(…)[1]"] }
      throw located(Fault(.wrongType, "\(container.type.phrase) has no slices", helps: helps))
    }
  }

  private func element(of items: [Value], _ machine: Machine) throws -> Value {
    guard slices.count == 1, let slice = slices.first, slice.label == nil else {
      throw located(Fault(.wrongType, "a list is read by one position or range, from 1"))
    }
    let key = try slice.value.evaluate(machine)
    do {
      if case .range(let range) = key { return .list(try ListSlice.items(range, of: items)) }
      guard let index = Int(key) else {
        throw Fault(.wrongType, "a list is read by position, from 1, not by \(key.type.phrase)")
      }
      return try ListSlice.item(index, of: items)
    } catch { throw Fault(error).at(slice.span, in: unit.source) }
  }

  private func slice(_ value: PanelValue, _ machine: Machine) throws -> PanelValue {
    var panel = value.panel
    let context = machine.context()
    var allowsEmpty = false
    for slice in slices where slice.label == "allow" {
      guard case .text("empty")? = try? slice.value.evaluate(machine) else {
        throw Fault(.unknownChoice, "`allow` is `empty` or left out").at(
          slice.span, in: unit.source)
      }
      allowsEmpty = true
    }
    for slice in slices where slice.label != "allow" {
      do {
        let key = try slice.value.evaluate(machine)
        let line: LedgerLine
        if let label = slice.label {
          guard label == panel.assetKey else {
            throw Fault(
              .unknownColumn,
              "slices go by month or by the firm key `\(panel.assetKey)`, not `\(label)`")
          }
          (panel, line) = try panel.slice(
            assets: try PanelKeys.assets(key), allowEmpty: allowsEmpty)
        } else {
          let (from, to) = try PanelKeys.periods(key, on: panel.index.clock)
          (panel, line) = try panel.slice(from: from, through: to, allowEmpty: allowsEmpty)
        }
        context.ledger(line)
      } catch { throw Fault(error).at(slice.span, in: unit.source) }
    }
    return value.with(panel)
  }
}

/// Positions of lists: from 1, or from the end if negative.
enum ListSlice {
  static func item(_ index: Int, of items: [Value]) throws -> Value {
    let place = index < 0 ? items.count + index : index - 1
    guard items.indices.contains(place) else {
      throw Fault(
        .outsideData,
        "the list has \(Counted.text(items.count, "element")); there is no element \(index)")
    }
    return items[place]
  }

  static func items(_ range: RangeValue, of items: [Value]) throws -> [Value] {
    guard range.step == nil, let lower = range.lower.map(Int.init) ?? 1,
      var upper = range.upper.map(Int.init) ?? items.count
    else { throw Fault(.wrongType, "a part of a list is a range of whole numbers, such as 2..4") }
    if !range.includesUpper, range.upper != nil { upper -= 1 }
    guard lower >= 1, lower <= upper, upper <= items.count else {
      throw Fault(
        .outsideData,
        "the list has \(Counted.text(items.count, "element")); there is no part \(lower)..\(upper)")
    }
    return Array(items[(lower - 1)...(upper - 1)])
  }
}
