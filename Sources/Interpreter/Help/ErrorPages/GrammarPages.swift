// The pages of codes about characters and grammar.

import FactorLang

let grammarPages: [ErrorPage] = [
  ErrorPage(
    .unexpectedCharacter,
    """
    A character stands where nothing begins with it. It is often a sign of another language, such as \
    `&&`, or a quote or dash that an editor has replaced. Where fq has its own sign for it, the message \
    offers it.
    """,
    wrong: "x = 3\nx > 1 && x < 5", right: "x = 3\nx > 1 and x < 5"),
  ErrorPage(
    .unterminatedString,
    """
    A text began with a quote and its line ended before the closing one. Close it on the same line, or \
    write a text of several lines between three quotes. A brace inside a text begins a value; for the \
    brace itself write `\\{`.
    """,
    wrong: "title = \"Sharpe ratio", right: "title = \"Sharpe ratio\""),
  ErrorPage(
    .impossibleDate,
    """
    What looks like a month, a date or a quarter is not in the calendar. Months run from 01 to 12 and \
    quarters from Q1 to Q4. For a subtraction of two numbers put spaces around the minus sign.
    """,
    wrong: "toy[2000-01..2000-13]", right: "toy[2000-01..2000-12]"),
  ErrorPage(
    .malformedNumber,
    """
    A number is followed by letters that are no unit of fq, or it is too large to be stored. Units \
    touch their number: `250mn`, `30bps`, `12m`. A duration is a whole number of its unit.
    """,
    wrong: "window = 1.5y", right: "window = 18m"),
  ErrorPage(
    .unknownEscape,
    """
    A backslash in a text begins one of a few escapes, such as `\\n` for a new line. For paths and \
    patterns write a raw text, `r"…"`, in which a backslash is only a backslash.
    """,
    wrong: #"path = "C:\data""#, right: #"path = r"C:\data""#),
  ErrorPage(
    .malformedName,
    """
    A backquote begins a column's name that has spaces or signs in it, and a dollar sign begins the \
    name of a variable. The name must follow at once and the backquote be closed on its line.
    """,
    wrong: "cut = 5%\ntoy | where ret < $ cut", right: "cut = 5%\ntoy | where ret < $cut"),
  ErrorPage(
    .sourceTooLarge,
    """
    A script of more than a gigabyte is not read. Such a file is usually data that was given in place \
    of a script; data are read with `load`.
    """),
  ErrorPage(
    .expectedOther,
    """
    The grammar needs something else at this place: a value, a verb, a word such as `then`, or a comma. \
    The message names what was expected and what was found instead. Where one thing is surely missing, \
    it is offered as a fix.
    """,
    wrong: "k = 5\nif k > 3 \"big\" else \"small\"",
    right: "k = 5\nif k > 3 then \"big\" else \"small\""),
  ErrorPage(
    .unclosedBracket,
    """
    A bracket, brace or parenthesis was opened and its partner is missing. The message shows the one \
    that was opened. Inside brackets a statement may run over several lines, so the end of the line \
    does not close it.
    """,
    wrong: "log(1 + (2 * 3)", right: "log(1 + (2 * 3))"),
  ErrorPage(
    .touchingParenthesis,
    """
    A parenthesis that touches a verb makes it an ordinary call, and nothing may follow a call in a \
    stage. Put a space after the verb, so that the parenthesis only groups a part of its argument.
    """,
    wrong: "toy | where(ret > 0) and (size > 0)", right: "toy | where (ret > 0) and (size > 0)"),
  ErrorPage(
    .definitionForComparison,
    """
    One sign of equality defines a name, two compare. In a condition the comparison is meant.
    """,
    wrong: "toy | where id = \"1\"", right: "toy | where id == \"1\""),
  ErrorPage(
    .optionForDefinition,
    """
    A colon configures a verb or a field of a record; a name gets its value by a sign of equality.
    """,
    wrong: "k: 5", right: "k = 5"),
  ErrorPage(
    .notDefinable,
    """
    Only names can be defined. Values do not change once they are made: a panel with another column is \
    another panel, made with `derive`, and a list with another item is another list. The keys of a \
    panel, which say what a row is, cannot be defined anew.
    """,
    wrong: "p = toy\np.ret = 0", right: "p = toy | derive ret = 0"),
  ErrorPage(
    .tooDeep,
    """
    Brackets, blocks and functions stand inside each other more than 256 levels deep. Give an inner \
    part a name of its own and use the name.
    """,
    wrong: Array(repeating: String(repeating: "(", count: 65), count: 4).joined(separator: "\n")
      + "1",
    right: "part = ((1 + 2) * 3)\n(part + 4) * 5"),
  ErrorPage(
    .blockWithoutValue,
    """
    A block in braces gives the value of its last expression. This one ends with a definition, or is \
    empty, and so gives nothing.
    """,
    wrong: "area = {\n  side = 4\n}", right: "area = {\n  side = 4\n  side * side\n}"),
  ErrorPage(
    .unknownEdition,
    """
    The first line of a script may name the edition of the language that it was written for, so that a \
    later fq still understands it. This fq knows edition 1 only.
    """,
    wrong: "fq 2\n1 + 1", right: "fq 1\n1 + 1"),
  ErrorPage(
    .tooLong,
    """
    An expression or a pipeline has more parts in a row than fq reads as one. Give a part of it a name \
    and go on from there.
    """,
    wrong: "1" + String(repeating: " + 1", count: 3000), right: "part = 1 + 1 + 1\npart + 1"),
  ErrorPage(
    .expectedEnd,
    """
    The statement was complete, but something follows on the same line. Begin a new line, or separate \
    two statements by a semicolon. Brackets that index and parentheses that call must touch what they \
    belong to.
    """,
    wrong: "ks = [1, 2, 3]\nks [1]", right: "ks = [1, 2, 3]\nks[1]"),
]
