// `fq run --check` and `fq run --update`: a notebook against its record.

import FactorLang
import FactorRuntime

enum NotebookCommand {
  /// Compares the outputs with the recorded ones, or records today's.
  static func run(_ source: Source, path: String, _ arguments: CommandArguments) -> Int32 {
    // What is recorded or compared is computed, and says the same on any day.
    var options = arguments.options
    options.shelf = nil
    let result = Notebook.run(source) { [options] in Session(options) }
    if result.status == .interrupted || result.status == .timeout { return result.status.rawValue }
    guard arguments.switches.contains("--update") else {
      let sink = arguments.sink()
      for difference in result.differences { sink.send(.diagnostic(difference)) }
      let status: ExitStatus = result.differences.isEmpty ? .done : .failed
      sink.finish(status)
      return status.rawValue
    }
    guard result.text != source.text(Span(0, source.bytes.count)) else { return 0 }
    do { try DurableWrite.replace(path, with: result.text) } catch {
      return CommandLineTool.complain(error.message(writing: path))
    }
    return ExitStatus.done.rawValue
  }
}
