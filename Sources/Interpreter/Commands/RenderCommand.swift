// `fq render`: a notebook as a page that can be published, HTML or Markdown with its pictures.
//
// The script is run, and what it shows must be what the file records: a page never shows other numbers than the
// notebook it is made of. Nothing is written unless everything could be made.

import FactorLang
import FactorRuntime

enum RenderCommand {
  /// The kinds of pages, by the ending of their files.
  enum Target: String, CaseIterable {
    case html, md
  }

  /// Runs a script and writes its page.
  static func run(_ source: Source, path: String, _ arguments: CommandArguments) -> Int32 {
    let plan: (target: Target, path: String)
    do { plan = try Self.plan(path, arguments) } catch {
      return CommandLineTool.complain(error.message)
    }
    let sink = arguments.sink()
    // What is published is computed today, as what is recorded is.
    var options = arguments.options
    options.shelf = nil
    let log: RunLog
    do { log = RunLog(lock: try LockFile.read(beside: path)) } catch {
      sink.send(.diagnostic(Fault(error).diagnostic(in: source)))
      sink.finish(.refused)
      return ExitStatus.refused.rawValue
    }
    options.log = log
    let session = Session(options)
    let notebook = Notebook(source)
    var result: NotebookResult?
    Interrupts.cancelling(session.budget) {
      result = Notebook.runForPage(source, in: session) { event, _ in
        if case .progress = event { sink.send(event) }
      }
    }
    guard let result else { return ExitStatus.failed.rawValue }
    let status = verdict(result, notebook, sink)
    guard status == .done else {
      sink.finish(status)
      return status.rawValue
    }
    let page = NotebookPage(
      notebook, name: path, outputs: result.outputs,
      facts: PageFacts.all(notebook, session, log, arguments.options.parameters.all))
    do {
      for file in try write(page, plan.target, to: plan.path) { sink.send(.artifact(path: file)) }
    } catch { return CommandLineTool.complain(error.message(writing: plan.path)) }
    sink.finish(.done)
    return ExitStatus.done.rawValue
  }

  // MARK: What may be published

  // Differences from the record come first: a script that fails as its file says is a page about that.
  private static func verdict(
    _ result: NotebookResult, _ notebook: Notebook, _ sink: any OutputSink
  ) -> ExitStatus {
    if [.interrupted, .timeout].contains(result.status) { return result.status }
    if notebook.hasRecords {
      for difference in result.differences { sink.send(.diagnostic(difference)) }
      return result.differences.isEmpty ? .done : .failed
    }
    guard ![.done, .cellsFailed].contains(result.status) else { return .done }
    for diagnostic in result.diagnostics { sink.send(.diagnostic(diagnostic)) }
    return result.status
  }

  // MARK: Where it goes

  /// What to write and where; the ending of the file or `--to` says the first, the script's name the rest.
  static func plan(
    _ path: String, _ arguments: CommandArguments
  ) throws(UsageError) -> (target: Target, path: String) {
    var target = Target.html
    if let word = arguments.target {
      guard let known = Target(rawValue: word == "markdown" ? "md" : word) else {
        throw UsageError(message: "--to takes html or md, not `\(word)`")
      }
      target = known
    }
    guard let out = arguments.output else {
      let stem = path.hasSuffix(".fq") ? String(path.dropLast(3)) : path
      return (target, "\(stem).\(target.rawValue)")
    }
    let name = out.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let ending = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]).lowercased() }
    let byEnding =
      ending == "htm" ? .html : ending == "markdown" ? .md : ending.flatMap(Target.init)
    guard let byEnding else {
      throw UsageError(message: "`\(out)` is no page: pages end in .html or .md")
    }
    if arguments.target != nil, byEnding != target {
      throw UsageError(message: "--to \(target.rawValue) and `\(out)` do not agree")
    }
    let folder = ScriptFolder.of(out)
    guard folder.isEmpty || FileSystem.isFolder(folder) else {
      throw UsageError(message: "there is no folder `\(folder)`")
    }
    guard !FileSystem.isFolder(out) else { throw UsageError(message: "`\(out)` is a folder") }
    return (byEnding, out)
  }

  // The page comes last: until it is there, the old one shows the old pictures or, at worst, new ones.
  private static func write(
    _ page: NotebookPage, _ target: Target, to path: String
  ) throws(FileError) -> [String] {
    guard target == .md else {
      try DurableWrite.replace(path, with: PageHTML(page: page).text)
      return [path]
    }
    let stem = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
    let folder = stem + "_files"
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    let text = PageMarkdown(page, folder: name)
    if !text.pictures.isEmpty, !FileSystem.isFolder(folder) { try FileSystem.makeFolder(folder) }
    for picture in text.pictures {
      try DurableWrite.replace("\(folder)/\(picture.name)", with: picture.text)
    }
    try DurableWrite.replace(path, with: text.text)
    return [path] + text.pictures.map { "\(folder)/\($0.name)" }
  }
}

/// Where the numbers of a page come from: nothing of the day, of the machine or of its folders.
enum PageFacts {
  static func all(
    _ notebook: Notebook, _ session: Session, _ log: RunLog,
    _ parameters: [(name: String, text: String)]
  ) -> [ReportDocument.Fact] {
    let code = notebook.code.joined(separator: "\n")
    var facts = [
      ReportDocument.Fact("program", SheetFacts.maker),
      .init("script", short(SHA256.digest(Array(code.utf8)))),
      .init("seed", "\(session.environment.seed)"),
    ]
    if !parameters.isEmpty {
      facts.append(
        .init("parameters", parameters.map { "\($0.name)=\($0.text)" }.joined(separator: ", ")))
    }
    for module in session.usedModules {
      let digest = (try? SHA256.digest(ofFile: module.path)).map(short) ?? "na"
      facts.append(.init("module \(ModuleName.file(module.path))", digest))
    }
    let data = log.all.data
    if data.isEmpty { facts.append(.init("data", "no file was read")) }
    return facts
      + data.map { item in
        .init(
          "data \(item.path.split(separator: "/").last.map(String.init) ?? item.path)",
          "\(short(item.digest)) · \(Counted.text(item.rows, "row")) · "
            + "\(Counted.text(item.firms, "firm")) · \(item.months)")
      }
  }

  private static func short(_ digest: String) -> String { String(digest.prefix(16)) }
}
