// Work behind the prompt: a statement that begins with `bg` runs on a thread of its own, on the values of
// the moment; what it bound is adopted by the session between statements, on the session's thread.

import FactorLang
import FactorRuntime
import Models

/// The jobs of a session.
final class Jobs: Sendable {
  /// How a job stands.
  enum State: Sendable {
    case running(stage: String)
    case done
    case failed(String)
    case stopped
  }

  /// A statement that runs behind the prompt.
  struct Job: Sendable {
    let number: Int
    let text: String
    let names: [String]
    let began: ContinuousClock.Instant
    let budget: Budget
    var state = State.running(stage: "")
    var seconds = 0.0

    var isRunning: Bool {
      if case .running = state { return true }
      return false
    }
  }

  /// What a statement bound, and the names that it read.
  struct Made: Sendable {
    var values: [(name: String, value: Value)] = []
    var reads: Set<String> = []
  }

  /// What a job left.
  struct Result: Sendable {
    let job: Job
    let made: Made
    /// The value that it would have shown.
    let shown: Value?
    /// What the names had been made from when it began.
    let lineage: Lineage
  }

  private let jobs = Guarded<[Job]>([])
  private let results = Guarded<[Result]>([])
  private let notify: @Sendable ([String]) -> Void

  /// Creates an empty list; `notify` is told when a job begins and, on the job's thread, when it ends.
  init(notify: @escaping @Sendable ([String]) -> Void) { self.notify = notify }

  /// All jobs of the session, in the order of their numbers.
  var all: [Job] { jobs.read { $0 } }

  var running: [Job] { all.filter(\.isRunning) }

  /// What ended since this was last asked.
  func takeResults() -> [Result] {
    results.change { results in
      defer { results = [] }
      return results
    }
  }

  /// Asks a job to stop, as Ctrl-C would.
  func stop(_ number: Int) -> Bool {
    guard let job = all.first(where: { $0.number == number && $0.isRunning }) else { return false }
    job.budget.cancel()
    return true
  }

  /// Starts a statement; `work` gives what it made.
  func start(
    _ text: String, names: [String], budget: Budget, lineage: Lineage,
    work: @escaping @Sendable (any EventSink) throws -> Made
  ) {
    let job = jobs.change { jobs in
      let number = (jobs.last?.number ?? 0) + 1
      jobs.append(Job(number: number, text: text, names: names, began: .now, budget: budget))
      return jobs[jobs.count - 1]
    }
    notify(["[\(job.number)] \(names.first ?? Lineage.Hidden.last) started"])
    Parallel.detached(stackBytes: LargeStack.bytes) { [self] in
      let events = JobEvents { stage in
        self.change(job.number) { $0.state = .running(stage: stage) }
      }
      var (made, state, advice) = (Made(), State.done, [String]())
      do { made = try work(events) } catch {
        let fault = Fault(error)
        let isStopped = fault.code == .interrupted
        state = isStopped ? .stopped : .failed("\(fault.message) [\(fault.code.rawValue)]")
        if !isStopped { advice = fault.helps.map { "  help: " + $0 } }
        if let partial = fault.partial, let name = names.first { made.values = [(name, partial)] }
      }
      end(job.number, state, made, lineage, advice + events.lines, events.value)
    }
  }

  private func end(
    _ number: Int, _ state: State, _ made: Made, _ lineage: Lineage, _ lines: [String],
    _ last: Value?
  ) {
    let ended = change(number) { job in
      job.state = state
      job.seconds = (ContinuousClock.now - job.began) / .seconds(1)
    }
    guard let ended else { return }
    let shown = made.values.last?.value ?? last
    results.change {
      $0.append(Result(job: ended, made: made, shown: shown, lineage: lineage))
    }
    notify(Self.notice(ended, shown) + lines)
  }

  @discardableResult
  private func change(_ number: Int, _ change: (inout Job) -> Void) -> Job? {
    jobs.change { jobs in
      guard let place = jobs.firstIndex(where: { $0.number == number }) else { return nil }
      change(&jobs[place])
      return jobs[place]
    }
  }

  private static func notice(_ job: Job, _ value: Value?) -> [String] {
    let spent = NumberFormat.duration(job.seconds)
    let name = job.names.first ?? Lineage.Hidden.last
    switch job.state {
    case .done:
      let shown = value.map { ": " + ValueText.short($0) } ?? ""
      return ["[\(job.number)] \(name) done\(shown), \(spent)"]
    case .failed(let why): return ["[\(job.number)] \(name) failed after \(spent): \(why)"]
    case .stopped: return ["[\(job.number)] \(name) stopped after \(spent)"]
    case .running: return []
    }
  }

  /// A line for each job.
  var lines: [String] {
    all.map { job in
      let name = job.names.first ?? Lineage.Hidden.last
      let head = "  [\(job.number)] " + TextWidth.padded(name, to: 10)
      switch job.state {
      case .running(let stage):
        let spent = NumberFormat.duration((ContinuousClock.now - job.began) / .seconds(1))
        return head + "running \(spent)" + (stage.isEmpty ? "" : "  \(stage)")
      case .done: return head + "done in \(NumberFormat.duration(job.seconds))"
      case .failed(let why): return head + "failed: \(why)"
      case .stopped: return head + "stopped after \(NumberFormat.duration(job.seconds))"
      }
    }
  }
}

/// Hears what a job says: where it is, and what is to be told at its end.
private final class JobEvents: EventSink {
  private let heard = Guarded<(lines: [String], value: Value?)>(([], nil))
  private let stage: @Sendable (String) -> Void

  init(stage: @escaping @Sendable (String) -> Void) { self.stage = stage }

  var lines: [String] { heard.read { $0.lines } }
  var value: Value? { heard.read { $0.value } }

  func send(_ event: Event) {
    switch event {
    case .progress(let name, let state):
      stage("\(name) epoch \(state.epoch)/\(state.epochs)")
    case .note, .artifact:
      let lines = EventText().lines(event)
      heard.change { $0.lines += lines }
    case .value(let value, _): heard.change { $0.value = value }
    case .failedCells(let count): heard.change { $0.lines.append("  \(count) failed") }
    case .ledger, .diagnostic: break
    }
  }
}
