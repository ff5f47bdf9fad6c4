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
    let length = histories.first?.count ?? 0
    for step in 0..<length {
      for (target, history) in histories.enumerated() {
        precondition(history.count == length, "histories are of one length")
        let before = step == 0 ? 0 : plan.state(of: (step - 1) * histories.count + target)
        plan.add(input: history[step], from: before)
      }
      plan.closeStep()
    }
    return plan
  }
}

/// Where each firm's state is between two chunks of a scan, and how long ago it was seen.
struct ScanState {
  /// A firm unseen for more months than this starts anew.
  static let longestGap = 6

  private var lastSeen: [Int: Int] = [:]

  /// Plans the months of a chunk for some firms: `rows(month)` gives firm and input of each row of a month.
  /// A firm's carried state lies in the slot of its number.
  mutating func plan(
    _ months: Range<Int>, firms: Int, rows: (_ month: Int) -> [(firm: Int, input: Int)]
  ) -> SequencePlan {
    var plan = SequencePlan(carried: firms)
    var latest: [Int: Int32] = [:]
    for month in months {
      for (firm, input) in rows(month) {
        let isFresh = lastSeen[firm].map { month - $0 - 1 > Self.longestGap } ?? true
        let before = isFresh ? 0 : latest[firm] ?? Int32(1 + firm)
        latest[firm] = plan.state(of: plan.rows)
        lastSeen[firm] = month
        plan.add(input: input, from: before)
      }
      plan.closeStep()
    }
    return plan
  }
}
