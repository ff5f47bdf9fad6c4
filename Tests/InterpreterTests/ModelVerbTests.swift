// Fitting, scoring and trading through the language, on the toy panel and a small world.

import FactorLang
import FactorRuntime
import Testing

@testable import Interpreter

@Suite struct ModelVerbTests {
  static let task =
    "t = toy | rank_normalize size, mom | setup target: ret, features: [size, mom] | split thirds\n"

  @Test func fitEvaluatePredictAndTrade() throws {
    let result = run(
      Self.task + """
        m = t | fit cvra, k: 1, seeds: 2, epochs: 4
        e = m | evaluate t, on: test
        e
        e.r2_total < 1
        out = m | predict t
        b = m | predict on: test | deciles predicted | portfolio | costs 30bps
        b
        b.sharpe_net <= b.sharpe
        """)
    #expect(result.status == .done, "\(result.diagnostics.map(\.message))")
    let text = try #require(result.values.first).display(DisplayOptions()).joined(separator: "\n")
    for label in [
      "total R2", "predictive R2", "rank IC", "ICIR", "Sharpe long-short", "Sharpe long-only",
    ] {
      #expect(text.contains(label))
    }
    #expect(result.shown == "true")
    guard case .panel(let out)? = result.session.environment["out"] else {
      Issue.record("predict gives a panel")
      return
    }
    #expect(out.panel.assetKey == "firm" && out.panel.dateKey == "month")
    #expect(out.panel.names.prefix(2) == ["predicted", "realised"])
  }

  @Test func sameSeedSameBitsOtherSeedOther() {
    let text = Self.task + "(t | fit ca1, k: 1, seeds: 1, epochs: 3 | evaluate).r2_total"
    #expect(run("seed 5\n" + text).shown == run("seed 5\n" + text).shown)
    #expect(run("seed 5\n" + text).shown != run("seed 6\n" + text).shown)
  }

  @Test(arguments: [
    ("t | fit cvar, k: 1", "F0204"), ("t | fit ca2, kk: 1", "F0105"),
    ("t | fit ca2, k: 0", "F0203"),
    ("t | fit ca2, k: 3", "F0408"), ("t | fit ca2, k = 1", "F0110"), ("toy | fit ca2", "F0210"),
    ("t | fit cvra, k: 1, posterior: exakt", "F0204"), ("t | fit ca2, epochs: \"many\"", "F0201"),
    ("toy | setup target: ret, features: [size] | fit ca2, k: 1", "F0601"),
    (
      "toy | setup target: ret, features: [size] | split train: ..2000-06, valid: 2000-05..2000-08, test: 2000-09..",
      "F0302"
    ),
    (
      "toy | setup target: ret, features: [size] | split train: ..1999-06, valid: 2000-05..2000-08, test: 2000-09..",
      "F0405"
    ),
    ("toy | setup target: ret, features: [size] | split static12", "F0405"),
    (
      "toy | derive z = size * 0 | setup target: ret, features: [z] | split thirds | fit ca1, k: 1",
      "F0407"
    ),
  ]) func mistakeHasItsCode(text: String, code: String) {
    let result = run(Self.task + text)
    #expect(result.codes.first == code, "\(result.diagnostics.map(\.message))")
  }

  @Test func monthWithOneFirmIsNamed() {
    let text = """
      p = toy | where month != 2000-03 or id == "1"
      p | setup target: ret, features: [size] | split thirds | fit ca1, k: 1, epochs: 2
      """
    let result = run(text)
    #expect(result.codes.first == "F0406")
    #expect(result.diagnostics.first?.message.contains("2000-03") == true)
  }

  @Test func worldCarriesItsTruth() {
    let result = run(
      """
      w = synth world: r_dyn, firms: 20, months: 60, chars: 4, seed: 3
      count(w.chars)
      w.oracle.o_tot > w.oracle.p_filt
      """)
    #expect(result.values.map(ValueText.short) == ["4", "true"])
  }

  @Test func memoryCapRefusesBeforeAllocating() {
    var options = SessionOptions()
    options.memoryLimit = 1 << 20
    let result = run("synth world: r_dyn, firms: 5000, months: 400", in: Session(options))
    #expect(result.codes == ["F0902"])
  }
}
