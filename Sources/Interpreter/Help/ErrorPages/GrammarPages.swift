// The pages of codes about characters and grammar.

import FactorLang

let grammarPages: [ErrorPage] = [
  ErrorPage(.unexpectedCharacter, "A character that begins nothing."),
  ErrorPage(.unterminatedString, "A string without its closing quote."),
  ErrorPage(.impossibleDate, "A month, date or quarter that cannot be."),
  ErrorPage(.malformedNumber, "A number with an unknown unit or out of reach."),
  ErrorPage(.unknownEscape, "An escape that stands for nothing."),
  ErrorPage(.malformedName, "A quoted name or variable without its name."),
  ErrorPage(.sourceTooLarge, "A source larger than one gigabyte."),
  ErrorPage(.expectedOther, "Something else was expected here."),
  ErrorPage(.unclosedBracket, "A bracket without its partner."),
  ErrorPage(.touchingParenthesis, "A parenthesis that touches the verb."),
  ErrorPage(.definitionForComparison, "`=` where `==` is meant."),
  ErrorPage(.optionForDefinition, "`:` where `=` is meant."),
  ErrorPage(.notDefinable, "Something that cannot be defined with `=`."),
  ErrorPage(.tooDeep, "Nesting deeper than 256 levels."),
  ErrorPage(.blockWithoutValue, "A block that gives no value."),
  ErrorPage(.unknownEdition, "An edition of the language that this fq does not speak."),
  ErrorPage(.tooLong, "An expression with too many operators in a row."),
  ErrorPage(.expectedEnd, "Something after the end of a statement."),
]
