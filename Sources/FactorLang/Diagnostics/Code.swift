// The table of codes: each situation has one stable code and one title, and nothing else may
// invent one.

/// Names every situation that fq reports, by its stable code.
public enum Code: String, Sendable, CaseIterable {
  // F00xx: characters and grammar
  case unexpectedCharacter = "F0001"
  case unterminatedString = "F0002"
  case impossibleDate = "F0003"
  case malformedNumber = "F0004"
  case unknownEscape = "F0005"
  case malformedName = "F0006"
  case sourceTooLarge = "F0007"
  case expectedOther = "F0010"
  case unclosedBracket = "F0011"
  case touchingParenthesis = "F0012"
  case definitionForComparison = "F0013"
  case optionForDefinition = "F0014"
  case notDefinable = "F0015"
  case tooDeep = "F0016"
  case blockWithoutValue = "F0017"
  case unknownEdition = "F0018"
  case tooLong = "F0019"
  case expectedEnd = "F0020"
  // F01xx: names
  case unknownColumn = "F0101"
  case unknownName = "F0102"
  case unknownVerb = "F0103"
  case variableAsColumn = "F0104"
  case unknownOption = "F0105"
  case unknownMember = "F0106"
  case missingArgument = "F0107"
  case tooManyArguments = "F0108"
  case repeatedArgument = "F0109"
  case definitionForOption = "F0110"
  case columnAsVariable = "F0111"
  case unknownType = "F0112"
  case unknownParameter = "F0113"
  case moduleCycle = "F0120"
  case unusableModule = "F0121"
  case moduleEffect = "F0122"
  case notExported = "F0123"
  // F02xx: types
  case wrongType = "F0201"
  case comparisonWithMissing = "F0202"
  case outOfRange = "F0203"
  case unknownChoice = "F0204"
  case operandsDoNotFit = "F0205"
  case notACondition = "F0206"
  case notCallable = "F0207"
  case selfCall = "F0208"
  case unitsDoNotFit = "F0209"
  case wrongInflow = "F0210"
  case missingInflow = "F0211"
  case notWholeRange = "F0212"
  case duplicateName = "F0213"
  // F03xx: time
  case lookAhead = "F0301"
  case overlappingSplit = "F0302"
  // F04xx: data
  case badValue = "F0401"
  case raggedRow = "F0402"
  case duplicateKey = "F0403"
  case emptyFile = "F0404"
  case outsideData = "F0405"
  case tooFewFirms = "F0406"
  case allMissing = "F0407"
  case tooManyFactors = "F0408"
  case groupsCannotForm = "F0417"
  // F05xx: files
  case cannotRead = "F0501"
  case cannotWrite = "F0502"
  case foreignModel = "F0503"
  // F06xx: models
  case fitFailed = "F0601"
  case cellsFailed = "F0602"
  // F07xx: assertions
  case assertionFailed = "F0701"
  // F08xx: records of runs
  case dataDrift = "F0801"
  case outputDrift = "F0802"
  case runDrift = "F0803"
  // F09xx: interruptions
  case interrupted = "F0901"
  case memoryCap = "F0902"
  case timeout = "F0903"
  case callDepth = "F0904"
  case internalFault = "F0999"
  // Lints
  case shadowedVerb = "L0103"
  case shadowedColumn = "L0106"
  case alwaysTrue = "L0107"
  case selectedOnTest = "L0310"
  case singleSeed = "L0312"

  /// Says in a few words what the code stands for.
  public var title: String { Self.titles[self] ?? rawValue }

  private static let titles: [Code: String] = [
    .unexpectedCharacter: "a character that begins nothing",
    .unterminatedString: "a string without its closing quote",
    .impossibleDate: "a month, date or quarter that cannot be",
    .malformedNumber: "a number with an unknown unit or out of reach",
    .unknownEscape: "an escape that stands for nothing",
    .malformedName: "a quoted name or variable without its name",
    .sourceTooLarge: "a source larger than one gigabyte",
    .expectedOther: "something else was expected here",
    .unclosedBracket: "a bracket without its partner",
    .touchingParenthesis: "a parenthesis that touches the verb",
    .definitionForComparison: "`=` where `==` is meant",
    .optionForDefinition: "`:` where `=` is meant",
    .notDefinable: "something that cannot be defined with `=`",
    .tooDeep: "nesting deeper than 256 levels",
    .blockWithoutValue: "a block that gives no value",
    .unknownEdition: "an edition of the language that this fq does not speak",
    .tooLong: "an expression with too many operators in a row",
    .expectedEnd: "something after the end of a statement",
    .unknownColumn: "no such column",
    .unknownName: "no such name",
    .unknownVerb: "no such verb",
    .variableAsColumn: "a variable written as a column",
    .unknownOption: "no such option",
    .unknownMember: "no such member",
    .missingArgument: "an argument is missing",
    .tooManyArguments: "more arguments than the verb takes",
    .repeatedArgument: "an argument given twice",
    .definitionForOption: "`=` where `:` is meant",
    .columnAsVariable: "a column written as a variable",
    .unknownType: "no such type",
    .unknownParameter: "no such parameter of the script",
    .moduleCycle: "modules that use each other in a circle",
    .unusableModule: "a module that cannot be used",
    .moduleEffect: "a module that shows or writes something",
    .notExported: "a name that a module does not define",
    .wrongType: "an argument of the wrong type",
    .comparisonWithMissing: "a comparison with `na`",
    .outOfRange: "a number outside its range",
    .unknownChoice: "a word that is not among the choices",
    .operandsDoNotFit: "operands that do not fit together",
    .notACondition: "a yes or no is needed",
    .notCallable: "a value that cannot be called",
    .selfCall: "a function that calls itself",
    .unitsDoNotFit: "units that do not fit together",
    .wrongInflow: "a stage receives the wrong kind of thing",
    .missingInflow: "a stage receives nothing",
    .notWholeRange: "a range that cannot be gone through",
    .duplicateName: "a name given twice",
    .lookAhead: "a value is used before it is known",
    .overlappingSplit: "splits that overlap",
    .badValue: "a value in a file that cannot be read",
    .raggedRow: "a row with too few or too many fields",
    .duplicateKey: "two rows with the same keys",
    .emptyFile: "an empty or truncated file",
    .outsideData: "a slice or split outside the data",
    .tooFewFirms: "too few firms",
    .allMissing: "nothing but missing values",
    .tooManyFactors: "more factors than characteristics",
    .groupsCannotForm: "groups that cannot be formed",
    .cannotRead: "a file that cannot be read",
    .cannotWrite: "a file that cannot be written",
    .foreignModel: "a file that holds no model of this fq",
    .fitFailed: "a fit that failed",
    .cellsFailed: "cells of a sweep that failed",
    .assertionFailed: "an assertion that does not hold",
    .dataDrift: "data that differ from the lock file",
    .outputDrift: "output that differs from the record",
    .runDrift: "a run that does not repeat its manifest",
    .interrupted: "an interrupted computation",
    .memoryCap: "the memory cap",
    .timeout: "the time limit",
    .callDepth: "calls nested deeper than 1,000",
    .internalFault: "a fault of fq itself",
    .alwaysTrue: "a comparison of a column with itself",
    .shadowedVerb: "a name that hides a verb of fq",
    .shadowedColumn: "a parameter that hides a column",
    .selectedOnTest: "a choice made on the test period",
    .singleSeed: "a network judged by a single seed",
  ]
}
