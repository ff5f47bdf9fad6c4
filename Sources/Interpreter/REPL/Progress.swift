// One line that says how far a fit is, rewritten in place. It appears after a second, so that
// quick work stays silent, and only where a line can be rewritten.

import FactorRuntime
import Models

/// The progress line of the statement that runs.
final class Progress: Sendable {
  private struct State {
    var began: ContinuousClock.Instant?
    var drawn: ContinuousClock.Instant?
    /// The epoch that each ensemble member has reached.
    var epochs: [Int: Int] = [:]
    var stage = ""
  }

  private static let patience = Duration.seconds(1)
  private static let interval = Duration.milliseconds(100)

  private let state = Guarded(State())
  private let gate: OutputGate
  private let width: @Sendable () -> Int

  init(_ gate: OutputGate, width: @escaping @Sendable () -> Int) {
    (self.gate, self.width) = (gate, width)
  }

  /// Notes where a fit is and draws the line if it is time.
  func update(_ stage: String, _ progress: FitProgress) {
    guard gate.canShowStatus else { return }
    let now = ContinuousClock.now
    let line = state.change { state in Self.advance(&state, stage, progress, now) }
    if let line { gate.show(status: TextWidth.cut(line, to: width() - 1)) }
  }

  /// Removes the line.
  func finish() {
    state.change { $0 = State() }
    gate.show(status: nil)
  }

  private static func advance(
    _ state: inout State, _ stage: String, _ progress: FitProgress, _ now: ContinuousClock.Instant
  ) -> String? {
    // Another fit of the same statement begins its own count.
    let isRestart = (state.epochs[progress.member] ?? 0) > progress.epoch
    if state.stage != stage || isRestart { state = State(drawn: state.drawn, stage: stage) }
    let began = state.began ?? now
    state.began = began
    state.epochs[progress.member] = progress.epoch
    guard state.drawn != nil || now - began >= patience else { return nil }
    if let drawn = state.drawn, now - drawn < interval { return nil }
    state.drawn = now
    let done = state.epochs.values.reduce(0, +)
    let all = max(1, progress.members * progress.epochs)
    let left = (now - began) / Double(max(1, done)) * Double(max(0, all - done))
    return text(stage, progress, left)
  }

  /// The line: `fit cvra  seed 2/5  epoch 37/300  loss 0.1183  best 0.1180 @31  ~6 s  Ctrl-C keeps the work`.
  static func text(_ stage: String, _ progress: FitProgress, _ left: Duration) -> String {
    var parts = [stage]
    if progress.members > 1 { parts.append("seed \(progress.member + 1)/\(progress.members)") }
    parts.append("epoch \(progress.epoch)/\(progress.epochs)")
    parts.append("loss \(NumberFormat.significant(progress.validationLoss))")
    parts.append("best \(NumberFormat.significant(progress.bestLoss)) @\(progress.bestEpoch)")
    return (parts + [rough(left), "Ctrl-C keeps the work"]).joined(separator: "  ")
  }

  /// A duration as people say it.
  static func rough(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    switch seconds {
    case ..<90: return "~\(max(1, seconds)) s"
    case ..<5400: return "~\((seconds + 30) / 60) min"
    default: return "~\((seconds + 1800) / 3600) h"
    }
  }
}
