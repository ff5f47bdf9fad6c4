// The pages of codes about names.

import FactorLang

let namePages: [ErrorPage] = [
  ErrorPage(.unknownColumn, "No such column."),
  ErrorPage(.unknownName, "No such name."),
  ErrorPage(.unknownVerb, "No such verb."),
  ErrorPage(.variableAsColumn, "A variable written as a column."),
  ErrorPage(.unknownOption, "No such option."),
  ErrorPage(.unknownMember, "No such member."),
  ErrorPage(.missingArgument, "An argument is missing."),
  ErrorPage(.tooManyArguments, "More arguments than the verb takes."),
  ErrorPage(.repeatedArgument, "An argument given twice."),
  ErrorPage(.definitionForOption, "`=` where `:` is meant."),
  ErrorPage(.columnAsVariable, "A column written as a variable."),
  ErrorPage(.unknownType, "No such type."),
  ErrorPage(.unknownParameter, "No such parameter of the script."),
  ErrorPage(.moduleCycle, "Modules that use each other in a circle."),
  ErrorPage(.unusableModule, "A module that cannot be used."),
  ErrorPage(.moduleEffect, "A module that shows or writes something."),
  ErrorPage(.notExported, "A name that a module does not define."),
]
