// A fit that is stopped and resumed is the fit that was never stopped, bit by bit.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct InterruptedFitTests {
  /// Cancels the budget when a fit reports an epoch, once.
  private final class Interrupter: EventSink {
    private let budget: Budget
    private let epoch: Int
    private let isDone = Guarded(false)

    init(_ budget: Budget, at epoch: Int) { (self.budget, self.epoch) = (budget, epoch) }

    func send(_ event: Event) {
      guard case .progress(_, let state) = event, state.epoch == epoch else { return }
      if isDone.change({ done in
        defer { done = true }; return !done
      }) {
        budget.cancel()
      }
    }
  }

  private let setup =
    "task = toy | setup target: ret, features: [size, mom] | split thirds\n"

  private func predictions(_ session: Session, _ name: String) throws -> [UInt64] {
    guard case .model(let model)? = session.environment[name] else { return [] }
    let task = try model.requireTask(nil).task
    let found = try model.model.predict(task, budget: Budget())
    return (found.preferredForecast + (found.total ?? [])).map(\.bitPattern)
  }

  @Test(arguments: ["fit cvra, k: 2, seeds: 1, epochs: 12", "fit ca2, k: 1, seeds: 3, epochs: 12"])
  func resumedFitEqualsTheWholeOne(fit: String) throws {
    let whole = Session()
    #expect(
      whole.run(Source(name: "a", text: setup + "m = task | " + fit), to: EventList()) == .done)
    let session = Session()
    let sink = Interrupter(session.budget, at: 3)
    let status = session.run(Source(name: "a", text: setup), to: sink)
    #expect(status == .done)
    #expect(session.run(Source(name: "b", text: "m = task | " + fit), to: sink) == .interrupted)
    guard case .model(let partial)? = session.environment["m"] else {
      Issue.record("nothing was kept")
      return
    }
    #expect(partial.model.pause != nil)
    // Whoever sees it or its scores is told.
    let words = "partial: the fit stopped at epoch"
    #expect(partial.display().contains { $0.contains(words) })
    // Beside other models it is no fit like theirs.
    #expect(
      Comparison.remarks(on: [], of: [partial]).contains {
        $0.hasPrefix("\(partial.model.summary.model): \(words)")
      })
    // A script would fit it to the end, and says so.
    let folder = try TemporaryFolder()
    let script = folder.path + "/kept.fq"
    _ = REPLCapture.run([.text(".save \(script)")], session: session)
    let kept = String(decoding: try FileSystem.read(script), as: UTF8.self)
    #expect(kept.contains("# in the session stopped at epoch"), "\(kept)")
    _ = session.run(Source(name: "e", text: "e = m | evaluate on: test"), to: EventList())
    guard case .evaluation(let scores)? = session.environment["e"] else {
      Issue.record("no scores")
      return
    }
    #expect(scores.notes.contains { $0.contains(words) })
    #expect(try predictions(session, "m") != predictions(whole, "m"))
    #expect(session.run(Source(name: "c", text: "m = resume m"), to: sink) == .done)
    #expect(try predictions(session, "m") == predictions(whole, "m"))
  }

  @Test func whatNobodyNamedIsKeptAsTheLastResult() throws {
    let whole = Session()
    let fit = "fit cvra, k: 2, seeds: 1, epochs: 12"
    _ = whole.run(Source(name: "a", text: setup + "m = task | " + fit), to: EventList())
    let session = Session()
    let sink = Interrupter(session.budget, at: 3)
    _ = session.run(Source(name: "a", text: setup), to: sink)
    #expect(session.run(Source(name: "b", text: "task | " + fit), to: sink) == .interrupted)
    let list = EventList()
    #expect(session.run(Source(name: "c", text: "it.status"), to: list) == .done)
    #expect(list.all.contains { if case .value(.text("partial"), _) = $0 { true } else { false } })
    _ = session.run(
      Source(name: "d", text: "m = task | fit ca1, k: 1, seeds: 1, epochs: 2"), to: sink)
    let second = Interrupter(session.budget, at: 5)
    #expect(session.run(Source(name: "e", text: "task | " + fit), to: second) == .interrupted)
    #expect(session.run(Source(name: "f", text: "m = resume it"), to: EventList()) == .done)
    #expect(try predictions(session, "m") == predictions(whole, "m"))
  }

  @Test func theBestEpochCanBeTaken() throws {
    let session = Session()
    let sink = Interrupter(session.budget, at: 3)
    _ = session.run(Source(name: "a", text: setup), to: sink)
    _ = session.run(
      Source(name: "b", text: "m = task | fit cvra, k: 2, seeds: 1, epochs: 9"), to: sink)
    let list = EventList()
    #expect(
      session.run(Source(name: "c", text: "b = m.best\n[m.status, b.status]"), to: list) == .done)
    guard case .value(let value, _)? = list.all.last else { return }
    #expect(ValueText.short(value) == "[\"partial\", \"done\"]")
  }
}
