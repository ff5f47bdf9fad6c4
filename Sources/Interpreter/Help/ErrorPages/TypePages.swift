// The pages of codes about types and units.

import FactorLang

let typePages: [ErrorPage] = [
  ErrorPage(.wrongType, "An argument of the wrong type."),
  ErrorPage(.comparisonWithMissing, "A comparison with `na`."),
  ErrorPage(.outOfRange, "A number outside its range."),
  ErrorPage(.unknownChoice, "A word that is not among the choices."),
  ErrorPage(.operandsDoNotFit, "Operands that do not fit together."),
  ErrorPage(.notACondition, "A yes or no is needed."),
  ErrorPage(.notCallable, "A value that cannot be called."),
  ErrorPage(.selfCall, "A function that calls itself."),
  ErrorPage(.unitsDoNotFit, "Units that do not fit together."),
  ErrorPage(.wrongInflow, "A stage receives the wrong kind of thing."),
  ErrorPage(.missingInflow, "A stage receives nothing."),
  ErrorPage(.notWholeRange, "A range that cannot be gone through."),
  ErrorPage(.duplicateName, "A name given twice."),
]
