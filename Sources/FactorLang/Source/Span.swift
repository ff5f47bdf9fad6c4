// A half-open range of UTF-8 bytes in one source; every node, token and message carries one.

/// Marks a half-open range of bytes in one source.
public struct Span: Sendable, Hashable {
  // Sources end below four gigabytes, and every node carries a span: half the size is worth it.
  private let startOffset: UInt32
  private let endOffset: UInt32

  /// Offset of the first byte.
  public var start: Int { Int(startOffset) }
  /// Offset just past the last byte.
  public var end: Int { Int(endOffset) }

  /// Creates a span; an end before the start is moved to the start.
  public init(_ start: Int, _ end: Int) {
    startOffset = UInt32(clamping: start)
    endOffset = UInt32(clamping: max(start, end))
  }

  /// Creates an empty span, a place between two bytes.
  public init(at offset: Int) { self.init(offset, offset) }

  /// Counts the bytes covered.
  public var length: Int { end - start }
  /// Tells whether no byte is covered.
  public var isEmpty: Bool { start == end }
  /// Gives the place where the span begins.
  public var lowerEdge: Span { Span(at: start) }
  /// Gives the place where the span ends.
  public var upperEdge: Span { Span(at: end) }

  /// Gives the smallest span that covers both.
  public func union(_ other: Span) -> Span { Span(min(start, other.start), max(end, other.end)) }
  /// Tells whether the offset lies inside.
  public func contains(_ offset: Int) -> Bool { offset >= start && offset < end }
  /// Tells whether the other span lies wholly inside.
  public func contains(_ other: Span) -> Bool { other.start >= start && other.end <= end }
}

/// A span together with the source it lies in, for labels that point into other cells.
public struct Location: Sendable, Hashable {
  /// The text that the span lies in.
  public let source: Source
  /// The range inside that text.
  public let span: Span

  /// Creates a location.
  public init(_ source: Source, _ span: Span) {
    self.source = source
    self.span = span
  }
}
