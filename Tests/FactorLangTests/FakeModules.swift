// Modules held in memory, checked when they are asked for.

@testable import FactorLang

struct FakeModules: Modules {
  static let texts = [
    "prep.fq": """
    firms = load "x.csv", keys: [permno, month], known: {ret: 0m, else: -1m}
    chars = ["size", "cusip"]
    param cut: ratio = 1%
    fn big(p, least: num = 0) = p | where size > $least
    fn half(x: num) -> num = x / 2
    """,
    "outer.fq": "use \"prep.fq\" as inner\nfn twice(x) = inner.half(x) * 4",
    "bad.fq": "x = nothing_here",
  ]

  func module(at path: String, from source: Source) -> ModuleResult {
    if path == "a.fq" { return .unknown }
    if path == "circle.fq" { return .cycle(["circle.fq", "t.fq", "circle.fq"]) }
    guard let text = Self.texts[path] else { return .missing }
    let program = Parser.parse(Source(name: path, text: text))
    let checked = Checker.check(
      program, catalog: FakeCatalog(), files: FakeFiles(), modules: self, asModule: true)
    if let first = checked.diagnostics.first(where: \.isError) { return .refused(first) }
    return .exports(checked.exports)
  }
}
