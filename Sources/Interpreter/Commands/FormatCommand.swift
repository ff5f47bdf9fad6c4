// `fq fmt`: one layout for all scripts; what they do and what they say stays.

import FactorLang
import FactorRuntime

enum FormatCommand {
  /// Formats files in place; `-` reads standard input, `--check` only tells what would change.
  static func run(_ arguments: CommandArguments) -> Int32 {
    guard !arguments.words.isEmpty else {
      return CommandLineTool.complain("name a file: fq fmt FILE.fq, or - for standard input")
    }
    var status = ExitStatus.done
    for path in arguments.words {
      let outcome = path == "-" ? standardInput(arguments) : file(path, arguments)
      if outcome != .done { status = outcome }
    }
    return status.rawValue
  }

  private static func standardInput(_ arguments: CommandArguments) -> ExitStatus {
    let source = Source(name: "stdin", bytes: Terminal.readStandardInput())
    guard let text = formatted(source, arguments) else { return .refused }
    Terminal.write(text, to: .output)
    return .done
  }

  private static func file(_ path: String, _ arguments: CommandArguments) -> ExitStatus {
    let bytes: [UInt8]
    do { bytes = try FileSystem.read(path) } catch {
      _ = CommandLineTool.complain(error.message)
      return .refused
    }
    guard let text = formatted(Source(name: path, bytes: bytes), arguments) else {
      return .refused
    }
    guard Array(text.utf8) != bytes else { return .done }
    if arguments.switches.contains("--check") {
      _ = CommandLineTool.say("\(path) is not formatted")
      return .failed
    }
    do { try DurableWrite.replace(path, with: text) } catch {
      _ = CommandLineTool.complain(error.message(writing: path))
      return .failed
    }
    return .done
  }

  // A program that does not parse is left alone, and what is wrong is said.
  private static func formatted(_ source: Source, _ arguments: CommandArguments) -> String? {
    let program = Parser.parse(source)
    if let text = Formatter.formatted(program, aliases: StandardCatalog.aliases) { return text }
    let sink = arguments.sink()
    for diagnostic in program.diagnostics { sink.send(.diagnostic(diagnostic)) }
    return nil
  }
}
