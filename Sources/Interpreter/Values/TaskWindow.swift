// A stretch of a task with blocks of its own: one window of many that share the task's numbers.

import FactorRuntime
import Models

/// The months of a window and their blocks, counted from the window's first month.
struct TaskWindow: Sendable {
  let months: Range<Int>
  let split: Split
  /// The block that is meant where no other is named.
  let focus: EvaluationValue.Block
  /// Where a fit on the window leaves its model.
  var fits: FitSlot?
}

/// Holds the last model that was fitted on a window.
final class FitSlot: Sendable {
  private let model = Guarded<ModelValue?>(nil)
  var last: ModelValue? { model.read { $0 } }
  func put(_ value: ModelValue) { model.change { $0 = value } }
}

extension TaskValue {
  /// The task with the numbers of its own months only; windows are cut out when they are used.
  var cut: FactorTask {
    guard let window else { return task }
    return task.months(window.months, split: window.split)
  }
}
