// What fitting a conditional factor model takes in memory, told before any of it is taken.
//
// Definition, for R rows, P characteristics, T months and m members trained at a time:
//   data     R (4 P + 8 + 4 + 4): characteristics, returns twice, firms
//   inputs   2 T (P + 1)^2 doubles while managed portfolios are made
//   member   the passes of the largest batch, the parameters with gradients, moments and copies
//   forecast R doubles: four for each member at a time and the sum, five for the result

import FactorRuntime

struct FitMemory {
  let model: String
  private let members: Int
  private let shared: Int
  private let perMember: Int

  init<Head: FactorHead>(_ design: ConditionalDesign<Head>, _ task: FactorTask) {
    let (rows, width) = (task.returns.count, task.width)
    let managed = design.needsManaged ? 16 * task.monthCount * (width + 1) * (width + 1) : 0
    let output = Padding.padded(design.factors + 1)
    let batch = Self.mostRows(task, months: design.longestBatch)
    let passes = design.hidden.reduce(0) { $0 + 2 * Padding.padded($1) } + 2 * output
    let widths = [width] + design.hidden + [output]
    let parameters = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * Padding.padded($1.1) }
    let training = 4 * (batch * passes + Self.mostRows(task, months: 1) * output + 24 * parameters)
    model = design.model
    members = design.members
    shared = rows * (4 * width + 16) + managed + 8 * rows * (4 + 5)
    perMember = max(training, 8 * 4 * rows)
  }

  /// Bytes with some members at a time.
  func bytes(threads: Int) -> Int { shared + min(threads, members) * perMember }

  /// Reserves what the budget's threads will need; gives the bytes, or throws how much is too much.
  func reserve(_ budget: Budget) throws -> Int {
    let bytes = bytes(threads: budget.threads)
    do { try budget.reserve(bytes, for: model) } catch BudgetError.memory(_, _, let available) {
      throw ModelError.tooLarge(
        model: model, needed: bytes, available: available, alone: self.bytes(threads: 1))
    }
    return bytes
  }

  private static func mostRows(_ task: FactorTask, months count: Int) -> Int {
    let months = task.monthCount
    return (0..<months).map { task.rows($0..<min($0 + count, months)).count }.max() ?? 0
  }
}
