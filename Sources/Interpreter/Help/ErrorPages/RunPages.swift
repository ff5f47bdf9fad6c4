// The pages of codes about fits, assertions, records and interruptions.

import FactorLang

let runPages: [ErrorPage] = [
  ErrorPage(
    .fitFailed,
    """
    A model could not be fitted or asked: the task has no split yet, has other features than the model \
    was fitted on, or the loss went out of bounds. The message says which; extreme returns are the usual \
    cause of the last.
    """,
    wrong: """
      t = toy | setup target: ret, features: [size, mom]
      t | fit ca1, k: 1, seeds: 2, epochs: 1
      """,
    right: """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 1, seeds: 2, epochs: 1
      """),
  ErrorPage(
    .cellsFailed,
    """
    A sweep or a rolling fit went through, but some of its cells failed. Their rows say why; the rest is \
    whole. The script ends with status 5, so that a batch does not mistake it for success, unless \
    `failures: ok` is said.
    """),
  ErrorPage(
    .assertionFailed,
    """
    An `assert` states what the script relies on, and here it does not hold, or cannot be told because \
    something is missing. The script stops with status 3 before it uses the data further.
    """,
    wrong: "assert toy.entities > 1000, \"too few firms\"",
    right: "assert toy.entities >= 30, \"too few firms\""),
  ErrorPage(
    .dataDrift,
    """
    A file is not what the lock file beside the script promises: its columns, months, rows or content \
    have changed since `fq run --lock`. The script ends with status 4. If the new data are meant, lock \
    them again.
    """),
  ErrorPage(
    .outputDrift,
    """
    `fq run --check` compared what a statement shows with the lines recorded after it, and they differ. \
    Find out why; if today's output is right, record it with `fq run --update`.
    """),
  ErrorPage(
    .runDrift,
    """
    `fq verify` repeated a run that was kept with `--manifest` and got something else. The message names \
    the first binding that differs, which is where to look.
    """),
  ErrorPage(
    .interrupted,
    """
    You stopped the computation. Bindings are as they were before the statement; a fit keeps its work \
    under the name that it was to have, and `resume` continues it bit by bit.
    """),
  ErrorPage(
    .memoryCap,
    """
    The computation would need more memory than it may use, which `--max-memory` says, or a range is too \
    long to be written out item by item. Use fewer rows or columns at a time, or a shorter range.
    """,
    wrong: "list(1..100000000)", right: "list(1..10)"),
  ErrorPage(
    .timeout,
    """
    The time that `--timeout` allows is over. The script ends with status 124; a fit that was under way \
    has kept its work.
    """),
  ErrorPage(
    .callDepth,
    """
    More than 1,000 calls are open at once. A function that is handed itself goes on for ever; the \
    message shows the first and last calls. Go through a list or a range instead.
    """,
    wrong: "fn again(f) = f(f)\nagain(again)",
    right: "fn twice(f, x) = f(f(x))\ntwice(x -> x + 1, 5)"),
  ErrorPage(
    .internalFault,
    """
    This is a mistake in fq, not in the script. Bindings are as they were. Please report the message \
    with the statement that drew it.
    """),
]
