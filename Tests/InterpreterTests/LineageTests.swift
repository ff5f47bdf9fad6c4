// What was made from what: old values are said to be old, scripts are saved whole, jobs are adopted.

import FactorLang
import FactorRuntime
import Foundation
import TestSupport
import Testing

@testable import Interpreter

@Suite struct LineageTests {
  @Test func aValueIsOldOnceWhatItWasMadeFromChanged() {
    let run = REPLCapture.run("x = 1", "y = x + 1", "z = y * 2", "x = 5", "z", ".vars")
    #expect(run.output.contains("note: y, z were made from x#1; x is x#2 now  (.refresh y)"))
    // Said once when it happens; using it later does not repeat it.
    #expect(run.output.components(separatedBy: "made from x#1;").count == 2)
    #expect(run.output.contains("  y  old: made from x#1  "))
  }

  @Test func aNameMadeOfItselfIsNotOld() {
    let run = REPLCapture.run("x = 1", "x = x + 1", "x = x + 1", "x")
    #expect(!run.output.contains("note:"))
  }

  @Test func refreshingRunsWhatIsOldInOrder() {
    let run = REPLCapture.run("x = 1", "y = x + 1", "z = y * 2", "x = 5", ".refresh z", "z")
    #expect(run.output.contains("fq> y = x + 1\nfq> z = y * 2\n"))
    #expect(run.output.hasSuffix("12\n"))
    #expect(REPLCapture.run("x = 1", ".refresh x").output == "x is made of what there is now\n")
    #expect(REPLCapture.run("x = 1", ".refresh y").errors.contains("you have no name y"))
  }

  @Test func theOriginOfANameIsShown() {
    let run = REPLCapture.run("x = 1", "q = 7", "y = x + 1", "x = 2", ".why y")
    #expect(run.output.contains("     x = 1\n"))
    #expect(run.output.contains(" old y = x + 1\n"))
    #expect(!run.output.contains("q = 7"))
    #expect(run.output.contains("x#1 was used; x is x#2 now"))
  }

  @Test func aSavedScriptMakesTheSameNames() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/session.fq"
    let first = REPLCapture.run(
      "seed 7", "p = panel(firm: [\"A\", \"B\"], month: 2020-01, a: [1, 2])",
      "wrong = missing(3)",
      "p | describe", "k = 3", "k = k + 1", "fn twice(x) = x * k", "p", "| derive b = a * 2",
      "r = it",
      ".save \(path)")
    #expect(first.output.contains("wrote \(path): 8 statements"))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("fq 1\nseed 7\np = panel("))
    #expect(!text.contains("describe") && !text.contains("missing"))
    let second = REPLCapture.run(".load \(path)", "twice(2) + sum(r.b)")
    #expect(second.output.hasSuffix("14\n"), "\(second)")
  }

  @Test func aLongSessionForgetsWhatNothingNeeds() {
    var lineage = Lineage()
    for number in 0..<5000 {
      lineage.add("x = \(number)", names: ["x", "it"], reads: [:], seconds: 0)
    }
    #expect(lineage.steps.count <= 257)
    #expect(lineage.needed(for: ["x"]).map(\.text) == ["x = 4999"])
  }

  // MARK: Jobs

  @Test func aJobsValueIsBoundWhenItIsDone() {
    let run = REPLCapture.run("x = 2", "bg y = x + 1", ".jobs wait 1", "y", ".jobs")
    #expect(run.output.contains("[1] y started\n"))
    #expect(run.output.contains("[1] y done: 3, 0.0 s\n"))
    #expect(run.output.contains("\n3\n"))
    #expect(run.output.contains("  [1] y         done in "))
  }

  @Test func aJobSeesTheValuesOfItsBeginning() {
    let run = REPLCapture.run("x = 2", "bg y = x + 1", "x = 100", ".jobs wait 1", "y")
    #expect(run.output.contains("\n3\n"))
    #expect(run.output.contains("y was made from x#1; x is x#2 now"))
  }

  @Test func aNameBoundMeanwhileStays() {
    let run = REPLCapture.run("bg y = 1 + 1", "y = 50", ".jobs wait 1", "y", "y + 1")
    // Whichever came first, the job's value is not lost and the user's is not replaced.
    #expect(run.output.contains("51\n"))
  }

  @Test func aFailedJobSaysWhy() {
    let twice = "panel(firm: [\"A\", \"A\"], month: 2020-01, a: [1, 2])"
    let run = REPLCapture.run("bg y = \(twice)", ".jobs wait 1", ".jobs", "1 + 1")
    #expect(run.output.contains("[1] y failed after 0.0 s: "))
    #expect(run.output.contains("  [1] y         failed: "))
    #expect(run.output.hasSuffix("2\n"))
  }

  @Test func aJobIsStopped() {
    let run = REPLCapture.run(
      "w = synth world: r_dyn, firms: 30, months: 60, chars: 3",
      "t = w | setup target: ret, features: w.chars | split thirds",
      "bg m = t | fit ca2, k: 2, epochs: 5000, patience: 1000", ".jobs stop 1", ".jobs", "1 + 1"
    )
    #expect(run.output.contains("[1] m stopped after"))
    #expect(run.output.hasSuffix("2\n"))
  }

  @Test func whatIsStillBeingMadeIsNamed() {
    let run = REPLCapture.run(
      "w = synth world: r_dyn, firms: 30, months: 60, chars: 3",
      "t = w | setup target: ret, features: w.chars | split thirds",
      "bg m = t | fit ca2, k: 2, epochs: 5000, patience: 1000", "m.name", ".jobs stop 1")
    #expect(run.output.contains("`m` is being made by job 1;  .jobs wait 1"))
  }

  @Test func aScriptRunsItsJobsInPlace() {
    let session = Session()
    let status = Batch.run(
      Source(name: "t", text: "bg x = 1 + 1\nassert x == 2"), in: session, to: EventList())
    #expect(status == .done)
  }
}
