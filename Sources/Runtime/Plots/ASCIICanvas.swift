// One plain character a dot, for terminals and mails that show nothing else.

/// A canvas of plain characters; each series has its own.
public struct ASCIICanvas: Canvas {
  public static let dotsAcross = 1
  public static let dotsDown = 1
  public static let markers: [Character] = ["*", "o", "+", "x", "#", "@", "%", "&"]
  public static let frame = FrameGlyphs.ascii
  public var grid: DotGrid

  public init(columns: Int, rows: Int) { grid = DotGrid(columns: columns, rows: rows) }

  public func glyph(_ bits: UInt8, series: Int) -> Character {
    Self.markers[series % Self.markers.count]
  }
}
