// The pages of codes about fits, assertions, records and interruptions.

import FactorLang

let runPages: [ErrorPage] = [
  ErrorPage(.fitFailed, "A fit that failed."),
  ErrorPage(.cellsFailed, "Cells of a sweep that failed."),
  ErrorPage(.assertionFailed, "An assertion that does not hold."),
  ErrorPage(.dataDrift, "Data that differ from the lock file."),
  ErrorPage(.outputDrift, "Output that differs from the record."),
  ErrorPage(.runDrift, "A run that does not repeat its manifest."),
  ErrorPage(.interrupted, "An interrupted computation."),
  ErrorPage(.memoryCap, "The memory cap."),
  ErrorPage(.timeout, "The time limit."),
  ErrorPage(.callDepth, "Calls nested deeper than 1,000."),
  ErrorPage(.internalFault, "A fault of fq itself."),
]
