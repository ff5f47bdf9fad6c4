// The pages of codes about files.

import FactorLang

let filePages: [ErrorPage] = [
  ErrorPage(.cannotRead, "A file that cannot be read."),
  ErrorPage(.cannotWrite, "A file that cannot be written."),
  ErrorPage(.foreignModel, "A file that holds no model of this fq."),
]
