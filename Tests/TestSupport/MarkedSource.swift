// Text with spans marked in place, `<1>…</1>`, so that tests never count bytes by hand.

import FactorLang

/// A source whose marks have been taken out and remembered.
public struct MarkedSource: Sendable {
  /// The text without marks.
  public let text: String
  private let spans: [Int: Span]

  /// Reads `<n>…</n>` marks; `<n/>` marks an empty place. Marks may nest.
  public init(_ marked: String) {
    var plain: [UInt8] = []
    var opened: [Int: Int] = [:]
    var found: [Int: Span] = [:]
    let bytes = Array(marked.utf8)
    var position = 0
    while position < bytes.count {
      guard let mark = Self.mark(bytes, position) else {
        plain.append(bytes[position])
        position += 1
        continue
      }
      switch mark.kind {
      case .open: opened[mark.number] = plain.count
      case .close: found[mark.number] = Span(opened[mark.number] ?? 0, plain.count)
      case .place: found[mark.number] = Span(at: plain.count)
      }
      position += mark.length
    }
    text = String(decoding: plain, as: UTF8.self)
    spans = found
  }

  /// Gives the span marked with a number; the empty span at zero if there is none.
  public subscript(_ number: Int) -> Span { spans[number] ?? Span(0, 0) }

  /// Tells how many spans are marked.
  public var count: Int { spans.count }

  private enum Kind { case open, close, place }

  private static func mark(
    _ bytes: [UInt8], _ start: Int
  ) -> (kind: Kind, number: Int, length: Int)? {
    guard bytes[start] == 0x3C, start + 2 < bytes.count else { return nil }
    let isClose = bytes[start + 1] == 0x2F
    var position = start + (isClose ? 2 : 1)
    var number = 0
    let digits = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      number = number * 10 + Int(bytes[position]) - 0x30
      position += 1
    }
    guard position > digits, position < bytes.count else { return nil }
    let isPlace = bytes[position] == 0x2F
    if isPlace { position += 1 }
    guard position < bytes.count, bytes[position] == 0x3E else { return nil }
    return (isClose ? .close : isPlace ? .place : .open, number, position + 1 - start)
  }
}
