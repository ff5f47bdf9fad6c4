// The pages of codes about names.

import FactorLang

let namePages: [ErrorPage] = [
  ErrorPage(
    .unknownColumn,
    """
    The panel or table that flows in has no column of this name at this stage. It may be misspelt, or \
    an earlier stage has dropped it or not made it yet. The message lists the columns that are there; a \
    near one is offered.
    """,
    wrong: "toy | winsorize ret, mom, sizes, tails: 1%",
    right: "toy | winsorize ret, mom, size, tails: 1%"),
  ErrorPage(
    .unknownName,
    """
    Nothing is called so here: no variable, no function, no verb. Names are defined before they are \
    used, and what a block defines is gone after its brace.
    """,
    wrong: "cost = 30bps\ncostt + 5bps", right: "cost = 30bps\ncost + 5bps"),
  ErrorPage(
    .unknownVerb,
    """
    What stands after a bar, or at the head of a line before its arguments, is a verb, and fq has none \
    of this name. Verbs of other tools are answered with the one that fq has.
    """,
    wrong: "toy | filter ret > 0", right: "toy | where ret > 0"),
  ErrorPage(
    .variableAsColumn,
    """
    Inside a column expression a bare name is always a column of the panel, so that a new column in the \
    data can never change what a script means. A variable is written there with a dollar sign.
    """,
    wrong: "cut = 5%\ntoy | where ret < cut", right: "cut = 5%\ntoy | where ret < $cut"),
  ErrorPage(
    .unknownOption,
    """
    The verb, function or model has no option of this name. The message offers a near one or lists \
    those that there are; `fq help NAME` explains them.
    """,
    wrong: "toy | winsorize ret, tail: 5%", right: "toy | winsorize ret, tails: 5%"),
  ErrorPage(
    .unknownMember,
    """
    What may stand behind a dot depends on the kind of value: the columns of a panel, the fields of a \
    record, the scores of an evaluation. This value has nothing of that name.
    """,
    wrong: "toy.entites", right: "toy.entities"),
  ErrorPage(
    .missingArgument,
    """
    The verb or function cannot work without this argument. Arguments without a usual value must be \
    given, by their place or by their name.
    """,
    wrong: "clip(1.7, 0)", right: "clip(1.7, 0, 1)"),
  ErrorPage(
    .tooManyArguments,
    """
    More arguments are given than the verb or function takes, or two ways of saying the same thing are \
    given together. Options that have a name are given by it: `digits: 2`.
    """,
    wrong: "sqrt(4, 2)", right: "sqrt(4)"),
  ErrorPage(
    .repeatedArgument,
    """
    The same argument is given twice, perhaps once by its place and once by its name. Keep the one that \
    is meant.
    """,
    wrong: "toy | winsorize ret, tails: 1%, tails: 5%", right: "toy | winsorize ret, tails: 5%"),
  ErrorPage(
    .definitionForOption,
    """
    A sign of equality inside a verb defines a column; options are configured with a colon. Only verbs \
    such as `derive` and `summarise` define anything.
    """,
    wrong: "toy | winsorize ret, tails = 5%", right: "toy | winsorize ret, tails: 5%"),
  ErrorPage(
    .columnAsVariable,
    """
    A dollar sign means a variable, and there is no variable of this name; there is a column. Leave the \
    dollar sign out.
    """,
    wrong: "toy | where $ret < 5%", right: "toy | where ret < 5%"),
  ErrorPage(
    .unknownType,
    """
    After a colon in the head of a function or behind a parameter stands the name of a type: int, num, \
    ratio, month, date, quarter, duration, string, bool, list, record, panel and so on. This is none.
    """,
    wrong: "fn twice(x: float) = 2 * x", right: "fn twice(x: num) = 2 * x"),
  ErrorPage(
    .unknownParameter,
    """
    A value was given on the command line for a parameter that the script does not declare, as in \
    `fq run fit.fq kk=5` where the script says `param k = 3`. A misspelt name is refused rather than \
    ignored, so that no run uses other settings than you think. `fq run fit.fq --help` lists the \
    parameters.
    """),
  ErrorPage(
    .moduleCycle,
    """
    Modules are run once, in the order in which they use each other. These use each other in a circle, \
    so none can come first. Move what both need into a third module.
    """,
    wrong: "use \"examples/flawed/modules/circle_a.fq\"",
    right: "use \"examples/modules/settings.fq\"\nsettings.cost"),
  ErrorPage(
    .unusableModule,
    """
    The module is not there, cannot be read, or has an error of its own, which the message shows. A \
    module is looked for beside the script that uses it, then in the current folder.
    """,
    wrong: "use \"examples/flawed/modules/unfinished.fq\"",
    right: "use \"examples/modules/settings.fq\"\nsettings.chars"),
  ErrorPage(
    .moduleEffect,
    """
    A module is used for what it defines. It may load data and fit models, but it does not show, draw or \
    save anything by itself, or it would do so in every script that uses it. Put the effect into a \
    function of the module and call it, or into the script.
    """,
    wrong: "use \"examples/flawed/modules/talks.fq\"",
    right: "use \"examples/modules/settings.fq\"\nshow settings.cost"),
  ErrorPage(
    .notExported,
    """
    The module defines no such name. What a module defines at its top is what scripts may take from it, \
    either behind the module's dot or by `use {name} from "file.fq"`.
    """,
    wrong: "use \"examples/modules/settings.fq\"\nsettings.costs",
    right: "use \"examples/modules/settings.fq\"\nsettings.cost"),
]
