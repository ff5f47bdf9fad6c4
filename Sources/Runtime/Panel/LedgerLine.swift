// One line of a panel's ledger: nothing disappears silently.

/// What one stage did to the rows of a panel, with a count for every reason.
public struct LedgerLine: Sendable, Equatable {
  /// Why some rows went, and how many.
  public struct Reason: Sendable, Equatable {
    /// The reason in a few words.
    public let text: String
    /// The number of rows.
    public let count: Int

    /// Creates a reason.
    public init(_ text: String, _ count: Int) {
      self.text = text
      self.count = count
    }
  }

  /// The name of the stage.
  public let stage: String
  /// Rows before the stage.
  public let rowsIn: Int
  /// Rows after the stage.
  public let rowsOut: Int
  /// Why rows went; reasons with a count of zero are left out.
  public let reasons: [Reason]
  /// Remarks that concern no particular number of rows.
  public var notes: [String]

  /// Creates a line; rows that went must be explained.
  public init(
    stage: String, rowsIn: Int, rowsOut: Int, reasons: [Reason] = [], notes: [String] = []
  ) {
    precondition(rowsIn - rowsOut == reasons.reduce(0) { $0 + $1.count }, "unexplained rows")
    self.stage = stage
    self.rowsIn = rowsIn
    self.rowsOut = rowsOut
    self.reasons = reasons.filter { $0.count != 0 }
    self.notes = notes
  }
}

extension LedgerLine: CustomStringConvertible {
  /// The line as plain text.
  public var description: String {
    var parts = ["\(stage): \(rowsIn) -> \(rowsOut) rows"]
    parts += reasons.map { "\($0.count) \($0.text)" }
    return (parts + notes).joined(separator: "; ")
  }
}
