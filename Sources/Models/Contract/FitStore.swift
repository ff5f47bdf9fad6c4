// Fits that are kept: recalled if they were computed before, continued if they were interrupted.

import FactorRuntime

/// Where and how fits are kept.
public struct FitStore: Sendable {
  public let files: MemoStore
  /// Seconds between two checkpoints of a running fit.
  public let interval: Double
  /// Seconds that a fit must have taken to be kept.
  public let threshold: Double

  private let complaints = StoreComplaints()

  /// Keeps fits in a folder.
  public init(_ files: MemoStore, interval: Double = 10, threshold: Double = 1) {
    (self.files, self.interval, self.threshold) = (files, interval, threshold)
  }

  /// Where a model came from.
  public enum Origin: Sendable, Equatable {
    case computed
    /// Computed at that moment, in seconds since 1970.
    case recalled(Int)
  }

  /// A fit as it was found or made.
  public struct Result: Sendable {
    public let model: any FittedModel
    public let origin: Origin
    /// What computing it took, in all sessions.
    public let seconds: Double
    /// Whether it is in the store.
    public let isKept: Bool
  }

  /// Fits, unless the fit is known; `isFresh` asks for a new one in any case. A state to go on from took `spent`
  /// seconds.
  public func fit(
    _ order: FitOrder, _ task: FactorTask, _ context: FitContext, isFresh: Bool = false,
    spent: Double = 0, note: @escaping @Sendable (String) -> Void
  ) throws -> Result {
    try order.check(task, threads: context.budget.threads)
    let key = try order.key(task, threads: context.budget.threads)
    if !isFresh, context.earlier == nil, let known = recall(key, note) { return known }
    let model = try order.card.model(order.settings)
    var (sample, context) = order.prepared(task, context)
    let found = isFresh ? [] : FitCheckpoints.found(in: files, key, note)
    // States of one fit lie on one way: from the furthest no bit is lost, and none is written over by a
    // lesser one.
    let explicit = context.earlier
    let reached = explicit.map(FitCheckpoints.trained(in:)) ?? -1
    for last in found where last.trained > reached {
      let checkpoints = checkpoints(key, after: last, spent, note)
      context.checkpoints = checkpoints
      context.earlier = last.container
      note(
        "continues at epoch \(last.epoch) of \(last.epochs), kept "
          + WallClock.text(last.written))
      do {
        let fitted = try model.fit(sample, context)
        return finished(fitted, task, key, checkpoints, isFresh: isFresh, note)
      } catch let error as ContainerError {
        note("the checkpoint is not used: it \(error.message)")
        context.earlier = explicit
      }
    }
    // What an explicit state goes on from was usually kept too: its time counts, and its slot is not reused.
    let last = context.earlier == nil ? nil : found.first
    let checkpoints = checkpoints(key, after: last, spent, note)
    context.checkpoints = checkpoints
    return finished(try model.fit(sample, context), task, key, checkpoints, isFresh: isFresh, note)
  }

  private func checkpoints(
    _ key: String, after last: FitCheckpoints.Last?, _ spent: Double,
    _ note: @escaping @Sendable (String) -> Void
  ) -> FitCheckpoints {
    FitCheckpoints(
      files, key, interval: .seconds(interval), after: last, spent: spent, complaints, note: note)
  }

  // MARK: Results

  private func recall(_ key: String, _ note: (String) -> Void) -> Result? {
    do {
      guard let container = try files.read(key, .result) else { return nil }
      let kept = StoredFacts(container.facts.first { $0.name == "kept" }?.value)
      guard try kept.text("key") == key else { throw kept.fault("key") }
      return Result(
        model: try ModelFile.model(in: container),
        origin: .recalled(try kept.integer("written")), seconds: try kept.number("seconds"),
        isKept: true)
    } catch {
      note("the kept fit is not used: " + words(for: error, key) + "; it is computed anew")
      return nil
    }
  }

  private func finished(
    _ model: any FittedModel, _ task: FactorTask, _ key: String, _ checkpoints: FitCheckpoints,
    isFresh: Bool, _ note: (String) -> Void
  ) -> Result {
    let seconds = checkpoints.seconds
    var isKept = false
    if model.pause == nil {
      // A fit that was asked for anew replaces the old one, however little it took.
      let isWorthIt = seconds >= threshold || isFresh
      if isWorthIt { isKept = keep(model, task, key, seconds, note) }
      // Where the result could not be kept, its last checkpoints are worth having.
      if isKept || !isWorthIt { for slot in [0, 1] { files.remove(key, .partial(slot)) } }
    }
    return Result(model: model, origin: .computed, seconds: seconds, isKept: isKept)
  }

  private func keep(
    _ model: any FittedModel, _ task: FactorTask, _ key: String, _ seconds: Double,
    _ note: (String) -> Void
  ) -> Bool {
    do {
      var container = try ModelFile.container(of: model)
      container.facts.append(
        .init(
          "kept",
          .fields(
            ("key", .text(key)), ("written", .number(Double(WallClock.seconds))),
            ("seconds", .number(seconds)), ("rows", .number(Double(task.returns.count))))))
      try files.write(container, key, .result)
      // The folder need not be readable for the result to be kept.
      if let limit = files.limit { _ = try? files.trim(to: limit) }
      return true
    } catch {
      if complaints.isFirst(.result) {
        note("the fit could not be kept: " + words(for: error, key))
      }
      return false
    }
  }

  private func words(for error: any Error, _ key: String) -> String {
    switch error {
    case let error as FileError: error.message
    case let error as ContainerError: "'\(files.file(key, .result))' \(error.message)"
    default: "\(error)"
    }
  }
}

extension FitOrder {
  /// Fits without keeping anything.
  public func fit(_ task: FactorTask, _ context: FitContext) throws -> any FittedModel {
    try check(task, threads: context.budget.threads)
    let (sample, context) = prepared(task, context)
    return try card.model(settings).fit(sample, context)
  }
}
