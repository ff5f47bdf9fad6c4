// States of a running fit, written now and then from between two epochs.
//
// The last two are kept, in two slots used in turn: whenever the process dies, one of them is whole. A
// write that fails costs the checkpoint and never the fit; it is told once.

import FactorRuntime
import Synchronization

/// Writes the checkpoints of one fit.
public final class FitCheckpoints: Sendable {
  private struct State {
    var written: ContinuousClock.Instant
    /// The number of the newest checkpoint, and where it is.
    var sequence: Int
    var slot: Int
    var isWriting = false
  }

  private let state: Mutex<State>
  private let store: MemoStore
  private let key: String
  private let interval: Duration
  private let began = ContinuousClock.now
  /// Seconds that earlier sessions spent on the fit.
  private let spent: Double
  private let complaints: StoreComplaints
  private let note: @Sendable (String) -> Void

  init(
    _ store: MemoStore, _ key: String, interval: Duration, after last: FitCheckpoints.Last?,
    spent: Double, _ complaints: StoreComplaints, note: @escaping @Sendable (String) -> Void
  ) {
    (self.store, self.key, self.interval, self.note) = (store, key, interval, note)
    self.complaints = complaints
    // A state in hand and the file of it tell of the same time.
    self.spent = max(spent, last?.seconds ?? 0)
    state = Mutex(State(written: began, sequence: last?.sequence ?? 0, slot: last?.slot ?? 1))
  }

  /// The seconds spent so far, in earlier sessions too.
  var seconds: Double { spent + (ContinuousClock.now - began) / .seconds(1) }

  /// Writes a checkpoint if the last one is old enough; called after each epoch, from any thread.
  func offer(_ make: () -> Container) {
    let isDue = state.withLock { state in
      guard !state.isWriting, ContinuousClock.now - state.written >= interval else { return false }
      state.isWriting = true
      return true
    }
    if isDue { write(make()) }
  }

  /// Writes a checkpoint at once, if the fit ran long enough for one to be worth it.
  func save(_ make: () -> Container) {
    let isWorthIt = ContinuousClock.now - began >= min(interval, .seconds(1))
    guard isWorthIt || spent > 0 else { return }
    state.withLock { $0.isWriting = true }
    let container = make()
    guard write(container), case .number(let epoch)? = JSON.object(container.facts)["epoch"],
      case .number(let epochs)? = JSON.object(container.facts)["epochs"]
    else { return }
    note("checkpoint saved at epoch \(Int(epoch)) of \(Int(epochs)): the same fit goes on from it")
  }

  @discardableResult
  private func write(_ container: Container) -> Bool {
    var container = container
    let (sequence, slot) = state.withLock { ($0.sequence + 1, 1 - $0.slot) }
    container.facts.append(.init("kept", FitCheckpoints.Last.facts(sequence, seconds)))
    var complaint: String?
    do { try store.write(container, key, .partial(slot)) } catch {
      complaint = "no checkpoint could be written: " + Self.words(for: error, store, key, slot)
    }
    state.withLock { state in
      (state.isWriting, state.written) = (false, .now)
      if complaint == nil { (state.sequence, state.slot) = (sequence, slot) }
    }
    if let complaint, complaints.isFirst(.checkpoint) { note(complaint) }
    return complaint == nil
  }

  static func words(
    for error: any Error, _ store: MemoStore, _ key: String, _ slot: Int
  ) -> String {
    switch error {
    case let error as FileError: error.message
    case let error as ContainerError: "'\(store.file(key, .partial(slot)))' \(error.message)"
    default: "\(error)"
    }
  }

  // MARK: Reading

  /// A checkpoint that was found.
  struct Last {
    let container: Container
    let slot: Int
    let sequence: Int
    /// When it was written, and the seconds of training up to then.
    let written: Int
    let seconds: Double
    let epoch: Int
    let epochs: Int
    /// How far all members are together.
    let trained: Int

    static func facts(_ sequence: Int, _ seconds: Double) -> JSON {
      .fields(
        ("sequence", .number(Double(sequence))), ("written", .number(Double(WallClock.seconds))),
        ("seconds", .number(seconds)))
    }

    init(_ container: Container, slot: Int) throws {
      let facts = StoredFacts(.object(container.facts))
      let kept = StoredFacts(try facts.object("kept"))
      (self.container, self.slot) = (container, slot)
      sequence = try kept.integer("sequence")
      written = try kept.integer("written")
      seconds = try kept.number("seconds")
      (epoch, epochs) = (try facts.integer("epoch"), try facts.integer("epochs"))
      trained = try facts.integer(FitCheckpoints.trained)
    }
  }

  /// The name under which a checkpoint says how far all members are together, in epochs.
  static let trained = "trained"

  /// How far the members of a checkpoint are together; less than nothing where it does not say.
  static func trained(in container: Container) -> Int {
    (try? StoredFacts(.object(container.facts)).integer(trained)) ?? -1
  }

  /// The whole checkpoints of a fit, the furthest first; `note` hears of damaged ones.
  static func found(
    in store: MemoStore, _ key: String, _ note: (String) -> Void
  ) -> [Last] {
    var found: [Last] = []
    for slot in [0, 1] {
      do {
        guard let container = try store.read(key, .partial(slot)) else { continue }
        found.append(try Last(container, slot: slot))
      } catch {
        note("a checkpoint is not used: " + words(for: error, store, key, slot))
      }
    }
    return found.sorted { ($0.trained, $0.sequence) > ($1.trained, $1.sequence) }
  }
}

/// What was complained of already: a folder that cannot be written is one trouble, not one for each fit.
final class StoreComplaints: Sendable {
  enum Kind { case checkpoint, result }
  private let told = Mutex<Set<Kind>>([])

  /// Whether this is the first complaint of its kind.
  func isFirst(_ kind: Kind) -> Bool { told.withLock { $0.insert(kind).inserted } }
}
