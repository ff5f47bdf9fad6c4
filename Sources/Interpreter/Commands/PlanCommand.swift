// `fq plan FILE`: what a script will take, as a table.

import FactorLang
import FactorRuntime

enum PlanCommand {
  static func run(_ source: Source, _ arguments: CommandArguments) -> Int32 {
    let sink = arguments.sink()
    let session = CommandLineTool.session(arguments)
    let checked = session.check(source)
    guard checked.isRunnable else {
      for diagnostic in checked.diagnostics { sink.send(.diagnostic(diagnostic)) }
      sink.finish(.refused)
      return ExitStatus.refused.rawValue
    }
    let planner = Planner(
      checked, folder: arguments.options.folder, catalog: .standard,
      threads: arguments.options.threads)
    let plan = table(planner.stages, source.name)
    if arguments.isJSON {
      sink.send(.value(.table(plan), name: nil))
    } else {
      var display = DisplayOptions()
      display.tableRows = .max
      _ = CommandLineTool.say(plan.display(display).joined(separator: "\n"))
    }
    sink.finish(.done)
    return ExitStatus.done.rawValue
  }

  private static func table(_ stages: [PlannedStage], _ name: String) -> Table {
    let total = stages.reduce(0) { $0 + $1.seconds }
    let most = stages.map(\.shape.bytes).max() ?? 0
    return Table(
      title: "plan of \(name)",
      columns: [
        ("line", Column(numbers: stages.map { Double($0.line) }, unit: .count)),
        ("stage", Column(text: stages.map(\.verb))),
        ("rows, at most", Column(text: stages.map { NumberFormat.count($0.shape.rows) })),
        ("columns", Column(numbers: stages.map { Double($0.shape.columns) }, unit: .count)),
        ("memory", Column(text: stages.map { memory($0.shape.bytes) })),
        ("time", Column(text: stages.map { time($0.seconds) })),
      ],
      notes: [
        "about \(time(total)) in all, largest panel \(memory(most)); fits are counted to their last epoch"
      ])
  }

  private static func memory(_ bytes: Int) -> String {
    let size = Double(bytes)
    if size < 1e5 { return "\(NumberFormat.fixed(size / 1e3, decimals: 0)) kB" }
    return size < 1e9
      ? "\(NumberFormat.fixed(size / 1e6, decimals: 1)) MB"
      : "\(NumberFormat.fixed(size / 1e9, decimals: 1)) GB"
  }

  private static func time(_ seconds: Double) -> String {
    if seconds < 1e-3 { return "<1 ms" }
    if seconds < 1 { return "\(NumberFormat.fixed(seconds * 1e3, decimals: 0)) ms" }
    if seconds < 120 { return "\(NumberFormat.fixed(seconds, decimals: 0)) s" }
    return "\(NumberFormat.fixed(seconds / 60, decimals: 0)) min"
  }
}
