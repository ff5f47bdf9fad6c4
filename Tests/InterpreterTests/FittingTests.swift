// The life of a fit as the language shows it: kept, recalled, interrupted, failed, too large.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite struct FittingTests {
  private static let task =
    "task = toy | setup target: ret, features: [size, mom] | split thirds\n"

  private func session(_ folder: TemporaryFolder, memory: Int? = nil) -> Session {
    var options = SessionOptions()
    options.shelf = FitShelf(folder.path + "/cache", interval: 0, threshold: 0)
    if let memory { options.memoryLimit = memory }
    return Session(options)
  }

  private func predictions(_ session: Session, _ name: String) throws -> [UInt64] {
    guard case .model(let model)? = session.environment[name],
      case .task(let task)? = session.environment["task"]
    else { return [] }
    let found = try model.model.predict(task.task, budget: Budget())
    return (found.preferredForecast + (found.total ?? [])).map(\.bitPattern)
  }

  private static let fit = task + "m = task | fit cvra, k: 2, seeds: 2, epochs: 9\n"

  @Test func theLedgerSaysWhetherAFitWasComputed() throws {
    let folder = try TemporaryFolder()
    let first = run(Self.fit, in: session(folder))
    #expect(first.ledger.last?.origin == "computed 1 s")
    // Another session, other layout, other names: the same fit.
    let text =
      "## words\n" + Self.fit.replacingOccurrences(of: "m =", with: "other  =") + "\nm = other"
    let second = run(text, in: session(folder))
    #expect(second.ledger.last?.origin.hasPrefix("recalled (computed 20") == true)
    #expect(try predictions(first.session, "m") == predictions(second.session, "m"))
    #expect(run(Self.fit).ledger.last?.origin == "")
    let third = run("m = recompute m", in: second.session)
    #expect(third.status == .done && third.ledger.last?.origin == "computed 1 s")
    #expect(try predictions(first.session, "m") == predictions(second.session, "m"))
    let lines = EventText().lines(.ledger(try #require(second.ledger.last))).joined(separator: " ")
    #expect(lines.contains("18 epochs") && lines.contains("recalled"))
  }

  @Test func anotherSeedOrOptionIsAnotherFit() throws {
    let folder = try TemporaryFolder()
    _ = run(Self.fit, in: session(folder))
    for text in ["seed 9\n" + Self.fit, Self.fit.replacingOccurrences(of: "9", with: "8")] {
      #expect(run(text, in: session(folder)).ledger.last?.origin == "computed 1 s")
    }
  }

  @Test func sweepsAndWindowsRecallWhatIsDone() throws {
    let folder = try TemporaryFolder()
    let sweep = Self.task + "g = task | sweep [ca0, ca1], k: 1..2, seeds: 1, epochs: 2"
    _ = run(sweep.replacingOccurrences(of: "1..2", with: "1..1"), in: session(folder))
    let second = run(sweep, in: session(folder))
    #expect(second.status == .done)
    #expect(second.ledger.last?.origin == "2 recalled, 2 computed")
    let windows = """
      w = toy | setup target: ret, features: [size, mom] | rolling train: 12m, valid: 6m, test: 3m
      o = w | each { x -> x.train | fit ca1, k: 1, seeds: 1, epochs: 3, valid: x.valid, start: x.previous }
      """
    let whole = run(windows, in: session(folder))
    let origins = whole.ledger.filter { $0.line.stage == "fit" }.map(\.origin)
    #expect(origins.count > 1 && origins.allSatisfy { $0 == "computed 1 s" })
    let again = run(windows, in: session(folder)).ledger.filter { $0.line.stage == "fit" }
    #expect(again.count == origins.count && again.allSatisfy { $0.origin.hasPrefix("recalled") })
  }

  @Test func aPartialModelFromAFileGoesOn() throws {
    let folder = try TemporaryFolder()
    let text = Self.task + "m = task | fit cvra, k: 2, seeds: 2, epochs: 12\n"
    let whole = run(text)
    let first = Session()
    let sink = EpochInterrupter(first.budget, at: 4)
    #expect(first.run(Source(name: "a", text: Self.task), to: sink) == .done)
    let fit = String(text.dropFirst(Self.task.count))
    #expect(first.run(Source(name: "b", text: fit), to: sink) == .interrupted)
    let path = folder.path + "/m.fqm"
    #expect(run("save m, \"\(path)\"", in: first).status == .done)
    let opened = run(Self.task + "o = open \"\(path)\"\n[o.status, o.best.status]")
    #expect(opened.shown == "[\"partial\", \"done\"]")
    let best = try predictions(opened.session, "o")
    #expect(try best == predictions(first, "m"))
    #expect(run("m = resume o", in: opened.session).codes == ["F0107"])
    #expect(run("m = resume o, task", in: opened.session).status == .done)
    #expect(try predictions(opened.session, "m") == predictions(whole.session, "m"))
    // Other data, other months: refused with the reason.
    let other =
      "other = toy | where size > 0.1 | setup target: ret, features: [size, mom] | split thirds\n"
    let changed = run(other + "m = resume o, other", in: opened.session)
    #expect(
      changed.diagnostics.first?.message.contains("the months of train") == true
        || changed.diagnostics.first?.message.contains("the data are not what it began") == true,
      "\(changed.diagnostics.map(\.message))")
    let months = run(
      "m = resume o, (task | split train: ..2000-09, valid: 2000-10..2001-03, test: 2001-04..)",
      in: opened.session)
    #expect(
      months.diagnostics.first?.message.contains("the months of train, valid and test") == true,
      "\(months.diagnostics.map(\.message))")
  }

  // Stopped in the first fit or in the second one, `resume` ends where the whole does.
  @Test(arguments: ["fit", "refit"]) func aRefitGoesOnWhereItStopped(stage: String) throws {
    let fit = "m = task | fit cvra, k: 2, seeds: 1, epochs: 9, refit_on_all: true\n"
    let text = Self.task + fit
    let whole = run(text)
    #expect(whole.ledger.map { $0.line.stage }.suffix(2) == ["fit", "refit"])
    let plain = run(text.replacingOccurrences(of: ", refit_on_all: true", with: ""))
    #expect(try predictions(whole.session, "m") != predictions(plain.session, "m"))
    let stopped = Session()
    #expect(run(Self.task, in: stopped).status == .done)
    let sink = StageInterrupter(stopped.budget, in: stage)
    #expect(stopped.run(Source(name: "a", text: fit), to: sink) == .interrupted)
    #expect(run("m = resume m", in: stopped).status == .done)
    #expect(try predictions(stopped, "m") == predictions(whole.session, "m"))
    // Computed anew, the second fit is the same again.
    #expect(run("m = recompute m", in: stopped).status == .done)
    #expect(try predictions(stopped, "m") == predictions(whole.session, "m"))
  }

  @Test func aLossThatFailsNamesEpochAndMonth() throws {
    let result = run(
      """
      wild = toy | derive ret = if month == 2000-10 then ret * 1e30 else ret
      t = wild | setup target: ret, features: [size, mom] | split thirds
      m = t | fit ca1, k: 1, seeds: 2, epochs: 3
      """)
    let message = result.diagnostics.last?.message ?? ""
    #expect(
      result.codes.last == "F0601" && message.contains("in epoch 1, in month 2000-10"),
      "\(result.codes) \(message)")
  }

  @Test func whatAFailedFitReachedIsKept() throws {
    let session = Session()
    let sink = EpochInterrupter(session.budget, at: 3)
    _ = session.run(Source(name: "a", text: Self.task), to: sink)
    let text = "m = task | fit ca1, k: 1, seeds: 2, epochs: 9"
    #expect(session.run(Source(name: "b", text: text), to: sink) == .interrupted)
    guard case .model(let model)? = session.environment["m"], var pause = model.model.pause else {
      Issue.record("nothing was kept")
      return
    }
    pause.cause = .notFinite(epoch: 4, month: Period(index: 24_003))
    let fault = Fault.stopped(model, pause)
    #expect(fault.message.contains("in epoch 4, in month 2000-04"))
    guard case .model? = fault.partial else {
      Issue.record("the partial model is lost")
      return
    }
  }

  // A month in which nothing varies is no obstacle: its managed portfolios rest on the ridge.
  @Test(arguments: ["ca1, k: 1", "cvra, k: 2, fac_in: managed", "cvra, k: 2"])
  func aSingularMonthIsFitted(model: String) throws {
    let result = run(
      """
      flat = toy | derive size = if month == 2000-03 then 0.5 else size, mom = if month == 2000-03 then 0.5 else mom
      t = flat | setup target: ret, features: [size, mom] | split thirds
      m = t | fit \(model), seeds: 2, epochs: 3
      (m | evaluate on: test).r2_total
      """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    guard case .model(let fitted)? = result.session.environment["m"] else { return }
    #expect(fitted.model.summary.members.allSatisfy { $0.bestLoss.isFinite && $0.epochs == 3 })
  }

  @Test func windowsWithValidMonthsOfTheirOwnGoOnBitByBit() throws {
    let windows =
      "w = toy | setup target: ret, features: [size, mom] | rolling train: 12m, valid: 6m, test: 3m\n"
    let fit = "m = w[1].train | fit ca2, k: 1, seeds: 2, epochs: 12, valid: 2000-11..2000-12"
    func bits(_ session: Session, _ name: String) throws -> [UInt64] {
      guard case .model(let model)? = session.environment[name], let task = model.task else {
        return []
      }
      return try model.model.predict(task.cut, budget: Budget()).preferredForecast.map(\.bitPattern)
    }
    let whole = run(windows + fit)
    #expect(whole.status == .done, "\(whole.diagnostics.map(\.message))")
    let session = Session()
    let sink = EpochInterrupter(session.budget, at: 5)
    _ = session.run(Source(name: "a", text: windows), to: sink)
    #expect(session.run(Source(name: "b", text: fit), to: sink) == .interrupted)
    #expect(run("m = resume m", in: session).status == .done)
    let (found, expected) = (try bits(session, "m"), try bits(whole.session, "m"))
    #expect(found == expected && !expected.isEmpty)
    #expect(run("m = recompute m", in: session).status == .done)
    #expect(try bits(session, "m") == expected)
  }

  // D6.
  @Test func aFitBeyondTheCapIsRefusedWithFigures() throws {
    let folder = try TemporaryFolder()
    let session = session(folder, memory: 300 << 10)
    #expect(run(Self.task, in: session).status == .done)
    let result = run("m = task | fit cvra, k: 2, seeds: 4, epochs: 3", in: session)
    #expect(result.codes == ["F0902"])
    let diagnostic = try #require(result.diagnostics.first)
    #expect(diagnostic.message.contains("`cvra` needs about 1 MB"), "\(diagnostic.message)")
    #expect(diagnostic.helps.first?.text.contains("--max-memory") == true)
    #expect(run("task.rows", in: session).status == .done)
    #expect(run("m = task | fit ca0, k: 1, seeds: 1, epochs: 2", in: session).status == .done)
    // What was reserved is given back.
    try session.budget.reserve(299 << 10, for: "all")
  }

  // I1.
  @Test func ctrlCReturnsAtOnce() throws {
    let text = "m = t | fit cvra, k: 3, seeds: 2, epochs: 3"
    let session = Session()
    _ = run(
      """
      t = synth world: r_dyn, firms: 100, months: 60, chars: 8
        | setup target: ret, features: [c1, c2, c3, c4, c5, c6, c7, c8] | split train: ..1983-04, valid: 1983-05..1983-12, test: 1984-01..
      """, in: session)
    let began = FullRun.clock
    #expect(run(text, in: session).status == .done)
    let length = FullRun.clock - began
    var stream = RandomStream(seed: 4, purpose: .example)
    var waits: [Double] = []
    while waits.count < (FullRun.isAsked ? 1000 : 50) {
      let asked = Guarded(0.0)
      let budget = session.budget
      let moment = stream.uniform() * length
      let watcher = Thread {
        FullRun.pause(moment)
        budget.cancel()
        asked.change { $0 = FullRun.clock }
      }
      watcher.start()
      let result = run(text, in: session)
      let ended = FullRun.clock
      let time = asked.read { $0 }
      // The fit may have been quicker.
      if result.status == .interrupted, time > 0 {
        waits.append(ended - time)
      } else {
        while asked.read({ $0 }) == 0 { FullRun.pause(0.001) }
        // As a prompt does: what came too late is not asked of the next statement.
        budget.rearm()
      }
      #expect(run("t.rows", in: session).status == .done)
    }
    waits.sort()
    let (median, worst) = (waits[waits.count / 2], waits[waits.count - 1])
    print("I1: \(waits.count) interruptions, median \(median) s, worst \(worst) s")
    #expect(median <= 0.05 && worst <= 0.5)
  }
}

/// Asks to stop after the first epoch of a stage.
private final class StageInterrupter: EventSink {
  private let budget: Budget
  private let stage: String

  init(_ budget: Budget, in stage: String) { (self.budget, self.stage) = (budget, stage) }

  func send(_ event: Event) {
    guard case .progress(let title, let progress) = event, title == stage + " cvra",
      progress.epoch == 1
    else { return }
    budget.cancel()
  }
}
