// The words for arguments that do not fit, met only where checking could not see them.

import FactorLang

extension Fault {
  /// Says why arguments do not fit.
  init(bind fault: BindFault, _ signature: Signature) {
    let name = signature.name
    switch fault {
    case .unknownOption(_, let option, let nearest):
      self.init(
        .unknownOption, "`\(name)` has no option `\(option)`",
        helps: nearest.map { ["use `\($0)`"] } ?? [])
    case .missing(let parameter):
      self.init(.missingArgument, "`\(name)` needs `\(parameter)`")
    case .tooMany(_, let accepted):
      self.init(.tooManyArguments, "`\(name)` takes \(accepted) arguments")
    case .repeated(_, let option): self.init(.repeatedArgument, "`\(option)` is given twice")
    case .definitionForOption(_, let option):
      self.init(.definitionForOption, "write `\(option):`; `=` defines, `:` configures")
    case .definitionForComparison(_, let column):
      self.init(.definitionForComparison, "write `\(column) ==`; `=` defines, `==` compares")
    case .definitionNotAccepted(_, let column):
      self.init(.tooManyArguments, "`\(name)` defines no columns; `\(column) =` is not wanted here")
    case .missingReceiver(let type):
      self.init(.missingInflow, "`\(name)` works on \(type.phrase), but nothing flows in")
    case .nothingAccepted: self.init(.tooManyArguments, "`\(name)` takes nothing from a pipe")
    }
  }
}
