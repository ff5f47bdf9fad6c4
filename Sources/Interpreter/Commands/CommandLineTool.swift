// The command line: which verb, which flags, which exit status.

import FactorLang
import FactorRuntime

/// What the words after `fq` ask for.
public enum CommandLineTool {
  static let version = "0.1"

  static let usage = """
    fq \(version): a shell for building and judging factor models

      fq                       start the prompt
      fq FILE.fq [name=value]  run a script; with --help, list its parameters
      fq -c "statements"       run what is in quotes
      fq -                     run a script from standard input
      fq tour                  five minutes for those who are new here
      fq teach [NAME|FILE.fq]  list the lessons, or play one at the prompt
      fq demo FILE.fq          type a script before an audience; --pace fast or 2.5
      fq check FILE.fq         check without running; --fix applies certain fixes
      fq plan FILE.fq          rows, memory and time of each stage, before running
      fq fmt FILE.fq …         lay out scripts; --check only tells
      fq run --check FILE.fq   compare outputs with those recorded; --update records
      fq run --lock FILE.fq    write FILE.fq.lock: the data to be relied on
      fq render FILE.fq        the notebook as a page; --to html or md, -o FILE
      fq verify RUN.json       repeat a run kept by --manifest, compare the bits
      fq explain CODE          what an error code means, with an example
      fq help NAME             the page of a verb, function or model
      fq cache [clear]         list the fits that are kept, or remove them
      fq bench [NAME]          measure the core; --json for one object a line
      fq docs [--check]        write the reference, models and errors of docs/

    flags: --threads N  --max-memory SIZE  --timeout TIME  --manifest FILE  --json
           --quiet  --width N  --diagnostics short  --no-cache  --checkpoint TIME
           --portable
    exit:  0 done, 1 failed, 2 does not check, 3 assertion, 4 other data,
           5 sweep cells failed, 70 a fault of fq itself, 124 time limit,
           130 interrupted
    """

  /// Runs the command line and ends the process.
  public static func main() -> Never {
    if CommandLine.arguments.contains(PortableRun.flag), let fault = PortableRun.begin() {
      Terminal.end(with: complain(fault))
    }
    AllocationCounter.keepFreedMemory()
    SuddenEnd.prepare()
    Terminal.end(with: run(Array(CommandLine.arguments.dropFirst())))
  }

  static func run(_ words: [String]) -> Int32 {
    var arguments: CommandArguments
    do { arguments = try CommandArguments(words) } catch {
      return complain("\(error.message)\n\nfq --help lists what there is")
    }
    if [nil, "-c", "-"].contains(arguments.verb), arguments.isRecorded {
      return complain("only the run of a file is recorded:  fq run FILE.fq --manifest run.json")
    }
    switch arguments.verb {
    case "--help", "-h": return say(usage)
    case "--version", "version": return say("fq \(version)")
    case nil: return startPrompt(arguments)
    case "-c":
      guard let text = arguments.words.first else { return complain("-c needs a statement") }
      return runProgram(Source(name: "-c", text: text), arguments)
    case "-":
      return runProgram(Source(name: "stdin", bytes: Terminal.readStandardInput()), arguments)
    case "run", "check", "plan", "render": return withFile(arguments)
    case "fmt": return FormatCommand.run(arguments)
    case "verify": return RecordedRun.verify(arguments)
    case "explain": return explain(arguments.words)
    case "help": return help(arguments.words)
    case "docs": return DocumentationCommand.run(arguments)
    case "cache": return CacheCommand.run(arguments)
    case "bench": return BenchCommand.run(arguments)
    case "teach": return TeachCommand.run(arguments)
    case "tour": return TeachCommand.tour(arguments)
    case "demo": return TeachCommand.demonstrate(arguments)
    case let verb?:
      if FileSystem.exists(verb) || verb.hasSuffix(".fq") {
        arguments.words.insert(verb, at: 0)
        arguments.verb = "run"
        return withFile(arguments)
      }
      let known = [
        "run", "check", "plan", "fmt", "render", "verify", "explain", "cache", "bench", "docs",
        "help", "version", "teach", "tour", "demo",
      ]
      let near = Suggestion.nearest(to: verb, among: known).map { "; use `fq \($0)`" } ?? ""
      return complain("there is no command `\(verb)`, and no such file\(near)")
    }
  }

  private static func withFile(_ arguments: CommandArguments) -> Int32 {
    guard let path = arguments.words.first else {
      return complain("name a file: fq \(arguments.verb ?? "run") FILE.fq")
    }
    let bytes: [UInt8]
    do { bytes = try FileSystem.read(path) } catch { return complain(error.message) }
    let source = Source(name: path, bytes: bytes)
    var arguments = arguments
    arguments.options.folder = ScriptFolder.of(path)
    if arguments.verb == "plan" { return PlanCommand.run(source, arguments) }
    if arguments.verb == "render" {
      do { try arguments.takeParameters() } catch { return complain(error.message) }
      return RenderCommand.run(source, path: path, arguments)
    }
    guard arguments.verb == "run" else { return CheckCommand.run(source, path, arguments) }
    if arguments.wantsHelp { return say(ScriptHelp.lines(source).joined(separator: "\n")) }
    do { try arguments.takeParameters() } catch { return complain(error.message) }
    if !arguments.switches.isDisjoint(with: ["--check", "--update"]) {
      return NotebookCommand.run(source, path: path, arguments)
    }
    return RecordedRun.run(source, path, arguments)
  }

  static func session(_ arguments: CommandArguments) -> Session {
    Session(arguments.options)
  }

  private static func runProgram(_ source: Source, _ arguments: CommandArguments) -> Int32 {
    let session = session(arguments)
    let sink = arguments.sink()
    var status = ExitStatus.done
    LastWords.prepare(statement: source.text(Span(0, source.bytes.count)), entry: nil)
    Interrupts.cancelling(session.budget) {
      status = Batch.run(source, in: session, to: sink) { sink.speak($0) }
    }
    if status == .internalFault { LastWords.report() }
    sink.finish(status)
    return status.rawValue
  }

  private static func startPrompt(_ arguments: CommandArguments) -> Int32 {
    REPL.run(session: session(arguments), arguments: arguments)
  }

  private static func help(_ words: [String]) -> Int32 {
    guard let name = words.first else { return say(usage) }
    if let page = HelpPage.page(for: name, catalog: .standard) {
      return say(page.joined(separator: "\n"))
    }
    let found = PageSearch.lines(name, catalog: .standard)
    return found.isEmpty
      ? complain("nothing is called `\(name)`") : say(found.joined(separator: "\n"))
  }

  private static func explain(_ words: [String]) -> Int32 {
    guard let code = words.first else { return complain("name a code: fq explain F0101") }
    if let page = ErrorPage.page(for: code) {
      return say(page.lines.joined(separator: "\n"))
    }
    let near = Suggestion.nearest(to: code.uppercased(), among: Code.allCases.map(\.rawValue))
    return complain("there is no code `\(code)`" + (near.map { "; use \($0)" } ?? ""))
  }

  static func say(_ text: String) -> Int32 {
    Terminal.write(text + "\n", to: .output)
    return ExitStatus.done.rawValue
  }

  static func complain(_ text: String) -> Int32 {
    Terminal.write("fq: \(text)\n", to: .error)
    return ExitStatus.refused.rawValue
  }
}
