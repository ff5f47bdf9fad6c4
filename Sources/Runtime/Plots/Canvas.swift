// A drawing surface made of character cells, each holding a small grid of dots.

/// One character of a drawn plot and the series that owns it, for colouring.
public struct PlotCell: Sendable, Equatable {
  /// The character.
  public var character: Character
  /// The series it belongs to; nil for frame and text.
  public var series: Int?

  /// Creates a cell.
  public init(_ character: Character, series: Int? = nil) {
    self.character = character
    self.series = series
  }
}

/// The dots of a canvas: which are set, who set them, and glyphs laid over them.
public struct DotGrid: Sendable {
  /// Character cells across.
  public let columns: Int
  /// Character cells down.
  public let rows: Int
  fileprivate var bits: [UInt8]
  fileprivate var owners: [Int]
  fileprivate var glyphs: [Character?]
  fileprivate var backgrounds: [Character?]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    bits = [UInt8](repeating: 0, count: columns * rows)
    owners = [Int](repeating: -1, count: columns * rows)
    glyphs = [Character?](repeating: nil, count: columns * rows)
    backgrounds = glyphs
  }
}

/// A surface on which plots are drawn; kinds differ in the dots a character holds.
public protocol Canvas: Sendable {
  /// The dots and their owners.
  var grid: DotGrid { get set }
  /// Dots across one character.
  static var dotsAcross: Int { get }
  /// Dots down one character.
  static var dotsDown: Int { get }
  /// Glyphs that mark series, first series first.
  static var markers: [Character] { get }
  /// The characters of a frame.
  static var frame: FrameGlyphs { get }
  /// Creates an empty canvas.
  init(columns: Int, rows: Int)
  /// The character for a set of dots; bit row * dotsAcross + column.
  func glyph(_ bits: UInt8, series: Int) -> Character
}

/// The characters frames are made of.
public struct FrameGlyphs: Sendable {
  let horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight: Character
  let tickLeft, tickBottom, zero: Character

  static let lines = FrameGlyphs(
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
    bottomRight: "┘", tickLeft: "┤", tickBottom: "┬", zero: "┄")
  static let ascii = FrameGlyphs(
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
    bottomRight: "+", tickLeft: "+", tickBottom: "+", zero: ".")
}

/// The kinds of canvas.
public enum CanvasStyle: String, Sendable, CaseIterable {
  /// Two by four dots a character.
  case braille
  /// Two by two quadrants a character.
  case block
  /// One plain character a dot.
  case ascii

  func make(columns: Int, rows: Int) -> any Canvas {
    switch self {
    case .braille: BrailleCanvas(columns: columns, rows: rows)
    case .block: BlockCanvas(columns: columns, rows: rows)
    case .ascii: ASCIICanvas(columns: columns, rows: rows)
    }
  }
}

extension Canvas {
  /// Dots across the whole canvas.
  public var width: Int { grid.columns * Self.dotsAcross }
  /// Dots down the whole canvas.
  public var height: Int { grid.rows * Self.dotsDown }

  /// Sets one dot, counted from the top left; dots outside are ignored.
  public mutating func set(_ x: Int, _ y: Int, series: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = y / Self.dotsDown * grid.columns + x / Self.dotsAcross
    let bit = y % Self.dotsDown * Self.dotsAcross + x % Self.dotsAcross
    grid.bits[cell] |= 1 << UInt8(bit)
    grid.owners[cell] = series
  }

  /// Lays a glyph over the character that holds a dot.
  public mutating func mark(_ x: Int, _ y: Int, _ glyph: Character, series: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = y / Self.dotsDown * grid.columns + x / Self.dotsAcross
    grid.glyphs[cell] = glyph
    grid.owners[cell] = series
  }

  /// Puts a glyph into an empty character; anything drawn later replaces it.
  mutating func background(_ column: Int, row: Int, _ glyph: Character) {
    guard column >= 0, row >= 0, column < grid.columns, row < grid.rows else { return }
    grid.backgrounds[row * grid.columns + column] = glyph
  }

  /// Draws a straight stroke; a dash of (on, off) dots leaves gaps and `phase` carries on between
  /// strokes.
  public mutating func stroke(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), series: Int,
    dash: (on: Int, off: Int) = (1, 0), phase: inout Int
  ) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y))
    for k in 0...max(1, steps) {
      let share = Double(k) / Double(max(1, steps))
      let x = Double(start.x) + share * Double(end.x - start.x)
      let y = Double(start.y) + share * Double(end.y - start.y)
      if phase % (dash.on + dash.off) < dash.on {
        set(Int(x.rounded()), Int(y.rounded()), series: series)
      }
      if k > 0 { phase += 1 }
    }
  }

  /// Fills a rectangle of dots, both corners included.
  public mutating func fill(
    _ x: ClosedRange<Int>, _ y: ClosedRange<Int>, series: Int
  ) {
    for row in y { for column in x { set(column, row, series: series) } }
  }

  /// The cells of one row.
  public func row(_ row: Int) -> [PlotCell] {
    (0..<grid.columns).map { column in
      let cell = row * grid.columns + column
      let owner = grid.owners[cell] < 0 ? nil : grid.owners[cell]
      if let glyph = grid.glyphs[cell] { return PlotCell(glyph, series: owner) }
      if grid.bits[cell] == 0 { return PlotCell(grid.backgrounds[cell] ?? " ") }
      return PlotCell(glyph(grid.bits[cell], series: owner ?? 0), series: owner)
    }
  }
}
