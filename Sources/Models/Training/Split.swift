// Train, validation and test blocks by month; blocks follow one another and never overlap.

import FactorRuntime

/// Three blocks of consecutive months, as ranges of month numbers within a task.
public struct Split: Sendable, Equatable {
  public let train: Range<Int>
  public let valid: Range<Int>
  public let test: Range<Int>

  /// What is wrong with a wished-for split.
  public enum Fault: Error, Equatable, Sendable {
    case empty(block: String)
    case overlap(first: String, second: String)
    case outOfOrder(first: String, second: String)
    case tooShort(months: Int, needed: Int, design: String)
  }

  /// Creates a split; throws a fault if a block is empty, overlaps or precedes an earlier one.
  public init(train: Range<Int>, valid: Range<Int>, test: Range<Int>) throws {
    for (name, block) in [("train", train), ("valid", valid), ("test", test)] where block.isEmpty {
      throw Fault.empty(block: name)
    }
    for (first, a, second, b) in [("train", train, "valid", valid), ("valid", valid, "test", test)]
    {
      if a.overlaps(b) { throw Fault.overlap(first: first, second: second) }
      if b.lowerBound < a.upperBound { throw Fault.outOfOrder(first: first, second: second) }
    }
    (self.train, self.valid, self.test) = (train, valid, test)
  }
}

extension Split {
  /// The blocks of a fit that the validation months have tuned already: from the first training month to the last
  /// of these all are trained on. What is then said of validation months is no longer a test of anything.
  var trainedOnAll: Split { Split(tuned: self) }

  private init(tuned: Split) {
    (train, valid, test) = (
      tuned.train.lowerBound..<tuned.valid.upperBound, tuned.valid, tuned.test
    )
  }
}

/// A named sample design of the literature.
public enum SplitDesign: String, CaseIterable, Sendable {
  case static12, static15, thirds, shares, gkx, fvtc

  /// What the design does, in one sentence.
  public var sentence: String {
    switch self {
    case .static12: "144 training, 48 validation and 48 test months"
    case .static15: "180 training, 36 validation and 36 test months"
    case .thirds: "one third of the months each"
    case .shares: "60 % training, 20 % validation and 20 % test months"
    case .gkx: "18 years of training, 12 of validation and the rest as test; `rolling gkx` refits"
    case .fvtc: "70 % training, 15 % validation and 15 % test months; `rolling fvtc` refits"
    }
  }

  /// Splits a number of months; throws if there are too few.
  public func split(months: Int) throws -> Split {
    switch self {
    case .static12: return try fixed(144, 48, 48, months)
    case .static15: return try fixed(180, 36, 36, months)
    case .thirds: return try cut(months / 3, 2 * (months / 3), months)
    case .shares: return try cut(months * 3 / 5, months * 4 / 5, months)
    case .gkx: return try rest(216, 144, months)
    case .fvtc: return try cut(months * 70 / 100, months * 85 / 100, months)
    }
  }

  private func fixed(_ train: Int, _ valid: Int, _ test: Int, _ months: Int) throws -> Split {
    let needed = train + valid + test
    guard months >= needed else {
      throw Split.Fault.tooShort(months: months, needed: needed, design: rawValue)
    }
    return try cut(train, train + valid, needed)
  }

  private func rest(_ train: Int, _ valid: Int, _ months: Int) throws -> Split {
    let needed = train + valid + 1
    guard months >= needed else {
      throw Split.Fault.tooShort(months: months, needed: needed, design: rawValue)
    }
    return try cut(train, train + valid, months)
  }

  private func cut(_ first: Int, _ second: Int, _ end: Int) throws -> Split {
    try Split(train: 0..<first, valid: first..<second, test: second..<end)
  }
}

extension Split.Fault {
  /// What is wrong, in one sentence.
  public var message: String {
    switch self {
    case .empty(let block): "the \(block) block holds no month of the data"
    case .overlap(let first, let second): "the \(first) and \(second) blocks overlap"
    case .outOfOrder(let first, let second): "the \(second) block starts before \(first) ends"
    case .tooShort(let months, let needed, let design):
      "\(design) needs \(needed) months; the task has \(months)"
    }
  }
}
