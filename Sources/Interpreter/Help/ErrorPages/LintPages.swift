// The pages of codes about lints.

import FactorLang

let lintPages: [ErrorPage] = [
  ErrorPage(.shadowedVerb, "A name that hides a verb of fq."),
  ErrorPage(.shadowedColumn, "A parameter that hides a column."),
  ErrorPage(.alwaysTrue, "A comparison of a column with itself."),
  ErrorPage(.selectedOnTest, "A choice made on the test period."),
  ErrorPage(.singleSeed, "A network judged by a single seed."),
]
