// A situation met while running: facts and words from below, the place added at the boundary.

import FactorLang
import FactorRuntime
import Models

/// Advice met while running: which option to set, and to what.
struct Remedy: Sendable {
  let text: String
  let option: String
  let word: String
  /// Where the option's value is written, once the call is known.
  var span: Span?

  func help(in source: Source) -> Help {
    guard let span else { return Help(text) }
    return Help(text, fix: Fix("\(option): \(word)", [Edit(source, span, word)]))
  }
}

/// What stopped a statement.
public struct Fault: Error, Sendable {
  public var code: Code
  public var message: String
  /// The bytes to underline; nil until the boundary knows them.
  public var span: Span?
  /// The text that the bytes belong to.
  public var source: Source?
  /// Words beside the mark.
  public var label = ""
  public var reason: String?
  /// Lines of data that show the trouble.
  public var data: [String] = []
  public var helps: [String] = []
  /// What to look at first.
  public var looks: [String] = []
  /// Advice that changes one option of the call.
  var remedies: [Remedy] = []
  public var notes: [String] = []
  /// The open calls that the fault passed through, innermost first.
  public var frames: [String] = []
  /// What is left of interrupted work, for the binding that asked for it.
  var partial: Value?
  /// The parameter whose argument is to blame, if one is.
  public var parameter: String?

  /// Creates a fault without a place.
  public init(_ code: Code, _ message: String, helps: [String] = [], parameter: String? = nil) {
    (self.code, self.message, self.helps, self.parameter) = (code, message, helps, parameter)
  }

  /// A model that was fitted without factors; forecasters can be given some.
  static func withoutFactors(_ model: String, parameter: String? = nil) -> Fault {
    // A model that could have had factors has their number among its settings.
    let canHave = Registry.card(model)?.settings.contains { $0.name == "k" } ?? false
    return Fault(
      .wrongType, "`\(model)` has no factors",
      helps: canHave ? ["fit it with a number of factors: fit \(model), k: 3"] : [],
      parameter: parameter)
  }

  /// A message of the checker as a fault, its place included.
  init(_ diagnostic: Diagnostic) {
    self.init(diagnostic.code, diagnostic.message, helps: diagnostic.helps.map(\.text))
    (span, source) = (diagnostic.span, diagnostic.primary.location.source)
    (label, reason, data) = (diagnostic.primary.text, diagnostic.reason, diagnostic.data)
    notes = diagnostic.notes
  }

  /// Gives the fault with a place, unless it has one.
  func at(_ span: Span, in source: Source) -> Fault {
    guard self.span == nil else { return self }
    var copy = self
    (copy.span, copy.source) = (span, source)
    return copy
  }

  /// The fault as the one kind of message that is rendered.
  func diagnostic(in fallback: Source) -> Diagnostic {
    let place = source ?? fallback
    return Diagnostic(
      code, message, at: Label(place, span ?? Span(at: 0), label), reason: reason, data: data,
      helps: looks.map { Help($0, heading: "look") } + remedies.map { $0.help(in: place) }
        + helps.map { Help($0) }, notes: notes + frameNotes)
  }

  // The first and last five calls tell what happened; the thousand between do not.
  private var frameNotes: [String] {
    guard frames.count > 10 else { return frames.map { "in \($0)" } }
    return frames.prefix(5).map { "in \($0)" } + ["… \(frames.count - 10) more calls"]
      + frames.suffix(5).map { "in \($0)" }
  }
}

extension Fault {
  /// Translates the facts that libraries throw; anything unknown is a fault of fq itself.
  init(_ error: any Error) {
    switch error {
    case let fault as Fault: self = fault
    case let error as PanelError: self = Fault.panel(error)
    case let error as CSVError: self = Fault.csv(error)
    case let error as FileError: self = Fault.file(error)
    case let error as ContainerError:
      self = Fault(.foreignModel, "the file \(error.message)")
    case let error as ModelError: self = Fault.model(error)
    case let error as Split.Fault: self = Fault.split(error)
    case let error as LinearAlgebraError: self = Fault(.fitFailed, "\(error)")
    case let error as BudgetError: self = Fault.budget(error)
    case let error as CandlePage.Fault: self = Fault(error)
    case let error as CandlePanel.Fault: self = Fault(error)
    default: self = Fault(.internalFault, "unexpected: \(error)")
    }
  }

  private static func panel(_ error: PanelError) -> Fault {
    switch error {
    case .noSuchColumn(let name, let available):
      let near = Suggestion.nearest(to: name, among: available)
      return Fault(
        .unknownColumn, "this panel has no column `\(name)`",
        helps: near.map { ["use `\($0)`"] } ?? [])
    case .noSuchAsset(let name, let assets):
      return Fault(
        .outsideData, "the panel has no firm `\(name)`; it has \(Counted.text(assets, "firm"))")
    case .duplicateKeys(let asset, let month, _, let count):
      return Fault(
        .duplicateKey, "firm `\(asset)` has several rows in \(month)", repeated: count, "row")
    case .outsideMonths: return Fault(.outsideData, error.message)
    case .tooFewAssets: return Fault(.tooFewFirms, error.message)
    case .wrongKind: return Fault(.wrongType, error.message)
    default: return Fault(.badValue, quoted(error.message))
    }
  }

  // Below, names are in single quotes; in messages they are in backquotes.
  static func quoted(_ text: String) -> String {
    String(text.map { $0 == "'" ? "`" : $0 })
  }

  private init(
    _ code: Code, _ message: String, helps: [String] = [], repeated count: Int, _ noun: String
  ) {
    self.init(code, message, helps: helps)
    if count > 1 { notes = ["\(Counted.text(count, noun)) in all repeat a firm and month"] }
  }

  private init(_ code: Code, _ message: String, helps: [String], columns: [String]) {
    self.init(code, message, helps: helps)
    let more = columns.count > 8 ? " … and \(columns.count - 8) more" : ""
    notes = ["its columns: \(columns.prefix(8).joined(separator: " "))\(more)"]
  }

  private static func csv(_ error: CSVError) -> Fault {
    switch error {
    case .emptyFile, .headerOnly, .unclosedQuote: Fault(.emptyFile, quoted(error.message))
    case .raggedRow: Fault(.raggedRow, quoted(error.message))
    case .duplicateKeys(let asset, let month, let lines, let count):
      Fault(
        .duplicateKey,
        "firm `\(asset)` has several rows in \(month): lines "
          + lines.prefix(5).map(String.init).joined(separator: ", ")
          + (lines.count > 5 ? ", …" : ""),
        helps: ["keep one of them, and count the others:  duplicates: first"], repeated: count,
        "line")
    case .duplicateColumn: Fault(.duplicateKey, quoted(error.message))
    case .noSuchColumn(let name, let available):
      Fault(
        .unknownColumn, "the file has no column `\(name)`",
        helps: Suggestion.nearest(to: name, among: available).map { ["use `\($0)`"] } ?? [],
        columns: available)
    case .noKey(let key, _, let available):
      Fault(
        .unknownColumn,
        "no column of the file is called as \(key == "date" ? "months" : "firms") usually are",
        helps: ["name the two keys:  keys: [firm, month]"]
          + (key == "asset" ? ["a file of one series without firms:  series \"…\""] : []),
        columns: available)
    case .missingKey(let line, _, let field, let count):
      Fault(
        .badValue,
        "line \(line) has no `\(field)`, which is a key"
          + (count > 1 ? "; \(NumberFormat.count(count)) lines lack it" : ""))
    default: ofValues(error)
    }
  }

  private static func model(_ error: ModelError) -> Fault {
    let helps = error.help.map { [$0] } ?? []
    switch error {
    case .settingType(let name, _): return Fault(.wrongType, error.message, parameter: name)
    case .settingRange(let name, _, _): return Fault(.outOfRange, error.message, parameter: name)
    case .tooManyFactors:
      return Fault(.tooManyFactors, error.message, helps: helps, parameter: "k")
    case .missingCharacteristic(_, _, let option, _):
      return Fault(.unknownColumn, error.message, helps: helps, parameter: option)
    case .thinMonth: return Fault(.tooFewFirms, error.message, helps: helps)
    case .tooFewMonths: return Fault(.fitFailed, error.message, helps: helps, parameter: "k")
    case .shortHistories(_, _, let option, _):
      return Fault(.fitFailed, error.message, helps: helps, parameter: option)
    case .idleFactor, .factorsBeyond:
      return Fault(.fitFailed, error.message, helps: helps, parameter: "factors")
    case .incompatible(let first, _, _):
      // `init: 3` is the option `init`.
      let option = first.split(separator: ":")
      return Fault(
        .fitFailed, error.message, helps: helps,
        parameter: option.count > 1 ? String(option[0]) : nil)
    case .forPicturesOnly: return Fault(.lookAhead, error.message, helps: helps)
    case .tooLarge: return Fault(.memoryCap, error.message, helps: helps)
    case .noCharacteristicVaries: return Fault(.allMissing, error.message, helps: helps)
    default: return Fault(.fitFailed, error.message, helps: helps)
    }
  }

  private static func split(_ fault: Split.Fault) -> Fault {
    switch fault {
    case .overlap(_, let second), .outOfOrder(_, let second):
      return Fault(.overlappingSplit, fault.message, parameter: second)
    case .empty(let block): return Fault(.outsideData, fault.message, parameter: block)
    case .tooShort: return Fault(.outsideData, fault.message)
    }
  }

  private static func budget(_ error: BudgetError) -> Fault {
    switch error {
    case .cancelled: return Fault(.interrupted, "bindings are as they were")
    case .timeout: return Fault(.timeout, "the time limit is reached; bindings are as they were")
    case .memory(let purpose, let needed, let available):
      return Fault(
        .memoryCap,
        "\(purpose) needs \(needed >> 20) MB, and \(available >> 20) MB of the cap are left")
    }
  }
}
