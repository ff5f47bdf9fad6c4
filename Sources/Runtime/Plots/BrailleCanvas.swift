// Two by four dots a character, from the Braille patterns of Unicode.

/// A canvas of Braille characters.
public struct BrailleCanvas: Canvas {
  public static let dotsAcross = 2
  public static let dotsDown = 4
  public static let markers: [Character] = ["●", "○", "▲", "△", "■", "□", "◆", "◇"]
  public static let frame = FrameGlyphs.lines
  public var grid: DotGrid

  public init(columns: Int, rows: Int) { grid = DotGrid(columns: columns, rows: rows) }

  // The standard numbers the left column 1 2 3 7 and the right one 4 5 6 8.
  private static let patterns: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  public func glyph(_ bits: UInt8, series: Int) -> Character {
    var value: UInt32 = 0x2800
    for bit in 0..<8 where bits & (1 << UInt8(bit)) != 0 { value |= Self.patterns[bit] }
    return Unicode.Scalar(value).map(Character.init) ?? " "
  }
}
