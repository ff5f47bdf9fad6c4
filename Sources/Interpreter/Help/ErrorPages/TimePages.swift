// The pages of codes about time.

import FactorLang

let timePages: [ErrorPage] = [
  ErrorPage(.lookAhead, "A value is used before it is known."),
  ErrorPage(.overlappingSplit, "Splits that overlap."),
]
