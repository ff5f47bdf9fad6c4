// Two by two quadrants a character; best for filled shapes.

/// A canvas of block characters.
public struct BlockCanvas: Canvas {
  public static let dotsAcross = 2
  public static let dotsDown = 2
  public static let markers = BrailleCanvas.markers
  public static let frame = FrameGlyphs.lines
  public var grid: DotGrid

  public init(columns: Int, rows: Int) { grid = DotGrid(columns: columns, rows: rows) }

  // Bit 0 is the upper left quadrant, 1 the upper right, 2 the lower left, 3 the lower right.
  private static let quadrants: [Character] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]

  public func glyph(_ bits: UInt8, series: Int) -> Character { Self.quadrants[Int(bits & 15)] }
}
