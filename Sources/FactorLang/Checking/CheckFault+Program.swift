// The wording of complaints about programs as a whole: modules, functions, ranges, lints.

extension CheckFault {
  var programWording: (message: String, label: String) {
    switch self {
    case .missingModule(let path): return ("there is no module `\(path)`", "not found")
    case .refusedModule(let path, let first):
      switch first.code {
      case .moduleCycle: return (first.message, "leads into the circle")
      case .unusableModule: return (first.message, "uses a module with an error")
      default: break
      }
      let file = path.split(separator: "/").last.map(String.init) ?? path
      return ("`\(file)` cannot be used: \(first.message)", "it has an error of its own")
    case .moduleCycle(let path, let paths):
      let way = paths.isEmpty ? "" : ": " + paths.joined(separator: " → ")
      return ("`\(path)` uses itself in a circle\(way)", "closes the circle")
    case .notExported(let name, let module, _):
      return ("`\(module)` does not define `\(name)`", "not defined there")
    case .effectInModule(let verb):
      return ("a module may not `\(verb)` by itself", "would act whenever the module is used")
    case .selfCall(let name): return ("`\(name)` calls itself", "the function being defined")
    case .wrongResult(let name, let wanted, let found):
      return ("`\(name)` gives \(found.phrase), not \(wanted.phrase)", "says \(wanted.phrase)")
    case .defaultOutside(let name, let shown, let allowed):
      return ("the default of `\(name)` must lie in \(allowed)", "\(shown) is outside")
    case .duplicate(let name, let kind):
      return ("the \(kind) `\(name)` is given twice", "given again")
    case .notWholeRange(let type, let isOpen):
      return isOpen
        ? ("an open range has no end to go to", "has no end")
        : ("\(type.phrase) cannot be gone through", "a list or a closed range is needed")
    case .notAContainer(let type):
      return ("`in` looks in a list or a range, not in \(type.phrase)", "this is \(type.phrase)")
    case .negated(let type): return ("\(type.phrase) has no negative", "this is \(type.phrase)")
    default: return dataWording
    }
  }

  private var dataWording: (message: String, label: String) {
    switch self {
    case .yearForMonth(let text, _):
      let isRange = text.contains("..")
      return (
        isRange
          ? "`\(text)` is a range of numbers, not of months" : "`\(text)` is a number, not a month",
        "months are written 2004-01"
      )
    case .notASliceKey(let name, let schema):
      let keys = schema.keys.map { "`\($0)`" }.joined(separator: " and ")
      return ("slices go by \(keys), not by `\(name)`", "not a key")
    case .outsideData(let text, let kind, let months):
      return (
        "\(text) lies outside the \(kind), which covers \(months.text)", "no month of the data"
      )
    case .neededColumn(let name, let verb, _, _):
      return ("`\(verb)` needs a column `\(name)`", "nothing here is named `\(name)`")
    case .missingDefault(let parameter, let column, let verb):
      return (
        "there is no column `\(column)`, which `\(verb)` takes for `\(parameter)`",
        "`\(parameter)` is not given"
      )
    case .definedKey(let name):
      return ("`\(name)` is a key of the panel and cannot be redefined", "a key")
    case .nameTaken(let name):
      return ("there is a column `\(name)` already", "the name is taken")
    case .outsidePanel(let name):
      return (
        "`\(name)` works on the columns of a panel, inside a verb such as derive", "no panel here"
      )
    case .missingGroup(let verb, let groups):
      return ("`\(verb)` needs \(Self.either(groups))", "neither is given")
    case .missingOption(let verb, let name):
      return ("`\(verb)` needs `\(name)`", "`\(name)` is missing")
    case .excludedOption(let verb, let groups):
      return ("`\(verb)` takes \(Self.either(groups)), not both", "already said")
    case .wrongColumn(let name, let type, let verb, let wanted):
      return (
        "`\(verb)` works on columns of \(Type.number.isAssignable(to: wanted) ? "number" : "\(wanted)")s; "
          + "`\(name)` is a column of \(type)s",
        "a column of \(type)s"
      )
    case .notPositive(let name): return ("`\(name)` takes a positive duration", "negative")
    case .emptyMonths(let text): return ("\(text) holds no month", "ends before it begins")
    case .overlappingBlocks(let first, let second):
      return ("the \(first) and \(second) blocks overlap", "begins before `\(first)` has ended")
    case .shadowedVerb(let name):
      return ("`\(name)` is a verb of fq; this name hides it", "hides the verb")
    case .shadowedColumn(let name):
      return ("`\(name)` is a column here; this parameter hides it", "hides the column")
    case .selectedOnTest(let verb):
      return ("`\(verb)` selects on the test period", "the test period should only report")
    case .singleSeed(let verb):
      return ("`\(verb)` judges a network by a single seed", "one seed")
    default: return ("", "")
    }
  }

  private static func either(_ groups: [[String]]) -> String {
    groups.map { group in
      let names = group.map { "`\($0)`" }
      guard names.count > 1, let last = names.last else { return names.joined() }
      return names.dropLast().joined(separator: ", ") + " and " + last
    }.joined(separator: ", or ")
  }

  /// One sentence of why.
  var reason: String? {
    switch self {
    case .selfCall: return "every script has a bounded plan, so functions do not recur"
    case .effectInModule:
      return "modules define; what shows or writes belongs to the script that uses them"
    case .selectedOnTest: return "what is chosen on a period looks better there than it is"
    case .singleSeed: return "networks differ by their starting weights as much as by their options"
    default: return nil
    }
  }

  func programHelps(_ span: Span, _ source: Source) -> [Help] {
    func write(_ why: String, _ text: String) -> [Help] {
      [Help("\(why)`\(text)`", replace: span, in: source, with: text)]
    }
    switch self {
    case .notExported(_, _, let nearest): return nearest.map { write("use ", $0) } ?? []
    case .yearForMonth(_, .some(let months)): return write("write ", months)
    case .selfCall: return [Help("go through a list instead:  for x in 1..10 { … }")]
    case .effectInModule(let verb):
      return [Help("move `\(verb)` into a function, or into the script")]
    case .selectedOnTest: return write("choose on ", "valid")
    case .singleSeed: return write("use several: ", "5")
    case .undefinedItems(let names):
      let quoted = "[" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
      let words = "names of columns that a list keeps stand in quotes:  \(quoted)"
      return [Help(words, replace: span, in: source, with: quoted)]
    case .shadowedColumn: return [Help("give the parameter another name")]
    case .neededColumn(_, let verb, .some(let maker), _):
      return [Help("make it first:  | \(maker) … | \(verb) …")]
    case .missingDefault(let parameter, _, _): return [Help("say which:  \(parameter): …")]
    case .nameTaken(let name): return [Help("drop it first:  select except: \(name)")]
    case .definedKey: return [Help("give the column another name")]
    case .duplicate, .refusedModule, .moduleCycle, .missingModule: return []
    case .notASliceKey: return [Help("for other columns use:  | where …")]
    default: return []
    }
  }
}
