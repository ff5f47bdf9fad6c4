// `fq plan`: rows, memory and time of every stage, estimated before anything runs.
//
// Rows are an upper bound: a `where` or a slice may keep all of them. Times come from the costs the verbs declare
// and, for fits, from the operations of a network and all the epochs asked for; early stopping makes fits shorter.

import FactorLang
import FactorRuntime
import Models

/// One stage of a plan.
struct PlannedStage {
  let line: Int
  let verb: String
  let shape: PlannedShape
  let seconds: Double
}

/// Follows a checked program and estimates.
struct Planner {
  private(set) var stages: [PlannedStage] = []
  private var shapes: [String: PlannedShape] = [:]
  private var last = PlannedShape(rows: 0, columns: 0)
  private let source: Source
  private let folder: String
  private let catalog: StandardCatalog
  private let threads: Int

  /// Float operations a second that one core reaches in training.
  private static let rate = 1.2e11
  /// What a step takes besides its products.
  private static let stepSeconds = 2e-5

  init(_ program: CheckedProgram, folder: String, catalog: StandardCatalog, threads: Int) {
    (source, self.folder) = (program.program.source, folder)
    (self.catalog, self.threads) = (catalog, threads)
    for statement in program.program.statements { plan(statement) }
  }

  private mutating func plan(_ statement: Statement) {
    switch statement.kind {
    case .binding(let name, let pipeline):
      last = shape(of: pipeline)
      shapes[name.text] = last
    case .pipeline(let pipeline): last = shape(of: pipeline)
    default: break
    }
  }

  private mutating func shape(of pipeline: Pipeline) -> PlannedShape {
    var shape: PlannedShape
    switch pipeline.head {
    case .command(let stage): shape = plan(stage, PlannedShape(rows: 0, columns: 0))
    case .expression(let expression): shape = self.shape(of: expression)
    case .lastResult: shape = last
    }
    for stage in pipeline.stages { shape = plan(stage, shape) }
    return shape
  }

  private mutating func shape(of expression: Expression) -> PlannedShape {
    switch expression.kind {
    case .name(let name):
      if let known = shapes[name] { return known }
      return name == "toy" ? PlannedShape(rows: 713, columns: 3) : PlannedShape(rows: 0, columns: 0)
    case .group(let inner): return shape(of: inner)
    case .subscripted(let base, _), .member(let base, _): return shape(of: base)
    default: return PlannedShape(rows: 0, columns: 0)
    }
  }

  // MARK: Stages

  private mutating func plan(_ stage: Stage, _ inflow: PlannedShape) -> PlannedShape {
    guard let primitive = catalog.primitive(stage.verb) else { return inflow }
    let written = Written(stage, source)
    var shape = inflow
    var seconds = 0.0
    switch primitive.cost {
    case .perByte(let nanoseconds):
      let (loaded, bytes) = file(written)
      shape = loaded
      seconds = Double(bytes) * nanoseconds * 1e-9
    case .perRow(let nanoseconds):
      shape = grown(inflow, stage, written)
      seconds = Double(shape.rows) * nanoseconds * 1e-9
    case .perCell(let nanoseconds):
      shape = grown(inflow, stage, written)
      let columns = max(1, written.positional + written.definitions)
      seconds = Double(shape.rows * columns) * nanoseconds * 1e-9
    case .training: seconds = training(inflow, written)
    case .forecast:
      shape.columns = 2
      seconds = Double(inflow.rows * max(1, inflow.columns)) * 5e-9
    case .none: break
    }
    let line = source.lineColumn(at: stage.nameSpan.start).line
    stages.append(PlannedStage(line: line, verb: stage.verb, shape: shape, seconds: seconds))
    return shape
  }

  private func grown(
    _ inflow: PlannedShape, _ stage: Stage, _ written: Written
  ) -> PlannedShape {
    var shape = inflow
    shape.columns += written.definitions
    if stage.verb == "synth" {
      shape.rows = (written.integer("firms") ?? 200) * (written.integer("months") ?? 240)
      shape.columns = (written.integer("chars") ?? 20) + 1
    }
    return shape
  }

  // Lines of a file are counted, not read.
  private func file(_ written: Written) -> (PlannedShape, bytes: Int) {
    guard let path = written.firstText else { return (PlannedShape(rows: 0, columns: 0), 0) }
    let found = ScriptFolder.find(path, beside: folder)
    guard let file = try? MappedFile(found), PanelReader.isPlainText(file.bytes),
      let header = try? PanelReader.header(of: found)
    else { return (PlannedShape(rows: 0, columns: 0), 0) }
    let lines = file.bytes.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    let shape = PlannedShape(rows: max(0, lines - 1), columns: header.columns.count)
    return (shape, file.bytes.count)
  }

  private func training(_ inflow: PlannedShape, _ written: Written) -> Double {
    let cards = written.words.compactMap { Registry.card($0) }
    return cards.reduce(0) { total, card in
      var settings: [String: HyperparameterValue] = [:]
      for name in ["k", "seeds", "epochs"] {
        let fallback = card.settings.first { $0.name == name }.flatMap { Int($0.defaultText) }
        if let count = written.largest(name) ?? fallback { settings[name] = .integer(count) }
      }
      func count(_ name: String) -> Int {
        if case .integer(let count)? = settings[name] { return count }
        return 1
      }
      let operations = card.operations?(max(1, inflow.columns), settings) ?? 1e4
      let pass = Double(inflow.rows) * operations / Self.rate + 200 * Self.stepSeconds
      let sideBySide = min(threads, count("seeds"))
      let rounds = Double((count("seeds") + sideBySide - 1) / max(1, sideBySide))
      return total + pass * Double(count("epochs")) * rounds * Double(written.cells(of: "k"))
    }
  }
}

/// What the text of a stage says.
private struct Written {
  let positional: Int
  let definitions: Int
  let words: [String]
  let firstText: String?
  private let options: [String: Expression]

  init(_ stage: Stage, _ source: Source) {
    let plain = stage.arguments.filter { $0.label == nil }
    positional = plain.count
    definitions = stage.arguments.count(where: \.isDefinition)
    words = plain.flatMap(\.value.words)
    firstText = plain.first?.value.plainText
    var options: [String: Expression] = [:]
    for argument in stage.arguments {
      if case .option(let name) = argument.kind { options[name.text] = argument.value }
    }
    self.options = options
  }

  func integer(_ name: String) -> Int? {
    if case .literal(.integer(let number))? = options[name]?.kind { return number }
    return nil
  }

  /// The number of an option, or the largest of a range.
  func largest(_ name: String) -> Int? {
    if case .range(let range)? = options[name]?.kind,
      case .literal(.integer(let number))? = range.upper?.kind
    {
      return number
    }
    return integer(name)
  }

  /// How many values a swept option takes.
  func cells(of name: String) -> Int {
    guard case .range(let range)? = options[name]?.kind,
      case .literal(.integer(let low))? = range.lower?.kind,
      case .literal(.integer(let high))? = range.upper?.kind
    else { return 1 }
    return max(1, high - low + 1)
  }
}
