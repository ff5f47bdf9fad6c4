// The pages of codes about types and units.

import FactorLang

let typePages: [ErrorPage] = [
  ErrorPage(
    .wrongType,
    """
    A value is of another kind than is needed here: a text where a number belongs, a year where a month \
    belongs, a formula where a column's name belongs. The message says what is needed and what was \
    given.
    """,
    wrong: "toy[2000]", right: "toy[2000-01..2000-12]"),
  ErrorPage(
    .comparisonWithMissing,
    """
    A comparison with a missing value is itself missing, never true, so `x == na` would never find \
    anything. Ask with `is na` or `is not na`, or put something in its place with `??`.
    """,
    wrong: "toy | where mom == na", right: "toy | where mom is na"),
  ErrorPage(
    .outOfRange,
    """
    A number lies outside what the option or function accepts. The message gives the range.
    """,
    wrong: "toy | winsorize ret, tails: 60%", right: "toy | winsorize ret, tails: 5%"),
  ErrorPage(
    .unknownChoice,
    """
    The option takes one of a few words, written without quotes, and this is none of them. The message \
    lists them.
    """,
    wrong: "toy | deciles size, ties: togehter", right: "toy | deciles size, ties: together"),
  ErrorPage(
    .operandsDoNotFit,
    """
    The operator has no meaning for these two values: a text and a number have no sum, a month and a \
    date no order until one is converted, two lists of different length no pairs. Convert one side, or \
    put values into a text with braces.
    """,
    wrong: "\"K = \" + 5", right: "\"K = {5}\""),
  ErrorPage(
    .notACondition,
    """
    A yes or no is needed, and this is something else. A number is no condition by itself; compare it \
    with something. A condition with missing answers is refused only where `na: error` asks for it.
    """,
    wrong: "toy | where ret", right: "toy | where ret > 0"),
  ErrorPage(
    .notCallable,
    """
    Parentheses that touch a value call it, and only functions can be called. Months, firms and \
    positions are chosen with brackets.
    """,
    wrong: "p = toy\np(2000-01)", right: "p = toy\np[2000-01]"),
  ErrorPage(
    .selfCall,
    """
    A function may not call itself, so that every script has an end that can be foreseen. Go through a \
    list or a range instead.
    """,
    wrong: "fn sum_to(n) = if n == 0 then 0 else n + sum_to(n - 1)",
    right: "fn sum_to(n) = sum(for k in 1..n { k })\nsum_to(4)"),
  ErrorPage(
    .unitsDoNotFit,
    """
    Values know what they measure. A month moves by a duration, not by a bare number; a cost is a share \
    such as `30bps`; `m` counts months and `min` minutes, and the two do not mix. Write the unit that is \
    meant.
    """,
    wrong: "toy | derive late = lag(ret, 1)", right: "toy | derive late = lag(ret, 1m)"),
  ErrorPage(
    .wrongInflow,
    """
    A verb works on one kind of thing, and another flows in from the left of the bar. A column taken \
    out of its panel has lost its firms and months; a model is fitted on a task, which `setup` and \
    `split` make from a panel.
    """,
    wrong: "p = toy\np.ret | deciles ret", right: "p = toy\np | deciles size"),
  ErrorPage(
    .missingInflow,
    """
    A verb at the head of a line has nothing to work on. Let something flow in with a bar, or give it as \
    the first argument.
    """,
    wrong: "describe", right: "describe toy"),
  ErrorPage(
    .notWholeRange,
    """
    Only lists and closed ranges can be gone through. A range without an end never would be, and a \
    single number is no list.
    """,
    wrong: "for k in 1.. { k * k }", right: "for k in 1..5 { k * k }"),
  ErrorPage(
    .duplicateName,
    """
    Two things of one list have the same name: fields of a record, parameters of a function, columns of \
    a stage, or columns of two tables to be joined. Rename or drop one.
    """,
    wrong: "toy | derive gain = log(1 + ret), gain = ret",
    right: "toy | derive gain = log(1 + ret), plain = ret"),
]
