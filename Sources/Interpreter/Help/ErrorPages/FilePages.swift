// The pages of codes about files.

import FactorLang

let filePages: [ErrorPage] = [
  ErrorPage(
    .cannotRead,
    """
    The file is not there, may not be read, or is damaged. A relative path is looked up beside the \
    script first, then in the current folder. Files whose names are written out are looked for before \
    anything runs.
    """,
    wrong: "load \"prices.csv\"", right: "load \"examples/flawed/good.csv\""),
  ErrorPage(
    .cannotWrite,
    """
    The result cannot be saved: the folder does not exist, may not be written to, or the ending of the \
    name says no format. Tables and panels are saved as .csv, plots as .svg, anything as .txt.
    """,
    wrong: "save toy, \"nowhere/out.csv\"", right: "toy | describe"),
  ErrorPage(
    .foreignModel,
    """
    The file holds no model that this fq can use: it is another kind of file, or it was written by an \
    fq whose models differ. Fit the model again and save it.
    """),
]
