// One line that says how far a fit is, rewritten in place. It appears after a second, so that
// quick work stays silent. Where no line can be rewritten, as in a log, a line is added now and then,
// each time after twice as long.

import FactorRuntime
import Models

/// The progress line of the statement that runs.
final class Progress: Sendable {
  private struct State {
    var began: ContinuousClock.Instant?
    var drawn: ContinuousClock.Instant?
    /// The epoch that each ensemble member has reached.
    var epochs: [Int: Int] = [:]
    /// Epochs that were there before the clock started, as in a fit that goes on.
    var earlier = 0
    var stage = ""
    /// Where lines are added: when the first fit of the statement began, and how long after that
    /// the next line is due.
    var started: ContinuousClock.Instant?
    var due = Progress.patience
  }

  private static let patience = Duration.seconds(1)
  private static let longest = Duration.seconds(600)
  private static let interval = Duration.milliseconds(100)

  private let state = Guarded(State())
  private let gate: OutputGate
  private let width: @Sendable () -> Int

  init(_ gate: OutputGate, width: @escaping @Sendable () -> Int) {
    (self.gate, self.width) = (gate, width)
  }

  /// Notes where a fit is and draws the line if it is time.
  func update(_ stage: String, _ progress: FitProgress) {
    let now = ContinuousClock.now
    let rewrites = gate.canShowStatus
    let line = state.change { Self.advance(&$0, stage, progress, now, rewrites: rewrites) }
    guard let line else { return }
    if rewrites {
      gate.show(status: Self.fitted(line, to: width() - 1))
    } else {
      gate.print(line, to: .error)
    }
  }

  /// The line with how to stop, which is said on narrow screens too; on the narrowest there is room for
  /// neither whole.
  static func fitted(_ line: String, to room: Int) -> String {
    let ways = ["  Ctrl-C keeps the work", "  ^C keeps it", ""]
    let way = ways.first { room - TextWidth.of($0) >= 20 } ?? ""
    return TextWidth.cut(line, to: max(0, room - TextWidth.of(way))) + way
  }

  /// Removes the line.
  func finish() {
    state.change { $0 = State() }
    gate.show(status: nil)
  }

  private static func advance(
    _ state: inout State, _ stage: String, _ progress: FitProgress, _ now: ContinuousClock.Instant,
    rewrites: Bool
  ) -> String? {
    // Another fit of the same statement begins its own count.
    let isRestart = (state.epochs[progress.member] ?? 0) > progress.epoch
    if state.stage != stage || isRestart {
      state = State(
        drawn: state.drawn, stage: stage, started: state.started, due: state.due)
    }
    let began = state.began ?? now
    if state.epochs[progress.member] == nil {
      state.earlier += progress.epoch - (state.began == nil ? 0 : 1)
    }
    state.began = began
    let started = state.started ?? now
    state.started = started
    state.epochs[progress.member] = progress.epoch
    if rewrites {
      guard state.drawn != nil || now - began >= patience else { return nil }
      if let drawn = state.drawn, now - drawn < interval { return nil }
      state.drawn = now
    } else {
      guard now - started >= state.due else { return nil }
      while state.due <= now - started { state.due = min(state.due * 2, state.due + longest) }
    }
    let done = state.epochs.values.reduce(0, +)
    let all = max(1, progress.members * progress.epochs)
    let pace = (now - began) / Double(max(1, done - state.earlier))
    let left = pace * Double(max(0, all - done))
    return text(stage, progress, left)
  }

  /// The line: `fit cvra  seed 2/5  epoch 37/300  ~6 s  loss 0.1183  best 0.1180 @31`. Where it has to be cut, how
  /// long it takes stays.
  static func text(_ stage: String, _ progress: FitProgress, _ left: Duration) -> String {
    var parts = [stage]
    if progress.members > 1 { parts.append("seed \(progress.member + 1)/\(progress.members)") }
    parts.append("epoch \(progress.epoch)/\(progress.epochs)")
    parts.append(rough(left))
    parts.append("loss \(NumberFormat.significant(progress.validationLoss))")
    parts.append("best \(NumberFormat.significant(progress.bestLoss)) @\(progress.bestEpoch)")
    return parts.joined(separator: "  ")
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
