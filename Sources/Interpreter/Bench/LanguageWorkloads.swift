// The workloads of `fq bench language`: closures, comprehensions, texts, records, column expressions.

import FactorLang
import FactorRuntime

enum LanguageWorkloads {
  static let all: [Workload] = [
    scalar("closure_call", "a million calls of x -> x + 1", "f = x -> x + 1", "f(i)"),
    scalar("comprehension", "i * i + 1 over a million whole numbers", "", "i * i + 1"),
    scalar("string_building", "a million texts \"K = {i}\"", "", "\"K = {i}\""),
    scalar(
      "record_access", "a million times r.k + i", "r = {a: 1, b: 2, k: 5}", "r.k + i"),
    Workload(
      name: "parse", summary: "1 MB of source lexed and parsed", measure: { parse($0) }),
    Workload(
      name: "column_expression", summary: "(a * b + c) / d - 1 over 4,000,000 rows",
      measure: { try columns($0) }),
  ]

  private static let repeats = 1_000_000

  private static func scalar(
    _ name: String, _ summary: String, _ setup: String, _ body: String
  ) -> Workload {
    Workload(name: name, summary: summary) { settings in
      let session = Session()
      let sink = EventList()
      _ = session.run(Source(name: "setup", text: setup), to: sink)
      let loop = Source(name: name, text: "for i in 1..\(repeats) { \(body) };")
      let seconds = settings.time(7) { _ = session.run(loop, to: sink) }
      return Measurement(rows: repeats, seconds: seconds)
    }
  }

  private static func parse(_ settings: BenchSettings) -> Measurement {
    let bytes = Array(LanguageCorpus.megabyte().utf8)
    let seconds = settings.time(15, warmUps: 3) {
      _ = Parser.parse(Source(name: "corpus", bytes: bytes))
    }
    return Measurement(rows: bytes.count, seconds: seconds)
  }

  private static func columns(_ settings: BenchSettings) throws -> Measurement {
    let (months, firms) = (400, 10_000)
    let names = ["a", "b", "c", "d"]
    var stream = RandomStream(seed: 3, purpose: .example)
    var columns: [(name: String, column: Column)] = []
    for name in names {
      columns.append(
        (name, Column(numbers: (0..<(months * firms)).map { _ in 1 + stream.uniform() })))
    }
    let table = Table(columns: columns)
    let source = Source(name: "derive", text: "(a * b + c) / d - 1")
    let program = Parser.parse(source)
    guard case .pipeline(let pipeline)? = program.statements.first?.kind,
      let expression = pipeline.soleExpression
    else { return Measurement(rows: 0, seconds: []) }
    let catalog = StandardCatalog.standard
    let budget = Budget(threads: settings.threads)
    let evaluator = Evaluator(
      catalog: catalog, budget: budget, events: EventList(), folder: "",
      modules: ModuleLoader(budget: budget, log: nil))
    let compiler = Compiler(evaluator, Environment(), source)
    let made = compiler.columns(expression, FrameScope(inside: nil))
      .made(Machine(evaluator, seed: 1))
    let seconds = try settings.time(15) { _ = try made.evaluate(on: table) }
    return Measurement(rows: months * firms, seconds: seconds)
  }
}
