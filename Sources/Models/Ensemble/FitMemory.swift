// What a fit takes in memory, told before any of it is taken.
//
// Definition, of a conditional factor model, for R rows, P characteristics, T months and m members trained at a time:
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

  /// Of a model that holds some bytes for all members and some for each.
  init(model: String, members: Int, shared: Int, perMember: Int) {
    (self.model, self.members) = (model, members)
    (self.shared, self.perMember) = (shared, perMember)
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

  static func mostRows(_ task: FactorTask, months count: Int) -> Int {
    let months = task.monthCount
    return (0..<months).map { task.rows($0..<min($0 + count, months)).count }.max() ?? 0
  }
}
