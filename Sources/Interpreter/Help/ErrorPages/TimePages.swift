// The pages of codes about time.

import FactorLang

let timePages: [ErrorPage] = [
  ErrorPage(
    .lookAhead,
    """
    Something is chosen, sorted, weighted or forecast by a value that is not known yet at that time, \
    which looks profitable by construction. A feature must be known at least one month before its \
    target; what chooses rows, ranks, sorts or weights must be known at its row. Make the later value \
    the target, take an earlier one with `lag`, or say with `known:` when the columns of a file are \
    known.
    """,
    wrong: "toy | derive next = lead(ret, 1m) | deciles next",
    right: "toy | derive last = lag(ret, 1m) | deciles last, small: skip"),
  ErrorPage(
    .overlappingSplit,
    """
    The training, validation and test months of a split follow one another without sharing any. A block \
    here begins before the one ahead of it has ended, so that a model would be judged on what it was \
    fitted on.
    """,
    wrong: """
      t = toy | setup target: ret, features: [size, mom]
      t | split train: ..2001-06, valid: 2001-03..2001-08, test: 2001-09..
      """,
    right: """
      t = toy | setup target: ret, features: [size, mom]
      t | split train: ..2001-02, valid: 2001-03..2001-08, test: 2001-09..
      """),
]
