// Programs that obey the grammar and the types, drawn from a seed: the same seed gives the same
// programs on every machine. They read no files.

/// A small source of repeatable numbers.
public struct SeededNumbers: Sendable {
  private var state: UInt64

  /// Creates a source; equal seeds give equal numbers, others have nothing in common.
  public init(seed: UInt64) { state = Self.mixed(seed &+ Self.step) }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ bits: UInt64) -> UInt64 {
    var mixed = bits
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Gives sixty-four bits.
  public mutating func bits() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// Gives a number from zero up to the limit, without it.
  public mutating func below(_ limit: Int) -> Int {
    limit > 0 ? Int(bits() % UInt64(limit)) : 0
  }

  /// Tells yes once in so many times.
  public mutating func once(in times: Int) -> Bool { below(times) == 0 }

  /// Gives one of the items, of which there is one at least.
  public mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}

/// Draws valid programs.
public struct ProgramGenerator: Sendable {
  /// The types that expressions are drawn of.
  enum Kind: CaseIterable {
    case number, truth, text, list, record, month, span, function
  }

  /// Tells whether spaces, line breaks and comments are scattered where the grammar allows them.
  public let isMessy: Bool
  /// Statements of a program at most.
  public let statementLimit: Int

  var numbers: SeededNumbers
  /// The variables in force, with their types.
  var variables: [(name: String, kind: Kind)] = []
  /// Functions of one number.
  var functions: [String] = []
  private var made = 0

  /// Creates a generator; equal seeds give equal programs.
  public init(seed: UInt64, isMessy: Bool = false, statementLimit: Int = 10) {
    numbers = SeededNumbers(seed: seed)
    self.isMessy = isMessy
    self.statementLimit = statementLimit
  }

  /// Draws the next program.
  public mutating func program() -> String {
    (variables, functions, made) = ([], [], 0)
    var lines = numbers.once(in: 3) ? ["fq\(Gap.must)1"] : []
    for _ in 0...numbers.below(statementLimit) {
      if numbers.once(in: 12) { lines.append("#%% Part \(lines.count)") }
      if numbers.once(in: 8) { lines.append("## About what follows.") }
      lines.append(statement())
      if numbers.once(in: 10) { lines.append(numbers.pick(["#> 1.5", "#! 1-2 wrong", "# note"])) }
    }
    var layout = GapLayout(numbers: SeededNumbers(seed: numbers.bits()), isMessy: isMessy)
    return layout.text(lines)
  }

  // MARK: Statements

  private mutating func statement() -> String {
    switch numbers.below(14) {
    case 0...6: return binding()
    case 7: return function()
    case 8: return "seed\(Gap.must)\(numbers.below(1_000))"
    case 9: return "assert\(Gap.must)(\(truth(2))) or true,\(Gap.may)\"checked\""
    case 10: return panel()
    case 11: return "param\(Gap.must)\(newName())\(Gap.may):\(Gap.may)num\(Gap.may)=\(Gap.may)2.5"
    default: return expression(numbers.pick(Kind.allCases), 3)
    }
  }

  private mutating func binding() -> String {
    let kind = numbers.pick(Kind.allCases)
    let value = expression(kind, 4)
    let name = newName()
    variables.append((name, kind))
    let end = numbers.once(in: 6) ? "\(Gap.may);" : ""
    return "\(name)\(Gap.may)=\(Gap.may)\(value)\(end)"
  }

  private mutating func function() -> String {
    let name = newName()
    let parameter = newName()
    let type = numbers.once(in: 2) ? "\(Gap.may):\(Gap.may)num" : ""
    let saved = variables
    variables.append((parameter, .number))
    let body = numbers.once(in: 3) ? block(.number, 2) : "=\(Gap.may)\(number(3))"
    variables = saved
    functions.append(name)
    return "fn\(Gap.must)\(name)(\(Gap.free)\(parameter)\(type)\(Gap.free))\(Gap.may)\(body)"
  }

  private mutating func panel() -> String {
    let name = newName()
    var stages = ["toy"]
    for _ in 0...numbers.below(3) {
      let stage = numbers.pick([
        "where\(Gap.must)ret\(Gap.may)>\(Gap.may)-0.05,\(Gap.free)size is not na",
        "derive\(Gap.must)a\(Gap.may)=\(Gap.may)ret\(Gap.may)*\(Gap.may)2,\(Gap.free)b\(Gap.may)=\(Gap.may)a - size",
        "rank_normalize\(Gap.must)size,\(Gap.free)mom,\(Gap.may)to\(Gap.may):\(Gap.may)-1..1",
        "winsorize\(Gap.must)ret,\(Gap.may)tails:\(Gap.may)5%",
        "select\(Gap.must)ret,\(Gap.free)size,\(Gap.free)mom",
      ])
      stages.append(stage)
    }
    return "\(name)\(Gap.may)=\(Gap.may)" + stages.joined(separator: Gap.pipe)
  }

  mutating func newName() -> String {
    made += 1
    return numbers.once(in: 9)
      ? "`odd name \(made)`" : "\(numbers.pick(["x", "total", "é", "by"]))_\(made)"
  }
}
