// The pages of codes about data.

import FactorLang

let dataPages: [ErrorPage] = [
  ErrorPage(.badValue, "A value in a file that cannot be read."),
  ErrorPage(.raggedRow, "A row with too few or too many fields."),
  ErrorPage(.duplicateKey, "Two rows with the same keys."),
  ErrorPage(.emptyFile, "An empty or truncated file."),
  ErrorPage(.outsideData, "A slice or split outside the data."),
  ErrorPage(.tooFewFirms, "Too few firms."),
  ErrorPage(.allMissing, "Nothing but missing values."),
  ErrorPage(.tooManyFactors, "More factors than characteristics."),
  ErrorPage(.groupsCannotForm, "Groups that cannot be formed."),
]
