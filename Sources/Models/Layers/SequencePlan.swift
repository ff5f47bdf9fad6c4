// Which rows of a recurrent pass belong to which step, what each continues, and which input it reads.
//
// States lie in one table: row 0 is the zero state, rows 1... are states carried in from earlier passes, and
// behind them every row of the pass has its own. That one table describes both ways to run over unbalanced
// firms. Scan: a step is a month, a firm's row continues its last seen row, whatever the gap up to six
// months; a longer one starts anew. Window: every target has its own sequence of the last L seen months; a
// month that is missing repeats the row seen before, months before the first repeat the first.

/// The steps of one recurrent pass.
struct SequencePlan: Sendable {
  /// Where each step begins; rows of step s are steps[s]..<steps[s + 1].
  private(set) var steps: [Int] = [0]
  /// The row of the state table that a row continues.
  private(set) var from: [Int32] = []
  /// The input a row reads; the same input may be read by many rows.
  private(set) var input: [Int32] = []
  /// Whether row r reads input r, so that inputs need no copying.
  private(set) var readsInOrder = true
  /// States that are carried in.
  let carried: Int

  init(carried: Int) { self.carried = carried }

  var rows: Int { from.count }
  var stepCount: Int { steps.count - 1 }

  /// The place of a row's own state.
  func state(of row: Int) -> Int32 { Int32(1 + carried + row) }

  /// Adds a row to the open step.
  mutating func add(input number: Int, from state: Int32) {
    readsInOrder = readsInOrder && number == from.count
    from.append(state)
    input.append(Int32(number))
  }

  /// Makes room for steps of equally many rows, to be set one by one; `inOrder` says that each reads its own
  /// input.
  mutating func reserve(steps count: Int, rows: Int, inOrder: Bool = false) {
    steps.removeAll(keepingCapacity: true)
    for step in 0...count { steps.append(step * rows) }
    from.removeAll(keepingCapacity: true)
    input.removeAll(keepingCapacity: true)
    from.append(contentsOf: repeatElement(0, count: count * rows))
    input.append(contentsOf: repeatElement(0, count: count * rows))
    readsInOrder = inOrder
  }

  /// Sets a row that `reserve` made room for.
  mutating func set(_ row: Int, input number: Int32, from state: Int32) {
    from[row] = state
    input[row] = number
  }

  /// Closes a step; the next row begins another.
  mutating func closeStep() { steps.append(from.count) }

  mutating func removeAll() {
    steps.removeAll(keepingCapacity: true)
    steps.append(0)
    from.removeAll(keepingCapacity: true)
    input.removeAll(keepingCapacity: true)
    readsInOrder = true
  }
}

extension SequencePlan {
  /// Windows: `histories[i]` names the inputs of target i from the oldest to the newest, all equally long.
  static func windows(_ histories: [[Int]]) -> SequencePlan {
    var plan = SequencePlan(carried: 0)
    let (length, count) = (histories.first?.count ?? 0, histories.count)
    plan.reserve(steps: length, rows: count)
    for (target, history) in histories.enumerated() {
      precondition(history.count == length, "histories are of one length")
      for step in 0..<length {
        plan.set(
          step * count + target, input: Int32(history[step]),
          from: step == 0 ? 0 : plan.state(of: (step - 1) * count + target))
      }
    }
    return plan
  }
}

/// Where each firm's state is between two chunks of a scan, and how long ago it was seen.
struct ScanState: Sendable {
  /// A firm unseen for more months than this starts anew.
  static let longestGap = 6
  private static let never = Int32.min / 2

  /// The month of each firm's last row, and its state in the pass at hand; the carried one if it is 0.
  private var lastSeen: [Int32]
  private var latest: [Int32]

  init(firms: Int) {
    lastSeen = [Int32](repeating: Self.never, count: firms)
    latest = [Int32](repeating: 0, count: firms)
  }

  /// Forgets all firms.
  mutating func reset() {
    for firm in lastSeen.indices { lastSeen[firm] = Self.never }
    beginPass()
  }

  /// Begins a pass: what comes first of a firm continues its carried state.
  mutating func beginPass() {
    for firm in latest.indices { latest[firm] = 0 }
  }

  /// Calls `body` with each firm that has a row in the pass, and the place of its last state.
  func eachLatest(_ body: (_ firm: Int, _ state: Int) -> Void) {
    for (firm, state) in latest.enumerated() where state > 0 { body(firm, Int(state)) }
  }

  /// Adds a firm's row of a month to a plan; a firm's carried state lies in the slot of its number.
  mutating func add(firm: Int, month: Int, input: Int, to plan: inout SequencePlan) {
    let isFresh = Int32(month) - lastSeen[firm] - 1 > Int32(Self.longestGap)
    let before = isFresh ? 0 : latest[firm] > 0 ? latest[firm] : Int32(1 + firm)
    latest[firm] = plan.state(of: plan.rows)
    lastSeen[firm] = Int32(month)
    plan.add(input: input, from: before)
  }
}
