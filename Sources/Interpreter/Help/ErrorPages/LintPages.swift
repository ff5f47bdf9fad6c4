// The pages of codes about lints.

import FactorLang

let lintPages: [ErrorPage] = [
  ErrorPage(
    .shadowedVerb,
    """
    A name of yours is also a verb of fq. Yours wins, so that new verbs never break old scripts, but the \
    verb is out of reach while the name is in force. This is a warning; nothing stops.
    """,
    wrong: "describe = 5", right: "described = 5"),
  ErrorPage(
    .shadowedColumn,
    """
    Inside a column expression the nearest name counts, and a parameter there has the name of a column, \
    which it hides. Give the parameter another name. This is a warning; nothing stops.
    """,
    wrong: "toy | derive z = (for ret in [1, 2] { ret })[1]",
    right: "toy | derive z = (for step in [1, 2] { step })[1]"),
  ErrorPage(
    .alwaysTrue,
    """
    A column is compared with itself, which is true wherever it is not missing. Usually one side was \
    meant to be a variable, which is written with a dollar sign. This is a warning; nothing stops.
    """,
    wrong: "size = 3\ntoy | where size == size", right: "size = 3\ntoy | where size == $size"),
  ErrorPage(
    .selectedOnTest,
    """
    The best of several models is chosen by its result on the test months, where the chosen one then \
    looks better than it is. Choose on the validation months and report the test. This is a warning; \
    nothing stops.
    """),
  ErrorPage(
    .singleSeed,
    """
    Networks differ by their starting weights as much as by their options, so a comparison by a single \
    seed says little. Fit several and look at the spread. This is a warning; nothing stops.
    """,
    wrong: """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 1, seeds: 1, epochs: 1
      """,
    right: """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 1, seeds: 5, epochs: 1
      """),
]
