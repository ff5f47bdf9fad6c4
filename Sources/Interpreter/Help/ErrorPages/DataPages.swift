// The pages of codes about data.

import FactorLang

let dataPages: [ErrorPage] = [
  ErrorPage(
    .badValue,
    """
    A value in a file cannot be read as what its column holds, such as a month that is not in the \
    calendar, or a key is missing. The message names the line. Repair the file; fq does not guess.
    """,
    wrong: "load \"examples/flawed/impossible_month.csv\"",
    right: "load \"examples/flawed/good.csv\""),
  ErrorPage(
    .raggedRow,
    """
    A line of the file has more or fewer fields than the header. A separator inside a text is the usual \
    cause; such a text stands in quotes. The message names the line.
    """,
    wrong: "load \"examples/flawed/ragged_row.csv\"",
    right: "load \"examples/flawed/good.csv\""),
  ErrorPage(
    .duplicateKey,
    """
    A firm has one row a month, and here are two, or two columns have one name. Statistics would count \
    the firm twice. Drop one of the rows, or name the keys that make rows different.
    """,
    wrong: "panel(firm: [\"A\", \"A\"], month: 2020-01, bm: [0.2, 0.9])",
    right: "panel(firm: [\"A\", \"B\"], month: 2020-01, bm: [0.2, 0.9])"),
  ErrorPage(
    .emptyFile,
    """
    The file has no rows, or it ends in the middle of a quoted field, as a download that was cut short \
    does. Fetch it again.
    """,
    wrong: "load \"examples/flawed/header_only.csv\"",
    right: "load \"examples/flawed/good.csv\""),
  ErrorPage(
    .outsideData,
    """
    A slice, a block of a split or a position lies outside what is there. An empty result would look \
    like an answer, so it is refused and the true range named. Where emptiness is fine, say \
    `allow: empty`.
    """,
    wrong: "toy[1985-01..1986-12]", right: "toy[2000-01..2000-12]"),
  ErrorPage(
    .tooFewFirms,
    """
    A month has fewer firms than the model or the sort needs. Drop the thin months, for example by a \
    slice, or take more firms.
    """,
    wrong: """
      t = toy[id: "1"] | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 1, seeds: 2, epochs: 1
      """,
    right: """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 1, seeds: 2, epochs: 1
      """),
  ErrorPage(
    .allMissing,
    """
    A target or characteristic has no value, or the same value, in all rows that are used, so that \
    nothing can be learned from it. Division by zero and logarithms of negative numbers give missing \
    values; the line of `derive` counts them.
    """,
    wrong: "toy | derive none = ret / 0 | setup target: none, features: [size]",
    right: "toy | derive half = ret / 2 | setup target: half, features: [size]"),
  ErrorPage(
    .tooManyFactors,
    """
    Factors are found through the characteristics, so there cannot be more factors than \
    characteristics. Ask for fewer with `k:`, or set the task up with more features.
    """,
    wrong: """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 5, seeds: 2, epochs: 1
      """,
    right: """
      t = toy | setup target: ret, features: [size, mom] | split thirds
      t | fit ca1, k: 2, seeds: 2, epochs: 1
      """),
  ErrorPage(
    .groupsCannotForm,
    """
    In some months ten groups cannot be formed: there are fewer firms than groups, or so many equal \
    values lie at a break point that `ties: apart` cannot part them. The message shows the first such \
    months. Keep equal values together, leave such months out, or sort by something finer.
    """,
    wrong: "toy[id: [\"1\", \"2\", \"3\"]] | deciles size", right: "toy | deciles size"),
]
