// What is wrong with a file, and what to type about it.

import FactorLang
import FactorRuntime

extension Fault {
  /// A file that cannot be opened or unpacked.
  static func file(_ error: FileError) -> Fault {
    var fault = Fault(.cannotRead, quoted(error.message))
    if case .refusedQuery = error { fault.parameter = "query" }
    return switch error {
    case .severalMembers(let names):
      fault.helped(names.prefix(3).map { "read one:  member: \"\($0)\"" })
    case .noSuchMember(let name, let members):
      fault.helped(
        (Suggestion.nearest(to: name, among: members) ?? members.first).map {
          ["read another:  member: \"\($0)\""]
        } ?? [])
    case .nested: fault.helped(["unpack the outer one first"])
    case .tooLarge: fault.helped(["if it is what you expect, unpack it first and load the result"])
    case .foreign(_, let advice): fault.helped([advice])
    case .missingEngine(_, let command): fault.helped(["get it, then run this again:  \(command)"])
    case .severalTables(let names):
      fault.helped(names.prefix(1).map { "ask one:  query: \"select * from \($0)\"" })
    default: fault
    }
  }

  private func helped(_ helps: [String]) -> Fault {
    var fault = self
    fault.helps = helps
    return fault
  }

  /// A value or text that is not what it should be.
  static func ofValues(_ error: CSVError) -> Fault {
    let fault = Fault(.badValue, quoted(error.message))
    return switch error {
    case .strayCode(_, _, let code, _):
      fault.helped([
        "if it stands for a missing value:  missing: \(code)",
        "if it is a value:  source: plain",
      ])
    case .encoding(_, let found): fault.helped(conversion(found).map { [$0] } ?? [])
    case .badValue(_, _, let field, let value, let expected)
    where expected == "a number" && ReturnAliases.isReturn(field):
      fault.helped(
        value.utf8.count == 1
          ? ["if the file is from CRSP, whose letters say why a return is missing:  source: crsp"]
          : ["if it stands for a missing value:  missing: \"\(value)\""])
    default: fault
    }
  }

  private static func conversion(_ found: String) -> String? {
    let names = [
      ("Windows-1252", "WINDOWS-1252"), ("Latin-1", "LATIN1"), ("Shift-JIS", "SHIFT_JIS"),
      ("GB18030", "GB18030"), ("UTF-16", "UTF-16"), ("UTF-32", "UTF-32"),
    ]
    return names.first { found.hasPrefix($0.0) }.map {
      "turn it into UTF-8:  iconv -f \($0.1) -t UTF-8 FILE > NEW"
    }
  }
}
