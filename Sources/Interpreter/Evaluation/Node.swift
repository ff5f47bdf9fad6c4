// The compiled form of a program: nodes that compute a value on a machine.
//
// Names are resolved when a node is made. A variable of the session is a constant by then, because values
// never change and code runs before the next statement; a local is a slot; a column is looked up in the
// rows at hand.

import FactorLang
import FactorRuntime

/// Computes a value.
class Node: @unchecked Sendable {
  let span: Span
  let unit: Unit

  init(_ span: Span, _ unit: Unit) { (self.span, self.unit) = (span, unit) }

  /// Computes the value; a fault has the innermost place that is known.
  func evaluate(_ machine: Machine) throws -> Value {
    preconditionFailure("every node computes something")
  }

  /// The fault with this node's place, unless it has one.
  final func located(_ error: any Error) -> Fault { Fault(error).at(span, in: unit.source) }
}

/// A value known when the code was made.
final class ConstantNode: Node, @unchecked Sendable {
  let value: Value

  init(_ value: Value, _ span: Span, _ unit: Unit) {
    self.value = value
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value { value }
}

/// Something that cannot be computed; it is only a fault if it is reached.
final class FaultNode: Node, @unchecked Sendable {
  private let fault: Fault

  init(_ fault: Fault, _ span: Span, _ unit: Unit) {
    self.fault = fault
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value { throw located(fault) }
}

/// A parameter, a captured value or a binding of the block.
final class SlotNode: Node, @unchecked Sendable {
  let slot: Int

  init(_ slot: Int, _ span: Span, _ unit: Unit) {
    self.slot = slot
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value { machine[slot] }
}

/// A column of the rows at hand.
final class ColumnNode: Node, @unchecked Sendable {
  let name: String
  /// Tells whether a variable has the name, for the message.
  private let isVariable: Bool

  init(_ name: String, isVariable: Bool, _ span: Span, _ unit: Unit) {
    (self.name, self.isVariable) = (name, isVariable)
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    guard let rows = machine.rows else {
      throw located(Fault(.unknownColumn, "`\(name)` is a column, and there are no rows here"))
    }
    if let column = rows.columnOrKey(name) {
      return .column(ColumnValue(name: name, column: column))
    }
    guard isVariable else {
      throw located(PanelError.noSuchColumn(name: name, available: rows.columnNames))
    }
    throw located(
      Fault(
        .variableAsColumn, "`\(name)` is not a column; it is a variable",
        helps: ["use `$\(name)`"]))
  }
}

/// A value from outside the rows at hand. A column of another panel is none: its rows are other firms and
/// months, or the same ones in another order, and by position they would be mixed up in silence.
final class ForeignColumnNode: Node, @unchecked Sendable {
  let inner: Node

  init(_ inner: Node) {
    self.inner = inner
    super.init(inner.span, inner.unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    let value = try inner.evaluate(machine)
    guard case .column = value else { return value }
    throw located(
      Fault(
        .operandsDoNotFit, "a column of another panel cannot be lined up with these rows",
        helps: [
          "derive it in the panel that flows in",
          "or join the tables by their keys:  join …, on: …",
        ]))
  }
}

/// A list of computed items.
final class ListNode: Node, @unchecked Sendable {
  private let items: [Node]

  init(_ items: [Node], _ span: Span, _ unit: Unit) {
    self.items = items
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try item.evaluate(machine)) }
    return .list(values)
  }
}

/// A record; a field written later replaces one of the same name.
final class RecordNode: Node, @unchecked Sendable {
  /// A named field, or without a name all fields of another record.
  private let entries: [(name: String?, value: Node)]

  init(_ entries: [(name: String?, value: Node)], _ span: Span, _ unit: Unit) {
    self.entries = entries
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    var record = Record(fields: [])
    record.fields.reserveCapacity(entries.count)
    for (name, node) in entries {
      let value = try node.evaluate(machine)
      if let name {
        record.set(name, value)
      } else if case .record(let other) = value {
        if record.fields.isEmpty { record = other } else { record.merge(other) }
      } else {
        throw node.located(
          Fault(.wrongType, "`..` copies the fields of a record, not \(value.type.phrase)"))
      }
    }
    return .record(record)
  }
}

/// A range; either end may be open.
final class RangeNode: Node, @unchecked Sendable {
  let lower: Node?
  let upper: Node?
  let step: Node?
  let includesUpper: Bool

  init(
    _ lower: Node?, _ upper: Node?, _ step: Node?, includesUpper: Bool, _ span: Span, _ unit: Unit
  ) {
    (self.lower, self.upper, self.step) = (lower, upper, step)
    self.includesUpper = includesUpper
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    .range(
      RangeValue(
        lower: try lower?.evaluate(machine), upper: try upper?.evaluate(machine),
        step: try step?.evaluate(machine), includesUpper: includesUpper))
  }
}

/// A string with holes.
final class InterpolationNode: Node, @unchecked Sendable {
  enum Piece {
    case text(String)
    case hole(Node, format: String?)
  }
  private let pieces: [Piece]

  init(_ pieces: [Piece], _ span: Span, _ unit: Unit) {
    self.pieces = pieces
    super.init(span, unit)
  }

  override func evaluate(_ machine: Machine) throws -> Value {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .hole(let node, let format):
        let value = try node.evaluate(machine)
        // Inside a text a whole number is written plainly: it may be part of a file's name.
        switch value {
        case .text(let part) where format == nil: text += part
        case .integer(let number) where format == nil: text += String(number)
        default:
          do { text += try ValueText.formatted(value, format) } catch { throw node.located(error) }
        }
      }
    }
    return .text(text)
  }
}
