// The output gate: no control byte from data reaches the terminal; styles and progress do.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter
@testable import Models

@Suite struct REPLGateTests {
  private let colour = OutputGate.Stream(isTerminal: true, canRewrite: true, hasColour: true)

  @Test(arguments: [
    ("\u{1B}[31mred", "␛[31mred"), ("bell\u{7}", "bell␇"), ("back\u{8}", "back␈"),
    ("over\rwrite", "over␍write"), ("title\u{9B}2J", "title\u{FFFD}2J"), ("del\u{7F}", "del␡"),
    ("abc\u{202E}txt", "abc\u{FFFD}txt"), ("plain é 日本 ▕█", "plain é 日本 ▕█"),
  ])
  func controlsBecomePictures(_ text: String, _ shown: String) {
    for look in [colour, OutputGate.Stream()] {
      let capture = REPLCapture()
      capture.gate(output: look).print(text)
      #expect(capture.text(.output) == shown + "\n")
    }
    #expect(OutputGate.clean(text) == shown)
  }

  @Test func everyControlByteIsStopped() {
    let controls = (UInt32(0)..<0x20).filter { $0 != 0x0A && $0 != 0x09 } + Array(0x7F...0x9F)
    for value in controls {
      let text = UnicodeScalar(value).map { "a\(Character($0))b" } ?? ""
      #expect(!OutputGate.finish(text, colour).unicodeScalars.contains { $0.value == value })
    }
  }

  @Test func onlyStylesBecomeColours() {
    let line = Theme.style("fq", .heading) + " \u{1B}[0m"
    #expect(OutputGate.finish(line, colour) == "\u{1B}[1mfq\u{1B}[0m ␛[0m")
    #expect(OutputGate.finish(line, OutputGate.Stream()) == "fq ␛[0m")
  }

  @Test func everyStyleEnds() {
    for style in DiagnosticStyle.allCases {
      let (before, after) = Theme.decorator.around(style)
      #expect(OutputGate.finish(before + "x", colour).hasSuffix("\u{1B}[0m"))
      #expect(OutputGate.finish(before + "x" + after, colour).hasSuffix("x\u{1B}[0m"))
    }
  }

  @Test func aTerminalWithoutUnicodeGetsLetters() {
    let look = OutputGate.Stream(isTerminal: true, speaksUTF8: false)
    #expect(OutputGate.finish("│ 3 × 4 → é …", look) == "| 3 x 4 -> ? ...")
    // Coverage over time: eight heights, and a dot for none.
    #expect(OutputGate.finish("·▁▂▃▄▅▆▇█", look) == "-_.:=+*%#")
  }

  @Test func textReplacesTheProgressLine() {
    let capture = REPLCapture()
    let gate = capture.gate(output: colour, errors: colour)
    gate.show(status: "fit 1/2")
    gate.print("note")
    gate.show(status: nil)
    #expect(capture.text(.error) == "\rfit 1/2\u{1B}[K\r\u{1B}[K")
    #expect(capture.text(.output) == "note\n")
  }

  @Test func noProgressWhereALineCannotBeRewritten() {
    let capture = REPLCapture()
    capture.gate().show(status: "fit 1/2")
    #expect(capture.text(.error).isEmpty)
  }
}

@Suite struct REPLProgressTests {
  private let state = FitProgress(
    member: 1, members: 5, epoch: 37, epochs: 300, trainingLoss: 0.1, validationLoss: 0.1183,
    bestEpoch: 31, bestLoss: 0.118)

  @Test func theLineSaysWhereTheFitIs() {
    let line = Progress.text("fit cvra", state, .seconds(6))
    #expect(line == "fit cvra  seed 2/5  epoch 37/300  ~6 s  loss 0.1183  best 0.1180 @31")
  }

  // Rewriting in place works only for what is narrower than the screen.
  @Test func theLineIsNeverWiderThanTheScreen() {
    let line = Progress.text("fit cvra", state, .seconds(6))
    for room in 0...120 { #expect(TextWidth.of(Progress.fitted(line, to: room)) <= max(1, room)) }
    #expect(Progress.fitted(line, to: 99).hasSuffix("@31  Ctrl-C keeps the work"))
    #expect(Progress.fitted(line, to: 39) == "fit cvra  seed 2/5  epoch…  ^C keeps it")
  }

  @Test(arguments: [(0.2, "~1 s"), (6.4, "~6 s"), (125, "~2 min"), (7300, "~2 h")])
  func timeLeftIsRough(_ seconds: Double, _ text: String) {
    #expect(Progress.rough(.seconds(seconds)) == text)
  }

  @Test func quickWorkIsSilent() {
    let capture = REPLCapture()
    let look = OutputGate.Stream(isTerminal: true, canRewrite: true)
    let progress = Progress(capture.gate(errors: look), width: { 80 })
    progress.update("fit cvra", state)
    progress.finish()
    #expect(capture.text(.error).isEmpty)
  }
}
